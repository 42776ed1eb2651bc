"""Bare names: "Ha Noi Declaration" for every document whose title begins with these words, whatever its subject.

In: the names of a gazetteer. Out: each bare name with the entries that it may mean, also those that do not list it.
The trap: only a place makes a bare name; "ASEAN Declaration" opens dozens of titles and is still one document, and a
part of a plan is not the plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, Word, split_words
from pipeline.names.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# "Bandar Seri Begawan Declaration", "Cha-am Hua Hin Declaration": no bare name is longer.
_MAX_WORDS = 6
_YEARS = re.compile(r"(?:of )?\b(?:19|20)\d\d(?:-(?:19|20)?\d\d)?\b")
_YEAR_BEFORE = re.compile(r"(?:the )?(?:(?:19|20)\d\d )?", re.I)


@dataclass(frozen=True)
class BareNames:
    """The bare names of a gazetteer by their keys; `listed` are the entries that have the bare name itself."""

    spelling: Spelling = field(default_factory=Spelling)
    texts: Mapping[str, str] = field(default_factory=dict)
    entry_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def inferred(self, name: str) -> frozenset[str] | None:
        """The entries that a bare name, perhaps with a year, may mean without being listed; None for other names."""
        key = self.spelling.key(_YEARS.sub(" ", fold_text(name)))
        if key not in self.entry_ids:
            return None
        return frozenset(self.entry_ids[key]) - self.listed.get(key, frozenset())


def find_bare_names(gazetteer: Gazetteer, spelling: Spelling, vocabulary: Vocabulary) -> BareNames:
    """Bare names and the ids of the entries that have a name beginning with them."""
    texts: dict[str, str] = {}
    found: dict[str, dict[str, None]] = {}
    listed: dict[str, set[str]] = {}
    for alias in gazetteer.aliases:
        bare = bare_name(alias.text, vocabulary)
        if bare is None:
            continue
        key = spelling.key(bare)
        texts.setdefault(key, bare)
        found.setdefault(key, {})[alias.entry_id] = None
        if spelling.key(alias.text) == key:
            listed.setdefault(key, set()).add(alias.entry_id)
    entry_ids = {key: _without_parts(tuple(ids), gazetteer) for key, ids in found.items()}
    owners = {key: frozenset(ids) for key, ids in listed.items()}
    return BareNames(spelling, texts, entry_ids, owners)


def bare_name(name: str, vocabulary: Vocabulary) -> str | None:
    """A name without its subject and year, if it begins with a place: "Bali Declaration" of "Bali Declaration on X"."""
    text = _YEAR_BEFORE.sub("", fold_text(name), count=1)
    words = split_words(text)
    end = _head_end(words, vocabulary)
    if not end or not any(word.text in vocabulary["places"] for word in words[: end - 1]):
        return None
    if not _is_over(text, words, end, vocabulary):
        return None
    return text[words[0].start : words[end - 1].end]


def _head_end(words: Sequence[Word], vocabulary: Vocabulary) -> int:
    """The number of words up to the first document's noun, with those that go on with it; 0 without one."""
    for number, word in enumerate(words[:_MAX_WORDS]):
        if word.text not in vocabulary["heads"] or number == 0:
            continue
        end = number + 1
        while end < len(words) and words[end].text in vocabulary["heads"]:
            end += 1
        following = [word.text for word in words[end : end + 2]]
        goes_on = len(following) == 2 and following[0] == "of" and following[1] in vocabulary["of_nouns"]
        return end + 2 if goes_on else end
    return 0


def _is_over(text: str, words: Sequence[Word], end: int, vocabulary: Vocabulary) -> bool:
    """Whether a subject, a year, a mark or nothing follows; "Bali Concord II" and "Cebu Plan Review" go on."""
    if end == len(words):
        return True
    between = text[words[end - 1].end : words[end].start].strip()
    following = words[end].text
    if following in vocabulary["links"]:
        return True
    return (bool(between) and between[0] in ":-(\"',") or (following.isdigit() and len(following) == 4)


def _without_parts(ids: tuple[str, ...], gazetteer: Gazetteer) -> tuple[str, ...]:
    """A part of a document is not what the document's bare name means."""
    return tuple(entry_id for entry_id in ids if gazetteer.entries[entry_id].part_of not in ids)
