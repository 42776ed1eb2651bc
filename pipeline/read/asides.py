"""What stands on a page beside its lines: framed boxes, drop caps, watermarks, numbers of lines.

A box ("At a glance", "Box 3") stands in no sentence; it has several lines, white around it, and no lines above or below
that keep to its width. A drop cap belongs to the word that it begins: by its height it stands in a row of its own, or
in that of the last line beside it. Numbers of lines count every line, or every fifth, whatever the text does; the
numbers of a table's rows do not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set
from itertools import pairwise

from pipeline.read.draft import DraftBlock, TextLine
from pipeline.read.rows import make_rows
from pipeline.read.sheet import Box, Word
from pipeline.records import Zone

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


# A drop cap is at least so many times as high as the text; headings begin no lines beside them.
_TALL = 1.7
# The text beside it begins within so many heights of text.
_NEAR = 1.2
_SAMPLE = 9
_QUOTES = "\"'“‘«("


def join_dropcaps(words: Sequence[Word]) -> Sequence[Word]:
    """The page's words with each drop cap put in front of the word that it begins."""
    letters = [word for word in words if len(word[0]) < 3 and _is_capital(word[0])]
    if not letters:
        return words
    heights = sorted(word[4] - word[2] for word in words[::_SAMPLE])
    usual = heights[len(heights) // 2]
    joined = list(words)
    for letter in letters:
        if letter[4] - letter[2] > _TALL * usual:
            _join(joined, letter, usual)
    return joined


def _join(words: list[Word], letter: Word, usual: float) -> None:
    beside = [
        word
        for word in words
        if letter.right - 1 <= word.left < letter.right + _NEAR * usual
        and word.bottom - word.top < (letter.bottom - letter.top) / _TALL
        and letter.top < (word.top + word.bottom) / 2 < letter.bottom
    ]
    if not beside:
        return
    first = min(beside, key=lambda word: (word.top, word.left))
    if not first.text[0].isalnum() or any(word.right > letter.left and word.left < letter.left for word in beside):
        return
    words.remove(letter)
    if _stands_apart(letter.text, first.text, words):
        words.append(letter._replace(top=first.top, bottom=first.bottom, right=min(letter.right, first.left)))
    else:
        words[words.index(first)] = first._replace(text=letter.text + first.text, left=letter.left)


def _stands_apart(letter: str, rest: str, words: Sequence[Word]) -> bool:
    """Whether the letter is a word by itself: the page has the rest as a word, and not both in one."""
    if letter[-1] not in "AI" or (rest.isupper() and len(rest) > 1):
        return False
    texts = {word.text.strip(".,;:").casefold() for word in words}
    rest = rest.strip(".,;:").casefold()
    return (
        letter[-1].casefold() + rest not in texts
        and sum(word.text.strip(".,;:").casefold() == rest for word in words) > 1
    )


def _is_capital(text: str) -> bool:
    """One capital letter, perhaps behind a quotation mark."""
    return len(text) < 3 and text[-1].isupper() and text[:-1] in ("", *_QUOTES)


# So many lines are counted at a time, so many numbers show it, and most of them must fit.
_STEPS = (1, 2, 5, 10)
_LEAST, _LEAST_BY_ONE = 3, 8
_FITTING = 0.8
# Of the counted lines so many begin with a small letter: a sentence goes on.
_GOING_ON = 0.2
# More words aslant than this are a drawing's, not a stamp.
_MOST_WORDS = 12


def part_line_numbers(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """The numbers that count the page's lines, in its left or right margin, and all other words."""
    numbers = [word for word in words if word[0].isdigit()]
    if len(numbers) < _LEAST:
        return [], list(words)
    text = [word for word in words if not word[0].isdigit()]
    if text:
        left, right = min([word[1] for word in text]), max([word[3] for word in text])
        for beside in (
            [word for word in numbers if word.right < left],
            [word for word in numbers if word.left > right],
        ):
            if _count_lines(beside, text):
                return beside, [word for word in words if word not in beside]
    return [], list(words)


def stamp_block(words: Sequence[Word]) -> tuple[DraftBlock, ...]:
    """The words as one block at the foot of the page; none where there are no words."""
    return (DraftBlock(tuple(TextLine(*word[:5]) for word in words), Zone.FOOTER),) if words else ()


def is_watermark(words: Sequence[Word]) -> bool:
    """Whether words aslant are a stamp over the page."""
    return len(words) <= _MOST_WORDS


def _count_lines(numbers: Sequence[Word], text: Sequence[Word]) -> bool:
    if len(numbers) < _LEAST:
        return False
    numbers = sorted(numbers, key=lambda word: word.bottom)
    values = [int(word.text) for word in numbers]
    step = values[1] - values[0]
    if step not in _STEPS or (step == 1 and len(numbers) < _LEAST_BY_ONE):
        return False
    first: dict[float, Word] = {}
    for word in sorted(text, key=lambda word: -word.left):
        first[round(word.bottom, 1)] = word
    lines = sorted(first)
    counts = [bisect_right(lines, word.bottom + 0.5 * (word.bottom - word.top)) for word in numbers]
    fitting = sum(
        later - value == step == below - count
        for (value, count), (later, below) in pairwise(zip(values, counts, strict=True))
    )
    going_on = sum(first[line].text[0].islower() for line in lines)
    return fitting >= _FITTING * (len(numbers) - 1) and going_on >= _GOING_ON * len(lines)
