"""A run from folder to outputs: complete, the same each time, and doing only what is new."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.contract import CITATIONS, EDGES, ISSUES, NEAR_MISSES, NODES, PROMISES
from pipeline.core import run
from pipeline.gazetteer.edit import add_aliases, add_document
from pipeline.records import Alias, AliasKind
from pipeline.runs.alarms import AlarmError
from pipeline.runs.workspace import Workspace
from pipeline.settings import RunOptions
from tests.run_factory import (
    FOREIGN,
    ROOT,
    copy_gazetteer,
    make_folder,
    make_pdf,
    make_settings,
    published_bytes,
    put_foreign_program,
    read_rows,
)

# Files that tell of the run itself, or of the one before.
OWN = ("run.json", "changes.csv", "changes.md", "report.html")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one finished run."""
    folder = tmp_path_factory.mktemp("done")
    make_folder(folder / "pdfs")
    run(make_settings(folder))
    return folder


@pytest.fixture
def again(done: Path, tmp_path: Path) -> Path:
    """The same, to be changed by a test."""
    return Path(shutil.copytree(done, tmp_path / "again", symlinks=True))


def record(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "run.json").read_text())
    return found


def actions(folder: Path) -> dict[str, str]:
    return {each["file"]: each["action"] for each in record(folder)["inputs"]}


def lines(folder: Path) -> set[tuple[str, str, str]]:
    return {(row["source"], row["target"], row["status"]) for row in read_rows(folder / "out" / "edges.csv")}


@pytest.mark.parametrize(
    "table", [CITATIONS, EDGES, NODES, NEAR_MISSES, PROMISES, ISSUES], ids=lambda table: table.name
)
def test_every_table_has_the_columns_of_the_contract(done: Path, table: Any) -> None:
    head = (done / "out" / f"{table.name}.csv").read_text(encoding="utf-8").split("\n")[0]
    assert head == ",".join(table.names)
    if table.parquet:
        from pyarrow import parquet

        assert parquet.read_schema(done / "out" / f"{table.name}.parquet").names == list(table.names)


def test_the_lines_of_a_small_folder(done: Path) -> None:
    found = lines(done)
    assert {
        ("adm2025", "aim2020", "existing"),
        ("adm2025", "aec-blueprint-2025", "existing"),
        ("adm2025", "defa", "planned"),
        ("adm2025", "mpac-2025", "existing"),
    } <= found
    assert {target for source, target, _ in found if source == "unlisted:asean-agreement-on-rivers-2022"} == {
        "aim2020",
        "aec-blueprint-2025",
        "mpac-2025",
    }


def test_run_json_tells_what_was_done(done: Path) -> None:
    told = record(done)
    assert told["documents"] == {"total": 3, "read": 3, "relinked": 0, "kept": 0, "failed": 0}
    assert [(each["file"], each["source_id"], each["action"]) for each in told["inputs"]] == [
        ("adm2025.pdf", "adm2025", "read"),
        ("rivers.pdf", "unlisted:asean-agreement-on-rivers-2022", "read"),
        ("statement.pdf", told["inputs"][2]["source_id"], "read"),
    ]
    assert set(told["versions"]) == {"code", "gazetteer", "reader", "rules"}
    assert set(told["counts"]) >= {"documents", "pages", "citations", "issues"}


def test_every_published_table_is_in_the_dictionary(done: Path) -> None:
    dictionary = (done / "out" / "DATA_DICTIONARY.md").read_text()
    missing = [path.name for path in (done / "out").glob("*.csv") if path.name not in dictionary]
    assert missing == []


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_bytes_in_another_folder(done: Path, tmp_path: Path, workers: int) -> None:
    shutil.copytree(done / "pdfs", tmp_path / "pdfs")
    run(make_settings(tmp_path, workers=workers))
    first, second = published_bytes(done / "out", ("run.json",)), published_bytes(tmp_path / "out", ("run.json",))
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_nothing_new_keeps_everything(again: Path) -> None:
    before = published_bytes(again / "out", OWN)
    run(make_settings(again))
    assert set(actions(again).values()) == {"kept"}
    assert published_bytes(again / "out", OWN) == before


def test_a_new_pdf_touches_itself(again: Path) -> None:
    make_pdf(
        again / "pdfs" / "new.pdf", ["ASEAN Declaration on Lakes", "Adopted on 5 May 2023", "It recalls the DEFA."]
    )
    run(make_settings(again))
    assert actions(again) == {"adm2025.pdf": "kept", "new.pdf": "read", "rivers.pdf": "kept", "statement.pdf": "kept"}


def test_a_removed_pdf_leaves_cleanly(again: Path) -> None:
    (again / "pdfs" / "rivers.pdf").unlink()
    run(make_settings(again))
    assert list(actions(again)) == ["adm2025.pdf", "statement.pdf"]
    assert not any("rivers" in source for source, _, _ in lines(again))


def test_a_replaced_pdf_leaves_nothing_of_the_old(again: Path, tmp_path: Path) -> None:
    make_pdf(
        again / "pdfs" / "rivers.pdf",
        ["ASEAN Agreement on Rivers", "Adopted on 3 May 2022", "It recalls the APSC Blueprint."],
    )
    run(make_settings(again))
    assert actions(again)["rivers.pdf"] == "read"
    fresh = tmp_path / "fresh"
    shutil.copytree(again / "pdfs", fresh / "pdfs")
    run(make_settings(fresh))
    assert published_bytes(again / "out", OWN) == published_bytes(fresh / "out", OWN)


def test_a_renamed_pdf_is_not_read_again(again: Path) -> None:
    (again / "pdfs" / "rivers.pdf").rename(again / "pdfs" / "streams.pdf")
    run(make_settings(again))
    assert actions(again)["streams.pdf"] == "relinked"


def test_a_new_alias_relinks_and_reads_nothing(again: Path) -> None:
    gazetteer = copy_gazetteer(again / "gazetteer")
    run(make_settings(again, gazetteer=gazetteer))
    add_aliases(gazetteer, [Alias("Rivers Agreement of the Region", "adm2025", AliasKind.VARIANT)])
    run(make_settings(again, gazetteer=gazetteer))
    assert set(actions(again).values()) == {"relinked"}


def test_a_remark_in_the_gazetteer_relinks_nothing(again: Path) -> None:
    gazetteer = copy_gazetteer(again / "gazetteer")
    run(make_settings(again, gazetteer=gazetteer))
    path = gazetteer / "documents.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",high,", ",low,"), encoding="utf-8")
    run(make_settings(again, gazetteer=gazetteer))
    assert set(actions(again).values()) == {"kept"}


def test_an_unlisted_source_gets_its_entry(again: Path) -> None:
    gazetteer = copy_gazetteer(again / "gazetteer")
    run(make_settings(again, gazetteer=gazetteer))
    row = {"id": "rivers-2022", "title": "ASEAN Agreement on Rivers", "short_title": "Rivers Agreement"}
    row |= {"kind": "agreement", "lane": "none", "issued": "2022-05-03", "standing": "adopted", "digital": "no"}
    add_document(gazetteer, row | {"in_chapter": "false", "confidence": "low", "source": "invented"})
    run(make_settings(again, gazetteer=gazetteer))
    assert actions(again)["rivers.pdf"] == "relinked"
    assert {source for source, _, _ in lines(again)} >= {"rivers-2022", "adm2025"}


def test_full_reads_everything_again(again: Path) -> None:
    before = published_bytes(again / "out", OWN)
    run(make_settings(again), RunOptions(full=True))
    assert set(actions(again).values()) == {"read"}
    assert published_bytes(again / "out", OWN) == before


def test_other_reading_limits_read_again(again: Path) -> None:
    run(make_settings(again, ocr="off"))
    assert set(actions(again).values()) == {"read"}


def test_an_earlier_day_changes_only_today(again: Path) -> None:
    from pipeline.names.dates import PartialDate

    run(make_settings(again, as_of=PartialDate(2010)))
    assert set(actions(again).values()) == {"kept"}
    today = {row["target_id"]: row["status_today"] for row in read_rows(again / "out" / "citations.csv")}
    assert today["aec-blueprint-2025"] == "planned"


def test_two_files_of_one_document_are_said(again: Path) -> None:
    shutil.copy(again / "pdfs" / "adm2025.pdf", again / "pdfs" / "copy.pdf")
    result = run(make_settings(again))
    assert record(again)["documents"]["total"] == 4
    assert any("copy.pdf is the same file as adm2025.pdf" in line for line in result.issues)
    assert result.exit_code == 1


def test_an_unreadable_pdf_costs_itself_alone(again: Path) -> None:
    (again / "pdfs" / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    (again / "pdfs" / "empty.pdf").write_bytes(b"")
    result = run(make_settings(again))
    assert actions(again)["broken.pdf"] == actions(again)["empty.pdf"] == "failed"
    assert record(again)["documents"] == {"total": 5, "read": 0, "relinked": 0, "kept": 3, "failed": 2}
    assert {row["file"] for row in read_rows(again / "out" / "issues.csv")} >= {"broken.pdf", "empty.pdf"}
    assert result.exit_code == 1
    run(make_settings(again))
    assert actions(again)["broken.pdf"] == actions(again)["empty.pdf"] == "failed"


def test_a_pdf_that_changes_under_the_run_is_tried_again(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scanned as one file, read as another: nothing of it is kept under the wrong hash."""
    from pipeline.runs import citing

    read = citing.read_guarded

    def replace_first(path: Path, *rest: Any, **named: Any) -> Any:
        make_pdf(path, ["ASEAN Agreement on Ponds", "Adopted on 3 May 2022", "It recalls the APSC Blueprint."])
        return read(path, *rest, **named)

    make_pdf(again / "pdfs" / "ponds.pdf", ["half a file"])
    monkeypatch.setattr(citing, "read_guarded", replace_first)
    result = run(make_settings(again))
    assert actions(again)["ponds.pdf"] == "failed"
    assert result.issues == (
        "ponds.pdf: was changed or taken away while the run was at work; run again when it is complete",
    )
    monkeypatch.undo()
    assert run(make_settings(again)).issues == ()
    assert actions(again)["ponds.pdf"] == "read"


def test_only_unreadable_pdfs_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "pdfs" / "broken.pdf").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(AlarmError, match=r"alarm: none of the 1 PDFs could be read\nalarm: broken.pdf: "):
        run(make_settings(tmp_path))
    assert not (tmp_path / "out").exists()
    refused = Workspace(tmp_path / "out").refused
    assert [row["file"] for row in read_rows(refused / "issues.csv")] == ["broken.pdf"]


def test_a_program_fault_costs_the_document_and_is_told(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.runs import citing

    cite = citing.cite_pages

    def fail_on_rivers(source: Any, *rest: Any) -> Any:
        if "rivers" in source.id:
            raise KeyError("no such thing")
        return cite(source, *rest)

    monkeypatch.setattr(citing, "cite_pages", fail_on_rivers)
    result = run(make_settings(again), RunOptions(full=True))
    assert actions(again) == {"adm2025.pdf": "read", "rivers.pdf": "failed", "statement.pdf": "read"}
    assert [line for line in result.issues if "KeyError" in line] != []
    monkeypatch.undo()
    run(make_settings(again))
    assert actions(again) == {"adm2025.pdf": "kept", "rivers.pdf": "relinked", "statement.pdf": "kept"}


def test_a_foreign_program_in_the_current_folder_is_never_imported(tmp_path: Path) -> None:
    make_folder(tmp_path / "raw_pdfs")
    put_foreign_program(tmp_path)
    main = [sys.executable, "-P", "-c", "from pipeline.cli.app import main; main()"]
    command = [*main, "run", "--workers", "2", "--gazetteer", str(ROOT / "gazetteer")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "extracted" / "exports").is_dir()
    assert not (tmp_path / FOREIGN).exists()


def test_a_worker_of_another_version_keeps_nothing(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a Dask worker may be: what it finds must not be taken for ours."""
    from pipeline.runs import citing

    kept = again / ".topology" / "out"
    before = {path for kind in ("readings", "sources", "documents") for path in (kept / kind).glob("??/*")}
    monkeypatch.setattr(citing, "stage_versions", lambda settings: ("old", "old"))
    with pytest.raises(AlarmError, match="a worker has another version of the program"):
        run(make_settings(again), RunOptions(full=True))
    assert {path for kind in ("readings", "sources", "documents") for path in (kept / kind).glob("??/*")} <= before


def test_a_row_of_the_sources_is_the_cause_of_what_it_changes(again: Path) -> None:
    sources = again / "pdfs" / "SOURCES.csv"
    sources.write_text("file,document_id\nstatement.pdf,unlisted:statement-of-ministers\n")
    run(make_settings(again))
    causes = {(row["cause"], row["detail"]) for row in read_rows(again / "out" / "changes.csv")}
    assert causes == {("SOURCES.csv", "the row of statement.pdf")}


def test_changed_outputs_are_written_again(again: Path) -> None:
    before = published_bytes(again / "out", OWN)
    edges = (again / "out" / "edges.csv").resolve()
    edges.unlink()
    edges.write_text("spoilt")
    run(make_settings(again))
    assert published_bytes(again / "out", OWN) == before


def test_the_outputs_may_be_deleted(again: Path) -> None:
    before = published_bytes(again / "out", OWN)
    shutil.rmtree(again / "out")
    run(make_settings(again))
    assert published_bytes(again / "out", OWN) == before


@pytest.mark.slow
@pytest.mark.parametrize("other", ["windows-no-resource", "macos-setrlimit", "no-symlinks"])
def test_other_systems_as_far_as_they_can_be_played(tmp_path: Path, other: str) -> None:
    played = ROOT.parent / "shared" / "robustness" / "found" / f"simulate-{other}-sitecustomize.py"
    if not played.exists():
        pytest.skip(f"{played} is not here")
    make_folder(tmp_path / "raw_pdfs")
    (tmp_path / "site").mkdir()
    shutil.copy(played, tmp_path / "site" / "sitecustomize.py")
    command = [sys.executable, "-P", "-c", "from pipeline.cli.app import main; main()", "run", "--workers", "2"]
    environment = os.environ | {"PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "extracted" / "run.json").read_text())["documents"]["read"] == 3
