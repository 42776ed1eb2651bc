"""The tables of a finished run, as the map takes them.

In: nodes.csv, edges.csv and citations.csv of an output folder. Out: nodes, lines, quotes. Read from the CSV files,
which need no library; `read_csv` gives the cells as they were before a spreadsheet's formulas were made harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.map.model import Line, Node, Quote
from pipeline.names.dates import PartialDate
from pipeline.store import read_csv


@dataclass(frozen=True)
class Network:
    """Everything that the run found; quotes are the citations behind the lines, by id."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    quotes: dict[str, Quote]


def read_network(folder: Path) -> Network:
    """The network of the run in `folder`; raises FileNotFoundError naming the missing table."""
    nodes = tuple(_read_node(row) for row in _rows(folder / "nodes.csv"))
    lines = tuple(_read_line(row) for row in _rows(folder / "edges.csv"))
    quoted = {each for line in lines for each in line.citation_ids}
    quotes = (_read_quote(row) for row in _rows(folder / "citations.csv") if row["citation_id"] in quoted)
    return Network(nodes, lines, {quote.id: quote for quote in quotes})


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        raise FileNotFoundError(f"{path}: not there; `topology run` writes it")
    return read_csv(path)


def _read_node(row: dict[str, str]) -> Node:
    return Node(
        id=row["id"],
        label=row["label"] or row["id"],
        title=row["title"],
        date=PartialDate.parse(row["date"]) if row["date"] else None,
        kind=row["kind"],
        lane=row["lane"],
        in_corpus=row["in_corpus"] == "true",
        partly_read=row["partly_read"] == "true",
        dialogue_partner=row["dialogue_partner"],
        cited_by=int(row["cited_by"]),
        cites=int(row["cites"]),
        planned_by=int(row["planned_by"]),
        hub=float(row["hub"]),
        authority=float(row["authority"]),
    )


def _read_line(row: dict[str, str]) -> Line:
    return Line(
        source=row["source"],
        target=row["target"],
        status=row["status"],
        weight=int(row["weight"]),
        confidence=float(row["max_confidence"]),
        citation_ids=tuple(each for each in row["citation_ids"].split(";") if each),
    )


def _read_quote(row: dict[str, str]) -> Quote:
    return Quote(
        id=row["citation_id"],
        source=row["source_id"],
        target=row["target_id"],
        status=row["status"],
        basis=row["status_basis"],
        cue=row["cue"],
        confidence=float(row["confidence"]),
        surface=row["surface"],
        sentence=row["sentence"],
        page=int(row["page"]),
        zone=row["zone"],
    )
