"""A re-issued PDF, through the whole pipeline: other page breaks, other fonts, every tenth sentence reworded."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from fpdf import FPDF

from pipeline.core import run
from pipeline.gazetteer.load import load_gazetteer
from pipeline.records import Judgement
from pipeline.review.decisions import judge
from pipeline.review.page_request import PageRequest
from pipeline.review.security import Session
from pipeline.review.snapshot import Published, Snapshot, SnapshotStore, load_published
from pipeline.settings import Settings
from pipeline.store import read_csv

GAZETTEER = Path(__file__).parents[2] / "gazetteer"
SENTENCES = 240
OPENINGS = (
    "Recalling the {0}, the Council of Smelters asks its members to report in year {1}.",
    "The work under the {0} goes on, and committee {1} will look after it with care.",
    "In line with the {0}, office {1} shall see to the training of assayers across the region.",
    "Under item {1} officials noted with thanks what had been done for the {0} since the last meeting.",
    "Group {1} will build upon the {0} when it draws up its own rules for the mines of the region.",
)


def make_sentences() -> list[str]:
    """Two hundred and forty different sentences, each with one title of the gazetteer."""
    entries = load_gazetteer(GAZETTEER).entries.values()
    titles = [each.title for each in entries if each.issued and each.issued.year < 2015 and len(each.title) < 90]
    return [OPENINGS[n % len(OPENINGS)].format(titles[n % len(titles)], 1000 + n) for n in range(SENTENCES)]


def reword(sentences: list[str]) -> list[str]:
    """Every tenth sentence says something else around the same name."""
    return [
        f"In round {n}, members took another look at {sentence[0].lower()}{sentence[1:]}" if n % 10 == 3 else sentence
        for n, sentence in enumerate(sentences)
    ]


class Report(FPDF):
    """A report with a running header and page numbers."""

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 12, "Report of the Council of Smelters", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-30)
        self.cell(0, 12, f"{self.page_no()}", align="C")


def write_report(path: Path, sentences: list[str], font: str, size: int, margin: int) -> None:
    pdf = Report(unit="pt", format="A4")
    pdf.set_margins(margin, margin, margin)
    pdf.set_auto_page_break(True, margin + 20)
    pdf.add_page()
    for start in range(0, len(sentences), 6):
        pdf.set_font(font, size=size)
        text = " ".join(sentences[start : start + 6]).encode("latin-1", "replace").decode("latin-1")
        pdf.multi_cell(0, size * 1.3, text, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(6)
    pdf.output(str(path))


def run_on(settings: Settings, *args: object) -> Published:
    write_report(settings.input / "report.pdf", *args)  # type: ignore[arg-type]
    run(settings)
    return load_published(settings.output)


def judge_all(settings: Settings, published: Published) -> list[Judgement]:
    """Every third citation rejected, the others accepted, through the review page's own code."""
    store = SnapshotStore(settings)
    for number, citation in enumerate(published.citations):
        request = PageRequest(store, store.snapshot(), Session("", "ana"), {}, {"id": citation.id})
        judge(request, {"verdict": "accept" if number % 3 else "reject"})
    return list(store.snapshot().lines)


@dataclass(frozen=True)
class Reissue:
    """A report, all that was judged in it, and what a run makes of the report that replaced it."""

    first: Published
    lines: list[Judgement]
    again: Published
    judged: dict[str, dict[str, str]]  # rows of citations.csv with a judgement, by citation id
    issues: list[str]
    snapshot: Snapshot


@pytest.fixture(scope="module")
def reissue(tmp_path_factory: pytest.TempPathFactory) -> Reissue:
    folder = tmp_path_factory.mktemp("reissue")
    shutil.copytree(GAZETTEER, folder / "gazetteer", ignore=shutil.ignore_patterns("judgements.jsonl"))
    (folder / "raw_pdfs").mkdir()
    settings = Settings(folder / "raw_pdfs", folder / "extracted", folder / "gazetteer", workers=1, ocr="off")
    sentences = make_sentences()
    first = run_on(settings, sentences, "Times", 11, 72)
    lines = judge_all(settings, first)
    again = run_on(settings, reword(sentences), "Helvetica", 10, 50)
    rows = {row["citation_id"]: row for row in read_csv(settings.output / "citations.csv") if row["review_state"]}
    issues = [row["message"] for row in read_csv(settings.output / "issues.csv") if row["stage"] == "review"]
    return Reissue(first, lines, again, rows, issues, SnapshotStore(settings).snapshot())


def test_judgements_whose_sentence_stands_are_re_anchored_and_the_others_listed(reissue: Reissue) -> None:
    assert max(each.mention.page for each in reissue.first.citations) > max(
        each.mention.page for each in reissue.again.citations
    ), "other page breaks"
    assert len(reissue.lines) >= SENTENCES * 0.9, "the pipeline reads the report"
    stands = [line for line in reissue.lines if number_of(line) % 10 != 3]
    listed = [line for line in reissue.lines if any(line.id in message for message in reissue.issues)]
    kept = [line for line in stands if line not in listed]
    print(f"{len(reissue.lines)} judgements, {len(stands)} whose sentence stands, {len(kept)} of them re-anchored")
    assert len(kept) >= 0.95 * len(stands), [line.shown.sentence for line in stands if line in listed][:5]
    assert len(reissue.judged) == len(reissue.lines) - len(listed), "none is dropped in silence, none counts twice"
    expected = sorted((number_of(line), "rejected" if line.verdict == "reject" else "accepted") for line in kept)
    found = sorted((number_in(row["sentence"]), row["review_state"]) for row in reissue.judged.values())
    assert found == expected, "each found its own sentence"


def test_reworded_sentences_do_not_inherit_a_judgement(reissue: Reissue) -> None:
    inherited = [row["sentence"] for row in reissue.judged.values() if "took another look" in row["sentence"]]
    assert inherited == []


def test_the_page_shows_what_the_run_has_applied(reissue: Reissue) -> None:
    snapshot = reissue.snapshot
    states = {key: each.review_state for key, each in snapshot.judged.items() if each.review_state}
    assert states == {key: row["review_state"] for key, row in reissue.judged.items()}
    assert len(snapshot.anchors.lost) == len(reissue.issues)


def number_in(sentence: str) -> int:
    """The number that each sentence has of its own."""
    return next(int(found) - 1000 for found in re.findall(r"\b1[0-2]\d\d\b", sentence))


def number_of(line: Judgement) -> int:
    return number_in(line.shown.sentence)
