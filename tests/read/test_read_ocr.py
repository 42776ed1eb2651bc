"""Scanned pages: cells and columns found on the picture, marked as OCR with its confidence, kept by content.

Most tests put words of a known PDF in the place of tesseract, so that they hold on every machine; the last ones use
tesseract itself and skip where it is missing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from pipeline.read import ocr, read_pdf
from pipeline.read.pdf import open_pdf
from pipeline.read.sheet import Picture
from pipeline.records import Legibility, Reading, Zone
from pipeline.runs import citing
from pipeline.runs.kept import Causes, Kept
from pipeline.runs.plan import READ, Job, stage_versions
from pipeline.runs.scan import Input
from pipeline.settings import ReadLimits, load_settings
from tests.read.pdf_makers import by_canvas
from tests.read.pdf_makers.by_canvas import TableStyle
from tests.read.pdf_makers.plants import Planted, torn_titles

LIMITS = ReadLimits()
KINDS: dict[str, Callable[[], Planted]] = {
    "prose": lambda: by_canvas.prose(5),
    "columns, line by line": lambda: by_canvas.columns(5, order="lines"),
    "ruled table": lambda: by_canvas.table(5, TableStyle("strokes"), rows=14),
    "table without rules": lambda: by_canvas.table(5, TableStyle("none"), rows=14),
}


def scan(pdf: bytes, folder: Path, dpi: int = 200) -> Path:
    """The same pages as pictures."""
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    target = io.BytesIO()
    pictures[0].save(target, "PDF", resolution=dpi, save_all=True, append_images=pictures[1:])
    file = folder / "scan.pdf"
    file.write_bytes(target.getvalue())
    return file


class KnownWords:
    """In the place of tesseract: the words of the PDF that was scanned, page after page."""

    version = "known"

    def __init__(self, pdf: bytes, folder: Path, confidence: float = 0.9) -> None:
        file = folder / "known.pdf"
        file.write_bytes(pdf)
        with open_pdf(file) as document:
            self.sheets = [document.read_sheet(number, LIMITS.objects) for number in range(1, document.pages + 1)]
        self.confidence = confidence
        self.calls = 0

    def read(self, picture: Picture) -> Iterator[tuple[str, float, tuple[int, ...], float]]:
        """Words with confidence, box in pixels and slope."""
        sheet = self.sheets[self.calls % len(self.sheets)]
        self.calls += 1
        for word in sheet.words:
            yield word.text, self.confidence, tuple(round(side * picture.scale) for side in word[1:5]), 0.0

    def find_turn(self, picture: Picture) -> int:
        """The pages stand upright."""
        return 0


@pytest.mark.parametrize("kind", KINDS)
def test_cells_and_columns_on_a_picture(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = KINDS[kind]()
    known = KnownWords(planted.pdf, tmp_path)
    monkeypatch.setattr(ocr, "_tesseract", lambda: known)
    file, kept = scan(planted.pdf, tmp_path), tmp_path / "kept"
    reading = read_pdf(file, LIMITS, kept=kept)
    assert torn_titles(planted, reading.pages) == []
    assert {(page.quality.legibility, page.quality.confidence) for page in reading.pages} == {(Legibility.OCR, 0.9)}
    assert any(block.zone is Zone.TABLE for page in reading.pages for block in page.blocks) is ("table" in kind)
    assert reading.issues == ()
    pages = len(reading.pages)
    assert (known.calls, len(list(kept.iterdir()))) == (pages, pages)
    assert read_pdf(file, LIMITS, kept=kept) == reading, "the kept results give the same"
    assert known.calls == pages, "and nothing is looked for again"


def test_a_spoilt_result_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = by_canvas.letter_spaced(3, how="tc")
    known = KnownWords(planted.pdf, tmp_path)
    monkeypatch.setattr(ocr, "_tesseract", lambda: known)
    file, kept = scan(planted.pdf, tmp_path), tmp_path / "kept"
    reading = read_pdf(file, LIMITS, kept=kept)
    for result in kept.iterdir():
        result.write_text('[["half')
    assert read_pdf(file, LIMITS, kept=kept) == reading
    assert known.calls == 2 * len(reading.pages)


@pytest.mark.parametrize(("confidence", "message"), [(0.6, "page 1 was read by OCR with low confidence (0.60)")])
def test_low_confidence_is_said(
    confidence: float, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = by_canvas.prose(5)
    known = KnownWords(planted.pdf, tmp_path, confidence)
    monkeypatch.setattr(ocr, "_tesseract", lambda: known)
    assert read_pdf(scan(planted.pdf, tmp_path), LIMITS).issues[0].message == message


def test_a_run_keeps_what_ocr_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def read(path: Path, limits: ReadLimits, how: str, passwords: tuple[str, ...], *, kept: Path | None) -> Reading:
        asked.append(kept)
        return Reading(str(path), "another")  # so that the job ends here

    monkeypatch.setattr(citing, "read_guarded", read)
    reader, rules = stage_versions(load_settings())
    job = Job(Input("x.pdf", tmp_path / "x.pdf", "sha"), READ, Causes("sha", reader, "", "", "", rules))
    citing.identify_job(job, load_settings(), Kept(tmp_path))
    assert asked == [tmp_path / "ocr"]


@pytest.mark.parametrize("kind", KINDS)
def test_tesseract(kind: str, tmp_path: Path) -> None:
    try:
        ocr.find_ocr()
    except ocr.OcrError as error:
        pytest.skip(str(error))
    planted = KINDS[kind]()
    reading = read_pdf(scan(planted.pdf, tmp_path, dpi=300), replace(LIMITS, ocr_seconds=600))
    torn = torn_titles(planted, reading.pages)
    assert {page.quality.legibility for page in reading.pages} == {Legibility.OCR}
    assert min(page.quality.confidence for page in reading.pages) > 0.75
    # Tesseract's boxes jitter and it drops words; where no rules part the rows, two of 14 titles are torn.
    assert len(torn) <= (0.15 if kind == "table without rules" else 0.1) * len(planted.titles), torn
