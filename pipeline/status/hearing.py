"""What the words around each mention say: the cues that reach it, and a deadline.

Comes in: the links of one source. Goes out: one `Heard` for each. The trap: all names of a sentence are masked before a
cue is sought, also those of another mention whose sentence was cut elsewhere, since titles hold verbs of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Link, Mention
from pipeline.status.cuebook import CueBook
from pipeline.status.cues import Hit, find_cues, find_lead_cues
from pipeline.status.deadlines import find_deadlines, find_lead_deadline
from pipeline.status.sentences import split_cells
from pipeline.status.takeup import take_up

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# So many links before and after may name a document that stands in the same sentence.
_NEAR = 4


@dataclass(frozen=True)
class Heard:
    """What the words around one mention say."""

    hits: tuple[Hit, ...]
    deadline: str


def hear_words(links: Sequence[Link], book: CueBook, gazetteer: Gazetteer) -> list[Heard]:
    """Cues and deadline of each link, in order; the names of one sentence are masked together."""
    heard: list[Heard] = []
    for first, last in _by_sentence(links):
        group = links[first:last]
        sentence = group[0].mention.sentence
        spans = [_name_span(link, book, gazetteer) for link in group]
        near = links[max(first - _NEAR, 0) : last + _NEAR]
        masked = spans + _other_names(sentence, spans, near)
        onward = f"{sentence} {group[0].mention.onward}".rstrip()
        known = spans + _other_names(onward, spans, near)
        own = take_up(onward, known, find_cues(onward, known, book), book)
        deadlines = find_deadlines(sentence, masked, book)
        for number, link in enumerate(group):
            lead = _lead(link.mention, spans[number])
            labelled = any(hit.cue.reach.lists for hit in own[number])  # the label in its own cell wins
            governing = find_lead_cues(lead, sentence, masked, book)[number] if lead and not labelled else ()
            time = deadlines[number] or find_lead_deadline(link.mention.lead, book)
            heard.append(Heard(own[number] + governing, time))
    return heard


def _other_names(sentence: str, spans: Sequence[tuple[int, int]], near: Sequence[Link]) -> list[tuple[int, int]]:
    """Names of the links around that stand here too: one that runs over a page has a sentence of its own."""
    found: list[tuple[int, int]] = []
    for surface in dict.fromkeys(" ".join(link.mention.surface.split()) for link in near):
        at = sentence.find(surface)
        end = at + len(surface)
        if at >= 0 and all(end <= start or at >= stop for start, stop in (*spans, *found)):
            found.append((at, end))
    return found


def _lead(mention: Mention, span: tuple[int, int]) -> str:
    """What governs the mention from elsewhere: its lead, and the other cells of its row where the sentence is a row."""
    others = [mention.sentence[start:end] for start, end in split_cells(mention.sentence) if not start <= span[0] < end]
    return " | ".join(part for part in (mention.lead, *others) if part.strip())


def _by_sentence(links: Sequence[Link]) -> list[tuple[int, int]]:
    """Runs of links, from and up to an index, whose mentions stand one after the other in the same sentence."""
    runs: list[tuple[int, int]] = []
    for index, link in enumerate(links):
        before = links[index - 1].mention if index else None
        if before and before.sentence == link.mention.sentence and before.within[1] <= link.mention.within[0]:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def _name_span(link: Link, book: CueBook, gazetteer: Gazetteer) -> tuple[int, int]:
    """The span to mask: "next" and "post-2015" before a name are cues, unless the document is called so."""
    start, end = link.mention.within
    first, _, rest = link.mention.sentence[start:end].partition(" ")
    if not rest or rest.startswith("of ") or not book.is_edition_word(first):
        return start, end
    called_so = any(
        alias.text.lower().startswith(first.lower()) for alias in gazetteer.aliases_of.get(link.target_id or "", ())
    )
    return (start, end) if called_so else (start + len(first) + 1, end)
