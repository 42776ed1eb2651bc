"""Every export opens in the tool that it is for, and counts the same there."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import igraph
import ndex2.cx2
import networkx as nx
import pydot
import pytest
import rdflib

from pipeline.export import FORMATS, check_exports, load_exporter, write_exports
from pipeline.export.network import Counts, Exported, ExportError
from pipeline.names.dates import PartialDate
from pipeline.results import Line, Node, Quote

NASTY = {
    "markup": '<script>alert(1)</script> & "quoted" ]]>',
    "formula": "=cmd|' /C calc'!A0",
    "control": "bell\x07 null\x00 form\x0cfeed tab\tline\nend",
    "right to left": "\u202egnp.exe\u2069",
    "long": "Framework " * 1000,
    "backslash": "ends with a backslash\\",
}


def make_node(name: str, year: int | None = 2019, **changes: object) -> Node:
    node = Node(
        id=name,
        label=name.upper(),
        title=f"ASEAN {name}",
        date=None if year is None else PartialDate(year, 5),
        kind="framework",
        lane="middle",
        in_corpus=True,
        cited_by=1,
        cites=2,
        planned_by=0,
        hub=0.25,
        authority=0.5,
        pagerank=0.125,
        dialogue_partner="",
    )
    return replace(node, **changes)  # type: ignore[arg-type]


def make_line(source: str, target: str, status: str, weight: int = 1) -> Line:
    return Line(source, target, status, weight, first_page=2, source_year=2019)


def make_quote(number: int, source: str, target: str, status: str) -> Quote:
    sentence = "Ministers shall develop the ASEAN b with care."
    return Quote(
        id=f"c-{number}",
        source=source,
        target=target,
        status=status,
        basis="cue",
        cue="shall develop",
        confidence=0.9,
        surface="ASEAN b",
        sentence=sentence,
        page=3,
        zone="body",
        start=28,
        end=35,
    )


@pytest.fixture
def network() -> Exported:
    nodes = [
        make_node("a", symbol="A/1", url="https://asean.example/a", issuer="Ministers"),
        make_node("b", 2018),
        make_node("unlisted:c-d", None, in_corpus=False),
    ]
    nodes += [make_node(f"n-{name}", label=text, title=text) for name, text in sorted(NASTY.items())]
    lines = [
        make_line("a", "b", "existing", 3),
        make_line("a", "b", "planned"),
        make_line("a", "unlisted:c-d", "planned"),
        make_line("n-markup", "n-formula", "unclear"),
    ]
    quotes = (make_quote(1, "a", "b", "existing"), make_quote(2, "a", "unlisted:c-d", "planned"))
    return Exported(tuple(sorted(nodes, key=lambda node: node.id)), tuple(lines), quotes, {"a": (10.0, 20.0)})


EXPECTED = Counts(9, 4, (("existing", 1), ("planned", 2), ("unclear", 1)))


@pytest.fixture
def exports(network: Exported, tmp_path: Path) -> Path:
    write_exports(network, tmp_path, ("all",))
    return tmp_path


def test_every_format_counts_the_same(network: Exported, exports: Path) -> None:
    assert network.counts() == EXPECTED
    checked = {name: (counts, right) for name, counts, right in check_exports(network, exports)}
    citations = Counts(1, 2, (("existing", 1), ("planned", 1)))
    assert checked == {name: (citations if name == "annotations" else EXPECTED, True) for name in FORMATS}


def test_a_lost_line_is_seen(network: Exported, tmp_path: Path) -> None:
    write_exports(replace(network, lines=network.lines[1:]), tmp_path, ("all",))
    wrong = [name for name, _, right in check_exports(network, tmp_path) if not right]
    assert wrong == [name for name in FORMATS if name != "annotations"]


def test_same_network_same_bytes(network: Exported, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_exports(network, tmp_path / folder, ("all",))
    first, second = (
        {
            str(path.relative_to(tmp_path / folder)): path.read_bytes()
            for path in sorted((tmp_path / folder).rglob("*.*"))
        }
        for folder in ("one", "two")
    )
    assert first == second
    assert len(first) == 14


def test_unknown_format_is_one_line() -> None:
    with pytest.raises(ExportError, match=r"--format xls: unknown; use one of gexf, graphml, "):
        load_exporter("xls")


def test_gexf_is_dynamic_coloured_and_placed(exports: Path) -> None:
    root = ET.parse(exports / "topology.gexf").getroot()
    space = {"g": "http://gexf.net/1.3", "viz": "http://gexf.net/1.3/viz"}
    assert root.get("version") == "1.3"
    graph = root.find("g:graph", space)
    assert graph is not None
    assert graph.get("mode") == "dynamic"
    node = root.find(".//g:node[@id='a']", space)
    assert node is not None
    position = node.find("viz:position", space)
    assert position is not None
    assert position.attrib == {"x": "10.0", "y": "-20.0", "z": "0"}
    spell = node.find("g:spells/g:spell", space)
    assert spell is not None
    assert spell.attrib == {"start": "2019", "end": "2019"}
    planned = root.find(".//g:edge[@id='a|b|planned']/viz:color", space)
    assert planned is not None
    assert planned.attrib == {"r": "200", "g": "90", "b": "0"}


def test_graphml_opens_in_networkx_and_igraph(exports: Path) -> None:
    path = exports / "topology.graphml"
    graph = nx.read_graphml(path, force_multigraph=True)
    assert sorted(data["status"] for _, _, data in graph.edges(data=True) if data["weight"] < 3) == [
        "planned",
        "planned",
        "unclear",
    ]
    read = igraph.Graph.Read_GraphML(str(path))
    assert (read.vcount(), read.ecount(), sorted(read.es["status"])) == (
        9,
        4,
        ["existing", "planned", "planned", "unclear"],
    )
    assert read.is_directed()


def test_gephi_columns_are_the_ones_gephi_knows(exports: Path) -> None:
    with (exports / "gephi" / "edges.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["Source", "Target", "Type", "Id", "Label", "Weight", "status"]
    assert rows[1] == {
        "Source": "a",
        "Target": "b",
        "Type": "Directed",
        "Id": "a|b|planned",
        "Label": "planned",
        "Weight": "1",
        "status": "planned",
    }


def test_neo4j_types_tell_citing_from_foreseeing(exports: Path) -> None:
    with (exports / "neo4j" / "citations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row[":START_ID(Document)"], row[":END_ID(Document)"], row[":TYPE"]) for row in rows] == [
        ("a", "b", "CITES"),
        ("a", "b", "FORESEES"),
        ("a", "unlisted:c-d", "FORESEES"),
        ("n-markup", "n-formula", "MENTIONS"),
    ]


def test_cells_that_a_spreadsheet_would_run_are_neutralised(exports: Path) -> None:
    for path in (exports / "gephi" / "nodes.csv", exports / "neo4j" / "documents.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "@"))], path


def test_cx2_opens_in_ndex2(exports: Path) -> None:
    read = ndex2.cx2.RawCX2NetworkFactory().get_cx2network(str(exports / "topology.cx2"))
    assert (len(read.get_nodes()), len(read.get_edges())) == (9, 4)
    assert sorted(edge["v"]["status"] for edge in read.get_edges().values()) == [
        "existing",
        "planned",
        "planned",
        "unclear",
    ]


def test_cytoscape_js_opens_as_elements(exports: Path) -> None:
    elements = json.loads((exports / "topology.cyjs").read_text(encoding="utf-8"))["elements"]
    first = elements["nodes"][0]
    assert (first["data"]["id"], first["data"]["label"], first["position"]) == ("a", "A", {"x": 10.0, "y": 20.0})
    assert elements["edges"][1]["data"]["status"] == "planned"


def test_dot_opens_in_pydot(exports: Path) -> None:
    (graph,) = pydot.graph_from_dot_file(str(exports / "topology.dot"))  # type: ignore[misc]
    edges = graph.get_edges()
    assert [edge.get("status") for edge in edges] == ["existing", "planned", "planned", "unclear"]
    assert len([node for node in graph.get_nodes() if node.get_name() != "node"]) == 9


def test_jsonld_opens_in_rdflib(exports: Path) -> None:
    graph = rdflib.Graph().parse(exports / "topology.jsonld", format="json-ld")
    cito = rdflib.Namespace("http://purl.org/spar/cito/")
    own = rdflib.Namespace("urn:asean-topology:vocabulary:")
    document = rdflib.Namespace("urn:asean-topology:document:")
    assert (document.a, cito.cites, document.b) in graph
    assert (document.a, own.foresees, document.b) in graph
    statuses = sorted(str(status) for status in graph.objects(None, own.status))
    assert statuses == ["existing", "planned", "planned", "unclear"]
    assert len(set(graph.subjects(rdflib.RDF.type, rdflib.URIRef("https://schema.org/Legislation")))) == 9


def test_annotation_finds_its_quote_again(exports: Path) -> None:
    first = json.loads((exports / "annotations.jsonld").read_text(encoding="utf-8"))["items"][0]
    selector = first["target"]["selector"]
    assert selector["value"] == "page=3"
    assert selector["refinedBy"] == [
        {
            "type": "TextQuoteSelector",
            "exact": "ASEAN b",
            "prefix": "Ministers shall develop the ",
            "suffix": " with care.",
        },
        {"type": "TextPositionSelector", "start": 28, "end": 35},
    ]


def test_vosviewer_rows_stay_rows(exports: Path) -> None:
    rows = (exports / "vosviewer" / "map.txt").read_text(encoding="utf-8").splitlines()
    assert {len(row.split("\t")) for row in rows} == {7}
    assert rows[0].split("\t")[:3] == ["id", "label", "description"]


def test_annotations_open_in_rdflib_without_the_net(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asks the net"))
    graph = rdflib.Graph().parse(exports / "annotations.jsonld", format="json-ld")
    oa = rdflib.Namespace("http://www.w3.org/ns/oa#")
    assert len(set(graph.subjects(rdflib.RDF.type, oa.Annotation))) == 2
    assert sorted(str(each) for each in graph.objects(None, oa.exact)) == ["ASEAN b", "ASEAN b"]
    assert {str(each) for each in graph.objects(None, oa.motivatedBy)} == {str(oa.linking)}
