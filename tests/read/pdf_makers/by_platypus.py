"""The same kinds of pages set by reportlab's own layout (platypus)."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Paragraph, Spacer, TableStyle

from tests.read.pdf_makers.plants import Planted, Plants

BODY = ParagraphStyle("body", getSampleStyleSheet()["BodyText"], alignment=TA_JUSTIFY, spaceAfter=6)
CELL = ParagraphStyle("cell", BODY, fontSize=8.5, leading=10.5, alignment=0, spaceAfter=0, spaceBefore=0)


def prose(seed: int) -> Planted:
    plants = Plants(seed)
    story = [Paragraph(plants.paragraph(2), BODY) for _ in range(28)]
    return plants.planted("platypus-prose", _build(story, 1))


def columns(seed: int, count: int = 2) -> Planted:
    plants = Plants(seed)
    story = [Paragraph(plants.paragraph(1), BODY) for _ in range(36)]
    return plants.planted("platypus-columns", _build(story, count))


def table(seed: int, *, ruled: bool, split: bool = False, wide: bool = False, middle: bool = False) -> Planted:
    plants = Plants(seed)
    head = [Paragraph(f"<b>{text}</b>", CELL) for text in ("No.", "Document", "Adopted", "Remarks")]
    rows: list[list[Flowable | str]] = [[*head]]
    for number in range(1, 30):
        remarks = plants.words(3, 30)
        rows.append([str(number), Paragraph(plants.title(), CELL), str(1990 + number), Paragraph(remarks, CELL)])
    style = [("VALIGN", (0, 0), (-1, -1), "MIDDLE" if middle else "TOP"), ("FONTSIZE", (0, 0), (-1, -1), 8.5)]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
    made = LongTable(
        rows,
        colWidths=[30, 300, 60, 300] if wide else [26, 190, 52, 180],
        repeatRows=1,
        splitInRow=1 if split else 0,
        style=TableStyle(style),
    )
    name = f"platypus-table{'-ruled' if ruled else ''}{'-split' if split else ''}"
    return plants.planted(name, _build([made, Spacer(1, 8), Paragraph(plants.paragraph(1), BODY)], 1, wide=wide))


def _build(story: list[Flowable], count: int, *, wide: bool = False) -> bytes:
    size = landscape(A4) if wide else A4
    target = BytesIO()
    document = BaseDocTemplate(target, pagesize=size, invariant=1)
    gap = 18.0
    width = (size[0] - 144 - gap * (count - 1)) / count
    frames = [Frame(72 + number * (width + gap), 72, width, size[1] - 144, 0, 0, 0, 0) for number in range(count)]
    document.addPageTemplates(PageTemplate(frames=frames, onPage=_furniture))
    document.build(story)
    return target.getvalue()


def _furniture(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, document.pagesize[1] - 40, "Annual Report of the Committee")
    canvas.drawRightString(document.pagesize[0] - 72, 36, f"{document.page}")
