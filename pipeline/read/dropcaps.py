"""Drop caps: a large letter beside the first lines of a paragraph -> the word that it begins.

By its height the letter stands in a row of its own, or in that of the last line beside it; a reader sees it in front
of the first. The trap: `A` and `I` are words; they stay apart where the page has the rest as a word of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.read.engine import Word

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
