"""Documents that a text names only by kind and date: "the Joint Declaration signed in Phnom Penh on 5 November 2002".

In: the running text. Out: spots for the nouns behind which a date of signing stands; linking takes them only if exactly
one entry of that kind has that date. The trap: mostly the date belongs to a full name that is found anyway; such places
are left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.detect.spans import Spot
from pipeline.names.stated import DAY
from pipeline.names.vocabulary import Vocabulary

PATTERN = "dated"
# Between the verb of signing and the date stand a place, people, or both.
_REACH = 90


def find_dated(text: str, spots: Sequence[Spot], vocabulary: Vocabulary) -> Iterator[Spot]:
    """Nouns of documents with a date of signing, outside of the names found so far."""
    for found in _noun_pattern(vocabulary["of_heads"]).finditer(text):
        date = DAY.search(text, found.end(), found.end() + _REACH)
        if date is None or re.search(r"[.;]\s", text[found.end() : date.start()]):
            continue
        start, end = found.span("noun")
        if not any(spot.start < end and start < spot.end for spot in spots):
            yield Spot(start, end, PATTERN, how="described", name=text[start : date.end()])


@lru_cache(maxsize=4)
def _noun_pattern(nouns: frozenset[str]) -> re.Pattern[str]:
    kinds = "|".join(sorted(noun.capitalize() for noun in nouns))
    return re.compile(
        rf"\b(?:the|a|an)\s(?P<noun>(?:[A-Z][\w-]+\s){{0,3}}(?:{kinds}))\s(?:which\swas\s|that\swas\s)?"
        r"(?:signed|adopted|issued|concluded|made|done)\b"
    )
