"""Acronyms with the noun that they hold already: "ACTIP Convention", "TAC Treaty".

In: the names of a gazetteer, by key, and its entries. Out: the same and more. The trap: the noun must be that of the
entry's own title ("ACIA Protocol" is another document), and only with capitals do both make one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.detect.name import Name
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling
from pipeline.names.vocabulary import Vocabulary
from pipeline.records import Entry


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
