"""PDFium: one PDF page in, its words, ruling lines and images out, in points from the top left of the upright page.

What the page does not show (text without ink, white, covered, struck through, in a layer switched off) is left out and
told, as are notes, fields and attached files: where a word stands, something must be seen in the page's picture. A text
layer under a scan is seen in the scan; a second layer on printed words is not text of its own.

PDFium comes first because it is fast and tears fewer titles (measured 2026-11, tests/test_read_contract.py): of
32 titles whose letters are printed twice, as lines, words or letters up to 0.8 points apart, PDFium with `rows` tears 0
to 2, pdfplumber with `dedupe_chars` 3 to 32; of 36 titles in tables it tears 0 to 36 where `tables` and `gutters` tear
none.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import compress
from pathlib import Path
from typing import Any

import numpy
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from pipeline.read.pdf.drawings import read_drawings
from pipeline.read.pdf.page import Upright, draw_page
from pipeline.read.pdf.words import read_words
from pipeline.read.sheet import Box, DamagedError, PdfError, Picture, Sheet, Word, lean_box, turn_upright
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
        self.has_layers = _has_layers(path)

    def remarks(self) -> list[Issue]:
        """What of the file, beside its pages, is damaged or not read."""
        # Where the table is not whole, PDFium looks for objects, and misses some.
        found = [] if pdfium.FPDF_DocumentHasValidCrossReferenceTable(self.handle) else [_DAMAGED]
        if names := _read_attached(self.handle):
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
            marked, remarks, has_notes = _read_notes(page, upright)
            if drawn.has_invisible:
                words, invisible = _part_twins(words, invisible)
            # A page that is nothing but a scan with its text layer needs no look.
            if drawn.may_hide or self.has_layers or (invisible and len(invisible) < len(words)):
                picture = draw_page(page, _LOOK_DPI, _LOOK_PIXELS)
                words, unseen = _part_unseen(words, picture, lean)
                if unseen:
                    message = f"{len(unseen)} words that it does not show are left out: {_quote(unseen)}"
                    remarks.append((Severity.WARNING, message))
            struck = _find_struck(words, drawn.rules, marked) if drawn.rules or marked else []
            if struck:
                gone = set(struck)
                words = [word for word in words if word not in gone]
                message = f"{len(struck)} words that are struck through are left out: {_quote(struck)}"
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
    keys = ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate")
    pairs = [(key.lower(), _string(pdfium.FPDF_GetMetaText, handle, key.encode())) for key in keys]
    return tuple(sorted(pair for pair in pairs if pair[1]))


def _raise_unless_password_error(code: int) -> None:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return
    if code == pdfium.FPDF_ERR_SECURITY:
        raise PdfError("encrypted in a way that PDFium does not know", "get an open copy")
    raise DamagedError(
        "not a PDF, or damaged beyond PDFium's repair", "replace the file by a whole PDF, or repair it (`qpdf`)"
    )


# What readers wrote about the page; a text box (FREETEXT) stands on it.
_COMMENTS = {
    pdfium.FPDF_ANNOT_TEXT,
    pdfium.FPDF_ANNOT_HIGHLIGHT,
    pdfium.FPDF_ANNOT_UNDERLINE,
    pdfium.FPDF_ANNOT_SQUIGGLY,
    pdfium.FPDF_ANNOT_STRIKEOUT,
    pdfium.FPDF_ANNOT_CARET,
}
_SHORTEST = 3  # letters of a note or a field's value that is worth a remark; "Off" is a box without a cross
_LONGEST = 60
_MOST_NOTES = 2000
_OBJECT_STREAM = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_LAYER = re.compile(rb"/OCGs?\b")
_MOST_INFLATED = 1 << 22  # bytes of one stream of objects


def _read_notes(page: Any, upright: Upright) -> tuple[list[Box], list[tuple[Severity, str]], bool]:
    """The boxes that notes strike through, remarks about text in notes and fields, and whether there are any at all."""
    count, get_text = pdfium.FPDFPage_GetAnnotCount(page), pdfium.FPDFAnnot_GetStringValue
    struck: list[Box] = []
    fields: list[str] = []
    comments: list[str] = []
    for index in range(min(count, _MOST_NOTES)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        if kind == pdfium.FPDF_ANNOT_STRIKEOUT:
            struck += _quads(note, upright)
        if kind in _COMMENTS:
            comments.append(_string(get_text, note, b"Contents"))
        elif kind == pdfium.FPDF_ANNOT_FREETEXT:
            fields.append(_string(get_text, note, b"Contents"))
        elif kind == pdfium.FPDF_ANNOT_WIDGET:
            fields.append(_string(get_text, note, b"V"))
        pdfium.FPDFPage_CloseAnnot(note)
    remarks = []
    for severity, what, texts in (
        (Severity.WARNING, "text box(es) or filled field(s)", fields),
        (Severity.INFO, "comment(s)", comments),
    ):
        texts = [text for text in texts if len(text) > _SHORTEST]
        if texts:
            shown = texts[0] if len(texts[0]) <= _LONGEST else f"{texts[0][:_LONGEST]} ..."
            remarks.append((severity, f'the text of {len(texts)} {what} is not read: "{shown}"'))
    return struck, remarks, count > 0


def _read_attached(document: Any) -> list[str]:
    """The names of the files that are attached to the document."""
    names = []
    for index in range(pdfium.FPDFDoc_GetAttachmentCount(document)):
        attached = pdfium.FPDFDoc_GetAttachment(document, index)
        names.append(_string(pdfium.FPDFAttachment_GetName, attached) or "without a name")
    return names


def _has_layers(path: Path) -> bool:
    """Whether the file names layers of content, as far as it can be seen without opening it."""
    with (
        suppress(OSError, ValueError),
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return _LAYER.search(content) is not None or any(map(_LAYER.search, _object_streams(content)))
    return False


def _object_streams(content: mmap.mmap) -> Iterator[bytes]:
    for found in _OBJECT_STREAM.finditer(content):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(content[found.end() : found.end() + _MOST_INFLATED], _MOST_INFLATED)


def _quads(note: Any, upright: Upright) -> Iterator[Box]:
    points = pdfium.FS_QUADPOINTSF()
    for index in range(pdfium.FPDFAnnot_CountAttachmentPoints(note)):
        if pdfium.FPDFAnnot_GetAttachmentPoints(note, index, ctypes.byref(points)):
            xs, ys = (points.x1, points.x2, points.x3, points.x4), (points.y1, points.y2, points.y3, points.y4)
            yield upright.box(min(xs), min(ys), max(xs), max(ys))


def _string(function: Callable[..., int], *arguments: Any) -> str:
    """What one of PDFium's functions writes into a buffer of wide characters; white space is folded."""
    length = function(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(max(2, length))
    wide = function.argtypes[-2]  # type: ignore[attr-defined]
    function(*arguments, ctypes.cast(buffer, wide), length)
    return " ".join(buffer.raw.decode("utf-16-le", "replace").rstrip("\x00").split())


# Least difference between the lightest and the darkest pixel where a word is seen, of 255.
_CONTRAST = 20
# A line that strikes a word through crosses it in this part of its height; an underline lies lower ...
_STRUCK = (0.4, 0.68)
# ... and is as long as the words it strikes; ruling lines of tables are longer.
_FILLED = 0.8
# Of the invisible words, so many on visible ones make all of them a second layer, whose places are not exact.
_SECOND_LAYER = 0.5


def _sides(boxes: Sequence[Word | Box]) -> NDArray[numpy.float64]:
    """Four rows: left, top, right, bottom."""
    return numpy.array([each[1:5] if isinstance(each, Word) else each for each in boxes]).reshape(-1, 4).T


def _part_twins(words: list[Word], invisible: list[Word]) -> tuple[list[Word], list[Word]]:
    """The words, and the invisible ones among them, without invisible words that stand on visible ones."""
    seen = set(words).difference(invisible)
    if not seen or not invisible:
        return words, invisible
    one, other = _sides(invisible)[:, :, None], _sides(list(seen))[:, None, :]
    across = numpy.minimum(one[2], other[2]) - numpy.maximum(one[0], other[0])
    down = numpy.minimum(one[3], other[3]) - numpy.maximum(one[1], other[1])
    narrower = numpy.minimum(one[2] - one[0], other[2] - other[0])
    is_twin = ((across > 0.3 * narrower) & (down > 0.3 * (one[3] - one[1]))).any(axis=1)
    if is_twin.mean() > _SECOND_LAYER:
        is_twin[:] = True
    twins = set(compress(invisible, is_twin))
    return [word for word in words if word not in twins], [word for word in invisible if word not in twins]


def _part_unseen(words: Sequence[Word], picture: Picture, lean: float) -> tuple[list[Word], list[Word]]:
    """The words that the picture of the page shows, and those that it does not."""
    pixels = picture.array()
    scale = picture.scale

    def has_ink(word: Word) -> bool:
        inner = (word.bottom - word.top) / 4  # the lines above and below may reach into the box
        box = Box(word.left, word.top + inner, word.right, word.bottom - inner)
        if lean:
            box = lean_box(box, lean, picture.width / scale, picture.height / scale)
        left, top, right, bottom = (int(side * scale) for side in box)
        shown = pixels[max(0, top) : bottom + 1, max(0, left) : right + 1]
        return not shown.size or int(shown.max()) - int(shown.min()) >= _CONTRAST

    unseen = {word for word in words if any(map(str.isalnum, word.text)) and not has_ink(word)}
    return [word for word in words if word not in unseen], [word for word in words if word in unseen]


def _find_struck(words: Sequence[Word], rules: Sequence[Box], marked: Sequence[Box]) -> list[Word]:
    """The words that ruling lines strike through, or that lie in boxes `marked` as struck."""
    across = [rule for rule in rules if rule[2] - rule[0] > 2 * (rule[3] - rule[1])]
    level = [word for word in words if word.turn == 0]
    if not level or not (across or marked):
        return []
    left, top, right, bottom = _sides(level)
    line, box, height = _sides(across)[:, :, None], _sides(marked)[:, :, None], numpy.maximum(0.1, bottom - top)
    places = numpy.append(numpy.sort((line[1] + line[3])[:, 0] / 2), numpy.inf)
    # Most words have no line near them, and need not be held against each.
    near = places[places.searchsorted(top + _STRUCK[0] * height)] < top + _STRUCK[1] * height
    place = ((line[1] + line[3]) / 2 - top[near]) / height[near]
    hit = (place > _STRUCK[0]) & (place < _STRUCK[1]) & (left[near] > line[0] - 2) & (right[near] < line[2] + 2)
    filled = (hit * (right - left)[near]).sum(axis=1) > _FILLED * (line[2] - line[0])[:, 0]
    x, y = (left + right) / 2, (top + bottom) / 2
    struck = ((box[0] < x) & (x < box[2]) & (box[1] < y) & (y < box[3])).any(axis=0)
    struck[near] |= hit[filled].any(axis=0)
    return list(compress(level, struck))


def _quote(words: Sequence[Word]) -> str:
    """The first words, to show a person what is meant."""
    return f'"{" ".join(word.text for word in words[:8])}{" ..." if len(words) > 8 else ""}"'
