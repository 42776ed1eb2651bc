"""The ledger of promises: each planned document, who promised it, for when, and what became of it.

Comes in: the documents of a run and the gazetteer. Goes out: one `Promise` for each pair of planned document and
promising document. The trap: a promise may be kept under another name (the Data Classification Framework became the
Data Management Framework), and what the gazetteer calls "under negotiation" it says of mid-2023 only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.names.dates import PartialDate
from pipeline.records import Citation, Document, Entry, Source, Status
from pipeline.status.classify import ADOPTED_STANDINGS, STANDING_DATE, adoption_date
from pipeline.status.deadlines import find_due_date
from pipeline.store import Cell

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

OPEN, DELIVERED, RENAMED, OVERDUE, NEGOTIATED = "open", "delivered", "renamed", "overdue", "under-negotiation"


@dataclass(frozen=True)
class Promise:
    """A planned document in one document that promises it; the fields are the columns of promises.csv."""

    target_id: str
    target_title: str
    source_id: str
    promised_at: PartialDate | None
    page: int  # of the first place
    deadline: str  # "by 2025", as the text has it
    due: PartialDate | None  # when that falls
    state: str  # open, delivered, renamed, overdue, under-negotiation
    overdue: bool  # it fell due before it came, or has not come
    delivered_by: str  # id of the document that it became
    delivered_at: PartialDate | None
    lag_years: int | None  # from promise to delivery
    evidence: str
    citation_ids: tuple[str, ...]


@dataclass(frozen=True)
class _Delivery:
    state: str
    by: str
    at: PartialDate | None
    evidence: str


def build_ledger(
    documents: Sequence[Document], gazetteer: Gazetteer, as_of: PartialDate | None = None
) -> tuple[Promise, ...]:
    """All promises known on the day `as_of`, by planned document and date (None: all that is known)."""
    known = [document for document in documents if _is_known(document.source.issued, as_of)]
    today = as_of or find_newest_date(known, gazetteer)
    sightings = _find_sightings(known)
    arrived = {document.source.id: document.source for document in known}
    promises = []
    for source, citations in _planned_citations(known):
        target = citations[0].target_id
        assert target is not None
        seen = sightings.get(target)
        later = seen if seen and not _is_known(seen.issued, source.issued) else None
        delivery = _find_delivery(target, gazetteer, later, as_of, today)
        if delivery.state == OPEN and target in arrived:
            delivery = _Delivery(DELIVERED, target, arrived[target].issued, f"its PDF is here: {arrived[target].path}")
        promises.append(_make_promise(source, citations, delivery, today))
    return tuple(sorted(promises, key=lambda each: (each.target_id, str(each.promised_at or ""), each.source_id)))


def find_newest_date(documents: Iterable[Document], gazetteer: Gazetteer) -> PartialDate | None:
    """The newest date among sources and entries: today, as far as the data can tell without a clock."""
    dates = [document.source.issued for document in documents] + [entry.issued for entry in gazetteer.entries.values()]
    return max((date for date in dates if date is not None), default=None)


def promise_rows(promises: Sequence[Promise]) -> list[tuple[Cell, ...]]:
    """The rows of promises.csv, in the order of its columns."""
    return [
        (
            each.target_id,
            each.target_title,
            each.source_id,
            _text(each.promised_at),
            each.page,
            each.deadline,
            _text(each.due),
            each.state,
            each.overdue,
            each.delivered_by,
            _text(each.delivered_at),
            each.lag_years,
            each.evidence,
            ";".join(each.citation_ids),
        )
        for each in promises
    ]


def format_ledger(promises: Sequence[Promise]) -> str:
    """The ledger as text, one paragraph for each planned document."""
    blocks: dict[str, list[str]] = {}
    for promise in promises:
        head = f"{promise.target_title}  [{promise.target_id}]\n  {_describe_state(promise)}"
        blocks.setdefault(head, []).append(_describe_promise(promise))
    return "\n\n".join("\n".join((head, *lines)) for head, lines in blocks.items())


def _describe_state(promise: Promise) -> str:
    if promise.state in (DELIVERED, RENAMED):
        how = f"renamed, delivered as {promise.delivered_by}" if promise.state == RENAMED else "delivered"
        return f"{how}: {promise.evidence}"
    return f"{promise.state.replace('-', ' ')}{': ' + promise.evidence if promise.evidence else ''}"


def _describe_promise(promise: Promise) -> str:
    parts = [f"  {promise.promised_at or 'undated'}  {promise.source_id}, page {promise.page}"]
    if promise.deadline:
        parts.append(f'"{promise.deadline}"' + (f" (due {promise.due})" if promise.due else ""))
    if promise.lag_years is not None:
        parts.append(f"kept after {promise.lag_years} year{'' if promise.lag_years == 1 else 's'}")
    if promise.overdue:
        parts.append("late")
    return ", ".join(parts)


def _planned_citations(documents: Iterable[Document]) -> Iterable[tuple[Source, list[Citation]]]:
    """Each source with its planned citations of one target, in reading order."""
    for document in documents:
        by_target: dict[str, list[Citation]] = {}
        for citation in document.citations:
            if citation.status is Status.PLANNED and citation.target_id:
                by_target.setdefault(citation.target_id, []).append(citation)
        for citations in by_target.values():
            yield document.source, sorted(citations, key=lambda each: (each.mention.page, each.mention.start))


def _make_promise(
    source: Source, citations: Sequence[Citation], delivery: _Delivery, today: PartialDate | None
) -> Promise:
    first = citations[0]
    assert first.target_id is not None
    # A time beside words of making first: "a study on the DEFA by 2023" does not promise the DEFA itself.
    timed = sorted((each for each in citations if each.deadline), key=lambda each: not each.cue)
    deadline = timed[0].deadline if timed else ""
    due = find_due_date(deadline, source.issued) if deadline else None
    late = _is_before(due, delivery.at or today) if due else False
    return Promise(
        target_id=first.target_id,
        target_title=first.target_title,
        source_id=source.id,
        promised_at=source.issued,
        page=first.mention.page,
        deadline=deadline,
        due=due,
        state=OVERDUE if delivery.state == OPEN and late else delivery.state,
        overdue=late,
        delivered_by=delivery.by,
        delivered_at=delivery.at,
        lag_years=delivery.at.year - source.issued.year if delivery.at and source.issued else None,
        evidence=delivery.evidence,
        citation_ids=tuple(citation.id for citation in citations),
    )


def _find_delivery(
    target: str,
    gazetteer: Gazetteer,
    seen: Source | None,
    as_of: PartialDate | None,
    today: PartialDate | None,
) -> _Delivery:
    """What became of a planned document by `as_of`: by the gazetteer, else by the later source that saw it existing."""
    entry = gazetteer.entries.get(target)
    adopted = adoption_date(entry, gazetteer) if entry else None
    if entry and adopted and _is_known(adopted, as_of):
        if entry.issued is None and entry.renamed_to:
            return _Delivery(RENAMED, entry.renamed_to, adopted, f"adopted as {entry.renamed_to} on {adopted}")
        return _Delivery(DELIVERED, entry.id, adopted, f"adopted on {adopted}")
    if entry and adopted is None and _registry_speaks(today):
        standing = _find_standing(entry)
        if standing:
            return standing
    if seen and adopted is None:
        return _Delivery(DELIVERED, target, seen.issued, f"cited as existing by {seen.id}")
    return _Delivery(OPEN, "", None, "")


def _find_standing(entry: Entry) -> _Delivery | None:
    if entry.standing in ADOPTED_STANDINGS:
        return _Delivery(DELIVERED, entry.id, None, f"{entry.standing} by {STANDING_DATE.year}, date unknown")
    if entry.standing == NEGOTIATED:
        return _Delivery(NEGOTIATED, "", None, f"under negotiation in {STANDING_DATE.year}, not known to be adopted")
    return None


def _registry_speaks(today: PartialDate | None) -> bool:
    """The registry's standing is of mid-2023: before that day it is hindsight."""
    return today is None or today.last_day() >= STANDING_DATE.first_day()


def _find_sightings(documents: Iterable[Document]) -> dict[str, Source]:
    """For each unlisted document the earliest dated source that cites it, by the words, as existing."""
    found: dict[str, Source] = {}
    for document in documents:
        for citation in document.citations:
            if citation.status is Status.EXISTING and citation.target_id and citation.cue and document.source.issued:
                earlier = found.get(citation.target_id)
                if earlier is None or earlier.issued is None or document.source.issued < earlier.issued:
                    found[citation.target_id] = document.source
    return found


def _text(date: PartialDate | None) -> str | None:
    return str(date) if date else None


def _is_known(date: PartialDate | None, as_of: PartialDate | None) -> bool:
    return date is None or as_of is None or date.first_day() <= as_of.last_day()


def _is_before(due: PartialDate, day: PartialDate | None) -> bool:
    return day is not None and due.last_day() < day.first_day()
