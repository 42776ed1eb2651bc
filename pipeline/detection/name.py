"""One name of the gazetteer: its spellings, the documents that it means, and whether its capitals matter.

The trap: several entries may bear one name ("AEC Blueprint"); a `Name` holds them all and chooses none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.detection.normalise import fold_text

if TYPE_CHECKING:
    from pipeline.records import Alias

_CASED = re.compile(r"(?=(?:.*[A-Z]){2})[A-Z0-9][A-Za-z0-9]*|\d[A-Z]+\d*|[IVX]+|\d{1,4}(?:\.\d)?|on|of|for|s")
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


def without_article(name: str) -> str:
    """A title without the article before it, which is no part of a mention."""
    return _LEADING_ARTICLE.sub("", name)
