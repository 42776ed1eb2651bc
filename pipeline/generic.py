"""Names that no entry gives: an anchor ("Convention on the Rights") grown to the whole name, or refused.

In: anchors that the patterns of `patterns.jsonl` found in the running text. Out: spots. A name grows to the left over
capitalised words, to the right over capitalised words and the small words between them, and never over the end of a
sentence, paragraph or cell. The trap: "and" joins words of one name or two names; it ends the name where what follows
is a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.vocabulary import Vocabulary

_TOKEN = re.compile(r"[^\W_]+(?:[-'/&.][^\W_]+)*'?|\S")
_YEAR = re.compile(r"(?:19|20)\d\d(?:-(?:19|20)?\d\d)?$")
_NAME_WORD = re.compile(r"[A-Z]|^\d+(?:st|nd|rd|th)$")
_ROMAN = re.compile(r"[IVX]{1,4}$")
_ACRONYM = re.compile(r"[A-Za-z][A-Za-z0-9&/-]*[A-Z0-9][A-Za-z0-9&/-]*$")
_PERIOD_BRACKET = re.compile(r"\s?\((?:19|20)\d\d\s?-\s?(?:19|20)\d\d\)")
# No name in the gazetteer is longer than 37 words; a run of capitals beyond that is a heading or a table.
_MAX_WORDS = 40
_MAX_SMALL = 3  # small words in a row inside a name: "for the"


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
    def is_word(self) -> bool:
        """Is no sign."""
        return self.text[0].isalnum()


@dataclass(frozen=True)
class Grower:
    """Grows anchors to names inside one stretch of text."""

    vocabulary: Vocabulary

    def grow(self, text: str, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """The name around the anchor `[start, end)` within the stretch `[left, right)`, or None if it names nothing."""
        tokens = tokenize(text, left, right)
        first = next((number for number, token in enumerate(tokens) if token.end > start), None)
        last = next((number for number, token in enumerate(tokens) if token.end >= end), None)
        if first is None or last is None:
            return None
        stripped = self._strip_left(tokens, first, last)
        first = self._grow_left(tokens, first) if stripped == first else stripped
        first = self._strip_left(tokens, first, last)
        last = self._grow_right(tokens, first, last)
        last = self._strip_right(tokens, first, last)
        if not self._says_something(tokens[first : last + 1]) or self._is_body(tokens, first, last):
            return None
        return tokens[first].start, self._closing(text, tokens[last].end, right)

    def grow_numbered(self, text: str, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """A name that ends in its number, with the capitalised words before it: "Security Council Resolution 1540"."""
        tokens = tokenize(text, left, right)
        at = next(number for number, token in enumerate(tokens) if token.end > start)
        first = self._strip_left(tokens, self._grow_left(tokens, at), at)
        return tokens[first].start, end

    def is_head(self, token: Token) -> bool:
        """A noun that names a kind of document."""
        return token.low in self.vocabulary["heads"] and token.is_capital

    def is_body(self, token: Token) -> bool:
        """A noun that names a body: committee, council."""
        return token.low in self.vocabulary["bodies"]

    def _grow_right(self, tokens: Sequence[Token], first: int, last: int) -> int:
        good = here = last
        while here + 1 < len(tokens) and here - first < _MAX_WORDS:
            step = self._step(tokens, first, here)
            if step is None:
                break
            here = good = step
        return good

    def _step(self, tokens: Sequence[Token], first: int, here: int) -> int | None:
        """The next token that belongs to the name, small words skipped; None at its end."""
        token = tokens[here + 1]
        if token.low in self.vocabulary["openers"] and token.text.istitle() and not self.is_head(token):
            return None
        if token.is_capital or _YEAR.match(token.text):
            return here + 1
        if token.text == "(":
            return _bracket(tokens, here + 1)
        if token.text == ",":
            return here + 2 if self._lists_on(tokens, here + 1) else None
        return self._over_small_words(tokens, first, here)

    def _over_small_words(self, tokens: Sequence[Token], first: int, here: int) -> int | None:
        inside = self.vocabulary["inside"]
        joined = False
        for place in range(here + 1, min(here + 2 + _MAX_SMALL, len(tokens))):
            token = tokens[place]
            if place > here + 1 and (token.is_capital or _YEAR.match(token.text)):
                if tokens[place - 1].low in ("in", "at") and token.low in self.vocabulary["places"]:
                    return None
                if _YEAR.match(token.text) and tokens[place - 1].low != "of":
                    return None
                return None if joined and self._begins_name(tokens, first, place) else place
            if token.low not in inside or not (token.text.islower() or token.text == "&"):
                return None
            joined = joined or token.low in ("and", "or", "&")
        return None

    def _begins_name(self, tokens: Sequence[Token], first: int, place: int) -> bool:
        """Whether a name of its own begins at `place`, after "and": "the Charter and the ASEAN Vision"."""
        article = tokens[place - 1].low in ("the", "a", "an")
        between = any(token.low in ("between", "among") for token in tokens[first:place])
        run = place
        while run < len(tokens) and tokens[run].is_capital:
            run += 1
        headed = any(self.is_head(token) for token in tokens[place:run])
        return headed or (article and not between)

    def _lists_on(self, tokens: Sequence[Token], comma: int) -> bool:
        """Whether a comma stands in a list inside a name: "Food, Agriculture and Forestry"."""
        if comma + 1 >= len(tokens) or not tokens[comma + 1].is_capital:
            return False
        if tokens[comma + 1].low in ("especially", "including"):
            return True
        place = comma + 1
        while place < len(tokens) and tokens[place].is_capital and not self.is_head(tokens[place]):
            place += 1
        if place >= len(tokens) or self.is_head(tokens[place]):
            return False
        if tokens[place].text == ",":
            return self._lists_on(tokens, place) or tokens[min(place + 1, len(tokens) - 1)].low == "and"
        return tokens[place].low in ("and", "&") and place + 1 < len(tokens) and tokens[place + 1].is_capital

    def _grow_left(self, tokens: Sequence[Token], first: int) -> int:
        while first > 0:
            token = tokens[first - 1]
            if (
                token.text == ")"
                and first >= 3
                and tokens[first - 3].text == "("
                and _ACRONYM.match(tokens[first - 2].text)
            ):
                first -= 3
            elif token.low in ("and", "&") and self._adjective_before(tokens, first - 1):
                first -= 2
            elif token.is_word and (token.is_capital or _YEAR.match(token.text)):
                if token.low in self.vocabulary["openers"] and not token.text.isupper():
                    break
                first -= 1
            else:
                break
        return first

    def _adjective_before(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether one word before "and" belongs to the name: "the Comprehensive and Progressive Agreement"."""
        if place < 1 or not tokens[place - 1].is_capital or tokens[place - 1].text.isupper():
            return False
        before = tokens[place - 2] if place >= 2 else None
        articled = before is None or before.low in ("the", "a", "an")
        return articled and not self.is_head(tokens[place - 1])

    def _strip_left(self, tokens: Sequence[Token], first: int, last: int) -> int:
        openers = self.vocabulary["openers"]
        while first < last and (tokens[first].low in openers or not tokens[first].is_word):
            first += 1
        return first

    def _strip_right(self, tokens: Sequence[Token], first: int, last: int) -> int:
        while last > first and tokens[last].low in self.vocabulary["inside"]:
            last -= 1
        return last

    def _says_something(self, tokens: Sequence[Token]) -> bool:
        """Whether a word tells what the document is about."""
        heads, empty = self.vocabulary["heads"], self.vocabulary["empty"]
        return any(token.low not in heads and token.low not in empty and token.low[0].isalpha() for token in tokens)

    def _is_body(self, tokens: Sequence[Token], first: int, last: int) -> bool:
        """Whether capitalised words run on from the document's noun to a body's: "Trade Agreement Committee"."""
        run = last
        while run > first and tokens[run].is_capital and not self.is_head(tokens[run]):
            run -= 1
        return self.is_head(tokens[run]) and any(self.is_body(token) for token in tokens[run + 1 : last + 1])

    def _closing(self, text: str, end: int, right: int) -> int:
        """The end of the name with a period in brackets straight after it."""
        found = _PERIOD_BRACKET.match(text, end, right)
        return found.end() if found else end


def tokenize(text: str, left: int, right: int) -> list[Token]:
    """Words and signs of a stretch of text."""
    return [Token(found.start(), found.end(), found.group()) for found in _TOKEN.finditer(text, left, right)]


def _bracket(tokens: Sequence[Token], opening: int) -> int | None:
    """The closing bracket of an acronym or period inside a name."""
    if opening + 2 < len(tokens) and tokens[opening + 2].text == ")":
        inner = tokens[opening + 1].text
        if (_ACRONYM.match(inner) and not _ROMAN.match(inner)) or re.match(r"(?:19|20)\d\d-(?:19|20)\d\d$", inner):
            return opening + 2
    return None
