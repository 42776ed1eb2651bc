"""What real pages have besides lines of text: drop caps, dot leaders, shades, marks, letters printed twice, stamps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from reportlab.lib.pagesizes import A4

from tests.read.pdf_makers.by_canvas import MARGIN, Pen, write_document
from tests.read.pdf_makers.plants import Planted, Plants

_WIDTH = A4[0] - 2 * MARGIN


def drop_caps(seed: int, lines: int = 2) -> Planted:
    """Paragraphs whose first letter, often that of a title, is as high as some lines."""
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        for _ in range(5):
            y = 100.0
            for _ in range(4):
                text = f"{plants.title()} {plants.words(30, 50)}."
                size = pen.size + pen.leading * (lines - 1) * 1.35
                pen.write(MARGIN, y + (lines - 1) * pen.leading, text[0], size=size)
                beside = pen.measure(text[0], size) + 3
                head = pen.wrap(text[1:], _WIDTH - beside)[:lines]
                for number, line in enumerate(head):
                    pen.write(MARGIN + beside, y + number * pen.leading, line)
                rest = text[1 + sum(map(len, head)) + lines :]
                for number, line in enumerate(pen.wrap(rest, _WIDTH), lines):
                    pen.write(MARGIN, y + number * pen.leading, line)
                y += 150
            pen.canvas.showPage()

    return plants.planted(f"drop-caps-{lines}", write_document(A4, draw))


def contents(seed: int, leader: str) -> Planted:
    """A list of contents: titles that wrap, dots, page numbers at the right edge."""
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        pen.write(MARGIN, 90, "Contents", size=15)
        y = 120.0
        for number in range(1, 25):
            lines = pen.wrap(f"{number}. {plants.title()}", 300)
            for line in lines:
                pen.write(MARGIN, y, line)
                y += pen.leading
            start, end = MARGIN + pen.measure(lines[-1]) + 4, MARGIN + _WIDTH
            dots = leader * int((end - 24 - start) / pen.measure(leader))
            pen.write(start, y - pen.leading, dots.strip())
            pen.write(end - pen.measure(str(7 * number)), y - pen.leading, str(7 * number))
            y += 2
        pen.canvas.showPage()

    return plants.planted(f"contents-{len(leader)}", write_document(A4, draw, size=10.0, leading=12.5))


def printed_twice(seed: int, shift: float, what: str = "lines", pages: int = 4) -> Planted:
    """Bold as some producers make it: the same letters once more, a fraction of a point to the right.

    `what` is printed twice: lines, every second word, every letter by itself, or every fifth letter (FIRRST PROTOOCOL).
    """
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        for _ in range(pages):
            y = 100.0
            for _ in range(8):
                for line in pen.wrap(f"See also a {plants.title()} and {plants.words(4, 20)}.", _WIDTH):
                    x = MARGIN
                    for number, piece in enumerate(_PIECES[what](line)):
                        pen.write(x, y, piece)
                        if what in ("lines", "letters") or number % 5 == 3 or (what == "words" and number % 2):
                            pen.write(x + shift, y, piece)
                        x += pen.measure(piece + " " * (what == "words"))
                    y += pen.leading
                y += 20
            pen.canvas.showPage()

    return plants.planted(f"printed-twice-{what}-{shift}", write_document(A4, draw))


_PIECES: dict[str, Callable[[str], Sequence[str]]] = {
    "lines": lambda line: [line],
    "words": str.split,
    "letters": list,
    "some letters": list,
}


def stripes(seed: int, by: str) -> Planted:
    """A table without rules whose rows stand on shades, every second one, as a whole or `by` cells."""
    plants = Plants(seed)
    lefts = (MARGIN, MARGIN + 30, MARGIN + 240, MARGIN + _WIDTH)

    def draw(pen: Pen) -> None:
        for page in range(3):
            y = 90.0
            pen.write(MARGIN, 70, f"Table {page + 1}: instruments and remarks", size=12)
            for number in range(1, 13):
                cells = [[str(number)], pen.wrap(plants.title(), 200), pen.wrap(plants.words(3, 18) + ".", 200)]
                height = max(map(len, cells)) * pen.leading + 8
                if by == "every row" or number % 2:
                    pen.canvas.setFillGray(0.85 + 0.05 * (number % 2))
                    edges = pairwise(lefts) if by == "cells" else [(lefts[0], lefts[-1])]
                    for left, right in edges:
                        pen.canvas.rect(left, pen.height - y - height, right - left, height, stroke=0, fill=1)
                    pen.canvas.setFillGray(0)
                lines = [
                    (line, row, left) for left, cell in zip(lefts, cells, strict=False) for row, line in enumerate(cell)
                ]
                for line, row, left in sorted(lines, key=lambda item: (item[1], item[2])):
                    pen.write(left + 4, y + 12 + row * pen.leading, line)
                y += height
            pen.canvas.showPage()

    return plants.planted(f"stripes-{by}", write_document(A4, draw, font="Helvetica", size=9.0, leading=11.0))


def marks(seed: int) -> Planted:
    """Footnote marks set high behind words, so that their lines stand higher: paragraphs stay in one piece."""
    plants = Plants(seed)

    def draw(pen: Pen) -> None:
        for _ in range(4):
            y = 100.0
            for number in range(1, 7):
                for line in pen.wrap(plants.paragraph(2), _WIDTH):
                    words = line.split(" ")
                    x = MARGIN
                    for place, word in enumerate(words):
                        pen.write(x, y, word)
                        x += pen.measure(word)
                        if place == len(words) - 1 and word[-1] in ",.":
                            pen.write(x, y - 5, str(number), size=6.5)
                        x += pen.measure(" ")
                    y += pen.leading
                y += 8
            pen.canvas.showPage()

    return plants.planted("marks", write_document(A4, draw))
