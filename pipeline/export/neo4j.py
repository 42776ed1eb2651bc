"""Neo4j's bulk import: neo4j/documents.csv and neo4j/citations.csv; a line is CITES or FORESEES by its status."""

from __future__ import annotations

import csv
from pathlib import Path

from pipeline.export.network import Counts, Network
from pipeline.store import write_csv

_NODES = (
    "id:ID(Document)",
    "label",
    "title",
    "year:int",
    "date",
    "kind",
    "lane",
    "in_corpus:boolean",
    "cited_by:int",
    "pagerank:double",
    ":LABEL",
)
_EDGES = (":START_ID(Document)", ":END_ID(Document)", "status", "weight:int", "first_page:int", ":TYPE")
_TYPES = {"existing": "CITES", "planned": "FORESEES", "unclear": "MENTIONS"}


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write the folder neo4j/."""
    nodes, edges = folder / "neo4j" / "documents.csv", folder / "neo4j" / "citations.csv"
    write_csv(
        nodes,
        _NODES,
        [
            (
                n.id,
                n.label,
                n.title,
                n.year,
                n.date,
                n.kind,
                n.lane,
                str(n.in_corpus).lower(),
                n.cited_by,
                n.pagerank,
                "Document",
            )
            for n in network.nodes
        ],
    )
    write_csv(
        edges,
        _EDGES,
        [(e.source, e.target, e.status, e.weight, e.first_page, _TYPES[e.status]) for e in network.lines],
    )
    return nodes, edges


def count(folder: Path) -> Counts:
    """Read both files as `neo4j-admin database import` would: every end must be a known id."""
    nodes, edges = (_read(folder / "neo4j" / name) for name in ("documents.csv", "citations.csv"))
    known = {row["id:ID(Document)"] for row in nodes}
    joined = [row for row in edges if {row[":START_ID(Document)"], row[":END_ID(Document)"]} <= known]
    return Counts.of(len(known), [row["status"] for row in joined])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
