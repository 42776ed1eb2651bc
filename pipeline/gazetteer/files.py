"""The gazetteer's smaller files of knowledge, read as text, YAML or a table; a fault is one line with its place.

A path goes in, plain strings come out; raises GazetteerError. The trap: YAML 1.1 reads the words "on" and "no" as
truth and "1" as a number, so every scalar is left a string.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from pipeline.gazetteer.load import GazetteerError
from pipeline.gazetteer.rows import Fault, read_rows

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


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
    rows = [row.cells for row in read_rows(path.name, content.encode("utf-8"), columns, faults)] if content else []
    if faults:
        raise GazetteerError(path.parent, faults)
    return rows


def _refuse(path: Path, line: int, value: str, remedy: str) -> GazetteerError:
    return GazetteerError(path.parent, [Fault(path.name, line, "", value, remedy)])
