"""Verdicts: which judgements of the log are in force, what each says, and what they make of a run's citations.

In: all lines of `judgements.jsonl` in file order, and a run's citations; out: the citations as people decided, and an
issue for each judgement that found no citation. Pure: a run applies judgements and never writes one. "Accept" accepted
what was shown then: when the gazetteer has since given an unlisted name an entry, which nobody has seen, the citation
keeps its judgement and asks to be looked at again (`recheck`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.records import (
    UNLISTED,
    Candidate,
    Citation,
    CitationKind,
    Issue,
    Judgement,
    Severity,
    Shown,
    Status,
    Verdict,
)
from pipeline.review.anchor import anchor_judgements, name_of
from pipeline.status.classify import status_today

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.names.dates import PartialDate
    from pipeline.records import Document, Source


def show_citation(citation: Citation, **more: str) -> Shown:
    """What finds the citation again in a re-issued PDF, with what else a judgement is to hold."""
    mention = citation.mention
    return Shown(
        source_id=mention.source_id,
        surface=name_of(mention),
        sentence=mention.sentence,
        within=f"{mention.within[0]},{mention.within[1]}",
        page=str(mention.page),
        occurrence=str(mention.occurrence),
        **more,
    )


@dataclass(frozen=True)
class Outcome:
    """What a judgement says of a citation; two judgements agree when their outcomes are equal."""

    verdict: str  # citation, none or unsure
    target_id: str | None = None
    status: Status | None = None


def in_force(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Each reviewer's last word on each citation, in file order, without what was undone or settled since."""
    lines = tuple(judgements)
    undone = undone_ids(lines)
    standing = [each for each in lines if each.id not in undone and not each.undoes]
    settled = {identity for each in standing for identity in each.settles}
    last: dict[tuple[str, str], Judgement] = {}
    for each in standing:
        last.pop((each.citation_id, each.reviewer), None)  # so that the order is that of the last words
        last[each.citation_id, each.reviewer] = each
    return tuple(each for each in last.values() if each.id not in settled)


def group_by_citation(lines: Iterable[Judgement], moved: Mapping[str, str]) -> dict[str, tuple[Judgement, ...]]:
    """Judgements by the id that their citation has now, each reviewer's last one, file order kept."""
    groups: dict[str, dict[str, Judgement]] = defaultdict(dict)
    for each in lines:
        group = groups[moved.get(each.citation_id, each.citation_id)]
        group.pop(each.reviewer, None)
        group[each.reviewer] = each
    return {key: tuple(group.values()) for key, group in groups.items()}


def latest_of(judgements: Iterable[Judgement], reviewer: str) -> Judgement | None:
    """The reviewer's last line that is neither undone nor itself an undo: what the undo key takes back."""
    lines = tuple(judgements)
    undone = undone_ids(lines)
    mine = [each for each in lines if each.reviewer == reviewer and not each.undoes and each.id not in undone]
    return mine[-1] if mine else None


def outcome_of(judgement: Judgement, citation: Citation | None = None) -> Outcome:
    """What the judgement says, apart from whether the run had said the same.

    A line that names no document or no status leaves that as the citation has it.
    """
    if judgement.verdict is Verdict.REJECT:
        return Outcome("none")
    if judgement.verdict is Verdict.UNSURE:
        return Outcome("unsure")
    if citation is None:
        return Outcome("citation", judgement.target_id, judgement.status)
    return Outcome("citation", judgement.target_id or citation.target_id, judgement.status or citation.status)


def describe(judgement: Judgement) -> str:
    """One line for issues and pages: who decided what, when."""
    outcome = outcome_of(judgement)
    said = [judgement.verdict.value, outcome.target_id or "", outcome.status or ""]
    return f"{' '.join(part for part in said if part)}, {judgement.reviewer}, {judgement.decided_at}"


def undone_ids(judgements: Iterable[Judgement]) -> frozenset[str]:
    """Ids of lines that an undo in force takes back; an undo can itself be undone, in whatever order they stand."""
    undos = [each for each in judgements if each.undoes]
    by_target: dict[str, list[Judgement]] = {}
    for each in undos:
        by_target.setdefault(each.undoes, []).append(each)
    undone: dict[str, bool] = {}
    for target in by_target:
        _settle_undone(target, by_target, undone)
    return frozenset(identity for identity, is_undone in undone.items() if is_undone)


def _settle_undone(target: str, by_target: Mapping[str, Sequence[Judgement]], undone: dict[str, bool]) -> None:
    """Depth first without recursion: a line is undone if one of its undos is not undone itself."""
    stack = [target]
    while stack:
        identity = stack[-1]
        undos = by_target.get(identity, ())
        open_ids = [
            each.id for each in undos if each.id in by_target and each.id not in undone and each.id not in stack
        ]
        if open_ids:
            stack.extend(open_ids)
            continue
        undone[identity] = any(not undone.get(each.id, False) for each in undos)
        stack.pop()


class ReviewState(StrEnum):
    """What people have made of a citation; empty where nobody has looked."""

    NONE = ""
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    UNSURE = "unsure"
    CONFLICT = "conflict"  # reviewers disagree; the last of them counts until someone settles it
    RECHECK = "recheck"  # judged, but what was judged is not what stands there now


_STATES = {
    Verdict.ACCEPT: ReviewState.ACCEPTED,
    Verdict.CORRECT: ReviewState.CORRECTED,
    Verdict.REJECT: ReviewState.REJECTED,
    Verdict.UNSURE: ReviewState.UNSURE,
}


def apply_judgements(
    citations: Iterable[Citation],
    judgements: Iterable[Judgement],
    gazetteer: Gazetteer | None = None,
    sources: Sequence[Source] = (),
    as_of: PartialDate | None = None,
) -> tuple[tuple[Citation, ...], tuple[Issue, ...]]:
    """The citations as people decided, in their order, and the judgements that found no citation as issues.

    `gazetteer` gives a corrected target its title and, at `as_of`, its status today; `sources` lets judgements follow
    a source that got another id.
    A rejected citation stays in the list, without a target: it supports no line, and the decision stays visible.
    """
    citations = tuple(citations)
    lines = in_force(judgements)
    anchors = anchor_judgements(lines, citations, sources)
    by_citation = group_by_citation(lines, anchors.moved)
    judged = tuple(apply_lines(each, by_citation.get(each.id, ()), gazetteer, as_of) for each in citations)
    orphans = [(each, *anchors.lost[each.citation_id]) for each in lines if each.citation_id in anchors.lost]
    issues = [
        _issue(
            each,
            f"has no citation: {why}: {each.shown.surface!r}",
            f"look at {nearest} in the review page and judge it"
            if nearest
            else "none needed if the text is gone for good",
        )
        for each, why, nearest in orphans
    ]
    remedy = "judge the citation again, or give the entry its id back"
    issues += [
        _issue(each, f"names {each.target_id}, not in the gazetteer", remedy)
        for each in lines
        if _names_unknown(each, gazetteer)
    ]
    return judged, tuple(issues)


def apply_lines(
    citation: Citation,
    lines: Sequence[Judgement],
    gazetteer: Gazetteer | None = None,
    as_of: PartialDate | None = None,
) -> Citation:
    """One citation as the judgements in force on it decide; the last that decides anything counts."""
    if not lines:
        return citation
    deciding = [each for each in lines if each.verdict is not Verdict.UNSURE]
    last = deciding[-1] if deciding else lines[-1]
    state = _STATES[last.verdict]
    if len({outcome_of(each, citation) for each in lines}) > 1:
        state = ReviewState.CONFLICT
    elif needs_recheck(citation, last, gazetteer):
        state = ReviewState.RECHECK
    judged = replace(
        citation,
        judgement_id=last.id,
        review_state=state.value,
        reviewer=last.reviewer,
        reviewed_at=last.decided_at,
    )
    if last.verdict is Verdict.REJECT:
        return replace(judged, target_id=None, target_title="", method="judgement", reason=_said(last))
    return judged if last.verdict is Verdict.UNSURE else _decide(judged, last, gazetteer, as_of)


def needs_recheck(citation: Citation, judgement: Judgement, gazetteer: Gazetteer | None) -> bool:
    """The judged target is no entry (any more), and the run has now linked the name to another document."""
    if judgement.verdict not in (Verdict.ACCEPT, Verdict.CORRECT) or judgement.target_id in (None, citation.target_id):
        return False
    return not is_entry(judgement.target_id) or _names_unknown(judgement, gazetteer)


def is_entry(target_id: str | None) -> bool:
    """The target is a document of the gazetteer, not an unlisted or undecided one."""
    return target_id is not None and not target_id.startswith(UNLISTED)


class Evidence(msgspec.Struct, frozen=True):
    """A line of review.jsonl, what the review page shows beside `citations.csv`.

    Target and status are the run's own, before any judgement; the page applies the judgements of this minute to them.
    Near misses are those of the same source and surface.
    """

    citation_id: str
    target_id: str | None
    target_title: str
    status: Status
    method: str
    candidates: tuple[Candidate, ...]
    within: tuple[int, int]
    kind: CitationKind = CitationKind.NAME
    reason: str = ""
    status_reason: str = ""
    lead: str = ""
    antecedent: str | None = None
    occurrence: int = 0
    near_misses: tuple[dict[str, Any], ...] = ()


def review_rows(documents: Sequence[Document]) -> tuple[dict[str, Any], ...]:
    """The evidence of each citation of a run, sorted as citations.csv is."""
    rows: list[dict[str, Any]] = []
    for document in sorted(documents, key=lambda each: each.source.id):
        misses: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for miss in document.near_misses:
            facts = asdict(miss)
            misses[facts.pop("surface")].append({name: facts[name] for name in facts if name != "source_id"})
        ordered = sorted(document.citations, key=lambda each: (each.mention.page, each.mention.start, each.id))
        for citation in ordered:
            facts = {**vars(citation.mention), **vars(citation), "citation_id": citation.id}
            facts["near_misses"] = misses.get(citation.mention.surface, ())
            rows.append(msgspec.to_builtins({name: facts[name] for name in Evidence.__struct_fields__}))
    return tuple(rows)


def _decide(
    citation: Citation, judgement: Judgement, gazetteer: Gazetteer | None, as_of: PartialDate | None
) -> Citation:
    """Pin what was judged. A target that was no entry then gives way to one that the run has found since."""
    entry = gazetteer.entries.get(judgement.target_id or "") if gazetteer is not None else None
    decided = replace(citation, status=judgement.status or citation.status)
    if judgement.target_id not in (None, citation.target_id) and not needs_recheck(citation, judgement, gazetteer):
        decided = replace(
            decided,
            target_id=judgement.target_id,
            target_title=entry.title if entry else judgement.shown.surface,
            method="judgement",
            reason=_said(judgement),
        )
    if gazetteer is None:
        return decided
    entry = gazetteer.entries.get(decided.target_id or "")
    return replace(decided, status_today=status_today(entry, decided.status, gazetteer, as_of))


def _said(judgement: Judgement) -> str:
    note = f": {judgement.note}" if judgement.note else ""
    return f"{judgement.reviewer} judged so on {judgement.decided_at[:10]}{note}"


def _names_unknown(judgement: Judgement, gazetteer: Gazetteer | None) -> bool:
    return gazetteer is not None and is_entry(judgement.target_id) and judgement.target_id not in gazetteer.entries


def _issue(judgement: Judgement, fault: str, remedy: str) -> Issue:
    message = f"judgement {judgement.id} ({describe(judgement)}) {fault}"
    return Issue(judgement.shown.source_id, "review", Severity.WARNING, message, remedy)
