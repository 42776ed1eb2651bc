"""A specimen's blocks -> sheets of positioned text, and the page on which each citation begins.

Lengths are points, y runs down from the top of the upright page. One measure serves all producers: the standard
fonts have the same widths in each. The trap: a footnote shrinks the column in which its marker stands, so it
must be reserved before the line with the marker is set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from tests.specimens.markup import LINE_BREAK, PAGE_BREAK, Block, Piece, Specimen, Word

MARK = "Specimen digest for testing - not the official text"
PAPERS = {"a4": (595.28, 841.89), "letter": (612.0, 792.0), "legal": (612.0, 1008.0), "b5": (498.9, 708.66)}
FONTS = {
    "times": ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    "helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    "courier": ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    "vera": ("Vera", "VeraBd", "VeraIt", "VeraBI"),
}
GUTTER = 22.0
ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")

for _name in FONTS["vera"]:
    pdfmetrics.registerFont(TTFont(_name, str(Path(reportlab.__file__).parent / "fonts" / f"{_name}.ttf")))


@dataclass(frozen=True)
class Text:
    """A string set at a baseline; `gap` is added to each of its spaces."""

    x: float
    y: float
    text: str
    font: str
    size: float
    gap: float = 0.0


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


@dataclass(frozen=True)
class _Line:
    words: tuple[Word, ...]
    width: float
    last: bool
    page_after: bool = False

    @property
    def notes(self) -> list[str]:
        return [piece.text for word in self.words for piece in word if piece.style == "sup"]


def compose(specimen: Specimen) -> tuple[list[Sheet], dict[int, int]]:
    """Lay a specimen out; returns its sheets and, by citation index, the page (from 1) where each citation begins."""
    composer = _Composer(specimen)
    for block in specimen.blocks:
        composer.add(block)
    composer.finish()
    return composer.sheets, composer.pages


class _Composer:
    def __init__(self, specimen: Specimen) -> None:
        keys = specimen.keys
        self.keys = keys
        self.notes = specimen.notes
        self.size = float(keys["size"])
        self.leading = self.size * float(keys["leading"])
        self.margin = float(keys["margin"])
        self.family = keys["font"]
        self.shape = PAPERS[keys["paper"]]
        self.sheets: list[Sheet] = []
        self.pages: dict[int, int] = {}
        self.columns = 1
        self.in_title = False
        self.pending: list[str] = []
        self.reserved = 0.0
        self._new_sheet()

    # -- blocks ------------------------------------------------------------------------------------------------

    def add(self, block: Block) -> None:
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
        self._close_frame()
        for number, sheet in enumerate(self.sheets, start=1):
            self._furnish(sheet, number)
            if self.keys["order"] == "lines":
                sheet.content.sort(key=lambda op: (round(op.y), op.x) if isinstance(op, Text) else (0, 0.0))

    def _add_title(self, block: Block) -> None:
        if not self.in_title and self.keys["cover"] == "yes" and self.y == self.top:
            self.y += self.sheet.height * 0.22
        self.in_title = True
        size = self.size * (1.55 if block.kind == "title" else 1.05)
        lines = self._break(block.words, self.width, size, "b" if block.kind == "title" else "")
        for line in lines:
            self._put(line, self.left, self.width, size, size * 1.3, "center", spread=self._spread(block.kind))
        self.y += size * 0.4

    def _spread(self, kind: str) -> float:
        return self.size * 0.42 if self.keys["title"] == "spaced" and kind in ("title", "heading") else 0.0

    def _close_title(self) -> None:
        self.in_title = False
        if self.keys["cover"] == "yes":
            self._new_sheet()
        else:
            self.y += self.leading
        self._set_columns(int(self.keys["columns"]))

    def _direct(self, block: Block) -> None:
        width, height = self.shape
        if block.kind == "@page":
            self._new_sheet()
        elif block.kind == "@columns":
            self._set_columns(int(block.label))
        elif block.kind == "@space":
            self.y += float(block.label)
        elif block.kind in ("@landscape", "@rotated"):
            self._new_sheet(Sheet(height, width, turned=block.kind == "@rotated"))
        elif block.kind == "@scan":
            self.family = "vera"
            self._new_sheet(Sheet(width, height, scanned=True))
        else:
            self.family = self.keys["font"]
            self._new_sheet(Sheet(width, height))

    def _add_text(self, block: Block) -> None:
        size, style, indent, after = self._manner(block)
        if block.kind in ("heading", "subheading"):
            self.y += self.leading * 0.4
            if self.y + size * 1.3 + 3 * self.leading + self.reserved > self.bottom:
                self._next_frame()
        lines = self._break(block.words, self.width - indent, size, style, self._spread(block.kind))
        align = "center" if block.kind == "centred" else "left" if style else self.keys["align"]
        for number, line in enumerate(lines):
            leading = size * float(self.keys["leading"])
            self._room(line, leading)
            if block.label and number == 0:
                baseline = self.y + leading * 0.8
                self.sheet.content.append(Text(self.left, baseline, block.label, self._font(""), size))
            self._put(line, self.left + indent, self.width - indent, size, leading, align, self._spread(block.kind))
            if line.page_after:
                self._next_frame(whole=True)
        self.y += after

    def _manner(self, block: Block) -> tuple[float, str, float, float]:
        """Size, style, indent and space after of a kind of block."""
        if block.kind == "heading":
            return self.size + 2, "b", 0.0, self.leading * 0.35
        if block.kind == "subheading":
            return self.size, "bi", 0.0, self.leading * 0.2
        if block.kind == "item":
            wide = pdfmetrics.stringWidth(block.label, self._font(""), self.size)
            return self.size, "", max(18.0, wide + 7.0), self.leading * 0.25
        return self.size, "", 0.0, self.leading * 0.5

    # -- tables ------------------------------------------------------------------------------------------------

    def _add_table(self, block: Block) -> None:
        shares = [float(share) for share in block.label.split()]
        widths = [self.width * share / sum(shares) for share in shares]
        head, *rows = block.rows
        self._add_row(head, widths, "b", None)
        for row in rows:
            self._add_row(row, widths, "", head)
        self.y += self.leading * 0.6

    def _add_row(self, row: tuple, widths: list[float], style: str, head: tuple | None) -> None:
        size, pad = self.size - 1.5, 4.0
        leading = size * 1.2
        cells = [self._break(cell, width - 2 * pad, size, style) for cell, width in zip(row, widths, strict=True)]
        height = max(len(lines) for lines in cells) * leading + 2 * pad
        if self.y + height + self.reserved > self.bottom:
            self._next_frame()
            if head is not None:
                self._add_row(head, widths, "b", None)
        lefts = [self.left + sum(widths[:index]) for index in range(len(widths))]
        top = self.y
        order = [(column, number) for column, lines in enumerate(cells) for number in range(len(lines))]
        if self.keys["cells"] == "lines":
            order.sort(key=lambda place: (place[1], place[0]))
        for column, number in order:
            self.y = top + pad + number * leading
            line = cells[column][number]
            self._put(line, lefts[column] + pad, widths[column] - 2 * pad, size, leading, "left", table=True)
        self.y = top + height
        if self.keys["tables"] == "ruled":
            self._rule_row(lefts, top, self.y)

    def _rule_row(self, lefts: list[float], top: float, bottom: float) -> None:
        right = self.left + self.width
        for y in (top, bottom):
            self.sheet.content.append(Rule(self.left, y, right, y))
        for x in [*lefts, right]:
            self.sheet.content.append(Rule(x, top, x, bottom))

    # -- lines -------------------------------------------------------------------------------------------------

    def _break(self, words: tuple[Word, ...], width: float, size: float, style: str, spread: float = 0) -> list[_Line]:
        """Words filled into lines of `width`; a word may split at a hyphen of its own or, if the keys allow, a new one."""
        if style:
            words = tuple(tuple(Piece(p.text, _with(p.style, style), p.cite) for p in word) for word in words)
        lines: list[_Line] = []
        current: list[Word] = []
        used = 0.0
        space = pdfmetrics.stringWidth(" ", self._font(style), size) + spread
        queue = list(words)
        while queue:
            word = queue.pop(0)
            if word[0].text in (LINE_BREAK, PAGE_BREAK):
                lines.append(_Line(tuple(current), used, last=True, page_after=word[0].text == PAGE_BREAK))
                current, used = [], 0.0
                continue
            wide = self._width(word, size) + spread * sum(len(piece.text) for piece in word)
            room = width - used - (space if current else 0)
            if wide <= room:
                used += wide + (space if current else 0)
                current.append(word)
                continue
            split = self._split(word, room, size)
            if split is not None:
                used += self._width(split[0], size) + (space if current else 0)
                current.append(split[0])
                queue.insert(0, split[1])
            elif not current:
                raise ValueError(f"{self.keys['document']}: {word} is wider than its column of {width:.0f} points")
            else:
                queue.insert(0, word)
            lines.append(_Line(tuple(current), used, last=False))
            current, used = [], 0.0
        if current or not lines:
            lines.append(_Line(tuple(current), used, last=True))
        return lines

    def _split(self, word: Word, room: float, size: float) -> tuple[Word, Word] | None:
        text = "".join(piece.text for piece in word)
        hyphen = {"hard": "-", "soft": "\xad"}.get(self.keys["hyphens"], "")
        for place, added in sorted(_split_places(text, hyphen), reverse=True):
            head = _cut(word, 0, place, added)
            if self._width(head, size) <= room:
                return head, _cut(word, place, len(text), "")
        return None

    def _put(
        self, line: _Line, left: float, width: float, size: float, leading: float, align: str,
        spread: float = 0.0, table: bool = False,
    ) -> None:  # fmt: skip
        """Set one line at the cursor (after making room for it and its footnotes) and move the cursor below it."""
        if not table:
            self._room(line, leading)
        self._reserve(line.notes)
        baseline = self.y + leading * 0.8
        x = left + (width - line.width) / 2 if align == "center" else left
        gap = 0.0
        if align == "justify" and not line.last and len(line.words) > 1:
            gap = (width - line.width) / (len(line.words) - 1)
        self._emit(line.words, x, baseline, size, gap, spread)
        self.y += leading
        self._note_pages(line.words)

    def _emit(self, words: tuple[Word, ...], x: float, y: float, size: float, gap: float, spread: float) -> None:
        space = pdfmetrics.stringWidth(" ", self._font(""), size)
        run: Text | None = None
        for number, word in enumerate(words):
            if number:
                x += space + gap + spread
                if run is not None and self.keys["emit"] == "lines":
                    run = Text(run.x, run.y, run.text + " ", run.font, run.size, gap)
            for piece in word:
                font = self._font(piece.style)
                own, raised = (size * 0.62, y - size * 0.36) if piece.style == "sup" else (size, y)
                if spread:
                    for letter in piece.text:
                        self.sheet.content.append(Text(x, y, letter, font, size))
                        x += pdfmetrics.stringWidth(letter, font, size) + spread
                    continue
                same = run is not None and run.font == font and run.y == raised and run.size == own
                if same and (self.keys["emit"] == "lines" or (not run.text.endswith(" ") and piece is not word[0])):
                    run = Text(run.x, run.y, run.text + piece.text, font, own, gap)
                else:
                    if run is not None:
                        self.sheet.content.append(run)
                    run = Text(x, raised, piece.text, font, own, gap)
                x += pdfmetrics.stringWidth(piece.text, font, own)
            if run is not None and self.keys["emit"] == "words":
                self.sheet.content.append(run)
                run = None
        if run is not None:
            self.sheet.content.append(run)

    def _note_pages(self, words: tuple[Word, ...]) -> None:
        for word in words:
            for piece in word:
                if piece.cite is not None and piece.cite >= 0:
                    self.pages.setdefault(piece.cite, len(self.sheets))

    def _font(self, style: str) -> str:
        return FONTS[self.family][("b" in style) + 2 * ("i" in style)]

    def _width(self, word: Word, size: float) -> float:
        return sum(
            pdfmetrics.stringWidth(piece.text, self._font(piece.style), size * (0.62 if piece.style == "sup" else 1))
            for piece in word
        )

    # -- frames and footnotes ----------------------------------------------------------------------------------

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    def _new_sheet(self, sheet: Sheet | None = None) -> None:
        if self.sheets:
            self._close_frame()
            if sheet is None:
                sheet = Sheet(self.sheet.width, self.sheet.height, self.sheet.turned, self.sheet.scanned)
        self.sheets.append(sheet or Sheet(*self.shape))
        self.top = self.y = self.margin
        self.bottom = self.sheet.height - self.margin
        self.column = 0
        if sheet is not None and sheet.width > sheet.height:
            self.columns = 1
        self._place_column()

    def _set_columns(self, columns: int) -> None:
        if self.column:
            self._new_sheet()
        self.columns = columns
        self.top = self.y
        self._place_column()

    def _place_column(self) -> None:
        whole = self.sheet.width - 2 * self.margin
        self.width = (whole - GUTTER * (self.columns - 1)) / self.columns
        self.left = self.margin + self.column * (self.width + GUTTER)

    def _next_frame(self, whole: bool = False) -> None:
        if whole or self.column + 1 == self.columns:
            self._new_sheet()
            return
        self._close_frame()
        self.column += 1
        self.y = self.top
        self._place_column()

    def _room(self, line: _Line, leading: float) -> None:
        need = sum(self._note_height(note) for note in line.notes) + (8.0 if line.notes and not self.pending else 0.0)
        if self.y + leading + self.reserved + need > self.bottom:
            self._next_frame()

    def _reserve(self, notes: list[str]) -> None:
        if notes and not self.pending:
            self.reserved += 8.0
        self.reserved += sum(self._note_height(note) for note in notes)
        self.pending += notes

    def _note_lines(self, note: str) -> list[_Line]:
        return self._break(((Piece(note, "sup"),), *self.notes[note]), self.width, self.size * 0.8, "")

    def _note_height(self, note: str) -> float:
        return len(self._note_lines(note)) * self.size * 0.96

    def _close_frame(self) -> None:
        """Set the footnotes of the column at its foot, under a short rule."""
        notes, y = self.pending, self.bottom - self.reserved + 8.0
        self.pending, self.reserved = [], 0.0
        if notes:
            self.sheet.content.append(Rule(self.left, y - 3.0, self.left + 90.0, y - 3.0))
        for note in notes:
            for line in self._note_lines(note):
                self._emit(line.words, self.left, y + self.size * 0.75, self.size * 0.8, 0.0, 0.0)
                self._note_pages(line.words)
                y += self.size * 0.96

    # -- running header, page number, mark ---------------------------------------------------------------------

    def _furnish(self, sheet: Sheet, number: int) -> None:
        keys, size = self.keys, self.size * 0.85
        family = "vera" if sheet.scanned else keys["font"]
        upright, slanted = FONTS[family][0], FONTS[family][2]
        values = {"n": str(number), "N": str(len(self.sheets)), "r": ROMAN[number]}
        if not (keys["cover"] == "yes" and number == 1):
            self._place(sheet, _fill(keys["header"], values), keys["header-at"], 40.0, upright, size, number)
            at = sheet.height - 40.0
            self._place(sheet, _fill(keys["footer"], values), keys["footer-at"], at, upright, size, number)
        at = 24.0 if keys["mark"] == "top" else sheet.height - 22.0
        self._place(sheet, MARK, "center", at, slanted, 7.5, number)

    def _place(self, sheet: Sheet, text: str, at: str, y: float, font: str, size: float, number: int) -> None:
        if not text:
            return
        wide = pdfmetrics.stringWidth(text, font, size)
        if at == "outer":
            at = "left" if number % 2 == 0 else "right"
        right = sheet.width - self.margin - wide
        x = {"left": self.margin, "right": right, "center": (sheet.width - wide) / 2}[at]
        sheet.furniture.append(Text(x, y, text, font, size))


def _fill(form: str, values: dict[str, str]) -> str:
    return re.sub(r"\{([nNr])\}", lambda found: values[found[1]], form)


def _with(style: str, added: str) -> str:
    return style if style == "sup" else "".join(letter for letter in "bi" if letter in style + added)


def _cut(word: Word, start: int, end: int, added: str) -> Word:
    """Characters `start` to `end` of a word, piece by piece; `added` is glued to the last piece."""
    pieces, at = [], 0
    for piece in word:
        text = piece.text[max(0, start - at) : max(0, end - at)]
        at += len(piece.text)
        if text:
            pieces.append(Piece(text, piece.style, piece.cite))
    if added:
        pieces[-1] = Piece(pieces[-1].text + added, pieces[-1].style, pieces[-1].cite)
    return tuple(pieces)


def _split_places(text: str, hyphen: str) -> list[tuple[int, str]]:
    """Where a word may be divided, and what to add there: after its own hyphens, and between syllables."""
    places = [(found.end(), "") for found in re.finditer(r"(?<=\w\w\w)[-–/](?=\w\w)", text)]
    if hyphen:
        for word in re.finditer(r"[A-Za-z][a-z]{7,}", text):
            for found in re.finditer(
                r"(?<=[aeiou])[bcdfglmnprst](?=[bcdfglmnprst][aeiou])|[aeiou](?=[bcdfgmnprstv][aeiou])", word[0]
            ):
                if 2 <= found.end() <= len(word[0]) - 3:
                    places.append((word.start() + found.end(), hyphen))
    return places
