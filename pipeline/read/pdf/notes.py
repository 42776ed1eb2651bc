"""What a PDF holds beside the text of its pages: notes, filled fields, attached files, layers."""

from __future__ import annotations

import ctypes
import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.read.pdf.page import Upright
from pipeline.read.sheet import Box
from pipeline.records import Severity

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


def read_notes(page: Any, upright: Upright) -> tuple[list[Box], list[tuple[Severity, str]], bool]:
    """The boxes that notes strike through, remarks about text in notes and fields, and whether there are any at all."""
    count = pdfium.FPDFPage_GetAnnotCount(page)
    struck: list[Box] = []
    fields: list[str] = []
    comments: list[str] = []
    for index in range(min(count, _MOST_NOTES)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        if kind == pdfium.FPDF_ANNOT_STRIKEOUT:
            struck += _quads(note, upright)
        if kind in _COMMENTS:
            comments.append(_string(note, "Contents"))
        elif kind == pdfium.FPDF_ANNOT_FREETEXT:
            fields.append(_string(note, "Contents"))
        elif kind == pdfium.FPDF_ANNOT_WIDGET:
            fields.append(_string(note, "V"))
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


def read_attached(document: Any) -> list[str]:
    """The names of the files that are attached to the document."""
    names = []
    for index in range(pdfium.FPDFDoc_GetAttachmentCount(document)):
        attached = pdfium.FPDFDoc_GetAttachment(document, index)
        length = pdfium.FPDFAttachment_GetName(attached, None, 0)
        buffer = ctypes.create_string_buffer(max(2, length))
        pdfium.FPDFAttachment_GetName(attached, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
        names.append(_decode(buffer.raw) or "without a name")
    return names


def has_layers(path: Path) -> bool:
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


def _string(note: Any, key: str) -> str:
    length = pdfium.FPDFAnnot_GetStringValue(note, key.encode(), None, 0)
    buffer = ctypes.create_string_buffer(max(2, length))
    pdfium.FPDFAnnot_GetStringValue(note, key.encode(), ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return _decode(buffer.raw)


def _decode(raw: bytes) -> str:
    return " ".join(raw.decode("utf-16-le", "replace").rstrip("\x00").split())
