"""A page between PDFium and `Page`: blocks of text lines with boxes, but no offsets yet.

Text moves and changes until the whole document is known (running headers, hyphens, cells over a page break);
offsets are counted once, at the end, by `make_page`, so that no step has to keep them right.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.read.sheet import Box, lean_box
from pipeline.records import BBox, Block, Line, Page, Quality, Zone


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
                left, top, right, bottom = lean_box(
                    Box(left, top, right, bottom), draft.lean, draft.width, draft.height
                )
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
