"""A corpus that is walked, not held, gives the tables of one that is held whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.core import run
from pipeline.records import Judgement, Shown, Verdict
from pipeline.review.judgements import JudgementLog, with_id
from pipeline.runs import corpus, outputs
from tests.run_factory import (
    SENTENCES,
    copy_gazetteer,
    make_folder,
    make_pdf,
    make_settings,
    published_bytes,
    read_rows,
)

# Files that tell of the run itself, or of the one before.
OWN = ("run.json", "changes.csv", "changes.md", "report.html")


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """A run in which judgements are given on three documents; one PDF was replaced since and one renamed."""
    folder = tmp_path / "judged"
    make_folder(folder / "pdfs")
    make_pdf(folder / "pdfs" / "ponds.pdf", ["ASEAN Agreement on Ponds", "Adopted on 3 May 2022", SENTENCES[2]])
    settings = make_settings(folder, gazetteer=copy_gazetteer(folder / "gazetteer"))
    run(settings)
    files = {each.source.id: (each.source.sha256, each.source.path) for each in heads(folder)}
    log = JudgementLog(folder / "gazetteer" / "judgements.jsonl")
    for number, row in enumerate(read_rows(folder / "out" / "citations.csv")):
        sha256, file = files[row["source_id"]]
        shown = {"source_id": row["source_id"], "sha256": sha256, "file": file}
        shown |= {key: row[key] for key in ("surface", "sentence")}
        if number % 2 == 0:
            verdict = Verdict.REJECT if number % 4 else Verdict.ACCEPT
            said = (row["citation_id"], verdict, None, None, "ana", f"2026-11-24T10:00:{number:02d}+00:00", "")
            log.append([with_id(Judgement("", *said, shown=Shown(**shown)))])
    make_pdf(folder / "pdfs" / "rivers.pdf", ["ASEAN Agreement on Rivers", "Adopted on 3 May 2022", SENTENCES[2]])
    (folder / "pdfs" / "ponds.pdf").rename(folder / "pdfs" / "pools.pdf")
    return folder


def heads(folder: Path) -> list[corpus.Document]:
    from pipeline.gazetteer.load import load_gazetteer

    settings = make_settings(folder, gazetteer=folder / "gazetteer")
    return [judged for _, judged in corpus.load_corpus(load_gazetteer(settings.gazetteer), settings).walk()]


def test_only_documents_that_judgements_concern_are_held(judged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all were held, for judgements and for the tables."""
    held = Path(shutil.copytree(judged, judged.parent / "held", symlinks=True))
    run(make_settings(judged, gazetteer=judged / "gazetteer"))
    monkeypatch.setattr(outputs, "without_evidence", lambda document: document)
    monkeypatch.setattr(corpus._Shown, "concerns", lambda shown, document: True)
    run(make_settings(held, gazetteer=held / "gazetteer"))
    walked, whole = published_bytes(judged / "out", OWN), published_bytes(held / "out", OWN)
    assert [name for name in whole if walked.get(name) != whole[name]] == []
    states = {row["review_state"] for row in read_rows(judged / "out" / "citations.csv")}
    assert states == {"", "accepted", "rejected"}
    assert any("has no citation" in row["message"] for row in read_rows(judged / "out" / "issues.csv"))
