"""Spots of the running text -> mentions, each with its sentence, its place on the page and what governs it.

The trap: the sentence is cut from the running text, where a name is in one piece; `start` and `end` of the mention
count through the page's own text and may run on into the next page's.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.detect.leads import find_lead
from pipeline.detect.running import RunningText
from pipeline.detect.spans import How, Spot
from pipeline.records import Mention, Source

# A page number and a running header inside a name are shorter than this, a footnote is longer.
_INTERRUPTION = 150
# Characters on each side that may tell which of several documents a name means.
_AROUND = 400
# A sentence ends at these, unless what stands before is an abbreviation or an initial.
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*(?=\s+[\"'(\[]?[A-Z0-9])|;(?=\s)|[.!?]\s*$")
_ABBREVIATION = re.compile(
    r"(?:\b(?:art|arts|no|nos|para|paras|vol|pp?|cf|viz|al|fig|ch|sec|st|dr|mr|mrs|ms|prof|e\.g|i\.e|inc|ltd)|\b[A-Z]|\b\d{1,2})\.$",
    re.I,
)


def make_mentions(
    source: Source, running: RunningText, sentences: Sentences, spots: Sequence[Spot]
) -> tuple[Mention, ...]:
    """The mentions of a document, in reading order."""
    seen: Counter[tuple[str, str]] = Counter()
    mentions = []
    for spot in spots:
        mention = _make_mention(source, running, sentences, spot)
        key = (mention.sentence, " ".join(mention.surface.split()))
        mentions.append(_numbered(mention, seen[key]))
        seen[key] += 1
    return tuple(mentions)


class Sentences:
    """Where the sentences of a running text begin and end."""

    def __init__(self, running: RunningText) -> None:
        ends = [
            found.end() for found in _SENTENCE_END.finditer(running.text) if not _is_abbreviated(running.text, found)
        ]
        borders = {0, len(running.text), *ends, *(stretch.start for stretch in running.stretches)}
        self._borders = sorted(borders)
        self._text = running.text

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The sentence that holds `[start, end)`; several, where the span runs over their borders."""
        left = self._borders[max(bisect_right(self._borders, start) - 1, 0)]
        right = self._borders[min(bisect_left(self._borders, end), len(self._borders) - 1)]
        while left < start and self._text[left].isspace():
            left += 1
        while right > end and self._text[right - 1].isspace():
            right -= 1
        return left, right


def _is_abbreviated(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 6) : found.start() + 1]
    return text[found.start()] == "." and _ABBREVIATION.search(before) is not None


def _make_mention(source: Source, running: RunningText, sentences: Sentences, spot: Spot) -> Mention:
    page, start, end = running.place(spot.start, spot.end)
    left, right = sentences.around(spot.start, spot.end)
    number = running.stretch_index(spot.start)
    stretch = running.stretches[number]
    offset = running.page_starts[page]
    return Mention(
        source_id=source.id,
        page=page + 1,
        start=start,
        end=end,
        surface=_surface(running, spot, offset + start, offset + end),
        sentence=running.text[left:right],
        zone=stretch.line.zone,
        pattern=spot.pattern,
        within=(spot.start - left, spot.end - left),
        lead=find_lead(running, number, left, spot.start),
        kind=spot.kind,
        is_list_item=stretch.is_list_item,
        antecedent=spot.antecedent,
        entry_ids=spot.entry_ids,
        name=spot.name or running.text[spot.start : spot.end],
        turn=spot.turn,
        around=_around(running, spot) if len(spot.entry_ids) > 1 or spot.unsupported or spot.how is How.GROWN else "",
        onward=_onward(running, sentences, number, right),
    )


def _surface(running: RunningText, spot: Spot, start: int, end: int) -> str:
    """The words as the page has them; without what else stands between their parts, where that is a whole footnote."""
    original, clean = running.original[start:end], running.text[spot.start : spot.end]
    return original if len(original) < 2 * len(clean) + _INTERRUPTION else clean


def _around(running: RunningText, spot: Spot) -> str:
    return running.text[max(0, spot.start - _AROUND) : spot.end + _AROUND]


def _onward(running: RunningText, sentences: Sentences, stretch: int, end: int) -> str:
    """The next clause of the same paragraph, where a semicolon ends the sentence."""
    if not running.text.endswith(";", 0, end) or running.stretch_index(min(end + 1, len(running.text) - 1)) != stretch:
        return ""
    left, right = sentences.around(min(end + 1, len(running.text) - 1), min(end + 2, len(running.text)))
    return running.text[left:right] if left >= end else ""


def _numbered(mention: Mention, occurrence: int) -> Mention:
    return replace(mention, occurrence=occurrence) if occurrence else mention
