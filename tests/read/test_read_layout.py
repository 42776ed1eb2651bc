"""What stands where on a page, and what comes out: small pages set by hand, one for each thing that layout must tell.

What is expected is the list of a document's blocks, each as `zone: its words`; pages are parted by a line.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.read import read_pdf
from pipeline.read.rows import join_row, make_rows
from pipeline.read.sheet import Word
from pipeline.records import ReadLimits
from tests.read.pdf_makers.by_hand import LEFT, Hand


def blocks_of(hand: Hand, folder: Path) -> list[str]:
    """The blocks of all pages, `zone: words`."""
    file = folder / "page.pdf"
    file.write_bytes(hand.pdf())
    pages = read_pdf(file, ReadLimits(), "off").pages
    return [
        f"{block.zone}: {' '.join(page.text[block.start : block.end].split())}"
        for page in pages
        for block in page.blocks
    ]


NOTED = "Ministers noted with satisfaction the progress made under the ASEAN Framework Agreement on Services."
TASKED = "They tasked senior officials to report before the end of the year on what remains to be done in the region."
AGREED = "It was agreed that the working group meets twice a year, as the chair sees fit, at the Secretariat."


def test_columns_whose_paragraphs_begin_at_one_height_are_prose(tmp_path: Path) -> None:
    hand = Hand()
    left, right = (f"{NOTED} {AGREED}", f"{TASKED} {NOTED}"), (f"{TASKED} {NOTED}", f"{AGREED} {NOTED}")
    for x, texts in ((LEFT, left), (LEFT + 240, right)):
        y = 100.0
        for text in texts * 2:
            y = hand.put(x, y, text, 200) + 6
    assert blocks_of(hand, tmp_path) == [f"body: {text}" for text in (*left * 2, *right * 2)]


def test_a_column_that_ends_after_two_lines_is_prose(tmp_path: Path) -> None:
    hand = Hand()
    y = 100.0
    for text in (TASKED, AGREED, NOTED, TASKED):
        y = hand.put(LEFT, y, text, 200)
    hand.put(LEFT + 240, 100.0, "the Protocol on the Legal Framework of the Single Window.", 200)
    assert blocks_of(hand, tmp_path)[-1] == "body: the Protocol on the Legal Framework of the Single Window."


def test_cells_of_different_length_are_rows_of_a_table(tmp_path: Path) -> None:
    hand = Hand()
    y = 100.0
    for text, other in ((NOTED, AGREED + " " + TASKED), (AGREED + " " + NOTED, TASKED), (TASKED, AGREED + " " + NOTED)):
        below = hand.put(LEFT, y, text, 200)
        y = max(below, hand.put(LEFT + 240, y, other, 200)) + 6
    expected = [NOTED, f"{AGREED} {TASKED}", f"{AGREED} {NOTED}", TASKED, TASKED, f"{AGREED} {NOTED}"]
    assert blocks_of(hand, tmp_path) == [f"table: {text}" for text in expected]


def test_dots_that_lead_to_page_numbers(tmp_path: Path) -> None:
    """They part no letters of the title, and the numbers are no column that a wrapped entry is read around."""
    hand = Hand()
    hand.lines(LEFT, 88, "Contents")
    hand.lines(
        LEFT,
        112,
        "1. ASEAN Tourism Marketing Strategy . . . . . . . . . . . . . . . . . . . . . . . . . . . .",
        "2. Roadmap for the Integration of Markets in Small Island Economies and",
        "Remote Provinces ...................................................................................",
        "3. Protocol on Trade . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .",
        "4. ASEAN Framework Agreement on Services ..................................",
    )
    for line, number in ((0, "7"), (2, "12"), (3, "15"), (4, "19")):
        hand.lines(LEFT + 420, 112 + 12 * line, number)
    (file := tmp_path / "page.pdf").write_bytes(hand.pdf())
    (page,) = read_pdf(file, ReadLimits(), "off").pages
    assert [re.sub(r"\.{4,}", "...", line) for line in page.text.splitlines()[2:]] == [
        "1. ASEAN Tourism Marketing Strategy ... 7",
        "2. Roadmap for the Integration of Markets in Small Island Economies and",
        "Remote Provinces ... 12",
        "3. Protocol on Trade ... 15",
        "4. ASEAN Framework Agreement on Services ... 19",
    ]


ROWS = (
    ("No.", "Instrument", "Remarks"),
    ("1", "Joint Declaration on the Attainment of the Goals of Inland Waterways", "Two members asked for more time."),
    ("2", "Roadmap for Small Island Economies", "Costs are shared by consensus, as the ministers agreed in May."),
    ("3", "ASEAN Framework Agreement on the Facilitation of Goods in Transit", "The chair reports to the ministers."),
    ("4", "Protocol on Trade", "Nothing prevents a member from going further than the others do."),
)
CELLS = [f"table: {cell}" for row in ROWS for cell in row]


def write_row(hand: Hand, y: float, row: tuple[str, ...], lefts: tuple[float, ...], widths: tuple[float, ...]) -> float:
    """A row's cells; gives back where the row ends."""
    ends = [hand.put(x + 4, y + 13, cell, width - 8) for x, cell, width in zip(lefts, row, widths, strict=True) if cell]
    return max(ends) - 5


LEFTS, WIDTHS = (LEFT, LEFT + 30, LEFT + 200), (30.0, 170.0, 150.0)


def row_height(hand: Hand, row: tuple[str, ...]) -> float:
    return 8 + 12.0 * max(len(hand.pen.wrap(cell, width - 8)) for cell, width in zip(row, WIDTHS, strict=True))


@pytest.mark.parametrize("shaded", [(0, 1, 2, 3, 4), (0, 2, 4), (1, 3), (0,)], ids=str)
@pytest.mark.parametrize("by_cells", [False, True], ids=["whole rows", "cell by cell"])
def test_shaded_rows(shaded: tuple[int, ...], by_cells: bool, tmp_path: Path) -> None:
    hand = Hand()
    y = 100.0
    for number, row in enumerate(ROWS):
        height = row_height(hand, row)
        if number in shaded:
            for x, width in zip(LEFTS, WIDTHS, strict=True) if by_cells else [(LEFT, sum(WIDTHS))]:
                hand.shade(x, y, width, height)
        write_row(hand, y, row, LEFTS, WIDTHS)
        y += height
    assert blocks_of(hand, tmp_path) == CELLS


def test_a_shaded_box_with_prose_is_no_table(tmp_path: Path) -> None:
    hand = Hand()
    hand.shade(LEFT, 100, 300, 60)
    hand.put(LEFT + 6, 114, f"{NOTED} {TASKED}", 288)
    hand.put(LEFT, 190, AGREED)
    assert [text.split(": ", 1)[1] for text in blocks_of(hand, tmp_path)] == [f"{NOTED} {TASKED}", AGREED]


def test_a_raised_mark_makes_no_heading(tmp_path: Path) -> None:
    hand = Hand()
    y = hand.put(LEFT, 100, f"{NOTED} {TASKED}")
    hand.lines(LEFT, y, "Experts met in the Plan of Action to Implement the Joint Declaration 2011-")
    hand.pen.write(LEFT + hand.pen.measure("Experts met in the Plan of Action"), y - 6, "2", size=8)
    hand.put(LEFT, y + 13, f"2015 in the region. {AGREED}")
    (text,) = blocks_of(hand, tmp_path)
    assert "of Action 2 to Implement the Joint Declaration 2011-2015 in the region." in text


def test_footnotes_with_raised_marks_stay_whole_and_apart(tmp_path: Path) -> None:
    hand = Hand()
    y = 100.0
    for text in (NOTED, TASKED, AGREED, NOTED, TASKED):
        y = hand.put(LEFT, y, f"{text} {AGREED}") + 8
    hand.pen.leading = 10
    y = 700.0
    for mark, note in (("1", f"{NOTED} {TASKED}"), ("2", f"{AGREED} {TASKED}")):
        hand.pen.write(LEFT, y - 3.5, mark, size=5)
        y = hand.put(LEFT + 5, y, note, size=8)
    assert blocks_of(hand, tmp_path)[-2:] == [f"footnote: 1 {NOTED} {TASKED}", f"footnote: 2 {AGREED} {TASKED}"]


def test_watermarks_and_stamps_stand_in_no_sentence(tmp_path: Path) -> None:
    """A word aslant over the page, and a stamp that runs up the side of every page."""
    hand = Hand()
    for page, text in enumerate((f"{NOTED} {AGREED} It follows the ASEAN", f"Plan of Action for Energy. {TASKED}")):
        hand.put(LEFT, 100, text)
        canvas = hand.pen.canvas
        for angle, x, y, stamp in ((50, 150, 300, "DRAFT"), (90, 30, 300, "Archive copy of the Harbour Office")):
            canvas.saveState()
            canvas.translate(x, y)
            canvas.rotate(angle)
            canvas.drawString(0, 0, stamp)
            canvas.restoreState()
        if page == 0:
            hand.turn_page()
    stamps = ["footer: DRAFT", "footer: Archive copy of the Harbour Office"]
    first, second = f"body: {NOTED} {AGREED} It follows the ASEAN", f"body: Plan of Action for Energy. {TASKED}"
    assert blocks_of(hand, tmp_path) == [first, *stamps, second, *stamps]


def test_the_header_of_pages_turned_to_be_read(tmp_path: Path) -> None:
    """A wide table is turned by a quarter, the page's header and number are not."""
    hand = Hand()
    for page in (1, 2):
        hand.pen.write(LEFT, 36, "Quarterly Bulletin of the Harbour Office", size=8)
        hand.pen.write(290, 820, str(page), size=8)
        canvas = hand.pen.canvas
        canvas.translate(hand.pen.width, 0)
        canvas.rotate(90)
        for number, text in enumerate((NOTED, TASKED, AGREED)):
            canvas.drawString(90, hand.pen.width - 120 - 30 * number, text)
        if page == 1:
            hand.turn_page()
    body = [f"body: {text}" for text in (NOTED, TASKED, AGREED)]
    assert [block for block in blocks_of(hand, tmp_path) if not block.startswith("footer: ")] == body * 2


@pytest.mark.parametrize("tighter", [0.0, 0.8, 1.3])
def test_spaces_between_glyphs_written_one_by_one(tighter: float, tmp_path: Path) -> None:
    hand = Hand()
    line = "It builds on the ASEAN Agreement on Air Services and the AVA Accord."
    hand.glyphs(LEFT, 100, line, tighter)
    assert blocks_of(hand, tmp_path) == [f"body: {line}"]


def test_letters_that_touch_are_joined_before_those_set_apart() -> None:
    """PDFium cuts text that runs down the page into pieces; a kerned capital stands close to the word before."""
    pieces = "to| |the| |Joint| |Declaratio|n| |o|n|'|A|S|E|A|N| |as| |an| |Epicentrum| |of| |Growth"
    words, x = [], 100.0
    for piece in pieces.split("|"):
        width = {" ": 2.75, "'": 2.14}.get(piece, 5.5 * len(piece))
        if piece not in " '":
            words.append(Word(piece, x, 100, x + width, 112.17))
        x += width
    assert [join_row(row).text for row in make_rows(words)] == [
        "to the Joint Declaration on ASEAN as an Epicentrum of Growth"
    ]


def test_a_cut_row_below_a_shaded_head(tmp_path: Path) -> None:
    """The head is a grid of its own on every page; the cell ends with an abbreviation before the break."""
    hand = Hand()
    rest = "Enhanced Partnership for Peace: Phase II of the Joint Work"
    parts = (
        (
            ("1", "Protocol on Trade", "Done in May."),
            ("2", "It follows the Plan of Action for the ASEAN-U.S.", "Open."),
        ),
        (("", rest, ""), *[(str(number), "Roadmap on Tourism in the Region", "Begun.") for number in range(3, 8)]),
    )
    for page, rows in enumerate(parts):
        y = 100.0 if page else 680.0
        for x, width in zip(LEFTS, WIDTHS, strict=True):
            hand.shade(x, y, width, 20)
        for row in (ROWS[0], *rows):
            write_row(hand, y, row, LEFTS, WIDTHS)
            y += row_height(hand, row)
        if page == 0:
            hand.turn_page()
    assert blocks_of(hand, tmp_path)[7] == f"table: It follows the Plan of Action for the ASEAN-U.S. {rest}"


def test_lines_between_rows_may_be_drawn_cell_by_cell(tmp_path: Path) -> None:
    """The numbers stand in the middle of their rows; only the lines say where rows end."""
    hand = Hand()
    lefts, widths = (LEFT, LEFT + 24, LEFT + 204, LEFT + 306), (24.0, 180.0, 102.0, 150.0)
    rows = [
        ("22", "Joint Statement of Leaders on Human Capital in the Region", "They may park behind the hall.", AGREED),
        ("23", "Declaration on the Community in a Community of Many Nations", "All of it was replaced in May.", AGREED),
        ("24", "Plan of Action to Implement the Joint Vision Statement for Peace", "All of it is due in June.", AGREED),
    ]
    y = 100.0
    for row in (("No.", "Instrument", "Second", "Remarks"), *rows):
        cells = [hand.pen.wrap(cell, width - 8) for cell, width in zip(row, widths, strict=True)]
        height = 10 + 12 * max(map(len, cells))
        for x, width, cell in zip(lefts, widths, cells, strict=True):
            hand.lines(x + 4, y + (height - 12 * len(cell)) / 2 + 9, *cell)
            hand.pen.canvas.line(x, hand.pen.height - y - height, x + width, hand.pen.height - y - height)
        y += height
    assert blocks_of(hand, tmp_path)[4:] == [f"table: {cell}" for row in rows for cell in row]


def test_a_wide_first_row_belongs_to_its_table(tmp_path: Path) -> None:
    """The gutter that its words leave is narrower than that of the other rows."""
    hand = Hand()
    rows = [("Plan of Action on Women", "The orchard yields mangoes, lime", "Done in May."), *[
        (f"Roadmap on {name}", "Costs are shared by all.", "Begun in June.") for name in ("Tea", "Oil", "Gas", "Tin")
    ]]  # fmt: skip
    for number, row in enumerate(rows):
        hand.lines(LEFT, 112 + 48 * number, row[0])
        hand.lines(LEFT + 130, 106 + 48 * number, row[1], "as the chair sees fit.")
        hand.lines(LEFT + 280, 100 + 48 * number, row[2], "It goes on until the end", "of the year.")
    ends = ("", " as the chair sees fit.", " It goes on until the end of the year.")
    expected = [f"table: {cell}{end}" for row in rows for cell, end in zip(row, ends, strict=True)]
    assert blocks_of(hand, tmp_path) == expected
