"""One PDF or one text: what it is, and what it cites; the stages in their order, for runs and for `topology cite`.

In: a job of a plan, or pages. Out: a `Document`, kept in the cache of the run's state folder. The trap: this runs in
worker processes, several at once and perhaps on other machines, so nothing may be kept here between two jobs, and what
is handed over must be small and picklable.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.gazetteer.load import load_gazetteer
from pipeline.identify import identify_source
from pipeline.read import read_guarded
from pipeline.read.guard import close_worker
from pipeline.records import Document, Legibility, Page, Reading, Source
from pipeline.runs.cache import Cache
from pipeline.runs.plan import READ, RELINKED, Job, read_passwords, stage_versions
from pipeline.runs.pool import Failure, count_workers, work_through
from pipeline.runs.workspace import OCR_RESULTS

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.names.dates import PartialDate
    from pipeline.records import Citation, NearMiss
    from pipeline.settings import Settings

_CHANGED = Failure("was changed or taken away while the run was at work", "run again when it is complete")

_OTHER_PROGRAM = Failure(
    "a worker has another version of the program, or other language data for OCR, than the run that asked it",
    "install the same on all machines, and start the workers again",
)

_LEGIBLE = (Legibility.OK, Legibility.OCR, Legibility.BLANK)


def cite_jobs(jobs: Sequence[Job], settings: Settings, state: Path) -> Iterator[tuple[Job, str | Failure]]:
    """Read or link these PDFs, in this process or several, and keep the results in the folder `state`."""
    work = partial(cite_job, settings=settings, state=state)
    return work_through(work, jobs, count_workers(settings.workers), partial(_warm_up, settings), close_worker)


def cite_job(job: Job, settings: Settings, state: Path) -> str | Failure:
    """Read or link one PDF as its job says and keep the result; returns what was done: read or relinked."""
    if job.causes is None:
        return READ
    if (job.causes.reader, job.causes.rules) != stage_versions(settings):
        return _OTHER_PROGRAM
    cache = Cache(state)
    reading = cache.load_reading(job.causes.reading_key) if job.action == RELINKED else None
    action = RELINKED if reading else READ
    if reading is None:
        passwords = read_passwords(settings.password_file)
        reading = read_guarded(job.input.path, settings.read, settings.ocr, passwords, kept=state / OCR_RESULTS)
        reading = replace(reading, path="")
        if reading.sha256 != job.causes.pdf:
            return _CHANGED
        cache.save_reading(job.causes.reading_key, reading)
    document = cite_reading(reading, job, load_gazetteer(settings.gazetteer), settings)
    cache.save_document(job.causes.document_key, vars(job.causes), document)
    return action


def cite_reading(reading: Reading, job: Job, gazetteer: Gazetteer, settings: Settings) -> Document:
    """Which document a reading is, and what it cites."""
    from pipeline.detect.place import place_citations

    reading = replace(reading, path=job.input.file)
    source, issues = identify_source(reading, gazetteer, job.input.listed)
    pages = tuple(replace(page, source_id=source.id) for page in reading.pages)
    citations, near_misses = cite_pages(source, pages, gazetteer, settings) if pages else ((), ())
    return Document(
        source=source,
        page_count=len(pages),
        unread_pages=tuple(page.number for page in pages if page.quality.legibility not in _LEGIBLE),
        citations=place_citations(citations, pages),
        near_misses=near_misses,
        issues=tuple(replace(issue, source_id=source.id) for issue in (*reading.issues, *issues)),
        characters=sum(len(page.text) for page in pages),
    )


def cite_pages(
    source: Source, pages: tuple[Page, ...], gazetteer: Gazetteer, settings: Settings
) -> tuple[tuple[Citation, ...], tuple[NearMiss, ...]]:
    """Detect, link and classify what one source's pages cite, in reading order."""
    from pipeline.detect.pipeline import detect_mentions
    from pipeline.link.linker import link_mentions
    from pipeline.status.classify import classify_citations

    mentions = detect_mentions(source, pages, gazetteer)
    links = link_mentions(source, mentions, gazetteer, settings.link)
    citations = classify_citations(source, links, gazetteer)
    return citations, tuple(miss for link in links for miss in link.near_misses)


def cite_text(
    text: str, source_id: str | None, source_date: PartialDate | None, gazetteer: Gazetteer, settings: Settings
) -> tuple[Citation, ...]:
    """What a plain text cites; a form feed ends a page, and offsets count from the start of their page.

    `source_id` is the citing document, whose own names are no citations; its date holds unless `source_date` is given.
    """
    entry = gazetteer.entries.get(source_id or "")
    issued = source_date or (entry.issued if entry else None)
    source = Source(source_id or "unlisted:text", "", "", entry.title if entry else "", issued, "given")
    pages = tuple(Page(source.id, number, part) for number, part in enumerate(text.split("\f"), 1))
    return cite_pages(source, pages, gazetteer, settings)[0]


def text_offsets(text: str) -> tuple[int, ...]:
    """Where each page of a plain text begins in it."""
    return (0, *(place + 1 for place, character in enumerate(text) if character == "\f"))


def _warm_up(settings: Settings) -> None:
    """What every document needs is built once, before workers are forked."""
    from pipeline.detect.pipeline import load_nlp
    from pipeline.link.knowledge import load_knowledge
    from pipeline.status.cuebook import load_cues

    gazetteer = load_gazetteer(settings.gazetteer)
    load_nlp(gazetteer)
    load_knowledge(gazetteer)
    load_cues(settings.gazetteer)
    # Python's collector of cycles would count all of this again and again, and copy it into each forked worker.
    gc.freeze()
