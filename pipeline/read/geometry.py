"""Places on a page: boxes in points from the top left of the upright page, y running down."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

# `FPDF_PageToDevice` answers in whole device pixels: ask on a canvas fine enough for a thousandth of a point.
_CANVAS = 1_000_000
# What user space's x and y are on a page that is shown as it is stored.
STRAIGHT = (1, 0, 0, -1)


class Box(NamedTuple):
    """A rectangle on the page."""

    left: float
    top: float
    right: float
    bottom: float


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


def _sign(length: float) -> int:
    return 0 if abs(length) < 1 else 1 if length > 0 else -1


def turn_box(
    left: float, top: float, right: float, bottom: float, turn: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """The box on the page turned back by `turn` quarter turns clockwise; `width` and `height` are those before."""
    if turn == 1:  # text ran down the page: its left end is the page's top
        return top, width - right, bottom, width - left
    if turn == 2:
        return width - right, height - bottom, width - left, height - top
    if turn == 3:  # text ran up the page
        return height - bottom, left, height - top, right
    return left, top, right, bottom
