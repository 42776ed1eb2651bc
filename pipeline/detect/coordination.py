"""Coordinated names: "the APSC, AEC and ASCC Blueprints 2025" is three documents.

In: the words of a sentence and the names found so far. Out: one spot per document, each with its own part of the text;
the shared words stay with the part they stand beside. The trap: whether "A and B Blueprints" is two names is not to be
seen from the words; both halves must be names of the gazetteer, else nothing is split.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.detect.names import NameBook
from pipeline.detect.spans import How, Spot
from pipeline.names.editions import Editions, read_marks
from pipeline.names.tokens import Token, tokenize

_AND = frozenset({"and", "or", "&", "/"})
_ARTICLES = frozenset({"the", "a", "an"})
_PREPOSITIONS = frozenset({"on", "for", "of", "with", "in", "against", "between", "to", "under"})
# A part of a coordination is at most this long, in words: "Textiles and Apparel Products".
_MAX_PART = 8
_REACH = 200
_MARK = re.compile(r"(?:19|20)\d\d(?:-(?:19|20)?\d\d)?$|[IVX]+$|\d(?:\.\d)?$")
_COORDINATED_BEFORE = re.compile(r"(?:\b(?:and|or)|&|/)\s?(?:the\s|an?\s)?$")
_COORDINATED_BEHIND = re.compile(r"\s?(?:,|&|/|and\b|or\b)")
# Where both halves may be unknown: "Green and Social Bond Standards", capitals on both sides and a plural behind.
_FREE = re.compile(r"[A-Z][\w-]*,? (?P<and>and|or|&) [A-Z](?=(?:[\w-]*\s+){0,5}[A-Z]?[\w-]+s\b)")
# "Work Plans on (i) Education; (ii) Sports": the head of the list, and the label before each other part.
_ENUMERATED = re.compile(r"(?P<head>(?:[A-Z][\w'-]*\s){1,6}(?:on|for)\s)\((?:1|a|i)\)\s")
_NEXT_LABEL = re.compile(r"[;,]?\s(?:and\s|or\s)?\((?:\d{1,2}|[a-z]|[ivx]{1,5})\)\s")
_ACRONYMS = re.compile(r"\b([A-Z]{2,}[A-Z0-9]*)s\b")


class Part(NamedTuple):
    """What one half of a coordination means: the entries, and the name in full."""

    entry_ids: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Splitter:
    """Splits coordinations into names that the gazetteer knows."""

    names: NameBook
    editions: Editions

    def split(self, text: str, spots: Sequence[Spot], left: int, right: int) -> list[Spot]:
        """The spots of one stretch with what they are coordinated with."""
        found: list[Spot] = []
        for spot in spots:
            parts = list(split_parts(text, spot, left)) or list(self._split_one(text, spot, left, right))
            others = [other for other in spots if other is not spot and not other.is_body]
            if len(parts) > 1 and _is_plural(text, spot):  # "the AADMER and ALM Work Programmes": no agreement
                others = [
                    other
                    for other in others
                    if all((other.start, other.end) != (part.start, part.end) for part in parts)
                ]
            free = [part for part in parts if not _overlaps(part, others)]
            found += free if len(free) > 1 else [spot]
        return found

    def find_free(self, text: str, spots: Sequence[Spot], borders: Sequence[int]) -> list[Spot]:
        """Coordinations of which neither half was found: "the ASEAN Green and Social Bond Standards"."""
        known = [spot for spot in spots if spot.entry_ids]
        starts = [spot.start for spot in known]
        found: list[Spot] = []
        for place in _FREE.finditer(text):
            border = bisect_right(borders, place.start()) - 1
            left = max(borders[border], place.start() - _REACH)
            right = min(borders[border + 1] if border + 1 < len(borders) else len(text), place.end() + _REACH)
            near = known[max(0, bisect_right(starts, left) - 1) : bisect_right(starts, right)]
            parts = next(self._around(text, left, right, place.start("and")), None)
            found += [part for part in parts or () if not _overlaps(part, near)] if parts else []
        return found

    def find_acronyms(self, text: str, spots: Sequence[Spot], borders: Sequence[int]) -> list[Spot]:
        """Coordinations behind an acronym in the plural: "[AIMs 2015] and [2020]", "[RPAs on EVAW] and [EVAC]"."""
        found: list[Spot] = []
        for place in _ACRONYMS.finditer(text):
            border = bisect_right(borders, place.start()) - 1
            right = min(borders[border + 1] if border + 1 < len(borders) else len(text), place.end() + _REACH)
            tokens = tokenize(text, place.start(), right)[:_MAX_PART]
            for last in range(len(tokens) - 1, 0, -1):
                part = self._meaning(_words(text, tokens[: last + 1])) if tokens[last].is_word else None
                if part is None:
                    continue
                first = _coordinated(tokens[0], tokens[last], part)
                others = list(self._shared_head(text, first, tokens[: last + 1], right))
                if others:
                    parts = [first, *others]
                    found += (
                        parts if not any(_overlaps(each, spots) and not _within(each, spots) for each in parts) else []
                    )
                    break
        return found

    def find_enumerated(self, text: str) -> list[Spot]:
        """Lists in a name: "[ASEAN Work Plans on (i) Education]; (ii) [Sports]; and (iii) [Youth]"."""
        found: list[Spot] = []
        for place in _ENUMERATED.finditer(text):
            head, start = text[place.start("head") : place.end("head")], place.end()
            parts: list[Spot] = []
            while start:
                following = _NEXT_LABEL.search(text, start, start + _REACH)
                part, start = self._enumerated(text, head, start, following), following.end() if following else 0
                if part is None:
                    break
                parts.append(part if parts else replace(part, start=place.start()))
            found += parts if len(parts) > 1 else []
        return found

    def _enumerated(self, text: str, head: str, start: int, following: re.Match[str] | None) -> Spot | None:
        """The part from `start` to the next label; the last part is the longest that makes a name with the head."""
        tokens = tokenize(text, start, following.start() if following else min(len(text), start + _REACH))[
            : _MAX_PART + 1
        ]
        tokens = tokens[1:] if tokens and tokens[0].low in _ARTICLES else tokens
        for last in range(len(tokens), 0, -1):
            meant = self._meaning(f"{head}{_words(text, tokens[:last])}") if tokens[last - 1].is_word else None
            if meant is not None:
                return Spot(tokens[0].start, tokens[last - 1].end, "coordination", meant.entry_ids, name=meant.name)
        return None

    def _around(self, text: str, left: int, right: int, at: int) -> Iterator[tuple[Spot, ...]]:
        tokens = tokenize(text, _word_start(text, left), right)
        middle = next((number for number, token in enumerate(tokens) if token.start >= at), 0)
        for first in range(max(0, middle - _MAX_PART), middle - 1):
            cuts = [number - first for number in range(first, middle - 1) if tokens[number].text == ","] + [
                middle - first
            ]
            if not tokens[first].is_capital or tokens[first].low in _ARTICLES or not cuts[0]:
                continue
            if not self.names.begins_name(_words(text, tokens[first : first + cuts[0]])):
                continue
            for last in range(middle + 1, min(middle + _MAX_PART, len(tokens))):
                own = tokens[first : last + 1]
                parts = self._divide(text, own, cuts) if tokens[last].is_word else None
                if parts is not None:
                    yield parts

    def _split_one(self, text: str, spot: Spot, left: int, right: int) -> Iterator[Spot]:
        own = tokenize(text, spot.start, spot.end)
        if spot.how is How.GROWN:
            for middle in (number for number, token in enumerate(own) if number and token.low in _AND):
                parts = self._divide(text, own, [middle])
                if parts is not None:
                    yield from parts
                    return
            return
        before = list(self._shared_tail(text, spot, own, left))
        after = list(self._shared_head(text, spot, own, right))
        if before or after:
            yield from before
            yield replace(spot, pattern="coordination")
            yield from after

    def _shared_tail(self, text: str, spot: Spot, own: Sequence[Token], left: int) -> Iterator[Spot]:
        """ "[APSC], [AEC] and [ASCC Blueprints 2025]": parts before the name share its tail."""
        if not _COORDINATED_BEFORE.search(text, max(left, spot.start - 12), spot.start):
            return
        tokens = tokenize(text, max(left, spot.start - _REACH), spot.start)
        while tokens and tokens[-1].low in _ARTICLES:
            tokens.pop()
        if not tokens or tokens[-1].low not in _AND:
            return
        end = len(tokens) - 1
        while end > 0:
            found = self._tail_part(text, tokens, end, own)
            if found is None:
                return
            first, part = found
            yield _coordinated(tokens[first], tokens[end - 1], part, spot.turn)
            end = first - 1
            while end > 0 and tokens[end].low in _ARTICLES:
                end -= 1
            if end < 0 or tokens[end].text != ",":
                return

    def _tail_part(self, text: str, tokens: Sequence[Token], end: int, own: Sequence[Token]) -> tuple[int, Part] | None:
        """The longest part before `tokens[end]` that makes a name with a tail of `own`."""
        if tokens[end - 1].text == ",":
            end -= 1
        for first in range(max(0, end - _MAX_PART), end):
            if tokens[first].low in _ARTICLES or not tokens[first].is_word:
                continue
            words = _words(text, tokens[first:end])
            if not (_MARK.match(words) or self.names.begins_name(words)):
                continue
            for place in range(1, len(own)):
                part = self._meaning(f"{words} {_words(text, own[place:])}")
                if part is not None:
                    return first, part
        return None

    def _shared_head(self, text: str, spot: Spot, own: Sequence[Token], right: int) -> Iterator[Spot]:
        """ "[IAI Work Plans II] and [III]", "[AIM 2015] and [2020]": parts after the name share its head."""
        if not _COORDINATED_BEHIND.match(text, spot.end, right):
            return
        tokens = tokenize(text, spot.end, min(right, spot.end + _REACH))
        place = 0
        while place < len(tokens) and (tokens[place].low in _AND or tokens[place].text == ","):
            start = place + 1
            while start < len(tokens) and (tokens[start].low in _AND or tokens[start].low in _ARTICLES):
                start += 1
            if start >= len(tokens) or _is_class(tokens[start], own):
                return
            found = self._head_part(text, tokens, start, own)
            if found is None:
                return
            last, part = found
            if not self._are_others(part, spot):
                return
            yield _coordinated(tokens[start], tokens[last], part, spot.turn)
            place = last + 1

    def _head_part(
        self, text: str, tokens: Sequence[Token], start: int, own: Sequence[Token]
    ) -> tuple[int, Part] | None:
        for last in range(min(start + _MAX_PART, len(tokens)) - 1, start - 1, -1):
            words = _words(text, tokens[start : last + 1])
            # A bare number shares a head only with another number of its sort.
            if (
                not tokens[last].is_word
                or tokens[last].low in _ARTICLES
                or (_MARK.match(words) and not _MARK.match(own[-1].text))
            ):
                continue
            for place in range(len(own) - 1, 0, -1):
                shared = _ACRONYMS.sub(r"\1", _words(text, own[:place]))
                if not self.names.may_continue(shared, words) and not _MARK.match(words):
                    continue
                part = self._meaning(f"{_words(text, own[:place])} {words}")
                if part is not None:
                    return last, part
        return None

    def _divide(self, text: str, own: Sequence[Token], cuts: Sequence[int]) -> tuple[Spot, ...] | None:
        """ "[Protocol for Rubber-Based] and [Wood-Based Products]": shared head and tail; `cuts` are "," and "and"."""
        if not self.names.begins_name(_words(text, own[: cuts[0]])):
            return None
        parts = [own[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(own)], strict=True)]
        parts = [part[:-1] if part and part[-1].text == "," else part for part in parts]
        if not all(parts):
            return None
        for tail in range(cuts[-1] + 2, len(own) + 1):
            one = self._meaning(f"{_words(text, parts[0])} {_words(text, own[tail:])}")
            for head in range(cuts[0]) if one is not None else ():
                shared, rest = _words(text, own[:head]), _words(text, own[tail:])
                others = [self._meaning(f"{shared} {_words(text, part)} {rest}") for part in parts[1:-1]]
                meanings = [one, *others, self._meaning(f"{shared} {_words(text, parts[-1])}")]
                found = [meaning for meaning in meanings if meaning is not None]
                ids = [entry_id for meaning in found for entry_id in set(meaning.entry_ids)]
                if len(found) == len(parts) and len(ids) == len(set(ids)):
                    pairs = zip(parts, found, strict=True)
                    return tuple(_coordinated(part[0], part[-1], meaning) for part, meaning in pairs)
        return None

    def _are_others(self, part: Part, spot: Spot) -> bool:
        """Whether a part may mean another document than the name beside it: "ADM 2025, 2021" tells but its year."""
        here, there = read_marks(spot.name), read_marks(part.name)
        return any(
            self.editions.fit(entry_id, there) is not None
            and not (entry_id in spot.entry_ids and self.editions.fit(entry_id, here) is not None)
            for entry_id in part.entry_ids
        )

    def _meaning(self, words: str) -> Part | None:
        """The name that these words are, or a name and the mark of one of its editions: "2015 AEC Blueprint"."""
        name = self.names.name_of(words)
        if name is not None and name.entry_ids:
            return Part(name.entry_ids, name.text)
        singular = _ACRONYMS.sub(r"\1", words)  # "AIMs 2015 and 2020"
        if singular != words:
            return self._meaning(singular)
        tokens = words.split()
        for mark, rest in ((tokens[0], tokens[1:]), (tokens[-1], tokens[:-1])):
            base = self.names.name_of(" ".join(rest)) if _MARK.match(mark) and rest else None
            if base is not None and any(self.editions.fit(entry, read_marks(mark)) for entry in base.entry_ids):
                return Part(base.entry_ids, f"{base.text} {mark}")
        return None


def _word_start(text: str, place: int) -> int:
    while 0 < place < len(text) and text[place - 1].isalnum():
        place += 1
    return place


def _words(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def _is_class(token: Token, own: Sequence[Token]) -> bool:
    """In a name with capitals a part in small letters is a class: "the ICT Focus, and declarations"."""
    return token.text.islower() and token.low not in _PREPOSITIONS and not own[0].text.islower()


def _is_plural(text: str, spot: Spot) -> bool:
    """Whether the text has a noun of the name in the plural, so that it stands for more than one document."""
    named = {word.lower() for word in re.findall(r"[^\W\d_]+", spot.name)}
    words = (word.lower() for word in re.findall(r"[^\W\d_]+", text[spot.start : spot.end]))
    return any(word.endswith("s") and word not in named and word[:-1] in named for word in words)


def _overlaps(part: Spot, spots: Sequence[Spot]) -> bool:
    return any(part.start < spot.end and spot.start < part.end for spot in spots)


def _within(part: Spot, spots: Sequence[Spot]) -> bool:
    """Whether what overlaps the part lies in it."""
    return all(part.start <= spot.start and spot.end <= part.end for spot in spots if _overlaps(part, [spot]))


def _coordinated(first: Token, last: Token, part: Part, turn: str = "") -> Spot:
    return Spot(first.start, last.end, "coordination", part.entry_ids, name=part.name, turn=turn)


# ---- parts of one document: "Versions 1 and 2 of the ASEAN Taxonomy"

_NUMBER = r"(?:[IVX]+|\d(?:\.\d)?)"
_ONE_NUMBER = re.compile(_NUMBER)
_PARTS_BEFORE = re.compile(
    rf"\b(?P<kind>phase|version|edition|stage)s?\s(?P<first>{_NUMBER})(?P<more>(?:,\s{_NUMBER})*)"
    rf"\s(?:and|or|&)\s(?P<last>{_NUMBER})\s(?:of|in)\s(?:the\s)?$",
    re.I,
)

# "[Phase 1] and [Phase 2 of the APAEC]", where the second part is the name's already.
_PART_KIND = rf"(?P<part>(?P<kind>phase|version|edition|stage)\s{_NUMBER})"
_PART_BESIDE = re.compile(rf"\b{_PART_KIND}\s(?:and|or|&)\s(?:the\s)?$", re.I)
_PART_HEAD = re.compile(rf"{_PART_KIND}\s(?:of|in|under)\s", re.I)


def split_parts(text: str, spot: Spot, left: int) -> Iterator[Spot]:
    """ "[Versions 1] and [2 of the ASEAN Taxonomy]"."""
    if not spot.entry_ids:
        return
    found = _PARTS_BEFORE.search(text, max(left, spot.start - 60), spot.start)
    beside = _PART_BESIDE.search(text, max(left, spot.start - 60), spot.start)
    own = _PART_HEAD.match(text, spot.start, spot.end)
    if beside is not None and own is not None and own["kind"].lower() == beside["kind"].lower():
        base = spot.name.removesuffix(own["part"]).strip()
        yield replace(spot, start=beside.start(), end=beside.end("part"), name=f"{base} {beside['part']}")
        yield spot
    if found is None:
        return
    places = [here.span() for here in _ONE_NUMBER.finditer(text, found.start("first"), found.end("last"))]
    for start, end in places:
        first = found.start() if start == places[0][0] else start
        last = spot.end if start == places[-1][0] else end
        yield replace(spot, start=first, end=last, name=f"{spot.name} {found['kind']} {text[start:end]}")
