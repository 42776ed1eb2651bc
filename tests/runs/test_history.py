"""What is left of each run: a line in the history, also of one that failed; `topology status` reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import core
from pipeline.cli.app import run_app
from pipeline.runs import history
from pipeline.runs.history import Night, Outcome, append_night, read_nights
from pipeline.runs.workspace import Workspace
from tests.run_factory import CITING, SENTENCES, copy_gazetteer, make_pdf

TITLES = [f"ASEAN Declaration on Stage {number}" for number in range(12)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve PDFs and a gazetteer of its own."""
    monkeypatch.chdir(tmp_path)
    copy_gazetteer(tmp_path / "gazetteer")
    for number, title in enumerate(TITLES):
        make_pdf(tmp_path / "raw_pdfs" / f"stage{number:02d}.pdf", [title, "Adopted on 5 May 2022", *SENTENCES])
    return tmp_path


def tell(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run_app(["status", "--json", *options])
    return code, json.loads(capsys.readouterr().out)


def test_a_week_of_nights(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Good, a new PDF, an alarm, no input, a merge marker, locked, good."""
    pdfs, away = project / "raw_pdfs", project / "away"
    lanes = project / "gazetteer" / "lanes.yaml"
    codes = [run_app(["run", "--workers", "1"])]
    make_pdf(pdfs / "masterplan.pdf", [*CITING, *SENTENCES])
    codes.append(run_app(["run"]))

    away.mkdir()
    for path in sorted(pdfs.glob("stage*"))[:9]:
        path.rename(away / path.name)
    codes.append(run_app(["run"]))
    pdfs.rename(project / "hidden")
    pdfs.mkdir()
    codes.append(run_app(["run"]))
    pdfs.rmdir()
    (project / "hidden").rename(pdfs)
    for path in away.iterdir():
        path.rename(pdfs / path.name)

    good = lanes.read_text()
    lanes.write_text("<<<<<<< HEAD\n" + good)
    capsys.readouterr()
    codes.append(run_app(["run"]))
    assert len(capsys.readouterr().err.splitlines()) == 1
    lanes.write_text(good)
    with Workspace(project / "extracted").locked():
        codes.append(run_app(["run"]))
    codes.append(run_app(["run"]))

    assert codes == [0, 0, 3, 2, 2, 0, 0]
    code, told = tell(capsys, "--max-age", "24")
    assert code == 0
    assert [(night["outcome"], night["exit"], night["run"]) for night in told["runs"]] == [
        ("published", 0, 1),
        ("published", 0, 2),
        ("refused", 3, None),
        ("nothing", 2, None),
        ("misused", 2, None),
        ("busy", 0, None),
        ("unchanged", 0, 3),
    ]
    assert told["runs"][1]["documents"] == {"total": 13, "read": 1, "relinked": 0, "kept": 12, "failed": 0}
    assert told["runs"][2]["alarms"] == ["9 of 13 PDFs are gone: is the input folder whole?"]
    assert "lanes.yaml" in told["runs"][4]["message"]
    assert told["last_good"] == told["runs"][6]
    assert Path(told["refused"], "changes.md").exists()
    assert tell(capsys, "--clear")[1]["refused"] is None


def test_the_last_good_run_is_too_old(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = Workspace(tmp_path / "extracted").state
    for hours, outcome in ((30, Outcome.PUBLISHED), (2, Outcome.FAILED)):
        ended = (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")
        append_night(state, Night(ended, ended, 0, outcome))
    output = ("--output", str(tmp_path / "extracted"))
    assert tell(capsys, *output, "--max-age", "31")[0] == 0
    assert tell(capsys, *output, "--max-age", "29")[0] == 1
    assert tell(capsys, "--output", str(tmp_path / "never"))[0] == 0
    assert tell(capsys, "--output", str(tmp_path / "never"), "--max-age", "29")[0] == 1


def test_a_run_that_was_killed_is_told_by_the_next(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = Workspace(project / "extracted").state
    state.mkdir(parents=True)
    (state / history.RUNNING).write_text('{"started": "2026-11-29T19:30:00+00:00"}')
    told = tell(capsys)[1]
    assert (told["at_work_since"], [night["outcome"] for night in told["runs"]]) == (None, ["interrupted"])
    with Workspace(project / "extracted").locked():
        assert tell(capsys)[1]["at_work_since"] == "2026-11-29T19:30:00+00:00"
    (project / "raw_pdfs" / "stage00.pdf").unlink()
    assert run_app(["run"]) == 0
    assert [night["outcome"] for night in tell(capsys)[1]["runs"]] == ["interrupted", "published"]


def test_an_interrupted_run_and_a_fault_are_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (KeyboardInterrupt(), OSError(28, "No space left on device"), KeyError("a fault")):

        def fail(*given: object, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(core, "cite_all", fail)
        run_app(["run"])
    nights = read_nights(Workspace(project / "extracted").state)
    assert [(night["outcome"], night["exit"]) for night in nights] == [
        ("interrupted", 130),
        ("failed", 3),
        ("failed", 3),
    ]
    assert "No space left" in nights[1]["message"]


def test_only_a_new_issue_counts(project: Path) -> None:
    (project / "raw_pdfs" / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    assert [run_app(["run", "--exit-on", "new"]) for _ in range(2)] == [1, 0]
    assert run_app(["run"]) == 1
    assert run_app(["run", "--exit-on", "never"]) == 2


def test_the_history_is_bounded_and_survives_a_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_NIGHTS", 5)
    for number in range(12):
        append_night(tmp_path, Night(str(number), "", 0, Outcome.PUBLISHED))
    path = tmp_path / history.HISTORY
    path.write_bytes(path.read_bytes()[:-20])
    append_night(tmp_path, Night("12", "", 0, Outcome.PUBLISHED))
    assert [night["started"] for night in read_nights(tmp_path)][-3:] == ["9", "10", "12"]
    assert len(path.read_text().splitlines()) <= 10
