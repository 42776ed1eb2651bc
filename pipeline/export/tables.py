"""Tables that Gephi, Neo4j and VOSviewer import: each tool's own file and column names.

Neo4j: a line is CITES, FORESEES or MENTIONS by its status. VOSviewer's links are undirected and plain: an existing and
a planned line between two documents are two rows, and the status, for which the format has no place, stands beside them
in vosviewer/statuses.txt, row by row.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.export.network import Counts, Exported
from pipeline.store import write_csv, write_text

_GEPHI_NODES = ("Id", "Label", "Title", "Year", "Kind", "Lane", "CitedBy", "Cites", "PlannedBy", "PageRank", "Url")
_GEPHI_EDGES = ("Source", "Target", "Type", "Id", "Label", "Weight", "status")
_NEO4J_NODES = (
    *("id:ID(Document)", "label", "title", "year:int", "date", "kind", "lane", "in_corpus:boolean", "cited_by:int"),
    *("pagerank:double", "url", ":LABEL"),
)
_NEO4J_EDGES = (":START_ID(Document)", ":END_ID(Document)", "status", "weight:int", "first_page:int", ":TYPE")
_NEO4J_TYPES = {"existing": "CITES", "planned": "FORESEES", "unclear": "MENTIONS"}
_VOS_MAP = ("id", "label", "description", "x", "y", "cluster", "weight<Cited by>", "weight<Cites>", "score<Year>")
_VOS_FILES = ("map.txt", "network.txt", "statuses.txt")
_BREAKING = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\"]+")


def write_gephi(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write the folder gephi/, for Gephi's spreadsheet import."""
    nodes, edges = folder / "gephi" / "nodes.csv", folder / "gephi" / "edges.csv"
    written = (
        (n.id, n.label, n.title, n.year, n.kind, n.lane, n.cited_by, n.cites, n.planned_by, n.pagerank, n.url)
        for n in network.nodes
    )
    write_csv(nodes, _GEPHI_NODES, written)
    # `Label` is what Gephi writes beside a line; `status` is the column to filter and colour by.
    lines = ((e.source, e.target, "Directed", e.id, e.status, e.weight, e.status) for e in network.lines)
    write_csv(edges, _GEPHI_EDGES, lines)
    return nodes, edges


def count_gephi(folder: Path) -> Counts:
    """Read both files as CSV."""
    nodes, edges = (_read_csv(folder / "gephi" / name) for name in ("nodes.csv", "edges.csv"))
    return Counts.of(len(nodes), [row["status"] for row in edges])


def write_neo4j(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write the folder neo4j/, for `neo4j-admin database import`."""
    nodes, edges = folder / "neo4j" / "documents.csv", folder / "neo4j" / "citations.csv"
    written = (
        (
            *(n.id, n.label, n.title, n.year, str(n.date or ""), n.kind, n.lane, n.in_corpus, n.cited_by),
            *(n.pagerank, n.url, "Document"),
        )
        for n in network.nodes
    )
    write_csv(nodes, _NEO4J_NODES, written)
    lines = ((e.source, e.target, e.status, e.weight, e.first_page, _NEO4J_TYPES[e.status]) for e in network.lines)
    write_csv(edges, _NEO4J_EDGES, lines)
    return nodes, edges


def count_neo4j(folder: Path) -> Counts:
    """Read both files as Neo4j would: every end must be a known id."""
    nodes, edges = (_read_csv(folder / "neo4j" / name) for name in ("documents.csv", "citations.csv"))
    known = {row["id:ID(Document)"] for row in nodes}
    joined = [row for row in edges if {row[":START_ID(Document)"], row[":END_ID(Document)"]} <= known]
    return Counts.of(len(known), [row["status"] for row in joined])


def write_vosviewer(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write the folder vosviewer/; coordinates only where every document stands on the map."""
    numbers = {node.id: str(number) for number, node in enumerate(network.nodes, start=1)}
    clusters = {lane: str(number) for number, lane in enumerate(sorted({node.lane for node in network.nodes}), start=1)}
    placed = all(node.id in network.places for node in network.nodes)
    rows = [_VOS_MAP]
    for node in network.nodes:
        x, y = network.places.get(node.id, (0.0, 0.0))
        told = (f"{x:.1f}", f"{-y:.1f}", clusters[node.lane], str(node.cited_by), str(node.cites), str(node.year or ""))
        rows.append((numbers[node.id], node.label, node.title, *told))
    keep = [number for number, column in enumerate(_VOS_MAP) if placed or column not in ("x", "y")]
    ends = [(numbers[line.source], numbers[line.target]) for line in network.lines]
    contents: tuple[Iterable[Sequence[str]], ...] = (
        [[row[column] for column in keep] for row in rows],
        [(*pair, str(line.weight)) for pair, line in zip(ends, network.lines, strict=True)],
        [(*pair, line.status) for pair, line in zip(ends, network.lines, strict=True)],
    )
    paths = tuple(folder / "vosviewer" / name for name in _VOS_FILES)
    for path, content in zip(paths, contents, strict=True):
        write_text(path, "".join("\t".join(_BREAKING.sub(" ", cell) for cell in row) + "\n" for row in content))
    return paths


def count_vosviewer(folder: Path) -> Counts:
    """Read the three files; a status counts where network.txt has the same pair on the same row."""
    texts = ((folder / "vosviewer" / name).read_text(encoding="utf-8") for name in _VOS_FILES)
    nodes, links, statuses = ([row.split("\t") for row in text.splitlines()] for text in texts)
    paired = [status[2] for link, status in zip(links, statuses, strict=True) if link[:2] == status[:2]]
    return Counts.of(len(nodes) - 1, paired)


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
