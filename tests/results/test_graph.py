"""The network: which citations make lines, what the tables say, and the measures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest

from pipeline import graph
from pipeline.contract import EDGES, NODES
from pipeline.gazetteer.load import Gazetteer
from pipeline.graph import build_edges, build_nodes, build_relations, measure_hits, supports_line, table_rows
from pipeline.names.dates import PartialDate
from pipeline.records import Citation, CitationKind, Document, Entry, Front, Source, Status
from tests.map.corpora import make_corpus, make_gazetteer
from tests.review.review_factory import make_citation

TIN = Entry("tin-blueprint-2025", "Tin Blueprint 2025", "TB 2025", "blueprint", "left", PartialDate(2015, 11, 22))
SEA = Entry("sea-compact", "Compact of the Sea", "Sea Compact", "agreement", "none", dialogue_partner="Narnia")
PLAN = Source("copper-plan-2021", "plan.pdf", "0", "Copper Plan 2021", PartialDate(2021, 3))


def make_world(*entries: Entry) -> Gazetteer:
    return replace(make_gazetteer(), entries={entry.id: entry for entry in entries})


def make_document(*citations: Citation, source: Source = PLAN, unread: tuple[int, ...] = ()) -> Document:
    return Document(source, 3, unread, citations, (), ())


def cite(target: str | None = TIN.id, status: Status = Status.EXISTING, page: int = 1, **changes: object) -> Citation:
    made = make_citation(f"On page {page} it welcomes the name.", "name", target, status, page=page)
    return replace(made, **changes)  # type: ignore[arg-type]


LINES = [
    ("a name with a target", cite(), True),
    ("a defined term", cite(kind=CitationKind.TERM), True),
    ("an unlisted document", cite("unlisted:blue-plan"), True),
    ("anaphora repeat a citation nearby", cite(kind=CitationKind.ANAPHORA), False),
    ("two candidates too close, or rejected by a reviewer", cite(None), False),
    ("the document itself", cite(PLAN.id), False),
]


@pytest.mark.parametrize(("case", "citation", "is_line"), LINES, ids=[case for case, *_ in LINES])
def test_what_makes_a_line(case: str, citation: Citation, is_line: bool) -> None:
    assert supports_line(citation) is is_line, case
    assert len(build_edges([make_document(citation)], make_world(TIN))) == is_line, case


def test_one_line_for_each_status() -> None:
    first, second = cite(page=2, confidence=0.7), cite(page=1, confidence=0.9)
    planned = cite(status=Status.PLANNED, page=3)
    edges = build_edges([make_document(first, planned, second)], make_world(TIN))
    assert list(edges.columns) == list(EDGES.names)
    labels = ("Copper Plan 2021", "TB 2025", 2021, 2015)
    assert table_rows(edges) == [
        (PLAN.id, TIN.id, "existing", 2, 1, f"{second.id};{first.id}", *labels, 0.7, 0.9),
        (PLAN.id, TIN.id, "planned", 1, 3, planned.id, *labels, 0.95, 0.95),
    ]


def test_nodes_tell_what_is_read_cited_and_planned() -> None:
    citations = (cite(), cite(status=Status.PLANNED, page=2), cite("unlisted:blue-plan", target_title="Blue Plan"))
    documents = [
        make_document(*citations, unread=(2,)),
        make_document(source=Source(SEA.id, "sea.pdf", "1", "sea", PartialDate(1999))),
    ]
    gazetteer = make_world(TIN, SEA)
    nodes = build_nodes(documents, build_edges(documents, gazetteer), gazetteer)
    assert list(nodes.columns) == list(NODES.names)
    told = ["id", "label", "title", "year", "date", "kind", "lane", "in_corpus", "cited_by", "cites", "planned_by"]
    assert table_rows(nodes[[*told, "dialogue_partner", "partly_read"]]) == [
        (PLAN.id, "Copper Plan 2021", "Copper Plan 2021", 2021, "2021-03", "plan", "right", True, 0, 2, 0, "", True),
        (
            SEA.id,
            "Sea Compact",
            "Compact of the Sea",
            1999,
            "1999",
            "agreement",
            "none",
            True,
            0,
            0,
            0,
            "Narnia",
            False,
        ),
        (TIN.id, "TB 2025", TIN.title, 2015, "2015-11-22", "blueprint", "left", False, 1, 0, 1, "", False),
        ("unlisted:blue-plan", "Blue Plan", "Blue Plan", None, "", "", "none", False, 1, 0, 0, "", False),
    ]


# A document in no gazetteer is drawn in the lane that lanes.yaml gives its kind, else in the last one that is drawn.
NEW = [
    ("Tin Blueprint 2030", None, ("blueprint", "left", "", "")),
    ("Copper Plan", None, ("plan", "right", "", "")),
    ("On Copper", None, ("", "right", "", "")),
    (
        "On Copper",
        Front(symbols=("A/RES/1", "1"), issuer="Assembly", kind="blueprint"),
        ("blueprint", "left", "A/RES/1", "Assembly"),
    ),
]


@pytest.mark.parametrize(("title", "front", "told"), NEW)
def test_a_new_document_is_drawn_in_the_lane_of_its_kind(
    title: str, front: Front | None, told: tuple[str, ...]
) -> None:
    source = Source("unlisted:a", "a.pdf", "0", title, PartialDate(2026), front=front)
    documents, world = [make_document(cite(), source=source)], make_world(TIN)
    lanes = {**world.lanes, "left": replace(world.lanes["left"], kinds=("blueprint",))}
    world = replace(world, lanes=lanes, kinds={"plan": ("Plan",), "blueprint": ("Blueprint",)})
    rows = table_rows(build_nodes(documents, build_edges(documents, world), world)[COLUMNS])
    assert rows[1] == (*told, "corpus")
    assert rows[0][4] == "gazetteer"


COLUMNS = ["kind", "lane", "symbol", "issuer", "origin"]


def test_relations_join_documents_of_the_network_only() -> None:
    new = replace(TIN, id="tin-blueprint-2035", supersedes=(TIN.id, "nowhere"), official_url="https://asean.example/t")
    documents, gazetteer = [make_document(cite(), cite(new.id, page=2))], make_world(TIN, new)
    nodes = build_nodes(documents, build_edges(documents, gazetteer), gazetteer)
    assert table_rows(build_relations(nodes, gazetteer)) == [(new.id, TIN.id, "supersedes", "gazetteer")]
    assert dict(zip(nodes["id"], nodes["superseded_by"], strict=True))[TIN.id] == new.id
    assert dict(zip(nodes["id"], nodes["url"], strict=True))[new.id] == "https://asean.example/t"


def test_an_unlisted_document_bears_the_name_that_most_citations_give() -> None:
    names = ("Blue Plan", "the Blue Plan", "Blue Plan", "Azure Plan", "")
    citations = [cite("unlisted:blue-plan", target_title=name, page=page) for page, name in enumerate(names, 1)]
    gazetteer = make_world()
    edges = build_edges([make_document(*citations)], gazetteer)
    assert table_rows(edges[["target_label", "weight"]]) == [("Blue Plan", 5)]


def test_measures_of_a_small_network() -> None:
    """a cites b and c, b cites c: c is built upon, a summarises, nothing lies between but b."""
    others = {name: Source(name, f"{name}.pdf", name, name.upper()) for name in "abc"}
    pairs = {"a": "bc", "b": "c", "c": ""}
    documents = [
        make_document(
            *(replace(cite(target), mention=replace(cite().mention, source_id=name)) for target in targets),
            source=others[name],
        )
        for name, targets in pairs.items()
    ]
    gazetteer = make_world()
    nodes = build_nodes(documents, build_edges(documents, gazetteer), gazetteer)
    assert table_rows(nodes[["id", "hub", "authority", "pagerank", "betweenness"]]) == [
        ("a", 0.618034, 0.0, 0.19758, 0.0),
        ("b", 0.381966, 0.381966, 0.281551, 0.0),
        ("c", 0.0, 0.618034, 0.520869, 0.0),
    ]


def test_hits_agree_with_networkx_where_it_has_an_answer() -> None:
    _, lines = make_corpus(60, 300, seed=3)
    pairs = sorted({(line.source, line.target) for line in lines})
    ids = sorted({each for pair in pairs for each in pair})
    hubs, authorities = nx.hits(nx.DiGraph(pairs), max_iter=1000, tol=1e-12)
    ours = measure_hits(ids, pairs)
    assert all(abs(ours[0][each] - hubs[each]) < 1e-6 for each in ids)
    assert all(abs(ours[1][each] - authorities[each]) < 1e-6 for each in ids)


def test_equal_parts_of_the_network_get_equal_scores() -> None:
    hubs, authorities = measure_hits("abcd", [("a", "b"), ("c", "d")])
    assert hubs == {"a": 0.5, "b": 0.0, "c": 0.5, "d": 0.0}
    assert authorities == {"a": 0.0, "b": 0.5, "c": 0.0, "d": 0.5}


def test_a_corpus_without_citations_has_tables_all_the_same() -> None:
    gazetteer = make_world()
    edges = build_edges([], gazetteer)
    assert (len(edges), list(edges.columns)) == (0, list(EDGES.names))
    assert list(build_nodes([], edges, gazetteer).columns) == list(NODES.names)
    nodes = build_nodes([make_document()], edges, gazetteer)
    assert table_rows(nodes[["id", "hub", "authority", "pagerank"]]) == [(PLAN.id, 0.0, 0.0, 1.0)]


def test_betweenness_of_a_large_network_is_estimated_from_every_nth_document(monkeypatch: pytest.MonkeyPatch) -> None:
    network = nx.gnp_random_graph(60, 0.1, seed=2, directed=True)
    exact = graph._measure_betweenness(network)
    monkeypatch.setattr(graph, "_EXACT_BETWEENNESS", len(network) * network.number_of_edges() // 2)
    estimated = graph._measure_betweenness(network)
    assert sum(estimated.values()) == pytest.approx(sum(exact.values()), rel=0.25)
    assert max(abs(estimated[each] - exact[each]) for each in network) < 0.05


def test_the_data_dictionary_is_the_one_that_the_code_makes() -> None:
    from pipeline.contract import write_dictionary

    path = Path(__file__).parents[2] / "DATA_DICTIONARY.md"
    assert path.read_text(encoding="utf-8") == write_dictionary(), "write it anew: make dictionary"
