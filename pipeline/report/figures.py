"""The figures of the report, counted from a run's tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.store import read_csv

Row = Mapping[str, str]

# A name longer than this is cut on the page; the tables have it whole.
_LONGEST = 160
# Confidences at which the report counts the lines that are left.
_THRESHOLDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Summary:
    """What a run found, in numbers."""

    nodes: tuple[Row, ...]
    edges: tuple[Row, ...]
    citations: int
    statuses: tuple[tuple[str, int], ...]
    to_review: int
    as_of: str

    def label(self, document: str) -> str:
        """The short title of a document, its id where it is no longer in the network."""
        return self._labels.get(document, document)

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {node["id"]: node["label"] for node in self.nodes}

    @property
    def read(self) -> tuple[Row, ...]:
        """The documents whose PDF was read."""
        return tuple(node for node in self.nodes if node["in_corpus"] == "true")

    @property
    def partly_read(self) -> tuple[Row, ...]:
        """Those with pages that could not be read."""
        return tuple(node for node in self.read if node["partly_read"] == "true")

    @property
    def years(self) -> dict[int, dict[str, int]]:
        """Documents of each year: read, and cited only."""
        return _by_year((node["year"], "read" if node["in_corpus"] == "true" else "cited only") for node in self.nodes)

    @property
    def line_years(self) -> dict[int, dict[str, int]]:
        """Lines by the year of the citing document and status."""
        return _by_year((edge["source_year"], edge["status"]) for edge in self.edges)

    def most_cited(self, most: int) -> list[tuple[str, dict[str, int]]]:
        """The documents that most others cite: label, and citing documents by status."""
        by_target: dict[str, Counter[str]] = defaultdict(Counter)
        for edge in self.edges:
            by_target[edge["target"]][edge["status"]] += 1
        ranked = sorted(self.nodes, key=lambda node: (-int(node["cited_by"]), node["id"]))[:most]
        return [(node["label"], dict(by_target[node["id"]])) for node in ranked if int(node["cited_by"])]

    @property
    def robustness(self) -> list[tuple[float, dict[str, int]]]:
        """Lines that survive when only citations of at least a confidence are believed, by status."""
        return [
            (
                threshold,
                dict(Counter(edge["status"] for edge in self.edges if float(edge["max_confidence"]) >= threshold)),
            )
            for threshold in _THRESHOLDS
        ]

    def ranked(self, measure: str, most: int) -> tuple[Row, ...]:
        """The documents with the highest `hub`, `authority` or `betweenness`, none without."""
        ranked = sorted(self.nodes, key=lambda node: (-float(node[measure]), node["id"]))[:most]
        return tuple(node for node in ranked if float(node[measure]) > 0)


def summarise(folder: Path) -> Summary:
    """Count what the tables in `folder` hold; raises FileNotFoundError where one is missing."""
    nodes = read_rows(folder / "nodes.csv")
    edges = read_rows(folder / "edges.csv")
    citations = read_rows(folder / "citations.csv")
    statuses = Counter(citation["status"] for citation in citations)
    return Summary(
        nodes=tuple(nodes),
        edges=tuple(edges),
        citations=len(citations),
        statuses=tuple(sorted(statuses.items())),
        to_review=sum(not row["target_id"] or row["status_basis"] == "conflict" for row in citations),
        as_of=max((node["date"] for node in nodes if node["date"]), default=""),
    )


def read_rows(path: Path) -> list[Row]:
    """The rows of a table of the run."""
    return list(read_csv(path))


def cut(text: str, longest: int = _LONGEST) -> str:
    """The text on one line, cut where it is too long for a table."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _by_year(pairs: Iterable[tuple[str, str]]) -> dict[int, dict[str, int]]:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for year, name in pairs:
        if year:
            counts[int(year)][name] += 1
    return {year: dict(counts[year]) for year in sorted(counts)}
