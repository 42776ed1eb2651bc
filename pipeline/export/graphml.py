"""GraphML for yEd, igraph, networkx and others: one directed multigraph, attributes declared with their types."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.export.network import Counts, Network
from pipeline.export.xml_text import xml_text
from pipeline.store import write_bytes

_FILE = "topology.graphml"


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write topology.graphml."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for node in network.nodes:
        graph.add_node(xml_text(node.id), **_known(asdict(node), drop=("id",)))
    for line in network.lines:
        values = _known(asdict(line), drop=("source", "target"))
        graph.add_edge(xml_text(line.source), xml_text(line.target), key=xml_text(line.id), **values)
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph, buffer, named_key_ids=True)
    write_bytes(folder / _FILE, buffer.getvalue())
    return (folder / _FILE,)


def count(folder: Path) -> Counts:
    """Read with igraph's sibling in the standard tool set, networkx, forced to keep parallel edges."""
    import networkx as nx

    graph = nx.read_graphml(folder / _FILE, force_multigraph=True)
    return Counts.of(len(graph), [attributes["status"] for _, _, attributes in graph.edges(data=True)])


def _known(values: dict[str, Any], drop: tuple[str, ...]) -> dict[str, Any]:
    """GraphML has no null: an unknown value is an absent one."""
    return {
        name: xml_text(value) if isinstance(value, str) else value
        for name, value in values.items()
        if name not in drop and value is not None
    }
