"""The network of a finished run, as every exporter takes it: nodes, edges and the citations behind them.

Read from the Parquet files, not the CSV: there a cell that a spreadsheet would run carries a quote mark in front.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ExportError(ValueError):
    """What was asked for cannot be exported; the message names the value and the remedy."""


@dataclass(frozen=True)
class Node:
    """A document as the measures see it; `x`, `y` are points on the map, None where it is not drawn."""

    id: str
    label: str
    title: str
    year: int | None
    date: str
    kind: str
    lane: str
    in_corpus: bool
    cited_by: int
    cites: int
    planned_by: int
    hub: float
    authority: float
    pagerank: float
    dialogue_partner: str
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True)
class Line:
    """An edge of the network; its id is made of what it joins and its status, so it never moves."""

    source: str
    target: str
    status: str
    weight: int
    first_page: int | None
    source_year: int | None

    @property
    def id(self) -> str:
        """Unique within a run and the same in every format."""
        return f"{self.source}|{self.target}|{self.status}"


@dataclass(frozen=True)
class Quote:
    """A citation as an annotation needs it: which words on which page of which PDF mean which document."""

    id: str
    source: str
    target: str
    target_title: str
    status: str
    surface: str
    sentence: str
    page: int
    start: int
    end: int


@dataclass(frozen=True)
class Counts:
    """What must be equal in every file: nodes, edges, and edges (or citations) by status, sorted."""

    nodes: int
    edges: int
    statuses: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, nodes: int, statuses: list[str]) -> Counts:
        """Counts from the number of nodes and the status of every edge."""
        return cls(nodes, len(statuses), tuple(sorted(Counter(statuses).items())))


@dataclass(frozen=True)
class Network:
    """All that an exporter may use; sorted, so that the same run gives the same bytes."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    quotes: tuple[Quote, ...]
    run: tuple[tuple[str, str], ...] = ()  # versions of code, gazetteer and rules, for provenance

    def counts(self) -> Counts:
        """What every format that holds nodes and edges must hold."""
        return Counts.of(len(self.nodes), [line.status for line in self.lines])

    def citation_counts(self) -> Counts:
        """What the annotations must hold: one per citation, on as many sources as cite."""
        return Counts.of(len({quote.source for quote in self.quotes}), [quote.status for quote in self.quotes])


def read_network(output: Path, positions: dict[str, tuple[float, float]] | None = None) -> Network:
    """The network of the run in `output`; raises ExportError naming the file that is missing."""
    places = positions or {}
    nodes = tuple(_node(row, places) for row in _rows(output / "nodes.parquet"))
    lines = tuple(_line(row) for row in _rows(output / "edges.parquet"))
    quotes = tuple(_quote(row) for row in _rows(output / "citations.parquet") if row["target_id"])
    return Network(
        tuple(sorted(nodes, key=lambda node: node.id)),
        tuple(sorted(lines, key=lambda line: line.id)),
        tuple(sorted(quotes, key=lambda quote: (quote.source, quote.page, quote.start, quote.id))),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    from pyarrow import parquet

    if not path.exists():
        raise ExportError(f"{path}: not there; `topology run` writes it")
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def _node(row: dict[str, Any], places: dict[str, tuple[float, float]]) -> Node:
    x, y = places.get(row["id"], (None, None))
    return Node(
        id=row["id"],
        label=row["label"] or row["id"],
        title=row["title"] or "",
        year=_whole(row["year"]),
        date=row["date"] or "",
        kind=row["kind"] or "",
        lane=row["lane"] or "none",
        in_corpus=bool(row["in_corpus"]),
        cited_by=int(row["cited_by"]),
        cites=int(row["cites"]),
        planned_by=int(row["planned_by"]),
        hub=float(row["hub"]),
        authority=float(row["authority"]),
        pagerank=float(row["pagerank"]),
        dialogue_partner=row["dialogue_partner"] or "",
        x=x,
        y=y,
    )


def _line(row: dict[str, Any]) -> Line:
    return Line(
        source=row["source"],
        target=row["target"],
        status=row["status"],
        weight=int(row["weight"]),
        first_page=_whole(row["first_page"]),
        source_year=_whole(row["source_year"]),
    )


def _quote(row: dict[str, Any]) -> Quote:
    return Quote(
        id=row["citation_id"],
        source=row["source_id"],
        target=row["target_id"],
        target_title=row["target_title"] or "",
        status=row["status"],
        surface=row["surface"],
        sentence=row["sentence"],
        page=int(row["page"]),
        start=int(row["char_start"]),
        end=int(row["char_end"]),
    )


def _whole(value: Any) -> int | None:
    return None if value is None or value != value or value == "" else int(value)
