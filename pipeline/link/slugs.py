"""Ids of documents that no entry gives: one slug for all spellings and word orders of a name.

The trap: the slug is the identity of a node of the map, so it must not depend on the corpus or on the order of words.
"""

from __future__ import annotations

import re

from pipeline.link.guards import Guards
from pipeline.names.editions import read_marks

# Ids stay readable in a table.
_MAX_LENGTH = 90
# "resolution WHA65.4" is the World Health Assembly's resolution 65.4.
_GLUED_NUMBER = re.compile(r"\b([A-Z]{2,6})(?=\d)")


def make_slug(name: str, guards: Guards) -> str:
    """The name's words, folded: the document's noun first, then the others in alphabetical order, then its edition."""
    name = _GLUED_NUMBER.sub(r"\1 ", name)
    profile = guards.profile(name)
    colourless = guards.vocabulary["owners"]
    heads = sorted(profile.heads)
    others = sorted(word for word in profile.words - profile.heads if word not in colourless)
    marks = read_marks(name)
    numbers = sorted(
        [f"{start}-{end}" for start, end in marks.periods]
        + [str(year) for year in marks.years]
        + [f"{kind}-{number:g}" for kind, number in marks.parts]
        + [f"{number:g}" for number in marks.numbers]
    )
    known = {number for mark in numbers for number in re.findall(r"\d+", mark)}
    numbers += sorted(number for number in re.findall(r"\d+", name) if number not in known)
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join([*heads, *others, *numbers])).strip("-")
    return slug[:_MAX_LENGTH].strip("-") or "unnamed"
