"""PDF files: PDFium reads them; pdfplumber reads those that PDFium cannot, and gives the second opinion."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from pipeline.read.sheet import Picture, Sheet
from pipeline.records import Issue

PDFIUM, PDFPLUMBER = "pdfium", "pdfplumber"
READERS = (PDFIUM, PDFPLUMBER)


class PdfDocument(Protocol):
    """An open PDF; pages are counted from 1."""

    pages: int  # as many as it says it has
    metadata: tuple[tuple[str, str], ...]  # what it claims about itself, sorted by key; empty values left out

    def remarks(self) -> list[Issue]:
        """What of the file, beside its pages, is damaged or not read."""

    def read_sheet(self, number: int, max_objects: int) -> Sheet:
        """Read one page; raises PdfError where it cannot be loaded or holds too many objects."""

    def draw(self, number: int, dpi: float, max_pixels: int, *, turn: int = 0, colour: bool = False) -> Picture:
        """The page as a picture; raises PdfError where this reader cannot draw it."""


def open_pdf(path: Path, passwords: tuple[str, ...] = (), reader: str = PDFIUM) -> AbstractContextManager[PdfDocument]:
    """The document, closed at the end; raises PdfError where no password opens it or it is no PDF."""
    if reader == PDFPLUMBER:
        from pipeline.read.pdf import plumber

        return plumber.open_pdf(path, passwords)
    from pipeline.read.pdf import pdfium

    return pdfium.open_pdf(path, passwords)
