"""CX2 for Cytoscape Web and NDEx: aspects in the order that the format wants, status last."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.export.network import Counts, Network
from pipeline.store import write_json

_FILE = "topology.cx2"
_TYPES = {bool: "boolean", int: "integer", float: "double", str: "string"}
_LINE_COLOURS = {"existing": "#1F5FA8", "planned": "#C85A00", "unclear": "#6E6E6E"}


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write topology.cx2."""
    numbers = {node.id: number for number, node in enumerate(network.nodes)}
    nodes = [_node(numbers[node.id], asdict(node)) for node in network.nodes]
    edges = [
        {
            "id": number,
            "s": numbers[line.source],
            "t": numbers[line.target],
            "v": _known(asdict(line) | {"interaction": line.status, "name": line.id}, ("source", "target")),
        }
        for number, line in enumerate(network.lines)
    ]
    write_json(folder / _FILE, _aspects(nodes, edges))
    return (folder / _FILE,)


def count(folder: Path) -> Counts:
    """Read the aspects; an edge counts when both its ends are nodes."""
    aspects = {
        key: value for aspect in json.loads((folder / _FILE).read_text("utf-8")) for key, value in aspect.items()
    }
    ids = {node["id"] for node in aspects["nodes"]}
    edges = [edge for edge in aspects["edges"] if {edge["s"], edge["t"]} <= ids]
    return Counts.of(len(ids), [edge["v"]["status"] for edge in edges])


def _node(number: int, values: dict[str, Any]) -> dict[str, Any]:
    x, y = values.pop("x"), values.pop("y")
    place = {} if x is None else {"x": x, "y": y}
    values["document_id"], values["name"] = values.pop("id"), values.pop("label")
    return {"id": number, **place, "v": _known(values, ())}


def _known(values: dict[str, Any], drop: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in drop and value is not None}


def _declared(elements: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    found = {name: _TYPES[type(value)] for element in elements for name, value in element["v"].items()}
    return {name: {"d": found[name]} for name in sorted(found)}


def _aspects(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    content: list[tuple[str, list[dict[str, Any]]]] = [
        (
            "attributeDeclarations",
            [{"nodes": _declared(nodes), "edges": _declared(edges), "networkAttributes": {"name": {"d": "string"}}}],
        ),
        ("networkAttributes", [{"name": "Topology of ASEAN documents"}]),
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
    colours = [{"v": status, "vp": colour} for status, colour in _LINE_COLOURS.items()]
    mapping = {"type": "DISCRETE", "definition": {"attribute": "status", "map": colours}}
    return {
        "default": {"network": {}, "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle"}, "node": {}},
        "nodeMapping": {"NODE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "name", "type": "string"}}},
        "edgeMapping": {"EDGE_LINE_COLOR": mapping},
    }
