"""What is drawn on a page besides text: ruling lines, edges of boxes, images; in points on the upright page.

A producer may draw a table's grid as strokes, as thin filled boxes, as a box per cell, as one path with all of it,
or inside a form; all become `rules`. The trap: white boxes are drawn behind text everywhere and rule nothing.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from pipeline.read import calls
from pipeline.read.geometry import Box, Upright

# A drawn box thinner than this is a line; the thickest ruling line of the treaties in hand is 1.5 points.
THIN = 3.0
_PATH, _IMAGE, _FORM = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM
_TEXT = pdfium.FPDF_PAGEOBJ_TEXT
# A line shorter than this rules no table (corner dots, leader dots, letters drawn as shapes).
_SHORT = 5.0
# More paths than this make a drawing, not a table; the largest table page in hand has 1,100.
_MOST_PATHS = 20_000
_MOST_SEGMENTS = 2_000
_WHITE = 250  # of 255
_DEPTH = 4  # forms within forms


# PDFium writes its answers here; making these anew for each of a page's paths would cost more than the asking.
_FILL, _STROKE = ctypes.c_int(), ctypes.c_int()
_MODE_REFERENCES = (ctypes.byref(_FILL), ctypes.byref(_STROKE))
_COLOUR = [ctypes.c_uint() for _ in range(4)]
_COLOUR_REFERENCES = [ctypes.byref(part) for part in _COLOUR]
_SIDES = (ctypes.c_float * 4)()
_SIDE_REFERENCES = [ctypes.pointer(ctypes.c_float.from_buffer(_SIDES, offset)) for offset in (0, 4, 8, 12)]


class Drawings(NamedTuple):
    """Ruling lines, images, and how many paths and text objects there are."""

    rules: list[Box]
    images: list[Box]
    paths: int
    texts: int


def read_drawings(page: Any, upright: Upright) -> Drawings:
    """All ruling lines and images of the page; no lines where there are too many paths for a table."""
    found = _Collector(upright)
    kind_of, get, forms, texts = calls.object_kind, calls.page_object, [], 0
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        item = get(page, index)
        kind = kind_of(item)
        if kind == _TEXT:
            texts += 1
        elif kind == _PATH:
            found.add_path(item, _SAME)
        elif kind == _IMAGE:
            found.images.append(_bounds(item, _SAME, upright))
        elif kind == _FORM:
            forms.append(item)
    for form in forms:
        for kind, item, matrix in _form_objects(form, _SAME, _DEPTH):
            if kind == _PATH:
                found.add_path(item, matrix)
            elif kind == _IMAGE:
                found.images.append(_bounds(item, matrix, upright))
    return Drawings(found.rules if found.paths <= _MOST_PATHS else [], found.images, found.paths, texts)


class _Collector:
    """Rules and images as they are met; past the most paths of a table, paths are only counted."""

    def __init__(self, upright: Upright) -> None:
        self.upright = upright
        self.rules: list[Box] = []
        self.images: list[Box] = []
        self.paths = 0

    def add_path(self, path: Any, matrix: _Matrix) -> None:
        """Keep what of a path may be a ruling line."""
        self.paths += 1
        if self.paths > _MOST_PATHS:
            return
        box = _bounds(path, matrix, self.upright)
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        if width < THIN or height < THIN:
            if width >= _SHORT or height >= _SHORT:
                self.rules.append(box)
        elif _is_visible(path) and pdfium.FPDFPath_CountSegments(path) <= _MOST_SEGMENTS:
            self.rules += _straight_segments(path, _object_matrix(path).inside(matrix), self.upright)


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
        elif kind != _TEXT:
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


def _is_visible(path: Any) -> bool:
    """Stroked, or filled with another colour than white."""
    pdfium.FPDFPath_GetDrawMode(path, *_MODE_REFERENCES)
    if _STROKE.value or not _FILL.value:
        return bool(_STROKE.value)
    pdfium.FPDFPageObj_GetFillColor(path, *_COLOUR_REFERENCES)
    red, green, blue, alpha = _COLOUR
    return alpha.value > 0 and (red.value < _WHITE or green.value < _WHITE or blue.value < _WHITE)


def _bounds(item: Any, matrix: _Matrix, upright: Upright) -> Box:
    calls.object_bounds(item, *_SIDE_REFERENCES)
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
