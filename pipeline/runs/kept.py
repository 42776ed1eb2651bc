"""What was read and found, kept for the next run, and which runs it was found for.

In: records under the hash of all that they depend on (`Causes`). Out: the same records, or None where they are not
kept, or not whole; what is spoilt is made again. Many processes write here at once, on several machines perhaps: a file
appears under its name only when it is complete, and two that write the same key write the same bytes. Beside them lies
one file a kept run; it is written before the run is published, so a number that is not published means nothing.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Collection
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.codec import decode, encode
from pipeline.records import Document, Reading
from pipeline.store import write_bytes

Record = TypeVar("Record")

# Level 6 halves what level 1 leaves and costs 5 ms for a digest of six pages.
_LEVEL = 6
_RUNS = "made"  # in the state folder: what each run was made of


@dataclass(frozen=True)
class Identified:
    """Which document a file is: its head, a `Document` without citations, and the words of its text, folded."""

    head: Document
    words: str  # each once, sorted, with blanks between them


@dataclass(frozen=True)
class Causes:
    """All that the result of one PDF depends on, each as a short hash or version."""

    pdf: str  # sha256 of its bytes
    reader: str  # version of the reader
    reading: str  # OCR settings, limits and passwords
    file: str  # its name, and its row of SOURCES.csv
    gazetteer: str
    rules: str  # version of the stages from page to citation, and their limits
    register: str = ""  # the rows of other documents of the corpus that concern it

    def key(self, kind: type) -> str:
        """Names the reading, what the file is, or the document: a hash of the causes that each depends on."""
        parts = astuple(self)
        chosen = {Reading: parts[:3], Identified: parts[:-1], Document: parts}[kind]
        return hash_values("\x1f".join(chosen))


@dataclass(frozen=True)
class InputRow:
    """What a run did with one PDF."""

    file: str
    source_id: str
    sha256: str
    action: str  # read, relinked, kept or failed
    causes: Causes | None
    pages: int = 0
    characters: int = 0
    listed: str = ""  # the document that SOURCES.csv says it is


@dataclass(frozen=True)
class RunRow:
    """A finished run: `key` stands for everything that its outputs depend on; `outputs` are the hashes of its files."""

    number: int
    key: str
    outputs: tuple[tuple[str, str], ...]
    inputs: tuple[InputRow, ...]


_FOLDERS: dict[type, str] = {Reading: "readings", Identified: "sources", Document: "documents"}


class Kept:
    """What is kept under one state folder: readings, what files are, documents, runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, kind: type[Record], causes: Causes) -> Record | None:
        """The record of these causes."""
        try:
            return decode(kind, zlib.decompress(self.path_of(kind, causes).read_bytes()))
        except (FileNotFoundError, zlib.error, ValueError):  # never made, cut off, spoilt
            return None

    def save(self, record: Document | Reading | Identified, causes: Causes) -> None:
        """Keep a record; raises OSError."""
        path = self.path_of(type(record), causes)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        # No fsync: what a power failure spoils is found out by its checksum and made again.
        try:
            draft.write_bytes(zlib.compress(encode(record), _LEVEL))
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(path)) from None

    def has(self, kind: type, causes: Causes) -> bool:
        """A record is kept; whether it is whole shows when it is loaded."""
        return self.path_of(kind, causes).exists()

    def forget(self, kind: type, causes: Causes) -> None:
        """Keep a record no longer."""
        self.path_of(kind, causes).unlink(missing_ok=True)

    def path_of(self, kind: type, causes: Causes) -> Path:
        """Where a record is kept."""
        key = causes.key(kind)
        return self.folder / _FOLDERS[kind] / key[:2] / key

    def load_run(self, number: int) -> RunRow | None:
        """What a run was made of."""
        try:
            return decode(RunRow, (self.folder / _RUNS / f"{number}.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def save_run(self, run: RunRow) -> None:
        """Remember a run that is about to be published; raises OSError."""
        write_bytes(self.folder / _RUNS / f"{run.number}.json", encode(run))

    def clear(self, numbers: Collection[int]) -> None:
        """Keep only these runs, and only what they were made of."""
        for path in (self.folder / _RUNS).glob("*.json"):
            if path.stem not in map(str, numbers):
                path.unlink()
        rows = [row for run in map(self.load_run, numbers) if run for row in run.inputs if row.causes]
        for kind, folder in _FOLDERS.items():
            needed = {row.causes.key(kind) for row in rows if row.causes}
            for path in (self.folder / folder).glob("??/*"):
                if path.name not in needed:
                    path.unlink(missing_ok=True)


def hash_values(*parts: object) -> str:
    """A short hash of bytes, a text, or values whose `repr` says all of them."""
    content = parts[0] if len(parts) == 1 and isinstance(parts[0], str | bytes) else repr(parts)
    return hashlib.sha256(
        content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    ).hexdigest()[:32]
