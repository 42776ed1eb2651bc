"""Text of a page that the page does not show: without ink, white, covered, struck through, in a layer switched off.

What is on the page is decided on its picture: where a word stands, something must be seen. A text layer under a scan is
seen in the scan; a second layer on printed words is not text of its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from pipeline.read.sheet import Box, Picture, Word, lean_box

# Least difference between the lightest and the darkest pixel where a word is seen, of 255.
_CONTRAST = 20
# The middle of a word's box, between the lines above and below it.
_MIDDLE = (0.25, 0.75)
# A line that strikes a word through crosses it in this part of its height; an underline lies lower.
_STRUCK = (0.4, 0.68)
# ... and is as long as the words it strikes; ruling lines of tables are longer.
_FILLED = 0.8
_ROW = 20  # points
# Of the invisible words, so many on visible ones make all of them a second layer, whose places are not exact.
_SECOND_LAYER = 0.5


def part_twins(words: Sequence[Word], invisible: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """The words, and the invisible ones among them, without invisible words that stand on visible ones."""
    unseen = set(invisible)
    rows: defaultdict[int, list[Word]] = defaultdict(list)
    for word in words:
        if word not in unseen:
            for row in range(int(word.top // _ROW), int(word.bottom // _ROW) + 1):
                rows[row].append(word)
    twins = {word for word in unseen if any(_overlap(word, other) for other in rows[int(_middle(word) // _ROW)])}
    if len(twins) > _SECOND_LAYER * len(unseen):
        twins = unseen
    return [word for word in words if word not in twins], [word for word in invisible if word not in twins]


def part_unseen(words: Sequence[Word], picture: Picture, lean: float) -> tuple[list[Word], list[Word]]:
    """The words that the picture of the page shows, and those that it does not."""
    seen: list[Word] = []
    unseen: list[Word] = []
    for word in words:
        is_text = any(map(str.isalnum, word.text))  # dots and lines have their ink elsewhere
        (unseen if is_text and not _has_ink(word, picture, lean) else seen).append(word)
    return seen, unseen


def find_struck(words: Sequence[Word], rules: Sequence[Box], marked: Sequence[Box]) -> list[Word]:
    """The words that ruling lines strike through, or that lie in boxes `marked` as struck."""
    struck = [word for word in words if any(_lies_in(word, box) for box in marked)] if marked else []
    across = [rule for rule in rules if rule[2] - rule[0] > 2 * (rule[3] - rule[1])]
    level = sorted([((word[2] + word[4]) / 2, word) for word in words if word[5] == 0]) if across else []
    middles = [middle for middle, _ in level]
    for left, top, right, bottom in across:
        y = (top + bottom) / 2
        near = level[bisect_left(middles, y - _ROW / 4) : bisect_right(middles, y + _ROW / 4)]
        hit = [word for _, word in near if word[1] > left - 2 and word[3] < right + 2 and _strikes(y, word)]
        if hit and sum(word.right - word.left for word in hit) > _FILLED * (right - left):
            struck += hit
    return struck


def quote(words: Sequence[Word]) -> str:
    """The first words, to show a person what is meant."""
    text = " ".join(word.text for word in words[:8])
    return f'"{text}{" ..." if len(words) > 8 else ""}"'


def _has_ink(word: Word, picture: Picture, lean: float) -> bool:
    width, height = picture.width / picture.scale, picture.height / picture.scale
    inner = (word.bottom - word.top) * _MIDDLE[0]
    box = Box(word.left, word.top + inner, word.right, word.bottom - inner)
    box = lean_box(box, lean, width, height) if lean else box
    left, top = max(0, int(box.left * picture.scale)), max(0, int(box.top * picture.scale))
    right, bottom = int(box.right * picture.scale) + 1, min(picture.height, int(box.bottom * picture.scale) + 1)
    rows = [
        picture.pixels[row * picture.stride + left : row * picture.stride + min(right, picture.width)]
        for row in range(top, bottom)
    ]
    rows = [row for row in rows if row]
    return not rows or max(map(max, rows)) - min(map(min, rows)) >= _CONTRAST


def _strikes(y: float, word: Word) -> bool:
    return _STRUCK[0] < (y - word.top) / max(0.1, word.bottom - word.top) < _STRUCK[1]


def _lies_in(word: Word, box: Box) -> bool:
    return box.left < (word.left + word.right) / 2 < box.right and box.top < _middle(word) < box.bottom


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2


def _overlap(word: Word, other: Word) -> bool:
    across = min(word.right, other.right) - max(word.left, other.left)
    down = min(word.bottom, other.bottom) - max(word.top, other.top)
    narrower = min(word.right - word.left, other.right - other.left)
    return across > 0.3 * narrower and down > 0.3 * (word.bottom - word.top)
