"""A line of JSON for every run, also for one that failed, was refused, found nothing or was killed.

In: how a run ended. Out: `history.jsonl` in the state folder, its last thousand lines, which `topology status` reads.
A process that is killed cannot write its line; while a run holds the lock of the output folder its beginning stands in
`running.json`, and whoever holds the lock next and finds one there tells of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline.runs.alarms import AlarmError
from pipeline.runs.run_record import RunResult
from pipeline.runs.scan import NoPdfError
from pipeline.runs.versions import code_version
from pipeline.runs.workspace import BusyError
from pipeline.store import write_json, write_text

HISTORY = "history.jsonl"
RUNNING = "running.json"
KEPT = 1000  # lines: nearly three years of nights
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
        self.started = _now()
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
        """Write the line; a mistake where there never was a run leaves nothing behind."""
        night = self._night(error)
        if self.state.exists() or night.outcome not in (Outcome.MISUSED, Outcome.NOTHING):
            append_night(self.state, night)

    def _night(self, error: BaseException | None) -> Night:
        outcome, code = describe_end(error)
        versions = {"code": code_version()}
        night = Night(self.started, _now(), code, outcome, fetch=self.fetched, versions=versions)
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
    """Add a line, and drop the oldest beyond twice `KEPT`; raises OSError."""
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
        if len(lines) > 2 * KEPT:
            write_text(path, "".join(lines[-KEPT:]))


def read_nights(state: Path) -> tuple[dict[str, Any], ...]:
    """The last runs, oldest first, as `Night` has them; a line that was cut off is passed over."""
    try:
        lines = (state / HISTORY).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    found = []
    for line in lines[-KEPT:]:
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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
