"""Later uses of the terms that a text defines, and of acronyms that it explains otherwise.

In: spots and definitions. Out: spots, each later use of a term among them, without acronyms that mean something else.
The trap: a term like "the Agreement" is also a common noun and a part of other names; it counts with its capital,
behind an article, and outside of other names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.detect.definitions import Definition, bare_acronym
from pipeline.detect.spans import How, Spot
from pipeline.names.vocabulary import Vocabulary
from pipeline.records import CitationKind

# What may stand before a term that is nothing but a document's noun.
_ARTICLE_BEFORE = re.compile(
    r"(?:\b(?:the|the said|said|both|each|of|under|to|in|by|per)|^|[.;:|•\"'(-])\s*[\"'(]?$", re.I
)
_SELF_BEFORE = re.compile(r"\b(?:this|these|that|such|any|an?|another|no|other|every|each|said)\s$", re.I)


def apply_definitions(
    text: str, spots: Sequence[Spot], definitions: Sequence[Definition], vocabulary: Vocabulary
) -> list[Spot]:
    """The spots with what the definitions add and take away."""
    first = {definition.term: definition for definition in reversed(definitions)}
    foreign = {term for term, definition in first.items() if definition.spot is None}
    kept = [
        spot
        for spot in spots
        if bare_acronym(text, spot, vocabulary) not in foreign and text[spot.start : spot.end] not in foreign
    ]
    kept = [spot for spot in kept if not any(_quotes(definition, spot) for definition in definitions)]
    known = {definition.spot for definition in definitions if definition.spot is not None}
    described = [spot for spot in known if spot.how is How.DESCRIBED]
    kept = [spot for spot in kept if not any(spot.start < other.end and other.start < spot.end for other in described)]
    kept += described
    uses = list(_uses(text, [each for each in first.values() if each.spot is not None], vocabulary))
    uses = [use for use in uses if not any(each.start <= use.start and use.end <= each.end for each in definitions)]
    free = [use for use in uses if not any(_is_part(use, spot) for spot in kept)]
    rest = [spot for spot in kept if not any(use.start < spot.end and spot.start < use.end for use in free)]
    return sorted([*rest, *free], key=lambda spot: spot.start)


def _quotes(definition: Definition, spot: Spot) -> bool:
    """Whether the spot is the quoted term of a definition, which is no second citation."""
    if definition.spot is None or spot == definition.spot:
        return False
    return definition.start <= spot.start and spot.end <= definition.end


def _uses(text: str, definitions: Sequence[Definition], vocabulary: Vocabulary) -> Iterator[Spot]:
    """Where defined terms stand, each behind its definition; the longest where two begin at one place."""
    by_term = {definition.term: definition for definition in reversed(definitions)}
    if not by_term:
        return
    common = {term for term in by_term if _is_common(term, vocabulary)}
    terms = "|".join(re.escape(term) for term in sorted(by_term, key=lambda term: (-len(term), term)))
    for found in re.finditer(rf"(?<![\w-])(?:{terms})(?![\w-])", text):
        definition = by_term[found.group()]
        if found.start() < definition.end or (found.group() in common and not _stands_for_itself(text, found)):
            continue
        assert definition.spot is not None
        name = definition.spot.name or text[definition.spot.start : definition.spot.end]
        yield replace(
            definition.spot,
            start=found.start(),
            end=found.end(),
            kind=CitationKind.TERM,
            antecedent=definition.spot.antecedent or name,
            unsupported=False,
            turn="",
        )


def _is_common(term: str, vocabulary: Vocabulary) -> bool:
    """Whether the term is nothing but a document's noun: "the Framework Agreement"."""
    return all(word in vocabulary["heads"] or word in vocabulary["empty"] for word in term.lower().split())


def _stands_for_itself(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 12) : found.start()]
    return _ARTICLE_BEFORE.search(before) is not None and _SELF_BEFORE.search(before) is None


def _is_part(use: Spot, spot: Spot) -> bool:
    overlap = use.start < spot.end and spot.start < use.end
    return overlap and len(spot) > len(use) and spot.how is not How.DESCRIBED
