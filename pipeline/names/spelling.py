"""Which spellings of a word count as one, as `gazetteer/spellings.yaml` says.

In: the folder of the gazetteer. Out: a `Spelling` that folds the words of a name or of a text. A folder without the
file folds nothing but plurals. The trap: names and text must be folded by the same `Spelling`, or nothing matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.knowledge import parse_lists, read_text
from pipeline.names.folding import fold_text

SPELLINGS = "spellings.yaml"
SPELLING_KEYS = ("dropped", "glue", "same", "endings", "confused", "ligatures")
# A word: letters and digits, an abbreviation with points, or the sign for "and"; a possessive s stands for itself.
_WORD = re.compile(r"(?:[A-Za-z]\.){2,}(?![^\W_])|[^\W_]+|&|(?<=[^\W_])'s(?![^\W_])")
LETTERS = re.compile(r"[^\W_]+")
# Three letters in a row that each stand twice: where there are none, no long word is printed over itself.
MAYBE_DOUBLED = re.compile(r"(?:([^\W_])\1){3}")
# An acronym in brackets inside a name ("Framework (DIF) Action Plan") adds nothing to it; a numeral does.
_BRACKETED = re.compile(
    r"\((?![IVX]+\)|[ivx]+\))"
    r"(?:(?=[^)]*[A-Z][^)]*[A-Z])[A-Za-z][A-Za-z0-9&/.-]{1,11}(?: [A-Z0-9][\w.-]{0,8})?|[a-z]{2,6})\)"
)
# Endings are folded only on words long enough to be a stem and an ending ("size" is no "-ise").
_MIN_ENDING_WORD = 7
# Shorter plurals are not folded: "IDs", "gas", "AIDS".
_MIN_PLURAL = 5
# Keys remembered: enough for the names of a long document, a few megabytes.
_MAX_KEYS = 20_000


class Word(NamedTuple):
    """A word of a text: its place, and its letters in lower case."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class Spelling:
    """The rules, ready for use."""

    dropped: frozenset[str] = frozenset()
    glue: frozenset[str] = frozenset()  # words that a lost space glues to a name
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = field(default_factory=dict)
    endings: tuple[tuple[str, str], ...] = ()
    confused: tuple[tuple[str, str], ...] = ()
    ligatures: tuple[str, ...] = ()
    rows: Mapping[str, Any] = field(default_factory=dict)  # as the file has them
    _cache: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def fold_word(self, word: str) -> str:
        """One word in lower case as matching sees it: spelling and plural folded."""
        found = self._cache.get(word)
        if found is None:
            found = self._cache[word] = self._fold(word)
        return found

    def fold_words(self, words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
        """Folded words with the numbers of the first word and of the word after the last that each stands for."""
        index = 0
        while index < len(words):
            text = words[index].text
            length, folded = self._phrase_at(words, index) if text in self.phrases else (1, None)
            if folded is None:
                folded = "" if text in self.dropped else self.fold_word(text)
            if folded:
                yield index, index + length, folded
            index += length

    def key(self, name: str) -> str:
        """A name as one run of folded letters: equal for two spellings of one name."""
        found = self._keys.get(name)
        if found is None:
            if len(self._keys) > _MAX_KEYS:
                self._keys.clear()
            found = "".join(folded for _, _, folded in self.fold_words(split_words(fold_text(name))))
            self._keys[name] = found
        return found

    def _phrase_at(self, words: Sequence[Word], index: int) -> tuple[int, str | None]:
        for rest, folded in self.phrases[words[index].text]:
            following = tuple(word.text for word in words[index + 1 : index + 1 + len(rest)])
            if following == rest:
                return 1 + len(rest), folded
        return 1, None

    def _fold(self, word: str) -> str:
        word = undouble(word)
        if len(word) >= _MIN_ENDING_WORD:
            for ending, folded in self.endings:
                if word.endswith(ending):
                    return word[: -len(ending)] + folded
        if len(word) >= _MIN_PLURAL and word.endswith("s") and not word.endswith(("ss", "us", "is")):
            return word[:-3] + "y" if word.endswith("ies") else word[:-1]
        return word


def split_words(text: str) -> list[Word]:
    """The words of a folded text, without bracketed acronyms and possessive endings."""
    bracketed = [found.span() for found in _BRACKETED.finditer(text)]
    words = []
    skip = 0
    for found in _WORD.finditer(text):
        start, end = found.span()
        while skip < len(bracketed) and bracketed[skip][1] <= start:
            skip += 1
        if skip < len(bracketed) and bracketed[skip][0] <= start:
            continue
        word = found.group()
        if word != "'s":
            words.append(Word(start, end, word.replace(".", "").lower()))
    return _undouble_short(words)


def split_letters(text: str) -> list[Word]:
    """Every run of letters and digits, whatever stands between."""
    runs = [Word(found.start(), found.end(), found.group().lower()) for found in LETTERS.finditer(text)]
    return _undouble_short(runs)


def _undouble_short(words: list[Word]) -> list[Word]:
    """Short words are taken for doubled ("ooff") only beside a long one that is."""
    doubled = {number for number, word in enumerate(words) if len(word.text) >= 6 and _is_doubled(word.text)}
    pending = sorted(doubled)
    while pending:
        number = pending.pop()
        for near in (number - 1, number + 1):
            if 0 <= near < len(words) and near not in doubled and _is_doubled(words[near].text):
                words[near] = words[near]._replace(text=words[near].text[::2])
                doubled.add(near)
                pending.append(near)
    return words


def _is_doubled(word: str) -> bool:
    return len(word) % 2 == 0 and word[0] == word[1] and word[::2] == word[1::2]


def undouble(word: str) -> str:
    """`AASSEEAANN` printed twice over itself is `ASEAN`; other words stay."""
    return word[::2] if len(word) >= 6 and _is_doubled(word) else word


def load_spelling(folder: Path) -> Spelling:
    """The rules of `spellings.yaml`; none where the folder has no such file."""
    path = folder / SPELLINGS
    return _load(path, read_text(path)) if path.exists() else Spelling()


@lru_cache(maxsize=4)
def _load(path: Path, content: str) -> Spelling:
    return unpack_spelling(parse_lists(path, content, SPELLING_KEYS))


def unpack_spelling(rows: Mapping[str, Any]) -> Spelling:
    """The rules, from rows like those of `spellings.yaml`."""
    return Spelling(
        frozenset(rows["dropped"]),
        frozenset(rows["glue"]),
        _phrases(rows["same"]),
        tuple(sorted(((row[0], row[1]) for row in rows["endings"]), key=lambda pair: (-len(pair[0]), pair))),
        tuple((row[0], row[1]) for row in rows["confused"]),
        tuple(rows["ligatures"]),
        rows=rows,
    )


def pack_spelling(spelling: Spelling) -> Mapping[str, Any]:
    """The rows that `unpack_spelling` takes."""
    empty: dict[str, Any] = {name: [] for name in SPELLING_KEYS}
    return spelling.rows or empty


def _phrases(rows: Sequence[Sequence[str]]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for row in rows:
        folded = "".join(word.text for word in split_words(row[-1]))
        for phrase in row:
            first, *rest = [word.text for word in split_words(phrase)]
            found.setdefault(first, []).append((tuple(rest), folded))
    return {first: tuple(sorted(group, key=lambda item: -len(item[0]))) for first, group in found.items()}
