"""`topology labels` on the command line, and the page's handbook against the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline.cli.app import run_app
from pipeline.review.judgements import JudgementLog
from pipeline.settings import Settings
from tests.review.review_factory import make_judgement
from tests.review.web_factory import Client, make_citations, make_project

ONE, TWO, THREE, *_ = make_citations()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = make_project(tmp_path, with_pdf=False)
    lines = [
        make_judgement(ONE, "accept", minute=0),
        make_judgement(TWO, "correct", "lead-roadmap-2030", "planned", minute=1),
        make_judgement(THREE, "reject", minute=2),
        make_judgement(ONE, "reject", reviewer="ben", minute=3),
    ]
    JudgementLog(settings.gazetteer / "judgements.jsonl").append(lines)
    return settings


def topology(settings: Settings, *words: str) -> int:
    folders = ["--gazetteer", str(settings.gazetteer)]
    return run_app(
        ["labels", *words, *folders, *([] if words[0] == "agreement" else ["--output", str(settings.output)])]
    )


@pytest.mark.parametrize(
    ("form", "added"),
    [
        ("jsonl", 0),  # names its reviewers, who have said all this
        ("label-studio", 0),  # names them too, and a disputed citation has no label
        ("doccano", 3),  # names nobody: whoever brings it back has said it
    ],
)
def test_labels_out_and_in(
    settings: Settings, form: str, added: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert topology(settings, "export", "--format", form) == 0
    file = tmp_path / "labels"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    for expected in (added, 0):
        code = topology(settings, "import", str(file), "--format", form, "--reviewer", "cho")
        said = capsys.readouterr().err.splitlines()[-1]
        assert (code, said) == (0, f"{expected} judgements added, 0 labels without a citation"), form


def test_a_label_without_a_citation_is_listed(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    topology(settings, "export", "--format", "doccano")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    rows[0]["label"].append([0, 9, "existing"])
    (tmp_path / "labels").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert topology(settings, "import", str(tmp_path / "labels"), "--format", "doccano", "--reviewer", "ana") == 1
    assert "'Ministers' is no citation of the run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["export", "--format", "xml"], "--format xml: no such format; there are jsonl, label-studio, doccano"),
        (["import", "nowhere.jsonl"], "nowhere.jsonl: cannot be read as UTF-8 text"),
    ],
)
def test_wrong_use_is_one_line(
    settings: Settings, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert topology(settings, *words) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines()), said.err.startswith(message)) == ("", 1, True), said.err


def test_agreement_on_the_command_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert topology(settings, "agreement", "--seen") == 0
    out = capsys.readouterr().out
    assert "ana, ben" in out
    assert f"{ONE.id}: accept tin-blueprint-2025 existing, ana" in out


def test_the_handbook_names_every_key_of_the_page(tmp_path: Path) -> None:
    html = Client(make_project(tmp_path)).get(f"/citations/{THREE.id}").text
    on_page = set(re.findall(r'data-key="(.)"', html))
    handbook = Path(__file__).parents[2] / "docs" / "review.md"
    table = handbook.read_text(encoding="utf-8").partition("## Keys")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {key for row in rows for key in re.findall(r"`(.)`", row)} == on_page
