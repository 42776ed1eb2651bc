"""A later clause that takes a name up by its kind: "A study on nets guidelines was asked for; the guidelines will ...".

Comes in: a sentence, the spans of its names, and the cues of each. Goes out: the cues, with those of the later words
for a name that no cue reaches. The trap: the kind must be that of one name only; of two guidelines "the guidelines" may
be either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.status.cuebook import CueBook
from pipeline.status.cues import Hit, find_cues

# A hint in a later clause ("the code in hand") may be about something else; firm words are not.
MIN_STRENGTH = 3
_WORD = re.compile(r"[^\W\d_]+")


def take_up(
    sentence: str, spans: Sequence[tuple[int, int]], hits: Sequence[tuple[Hit, ...]], book: CueBook
) -> tuple[tuple[Hit, ...], ...]:
    """The cues of each name; one that no cue reaches has those of "the <its kind>" further on."""
    kinds = [_kind(sentence[slice(*span)], book) for span in spans]
    return tuple(
        each
        if any(hit.cue.strength >= MIN_STRENGTH for hit in each) or kinds.count(kind) > 1
        else (*each, *_later(sentence, spans, number, kind, book))
        for number, (each, kind) in enumerate(zip(hits, kinds, strict=True))
    )


def _kind(name: str, book: CueBook) -> str:
    """The head of a name, in lower case: "guidelines" of "ASEAN Guidelines on Nets", "code" of "ASEAN Seed Code"."""
    words = [word.lower() for word in _WORD.findall(name)]
    head = next((at for at, word in enumerate(words) if at and word in book.words["prepositions"]), len(words))
    return words[head - 1] if words else ""


def _later(sentence: str, spans: Sequence[tuple[int, int]], number: int, kind: str, book: CueBook) -> tuple[Hit, ...]:
    """Firm cues of the place where the text goes on about the name; an own name there is none of them."""
    taken = re.compile(rf"\b(?:the|these|those|this|that|such)\s({re.escape(kind)})\b(?!\s(?:on|of|for)\b)")
    found = next((each for each in taken.finditer(sentence, spans[number][1]) if kind), None)
    if found is None or any(start < found.end() and found.start(1) < end for start, end in spans):
        return ()
    placed = find_cues(sentence, [*spans, found.span(1)], book)[-1]
    return tuple(hit for hit in placed if hit.cue.strength >= MIN_STRENGTH)
