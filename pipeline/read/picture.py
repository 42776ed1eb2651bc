"""A page as a picture, upright: in grey for OCR, in colour for eyes. Bounded in size, whatever the page claims."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

_WHITE = 0xFFFFFFFF


class Picture(NamedTuple):
    """Rows of pixels from the top; `scale` is pixels per point of the upright page."""

    width: int
    height: int
    stride: int  # bytes from row to row
    pixels: bytes
    scale: float


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
