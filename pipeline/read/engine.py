"""PDFium: one PDF page in, its words, ruling lines and images out, in points from the top left of the upright page.

A `Word` is what stands between white space; its box comes from its first and last character only, because asking
PDFium for each character's box would cost as much again as everything else on the page. The trap: PDFium writes
U+FFFE (once U+0002) for a hyphen at a line end and swallows the line break after it, so such a word ends there.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

# PDFium's own mark for a hyphen that ends a line; the word before keeps it, and ends with it.
LINE_HYPHEN = "\ufffe"
_WORD = re.compile(r"[^\s\x00\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")
# `FPDF_PageToDevice` answers in whole device pixels: ask on a canvas fine enough for a thousandth of a point.
_CANVAS = 1_000_000


class Word(NamedTuple):
    """Characters between white space, in the order in which the producer wrote them."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    turn: int = 0  # quarter turns clockwise of its writing direction on the upright page


class Box(NamedTuple):
    """A rectangle: a ruling line (one side nearly nothing) or an image."""

    left: float
    top: float
    right: float
    bottom: float


class Sheet(NamedTuple):
    """One page as the producer drew it; `width` and `height` are those of the upright page."""

    number: int
    width: float
    height: float
    words: list[Word]
    rules: list[Box]
    images: list[Box]
    turn: int = 0  # quarter turns that made the page upright, beyond its own /Rotate


class PdfError(Exception):
    """A PDF, or one page of it, that PDFium cannot open; `remedy` says what a person can do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@contextmanager
def open_pdf(path: Path, passwords: tuple[str, ...] = ()) -> Iterator[Any]:
    """A PDFium document, closed at the end; raises PdfError where no password opens it or it is no PDF."""
    document = None
    for password in ("", *passwords):
        document = pdfium.FPDF_LoadDocument(os.fsencode(path), password.encode() or None)
        if document:
            break
        _raise_unless_password_error(pdfium.FPDF_GetLastError())
    if not document:
        raise PdfError("encrypted: no password opens it", "give its password with --password-file, or an open copy")
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def page_count(document: Any) -> int:
    """How many pages the document says it has."""
    return int(pdfium.FPDF_GetPageCount(document))


def read_sheet(document: Any, number: int, max_objects: int) -> Sheet:
    """Read page `number` (from 1); raises PdfError where PDFium cannot load it or it holds too many objects."""
    with open_page(document, number) as page:
        if pdfium.FPDFPage_CountObjects(page) > max_objects:
            raise PdfError(f"more than {max_objects} objects on the page", "raise the limit `objects`, or simplify it")
        upright = _Upright(page)
        words = list(_read_words(page, upright))
    return Sheet(number, upright.width, upright.height, words, [], [])


@contextmanager
def open_page(document: Any, number: int) -> Iterator[Any]:
    """A PDFium page (`number` from 1), closed at the end."""
    page = pdfium.FPDF_LoadPage(document, number - 1)
    if not page:
        raise PdfError("PDFium cannot load the page", "repair the PDF (print it anew, `qpdf`), or replace it")
    try:
        yield page
    finally:
        pdfium.FPDF_ClosePage(page)


def read_metadata(document: Any) -> tuple[tuple[str, str], ...]:
    """What the PDF claims about itself, as sorted (key, value) pairs; empty values left out."""
    pairs = []
    for key in ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate"):
        length = pdfium.FPDF_GetMetaText(document, key.encode(), None, 0)
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDF_GetMetaText(document, key.encode(), buffer, length)
        value = buffer.raw.decode("utf-16-le", "replace").rstrip("\x00").strip()
        if value:
            pairs.append((key.lower(), value))
    return tuple(sorted(pairs))


def _raise_unless_password_error(code: int) -> None:
    remedy = "replace the file by a whole PDF, or repair it (`qpdf`)"
    if code == pdfium.FPDF_ERR_PASSWORD:
        return
    if code == pdfium.FPDF_ERR_SECURITY:
        raise PdfError("encrypted in a way that PDFium does not know", "get an open copy")
    raise PdfError("not a PDF, or damaged beyond PDFium's repair", remedy)


class _Upright:
    """The map from PDF user space to points from the top left of the page as /Rotate shows it."""

    def __init__(self, page: Any) -> None:
        self.width = float(pdfium.FPDF_GetPageWidthF(page))
        self.height = float(pdfium.FPDF_GetPageHeightF(page))
        x0, y0 = self._device(page, 0.0, 0.0)
        x1, y1 = self._device(page, 1.0, 0.0)
        x2, y2 = self._device(page, 0.0, 1.0)
        self.origin = (x0, y0)
        self.axes = (round(x1 - x0), round(y1 - y0), round(x2 - x0), round(y2 - y0))

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle of user space as left, top, right, bottom."""
        (x0, y0), (a, b, c, d) = self.origin, self.axes
        xs, ys = (left * a + bottom * c, right * a + top * c), (left * b + bottom * d, right * b + top * d)
        return x0 + min(xs), y0 + min(ys), x0 + max(xs), y0 + max(ys)

    def _device(self, page: Any, x: float, y: float) -> tuple[float, float]:
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, _CANVAS, _CANVAS, 0, x, y, ctypes.byref(column), ctypes.byref(row))
        return column.value / _CANVAS * self.width, row.value / _CANVAS * self.height


def _read_words(page: Any, upright: _Upright) -> Iterator[Word]:
    textpage = pdfium.FPDFText_LoadPage(page)
    if not textpage:
        return
    try:
        rect = pdfium.FS_RECTF()
        reference, loose_box = ctypes.byref(rect), pdfium.FPDFText_GetLooseCharBox
        for found in _WORD.finditer(_text(textpage)):
            start, end = found.span()
            loose_box(textpage, start, reference)
            first = (rect.left, rect.bottom, rect.right, rect.top)
            loose_box(textpage, end - 1, reference)
            yield Word(found.group(), *upright.box(first[0], first[1], rect.right, first[3]))
    finally:
        pdfium.FPDFText_ClosePage(textpage)


def _text(textpage: Any) -> str:
    """The page's characters, one Python character per PDFium character index."""
    count = pdfium.FPDFText_CountChars(textpage)
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(textpage, 0, count, buffer) == count + 1:
        return "".join(map(chr, buffer[:count]))
    return "".join(chr(pdfium.FPDFText_GetUnicode(textpage, index) or 0xFFFD) for index in range(count))
