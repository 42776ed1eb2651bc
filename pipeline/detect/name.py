"""One name of the gazetteer: its spellings, the documents that it means, and whether its capitals matter.

The trap: several entries may bear one name ("AEC Blueprint"); a `Name` holds them all and chooses none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.names.folding import fold_text

if TYPE_CHECKING:
    from pipeline.records import Alias

_CASED = re.compile(r"(?=(?:.*[A-Z]){2})[A-Z0-9][A-Za-z0-9]*|\d[A-Z]+\d*|[IVX]+|\d{1,4}(?:\.\d)?|on|of|for|s")
# Of four letters and more: "Aim 2020" may be a verb.
_LONG_ACRONYM = re.compile(r"\b[A-Z]{4,}\b")
_LEADING_ARTICLE = re.compile(r"^(?:the|an?) ", re.I)


@dataclass(frozen=True)
class Name:
    """One name, perhaps of several documents; `cased` names count only with their capitals."""

    texts: tuple[str, ...]  # as the gazetteer spells it
    entry_ids: tuple[str, ...]
    cased: bool
    unsupported: frozenset[str] = frozenset()  # entries for which this name alone is not enough
    elsewhere: str = ""  # the title of another institution's document, which has no entry

    @property
    def is_body(self) -> bool:
        """A body, system or programme: found only to keep its words from being taken for a document."""
        return not self.entry_ids and not self.elsewhere

    @property
    def text(self) -> str:
        """The first spelling."""
        return self.texts[0]


def make_name(aliases: Sequence[Alias]) -> Name:
    """The name that these aliases spell."""
    ids = tuple(dict.fromkeys(alias.entry_id for alias in aliases))
    supported = {alias.entry_id for alias in aliases if not alias.needs_support}
    texts = tuple(dict.fromkeys(alias.text for alias in aliases))
    return Name(texts, ids, is_cased(texts[0]), frozenset(ids) - supported)


def is_cased(name: str) -> bool:
    """Whether a name consists of acronyms and numbers, so that its capitals are all that tells it from a word."""
    words = re.findall(r"[^\W_]+(?:\.\d)?", fold_text(name))
    return all(_CASED.fullmatch(word) for word in words) and any(len(word) > 1 and word.isupper() for word in words)


def small_acronyms(name: Name) -> tuple[str, ...]:
    """The spellings of an acronym with one capital: "Mpac 2025". Short ones and those with other meanings are words."""
    if not name.cased or name.unsupported or name.is_body:
        return ()
    small = (_LONG_ACRONYM.sub(lambda found: found.group().capitalize(), text) for text in name.texts)
    return tuple(text for text in small if text not in name.texts)


def most_common_acronym(names: Iterable[Name]) -> str:
    """The acronym that most names hold: mostly the institution's own."""
    counts = Counter(word for name in names for word in set(_LONG_ACRONYM.findall(name.text)))
    return min(counts, key=lambda word: (-counts[word], word), default="")


def without_article(name: str) -> str:
    """A title without the article before it, which is no part of a mention."""
    return _LEADING_ARTICLE.sub("", name)
