"""A promise is kept: a planned document arrives, and the next run says so everywhere, with the cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core import run
from pipeline.gazetteer.edit import add_document
from tests.run_factory import copy_gazetteer, make_pdf, make_settings, read_rows

NEW = {
    "id": "asean-rivers-charter",
    "title": "ASEAN Charter on Rivers",
    "short_title": "Rivers Charter",
    "kind": "charter",
    "lane": "middle",
    "digital": "no",
    "in_chapter": "false",
    "confidence": "high",
    "source": "knowledge",
}
UNLISTED = "unlisted:charter-river"


@pytest.fixture
def promised(tmp_path: Path) -> Path:
    """A run over one PDF of December 2021 that announces a charter nobody has listed."""
    copy_gazetteer(tmp_path / "gazetteer")
    make_pdf(
        tmp_path / "pdfs" / "adm2025.pdf",
        [
            "ASEAN Digital Masterplan 2025",
            "Adopted on 22 January 2021",
            "Ministers shall develop an ASEAN Charter on Rivers by 2023.",
        ],
    )
    run(make_settings(tmp_path, gazetteer=tmp_path / "gazetteer"))
    return tmp_path


def run_again(folder: Path, **facts: str) -> None:
    """The charter gets its row, and the program runs once more."""
    add_document(folder / "gazetteer", {**NEW, **facts})
    run(make_settings(folder, gazetteer=folder / "gazetteer"))


def lines(folder: Path) -> list[tuple[str, str, str]]:
    return [(row["source"], row["target"], row["status"]) for row in read_rows(folder / "out" / "edges.csv")]


def test_before(promised: Path) -> None:
    assert lines(promised) == [("adm2025", UNLISTED, "planned")]
    (promise,) = read_rows(promised / "out" / "promises.csv")
    assert (promise["target_id"], promise["deadline"], promise["due"]) == (UNLISTED, "by 2023", "2023")
    assert promise["delivered_by"] == ""


def test_adopted_later_the_promise_is_delivered_and_the_citation_keeps_its_id(promised: Path) -> None:
    (before,) = read_rows(promised / "out" / "citations.csv")
    run_again(promised, issued="2023-06-01")
    (after,) = read_rows(promised / "out" / "citations.csv")
    assert after["citation_id"] == before["citation_id"]
    assert (after["target_id"], after["status"], after["status_today"]) == (NEW["id"], "planned", "existing")

    (promise,) = read_rows(promised / "out" / "promises.csv")
    assert (promise["state"], promise["delivered_by"], promise["lag_months"]) == ("delivered", NEW["id"], "29")

    changes = (promised / "out" / "changes.md").read_text(encoding="utf-8")
    assert "delivered" in changes
    assert "asean-rivers-charter" in changes
    causes = {row["cause"] for row in read_rows(promised / "out" / "changes.csv")}
    assert causes == {"gazetteer"}


def test_adopted_earlier_orange_turns_blue(promised: Path) -> None:
    """The registry learns that the charter was there already: dates decide, and the words are kept as evidence."""
    run_again(promised, issued="2020-03-01")
    assert lines(promised) == [("adm2025", NEW["id"], "existing")]
    (citation,) = read_rows(promised / "out" / "citations.csv")
    assert (citation["status"], citation["status_basis"]) == ("existing", "conflict")
    assert read_rows(promised / "out" / "promises.csv") == []
    drawn = (promised / "out" / "topology_map.svg").read_text(encoding="utf-8")
    assert f'data-target="{NEW["id"]}" data-status="existing"' in drawn
    flips = [row for row in read_rows(promised / "out" / "changes.csv") if row["level"] == "edge"]
    assert {row["cause"] for row in flips} == {"gazetteer"}
    assert {(row["change"], row["old_status"], row["new_status"]) for row in flips} >= {("lost", "planned", "")} or {
        (row["old_status"], row["new_status"]) for row in flips
    } == {("planned", "existing")}


def test_its_own_pdf_arrives(promised: Path) -> None:
    """Without a row: the charter's PDF is the delivery."""
    make_pdf(
        promised / "pdfs" / "rivers.pdf",
        ["ASEAN Charter on Rivers", "Adopted on 1 June 2023", "This Charter enters into force at once."],
    )
    run(make_settings(promised, gazetteer=promised / "gazetteer"))
    (promise,) = [row for row in read_rows(promised / "out" / "promises.csv") if row["source_id"] == "adm2025"]
    arrived = "unlisted:asean-charter-on-rivers-2023"
    assert lines(promised) == [("adm2025", arrived, "planned")]
    assert (promise["target_id"], promise["state"], promise["delivered_at"]) == (arrived, "delivered", "2023-06-01")
    causes = {row["cause"] for row in read_rows(promised / "out" / "changes.csv")}
    assert causes == {"new document"}
