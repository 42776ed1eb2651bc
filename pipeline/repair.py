"""Words that OCR or a bad font has damaged, mended to a word that names of the gazetteer use.

In: the folded words of a text. Out: the same, with `lmplementation`, `Charler`, `Cornmunity`, `Facilita on` mended.
Mending is only a proposal: it counts if the whole name then matches. The trap: numbers and short words are never
mended, because one letter or digit tells editions and acronyms apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.normalise import fold_text
from pipeline.spelling import Spelling, Word, split_words

# Shorter words have too many neighbours: "vision" and "mission" are two letters apart, "form" and "from" none.
_MIN_WORD = 6
# What scanners confuse is mended in words this short: "lndo-Pacific".
_MIN_CONFUSED = 4
_YEAR_LIKE = re.compile(r"[12loi][0-9lois]{3}")
_AS_DIGITS = str.maketrans("lois", "1015")

Folded = tuple[int, int, str]


@dataclass(frozen=True)
class Repairer:
    """The words that names use, and the damaged forms that lead to exactly one of them."""

    spelling: Spelling
    vocabulary: frozenset[str]
    near: Mapping[str, frozenset[str]]  # a word with one letter left out -> the words it may come from
    split: Mapping[tuple[str, str], str]  # the halves that a lost ligature leaves
    confused: tuple[tuple[str, str], ...]
    _cache: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, spelling: Spelling, names: Iterable[str]) -> Repairer:
        """A repairer for the words of these names."""
        spelt = [split_words(fold_text(name)) for name in names]
        words = {folded for each in spelt for _, _, folded in spelling.fold_words(each)}
        words |= {word.text for each in spelt for word in each}
        near: dict[str, set[str]] = defaultdict(set)
        split: dict[tuple[str, str], str] = {}
        for word in sorted(word for word in words if len(word) >= _MIN_WORD and word.isalpha()):
            for shorter in _shortened(word):
                near[shorter].add(word)
            for left, right in _halves(word, spelling.ligatures):
                split[left, right] = word
                near[left + right].add(word)
        return cls(
            spelling, frozenset(words), {key: frozenset(found) for key, found in near.items()}, split, spelling.confused
        )

    def repair(self, words: Sequence[Word], folded: Iterable[Folded], repaired: set[int]) -> Iterator[Folded]:
        """The folded words, mended; the numbers of mended ones are added to `repaired`."""
        pending = list(folded)
        index = count = 0
        while index < len(pending):
            first, last, text = pending[index]
            if text not in self.vocabulary:
                following = pending[index + 1] if index + 1 < len(pending) else None
                joined = self.split.get((text, words[following[0]].text)) if following else None
                if joined is not None and following is not None:
                    last, index = following[1], index + 1
                mended = joined or self.mend(words[first].text if last == first + 1 else text)
                if mended is not None:
                    text = self.spelling.fold_word(mended)
                    repaired.add(count)
            yield first, last, text
            index += 1
            count += 1

    def mend(self, word: str) -> str | None:
        """The one word of the names that `word` is a damaged form of, or None."""
        if word not in self._cache:
            self._cache[word] = self._mend(word)
        return self._cache[word]

    def _mend(self, word: str) -> str | None:
        if _YEAR_LIKE.fullmatch(word) and sum(letter.isdigit() for letter in word) >= 2:
            year = word.translate(_AS_DIGITS)
            return year if year != word and year[:2] in ("19", "20") else None
        if len(word) < _MIN_CONFUSED or sum(letter.isalpha() for letter in word) < _MIN_CONFUSED - 1:
            return None
        found = {other for other in self._confusions(word) if other in self.vocabulary}
        if len(word) < _MIN_WORD - 1:
            return next(iter(found)) if len(found) == 1 else None
        found |= {other for other in self._neighbours(word) if other[0] == word[0]}
        return next(iter(found)) if len(found) == 1 else None

    def _confusions(self, word: str) -> Iterator[str]:
        for one, two in self.confused:
            for wrong, right in ((one, two), (two, one)):
                for place in _places(word, wrong):
                    yield word[:place] + right + word[place + len(wrong) :]

    def _neighbours(self, word: str) -> Iterator[str]:
        """Words of the names with one letter more, less or other than `word`."""
        yield from self.near.get(word, ())
        for shorter in _shortened(word):
            if shorter in self.vocabulary and len(shorter) >= _MIN_WORD:
                yield shorter
            for other in self.near.get(shorter, ()):
                if len(other) == len(word) and sum(a != b for a, b in zip(word, other, strict=True)) == 1:
                    yield other


def _shortened(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _halves(word: str, ligatures: Sequence[str]) -> Iterator[tuple[str, str]]:
    for ligature in ligatures:
        for place in _places(word, ligature):
            yield word[:place], word[place + len(ligature) :]


def _places(word: str, part: str) -> Iterator[int]:
    place = word.find(part)
    while place >= 0:
        yield place
        place = word.find(part, place + 1)
