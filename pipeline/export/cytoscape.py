"""Cytoscape.js JSON (.cyjs): opens in Cytoscape desktop and in a web page alike."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.export.network import Counts, Network, Node
from pipeline.store import write_json

_FILE = "topology.cyjs"


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write topology.cyjs."""
    nodes = [_node(node) for node in network.nodes]
    edges = [
        {"data": {"id": line.id, **asdict(line), "interaction": line.status, "key": line.status}}
        for line in network.lines
    ]
    data = {
        "format_version": "1.0",
        "data": {"name": "Topology of ASEAN documents"},
        "elements": {"nodes": nodes, "edges": edges},
    }
    write_json(folder / _FILE, data)
    return (folder / _FILE,)


def count(folder: Path) -> Counts:
    """Read with networkx's own reader of the format."""
    import networkx as nx

    data = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    graph = nx.cytoscape_graph({**data, "directed": True, "multigraph": True, "data": []}, name="name", ident="id")
    return Counts.of(len(graph), [attributes["status"] for _, _, attributes in graph.edges(data=True)])


def _node(node: Node) -> dict[str, Any]:
    values = asdict(node)
    x, y = values.pop("x"), values.pop("y")
    element: dict[str, Any] = {"data": {**values, "name": node.label, "value": node.id}}  # networkx reads `value`
    if x is not None:
        element["position"] = {"x": x, "y": y}
    return element
