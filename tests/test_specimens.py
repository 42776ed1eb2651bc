"""The specimens say what their sources say, and their gold is right: one table of checks over all of them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import ahocorasick
import pypdfium2
import pytest

from pipeline.gazetteer.load import Gazetteer, fold_name, load_gazetteer
from pipeline.names.dates import PartialDate
from pipeline.records import Entry
from tests.specimens.build import (
    HERE,
    LICENCE,
    RAW_PDFS,
    SOURCES,
    Built,
    build_specimen,
    edge_rows,
    gold_rows,
    read_rows,
)
from tests.specimens.layout import MARK
from tests.specimens.markup import plain_text

IDS = sorted(path.stem for path in SOURCES.glob("*.txt"))
NEVER_ADOPTED = ("planned", "under-negotiation", "")
each_specimen = pytest.mark.parametrize("name", IDS)


@cache
def built(name: str) -> Built:
    return build_specimen(SOURCES / f"{name}.txt")


@cache
def gazetteer() -> Gazetteer:
    return load_gazetteer(Path(__file__).parents[1] / "gazetteer")


def replaced() -> set[str]:
    """Documents whose real PDF was fetched into raw_pdfs/ in place of the specimen."""
    return {row["document_id"] for row in read_rows(RAW_PDFS / "SOURCES.csv") if row["retrieved"]}


@cache
def page_texts(name: str) -> list[str]:
    """What PDFium copies from each page, white space folded."""
    document = pypdfium2.PdfDocument(built(name).pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_there_are_enough_of_them() -> None:
    assert len(IDS) >= 36, IDS


@each_specimen
def test_committed_pdf_equals_the_built_one(name: str) -> None:
    if name in replaced():
        pytest.skip(f"{name}.pdf is the real document now")
    assert (RAW_PDFS / f"{name}.pdf").read_bytes() == built(name).pdf, f"{name}: run python -m tests.specimens.build"


def test_committed_gold_equals_the_built_one() -> None:
    gold = gold_rows([built(name) for name in IDS])
    assert read_rows(HERE / "gold.csv") == gold
    assert read_rows(HERE / "gold_edges.csv") == edge_rows(gold)


@each_specimen
def test_pages(name: str) -> None:
    """Two to six pages; each carries the mark, as text or, on a scanned page, in its one image."""
    texts = page_texts(name)
    assert 2 <= len(texts) <= 6, name
    for number, text in enumerate(texts, start=1):
        scanned = any(mark.unreadable for index, mark in enumerate(built(name).specimen.marks)
                      if built(name).pages[index][0] == number)  # fmt: skip
        assert text == "" if scanned else MARK in text, f"{name}, page {number}: {text[:200]}"


def test_exactly_one_page_is_a_scan() -> None:
    scans = [(name, number) for name in IDS for number, text in enumerate(page_texts(name), 1) if not text]
    assert len(scans) == 1, scans


def test_names_are_cut_by_page_breaks() -> None:
    """Some citations go on over a page number and a running header."""
    cut = [(name, index) for name in IDS for index, (first, last) in built(name).pages.items() if last > first]
    assert len(cut) >= 5, cut


@each_specimen
def test_the_source_is_the_document_it_says(name: str) -> None:
    keys = built(name).specimen.keys
    assert PartialDate.parse(keys["date"]) == gazetteer().entries[name].issued, name


@each_specimen
def test_citations_stand_on_their_page(name: str) -> None:
    """The first word of each citation is in the text of its page (a word may be cut by a line's end)."""
    texts = [re.sub(r"[-\s\u00ad\ufffe\x02]", "", text) for text in page_texts(name)]
    for index, mark in enumerate(built(name).specimen.marks):
        first = re.sub(r"[-\s]", "", mark.surface.split()[0])
        page = texts[built(name).pages[index][0] - 1]
        assert mark.unreadable or first in page, (
            f"{name}: {mark.surface!r} is not on page {built(name).pages[index][0]}"
        )


@each_specimen
def test_targets_and_statuses_agree_with_the_gazetteer(name: str) -> None:
    specimen = built(name).specimen
    date = PartialDate.parse(specimen.keys["date"])
    for mark in specimen.marks:
        if mark.target_id is None:
            assert mark.target_title, mark
            continue
        assert mark.target_id in gazetteer().entries, f"{name}: {mark.target_id} ({mark.surface})"
        assert mark.target_id != name, f"{name} cites itself: {mark.sentence}"
        possible = possible_statuses(date, gazetteer().entries[mark.target_id])
        assert mark.status in possible, f"{name} ({date}): {mark.status}? {mark.surface}: {mark.sentence}"


def possible_statuses(date: PartialDate, target: Entry) -> set[str]:
    """What the dates allow; both where their precision, or a missing date, leaves it open."""
    if target.issued is None:
        return {"planned"} if target.standing in NEVER_ADOPTED else {"existing", "planned"}
    order = date.compare(target.issued)
    return {"existing", "planned"} if order is None else {"planned"} if order < 0 else {"existing"}


@cache
def names() -> ahocorasick.Automaton:
    """All names of the gazetteer but the shortest acronyms, folded."""
    automaton = ahocorasick.Automaton()
    for alias in gazetteer().aliases:
        if len(alias.text) > 2:
            automaton.add_word(fold_name(alias.text), (fold_name(alias.text), alias.entry_id))
    automaton.make_automaton()
    return automaton


@each_specimen
def test_no_name_of_the_gazetteer_is_left_unmarked(name: str) -> None:
    """Each name in the text is a citation, part of one, the document's own, or marked {{...}} as none."""
    specimen = built(name).specimen
    own = sorted({fold_name(alias.text) for alias in gazetteer().aliases_of[name]}, key=len, reverse=True)
    for words in [*(block.words for block in specimen.blocks), *cells(name), *specimen.notes.values()]:
        text = fold_name(plain_text(tuple(tuple(p for p in word if p.cite is None) for word in words)))
        for known in own:
            text = text.replace(known, "…")
        found = [
            target
            for end, target in names().iter(text)
            if not re.match(r"[\w-]", text[end + 1 : end + 2])
            and not re.match(r"[\w-]", text[: end + 1 - len(target[0])][-1:])
        ]
        assert found == [], f"{name}: unmarked in: {plain_text(words)}"


def cells(name: str) -> list[tuple]:
    return [cell for block in built(name).specimen.blocks for row in block.rows for cell in row]


def test_what_the_chapter_states_is_cited() -> None:
    """Each stated relation of the chapter is an edge of the gold with the stated status; most implied ones too."""
    edges = {(row["source_id"], row["cited_id"], row["status"]) for row in read_rows(HERE / "gold_edges.csv")}
    facts = {(r["source_id"], r["cited_id"], r["status"], r["kind"]) for r in read_rows(HERE / "chapter_edges.csv")}
    assert [fact for fact in sorted(facts) if fact[3] == "stated" and fact[:3] not in edges] == []
    implied = [fact for fact in sorted(facts) if fact[3] == "implied" and fact[:3] not in edges]
    assert len(implied) <= 6, implied


def test_sources_csv_lists_specimens_and_official_addresses() -> None:
    rows = {row["document_id"]: row for row in read_rows(RAW_PDFS / "SOURCES.csv")}
    assert all(row["file"] == f"{document}.pdf" for document, row in rows.items())
    assert {document for document, row in rows.items() if row["licence"] == LICENCE} == set(IDS) - replaced()
    known = {entry.id: entry.official_url for entry in gazetteer().entries.values() if entry.official_url}
    assert {document: row["url"] for document, row in rows.items() if row["url"]} == known
