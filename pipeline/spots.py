"""Spots: places of a running text that may become mentions, before anything is decided about them.

The trap: a spot's offsets count through the running text, a mention's through its page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import CitationKind


@dataclass(frozen=True)
class Spot:
    """A place that looks like a document's name; `entry_ids` are the entries whose name it is, if any."""

    start: int
    end: int
    pattern: str
    entry_ids: tuple[str, ...] = ()
    how: str = ""
    unsupported: bool = False  # none of the entries may be meant without a second sign
    kind: CitationKind = CitationKind.NAME
    antecedent: str | None = None

    @property
    def length(self) -> int:
        """In characters."""
        return self.end - self.start


# Of two spots of one length the better found one counts.
_ORDER = ("exact", "spelling", "space-free", "repaired", "")


def keep_longest(spots: Iterable[Spot]) -> list[Spot]:
    """Spots that do not overlap, the longest first served, in the order of the text."""
    kept: list[Spot] = []
    taken: set[int] = set()
    for spot in sorted(spots, key=lambda spot: (-spot.length, _ORDER.index(spot.how), spot.start, spot.pattern)):
        places = range(spot.start, spot.end)
        if not taken.isdisjoint(places):
            continue
        taken.update(places)
        kept.append(spot)
    return sorted(kept, key=lambda spot: spot.start)
