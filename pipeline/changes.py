"""What differs between two runs, and why: citations and lines gained, lost, turned, delivered, each with its cause.

In: the folders of two runs (tables, run.json, the gazetteer they used). Out: `Change` records, as a table and as a
page. Of the citations of a large run only the columns that are compared are read, and the rows of one source at a time
are held as such.
Several causes may meet in one run. What is certain is asked first (the PDF is new, gone or another; a person judged),
then the gazetteer's rows that name the document, then the text, then the rules.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from pipeline.contract import CHANGES
from pipeline.records import UNLISTED, Status
from pipeline.runs.run_folder import Input, Rows, RunFolder
from pipeline.store import Cell, read_csv, write_csv, write_text

CSV_FILE, PAGE_FILE = "changes.csv", "changes.md"

# The page names so many changes of one kind and cause; all are in the table.
_MOST_LINES = 40


# Where a cause may lie; in the order in which the page tells them.
CAUSES = (
    "new document",
    "replaced document",
    "removed document",
    "SOURCES.csv",
    "judgement",
    "gazetteer",
    "text",
    "rules",
    "settings",
)


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


class Cause(NamedTuple):
    """One of CAUSES, and which document, row or version it was."""

    name: str
    detail: str


@dataclass(frozen=True)
class Causes:
    """Why a citation of a source may differ between two runs."""

    old: RunFolder
    new: RunFolder
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # changed gazetteer rows by entry id

    def find(self, source_id: str, entry_ids: Iterable[str], old: Mapping[str, str], new: Mapping[str, str]) -> Cause:
        """The cause of one difference; `old` and `new` are the citation's rows, empty where there is none."""
        return (
            self._document(source_id)
            or self._listed(source_id)
            or self._judgement(old, new)
            or self._row(source_id, entry_ids)
            or self._arrival(entry_ids)
            or self._text(source_id)
            or self._versions()
        )

    def _document(self, source_id: str) -> Cause | None:
        """The PDF is new, gone or another one; None where it is the same, be it taken for another document now."""
        before, after = self._peers(source_id)
        if before is None or after is None:
            file = (after or before or {"file": source_id})["file"]
            return Cause("removed document" if after is None else "new document", file)
        return Cause("replaced document", after["file"]) if before["sha256"] != after["sha256"] else None

    def _listed(self, source_id: str) -> Cause | None:
        """Its row of SOURCES.csv says otherwise what it is; older runs did not keep that."""
        rows = [each.get("listed") for each in self._peers(source_id) if each]
        changed = len(rows) == 2 and None not in rows and rows[0] != rows[1]
        return Cause("SOURCES.csv", f"the row of {(self._peers(source_id)[1] or {})['file']}") if changed else None

    def _peers(self, source_id: str) -> tuple[Input | None, Input | None]:
        """The PDF of a source in both runs: under the same id, with the same bytes, or under the same name."""
        before, after = self.old.sources.get(source_id), self.new.sources.get(source_id)
        if before and after:
            return before, after
        if before:
            return before, self.new.by_hash.get(before["sha256"]) or self.new.files.get(before["file"])
        if after:
            return self.old.by_hash.get(after["sha256"]) or self.old.files.get(after["file"]), after
        return None, None

    def _judgement(self, old: Mapping[str, str], new: Mapping[str, str]) -> Cause | None:
        columns = ("review_state", "reviewer", "reviewed_at")
        if not (old and new) or all(old[column] == new[column] for column in columns):
            return None
        state = new["review_state"] or "taken back"
        return Cause("judgement", f"{state} by {new['reviewer'] or old['reviewer']}")

    def _row(self, source_id: str, entry_ids: Iterable[str]) -> Cause | None:
        sources = [each["source_id"] for each in self._peers(source_id) if each]
        rows = sorted({row for entry_id in (*entry_ids, *sources) for row in self.rows.get(entry_id, ())})
        return Cause("gazetteer", "; ".join(rows)) if rows else None

    def _arrival(self, entry_ids: Iterable[str]) -> Cause | None:
        """The PDF of the cited document, that no entry explains, has come or gone."""
        for entry_id in sorted(set(entry_ids) & (self.new.sources.keys() ^ self.old.sources.keys())):
            cause = self._document(entry_id)
            if cause:
                return cause
        return None

    def _text(self, source_id: str) -> Cause | None:
        measures = [(each["pages"], each["characters"], each["file"]) for each in self._peers(source_id) if each]
        same = measures[0][:2] == measures[1][:2]
        return None if same else Cause("text", f"{measures[1][2]} is read otherwise now")

    def _versions(self) -> Cause:
        before, after = self.old.record["versions"], self.new.record["versions"]
        if before["rules"] != after["rules"]:
            return Cause("rules", f"rules {after['rules']}, before {before['rules']}")
        if before["gazetteer"] != after["gazetteer"]:
            files = sorted({file for file, _ in _changed_keys(self.old.knowledge, self.new.knowledge)})
            return Cause("gazetteer", ", ".join(files))
        if before["reader"] != after["reader"]:
            return Cause("text", f"reader {after['reader']}, before {before['reader']}")
        return Cause("settings", "other settings than before")


def changed_rows(
    old: Mapping[tuple[str, str], tuple[str, ...]], new: Mapping[tuple[str, str], tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """By entry, what was done to its rows: "documents.csv: row defa added"."""
    found: dict[str, list[str]] = defaultdict(list)
    for file, key in _changed_keys(old, new):
        entry_id, _, alias = key.partition("\t")
        if entry_id:
            done = "added" if (file, key) not in old else "removed" if (file, key) not in new else "changed"
            found[entry_id].append(f"{file}: {alias or entry_id} {done}")
    return {entry_id: tuple(rows) for entry_id, rows in found.items()}


def _changed_keys(
    old: Mapping[tuple[str, str], tuple[str, ...]], new: Mapping[tuple[str, str], tuple[str, ...]]
) -> list[tuple[str, str]]:
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
