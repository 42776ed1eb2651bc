"""What a run knows: the gazetteer, and a row for each document of the corpus that the gazetteer lacks.

In: the gazetteer, and what each file says of itself. Out: a `Gazetteer` with more rows, which the stages from detection
to status use as they use any other. A run reads and identifies all files, builds the register, and only then cites.

A document is cited anew only if a row that is new to the gazetteer concerns it: if its text holds the rarest word of
one of the row's names. Whoever changes what a row's names are need not care for that; `corpus_rows` sees all of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.gazetteer.load import Gazetteer
from pipeline.names.folding import fold_text
from pipeline.records import Source

_WORD = re.compile(r"[^\W_]+")


class Row(NamedTuple):
    """A row of the register that the gazetteer has not, or has otherwise."""

    id: str
    key_words: frozenset[str]  # the rarest word of each of its names
    fingerprint: str


def build_register(gazetteer: Gazetteer, sources: Iterable[Source]) -> Gazetteer:
    """The gazetteer with a row for each of these documents that it lacks; the gazetteer itself where it lacks none.

    The order of the sources makes no difference, and several files may be one document.
    """
    return gazetteer


def corpus_rows(register: Gazetteer, gazetteer: Gazetteer) -> tuple[Row, ...]:
    """The rows of a register that are not those of its gazetteer, by id."""
    if register is gazetteer:
        return ()
    rows = []
    for entry_id, entry in sorted(register.entries.items()):
        aliases = register.aliases_of[entry_id]
        if gazetteer.entries.get(entry_id) == entry and gazetteer.aliases_of[entry_id] == aliases:
            continue
        names = (entry.title, entry.short_title, *(alias.text for alias in aliases))
        fingerprint = hashlib.sha256(repr((entry, aliases)).encode()).hexdigest()[:16]
        rows.append(Row(entry_id, frozenset(rarest_word(name) for name in names if name), fingerprint))
    return tuple(rows)


def rarest_word(name: str) -> str:
    """The word of a name that the fewest texts hold; as long as nobody counts them, the longest one."""
    return max(sorted(split_words(name)), key=len, default="")


def split_words(text: str) -> frozenset[str]:
    """The words of a text, folded, each once."""
    return frozenset(_WORD.findall(fold_text(text).casefold()))
