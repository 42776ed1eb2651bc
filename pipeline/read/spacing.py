"""Letters set apart (`A S E A N   2 0 2 5`) -> words, by the white between them.

The trap: a row of one-letter cells is no heading. Only letters at an even, small distance make a word; a wider
white between such letters parts words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.read.engine import Word

# A heading set apart has at least so many single letters in a row.
_LEAST = 4
# Between letters of a word in heights; beyond it they are cells or list labels.
_MOST_GAP = 1.1
# White between words against that between letters.
_WORD_GAP = 1.45
# ... and white that surely parts words, in heights, where all words of a row have one letter.
_EVEN = 1.8


def join_spaced_letters(words: Sequence[Word]) -> list[Word]:
    """A row's words, from left to right, with each run of single letters put together as words."""
    joined: list[Word] = []
    letters: list[Word] = []
    for word in words:
        if letters and not (_is_letter(word) and _is_near(letters[-1], word)):
            joined += _join(letters)
            letters = []
        if _is_letter(word):
            letters.append(word)
        else:
            joined.append(word)
    return joined + _join(letters)


def _join(letters: list[Word]) -> list[Word]:
    if len(letters) < _LEAST or not any(letter.text.isalpha() for letter in letters):
        return letters
    gaps = [after.left - before.right for before, after in pairwise(letters)]
    usual = sorted(gaps)[len(gaps) // 3]
    groups: list[list[Word]] = [[letters[0]]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if gap > max(_WORD_GAP * usual, usual + 0.1 * (letter.bottom - letter.top)):
            groups.append([])
        groups[-1].append(letter)
    if max(map(len, groups)) < 3:
        return letters
    return [_word(group) for group in groups]


def _word(letters: list[Word]) -> Word:
    text = "".join(letter.text for letter in letters)
    top, bottom = min(letter.top for letter in letters), max(letter.bottom for letter in letters)
    return Word(text, letters[0].left, top, letters[-1].right, bottom, letters[0].turn)


def _is_letter(word: Word) -> bool:
    """One letter, or one with its punctuation: `(2` `5)` `-`."""
    return len(word.text) == 1 or (len(word.text) == 2 and sum(map(str.isalnum, word.text)) == 1)


def _is_near(before: Word, word: Word) -> bool:
    return word.left - before.right < _MOST_GAP * 1.6 * (word.bottom - word.top)
