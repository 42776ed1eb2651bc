"""Word lists, bodies and documents of other institutions: what tells a document's name from other capitalised words.

In: `vocabulary.yaml`, `bodies.csv`, `elsewhere.csv` and the kinds of document in the gazetteer's folder. A missing file
counts as an empty one, so that a new project can start with names alone. The trap: lists are lower case, and a word
of several words ("plan of action") is known by its last one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer

VOCABULARY = "vocabulary.yaml"
BODIES = "bodies.csv"
ELSEWHERE = "elsewhere.csv"


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


def load_vocabulary(gazetteer: Gazetteer) -> Vocabulary:
    """The lists of a gazetteer's folder, its kinds' nouns among the heads."""
    folder = gazetteer.folder
    contents = tuple(_read(folder / name) for name in (VOCABULARY, BODIES, ELSEWHERE))
    kinds = tuple(noun for nouns in gazetteer.kinds.values() for noun in nouns)
    return _load(contents, kinds)


@lru_cache(maxsize=4)
def _load(contents: tuple[str, str, str], kinds: tuple[str, ...]) -> Vocabulary:
    # Every value is a word: "no" and "on" too.
    rows: dict[str, list[str]] = yaml.load(contents[0], Loader=yaml.BaseLoader) or {}
    lists: dict[str, frozenset[str]] = {}
    for name, words in rows.items():
        lists[name] = frozenset(_expand(words, lists))
    nouns = {noun.lower().split()[-1] for noun in kinds}
    weak = lists.get("weak", frozenset())
    lists["strong"] = lists.get("strong", frozenset()) | (nouns - weak)
    lists["heads"] = lists.get("heads", frozenset()) | nouns
    bodies = tuple(row["name"] for row in _rows(contents[1]))
    elsewhere = tuple(
        Elsewhere(row["title"], (row["title"], *filter(None, row["names"].split(";")))) for row in _rows(contents[2])
    )
    return Vocabulary(lists, bodies, elsewhere)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _rows(content: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(content))


def _expand(words: Iterable[str], lists: Mapping[str, frozenset[str]]) -> Iterable[str]:
    for word in words:
        if word.startswith("@"):
            yield from lists[word[1:]]
        else:
            yield word
