"""Names made of names: subject before the noun, another document's names inside, an acronym with its noun.

In: the names of a gazetteer, by key. Out: the same and more: "ASEAN Haze Declaration" for "ASEAN Declaration on Haze",
"First Protocol to Amend ATIGA" beside the title in full, "ATIGA Agreement". A name that the gazetteer has itself is
never overwritten; without the institution's name in front a short form is anybody's, so it needs a name that has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.detect.name import Name, is_cased
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, Word, split_words
from pipeline.names.vocabulary import Vocabulary
from pipeline.records import Entry

# A longer subject is not put before its noun.
_MAX_SUBJECT = 4
_TAIL = re.compile(r"(?P<body>.*?)(?P<mark>(?:\s\(?(?:19|20)\d\d(?:-(?:19|20)\d\d)?\)?)?)$")


def add_reordered(names: Mapping[str, Name], spelling: Spelling, vocabulary: Vocabulary) -> dict[str, Name]:
    """The names by key, with the reordered forms of those that begin with the institution's name."""
    made: dict[str, Name] = {}
    for name in names.values():
        written = _reordered(fold_text(name.text), vocabulary) if name.entry_ids and not name.unsupported else None
        if written is None:
            continue
        key = spelling.key(written)
        known = made.get(key, Name((written,), (), is_cased(written)))
        made[key] = replace(known, entry_ids=tuple(dict.fromkeys((*known.entry_ids, *name.entry_ids))))
    return {**made, **names}


def _reordered(text: str, vocabulary: Vocabulary) -> str | None:
    """ "ASEAN Work Plan on Youth 2021-2025" as "ASEAN Youth Work Plan 2021-2025"; None where that makes no name."""
    found = _TAIL.match(text)
    assert found is not None
    owner, _, rest = found["body"].partition(" ")
    parts = re.fullmatch(r"(?P<noun>[^,:()]+?) (?:on|for|against)(?: the)? (?P<subject>[^,:()]+)", rest)
    if owner.lower() not in vocabulary["owners"] or parts is None:
        return None
    noun, subject = parts["noun"].split(), parts["subject"].split()
    small = any(not word[0].isupper() for word in (*noun, *subject))
    if small or len(subject) > _MAX_SUBJECT or noun[-1].lower() not in vocabulary["heads"]:
        return None
    return f"{owner} {' '.join(subject)} {' '.join(noun)}{found['mark']}"


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


def add_own_nouns(
    names: Mapping[str, Name], entries: Mapping[str, Entry], spelling: Spelling, vocabulary: Vocabulary
) -> dict[str, Name]:
    """The names by key, with each acronym and the noun of its title."""
    made: dict[str, Name] = {}
    for name in names.values():
        if not name.cased or not name.entry_ids:
            continue
        nouns = {noun for entry_id in name.entry_ids for noun in _nouns(entries[entry_id].title, vocabulary)}
        for noun in sorted(nouns):
            text = f"{fold_text(name.text)} {noun}"
            ids = tuple(entry for entry in name.entry_ids if noun in _nouns(entries[entry].title, vocabulary))
            made.setdefault(spelling.key(text), Name((text,), ids, cased=True))
    return {**made, **names}


def _nouns(title: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The noun of a title, by itself and with the noun before it: "Agreement", "Framework Agreement"."""
    words = re.findall(r"[^\W_]+", fold_text(title))
    own = next((words[:place] for place in range(1, len(words)) if words[place] in vocabulary["links"]), words)
    heads = vocabulary["heads"] - vocabulary["never"]
    while own and own[-1].lower() not in heads:
        own = own[:-1]
    if not own or not own[-1].istitle():
        return ()
    two = own[-2:] if len(own) > 1 and own[-2].lower() in heads and own[-2].istitle() else []
    return (own[-1], " ".join(two)) if two else (own[-1],)
