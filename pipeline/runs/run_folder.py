"""The outputs of one run, as the next one compares them: its record, citations, lines, and the gazetteer behind them.

In: the folder of a run. Out: a `RunFolder`. Runs are kept for years, so the folder may be of an older version of this
program: what it did not tell yet is empty, and what cannot be done without is `OldRunError`, one line.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.results import ResultsError, load, rows
from pipeline.runs.workspace import RUN_FILE
from pipeline.store import read_csv, write_bytes

if TYPE_CHECKING:
    import pandas as pd

# Where the gazetteer's files lie in the folder of a run; hidden, for it is no output.
GAZETTEER = ".gazetteer"

# One of the inputs in run.json: file, source_id, sha256, action, pages, characters.
Input = dict[str, Any]
# Rows of citations.csv by citation id.
Rows = Mapping[str, Mapping[str, Any]]

# What is compared.
_INPUT = ("file", "source_id", "sha256", "action")
_NO_MEASURES: Input = {"pages": 0, "characters": 0}
_CITATION = (
    *("citation_id", "source_id", "target_id", "status", "page", "surface"),
    *("status_today", "review_state", "reviewer", "reviewed_at"),
)
_EDGE = ("source", "target", "status")
_VERSIONS = ("rules", "gazetteer", "reader")


class OldRunError(ValueError):
    """The folder was written by an older version of this program, or is spoilt: one line of what it lacks."""


@dataclass(frozen=True)
class RunFolder:
    """The outputs of one run; raises OldRunError, at the first look, where one cannot be compared."""

    folder: Path

    @cached_property
    def record(self) -> dict[str, Any]:
        """run.json, with `inputs` and `versions`."""
        path = self.folder / RUN_FILE
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            inputs = [_NO_MEASURES | each for each in found["inputs"]]
            versions = {name: str(found.get("versions", {}).get(name, "")) for name in _VERSIONS}
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            raise OldRunError(_tell(path, "`inputs`")) from None
        for each in inputs:
            _check(path, _INPUT, each)
        return found | {"inputs": inputs, "versions": versions}

    def citations(self) -> Iterator[tuple[str, Rows]]:
        """Each source, in their order, with its rows of citations.csv; not held beyond that."""
        for source, found in self._table("citations", _CITATION).groupby("source_id"):
            yield str(source), {row.citation_id: row._asdict() for row in rows(found)}

    @cached_property
    def edges_by_source(self) -> dict[str, dict[str, frozenset[str]]]:
        """The statuses of the lines of each source, by target."""
        found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        for row in rows(self._table("edges", _EDGE)):
            lines = found[row.source]
            lines[row.target] = lines.get(row.target, frozenset()) | {row.status}
        return found

    @cached_property
    def files(self) -> dict[str, Input]:
        """The inputs by file name."""
        return {each["file"]: each for each in self.record["inputs"]}

    @cached_property
    def sources(self) -> dict[str, Input]:
        """The inputs that were read, by source."""
        inputs = sorted(self.record["inputs"], key=lambda each: each["file"], reverse=True)
        return {each["source_id"]: each for each in inputs if each["action"] != "failed"}

    @cached_property
    def by_hash(self) -> dict[str, Input]:
        """The inputs that were read, by the hash of their bytes."""
        return {each["sha256"]: each for each in self.sources.values()}

    @cached_property
    def knowledge(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The gazetteer's rows by file and key; a file that is no table is one row."""
        return dict(_read_knowledge(self.folder / GAZETTEER))

    def _table(self, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
        try:
            return load(self.folder).table(name, columns)
        except ResultsError as error:
            raise OldRunError(f"{error.what}; compare with a newer run") from None


def keep_gazetteer(folder: Path, files: Iterable[Path]) -> None:
    """Keep the gazetteer's files beside the outputs made with them, for the next comparison."""
    for path in files:
        write_bytes(folder / GAZETTEER / path.name, path.read_bytes())


def _check(path: Path, needed: Iterable[str], found: Mapping[str, object]) -> None:
    missing = [name for name in needed if name not in found]
    if missing:
        raise OldRunError(_tell(path, f"`{missing[0]}`"))


def _tell(path: Path, lacking: str) -> str:
    return f"{path}: lacks {lacking}: written by an older version, or spoilt; compare with a newer run"


def _read_knowledge(folder: Path) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for path in sorted(folder.glob("*")):
        if path.suffix != ".csv":
            yield (path.name, ""), (path.read_text(encoding="utf-8"),)
            continue
        for row in read_csv(path):
            yield (path.name, _row_key(row)), tuple(row.values())


def _row_key(row: Mapping[str, str]) -> str:
    """documents.csv has one row an id, aliases.csv several an entry."""
    return row["id"] if "id" in row else f"{row.get('entry_id', '')}\t{row.get('alias', '') or ' '.join(row.values())}"
