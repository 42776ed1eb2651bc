"""Descriptions of planned documents, linked to what they became.

In: "an ASEAN framework on digital data governance" in a text of 2016. Out: the framework of 2018, or none. The order of
words does not count; the kind of document must be the same, and it must not be older than the citing document. The
trap: two documents on one subject; if both fit, none is linked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.link.guards import Profile
from pipeline.link.knowledge import Knowledge
from pipeline.names.dates import PartialDate
from pipeline.records import Candidate, Entry, Mention

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# What is announced and does not come within this many years is another document.
_MAX_YEARS = 8
# Share of the words' weight that description and name must have in common; so much more than the next one.
_MIN_SHARE = 0.62
_MIN_LEAD = 0.1
# Share of the description's own weight that the name must have: "blue growth" is no "blue economy".
_MIN_COVERED = 0.64
_MAX_CANDIDATES = 60
# "anonymous" and "anonymisation" are one subject.
_MIN_STEM = 6


@dataclass(frozen=True)
class SubjectLinker:
    """Finds entries by kind and subject."""

    gazetteer: Gazetteer
    knowledge: Knowledge
    at: PartialDate | None
    issuer: str = ""  # of the citing document

    def find(self, mention: Mention) -> tuple[Candidate | None, str]:
        """The one entry that the description became, or none, and why."""
        wanted = self.knowledge.guards.profile(mention.name)
        best: dict[str, float] = {}
        for row in self.knowledge.nearest(self._related(wanted), _MAX_CANDIDATES):
            entry = self.gazetteer.entries[row.alias.entry_id]
            if self._is_to_come(entry) and self._is_of_kind(wanted, entry) and self._is_by_same(entry):
                best[entry.id] = max(best.get(entry.id, 0.0), self._share(wanted, row.profile))
        ranked = sorted(((share, entry_id) for entry_id, share in best.items() if share >= _MIN_SHARE), reverse=True)
        if not ranked:
            return None, "described by its subject; the gazetteer shows nothing that it became"
        share, entry_id = ranked[0]
        title = self.gazetteer.entries[entry_id].title
        if len(ranked) > 1 and share - ranked[1][0] < _MIN_LEAD:
            other = self.gazetteer.entries[ranked[1][1]].title
            return None, f"described by its subject; it may have become {title} or {other}"
        reason = f"described by its subject; it became {title}"
        return Candidate(entry_id, title, round(100 * share, 1), reason), reason

    def _is_to_come(self, entry: Entry) -> bool:
        if self.at is None or entry.issued is None:
            return True
        return entry.issued.compare(self.at) != -1 and entry.issued.year - self.at.year <= _MAX_YEARS

    def _is_by_same(self, entry: Entry) -> bool:
        """A document that came in by itself became of a description by its own issuer only."""
        return not entry.came_in or bool(entry.adopted_by and entry.adopted_by == self.issuer)

    def _is_of_kind(self, wanted: Profile, entry: Entry) -> bool:
        """Whether the description's noun is one of the entry's kind, or of a kind that goes by the same nouns."""
        spelling = self.knowledge.guards.spelling
        kind = self.gazetteer.kinds.get(entry.kind, ())[:1]
        nouns = {spelling.fold_word(noun.lower().split()[-1]) for noun in kind}
        nouns |= self.knowledge.guards.profile(entry.title).heads
        vocabulary = self.knowledge.guards.vocabulary
        for name, words in vocabulary.lists.items():
            group = {spelling.fold_word(word) for word in words} if name.startswith("kind_") else set()
            if group & nouns:
                nouns |= group
        return bool(wanted.heads & nouns)

    def _related(self, wanted: Profile) -> set[str]:
        """The description's words and those of the gazetteer that are forms of them."""
        stems = {word[:_MIN_STEM] for word in wanted.words if len(word) >= _MIN_STEM}
        forms = {word for word in self.knowledge.by_word if word[:_MIN_STEM] in stems and len(word) >= _MIN_STEM}
        return set(wanted.words) | forms

    def _share(self, wanted: Profile, known: Profile) -> float:
        """Twice the common weight over the sum of both (Dice), forms of a word counted as one word."""
        colourless = self.knowledge.guards.vocabulary["colourless"] | self.knowledge.guards.vocabulary["subject_owners"]
        left = {_stem(word): self.knowledge.weight(word) for word in wanted.words if word not in colourless}
        right = {_stem(word): self.knowledge.weight(word) for word in known.words if word not in colourless}
        common = sum(min(left[stem], right[stem]) for stem in left.keys() & right.keys())
        total = sum(left.values()) + sum(right.values())
        if common < _MIN_COVERED * sum(left.values()):
            return 0.0
        colourless |= self.knowledge.guards.vocabulary["subject_vague"]  # "a 10-year plan" has no subject
        subject = [word for word in wanted.words - wanted.heads if word not in colourless and _stem(word) in right]
        return 2 * common / total if total and subject else 0.0


def _stem(word: str) -> str:
    return word[:_MIN_STEM]
