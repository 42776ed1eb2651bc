"""What differs between two runs, and why: citations and lines gained, lost, turned, delivered, each with its cause.

In: the folders of two runs (tables, run.json, the gazetteer they used). Out: `Change` records, as a table and as a
page. The trap: several causes may meet in one run. What is certain is asked first (the PDF is new, gone or another; a
person judged), then the gazetteer's rows that name the document, then the text, then the rules.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.records import UNLISTED, Status
from pipeline.runs.contract import CHANGES
from pipeline.store import Cell, read_csv, write_bytes, write_csv, write_text

GAZETTEER = ".gazetteer"  # the gazetteer's files as a run used them, beside its outputs
CSV_FILE, PAGE_FILE = "changes.csv", "changes.md"

# One of the inputs in run.json: file, source_id, sha256, action, pages, characters.
Input = dict[str, Any]

# What run.json did not tell before it told it.
_NO_MEASURES: Input = {"pages": 0, "characters": 0}

# Where a cause may lie; in the order in which the page tells them.
CAUSES = (
    "new document",
    "replaced document",
    "removed document",
    "judgement",
    "gazetteer",
    "text",
    "rules",
    "settings",
)
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
class RunFolder:
    """The outputs of one run."""

    folder: Path

    @cached_property
    def record(self) -> dict[str, Any]:
        """run.json."""
        found: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        found["inputs"] = [_NO_MEASURES | each for each in found["inputs"]]
        return found

    @cached_property
    def citations(self) -> dict[str, dict[str, str]]:
        """The rows of citations.csv by id."""
        return {row["citation_id"]: row for row in read_csv(self.folder / "citations.csv")}

    @cached_property
    def edges(self) -> dict[tuple[str, str], frozenset[str]]:
        """The statuses of the lines between two documents."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in read_csv(self.folder / "edges.csv"):
            found[row["source"], row["target"]].add(row["status"])
        return {pair: frozenset(statuses) for pair, statuses in found.items()}

    @cached_property
    def files(self) -> dict[str, Input]:
        """The inputs by file name."""
        return {each["file"]: each for each in self.record["inputs"]}

    @cached_property
    def sources(self) -> dict[str, Input]:
        """The inputs that were read, by source."""
        inputs = sorted(self.record["inputs"], key=lambda each: each["file"], reverse=True)
        return {each["source_id"]: each for each in inputs if each["action"] != "failed"}

    @cached_property
    def by_hash(self) -> dict[str, Input]:
        """The inputs that were read, by the hash of their bytes."""
        return {each["sha256"]: each for each in self.sources.values()}

    @cached_property
    def knowledge(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The gazetteer's rows by file and key; a file that is no table is one row."""
        return dict(_read_knowledge(self.folder / GAZETTEER))


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


class Cause(NamedTuple):
    """One of CAUSES, and which document, row or version it was."""

    name: str
    detail: str


def compare_runs(old: Path, new: Path) -> tuple[Change, ...]:
    """All differences between the outputs of two runs, lines first, sorted."""
    before, after = RunFolder(old), RunFolder(new)
    rows = _changed_rows(before.knowledge, after.knowledge) if before.knowledge and after.knowledge else {}
    causes = Causes(before, after, rows)
    found = [*_compare_edges(before, after, causes), *_compare_citations(before, after, causes)]
    return tuple(sorted(found, key=lambda each: (each.level != "edge", *map(str, each))))


def write_changes(folder: Path, changes: Iterable[Change], heading: str) -> None:
    """changes.csv and changes.md."""
    changes = tuple(changes)
    write_csv(folder / CSV_FILE, CHANGES.names, to_rows(changes))
    write_text(folder / PAGE_FILE, format_changes(changes, heading))


def to_rows(changes: Iterable[Change]) -> list[tuple[Cell, ...]]:
    """The rows of changes.csv."""
    return [tuple(change) for change in changes]


def keep_gazetteer(folder: Path, files: Iterable[Path]) -> None:
    """Keep the gazetteer's files beside the outputs made with them, for the next comparison."""
    for path in files:
        write_bytes(folder / GAZETTEER / path.name, path.read_bytes())


def format_changes(changes: Iterable[Change], heading: str) -> str:
    """The page: how many of each kind, then each cause with what it did."""
    changes = tuple(changes)
    parts = [f"# {heading}", "", _summary(changes), ""]
    for cause in CAUSES:
        chosen = [change for change in changes if change.cause == cause]
        if chosen:
            parts += [f"## Because of: {cause}", "", *_tell(chosen), ""]
    return "\n".join(parts)


def _compare_citations(before: RunFolder, after: RunFolder, causes: Causes) -> Iterator[Change]:
    for key in before.citations.keys() | after.citations.keys():
        old, new = before.citations.get(key, {}), after.citations.get(key, {})
        change = _name_change(old, new)
        if change:
            row = new or old
            targets = [each.get("target_id", "") for each in (old, new)]
            cause = causes.find(row["source_id"], targets, old, new)
            statuses = (old.get("status", ""), new.get("status", ""))
            if change == "delivered":
                statuses = (old["status_today"], new["status_today"])
            told = (row["source_id"], row["target_id"], targets[0], *statuses, *cause)
            yield Change("citation", change, *told, key, int(row["page"]), row["surface"])


def _name_change(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What happened to one citation; empty where nothing did."""
    if not old or not new:
        return "gained" if new else "lost"
    if old["status_today"] == Status.PLANNED and new["status_today"] == Status.EXISTING:
        return "delivered"
    if old["target_id"] != new["target_id"]:
        return "retargeted"
    return "flipped" if old["status"] != new["status"] else ""


def _compare_edges(before: RunFolder, after: RunFolder, causes: Causes) -> Iterator[Change]:
    quotes = _citations_by_pair(before), _citations_by_pair(after)
    for pair in before.edges.keys() | after.edges.keys():
        old, new = before.edges.get(pair, frozenset()), after.edges.get(pair, frozenset())
        if old != new:
            change = "flipped" if old and new else "gained" if new else "lost"
            rows = [each.get(pair, {}) for each in quotes]
            cause = _edge_cause(pair, causes, *rows)
            told = (pair[0], pair[1], "", " ".join(sorted(old)), " ".join(sorted(new)))
            yield Change("edge", change, *told, *cause, "", None, "")


def _edge_cause(
    pair: tuple[str, str], causes: Causes, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> Cause:
    """The cause of the first of its citations that differs; where it only changed its target, the row says why."""
    for key in sorted(old.keys() | new.keys()):
        rows = causes.old.citations.get(key, {}), causes.new.citations.get(key, {})
        if _name_change(*rows):
            return causes.find(pair[0], [pair[1], *(row.get("target_id", "") for row in rows)], *rows)
    return causes.find(pair[0], pair[1:], {}, {})


def _citations_by_pair(run: RunFolder) -> dict[tuple[str, str], dict[str, Mapping[str, str]]]:
    found: dict[tuple[str, str], dict[str, Mapping[str, str]]] = defaultdict(dict)
    for key, row in run.citations.items():
        found[row["source_id"], row["target_id"]][key] = row
    return found


def _read_knowledge(folder: Path) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for path in sorted(folder.glob("*")):
        if path.suffix != ".csv":
            yield (path.name, ""), (path.read_text(encoding="utf-8"),)
            continue
        for row in read_csv(path):
            yield (path.name, _row_key(row)), tuple(row.values())


def _row_key(row: Mapping[str, str]) -> str:
    """documents.csv has one row an id, aliases.csv several an entry."""
    return row["id"] if "id" in row else f"{row.get('entry_id', '')}\t{row.get('alias', '') or ' '.join(row.values())}"


def _changed_keys(
    old: Mapping[tuple[str, str], tuple[str, ...]], new: Mapping[tuple[str, str], tuple[str, ...]]
) -> list[tuple[str, str]]:
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _changed_rows(
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
