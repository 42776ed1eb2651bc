"""Advice on names that are likely to go wrong: unguarded twins, beginnings of other names, names that need support.

In: a valid gazetteer. Out: `Advice`, one per name and reason. The trap: thousands of names make millions of pairs, so
only names that share all their words but one are ever compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from pipeline.gazetteer.load import Gazetteer, fold_name
from pipeline.names.spelling import load_spelling
from pipeline.records import Alias, AliasKind

# Words that tell no two documents apart.
EMPTY_WORDS = frozenset(["a", "an", "and", "asean", "for", "in", "of", "on", "the", "to", "under", "with"])

# Two words this alike (difflib, 0-1) are one word for an OCR engine or a tired typist.
ALIKE = 0.85

# Acronyms of up to three letters stand for something else in nearly every field.
SHORT_ACRONYM = 3

_WORD = re.compile(r"[^\W_]+")
_EDITION = re.compile(r"\d+|[ivx]+|phase|version|first|second|third")


@dataclass(frozen=True)
class Advice:
    """A name, and what to think about."""

    alias: Alias
    remedy: str


def lint_names(gazetteer: Gazetteer) -> list[Advice]:
    """All advice on the names of a gazetteer."""
    return [
        *_find_same_spelling(gazetteer),
        *_find_twins(gazetteer),
        *_find_beginnings(gazetteer),
        *_find_unsupported(gazetteer),
    ]


def _find_same_spelling(gazetteer: Gazetteer) -> Iterator[Advice]:
    """Names of two documents that the matcher reads as one, after the rules of spellings.yaml."""
    spelling = load_spelling(gazetteer.folder)
    by_key: dict[str, list[Alias]] = defaultdict(list)
    for alias in gazetteer.aliases:
        by_key[spelling.key(alias.text)].append(alias)
    for sharing in by_key.values():
        for left, right in combinations(sharing, 2):
            if left.text != right.text and not _are_declared(gazetteer, left, right):
                yield Advice(left, f"is read as {right.text!r} of {right.entry_id}; declare it in ambiguous_with")


def _find_twins(gazetteer: Gazetteer) -> Iterator[Advice]:
    """Names of two documents that differ in no word that tells documents apart, with nothing that guards them."""
    words = {alias: _telling_words(alias.text) for alias in gazetteer.aliases}
    buckets: dict[tuple[str, ...], list[Alias]] = defaultdict(list)
    for alias, telling in words.items():
        for key in {telling, *(telling[:place] + telling[place + 1 :] for place in range(len(telling)))}:
            if key:
                buckets[key].append(alias)
    pairs = {
        tuple(sorted((left, right), key=lambda alias: (alias.entry_id, alias.text)))
        for bucket in buckets.values()
        for left, right in combinations(bucket, 2)
        if not _are_declared(gazetteer, left, right) and _are_twins(words[left], words[right])
    }
    for left, right in sorted(pairs, key=lambda pair: [(alias.entry_id, alias.text) for alias in pair]):
        yield Advice(
            left,
            f"is nearly {right.text!r} of {right.entry_id}; where one may be taken for the other, use ambiguous_with",
        )


def _find_beginnings(gazetteer: Gazetteer) -> Iterator[Advice]:
    """Names with which the name of another, unrelated document begins: right only as long as the longest name wins."""
    by_text = {fold_name(alias.text): alias for alias in reversed(gazetteer.aliases)}
    longer: dict[str, set[str]] = defaultdict(set)
    for text, alias in by_text.items():
        places = [place for place, character in enumerate(text) if character == " "]
        for place in places:
            short = by_text.get(text[:place])
            if short and not _are_declared(gazetteer, short, alias) and not _are_related(gazetteer, short, alias):
                longer[text[:place]].add(alias.entry_id)
    for text, entry_ids in sorted(longer.items()):
        shown = ", ".join(sorted(entry_ids)[:3]) + (" and others" if len(entry_ids) > 3 else "")
        yield Advice(by_text[text], f"begins names of {shown}; add their other names, so that the longest one is known")


def _find_unsupported(gazetteer: Gazetteer) -> Iterator[Advice]:
    """Names that any text might use for something else, and that count without a second signal."""
    nouns = {fold_name(noun) for names in gazetteer.kinds.values() for noun in names}
    for alias in gazetteer.aliases:
        if alias.needs_support:
            continue
        letters = "".join(_WORD.findall(alias.text))
        if alias.kind is AliasKind.ACRONYM:
            if len(letters) <= SHORT_ACRONYM:
                yield Advice(alias, "is an acronym of three letters or fewer; consider needs_support")
        elif alias.text.islower():
            yield Advice(alias, "has no capital letter, as if it were no name; consider needs_support")
        elif not _has_document_word(alias.text, nouns) and not _holds_acronym_only(alias.text):
            yield Advice(alias, "has no word that means a document; if it may be a body or a system, set needs_support")


def _telling_words(text: str) -> tuple[str, ...]:
    words = (_stem(word) for word in _WORD.findall(fold_name(text)))
    return tuple(sorted(word for word in words if word not in EMPTY_WORDS))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _are_twins(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """All words the same, or all but one, and those two alike and no sign of an edition."""
    only_left, only_right = _without(left, right), _without(right, left)
    if not only_left and not only_right:
        return True
    if len(only_left) != 1 or len(only_right) != 1 or len(left) < 3:
        return False
    if _EDITION.fullmatch(only_left[0]) or _EDITION.fullmatch(only_right[0]):
        return False
    return SequenceMatcher(None, only_left[0], only_right[0], autojunk=False).ratio() >= ALIKE


def _without(words: tuple[str, ...], others: Iterable[str]) -> list[str]:
    rest = list(words)
    for other in others:
        if other in rest:
            rest.remove(other)
    return rest


def _are_declared(gazetteer: Gazetteer, left: Alias, right: Alias) -> bool:
    return left.entry_id == right.entry_id or right.entry_id in gazetteer.entries[left.entry_id].ambiguous_with


def _are_related(gazetteer: Gazetteer, left: Alias, right: Alias) -> bool:
    """One is part of the other, or follows it: then the shorter name inside the longer one is what one expects."""
    pair = gazetteer.entries[left.entry_id], gazetteer.entries[right.entry_id]
    return any(other.id == entry.part_of or other.id in entry.supersedes for entry, other in (pair, (pair[1], pair[0])))


def _has_document_word(text: str, nouns: set[str]) -> bool:
    folded = f" {fold_name(text)} "
    return any(re.search(rf"\b{re.escape(noun)}(?:s)?\b", folded) for noun in nouns)


def _holds_acronym_only(text: str) -> bool:
    return any(word.isupper() and len(word) >= SHORT_ACRONYM and word != "ASEAN" for word in _WORD.findall(text))
