"""Existing or planned: the status of each citation at the citing document's date, with the reason.

Comes in: the links of one source. Goes out: its citations, in the same order; what turns out to name no document
("no agreement on X exists", a plan that nobody is making) is left out. Registry dates decide where they can, the words
where they cannot. The trap: there are two clocks. `status` is judged at the citing document's date and never changes;
`status_today` is what the gazetteer knows now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.names.dates import PartialDate
from pipeline.records import UNLISTED, Citation, Entry, Link, Mention, Source, Status, StatusBasis, citation_id
from pipeline.status.cuebook import load_cues
from pipeline.status.deadlines import is_ahead
from pipeline.status.events import Hit
from pipeline.status.verdict import (
    BOTH_CERTAINTY,
    CERTAINTY,
    DATE_CERTAINTY,
    NAME_CERTAINTY,
    STANDING_CERTAINTY,
    Verdict,
    quote,
    share_verdicts,
)
from pipeline.status.words import read_words

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# `Entry.standing` is column status_2023 of the registry: the state in mid-2023, when the chapter was written.
STANDING_DATE = PartialDate(2023, 6)
PLANNED_STANDINGS = frozenset({"planned", "under-negotiation"})
ADOPTED_STANDINGS = frozenset({"adopted", "in-force", "superseded", "not-in-force"})
SUBJECT_PATTERN = "subject"  # patterns of unnamed planned documents start with this
# Days within which the dates of two files of the corpus do not tell which was adopted first.
SESSION_DAYS = 14
# A cue of this strength contradicts a registry date loudly enough for a person to look at it.
CONFLICT_STRENGTH = 3


def classify_citations(
    source: Source, links: tuple[Link, ...], gazetteer: Gazetteer, as_of: PartialDate | None = None
) -> tuple[Citation, ...]:
    """Status of each link; `as_of` is the day of `status_today`.

    None stands for the newest date in the gazetteer: every date in it is a fact, so all of them count. A clock would
    make the same inputs give other outputs tomorrow.
    """
    book = load_cues(gazetteer.folder)
    heard = read_words(links, book, gazetteer)
    verdicts = [judge(source, link, each.hits, gazetteer) for link, each in zip(links, heard, strict=True)]
    return tuple(
        _make_citation(source, link, verdict, each.deadline, gazetteer, as_of)
        for link, verdict, each in zip(links, share_verdicts(links, verdicts), heard, strict=True)
        if verdict.status is not None
    )


def is_unnamed(mention: Mention) -> bool:
    """The mention describes a planned document by its subject, without a formal name."""
    return mention.pattern.startswith(SUBJECT_PATTERN)


def judge(source: Source, link: Link, hits: Sequence[Hit], gazetteer: Gazetteer) -> Verdict:
    """Dates and words together, for one mention."""
    word = _decisive(hits)
    if is_unnamed(link.mention) and (word is None or not word.making):
        return Verdict(None, StatusBasis.NONE, 0.0, "an unnamed document that nobody is making")
    entry = _entry(link, gazetteer)
    dated = _judge_dates(source, entry, gazetteer) if entry else _judge_candidates(source, link, gazetteer)
    if word is None:
        return dated or _judge_name(entry, gazetteer)
    in_talks = entry is not None and entry.standing == "under-negotiation" and not adoption_date(entry, gazetteer)
    if dated is None and in_talks and word.status == "existing":
        reason = f"the registry knows it as under negotiation; the words say otherwise: {quote(word)}"
        return Verdict(Status.PLANNED, StatusBasis.CONFLICT, 0.5, reason, word)
    if dated is None or dated.status is Status.UNCLEAR:
        return _judge_words(word, hits)
    return _combine(dated, word)


def _judge_words(word: Hit, hits: Sequence[Hit]) -> Verdict:
    if word.status == "none":
        return Verdict(None, StatusBasis.CUE, 0.0, f"no document, by the words {quote(word)}", word)
    rivals = [hit for hit in hits if _is_rival(hit, word)]
    if rivals:
        reason = f"the words speak for both: {quote(word)} and {quote(rivals[0])}"
        return Verdict(Status.UNCLEAR, StatusBasis.CUE, 0.5, reason, word)
    status = Status(word.status)
    return Verdict(status, StatusBasis.CUE, CERTAINTY[word.strength], f"{status} by the words {quote(word)}", word)


def _judge_name(entry: Entry | None, gazetteer: Gazetteer) -> Verdict:
    """Neither dates nor words: the registry's word, else what is called by its name is taken to be there."""
    if entry and entry.standing in PLANNED_STANDINGS and adoption_date(entry, gazetteer) is None:
        reason = f"nothing else decides; the registry lists it as {entry.standing} in {STANDING_DATE.year}"
        return Verdict(Status.PLANNED, StatusBasis.NONE, STANDING_CERTAINTY, reason)
    reason = "named like a document that is there; neither dates nor words decide"
    return Verdict(Status.EXISTING, StatusBasis.NONE, NAME_CERTAINTY, reason)


def _combine(dated: Verdict, word: Hit) -> Verdict:
    """The date decides; the words bear it out, contradict it, or are too weak to count."""
    if word.status == dated.status:
        reason = f"{dated.reason}; the words agree: {quote(word)}"
        return Verdict(dated.status, StatusBasis.BOTH, BOTH_CERTAINTY, reason, word)
    if word.status == "none" and dated.status is Status.PLANNED:
        return Verdict(None, StatusBasis.BOTH, 0.0, f"no document yet, and the words say so: {quote(word)}", word)
    if word.strength < CONFLICT_STRENGTH:
        return replace(dated, hit=word)
    reason = f"{dated.reason}; the words say otherwise: {quote(word)}"
    return Verdict(dated.status, StatusBasis.CONFLICT, 0.5, reason, word)


def _is_rival(hit: Hit, word: Hit) -> bool:
    """As strong and as near as the cue that decides, and for the other status."""
    as_close = (hit.strength, hit.distance) == (word.strength, word.distance)
    return as_close and {hit.status, word.status} == {"existing", "planned"}


def _judge_dates(source: Source, entry: Entry, gazetteer: Gazetteer) -> Verdict | None:
    """What the registry says at the source's date; None where it leaves that open."""
    adopted = adoption_date(entry, gazetteer)
    order = source.issued.compare(adopted) if source.issued and adopted else None
    if order == -1 and entry.id.startswith(UNLISTED) and source.issued and adopted:
        # A volume of a session's resolutions bears the date of the first: the files' own dates are no finer than that.
        order = None if (adopted.first_day() - source.issued.last_day()).days <= SESSION_DAYS else order
    if order is not None:
        when = "after" if order < 0 else "on the day of" if order == 0 else "before"
        status = Status.PLANNED if order < 0 else Status.EXISTING
        reason = f"adopted {adopted}, {when} this document ({source.issued})"
        return Verdict(status, StatusBasis.DATE, DATE_CERTAINTY, reason)
    return _judge_standing(source, entry) if adopted is None else None


def _judge_candidates(source: Source, link: Link, gazetteer: Gazetteer) -> Verdict | None:
    """A name that two documents may bear: their dates decide where they agree, else the status is unclear."""
    entries = [gazetteer.entries[each.entry_id] for each in link.candidates if each.entry_id in gazetteer.entries]
    if link.target_id is not None or not entries:
        return None
    verdicts = [_judge_dates(source, entry, gazetteer) for entry in entries]
    statuses = {verdict.status if verdict else None for verdict in verdicts}
    names = " and ".join(dict.fromkeys(entry.id for entry in entries))
    if None in statuses:
        return None
    if len(statuses) > 1:
        return Verdict(Status.UNCLEAR, StatusBasis.NONE, 0.5, f"it may be {names}, one adopted before, one after")
    return Verdict(
        statuses.pop(), StatusBasis.DATE, STANDING_CERTAINTY, f"whichever of {names} is meant, the date says so"
    )


def _judge_standing(source: Source, entry: Entry) -> Verdict | None:
    """An entry without a date: planned in 2023 was planned before, adopted in 2023 is so after; else open."""
    order = source.issued.compare(STANDING_DATE) if source.issued else None
    reason = f"no date in the registry, which lists it as {entry.standing} in {STANDING_DATE.year}"
    if entry.standing in PLANNED_STANDINGS and order == -1:
        return Verdict(Status.PLANNED, StatusBasis.DATE, STANDING_CERTAINTY, reason)
    if entry.standing in ADOPTED_STANDINGS and order == 1:
        return Verdict(Status.EXISTING, StatusBasis.DATE, STANDING_CERTAINTY, reason)
    return None


def adoption_date(entry: Entry, gazetteer: Gazetteer) -> PartialDate | None:
    """The entry's own date, else that of the document it was renamed to."""
    if entry.issued or not entry.renamed_to:
        return entry.issued
    successor = gazetteer.entries.get(entry.renamed_to)
    return successor.issued if successor else None


def status_today(entry: Entry | None, status: Status, gazetteer: Gazetteer, as_of: PartialDate | None) -> Status:
    """What the gazetteer knows on the day `as_of` (None: all it knows); an unlisted plan stays planned."""
    if entry is None:
        return status
    adopted = adoption_date(entry, gazetteer)
    if adopted is not None:
        return Status.EXISTING if as_of is None or adopted.first_day() <= as_of.last_day() else Status.PLANNED
    if entry.standing in PLANNED_STANDINGS:
        return Status.PLANNED
    return Status.EXISTING if entry.standing in ADOPTED_STANDINGS else status


def _decisive(hits: Sequence[Hit]) -> Hit | None:
    """The strongest cue, then the nearest, then the first of the book."""
    return max(hits, key=lambda hit: (hit.strength, -hit.distance), default=None)


def _make_citation(
    source: Source, link: Link, verdict: Verdict, deadline: str, gazetteer: Gazetteer, as_of: PartialDate | None
) -> Citation:
    assert verdict.status is not None
    mention, hit = link.mention, verdict.hit
    return Citation(
        id=citation_id(mention),
        mention=mention,
        kind=mention.kind,
        candidates=link.candidates,
        target_id=link.target_id,
        target_title=link.target_title,
        status=verdict.status,
        status_basis=verdict.basis,
        cue=hit.words if hit else "",
        confidence=round(link.confidence * verdict.certainty, 4),
        method=link.method,
        reason=link.reason,
        status_reason=verdict.reason,
        deadline=deadline if verdict.status is Status.PLANNED and is_ahead(deadline, source.issued) else "",
        status_today=status_today(_entry(link, gazetteer), verdict.status, gazetteer, as_of),
        features=link.features,
    )


def _entry(link: Link, gazetteer: Gazetteer) -> Entry | None:
    return gazetteer.entries.get(link.target_id or "")
