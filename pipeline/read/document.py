"""One PDF -> `Reading`: the reader top to bottom. Never raises for a bad PDF; what went wrong is an `Issue`."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.read import engine
from pipeline.read.carryover import Columns, last_columns
from pipeline.read.draft import DraftPage, make_page, repair_page
from pipeline.read.folder import check_file, file_sha256
from pipeline.read.hyphens import collect_words
from pipeline.read.joining import join_words
from pipeline.read.layout import find_note_line, lay_out
from pipeline.read.margins import mark_margins
from pipeline.read.mending import Mender
from pipeline.read.ocr_needs import tell_missing
from pipeline.read.overleaf import join_cells
from pipeline.read.quality import judge_sheet
from pipeline.read.zones import assign_zones
from pipeline.records import Issue, Legibility, Quality, Reading, Severity
from pipeline.settings import ReadLimits

# Verdicts that OCR may better: there is something to see that is no text.
_FOR_OCR = (Legibility.IMAGE_ONLY, Legibility.MOJIBAKE, Legibility.SPARSE, Legibility.NO_TEXT)
# Mean confidence of OCR: below the first nothing was read, below the second a person should look.
_LEGIBLE = 0.4
_SURE = 0.75
# A count of pages may be a lie: after so many in a row that are not there, no more are asked for, and of those that are
# not read no more are listed one by one. The longest document at hand has 1,400 pages.
_MOST_UNLOADED = 500
_MOST_LISTED = 20_000
# Of the time limit; the rest is for what takes the whole document.
_LAST_PAGE = 0.85


_DAMAGED = Issue(
    "",
    "read",
    Severity.WARNING,
    "its table of objects is damaged: pages or text may be missing",
    "fetch it again, or repair it (`qpdf`), and compare the pages",
)


def read_pdf(
    path: Path,
    limits: ReadLimits,
    ocr: str = "auto",
    passwords: tuple[str, ...] = (),
    *,
    kept: Path | None = None,
    skipped: Mapping[int, str] = MappingProxyType({}),
    on_page: Callable[[int], None] = lambda number: None,
) -> Reading:
    """Read one PDF in this process; `read_guarded` does the same at a safe distance.

    `ocr` is off, auto (pages whose text layer gives nothing) or force; its results are kept in the folder `kept`.
    `skipped` pages are not read, for the reason given; `on_page` hears each page's number before it is read.
    """
    refusal = check_file(path, limits)
    if refusal is not None:
        return Reading(str(path), "", issues=(refusal,))
    sha256 = file_sha256(path)
    try:
        with _collector_resting(), engine.open_pdf(path, passwords) as document:
            metadata = engine.read_metadata(document)
            reader = _PageReader(document, limits, ocr, kept, skipped)
            if not engine.has_sound_table(document):
                reader.issues.append(_DAMAGED)
            drafts = list(reader.read_pages(on_page))
    except engine.PdfError as error:
        return Reading(str(path), sha256, issues=(_issue(f"cannot be read: {error}", error.remedy),))
    pages = tuple(make_page(draft) for draft in finish_pages(drafts))
    issues = [*reader.issues]
    if pages and all(not page.text for page in pages) and not issues:
        issues.append(_issue("has no text on any page", "check that it is the right file"))
    return Reading(str(path), sha256, pages, tuple(issues), metadata)


def finish_pages(drafts: list[DraftPage]) -> list[DraftPage]:
    """What takes the whole document: running headers, its own words, text that goes on over page breaks."""
    pages = assign_zones(mark_margins(drafts))
    words = collect_words(pages)
    mender = Mender(words)
    return [repair_page(page, mender) for page in join_words(join_cells(pages), words)]


class _PageReader:
    """Reads page after page, and says of each page that could not be read why, and what helps."""

    def __init__(
        self, document: Any, limits: ReadLimits, ocr: str, kept: Path | None, skipped: Mapping[int, str]
    ) -> None:
        self.document = document
        self.limits = limits
        self.ocr = ocr
        self.kept = kept
        self.skipped = skipped
        self.issues: list[Issue] = []
        self.started = time.monotonic()
        self.ocr_seconds = 0.0
        self.unloaded = 0  # pages in a row
        self.carried: Columns = ()  # of a table that ends the page before

    def read_pages(self, on_page: Callable[[int], None]) -> Iterator[DraftPage]:
        """Every page of the document; those beyond a limit as failed."""
        count = engine.page_count(self.document)
        if count == 0:
            encrypted = engine.is_encrypted(self.document)
            self._tell("has no pages", "give its password with --password-file" if encrypted else "replace the file")
        for number in range(1, count + 1):
            reason, remedy = self._reason_to_stop(number)
            if reason:
                self._tell(f"pages {number}-{count} not read: {reason}", remedy)
                yield from (_failed(later, reason) for later in range(number, min(count, _MOST_LISTED) + 1))
                return
            on_page(number)
            yield self._read_page(number)

    def _reason_to_stop(self, number: int) -> tuple[str, str]:
        """Why no more pages are read, and what helps; empty where they are."""
        if self.unloaded == _MOST_UNLOADED:
            return f"{_MOST_UNLOADED} pages in a row cannot be loaded", "repair the PDF, or replace it"
        remedy = "raise the limit under `read`, or split it"
        if number > self.limits.pages:
            return f"more than {self.limits.pages} pages", remedy
        elapsed = time.monotonic() - self.started - self.ocr_seconds
        late = elapsed > _LAST_PAGE * self.limits.seconds
        return (f"more than {self.limits.seconds:.0f} seconds", remedy) if late else ("", "")

    def _read_page(self, number: int) -> DraftPage:
        if number in self.skipped:
            self._tell(f"page {number} {self.skipped[number]}", "look at the page; print the file anew to PDF")
            return _failed(number, self.skipped[number])
        try:
            sheet = engine.read_sheet(self.document, number, self.limits.objects)
        except engine.PdfError as error:
            self._tell(f"page {number}: {error}", error.remedy)
            self.unloaded += 1
            return _failed(number, str(error))
        self.unloaded = 0
        quality = judge_sheet(sheet)
        if self.ocr == "force" or quality.legibility in _FOR_OCR:
            sheet, quality = self._read_picture(sheet, quality)
        blocks = lay_out(sheet, self.carried)
        self.carried = last_columns(blocks)
        return DraftPage(number, sheet.width, sheet.height, blocks, quality, find_note_line(sheet))

    def _read_picture(self, sheet: engine.Sheet, quality: Quality) -> tuple[engine.Sheet, Quality]:
        """The page by OCR where that is wanted, possible and better; an issue where its text stays unread."""
        from pipeline.read.ocr import OcrError

        remedy = "look at the page: OCR finds no text that it is sure of"
        if self.ocr == "off":
            missing = tell_missing()
            remedy = "read it with OCR: --ocr auto" + (f"; it needs {missing}" if missing else "")
        elif self.ocr_seconds > self.limits.ocr_seconds:
            remedy = "raise the limit `ocr_seconds` under `read`: it was used up by the pages before"
        else:
            try:
                recognised, confidence = self._recognise(sheet.number)
            except OcrError as error:
                remedy = str(error)
            else:
                if confidence >= _LEGIBLE and _characters(recognised, Quality()) > _characters(sheet, quality):
                    self._doubt(sheet.number, confidence)
                    return recognised, Quality(Legibility.OCR, confidence, "read by OCR")
        if quality.legibility is not Legibility.OK:
            self._tell(f"page {sheet.number}: {quality.note}", remedy)
        return sheet, quality

    def _recognise(self, number: int) -> tuple[engine.Sheet, float]:
        from pipeline.read.ocr import recognise_page

        began = time.monotonic()
        with engine.open_page(self.document, number) as page:
            recognition = recognise_page(page, number, self.limits.image_pixels, self.kept)
        self.ocr_seconds += time.monotonic() - began
        return recognition.sheet, recognition.confidence

    def _doubt(self, number: int, confidence: float) -> None:
        if confidence < _SURE:
            message = f"page {number} was read by OCR with low confidence ({confidence:.2f})"
            self.issues.append(Issue("", "read", Severity.WARNING, message, "compare its citations with the page"))

    def _tell(self, message: str, remedy: str) -> None:
        self.issues.append(_issue(message, remedy))


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Python's collector of cycles off: words and lines refer to nothing, and it would count them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _characters(sheet: engine.Sheet, quality: Quality) -> int:
    """How much text there is; a text layer that is no language counts for nothing."""
    if quality.legibility is Legibility.MOJIBAKE:
        return 0
    return sum(len(word.text) for word in sheet.words)


def _failed(number: int, reason: str) -> DraftPage:
    return DraftPage(number, 0.0, 0.0, (), Quality(Legibility.FAILED, note=reason))


def _issue(message: str, remedy: str) -> Issue:
    return Issue("", "read", Severity.ERROR, message, remedy)
