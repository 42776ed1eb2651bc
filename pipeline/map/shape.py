"""How many columns each lane gets and how wide boxes are, so that the map fills a sheet of paper well.

In: how many boxes stand in each cell of year and lane, their labels, and the number of lines. Out: a `Shape`. The trap:
the sizes of gutters and alleys are not known before the lines are laid, so they are estimated here; a bad estimate
costs paper, never a wrong drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.map.lettering import wrap_label

# Points. Labels are printed at this size on A3 (the brief of the map: at least 7); larger corpora need larger paper.
LABEL_SIZE = 7.2
LEADING = 8.2  # from line to line of a label
PADDING = 3.0  # between the edge of a box and its label
MOST_LABEL_LINES = 3

# Widths of boxes that are tried; labels of ASEAN documents have 31 characters in the middle, 115 points.
_WIDTHS = (64.0, 70.0, 76.0, 82.0, 88.0, 94.0, 102.0, 110.0)
_MOST_COLUMNS = 14

# Height to width of A series paper, either way up.
_RATIO = 2**0.5

# What a channel needs beside its tracks, and the share of all runs that lie side by side in one channel, measured on
# the benchmark's corpora.
_GUTTER, _GUTTER_SHARE = 9.0, 0.55
_ALLEY, _ALLEY_SHARE = 13.0, 0.40


@dataclass(frozen=True)
class Shape:
    """Columns of each lane, width of a box, points between parallel lines."""

    columns: tuple[int, ...]
    box_width: float
    pitch: float


def choose_shape(labels: Mapping[tuple[int, int], Sequence[str]], lanes: int, runs: tuple[int, int]) -> Shape:
    """The shape with which the map is largest on a sheet; labels by (row, lane).

    `runs` are the stretches of line expected in all gutters and in all alleys.
    """
    counts = {cell: len(texts) for cell, texts in labels.items()}
    pitch = choose_pitch(sum(runs))
    best: tuple[float, tuple[int, ...], float] | None = None
    for width in _WIDTHS:
        lines = {
            cell: max(len(wrap_label(each, width - 2 * PADDING, LABEL_SIZE)) for each in texts)
            for cell, texts in labels.items()
        }
        for columns in _candidates(counts, lanes):
            found = (_scale(counts, lines, columns, width, pitch, runs), tuple(-each for each in columns), width)
            best = max(found, best) if best else found
    assert best is not None
    return Shape(tuple(-each for each in best[1]), best[2], pitch)


def choose_pitch(runs: int) -> float:
    """Points between parallel lines: wide where there is room, never so narrow that lines of 0.7 run together."""
    return 3.4 if runs <= 150 else 2.8 if runs <= 300 else 2.2 if runs <= 600 else 1.9


def box_height(label_lines: int) -> float:
    """Height of the boxes of one sub-row whose longest label has so many lines; room for pins at the sides."""
    return max(label_lines, 2) * LEADING + 2 * PADDING - 1.0


def _candidates(counts: Mapping[tuple[int, int], int], lanes: int) -> list[tuple[int, ...]]:
    """For each number of boxes on top of one another in the fullest cell: the columns that every lane needs."""
    fullest = [max((count for (_, lane), count in counts.items() if lane == each), default=0) for each in range(lanes)]
    found = {
        tuple(min(max(-(-full // depth), 1), _MOST_COLUMNS) for full in fullest)
        for depth in range(1, max([*fullest, 1]) + 1)
    }
    return sorted(found | {each for columns in found for each in _neighbours(columns)})


def _neighbours(columns: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [
        (*columns[:lane], columns[lane] + step, *columns[lane + 1 :])
        for lane in range(len(columns))
        for step in (-1, 1)
        if 1 <= columns[lane] + step <= _MOST_COLUMNS
    ]


def _scale(
    counts: Mapping[tuple[int, int], int],
    lines: Mapping[tuple[int, int], int],
    columns: tuple[int, ...],
    width: float,
    pitch: float,
    runs: tuple[int, int],
) -> float:
    """How large the map is drawn on a sheet of area 1: the smaller of what its width and its height allow."""
    depth: dict[int, int] = {}
    height: dict[int, float] = {}
    for (row, lane), count in counts.items():
        depth[row] = max(depth.get(row, 0), -(-count // columns[lane]))
        height[row] = max(height.get(row, 0.0), box_height(lines[row, lane]))
    total = sum(depth.values())
    gutter = _GUTTER + pitch * _GUTTER_SHARE * runs[0] / max(total, 1)
    alley = _ALLEY + pitch * _ALLEY_SHARE * runs[1] / (sum(columns) + 1)
    across = sum(columns) * (width + alley) + alley
    down = sum(depth[row] * (height[row] + gutter) for row in depth) + gutter
    return max(min(1 / across, _RATIO / down), min(_RATIO / across, 1 / down))
