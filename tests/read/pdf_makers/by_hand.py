"""Pages set by hand: each text at a place, wrapped to a width; for tests that say what comes out word for word."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.read.pdf_makers.by_canvas import Pen

LEFT = 72.0
WIDTH = A4[0] - 2 * LEFT


class Hand:
    """Writes from the top left, y running down; every `put` gives back where the next line would stand."""

    def __init__(self, size: float = 10.0, leading: float = 12.0) -> None:
        self.target = BytesIO()
        self.pen = Pen(Canvas(self.target, pagesize=A4, invariant=1), *A4, size=size, leading=leading)

    def put(self, x: float, y: float, text: str, width: float = WIDTH, size: float | None = None) -> float:
        """The text from its first baseline `y` on."""
        for line in self.pen.wrap(text, width, size):
            self.pen.write(x, y, line, size=size)
            y += self.pen.leading
        return y

    def lines(self, x: float, y: float, *lines: str) -> float:
        """Lines as they are."""
        for line in lines:
            self.pen.write(x, y, line)
            y += self.pen.leading
        return y

    def glyphs(self, x: float, y: float, text: str, tighter: float) -> None:
        """A line glyph by glyph, spaces too, each an object of its own; spaces narrower by so many points."""
        for letter in text:
            self.pen.write(x, y, letter)
            x += self.pen.measure(letter) - (tighter if letter == " " else 0.0)

    def shade(self, x: float, y: float, width: float, height: float, grey: float = 0.9) -> None:
        """A filled rectangle without a border, below what is written next."""
        canvas = self.pen.canvas
        canvas.setFillGray(grey)
        canvas.rect(x, self.pen.height - y - height, width, height, stroke=0, fill=1)
        canvas.setFillGray(0)

    def turn_page(self) -> None:
        """Go on with an empty page."""
        self.pen.canvas.showPage()

    def pdf(self) -> bytes:
        """The whole document."""
        self.pen.canvas.save()
        return self.target.getvalue()
