"""Pictures of text -> words with boxes, by tesseract (extra `ocr`: tesserocr, with the system's English data).

A page comes out as a `Sheet` like that of a text layer: words, and the ruling lines found in the picture, so that
columns and cells are found in the same way. The trap: a scan may lie askew or on its side; words are turned back by
the slope of their lines, and a page that reads badly is read again the way up that tesseract takes it to be.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from pipeline.read.engine import Sheet, Word
from pipeline.read.ocr_needs import LANGUAGE, LIBRARY, find_language_data, tell_missing
from pipeline.read.picture import Picture, draw_page
from pipeline.read.scanlines import find_rules

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


def recognise_page(page: Any, number: int, max_pixels: int, kept: Path | None = None) -> Recognition:
    """Read a PDFium page from its picture; results are kept in the folder `kept`, by content. Raises OcrError."""
    tesseract = _tesseract()
    picture = draw_page(page, _DPI, max_pixels)
    best = _recognise(picture, number, tesseract, kept)
    if best.confidence < _UNSURE or _runs_down(best.sheet):
        turn = tesseract.find_turn(picture)
        if turn:
            upright = _recognise(draw_page(page, _DPI, max_pixels, turn=turn), number, tesseract, kept)
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
        self.version = library.tesseract_version().split()[1]

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
