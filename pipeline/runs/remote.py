"""A project on an object store: PDFs come from it, what workers find meets on it, finished runs are copied to it.

In: a URL that fsspec knows (`s3://bucket/topology`, `file:///mnt/share/topology`); its driver must be installed. Below
it: `raw_pdfs/` is the input, `work/` what workers find (it may be deleted at any time), `runs/N/` the outputs,
`current.json` the name of the run that counts. The trap: an object store cannot rename, so a run counts only when that
one small object, written last, names it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipeline.read.folder import READ as READABLE
from pipeline.records import Document, Reading
from pipeline.runs.citing import REGISTERS, Action, cite_job, identify_job
from pipeline.runs.kept import Causes, Identified, Kept, Record
from pipeline.runs.plan import READ, RELINKED, Job
from pipeline.runs.pool import Failure, attempt
from pipeline.runs.scan import SOURCES, InputError
from pipeline.runs.versions import knowledge_files
from pipeline.store import write_json

if TYPE_CHECKING:
    from pipeline.settings import Settings

PDFS, WORK, RUNS, CURRENT = "raw_pdfs", "work", "runs", "current.json"
# What a local folder is a copy of, and of which versions.
MIRROR = ".mirror.json"
# In the folder of a batch: what it reads and finds.
STATE = "state"
# What a store tells of a file that changes with its content; each store has some of these.
_SIGNS = ("ETag", "etag", "md5", "md5Hash", "content_md5", "LastModified", "last_modified", "mtime", "created", "size")


class Remote:
    """Files below one URL."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs
            from fsspec.implementations.local import LocalFileSystem

            self.files, self.root = url_to_fs(url.rstrip("/"))
        except (ImportError, ValueError) as error:
            raise InputError(f"{url}: cannot be used ({error}); install the store's fsspec driver") from None
        self.url = url
        self._is_local = isinstance(self.files, LocalFileSystem)

    def list_files(self, folder: str) -> dict[str, str]:
        """Names below a folder, each with what changes when its content does; raises OSError."""
        self.files.invalidate_cache()
        place = f"{self.root}/{folder}"
        found: dict[str, dict[str, Any]] = self.files.find(place, detail=True)
        return {
            name.removeprefix(place).lstrip("/"): repr([(key, str(told[key])) for key in _SIGNS if key in told])
            for name, told in sorted(found.items())
        }

    def load(self, name: str, path: Path) -> bool:
        """Copy a file here, in one piece; False where there is none; raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name[:80]}.part")
        try:
            self.files.get_file(f"{self.root}/{name}", str(draft))
            draft.replace(path)
        except FileNotFoundError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        return True

    def save(self, path: Path, name: str) -> None:
        """Copy a file there, in one piece; raises OSError."""
        place = f"{self.root}/{name}"
        if not self._is_local:  # a store shows an object when all of it has come
            self.files.put_file(str(path), place)
            return
        draft = f"{place}.{id(self)}.part"
        self.files.makedirs(str(PurePosixPath(place).parent), exist_ok=True)
        self.files.put_file(str(path), draft)
        self.files.mv(draft, place)

    def forget(self, folder: str) -> None:
        """Take a folder away."""
        self.files.rm(f"{self.root}/{folder}", recursive=True)


def mirror_inputs(remote: Remote, folder: Path) -> int:
    """Make `folder` a copy of the PDFs there; returns how many files came. Raises InputError for a folder of yours."""
    known = _read_mirror(remote, folder)
    there = {name: sign for name, sign in remote.list_files(PDFS).items() if _is_input(name)}
    came = 0
    for name, sign in there.items():
        if known.get(name) != sign or not (folder / name).is_file():
            came += remote.load(f"{PDFS}/{name}", folder / name)
    for name in known.keys() - there.keys():
        (folder / name).unlink(missing_ok=True)
    write_json(folder / MIRROR, {"url": remote.url, "files": there})
    return came


def share_gazetteer(remote: Remote, folder: Path) -> str:
    """Copy the gazetteer there, for workers; returns the name of the copy."""
    files = knowledge_files(folder)
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:16]
    place = f"{WORK}/gazetteer/{digest}"
    there = remote.list_files(place)
    for path in files:
        if path.name not in there:
            remote.save(path, f"{place}/{path.name}")
    return place


@dataclass(frozen=True)
class Store:
    """What workers that share nothing but a store must know of it: its URL, the gazetteer's name, the PDFs' by file."""

    url: str
    gazetteer: str
    names: Mapping[str, str]
    full: bool = False  # a reading that is kept there is not used again


def identify_remotely(jobs: Sequence[Job], store: Store, settings: Settings) -> dict[str, Action]:
    """Read some PDFs of a store and say there which documents they are; returns what was done with each file."""
    remote = Remote(store.url)
    with TemporaryDirectory(prefix="topology-") as made:
        here = Path(made)
        chosen = _settings_here(settings, store, here)
        kept = SharedKept(here / STATE, remote)
        return {job.input.file: _identify(job, kept, chosen, store) for job in jobs}


def cite_remotely(jobs: Sequence[Job], register: str, store: Store, settings: Settings) -> dict[str, Action]:
    """Find what some identified PDFs of a store cite, and keep it there; returns what was done with each file."""
    remote = Remote(store.url)
    with TemporaryDirectory(prefix="topology-") as made:
        here = Path(made)
        chosen = _settings_here(settings, store, here)
        if register:
            remote.load(f"{WORK}/{REGISTERS}/{register}", here / STATE / REGISTERS / register)
        work = partial(cite_job, register=register, settings=chosen, kept=SharedKept(here / STATE, remote))
        return {job.input.file: attempt(work, job) if job.causes else READ for job in jobs}


def share_register(remote: Remote, state: Path, name: str) -> None:
    """Copy the sources of a register there, for workers."""
    if name:
        remote.save(state / REGISTERS / name, f"{WORK}/{REGISTERS}/{name}")


class SharedKept(Kept):
    """What is kept here or, by workers, at a store; what is kept anew goes there too. Raises OSError."""

    def __init__(self, folder: Path, remote: Remote) -> None:
        super().__init__(folder)
        self.remote = remote

    def load(self, kind: type[Record], causes: Causes) -> Record | None:
        """The record of these causes."""
        if not self.has(kind, causes):
            self.remote.load(self._place(kind, causes), self.path_of(kind, causes))
        return super().load(kind, causes)

    def save(self, record: Document | Reading | Identified, causes: Causes) -> None:
        """Keep a record."""
        super().save(record, causes)
        self.remote.save(self.path_of(type(record), causes), self._place(type(record), causes))

    def _place(self, kind: type, causes: Causes) -> str:
        return f"{WORK}/{self.path_of(kind, causes).relative_to(self.folder).as_posix()}"


def publish_remotely(remote: Remote, folder: Path, keep: int) -> int:
    """Copy a run there and let it count; returns its number there. Older ones than the last `keep` go."""
    numbers = sorted({int(name.split("/")[0]) for name in remote.list_files(RUNS) if name.split("/")[0].isdigit()})
    number = max(numbers, default=0) + 1
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        remote.save(path, f"{RUNS}/{number}/{path.relative_to(folder).as_posix()}")
    with TemporaryDirectory(prefix="topology-") as made:
        write_json(Path(made, CURRENT), {"run": number})
        remote.save(Path(made, CURRENT), CURRENT)
    for old in [*numbers, number][:-keep]:
        remote.forget(f"{RUNS}/{old}")
    return number


def _settings_here(settings: Settings, store: Store, here: Path) -> Settings:
    return replace(settings, input=here, output=here, gazetteer=_load_gazetteer(store.url, store.gazetteer), workers=1)


def _identify(job: Job, kept: SharedKept, settings: Settings, store: Store) -> Action:
    if job.causes is None:
        return READ  # it cannot be opened; the gathering process says why
    name = store.names[job.input.file]
    path = kept.folder / PDFS / PurePosixPath(name).name
    if not kept.remote.load(f"{PDFS}/{name}", path):
        return Failure("was taken away while the run was at work", "run again when it is complete")
    mine = replace(job, input=replace(job.input, path=path), action=READ if store.full else RELINKED)
    action = attempt(lambda each: identify_job(each, settings, kept), mine)
    path.unlink()
    return action


@lru_cache(maxsize=2)
def _gazetteer_copy(url: str, name: str) -> TemporaryDirectory[str]:
    """A copy for the life of this process: what is built from a gazetteer is kept by its folder."""
    made, remote = TemporaryDirectory(prefix="topology-gazetteer-"), Remote(url)
    for file in remote.list_files(name):
        remote.load(f"{name}/{file}", Path(made.name, file))
    return made


def _load_gazetteer(url: str, name: str) -> Path:
    return Path(_gazetteer_copy(url, name).name)


def _is_input(name: str) -> bool:
    """A PDF or the list of sources, by a name that stays below the folder."""
    parts = PurePosixPath(name).parts
    harmless = bool(parts) and not any(part.startswith(".") for part in parts) and "\\" not in name
    return harmless and (name.lower().endswith(READABLE) or name == SOURCES)


def _read_mirror(remote: Remote, folder: Path) -> dict[str, str]:
    """The versions that lie here; nothing in a new folder."""
    try:
        found = json.loads((folder / MIRROR).read_text(encoding="utf-8"))
        if found["url"] == remote.url:
            return dict(found["files"])
    except FileNotFoundError:
        if not folder.exists() or not any(folder.iterdir()):
            return {}
    except (ValueError, KeyError, TypeError):
        return {}  # spoilt: everything comes again
    raise InputError(f"{folder}: is no copy of {remote.url}; name a new folder as input")
