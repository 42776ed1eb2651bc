"""Anaphora: "the said Agreement", "its Implementation Plan", where one document alone can be meant.

In: the spots of a document. Out: spots of kind anaphora, each with the name it stands for. The trap: two possible
antecedents are none; and a wrong antecedent costs more than a missed one, so only words that point back count, and only
to the same or the preceding sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.detect.mentions import Sentences
from pipeline.detect.spans import How, Spot
from pipeline.names.spelling import Spelling, split_words
from pipeline.names.vocabulary import Vocabulary
from pipeline.records import CitationKind, Entry

PATTERN = "anaphora"
_POINTING = (
    r"(?P<pointer>[Tt]he\s(?:said|same|aforesaid|aforementioned|above-mentioned|former|latter|first-named|last-named)"
    r"|[Tt]hat)"
)
_POSSESSIVE = re.compile(
    r"\b[Ii]ts\s(?:annexed\s|attached\s|accompanying\s)?(?P<noun>(?:[A-Z][\w-]+\s){0,3}[A-Z][\w-]+)"
)


@dataclass(frozen=True)
class Resolver:
    """Finds anaphora in one document's text."""

    text: str
    sentences: Sentences
    vocabulary: Vocabulary
    spelling: Spelling
    entries: Mapping[str, Entry]

    def resolve(self, spots: Sequence[Spot]) -> Iterator[Spot]:
        """Anaphora with exactly one antecedent, outside of the spots found so far."""
        named = [spot for spot in spots if not spot.is_body and spot.how is not How.DESCRIBED]
        for found in self._pointing().finditer(self.text):
            if not _covered(found.start(), found.end(), spots):
                yield from self._point_back(found, named)
        for found in _POSSESSIVE.finditer(self.text):
            if not _covered(found.start("noun"), found.end(), spots):
                yield from self._part_of(found, named)

    def _pointing(self) -> re.Pattern[str]:
        nouns = "|".join(sorted(self.vocabulary["anaphoric"]))
        return re.compile(rf"\b{_POINTING}\s(?P<noun>(?:(?i:{nouns})))\b(?!\s(?:on|for|of|to)\s[A-Z])")

    def _point_back(self, found: re.Match[str], named: Sequence[Spot]) -> Iterator[Spot]:
        pointer, noun = found["pointer"].lower(), found["noun"]
        if pointer == "that" and not noun[0].isupper():
            return
        before = [spot for spot in self._preceding(found.start(), named) if self._is_called(spot, noun)]
        if pointer.split()[-1] in ("former", "latter", "first-named", "last-named"):
            chosen = self._of_two(pointer.split()[-1], self._preceding(found.start(), named))
        else:
            meant = {_identity(spot) for spot in before}
            chosen = before[-1] if len(meant) == 1 else None
        if chosen is not None and self._is_called(chosen, noun):
            yield self._anaphor(found.start(), found.end(), chosen)

    def _of_two(self, pointer: str, before: Sequence[Spot]) -> Spot | None:
        """The first or the second of exactly two documents."""
        distinct = list({_identity(spot): spot for spot in reversed(before)}.values())[::-1]
        if len(distinct) != 2:
            return None
        return distinct[0] if pointer in ("former", "first-named") else distinct[1]

    def _part_of(self, found: re.Match[str], named: Sequence[Spot]) -> Iterator[Spot]:
        """ "its Implementation Plan": the one entry that is a part of the document named before and is called so."""
        before = self._preceding(found.start(), named)
        if not before or len({_identity(spot) for spot in before}) != 1 or len(before[-1].entry_ids) != 1:
            return
        parent = before[-1].entry_ids[0]
        words = set(self._folded(found["noun"]))
        parts = [
            entry
            for entry in self.entries.values()
            if entry.part_of == parent and words <= set(self._folded(f"{entry.title} {entry.short_title}"))
        ]
        if len(parts) == 1 and words & self._heads():
            spot = Spot(found.start(), found.end(), PATTERN, (parts[0].id,), name=parts[0].title)
            yield replace(spot, kind=CitationKind.ANAPHORA, antecedent=before[-1].name)

    def _preceding(self, place: int, named: Sequence[Spot]) -> list[Spot]:
        """Documents named before `place`, in its sentence or the one before."""
        left, _ = self.sentences.around(place, place + 1)
        earlier, _ = self.sentences.around(max(left - 2, 0), max(left - 1, 1))
        here = [spot for spot in named if left <= spot.start and spot.end <= place]
        return here or [spot for spot in named if earlier <= spot.start and spot.end <= left]

    def _is_called(self, spot: Spot, noun: str) -> bool:
        """Whether the document is of the kind that the noun says, by its name or by its entry's title."""
        titles = [self.entries[entry_id].title for entry_id in spot.entry_ids]
        words = set(self._folded(" ".join([spot.name, *titles])))
        return any(word in words for word in self._folded(noun))

    def _heads(self) -> frozenset[str]:
        return frozenset(self.spelling.fold_word(head) for head in self.vocabulary["heads"])

    def _folded(self, text: str) -> list[str]:
        return [folded for _, _, folded in self.spelling.fold_words(split_words(text))]

    def _anaphor(self, start: int, end: int, antecedent: Spot) -> Spot:
        name = antecedent.antecedent or antecedent.name
        return replace(
            antecedent,
            start=start,
            end=end,
            pattern=PATTERN,
            kind=CitationKind.ANAPHORA,
            antecedent=name,
            turn=antecedent.turn,
        )


def _identity(spot: Spot) -> tuple[tuple[str, ...], str]:
    return (spot.entry_ids, "") if spot.entry_ids else ((), spot.antecedent or spot.name)


def _covered(start: int, end: int, spots: Sequence[Spot]) -> bool:
    return any(spot.start < end and start < spot.end for spot in spots)
