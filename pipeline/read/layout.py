"""Words of a sheet -> blocks of lines in reading order."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.read.draft import DraftBlock, TextLine
from pipeline.read.engine import Sheet, Word

# Lines of a paragraph follow each other within this share of a line's height; measured white between paragraphs
# of the treaties in hand starts at 0.5 (one empty line: 1.0).
_PARAGRAPH_GAP = 0.45


def lay_out(sheet: Sheet) -> tuple[DraftBlock, ...]:
    """The page's blocks in reading order; headers and footers stand among them like any other line."""
    return tuple(DraftBlock(tuple(lines)) for lines in _paragraphs(list(_lines(sheet.words))))


def _lines(words: Iterable[Word]) -> Iterable[TextLine]:
    line: list[Word] = []
    for word in words:
        if line and not _continues(line[-1], word):
            yield _text_line(line)
            line = []
        line.append(word)
    if line:
        yield _text_line(line)


def _continues(before: Word, word: Word) -> bool:
    height = min(before.bottom - before.top, word.bottom - word.top)
    overlap = min(before.bottom, word.bottom) - max(before.top, word.top)
    return overlap > 0.5 * height and word.left > before.left


def _text_line(words: list[Word]) -> TextLine:
    text = " ".join(word.text for word in words)
    return TextLine(
        text,
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
    )


def _paragraphs(lines: list[TextLine]) -> Iterable[list[TextLine]]:
    block: list[TextLine] = []
    for line in lines:
        if block and not 0 - line.height < line.top - block[-1].bottom < _PARAGRAPH_GAP * line.height:
            yield block
            block = []
        block.append(line)
    if block:
        yield block
