"""The layout of the map: what must hold of any drawing, how few lines cross, and how little a new document moves."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.map.layout import lay_out
from pipeline.map.model import Picture, Selection
from pipeline.map.rules import select
from pipeline.map.shape import LABEL_SIZE, sheet_scale
from pipeline.map.svg import frame_of
from pipeline.names.dates import PartialDate
from pipeline.results import Line, Node
from pipeline.settings import MapRules
from tests.map.checks import (
    lines_through_boxes,
    loose_ends,
    outside_the_sheet,
    overlapping_boxes,
    strangers_on_one_way,
)
from tests.map.corpora import make_corpus, make_gazetteer
from tests.map.crossings import count_crossings, count_straight

EVERYTHING = MapRules(hide_dialogue_partners=False, hide_declaration_links=False)
CORPORA = [(40, 100, 1), (40, 100, 2), (150, 600, 1), (150, 600, 2), (400, 3000, 1)]


def choose(nodes: list[Node], lines: list[Line]) -> Selection:
    return select(nodes, lines, make_gazetteer(), EVERYTHING)


def draw(nodes: list[Node], lines: list[Line]) -> Picture:
    selection = choose(nodes, lines)
    return lay_out(selection, frame_of(selection))


@pytest.fixture(scope="module", params=CORPORA, ids=lambda corpus: f"{corpus[0]} documents, seed {corpus[2]}")
def picture(request: pytest.FixtureRequest) -> Picture:
    return draw(*make_corpus(*request.param))


def test_no_box_overlaps_another(picture: Picture) -> None:
    assert overlapping_boxes(picture) == []


def test_no_line_meets_a_foreign_box(picture: Picture) -> None:
    assert lines_through_boxes(picture) == []


def test_lines_lead_from_the_citing_to_the_cited_box(picture: Picture) -> None:
    assert loose_ends(picture) == []


def test_everything_stays_in_its_row_and_lane(picture: Picture) -> None:
    assert list(outside_the_sheet(picture)) == []


def test_rows_are_years_the_oldest_on_top(picture: Picture) -> None:
    rows = [row.id for row in picture.rows]
    assert rows[:-1] == sorted(row for row in rows if row.isdigit())
    assert rows[-1] == "not-yet-adopted"
    assert [row.start for row in picture.rows] == sorted(row.start for row in picture.rows)


def test_lanes_stand_in_the_order_of_the_gazetteer(picture: Picture) -> None:
    assert [band.id for band in picture.bands] == ["left", "middle", "right"]


def test_lines_cross_less_than_straight_ones_in_barycentre_order(picture: Picture) -> None:
    """Pairs of lines that share no document, counted as often as they cross; and places where ink crosses ink."""
    crossings, usual = count_crossings(picture), count_straight(picture)
    assert crossings.pairs <= 0.6 * usual, f"{crossings}, straight lines in barycentre order have {usual}"
    assert crossings.points <= 0.4 * usual, f"{crossings}, straight lines in barycentre order have {usual}"


@pytest.mark.parametrize("seed", [1, 2])
def test_only_lines_that_share_a_document_and_a_status_share_their_way(seed: int) -> None:
    assert strangers_on_one_way(draw(*make_corpus(150, 600, seed))) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_150_documents_and_600_lines_are_printed_on_a3_with_letters_of_7_points(seed: int) -> None:
    selection = choose(*make_corpus(150, 600, seed))
    frame = frame_of(selection)
    drawn = lay_out(selection, frame)
    scale = sheet_scale(drawn.width + frame[0], drawn.height + frame[1])
    assert LABEL_SIZE * min(scale, 1.0) >= 7.0, f"the sheet shrinks the letters by {scale:.3f}"


def test_the_order_of_the_input_does_not_matter() -> None:
    nodes, lines = make_corpus(60, 200)
    dice = random.Random(5)
    assert draw(dice.sample(nodes, len(nodes)), dice.sample(lines, len(lines))) == draw(nodes, lines)


def test_a_new_document_moves_few_others() -> None:
    """Over six corpora, at least nine in ten documents keep their year, sub-row and column when one is added."""
    kept = []
    for seed in range(1, 7):
        nodes, lines = make_corpus(40, 100, seed)
        before, after = _slots(draw(nodes, lines)), _slots(draw(*_with_one_more(nodes, lines, seed)))
        kept.append(sum(before[each] == after[each] for each in before) / len(before))
    assert sum(kept) / len(kept) >= 0.9, kept


def _with_one_more(nodes: list[Node], lines: list[Line], seed: int) -> tuple[list[Node], list[Line]]:
    dice = random.Random(seed)
    lane = dice.choice(["left", "middle", "right"])
    new = Node("new-doc", "Agreement on Harbours", "", PartialDate(2019, 5), "plan", lane, True)
    older = [node for node in nodes if node.date and node.date.year < 2019]
    newer = [node for node in nodes if node.date and node.date.year > 2019]
    cites = [Line(new.id, node.id, "existing") for node in dice.sample(older, 4)]
    cited = [Line(node.id, new.id, "existing") for node in dice.sample(newer, 3)]
    return [*nodes, new], [*lines, *cites, *cited]


def _slots(picture: Picture) -> dict[str, tuple[str, int, int]]:
    """Row, sub-row and column within the lane of each box."""
    tops = {row.id: sorted({box.y for box in picture.boxes if box.row == row.id}) for row in picture.rows}
    lefts = {band.id: sorted({box.x for box in picture.boxes if box.node.lane == band.id}) for band in picture.bands}
    return {
        box.node.id: (box.row, tops[box.row].index(box.y), lefts[box.node.lane].index(box.x)) for box in picture.boxes
    }


@pytest.mark.parametrize("seed", range(12))
def test_any_small_network_is_drawn_well(seed: int) -> None:
    """Cycles, two statuses between the same documents, lines within a year, lines to newer documents."""
    dice = random.Random(seed)
    nodes, _ = make_corpus(dice.randrange(2, 14), 0, seed)
    nodes = [replace(node, date=node.date and PartialDate(dice.randrange(2019, 2022))) for node in nodes]
    pairs = [(one.id, other.id) for one in nodes for other in nodes if one is not other]
    chosen = dice.sample(pairs, min(len(pairs), 25))
    lines = [Line(*pair, status) for pair in chosen for status in dice.sample(["existing", "planned", "unclear"], 2)]
    drawn = draw(nodes, lines)
    assert len(drawn.routes) == len(lines)
    assert overlapping_boxes(drawn) == lines_through_boxes(drawn) == loose_ends(drawn) == []
    assert strangers_on_one_way(drawn) == list(outside_the_sheet(drawn)) == []


def test_nothing_to_draw_is_an_empty_picture() -> None:
    assert draw([], []) == Picture(0.0, 0.0, (), (), (), ())
