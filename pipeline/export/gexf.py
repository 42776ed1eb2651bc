"""GEXF 1.3 for Gephi: dynamic (a document lives from its year on, a line from its source's year), coloured, placed.

Source of the format: gexf.net/1.3. The trap: a spell without an end is right by the format, but networkx cannot
read it, so every spell ends with the last year that the network knows.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from pipeline.export.network import Counts, Line, Network, Node
from pipeline.export.xml_text import write_xml, xml_text

_NS = "http://gexf.net/1.3"
_VIZ = "http://gexf.net/1.3/viz"
_FILE = "topology.gexf"
_NODE_ATTRIBUTES = (
    ("title", "string"),
    ("date", "string"),
    ("kind", "string"),
    ("lane", "string"),
    ("in_corpus", "boolean"),
    ("cited_by", "integer"),
    ("cites", "integer"),
    ("planned_by", "integer"),
    ("hub", "double"),
    ("authority", "double"),
    ("pagerank", "double"),
    ("dialogue_partner", "string"),
)
# The map's own colours: existing blue, planned orange, unclear grey; lanes in pale tints.
_LINE_COLOURS = {"existing": (31, 95, 168), "planned": (200, 90, 0), "unclear": (110, 110, 110)}
_LANE_COLOURS = {"left": (86, 140, 110), "middle": (70, 110, 170), "right": (150, 110, 160)}
_GREY = (150, 150, 150)


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write topology.gexf."""
    ET.register_namespace("", _NS)
    ET.register_namespace("viz", _VIZ)
    root = ET.Element(f"{{{_NS}}}gexf", version="1.3")
    graph = ET.SubElement(
        root,
        f"{{{_NS}}}graph",
        mode="dynamic",
        defaultedgetype="directed",
        timeformat="integer",
        timerepresentation="interval",
    )
    _declare(graph, "node", _NODE_ATTRIBUTES)
    _declare(graph, "edge", (("status", "string"), ("first_page", "integer")))
    last = max([node.year for node in network.nodes if node.year is not None], default=0)
    nodes = ET.SubElement(graph, f"{{{_NS}}}nodes")
    for node in network.nodes:
        _add_node(nodes, node, last)
    edges = ET.SubElement(graph, f"{{{_NS}}}edges")
    for line in network.lines:
        _add_edge(edges, line, last)
    return (write_xml(root, folder / _FILE),)


def count(folder: Path) -> Counts:
    """Read with networkx, as its users would."""
    import networkx as nx

    graph = nx.read_gexf(folder / _FILE, version="1.3")
    return Counts.of(len(graph), [attributes["status"] for _, _, attributes in graph.edges(data=True)])


def _declare(graph: ET.Element, of: str, attributes: tuple[tuple[str, str], ...]) -> None:
    parent = ET.SubElement(graph, f"{{{_NS}}}attributes", {"class": of})
    for name, kind in attributes:
        ET.SubElement(parent, f"{{{_NS}}}attribute", id=name, title=name, type=kind)


def _add_node(parent: ET.Element, node: Node, last: int) -> None:
    element = ET.SubElement(parent, f"{{{_NS}}}node", id=xml_text(node.id), label=xml_text(node.label))
    _add_values(element, [(name, getattr(node, name)) for name, _ in _NODE_ATTRIBUTES])
    red, green, blue = _LANE_COLOURS.get(node.lane, _GREY)
    ET.SubElement(element, f"{{{_VIZ}}}color", r=str(red), g=str(green), b=str(blue))
    if node.x is not None and node.y is not None:
        # Gephi's y axis points up, the map's down.
        ET.SubElement(element, f"{{{_VIZ}}}position", x=f"{node.x:.1f}", y=f"{-node.y:.1f}", z="0")
    ET.SubElement(element, f"{{{_VIZ}}}size", value=str(10 + 2 * node.cited_by))
    _add_spell(element, node.year, last)


def _add_edge(parent: ET.Element, line: Line, last: int) -> None:
    element = ET.SubElement(
        parent,
        f"{{{_NS}}}edge",
        id=xml_text(line.id),
        source=xml_text(line.source),
        target=xml_text(line.target),
        kind=line.status,
        weight=str(line.weight),
    )
    _add_values(element, [("status", line.status), ("first_page", line.first_page)])
    red, green, blue = _LINE_COLOURS.get(line.status, _GREY)
    ET.SubElement(element, f"{{{_VIZ}}}color", r=str(red), g=str(green), b=str(blue))
    _add_spell(element, line.source_year, last)


def _add_values(element: ET.Element, values: list[tuple[str, object]]) -> None:
    parent = ET.SubElement(element, f"{{{_NS}}}attvalues")
    for name, value in values:
        if value is not None and value != "":
            text = str(value).lower() if isinstance(value, bool) else xml_text(str(value))
            ET.SubElement(parent, f"{{{_NS}}}attvalue", {"for": name, "value": text})


def _add_spell(element: ET.Element, year: int | None, last: int) -> None:
    if year is not None:
        spells = ET.SubElement(element, f"{{{_NS}}}spells")
        ET.SubElement(spells, f"{{{_NS}}}spell", start=str(year), end=str(max(year, last)))
