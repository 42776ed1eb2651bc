"""PDFium: one PDF page in, its words, ruling lines and images out, in points from the top left of the upright page.

PDFium comes first because it is fast and tears fewer titles (measured 2026-11, tests/test_read_contract.py): of
32 titles whose letters are printed twice, as lines, words or letters up to 0.8 points apart, PDFium with `rows` tears 0
to 2, pdfplumber with `dedupe_chars` 3 to 32; of 36 titles in tables it tears 0 to 36 where `tables` and `gutters` tear
none.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.read.pdf.drawings import read_drawings
from pipeline.read.pdf.notes import has_layers, read_attached, read_notes
from pipeline.read.pdf.page import Upright, draw_page
from pipeline.read.pdf.unseen import find_struck, part_twins, part_unseen, quote
from pipeline.read.pdf.words import read_words
from pipeline.read.sheet import DamagedError, PdfError, Picture, Sheet, turn_upright
from pipeline.records import Issue, Severity


def _warning(message: str, remedy: str) -> Issue:
    return Issue("", "read", Severity.WARNING, message, remedy)


_DAMAGED = _warning(
    "its table of objects is damaged: pages or text may be missing",
    "fetch it again, or repair it (`qpdf`), and compare the pages",
)
# The picture on which it is decided whether words are seen.
_LOOK_DPI, _LOOK_PIXELS = 72.0, 4_000_000
_MOST_NAMED = 5


@contextmanager
def open_pdf(path: Path, passwords: tuple[str, ...] = ()) -> Iterator[PdfiumDocument]:
    """A PDFium document, closed at the end; raises PdfError where no password opens it or it is no PDF."""
    handle = None
    # Old encryption takes passwords in Latin-1, the present one in UTF-8.
    spelt = [word.encode(code, "ignore") for word in passwords for code in ("utf-8", "latin-1")]
    for password in dict.fromkeys([b"", *spelt]):
        handle = pdfium.FPDF_LoadDocument(os.fsencode(path), password or None)
        if handle:
            break
        _raise_unless_password_error(pdfium.FPDF_GetLastError())
    if not handle:
        raise PdfError("encrypted: no password opens it", "give its password with --password-file, or an open copy")
    try:
        document = PdfiumDocument(handle, path)
        if document.pages == 0 and pdfium.FPDF_GetSecurityHandlerRevision(handle) != -1:
            raise PdfError("encrypted, and no pages are seen", "give its password with --password-file")
        if document.pages == 0:
            raise DamagedError("it has no pages", "replace the file")
        yield document
    finally:
        pdfium.FPDF_CloseDocument(handle)


class PdfiumDocument:
    """An open PDF; see `PdfDocument`."""

    def __init__(self, handle: Any, path: Path) -> None:
        self.handle = handle
        self.pages = int(pdfium.FPDF_GetPageCount(handle))
        self.metadata = _read_metadata(handle)
        self.has_layers = has_layers(path)

    def remarks(self) -> list[Issue]:
        """What of the file, beside its pages, is damaged or not read."""
        # Where the table is not whole, PDFium looks for objects, and misses some.
        found = [] if pdfium.FPDF_DocumentHasValidCrossReferenceTable(self.handle) else [_DAMAGED]
        if names := read_attached(self.handle):
            told = ", ".join(names[:_MOST_NAMED]) + (" ..." if len(names) > _MOST_NAMED else "")
            remedy = "save them into the input folder (Adobe Reader, or `pdfdetach -saveall`)"
            found.append(_warning(f"{len(names)} attached file(s) are not read: {told}", remedy))
        if pdfium.FPDF_GetFormType(self.handle) in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND):
            remedy = "open it with Adobe Reader and print it anew to PDF"
            found.append(_warning("is an XFA form, whose content only Adobe Reader shows: text may be missing", remedy))
        return found

    def read_sheet(self, number: int, max_objects: int) -> Sheet:
        """Read one page; raises PdfError where PDFium cannot load it or it holds too many objects."""
        with self._open_page(number) as page:
            if pdfium.FPDFPage_CountObjects(page) > max_objects:
                remedy = "raise the limit `objects`, or simplify it"
                raise PdfError(f"more than {max_objects} objects on the page", remedy)
            upright = Upright(page)
            drawn = read_drawings(page, upright)
            words, invisible, lean = read_words(page, upright, has_invisible=drawn.has_invisible)
            unmapped = not words and drawn.texts > 0
            marked, remarks, has_notes = read_notes(page, upright)
            if drawn.has_invisible:
                words, invisible = part_twins(words, invisible)
            # A page that is nothing but a scan with its text layer needs no look.
            if drawn.may_hide or self.has_layers or (invisible and len(invisible) < len(words)):
                picture = draw_page(page, _LOOK_DPI, _LOOK_PIXELS)
                words, unseen = part_unseen(words, picture, lean)
                if unseen:
                    message = f"{len(unseen)} words that it does not show are left out: {quote(unseen)}"
                    remarks.append((Severity.WARNING, message))
            struck = find_struck(words, drawn.rules, marked) if drawn.rules or marked else []
            if struck:
                gone = set(struck)
                words = [word for word in words if word not in gone]
                message = f"{len(struck)} words that are struck through are left out: {quote(struck)}"
                remarks.append((Severity.WARNING, message))
        sheet = Sheet(number, upright.width, upright.height, words, drawn.rules, drawn.images, drawn.paths)
        return turn_upright(
            sheet._replace(
                unmapped=unmapped,
                notes=has_notes and not words,
                lean=lean,
                letters=drawn.letters,
                remarks=tuple(remarks),
            )
        )

    def draw(self, number: int, dpi: float, max_pixels: int, *, turn: int = 0, colour: bool = False) -> Picture:
        """The page as a picture."""
        with self._open_page(number) as page:
            return draw_page(page, dpi, max_pixels, turn=turn, colour=colour)

    @contextmanager
    def _open_page(self, number: int) -> Iterator[Any]:
        page = pdfium.FPDF_LoadPage(self.handle, number - 1)
        if not page:
            raise DamagedError("PDFium cannot load the page", "repair the PDF (print it anew, `qpdf`), or replace it")
        try:
            yield page
        finally:
            pdfium.FPDF_ClosePage(page)


def _read_metadata(handle: Any) -> tuple[tuple[str, str], ...]:
    """What the PDF claims about itself, as sorted (key, value) pairs; empty values left out."""
    pairs = []
    for key in ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate"):
        length = pdfium.FPDF_GetMetaText(handle, key.encode(), None, 0)
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDF_GetMetaText(handle, key.encode(), buffer, length)
        value = buffer.raw.decode("utf-16-le", "replace").rstrip("\x00").strip()
        if value:
            pairs.append((key.lower(), value))
    return tuple(sorted(pairs))


def _raise_unless_password_error(code: int) -> None:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return
    if code == pdfium.FPDF_ERR_SECURITY:
        raise PdfError("encrypted in a way that PDFium does not know", "get an open copy")
    raise DamagedError(
        "not a PDF, or damaged beyond PDFium's repair", "replace the file by a whole PDF, or repair it (`qpdf`)"
    )
