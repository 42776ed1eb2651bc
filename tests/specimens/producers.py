"""Sheets -> the bytes of a PDF, by two producers; the same sheets give the same bytes on every machine.

Streams are left uncompressed and images run-length coded here, since zlib's output differs between its builds.
A scanned sheet is painted with Pillow and stored as one image without any text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import reportlab
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from tests.specimens.layout import Rule, Sheet
from tests.specimens.typeset import Text

SCAN_DPI = 130  # the least at which an OCR engine reads ten-point type without loss
SCAN_TILT = 0.5  # degrees; a page never lies straight on the glass
MADE = datetime(2026, 11, 24, tzinfo=UTC)


def write_pdf(sheets: list[Sheet], keys: dict[str, str]) -> bytes:
    """The PDF of a specimen, by the producer its source asks for."""
    return {"reportlab": _by_reportlab, "fpdf2": _by_fpdf2}[keys["producer"]](sheets, keys)


def _drawn(sheet: Sheet, keys: dict[str, str]) -> list[Text | Rule]:
    """What stands on a sheet, in the order in which it is written to the file."""
    parts = [sheet.furniture, sheet.content]
    return [op for part in (parts if keys["furniture"] == "first" else reversed(parts)) for op in part]


def _by_reportlab(sheets: list[Sheet], keys: dict[str, str]) -> bytes:
    target = BytesIO()
    canvas = Canvas(target, pageCompression=0, invariant=1)
    if keys["metadata"]:
        canvas.setTitle(keys["metadata"])
    for number, sheet in enumerate(sheets):
        canvas.setPageSize((sheet.height, sheet.width) if sheet.turned else (sheet.width, sheet.height))
        canvas.setPageRotation(90 if sheet.turned else 0)
        if sheet.turned:
            canvas.translate(sheet.height, 0)
            canvas.rotate(90)
        if sheet.scanned:
            _draw_scan(canvas, sheet, f"scan{number}")
        else:
            _draw_canvas(canvas, sheet, keys)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _draw_canvas(canvas: Canvas, sheet: Sheet, keys: dict[str, str]) -> None:
    canvas.setLineWidth(0.6)
    for op in _drawn(sheet, keys):
        if isinstance(op, Rule):
            canvas.line(op.x1, sheet.height - op.y1, op.x2, sheet.height - op.y2)
        else:
            spaced = op.gap if keys["emit"] == "lines" else 0.0
            canvas.setFont(op.font, op.size)
            canvas.drawString(op.x, sheet.height - op.y, op.text, wordSpace=spaced or None)


def _by_fpdf2(sheets: list[Sheet], keys: dict[str, str]) -> bytes:
    pdf = FPDF(unit="pt")
    pdf.set_compression(False)
    pdf.core_fonts_encoding = "windows-1252"
    pdf.set_creation_date(MADE)
    pdf.set_producer("py-pdf/fpdf2")
    pdf.set_auto_page_break(False)
    if keys["metadata"]:
        pdf.set_title(keys["metadata"])
    pdf.set_line_width(0.6)
    for sheet in sheets:
        if sheet.turned or sheet.scanned:
            raise ValueError(f"{keys['document']}: turned and scanned pages need reportlab")
        pdf.add_page(format=(sheet.width, sheet.height))
        for op in _drawn(sheet, keys):
            if isinstance(op, Rule):
                pdf.line(op.x1, op.y1, op.x2, op.y2)
            else:
                family, _, style = op.font.partition("-")
                pdf.set_font(family, "B" * ("Bold" in style) + "I" * ("Italic" in style or "Oblique" in style), op.size)
                if op.gap and keys["emit"] == "lines":
                    raise ValueError(f"{keys['document']}: fpdf2 sets whole lines only left-aligned")
                pdf.text(op.x, op.y, op.text)
    return bytes(pdf.output())


def _draw_scan(canvas: Canvas, sheet: Sheet, name: str) -> None:
    scan = _Scan(name, _paint(sheet))
    canvas._setXObjects(scan)
    canvas._doc.Reference(scan, canvas._doc.getXObjectName(name))
    canvas._doc.addForm(name, scan)
    canvas.saveState()
    canvas.scale(sheet.width, sheet.height)
    canvas._code.append(f"/{canvas._doc.getXObjectName(name)} Do")
    canvas.restoreState()
    canvas._formsinuse.append(name)
    canvas._currentPageHasImages = 1


class _Scan(PDFImageXObject):
    """A black and white image, run-length coded."""

    def __init__(self, name: str, image: Image.Image) -> None:
        super().__init__(name)
        self.width, self.height = image.size
        self._filters = ("RunLengthDecode",)
        self.streamContent = _pack(image.tobytes())


def _paint(sheet: Sheet) -> Image.Image:
    """A sheet as a scanner gives it: slightly tilted, with specks, in black and white."""
    scale = SCAN_DPI / 72
    image = Image.new("L", (round(sheet.width * scale), round(sheet.height * scale)), 255)
    draw = ImageDraw.Draw(image)
    fonts = Path(reportlab.__file__).parent / "fonts"
    for op in [*sheet.furniture, *sheet.content]:
        if isinstance(op, Rule):
            draw.line((op.x1 * scale, op.y1 * scale, op.x2 * scale, op.y2 * scale), fill=0, width=2)
        else:
            font = ImageFont.truetype(
                str(fonts / f"{op.font}.ttf"), round(op.size * scale), layout_engine=ImageFont.Layout.BASIC
            )
            draw.text((op.x * scale, op.y * scale), op.text, fill=0, font=font, anchor="ls")
    seed = 7
    for _ in range(260):
        seed = (seed * 1103515245 + 12345) % 2**31
        draw.point((seed % image.width, seed // 977 % image.height), fill=0)
    image = image.rotate(SCAN_TILT, resample=Image.Resampling.NEAREST, fillcolor=255)
    return image.point(lambda level: 255 if level > 150 else 0).convert("1", dither=Image.Dither.NONE)


def _pack(data: bytes) -> bytes:
    """Run-length coding of PDF (ISO 32000-1, 7.4.5)."""
    packed = bytearray()
    start = 0
    while start < len(data):
        end = start + 1
        while end < len(data) and end - start < 128 and data[end] == data[start]:
            end += 1
        if end - start > 1:
            packed += bytes((257 - (end - start), data[start]))
        else:
            while end < len(data) and end - start < 128 and data[end : end + 1] != data[end - 1 : end]:
                end += 1
            packed += bytes((end - start - 1,)) + data[start:end]
        start = end
    return bytes(packed) + b"\x80"
