"""What the words around a name say about who issued the document and what it is about.

In: a mention whose name several documents bear. Out: how much subject, issuer and year speak for each of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

from pipeline.gazetteer.load import Gazetteer, Held
from pipeline.knowledge import parse_table, read_text
from pipeline.names.dates import PartialDate
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, load_spelling, split_words
from pipeline.names.stated import times_in
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import Entry, Mention

ISSUERS = "issuers.csv"
ISSUER_COLUMNS = ("acronym", "words")
# Words of the sentence count more than those before and behind it.
_IN_SENTENCE, _AROUND = 3.0, 1.0
# A year in the sentence that is one candidate's year of adoption outweighs any word, its month even more.
_YEAR_WEIGHT, _MONTH_WEIGHT = 30.0, 40.0
# So does the whole of which one candidate is a part: "the Ha Noi Plan of Action carries out the ASEAN Vision 2020".
_PART_WEIGHT = 35.0
# Forms of a word: "narrow" and "narrowing", "connectivity" and "connection".
_MIN_PREFIX, _MIN_STEM = 5, 8
# What counts as support: one rare word in the sentence (about 10), not a common one beside it (about 2).
MIN_EVIDENCE = 5.0


@dataclass(frozen=True)
class Neighbours:
    """The other names of a mention's sentence: the entries that are meant without doubt, and where the names stand."""

    entry_ids: frozenset[str] = frozenset()
    places: tuple[tuple[int, int], ...] = ()


NOBODY = Neighbours()


@dataclass(frozen=True)
class _Heard:
    """What stands around a mention: words of its sentence, words beyond it, years and months."""

    sentence: frozenset[str]
    around: frozenset[str]
    times: frozenset[PartialDate]

    def dated(self, entry: Entry) -> float:
        """How much the years and months speak for an entry."""
        issued = entry.issued
        if issued is None:
            return 0.0
        if issued.month is not None and PartialDate(issued.year, issued.month) in self.times:
            return _MONTH_WEIGHT
        return _YEAR_WEIGHT if PartialDate(issued.year) in self.times else 0.0


class Surroundings:
    """The words that speak for each entry, weighed by how rare they are in the gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._spelling = load_spelling(gazetteer.folder)
        self._issuers = load_issuers(gazetteer.folder)
        vocabulary = load_vocabulary(gazetteer)
        self._silent = vocabulary["inside"] | vocabulary["owners"]  # years are heard as years
        self._aliases = gazetteer.aliases_of
        counts = Counter(
            word for entry in gazetteer.entries.values() for word in set(self._words(self._description(entry)))
        )
        total = max(len(gazetteer.entries), 1)
        self._weights = {word: log(total / count) for word, count in counts.items()}

    def evidence(
        self, mention: Mention, entries: Sequence[Entry], at: PartialDate | None, beside: Neighbours = NOBODY
    ) -> dict[str, tuple[float, str]]:
        """How much the words and times around speak for each entry, and with which words; by id.

        About 10 is one rare word in the sentence, 2 a common one beside it. What all entries share says nothing, nor do
        the words and years of names. A part of what stands beside the mention is rather meant than a namesake.
        """
        heard = self._hear(mention, at, beside)
        found = {}
        for entry in entries:
            own = self._own_words(entry, entries, mention)
            score = self._score(own, heard) + heard.dated(entry)
            told = self._told(own, heard, entry)
            if entry.part_of in beside.entry_ids or not beside.entry_ids.isdisjoint(entry.supersedes):
                score += _PART_WEIGHT
                told = told or "a document stands beside it of which it is a part"
            found[entry.id] = (score, told)
        return found

    def _hear(self, mention: Mention, at: PartialDate | None, beside: Neighbours) -> _Heard:
        plain, names = [], []
        place = 0
        for start, end in sorted((mention.within, *beside.places)):
            plain.append(mention.sentence[place:start])
            if (start, end) != mention.within:
                names.append(mention.sentence[start:end])
            place = max(place, end)
        outside = " ".join([*plain, mention.sentence[place:]])
        sentence = frozenset(self._words(f"{outside} {mention.lead}"))
        around = frozenset(self._words(mention.around)) - sentence - frozenset(self._words(" ".join(names)))
        return _Heard(sentence, around, frozenset(times_in(outside, at)))

    def _told(self, own: set[str], heard: _Heard, entry: Entry) -> str:
        """What speaks for an entry, in words for a reason."""
        found = [word for word in own if _has_form(word, heard.sentence) or _has_form(word, heard.around)]
        found.sort(key=lambda word: (-self._weights.get(word, 0.0), word))
        stated = [str(entry.issued)] if entry.issued is not None and heard.dated(entry) else []
        return ", ".join([*stated, *found][:4])

    def supports(self, mention_words: str, entry: Entry, name: str) -> bool:
        """Whether a word of the entry's title, one that the name does not hold, stands among these words."""
        own = set(self._words(entry.title)) - set(self._words(name))
        found = own & set(self._words(mention_words))
        return sum(self._weights.get(word, 0.0) for word in found) >= MIN_EVIDENCE

    def _own_words(self, entry: Entry, entries: Sequence[Entry], mention: Mention) -> set[str]:
        own = set(self._words(self._description(entry))) | self._issuer_words(entry)
        others = [other for other in entries if other.id != entry.id]
        shared = [set(self._words(self._description(other))) | self._issuer_words(other) for other in others]
        common = set.intersection(*shared) if shared else set()
        return own - common - set(self._words(mention.name))

    def _score(self, own: set[str], heard: _Heard) -> float:
        score = 0.0
        for word in own:
            weight = self._weights.get(word, 3.0)
            if _has_form(word, heard.sentence):
                score += weight * _IN_SENTENCE
            elif _has_form(word, heard.around):
                score += weight * _AROUND
        return score

    def _description(self, entry: Entry) -> str:
        names = " ".join(alias.text for alias in self._aliases.get(entry.id, ()))
        return f"{entry.title} {entry.short_title} {names} {entry.dialogue_partner or ''} {entry.adopted_by}"

    def _issuer_words(self, entry: Entry) -> set[str]:
        text = f"{entry.adopted_by} {entry.title} {entry.short_title}"
        return {
            word
            for acronym, words in self._issuers.items()
            if re.search(rf"\b{re.escape(acronym)}\b", text)
            for word in words
        }

    def _words(self, text: str) -> Iterable[str]:
        words = (folded for _, _, folded in self._spelling.fold_words(split_words(fold_text(text))))
        return [word for word in words if len(word) > 2 and not word.isdigit() and word not in self._silent]


def _has_form(word: str, words: frozenset[str]) -> bool:
    """Whether a word or a form of it is among these."""
    if word in words:
        return True
    if len(word) < _MIN_PREFIX:
        return False
    return any(
        len(other) >= _MIN_PREFIX
        and (word.startswith(other) or other.startswith(word) or word[:_MIN_STEM] == other[:_MIN_STEM])
        for other in words
    )


def load_surroundings(gazetteer: Gazetteer) -> Surroundings:
    """What speaks for the entries of a gazetteer; built once per content."""
    return _load(Held(gazetteer))


@lru_cache(maxsize=4)
def _load(held: Held) -> Surroundings:
    return Surroundings(held.gazetteer)


def load_issuers(folder: Path) -> Mapping[str, frozenset[str]]:
    """The words that give each body of `issuers.csv` away; none where the folder has no such file."""
    path = folder / ISSUERS
    return _read_issuers(path, read_text(path))


@lru_cache(maxsize=4)
def _read_issuers(path: Path, content: str) -> Mapping[str, frozenset[str]]:
    spelling = Spelling()
    return {
        row["acronym"]: frozenset(
            folded for word in row["words"].split(";") for _, _, folded in spelling.fold_words(split_words(word))
        )
        for row in parse_table(path, content, ISSUER_COLUMNS)
    }
