"""The ledger of promises: each planned document, its trail through the texts, and what became of it.

Comes in: the documents of a run and the gazetteer. Goes out: one `Promise` for each planned document, with an `Event`
for each text that announces it, repeats it, moves its deadline, or speaks of its negotiation, and for its arrival. A
promise may be kept under another name (the Data Classification Framework became the Data Management Framework), and
what the gazetteer calls "under negotiation" it says of mid-2023 only. A deadline is one that the text binds to the
making of the document itself, so that only such a one can make a promise overdue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, sqrt
from statistics import median
from typing import TYPE_CHECKING

from pipeline.names.dates import PartialDate
from pipeline.records import Citation, Document, Entry, Source, Status
from pipeline.status.classify import ADOPTED_STANDINGS, STANDING_DATE, adoption_date
from pipeline.status.deadlines import find_due_date
from pipeline.store import Cell

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# A promise that no text mentions for so long, while later texts are there to do it, is silent.
SILENT_AFTER_MONTHS = 24
_TALKS = re.compile(r"\bnegotiat|\btalks\b|\bround\b", re.IGNORECASE)
# Half-width of the interval of a median in standard deviations of its rank (95 %, binomial).
_WIDTH = 0.98


class State(StrEnum):
    """What has become of a planned document by the as-of date."""

    OPEN = "open"
    NEGOTIATING = "negotiating"
    DELIVERED = "delivered"
    RENAMED = "renamed"
    OVERDUE = "overdue"
    SILENT = "silent"


class Step(StrEnum):
    """An event on the trail of a promise."""

    ANNOUNCED = "announced"
    REPEATED = "repeated"
    MOVED = "deadline moved"
    NEGOTIATING = "negotiating"
    DELIVERED = "delivered"
    RENAMED = "renamed"


@dataclass(frozen=True)
class Event:
    """A step on the trail of a promise; the fields are the columns of promise_events.csv behind the target."""

    date: PartialDate | None
    source_id: str
    page: int | None
    step: Step
    quote: str
    deadline: str = ""  # "by 2025", as the text has it
    due: PartialDate | None = None
    months: int | None = None  # by which a deadline moved


@dataclass(frozen=True)
class Promise:
    """A planned document over all texts that promise it."""

    target_id: str
    target_title: str
    state: State
    overdue: bool  # it fell due before it came, or has not come
    delivered_by: str  # id of the document that it became
    delivered_at: PartialDate | None
    evidence: str
    events: tuple[Event, ...]
    citation_ids: tuple[str, ...]

    @property
    def mentions(self) -> tuple[Event, ...]:
        """The events of the texts that promise it, one for each text."""
        return tuple(each for each in self.events if each.step in (Step.ANNOUNCED, Step.REPEATED, Step.NEGOTIATING))

    @property
    def deadlines(self) -> tuple[Event, ...]:
        """Those of them that set a time."""
        return tuple(each for each in self.mentions if each.deadline)

    @property
    def drift(self) -> int | None:
        """Months from the first deadline to the last; None where fewer than two name a day."""
        dues = [each.due for each in self.deadlines if each.due]
        return months_between(dues[0], dues[-1]) if len(dues) > 1 else None

    @property
    def lag(self) -> int | None:
        """Months from the first promise to its delivery."""
        first = self.mentions[0].date
        return months_between(first, self.delivered_at) if first and self.delivered_at else None


@dataclass(frozen=True)
class _Delivery:
    state: State
    by: str = ""
    at: PartialDate | None = None
    evidence: str = ""


def build_ledger(
    documents: Sequence[Document], gazetteer: Gazetteer, as_of: PartialDate | None = None
) -> tuple[Promise, ...]:
    """All promises known on the day `as_of`, by planned document (None: all that is known)."""
    known = [document for document in documents if _is_known(document.source.issued, as_of)]
    today = as_of or find_newest_date(known, gazetteer)
    newest = max((document.source.issued for document in known if document.source.issued), default=None)
    sightings = _find_sightings(known)
    arrived = {document.source.id: document.source for document in known}
    by_target: dict[str, list[tuple[Source, list[Citation]]]] = {}
    for source, citations in _planned_citations(known):
        by_target.setdefault(citations[0].target_id or "", []).append((source, citations))
    promises = []
    for target, texts in by_target.items():
        texts.sort(key=lambda text: (str(text[0].issued or "9"), text[0].id))
        last = texts[-1][0].issued
        seen = sightings.get(target)
        later = seen if seen and not _is_known(seen.issued, last) else None
        delivery = _find_delivery(target, gazetteer, later, as_of, today)
        if delivery.state is State.OPEN and target in arrived:
            delivery = _Delivery(
                State.DELIVERED, target, arrived[target].issued, f"its PDF is here: {arrived[target].path}"
            )
        promises.append(_make_promise(target, texts, delivery, today, newest))
    return tuple(sorted(promises, key=lambda each: each.target_id))


def find_newest_date(documents: Iterable[Document], gazetteer: Gazetteer) -> PartialDate | None:
    """The newest date among sources and entries: today, as far as the data can tell without a clock."""
    dates = [document.source.issued for document in documents] + [entry.issued for entry in gazetteer.entries.values()]
    return max((date for date in dates if date is not None), default=None)


def months_between(first: PartialDate, last: PartialDate) -> int:
    """Whole months from one date to another; what has no month counts as its year's last."""
    return (last.year - first.year) * 12 + (last.month or 12) - (first.month or 12)


def promise_rows(promises: Sequence[Promise]) -> list[tuple[Cell, ...]]:
    """The rows of promises.csv, in the order of its columns."""
    return [
        (
            each.target_id,
            each.target_title,
            each.mentions[0].source_id,
            _text(each.mentions[0].date),
            each.mentions[0].page,
            len(each.mentions) - 1,
            each.deadlines[0].deadline if each.deadlines else "",
            _text(each.deadlines[0].due) if each.deadlines else None,
            each.deadlines[-1].deadline if each.deadlines else "",
            _text(each.deadlines[-1].due) if each.deadlines else None,
            each.drift,
            each.mentions[-1].source_id,
            _text(each.mentions[-1].date),
            each.state,
            each.overdue,
            each.delivered_by,
            _text(each.delivered_at),
            each.lag,
            each.evidence,
            ";".join(each.citation_ids),
        )
        for each in promises
    ]


def event_rows(promises: Sequence[Promise]) -> list[tuple[Cell, ...]]:
    """The rows of promise_events.csv, in the order of its columns."""
    return [
        (
            promise.target_id,
            _text(each.date),
            each.source_id,
            each.page,
            each.step,
            each.quote,
            each.deadline,
            _text(each.due),
            each.months,
        )
        for promise in promises
        for each in promise.events
    ]


def describe_delivery(lags: Sequence[int], promised: int) -> str:
    """How many of the promises were kept, and how long that took: the median with its 95 % interval."""
    if not lags:
        return f"None of {promised} promises is known to be kept."
    ordered = sorted(lags)
    half = _WIDTH * sqrt(len(ordered))
    low = ordered[max(floor(len(ordered) / 2 - half), 0)]
    high = ordered[min(ceil(len(ordered) / 2 + half), len(ordered) - 1)]
    return (
        f"{len(ordered)} of {promised} promises were kept, after {median(ordered):g} months in the median"
        f" (95 % interval {low} to {high})."
    )


def format_ledger(promises: Sequence[Promise]) -> str:
    """The ledger as text, one paragraph for each planned document."""
    lags = [promise.lag for promise in promises if promise.lag is not None]
    return "\n\n".join((*(_describe(promise) for promise in promises), describe_delivery(lags, len(promises))))


def _describe(promise: Promise) -> str:
    how = f"renamed, delivered as {promise.delivered_by}" if promise.state is State.RENAMED else promise.state.value
    lines = [f"{promise.target_title}  [{promise.target_id}]"]
    lines.append(f"  {how}{': ' + promise.evidence if promise.evidence else ''}{', late' if promise.overdue else ''}")
    for event in promise.events:
        parts = [f"  {event.date or 'undated'}  {event.step}  {event.source_id}"]
        if event.page:
            parts.append(f"page {event.page}")
        if event.deadline:
            parts.append(f'"{event.deadline}"' + (f" (due {event.due})" if event.due else ""))
        if event.months is not None:
            parts.append(f"{event.months:+d} months")
        lines.append(", ".join(parts))
    return "\n".join(lines)


def _planned_citations(documents: Iterable[Document]) -> Iterator[tuple[Source, list[Citation]]]:
    """Each source with its planned citations of one target, in reading order."""
    for document in documents:
        by_target: dict[str, list[Citation]] = {}
        for citation in document.citations:
            if citation.status is Status.PLANNED and citation.target_id:
                by_target.setdefault(citation.target_id, []).append(citation)
        for citations in by_target.values():
            yield document.source, sorted(citations, key=lambda each: (each.mention.page, each.mention.start))


def _make_promise(
    target: str,
    texts: Sequence[tuple[Source, list[Citation]]],
    delivery: _Delivery,
    today: PartialDate | None,
    newest: PartialDate | None,
) -> Promise:
    events = list(_trail(texts))
    dues = [each.due for each in events if each.due]
    late = bool(dues) and _is_before(dues[-1], delivery.at or today)
    if delivery.by:
        step = Step.RENAMED if delivery.state is State.RENAMED else Step.DELIVERED
        events.append(Event(delivery.at, delivery.by, None, step, delivery.evidence))
    state = delivery.state
    last = texts[-1][0].issued
    if state is State.OPEN and late:
        state = State.OVERDUE
    elif state is State.OPEN and last and newest and months_between(last, newest) >= SILENT_AFTER_MONTHS:
        state = State.SILENT
    elif state is State.OPEN and events[-1].step is Step.NEGOTIATING:
        state = State.NEGOTIATING
    return Promise(
        target_id=target,
        target_title=texts[0][1][0].target_title,
        state=state,
        overdue=late,
        delivered_by=delivery.by,
        delivered_at=delivery.at,
        evidence=delivery.evidence,
        events=tuple(events),
        citation_ids=tuple(citation.id for _, citations in texts for citation in citations),
    )


def _trail(texts: Sequence[tuple[Source, list[Citation]]]) -> Iterator[Event]:
    """The events of the texts, the oldest first; a deadline that differs from the one before it has moved."""
    before: PartialDate | None = None
    for number, (source, citations) in enumerate(texts):
        told = next((each for each in citations if each.deadline), None) or next(
            (each for each in citations if each.cue), citations[0]
        )
        due = find_due_date(told.deadline, source.issued) if told.deadline else None
        step = Step.REPEATED if number else Step.ANNOUNCED
        if _TALKS.search(told.cue):
            step = Step.NEGOTIATING
        page, quote = citations[0].mention.page, told.mention.sentence or told.cue
        yield Event(source.issued, source.id, page, step, quote, told.deadline, due)
        moved = months_between(before, due) if before and due else 0
        if moved:
            yield Event(source.issued, source.id, page, Step.MOVED, told.deadline, told.deadline, due, moved)
        before = due or before


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
            return _Delivery(State.RENAMED, entry.renamed_to, adopted, f"adopted as {entry.renamed_to} on {adopted}")
        return _Delivery(State.DELIVERED, entry.id, adopted, f"adopted on {adopted}")
    # The registry's standing is of mid-2023: before that day it is hindsight.
    if entry and adopted is None and (today is None or today.last_day() >= STANDING_DATE.first_day()):
        standing = _find_standing(entry)
        if standing:
            return standing
    if seen and adopted is None:
        return _Delivery(State.DELIVERED, target, seen.issued, f"cited as existing by {seen.id}")
    return _Delivery(State.OPEN)


def _find_standing(entry: Entry) -> _Delivery | None:
    if entry.standing in ADOPTED_STANDINGS:
        return _Delivery(State.DELIVERED, entry.id, None, f"{entry.standing} by {STANDING_DATE.year}, date unknown")
    if entry.standing == "under-negotiation":
        why = f"under negotiation in {STANDING_DATE.year}, not known to be adopted"
        return _Delivery(State.NEGOTIATING, evidence=why)
    return None


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
