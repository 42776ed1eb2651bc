"""Cues: scoped modifiers over one sentence, in the manner of ConText (Harkema et al. 2009).

Comes in: a sentence, the spans of the names in it, and the cue book (`gazetteer/cues.yaml`). Goes out: for each name
the cues that reach it. The trap: names are masked before a cue is sought, because titles hold verbs ("Agreement to
Establish ..."), and a cue must have the name itself as its object or subject: in "develop projects under the
Blueprint" the word "under" stops the verb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.status.cuebook import Cue, CueBook
from pipeline.status.scope import Grammar
from pipeline.status.sentences import END, NAME, START, Sentence, split_tokens

_PARTS = re.compile(r"[|\n]")


@dataclass(frozen=True)
class Hit:
    """A cue that reaches a name: its words as the text has them, and how many tokens lie between."""

    cue: Cue
    words: str
    distance: int


def find_cues(text: str, spans: Sequence[tuple[int, int]], book: CueBook) -> tuple[tuple[Hit, ...], ...]:
    """For each name of a sentence the cues that reach it, in the book's order; names are spans of `text`."""
    sentence = split_tokens(text, spans)
    hits: dict[int, list[Hit]] = {name: [] for name in sentence.names}
    grammar = Grammar(sentence, book)
    for cue in book.cues_for(sentence.vocabulary):
        for first, last, named in _matches(sentence, cue):
            for name in sentence.names:
                if cue.not_for and cue.not_for.search(text[slice(*sentence.places[name])]):
                    continue
                distance = grammar.distance(cue.reach, first, last, named, name)
                if distance is not None:
                    hits[name].append(Hit(cue, sentence.words(text, first, last), distance))
    return tuple(_nearest_label(hits[name]) for name in sentence.names)


def find_lead_cues(
    lead: str, text: str, spans: Sequence[tuple[int, int]], book: CueBook
) -> tuple[tuple[Hit, ...], ...]:
    """For each name of a list item or table cell the cues of what governs it: an introduction, a head, other cells.

    A head governs only a name that heads its item or cell: "(a) training on the Charter" makes no Charter. What became
    of the making that a cell names ("Adopt the Charter | done") governs what is made there.
    """
    sentence = split_tokens(text, spans)
    grammar = Grammar(sentence, book)
    heads = (*_head_cues(lead, book), *_placed_cues(lead, book))
    joined = _joined_cues(lead, text, spans, book)
    outcomes = [hit for hit in heads if hit.cue.outcome]
    here = find_cues(text, spans, book) if outcomes else ((),) * len(spans)
    return tuple(
        (*own, *(heads if grammar.heads_item(name) else outcomes if any(hit.cue.making for hit in made) else ()))
        for name, own, made in zip(sentence.names, joined, here, strict=True)
    )


def _head_cues(lead: str, book: CueBook) -> list[Hit]:
    """Heads and cells that are a cue as they stand: "Under negotiation", "To be developed", "Outputs"."""
    hits = []
    for part in _PARTS.split(lead):
        sentence = split_tokens(part, ())
        for cue in book.leads:
            for first, last, _ in _matches(sentence, cue):
                if not _labels_more(sentence, last):
                    hits.append(Hit(cue, sentence.words(part, first, last), 0))
    return hits


def _labels_more(sentence: Sentence, last: int) -> bool:
    """ "Pending: the Seed Code" in another cell: the label is about what stands behind its colon."""
    behind = sentence.tokens[last - 1 :]
    return ":" in behind[:4] and any(token not in (START, END) for token in behind[behind.index(":") + 1 :])


def _nearest_label(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """ "Adopted: X | Pending: Y": of the labels that open a list the nearest governs a name."""
    nearest = min((hit.distance for hit in hits if hit.cue.reach.lists), default=0)
    return tuple(hit for hit in hits if not hit.cue.reach.lists or hit.distance == nearest)


def _joined_cues(lead: str, text: str, spans: Sequence[tuple[int, int]], book: CueBook) -> tuple[tuple[Hit, ...], ...]:
    """An introduction and its item read as one sentence: "Members shall adopt:" - "the Seed Code;"."""
    if not lead.rstrip().endswith(":"):
        return ((),) * len(spans)
    shift = len(lead) + 1
    return find_cues(f"{lead} {text}", [(start + shift, end + shift) for start, end in spans], book)


def _placed_cues(lead: str, book: CueBook) -> tuple[Hit, ...]:
    """An introduction read as if the name stood in it: "The following will be drafted:"."""
    text = lead.rstrip().removesuffix(":")
    placed = book.following.sub(NAME, text, count=1)
    if placed == text:
        return ()
    at = placed.index(NAME)
    return find_cues(placed, [(at, at + 1)], book)[0]


def _matches(sentence: Sentence, cue: Cue) -> Iterator[tuple[int, int, int | None]]:
    """First token, token after the last, and the name that the pattern itself holds, of each match."""
    for found in cue.pattern.find(sentence.line, sentence.vocabulary):
        named = sentence.token_at(found.start("name")) if cue.reach.direction == "around" else None
        yield sentence.token_at(found.start()), sentence.token_at(found.end()), named
