"""The output folder: plain files, published in one step or file by file, owned by the project's owner."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.core import run
from pipeline.runs import workspace
from pipeline.runs.workspace import MARKER, Workspace, find_run
from tests.run_factory import SENTENCES, make_folder, make_pdf, make_settings, published_bytes, read_rows

# Files that tell of the run itself, or of the one before.
OWN = ("run.json", "changes.csv", "changes.md", "report.html")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one finished run."""
    folder = tmp_path_factory.mktemp("done")
    make_folder(folder / "pdfs")
    run(make_settings(folder))
    return folder


@pytest.fixture
def again(done: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(done, tmp_path / "again", symlinks=True))


def grow(folder: Path) -> None:
    make_pdf(folder / "pdfs" / "new.pdf", ["ASEAN Declaration on Growth", "Adopted on 5 May 2022", *SENTENCES])


def zipped(folder: Path) -> Path:
    packed = shutil.make_archive(str(folder.parent / "packed"), "zip", folder)
    shutil.unpack_archive(packed, folder.parent / "unpacked")
    return folder.parent / "unpacked"


def moved(folder: Path) -> Path:
    return folder.rename(folder.parent / "moved")


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(folder, folder.parent / "copied"))


def test_the_output_is_plain_files(done: Path) -> None:
    assert [path for path in done.rglob("*") if path.is_symlink()] == []
    assert {path.name for path in (done / "out").iterdir() if path.name.startswith(".")} <= {".gazetteer"}


@pytest.mark.parametrize("carry", [zipped, moved, copied])
def test_a_project_that_was_carried_elsewhere_runs_on(again: Path, carry: Callable[[Path], Path]) -> None:
    before = published_bytes(again / "out", OWN)
    there = carry(again)
    result = run(make_settings(there))
    assert (result.number, result.documents["kept"], result.is_unchanged) == (2, 3, True)
    assert published_bytes(there / "out", OWN) == before


def test_the_state_may_be_missing(again: Path) -> None:
    shutil.rmtree(again / ".topology")
    grow(again)
    result = run(make_settings(again))
    assert (result.number, result.documents["read"]) == (2, 4)
    assert "new.pdf" in (again / "out" / "changes.md").read_text()


@pytest.mark.parametrize("in_one_step", [True, False])
def test_what_others_put_there_stays(again: Path, monkeypatch: pytest.MonkeyPatch, in_one_step: bool) -> None:
    if not in_one_step:
        monkeypatch.setattr(workspace, "_swap", lambda one, other: False)
    (again / "out" / "notes.txt").write_text("mine")
    (again / "out" / "more").mkdir()
    grow(again)
    assert run(make_settings(again)).number == 2
    assert (again / "out" / "notes.txt").read_text() == "mine"
    assert (again / "out" / "more").is_dir()
    assert not (again / "out" / MARKER).exists()
    assert read_rows(find_run(again / "out", "1") / "edges.csv") != read_rows(again / "out" / "edges.csv")


def test_publishing_file_by_file_is_told_while_it_lasts_and_ended_by_the_next_run(
    again: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off at each file in turn."""
    monkeypatch.setattr(workspace, "_swap", lambda one, other: False)
    old = published_bytes(again / "out", OWN)
    grow(again)
    replace, left = workspace._replace, 0

    def cut(path: Path, place: Path) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        replace(path, place)

    run(make_settings(again, output=again / "fresh"))
    new = published_bytes(again / "fresh", OWN)
    for left in (0, 1, 9, len(workspace.own_names(again / "fresh")) - 1):
        there = Path(shutil.copytree(again, again.parent / f"cut{left}"))
        monkeypatch.setattr(workspace, "_replace", cut)
        steps = left
        with pytest.raises(KeyboardInterrupt):
            run(make_settings(there))
        assert (there / "out" / MARKER).read_text() == "2\n"
        if steps == 0:
            assert published_bytes(there / "out", (*OWN, MARKER)) == old
        monkeypatch.setattr(workspace, "_replace", replace)
        run(make_settings(there))
        assert published_bytes(there / "out", OWN) == new
        assert not (there / "out" / MARKER).exists()


def test_nothing_can_be_made_beside_the_output(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mount of its own, say: the state lies in it."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: access(path, mode) and Path(path).name != "elsewhere")
    (again / "elsewhere").mkdir()
    settings = make_settings(again, output=again / "elsewhere" / "out")
    run(settings)
    grow(again)
    assert run(settings).documents["kept"] == 3
    assert (again / "elsewhere" / "out" / ".topology" / "made" / "2.json").exists()


def test_an_output_of_links_becomes_files(again: Path) -> None:
    """As earlier versions left it."""
    before = published_bytes(again / "out", OWN)
    state = again / "out" / ".topology"
    (again / "out").rename(again / "old")
    (again / "out").mkdir()
    (again / ".topology" / "out").rename(state)
    (again / "old").rename(state / "runs" / "1")
    (state / "current").symlink_to("runs/1")
    for path in (state / "runs" / "1").glob("[!.]*"):
        (again / "out" / path.name).symlink_to(f".topology/current/{path.name}")
    assert find_run(again / "out", None) == again / "out"
    assert run(make_settings(again)).documents["kept"] == 3
    assert [path for path in again.rglob("*") if path.is_symlink()] == []
    assert published_bytes(again / "out", OWN) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_run_by_root_leaves_the_project_to_its_owner(again: Path) -> None:
    for path in (again, *again.rglob("*")):
        os.chown(path, 12345, 12345)
    grow(again)
    run(make_settings(again))
    found = [path for top in (again / "out", again / ".topology") for path in (top, *top.rglob("*"))]
    assert [path for path in found if path.stat().st_uid == 0] == []


def test_the_number_goes_on(again: Path) -> None:
    assert Workspace(again / "out").run_numbers() == (1,)
    run(make_settings(again))
    assert Workspace(again / "out").run_numbers() == (1, 2)
