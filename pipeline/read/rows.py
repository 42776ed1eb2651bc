"""Words -> rows (words side by side) -> runs (words of a row that belong together, up to the next wide gap).

The order in which the producer wrote plays no part here, only where the words stand. Justified lines have wide gaps
too, so a gap counts as wide only against the other gaps of its own row. Letters set apart (`A S E A N   2 0 2 5`)
become words by the white between them; a row of one-letter cells stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter, sub
from typing import NamedTuple

from pipeline.read.sheet import TextLine, Word

# In heights of the row (ascent to descent, about 1.2 of the font's size): a space is 0.2, cells of a table without
# rules come as close as 0.5 (two paddings of 3 points at 9 points of size).
WIDE_GAP = 0.5
# ... and this many times the row's own narrower gaps, if it has enough of them to tell; up to a gap that no
# justified line has.
_WIDER = 2.0
_ENOUGH_GAPS = 4
SURELY_WIDE = 1.3  # heights
# Pieces that come closer than this, on one line and of one size, are one word: no font has so narrow a space. A
# footnote's number touches its word too, but is smaller.
_TOUCHING = 0.06
_LEVEL = 0.08
# A page printed in tiles has the letters at the border of two tiles twice, up to so many.
_MOST_TWICE = 3
# "(a)", "1.", "1.2", "iv)", bullets: they belong to the text behind them, however far it stands.
_LABEL = re.compile(
    r"\(?(?:\d{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,6})[.)]{1,2}|\([a-z]{2}\)|(?:\d{1,2}\.){1,3}\d{1,2}\.?|[•▪●○◦‣⁃∙·*–—-]"
)
_LABEL_GAP = 4.0  # heights
# A row that reaches further than its highest word, by more than this, has words off its line; marks among them are
# smaller than the rest by this.
_RAISED = 1.05
_SMALL = 0.9
_RAISED_BY = 0.15  # heights: the foot of such a mark above that of its line
# Dots that lead to a page number, and what may stand at their end: they are no column of a table.
_LEADER = re.compile(r".*\.{3,}|…+")
_PAGE_NUMBER = re.compile(r"[A-Z]{0,3}[-.]?\d{1,4}|[ivxlc]{1,7}", re.I)


class Run(NamedTuple):
    """Words of one row without a wide gap between them."""

    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Ascent to descent."""
        return self.bottom - self.top


Row = list[Run]
_LEFT, _BOTTOM = itemgetter(1), itemgetter(4)


def make_rows(words: Iterable[Word]) -> list[Row]:
    """The words as rows from top to bottom, each split into runs from left to right."""
    rows: list[Row] = []
    spaced = False
    for row in _cluster(words):
        row.sort(key=_LEFT)
        if sum([len(word[0]) == 1 for word in row]) > 1:
            row = _join_touching(join_leaders(row), max([word[4] - word[2] for word in row]))
            rows.append(_runs(join_spaced_letters(row, goes_on=spaced)))
            spaced = is_spaced(row)
        else:
            rows.append(_runs(row))
            spaced = False
    return rows


def join_row(row: Sequence[Run]) -> TextLine:
    """A row's words, from left to right, as one line of text."""
    if len(row) == 1:
        words, left, top, right, bottom = row[0]
        text = " ".join([word[0] for word in words])
        if words[0][4] < bottom - _RAISED_BY * (bottom - top) and len(words) > 1:
            return TextLine(text, left, top, right, bottom, marked=True)
        return TextLine(text, left, top, right, bottom)
    in_order = sorted([word for run in row for word in run.words], key=_LEFT)
    text = " ".join([word.text for word in in_order])
    return TextLine(
        text,
        min([run.left for run in row]),
        min([run.top for run in row]),
        max([run.right for run in row]),
        max([run.bottom for run in row]),
    )


def is_label(text: str) -> bool:
    """Whether the text is nothing but a list item's number, letter or bullet."""
    return _LABEL.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether the text is a number or letter that counts rows: `3`, `3.`, `(c)`."""
    return is_label(text) or (text.isdigit() and len(text) < 4)


def make_run(words: Sequence[Word]) -> Run:
    """Words from left to right as one run."""
    if len(words) == 1:
        _, left, top, right, bottom, _ = words[0]
        return Run(tuple(words), left, top, right, bottom)
    _, lefts, tops, rights, bottoms, _ = zip(*words, strict=True)
    top, bottom = _extent(tops, bottoms)
    return Run(tuple(words), lefts[0], top, max(rights), bottom)


def _extent(tops: Sequence[float], bottoms: Sequence[float]) -> tuple[float, float]:
    """From where to where words side by side reach; a raised mark in small type makes no line higher."""
    top, bottom = min(tops), max(bottoms)
    height = max(map(sub, bottoms, tops))
    if bottom - top <= _RAISED * height:
        return top, bottom
    edges = [(top, bottom) for top, bottom in zip(tops, bottoms, strict=True) if bottom - top > _SMALL * height]
    return min(edges)[0], max([bottom for _, bottom in edges])


def _runs(words: list[Word]) -> Row:
    """Cut a row of words, from left to right, at its wide gaps, but keep a list item's label with its text."""
    if len(words) == 1:
        return [make_run(words)]
    _, lefts, tops, rights, bottoms, _ = zip(*words, strict=True)
    height = max(map(sub, bottoms, tops))
    gaps = list(map(sub, lefts[1:], rights))
    narrowest = min(gaps)
    if _TOUCHING * height <= narrowest and max(gaps) <= WIDE_GAP * height:
        top, bottom = _extent(tops, bottoms)
        return [Run(tuple(words), lefts[0], top, max(rights), bottom)]
    if narrowest < _TOUCHING * height:
        words = _join_touching(words, height)
        gaps = [after[1] - before[3] for before, after in pairwise(words)]
        if not gaps:
            return [make_run(words)]
    wide = _wide_gap(gaps, height)
    if max(gaps) <= wide:
        return [make_run(words)]
    runs: list[Run] = []
    start = 0
    for number, gap in enumerate(gaps, 1):
        if gap <= wide:
            continue
        if gap < _LABEL_GAP * height and all(is_label(word.text) for word in words[start:number]):
            continue
        if _leads(words[number - 1], words[number]):
            continue
        runs.append(make_run(words[start:number]))
        start = number
    runs.append(make_run(words[start:]))
    return runs


def _leads(before: Word, word: Word) -> bool:
    """Whether dots lead from one word to the other, a page number."""
    return before.text[-1] in ".…" and bool(_LEADER.fullmatch(before.text) and _PAGE_NUMBER.fullmatch(word.text))


def _join_touching(words: list[Word], height: float) -> list[Word]:
    """Pieces of a word that were written apart, put together; what is printed twice at one place, once."""
    joined = [words[0]]
    for word in words[1:]:
        before = joined[-1]
        gap = word.left - before.right
        is_level = max(abs(word.bottom - before.bottom), abs(word.top - before.top)) < _LEVEL * height
        if word.text == before.text and gap < -0.5 * (word.right - word.left):
            continue
        if not is_level or gap >= _TOUCHING * height:
            joined.append(word)
        elif gap > -_TOUCHING * height:
            joined[-1] = before._replace(text=before.text + word.text, right=word.right)
        elif (twice := _printed_twice(before, word)) > 0:
            text = before.text + word.text[twice:]
            joined[-1] = before._replace(text=text, right=max(before.right, word.right))
        else:
            joined.append(word)
    return joined


def _printed_twice(before: Word, word: Word) -> int:
    """How many letters at the end of one word and the beginning of the next are the same ones, printed twice."""
    letter = (before.right - before.left + word.right - word.left) / (len(before.text) + len(word.text))
    for count in range(1, min(_MOST_TWICE, len(word.text)) + 1):
        overlap = (before.right - word.left) / (count * letter)
        if before.text.endswith(word.text[:count]) and 0.5 < overlap < 1.7:
            return count
    return 0


def _wide_gap(gaps: list[float], height: float) -> float:
    wide = WIDE_GAP * height
    if len(gaps) < _ENOUGH_GAPS or max(gaps) <= wide:
        return wide
    narrow = sorted(gaps)[len(gaps) // 4]
    return min(max(wide, _WIDER * narrow), SURELY_WIDE * height)


def _cluster(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Words that stand side by side: each overlaps what all words of its row have in common by half its height."""
    row: list[Word] = []
    top = bottom = 0.0
    for word in sorted(words, key=_BOTTOM):
        _, _, word_top, _, word_bottom, _ = word
        if word_top == top and word_bottom == bottom:
            row.append(word)
            continue
        common_top = word_top if word_top > top else top
        common_bottom = word_bottom if word_bottom < bottom else bottom
        if row and common_bottom - common_top >= 0.5 * min(bottom - top, word_bottom - word_top):
            top, bottom = common_top, common_bottom
            row.append(word)
        else:
            if row:
                yield row
            row, top, bottom = [word], word_top, word_bottom
    if row:
        yield row


# A heading set apart has at least so many single letters in a row.
_LEAST = 4
# Between letters of a word, in heights; beyond it they are cells.
_MOST_GAP = 0.75
# White between words against that between letters, in a row of nothing but letters.
_WORD_GAP = 1.45
# Letters of one word stand closer than the words of the row, where there are whole words to compare with.
_CLOSER = 0.8
# Dots, with white between them, that lead the eye to a page number.
_LEAST_DOTS = 3


def join_leaders(words: list[Word]) -> list[Word]:
    """A row's words with dots that lead to a page number (`. . . . 7`) as one word."""
    if sum([word[0] == "." for word in words]) < _LEAST_DOTS:
        return words
    joined: list[Word] = []
    for is_dot, group in groupby(words, key=lambda word: word[0] == "."):
        dots = list(group)
        joined += [_word(dots)] if is_dot and len(dots) >= _LEAST_DOTS else dots
    return joined


def is_spaced(words: Sequence[Word]) -> bool:
    """Whether most of a row's words are single letters, as many as a heading has."""
    letters = sum(map(_is_letter, words))
    return letters >= _LEAST and 2 * letters >= len(words)


def join_spaced_letters(words: Sequence[Word], *, goes_on: bool = False) -> list[Word]:
    """A row's words, from left to right, with each run of single letters put together as words.

    `goes_on`: the row above is letters set apart, so that a last line of two letters is one word too.
    """
    singles = sum(map(_is_letter, words))
    if is_spaced(words) or (goes_on and 2 * singles >= len(words)):
        return _join(list(words), None, figures=goes_on)
    usual = _gap_between_words(words)
    joined: list[Word] = []
    letters: list[Word] = []
    for word in words:
        if _is_letter(word):
            letters.append(word)
        else:
            joined += [*_join(letters, usual), word]
            letters = []
    return joined + _join(letters, usual)


def _gap_between_words(words: Sequence[Word]) -> float | None:
    """The row's usual white between words where one of them has several letters; None if there are none."""
    gaps = sorted(
        after.left - before.right for before, after in pairwise(words) if not (_is_letter(before) and _is_letter(after))
    )
    return gaps[len(gaps) // 2] if gaps else None


def _join(letters: list[Word], usual: float | None, *, figures: bool = False) -> list[Word]:
    """The letters as words; `figures` alone make words too, where they go on with a heading and are no cells."""
    gaps = [after.left - before.right for before, after in pairwise(letters)]
    if not gaps or not (figures or any(letter.text.isalpha() for letter in letters)):
        return letters
    if usual is not None:
        limit = _CLOSER * usual
    else:
        inner = sorted(gaps)[len(gaps) // 3]
        height = letters[0].bottom - letters[0].top
        if inner > _MOST_GAP * height:
            return letters
        limit = max(_WORD_GAP * inner, inner + 0.1 * height)
    groups: list[list[Word]] = [[letters[0]]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if gap > limit:
            groups.append([])
        groups[-1].append(letter)
    return [_word(group) if len(group) > 1 else group[0] for group in groups]


def _word(letters: list[Word]) -> Word:
    text = "".join(letter.text for letter in letters)
    top, bottom = min(letter.top for letter in letters), max(letter.bottom for letter in letters)
    return Word(text, letters[0].left, top, letters[-1].right, bottom, letters[0].turn)


def _is_letter(word: Word) -> bool:
    """One letter, or one with its punctuation: `(2` `5)` `-`."""
    return len(word.text) == 1 or (len(word.text) == 2 and sum(map(str.isalnum, word.text)) == 1)


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
            _put_before(joined, letter, usual)
    return joined


def _put_before(words: list[Word], letter: Word, usual: float) -> None:
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
    words[words.index(first)] = first._replace(text=letter.text + first.text, left=letter.left)


def _is_capital(text: str) -> bool:
    """One capital letter, perhaps behind a quotation mark."""
    return len(text) < 3 and text[-1].isupper() and text[:-1] in ("", *_QUOTES)
