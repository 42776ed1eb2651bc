"""Words and signs of a running text, as the rules about names see them.

The trap: a hyphened or possessive word is one token here ("Trans-Pacific", "Leaders'") and several in spaCy.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

# A footnote's number is no part of its word: "Diseases2 and", "Diseases.3 The", "2013-20201"; "Covid19 Response" is.
_MARKED = (
    r"(?:[^\W\d_]+[-'])*[^\W\d_]*[a-z]{3}(?=\.\d{1,2}(?!\w)|\d{1,2}(?:[^\w\s]|\s+[^A-Z\s]|\s*$))"
    r"|(?:19|20)\d\d-(?:19|20)\d\d(?=\.?\d{1,2}(?!\w))"
)
_TOKEN = re.compile(rf"{_MARKED}|[^\W_]+(?:[-'/&.][^\W_]+)*'?|\S")
_NAME_WORD = re.compile(r"[A-Z]|^\d+(?:st|nd|rd|th)$")
YEAR = re.compile(r"(?:19|20)\d\d(?:-(?:19|20)?\d\d)?$")


class Token(NamedTuple):
    """A word or sign with its place in the running text."""

    start: int
    end: int
    text: str

    @property
    def low(self) -> str:
        """In lower case."""
        return self.text.lower()

    @property
    def is_capital(self) -> bool:
        """Begins with a capital, or is a word like e-ASEAN or 3rd."""
        return self.text[0].isupper() or (self.text[0].isalnum() and _NAME_WORD.search(self.text) is not None)

    @property
    def is_year(self) -> bool:
        """Is a year or a period."""
        return YEAR.match(self.text) is not None

    @property
    def is_word(self) -> bool:
        """Is no sign."""
        return self.text[0].isalnum()


class Stretches:
    """Tokens of stretches of one text, each read once however many names are grown in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens: dict[tuple[int, int], list[Token]] = {}

    def tokens(self, left: int, right: int) -> list[Token]:
        """The tokens between two borders."""
        if (left, right) not in self._tokens:
            self._tokens[left, right] = tokenize(self.text, left, right)
        return self._tokens[left, right]


def first_token(tokens: Sequence[Token], place: int) -> int:
    """The number of the first token that ends behind `place`."""
    return bisect_right(tokens, place, key=lambda token: token.end)


def tokenize(text: str, left: int, right: int) -> list[Token]:
    """Words and signs of a stretch of text."""
    return [Token(found.start(), found.end(), found.group()) for found in _TOKEN.finditer(text, left, right)]
