"""Pages drawn word by word with reportlab's canvas: every order of writing and way of ruling that producers use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from reportlab.lib.pagesizes import A4, landscape, letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tests.read.pdf_makers.plants import Planted, Plants

MARGIN = 72.0


@dataclass
class Pen:
    """A canvas with a current size of page, writing from the top left."""

    canvas: Canvas
    width: float
    height: float
    font: str = "Times-Roman"
    size: float = 11.0
    leading: float = 13.5

    def write(self, x: float, y: float, text: str, *, size: float | None = None, spread: float | None = None) -> None:
        """A line with its baseline `y` points under the page's top; `spread` over that width if justified."""
        self.canvas.setFont(self.font, size or self.size)
        gap = 0.0
        if spread is not None and " " in text:
            gap = (spread - self.measure(text, size)) / text.count(" ")
        self.canvas.drawString(x, self.height - y, text, wordSpace=gap)

    def measure(self, text: str, size: float | None = None) -> float:
        return stringWidth(text, self.font, size or self.size)

    def wrap(self, text: str, width: float, size: float | None = None) -> list[str]:
        """Greedy lines, broken at spaces and after hyphens."""
        lines, line = [], ""
        for piece in text.replace("-", "-\u200b").replace(" ", " \u200b").split("\u200b"):
            if line and self.measure((line + piece).rstrip(), size) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
        return [*lines, line.rstrip()]


class Flow:
    """Lines of prose from page to page, with a running header and a page number."""

    def __init__(self, pen: Pen, header: str, number: str = "{}") -> None:
        self.pen, self.header, self.number = pen, header, number
        self.page, self.y = 1, MARGIN + 12
        self.bottom = pen.height - MARGIN
        self.furniture()

    def furniture(self) -> None:
        pen = self.pen
        if self.header:
            pen.write(MARGIN, 40, self.header, size=8)
        number = self.number.format(self.page)
        pen.write((pen.width - pen.measure(number, 9)) / 2, pen.height - 36, number, size=9)

    def line(self, text: str, x: float, spread: float | None = None) -> None:
        if self.y > self.bottom:
            self.turn()
        self.pen.write(x, self.y, text, spread=spread)
        self.y += self.pen.leading

    def turn(self) -> None:
        self.pen.canvas.showPage()
        self.page += 1
        self.y = MARGIN + 12
        self.furniture()

    def prose(self, text: str, *, justify: bool) -> None:
        width = self.pen.width - 2 * MARGIN
        lines = self.pen.wrap(text, width)
        for line in lines:
            self.line(line, MARGIN, width if justify and line is not lines[-1] else None)
        self.y += 0.6 * self.pen.leading


def write_document(paper: tuple[float, float], draw: Callable[[Pen], None], **style: object) -> bytes:
    """A PDF of what `draw` draws on pages of this size."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=paper, invariant=1)
    draw(Pen(canvas, *paper, **style))  # type: ignore[arg-type]
    canvas.save()
    return target.getvalue()


def prose(seed: int, *, justify: bool = True, font: str = "Times-Roman", leading: float = 13.5) -> Planted:
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        flow = Flow(pen, "ASEAN Economic Community Review", "Page {} of 9")
        for _ in range(30):
            flow.prose(plants.paragraph(plants.chance.randint(1, 2)), justify=justify)

    return plants.planted("prose", write_document(A4, draw, font=font, leading=leading))


def crossing_titles(seed: int) -> Planted:
    """Pages of a few lines each, so that titles go on overleaf, past the page number and the running header."""
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        flow = Flow(pen, "ASEAN Economic Community Review", "{}")
        for _ in range(20):
            flow.prose(plants.paragraph(2), justify=True)

    return plants.planted("crossing-titles", write_document((A4[0], 230.0), draw))


def footnotes(seed: int) -> Planted:
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        for page in range(6):
            flow = Flow(pen, "Report of the Senior Officials", "- {} -")
            flow.page = page + 1
            flow.bottom = pen.height - 190
            notes = [f"See the {plants.title()}, {plants.words(3, 12)}." for _ in range(3)]
            for number, _ in enumerate(notes, 1):
                text = plants.paragraph(1)
                lines = pen.wrap(text, pen.width - 2 * MARGIN)
                for line in lines:
                    flow.line(line, MARGIN, (pen.width - 2 * MARGIN) if line is not lines[-1] else None)
                x = MARGIN + pen.measure(lines[-1])
                pen.write(x, flow.y - pen.leading - 4, str(number), size=6.5)
                flow.y += 8
            y = pen.height - 170.0
            pen.canvas.line(MARGIN, pen.height - y + 10, MARGIN + 144, pen.height - y + 10)
            for number, note in enumerate(notes, 1):
                pen.write(MARGIN, y - 3, str(number), size=6)
                for line in pen.wrap(note, pen.width - 2 * MARGIN - 8, 8.5):
                    pen.write(MARGIN + 6, y, line, size=8.5)
                    y += 10.2
            pen.canvas.showPage()

    return plants.planted("footnotes", write_document(A4, draw))


def columns(
    seed: int, *, order: str, count: int = 2, gutter: float = 20.0, justify: bool = True, shift: float = 0.0
) -> Planted:
    """Columns written one after the other (`order` "columns") or across (`order` "lines")."""
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        for page in range(4):
            Flow(pen, "", "{}").page = page
            pen.write(MARGIN, 84, f"Part {page + 1}: overview of cooperation in the region", size=15)
            width = (pen.width - 2 * MARGIN - (count - 1) * gutter) / count
            room = int((pen.height - 2 * MARGIN - 40) / pen.leading)
            strings = _column_lines(plants, pen, width, room, count)
            drawn = [
                (column, number, text, last)
                for column, lines in enumerate(strings)
                for number, (text, last) in enumerate(lines)
            ]
            if order == "lines":
                drawn.sort(key=lambda item: (item[1], item[0]))
            for column, number, text, last in drawn:
                x = MARGIN + column * (width + gutter)
                y = 120 + number * pen.leading + column * shift
                pen.write(x, y, text, spread=None if last or not justify else width)
            pen.canvas.showPage()

    return plants.planted(f"columns-{order}", write_document(A4, draw, size=9.5, leading=11.5))


def _column_lines(plants: Plants, pen: Pen, width: float, room: int, count: int) -> list[list[tuple[str, bool]]]:
    lines: list[tuple[str, bool]] = []
    while len(lines) < room * count - 30:
        wrapped = pen.wrap(plants.paragraph(1), width)
        lines += [(line, line is wrapped[-1]) for line in wrapped] + [("", True)] * plants.chance.randint(0, 1)
    return [lines[start : start + room] for start in range(0, room * count, room)]


@dataclass(frozen=True)
class TableStyle:
    """How a table is drawn: what rules it has, in which order its text is written, where lines stand in a cell."""

    rules: str = "strokes"  # strokes, boxes, bars, inner, shades, across, none
    order: str = "cells"  # cells, lines
    middle: bool = False
    padding: float = 4.0
    row_gap: float = 0.0
    widths: tuple[float, ...] = (28.0, 210.0, 60.0, 140.0)
    header: tuple[str, ...] = ("No.", "Instrument", "Year", "Lead body")


def table(seed: int, style: TableStyle, *, size: tuple[float, float] = A4, turn: str = "", rows: int = 36) -> Planted:
    plants = Plants(seed)
    name = f"table-{style.rules}-{style.order}{'-' + turn if turn else ''}"

    def draw(pen: Pen) -> None:
        contents = [_row(plants, number) for number in range(1, rows + 1)]
        for page, part in enumerate(_pages(pen, contents, style)):
            if turn:
                _turn(pen, turn)
            pen.write(MARGIN, 60, f"Table {page + 1}: instruments and lead bodies", size=12)
            _draw_table(pen, [style.header, *part], style)
            number = str(page + 1)
            pen.write(pen.width / 2, pen.height - 30, number, size=9)
            pen.canvas.showPage()

    return plants.planted(name, write_document(size, draw, font="Helvetica", size=9.0, leading=11.0))


def _row(plants: Plants, number: int) -> tuple[str, ...]:
    body = plants.chance.choice(
        ("SEOM", "Committee on Trade in Goods and Services", "TELSOM", "ASEAN Secretariat and partners")
    )
    return (f"{number}.", plants.title(), str(plants.chance.randint(1995, 2024)), body)


def _cells(pen: Pen, row: Sequence[str], style: TableStyle) -> list[list[str]]:
    return [pen.wrap(text, width - 2 * style.padding) for text, width in zip(row, style.widths, strict=True)]


def _row_height(pen: Pen, cells: list[list[str]], style: TableStyle) -> float:
    return (
        max(len(lines) for lines in cells) * pen.leading + 2 * style.padding * (style.rules != "none") + style.row_gap
    )


def _pages(pen: Pen, rows: list[tuple[str, ...]], style: TableStyle) -> Iterable[list[tuple[str, ...]]]:
    part: list[tuple[str, ...]] = []
    room = pen.height - 180
    left = room
    for row in rows:
        height = _row_height(pen, _cells(pen, row, style), style)
        if height > left and part:
            yield part
            part, left = [], room
        part.append(row)
        left -= height
    yield part


def _draw_table(pen: Pen, rows: list[tuple[str, ...]], style: TableStyle) -> None:
    y, x = 84.0, MARGIN
    total = sum(style.widths)
    for number, row in enumerate(rows):
        cells = _cells(pen, row, style)
        height = _row_height(pen, cells, style)
        _rule_row(pen, x, y, height, style, number, number == len(rows) - 1)
        for cell_x, cell_y, line in _placed_lines(pen, cells, x, y, height, style):
            pen.write(cell_x, cell_y, line)
        y += height
    if style.rules == "across":
        pen.canvas.line(x, pen.height - y, x + total, pen.height - y)


def _placed_lines(
    pen: Pen, cells: list[list[str]], x: float, y: float, height: float, style: TableStyle
) -> list[tuple[float, float, str]]:
    placed = []
    for column, lines in enumerate(cells):
        left = x + sum(style.widths[:column]) + style.padding
        inset = (height - len(lines) * pen.leading) / 2 if style.middle else style.padding * (style.rules != "none")
        placed += [(left, y + inset + pen.size + number * pen.leading, line) for number, line in enumerate(lines)]
    if style.order == "lines":
        placed.sort(key=lambda line: (round(line[1], 1), line[0]))
    return placed


def _rule_row(pen: Pen, x: float, y: float, height: float, style: TableStyle, number: int, last: bool) -> None:
    canvas, top, total = pen.canvas, pen.height - y, sum(style.widths)
    edges = [x + sum(style.widths[:column]) for column in range(len(style.widths) + 1)]
    canvas.setLineWidth(0.5)
    if style.rules == "strokes":
        canvas.line(x, top, x + total, top)
        canvas.line(x, top - height, x + total, top - height)
        for edge in edges:
            canvas.line(edge, top, edge, top - height)
    elif style.rules == "boxes":
        for left, right in pairwise(edges):
            canvas.rect(left, top - height, right - left, height)
    elif style.rules == "bars":
        for left, right in pairwise(edges):
            canvas.rect(left, top - 0.25, right - left, 0.5, stroke=0, fill=1)
            if last:
                canvas.rect(left, top - height - 0.25, right - left, 0.5, stroke=0, fill=1)
        for edge in edges:
            canvas.rect(edge - 0.25, top - height, 0.5, height, stroke=0, fill=1)
    elif style.rules == "inner":
        if number:
            canvas.line(x, top, x + total, top)
        for edge in edges[1:-1]:
            canvas.line(edge, top, edge, top - height)
    elif style.rules == "shades" and number % 2 == 0:
        canvas.setFillGray(0.9)
        canvas.rect(x, top - height, total, height, stroke=0, fill=1)
        canvas.setFillGray(0)
    elif style.rules == "across":
        canvas.line(x, top, x + total, top)


def _turn(pen: Pen, how: str) -> None:
    """`page90`: the page is stored sideways and shown upright; `text90`: shown sideways too."""
    kind, degrees = how[:4], int(how[4:])
    canvas, width, height = pen.canvas, pen.width, pen.height
    if degrees % 180 and kind == "text":
        canvas.setPageSize((height, width))
    if kind == "page":  # reportlab turns the size of such a page by itself
        canvas.setPageRotation(degrees)
    if degrees == 90:
        canvas.translate(height, 0)
        canvas.rotate(90)
    elif degrees == 270:
        canvas.translate(0, width)
        canvas.rotate(270)
    else:
        canvas.translate(width, height)
        canvas.rotate(180)


def crossing_cells(seed: int, style: TableStyle) -> Planted:
    """Tables whose rows are cut by the page break anywhere, the head row repeated or not."""
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        page = 0
        rest: list[list[str]] | None = None
        while page < 12:
            y = 84.0
            if page % 2 == 0 or rest is None:
                y = _draw_part(pen, _cells(pen, style.header, style), y, style)
            if rest is not None:
                y = _draw_part(pen, rest, y, style)
            for number in range(1, 4):
                y = _draw_part(pen, _cells(pen, _row(plants, page * 4 + number), style), y, style)
            cells = _cells(pen, _row(plants, page * 4 + 4), style)
            cut = max(1, min(len(lines) for lines in cells if len(lines) > 1) - 1) if max(map(len, cells)) > 1 else 1
            _draw_part(pen, [lines[:cut] for lines in cells], y, style)
            rest = [lines[cut:] for lines in cells]
            rest = rest if any(rest) else None
            pen.write(pen.width / 2, pen.height - 30, str(page + 1), size=9)
            pen.canvas.showPage()
            page += 1
            if page == 12 and rest is not None:
                _draw_part(pen, rest, 84.0, style)
                pen.write(pen.width / 2, pen.height - 30, str(page + 1), size=9)
                pen.canvas.showPage()

    widths = (style.widths[0], 130.0, style.widths[2], 90.0)
    style = TableStyle(style.rules, style.order, style.middle, style.padding, style.row_gap, widths, style.header)
    return plants.planted(
        f"crossing-cells-{style.rules}", write_document((A4[0], 420.0), draw, font="Helvetica", size=9.0, leading=11.0)
    )


def _draw_part(pen: Pen, cells: list[list[str]], y: float, style: TableStyle) -> float:
    height = _row_height(pen, cells, style)
    _rule_row(pen, MARGIN, y, height, style, 0 if y == 84.0 else 1, True)
    for x, line_y, line in _placed_lines(pen, cells, MARGIN, y, height, style):
        pen.write(x, line_y, line)
    return y + height


def letter_spaced(seed: int, *, how: str) -> Planted:
    """Headings set wide: by character spacing (`tc`), or with a space typed between the letters (`typed`)."""
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        for _ in range(8):
            y = 90.0
            for _ in range(3):
                title = plants.title()
                shown = title.upper() if plants.chance.random() < 0.5 else title
                plants.titles[-1] = shown
                for line in pen.wrap(shown, 260, 12):
                    if how == "typed":
                        line = "  ".join(" ".join(word) for word in line.split(" "))
                    text = pen.canvas.beginText(MARGIN, pen.height - y)
                    text.setFont("Helvetica-Bold", 12)
                    text.setCharSpace(3.0 if how == "tc" else 0.0)
                    text.textOut(line)
                    pen.canvas.drawText(text)
                    y += 17
                y += 14
                for line in pen.wrap(plants.words(60, 90), pen.width - 2 * MARGIN):
                    pen.write(MARGIN, y, line)
                    y += pen.leading
                y += 20
            pen.canvas.showPage()

    return plants.planted(f"letter-spaced-{how}", write_document(A4, draw))


LANDSCAPE = landscape(letter)
