"""What a run leaves of itself: run.json, and a line in the history, also if it failed, was refused or was killed.

In: what was done with each input, and how the run ended. Out: `run.json` and the `RunResult` that a caller gets;
`history.jsonl` in the state folder, its last thousand lines, which `topology status` reads. A process that is killed
cannot write its line; while a run holds the lock of the output folder its beginning stands in `running.json`, and
whoever holds the lock next and finds one there tells of it. No other file may hold a clock time.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from filelock import FileLock

from pipeline.runs.alarms import AlarmError
from pipeline.runs.kept import InputRow
from pipeline.runs.plan import FAILED, KEPT, READ, RELINKED
from pipeline.runs.scan import NoPdfError
from pipeline.runs.versions import code_version
from pipeline.runs.workspace import RUN_FILE, BusyError
from pipeline.store import read_csv, write_json, write_text

# What is counted, in the order in which a person is told.
COUNTS = (
    *("documents", "pages", "pages not read", "citations", "citations of planned documents", "documents cited"),
    *("waiting in the inbox", "issues"),
)

ISSUES_FILE = "issues.csv"

HISTORY = "history.jsonl"
RUNNING = "running.json"
MOST_NIGHTS = 1000  # lines: nearly three years of nights
_MOST_TEXT = 1000  # characters of a message
_MOST_FILES = 100


class Outcome(StrEnum):
    """How a run ended."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"  # published again, for nothing was new
    REFUSED = "refused"  # an alarm: not published
    NOTHING = "nothing"  # there is no PDF
    MISUSED = "misused"  # wrong input
    BUSY = "busy"  # another run was at work
    FAILED = "failed"
    INTERRUPTED = "interrupted"


GOOD = (Outcome.PUBLISHED, Outcome.UNCHANGED)


@dataclass(frozen=True)
class Night:
    """What is kept of a run; times are ISO 8601, in UTC."""

    started: str
    finished: str
    exit: int | None  # None: killed
    outcome: Outcome
    message: str = ""
    run: int | None = None  # the number under which it was published
    alarms: tuple[str, ...] = ()
    documents: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    new_issues: int = 0
    failed: tuple[str, ...] = ()  # files
    fetch: Mapping[str, int] | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


class Trace:
    """The run that is at work, as far as its line is known."""

    def __init__(self, state: Path, exit_on: str) -> None:
        self.state, self.exit_on = state, exit_on
        self.started = _iso(datetime.now(UTC))
        self.fetched: Mapping[str, int] | None = None
        self.result: RunResult | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the lock of the output folder is held; a run that was killed in it before is told."""
        path = self.state / RUNNING
        if killed := read_running(self.state):
            append_night(self.state, killed)
        write_json(path, {"started": self.started, "process": os.getpid()})
        try:
            yield
        finally:
            path.unlink(missing_ok=True)

    def finish(self, error: BaseException | None) -> None:
        """Write the line; where there never was a run there is nothing to add it to, and nothing is made."""
        if self.state.exists():
            append_night(self.state, self._night(error))

    def _night(self, error: BaseException | None) -> Night:
        outcome, code = describe_end(error)
        versions = {"code": code_version()}
        night = Night(self.started, _iso(datetime.now(UTC)), code, outcome, fetch=self.fetched, versions=versions)
        if error is not None:
            alarms = error.alarms if isinstance(error, AlarmError) else ()
            message = str(error) or type(error).__name__
            return replace(night, message=message[:_MOST_TEXT], alarms=alarms)
        result = self.result
        assert result is not None
        return replace(
            night,
            exit=result.exit_code_on(self.exit_on),
            outcome=Outcome.UNCHANGED if result.is_unchanged else Outcome.PUBLISHED,
            run=result.number,
            documents=result.documents,
            counts=result.counts,
            new_issues=len(result.new_issues),
            failed=result.failed[:_MOST_FILES],
            versions=result.versions,
        )


@contextmanager
def traced(state: Path, exit_on: str) -> Iterator[Trace]:
    """Whatever happens within, its line is written; an error goes on."""
    trace = Trace(state, exit_on)
    try:
        yield trace
    except BaseException as error:
        try:
            trace.finish(error)
        except OSError as second:  # the disk is full, or the folder nobody's: the first error says more
            error.add_note(f"nor could {HISTORY} be written: {second}")
        raise
    trace.finish(None)


def describe_end(error: BaseException | None) -> tuple[Outcome, int]:
    """How a run ends that ends so, and with which exit code.

    Errors that our modules define are what a user must mend: a ValueError what was given, others what came of it.
    """
    match error:
        case None:
            return Outcome.PUBLISHED, 0
        case BusyError():
            return Outcome.BUSY, 0
        case AlarmError():
            return Outcome.REFUSED, 3
        case NoPdfError():
            return Outcome.NOTHING, 2
        case ValueError() if type(error).__module__.startswith("pipeline."):
            return Outcome.MISUSED, 2
        case Exception():
            return Outcome.FAILED, 3
        case _:
            return Outcome.INTERRUPTED, 130


def append_night(state: Path, night: Night) -> None:
    """Add a line, and drop the oldest beyond twice `MOST_NIGHTS`; raises OSError."""
    state.mkdir(parents=True, exist_ok=True)
    path = state / HISTORY
    line = json.dumps(asdict(night), ensure_ascii=False, sort_keys=True)
    with FileLock(state / ".history.lock", timeout=10):
        with path.open("ab") as stream:
            cut = stream.tell() and not path.read_bytes().endswith(b"\n")  # by a power failure
            stream.write((b"\n" if cut else b"") + line.encode("utf-8", "backslashreplace") + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if len(lines) > 2 * MOST_NIGHTS:
            write_text(path, "".join(lines[-MOST_NIGHTS:]))


def read_nights(state: Path) -> tuple[dict[str, Any], ...]:
    """The last runs, oldest first, as `Night` has them; a line that was cut off is passed over."""
    try:
        lines = (state / HISTORY).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    found = []
    for line in lines[-MOST_NIGHTS:]:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return tuple(found)


def read_running(state: Path) -> Night | None:
    """The run that has begun and not ended: at work if the lock is held, killed if it is not."""
    try:
        started = json.loads((state / RUNNING).read_text(encoding="utf-8"))["started"]
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return Night(started, "", None, Outcome.INTERRUPTED, "was killed, or the machine was switched off")


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
