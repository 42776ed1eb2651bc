"""A sentence cut into pieces for the page: the name to be marked, the cue to be underlined, the rest.

The trap: sentences come from PDFs and may be pages long; far from the name they are cut short, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from pipeline.records import Citation

# Characters shown before and after the name; a long recital has 600.
REACH = 900


@dataclass(frozen=True)
class Piece:
    """A run of text with the marks that hold for all of it."""

    text: str
    is_name: bool = False
    is_cue: bool = False


def mark_sentence(citation: Citation, *, with_cue: bool = True) -> tuple[Piece, ...]:
    """The sentence in pieces, in order; together they are the sentence, but for what is cut off far from the name."""
    sentence = citation.mention.sentence
    name = citation.mention.within
    cue = find_cue(sentence, citation.cue, name) if with_cue else (0, 0)
    first, last = max(0, name[0] - REACH), min(len(sentence), name[1] + REACH)
    cuts = sorted({first, last, *(min(max(place, first), last) for place in (*name, *cue))})
    pieces = [
        Piece(sentence[start:end], _holds(name, start, end), _holds(cue, start, end)) for start, end in pairwise(cuts)
    ]
    before = [Piece("… ")] if first > 0 else []
    after = [Piece(" …")] if last < len(sentence) else []
    return (*before, *pieces, *after)


def mark_lead(lead: str, cue: str) -> tuple[Piece, ...]:
    """The text that governs the sentence from elsewhere, with the cue if it stands there."""
    lead = lead if len(lead) <= REACH else f"{lead[:REACH]} …"
    at = lead.find(cue) if cue else -1
    if at < 0:
        return (Piece(lead),) if lead else ()
    pieces = (Piece(lead[:at]), Piece(lead[at : at + len(cue)], is_cue=True), Piece(lead[at + len(cue) :]))
    return tuple(piece for piece in pieces if piece.text)


def find_cue(sentence: str, cue: str, name: tuple[int, int]) -> tuple[int, int]:
    """Where the cue stands that decided: the occurrence nearest to the name; (0, 0) where it is not in the sentence."""
    places = []
    at = sentence.find(cue) if cue else -1
    while at >= 0:
        places.append(at)
        at = sentence.find(cue, at + 1)
    if not places:
        return (0, 0)
    nearest = min(places, key=lambda place: max(name[0] - place - len(cue), place - name[1]))
    return (nearest, nearest + len(cue))


def _holds(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] <= start and end <= span[1]
