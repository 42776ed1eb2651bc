"""The printed figure: its data attributes, letters, colours, dashes, notes, and texts that mean harm."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from pipeline.map.layout import lay_out
from pipeline.map.lettering import text_width
from pipeline.map.marks import COLOURS, LIGHT_COLOURS, PATTERNS, corner_radius, make_dashes
from pipeline.map.model import Picture, Route, Selection
from pipeline.map.rules import select
from pipeline.map.shape import paper_note
from pipeline.map.svg import draw_svg, frame_of
from pipeline.names.dates import PartialDate
from pipeline.records import Entry
from pipeline.results import Line, Node
from pipeline.settings import MapRules
from tests.map.corpora import make_corpus, make_gazetteer

SVG = "{http://www.w3.org/2000/svg}"
EVERYTHING = MapRules(hide_dialogue_partners=False, hide_declaration_links=False)


def draw(nodes: list[Node], lines: list[Line]) -> tuple[Selection, Picture, ET.Element]:
    selection = select(nodes, lines, make_gazetteer(), EVERYTHING)
    picture = lay_out(selection, frame_of(selection))
    return selection, picture, ET.fromstring(draw_svg(selection, picture))


@pytest.fixture(scope="module")
def figure() -> tuple[Selection, Picture, ET.Element]:
    nodes, lines = make_corpus(60, 200)
    unclear = [replace(line, status="unclear") for line in lines[:5]]
    return draw([replace(nodes[0], partly_read=True), *nodes[1:]], [*lines, *unclear])


def test_boxes_and_lines_carry_their_data(figure: tuple[Selection, Picture, ET.Element]) -> None:
    selection, _, root = figure
    boxes = [
        (each.get("data-doc-id"), each.get("data-year"), each.get("data-lane"))
        for each in root.iter()
        if each.get("data-doc-id")
    ]
    lines = [
        (each.get("data-source"), each.get("data-target"), each.get("data-status"))
        for each in root.iter(f"{SVG}path")
        if each.get("data-source")
    ]
    assert boxes == [(node.id, selection.row_of[node.id], node.lane) for node in selection.nodes]
    assert lines == [line.key for line in selection.lines]


def test_lines_are_blue_or_orange_with_an_arrow_head_at_the_cited_document(
    figure: tuple[Selection, Picture, ET.Element],
) -> None:
    root = figure[2]
    for path in (each for each in root.iter(f"{SVG}path") if each.get("data-source")):
        status = str(path.get("data-status"))
        assert path.get("stroke") in (COLOURS[status], LIGHT_COLOURS[status])
        assert path.get("marker-end") == f"url(#arrow-{status})"
        assert (path.get("stroke-dasharray") is None) is (status == "existing")


def test_letters_have_7_points_or_more(figure: tuple[Selection, Picture, ET.Element]) -> None:
    sizes = {float(each.get("font-size") or 0) for each in figure[2].iter() if each.get("font-size")}
    assert min(sizes) >= 7.0, sizes


def test_labels_fit_their_boxes(figure: tuple[Selection, Picture, ET.Element]) -> None:
    for box in figure[1].boxes:
        assert all(text_width(line, 7.0) <= box.width - 3 for line in box.label), box.label


def test_contrast_of_every_colour_on_every_ground() -> None:
    source = draw_svg(*draw(*make_corpus(20, 40))[:2])
    inks = {*COLOURS.values(), *re.findall(r'<svg[^>]* fill="(#[0-9a-f]{6})"', source)}
    grounds = set(re.findall(r'<rect[^>]* fill="(#[0-9a-f]{6})"', source))
    assert len(inks) == 4
    assert "#ffffff" in grounds
    faint = {(ink, ground): _contrast(ink, ground) for ink in inks for ground in grounds}
    assert min(faint.values()) >= 4.5, faint


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_partly_read_documents_are_marked(figure: tuple[Selection, Picture, ET.Element]) -> None:
    root = figure[2]
    marked = [
        each.get("data-doc-id")
        for each in root.iter(f"{SVG}g")
        if each.get("data-doc-id") and any(part.get("class") == "partly" for part in each)
    ]
    assert marked == ["doc-000"]
    assert "read in part: lines may be missing" in "".join(root.itertext())


def test_what_stands_below_the_map() -> None:
    nodes, lines = make_corpus(12, 20)
    gazetteer = replace(
        make_gazetteer(title="Map of tin"),
        abbreviations={"ICT": "tin telegraphs"},
        entries={"doc-000": Entry("doc-000", "Big Tin Plan", "BTP", "plan", "left", acronym="BTP")},
    )
    selection = select([replace(nodes[0], label="BTP ICT"), *nodes[1:]], lines, gazetteer, MapRules(min_weight=2))
    root = ET.fromstring(draw_svg(selection, lay_out(selection)))
    texts = [text for each in root.iter(f"{SVG}text") for text in ["".join(each.itertext())]]
    assert texts[0] == "Map of tin"
    notes = " ".join(texts[-8:])
    assert "BTP = Big Tin Plan, ICT = tin telegraphs." in notes
    assert "1 hide-dialogue-partners: documents with dialogue partners are not drawn (0 documents)." in notes
    assert "Drawing rules in force: hide-dialogue-partners, hide-declaration-links, min-weight 2." in notes
    assert texts[-1] == selection.source


@pytest.mark.parametrize(
    ("width", "height", "note"),
    [
        (842, 1191, None),
        (1191, 842, None),
        (1191, 1684, "On A3 the letters of this map have 4.9 points: print it on A2, or draw parts of it"),
        (1600, 2000, "On A3 the letters of this map have 3.7 points: print it on A1, or draw parts of it"),
        (9000, 9000, "On A3 the letters of this map have 0.7 points: no sheet up to A0 holds it, or draw parts of it"),
    ],
)
def test_a_map_too_large_for_its_sheet_says_so(width: float, height: float, note: str | None) -> None:
    assert paper_note(width, height).startswith(note) if note else paper_note(width, height) == ""


def test_the_note_about_paper_stands_on_the_map() -> None:
    texts = ["".join(each.itertext()) for each in draw(*make_corpus(300, 1500))[2].iter(f"{SVG}text")]
    assert any("On A3 the letters of this map have" in text for text in texts)


def test_dashed_lines_never_run_on_one_another() -> None:
    """Every point of the dashed lines is drawn by exactly one line of its status, away from the rounded corners."""
    _, picture, _ = draw(*make_corpus(80, 400, seed=4))
    dashes = make_dashes(picture.routes)
    drawn: dict[tuple[str, int, float, float], int] = {}
    for route, dash in zip(picture.routes, dashes, strict=True):
        if route.line.status not in PATTERNS:
            assert dash == ""
            continue
        visible = _visible(route.line.status, dash)
        for place, axis, point in _sample(route):
            key = (route.line.status, axis, round(point[0], 2), round(point[1], 2))
            drawn[key] = drawn.get(key, 0) + any(start <= place <= end for start, end in visible)
    assert set(drawn.values()) == {1}, [key for key, times in drawn.items() if times != 1][:5]


def _visible(status: str, dash: str) -> list[tuple[float, float]]:
    """From where to where dashes follow one another, by length along the line."""
    parts = [float(part) for part in dash.split()]
    if parts == list(PATTERNS[status]):
        return [(0.0, 1e9)]
    found: list[tuple[float, float]] = []
    at = 0.0
    for stroke, gap in zip(parts[::2], parts[1::2], strict=True):
        if stroke:
            start = found.pop()[0] if found and at - found[-1][1] < PATTERNS[status][1] + 0.1 else at
            found.append((start, at + stroke))
        at += stroke + gap
    return found


def _sample(route: Route) -> list[tuple[float, int, tuple[float, float]]]:
    """Whole points on a line, at least 8 from its corners: length of the line up to there, direction, point."""
    found = []
    way = 0.0
    radii = [corner_radius(*route.points[place : place + 3]) for place in range(len(route.points) - 2)]
    for number, (first, last) in enumerate(pairwise(route.points)):
        axis = 0 if first[1] == last[1] else 1
        low, high = sorted((first[axis], last[axis]))
        cut = 0.3768 * sum(radii[:number])  # a rounded corner is so much shorter than a sharp one, in radii
        for step in range(int(low) + 9, int(high) - 8):
            point = (float(step), first[1]) if axis == 0 else (first[0], float(step))
            found.append((way + abs(step - first[axis]) - cut, axis, point))
        way += high - low
    return found


NASTY = [
    "<script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    "\"><image href='http://evil.example/x.png'/>",
    "=cmd|' /C calc'!A0",
    "\u202eright to left\u202c\u200f",
    "a" * 10_000,
    "nul\x00 and half a pair \ud800",
    "&lt;b&gt; &amp; &#x3c;script&#x3e;",
]


@pytest.mark.parametrize("title", NASTY, ids=[repr(title[:24]) for title in NASTY])
def test_titles_that_mean_harm_are_text(title: str) -> None:
    nodes = [
        Node(f"doc{title}", title, title, PartialDate(2020), title, "left", True),
        Node("other", "Other", "", PartialDate(2010), "plan", "right", True),
    ]
    _, picture, root = draw(nodes, [Line(nodes[0].id, "other", "existing")])
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "marker", "path", "rect", "text", "g", "tspan", "circle"}
    assert not [name for each in root.iter() for name in each.attrib if name.startswith("on") or "href" in name]
    assert not set("\u202e\u202c\u200f\x00\ud800") & set("".join(root.itertext()))
    assert max(box.width for box in picture.boxes) <= 140
