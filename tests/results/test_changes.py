"""What differs between two runs, each difference with its cause; and when a run is not published at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli.app import run_app
from pipeline.core import run
from pipeline.gazetteer.edit import add_aliases, add_document
from pipeline.records import Alias, AliasKind, Judgement, Verdict
from pipeline.review.judgements import JudgementLog, with_id
from pipeline.runs.alarms import AlarmError
from pipeline.settings import RunOptions
from pipeline.store import write_csv
from tests.run_factory import (
    SENTENCES,
    copy_gazetteer,
    make_folder,
    make_pdf,
    make_settings,
    published_bytes,
    read_rows,
)

RIVERS = "unlisted:asean-agreement-on-rivers-2022"
LAKES = {
    "id": "lakes-2021",
    "title": "ASEAN Framework Agreement on Lakes",
    "short_title": "Lakes Agreement",
    "kind": "agreement",
    "lane": "middle",
    "issued": "2023-05-03",
    "standing": "adopted",
    "digital": "no",
    "in_chapter": "false",
    "confidence": "low",
    "source": "invented",
}
PROMISE = "ASEAN will develop an ASEAN Framework Agreement on Lakes by 2025."


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one finished run and a gazetteer of its own."""
    folder = tmp_path_factory.mktemp("changes")
    make_folder(folder / "pdfs")
    make_pdf(folder / "pdfs" / "promise.pdf", ["ASEAN Declaration on Water", "Adopted on 2 May 2022", PROMISE])
    run(make_settings(folder, gazetteer=copy_gazetteer(folder / "gazetteer")))
    return folder


@pytest.fixture
def again(done: Path, tmp_path: Path) -> Path:
    """The same, to be changed by a test."""
    return Path(shutil.copytree(done, tmp_path / "again", symlinks=True))


def run_again(folder: Path, **options: bool) -> list[dict[str, str]]:
    """Run, and the changes that it tells."""
    run(make_settings(folder, gazetteer=folder / "gazetteer"), RunOptions(**options))
    return read_rows(folder / "out" / "changes.csv")


def told(changes: list[dict[str, str]], level: str) -> set[tuple[str, ...]]:
    columns = ("change", "source_id", "target_id", "cause", "detail")
    return {tuple(change[column] for column in columns) for change in changes if change["level"] == level}


def page(folder: Path) -> str:
    return (folder / "out" / "changes.md").read_text(encoding="utf-8")


def test_the_first_run_has_nothing_to_compare_with(done: Path) -> None:
    assert read_rows(done / "out" / "changes.csv") == []
    assert page(done).startswith("# First run")


def test_nothing_new_changes_nothing(again: Path) -> None:
    assert run_again(again) == []
    assert page(again) == "# Changes since run 1\n\nNothing changed.\n"


def test_a_new_document(again: Path) -> None:
    make_pdf(again / "pdfs" / "new.pdf", ["ASEAN Declaration on Fog", "Adopted on 5 May 2023", SENTENCES[2]])
    changes = run_again(again)
    assert told(changes, "edge") == {
        ("gained", "unlisted:asean-declaration-on-fog-2023", "mpac-2025", "new document", "new.pdf")
    }
    assert [change["change"] for change in changes if change["level"] == "citation"] == ["gained"]
    assert "## Because of: new document\n\n### new.pdf\n" in page(again)


def test_a_removed_document(again: Path) -> None:
    (again / "pdfs" / "rivers.pdf").unlink()
    edges = told(run_again(again), "edge")
    assert {each[0] for each in edges} == {"lost"}
    assert {each[1:2] + each[3:] for each in edges} == {(RIVERS, "removed document", "rivers.pdf")}


def test_a_replaced_document(again: Path) -> None:
    make_pdf(again / "pdfs" / "rivers.pdf", ["ASEAN Agreement on Rivers", "Adopted on 3 May 2022", SENTENCES[2]])
    assert told(run_again(again), "edge") == {
        ("lost", RIVERS, "aim2020", "replaced document", "rivers.pdf"),
        ("lost", RIVERS, "aec-blueprint-2025", "replaced document", "rivers.pdf"),
    }


def test_a_new_alias_is_named_as_the_cause(again: Path) -> None:
    make_pdf(
        again / "pdfs" / "odd.pdf",
        [
            "ASEAN Declaration on Oddities",
            "Adopted on 5 May 2023",
            "It is guided by the Lakeside Understanding on Tin.",
        ],
    )
    run_again(again)
    add_aliases(again / "gazetteer", [Alias("Lakeside Understanding on Tin", "atiga-2009", AliasKind.VARIANT)])
    edges = told(run_again(again), "edge")
    odd = "unlisted:asean-declaration-on-oddities-2023"
    cause = ("gazetteer", "aliases.csv: Lakeside Understanding on Tin added")
    assert ("gained", odd, "atiga-2009", *cause) in edges


def test_a_promise_is_delivered(again: Path) -> None:
    """Orange stays orange at the date of the promise; that it has been kept is told, with the row that says so."""
    before = {row["surface"]: row for row in read_rows(again / "out" / "citations.csv")}
    promised = before["ASEAN Framework Agreement on Lakes"]
    assert (promised["status"], promised["status_today"]) == ("planned", "planned")
    add_document(again / "gazetteer", LAKES)
    changes = run_again(again)
    after = {row["citation_id"]: row for row in read_rows(again / "out" / "citations.csv")}[promised["citation_id"]]
    assert (after["target_id"], after["status"], after["status_today"]) == ("lakes-2021", "planned", "existing")
    delivered = [change for change in changes if change["change"] == "delivered"]
    assert [(each["citation_id"], each["target_id"], each["cause"], each["detail"]) for each in delivered] == [
        (promised["citation_id"], "lakes-2021", "gazetteer", "documents.csv: lakes-2021 added")
    ]
    assert "promise delivered" in page(again)


def test_orange_turns_blue_when_the_document_turns_out_to_be_older(again: Path) -> None:
    add_document(again / "gazetteer", LAKES)
    run_again(again)
    path = again / "gazetteer" / "documents.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2023-05-03", "2021-05-03"), encoding="utf-8")
    changes = run_again(again)
    water = "unlisted:asean-declaration-on-water-2022"
    cause = ("gazetteer", "documents.csv: lakes-2021 changed")
    assert told(changes, "edge") == {("flipped", water, "lakes-2021", *cause)}
    assert {(each["old_status"], each["new_status"]) for each in changes if each["level"] == "edge"} == {
        ("planned", "existing")
    }


def test_a_judgement_is_the_cause(again: Path) -> None:
    row = next(each for each in read_rows(again / "out" / "citations.csv") if each["target_id"] == "mpac-2025")
    judgement = Judgement("", row["citation_id"], Verdict.REJECT, None, None, "ana", "2026-11-24T10:00:00+00:00")
    JudgementLog(again / "gazetteer" / "judgements.jsonl").append([with_id(judgement)])
    assert told(run_again(again), "edge") == {
        ("lost", row["source_id"], "mpac-2025", "judgement", "rejected by ana"),
    }


def test_the_text(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same PDF, read otherwise: here a reader that loses the last line of the statement."""
    from dataclasses import replace

    from pipeline.runs import citing

    read = citing.read_guarded

    def lose_a_line(path: Path, *rest: object, **named: object) -> object:
        reading = read(path, *rest, **named)  # type: ignore[arg-type]
        if path.name != "statement.pdf":
            return reading
        pages = tuple(
            replace(page, text=page.text.replace(SENTENCES[1], " " * (len(SENTENCES[1]) - 9))) for page in reading.pages
        )
        return replace(reading, pages=pages)

    monkeypatch.setattr(citing, "read_guarded", lose_a_line)
    changes = told(run_again(again, full=True), "edge")
    assert {(each[0], each[2], *each[3:]) for each in changes} == {
        ("lost", "defa", "text", "statement.pdf is read otherwise now")
    }


def test_the_rules(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.runs import citing, plan, versions

    cite = citing.cite_pages

    def forget_defa(*arguments: object) -> object:
        citations, misses = cite(*arguments)  # type: ignore[arg-type]
        return tuple(each for each in citations if each.target_id != "defa"), misses

    monkeypatch.setattr(citing, "cite_pages", forget_defa)
    for module in (plan, versions):
        monkeypatch.setattr(module, "rules_version", lambda: "other rules")
    causes = {each[0:1] + each[2:4] for each in told(run_again(again), "edge")}
    assert causes == {("lost", "defa", "rules")}


def test_what_a_pdf_says_is_inert_on_the_page(again: Path) -> None:
    from pipeline.changes import Change, format_changes

    surface = "<script>alert(1)</script> [x](javascript:1) | `c`"
    change = Change("citation", "gained", "a", "b", "", "", "existing", "rules", "r", "c-1", 1, surface)
    text = format_changes([change], "Changes")
    assert "<script" not in text.replace("\\<script", "")
    assert "\\[x\\](javascript:1) \\| \\`c\\`" in text


# What is done to the folder, and the alarm that must keep the run from being published.


def lose_the_text(folder: Path) -> str:
    for path in (folder / "pdfs").glob("*.pdf"):
        make_pdf(path, [""])
    return "12 of 12 PDFs give less than half"


def lose_the_names(folder: Path) -> str:
    path = folder / "gazetteer" / "documents.csv"
    text = path.read_text(encoding="utf-8").replace("AEC Blueprint 2025", "Something Else 2025")
    path.write_text(
        text.replace("ASEAN Economic Community Blueprint 2025", "Something Else Again 2025"), encoding="utf-8"
    )
    aliases = folder / "gazetteer" / "aliases.csv"
    kept = [
        line for line in aliases.read_text(encoding="utf-8").split("\n") if not line.startswith("aec-blueprint-2025,")
    ]
    aliases.write_text("\n".join(kept), encoding="utf-8")
    return "aec-blueprint-2025 is cited by 0 documents"


def lose_the_folder(folder: Path) -> str:
    for path in sorted((folder / "pdfs").glob("many*.pdf"))[:9]:
        path.unlink()
    return "9 of 12 PDFs are gone"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve declarations that all cite the AEC Blueprint 2025."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(12):
        lines = [f"ASEAN Declaration on Matter {number:02d}", "Adopted on 5 May 2022", SENTENCES[0], SENTENCES[2]]
        make_pdf(folder / "pdfs" / f"many{number:02d}.pdf", lines)
    run(make_settings(folder, gazetteer=copy_gazetteer(folder / "gazetteer")))
    return folder


@pytest.mark.parametrize("lose", [lose_the_text, lose_the_names, lose_the_folder])
def test_a_sudden_drop_is_not_published(many: Path, tmp_path: Path, lose: Callable[[Path], str]) -> None:
    folder = Path(shutil.copytree(many, tmp_path / "many", symlinks=True))
    before = published_bytes(folder / "out", ())
    alarm = lose(folder)
    with pytest.raises(AlarmError, match=alarm):
        run_again(folder)
    assert published_bytes(folder / "out", ()) == before
    assert (folder / ".topology" / "out" / "refused" / "changes.md").exists()
    run_again(folder, accept_drop=True)
    assert published_bytes(folder / "out", ()) != before
    assert not (folder / ".topology" / "out" / "refused").exists()


def test_an_entry_for_a_name_that_many_cite_is_no_alarm(tmp_path: Path) -> None:
    for number in range(8):
        lines = [
            f"ASEAN Declaration on Matter {number:02d}",
            "Adopted on 5 May 2024",
            f"It recalls the {LAKES['title']}.",
        ]
        make_pdf(tmp_path / "pdfs" / f"many{number:02d}.pdf", lines)
    run(make_settings(tmp_path, gazetteer=copy_gazetteer(tmp_path / "gazetteer")))
    add_document(tmp_path / "gazetteer", LAKES)
    edges = told(run_again(tmp_path), "edge")
    assert len([each for each in edges if each[0] == "gained" and each[2] == "lakes-2021"]) == 8


def test_one_bad_pdf_is_no_alarm(many: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(many, tmp_path / "many", symlinks=True))
    (folder / "pdfs" / "many00.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "pdfs" / "many01.pdf").unlink()
    causes = {each[3:] for each in told(run_again(folder), "edge")}
    assert causes == {("replaced document", "many00.pdf"), ("removed document", "many01.pdf")}


# What a run of an older version lacks, and what the next run says of it; None: all is compared as ever.


def without_columns(name: str, *columns: str) -> Callable[[Path], None]:
    def age(run_folder: Path) -> None:
        rows = read_rows(run_folder / name)
        names = [column for column in rows[0] if column not in columns]
        (run_folder / name).unlink()
        write_csv(run_folder / name, names, [[row[column] for column in names] for row in rows])

    return age


def record_without(*keys: str) -> Callable[[Path], None]:
    def age(run_folder: Path) -> None:
        found = json.loads((run_folder / "run.json").read_text())
        for key in keys:
            found.pop(key, None)
            for each in found.get("inputs", ()):
                each.pop(key, None)
        (run_folder / "run.json").unlink()
        (run_folder / "run.json").write_text(json.dumps(found))

    return age


AGED = [
    (record_without("pages", "characters"), None),
    (record_without("versions", "counts", "seconds"), None),
    (without_columns("citations.csv", "status_today", "review_state", "reviewer", "reviewed_at"), None),
    (record_without("sha256"), "run.json: lacks `sha256`"),
    (record_without("inputs"), "run.json: lacks `inputs`"),
    (without_columns("citations.csv", "surface"), "citations.csv: lacks `surface`"),
    (without_columns("edges.csv", "status"), "edges.csv: lacks `status`"),
]


@pytest.mark.parametrize(("age", "lacking"), AGED, ids=range(len(AGED)))
def test_a_run_of_an_older_version(
    again: Path, age: Callable[[Path], None], lacking: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its outputs are compared as far as they go; where they cannot be, the next run says so and is published."""
    age(again / "out")
    (again / "pdfs" / "rivers.pdf").unlink()
    changes = run_again(again)
    if lacking is None:
        assert {(each["change"], each["cause"]) for each in changes} == {("lost", "removed document")}
        return
    assert changes == []
    assert page(again).startswith("# Nothing to compare with: ")
    assert f"{lacking}: written by an older version, or spoilt; compare with a newer run" in page(again)
    assert run_app(["changes", "--against", "1", "--output", str(again / "out")]) == 2
    (line,) = capsys.readouterr().err.strip().split("\n")
    assert lacking in line
