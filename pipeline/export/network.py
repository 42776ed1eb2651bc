"""The network of a finished run as every exporter takes it: its nodes, lines and citations, and where boxes stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.results import Line, Network, Node, Quote, load

TITLE = "Topology of ASEAN documents"

# Blue, orange and grey of the map.
LINE_COLOURS = {"existing": "#1F5FA8", "planned": "#C85A00", "unclear": "#6E6E6E"}

# What every tool is told of a document, in this order, beside its id.
NODE_VALUES = (
    *("label", "title", "year", "date", "kind", "lane", "in_corpus", "cited_by", "cites", "planned_by"),
    *("hub", "authority", "pagerank", "dialogue_partner", "symbol", "issuer", "origin", "url", "superseded_by"),
)


class ExportError(ValueError):
    """What was asked for cannot be exported; the message names the value and the remedy."""


@dataclass(frozen=True)
class Counts:
    """What must be equal in every file: nodes, edges, and edges (or citations) by status, sorted."""

    nodes: int
    edges: int
    statuses: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, nodes: int, statuses: Iterable[str]) -> Counts:
        """Counts from the number of nodes and the status of every edge."""
        counts = Counter(statuses)
        return cls(nodes, counts.total(), tuple(sorted(counts.items())))


@dataclass(frozen=True)
class Exported:
    """All that an exporter may use, sorted; `places` are points on the map, x to the right, y down, by node."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    quotes: tuple[Quote, ...] = ()
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def counts(self) -> Counts:
        """What every format that holds nodes and edges must hold."""
        return Counts.of(len(self.nodes), [line.status for line in self.lines])

    def citation_counts(self) -> Counts:
        """What the annotations must hold: one per citation, on as many sources as cite."""
        return Counts.of(len({quote.source for quote in self.quotes}), [quote.status for quote in self.quotes])

    def node_values(self, node: Node) -> dict[str, Any]:
        """What is known of a document: id, the columns of NODE_VALUES, x and y where it stands on the map."""
        values: dict[str, Any] = {"id": node.id} | {name: getattr(node, name) for name in NODE_VALUES}
        x, y = self.places.get(node.id, (None, None))
        return known(values | {"date": str(node.date or ""), "x": x, "y": y})


def line_values(line: Line) -> dict[str, Any]:
    """What every tool is told of a line."""
    names = ("source", "target", "status", "weight", "first_page", "source_year")
    return known({name: getattr(line, name) for name in names})


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Most formats have no null: an unknown value is an absent one."""
    return {name: value for name, value in values.items() if value is not None}


def read_network(output: Path, positions: Mapping[str, tuple[float, float]] | None = None) -> Exported:
    """The network of the run in `output`; raises ResultsError naming the file that is missing."""
    found: Network = load(output).network
    quotes = sorted(found.quotes.values(), key=lambda quote: (quote.source, quote.page, quote.start, quote.id))
    lines = sorted(found.lines, key=lambda line: line.id)
    return Exported(found.nodes, tuple(lines), tuple(quotes), positions or {})
