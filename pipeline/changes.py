"""What differs between two runs, and why: citations and lines gained, lost, turned, delivered, each with its cause.

In: the folders of two runs (tables, run.json, the gazetteer they used). Out: `Change` records, as a table and as a
page. Of the citations of a large run only the columns that are compared are read, and the rows of one source at a time
are held as such.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from pipeline.contract import CHANGES
from pipeline.records import UNLISTED, Status
from pipeline.runs.causes import CAUSES, Cause, Causes, changed_rows
from pipeline.runs.run_folder import Rows, RunFolder
from pipeline.store import Cell, read_csv, write_csv, write_text

CSV_FILE, PAGE_FILE = "changes.csv", "changes.md"

# The page names so many changes of one kind and cause; all are in the table.
_MOST_LINES = 40


class Change(NamedTuple):
    """One difference; the fields are the columns of changes.csv."""

    level: str  # citation or edge
    change: str  # gained, lost, flipped, retargeted, delivered
    source_id: str
    target_id: str
    old_target_id: str
    old_status: str
    new_status: str
    cause: str
    detail: str
    citation_id: str
    page: int | None
    surface: str


@dataclass(frozen=True)
class _Source:
    """What two runs found in one source: citations by id, and statuses of its lines by target."""

    id: str
    old: Rows
    new: Rows
    old_edges: Mapping[str, frozenset[str]]
    new_edges: Mapping[str, frozenset[str]]


def compare_runs(old: Path, new: Path) -> tuple[Change, ...]:
    """All differences between the outputs of two runs, lines first, sorted."""
    before, after = RunFolder(old), RunFolder(new)
    rows = changed_rows(before.knowledge, after.knowledge) if before.knowledge and after.knowledge else {}
    causes = Causes(before, after, rows)
    found: list[Change] = []
    for source in _each_source(before, after):
        found += [*_compare_edges(source, causes), *_compare_citations(source, causes)]
    return tuple(sorted(found, key=lambda each: (each.level != "edge", *map(str, each))))


def write_changes(folder: Path, changes: Iterable[Change], heading: str) -> None:
    """changes.csv and changes.md."""
    changes = tuple(changes)
    write_csv(folder / CSV_FILE, CHANGES.names, to_rows(changes))
    write_text(folder / PAGE_FILE, format_changes(changes, heading))


def tells_changes(folder: Path) -> bool:
    """Whether the run in `folder` found anything new."""
    return any(read_csv(folder / CSV_FILE))


def to_rows(changes: Iterable[Change]) -> list[tuple[Cell, ...]]:
    """The rows of changes.csv."""
    return [tuple(change) for change in changes]


def format_changes(changes: Iterable[Change], heading: str) -> str:
    """The page: how many of each kind, then each cause with what it did."""
    changes = tuple(changes)
    parts = [f"# {heading}", "", _summary(changes), ""]
    for cause in CAUSES:
        chosen = [change for change in changes if change.cause == cause]
        if chosen:
            parts += [f"## Because of: {cause}", "", *_tell(chosen), ""]
    return "\n".join(parts)


def _each_source(before: RunFolder, after: RunFolder) -> Iterator[_Source]:
    """Both runs side by side, one source after the other, so that no run's citations are held all at once."""
    rows = [
        ((source, 0, rows) for source, rows in before.citations()),
        ((source, 1, rows) for source, rows in after.citations()),
    ]
    edges = before.edges_by_source, after.edges_by_source
    told = set()
    for source, group in groupby(heapq.merge(*rows, key=itemgetter(0)), key=itemgetter(0)):
        found: list[Rows] = [{}, {}]
        for _, run, citations in group:
            found[run] = citations
        told.add(source)
        yield _Source(source, found[0], found[1], *(each.get(source, {}) for each in edges))
    for source in sorted((edges[0].keys() | edges[1].keys()) - told):
        yield _Source(source, {}, {}, *(each.get(source, {}) for each in edges))


def _compare_citations(source: _Source, causes: Causes) -> Iterator[Change]:
    for key in source.old.keys() | source.new.keys():
        old, new = source.old.get(key, {}), source.new.get(key, {})
        change = _name_change(old, new)
        if change:
            row = new or old
            targets = [each.get("target_id", "") for each in (old, new)]
            cause = causes.find(source.id, targets, old, new)
            statuses = (old.get("status", ""), new.get("status", ""))
            if change == "delivered":
                statuses = (old["status_today"], new["status_today"])
            told = (source.id, row["target_id"], targets[0], *statuses, *cause)
            yield Change("citation", change, *told, key, row["page"], row["surface"])


def _name_change(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What happened to one citation; empty where nothing did."""
    if not old or not new:
        return "gained" if new else "lost"
    if old["status_today"] == Status.PLANNED and new["status_today"] == Status.EXISTING:
        return "delivered"
    if old["target_id"] != new["target_id"]:
        return "retargeted"
    return "flipped" if old["status"] != new["status"] else ""


def _compare_edges(source: _Source, causes: Causes) -> Iterator[Change]:
    for target in source.old_edges.keys() | source.new_edges.keys():
        old, new = source.old_edges.get(target, frozenset()), source.new_edges.get(target, frozenset())
        if old != new:
            change = "flipped" if old and new else "gained" if new else "lost"
            cause = _edge_cause(source, target, causes)
            told = (source.id, target, "", " ".join(sorted(old)), " ".join(sorted(new)))
            yield Change("edge", change, *told, *cause, "", None, "")


def _edge_cause(source: _Source, target: str, causes: Causes) -> Cause:
    """The cause of the first of its citations that differs; where it only changed its target, the row says why."""
    for key in sorted(source.old.keys() | source.new.keys()):
        rows = source.old.get(key, {}), source.new.get(key, {})
        targets = [row.get("target_id", "") for row in rows]
        if target in targets and _name_change(*rows):
            return causes.find(source.id, [target, *targets], *rows)
    return causes.find(source.id, [target], {}, {})


def _summary(changes: tuple[Change, ...]) -> str:
    counts = Counter((change.level, change.change) for change in changes)
    if not counts:
        return "Nothing changed."
    parts = [f"{count} {level}{'s' if count > 1 else ''} {change}" for (level, change), count in sorted(counts.items())]
    return ", ".join(parts) + "."


def _tell(changes: list[Change]) -> Iterator[str]:
    by_detail: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_detail[change.detail].append(change)
    for detail, group in sorted(by_detail.items()):
        yield f"### {_inert(detail)}"
        yield ""
        yield from (_line(change) for change in group[:_MOST_LINES])
        if len(group) > _MOST_LINES:
            yield f"- ... and {len(group) - _MOST_LINES} more in {CSV_FILE}"
        yield ""


def _line(change: Change) -> str:
    place = f"`{change.source_id}` to `{change.target_id or 'undecided'}`"
    if change.level == "edge":
        turned = f"{change.old_status or 'nothing'} → {change.new_status or 'nothing'}"
        return f"- line {change.change}: {place} ({turned})"
    told = f"{place}, page {change.page}: “{_inert(change.surface)}”"
    if change.change == "delivered":
        was = f" (was {change.old_target_id})" if change.old_target_id.startswith(UNLISTED) else ""
        return f"- promise delivered: {told}{was}"
    if change.change == "retargeted":
        return f"- citation retargeted: {told} (was {change.old_target_id or 'undecided'})"
    turned = f" ({change.old_status} → {change.new_status})" if change.change == "flipped" else ""
    return f"- citation {change.change}: {told}{turned}"


def _inert(text: str) -> str:
    """Text from a PDF, as text: on one line, and no markup of it counts."""
    folded = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|&!" else letter for letter in folded)
