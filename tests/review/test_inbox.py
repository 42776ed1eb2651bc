"""The inbox: what a run proposes, what accepting writes, and that neither accepted nor rejected rows come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli.app import run_app
from pipeline.core import run
from pipeline.gazetteer.load import load_gazetteer
from pipeline.names.dates import PartialDate
from pipeline.records import Document, Front, Source
from pipeline.review.inbox import Proposal, accept, build_inbox, correct, describe_inbox, reject
from pipeline.runs.history import load_result
from pipeline.settings import Settings
from pipeline.store import read_csv
from pipeline.unlisted import Unlisted
from tests.review.web_factory import Client, write_gazetteer
from tests.run_factory import copy_gazetteer, make_pdf, make_settings

NOW = "2026-11-30T08:00:00+00:00"


def document(identity: str, title: str, file: str, issued: str = "", own_names: tuple[str, ...] = ()) -> Document:
    date = PartialDate.parse(issued) if issued else None
    source = Source(identity, file, f"sha of {file}", title, date, "unlisted", Front(own_names=own_names))
    return Document(source, 1, (), (), (), ())


def name(identity: str, title: str, documents: int, suggestion: str = "new entry", forms: tuple[str, ...] = ()):
    return Unlisted(
        identity, title, documents, documents, 0, forms or (title,), ("a", "b"), suggestion, None, None, "S."
    )


DOCUMENTS = (
    document("unlisted:zinc-roadmap-2026", "ASEAN Zinc Roadmap 2026", "zinc.pdf", "2026-02-03", ("Zinc Roadmap",)),
    document("unlisted:notes", "Notes on smelting", "notes.pdf"),
    document("tin-blueprint-2025", "ASEAN Tin Blueprint 2025", "tin.pdf", "2015-11-22"),
)
NAMES = (
    name("unlisted:iron-plan", "Iron Plan", 4),
    name(
        "unlisted:zinc-roadmap-2026", "ASEAN Zinc Roadmap 2026", 3, forms=("this Roadmap", "ASEAN Zinc Road Map 2026")
    ),
    name("unlisted:blueprint-tin", "Tin Blueprint", 3, "alias"),
    name("unlisted:one-off-plan", "One-off Plan", 1),
)


@pytest.fixture
def gazetteer(tmp_path: Path) -> Path:
    write_gazetteer(tmp_path)
    return tmp_path


def proposals(folder: Path) -> tuple[Proposal, ...]:
    return build_inbox(DOCUMENTS, NAMES, load_gazetteer(folder))


def test_files_come_first_and_names_cited_often_below(gazetteer: Path) -> None:
    rows = [(each.row_id, each.origin, each.date, each.kind, each.lane, each.aliases, each.confidence)
            for each in proposals(gazetteer)]  # fmt: skip
    assert rows == [
        ("notes-on-smelting", "corpus", "", "", "middle", (), "low"),
        ("asean-zinc-roadmap-2026", "corpus", "2026-02-03", "roadmap", "middle", ("Zinc Roadmap",), "medium"),
        ("iron-plan", "cited", "", "roadmap", "middle", (), "low"),
    ]
    told = describe_inbox(proposals(gazetteer))
    assert told is not None
    assert told.message == "2 documents of the corpus and 1 cited name have no row in the gazetteer"
    assert "topology inbox" in told.remedy
    assert describe_inbox(()) is None


def test_an_accepted_row_is_in_the_gazetteer_with_all_its_names(gazetteer: Path) -> None:
    zinc = proposals(gazetteer)[1]
    known = accept(gazetteer, correct(zinc, {"title": "ASEAN Roadmap on Zinc 2026", "row_id": "zinc-2026"}))
    assert {alias.text for alias in known.aliases_of["zinc-2026"]} == {
        "ASEAN Roadmap on Zinc 2026",
        "ASEAN Zinc Roadmap 2026",
        "Zinc Roadmap",
    }, "the title that its file bears stays a name"
    assert str(known.entries["zinc-2026"].issued) == "2026-02-03"
    assert [each.row_id for each in proposals(gazetteer)] == ["notes-on-smelting", "iron-plan"]


def test_a_rejected_proposal_does_not_come_back_until_it_is_accepted(gazetteer: Path) -> None:
    notes, zinc, _ = proposals(gazetteer)
    reject(gazetteer, notes, "ana", NOW)
    reject(gazetteer, zinc, "ana", NOW)
    assert [each.row_id for each in proposals(gazetteer)] == ["iron-plan"]
    renamed = document("unlisted:notes-on-smelting", "Notes on Smelting", "notes.pdf")
    assert build_inbox([renamed], (), load_gazetteer(gazetteer)) == (), "the same file under a better title"
    accept(gazetteer, zinc)
    assert [row["id"] for row in read_csv(gazetteer / "rejected.csv")] == ["unlisted:notes"]


def test_what_the_validator_refuses_is_not_written(gazetteer: Path) -> None:
    before = (gazetteer / "documents.csv").read_bytes()
    with pytest.raises(ValueError, match="kind"):
        accept(gazetteer, proposals(gazetteer)[0])
    assert (gazetteer / "documents.csv").read_bytes() == before


def test_an_id_that_is_taken_gets_a_number(gazetteer: Path) -> None:
    again = document("unlisted:tin-blueprint-2025", "Tin Blueprint 2025", "other.pdf")
    assert [each.row_id for each in build_inbox([again], (), load_gazetteer(gazetteer))] == ["tin-blueprint-2025-2"]


# --- from a PDF nobody knows to lines under its own id ---------------------------------------------------------------

CODE = ["ASEAN Code on Quiet Harbours", "Adopted on 3 May 2024", "This Code builds on the AEC Blueprint 2025."]
PLAN = [
    "ASEAN Work Plan on Lighthouses 2024-2027",
    "Adopted on 7 July 2024",
    "Members shall implement the ASEAN Code on Quiet Harbours and the AEC Blueprint 2025.",
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("inbox")
    make_pdf(folder / "pdfs" / "code.pdf", CODE)
    make_pdf(folder / "pdfs" / "plan.pdf", PLAN)
    made = make_settings(folder, gazetteer=copy_gazetteer(folder / "gazetteer"))
    run(made)
    return made


def edges(settings: Settings) -> set[tuple[str, str, str]]:
    return {(row["source"], row["target"], row["status"]) for row in read_csv(settings.output / "edges.csv")}


def inbox(settings: Settings, *words: str) -> int:
    return run_app(["inbox", *words, "--output", str(settings.output), "--gazetteer", str(settings.gazetteer)])


def test_from_the_inbox_to_lines_under_new_ids(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    first = edges(settings)
    assert load_result(settings.output, settings.output).counts["waiting in the inbox"] == 2
    assert "topology inbox" in next(
        r["remedy"] for r in read_csv(settings.output / "issues.csv") if r["stage"] == "inbox"
    )
    client = Client(settings)
    cited = next(r for r in read_csv(settings.output / "citations.csv") if r["surface"] == CODE[0])
    client.post(f"/citations/{cited['citation_id']}/judge", {"verdict": "existing"})
    assert inbox(settings, "--json") == 0
    waiting = json.loads(capsys.readouterr().out)
    assert [(each["title"], each["date"], each["file"]) for each in waiting] == [
        ("ASEAN Code on Quiet Harbours", "2024-05-03", "code.pdf"),
        ("ASEAN Work Plan on Lighthouses 2024-2027", "2024-07-07", "plan.pdf"),
    ]
    code = client.get(f"/inbox/{waiting[0]['id']}")
    assert '<image href="/pages/unlisted%3A' in code.text, "the picture of the first page"
    for word, key in [("Accept", "a"), ("Correct", "e"), ("Reject", "r"), ("Skip", "k")]:
        assert f"{word} <kbd>{key}</kbd>" in code.text, word
    ids = {each["id"]: each["row_id"] for each in waiting}
    for each in waiting:
        row = {"kind": "guideline", "lane": "middle", "row_id": ids[each["id"]]}
        assert client.post(f"/inbox/{each['id']}", {"verdict": "accept", **row}).status_code == 303
    assert client.json("/inbox.json")["items"] == []
    assert inbox(settings, "accept", "--all") == 0, "nothing is left"
    run(settings)
    assert edges(settings) == {(ids.get(source, source), ids.get(target, target), how) for source, target, how in first}
    assert list(read_csv(settings.output / "inbox.csv")) == []
    judged = {row["surface"]: row for row in read_csv(settings.output / "citations.csv")}[CODE[0]]
    assert (judged["review_state"], judged["target_id"]) == ("recheck", ids[waiting[0]["id"]])


# Common words are a title here, two documents share one, and the resolution is cited by its symbol.
CALM = ["A/RES/78/301", "Resolution adopted by the General Assembly on 3 May 2024", "78/301. Calm waters"]
OTHERS = {
    "calm": [*CALM, "The General Assembly,", "Recalling the AEC Blueprint 2025,", "1. Decides to meet again."],
    "tides": ["ASEAN Framework on Tides", "Adopted on 5 May 2022", "It builds on the AEC Blueprint 2025."],
    "tides2": [
        "ASEAN Framework on Tides",
        "Adopted on 6 June 2024",
        "Calm waters are good. See the AEC Blueprint 2025.",
    ],
    "notes": [
        "ASEAN Plan of Action on Piers 2025-2030",
        "Adopted on 7 July 2024",
        "Guided by resolution A/RES/78/301, members keep calm waters calm. Calm Waters help all piers.",
        "Members shall implement the ASEAN Framework on Tides and the Quay Accord.",
    ],
    "more": ["ASEAN Work Plan on Quays 2025", "Adopted on 8 July 2024", "It goes beyond the Quay Accord of 2020."],
}


def test_accepting_changes_nothing_but_the_ids(tmp_path: Path) -> None:
    for stem, lines in OTHERS.items():
        make_pdf(tmp_path / "pdfs" / f"{stem}.pdf", lines)
    settings = make_settings(tmp_path, gazetteer=copy_gazetteer(tmp_path / "gazetteer"))
    run(settings)
    first, rows = edges(settings), list(read_csv(settings.output / "inbox.csv"))
    count = len(list(read_csv(settings.output / "citations.csv")))
    ids = {row["id"]: row["row_id"] for row in rows}
    calm = next(row["row_id"] for row in rows if row["title"] == "Calm waters")
    assert any(ids.get(target) == calm for _, target, _ in first), first
    assert inbox(settings, "accept", "--all") == 0
    known = load_gazetteer(settings.gazetteer)
    assert (known.entries[calm].symbols, known.aliases_of[calm]) == (("A/RES/78/301",), ()), "its title is no name"
    run(settings)
    assert edges(settings) == {(ids.get(source, source), ids.get(target, target), how) for source, target, how in first}
    assert len(list(read_csv(settings.output / "citations.csv"))) == count
    assert list(read_csv(settings.output / "inbox.csv")) == []


def test_commands_say_what_they_cannot_do(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert inbox(settings, "accept") == 2
    assert inbox(settings, "accept", "no-such-row") == 2
    assert "no-such-row: not in " in capsys.readouterr().err
