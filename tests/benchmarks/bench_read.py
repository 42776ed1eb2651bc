"""How fast the reader is, as ratios in one run; how much memory it takes; and planted titles over more seeds.

The machine is shared: times are CPU seconds of a process of its own, the least of several tries in turn.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.read import close_worker, read_guarded
from pipeline.records import ReadLimits
from tests.read.pdf_makers import by_canvas, hostile
from tests.read.test_read_titles import KINDS, PRINTED, kept_share

TREATY = Path(__file__).parents[2].parent / "shared" / "corpus" / "pdf" / "rcep-2020.pdf"
PAGES = 510
STEP = 10  # pdfplumber reads every tenth page
TRIES = 3

READER = """
from pathlib import Path
from pipeline.read import read_pdf
from pipeline.records import ReadLimits
assert len(read_pdf(Path({path!r}), ReadLimits(), "off").pages) == {pages}
"""
PLUMBER = """
import pdfplumber
with pdfplumber.open({path!r}) as pdf:
    for page in pdf.pages[{start}::{step}]:
        page.extract_text()
        page.close()
"""
IMPORT = "import pdfplumber"

needs_treaty = pytest.mark.skipif(not TREATY.is_file(), reason="../shared/corpus/pdf/rcep-2020.pdf is not here")


def cpu_seconds(code: str) -> float:
    """CPU time of a Python process, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_mb(code: str) -> float:
    """The most memory that a Python process held."""
    report = "\nfrom pipeline.children import peak_memory_mb\nprint(peak_memory_mb())"
    run = subprocess.run([sys.executable, "-c", code + report], check=True, capture_output=True, text=True)
    return float(run.stdout)


@needs_treaty
def test_pages_per_second_against_pdfplumber() -> None:
    path = str(TREATY)
    ours = min(cpu_seconds(READER.format(path=path, pages=PAGES)) for _ in range(TRIES))
    start = min(cpu_seconds(IMPORT) for _ in range(TRIES))
    sample = min(cpu_seconds(PLUMBER.format(path=path, start=0, step=STEP)) for _ in range(TRIES))
    theirs = start + (sample - start) * STEP
    print(f"\n{ours / PAGES * 1000:.2f} ms a page against {theirs / PAGES * 1000:.1f}: {theirs / ours:.1f} times")
    assert theirs / ours >= 15


def test_two_workers_against_one(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.pdf" for number in range(16)]
    for number, file in enumerate(files):
        file.write_bytes(by_canvas.table(number, by_canvas.TableStyle("none"), rows=400).pdf)

    def read_all(workers: int) -> float:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda file: read_guarded(file, ReadLimits(), "off"), files[:workers]))  # start them
            began = time.perf_counter()
            list(pool.map(lambda file: read_guarded(file, ReadLimits(), "off"), files))
            return time.perf_counter() - began

    one, two = min(read_all(1) for _ in range(TRIES)), min(read_all(2) for _ in range(TRIES))
    print(f"\n16 files: {one:.2f} s with one worker, {two:.2f} s with two: {one / two:.2f} times")
    assert one / two >= 1.8


def test_memory_is_flat(tmp_path: Path) -> None:
    peaks = {}
    page = (
        b"BT /F1 9 Tf "
        + b"".join(b"1 0 0 1 50 %d Tm (%s) Tj " % (780 - n * 14, b"word " * 14) for n in range(50))
        + b"ET"
    )
    for pages in (70, 700):
        file = tmp_path / f"{pages}.pdf"
        file.write_bytes(hostile.many_pages(pages, page))
        peaks[pages] = peak_mb(READER.format(path=str(file), pages=pages))
    print(f"\n70 pages: {peaks[70]:.0f} MB, 700 pages: {peaks[700]:.0f} MB")
    assert peaks[700] < 300
    # What is read stays: text, lines and boxes, 45 KB for a page of 4,000 letters; nothing else grows.
    assert peaks[700] - peaks[70] < 0.08 * 630


@needs_treaty
def test_memory_of_a_treaty() -> None:
    peak = peak_mb(READER.format(path=str(TREATY), pages=PAGES))
    print(f"\n{PAGES} pages: {peak:.0f} MB")
    assert peak < 300


@pytest.mark.parametrize("kind", [*KINDS, *(f"printed {kind}" for kind in PRINTED)])
def test_planted_titles(kind: str, tmp_path: Path) -> None:
    if kind in KINDS:
        planted = [make(seed) for seed in range(100, 104) for make in KINDS[kind]]
    else:
        print_one = PRINTED[kind.removeprefix("printed ")]
        planted = [print_one(seed, tmp_path) for seed in range(100, 104)]
    count, torn = kept_share(planted, tmp_path)
    print(f"\n{kind}: {1 - len(torn) / count:.4f} of {count}")
    assert len(torn) <= 0.03 * count, torn[:5]


@pytest.fixture(autouse=True)
def _end_worker() -> object:
    yield
    close_worker()
