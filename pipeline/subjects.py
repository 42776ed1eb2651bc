"""Planned documents without a name, described by their subject: "an ASEAN framework on digital data governance".

In: anchors of the subject patterns. Out: the head noun phrase with its subject, purpose, deadline and actor left out.
Whether anybody is making the document is not asked here. The trap: such phrases are everywhere; what has no subject
("a regional roadmap") or a vague one ("an agreement on the matter") is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.tokens import Token, tokenize
from pipeline.vocabulary import Vocabulary

# A subject longer than this runs on into something else.
_MAX_SUBJECT = 10
_MAX_OWNERS = 6


@dataclass(frozen=True)
class Describer:
    """Finds the whole description around an anchor."""

    vocabulary: Vocabulary

    def grow(self, text: str, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """The description around the anchor `[start, end)` within `[left, right)`, or None if it describes nothing."""
        tokens = tokenize(text, left, right)
        first = next((number for number, token in enumerate(tokens) if token.start >= start), None)
        noun = None if first is None else self._noun(tokens, first, end)
        if noun is None:
            return None
        head = self._whole_noun(tokens, noun)
        start_at = self._grow_left(tokens, noun)
        if start_at > 0 and tokens[start_at - 1].low in self.vocabulary["not_new"]:
            return None
        last = self._grow_right(tokens, head)
        owned = any(token.low in self.vocabulary["subject_owners"] for token in tokens[start_at:noun])
        if last == head and not self._compound(tokens, start_at, noun):
            return None
        if tokens[noun].low in self.vocabulary["subject_common"] and not owned:
            return None
        return tokens[start_at].start, tokens[last].end

    def _noun(self, tokens: Sequence[Token], first: int, end: int) -> int | None:
        heads = self.vocabulary["subject_heads"]
        places = [
            place for place in range(first, len(tokens)) if tokens[place].start < end and tokens[place].low in heads
        ]
        return places[-1] if places else None

    def _whole_noun(self, tokens: Sequence[Token], noun: int) -> int:
        """The last word of the noun: "code of conduct", "plan of action"."""
        if (
            noun + 2 < len(tokens)
            and tokens[noun + 1].low == "of"
            and tokens[noun + 2].low in self.vocabulary["of_nouns"]
        ):
            return noun + 2
        return noun

    def _grow_left(self, tokens: Sequence[Token], head: int) -> int:
        """Over adjectives and nouns before the head, back to an article, a verb or a sign."""
        place = head
        while place > 0 and head - place < _MAX_OWNERS:
            token = tokens[place - 1]
            if not token.is_word and token.text != "&":
                break
            if token.low in self.vocabulary["subject_stops"] or token.low in self.vocabulary["inside"]:
                break
            if token.low in self.vocabulary["openers"] or self._is_verb(token):
                break
            place -= 1
        owners = [at for at in range(place, head) if tokens[at].low in self.vocabulary["subject_owners"]]
        return owners[0] if owners else place if place == head else self._adjectives(tokens, place, head)

    def _is_verb(self, token: Token) -> bool:
        return token.low.endswith(("ing", "ed")) and token.low not in self.vocabulary["adjectives"]

    def _adjectives(self, tokens: Sequence[Token], place: int, head: int) -> int:
        """Without a word that says whose it is, only words of the kind itself are taken: "action plan"."""
        start = head
        while start > place and tokens[start - 1].low in self.vocabulary["empty"]:
            start -= 1
        return start

    def _grow_right(self, tokens: Sequence[Token], head: int) -> int:
        if head + 1 >= len(tokens) or tokens[head + 1].low not in self.vocabulary["subject_links"]:
            return head
        link = tokens[head + 1].low
        place = good = head + 1
        while place + 1 < len(tokens) and place - head < _MAX_SUBJECT:
            token = tokens[place + 1]
            if not (token.is_word or token.text in ("&", "/")):
                break
            if token.low in self.vocabulary["subject_stops"] or (token.low == "for" and link != "for"):
                break
            place += 1
            if token.low not in self.vocabulary["inside"] and token.is_word:
                good = place
        subject = [token for token in tokens[head + 2 : good + 1] if token.low not in self.vocabulary["inside"]]
        vague = self.vocabulary["subject_vague"]
        if not subject or all(token.low in vague for token in subject):
            return head
        return head if link == "for" and subject[0].low in self.vocabulary["purposes"] else good

    def _compound(self, tokens: Sequence[Token], start: int, head: int) -> bool:
        """Whether the words before the head say what it is about: "an ASEAN coral reef strategy"."""
        empty = self.vocabulary["empty"] | self.vocabulary["subject_owners"] | self.vocabulary["subject_heads"]
        owned = any(token.low in self.vocabulary["subject_owners"] for token in tokens[start:head])
        return owned and any(token.low not in empty for token in tokens[start:head])
