"""Words that OCR or a bad font has damaged, mended to a word that names of the gazetteer use.

In: the words of a text, not folded yet. Out: the same, with `lmplementation`, `Charler`, `Cornmunity`, `Facilita on`,
`Informa ion` mended.
Mending is only a proposal: it counts if the whole name then matches. The trap: numbers and short words are never
mended, because one letter or digit tells editions and acronyms apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, Word, split_words

# Shorter words have too many neighbours: "vision" and "mission" are two letters apart, "form" and "from" none.
_MIN_WORD = 6
# What scanners confuse is mended in words this short: "lndo-Pacific".
_MIN_CONFUSED = 4
# A blank in place of a letter tears words this short: "H ze".
_MIN_TORN = 4
# A footnote's number at the end of a sound word damages nothing: "Charter1".
_NOTED = re.compile(r"([^\W\d_]{2,})(\d{1,2})")
_YEAR_LIKE = re.compile(r"[12loi][0-9lois]{3}")
_AS_DIGITS = str.maketrans("lois", "1015")


@dataclass(frozen=True)
class Repairer:
    """The words that names use, and the damaged forms that lead to exactly one of them."""

    spelling: Spelling
    vocabulary: frozenset[str]
    near: Mapping[str, frozenset[str]]  # a word with one letter left out -> the words it may come from
    split: Mapping[tuple[str, str], str]  # the halves that a lost letter or ligature leaves
    confused: tuple[tuple[str, str], ...]
    shapes: Mapping[str, frozenset[str]]  # words by what is left where glyphs that scanners confuse count as one
    _cache: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, spelling: Spelling, names: Iterable[str]) -> Repairer:
        """A repairer for the words of these names."""
        spelt = [split_words(fold_text(name)) for name in names]
        words = {folded for each in spelt for _, _, folded in spelling.fold_words(each)}
        words |= {word.text for each in spelt for word in each}
        words |= {word for first, group in spelling.phrases.items() for rest, _ in group for word in (first, *rest)}
        near: dict[str, set[str]] = defaultdict(set)
        shapes: dict[str, set[str]] = defaultdict(set)
        for word in sorted(word for word in words if len(word) >= _MIN_WORD and word.isalpha()):
            for shorter in _shortened(word):
                near[shorter].add(word)
            for left, right in _halves(word, spelling.ligatures):
                near[left + right].add(word)
            shapes[_shape(word, spelling.confused)].add(word)
        return cls(
            spelling, frozenset(words), _frozen(near), _torn(words, spelling), spelling.confused, _frozen(shapes)
        )

    def repair(self, words: Sequence[Word]) -> tuple[list[Word], set[int]]:
        """The words, mended and rejoined, and the numbers of those that were."""
        found: list[Word] = []
        repaired: set[int] = set()
        index = 0
        while index < len(words):
            word = words[index]
            whole = self._rejoin(word.text, words[index + 1].text) if index + 1 < len(words) else None
            mended = whole or (None if self._is_known(word.text) else self.mend(word.text))
            noted = _NOTED.fullmatch(word.text) if word.text[-1:].isdigit() else None
            if noted is not None and self._is_known(noted[1]):
                word = Word(word.start, word.end - len(noted[2]), noted[1])
            elif mended is not None:
                repaired.add(len(found))
                word = Word(word.start, words[index + 1].end if whole else word.end, mended)
            found.append(word)
            index += 2 if whole else 1
        return found, repaired

    def _rejoin(self, left: str, right: str) -> str | None:
        """The one word of which these are the halves, where a letter or ligature between them is lost."""
        joined = self.split.get((left, right))
        return None if joined is None or (self._is_known(left) and self._is_known(right)) else joined

    def _is_known(self, word: str) -> bool:
        return word in self.vocabulary or self.spelling.fold_word(word) in self.vocabulary

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
        found = found or set(self.shapes.get(_shape(word, self.confused), ()))
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


def _torn(words: Iterable[str], spelling: Spelling) -> dict[tuple[str, str], str]:
    """The halves of words that lost a letter or ligature inside, where they are the halves of no other word."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for word in words:
        if len(word) < _MIN_TORN or not word.isalpha():
            continue
        for place in range(1, len(word) - 1):
            found[word[:place], word[place + 1 :]].add(word)
        for left, right in _halves(word, spelling.ligatures) if len(word) >= _MIN_WORD else ():
            found[left, right].add(word)
    return {halves: next(iter(whole)) for halves, whole in found.items() if len(whole) == 1}


def _shape(word: str, confused: Sequence[tuple[str, str]]) -> str:
    """The word with each of two confused glyphs put as one; pairs go first ("rn" is "m")."""
    for wrong, right in sorted(confused, key=lambda pair: -len(pair[0])):
        if wrong.isdigit() or len(wrong) == 1 or not {"i", "l"} & set(wrong):
            word = word.replace(wrong, right)
    return word.replace("l", "i")


def _frozen(groups: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(found) for key, found in groups.items()}


def _places(word: str, part: str) -> Iterator[int]:
    place = word.find(part)
    while place >= 0:
        yield place
        place = word.find(part, place + 1)
