"""Nouns of document kinds in a run of words: whether the words name a document, or only a class, a body or an act.

In: tokens. Out: yes or no. The trap: "Trade Agreement Committee" holds an agreement's noun and is a committee;
"Release of Goods" begins with one and is no document at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.names.tokens import Token
from pipeline.names.vocabulary import Vocabulary

ACRONYM = re.compile(r"[A-Za-z][A-Za-z0-9&/-]*[A-Z0-9][A-Za-z0-9&/-]*$")


@dataclass(frozen=True)
class HeadNouns:
    """What the nouns among some words say of them."""

    vocabulary: Vocabulary

    def is_head(self, token: Token) -> bool:
        """A noun that names a kind of document."""
        return token.is_capital and token.low in self.vocabulary["heads"] and token.low not in self.vocabulary["never"]

    def is_head_name(self, tokens: Sequence[Token]) -> bool:
        """Whether these words by themselves name a document by noun and subject."""
        linked = any(token.low in self.vocabulary["links"] for token in tokens[1:-1])
        return linked and self.is_name(tokens, 0, len(tokens) - 1)

    def is_name(self, tokens: Sequence[Token], first: int, last: int) -> bool:
        """Whether these words name a document by themselves."""
        named = tokens[first : last + 1]
        if not (self.says_something(named) or self._names_two(named)) or self._is_shouted(named):
            return False
        if all(token.low in self.vocabulary["half_nouns"] for token in named if self.is_head(token)):
            return False
        return not self._is_body(named) and not self._is_class(named)

    def is_complete(self, tokens: Sequence[Token], first: int, here: int) -> bool:
        """Whether the name so far ends in its noun: "Plant Protection Convention (IPPC)"."""
        while here > first and (tokens[here].text in "()" or ACRONYM.match(tokens[here].text)):
            here -= 1
        if here <= first or not self.is_head(tokens[here]):
            return False
        return not (
            tokens[here].low in self.vocabulary["classes_of_subject"] and self._has_subject(tokens, first, here)
        )

    def _has_subject(self, tokens: Sequence[Token], first: int, here: int) -> bool:
        """Whether a noun and "on" stand before: "Principles" in "Declaration on Principles and Rights" ends nothing."""
        return any(
            self.is_head(tokens[place]) and tokens[place + 1].low in self.vocabulary["links"]
            for place in range(first, here - 1)
        )

    def says_something(self, tokens: Sequence[Token]) -> bool:
        """Whether a word tells what the document is about."""
        heads, empty = self.vocabulary["heads"], self.vocabulary["empty"]
        return any(token.low not in heads and token.low not in empty and token.low[0].isalpha() for token in tokens)

    def _names_two(self, tokens: Sequence[Token]) -> bool:
        """Whether one document's noun hangs on another's: "Manual for the ASEAN Charter"."""
        nouns = [number for number, token in enumerate(tokens) if self.is_head(token)]
        return bool(nouns) and any(token.low in self.vocabulary["joins"] for token in tokens[nouns[0] : nouns[-1]])

    def _is_body(self, tokens: Sequence[Token]) -> bool:
        """Whether capitalised words run on from the document's noun to a body's: "Trade Agreement Committee"."""
        run = len(tokens) - 1
        while run > 0 and tokens[run].is_capital and not self.is_head(tokens[run]):
            run -= 1
        bodies = self.vocabulary["bodies"]
        return self.is_head(tokens[run]) and any(token.low in bodies for token in tokens[run + 1 :])

    def _is_shouted(self, tokens: Sequence[Token]) -> bool:
        """Whether all is in capitals: headings are, and nothing in them tells a name from the words around it."""
        return all(token.text.isupper() for token in tokens if token.is_word and len(token.text) > 1)

    def _is_class(self, tokens: Sequence[Token]) -> bool:
        """Whether the noun means many documents, or an act: "Agreements with Partners", "Release of Goods"."""
        place = next((number for number, token in enumerate(tokens) if self.is_head(token)), None)
        if place is None:
            return True
        while place + 1 < len(tokens) and self.is_head(tokens[place + 1]):
            place += 1
        noun = tokens[place].low
        of = place + 1 < len(tokens) and tokens[place + 1].low == "of"
        return noun in self.vocabulary["classes"] or (of and place == 0 and noun not in self.vocabulary["of_heads"])
