"""What is drawn: the drawing rules, thresholds, the as-of date, the view, and what the map says about the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.map.model import Selection, View
from pipeline.map.rules import ViewError, select
from pipeline.names.dates import PartialDate
from pipeline.records import Entry
from pipeline.results import Line, Node
from pipeline.settings import MapRules
from tests.map.corpora import make_gazetteer

# A vision, a plan and a masterplan that build on one another, a declaration, a treaty with a partner, a planned
# compact, an agreement without date, a text in no lane, and a name in no gazetteer.
NODES = [
    Node("vision", "Vision 2020", "", PartialDate(1997, 12, 15), lane="left", in_corpus=True),
    Node("plan", "Plan of Action", "", PartialDate(1998), lane="middle", in_corpus=True),
    Node("masterplan", "ICT Masterplan", "", PartialDate(2011, 1), lane="middle", in_corpus=True, partly_read=True),
    Node("declaration", "Declaration", "", PartialDate(2011, 1, 14), lane="right", in_corpus=True),
    Node("treaty", "Treaty", "", PartialDate(2004), lane="middle", dialogue_partner="Narnia"),
    Node("compact", "Compact", "", None, lane="middle"),
    Node("arrangement", "Arrangement", "", None, lane="middle"),
    Node("note", "Note", "", PartialDate(2000), lane="none"),
    Node("unlisted:blue-plan", "Blue Plan", ""),
]
LINES = [
    Line("plan", "vision", "existing", 3, 0.9),
    Line("masterplan", "plan", "existing", 1, 0.6),
    Line("masterplan", "vision", "existing", 2, 0.95),
    Line("plan", "masterplan", "planned", 1, 0.8),
    Line("masterplan", "compact", "planned", 1, 0.7),
    Line("masterplan", "arrangement", "existing", 1, 0.9),
    Line("masterplan", "treaty", "existing", 1, 0.9),
    Line("masterplan", "note", "existing", 1, 0.9),
    Line("masterplan", "unlisted:blue-plan", "planned", 1, 0.5),
    Line("declaration", "vision", "existing", 1, 0.9),
]


def choose(view: View | None = None, **rules: object) -> Selection:
    return select(NODES, LINES, make_gazetteer(), MapRules(**rules), view)  # type: ignore[arg-type]


def ids(selection: Selection) -> list[str]:
    return [node.id for node in selection.nodes]


def pairs(selection: Selection) -> list[str]:
    return [f"{line.source}>{line.target}" for line in selection.lines]


ALL = ["arrangement", "compact", "declaration", "masterplan", "plan", "vision"]


def test_documents_of_drawn_lanes_that_were_read_or_are_cited() -> None:
    chosen = choose()
    assert ids(chosen) == ALL
    assert pairs(chosen) == [
        "masterplan>arrangement",
        "masterplan>compact",
        "masterplan>plan",
        "masterplan>vision",
        "plan>masterplan",
        "plan>vision",
    ]


def test_rows() -> None:
    chosen = choose()
    assert chosen.rows == ("1997", "1998", "2011", "undated", "not-yet-adopted")
    assert chosen.row_of == {
        "arrangement": "undated",
        "compact": "not-yet-adopted",
        "declaration": "2011",
        "masterplan": "2011",
        "plan": "1998",
        "vision": "1997",
    }


def test_a_partner_s_document_without_a_lane_is_a_guest_where_the_gazetteer_says_so() -> None:
    lanes = [replace(lane, takes_partners=lane.id == "right") for lane in make_gazetteer().lanes.values()]
    nodes = [
        *NODES,
        Node("partner-plan", "Plan with Narnia", "", PartialDate(2010), dialogue_partner="Narnia", in_corpus=True),
    ]
    drawn = select(nodes, LINES, make_gazetteer(tuple(lanes)), MapRules(hide_dialogue_partners=False))
    assert {node.id: node.lane for node in drawn.nodes if node.dialogue_partner} == {
        "partner-plan": "right",
        "treaty": "middle",
    }
    hidden = select(nodes, LINES, make_gazetteer(tuple(lanes)), MapRules())
    assert hidden.notes[0] == (
        "hide-dialogue-partners: documents with dialogue partners are not drawn (2 documents; with a lane of their "
        "own: Treaty)."
    )


RULES = [
    ({"hide_dialogue_partners": False}, ["treaty"], ["masterplan>treaty"]),
    ({"hide_declaration_links": False}, [], ["declaration>vision"]),
    ({"min_weight": 2}, [], []),
    ({"min_confidence": 0.85}, [], []),
]


@pytest.mark.parametrize(("rules", "documents", "lines"), RULES, ids=[next(iter(rules)) for rules, *_ in RULES])
def test_a_rule_adds_or_hides_what_it_says(rules: dict[str, object], documents: list[str], lines: list[str]) -> None:
    chosen, usual = choose(**rules), choose()
    assert sorted(set(ids(chosen)) - set(ids(usual))) == documents
    assert sorted(set(pairs(chosen)) - set(pairs(usual))) == lines


def test_thresholds_hide_lines_but_no_documents() -> None:
    assert pairs(choose(min_weight=2)) == ["masterplan>vision", "plan>vision"]
    assert pairs(choose(min_confidence=0.85)) == ["masterplan>arrangement", "masterplan>vision", "plan>vision"]
    assert ids(choose(min_weight=9)) == ALL


def test_what_is_not_drawn_is_counted_on_the_map() -> None:
    chosen = choose(min_weight=2)
    assert chosen.rules == ("hide-dialogue-partners", "hide-declaration-links", "min-weight 2")
    assert chosen.notes == (
        "hide-dialogue-partners: documents with dialogue partners are not drawn (1 document; with a lane of their own: "
        "Treaty).",
        "hide-declaration-links: lines from declarations and statements are not drawn (1 line), but count for "
        "importance.",
        "4 lines below the thresholds (min-weight 2, min-confidence 0) not drawn, but counted for importance.",
        "Not all documents are drawn: 2 documents read or cited belong to no lane (1 of them in no gazetteer), with "
        "2 lines.",
    )
    assert chosen.source == "Source: 4 PDFs, as of 2011-01-14."


def test_rules_that_are_off_are_not_written_on_the_map() -> None:
    chosen = choose(hide_dialogue_partners=False, hide_declaration_links=False)
    assert chosen.rules == ()
    assert [note for note in chosen.notes if note.startswith("hide-")] == []


AS_OF = [
    ("1997-12-14", [], []),
    ("1997-12-15", ["vision"], []),
    ("1998", ["masterplan", "plan", "vision"], ["plan>masterplan", "plan>vision"]),
    ("2010-12-31", ["masterplan", "plan", "vision"], ["plan>masterplan", "plan>vision"]),
    ("2011-01-13", ["arrangement", "compact", "masterplan", "plan", "vision"], None),
]


@pytest.mark.parametrize(("day", "documents", "lines"), AS_OF, ids=[day for day, *_ in AS_OF])
def test_as_of_shows_what_was_known_on_that_day(day: str, documents: list[str], lines: list[str] | None) -> None:
    chosen = choose(View(as_of=PartialDate.parse(day)))
    assert ids(chosen) == documents
    assert lines is None or pairs(chosen) == lines


def test_before_its_adoption_a_planned_document_stands_among_those_not_yet_adopted() -> None:
    assert choose(View(as_of=PartialDate(2010))).row_of["masterplan"] == "not-yet-adopted"
    assert choose(View(as_of=PartialDate(2011))).row_of["masterplan"] == "2011"


VIEWS = [
    (View(focus="plan"), ["masterplan", "plan", "vision"]),
    (View(focus="compact"), ["compact", "masterplan"]),
    (View(focus="compact", depth=2), ["arrangement", "compact", "masterplan", "plan", "vision"]),
    (View(focus="declaration"), ["declaration"]),
    (View(years=(1998, 2005)), ["plan"]),
    (View(years=(None, 1998)), ["plan", "vision"]),
    (View(years=(2005, None)), ["arrangement", "compact", "declaration", "masterplan"]),
    (View(lanes=("left", "right")), ["declaration", "vision"]),
    (View(lanes=("middle",), years=(None, 2000)), ["plan"]),
]


@pytest.mark.parametrize(("view", "documents"), VIEWS, ids=[str(number) for number in range(len(VIEWS))])
def test_views(view: View, documents: list[str]) -> None:
    chosen = choose(view)
    assert ids(chosen) == documents
    assert all(line.source in documents and line.target in documents for line in chosen.lines)
    assert chosen.notes[-1].startswith("Part of the map ("), chosen.notes


def test_a_view_of_lanes_draws_these_lanes_only() -> None:
    assert [band.id for band in choose(View(lanes=("right", "left"))).bands] == ["left", "right"]


BAD_VIEWS = [
    (View(focus="nothing"), "--focus nothing: is no document of the map; use an id of nodes.csv that has a box"),
    (View(focus="note"), "--focus note: stands in no lane of the map; use an id of nodes.csv that has a box"),
    (View(lanes=("centre",)), "--lane centre: no such lane on the map; use one of left, middle, right"),
]


@pytest.mark.parametrize(("view", "message"), BAD_VIEWS, ids=[message for _, message in BAD_VIEWS])
def test_a_view_of_what_is_not_there_says_so(view: View, message: str) -> None:
    with pytest.raises(ViewError) as error:
        choose(view)
    assert str(error.value) == message


def test_acronyms_on_the_boxes_are_written_out_as_far_as_they_are_known() -> None:
    own = Entry("masterplan", "Master Plan for Tin", "MPT 2015", "plan", "middle", acronym="MPT")
    gazetteer = replace(
        make_gazetteer(), entries={own.id: own}, abbreviations={"ICT": "tin telegraphs", "AI": "unused"}
    )
    nodes = [replace(NODES[2], label="MPT ICT XYZ 2015")]
    chosen = select(nodes, [], gazetteer, MapRules())
    assert chosen.abbreviations == (("ICT", "tin telegraphs"), ("MPT", "Master Plan for Tin"))


def test_an_empty_run_is_an_empty_selection() -> None:
    chosen = select([], [], make_gazetteer(), MapRules())
    assert (chosen.nodes, chosen.rows, chosen.source) == ((), (), "Source: 0 PDFs.")
