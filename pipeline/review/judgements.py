"""Judgements on disk: `judgements.jsonl` in the gazetteer's folder, one line each, only ever appended.

In: the judgements of reviewers; out: lines that are on the disk when `append` returns, and all lines read back.
Several servers write the file, and git replaces it when branches are merged (`merge=union`: both sides' lines stay).
A line without its line end was cut off by a crash; it was never acknowledged, and is reported as an issue.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from filelock import FileLock

from pipeline.records import Issue, Judgement, Severity
from pipeline.store import sync_folder

FILE_NAME = "judgements.jsonl"
LOCK_NAME = ".judgements.lock"
# A writer holds the lock for one write and one fsync (milliseconds); a minute means that the disk hangs.
LOCK_SECONDS = 60.0


class JudgementError(ValueError):
    """A line that is no judgement; the message says what is wrong with it."""


@dataclass(frozen=True)
class Judgements:
    """The file's judgements in their order, each id once, and the lines that could not be read."""

    lines: tuple[Judgement, ...] = ()
    issues: tuple[Issue, ...] = ()


class JudgementLog:
    """The file as a log: what was read is kept, and only what was added since is read again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(LOCK_NAME), timeout=LOCK_SECONDS)
        self._inode = (-1, -1)
        self._end = 0  # bytes read, whole lines only
        self._count = 0  # lines read
        self._judgements: dict[str, Judgement] = {}
        self._issues: list[Issue] = []

    def read(self) -> Judgements:
        """All whole lines that are in the file now."""
        try:
            with self.path.open("rb") as file:
                stat = os.fstat(file.fileno())
                if (stat.st_dev, stat.st_ino) != self._inode or stat.st_size < self._end:
                    self._forget()
                    self._inode = (stat.st_dev, stat.st_ino)
                file.seek(self._end)
                self._take(file.read())
        except FileNotFoundError:
            self._forget()
        return Judgements(tuple(self._judgements.values()), tuple(self._issues))

    def append(self, judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
        """Write those that are not in the file yet, on the disk when this returns; returns what was written.

        All or none of them: what a full disk cut off is taken away again before the OSError is passed on.
        """
        with self._lock:
            self.read()
            fresh = tuple({each.id: each for each in judgements if each.id not in self._judgements}.values())
            if fresh:
                lines = "".join(f"{format_judgement(each)}\n" for each in fresh)
                # What UTF-8 cannot hold (half a surrogate pair) becomes JSON's own escape.
                self._write(lines.encode("utf-8", "backslashreplace"))
                self.read()
        return fresh

    def _forget(self) -> None:
        self._inode, self._end, self._count = (-1, -1), 0, 0
        self._judgements.clear()
        self._issues.clear()

    def _take(self, added: bytes) -> None:
        whole, cut, rest = added.rpartition(b"\n")
        self._end += len(whole) + len(cut)
        for line in (whole + cut).split(b"\n")[:-1]:
            self._count += 1
            _add_line(line, self._count, self.path.name, self._judgements, self._issues)
        # An editor may leave out the last line end: a whole line counts, and is read again when it has its end.
        if rest.startswith(b"{") and rest.rstrip().endswith(b"}"):
            _add_line(rest, self._count + 1, self.path.name, self._judgements, [])

    def _write(self, added: bytes) -> None:
        is_new = not self.path.exists()
        with self.path.open("ab", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            # A line without its end is ended first, so that it cannot spoil ours (cut off by a crash, it is an issue).
            ending = b"\n" if size > self._end else b""
            try:
                _write_all(file.fileno(), ending + added)
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), size)
                raise
        if is_new:
            sync_folder(self.path.parent)  # a new file's name is on the disk only when its folder is


def read_judgements(path: Path) -> Judgements:
    """The judgements of one file, for a run; a last line without its line end counts if it is whole."""
    judgements: dict[str, Judgement] = {}
    issues: list[Issue] = []
    if path.exists():
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            _add_line(line, number, path.name, judgements, issues)
    return Judgements(tuple(judgements.values()), tuple(issues))


def judgement_id(judgement: Judgement) -> str:
    """From content. The page's form (`shown` "form") stands for the time, so that a form sent twice counts once."""
    when = judgement.shown.form or judgement.decided_at
    decided = [judgement.citation_id, judgement.verdict, judgement.target_id or "", judgement.status or ""]
    said = [judgement.reviewer, when, judgement.note, judgement.undoes, *judgement.settles]
    return "j-" + hashlib.sha1("\x1f".join([*decided, *said]).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def with_id(judgement: Judgement) -> Judgement:
    """The same judgement under the id that its content gives."""
    return replace(judgement, id=judgement_id(judgement))


def format_judgement(judgement: Judgement) -> str:
    """One line of JSON without its line end; empty optional fields are left out."""
    row = {name: value for name, value in asdict(judgement).items() if value or name in ("target_id", "status")}
    if "shown" in row:
        row["shown"] = {name: value for name, value in row["shown"].items() if value}
    return json.dumps({name: value for name, value in row.items() if value != {}}, ensure_ascii=False)


def parse_judgement(line: str | bytes) -> Judgement:
    """Read one line; raises JudgementError naming what is wrong. What later versions add to `shown` is left out."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise JudgementError(f"not JSON ({error})") from None
    try:
        row = msgspec.convert(row, dict[str, Any])
        if unknown := sorted(row.keys() - Judgement.__dataclass_fields__):
            raise JudgementError(f"with unknown {', '.join(unknown)}")
        judgement = msgspec.convert(
            {**row, **{name: row.get(name) or None for name in ("target_id", "status")}}, Judgement
        )
    except msgspec.ValidationError as error:
        raise JudgementError(f"no judgement: {error}") from None
    try:
        datetime.fromisoformat(judgement.decided_at)
    except ValueError:
        told = f"with decided_at {judgement.decided_at!r}, not a time like 2026-11-24T09:30:00Z"
        raise JudgementError(told) from None
    return judgement


def _add_line(line: bytes, number: int, name: str, judgements: dict[str, Judgement], issues: list[Issue]) -> None:
    if not line.strip():
        return
    try:
        judgement = parse_judgement(line)
        known = judgements.setdefault(judgement.id, judgement)
        if known != judgement:
            raise JudgementError(f"id {judgement.id} stands for another judgement above")
    except JudgementError as error:
        remedy = "mend the line by hand, or delete it if it was cut off (then it was never confirmed)"
        issues.append(Issue("", "review", Severity.ERROR, f"{name}: line {number} is {error}", remedy))


def _write_all(descriptor: int, added: bytes) -> None:
    rest = memoryview(added)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
