"""What a run costs: nothing new, one new PDF, one new alias, four times the corpus, two workers. Ratios of one machine.

`make bench`, or: python -m pytest tests/benchmarks/bench_run.py -n 0 -s -o python_files='bench_*.py'
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.knowledge.edit import add_aliases
from pipeline.records import Alias, AliasKind
from tests.run_factory import copy_gazetteer, make_corpus

# Invented corpora; eight pages a document, as in the issue.
DOCUMENTS = 200
SMALL, LARGE = 100, 400


class Cost(NamedTuple):
    """Seconds of the wall clock, of the processors, and the most memory of one process in MB."""

    wall: float
    cpu: float
    memory: float


def measure(folder: Path, *options: str) -> Cost:
    """One run in a process of its own."""
    main = [sys.executable, "-c", "from pipeline.cli import main; main()", "run"]
    places = ["--input", folder / "pdfs", "--output", folder / "out", "--gazetteer", folder / "gazetteer"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with (folder / "told.txt").open("wb") as told:
        process = subprocess.Popen([*main, *map(str, places), *options], stderr=told)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    assert process.returncode == 0, (folder / "told.txt").read_text()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, usage.ru_maxrss / 1024)


def actions(folder: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((folder / "out" / "run.json").read_text())["documents"]
    return found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cost]:
    """200 documents after their first run."""
    folder = tmp_path_factory.mktemp("corpus")
    make_corpus(folder / "pdfs", DOCUMENTS)
    copy_gazetteer(folder / "gazetteer")
    return folder, measure(folder)


def test_nothing_new(corpus: tuple[Path, Cost]) -> None:
    folder, first = corpus
    again = measure(folder)
    print(f"\nfirst run {first.wall:.1f} s, nothing new {again.wall:.2f} s ({again.wall / first.wall:.1%})")
    assert actions(folder) == {"total": DOCUMENTS, "read": 0, "relinked": 0, "kept": DOCUMENTS, "failed": 0}
    assert again.wall < 2.0
    assert again.wall < 0.1 * first.wall


def test_one_new_pdf(corpus: tuple[Path, Cost]) -> None:
    folder, first = corpus
    make_corpus(folder / "pdfs", 1, first=DOCUMENTS)
    again = measure(folder)
    print(f"\none new PDF {again.wall:.1f} s, of {first.wall:.1f} s")
    assert actions(folder) == {"total": DOCUMENTS + 1, "read": 1, "relinked": 0, "kept": DOCUMENTS, "failed": 0}


def test_one_new_alias(corpus: tuple[Path, Cost]) -> None:
    folder, first = corpus
    add_aliases(folder / "gazetteer", [Alias("Rule of the Invented River", "atiga-2009", AliasKind.VARIANT)])
    again = measure(folder)
    print(f"\none new alias {again.wall:.1f} s, of {first.wall:.1f} s")
    assert (actions(folder)["read"], actions(folder)["kept"]) == (0, 0)
    assert again.wall < 15.0


def test_four_times_the_corpus(tmp_path: Path) -> None:
    costs = {}
    for count in (SMALL, LARGE):
        folder = tmp_path / str(count)
        make_corpus(folder / "pdfs", count)
        copy_gazetteer(folder / "gazetteer")
        costs[count] = measure(folder, "--workers", "1")
    times = {count: cost.cpu / count for count, cost in costs.items()}
    print(f"\nper document {times[SMALL]:.3f} s at {SMALL}, {times[LARGE]:.3f} s at {LARGE} (processor)")
    print(f"memory {costs[SMALL].memory:.0f} MB at {SMALL}, {costs[LARGE].memory:.0f} MB at {LARGE}")
    assert times[LARGE] < 1.2 * times[SMALL]
    assert costs[LARGE].memory < 1.3 * costs[SMALL].memory


def test_two_workers(corpus: tuple[Path, Cost], tmp_path: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one core")
    costs = []
    for workers in ("1", "2"):
        folder = tmp_path / workers
        shutil.copytree(corpus[0] / "pdfs", folder / "pdfs")
        copy_gazetteer(folder / "gazetteer")
        measure(folder, "--workers", workers)
        costs.append(json.loads((folder / "out" / "run.json").read_text())["seconds"]["cite"])
    print(f"\nreading and citing: one worker {costs[0]:.1f} s, two {costs[1]:.1f} s ({costs[0] / costs[1]:.2f} times)")
    assert costs[0] > 1.7 * costs[1]
