"""Word lists, bodies and documents of other institutions: what tells a document's name from other capitalised words.

In: `vocabulary.yaml`, `bodies.csv`, `elsewhere.csv` and the kinds of document in the gazetteer's folder. A missing file
counts as an empty one, so that a new project can start with names alone. The trap: lists are lower case, and a word
of several words ("plan of action") is known by its last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.knowledge import parse_lists, parse_table, read_text

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

VOCABULARY = "vocabulary.yaml"
BODIES = "bodies.csv"
ELSEWHERE = "elsewhere.csv"
BODY_COLUMNS = ("name", "kind", "in_use", "not_in_use")
ELSEWHERE_COLUMNS = ("title", "names")


@dataclass(frozen=True)
class Elsewhere:
    """A known document of another institution: it has no entry, but its names mean one document."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All lists of one gazetteer folder."""

    lists: Mapping[str, frozenset[str]]
    bodies: tuple[str, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.lists.get(name, frozenset())

    def calls_document(self, words: Sequence[str]) -> bool:
        """Whether a name in small letters is called by a document's noun: not "kites under the framework"."""
        links = self["links"] | self["inside"] - {"and", "&"}
        end = next((number for number, word in enumerate(words[1:], 1) if word in links), len(words))
        return not self["heads"].isdisjoint(words[:end])


def load_vocabulary(gazetteer: Gazetteer) -> Vocabulary:
    """The lists of a gazetteer's folder, its kinds' nouns among the heads."""
    folder = gazetteer.folder
    contents = tuple((folder / name, read_text(folder / name)) for name in (VOCABULARY, BODIES, ELSEWHERE))
    kinds = tuple(noun for nouns in gazetteer.kinds.values() for noun in nouns)
    return _load(contents, kinds)


@lru_cache(maxsize=4)
def _load(contents: tuple[tuple[Path, str], ...], kinds: tuple[str, ...]) -> Vocabulary:
    words_of = parse_lists(*contents[0])
    lists: dict[str, frozenset[str]] = {}
    for name, words in words_of.items():
        lists[name] = frozenset(_expand(words, lists))
    nouns = {noun.lower().split()[-1] for noun in kinds}
    weak = lists.get("weak", frozenset())
    lists["strong"] = lists.get("strong", frozenset()) | (nouns - weak)
    lists["heads"] = lists.get("heads", frozenset()) | nouns
    bodies = tuple(row["name"] for row in parse_table(*contents[1], BODY_COLUMNS))
    rows = parse_table(*contents[2], ELSEWHERE_COLUMNS)
    elsewhere = tuple(Elsewhere(row["title"], (row["title"], *filter(None, row["names"].split(";")))) for row in rows)
    return Vocabulary(lists, bodies, elsewhere)


def _expand(words: Iterable[str], lists: Mapping[str, frozenset[str]]) -> Iterable[str]:
    for word in words:
        if word.startswith("@"):
            yield from lists[word[1:]]
        else:
            yield word
