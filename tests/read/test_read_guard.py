"""A PDF may crash the reader, hang it or fill its memory; it costs that file alone, and says so."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fpdf import FPDF

from pipeline.read import close_worker, find_documents, guard, read_guarded, read_pdf
from pipeline.read.guard import Answer
from pipeline.records import Legibility, Reading, ReadLimits
from tests.read.pdf_makers import by_canvas, by_fpdf, hostile
from tests.read.pdf_makers.by_canvas import TableStyle

LIMITS = ReadLimits()
HOSTILE = {
    **dict(hostile.damaged()),
    **dict(hostile.endless()),
    **dict(hostile.odd()),
    **{name: pdf for name, pdf in hostile.inflated() if name not in ("stream-of-spaces", "paths-300000")},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_read_or_listed(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.pdf"
    file.write_bytes(HOSTILE[name])
    reading = read_guarded(file, LIMITS, "off")
    assert any(page.text for page in reading.pages) or reading.issues, name
    assert all(issue.message and issue.remedy for issue in reading.issues)
    assert "Traceback" not in repr(reading.issues)


def test_the_file_after_a_crash_is_read(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.pdf"
    bad.write_bytes(dict(hostile.endless())["form-cycle"])
    good.write_bytes(hostile.one_page())
    assert read_guarded(bad, LIMITS, "off").issues
    assert "ASEAN Framework Agreement" in read_guarded(good, LIMITS, "off").pages[0].text


def test_memory_limit_costs_the_page(tmp_path: Path) -> None:
    file = tmp_path / "bomb.pdf"
    file.write_bytes(hostile.one_page(b" " * 200_000_000, deflated=True))
    reading = read_guarded(file, replace(LIMITS, memory_mb=200), "off")
    assert [page.quality.legibility for page in reading.pages] == [Legibility.FAILED]
    assert "memory" in reading.issues[0].message


def test_a_hang_ends(tmp_path: Path) -> None:
    file = tmp_path / "slow.pdf"
    file.write_bytes(dict(hostile.endless())["forms-doubling"])
    began = time.monotonic()
    reading = read_guarded(file, replace(LIMITS, page_seconds=0.3), "off")
    assert reading.issues
    assert time.monotonic() - began < 10


def test_pages_beyond_the_limit_are_failed_pages(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    file.write_bytes(hostile.many_pages(5))
    reading = read_guarded(file, replace(LIMITS, pages=3), "off")
    assert [page.quality.legibility for page in reading.pages] == [Legibility.OK] * 3 + [Legibility.FAILED] * 2
    assert [issue.message for issue in reading.issues] == ["pages 4-5 not read: more than 3 pages"]


def test_a_false_count_of_pages_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "count.pdf"
    file.write_bytes(hostile.false_count(1_000_000))
    reading = read_guarded(file, LIMITS, "off")
    assert len(reading.pages) == 20_000
    assert len(reading.issues) <= 502
    assert reading.issues[-1].message == "pages 502-1000000 not read: 500 pages in a row cannot be loaded"


def test_guarded_and_unguarded_readings_are_equal(tmp_path: Path) -> None:
    file = tmp_path / "plain.pdf"
    file.write_bytes(hostile.many_pages(4))
    assert read_guarded(file, LIMITS, "off") == read_pdf(file, LIMITS, "off")


def test_threads_read_side_by_side(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.pdf" for number in range(6)]
    for number, file in enumerate(files, 1):
        file.write_bytes(hostile.many_pages(number))
    with ThreadPoolExecutor(3) as pool:
        readings = list(pool.map(lambda file: read_guarded(file, LIMITS, "off"), files))
    assert [len(reading.pages) for reading in readings] == [1, 2, 3, 4, 5, 6]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_leaves_its_parents_worker_alone(tmp_path: Path) -> None:
    file = tmp_path / "plain.pdf"
    file.write_bytes(hostile.one_page())
    read_guarded(file, LIMITS, "off")
    child = os.fork()
    if child == 0:
        os._exit(0 if read_guarded(file, LIMITS, "off").pages else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert read_guarded(file, LIMITS, "off").pages


def test_a_large_parent_makes_no_worker_tired(tmp_path: Path) -> None:
    """What this process holds is not what its worker held."""
    file = tmp_path / "plain.pdf"
    file.write_bytes(hostile.one_page())
    held = bytearray(b"x") * 200_000_000
    close_worker()
    read_guarded(file, replace(LIMITS, memory_mb=300), "off")
    assert not guard._own.worker.tired
    assert len(held) == 200_000_000
    close_worker()


def test_a_tired_worker_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "plain.pdf"
    file.write_bytes(hostile.one_page())
    close_worker()
    read_guarded(file, replace(LIMITS, memory_mb=120), "off")
    first = guard._own.worker.process.pid
    guard._own.worker.tired = True
    read_guarded(file, LIMITS, "off")
    assert guard._own.worker.process.pid != first


def test_mutants_are_read_or_listed(tmp_path: Path) -> None:
    """Bounded fuzzing: each mutant is read, or its reason is given; none costs a worker more than its page."""
    file = tmp_path / "mutant.pdf"
    for base, count in ((b"", 150), (by_canvas.table(1, TableStyle(), rows=9).pdf, 100), (by_fpdf.columns(1).pdf, 60)):
        for name, pdf in hostile.mutants(count, seed=20261124, sound=base):
            file.write_bytes(pdf)
            reading = read_guarded(file, LIMITS, "off")
            assert any(page.text for page in reading.pages) or reading.issues, name
            assert "makes the reader" not in repr(reading.issues), name


@pytest.mark.parametrize("name", [name for name, _ in hostile.bytes_lost()])
def test_a_file_that_lost_bytes_is_no_whole_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "lossy.pdf"
    file.write_bytes(dict(hostile.bytes_lost())[name])
    messages = [issue.message for issue in read_guarded(file, LIMITS, "off").issues]
    assert "its table of objects is damaged: pages or text may be missing" in messages


MEASURE = """
import resource, sys
from pathlib import Path
from pipeline.read import close_worker, read_guarded
from pipeline.records import ReadLimits
for file in sorted(Path(sys.argv[1]).iterdir()):
    reading = read_guarded(file, ReadLimits(), "off")
    assert reading.issues or any(page.text for page in reading.pages), file
close_worker()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_inflated_files_stay_under_a_gigabyte(tmp_path: Path) -> None:
    """Bombs, 5,000 pages, 300,000 paths, pictures of 60,000 pixels a side: the worker never holds more."""
    for name, pdf in hostile.inflated():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
    run = subprocess.run([sys.executable, "-c", MEASURE, str(tmp_path)], check=True, capture_output=True, text=True)
    print(f"\nat most {run.stdout.strip()} MB")
    assert int(run.stdout) < 1000


@pytest.mark.parametrize(("passwords", "is_read"), [((), False), (("wrong",), False), (("wrong", "open"), True)])
def test_encrypted_files(passwords: tuple[str, ...], is_read: bool, tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.cell(text="ASEAN Digital Masterplan 2025")
    pdf.set_encryption(owner_password="owner", user_password="open")
    file = tmp_path / "locked.pdf"
    file.write_bytes(bytes(pdf.output()))
    reading = read_guarded(file, LIMITS, "off", passwords)
    assert bool(reading.pages) is is_read
    assert is_read or "encrypted" in reading.issues[0].message


@pytest.mark.parametrize("content", [b"", None])
def test_what_is_no_file_is_not_opened(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    if content is None:
        os.mkfifo(file)
    else:
        file.write_bytes(content)
    reading = read_guarded(file, LIMITS)
    assert (reading.pages, len(reading.issues)) == ((), 1)


def test_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out.pdf"
    (folder / "sub").mkdir(parents=True)
    outside.write_bytes(b"x")
    for name in ("b.pdf", "A.PDF", "sub/c.Pdf", "odd ‘name’ \n.pdf", "note.txt"):
        (folder / name).write_bytes(b"x")
    (folder / "link.pdf").symlink_to(outside)
    (folder / "broken.pdf").symlink_to(folder / "nothing.pdf")
    (folder / "inside.pdf").symlink_to(folder / "b.pdf")
    os.mkfifo(folder / "pipe.pdf")
    found, issues = find_documents(folder)
    assert [path.relative_to(folder).as_posix() for path in found] == [
        "A.PDF", "b.pdf", "inside.pdf", "odd ‘name’ \n.pdf", "sub/c.Pdf",
    ]  # fmt: skip
    assert [issue.message for issue in issues] == [
        "broken.pdf is a link that leads nowhere",
        "link.pdf is a link out of the input folder",
        "pipe.pdf is not a regular file",
    ]


def test_answers_carry_the_reading() -> None:
    reading = Reading("x.pdf", "0" * 64)
    assert Answer(reading, 10).reading is reading
