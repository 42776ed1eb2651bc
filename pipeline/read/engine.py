"""PDFium: one PDF page in, its words, ruling lines and images out, in points from the top left of the upright page.

No page is sent to pdfplumber, because it reads none of them better (measured 2026-11, tests/test_read_contract.py): of
32 titles whose letters are printed twice, as lines, words or letters up to 0.8 points apart, PDFium with `rows` tears 0
to 2, pdfplumber with `dedupe_chars` 3 to 32; of 36 titles in tables it tears 0 to 36 where `grids` and `gutters` tear
none. It is the cross-check of the tests.

A `Word` is what stands between white space; its box comes from its first and last character only, because asking
PDFium for each character's box would cost as much again as everything else on the page. The trap: PDFium writes
U+FFFE (once U+0002) for a hyphen at a line end and swallows the line break after it, so such a word ends there.
"""

from __future__ import annotations

import ctypes
import math
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from pipeline.read import calls
from pipeline.read.drawings import read_drawings
from pipeline.read.geometry import STRAIGHT, Box, Upright, turn_box
from pipeline.read.tight import find_words

# What may end a line in the middle of a word, PDFium's own marks included.
LINE_HYPHENS = "-\u00ad\u2010\u2011\ufffe\x02"
_WORD = re.compile(r"[^\s\x00\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")
# Type set larger than a footnote's mark: marks have 0.58 to 0.75 of the size of their text.
_TALLER = 1.2
# A word that runs aslant, like a watermark; quarter turns are never negative.
ASKEW = -1
# Of a quarter turn: a page that lay a few degrees off on the glass of a scanner is still read.
_STRAIGHT = 0.12


class Word(NamedTuple):
    """Characters between white space, in the order in which the producer wrote them."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    turn: int = 0  # quarter turns clockwise of its writing direction on the upright page; ASKEW if none


class Sheet(NamedTuple):
    """One page as the producer drew it; `width` and `height` are those of the upright page.

    `rules` are drawn lines and the edges of drawn rectangles, each a box with nearly no width or nearly no height.
    """

    number: int
    width: float
    height: float
    words: list[Word]
    rules: list[Box]
    images: list[Box]
    paths: int = 0  # how many shapes are drawn; a page full of them may be text in outlines
    unmapped: bool = False  # there are text objects, but no characters
    notes: bool = False  # there are annotations or form fields
    turn: int = 0  # quarter turns clockwise by which its text was turned, beyond the page's own /Rotate


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


def is_encrypted(document: Any) -> bool:
    """Whether the document is encrypted, with whatever password it was opened."""
    return int(pdfium.FPDF_GetSecurityHandlerRevision(document)) != -1


def has_sound_table(document: Any) -> bool:
    """Whether the file's table of its objects is whole; where it is not, PDFium looks for objects, and misses some."""
    return bool(pdfium.FPDF_DocumentHasValidCrossReferenceTable(document))


def page_count(document: Any) -> int:
    """How many pages the document says it has."""
    return int(pdfium.FPDF_GetPageCount(document))


def read_sheet(document: Any, number: int, max_objects: int) -> Sheet:
    """Read page `number` (from 1); raises PdfError where PDFium cannot load it or it holds too many objects."""
    with open_page(document, number) as page:
        if pdfium.FPDFPage_CountObjects(page) > max_objects:
            raise PdfError(f"more than {max_objects} objects on the page", "raise the limit `objects`, or simplify it")
        upright = Upright(page)
        words = _read_words(page, upright)
        rules, images, paths, texts = read_drawings(page, upright)
        notes = not words and pdfium.FPDFPage_GetAnnotCount(page) > 0
    unmapped = not words and texts > 0
    return turn_upright(Sheet(number, upright.width, upright.height, words, rules, images, paths, unmapped, notes))


def turn_upright(sheet: Sheet) -> Sheet:
    """Turn the page so that most of its text reads from left to right."""
    if not any(word[5] for word in sheet.words):
        return sheet
    letters: Counter[int] = Counter()
    for word in sheet.words:
        letters[word.turn] += len(word.text)
    turn = max(letters, key=lambda turn: (letters[turn], -turn), default=0)
    if turn in (0, ASKEW):
        return sheet
    width, height = (sheet.height, sheet.width) if turn % 2 else (sheet.width, sheet.height)

    def turned(box: Box | Word) -> tuple[float, float, float, float]:
        return turn_box(box.left, box.top, box.right, box.bottom, turn, sheet.width, sheet.height)

    words = [
        Word(word.text, *turned(word), word.turn if word.turn == ASKEW else (word.turn - turn) % 4)
        for word in sheet.words
    ]
    rules, images = [Box(*turned(box)) for box in sheet.rules], [Box(*turned(box)) for box in sheet.images]
    return sheet._replace(width=width, height=height, words=words, rules=rules, images=images, turn=turn)


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


def _read_words(page: Any, upright: Upright) -> list[Word]:
    """The words that stand at least in part on the page."""
    textpage = pdfium.FPDFText_LoadPage(page)
    if not textpage:
        return []
    try:
        words = _words(textpage, upright, pdfium.FPDFPage_CountObjects(page))
    finally:
        pdfium.FPDFText_ClosePage(textpage)
    width, height = upright.width, upright.height
    return [word for word in words if word[3] > 0 and word[4] > 0 and word[1] < width and word[2] < height]


def _words(textpage: Any, upright: Upright, objects: int) -> list[Word]:
    sides = (ctypes.c_float * 8)()  # left, top, right, bottom of two FS_RECTF, read in one go
    of_last = (ctypes.c_float * 4).from_buffer(sides, ctypes.sizeof(ctypes.c_float) * 4)
    loose_box, new, x0, y0 = calls.loose_char_box, tuple.__new__, *upright.origin
    straight = upright.axes == STRAIGHT
    words: list[Word] = []
    for found in find_words(_WORD, _text(textpage), textpage, objects):
        start, end = found.span()
        loose_box(textpage, start, sides)
        if end == start + 1:
            first_left, first_top, first_right, first_bottom = left, top, right, bottom = sides[:4]
        else:
            loose_box(textpage, end - 1, of_last)
            first_left, first_top, first_right, first_bottom, left, top, right, bottom = sides[:]
            if straight and right > first_right and bottom == first_bottom:
                # A page has hundreds of words: `Word(...)` with its check of the number of fields costs twice this.
                words.append(new(Word, (found[0], x0 + first_left, y0 - first_top, x0 + right, y0 - bottom, 0)))
                continue
            if straight and right > first_right:
                # A mark set high or small at one end is no part of the word's height.
                if top - bottom > _TALLER * (first_top - first_bottom):
                    first_top, first_bottom = top, bottom
                elif first_top - first_bottom > _TALLER * (top - bottom):
                    top, bottom = first_top, first_bottom
        turn = _turn(textpage, start, upright)
        box = upright.box(
            min(left, first_left), min(bottom, first_bottom), max(right, first_right), max(top, first_top)
        )
        words.append(Word(found[0], *box, turn))
    return words


def _turn(textpage: Any, index: int, upright: Upright) -> int:
    """Quarter turns clockwise of a character on the upright page."""
    angle = calls.char_angle(textpage, index)  # radians, clockwise in user space
    x, y = math.cos(angle), -math.sin(angle)
    a, b, c, d = upright.axes
    across, down = x * a + y * c, x * b + y * d
    quarters = math.degrees(math.atan2(down, across)) / 90
    return round(quarters) % 4 if abs(quarters - round(quarters)) < _STRAIGHT else ASKEW


def _text(textpage: Any) -> str:
    """The page's characters, one Python character per PDFium character index."""
    count = pdfium.FPDFText_CountChars(textpage)
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(textpage, 0, count, buffer) == count + 1:
        text = ctypes.string_at(buffer, 2 * count).decode("utf-16-le", "replace")
        if len(text) == count:  # else two code units made one character
            return text
    return "".join(chr(pdfium.FPDFText_GetUnicode(textpage, index) or 0xFFFD) for index in range(count))
