"""Spots: places of a running text that may become mentions, before anything is decided about them.

The trap: a spot's offsets count through the running text, a mention's through its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.records import CitationKind

# Patterns: a noun without a subject ("Plan of Action"), and one in small letters around which a known name may lie.
BARE, KNOWN = "bare", "text: known subject"


class How(StrEnum):
    """How a spot was found, the surest way first."""

    EXACT = "exact"
    SPELLING = "spelling"
    SPACE_FREE = "space-free"
    REPAIRED = "repaired"
    GROWN = "grown"
    DESCRIBED = "described"


@dataclass(frozen=True)
class Spot:
    """A place that looks like a document's name; `entry_ids` are the entries whose name it is, if any."""

    start: int
    end: int
    pattern: str
    entry_ids: tuple[str, ...] = ()
    how: How = How.EXACT
    unsupported: bool = False  # none of the entries may be meant without a second sign
    kind: CitationKind = CitationKind.NAME
    antecedent: str | None = None  # the name that a term or anaphora stands for; the full title of an acronym
    is_body: bool = False  # no document: kept to block shorter names
    turn: str = ""  # the text means another edition: next, post-2015, draft, previous, second ...
    name: str = ""  # in full, as the gazetteer or the text spells it, with what tells its edition

    def __len__(self) -> int:
        return self.end - self.start


# A text with fewer capitals than this, of all its characters, is written in small letters.
_FEW_CAPITALS = 0.001
# Of two spots of one length the better found one counts.
_ORDER = tuple(How)


def is_caseless(text: str) -> bool:
    """Whether a text is written in small letters."""
    return sum(map(str.isupper, text)) < _FEW_CAPITALS * len(text)


def keep_longest(spots: Iterable[Spot]) -> list[Spot]:
    """Spots that do not overlap, the longest first served, in the order of the text."""
    kept: list[Spot] = []
    taken: set[int] = set()
    for spot in sorted(spots, key=_rank):
        places = range(spot.start, spot.end)
        if not taken.isdisjoint(places):
            continue
        taken.update(places)
        kept.append(spot)
    return sorted(kept, key=lambda spot: spot.start)


def best_of_each(spots: Iterable[Spot]) -> list[Spot]:
    """One spot for each extent, the best found."""
    best: dict[tuple[int, int], Spot] = {}
    for spot in sorted(spots, key=_rank):
        best.setdefault((spot.start, spot.end), spot)
    return list(best.values())


def _rank(spot: Spot) -> tuple[bool, int, int, int, str]:
    return spot.how is How.DESCRIBED, -len(spot), _ORDER.index(spot.how), spot.start, spot.pattern


def settle(text: str, spots: Iterable[Spot]) -> list[Spot]:
    """Spots that do not overlap, in the order of the text: the longest name wins, a description gives way to names."""
    spots = list(spots)
    names = keep_longest(spot for spot in spots if spot.how is not How.DESCRIBED)
    taken = {place for name in names for place in range(name.start, name.end)}
    free = [spot for spot in spots if spot.how is How.DESCRIBED and taken.isdisjoint(range(spot.start, spot.end))]
    described = keep_longest(spot for spot in free if spot.pattern != KNOWN)
    nouns = [spot for spot in free if spot.pattern == KNOWN]
    return sorted([*_without_bracketed(text, names), *described, *nouns], key=lambda spot: spot.start)


def _without_bracketed(text: str, names: Sequence[Spot]) -> list[Spot]:
    """Without acronyms in brackets straight behind a name: they belong to it; a symbol there is a name of its own."""
    return [
        spot
        for before, spot in zip([None, *names], names, strict=False)
        if before is None
        or text[before.end : spot.start] not in (" (", "(")
        or not text.startswith(")", spot.end)
        or " " in text[spot.start : spot.end]
        or spot.pattern == "symbol"
    ]
