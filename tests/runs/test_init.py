"""A project for another institution, and the installed wheel far from its source."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.cli import project
from pipeline.cli.app import run_app
from pipeline.cli.project import make_project
from pipeline.gazetteer.load import load_gazetteer
from pipeline.runs.scan import InputError
from pipeline.settings import load_settings
from tests.run_factory import ROOT, make_pdf, read_rows


def test_a_new_project_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its gazetteer knows no document, so all that is cited is unlisted, and one added document is found."""
    assert run_app(["init", str(tmp_path / "rivers")]) == 0
    monkeypatch.chdir(tmp_path / "rivers")
    capsys.readouterr()
    assert load_settings().gazetteer == Path("gazetteer")
    assert load_gazetteer(Path("gazetteer")).entries == {}
    assert run_app(["gazetteer", "check"]) == 0
    lines = ["River Basin Plan 2030", "Adopted on 3 May 2022", "It recalls the Charter of the Lower Basin of 1995."]
    make_pdf(Path("raw_pdfs/plan.pdf"), lines)
    assert run_app(["run", "--workers", "1"]) == 0
    cited = [row["target_id"] for row in read_rows(Path("extracted/citations.csv"))]
    assert [target.startswith("unlisted:") for target in cited] == [True]
    assert "ASEAN" not in Path("extracted/topology_map.svg").read_text()


def test_a_project_with_the_shipped_documents(tmp_path: Path) -> None:
    make_project(tmp_path / "mine", with_documents=True)
    assert load_gazetteer(tmp_path / "mine" / "gazetteer").entries == load_gazetteer(ROOT / "gazetteer").entries


def test_the_example_is_made_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here with three specimens; test_the_wheel runs it with all."""
    shipped = tmp_path / "shipped"
    shutil.copytree(ROOT / "gazetteer", shipped / "gazetteer", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "flows.yaml", shipped)
    for name in ("adm2025.pdf", "aim2015.pdf", "SOURCES.csv"):
        (shipped / "raw_pdfs").mkdir(exist_ok=True)
        shutil.copy(ROOT / "raw_pdfs" / name, shipped / "raw_pdfs" / name)
    monkeypatch.setattr(project, "shipped_gazetteer", lambda: shipped / "gazetteer")
    monkeypatch.chdir(tmp_path)
    assert run_app(["demo", "example"]) in (0, 1)
    assert len(read_rows(tmp_path / "example" / "extracted" / "edges.csv")) > 0
    monkeypatch.chdir(tmp_path)
    assert run_app(["demo", "example"]) == 2


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty; name a new folder"):
        make_project(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.slow
def test_the_wheel_works_outside_the_repository(tmp_path: Path) -> None:
    """Built, unpacked somewhere else, and run from a folder that has nothing of the project."""
    source = tmp_path / "source"
    skipped = shutil.ignore_patterns(".*", "build", "extracted", "tests", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=skipped)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path / "dist"),
        str(source),
    ]
    built = subprocess.run(pip, check=False, capture_output=True, text=True)
    if "No matching distribution found for setuptools" in built.stderr:
        pytest.skip("the network is off: pip cannot get what builds a wheel")
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    away = tmp_path / "away"
    away.mkdir()
    main = "import pipeline; assert 'installed' in pipeline.__file__; from pipeline.cli.app import main; main()"

    def call(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        environment = {"PYTHONPATH": str(tmp_path / "installed"), "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-c", main, *arguments]
        return subprocess.run(
            command, cwd=away, env=environment, input=given, capture_output=True, text=True, check=False
        )

    cited = call("cite", given="It recalls the AEC Blueprint 2025.")
    assert [each["target_id"] for each in json.loads(cited.stdout)] == ["aec-blueprint-2025"], cited.stderr
    assert call("init", "rivers").returncode == 0
    make_pdf(away / "rivers" / "raw_pdfs" / "plan.pdf", ["River Plan 2030", "Adopted on 3 May 2022", "It is new."])
    done = call("run", "--input", "rivers/raw_pdfs", "--gazetteer", "rivers/gazetteer", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert (away / "extracted" / "topology_map.html").is_file()
    example = call("demo")
    assert example.returncode in (0, 1), example.stderr
    assert len(read_rows(away / "topology-demo" / "extracted" / "edges.csv")) > 1000
