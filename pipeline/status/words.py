"""What the words around each mention say: the events that reach it, and when a plan falls due.

Comes in: the links of one source. Goes out: one `Said` for each. All names of a sentence are masked before an event is
sought, also those of another mention whose sentence was cut elsewhere, since titles hold verbs of their own. What
governs a list item or a table cell from elsewhere (an introduction, a head, another cell of its row) is read as if it
stood beside the name: "To be signed:" - "the Seed Code" is "the Seed Code to be signed".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Link, Mention
from pipeline.status.cuebook import CueBook, Role
from pipeline.status.deadlines import find_deadline
from pipeline.status.events import Clauses, Hit, find_events
from pipeline.status.sentences import END, START, blank_numbering, split_cells, split_units

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# So many links before and after may name a document that stands in the same sentence.
_NEAR = 4
_PARTS = re.compile(r"[|\n]")
_PLACEHOLDER = "X"
_MONTHS = frozenset(name.lower() for name in calendar.month_name if name)
_HEADS = {Role.HEAD_PLANNED: "planned", Role.HEAD_EXISTING: "existing"}


@dataclass(frozen=True)
class Said:
    """What the words around one mention say."""

    hits: tuple[Hit, ...]
    deadline: str


def read_words(links: Sequence[Link], book: CueBook, gazetteer: Gazetteer) -> list[Said]:
    """Events and deadline of each link, in order; the names of one sentence are masked together."""
    said: list[Said] = []
    for first, last in _by_sentence(links):
        group = links[first:last]
        sentence = group[0].mention.sentence
        spans = [_name_span(link, book, gazetteer) for link in group]
        known = spans + _other_names(sentence, spans, links[max(first - _NEAR, 0) : last + _NEAR])
        clauses = Clauses(split_units(sentence, known, book), book)
        for number, link in enumerate(group):
            name = clauses.sentence.names[number]
            hits = tuple(clauses.hits(name))
            name = clauses.sentence.names[number]
            if link.mention.lead.rstrip().endswith(":"):
                hits += _introduced(link.mention.lead, sentence, known, number, book)
            lead = clauses.label(name) or _lead(link.mention, spans[number])
            if clauses.heads_cell(name):
                hits += tuple(find_lead_events(lead, book))
            if any(hit.making for hit in hits):
                hits += tuple(find_outcomes(lead, book))
            said.append(Said(hits, find_deadline(sentence, known, number, hits, link.mention.lead, book)))
    return said


def _introduced(
    lead: str, sentence: str, spans: Sequence[tuple[int, int]], number: int, book: CueBook
) -> tuple[Hit, ...]:
    """An introduction and its item read as one sentence: "RESOLVES:" - "1. To endorse the Strategy"."""
    bare = book.deadlines.sub("", lead.rstrip(": "))
    text = bare + (" " if _ends_open(bare, book) else ": ")
    shifted = [(start + len(text), end + len(text)) for start, end in spans]
    return find_events(text + blank_numbering(sentence), shifted, book)[number]


def find_lead_events(lead: str, book: CueBook) -> Iterator[Hit]:
    """The events of what governs an item or a cell from elsewhere, its parts read as if the name stood there."""
    for part in (blank_numbering(piece).strip() for piece in _PARTS.split(lead)):
        if not part or re.search(r":\s*\S", part):  # "Pending: the Seed Code" in another cell
            continue
        bare = book.deadlines.sub("", part.rstrip(": ")).strip()
        placed = _place_name(bare, book)
        if placed:
            yield from find_events(*placed, book)[0]
            continue
        yield from _head_events(bare, book)
        if _ends_open(bare, book):
            yield from find_events(f"{bare} {_PLACEHOLDER}", [(len(bare) + 1, len(bare) + 2)], book)[0]
        head = next((word for word in reversed(bare.split()[:4]) if word.lower() in book.grammar["documents"]), "")
        said = bare.split(head, 1)[1].lstrip(" ,") if head else bare  # "Documents to be signed"
        yield from find_events(f"{_PLACEHOLDER} {said}", [(0, 1)], book)[0]


def _place_name(part: str, book: CueBook) -> tuple[str, list[tuple[int, int]]] | None:
    """ "The following documents will be drafted" with the name in place of what stands for the items."""
    phrases = sorted(book.grammar["following"], key=len, reverse=True)
    found = re.search(rf"\b(?:{'|'.join(phrases)})\b", part, re.IGNORECASE)
    if found is None:
        return None
    return part[: found.start()] + _PLACEHOLDER + part[found.end() :], [(found.start(), found.start() + 1)]


def _ends_open(part: str, book: CueBook) -> bool:
    """A cell that needs an object: "Develop", "Adoption of", "Draft"."""
    units = split_units(part, (), book).units
    last = next(unit for unit in reversed(units) if unit.text != END)
    return last.text != START and (bool(last.tags) or last.text in book.grammar["topics"])


def _head_events(part: str, book: CueBook) -> Iterator[Hit]:
    """Heads and cells that are a statement as they stand: "Expected outputs", "third draft, to ministers in March"."""
    units = split_units(part, (), book).units
    for tag in units[1].tags:
        if tag.role in _HEADS and (len(units) < 4 or not units[2].text.isalpha() or tag.row != "outputs"):
            status = _HEADS[tag.role]
            yield Hit(status, 3, tag.row, part[units[1].start : units[1].end], 0, making=status == "planned")


def find_outcomes(lead: str, book: CueBook) -> Iterator[Hit]:
    """A cell that says what became of the making that its row names: "Adopt the X | done"."""
    for part in _PARTS.split(lead):
        units = split_units(part.strip(), (), book).units
        for tag in units[1].tags:
            if tag.role is Role.HEAD_DONE and (
                len(units) < 4 or not units[2].text.isalpha() or units[2].text in _MONTHS
            ):
                yield Hit("existing", 5, tag.row, part.strip(), 0)


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
