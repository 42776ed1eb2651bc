"""Writing files so that a reader sees the old one or the new one, whole, and the same values give the same bytes.

In: plain values. Out: files, replaced in one piece (temporary file, fsync, rename); missing folders are made.
The trap: a cell that begins like a formula is run by a spreadsheet, so `write_csv` puts an apostrophe before it, which
`read_csv` takes away again. Parquet, JSON and the files for other tools carry the text as it is.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"), full-width forms included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")

Cell = str | int | float | bool | None
AddRows = Callable[[Iterable[Sequence[Cell]]], None]

# Rows of a table that are in memory at once: ten thousand citations are some 20 MB.
_ROW_GROUP = 10_000

_QUOTED = re.compile(r'[",\r\n]')

# A cell may hold a long sentence; the csv module stops at 128 kB.
csv.field_size_limit(1 << 24)


@contextmanager
def open_draft(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content replaces the file in one piece at the end; raises OSError with the old file untouched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name[:80]}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, error.filename or str(path)) from None
    finally:
        draft.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file in one piece; raises OSError with the old file untouched."""
    with open_draft(path) as stream:
        stream.write(content)


def write_text(path: Path, text: str) -> None:
    """UTF-8, line ends as they are; what UTF-8 cannot hold (half a surrogate pair) is written as an escape."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_json(path: Path, value: object) -> None:
    """Sorted keys, one value a line, so that two runs can be compared line by line."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n")


def write_lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """JSON Lines, keys sorted."""
    with open_lines(path) as add:
        add(rows)


@contextmanager
def open_lines(path: Path) -> Iterator[Callable[[Iterable[Mapping[str, object]]], None]]:
    """`write_lines` for rows that come a few at a time, through the function that this gives."""
    with open_draft(path) as stream:

        def add(rows: Iterable[Mapping[str, object]]) -> None:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"
                stream.write(line.encode("utf-8", "backslashreplace"))

        yield add


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """RFC 4180 with `\\n`; texts that a spreadsheet would run are made harmless, truth is `true` or `false`."""
    with open_csv(path, columns) as add:
        add(rows)


@contextmanager
def open_csv(path: Path, columns: Sequence[str]) -> Iterator[AddRows]:
    """`write_csv` for rows that come a few at a time."""
    with open_draft(path) as stream:

        def add(rows: Iterable[Sequence[Cell]]) -> None:
            for row in rows:
                stream.write(_format_row(row).encode("utf-8", "backslashreplace"))

        add((columns,))
        yield add


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The text that `write_csv` writes."""
    return "".join(map(_format_row, (columns, *rows)))


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """The rows that `write_csv` wrote, apostrophes before formulas taken away; raises OSError, UnicodeDecodeError."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {column: original_cell(cell or "") for column, cell in row.items() if column}


def write_parquet(path: Path, columns: Mapping[str, type], rows: Iterable[Sequence[Cell]]) -> None:
    """The same table for programs: typed columns, None where a cell is empty; the bytes follow from the values."""
    with open_parquet(path, columns) as add:
        add(rows)


@contextmanager
def open_parquet(path: Path, columns: Mapping[str, type]) -> Iterator[AddRows]:
    """`write_parquet` for rows that come a few at a time; how many makes no difference to the bytes."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    waiting: list[Sequence[Cell]] = []
    with open_draft(path) as stream, parquet.ParquetWriter(stream, schema, compression="zstd") as writer:

        def write_group() -> None:
            values = zip(*waiting, strict=True)
            cells = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            writer.write_table(pa.table(cells, schema=schema))
            waiting.clear()

        def add(rows: Iterable[Sequence[Cell]]) -> None:
            for row in rows:
                waiting.append(row)
                if len(waiting) == _ROW_GROUP:
                    write_group()

        yield add
        if waiting:
            write_group()


def sync_file(path: Path) -> None:
    """Make the content of a file last through a power cut."""
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` last through a power cut; Windows has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _format_row(row: Sequence[Cell]) -> str:
    return ",".join(map(_write_cell, row)) + "\n"


def _write_cell(cell: Cell) -> str:
    """Not the csv module: with `\n` as line end it leaves a lone CR unquoted, on which its own reader stumbles."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if not isinstance(cell, str):
        return "" if cell is None else repr(cell)
    text = f"'{cell}" if cell.startswith(FORMULA) else cell
    text = text.replace("\0", "\ufffd")  # what a C string cannot hold
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(text) else text


def original_cell(cell: str) -> str:
    """What was written, without the apostrophe before what a spreadsheet would run."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
