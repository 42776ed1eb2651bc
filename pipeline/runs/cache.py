"""What was read and what was found, kept for the next run: one small file a PDF, named by the hash of its causes.

In: a key and a `Reading` or a `Document`. Out: the same record, or None where it is not kept, or not whole. Each file
begins with one line that says what it was made of, so that the manifest can be rebuilt from the files alone; the rest
is compressed JSON. The trap: many processes write here at once, on several machines perhaps; a file appears under
its name only when it is complete, and two that write the same key write the same bytes.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.codec import decode, encode
from pipeline.records import Document, Reading

Record = TypeVar("Record")

# Level 6 halves what level 1 leaves and costs 5 ms for a digest of six pages.
_LEVEL = 6


@dataclass(frozen=True)
class Identified:
    """Which document a file is: its head, a `Document` without citations, and the words of its text, folded."""

    head: Document
    words: str  # each once, sorted, with blanks between them


class Cache:
    """The readings and documents under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_reading(self, key: str) -> Reading | None:
        """The reading kept under the key."""
        return self._load("readings", key, Reading)

    def load_document(self, key: str) -> Document | None:
        """The document kept under the key."""
        return self._load("documents", key, Document)

    def save_reading(self, key: str, reading: Reading) -> None:
        """Keep a reading; raises OSError."""
        self._save("readings", key, {}, reading)

    def load_identified(self, key: str) -> Identified | None:
        """What the file kept under the key is."""
        return self._load("sources", key, Identified)

    def save_identified(self, key: str, found: Identified) -> None:
        """Keep which document a file is; raises OSError."""
        self._save("sources", key, {}, found)

    def has_identified(self, key: str) -> bool:
        """It is kept under the key which document the file is."""
        return self.path_of("sources", key).exists()

    def save_document(self, key: str, causes: Mapping[str, str], document: Document) -> None:
        """Keep a document with what it was made of; raises OSError."""
        self._save("documents", key, causes, document)

    def has_reading(self, key: str) -> bool:
        """A reading is kept under the key; whether it is whole shows when it is loaded."""
        return self.path_of("readings", key).exists()

    def has_document(self, key: str) -> bool:
        """The same for a document."""
        return self.path_of("documents", key).exists()

    def list_documents(self) -> Iterator[tuple[str, dict[str, str]]]:
        """The key and the causes of every document that is kept, by key."""
        for path in sorted((self.folder / "documents").glob("??/*")):
            try:
                with path.open("rb") as stream:
                    yield path.name, json.loads(stream.readline())
            except ValueError:  # cut off by a power failure: as good as not there
                continue

    def forget(self, kind: str, key: str) -> None:
        """Keep a reading or document no longer."""
        self.path_of(kind, key).unlink(missing_ok=True)

    def path_of(self, kind: str, key: str) -> Path:
        """Where a reading or document is kept."""
        return self.folder / kind / key[:2] / key

    def _load(self, kind: str, key: str, record: type[Record]) -> Record | None:
        try:
            _, _, packed = self.path_of(kind, key).read_bytes().partition(b"\n")
            return decode(record, zlib.decompress(packed))
        except FileNotFoundError:
            return None
        except (zlib.error, ValueError):  # cut off or spoilt: read the PDF again
            return None

    def _save(self, kind: str, key: str, causes: Mapping[str, str], record: Document | Reading | Identified) -> None:
        path = self.path_of(kind, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        head = json.dumps(dict(causes), sort_keys=True).encode() + b"\n"
        draft = path.with_name(f".{key}.{os.getpid()}.tmp")
        # No fsync: what a power failure spoils is found out by its checksum and made again.
        try:
            draft.write_bytes(head + zlib.compress(encode(record), _LEVEL))
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(path)) from None
