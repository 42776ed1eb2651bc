"""Coordinated names: "the APSC, AEC and ASCC Blueprints 2025" is three documents.

In: the words of a sentence and the names found so far. Out: one spot per document, each with its own part of the text;
the shared words stay with the part they stand beside. The trap: whether "A and B Blueprints" is two names is not to be
seen from the words; both halves must be names of the gazetteer, else nothing is split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.names import Name, NameBook
from pipeline.spots import Spot
from pipeline.tokens import Token, tokenize

_AND = frozenset({"and", "or", "&", "as well as", "/"})
_ARTICLES = frozenset({"the", "a", "an"})
# A part of a coordination is at most this long, in words: "Textiles and Apparel Products".
_MAX_PART = 8
_MARK = re.compile(r"(?:19|20)\d\d(?:-(?:19|20)?\d\d)?$|[IVX]+$|\d(?:\.\d)?$")
_PARTS_BEFORE = re.compile(
    r"\b(?P<kind>phase|version|edition|stage)s?\s(?P<first>[IVX]+|\d(?:\.\d)?)"
    r"(?P<more>(?:,\s(?:[IVX]+|\d(?:\.\d)?))*)\s(?:and|or|&)\s(?P<last>[IVX]+|\d(?:\.\d)?)\s(?:of|in)\s(?:the\s)?$",
    re.I,
)


@dataclass(frozen=True)
class Splitter:
    """Splits coordinations into names that the gazetteer knows."""

    names: NameBook

    def split(self, text: str, spots: Sequence[Spot], left: int, right: int) -> list[Spot]:
        """The spots of one stretch with what they are coordinated with."""
        found: list[Spot] = []
        for spot in spots:
            parts = list(self._split_parts(text, spot, left)) or list(self._split_one(text, spot, left, right))
            others = [other for other in spots if other is not spot and not other.is_body]
            free = [
                part for part in parts if not any(part.start < other.end and other.start < part.end for other in others)
            ]
            found += free if len(free) > 1 else [spot]
        return found

    def _split_one(self, text: str, spot: Spot, left: int, right: int) -> Iterator[Spot]:
        own = tokenize(text, spot.start, spot.end)
        if spot.how == "grown":
            yield from self._split_inside(text, spot, own)
            return
        before = list(self._shared_tail(text, spot, own, left))
        after = list(self._shared_head(text, spot, own, right))
        if before or after:
            yield from before
            yield replace(spot, pattern="coordination")
            yield from after

    def _shared_tail(self, text: str, spot: Spot, own: Sequence[Token], left: int) -> Iterator[Spot]:
        """ "[APSC], [AEC] and [ASCC Blueprints 2025]": parts before the name share its tail."""
        tokens = tokenize(text, left, spot.start)
        while tokens and tokens[-1].low in _ARTICLES:
            tokens.pop()
        if not tokens or tokens[-1].low not in _AND:
            return
        end = len(tokens) - 1
        while end > 0:
            part = self._tail_part(text, tokens, end, own)
            if part is None:
                return
            first, name = part
            yield _coordinated(tokens[first].start, tokens[end - 1].end, name, spot)
            end = first - 1
            while end > 0 and tokens[end].low in _ARTICLES:
                end -= 1
            if end < 0 or tokens[end].text != ",":
                return

    def _tail_part(self, text: str, tokens: Sequence[Token], end: int, own: Sequence[Token]) -> tuple[int, Name] | None:
        """The longest part before `tokens[end]` that makes a name with a tail of `own`."""
        if tokens[end - 1].text == ",":
            end -= 1
        for first in range(max(0, end - _MAX_PART), end):
            if tokens[first].low in _ARTICLES or not tokens[first].is_word:
                continue
            words = " ".join(token.text for token in tokens[first:end])
            for place in range(1, len(own)):
                name = self._name(f"{words} {text[own[place].start : own[-1].end]}", own)
                if name is not None:
                    return first, name
        return None

    def _shared_head(self, text: str, spot: Spot, own: Sequence[Token], right: int) -> Iterator[Spot]:
        """ "[IAI Work Plans II] and [III]", "[AIM 2015] and [2020]": parts after the name share its head."""
        tokens = tokenize(text, spot.end, min(right, spot.end + 200))
        place = 0
        while place < len(tokens) and (tokens[place].low in _AND or tokens[place].text == ","):
            start = place + 1
            while start < len(tokens) and (tokens[start].low in _AND or tokens[start].low in _ARTICLES):
                start += 1
            # In a name with capitals a part in small letters is a class: "the ICT Focus, and declarations".
            if start >= len(tokens) or (tokens[start].text.islower() and not own[0].text.islower()):
                return
            part = self._head_part(text, tokens, start, own)
            if part is None:
                return
            last, name = part
            yield _coordinated(tokens[start].start, tokens[last].end, name, spot)
            place = last + 1

    def _head_part(
        self, text: str, tokens: Sequence[Token], start: int, own: Sequence[Token]
    ) -> tuple[int, Name] | None:
        for last in range(min(start + _MAX_PART, len(tokens)) - 1, start - 1, -1):
            words = text[tokens[start].start : tokens[last].end]
            if not tokens[last].is_word:
                continue
            for place in range(len(own) - 1, 0, -1):
                # A bare number shares a head only with another number of its sort.
                if len(tokens[start : last + 1]) == 1 and _MARK.match(words) and not _MARK.match(own[-1].text):
                    continue
                name = self._name(f"{text[own[0].start : own[place - 1].end]} {words}", own)
                if name is not None:
                    return last, name
        return None

    def _split_inside(self, text: str, spot: Spot, own: Sequence[Token]) -> Iterator[Spot]:
        """ "[Protocol for Rubber-Based] and [Wood-Based Products]": head and tail are shared."""
        for middle in (number for number, token in enumerate(own) if token.low in _AND):
            if not middle or not self.names.begins_name(text[own[0].start : own[middle - 1].end]):
                continue
            for head in range(middle):
                for tail in range(middle + 2, len(own) + 1):
                    shared_head = text[own[0].start : own[head - 1].end] if head else ""
                    shared_tail = text[own[tail].start : own[-1].end] if tail < len(own) else ""
                    one = self._name(f"{text[own[0].start : own[middle - 1].end]} {shared_tail}", own)
                    if one is None:
                        continue
                    two = self._name(f"{shared_head} {text[own[middle + 1].start : own[-1].end]}", own)
                    if two is not None and set(two.entry_ids).isdisjoint(one.entry_ids):
                        yield _coordinated(own[0].start, own[middle - 1].end, one, spot)
                        yield _coordinated(own[middle + 1].start, own[-1].end, two, spot)
                        return

    def _split_parts(self, text: str, spot: Spot, left: int) -> Iterator[Spot]:
        """ "[Versions 1] and [2 of the ASEAN Taxonomy]"."""
        found = _PARTS_BEFORE.search(text, max(left, spot.start - 60), spot.start)
        if found is None or not spot.entry_ids:
            return
        numbers = [found["first"], *re.findall(r"[IVX]+|\d(?:\.\d)?", found["more"]), found["last"]]
        places = [
            found.start(),
            *(found.start("more") + here.start() for here in re.finditer(r"[IVX]+|\d(?:\.\d)?", found["more"])),
        ]
        places.append(found.start("last"))
        for number, place in zip(numbers, places, strict=True):
            end = spot.end if number is numbers[-1] else text.index(number, place) + len(number)
            yield replace(spot, start=place, end=end, name=f"{spot.name} {found['kind']} {number}")

    def _name(self, words: str, own: Sequence[Token]) -> Name | None:
        name = self.names.name_of(words)
        return name if name is not None and name.entry_ids and not (name.cased and len(own) < 2) else None


def _coordinated(start: int, end: int, name: Name, beside: Spot) -> Spot:
    return Spot(start, end, "coordination", name.entry_ids, name=name.text, turn=beside.turn)
