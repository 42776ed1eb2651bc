"""What is drawn on a page besides text: ruling lines, edges of boxes, images; in points on the upright page.

A producer may draw a table's grid as strokes, as thin filled boxes, as a box per cell, as one path with all of it,
or inside a form; all become `rules`. White boxes are drawn behind text everywhere and rule nothing.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from pipeline.read.pdf.page import Upright, fill_colour, object_bounds, object_kind, page_object, text_render_mode
from pipeline.read.sheet import THIN, Box

_PATH, _IMAGE, _FORM = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM
_TEXT = pdfium.FPDF_PAGEOBJ_TEXT
# A line shorter than this rules no table (corner dots, leader dots, letters drawn as shapes).
_SHORT = 5.0
# More paths than this make a drawing, not a table; the largest table page in hand has 1,100.
_MOST_PATHS = 20_000
_MOST_SEGMENTS = 2_000
_WHITE = 250  # of 255
_DEPTH = 4  # forms within forms
# A letter drawn as an outline has so many segments, a box has fewer; a line of them is no higher than this (points).
_SEGMENTS, _HIGHEST = 15, 40.0
_MOST_COVERS = 300
# Ways of writing text without ink: neither filled nor drawn, with and without cutting what comes after.
INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)


# PDFium writes its answers here; making these anew for each of a page's paths would cost more than the asking.
_FILL, _STROKE = ctypes.c_int(), ctypes.c_int()
_MODE_REFERENCES = (ctypes.byref(_FILL), ctypes.byref(_STROKE))
_COLOUR = [ctypes.c_uint() for _ in range(4)]
_COLOUR_REFERENCES = [ctypes.byref(part) for part in _COLOUR]
_SIDES = (ctypes.c_float * 4)()
_SIDE_REFERENCES = [ctypes.pointer(ctypes.c_float.from_buffer(_SIDES, offset)) for offset in (0, 4, 8, 12)]


class Drawings(NamedTuple):
    """Ruling lines, images, how many paths and text objects there are, and signs of text that nobody sees."""

    rules: list[Box]
    images: list[Box]
    paths: int
    texts: int
    letters: int  # paths that may be letters drawn as outlines
    has_invisible: bool  # text without ink
    may_hide: bool  # white text, or text with a filled box or an image over it


def read_drawings(page: Any, upright: Upright) -> Drawings:
    """All that is drawn on the page; no ruling lines where there are too many paths for a table."""
    found = _Collector(upright)
    texts, forms = found.texts, []
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        item = page_object(page, index)
        kind = object_kind(item)
        if kind == _TEXT:
            texts.append((item, _SAME))
        elif kind == _FORM:
            forms.append(item)
        else:
            found.add(kind, item, _SAME)
    for form in forms:
        for kind, item, matrix in _form_objects(form, _SAME, _DEPTH):
            found.add(kind, item, matrix)
    rules = found.rules if found.paths <= _MOST_PATHS else []
    has_invisible = any(text_render_mode(item) in INVISIBLE for item, _ in texts)
    may_hide = any(_is_white(item) for item, _ in texts) or found.is_text_covered()
    return Drawings(rules, found.images, found.paths, len(texts), found.letters, has_invisible, may_hide)


class _Collector:
    """What is met, in the order in which it is drawn; past the most paths of a table, paths are only counted."""

    def __init__(self, upright: Upright) -> None:
        self.upright = upright
        self.rules: list[Box] = []
        self.images: list[Box] = []
        self.paths = self.letters = 0
        self.texts: list[tuple[Any, _Matrix]] = []
        self.covers: list[tuple[int, Box]] = []  # what is drawn after so many texts

    def add(self, kind: int, item: Any, matrix: _Matrix) -> None:
        """Keep what of an object may count later."""
        if kind == _TEXT:
            self.texts.append((item, matrix))
        elif kind == _PATH:
            self._add_path(item, matrix)
        elif kind == _IMAGE:
            box = _bounds(item, matrix, self.upright)
            self.images.append(box)
            self._add_cover(box)

    def is_text_covered(self) -> bool:
        """Whether the middle of some text lies under what was drawn after it."""
        if not self.covers:
            return False
        most = self.covers[-1][0]
        middles = []
        for item, matrix in self.texts[:most]:
            left, top, right, bottom = _bounds(item, matrix, self.upright)
            middles.append(((left + right) / 2, (top + bottom) / 2))
        return any(
            box[0] < x < box[2] and box[1] < y < box[3] for count, box in self.covers for x, y in middles[:count]
        )

    def _add_path(self, path: Any, matrix: _Matrix) -> None:
        self.paths += 1
        if self.paths > _MOST_PATHS:
            return
        box = _bounds(path, matrix, self.upright)
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        if width < THIN or height < THIN:
            if width >= _SHORT or height >= _SHORT:
                self.rules.append(box)
            return
        is_filled, is_visible = _ink(path)
        if is_filled:
            self._add_cover(box)
        if is_visible and (segments := pdfium.FPDFPath_CountSegments(path)) <= _MOST_SEGMENTS:
            if height < _HIGHEST:
                self.letters += round(segments / _SEGMENTS)
            self.rules += _straight_segments(path, _object_matrix(path).inside(matrix), self.upright)

    def _add_cover(self, box: Box) -> None:
        if self.texts and len(self.covers) < _MOST_COVERS:
            self.covers.append((len(self.texts), box))


class _Matrix(NamedTuple):
    """A form's coordinates to those of the page: x' = a x + c y + e, y' = b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def inside(self, outer: _Matrix) -> _Matrix:
        e, f = outer.point(self.e, self.f)
        a, b = outer.a * self.a + outer.c * self.b, outer.b * self.a + outer.d * self.b
        c, d = outer.a * self.c + outer.c * self.d, outer.b * self.c + outer.d * self.d
        return _Matrix(a, b, c, d, e, f)


_SAME = _Matrix(1, 0, 0, 1, 0, 0)


def _form_objects(form: Any, outer: _Matrix, depth: int) -> Iterator[tuple[int, Any, _Matrix]]:
    matrix = _object_matrix(form).inside(outer)
    for index in range(pdfium.FPDFFormObj_CountObjects(form)):
        item = pdfium.FPDFFormObj_GetObject(form, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == _FORM:
            if depth:
                yield from _form_objects(item, matrix, depth - 1)
        else:
            yield kind, item, matrix


def _straight_segments(path: Any, matrix: _Matrix, upright: Upright) -> Iterator[Box]:
    """The horizontal and vertical segments of a path, closing ones included."""
    x, y = ctypes.c_float(), ctypes.c_float()
    start = here = (0.0, 0.0)
    for index in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        there = upright.point(*matrix.point(x.value, y.value))
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = there
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _straight(here, there)
        here = there
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield from _straight(here, start)
            here = start


def _straight(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Box]:
    (x0, y0), (x1, y1) = sorted((start, end))
    box = Box(x0, min(y0, y1), x1, max(y0, y1))
    width, height = box.right - box.left, box.bottom - box.top
    if min(width, height) < 1 and max(width, height) >= _SHORT:
        yield box


def _ink(path: Any) -> tuple[bool, bool]:
    """Whether a path is filled, with whatever colour; and whether it is stroked, or filled with other than white."""
    pdfium.FPDFPath_GetDrawMode(path, *_MODE_REFERENCES)
    is_filled = bool(_FILL.value)
    return is_filled, bool(_STROKE.value) or not is_filled or not _is_white(path)


def _is_white(item: Any) -> bool:
    """Whether its fill is white, or cannot be seen at all."""
    fill_colour(item, *_COLOUR_REFERENCES)
    red, green, blue, alpha = _COLOUR
    return alpha.value == 0 or (red.value >= _WHITE and green.value >= _WHITE and blue.value >= _WHITE)


def _bounds(item: Any, matrix: _Matrix, upright: Upright) -> Box:
    object_bounds(item, *_SIDE_REFERENCES)
    left, bottom, right, top = _SIDES[:]
    if matrix is _SAME:
        return upright.box(left, bottom, right, top)
    x0, y0 = matrix.point(left, bottom)
    x1, y1 = matrix.point(right, top)
    return upright.box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _object_matrix(item: Any) -> _Matrix:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(found))
    return _Matrix(found.a, found.b, found.c, found.d, found.e, found.f)
