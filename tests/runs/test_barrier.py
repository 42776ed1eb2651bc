"""The barrier between identifying and citing: a new document re-links those that may cite it, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.core import run
from pipeline.gazetteer.load import load_gazetteer
from pipeline.records import Source
from pipeline.register import build_register, corpus_rows, rarest_word, split_words
from tests.run_factory import ROOT, make_pdf, make_settings, published_bytes, read_rows

CITING = ["ASEAN Statement on Fisheries", "Adopted on 3 May 2022", "It recalls the ASEAN Lakeshore Stewardship Plan."]
OTHER = ["ASEAN Statement on Forests", "Adopted on 4 May 2022", "It recalls the AEC Blueprint 2025."]
CITED = ["ASEAN Lakeshore Stewardship Plan", "Adopted on 5 May 2020", "It is new."]


@pytest.fixture
def pdfs(tmp_path: Path) -> Path:
    make_pdf(tmp_path / "pdfs" / "citing.pdf", CITING)
    make_pdf(tmp_path / "pdfs" / "other.pdf", OTHER)
    return tmp_path / "pdfs"


def actions(folder: Path) -> dict[str, str]:
    record = json.loads((folder / "out" / "run.json").read_text())
    return {each["file"]: each["action"] for each in record["inputs"]}


def cited(folder: Path) -> set[tuple[str, str]]:
    return {(row["source"], row["target"]) for row in read_rows(folder / "out" / "edges.csv")}


def test_a_new_document_relinks_those_that_hold_its_rarest_word(pdfs: Path) -> None:
    folder = pdfs.parent
    run(make_settings(folder))
    make_pdf(pdfs / "cited.pdf", CITED)
    run(make_settings(folder))
    assert actions(folder) == {"cited.pdf": "read", "citing.pdf": "relinked", "other.pdf": "kept"}
    (plan,) = (row["source_id"] for row in json.loads((folder / "out" / "run.json").read_text())["inputs"][:1])
    assert ("unlisted:asean-statement-on-fisheries-2022", plan) in cited(folder)
    own = ("run.json", "changes.csv", "changes.md", "report.html")
    grown = published_bytes(folder / "out", own)
    run(make_settings(folder, output=folder / "fresh"))
    assert published_bytes(folder / "fresh", own) == grown
    run(make_settings(folder))
    assert set(actions(folder).values()) == {"kept"}
    (pdfs / "cited.pdf").unlink()
    run(make_settings(folder))
    assert actions(folder) == {"citing.pdf": "kept", "other.pdf": "kept"}  # what the first run found is still there


def test_several_processes_build_the_same_register(pdfs: Path) -> None:
    folder = pdfs.parent
    make_pdf(pdfs / "cited.pdf", CITED)
    run(make_settings(folder))
    run(make_settings(folder, output=folder / "two", workers=2))
    assert published_bytes(folder / "two") == published_bytes(folder / "out")


def test_the_rows_that_are_new_to_the_gazetteer() -> None:
    gazetteer = load_gazetteer(ROOT / "gazetteer")
    assert corpus_rows(gazetteer, gazetteer) == ()
    register = build_register(gazetteer, [Source("unlisted:x", "x.pdf", "", "Plan for Stewardship", None, "unlisted")])
    (row,) = corpus_rows(register, gazetteer)
    assert (row.id, row.key_words) == ("unlisted:x", {"stewardship"})
    assert build_register(gazetteer, []) is gazetteer


def test_words() -> None:
    assert split_words("Resolution WHA65.4, on Côte d\u2019Ivoire\u2019s coast") == {
        *("resolution", "wha65", "4", "on", "cote", "d", "ivoire", "s", "coast")
    }
    assert rarest_word("Plan of Action") == "action"
