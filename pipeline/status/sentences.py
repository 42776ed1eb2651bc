"""A sentence as cues see it: lower-case tokens in which each name is one token.

Comes in: a cleaned sentence, list item or table row with the spans of its names. Goes out: a `Sentence`, and matches
of compiled patterns in it. The trap: numbering ("5.4", "(a)") is blanked, so that a verb that opens an item is seen to
open it; offsets into the text stay as they were.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from pipeline.status.cuepattern import Pattern

NAME, START, END = "X", "^", "$"  # a masked name, the start and the end of a cell or list item, among lower-case tokens
# Words with inner hyphens and apostrophes; "'s" stands alone, the apostrophe of "ministers'" is left out.
_TOKEN = re.compile(r"'s\b|[^\W_]+(?:n't\b|(?:[\-‐‑/]|'(?!s\b))[^\W_]+)*|(?<![^\W_])'|[^\w\s']")
# "(a)", "ii)", "3)" wherever an item may start; "5.4", "1." and bullets only at the start of a cell.
_INNER_ENUMERATOR = re.compile(
    r"(?:(?<=^)|(?<=[:;,|]\s)|(?<=\band\s)|(?<=\bor\s))\(?(?:[a-z]|[ivx]{1,5}|\d{1,2})\)(?=\s)", re.I
)
_FIRST_ENUMERATOR = re.compile(
    r"(?:(?<=^)|(?<=\|\s))(?:(?:\d+(?:\.\d+)+|[A-Za-z]?-?\d{1,3}[.)]|[a-zA-Z][.)]|[ivx]{1,5}[.)]|[-–—•▪*·])\s+)+"
)
_ROW_NUMBER = re.compile(r"^\s*[A-Za-z]?[-.]?\d+(?:\.\d+)*\.?\s*(?=\|)")
_BREAKS = {
    "|": [END, "|", START],
    "–": [","],
    "—": [","],
    "-": [","],
    "•": [END, START],
    "▪": [END, START],
    ":": [":", START],
    ";": [";", START],
}


@dataclass(frozen=True)
class Sentence:
    """A sentence as tokens, each name one token; `names` holds the token index of each span's name."""

    tokens: tuple[str, ...]
    names: tuple[int, ...]
    places: tuple[tuple[int, int], ...]  # offsets of each token in the text

    @cached_property
    def line(self) -> str:
        """The tokens as one string, each followed by a space: what patterns are matched against."""
        return " ".join(self.tokens) + " "

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The tokens that occur."""
        return frozenset(self.tokens)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(accumulate((len(token) + 1 for token in self.tokens), initial=0))

    def token_at(self, offset: int) -> int:
        """Index of the token that starts at an offset of `line`."""
        return bisect_left(self._starts, offset)

    def words(self, text: str, first: int, last: int) -> str:
        """What the text has from one token to another, the marks of start and end left out."""
        marked = zip(self.tokens[first:last], self.places[first:last], strict=True)
        places = [place for token, place in marked if token not in (START, END)]
        return text[places[0][0] : places[-1][1]] if places else ""


def split_tokens(text: str, spans: Sequence[tuple[int, int]]) -> Sentence:
    """Tokens of a sentence with its names masked; spans are offsets into `text` and must not overlap."""
    plain = _blank_enumerators(text)
    tokens, places, at = [START], [(0, 0)], {}
    position = 0
    for number, (start, end) in sorted(enumerate(spans), key=lambda item: item[1]):
        _add_words(plain, position, start, tokens, places)
        at[number] = len(tokens)
        tokens.append(NAME)
        places.append((start, end))
        position = end
    _add_words(plain, position, len(plain), tokens, places)
    tokens.append(END)
    places.append((len(text), len(text)))
    return Sentence(tuple(tokens), tuple(at[number] for number in range(len(spans))), tuple(places))


def split_cells(text: str) -> list[tuple[int, int]]:
    """Offsets of the cells of a table row; a sentence without bars is one cell."""
    bars = [at for at, sign in enumerate(text) if sign == "|"]
    return list(zip([0, *(bar + 1 for bar in bars)], [*bars, len(text)], strict=True))


def match_tokens(sentence: Sentence, pattern: Pattern) -> Iterator[tuple[int, int]]:
    """First token and token after the last of each match."""
    for found in pattern.find(sentence.line, sentence.vocabulary):
        yield sentence.token_at(found.start()), sentence.token_at(found.end())


def _blank_enumerators(text: str) -> str:
    for pattern in (_ROW_NUMBER, _FIRST_ENUMERATOR, _INNER_ENUMERATOR):
        text = pattern.sub(lambda found: " " * len(found.group()), text)
    return text.replace("’", "'")


def _add_words(text: str, start: int, end: int, tokens: list[str], places: list[tuple[int, int]]) -> None:
    for found in _TOKEN.finditer(text, start, end):
        word = found.group().lower()
        if word in (START, END):  # a dollar sign of the text is no end of a cell
            continue
        for token in _BREAKS.get(word, [word]):
            tokens.append(token)
            places.append(found.span())
