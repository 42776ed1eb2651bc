"""Later uses of the terms that a text defines, and of acronyms that it explains otherwise.

In: spots and definitions. Out: spots, each later use of a term among them, without acronyms that mean something else.
The trap: a term like "the Agreement" is also a common noun and a part of other names; it counts with its capital,
behind an article, and outside of other names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.definitions import Definition
from pipeline.records import CitationKind
from pipeline.spots import Spot
from pipeline.vocabulary import Vocabulary

# What may stand before a term that is nothing but a document's noun.
_ARTICLE_BEFORE = re.compile(
    r"(?:\b(?:the|the said|said|both|each|of|under|to|in|by|per)|^|[.;:|•\"'(-])\s*[\"'(]?$", re.I
)
_SELF_BEFORE = re.compile(r"\b(?:this|these|that|such|any|an?|another|no|other|every|each|said)\s$", re.I)
_JOINED = re.compile(r"[\w-]$")


def apply_definitions(
    text: str, spots: Sequence[Spot], definitions: Sequence[Definition], vocabulary: Vocabulary
) -> list[Spot]:
    """The spots with what the definitions add and take away."""
    foreign = {definition.term for definition in definitions if definition.spot is None}
    kept = [spot for spot in spots if text[spot.start : spot.end] not in foreign]
    kept = [spot for spot in kept if not any(_quotes(definition, spot) for definition in definitions)]
    uses = [use for definition in definitions for use in _uses(text, definition, vocabulary)]
    uses = _longest(uses)
    free = [use for use in uses if not any(_is_part(use, spot) for spot in kept)]
    rest = [spot for spot in kept if not any(use.start <= spot.start and spot.end <= use.end for use in free)]
    return sorted([*rest, *free], key=lambda spot: spot.start)


def _quotes(definition: Definition, spot: Spot) -> bool:
    """Whether the spot is the quoted term of a definition, which is no second citation."""
    if definition.spot is None or spot == definition.spot:
        return False
    return definition.start <= spot.start and spot.end <= definition.end


def _uses(text: str, definition: Definition, vocabulary: Vocabulary) -> Iterator[Spot]:
    if definition.spot is None:
        return
    common = all(
        word.lower() in vocabulary["heads"] or word.lower() in vocabulary["empty"] for word in definition.term.split()
    )
    pattern = re.compile(rf"(?<![\w-]){re.escape(definition.term)}(?![\w-])")
    for found in pattern.finditer(text, definition.end):
        if common and not _stands_for_itself(text, found):
            continue
        yield replace(
            definition.spot,
            start=found.start(),
            end=found.end(),
            kind=CitationKind.TERM,
            antecedent=definition.spot.antecedent
            or definition.spot.name
            or text[definition.spot.start : definition.spot.end],
            unsupported=False,
            turn="",
        )


def _stands_for_itself(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 12) : found.start()]
    return _ARTICLE_BEFORE.search(before) is not None and _SELF_BEFORE.search(before) is None


def _longest(uses: Sequence[Spot]) -> list[Spot]:
    kept: list[Spot] = []
    for use in sorted(uses, key=lambda use: (use.start, -len(use))):
        if not kept or use.start >= kept[-1].end:
            kept.append(use)
    return kept


def _is_part(use: Spot, spot: Spot) -> bool:
    return use.start < spot.end and spot.start < use.end and len(spot) > len(use)
