"""Gephi's spreadsheet import: gephi/nodes.csv and gephi/edges.csv with the column names that Gephi knows."""

from __future__ import annotations

import csv
from pathlib import Path

from pipeline.export.network import Counts, Network
from pipeline.store import write_csv

_NODES = ("Id", "Label", "Title", "Year", "Kind", "Lane", "CitedBy", "Cites", "PlannedBy", "PageRank")
_EDGES = ("Source", "Target", "Type", "Id", "Label", "Weight", "status")


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write the folder gephi/."""
    nodes, edges = folder / "gephi" / "nodes.csv", folder / "gephi" / "edges.csv"
    write_csv(
        nodes,
        _NODES,
        [
            (n.id, n.label, n.title, n.year, n.kind, n.lane, n.cited_by, n.cites, n.planned_by, n.pagerank)
            for n in network.nodes
        ],
    )
    # `Label` is what Gephi writes beside a line; `status` is the column to filter and colour by.
    write_csv(
        edges,
        _EDGES,
        [(e.source, e.target, "Directed", e.id, e.status, e.weight, e.status) for e in network.lines],
    )
    return nodes, edges


def count(folder: Path) -> Counts:
    """Read both files as CSV."""
    nodes, edges = (_read(folder / "gephi" / name) for name in ("nodes.csv", "edges.csv"))
    return Counts.of(len(nodes), [row["status"] for row in edges])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
