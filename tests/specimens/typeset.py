"""Words -> lines that fit a width -> strings at positions. Lengths are points, y runs down from the top of the page.

One measure serves all producers, since the standard fonts have the same widths in each. The trap: a word may be made
of pieces in several styles and citations, so a split of a word is a split of its pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from tests.specimens.markup import LINE_BREAK, Piece, Word

FONTS = {
    "times": ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    "helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    "courier": ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    "vera": ("Vera", "VeraBd", "VeraIt", "VeraBI"),  # ships with reportlab; embedded
}
SMALL, RAISED = 0.62, 0.36  # a footnote marker, in shares of the type size

# Syllables, roughly: between two consonants that no English word begins with, and before common endings.
_SYLLABLE = re.compile(r"(?<=[aeiou][lmnr])(?=[bcdfgmptv][aeiou]\w{3})|(?<=[a-z]{3})(?=(?:tion|sion|ment)s?$)")
_HYPHENS = {"hard": "-", "soft": "\xad", "no": ""}

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
class Line:
    """Words on one line, their natural width, and whether the paragraph or a forced line ends here."""

    words: tuple[Word, ...]
    width: float
    last: bool

    @property
    def notes(self) -> list[str]:
        """The numbers of the footnotes whose markers stand in the line."""
        return [piece.text for word in self.words for piece in word if piece.style == "sup"]


@dataclass(frozen=True)
class Type:
    """How words are set: family, size, letter spacing (`spread`), and whether words may be divided."""

    family: str
    size: float
    hyphens: str = "no"
    spread: float = 0.0

    def font(self, style: str) -> str:
        """The font's name for a piece's style."""
        return FONTS[self.family][("b" in style) + 2 * ("i" in style)]

    def size_of(self, piece: Piece) -> float:
        """A piece's size: footnote markers are small."""
        return self.size * (SMALL if piece.style == "sup" else 1.0)

    def width(self, word: Word) -> float:
        """A word's width, letter spacing included."""
        return sum(
            pdfmetrics.stringWidth(piece.text, self.font(piece.style), self.size_of(piece))
            + self.spread * len(piece.text)
            for piece in word
        )

    @property
    def space(self) -> float:
        """The width of a space."""
        return pdfmetrics.stringWidth(" ", self.font(""), self.size) + self.spread


def text_width(text: str, font: str, size: float) -> float:
    """The width of a string in one font."""
    return pdfmetrics.stringWidth(text, font, size)


def restyle(words: tuple[Word, ...], style: str) -> tuple[Word, ...]:
    """Words with a style ("b", "i", "bi") added to their own."""
    return tuple(tuple(Piece(p.text, _joined(p.style, style), p.cite) for p in word) for word in words)


def break_lines(words: tuple[Word, ...], width: float, face: Type) -> list[Line]:
    """Words filled into lines of `width`; raises ValueError for a word that no line can hold."""
    lines: list[Line] = []
    current: list[Word] = []
    used = 0.0
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word[0].text == LINE_BREAK:
            lines.append(Line(tuple(current), used, last=True))
            current, used = [], 0.0
            continue
        before = used + face.space if current else 0.0
        full = before + face.width(word) > width
        head, tail = (_split(word, width - before, face) or ((), word)) if full else (word, ())
        if head:
            current.append(head)
            used = before + face.width(head)
        elif not current:
            raise ValueError(f"{word} is wider than {width:.0f} points")
        if full:
            queue.insert(0, tail)
            lines.append(Line(tuple(current), used, last=False))
            current, used = [], 0.0
    if current or not lines:
        lines.append(Line(tuple(current), used, last=True))
    return lines


def set_line(line: Line, x: float, y: float, face: Type, gap: float = 0.0, whole: bool = False) -> list[Text]:
    """Position a line's words: one string per word, per run of one font (`whole`), or per letter where spaced."""
    placed = list(_place(line, x, y, face, gap))
    if face.spread:
        return placed_letters(placed, face.spread)
    texts = []
    for _, group in groupby(placed, key=lambda item: (item[1].font, item[1].y, 0 if whole else item[0])):
        run = list(group)
        joined = run[0][1].text
        for (number, _), (following, text) in pairwise(run):
            joined += " " * (following != number) + text.text
        first = run[0][1]
        texts.append(Text(first.x, first.y, joined, first.font, first.size, gap if whole else 0.0))
    return texts


def placed_letters(placed: list[tuple[int, Text]], spread: float) -> list[Text]:
    """Each letter of the pieces by itself, `spread` points apart."""
    letters = []
    for _, text in placed:
        x = text.x
        for letter in text.text:
            letters.append(Text(x, text.y, letter, text.font, text.size))
            x += text_width(letter, text.font, text.size) + spread
    return letters


def _place(line: Line, x: float, y: float, face: Type, gap: float) -> Iterator[tuple[int, Text]]:
    """Each piece at its position, with the number of its word."""
    for number, word in enumerate(line.words):
        for piece in word:
            raised = y - face.size * RAISED if piece.style == "sup" else y
            yield number, Text(x, raised, piece.text, face.font(piece.style), face.size_of(piece))
            x += face.width((piece,))
        x += face.space + gap


def _split(word: Word, room: float, face: Type) -> tuple[Word, Word] | None:
    """The longest part of a word that fits, and the rest; None where it cannot be divided."""
    text = "".join(piece.text for piece in word)
    for place, added in sorted(_split_places(text, _HYPHENS[face.hyphens]), reverse=True):
        head = _cut(word, 0, place, added)
        if face.width(head) <= room:
            return head, _cut(word, place, len(text), "")
    return None


def _split_places(text: str, hyphen: str) -> list[tuple[int, str]]:
    """Where a word may be divided, and what to add there: after its own hyphens, and between syllables."""
    places = [(found.end(), "") for found in re.finditer(r"(?<=\w\w\w)[-–/](?=\w\w)", text)]
    for word in re.finditer(r"[A-Za-z][a-z]{7,}", text) if hyphen else ():
        places += [(word.start() + found.start(), hyphen) for found in _SYLLABLE.finditer(word[0])]
    return places


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


def _joined(style: str, added: str) -> str:
    return style if style == "sup" else "".join(letter for letter in "bi" if letter in style + added)
