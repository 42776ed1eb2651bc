"""Titles with their subject before the noun: "ASEAN Haze Declaration" for "ASEAN Declaration on Haze".

In: the names of a gazetteer, by key. Out: the same and more. The trap: without the institution's name in front the
short form is anybody's ("Youth Work Plan"), so it is made only of names that begin with it; and a name that the
gazetteer has itself is never overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pipeline.detect.name import Name, is_cased
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling
from pipeline.names.vocabulary import Vocabulary

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
