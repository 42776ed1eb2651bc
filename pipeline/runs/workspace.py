"""The output folder: a lock, drafts, and publishing a whole run in one step.

`extracted/` is plain files, those of the published run; older runs, the draft, what was read and found, and the lock
lie apart, in `.topology/extracted/` beside it, or in `extracted/.topology/` where nothing can be made
beside it. A run is written into a draft, and draft and output folder change places, in one step where the system can do
that: a reader sees the old run or the new one, and a process killed at any moment leaves the last good outputs. Where
it cannot, file after file is replaced, and `.publishing` lies in the output folder as long as two runs are mixed in it.
Every step must be safe to do again, for the next run begins after a kill at any line of this file.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.store import sync_file, sync_folder, write_text

# Files that tell of the run itself, not of what it found.
OWN_FILES = ("run.json", "changes.csv", "changes.md")
RUN_FILE = "run.json"
MARKER = ".publishing"  # in the output folder while its files are replaced one by one

STATE = ".topology"
_OLD_LINK = "current"  # in earlier versions the files of the output folder were links through this one

_AT_CWD = -100
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, and RENAME_SWAP of macOS


class NoRunError(ValueError):
    """There is no such run: one line of where it was looked for, and the remedy."""


class BusyError(RuntimeError):
    """Another run is at work on the same output folder."""


# In the state folder: what OCR made of each picture, by its content, so that a new reader need not wait for it again.
OCR_RESULTS = "ocr"


class Workspace:
    """One output folder and its state; only the holder of the lock writes."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.state = _find_state(output)
        self.runs = self.state / "runs"
        self.draft = self.state / "draft"
        self.refused = self.state / "refused"

    @contextmanager
    def locked(self, wait: float = 0.0) -> Iterator[None]:
        """Hold the lock, with all made ready for a run; raises BusyError after `wait` seconds, OSError."""
        if self.output.exists() and not self.output.is_dir():
            raise NotADirectoryError(20, "Not a directory", str(self.output))
        owner = _existing(self.output).stat()
        self._move_state()
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
            _give_back((self.state.parent, self.output), owner)
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
        return self.output if (self.output / RUN_FILE).is_file() else None

    def published_number(self) -> int:
        """The number of the published run, 0 before the first."""
        return _number_of(self.output)

    def run_numbers(self) -> tuple[int, ...]:
        """The numbers of the runs that are kept, oldest first, the published one among them."""
        kept = {int(each.name) for each in self.runs.glob("*") if each.name.isdigit()}
        return tuple(sorted((kept | {self.published_number()}) - {0}))

    def next_number(self) -> int:
        """The number that the next run will have."""
        return max(self.run_numbers(), default=0) + 1

    def begin_draft(self, model: Path | None = None) -> Path:
        """A folder to write a run into: empty, or with the files of another run."""
        self.draft.mkdir()
        if model is not None:
            for name in own_names(model):
                _copy(model / name, self.draft / name)
        return self.draft

    def refuse_draft(self) -> Path:
        """Set the draft aside, to be looked at; returns where it is."""
        self.clear_refused()
        return self.draft.rename(self.refused)

    def publish(self, keep: int) -> Path:
        """Show the draft's files, all at once, and forget all but the last `keep` runs; returns the output folder."""
        for folder in (self.draft, *(path for path in self.draft.rglob("*") if path.is_dir())):
            sync_folder(folder)
        if not self.output.exists():
            self.output.parent.mkdir(parents=True, exist_ok=True)
            self.draft.rename(self.output)
        elif self._exchange():
            self._keep_old()
        else:
            write_text(self.output / MARKER, f"{_number_of(self.draft)}\n")
            self._replace_files()
        sync_folder(self.output.parent)
        for number in self.run_numbers()[:-keep]:
            shutil.rmtree(self.runs / str(number), ignore_errors=True)
        return self.output

    def _exchange(self) -> bool:
        """Let draft and output folder change places in one step; False where the system cannot do that."""
        return self.state.parent != self.output and _swap(self.draft, self.output)

    def _keep_old(self) -> None:
        """The draft is the run that was published before: it goes to the others, what is not of it comes back."""
        own = own_names(self.draft)
        for path in sorted(self.draft.iterdir()):
            if path.name not in own and not (self.output / path.name).exists():
                path.rename(self.output / path.name)
        number = _number_of(self.draft)
        if number and not (self.runs / str(number)).exists():
            self.draft.rename(self.runs / str(number))
        shutil.rmtree(self.draft, ignore_errors=True)

    def _replace_files(self) -> None:
        """The same one by one: run.json is the last to come. It may be cut off and done again."""
        number = _number_of(self.output)
        old, new = own_names(self.output), own_names(self.draft)
        kept, copy = self.runs / str(number), self.state / "copy"
        if number and new and not kept.exists():
            shutil.rmtree(copy, ignore_errors=True)
            copy.mkdir()
            for name in old:
                _copy(self.output / name, copy / name)
            copy.rename(kept)
        for name in sorted(old - new) if new else ():
            _remove(self.output / name)
        for name in sorted(new, key=lambda name: (name == RUN_FILE, name)):
            if (self.draft / name).exists():  # else it came before the cut
                _replace(self.draft / name, self.output / name)
        (self.output / MARKER).unlink(missing_ok=True)
        shutil.rmtree(self.draft, ignore_errors=True)

    def _move_state(self) -> None:
        """In earlier versions the state lay in the output folder."""
        inside = self.output / STATE
        if inside.is_dir() and inside != self.state:
            self.state.mkdir(parents=True, exist_ok=True)
            for path in inside.iterdir():
                if not (self.state / path.name).exists():
                    path.rename(self.state / path.name)
            shutil.rmtree(inside)

    def _clear_remains(self) -> None:
        """Finish what a killed run had begun to publish, else take its draft away; make links of old versions files."""
        if (self.state / _OLD_LINK).is_symlink():
            self._replace_links()
        draft, published = _number_of(self.draft), self.published_number()
        if (self.output / MARKER).exists():
            self._replace_files()
        elif self.draft.exists() and published and own_names(self.draft) and draft < published:
            self._keep_old()
        shutil.rmtree(self.draft, ignore_errors=True)

    def _replace_links(self) -> None:
        """The output folder of earlier versions was links into the state folder."""
        link = self.state / _OLD_LINK
        folder = self.runs / link.readlink().name
        for path in self.output.iterdir():
            if path.is_symlink() and STATE in path.readlink().parts:
                path.unlink()
        for path in sorted(folder.glob("*"), key=lambda path: (path.name == RUN_FILE, path.name)):
            _copy(path, self.output / path.name)
        shutil.rmtree(folder, ignore_errors=True)
        link.unlink()


def find_run(output: Path, name: str | None) -> Path:
    """The folder of a run: the published one, a kept one by its number, or another output folder by its path.

    Raises NoRunError where there is none.
    """
    workspace = Workspace(output)
    published = workspace.published()
    if name is None:
        if published is None:
            raise NoRunError(f"{output}: holds no run; make one: topology run --output {output}")
        return published
    if name.isdigit():
        if published and int(name) == workspace.published_number():
            return published
        if (workspace.runs / name).is_dir():
            return workspace.runs / name
        kept = ", ".join(map(str, workspace.run_numbers())) or "none"
        raise NoRunError(f"{output}: run {name} is not kept (kept are: {kept}); name one of these, or raise --keep")
    return find_run(Path(name), None)


def own_names(folder: Path) -> frozenset[str]:
    """The names, in a run's folder, of what the run wrote there; others may have put something beside it."""
    try:
        return frozenset(json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def hash_files(folder: Path) -> tuple[tuple[str, str], ...]:
    """Name and hash of every file of a run, sorted, but for those that tell of the run itself."""
    tops = [folder / name for name in own_names(folder) if name not in OWN_FILES]
    files = [path for top in tops for path in (top.rglob("*") if top.is_dir() else (top,)) if path.is_file()]
    return tuple(sorted((path.relative_to(folder).as_posix(), _sha256(path)) for path in files))


def _find_state(output: Path) -> Path:
    """Beside the output folder, so that the two can change places; in it where nothing can be made beside it."""
    inside, beside = output / STATE, output.parent / STATE / output.name
    return beside if beside.exists() or os.access(_existing(output.parent), os.W_OK) else inside


def _existing(folder: Path) -> Path:
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())


def _number_of(folder: Path) -> int:
    """The number of the run in a folder; 0 where there is none."""
    try:
        return int(json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))["run"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _swap(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where system or file system cannot."""
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one.absolute()), os.fsencode(other.absolute())
        if sys.platform == "linux":
            return bool(libc.renameat2(_AT_CWD, names[0], _AT_CWD, names[1], _EXCHANGE) == 0)
        if sys.platform == "darwin":
            return bool(libc.renamex_np(*names, _EXCHANGE) == 0)
    return False


def _copy(path: Path, place: Path) -> None:
    """A file or a folder, safe from a power failure when it is done."""
    if path.is_dir():
        place.mkdir(exist_ok=True)
        for each in path.iterdir():
            _copy(each, place / each.name)
        return
    shutil.copyfile(path, place)
    sync_file(place)


def _replace(path: Path, place: Path) -> None:
    if path.is_dir() or place.is_dir():
        _remove(place)
        shutil.move(path, place)
    else:
        path.replace(place)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _give_back(folders: Iterable[Path], owner: os.stat_result) -> None:
    """What root has made belongs to the owner of the project, whose next run could not write it otherwise."""
    if owner.st_uid == 0 or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            with suppress(FileNotFoundError):
                if path.lstat().st_uid == 0:
                    os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
