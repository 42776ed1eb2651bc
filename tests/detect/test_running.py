"""The running text: headers, page numbers and breaks left out, names in one piece, and the way back to the pages."""

import itertools

import pytest

from pipeline.detect.furniture import find_furniture
from pipeline.detect.running import run_together
from pipeline.records import Block, Page, Zone


def plain(text: str) -> list[str]:
    """The stretches of a plain text split at form feeds."""
    running = run_together([Page("x", number, page) for number, page in enumerate(text.split("\f"), 1)])
    starts = [stretch.start for stretch in running.stretches] + [len(running.text)]
    return [running.text[start:end].strip() for start, end in itertools.pairwise(starts)]


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("Ferries follow the Roadmap\nfor Ports today.", ["Ferries follow the Roadmap for Ports today."]),
        ("First part.\n\nSecond part.", ["First part.", "Second part."]),
        ("Texts:\n(a) one;\n(b) two.", ["Texts:", "(a) one;", "(b) two."]),
        ("1 | Draft | 2020\n2 | Print | 2021", ["1 | Draft | 2020", "2 | Print | 2021"]),
        ("Boats need imple-\nmentation rules.", ["Boats need implementation rules."]),
        ("The ASEAN-\nJapan pact is old.", ["The ASEAN-Japan pact is old."]),
        ("An Invest\u00ad\nment rule.", ["An Investment rule."]),
        ("Rules on the Movement\n23\n\fof Persons.", ["Rules on the Movement of Persons."]),
        ("Rules on the\nYearbook of Clerks 61\n\fMovement.", ["Rules on the Movement."]),
        ("The page ends here.\n4\n\fThe next begins.", ["The page ends here.", "The next begins."]),
        ("Rules on the\nC\nH\nA\nP\nT\nE\nR\n1\nMovement of Goods", ["Rules on the Movement of Goods"]),
        ("see the Post-COVID-19\n\fEra plan", ["see the Post-COVID-19 Era plan"]),
    ],
)
def test_lines_are_joined(text: str, stretches: list[str]) -> None:
    assert plain(text) == stretches, text


def test_numbers_that_count_on_are_page_numbers_without_page_breaks() -> None:
    text = "the Plan\n4\non Ports and\nrules\n5\nof ships, on\n6\nland"
    assert plain(text) == ["the Plan on Ports and rules of ships, on land"]


def test_a_single_number_on_a_line_stays() -> None:
    assert plain("the Vision of\n12\nports") == ["the Vision of 12 ports"]


def test_a_title_beside_a_page_break_is_cut_only_where_it_divides_a_name() -> None:
    pages = ["They read the Charter of", "Handbook of Clerks\nPorts today."]
    assert find_furniture(pages) == [frozenset(), frozenset()]
    goes_on = lambda before, after: (before + " " + after).endswith("Charter of Ports today.")  # noqa: E731
    assert find_furniture(pages, goes_on) == [frozenset(), frozenset({0})]


def test_blocks_are_read_in_order_without_headers_and_with_footnotes_last() -> None:
    text = "Running Title\n\nShips follow the Plan on\n\n1 See the annex.\n\n17"
    zones = [Zone.HEADER, Zone.BODY, Zone.FOOTNOTE, Zone.FOOTER]
    places = [(0, 13), (15, 39), (41, 57), (59, 61)]
    blocks = tuple(Block(zone, *place, (0, 0, 0, 0)) for zone, place in zip(zones, places, strict=True))
    ports = Page("x", 2, "Ports today.", (Block(Zone.BODY, 0, 12, (0, 0, 0, 0)),) * 1)
    running = run_together([Page("x", 1, text, blocks), ports])
    assert running.text == "Ships follow the Plan on Ports today. 1 See the annex."


def test_cells_of_a_table_are_apart() -> None:
    text = "ASEAN Vision\n2020"
    cells = (
        Block(Zone.TABLE, 0, 12, (0, 0, 0, 0), row=1, column=0),
        Block(Zone.TABLE, 13, 17, (0, 0, 0, 0), row=1, column=1),
    )
    running = run_together([Page("x", 1, text, cells)])
    assert [(stretch.line.row, stretch.line.column) for stretch in running.stretches] == [((0, 1), 0), ((0, 1), 1)]


def test_a_span_over_a_page_break_leads_back_to_both_pages() -> None:
    pages = [Page("x", 1, "the Charter\n9"), Page("x", 2, "of Ports.")]
    running = run_together(pages)
    start = running.text.index("Charter of Ports")
    page, left, right = running.place(start, start + len("Charter of Ports"))
    assert (page, running.original[left:right]) == (0, "Charter\n9\fof Ports")
