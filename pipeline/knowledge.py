"""Files of knowledge (the gazetteer's folder) read as text, YAML or a table; a fault is one line with its place.

A path goes in, plain strings come out; raises GazetteerError. YAML 1.1 reads the words "on" and "no" as
truth and "1" as a number, so every scalar is left a string.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, order=True)
class Fault:
    """One bad value: where it stands, what it is, what to do about it. Line 1 is the head of a CSV file."""

    file: str
    line: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        place = ":".join([self.file, str(self.line)] if self.line else [self.file])
        told = [place, self.column, repr(self.value) if self.value or self.column else "", self.remedy]
        return ": ".join(filter(None, told))


class GazetteerError(ValueError):
    """The gazetteer cannot be used; `faults` holds every bad value, the message has one line for each."""

    def __init__(self, folder: Path, faults: Iterable[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(f"{folder}/{fault}" for fault in self.faults))


def read_text(path: Path) -> str:
    """The file's text; empty where there is no such file."""
    try:
        return path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise _refuse(path, line, "", "save the file as UTF-8") from None
    except OSError as error:
        raise _refuse(path, 0, "", f"cannot be read ({error.strerror})") from None


def parse_yaml(path: Path, content: str, keys: Collection[str] | None = None) -> dict[str, Any]:
    """The mapping that the file holds, with exactly these keys where they are given; empty for an empty file."""
    try:
        loaded = yaml.load(content, Loader=_LOADER) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it holds a character that YAML forbids"
        raise _refuse(path, mark.line + 1 if mark else 1, "", f"is no YAML: {problem}") from None
    if not isinstance(loaded, dict):
        raise _refuse(path, 1, str(loaded)[:60], "needs lines like name: [word, word]")
    if keys is not None and loaded and set(loaded) != set(keys):
        wrong = sorted(set(loaded) ^ set(keys))
        raise _refuse(path, 1, ", ".join(wrong), f"is missing or unknown; the keys are {', '.join(keys)}")
    return loaded


def parse_lists(path: Path, content: str, keys: Collection[str] | None = None) -> dict[str, list[Any]]:
    """As `parse_yaml`, where every value must be a list."""
    loaded = parse_yaml(path, content, keys)
    for name, value in loaded.items():
        if not isinstance(value, list):
            raise _refuse(path, 1, f"{name}: {value}"[:60], "needs a list in brackets")
    return loaded


def parse_table(path: Path, content: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a CSV file with exactly these columns; none for an empty file."""
    faults: list[Fault] = []
    rows = [cells for _, cells in read_cells(path.name, content.encode("utf-8"), columns, faults)] if content else []
    if faults:
        raise GazetteerError(path.parent, faults)
    return rows


def read_cells(
    file: str, content: bytes, columns: tuple[str, ...], faults: list[Fault]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells of each row of a CSV file with exactly these columns, in any order."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(file, content[: error.start].count(b"\n") + 1, "", "", "save the file as UTF-8"))
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = next(reader, [])
        if not _head_fits(file, head, columns, faults):
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(head):
                yield line, dict(zip(head, cells, strict=True))
            elif cells:
                remedy = f"has {len(cells)} cells instead of {len(head)}; quote a cell that holds a comma"
                faults.append(Fault(file, line, "", ",".join(cells)[:60], remedy))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, "", "", f"is no CSV: {error}"))


def _head_fits(file: str, head: list[str], columns: tuple[str, ...], faults: list[Fault]) -> bool:
    missing = [column for column in columns if column not in head]
    unknown = [column for column in head if column not in columns]
    doubled = sorted({column for column in head if head.count(column) > 1})
    faults.extend(Fault(file, 1, column, "", "this column is missing") for column in missing)
    faults.extend(
        Fault(file, 1, column, column, "no such column; see gazetteer/README.md for the columns") for column in unknown
    )
    faults.extend(Fault(file, 1, column, column, "this column stands twice") for column in doubled)
    return not (missing or unknown or doubled)


def _refuse(path: Path, line: int, value: str, remedy: str) -> GazetteerError:
    return GazetteerError(path.parent, [Fault(path.name, line, "", value, remedy)])
