"""Runs that are killed, meet each other, or meet a full or spoilt disk: the last good outputs stay."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.core import run
from pipeline.runs.workspace import BusyError, Workspace
from tests.run_factory import ROOT, SENTENCES, make_folder, make_pdf, make_settings, published_bytes

# Files that tell of the run itself, or of the one before.
OWN = ("run.json", "changes.csv", "changes.md", "report.html")
KILLS = 20


def command(folder: Path, *options: str) -> list[str]:
    main = ["-c", "from pipeline.cli.app import main; main()", "run"]
    places = ["--input", folder / "pdfs", "--output", folder / "out", "--gazetteer", ROOT / "gazetteer"]
    return [sys.executable, *main, *map(str, places), "--workers", "2", *options]


def grow(folder: Path, number: int) -> None:
    lines = [f"ASEAN Declaration on Stage {number}", "Adopted on 5 May 2022", *SENTENCES]
    make_pdf(folder / "pdfs" / f"stage{number:02d}.pdf", lines)


@pytest.mark.slow
def test_twenty_kills_at_random_moments(tmp_path: Path) -> None:
    """The folder grows; each kill leaves what the last finished run had published, byte for byte."""
    dice = random.Random(20261124)
    make_folder(tmp_path / "pdfs")
    begun = time.monotonic()
    subprocess.run(command(tmp_path), capture_output=True, check=True)
    usual = time.monotonic() - begun
    good = published_bytes(tmp_path / "out", ())
    for number in range(KILLS):
        grow(tmp_path, number)
        process = subprocess.Popen(command(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.1, 1.0) * usual)
        process.send_signal(signal.SIGKILL)
        process.wait()
        left = published_bytes(tmp_path / "out", ())
        if left != good:  # the kill came too late: the run had published all of it
            assert len(left["run.json"]) > len(good["run.json"])
            good = left
    subprocess.run(command(tmp_path), capture_output=True, check=True)
    fresh = tmp_path / "fresh"
    shutil.copytree(tmp_path / "pdfs", fresh / "pdfs")
    subprocess.run(command(fresh), capture_output=True, check=True)
    assert published_bytes(tmp_path / "out", OWN) == published_bytes(fresh / "out", OWN)


@pytest.fixture
def done(tmp_path: Path) -> Path:
    make_folder(tmp_path / "pdfs")
    run(make_settings(tmp_path))
    return tmp_path


# The moments at which publishing is cut off, by the step of the workspace that fails.
STEPS = ["begin_draft", "publish", "_exchange", "_keep_old", "_clear_remains"]


def run_twice(folder: Path) -> None:
    for _ in range(2):
        run(make_settings(folder))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("times", [0, 1])
def test_cut_off_while_publishing(done: Path, monkeypatch: pytest.MonkeyPatch, step: str, times: int) -> None:
    """A run that dies in a step of publishing leaves the old outputs or the new ones, and the next run ends."""
    old = published_bytes(done / "out", OWN)
    grow(done, 1)
    original = getattr(Workspace, step)
    calls: list[int] = []

    def die(self: Workspace, *arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) > times:
            raise KeyboardInterrupt
        return original(self, *arguments, **named)

    monkeypatch.setattr(Workspace, step, die)
    with pytest.raises(KeyboardInterrupt):
        run_twice(done)
    monkeypatch.undo()
    left = published_bytes(done / "out", OWN)
    run(make_settings(done))
    new = published_bytes(done / "out", OWN)
    assert left in (old, new)
    assert b"stage-1" in new["edges.csv"]


def test_two_runs_at_once_the_second_leaves_with_one_line(done: Path) -> None:
    with Workspace(done / "out").locked(), pytest.raises(BusyError) as caught:
        run(make_settings(done))
    assert str(caught.value) == f"{done / 'out'}: another run is at work here; wait for it, or use --wait SECONDS"


def test_the_second_waits_if_it_is_told_to(done: Path) -> None:
    with Workspace(done / "out").locked():
        process = subprocess.Popen(command(done, "--wait", "60"), stderr=subprocess.PIPE)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
    assert process.wait(60) == 0
    assert process.stderr is not None
    process.stderr.close()


@pytest.mark.parametrize("content", [b"", b"not a record at all", None], ids=["empty", "rubbish", "cut off"])
def test_an_unreadable_record_of_the_last_run_costs_nothing(done: Path, content: bytes | None) -> None:
    made = done / ".topology" / "out" / "made" / "1.json"
    made.write_bytes(made.read_bytes()[:300] if content is None else content)
    before = published_bytes(done / "out", OWN)
    result = run(make_settings(done))
    assert result.documents == {"total": 3, "read": 0, "relinked": 0, "kept": 3, "failed": 0}
    assert published_bytes(done / "out", OWN) == before


def test_spoilt_results_are_made_again(done: Path) -> None:
    before = published_bytes(done / "out", OWN)
    for kind in ("documents", "readings"):
        for path in (done / ".topology" / "out" / kind).glob("??/*"):
            path.write_bytes(path.read_bytes()[:50])
    grow(done, 1)
    run(make_settings(done))
    (done / "pdfs" / "stage01.pdf").unlink()
    run(make_settings(done))
    assert published_bytes(done / "out", OWN) == before


def test_a_full_disk_leaves_the_last_outputs(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import store

    before = published_bytes(done / "out", ())
    grow(done, 1)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        run(make_settings(done))
    monkeypatch.undo()
    assert published_bytes(done / "out", ()) == before
    assert run(make_settings(done)).documents["total"] == 4


def test_old_runs_are_dropped_but_for_the_last(done: Path) -> None:
    for number in range(4):
        grow(done, number)
        run(make_settings(done, keep=2))
    assert sorted(path.name for path in (done / ".topology" / "out" / "runs").iterdir()) == [
        "4"
    ]  # the fifth is published
    # What no kept run needs is gone: 3 + 4 files are known; the stages were linked anew when the fourth came.
    kinds = {kind: len(list((done / ".topology" / "out" / kind).glob("??/*"))) for kind in ("readings", "documents")}
    assert kinds == {"readings": 7, "documents": 10}


def test_results_that_no_run_needs_are_forgotten(done: Path) -> None:
    (done / "pdfs" / "rivers.pdf").unlink()
    run(make_settings(done, keep=1))
    for kind in ("documents", "readings"):
        assert len(list((done / ".topology" / "out" / kind).glob("??/*"))) == 2
