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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"), full-width forms included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")

Cell = str | int | float | bool | None

_QUOTED = re.compile(r'[",\r\n]')

# A cell may hold a long sentence; the csv module stops at 128 kB.
csv.field_size_limit(1 << 24)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file in one piece; raises OSError with the old file untouched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name[:80]}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None


def write_text(path: Path, text: str) -> None:
    """UTF-8, line ends as they are; what UTF-8 cannot hold (half a surrogate pair) is written as an escape."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_json(path: Path, value: object) -> None:
    """Sorted keys, one value a line, so that two runs can be compared line by line."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n")


def write_lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """JSON Lines, keys sorted."""
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n" for row in rows)
    write_text(path, "".join(lines))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """RFC 4180 with `\\n`; texts that a spreadsheet would run are made harmless, truth is `true` or `false`."""
    write_text(path, format_csv(columns, rows))


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The text that `write_csv` writes."""
    return "".join(",".join(map(_write_cell, row)) + "\n" for row in (columns, *rows))


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """The rows that `write_csv` wrote, apostrophes before formulas taken away; raises OSError, UnicodeDecodeError."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {column: _original_cell(cell or "") for column, cell in row.items() if column}


def write_parquet(path: Path, columns: Mapping[str, type], rows: Sequence[Sequence[Cell]]) -> None:
    """The same table for programs: typed columns, None where a cell is empty; the bytes follow from the values."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    table = pa.table(
        [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)], schema=schema
    )
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    write_bytes(path, sink.getvalue().to_pybytes())


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_cell(cell: Cell) -> str:
    """Not the csv module: with `\n` as line end it leaves a lone CR unquoted, on which its own reader stumbles."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if not isinstance(cell, str):
        return "" if cell is None else repr(cell)
    text = f"'{cell}" if cell.startswith(FORMULA) else cell
    text = text.replace("\0", "\ufffd")  # what a C string cannot hold
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(text) else text


def _original_cell(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
