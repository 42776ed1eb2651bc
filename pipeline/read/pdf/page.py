"""A PDFium page: how it lies on the upright page, the calls that are made for each letter, and its picture.

ctypes' check of each argument costs more than PDFium's answer: 0.7 microseconds a call with it, 0.3 without. The
unchecked calls here crash on a wrong argument: handles come as PDFium gave them, numbers as whole numbers, answers as
ctypes arrays.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.read.sheet import Box, Picture

# `FPDF_PageToDevice` answers in whole device pixels: ask on a canvas fine enough for a thousandth of a point.
_CANVAS = 1_000_000
# What user space's x and y are on a page that is shown as it is stored.
STRAIGHT = (1, 0, 0, -1)
_WHITE = 0xFFFFFFFF


class Upright:
    """The map from PDF user space to points from the top left of the page as /Rotate shows it."""

    def __init__(self, page: Any) -> None:
        self.width = float(pdfium.FPDF_GetPageWidthF(page))
        self.height = float(pdfium.FPDF_GetPageHeightF(page))
        x0, y0 = self._device(page, 0.0, 0.0)
        x1, y1 = self._device(page, 100.0, 0.0)
        x2, y2 = self._device(page, 0.0, 100.0)
        self.origin = (x0, y0)
        self.axes = (_sign(x1 - x0), _sign(y1 - y0), _sign(x2 - x0), _sign(y2 - y0))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of user space on the upright page."""
        (x0, y0), (a, b, c, d) = self.origin, self.axes
        return x0 + x * a + y * c, y0 + x * b + y * d

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of user space on the upright page."""
        if self.axes == STRAIGHT:
            x0, y0 = self.origin
            return Box(x0 + left, y0 - top, x0 + right, y0 - bottom)
        x0, y0 = self.point(left, bottom)
        x1, y1 = self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _device(self, page: Any, x: float, y: float) -> tuple[float, float]:
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, _CANVAS, _CANVAS, 0, x, y, ctypes.byref(column), ctypes.byref(row))
        return column.value / _CANVAS * self.width, row.value / _CANVAS * self.height


def draw_page(page: Any, dpi: float, max_pixels: int, *, turn: int = 0, colour: bool = False) -> Picture:
    """Render a PDFium page at `dpi`, or as finely as `max_pixels` allows; `turn` quarter turns make it upright."""
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if turn % 2:
        width, height = height, width
    scale = min(dpi / 72, (max_pixels / max(1.0, width * height)) ** 0.5)
    columns, rows = max(1, round(width * scale)), max(1, round(height * scale))
    layout = pdfium.FPDFBitmap_BGRx if colour else pdfium.FPDFBitmap_Gray
    bitmap = pdfium.FPDFBitmap_CreateEx(columns, rows, layout, None, 0)
    if not bitmap:
        raise MemoryError(f"no room for a picture of {columns} x {rows} pixels")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, _WHITE)
        flags = pdfium.FPDF_ANNOT if colour else pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, -turn % 4, flags)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * rows)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return Picture(columns, rows, stride, pixels, scale)


def _unchecked(function: Any) -> Callable[..., Any]:
    """The same C function; it keeps Python's lock, which is dearer to give away than the call is long."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    call: Callable[..., Any] = ctypes.PYFUNCTYPE(function.restype)(address or 0)
    return call


loose_char_box = _unchecked(pdfium.FPDFText_GetLooseCharBox)
char_angle = _unchecked(pdfium.FPDFText_GetCharAngle)
page_object = _unchecked(pdfium.FPDFPage_GetObject)
object_kind = _unchecked(pdfium.FPDFPageObj_GetType)
object_bounds = _unchecked(pdfium.FPDFPageObj_GetBounds)
fill_colour = _unchecked(pdfium.FPDFPageObj_GetFillColor)
text_render_mode = _unchecked(pdfium.FPDFTextObj_GetTextRenderMode)


def _sign(length: float) -> int:
    return 0 if abs(length) < 1 else 1 if length > 0 else -1
