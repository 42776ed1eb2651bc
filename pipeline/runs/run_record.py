"""`run.json`: what a run did with each input, with which versions, and how long it took.

In: a run's plan, its inputs and counts. Out: the file, and the `RunResult` that a caller gets. The trap: this is the
only published file that may hold a clock time; whatever else wants one is not the same twice.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from pipeline.runs.kept import InputRow
from pipeline.runs.plan import FAILED, KEPT, READ, RELINKED
from pipeline.runs.workspace import RUN_FILE
from pipeline.store import read_csv, write_json

# What is counted, in the order in which a person is told.
COUNTS = (
    "documents",
    "pages",
    "pages not read",
    "citations",
    "citations of planned documents",
    "documents cited",
    "waiting in the inbox",
    "issues",
)

ISSUES_FILE = "issues.csv"


class Clock:
    """When a run began, and the seconds of each of its parts."""

    def __init__(self) -> None:
        self.started = datetime.now(UTC)
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, dict[str, float]] = {}
        self._begun = self._last = monotonic()
        self._used = _used()

    def mark(self, part: str) -> None:
        """The part that began at the last mark is over."""
        now, used = monotonic(), _used()
        self.seconds[part] = round(now - self._last, 3)
        self.processor[part] = {name: round(used[name] - self._used[name], 3) for name in used}
        self._last, self._used = now, used

    def times(self) -> dict[str, Any]:
        """What run.json says of time."""
        total = round(monotonic() - self._begun, 3)
        return {
            "started": _iso(self.started),
            "finished": _iso(datetime.now(UTC)),
            "seconds": self.seconds | {"total": total},
            # What it cost, whatever else the machine had to do: this process, and what it started and saw end.
            "processor_seconds": self.processor,
        }


@dataclass(frozen=True)
class RunResult:
    """What a run published: where, what it did with how many PDFs, what it found, what is left to clear."""

    output: Path
    number: int
    documents: Mapping[str, int]  # total, read, relinked, kept, failed
    counts: Mapping[str, int]
    issues: tuple[str, ...]  # one line each
    seconds: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    failed: tuple[str, ...] = ()  # files
    new_issues: tuple[str, ...] = ()  # those that the run before did not have
    is_unchanged: bool = False  # nothing was new

    @property
    def exit_code(self) -> int:
        """0 done; 1 done, with issues to clear."""
        return int(bool(self.counts["issues"]))

    def describe_actions(self) -> str:
        """What was done with the PDFs: 3 read, 40 kept."""
        return ", ".join(f"{count} {action}" for action, count in self.documents.items() if count and action != "total")

    def exit_code_on(self, exit_on: str) -> int:
        """The same, or 1 only where an issue is new."""
        return int(bool(self.new_issues)) if exit_on == "new" else self.exit_code


def write_record(folder: Path, number: int, inputs: Sequence[InputRow], facts: Mapping[str, Any], clock: Clock) -> None:
    """Write run.json; `facts` are the versions, settings and counts."""
    columns = ("file", "source_id", "sha256", "action", "pages", "characters", "listed")
    files = [{column: getattr(each, column) for column in columns} for each in inputs]
    names = sorted({path.name for path in folder.iterdir()} | {RUN_FILE})
    record = {
        "run": number,
        "files": names,
        "inputs": files,
        "documents": count_actions(inputs),
        **facts,
        **clock.times(),
    }
    write_json(folder / RUN_FILE, record)


def load_result(output: Path, folder: Path) -> RunResult:
    """The result of the run in `folder`, as published in `output`."""
    record = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    return RunResult(
        output=output,
        number=record["run"],
        documents=record["documents"],
        counts={name: record["counts"][name] for name in COUNTS if name in record["counts"]},
        issues=read_issue_lines(folder),
        seconds=record["seconds"],
        versions=record.get("versions", {}),
        failed=tuple(each["file"] for each in record["inputs"] if each["action"] == FAILED),
    )


def read_issue_lines(folder: Path) -> tuple[str, ...]:
    """The issues of a run, one line each; none where an older version wrote them otherwise."""
    path = folder / ISSUES_FILE
    rows = read_csv(path) if path.exists() else ()
    return tuple(_issue_line(row) for row in rows if row.get("severity", "info") != "info")


def _used() -> dict[str, float]:
    times = os.times()
    return {"own": times.user + times.system, "workers": times.children_user + times.children_system}


def count_actions(inputs: Sequence[InputRow]) -> dict[str, int]:
    """How many PDFs were read, relinked, kept and lost."""
    actions = Counter(each.action for each in inputs)
    return {"total": len(inputs), **{action: actions[action] for action in (READ, RELINKED, KEPT, FAILED)}}


def _issue_line(row: Mapping[str, str]) -> str:
    place = f"{row['file']}: " if row["file"] else ""
    return f"{place}{row['message']}; {row['remedy']}"


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
