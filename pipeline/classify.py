"""Existing or planned: the status of each citation at the citing document's date, with the reason.

Comes in: the links of one source. Goes out: its citations, in the same order; what turns out to name no document
("no agreement on X exists", a plan that nobody is making) is left out. Registry dates decide where they can, the words
where they cannot. The trap: there are two clocks. `status` is judged at the citing document's date and never changes;
`status_today` is what the gazetteer knows now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.dates import PartialDate
from pipeline.linking.renewal import renew_link
from pipeline.records import Citation, Entry, Link, Mention, Source, Status, StatusBasis, citation_id
from pipeline.status.cuebook import CueBook, load_cues
from pipeline.status.cues import Hit
from pipeline.status.deadlines import is_ahead
from pipeline.status.hearing import hear_words

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer

# `Entry.standing` is column status_2023 of the registry: the state in mid-2023, when the chapter was written.
STANDING_DATE = PartialDate(2023, 6)
PLANNED_STANDINGS = frozenset({"planned", "under-negotiation"})
ADOPTED_STANDINGS = frozenset({"adopted", "in-force", "superseded", "not-in-force"})
SUBJECT_PATTERN = "subject"  # patterns of unnamed planned documents start with this
# A cue of this strength contradicts a registry date loudly enough for a person to look at it.
CONFLICT_STRENGTH = 3
# How far a status can be trusted. With all dates hidden (2026-11) cues were right in 541 of 541 cases on the specimens,
# mentions that follow others in 69 of 69, names without date or cue in 714 of 718; on 160 cases that nobody had tuned
# anything to, 176 of 183 of all three; on sentences full of traps the last kind in 7 of 10. With dates: 376 of 378.
DATE_CERTAINTY = 0.995
BOTH_CERTAINTY = 0.997
CERTAINTY = {1: 0.95, 2: 0.96, 3: 0.98, 4: 0.985, 5: 0.985}
SHARED_CERTAINTY = 0.985
NAME_CERTAINTY = 0.95
STANDING_CERTAINTY = 0.93
# Where fewer than this share of a target's mentions have words, one misread sentence would turn all the others.
MIN_SHARE = 0.25
# "a new binding ASEAN Seed Code": so many words before the name may hold the "new".
_RENEWAL_REACH = 3


@dataclass(frozen=True)
class Verdict:
    """What dates and words say about one mention; `hit` is the cue that decides, None where no cue reaches it."""

    status: Status | None  # None: no citation
    basis: StatusBasis
    certainty: float
    reason: str
    hit: Hit | None = None


def classify_citations(
    source: Source, links: tuple[Link, ...], gazetteer: Gazetteer, as_of: PartialDate | None = None
) -> tuple[Citation, ...]:
    """Status of each link; `as_of` is the day of `status_today`.

    None stands for the newest date in the gazetteer: every date in it is a fact, so all of them count. A clock would
    make the same inputs give other outputs tomorrow.
    """
    book = load_cues(gazetteer.folder)
    heard = hear_words(links, book, gazetteer)
    links = tuple(
        renew_link(link, _decisive(each.hits), source.issued, gazetteer)
        for link, each in zip(links, heard, strict=True)
    )
    verdicts = [judge(source, link, each.hits, gazetteer) for link, each in zip(links, heard, strict=True)]
    return tuple(
        _make_citation(source, link, verdict, each.deadline, gazetteer, as_of)
        for link, verdict, each in zip(links, _share(links, verdicts, book), heard, strict=True)
        if verdict.status is not None
    )


def is_unnamed(mention: Mention) -> bool:
    """The mention describes a planned document by its subject, without a formal name."""
    return mention.pattern.startswith(SUBJECT_PATTERN)


def judge(source: Source, link: Link, hits: Sequence[Hit], gazetteer: Gazetteer) -> Verdict:
    """Dates and words together, for one mention."""
    word = _decisive(hits)
    if is_unnamed(link.mention) and (word is None or not word.cue.making):
        return Verdict(None, StatusBasis.NONE, 0.0, "an unnamed document that nobody is making")
    entry = _entry(link, gazetteer)
    dated = _judge_dates(source, entry, gazetteer) if entry else _judge_candidates(source, link, gazetteer)
    if word is None:
        return dated or _judge_name(entry, gazetteer)
    if dated is None or dated.status is Status.UNCLEAR:
        return _judge_words(word, hits)
    return _combine(dated, word)


def _judge_words(word: Hit, hits: Sequence[Hit]) -> Verdict:
    if word.cue.status == "none":
        return Verdict(None, StatusBasis.CUE, 0.0, f"no document, by the words {_quote(word)}", word)
    rivals = [hit for hit in hits if _is_rival(hit, word)]
    if rivals:
        reason = f"the words speak for both: {_quote(word)} and {_quote(rivals[0])}"
        return Verdict(Status.UNCLEAR, StatusBasis.CUE, 0.5, reason, word)
    status = Status(word.cue.status)
    return Verdict(status, StatusBasis.CUE, CERTAINTY[word.cue.strength], f"{status} by the words {_quote(word)}", word)


def _judge_name(entry: Entry | None, gazetteer: Gazetteer) -> Verdict:
    """Neither dates nor words: the registry's word, else what is called by its name is taken to be there."""
    if entry and entry.standing in PLANNED_STANDINGS and adoption_date(entry, gazetteer) is None:
        reason = f"nothing else decides; the registry lists it as {entry.standing} in {STANDING_DATE.year}"
        return Verdict(Status.PLANNED, StatusBasis.NONE, STANDING_CERTAINTY, reason)
    reason = "named like a document that is there; neither dates nor words decide"
    return Verdict(Status.EXISTING, StatusBasis.NONE, NAME_CERTAINTY, reason)


def _combine(dated: Verdict, word: Hit) -> Verdict:
    """The date decides; the words bear it out, contradict it, or are too weak to count."""
    if word.cue.status == dated.status:
        reason = f"{dated.reason}; the words agree: {_quote(word)}"
        return Verdict(dated.status, StatusBasis.BOTH, BOTH_CERTAINTY, reason, word)
    if word.cue.status == "none" and dated.status is Status.PLANNED:
        return Verdict(None, StatusBasis.BOTH, 0.0, f"no document yet, and the words say so: {_quote(word)}", word)
    if word.cue.strength < CONFLICT_STRENGTH:
        return replace(dated, hit=word)
    reason = f"{dated.reason}; the words say otherwise: {_quote(word)}"
    return Verdict(dated.status, StatusBasis.CONFLICT, 0.5, reason, word)


def _quote(hit: Hit) -> str:
    return f'"{hit.words}" ({hit.cue.id})'


def _is_rival(hit: Hit, word: Hit) -> bool:
    """As strong and as near as the cue that decides, and for the other status."""
    as_close = (hit.cue.strength, hit.distance) == (word.cue.strength, word.distance)
    return as_close and {hit.cue.status, word.cue.status} == {"existing", "planned"}


def _judge_dates(source: Source, entry: Entry, gazetteer: Gazetteer) -> Verdict | None:
    """What the registry says at the source's date; None where it leaves that open."""
    adopted = adoption_date(entry, gazetteer)
    order = source.issued.compare(adopted) if source.issued and adopted else None
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
    return max(hits, key=lambda hit: (hit.cue.strength, -hit.distance), default=None)


def _share(links: Sequence[Link], verdicts: Sequence[Verdict], book: CueBook) -> list[Verdict]:
    """At one date a document is planned or not: a mention that nothing decides follows the others of its target."""
    by_target: dict[str, list[Verdict]] = {}
    promised: dict[str, Hit] = {}
    renewed = _find_renewals(links, verdicts, book)
    chapters = [_chapter(index, link, renewed) for index, link in enumerate(links)]
    for chapter, verdict in zip(chapters, verdicts, strict=True):
        if chapter and verdict.status is not None:
            by_target.setdefault(chapter, []).append(verdict)
    shared: list[Verdict] = []
    for chapter, verdict in zip(chapters, verdicts, strict=True):
        open_to_others = verdict.status is not None and verdict.basis in (StatusBasis.NONE, StatusBasis.CUE)
        promise = _promise(by_target.get(chapter, ()))
        if promise is verdict.hit and promise:
            promised[chapter] = promise
        kept = _keep_promise(verdict, promised.get(chapter)) if open_to_others else verdict
        shared.append(_follow(kept, by_target.get(chapter, ())) if open_to_others and kept is verdict else kept)
    return shared


def _promise(all_of_target: Sequence[Verdict]) -> Hit | None:
    """The words that promise a document, where nothing said of it before or after means that it is there."""
    words = [each.hit for each in all_of_target if each.hit]
    stated = any(hit.cue.status == "existing" and not hit.cue.presumes for hit in words)
    return words[0] if words and words[0].cue.promises and not stated else None


def _keep_promise(verdict: Verdict, promise: Hit | None) -> Verdict:
    """What a text has promised it speaks of as if it were there: "The Work Programme shall be reviewed yearly"."""
    says_more = verdict.hit and not verdict.hit.cue.presumes
    if promise is None or verdict.status is not Status.EXISTING or says_more:
        return verdict
    reason = f"promised further up in this document: {_quote(promise)}"
    return Verdict(Status.PLANNED, StatusBasis.CUE, SHARED_CERTAINTY * CERTAINTY[promise.cue.strength], reason, promise)


def _find_renewals(links: Sequence[Link], verdicts: Sequence[Verdict], book: CueBook) -> dict[str, int]:
    """The first mention of each target that plans "a new X": what was called X before it is the old one."""
    renewed: dict[str, int] = {}
    for index, (link, verdict) in enumerate(zip(links, verdicts, strict=True)):
        before = re.findall(r"\w+", link.mention.sentence[: link.mention.within[0]].lower())[-_RENEWAL_REACH:]
        if link.target_id and verdict.status is Status.PLANNED and book.words["renewing"].intersection(before):
            renewed.setdefault(link.target_id, index)
    return renewed


def _chapter(index: int, link: Link, renewed: Mapping[str, int]) -> str:
    """Mentions of one document: those of a target, apart before and from the one that plans a new X."""
    target = link.target_id or ""
    return f"{target}, the old one" if index < renewed.get(target, 0) else target


def _follow(verdict: Verdict, all_of_target: Sequence[Verdict]) -> Verdict:
    settling = next((each.hit for each in all_of_target if each.hit and each.hit.cue.settles), None)
    if settling and verdict.status is not Status.EXISTING:
        return Verdict(Status.EXISTING, StatusBasis.CUE, 0.9, f"this document adopts it: {_quote(settling)}", settling)
    if verdict.basis is not StatusBasis.NONE:
        return verdict
    heard = [other for other in all_of_target if other.hit is not None]
    if not heard or len(heard) < MIN_SHARE * len(all_of_target):
        return verdict
    best = max(heard, key=lambda other: other.certainty)
    if best.hit is None or len({other.status for other in heard}) > 1:
        return verdict
    reason = f"{best.status} as elsewhere in this document, by the words {_quote(best.hit)}"
    return Verdict(best.status, StatusBasis.CUE, SHARED_CERTAINTY * best.certainty, reason, best.hit)


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
    )


def _entry(link: Link, gazetteer: Gazetteer) -> Entry | None:
    return gazetteer.entries.get(link.target_id or "")
