"""Names that hold the name of another document, written with each of that document's other names.

In: the names of a gazetteer, by key. Out: the same and more: beside "First Protocol to Amend the ASEAN Trade in Goods
Agreement" also "First Protocol to Amend ATIGA". The trap: the name inside must be another document's, and a name that
the gazetteer has itself is never overwritten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.detect.name import Name, is_cased
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, Word, split_words
from pipeline.names.vocabulary import Vocabulary


def add_compounds(names: Mapping[str, Name], spelling: Spelling, vocabulary: Vocabulary) -> dict[str, Name]:
    """The names by key, with the compounds that can be made of them."""
    maker = _Maker(names, spelling, vocabulary, _lengths(names))
    groups = _groups(names)
    made: dict[str, Name] = {}
    for name in names.values():
        text = fold_text(name.text)
        for start, end, inner in maker.inner_names(text) if name.entry_ids else ():
            for other in groups.get(inner.entry_ids, ()) if set(inner.entry_ids).isdisjoint(name.entry_ids) else ():
                written = f"{text[:start]}{other}{text[end:]}"
                key = spelling.key(written)
                known = made.get(key, Name((written,), (), is_cased(written), name.unsupported))
                made[key] = replace(known, entry_ids=tuple(dict.fromkeys((*known.entry_ids, *name.entry_ids))))
    return {**made, **names}


def _groups(names: Mapping[str, Name]) -> dict[tuple[str, ...], list[str]]:
    """Names by the documents that they mean, without those that mean something else too."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in names.values():
        if name.entry_ids and not name.unsupported:
            groups[name.entry_ids].append(name.text)
    return groups


def _lengths(names: Mapping[str, Name]) -> dict[str, set[int]]:
    """By first word, how many words names have: all that need be looked for."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in names.values():
        words = split_words(fold_text(name.text)) if name.entry_ids else []
        if words:
            lengths[words[0].text].add(len(words))
    return lengths


@dataclass(frozen=True)
class _Maker:
    names: Mapping[str, Name]
    spelling: Spelling
    vocabulary: Vocabulary
    lengths: Mapping[str, set[int]]

    def inner_names(self, text: str) -> Iterator[tuple[int, int, Name]]:
        """The longest names inside a name, from left to right."""
        words = split_words(text)
        first = 0
        while first < len(words):
            found = next(self._names_at(text, words, first), None)
            if found is not None and self._is_object(words, first, found[0]):
                yield words[first].start, words[found[0] - 1].end, found[1]
            first = found[0] if found is not None else first + 1

    def _is_object(self, words: Sequence[Word], first: int, last: int) -> bool:
        """Whether the whole is a document about the one inside: "Review of X", "X Work Plan"; not "X 2.0", "new X"."""
        heads, after = self.vocabulary["heads"], [word.text for word in words[last:]]
        goes_on = bool(after) and after[0] in self.vocabulary["links"]
        if goes_on and words[last - 1].text in self.vocabulary["extendable"]:
            return False
        if first > 0:
            return any(word.text in heads for word in words[:first])
        return not goes_on and not any(map(str.isdigit, after[0])) and any(word in heads for word in after)

    def _names_at(self, text: str, words: Sequence[Word], first: int) -> Iterator[tuple[int, Name]]:
        for length in sorted(self.lengths.get(words[first].text, ()), reverse=True):
            last = first + length
            if length < len(words) and last <= len(words):
                name = self.names.get(self.spelling.key(text[words[first].start : words[last - 1].end]))
                if name is not None and name.entry_ids:
                    yield last, name
