"""What a run costs: nothing new, one new PDF, one new alias, four times the corpus, two workers. Ratios of one machine.

Seconds of a busy machine say nothing of the program. So each figure is given twice: as the clock had it, and as it
would be on two idle cores, from the processor seconds that the run itself and its workers used (`quiet`). A floor is
kept if either keeps it.

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

from pipeline.gazetteer.edit import add_aliases
from pipeline.records import Alias, AliasKind
from tests.run_factory import copy_gazetteer, make_corpus

# Invented corpora; eight pages a document, as in the issue.
DOCUMENTS = 200
SMALL, LARGE = 100, 400
CORES = min(2, len(os.sched_getaffinity(0)))


class Cost(NamedTuple):
    """Seconds of the clock, of the processors, those on two idle cores, and the most memory of one process in MB."""

    wall: float
    cpu: float
    quiet: float
    memory: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s (quiet {self.quiet:.1f} s, load {os.getloadavg()[0]:.1f})"


def measure(folder: Path, *options: str) -> Cost:
    """One run in a process of its own."""
    main = [sys.executable, "-c", "from pipeline.cli.app import main; main()", "run"]
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
    return Cost(wall, cpu, quiet_seconds(folder, cpu), usage.ru_maxrss / 1024)


def quiet_seconds(folder: Path, cpu: float) -> float:
    """What the run itself does one after the other; what workers do, and the files for other tools, side by side."""
    used = json.loads((folder / "out" / "run.json").read_text())["processor_seconds"]
    workers: float = sum(part["workers"] for part in used.values())
    return cpu - workers + workers / CORES


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
    print(f"\nfirst run {first}, nothing new {again} ({again.quiet / first.quiet:.1%})")
    assert actions(folder) == {"total": DOCUMENTS, "read": 0, "relinked": 0, "kept": DOCUMENTS, "failed": 0}
    assert min(again.wall, again.quiet) < 2.0
    assert again.quiet < 0.1 * first.quiet


def test_one_new_pdf(corpus: tuple[Path, Cost]) -> None:
    folder, first = corpus
    make_corpus(folder / "pdfs", 1, first=DOCUMENTS)
    again = measure(folder)
    print(f"\none new PDF {again}, of {first}")
    assert actions(folder) == {"total": DOCUMENTS + 1, "read": 1, "relinked": 0, "kept": DOCUMENTS, "failed": 0}


def test_one_new_alias(corpus: tuple[Path, Cost]) -> None:
    folder, first = corpus
    add_aliases(folder / "gazetteer", [Alias("Rule of the Invented River", "atiga-2009", AliasKind.VARIANT)])
    again = measure(folder)
    print(f"\none new alias {again}, of {first}")
    assert (actions(folder)["read"], actions(folder)["kept"]) == (0, 0)
    assert min(again.wall, again.quiet) < 15.0


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
    """Reading and citing alone; the rest of a run is done by one process."""
    if CORES < 2:
        pytest.skip("one core")
    records = []
    for workers in ("1", "2"):
        folder = tmp_path / workers
        shutil.copytree(corpus[0] / "pdfs", folder / "pdfs")
        copy_gazetteer(folder / "gazetteer")
        measure(folder, "--workers", workers)
        records.append(json.loads((folder / "out" / "run.json").read_text()))
    one, two = (each["seconds"]["cite"] for each in records)
    used = [each["processor_seconds"]["cite"] for each in records]
    alone = used[0]["own"] + used[0]["workers"]  # its reader works while it waits
    quiet = used[1]["own"] + used[1]["workers"] / CORES
    print(f"\nreading and citing: one worker {one:.1f} s, two {two:.1f} s ({one / two:.2f} times)")
    print(f"on idle cores {alone:.1f} s and {quiet:.1f} s ({alone / quiet:.2f} times), load {os.getloadavg()[0]:.1f}")
    assert max(one / two, alone / quiet) > 1.7
