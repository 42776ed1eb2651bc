"""A page on its way: the `Sheet` that a reader found, the `DraftPage` that layout makes of it, at last a `Page`.

Every reader (PDFium, pdfplumber, OCR) makes a `Sheet` of words, ruling lines and images, in points from the top left of
the upright page; from there on it does not matter which one it was. Text of a draft moves and changes until the whole
document is known (running headers, hyphens, cells over a page break), so offsets are counted once, by `make_page`.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pipeline.records import BBox, Block, Line, Page, Quality, Severity, Zone

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# What may end a line in the middle of a word, PDFium's own marks included.
LINE_HYPHENS = "-\u00ad\u2010\u2011\ufffe\x02"
# A word that runs aslant, like a watermark; quarter turns are never negative.
ASKEW = -1
# A drawn box thinner than this is a line; the thickest ruling line of the treaties in hand is 1.5 points.
THIN = 3.0


class Box(NamedTuple):
    """A rectangle on the page; y runs down."""

    left: float
    top: float
    right: float
    bottom: float


class Word(NamedTuple):
    """Characters between white space, in the order in which the producer wrote them."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    turn: int = 0  # quarter turns clockwise of its writing direction on the upright page; ASKEW if none


class Sheet(NamedTuple):
    """One page as the producer drew it; `width` and `height` are those of the upright page.

    `rules` are drawn lines and the edges of drawn rectangles, each a box with nearly no width or nearly no height.
    """

    number: int
    width: float
    height: float
    words: list[Word]
    rules: list[Box]
    images: list[Box]
    paths: int = 0  # how many shapes are drawn; a page full of them may be text in outlines
    unmapped: bool = False  # there are text objects, but no characters
    notes: bool = False  # there are annotations or form fields
    turn: int = 0  # quarter turns clockwise by which its text was turned, beyond the page's own /Rotate
    lean: float = 0.0  # radians clockwise by which its text ran askew before it was straightened
    letters: int = 0  # shapes that may be letters drawn as outlines
    remarks: tuple[tuple[Severity, str], ...] = ()  # what of the page is left out


class Picture(NamedTuple):
    """Rows of pixels from the top, grey or BGRx; `scale` is pixels per point of the upright page."""

    width: int
    height: int
    stride: int  # bytes from row to row
    pixels: bytes
    scale: float

    def array(self) -> NDArray[numpy.uint8]:
        """The pixels of a grey picture by row and column."""
        import numpy

        return numpy.frombuffer(self.pixels, numpy.uint8).reshape(self.height, self.stride)[:, : self.width]


class PdfError(Exception):
    """A PDF, or one page of it, that is not read; `remedy` says what a person can do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class DamagedError(PdfError):
    """What one reader cannot open; another one may."""


def holds(outer: Box | Word, inner: Box | Word) -> bool:
    """Whether the middle of one box lies in the other."""
    x, y = (inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2
    return outer.left <= x <= outer.right and outer.top <= y <= outer.bottom


def lean_box(box: Box, lean: float, width: float, height: float) -> Box:
    """The box on the page as it is, around what was turned level."""
    cos, sin = math.cos(lean), math.sin(lean)
    corners = [(x - width / 2, y - height / 2) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [width / 2 + x * cos - y * sin for x, y in corners]
    ys = [height / 2 + x * sin + y * cos for x, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def turn_upright(sheet: Sheet) -> Sheet:
    """Turn the page so that most of its text reads from left to right."""
    if not any(word[5] for word in sheet.words):
        return sheet
    letters: Counter[int] = Counter()
    for word in sheet.words:
        letters[word.turn] += len(word.text)
    turn = max(letters, key=lambda turn: (letters[turn], -turn), default=0)
    if turn in (0, ASKEW):
        return sheet
    width, height = (sheet.height, sheet.width) if turn % 2 else (sheet.width, sheet.height)

    def turned(box: Box | Word) -> tuple[float, float, float, float]:
        return turn_box(box.left, box.top, box.right, box.bottom, turn, sheet.width, sheet.height)

    words = [
        Word(word.text, *turned(word), word.turn if word.turn == ASKEW else (word.turn - turn) % 4)
        for word in sheet.words
    ]
    rules, images = [Box(*turned(box)) for box in sheet.rules], [Box(*turned(box)) for box in sheet.images]
    return sheet._replace(width=width, height=height, words=words, rules=rules, images=images, turn=turn)


def turn_box(
    left: float, top: float, right: float, bottom: float, turn: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """The box on the page turned back by `turn` quarter turns clockwise; `width` and `height` are those before."""
    if turn == 1:  # text ran down the page: its left end is the page's top
        return top, width - right, bottom, width - left
    if turn == 2:
        return width - right, height - bottom, width - left, height - top
    if turn == 3:  # text ran up the page
        return height - bottom, left, height - top, right
    return left, top, right, bottom


class TextLine(NamedTuple):
    """One line of text and its box, in points from the top left of the upright page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    overleaf: bool = False  # it stands on the next page; its box is that of the line it goes on from
    marked: bool = False  # it begins with a raised mark in small type, as a footnote does

    @property
    def height(self) -> float:
        """The height of the box: ascent to descent of its font, so a measure of the font's size."""
        return self.bottom - self.top


class DraftBlock(NamedTuple):
    """Lines of one paragraph, heading, table cell ... in reading order."""

    lines: tuple[TextLine, ...]
    zone: Zone = Zone.BODY
    row: int | None = None
    column: int | None = None
    is_turned: bool = False  # its text runs up or down the page


class DraftPage(NamedTuple):
    """A page whose blocks stand in reading order."""

    number: int
    width: float
    height: float
    blocks: tuple[DraftBlock, ...]
    quality: Quality = Quality()
    note_line: float | None = None  # where the short ruling line above the footnotes lies
    lean: float = 0.0  # radians clockwise by which its text ran askew before it was straightened


def make_page(draft: DraftPage) -> Page:
    """Write the blocks one after the other: lines end with a newline, paragraphs with an empty line."""
    parts: list[str] = []
    lines: list[Line] = []
    blocks: list[Block] = []
    place = 0
    for block in draft.blocks:
        if blocks:
            gap = _gap(blocks[-1], block)
            parts.append(gap)
            place += len(gap)
        start = place
        boxes: list[BBox] = []
        for text, left, top, right, bottom, _, _ in block.lines:
            if place > start:
                parts.append("\n")
                place += 1
            parts.append(text)
            end = place + len(text)
            if draft.lean:
                bounds = lean_box(Box(left, top, right, bottom), draft.lean, draft.width, draft.height)
                left, top, right, bottom = bounds
            box = (round(left, 2), round(top, 2), round(right, 2), round(bottom, 2))
            boxes.append(box)
            lines.append(Line(place, end, box))
            place = end
        blocks.append(Block(block.zone, start, place, _around(boxes), block.row, block.column))
    size = (round(draft.width, 2), round(draft.height, 2))
    return Page("", draft.number, "".join(parts), tuple(blocks), draft.quality, tuple(lines), size)


def _gap(before: Block, block: DraftBlock) -> str:
    return "\n" if before.row is not None and block.row is not None else "\n\n"


def _around(boxes: list[BBox]) -> BBox:
    if len(boxes) == 1:
        return boxes[0]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
