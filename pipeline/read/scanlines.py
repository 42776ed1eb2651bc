"""Ruling lines in a scanned page: long straight dark runs, found in the pixels.

In: a grey picture and the slope at which it lies. Out: boxes in points on the level page. The trap: nothing in a line
of text is dark for half an inch on end, but a photograph is; thick dark areas rule no table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pipeline.read.geometry import Box
from pipeline.read.picture import Picture

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# Looked at in pixels of this many to the inch: a hair line of a good scan is still one pixel wide.
_DPI = 150
_DARK = 140  # of 255
_LONG = 0.5  # inches: the shortest run of dark pixels that is a line
_FULL = 0.92  # of them are dark
_THICK = 6  # pixels


def find_rules(picture: Picture, slope: float) -> list[Box]:
    """Horizontal and vertical ruling lines."""
    import numpy

    pixels = numpy.frombuffer(picture.pixels, dtype=numpy.uint8).reshape(picture.height, picture.stride)
    step = max(1, round(72 * picture.scale / _DPI))
    dark = _darkest(pixels[:, : picture.width], step) < _DARK
    points = step / picture.scale
    across = _lines(_level(dark, slope), math.ceil(_LONG * _DPI))
    down = _lines(_level(dark.T, -slope), math.ceil(_LONG * _DPI))
    return [
        *(Box(left * points, top * points, right * points, bottom * points) for left, top, right, bottom in across),
        *(Box(top * points, left * points, bottom * points, right * points) for left, top, right, bottom in down),
    ]


def _darkest(pixels: NDArray[numpy.uint8], step: int) -> NDArray[numpy.uint8]:
    """The picture made smaller; each pixel as dark as the darkest it stands for, so that thin lines stay."""
    import numpy

    rows, columns = pixels.shape[0] // step * step, pixels.shape[1] // step * step
    tiles = pixels[:rows, :columns].reshape(rows // step, step, columns // step, step)
    return numpy.ascontiguousarray(tiles.min(axis=(1, 3)))


def _level(dark: NDArray[numpy.bool_], slope: float) -> NDArray[numpy.bool_]:
    """The picture with its columns shifted up or down so that lines of this slope run level."""
    import numpy

    if abs(slope) * dark.shape[1] < 1:
        return dark
    rows = numpy.arange(dark.shape[0])[:, None] + numpy.rint(slope * numpy.arange(dark.shape[1])).astype(int)[None, :]
    levelled = numpy.zeros_like(dark)
    inside = (rows >= 0) & (rows < dark.shape[0])
    levelled[inside] = dark[rows.clip(0, dark.shape[0] - 1), numpy.arange(dark.shape[1])[None, :]][inside]
    return levelled


def _lines(dark: NDArray[numpy.bool_], length: int) -> list[tuple[int, int, int, int]]:
    """Long horizontal runs, rows next to each other together: left, top, right, bottom."""
    import numpy

    if dark.shape[1] <= length:
        return []
    sums = numpy.cumsum(numpy.pad(dark, ((0, 0), (1, 0))), axis=1, dtype=numpy.int32)
    full = sums[:, length:] - sums[:, :-length] >= _FULL * length
    runs: list[list[int]] = []
    open_runs: list[list[int]] = []
    for row in numpy.flatnonzero(full.any(axis=1)):
        here = [[start, int(row), end + length, int(row) + 1] for start, end in _spans(full[row])]
        open_runs = [run for run in open_runs if run[3] >= row]
        for run in here:
            above = next((other for other in open_runs if other[0] < run[2] and run[0] < other[2]), None)
            if above is None:
                runs.append(run)
                open_runs.append(run)
            else:
                above[0], above[2], above[3] = min(above[0], run[0]), max(above[2], run[2]), run[3]
    return [(left, top, right, bottom) for left, top, right, bottom in runs if bottom - top <= _THICK]


def _spans(flags: Any) -> list[tuple[int, int]]:
    """First and last index of each run of true flags."""
    import numpy

    edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([False], flags, [False])).astype(numpy.int8)))
    return [(int(start), int(end) - 1) for start, end in zip(edges[::2], edges[1::2], strict=True)]
