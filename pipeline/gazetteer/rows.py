"""Rows of the gazetteer's files, checked value by value; every bad one becomes a `Fault`, none is skipped.

documents.csv and aliases.csv go in as bytes; entries, aliases and faults come out. The trap: a fault must not hide the
next one, so a bad value is replaced by an empty one and the row is read on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.knowledge import Fault, read_cells
from pipeline.names.dates import PartialDate
from pipeline.records import Alias, AliasKind, Entry
from pipeline.store import FORMULA

if TYPE_CHECKING:
    from pipeline.gazetteer.lanes import Legend

DOCUMENTS = "documents.csv"
ALIASES = "aliases.csv"
LANES = "lanes.yaml"

# What gazetteer/README.md explains, in the files' order.
DOCUMENT_COLUMNS = (
    "id",
    "title",
    "short_title",
    "acronym",
    "kind",
    "lane",
    "issued",
    "period_start",
    "period_end",
    "standing",
    "adopted_by",
    "digital",
    "supersedes",
    "renamed_to",
    "part_of",
    "dialogue_partner",
    "in_chapter",
    "ambiguous_with",
    "official_url",
    "official_url_verified",
    "confidence",
    "source",
)
ALIAS_COLUMNS = ("entry_id", "alias", "kind", "needs_support")

STANDINGS = (
    "adopted",
    "in-force",
    "not-in-force",
    "planned",
    "renamed",
    "superseded",
    "under-negotiation",
)
CONFIDENCES = ("high", "medium", "low")
DIGITAL = ("yes", "partly", "no")
FLAGS = ("true", "false")

# Years of documents and of the periods they cover; "20201" is a slip, "2045" is a vision.
YEARS = range(1945, 2101)
ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True)
class Row:
    """One line of a CSV file; each reading method records a fault and answers an empty value when it must."""

    file: str
    line: int
    cells: dict[str, str]
    faults: list[Fault] = field(compare=False)

    def fault(self, column: str, remedy: str) -> None:
        """Record that the cell is wrong."""
        self.faults.append(Fault(self.file, self.line, column, self.cells[column], remedy))

    def text(self, column: str, *, required: bool = False) -> str:
        """The cell; white space around or doubled inside it is a fault."""
        value = self.cells[column]
        if value != " ".join(value.split()):
            self.fault(column, "stray white space; `topology gazetteer check --fix` removes it")
        if required and not value:
            self.fault(column, "must not be empty")
        if value.startswith(FORMULA):
            self.fault(column, f"must not begin with {value[0]}: spreadsheets run it as a formula")
        return " ".join(value.split())

    def choice(self, column: str, allowed: Collection[str], *, required: bool = True) -> str:
        """The cell, which must be one of `allowed`; empty only where it is not required."""
        value = self.text(column)
        if (value or required) and value not in allowed:
            self.fault(column, "use one of " + ", ".join(sorted(allowed)))
            return ""
        return value

    def flag(self, column: str) -> bool:
        """`true` or `false`."""
        return self.choice(column, FLAGS) == "true"

    def date(self, column: str) -> PartialDate | None:
        """A year, month or day as precise as it is known; None where empty."""
        value = self.text(column)
        if not value:
            return None
        try:
            found = PartialDate.parse(value)
        except ValueError:
            self.fault(column, "write a date as 2007, 2007-11 or 2007-11-20, as precise as it is known")
            return None
        if found.year not in YEARS:
            self.fault(column, f"the year must lie between {YEARS[0]} and {YEARS[-1]}")
        return found

    def year(self, column: str) -> int | None:
        """A year, or None where empty."""
        value = self.text(column)
        if not value:
            return None
        if not value.isascii() or not value.isdigit() or int(value) not in YEARS:
            self.fault(column, f"write one year between {YEARS[0]} and {YEARS[-1]}")
            return None
        return int(value)

    def names(self, column: str) -> tuple[str, ...]:
        """The parts of a cell that lists them with semicolons."""
        parts = tuple(part.strip() for part in self.text(column).split(";") if part.strip())
        if len(set(parts)) < len(parts):
            self.fault(column, "names one of them twice")
        return parts


def read_rows(file: str, content: bytes, columns: tuple[str, ...], faults: list[Fault]) -> Iterator[Row]:
    """The rows of a CSV file with exactly these columns, in any order."""
    for line, cells in read_cells(file, content, columns, faults):
        yield Row(file, line, cells, faults)


def read_document(row: Row, legend: Legend) -> Entry:
    """One row of documents.csv; references to other rows are looked at later (`check_references`)."""
    url = row.text("official_url")
    if url and not url.startswith(("https://", "http://")):
        row.fault("official_url", "write the whole address, https://...")
    return Entry(
        id=_read_id(row, "id"),
        title=row.text("title", required=True),
        short_title=row.text("short_title", required=True),
        acronym=row.text("acronym") or None,
        kind=row.choice("kind", legend.kinds),
        lane=row.choice("lane", legend.lanes),
        issued=row.date("issued"),
        period=_read_period(row),
        standing=row.choice("standing", STANDINGS, required=False),
        adopted_by=row.text("adopted_by"),
        digital=row.choice("digital", DIGITAL),
        supersedes=row.names("supersedes"),
        renamed_to=row.text("renamed_to") or None,
        part_of=row.text("part_of") or None,
        dialogue_partner=row.text("dialogue_partner") or None,
        in_chapter=row.flag("in_chapter"),
        ambiguous_with=row.names("ambiguous_with"),
        official_url=url or None,
        official_url_verified=_read_verified(row, url),
        confidence=row.choice("confidence", CONFIDENCES),
        basis=row.text("source", required=True),
    )


def read_alias(row: Row) -> Alias:
    """One row of aliases.csv."""
    kind = row.choice("kind", [kind.value for kind in AliasKind])
    return Alias(
        text=row.text("alias", required=True),
        entry_id=_read_id(row, "entry_id"),
        kind=AliasKind(kind) if kind else AliasKind.VARIANT,
        needs_support=row.flag("needs_support"),
    )


def _read_id(row: Row, column: str) -> str:
    value = row.text(column, required=True)
    if not ID_CHARACTERS.issuperset(value):
        row.fault(column, "an id is made of a-z, 0-9 and hyphens")
    return value


def _read_period(row: Row) -> tuple[int | None, int | None]:
    start, end = row.year("period_start"), row.year("period_end")
    if start and end and end < start:
        row.fault("period_end", f"the period ends before it starts ({start})")
    return start, end


def _read_verified(row: Row, url: str) -> bool:
    value = row.choice("official_url_verified", FLAGS, required=False)
    if bool(value) != bool(url):
        row.fault(
            "official_url_verified", "say true or false where there is an official_url, nothing where there is none"
        )
    return value == "true"
