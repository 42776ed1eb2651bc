"""VOSviewer: vosviewer/map.txt and vosviewer/network.txt, tab-delimited.

VOSviewer's links are undirected and plain: an existing and a planned line between two documents are two rows, and
the status, which the format has no place for, stands beside them in vosviewer/statuses.txt, row by row.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.export.network import Counts, Network
from pipeline.store import write_text

_BREAKING = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\"]+")
_MAP = ("id", "label", "description", "x", "y", "cluster", "weight<Cited by>", "weight<Cites>", "score<Year>")


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write the folder vosviewer/."""
    place = folder / "vosviewer"
    numbers = {node.id: str(number) for number, node in enumerate(network.nodes, start=1)}
    clusters = {lane: str(number) for number, lane in enumerate(sorted({node.lane for node in network.nodes}), start=1)}
    placed = all(node.x is not None for node in network.nodes)
    rows = [
        (
            numbers[node.id],
            node.label,
            node.title,
            f"{node.x:.1f}" if placed else "",
            f"{-(node.y or 0):.1f}" if placed else "",
            clusters[node.lane],
            str(node.cited_by),
            str(node.cites),
            "" if node.year is None else str(node.year),
        )
        for node in network.nodes
    ]
    keep = [column for column in range(len(_MAP)) if placed or _MAP[column] not in ("x", "y")]
    table = [_MAP, *rows]
    _write(place / "map.txt", [tuple(row[column] for column in keep) for row in table])
    _write(place / "network.txt", [(numbers[e.source], numbers[e.target], str(e.weight)) for e in network.lines])
    _write(place / "statuses.txt", [(numbers[e.source], numbers[e.target], e.status) for e in network.lines])
    return place / "map.txt", place / "network.txt", place / "statuses.txt"


def count(folder: Path) -> Counts:
    """Read the three files; a status counts where network.txt has the same pair on the same row."""
    nodes, links, statuses = (_read(folder / "vosviewer" / name) for name in ("map.txt", "network.txt", "statuses.txt"))
    paired = [status[2] for link, status in zip(links, statuses, strict=True) if link[:2] == status[:2]]
    return Counts.of(len(nodes) - 1, paired)


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    write_text(path, "".join("\t".join(_BREAKING.sub(" ", cell) for cell in row) + "\n" for row in rows))


def _read(path: Path) -> list[list[str]]:
    return [row.split("\t") for row in path.read_text(encoding="utf-8").splitlines()]
