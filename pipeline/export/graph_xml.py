"""GEXF and GraphML: the network as XML, for Gephi, yEd, igraph and networkx.

GEXF 1.3 (gexf.net/1.3) is dynamic: a document lives from its year on, a line from its source's year. A spell without an
end is right by the format, but networkx cannot read it, so every spell ends with the last year that the network knows.
Control characters are not text in XML 1.0, whatever a PDF held.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from pipeline.export.network import LINE_COLOURS, NODE_VALUES, Counts, Exported, line_values
from pipeline.results import Line, Node
from pipeline.store import write_bytes

_NS = "http://gexf.net/1.3"
_VIZ = "http://gexf.net/1.3/viz"
_GEXF, _GRAPHML = "topology.gexf", "topology.graphml"
_KINDS = {"in_corpus": "boolean", "cited_by": "integer", "cites": "integer", "planned_by": "integer"} | dict.fromkeys(
    ("hub", "authority", "pagerank"), "double"
)
_NODE_ATTRIBUTES = {name: _KINDS.get(name, "string") for name in NODE_VALUES if name not in ("label", "year")}
# Lanes in pale tints.
_LANE_COLOURS = {"left": "#568C6E", "middle": "#466EAA", "right": "#966EA0"}
_GREY = "#969696"

# XML 1.0, production [2] Char: everything else makes the file unreadable.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_gexf(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write topology.gexf."""
    ET.register_namespace("", _NS)
    ET.register_namespace("viz", _VIZ)
    root = ET.Element(f"{{{_NS}}}gexf", version="1.3")
    dynamic = {"mode": "dynamic", "defaultedgetype": "directed", "timeformat": "integer"}
    graph = _add(root, "graph", dynamic | {"timerepresentation": "interval"})
    _declare(graph, "node", _NODE_ATTRIBUTES)
    _declare(graph, "edge", {"status": "string", "first_page": "integer"})
    last = max([node.year for node in network.nodes if node.year is not None], default=0)
    nodes = _add(graph, "nodes", {})
    for node in network.nodes:
        _add_node(nodes, node, network, last)
    edges = _add(graph, "edges", {})
    for line in network.lines:
        _add_edge(edges, line, last)
    ET.indent(root)
    write_bytes(folder / _GEXF, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    return (folder / _GEXF,)


def count_gexf(folder: Path) -> Counts:
    """Read with networkx, as its users would."""
    import networkx as nx

    return _count(nx.read_gexf(folder / _GEXF, version="1.3"))


def write_graphml(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write topology.graphml: one directed multigraph, attributes declared with their types."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for node in network.nodes:
        values = network.node_values(node)
        graph.add_node(_text(values.pop("id")), **_clean(values))
    for line in network.lines:
        values = line_values(line)
        graph.add_edge(_text(values.pop("source")), _text(values.pop("target")), key=_text(line.id), **_clean(values))
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph, buffer, named_key_ids=True)
    write_bytes(folder / _GRAPHML, buffer.getvalue())
    return (folder / _GRAPHML,)


def count_graphml(folder: Path) -> Counts:
    """Read with networkx, forced to keep parallel edges."""
    import networkx as nx

    return _count(nx.read_graphml(folder / _GRAPHML, force_multigraph=True))


def _count(graph: Any) -> Counts:
    return Counts.of(len(graph), [attributes["status"] for _, _, attributes in graph.edges(data=True)])


def _text(text: str) -> str:
    """The text with what XML cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) if isinstance(value, str) else value for name, value in values.items()}


def _add(parent: ET.Element, name: str, attributes: Mapping[str, str], space: str = _NS) -> ET.Element:
    return ET.SubElement(parent, f"{{{space}}}{name}", {key: _text(value) for key, value in attributes.items()})


def _declare(graph: ET.Element, of: str, attributes: Mapping[str, str]) -> None:
    parent = _add(graph, "attributes", {"class": of})
    for name, kind in attributes.items():
        _add(parent, "attribute", {"id": name, "title": name, "type": kind})


def _add_node(parent: ET.Element, node: Node, network: Exported, last: int) -> None:
    element = _add(parent, "node", {"id": node.id, "label": node.label})
    values = network.node_values(node)
    _add_values(element, {name: values[name] for name in _NODE_ATTRIBUTES})
    _add_colour(element, _LANE_COLOURS.get(node.lane, _GREY))
    if "x" in values:
        # Gephi's y axis points up, the map's down.
        _add(element, "position", {"x": f"{values['x']:.1f}", "y": f"{-values['y']:.1f}", "z": "0"}, _VIZ)
    _add(element, "size", {"value": str(10 + 2 * node.cited_by)}, _VIZ)
    _add_spell(element, node.year, last)


def _add_edge(parent: ET.Element, line: Line, last: int) -> None:
    ends = {"id": line.id, "source": line.source, "target": line.target}
    element = _add(parent, "edge", ends | {"kind": line.status, "weight": str(line.weight)})
    _add_values(element, {"status": line.status, "first_page": line.first_page})
    _add_colour(element, LINE_COLOURS.get(line.status, _GREY))
    _add_spell(element, line.source_year, last)


def _add_colour(element: ET.Element, colour: str) -> None:
    parts = (str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    _add(element, "color", dict(zip("rgb", parts, strict=True)), _VIZ)


def _add_values(element: ET.Element, values: Mapping[str, object]) -> None:
    parent = _add(element, "attvalues", {})
    for name, value in values.items():
        if value is not None and value != "":
            text = str(value).lower() if isinstance(value, bool) else str(value)
            _add(parent, "attvalue", {"for": name, "value": text})


def _add_spell(element: ET.Element, year: int | None, last: int) -> None:
    if year is not None:
        _add(_add(element, "spells", {}), "spell", {"start": str(year), "end": str(max(year, last))})
