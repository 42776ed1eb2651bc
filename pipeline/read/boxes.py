"""Framed or shaded boxes beside running text: "At a glance", "Box 3". They stand in no sentence.

The trap: a frame around a word, a highlighted line and a box that fills its column are none of these. A box beside
text has several lines, white around it, and no lines above or below that keep to its width.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from pipeline.read.draft import DraftBlock
from pipeline.read.engine import Word
from pipeline.read.geometry import Box
from pipeline.read.rows import make_rows

# A box has so many lines at least, is no wider than this share of the text, and this far from it (heights of a line).
_LEAST_ROWS = 2
_WIDEST = 0.6
_WHITE = 0.7
# So many lines above or below it that keep to its width make it part of a column.
_IN_COLUMN = 3
_SAME = 4.0  # points


def part_boxes(words: Sequence[Word], frames: Sequence[Box]) -> tuple[list[tuple[Box, list[Word]]], Sequence[Word]]:
    """The boxes that stand beside running text, each with its words, and all other words."""
    boxes: list[tuple[Box, list[Word]]] = []
    if not words or not frames:
        return boxes, words
    width = max([word[3] for word in words]) - min([word[1] for word in words])
    inside = [(frame, {word for word in words if _holds(frame, word)}) for frame in sorted(frames)]
    free = set(words).difference(*[held for _, held in inside])
    taken: set[Word] = set()
    for frame, held in inside:
        held -= taken  # frames within frames
        if held and frame.right - frame.left < _WIDEST * width and _stands_beside(frame, held, free):
            boxes.append((frame, sorted(held)))
            taken |= held
    return boxes, [word for word in words if word not in taken] if taken else words


def put_box(blocks: list[DraftBlock], box: Box, content: Sequence[DraftBlock]) -> None:
    """Put a box's blocks after the last block that begins beside it, so that no paragraph is cut in two."""
    beside = [place for place, block in enumerate(blocks) if block.lines[0].top < box.bottom]
    place = beside[-1] + 1 if beside else 0
    blocks[place:place] = content


def _stands_beside(frame: Box, held: Set[Word], free: Set[Word]) -> bool:
    height = max(word.bottom - word.top for word in held)
    if len(make_rows(held)) < _LEAST_ROWS:
        return False
    level = [word for word in free if frame.top < (word.top + word.bottom) / 2 < frame.bottom]
    left, right = min(word.left for word in held), max(word.right for word in held)
    if not level or any(left - _WHITE * height < word.right and word.left < right + _WHITE * height for word in level):
        return False
    rows = make_rows(word for word in free if not frame.top < (word.top + word.bottom) / 2 < frame.bottom)
    keeping = sum(frame.left - _SAME < run.left and run.right < frame.right + _SAME for row in rows for run in row)
    return keeping < _IN_COLUMN


def _holds(frame: Box, word: Word) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return frame.left < x < frame.right and frame.top < y < frame.bottom
