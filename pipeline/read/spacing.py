"""Letters set apart (`A S E A N   2 0 2 5`) -> words, by the white between them.

The trap: a row of one-letter cells is no heading. Only letters at an even, small distance make a word; a wider
white between such letters parts words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from pipeline.read.engine import Word

# A heading set apart has at least so many single letters in a row.
_LEAST = 4
# Between letters of a word, in heights; beyond it they are cells.
_MOST_GAP = 0.75
# White between words against that between letters, in a row of nothing but letters.
_WORD_GAP = 1.45
_OPENING, _CLOSING = ("(", "[", "“", "‘"), (")", "]", ",", ".", ";", ":", "”", "’")
# Letters of one word stand closer than the words of the row, where there are whole words to compare with.
_CLOSER = 0.8
# Dots, with white between them, that lead the eye to a page number.
_LEADER = 3


def join_leaders(words: list[Word]) -> list[Word]:
    """A row's words with dots that lead to a page number (`. . . . 7`) as one word."""
    if sum([word[0] == "." for word in words]) < _LEADER:
        return words
    joined: list[Word] = []
    for is_dot, group in groupby(words, key=lambda word: word[0] == "."):
        dots = list(group)
        joined += [_word(dots)] if is_dot and len(dots) >= _LEADER else dots
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
    for word in _attach_signs(words, usual):
        if _is_letter(word):
            letters.append(word)
        else:
            joined += [*_join(letters, usual), word]
            letters = []
    return joined + _join(letters, usual)


def _attach_signs(words: Sequence[Word], usual: float | None) -> list[Word]:
    """Brackets, commas and hyphens that stand apart only because letters are set wide, at their words again."""
    limit = _CLOSER * (usual or 0.0)
    joined: list[Word] = []
    for word in words:
        before = joined[-1] if joined else None
        is_near = before is not None and word.left - before.right < limit
        if (before is not None and is_near and (word.text in _CLOSING or before.text in _OPENING)) or (
            before is not None and is_near and (word.text == "-" or before.text.endswith("-")) and len(before.text) > 1
        ):
            joined[-1] = _word([before, word])
        else:
            joined.append(word)
    return joined


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
