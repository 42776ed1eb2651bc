"""From the page to the tables: a decision reaches edges, map and lists at the next run, and leaves with its undo."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.core import run
from pipeline.settings import Settings
from pipeline.store import read_csv
from tests.review.web_factory import Client, write_pdf

GAZETTEER = Path(__file__).parents[2] / "gazetteer"
SENTENCES = (
    "This report tells what the smelters of the region did in one year.",
    "It was written in 2017, and many had a hand in it.",
    "All of it was done as the ASEAN ICT Masterplan 2020 had asked of its readers.",
    "Members shall develop an ASEAN Framework on Personal Data Protection in the years to come.",
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("review-run")
    shutil.copytree(GAZETTEER, folder / "gazetteer", ignore=shutil.ignore_patterns("judgements.jsonl"))
    (folder / "raw_pdfs").mkdir()
    write_pdf(folder / "raw_pdfs" / "report.pdf", SENTENCES)
    made = Settings(folder / "raw_pdfs", folder / "extracted", folder / "gazetteer", workers=1, ocr="off")
    run(made)
    return made


def edges(settings: Settings) -> set[tuple[str, str]]:
    return {(row["target"], row["status"]) for row in read_csv(settings.output / "edges.csv")}


def test_decisions_reach_the_next_run_and_an_undo_takes_them_back(settings: Settings) -> None:
    before = edges(settings)
    client = Client(settings)
    rows = {row["surface"]: row for row in read_csv(settings.output / "citations.csv")}
    aim, pdp = rows["ASEAN ICT Masterplan 2020"], rows["ASEAN Framework on Personal Data Protection"]
    assert (aim["target_id"], "existing") in before
    other = "planned" if pdp["status"] == "existing" else "existing"
    # the two pages of the report hold the same sentences
    for row, verdict in ((aim, "reject"), (pdp, other)):
        client.post(f"/citations/{row['citation_id']}/judge", {"verdict": verdict, "like": "yes"})
    run(settings)
    after = edges(settings)
    assert after == (before - {(aim["target_id"], "existing"), (pdp["target_id"], pdp["status"])}) | {
        (pdp["target_id"], other)
    }
    judged = {row["surface"]: row for row in read_csv(settings.output / "citations.csv")}
    assert (judged[aim["surface"]]["review_state"], judged[aim["surface"]]["target_id"]) == ("rejected", "")
    assert (judged[pdp["surface"]]["review_state"], judged[pdp["surface"]]["status"]) == ("corrected", other)
    assert judged[pdp["surface"]]["reviewer"] == "ana"
    while client.post("/undo").status_code == 303:
        pass
    run(settings)
    assert edges(settings) == before
    assert {row["review_state"] for row in read_csv(settings.output / "citations.csv")} == {""}


def test_a_run_without_news_never_writes_the_log(settings: Settings) -> None:
    log = settings.gazetteer / "judgements.jsonl"
    before = log.read_bytes()
    run(settings)
    assert log.read_bytes() == before
