"""Cytoscape.js JSON (.cyjs), for Cytoscape desktop and web pages; and CX2, for Cytoscape Web and NDEx.

CX2 is a list of aspects in the order that the format wants, status last.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.export.network import LINE_COLOURS, TITLE, Counts, Exported, line_values
from pipeline.store import write_json

_CYJS, _CX2 = "topology.cyjs", "topology.cx2"
_TYPES = {bool: "boolean", int: "integer", float: "double", str: "string"}


def write_cyjs(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write topology.cyjs."""
    edges = [
        {"data": {"id": line.id, **line_values(line), "interaction": line.status, "key": line.status}}
        for line in network.lines
    ]
    nodes = [_cyjs_node(network.node_values(node)) for node in network.nodes]
    elements = {"nodes": nodes, "edges": edges}
    write_json(folder / _CYJS, {"format_version": "1.0", "data": {"name": TITLE}, "elements": elements})
    return (folder / _CYJS,)


def count_cyjs(folder: Path) -> Counts:
    """Read with networkx's own reader of the format."""
    import networkx as nx

    data = json.loads((folder / _CYJS).read_text(encoding="utf-8"))
    graph = nx.cytoscape_graph({**data, "directed": True, "multigraph": True, "data": []}, name="name", ident="id")
    return Counts.of(len(graph), [attributes["status"] for _, _, attributes in graph.edges(data=True)])


def write_cx2(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write topology.cx2."""
    numbers = {node.id: number for number, node in enumerate(network.nodes)}
    nodes = [_cx2_node(numbers[node.id], network.node_values(node)) for node in network.nodes]
    edges = []
    for number, line in enumerate(network.lines):
        values = line_values(line) | {"interaction": line.status, "name": line.id}
        ends = {"s": numbers[values.pop("source")], "t": numbers[values.pop("target")]}
        edges.append({"id": number, **ends, "v": values})
    write_json(folder / _CX2, _aspects(nodes, edges))
    return (folder / _CX2,)


def count_cx2(folder: Path) -> Counts:
    """Read the aspects; an edge counts when both its ends are nodes."""
    aspects = {key: value for aspect in json.loads((folder / _CX2).read_text("utf-8")) for key, value in aspect.items()}
    ids = {node["id"] for node in aspects["nodes"]}
    edges = [edge for edge in aspects["edges"] if {edge["s"], edge["t"]} <= ids]
    return Counts.of(len(ids), [edge["v"]["status"] for edge in edges])


def _cyjs_node(values: dict[str, Any]) -> dict[str, Any]:
    place = {axis: values.pop(axis) for axis in ("x", "y") if axis in values}
    element: dict[str, Any] = {
        "data": {**values, "name": values["label"], "value": values["id"]}
    }  # networkx reads `value`
    return element | ({"position": place} if place else {})


def _cx2_node(number: int, values: dict[str, Any]) -> dict[str, Any]:
    place: dict[str, Any] = {axis: values.pop(axis) for axis in ("x", "y") if axis in values}
    values["document_id"], values["name"] = values.pop("id"), values.pop("label")
    return {"id": number, **place, "v": values}


def _declared(elements: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    found = {name: _TYPES[type(value)] for element in elements for name, value in element["v"].items()}
    return {name: {"d": found[name]} for name in sorted(found)}


def _aspects(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    declared = {"nodes": _declared(nodes), "edges": _declared(edges), "networkAttributes": {"name": {"d": "string"}}}
    content: list[tuple[str, list[dict[str, Any]]]] = [
        ("attributeDeclarations", [declared]),
        ("networkAttributes", [{"name": TITLE}]),
        ("nodes", nodes),
        ("edges", edges),
        ("visualProperties", [_style()]),
    ]
    counts = [{"name": name, "elementCount": len(elements)} for name, elements in content]
    return [
        {"CXVersion": "2.0", "hasFragments": False},
        {"metaData": counts},
        *({name: elements} for name, elements in content),
        {"status": [{"success": True}]},
    ]


def _style() -> dict[str, Any]:
    colours = [{"v": status, "vp": colour} for status, colour in LINE_COLOURS.items()]
    mapping = {"type": "DISCRETE", "definition": {"attribute": "status", "map": colours}}
    return {
        "default": {"network": {}, "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle"}, "node": {}},
        "nodeMapping": {"NODE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "name", "type": "string"}}},
        "edgeMapping": {"EDGE_LINE_COLOR": mapping},
    }
