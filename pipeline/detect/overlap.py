"""Names that overlap: which of them the text means. The longest wins; a description gives way to every name."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.spans import Spot, keep_longest
from pipeline.names.vocabulary import Vocabulary


def settle_overlaps(text: str, spots: Sequence[Spot], vocabulary: Vocabulary) -> list[Spot]:
    """Spots that do not overlap, in the order of the text."""
    names = keep_longest(spot for spot in spots if spot.how != "described")
    described = [spot for spot in spots if spot.how == "described"]
    free = [spot for spot in described if not any(_overlap(spot, name) for name in names)]
    return sorted([*_without_bracketed(text, names), *keep_longest(free)], key=lambda spot: spot.start)


def _without_bracketed(text: str, names: Sequence[Spot]) -> list[Spot]:
    """Without acronyms in brackets straight behind a name: they belong to it."""
    return [
        spot
        for before, spot in zip([None, *names], names, strict=False)
        if before is None
        or text[before.end : spot.start] not in (" (", "(")
        or not text.startswith(")", spot.end)
        or " " in text[spot.start : spot.end]
        or spot.pattern == "symbol"
    ]


def _overlap(one: Spot, other: Spot) -> bool:
    return one.start < other.end and other.start < one.end
