"""Parts of one document named together: "Versions 1 and 2 of the ASEAN Taxonomy", "Phase 1 and Phase 2 of the APAEC".

In: a name found in a text. Out: one spot for each part before it, or none. The trap: the last part may be the name's
already, since `extent.py` takes "Phase 2 of the" into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.detect.spans import Spot

_NUMBER = r"(?:[IVX]+|\d(?:\.\d)?)"
_ONE_NUMBER = re.compile(_NUMBER)
_PARTS_BEFORE = re.compile(
    rf"\b(?P<kind>phase|version|edition|stage)s?\s(?P<first>{_NUMBER})(?P<more>(?:,\s{_NUMBER})*)"
    rf"\s(?:and|or|&)\s(?P<last>{_NUMBER})\s(?:of|in)\s(?:the\s)?$",
    re.I,
)

# "[Phase 1] and [Phase 2 of the APAEC]", where the second part is the name's already.
_PART_KIND = rf"(?P<part>(?P<kind>phase|version|edition|stage)\s{_NUMBER})"
_PART_BESIDE = re.compile(rf"\b{_PART_KIND}\s(?:and|or|&)\s(?:the\s)?$", re.I)
_PART_HEAD = re.compile(rf"{_PART_KIND}\s(?:of|in|under)\s", re.I)


def split_parts(text: str, spot: Spot, left: int) -> Iterator[Spot]:
    """ "[Versions 1] and [2 of the ASEAN Taxonomy]"."""
    if not spot.entry_ids:
        return
    found = _PARTS_BEFORE.search(text, max(left, spot.start - 60), spot.start)
    beside = _PART_BESIDE.search(text, max(left, spot.start - 60), spot.start)
    own = _PART_HEAD.match(text, spot.start, spot.end)
    if beside is not None and own is not None and own["kind"].lower() == beside["kind"].lower():
        base = spot.name.removesuffix(own["part"]).strip()
        yield replace(spot, start=beside.start(), end=beside.end("part"), name=f"{base} {beside['part']}")
        yield spot
    if found is None:
        return
    places = [here.span() for here in _ONE_NUMBER.finditer(text, found.start("first"), found.end("last"))]
    for start, end in places:
        first = found.start() if start == places[0][0] else start
        last = spot.end if start == places[-1][0] else end
        yield replace(spot, start=first, end=last, name=f"{spot.name} {found['kind']} {text[start:end]}")
