"""The output folder: a lock, drafts, and publishing a whole run in one step.

`extracted/` holds links; each leads through `.topology/current` to a file of the published run, `.topology/runs/N`.
A run is written into a draft, and one rename of the link `current` shows all of its files at once: a reader sees the
old run or the new one, and a process killed at any moment leaves the last good outputs where they are. The trap:
everything up to that rename must be safe to do again, for the next run begins after a kill at any line of this file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.store import sync_folder

# Files that tell of the run itself, not of what it found.
OWN_FILES = ("run.json", "changes.csv", "changes.md")

STATE = ".topology"
CURRENT = "current"


class NoRunError(ValueError):
    """There is no such run: one line of where it was looked for, and the remedy."""


class BusyError(RuntimeError):
    """Another run is at work on the same output folder."""


# In the state folder: what OCR made of each picture, by its content, so that a new reader need not wait for it again.
OCR_RESULTS = "ocr"


class Workspace:
    """One output folder; only the holder of its lock writes."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.state = output / STATE
        self.runs = self.state / "runs"
        self.draft = self.state / "draft"
        self.refused = self.state / "refused"
        self.current = self.state / CURRENT

    @contextmanager
    def locked(self, wait: float = 0.0) -> Iterator[None]:
        """Hold the folder's lock, made ready for a run; raises BusyError after `wait` seconds, OSError."""
        self.runs.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.state / "lock", timeout=wait)
        try:
            lock.acquire()
        except Timeout:
            raise BusyError(f"{self.output}: another run is at work here; wait for it, or use --wait SECONDS") from None
        try:
            self._clear_remains()
            yield
        finally:
            lock.release()

    def is_locked(self) -> bool:
        """A run is at work."""
        lock = FileLock(self.state / "lock", timeout=0)
        try:
            with lock:
                return False
        except (Timeout, OSError):  # a lock of somebody else's, whom we may not ask
            return True

    def clear_refused(self) -> None:
        """Throw the refused draft away."""
        shutil.rmtree(self.refused, ignore_errors=True)

    def published(self) -> Path | None:
        """The folder of the published run, None before the first."""
        return self.current.resolve() if self.current.exists() else None

    def run_numbers(self) -> tuple[int, ...]:
        """The numbers of the runs that are kept, oldest first."""
        return tuple(sorted(int(each.name) for each in self.runs.iterdir() if each.name.isdigit()))

    def next_number(self) -> int:
        """The number that the next run will have."""
        return max(self.run_numbers(), default=0) + 1

    def begin_draft(self, model: Path | None = None) -> Path:
        """A folder to write a run into: empty, or with the files of another run (as links, not copied)."""
        if model is None:
            self.draft.mkdir()
        else:
            shutil.copytree(model, self.draft, copy_function=os.link)
        return self.draft

    def refuse_draft(self) -> Path:
        """Set the draft aside, to be looked at; returns where it is."""
        shutil.rmtree(self.refused, ignore_errors=True)
        return self.draft.rename(self.refused)

    def publish(self, keep: int) -> Path:
        """Show the draft's files, all at once, and forget all but the last `keep` runs."""
        finished = self.runs / str(self.next_number())
        sync_folder(self.draft)
        self.draft.rename(finished)
        sync_folder(self.runs)
        for made in sorted(finished.glob("[!.]*")):
            self._point(self.output / made.name, f"{STATE}/{CURRENT}/{made.name}")
        self._point(self.current, f"runs/{finished.name}")
        sync_folder(self.state)
        self._drop_stale_links(finished)
        for number in self.run_numbers()[:-keep]:
            shutil.rmtree(self.runs / str(number))
        return finished

    def _clear_remains(self) -> None:
        """Take away what a killed run left: its draft, and a run that was finished but not published."""
        shutil.rmtree(self.draft, ignore_errors=True)
        published = self.published()
        last = int(published.name) if published else 0
        for number in self.run_numbers():
            if number > last:
                shutil.rmtree(self.runs / str(number))

    def _point(self, link: Path, target: str) -> None:
        """Make `link` lead to `target`; what stood there before is replaced in one step."""
        if link.is_symlink() and link.readlink() == Path(target):
            return
        if link.is_dir() and not link.is_symlink():
            shutil.rmtree(link)
        draft = link.with_name(f".{link.name}.new")
        draft.unlink(missing_ok=True)
        draft.symlink_to(target)
        draft.replace(link)

    def _drop_stale_links(self, finished: Path) -> None:
        for link in self.output.iterdir():
            ours = link.is_symlink() and link.readlink().parent == Path(STATE, CURRENT)
            if ours and not (finished / link.name).exists():
                link.unlink()


def find_run(output: Path, name: str | None) -> Path:
    """The folder of a run: the published one, a kept one by its number, or another output folder by its path.

    Raises NoRunError where there is none.
    """
    workspace = Workspace(output)
    if name is None:
        published = workspace.published() or (output if (output / "run.json").exists() else None)
        if published is None:
            raise NoRunError(f"{output}: holds no run; make one: topology run --output {output}")
        return published
    if name.isdigit():
        if (workspace.runs / name).is_dir():
            return workspace.runs / name
        kept = ", ".join(map(str, workspace.run_numbers())) if workspace.runs.is_dir() else "none"
        raise NoRunError(f"{output}: run {name} is not kept (kept are: {kept}); name one of these, or raise --keep")
    return find_run(Path(name), None)


def hash_files(folder: Path) -> tuple[tuple[str, str], ...]:
    """Name and hash of every file of a run, sorted, but for those that tell of the run itself."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = sorted((path.relative_to(folder).as_posix(), path) for path in files)
    return tuple((name, _sha256(path)) for name, path in names if name not in OWN_FILES)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
