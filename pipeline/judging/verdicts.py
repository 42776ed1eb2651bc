"""Verdicts: which judgements of the log are in force, and what each says.

In: all lines of `judgements.jsonl` in file order; out: each reviewer's last word on each citation.
The trap: an undo is a line like any other, can itself be undone, and may come before what it undoes after a merge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.records import Citation, Judgement, Status, Verdict


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
