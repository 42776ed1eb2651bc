"""One file -> `Reading`: the reader top to bottom. Never raises for a bad file; what went wrong is an `Issue`."""

from __future__ import annotations

import gc
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.read.folder import check_file, file_sha256
from pipeline.read.layout import find_note_line, lay_out
from pipeline.read.margins import mark_margins
from pipeline.read.ocr import OcrError, Recognition, recognise_page, tell_missing
from pipeline.read.pdf import PDFIUM, PDFPLUMBER, PdfDocument, open_pdf
from pipeline.read.quality import find_broken, find_unread, is_language, judge_sheet, may_show_more
from pipeline.read.repair import Mender, collect_words, join_words, repair_page
from pipeline.read.sections import read_docx, read_html
from pipeline.read.sheet import Box, DamagedError, DraftPage, PdfError, Sheet, holds, make_page
from pipeline.read.split_rows import join_cells
from pipeline.read.zones import assign_zones
from pipeline.records import Issue, Legibility, Quality, Reading, ReadLimits, Severity

_SECTIONED = {".html": read_html, ".htm": read_html, ".docx": read_docx}
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
# The picture on which it is seen whether a page shows more than its words.
_LOOK_DPI = 36.0
_NEAR = 20.0  # points around them
_LEAST_FOUND = 40  # letters by OCR that are worth having beside the text of a page
_LOOK = "look at the page; print the file anew to PDF"


def read_document(path: Path, limits: ReadLimits, *arguments: Any, **named: Any) -> Reading:
    """Read one PDF, HTML or DOCX file in this process, told by the end of its name; the rest is for `read_pdf`."""
    read = _SECTIONED.get(path.suffix.lower())
    if read is None:
        return read_pdf(path, limits, *arguments, **named)
    refusal = check_file(path, limits)
    if refusal is not None:
        return Reading(str(path), "", issues=(refusal,))
    sha256 = file_sha256(path)
    try:
        return Reading(str(path), sha256, *read(path))
    except PdfError as error:
        return Reading(str(path), sha256, issues=(_issue(f"cannot be read: {error}", error.remedy),))


def read_pdf(
    path: Path,
    limits: ReadLimits,
    ocr: str = "auto",
    passwords: tuple[str, ...] = (),
    *,
    kept: Path | None = None,
    skipped: Mapping[int, Sequence[str]] = MappingProxyType({}),
    on_page: Callable[[int], None] = lambda number: None,
    reader: str = "",
) -> Reading:
    """Read one PDF in this process; `read_guarded` does the same at a safe distance.

    `ocr` is off, auto (pages whose text layer gives nothing) or force; its results are kept in the folder `kept`.
    `skipped` says of pages why they were given up, once for each reader that was tried; `on_page` hears each page's
    number before it is read. `reader` names the only reader to use; if it is left out, pdfplumber is tried where PDFium
    fails.
    """
    refusal = check_file(path, limits)
    if refusal is not None:
        return Reading(str(path), "", issues=(refusal,))
    sha256 = file_sha256(path)
    try:
        with _collector_resting(), ExitStack() as opened:
            pages = _PageReader(_Readers(path, passwords, reader, opened), limits, ocr, kept, skipped)
            drafts = list(pages.read_pages(on_page))
    except PdfError as error:
        return Reading(str(path), sha256, issues=(_issue(f"cannot be read: {error}", error.remedy),))
    issues, refusal = pages.issues, pages.readers.refusal
    finished = tuple(make_page(draft) for draft in finish_pages(drafts, issues))
    if all(not page.text for page in finished):
        if refusal is not None:
            return Reading(str(path), sha256, issues=(refusal,))
        if not issues:
            issues.append(_issue("has no text on any page", "check that it is the right file"))
    return Reading(str(path), sha256, finished, tuple(issues), pages.readers.first.metadata)


def finish_pages(drafts: Sequence[DraftPage], issues: list[Issue]) -> Sequence[DraftPage]:
    """What takes the whole document: running headers, its own words, text that goes on over page breaks.

    A step that fails costs that step, not the pages, and is told.
    """
    pages = drafts
    for step, what in (
        (mark_margins, "running headers and footers are not told from the text"),
        (assign_zones, "headings, footnotes and annexes are not told from the text"),
        (_repair_words, "words broken by line ends or page breaks are not joined"),
    ):
        try:
            pages = step(pages)
        except Exception as error:  # whatever it is, the pages are there; nothing is swallowed, it becomes an issue
            place = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"{type(error).__name__}, {Path(place.filename).name}:{place.lineno}"
            issues.append(_issue(f"{what}: a step of the reader failed ({fault})", "report it, with the file"))
    return pages


def _repair_words(pages: Sequence[DraftPage]) -> list[DraftPage]:
    words = collect_words(pages)
    mender = Mender(words)
    return [repair_page(page, mender) for page in join_words(join_cells(pages), words)]


class _Readers:
    """The readers of one file: the second is opened only where the first fails."""

    def __init__(self, path: Path, passwords: tuple[str, ...], reader: str, opened: ExitStack) -> None:
        self.path = path
        self.passwords = passwords
        self.opened = opened
        self.remarks: list[Issue] = []
        self.refusal: Issue | None = None  # of the first reader
        self._second: PdfDocument | None = None
        self.has_second = not reader
        try:
            self.first = opened.enter_context(open_pdf(path, passwords, reader or PDFIUM))
        except DamagedError as error:
            if reader:
                raise
            self.has_second = False
            try:
                self.first = opened.enter_context(open_pdf(path, passwords, PDFPLUMBER))
            except PdfError:
                raise error from None
            self.refusal = _issue(f"cannot be read: {error}", error.remedy)
            self.remarks.append(_second_reader(f"PDFium cannot open it ({error})"))
        self.remarks += self.first.remarks()

    def read_sheet(self, number: int, limits: ReadLimits, tried: Sequence[str]) -> Sheet:
        """One page by the first reader that can; raises PdfError. `tried` says why readers before are not to be."""
        failure = PdfError(tried[0], _LOOK) if tried else None
        reason = f"it {tried[0]}" if tried else ""
        if failure is None:
            try:
                return self.first.read_sheet(number, limits.objects)
            except DamagedError as error:
                failure, reason = error, str(error)
        sheet = self._read_second(number, limits) if self.has_second and len(tried) < 2 else None
        if sheet is None:
            raise failure
        self.remarks.append(_second_reader(f"page {number}: {reason}"))
        return sheet

    def _read_second(self, number: int, limits: ReadLimits) -> Sheet | None:
        """The page by pdfplumber, if that finds any text on it."""
        try:
            if self._second is None:
                self._second = self.opened.enter_context(open_pdf(self.path, self.passwords, PDFPLUMBER))
            sheet = self._second.read_sheet(number, limits.objects)
        except PdfError:
            self.has_second = self._second is not None
            return None
        return sheet if sheet.words else None


class _PageReader:
    """Reads page after page, and says of each page that could not be read why, and what helps."""

    def __init__(
        self,
        readers: _Readers,
        limits: ReadLimits,
        ocr: str,
        kept: Path | None,
        skipped: Mapping[int, Sequence[str]],
    ) -> None:
        self.readers = readers
        self.limits = limits
        self.ocr = ocr
        self.kept = kept
        self.skipped = skipped
        self.issues = readers.remarks
        self.started = time.monotonic()
        self.ocr_seconds = 0.0
        self.unloaded = 0  # pages in a row

    def read_pages(self, on_page: Callable[[int], None]) -> Iterator[DraftPage]:
        """Every page of the document; those beyond a limit as failed."""
        count = self.readers.first.pages
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
        tried = self.skipped.get(number, ())
        try:
            sheet = self.readers.read_sheet(number, self.limits, tried)
        except PdfError as error:
            self._tell(f"page {number} {error}" if tried else f"page {number}: {error}", error.remedy)
            self.unloaded += not tried
            return _failed(number, str(error))
        self.unloaded = 0
        for severity, remark in sheet.remarks:
            remedy = "look at the page; what belongs to the document must be printed anew to PDF"
            self.issues.append(Issue("", "read", severity, f"page {number}: {remark}", remedy))
        quality = judge_sheet(sheet)
        is_read = quality.legibility is Legibility.OK and self.ocr != "force"
        if self.ocr == "force" or quality.legibility in _FOR_OCR:
            sheet, quality = self._read_picture(sheet, quality)
        elif is_read and may_show_more(sheet):
            sheet = self._read_parts(sheet, self._find_unread(sheet), "what may be text is only drawn")
        blocks = lay_out(sheet)
        if is_read and (broken := find_broken(blocks)):
            sheet = self._read_parts(sheet, broken, "there is text that is no language")
            blocks = lay_out(sheet)
        return DraftPage(number, sheet.width, sheet.height, blocks, quality, find_note_line(sheet), sheet.lean)

    def _find_unread(self, sheet: Sheet) -> list[Box]:
        try:
            picture = self.readers.first.draw(sheet.number, _LOOK_DPI, self.limits.image_pixels, turn=sheet.turn)
        except PdfError:
            return []  # the second reader has no pictures
        return find_unread(sheet, picture)

    def _read_parts(self, sheet: Sheet, parts: Sequence[Box], what: str) -> Sheet:
        """The page with what OCR finds in these parts of it instead of the words there; an issue where OCR cannot."""
        if not parts:
            return sheet
        recognised, remedy = self._try_ocr(sheet)
        if recognised is None or recognised.sheet.turn != sheet.turn or sheet.lean:
            share = sum((box.right - box.left) * (box.bottom - box.top) for box in parts) / (sheet.width * sheet.height)
            self._tell(f"page {sheet.number}: {what} on {share:.0%} of it", remedy)
            return sheet
        kept = [word for word in sheet.words if not any(holds(part, word) for part in parts)]
        near = [Box(left - _NEAR, top - _NEAR, right + _NEAR, bottom + _NEAR) for left, top, right, bottom in parts]
        found = [word for word in recognised.sheet.words if any(holds(part, word) for part in near)]
        found = [word for word in found if not any(holds(other, word) for other in kept)]
        if sum(len(word.text) for word in found) < _LEAST_FOUND or not is_language(word.text for word in found):
            return sheet
        self._doubt(sheet.number, recognised.confidence)
        return sheet._replace(words=[*kept, *found])

    def _read_picture(self, sheet: Sheet, quality: Quality) -> tuple[Sheet, Quality]:
        """The page by OCR where that is wanted, possible and better; an issue where its text stays unread."""
        recognised, remedy = self._try_ocr(sheet)
        if recognised is not None:
            confidence = recognised.confidence
            if confidence >= _LEGIBLE and _characters(recognised.sheet, Quality()) > _characters(sheet, quality):
                self._doubt(sheet.number, confidence)
                return recognised.sheet, Quality(Legibility.OCR, confidence, "read by OCR")
        if quality.legibility is not Legibility.OK:
            self._tell(f"page {sheet.number}: {quality.note}", remedy)
        return sheet, quality

    def _try_ocr(self, sheet: Sheet) -> tuple[Recognition | None, str]:
        """What OCR makes of the page; None, and what would help, where it is not wanted or not possible."""
        if self.ocr == "off":
            missing = tell_missing()
            return None, "read it with OCR: --ocr auto" + (f"; it needs {missing}" if missing else "")
        if self.ocr_seconds > self.limits.ocr_seconds:
            return None, "raise the limit `ocr_seconds` under `read`: it was used up by the pages before"
        began = time.monotonic()
        try:
            recognised = recognise_page(self.readers.first, sheet.number, self.limits.image_pixels, self.kept)
        except (OcrError, PdfError) as error:
            return None, str(error)
        self.ocr_seconds += time.monotonic() - began
        return recognised, "look at the page: OCR finds no text that it is sure of"

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


def _characters(sheet: Sheet, quality: Quality) -> int:
    """How much text there is; a text layer that is no language counts for nothing."""
    if quality.legibility is Legibility.MOJIBAKE:
        return 0
    return sum(len(word.text) for word in sheet.words)


def _failed(number: int, reason: str) -> DraftPage:
    return DraftPage(number, 0.0, 0.0, (), Quality(Legibility.FAILED, note=reason))


def _issue(message: str, remedy: str) -> Issue:
    return Issue("", "read", Severity.ERROR, message, remedy)


def _second_reader(what: str) -> Issue:
    remedy = "compare its citations with the page; fetch the file again, or repair it (`qpdf`)"
    return Issue("", "read", Severity.WARNING, f"{what}; pdfplumber read it instead", remedy)
