"""What the last runs were made of: an SQLite file that says which results are still good.

In: for each PDF the hashes of what its result depends on (`Causes`). Out: what must be read, linked anew, or nothing.
The file is a table of contents of the cache beside it, not the truth: unreadable or gone, it is made again from the
cache. The trap: it is written before a run is published, so a run that it knows and that is not the published one was
killed in between, and is forgotten.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from pipeline.runs.cache import Cache

MANIFEST = "manifest.sqlite"  # in the state folder
_SCHEMA = 3


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

    @property
    def reading_key(self) -> str:
        """Names the reading: what the gazetteer and the rules do not touch."""
        return _hash((self.pdf, self.reader, self.reading))

    @property
    def source_key(self) -> str:
        """Names what the file is: all but what other files make of it."""
        return _hash(astuple(self)[:-1])

    @property
    def document_key(self) -> str:
        """Names the document's result."""
        return _hash(astuple(self))


@dataclass(frozen=True)
class InputRow:
    """What a run did with one PDF."""

    file: str
    source_id: str
    sha256: str
    action: str  # read, relinked, kept or failed
    document_key: str
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


class Manifest:
    """The manifest of one output folder; only the holder of the folder's lock opens it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def add_results(self, causes: Iterable[Causes]) -> None:
        """Remember results that the cache now holds."""
        rows = [(each.document_key, each.source_key, each.reading_key, *astuple(each)) for each in causes]
        self.connection.executemany(f"INSERT OR REPLACE INTO results VALUES ({_marks(3 + len(_CAUSES))})", rows)
        self.connection.commit()

    def last_run(self) -> RunRow | None:
        """The newest run."""
        row = self.connection.execute("SELECT number, key FROM runs ORDER BY number DESC LIMIT 1").fetchone()
        return self.load_run(row[0], row[1]) if row else None

    def load_run(self, number: int, key: str) -> RunRow:
        """A run with its inputs and outputs."""
        outputs = self.connection.execute("SELECT file, sha256 FROM outputs WHERE run = ? ORDER BY file", (number,))
        columns = ", ".join(_INPUT)
        inputs = self.connection.execute(f"SELECT {columns} FROM inputs WHERE run = ? ORDER BY file", (number,))
        return RunRow(number, key, tuple(outputs.fetchall()), tuple(InputRow(*row) for row in inputs))

    def add_run(self, run: RunRow) -> None:
        """Remember a run that is about to be published."""
        self.forget_runs((run.number,))
        with self.connection:
            self.connection.execute("INSERT INTO runs VALUES (?, ?)", (run.number, run.key))
            self.connection.executemany("INSERT INTO outputs VALUES (?, ?, ?)", [(run.number, *o) for o in run.outputs])
            rows = [(run.number, *astuple(each)) for each in run.inputs]
            self.connection.executemany(f"INSERT INTO inputs VALUES ({_marks(1 + len(_INPUT))})", rows)

    def forget_runs(self, numbers: Iterable[int]) -> None:
        """Forget runs that are not kept, or were never published."""
        rows = [(number,) for number in numbers]
        with self.connection:
            for table, column in (("runs", "number"), ("outputs", "run"), ("inputs", "run")):
                self.connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", rows)

    def run_numbers(self) -> tuple[int, ...]:
        """The numbers of the runs that it knows."""
        return tuple(number for (number,) in self.connection.execute("SELECT number FROM runs ORDER BY number"))

    def forget_unused(self) -> dict[str, set[str]]:
        """Forget results that no known run used; returns by kind the keys that the cache need not hold any longer."""
        unused = self.connection.execute(_UNUSED).fetchall()
        with self.connection:
            self.connection.executemany("DELETE FROM results WHERE document_key = ?", [(key,) for key, *_ in unused])
        needed = self.connection.execute("SELECT document_key, source_key, reading_key FROM results").fetchall()
        kinds = ("documents", "sources", "readings")
        return {kind: {row[at] for row in unused} - {row[at] for row in needed} for at, kind in enumerate(kinds)}


_CAUSES = tuple(each.name for each in fields(Causes))
_INPUT = tuple(each.name for each in fields(InputRow))
_UNUSED = """
SELECT document_key, source_key, reading_key FROM results
WHERE document_key NOT IN (SELECT document_key FROM inputs) ORDER BY document_key
"""


@contextmanager
def open_manifest(path: Path, cache: Cache) -> Iterator[Manifest]:
    """The manifest at `path`, made again from the cache where it cannot be read; raises OSError on a full disk."""
    try:
        connection = _connect(path)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        connection = _connect(path)
    try:
        manifest = Manifest(connection)
        if not connection.execute("SELECT 1 FROM results LIMIT 1").fetchone():
            manifest.add_results(
                Causes(**causes) for _, causes in cache.list_documents() if set(causes) == set(_CAUSES)
            )
        yield manifest
    except sqlite3.OperationalError as error:
        raise OSError(f"{path}: {error}") from None
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    """Open or make the file; raises sqlite3.DatabaseError where it is none of ours, or of another schema."""
    connection = sqlite3.connect(path, isolation_level="DEFERRED")
    try:
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        if schema == 0:
            _make_tables(connection)
        elif schema != _SCHEMA:
            raise sqlite3.DatabaseError(f"schema {schema}")
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.executescript(
        f"""
        BEGIN;
        CREATE TABLE results (document_key TEXT PRIMARY KEY, source_key TEXT, reading_key TEXT, {", ".join(_CAUSES)});
        CREATE TABLE runs (number INTEGER PRIMARY KEY, key TEXT);
        CREATE TABLE outputs (run INTEGER, file TEXT, sha256 TEXT, PRIMARY KEY (run, file));
        CREATE TABLE inputs (run INTEGER, {", ".join(_INPUT)}, PRIMARY KEY (run, file));
        PRAGMA user_version = {_SCHEMA};
        COMMIT;
        """
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
