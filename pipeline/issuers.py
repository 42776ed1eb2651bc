"""What the words around a name say about who issued the document and what it is about.

In: a mention whose name several documents bear. Out: the one whose subject, issuer or year stands in the words around,
if they speak for one alone. The trap: words that all candidates share say nothing, and neither do those of the name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.dates import PartialDate
from pipeline.knowledge_files import parse_table, read_text
from pipeline.normalise import fold_text
from pipeline.records import Entry, Mention
from pipeline.spelling import Spelling, load_spelling, split_words
from pipeline.stated import years_in

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer

ISSUERS = "issuers.csv"
ISSUER_COLUMNS = ("acronym", "words")
# Words of the sentence count more than those before and behind it.
_IN_SENTENCE, _AROUND = 3.0, 1.0
# A year in the sentence that is one candidate's year of adoption outweighs any word.
_YEAR_WEIGHT = 30.0
# One rare word in the sentence (about 10) is enough; a common one beside the sentence (about 2) is not.
_MIN_SCORE, _MIN_LEAD = 5.0, 3.0


class Surroundings:
    """The words that speak for each entry, weighed by how rare they are in the gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._spelling = load_spelling(gazetteer.folder)
        self._issuers = load_issuers(gazetteer.folder)
        self._aliases = gazetteer.aliases_of
        counts = Counter(
            word for entry in gazetteer.entries.values() for word in set(self._words(self._description(entry)))
        )
        total = max(len(gazetteer.entries), 1)
        self._weights = {word: log(total / count) for word, count in counts.items()}

    def prefer(self, mention: Mention, entries: Sequence[Entry], at: PartialDate | None) -> tuple[Entry, str] | None:
        """The entry that the words around speak for, with those words; None if they do not choose."""
        outside = mention.sentence[: mention.within[0]] + " " + mention.sentence[mention.within[1] :]
        sentence = set(self._words(f"{outside} {mention.lead}"))
        around = set(self._words(mention.around)) - sentence
        years = years_in(outside, at)
        words = {entry.id: self._own_words(entry, entries, mention) for entry in entries}
        scores = {entry.id: self._score(words[entry.id], sentence, around) for entry in entries}
        for entry in entries:
            if entry.issued is not None and entry.issued.year in years:
                scores[entry.id] += _YEAR_WEIGHT
        ranked = sorted(entries, key=lambda entry: (-scores[entry.id], entry.id))
        best, second = ranked[0], ranked[1]
        if scores[best.id] < _MIN_SCORE or scores[best.id] - scores[second.id] < _MIN_LEAD:
            return None
        found = sorted(words[best.id] & (sentence | around), key=lambda word: (-self._weights.get(word, 0.0), word))
        stated = [str(best.issued.year)] if best.issued is not None and best.issued.year in years else []
        return best, ", ".join([*stated, *found][:4])

    def supports(self, mention_words: str, entry: Entry, name: str) -> bool:
        """Whether a word of the entry's title, one that the name does not hold, stands among these words."""
        own = set(self._words(entry.title)) - set(self._words(name))
        found = own & set(self._words(mention_words))
        return sum(self._weights.get(word, 0.0) for word in found) >= _MIN_SCORE

    def _own_words(self, entry: Entry, entries: Sequence[Entry], mention: Mention) -> set[str]:
        own = set(self._words(self._description(entry))) | self._issuer_words(entry)
        others = [other for other in entries if other.id != entry.id]
        shared = [set(self._words(self._description(other))) | self._issuer_words(other) for other in others]
        common = set.intersection(*shared) if shared else set()
        return own - common - set(self._words(mention.name))

    def _score(self, own: set[str], sentence: set[str], around: set[str]) -> float:
        return sum(
            weight * self._weights.get(word, 3.0)
            for words, weight in ((own & sentence, _IN_SENTENCE), (own & around, _AROUND))
            for word in words
        )

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
        return [folded for _, _, folded in self._spelling.fold_words(split_words(fold_text(text))) if len(folded) > 2]


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
