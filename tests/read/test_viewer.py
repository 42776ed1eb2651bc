"""Pictures of pages: upright as the reader sees them, bounded, and safe from what is in the file."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from reportlab.pdfgen.canvas import Canvas

from pipeline.read import read_pdf, viewer
from pipeline.read.viewer import MOST_PIXELS, PictureError, page_size, render_page
from pipeline.records import ReadLimits

WORDS = [f"Line {number} of the Tin Blueprint 2025 of the smelters" for number in range(12)]


def write_page(path: Path, size: tuple[float, float], *, rotate: int = 0, turn: int = 0) -> None:
    """Twelve lines; `rotate` is the page's own /Rotate, `turn` turns the text itself (degrees)."""
    canvas = Canvas(str(path), pagesize=size)
    canvas.setPageRotation(rotate)
    canvas.translate(size[0] / 2, size[1] / 2)
    canvas.rotate(turn)
    for number, text in enumerate(WORDS):
        canvas.drawString(-150, 120 - 20 * number, text)
    canvas.showPage()
    canvas.save()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_of_the_reader_fit_the_picture(tmp_path: Path, rotate: int, turn: int) -> None:
    path = tmp_path / "page.pdf"
    write_page(path, (595, 842), rotate=rotate, turn=turn)
    (page,) = read_pdf(path, ReadLimits()).pages
    drawn = render_page(path, 1, 2.0)
    assert (drawn.width, drawn.height) == pytest.approx(page.size)
    image = Image.open(io.BytesIO(drawn.png)).convert("L")
    assert image.size == (round(drawn.width * 2), round(drawn.height * 2))
    lines = [line for line in page.lines if "Blueprint" in page.text[line.start : line.end]]
    assert len(lines) == len(WORDS)
    for line in lines:
        box = tuple(int(side * 2) for side in line.bbox)
        assert ImageStat.Stat(image.crop(box)).mean[0] < 245, "there is ink in the box"
    blank = image.copy()
    for line in page.lines:
        left, top, right, bottom = (int(side * 2) for side in line.bbox)
        blank.paste(255, (left - 8, top - 8, right + 8, bottom + 8))
    assert blank.getextrema() == (255, 255), "and none outside"


def test_a_huge_page_gives_a_bounded_picture(tmp_path: Path) -> None:
    write_page(tmp_path / "wall.pdf", (14_000, 14_000))
    drawn = render_page(tmp_path / "wall.pdf", 1, 3.0)
    columns, rows = Image.open(io.BytesIO(drawn.png)).size
    assert columns * rows <= MOST_PIXELS
    assert page_size(tmp_path / "wall.pdf", 1) == (14_000, 14_000)


@pytest.mark.parametrize(
    ("content", "number", "message"),
    [
        (b"", 1, "not a PDF, or damaged beyond PDFium's repair"),
        (b"%PDF-1.7\n%%EOF", 1, "not a PDF, or damaged beyond PDFium's repair"),
        (None, 0, "there are 1 pages"),
        (None, 2, "there are 1 pages"),
        (None, 10**18, "there are 1 pages"),
    ],
)
def test_what_cannot_be_drawn_says_why(tmp_path: Path, content: bytes | None, number: int, message: str) -> None:
    path = tmp_path / "page.pdf"
    write_page(path, (595, 842))
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PictureError) as refused:
        render_page(path, number, 1.0)
    assert str(refused.value).startswith(f"page.pdf, page {number}: {message}")


def test_a_worker_that_hangs_or_dies_costs_one_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.pdf"
    write_page(path, (595, 842))
    assert page_size(path, 1) == pytest.approx((595, 842))
    worker = viewer._idle[0].process.pid
    os.kill(worker, signal.SIGSTOP)
    monkeypatch.setattr(viewer, "SECONDS", 0.3)
    with pytest.raises(PictureError, match="takes longer than"):
        page_size(path, 1)
    monkeypatch.undo()
    assert page_size(path, 1) == pytest.approx((595, 842))
    assert viewer._idle[0].process.pid != worker
    os.kill(viewer._idle[0].process.pid, signal.SIGKILL)
    viewer._idle[0].process.wait()
    assert page_size(path, 1) == pytest.approx((595, 842)), "one that died while nobody asked costs nothing"
