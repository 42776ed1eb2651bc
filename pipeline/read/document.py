"""One PDF -> `Reading`: the reader top to bottom. Never raises for a bad PDF; what went wrong is an `Issue`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.read import engine
from pipeline.read.draft import DraftPage, make_page, repair_page
from pipeline.read.folder import check_file, file_sha256
from pipeline.read.hyphens import collect_words
from pipeline.read.joining import join_words
from pipeline.read.layout import find_note_line, lay_out
from pipeline.read.margins import mark_margins
from pipeline.read.overleaf import join_cells
from pipeline.read.zones import assign_zones
from pipeline.records import Issue, Legibility, Page, Quality, Reading, Severity
from pipeline.settings import ReadLimits


def read_pdf(
    path: Path,
    limits: ReadLimits,
    ocr: str = "auto",
    passwords: tuple[str, ...] = (),
    *,
    skipped: Mapping[int, str] = MappingProxyType({}),
    on_page: Callable[[int], None] = lambda number: None,
) -> Reading:
    """Read one PDF in this process; `read_guarded` does the same at a safe distance.

    `skipped` pages are not read, for the reason given; `on_page` hears each page's number before it is read.
    """
    refusal = check_file(path, limits)
    if refusal is not None:
        return Reading(str(path), "", issues=(refusal,))
    sha256 = file_sha256(path)
    try:
        with engine.open_pdf(path, passwords) as document:
            metadata = engine.read_metadata(document)
            count = engine.page_count(document)
            drafts = []
            for number in range(1, min(count, limits.pages) + 1):
                on_page(number)
                drafts.append(_read_page(document, number, limits, skipped.get(number)))
    except engine.PdfError as error:
        return Reading(str(path), sha256, issues=(_issue(f"cannot be read: {error}", error.remedy),))
    pages = tuple(make_page(draft) for draft in finish_pages(drafts))
    return Reading(str(path), sha256, pages, (*_limit_issues(count, limits), *_page_issues(pages)), metadata)


def finish_pages(drafts: list[DraftPage]) -> list[DraftPage]:
    """What takes the whole document: running headers, its own words, text that goes on over page breaks."""
    pages = assign_zones(mark_margins(drafts))
    pages = join_words(join_cells(pages), collect_words(pages))
    return [repair_page(page) for page in pages]


def _read_page(document: Any, number: int, limits: ReadLimits, skip_reason: str | None) -> DraftPage:
    if skip_reason is not None:
        return DraftPage(number, 0.0, 0.0, (), Quality(Legibility.FAILED, note=skip_reason))
    try:
        sheet = engine.read_sheet(document, number, limits.objects)
    except engine.PdfError as error:
        return DraftPage(number, 0.0, 0.0, (), Quality(Legibility.FAILED, note=str(error)))
    quality = Quality() if sheet.words else Quality(Legibility.NO_TEXT)
    return DraftPage(number, sheet.width, sheet.height, lay_out(sheet), quality, find_note_line(sheet))


def _limit_issues(count: int, limits: ReadLimits) -> Iterator[Issue]:
    if count == 0:
        yield _issue("has no pages", "replace the file by a whole PDF")
    if count > limits.pages:
        yield _issue(f"pages {limits.pages + 1}-{count} not read", "raise the limit `pages` under `read`, or split it")


def _page_issues(pages: tuple[Page, ...]) -> Iterator[Issue]:
    for page in pages:
        if page.quality.legibility not in (Legibility.OK, Legibility.OCR, Legibility.BLANK):
            yield _issue(f"page {page.number}: {page.quality.note or 'no text'}", "read it with OCR: --ocr auto")


def _issue(message: str, remedy: str) -> Issue:
    return Issue("", "read", Severity.ERROR, message, remedy)
