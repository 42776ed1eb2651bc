"""The citing document's own title, where it stands in its text: the names inside it are no citations.

In: a running text, the source's title, spots. Out: the spots that do not lie inside the title written out. The trap: a
spot that is the whole title stays, because linking tells a source from an older document of its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.detect.spans import Spot
from pipeline.names.folding import fold_text

# A title of fewer words is a name like any other and holds none.
_MIN_WORDS = 4
_WORD = re.compile(r"[^\W_]+")


def outside_own_title(text: str, title: str, spots: Sequence[Spot]) -> list[Spot]:
    """The spots without those that are only a part of the own title."""
    words = _WORD.findall(fold_text(title))
    if len(words) < _MIN_WORDS:
        return list(spots)
    written_out = re.compile(r"\b" + r"[\W_]+".join(map(re.escape, words)) + r"\b", re.I)
    places = [found.span() for found in written_out.finditer(text)]
    return [spot for spot in spots if not any(_is_inside(spot, *place) for place in places)]


def _is_inside(spot: Spot, start: int, end: int) -> bool:
    return start <= spot.start and spot.end <= end and len(spot) < end - start
