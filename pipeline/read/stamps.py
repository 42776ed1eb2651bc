"""What was put on a page beside its text: watermarks, numbers of lines. It stands in no sentence.

The trap: a table numbers its rows, too. Numbers of lines count every line, or every fifth, whatever the text does, and
the text goes on from line to line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from pipeline.read.draft import DraftBlock, TextLine
from pipeline.read.engine import Word
from pipeline.records import Zone

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
