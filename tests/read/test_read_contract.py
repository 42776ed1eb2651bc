"""What every reading keeps to: right offsets, blocks in order, no word lost, the JSON of the contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest

from pipeline.read import read_pdf, reading_to_json, show_page
from pipeline.records import Page, Reading, ReadLimits, Zone
from tests.read.pdf_makers import by_canvas, by_fpdf, by_platypus, ornaments
from tests.read.pdf_makers.by_canvas import TableStyle
from tests.read.pdf_makers.plants import Planted, torn_titles

MAKERS: dict[str, Callable[[int], Planted]] = {
    "prose": by_canvas.prose,
    "footnotes": by_canvas.footnotes,
    "columns": lambda seed: by_canvas.columns(seed, order="lines"),
    "ruled": lambda seed: by_canvas.table(seed, TableStyle("strokes")),
    "unruled": lambda seed: by_canvas.table(seed, TableStyle("none")),
    "turned": lambda seed: by_canvas.table(seed, TableStyle("strokes"), turn="text270"),
    "crossing": lambda seed: by_canvas.crossing_cells(seed, TableStyle("strokes")),
    "spaced": lambda seed: by_canvas.letter_spaced(seed, how="typed"),
    "platypus": by_platypus.prose,
    "fpdf": by_fpdf.table,
}


def read_made(kind: str, folder: Path) -> tuple[Path, Reading]:
    file = folder / "made.pdf"
    file.write_bytes(MAKERS[kind](11).pdf)
    return file, read_pdf(file, ReadLimits(), "off")


@pytest.mark.parametrize("kind", MAKERS)
def test_offsets(kind: str, tmp_path: Path) -> None:
    for page in read_made(kind, tmp_path)[1].pages:
        check_offsets(page)


def check_offsets(page: Page) -> None:
    end = 0
    for block in page.blocks:
        assert end <= block.start < block.end <= len(page.text)
        assert not page.text[end : block.start].strip(), "text that no block has"
        assert page.text[block.start : block.end] == page.text[block.start : block.end].strip()
        end = block.end
    assert end == len(page.text)
    for line in page.lines:
        text = page.text[line.start : line.end]
        assert text
        assert "\n" not in text
        assert any(block.start <= line.start < line.end <= block.end for block in page.blocks)
        left, top, right, bottom = line.bbox
        assert left <= right
        assert top <= bottom


@pytest.mark.parametrize("kind", MAKERS)
def test_headers_come_first_and_footers_last(kind: str, tmp_path: Path) -> None:
    for page in read_made(kind, tmp_path)[1].pages:
        zones = [block.zone for block in page.blocks]
        places = [0 if zone is Zone.HEADER else 2 if zone is Zone.FOOTER else 1 for zone in zones]
        assert places == sorted(places)


@pytest.mark.parametrize("kind", ["prose", "columns", "ruled", "unruled", "platypus", "fpdf"])
def test_no_word_is_lost(kind: str, tmp_path: Path) -> None:
    """Letter for letter what pdfplumber finds, whatever order the two read in; hyphens at line ends apart."""
    file, reading = read_made(kind, tmp_path)
    with pdfplumber.open(file) as pdf:
        theirs = Counter(char["text"] for page in pdf.pages for char in page.chars)
    ours = Counter("".join(page.text for page in reading.pages))
    for letters in (ours, theirs):
        for white in " \n-":
            letters.pop(white, None)
    assert ours == theirs


@pytest.mark.parametrize(
    ("what", "shift"), [("lines", 0.0), ("lines", 0.8), ("words", 0.4), ("letters", 0.4), ("some letters", 0.4)]
)
def test_letters_printed_twice_need_no_pdfplumber(what: str, shift: float, tmp_path: Path) -> None:
    """The evidence for reading every page with PDFium: pdfplumber's own repair keeps no more titles whole."""
    planted = ornaments.printed_twice(4, shift, what, pages=1)
    file = tmp_path / "twice.pdf"
    file.write_bytes(planted.pdf)
    ours = torn_titles(planted, read_pdf(file, ReadLimits(), "off").pages)
    with pdfplumber.open(file) as pdf:
        text = " ".join(" ".join(page.dedupe_chars().extract_text() for page in pdf.pages).split())
    theirs = [title for title in planted.titles if title not in text]
    assert ours == [], f"pdfplumber tears {len(theirs)} of {len(planted.titles)}"
    assert len(ours) <= len(theirs)


def test_json(tmp_path: Path) -> None:
    _, reading = read_made("ruled", tmp_path)
    contract = reading_to_json(reading)
    assert list(contract) == ["pages", "issues"]
    first = contract["pages"][0]  # type: ignore[index]
    assert list(first) == ["number", "text", "blocks", "quality"]
    assert first["quality"] == "ok"
    assert set(first["blocks"][0]) == {"zone", "start", "end", "bbox"}


def test_show_page(tmp_path: Path) -> None:
    file, reading = read_made("ruled", tmp_path)
    target = tmp_path / "page.png"
    show_page(file, reading.pages[0], target)
    assert target.read_bytes().startswith(b"\x89PNG")


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    file, reading = read_made("columns", tmp_path)
    assert read_pdf(file, ReadLimits(), "off") == reading
