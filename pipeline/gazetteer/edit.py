"""Writing the gazetteer's files: formatted, sorted, and only when the result is valid.

In: a folder and what to add. Out: documents.csv and aliases.csv, each replaced in one piece. The trap: a spreadsheet
saves `TRUE` for `true`, a BOM, and lines that end in CR LF; all of that is mended here, while a value that makes no
sense is left for a person.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from pipeline.gazetteer.load import Gazetteer, fold_name, read_files, read_gazetteer
from pipeline.gazetteer.rows import ALIAS_COLUMNS, ALIASES, DOCUMENT_COLUMNS, DOCUMENTS, read_rows
from pipeline.knowledge import Fault, GazetteerError
from pipeline.records import Alias, AliasKind, is_accepted
from pipeline.store import write_bytes

# Columns that list ids with semicolons, and columns that say true or false.
LISTS = ("supersedes", "ambiguous_with")
FLAGS = ("in_chapter", "official_url_verified", "needs_support")

LOCK_NAME = ".gazetteer.lock"
# A writer holds the lock for two small files; a minute means that the disk hangs.
LOCK_SECONDS = 60.0

Cells = dict[str, str]


@dataclass(frozen=True)
class Files:
    """The rows of both tables, as text."""

    documents: tuple[Cells, ...]
    aliases: tuple[Cells, ...]


def add_document(folder: Path, document: Mapping[str, str], aliases: Iterable[Alias] = ()) -> Gazetteer:
    """Add a document and its other names; raises GazetteerError, with nothing written, if it is wrong."""
    row = {column: document.get(column, "") for column in DOCUMENT_COLUMNS}
    unknown = sorted(set(document) - set(DOCUMENT_COLUMNS))
    if unknown:
        faults = [Fault(DOCUMENTS, 1, column, "", "no such column; see gazetteer/README.md") for column in unknown]
        raise GazetteerError(folder, faults)

    def added(files: Files) -> Files:
        return Files((*files.documents, row), (*files.aliases, *map(_alias_cells, aliases)))

    return _edit(folder, added)


def add_aliases(folder: Path, aliases: Iterable[Alias]) -> Gazetteer:
    """Give known documents other names; raises GazetteerError, with nothing written, if one of them is wrong."""
    return _edit(folder, lambda files: Files(files.documents, (*files.aliases, *map(_alias_cells, aliases))))


def format_files(documents: bytes, aliases: bytes) -> tuple[bytes, bytes] | None:
    """Both files sorted and normalised, missing counterparts in `ambiguous_with` added; None if they are no tables."""
    files = _parse(documents, aliases)
    if files is None:
        return None
    cleaned = Files(tuple(map(_clean, files.documents)), tuple(map(_clean, files.aliases)))
    return _render(Files(_complete_pairs(cleaned.documents), _drop_repeats(cleaned)))


def write_files(folder: Path, documents: bytes, aliases: bytes) -> None:
    """Replace the two files, the documents first: an alias must never point at a document that is not there yet."""
    for name, content in ((DOCUMENTS, documents), (ALIASES, aliases)):
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            write_bytes(path, content)


def lock_gazetteer(folder: Path) -> FileLock:
    """What a writer of the gazetteer holds while it reads, checks and writes."""
    return FileLock(folder / LOCK_NAME, timeout=LOCK_SECONDS)


def _edit(folder: Path, change: Callable[[Files], Files]) -> Gazetteer:
    with lock_gazetteer(folder):
        documents, aliases, lanes = read_files(folder)
        _, faults = read_gazetteer(folder, documents, aliases, lanes)
        files = _parse(documents, aliases)
        if faults or files is None:
            raise GazetteerError(folder, faults)
        changed = format_files(*_render(change(files)))
        assert changed is not None  # what we render is a table
        gazetteer, faults = read_gazetteer(folder, *changed, lanes)
        if faults:
            raise GazetteerError(folder, faults)
        write_files(folder, *changed)
        return gazetteer


def _parse(documents: bytes, aliases: bytes) -> Files | None:
    faults: list[Fault] = []
    tables = [
        tuple(row.cells for row in read_rows(file, content, columns, faults))
        for file, content, columns in ((DOCUMENTS, documents, DOCUMENT_COLUMNS), (ALIASES, aliases, ALIAS_COLUMNS))
    ]
    return None if faults else Files(tables[0], tables[1])


def _render(files: Files) -> tuple[bytes, bytes]:
    documents = sorted(files.documents, key=lambda cells: cells["id"])
    aliases = sorted(files.aliases, key=lambda cells: (cells["entry_id"], cells["alias"].casefold(), cells["alias"]))
    return _write_csv(DOCUMENT_COLUMNS, documents), _write_csv(ALIAS_COLUMNS, aliases)


def _write_csv(columns: Sequence[str], rows: Iterable[Cells]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cells[column] for column in columns] for cells in rows)
    return stream.getvalue().encode("utf-8")


def _clean(cells: Cells) -> Cells:
    """White space folded, lists sorted, true and false in small letters."""
    folded = {column: " ".join(value.split()) for column, value in cells.items()}
    for column in LISTS:
        if column in folded:
            folded[column] = ";".join(sorted({part.strip() for part in folded[column].split(";") if part.strip()}))
    for column in FLAGS:
        if folded.get(column, "").lower() in ("true", "false"):
            folded[column] = folded[column].lower()
    return folded


def _complete_pairs(documents: Sequence[Cells]) -> tuple[Cells, ...]:
    """`ambiguous_with` holds both ways."""
    named = {cells["id"]: set(filter(None, cells["ambiguous_with"].split(";"))) for cells in documents}
    for entry_id, others in list(named.items()):
        for other in others & named.keys() - {entry_id}:
            named[other] = named[other] | {entry_id}
    return tuple({**cells, "ambiguous_with": ";".join(sorted(named[cells["id"]]))} for cells in documents)


def _drop_repeats(files: Files) -> tuple[Cells, ...]:
    """Aliases without those that say again, and nothing else, what documents.csv or an equal row says already."""
    said = {
        (cells["id"], fold_name(cells[column]))
        for cells in files.documents
        for column in ("title", "short_title", "acronym")
        if not is_accepted(cells["source"])
    }
    kept: dict[tuple[str, ...], Cells] = {}
    for cells in files.aliases:
        if (cells["entry_id"], fold_name(cells["alias"])) not in said or cells["needs_support"] != "false":
            kept.setdefault(tuple(cells[column] for column in ALIAS_COLUMNS), cells)
    return tuple(kept.values())


def _alias_cells(alias: Alias) -> Cells:
    return {
        "entry_id": alias.entry_id,
        "alias": alias.text,
        "kind": AliasKind(alias.kind).value,
        "needs_support": str(alias.needs_support).lower(),
    }
