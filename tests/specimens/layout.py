"""A specimen's blocks -> sheets of positioned text, and the page on which each citation begins.

Lengths are points, y runs down from the top of the upright page. The trap: a footnote shrinks the column in which
its marker stands, so it must be reserved before the line with the marker is set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from tests.specimens.markup import Block, Piece, Specimen, Word, plain_text
from tests.specimens.typeset import FONTS, Line, Text, Type, break_lines, restyle, set_line, text_width

MARK = "Specimen digest for testing - not the official text"
PAPERS = {"a4": (595.28, 841.89), "letter": (612.0, 792.0), "b5": (498.9, 708.66)}
GUTTER = 22.0  # between two columns
NOTE_GAP = 8.0  # above the first footnote of a column
PAD = 4.0  # inside a table cell
ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi")

Row = tuple[tuple[Word, ...], ...]


@dataclass(frozen=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass
class Sheet:
    """One page: its upright size, whether it is stored turned or as an image, and what stands on it."""

    width: float
    height: float
    turned: bool = False
    scanned: bool = False
    furniture: list[Text | Rule] = field(default_factory=list)
    content: list[Text | Rule] = field(default_factory=list)


def compose(specimen: Specimen) -> tuple[list[Sheet], dict[int, tuple[int, int]]]:
    """Lay a specimen out; returns its sheets and, by citation index, each citation's first and last page (from 1)."""
    composer = _Composer(specimen)
    for block in specimen.blocks:
        composer.add(block)
    composer.finish()
    return composer.sheets, composer.pages


class _Frames:
    """The sheets and the column being filled, with the footnotes that wait for its foot."""

    def __init__(self, specimen: Specimen) -> None:
        keys = specimen.keys
        self.keys = keys
        self.notes = specimen.notes
        self.margin = float(keys["margin"])
        self.shape = PAPERS[keys["paper"]]
        self.face = Type(keys["font"], float(keys["size"]), keys["hyphens"])
        self.sheets: list[Sheet] = []
        self.pages: dict[int, tuple[int, int]] = {}
        self.columns = 1
        self.pending: list[str] = []
        self.reserved = 0.0
        self.new_sheet()

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    def new_sheet(self, sheet: Sheet | None = None) -> None:
        """Close the column and begin a page, like the last one if none is given; an empty page gives way to it."""
        if self.sheets:
            self.close_column()
            sheet = sheet or replace(self.sheet, furniture=[], content=[])
            if not self.sheet.content:
                self.sheets.pop()
        self.sheets.append(sheet or Sheet(*self.shape))
        self.top = self.y = self.margin
        self.bottom = self.sheet.height - self.margin
        self._place_column(0)

    def set_columns(self, columns: int) -> None:
        """Go on in so many columns, below what stands on the page."""
        if self.column:
            self.new_sheet()
        self.columns = columns
        self.top = self.y
        self._place_column(0)

    def next_column(self) -> None:
        """Go on in the next column, or on the next page."""
        if self.column + 1 == self.columns:
            self.new_sheet()
            return
        self.close_column()
        self.y = self.top
        self._place_column(self.column + 1)

    def make_room(self, line: Line, leading: float) -> None:
        """Go on in the next column if the line and its footnotes do not fit here."""
        if self.y + leading + self.reserved + self._need(line.notes) > self.bottom:
            self.next_column()

    def put(self, line: Line, x: float, face: Type, gap: float = 0.0, leading: float = 0.0) -> None:
        """Set a line at the cursor, keep room for its footnotes, and move the cursor down by `leading`."""
        self.reserved += self._need(line.notes)
        self.pending += line.notes
        self._set(line, x, self.y + leading * 0.8, face, gap)
        self.y += leading

    def close_column(self) -> None:
        """Set the footnotes of the column at its foot, under a short rule."""
        notes, y = self.pending, self.bottom - self.reserved + NOTE_GAP
        self.pending, self.reserved = [], 0.0
        if notes:
            self.sheet.content.append(Rule(self.left, y - 3.0, self.left + 90.0, y - 3.0))
        face = self._note_face()
        for line in (line for note in notes for line in self._note_lines(note)):
            self._set(line, self.left, y + face.size * 0.95, face, 0.0)
            y += face.size * 1.2

    def _set(self, line: Line, x: float, y: float, face: Type, gap: float) -> None:
        self.sheet.content += set_line(line, x, y, face, gap, whole=self.keys["emit"] == "lines")
        for piece in (piece for word in line.words for piece in word):
            if piece.cite is not None and piece.cite >= 0:
                first, _ = self.pages.get(piece.cite, (len(self.sheets), 0))
                self.pages[piece.cite] = (first, len(self.sheets))

    def _place_column(self, column: int) -> None:
        self.column = column
        columns = 1 if self.sheet.width > self.sheet.height else self.columns
        self.width = (self.sheet.width - 2 * self.margin - GUTTER * (columns - 1)) / columns
        self.left = self.margin + column * (self.width + GUTTER)

    def _need(self, notes: list[str]) -> float:
        first = NOTE_GAP if notes and not self.pending else 0.0
        return first + sum(len(self._note_lines(note)) * self._note_face().size * 1.2 for note in notes)

    def _note_face(self) -> Type:
        return replace(self.face, size=self.face.size * 0.8, hyphens="no")

    def _note_lines(self, note: str) -> list[Line]:
        return break_lines(((Piece(note, "sup"),), *self.notes[note]), self.width, self._note_face())


class _Composer(_Frames):
    """Sets one block after another."""

    def __init__(self, specimen: Specimen) -> None:
        super().__init__(specimen)
        self.leading = self.face.size * float(self.keys["leading"])
        self.in_title = False

    def add(self, block: Block) -> None:
        """Set a block at the cursor."""
        titled = block.kind in ("title", "subtitle")
        if self.in_title and not titled:
            self._close_title()
        if block.kind.startswith("@"):
            self._direct(block)
        elif block.kind == "table":
            self._add_table(block)
        elif titled:
            self._add_title(block)
        else:
            self._add_text(block)

    def finish(self) -> None:
        """Close the last column and add running header, page number and mark to every sheet."""
        self.close_column()
        for number, sheet in enumerate(self.sheets, start=1):
            _furnish(sheet, number, len(self.sheets), self.keys)
            if self.keys["order"] == "lines":
                sheet.content.sort(key=lambda op: (round(op.y), op.x) if isinstance(op, Text) else (0, 0.0))

    def _direct(self, block: Block) -> None:
        width, height = self.shape
        if block.kind == "@page":
            self.new_sheet()
        elif block.kind == "@columns":
            self.set_columns(int(block.label))
        elif block.kind in ("@landscape", "@rotated"):
            self.new_sheet(Sheet(height, width, turned=block.kind == "@rotated"))
        else:
            scanned = block.kind == "@scan"
            self.face = replace(self.face, family="vera" if scanned else self.keys["font"])
            self.new_sheet(Sheet(width, height, scanned=scanned))

    def _add_title(self, block: Block) -> None:
        if not self.in_title and self.keys["cover"] == "yes":
            self.y += self.sheet.height * 0.22
        self.in_title = True
        great = block.kind == "title"
        face = replace(self.face, size=self.face.size * (1.55 if great else 1.05), spread=self._spread(block.kind))
        for line in break_lines(restyle(block.words, "b" if great else ""), self.width, replace(face, hyphens="no")):
            self.put(line, self.left + (self.width - line.width) / 2, face, leading=face.size * 1.3)
        self.y += face.size * 0.4

    def _close_title(self) -> None:
        self.in_title = False
        self.y += self.leading
        if self.keys["cover"] == "yes":
            self.new_sheet()
        self.set_columns(int(self.keys["columns"]))

    def _add_text(self, block: Block) -> None:
        heading = block.kind in ("heading", "subheading")
        face, style, indent, after = self._manner(block)
        if heading:
            self.y += self.leading * 0.4
            if self.y + face.size * 1.3 + 3 * self.leading + self.reserved > self.bottom:
                self.next_column()
        leading = face.size * float(self.keys["leading"])
        for number, line in enumerate(break_lines(restyle(block.words, style), self.width - indent, face)):
            self.make_room(line, leading)
            if block.label and number == 0:
                label = Text(self.left, self.y + leading * 0.8, block.label, face.font(""), face.size)
                self.sheet.content.append(label)
            loose = self.keys["align"] == "justify" and not heading and not line.last and len(line.words) > 1
            gap = (self.width - indent - line.width) / (len(line.words) - 1) if loose else 0.0
            self.put(line, self.left + indent, face, gap, leading)
        self.y += after

    def _manner(self, block: Block) -> tuple[Type, str, float, float]:
        """Type, style, indent and space after of a kind of block."""
        if block.kind == "heading":
            spread = self._spread("heading")
            return replace(self.face, size=self.face.size + 2, spread=spread, hyphens="no"), "b", 0, self.leading * 0.35
        if block.kind == "subheading":
            return replace(self.face, hyphens="no"), "bi", 0, self.leading * 0.2
        if block.kind == "item":
            wide = text_width(block.label, self.face.font(""), self.face.size)
            return self.face, "", max(18.0, wide + 7.0), self.leading * 0.25
        return self.face, "", 0, self.leading * 0.5

    def _spread(self, kind: str) -> float:
        return self.face.size * 0.42 if self.keys["title"] == "spaced" and kind in ("title", "heading") else 0.0

    def _add_table(self, block: Block) -> None:
        """Rows that break between pages only, the head repeated; a row of one cell stays with the next row."""
        shares = [float(share) for share in block.label.split()]
        widths = [self.width * share / sum(shares) for share in shares]
        head, *rows = block.rows
        self._set_row(head, widths, "b")
        for row, following in zip(rows, [*rows[1:], ()], strict=True):
            alone = sum(bool(plain_text(cell)) for cell in row) == 1 and following
            height = sum(self._row_height(one, widths) for one in ([row, following] if alone else [row]))
            if self.y + height + self.reserved > self.bottom:
                self.next_column()
                self._set_row(head, widths, "b")
            self._set_row(row, widths, "")
        self.y += self.leading * 0.6

    def _cell_face(self) -> Type:
        return replace(self.face, size=self.face.size - 1.5, hyphens="no")

    def _row_lines(self, row: Row, widths: list[float], style: str) -> list[list[Line]]:
        face = self._cell_face()
        return [
            break_lines(restyle(cell, style), width - 2 * PAD, face) for cell, width in zip(row, widths, strict=True)
        ]

    def _row_height(self, row: Row, widths: list[float]) -> float:
        return max(map(len, self._row_lines(row, widths, ""))) * self._cell_face().size * 1.2 + 2 * PAD

    def _set_row(self, row: Row, widths: list[float], style: str) -> None:
        face, top = self._cell_face(), self.y
        leading = face.size * 1.2
        cells = self._row_lines(row, widths, style)
        lefts = [self.left + sum(widths[:index]) for index in range(len(widths))]
        order = [(column, number) for column, lines in enumerate(cells) for number in range(len(lines))]
        if self.keys["cells"] == "lines":
            order.sort(key=lambda place: (place[1], place[0]))
        for column, number in order:
            self.y = top + PAD + number * leading
            self.put(cells[column][number], lefts[column] + PAD, face, leading=leading)
        self.y = top + max(map(len, cells)) * leading + 2 * PAD
        if self.keys["tables"] == "ruled":
            right = self.left + self.width
            self.sheet.content += [Rule(self.left, y, right, y) for y in (top, self.y)]
            self.sheet.content += [Rule(x, top, x, self.y) for x in [*lefts, right]]


def _furnish(sheet: Sheet, number: int, count: int, keys: dict[str, str]) -> None:
    """Add running header, page number and the mark; a cover has only the mark."""
    size = float(keys["size"]) * 0.85
    family = "vera" if sheet.scanned else keys["font"]
    values = {"n": str(number), "N": str(count), "r": ROMAN[number]}
    if not (keys["cover"] == "yes" and number == 1):
        for key, y in (("header", 40.0), ("footer", sheet.height - 40.0)):
            text = re.sub(r"\{([nNr])\}", lambda found: values[found[1]], keys[key])
            _place(sheet, text, keys[f"{key}-at"], y, FONTS[family][0], size, number, float(keys["margin"]))
    y = 24.0 if keys["mark"] == "top" else sheet.height - 22.0
    _place(sheet, MARK, "center", y, FONTS[family][2], 7.5, number, float(keys["margin"]))


def _place(
    sheet: Sheet, text: str, at: str, y: float, font: str, size: float, number: int, margin: float
) -> None:  # fmt: skip
    if not text:
        return
    wide = text_width(text, font, size)
    if at == "outer":
        at = "left" if number % 2 == 0 else "right"
    x = {"left": margin, "right": sheet.width - margin - wide, "center": (sheet.width - wide) / 2}[at]
    sheet.furniture.append(Text(x, y, text, font, size))
