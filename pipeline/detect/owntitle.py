"""The citing document itself: its title block, running titles, short names and what it says is signed with it.

In: a running text, the source's title where it is known, spots. Out: the spots that do not mean the document itself. A
text without a title has one if it begins with a heading that holds a document's noun, and later says "this Agreement",
or when it was adopted. A spot that is the whole title of a known source stays: linking tells it from an older document
of that name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.detect.running import RunningText
from pipeline.detect.spans import Spot
from pipeline.names.dates import MONTHS
from pipeline.names.editions import read_marks
from pipeline.names.folding import fold_text
from pipeline.names.vocabulary import Vocabulary

# A title of fewer words is a name like any other and holds none.
_MIN_WORDS = 4
# A title block is at most this long, in stretches and characters.
_MAX_LINES, _MAX_TITLE = 6, 400
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_ADOPTED = re.compile(r"\s*(?:as\s)?(?:adopted|endorsed|signed|done|approved|issued)\b", re.I)
# "Vientiane, Lao PDR, 9 October 2024" on a line of its own, behind the title.
_PLACE_AND_DATE = re.compile(
    rf"[A-Z][^\d.;:]{{2,60}},\s\d{{1,2}}(?:-\d{{1,2}})?\s(?:{'|'.join(MONTHS)})\s(?:19|20)\d\d\s*$", re.I
)
_THIS_DAY = re.compile(
    r"\b(?:on\sthis\s(?:date|day)(?:\sof)?|signed\stoday(?:\sof)?|being\ssigned(?:\stoday)?)\s(?:the\s)?$", re.I
)


def outside_own_title(running: RunningText, title: str, spots: Sequence[Spot], vocabulary: Vocabulary) -> list[Spot]:
    """The spots without those that mean the document itself or are only a part of its title."""
    signed = {spot.name for spot in spots if _THIS_DAY.search(running.text, max(0, spot.start - 40), spot.start)}
    spots = [spot for spot in spots if spot.name not in signed and spot.antecedent not in signed]
    words = _WORD.findall(fold_text(title))
    if words:
        return _outside(running.text, words, spots) if len(words) >= _MIN_WORDS else list(spots)
    block, end = _title_block(running, vocabulary)
    if not block:
        return list(spots)
    acronyms = {found[1] for found in re.finditer(r"\(([A-Z][\w-]+)\)", block)}
    return [spot for spot in spots if spot.start >= end and not _is_own(spot, block, acronyms, vocabulary)]


def _outside(text: str, words: Sequence[str], spots: Sequence[Spot]) -> list[Spot]:
    """The spots that are no part of the title written out."""
    written_out = re.compile(r"\b" + r"[\W_]+".join(map(re.escape, words)) + r"\b", re.I)
    places = [found.span() for found in written_out.finditer(text)]
    return [
        spot
        for spot in spots
        if not any(start <= spot.start and spot.end <= end and len(spot) < end - start for start, end in places)
    ]


def _title_block(running: RunningText, vocabulary: Vocabulary) -> tuple[str, int]:
    """The heading with which the text begins, if it names the document, and where it ends; else nothing."""
    text, starts = running.text, [stretch.start for stretch in running.stretches]
    end = 0
    for start, stop in zip(starts[:_MAX_LINES], [*starts[1:], len(text)], strict=False):
        if not _is_heading(text[start:stop], vocabulary) or stop > _MAX_TITLE:
            break
        end = stop
    block = text[:end]
    nouns = [word.lower() for word in _WORD.findall(block) if word.lower() in vocabulary["heads"]]
    if not nouns:
        return "", 0
    this = re.compile(rf"\bthis\s(?:\w+\s)?(?:{'|'.join(sorted(set(nouns)))})\b", re.I)
    heads = vocabulary["heads"]
    borders = [len(running.stretches[0].line.text), *starts[1:_MAX_LINES]]
    parts = [text[one:two].strip() for one, two in pairwise([*borders, end]) if two <= end]
    is_dated = any(_PLACE_AND_DATE.match(part) and heads.isdisjoint(_WORD.findall(part.lower())) for part in parts)
    if not is_dated and this.search(text, end) is None and _ADOPTED.match(text, end) is None:
        return "", 0
    return block, end


def _is_heading(line: str, vocabulary: Vocabulary) -> bool:
    words = [word for word in _WORD.findall(line) if word.lower() not in vocabulary["inside"]]
    return bool(words) and line.rstrip()[-1:] not in ".;:,!?" and all(not word[0].islower() for word in words)


def _is_own(spot: Spot, block: str, acronyms: set[str], vocabulary: Vocabulary) -> bool:
    """Whether a name is the title's, in another order or cut short, or its acronym, and no other edition."""
    name = spot.antecedent or spot.name
    marks = read_marks(name)
    if marks and marks != read_marks(block):
        return False
    if name in acronyms or spot.name.split(" ")[0] in acronyms:
        return True
    own = {word.lower() for word in _WORD.findall(block)}
    words = {word.lower() for word in _WORD.findall(name)} - vocabulary["inside"]
    told = words - vocabulary["heads"] - vocabulary["empty"] - vocabulary["owners"]
    return len(told) > 1 and words <= own | vocabulary["inside"]
