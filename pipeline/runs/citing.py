"""One PDF or one text: which document it is, and what it cites; the stages in their order.

In: jobs of a plan, or pages. Out: for each file an `Identified`, then, when all files are known and the register is
built, a `Document`; both are kept in the run's state folder. This runs in worker processes, several at
once and perhaps on other machines, so nothing may be kept here between two jobs, and what is handed over must be small
and picklable.
"""

from __future__ import annotations

import errno
import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.codec import decode, encode
from pipeline.gazetteer.load import load_gazetteer
from pipeline.identify.copies import Copy, find_copies, is_scanned, make_sketch
from pipeline.identify.source import identify_source
from pipeline.read import read_guarded
from pipeline.read.guard import close_worker
from pipeline.records import Document, Issue, Legibility, Page, Reading, Severity, Source
from pipeline.register import build_register, corpus_rows, split_words
from pipeline.runs.kept import Identified, InputRow, Kept, hash_values
from pipeline.runs.plan import FAILED, KEPT, READ, RELINKED, Job, Plan, read_passwords, stage_versions
from pipeline.runs.pool import Failure, count_workers, work_through
from pipeline.runs.workspace import OCR_RESULTS
from pipeline.store import write_bytes

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

_UNKEPT = Failure("its result was gone before it could be used", "let nothing else write into the output folder")

_LEGIBLE = (Legibility.OK, Legibility.OCR, Legibility.BLANK)

REGISTERS = "registers"  # in the state folder: the sources of which registers are built
# What was done with a file: read, relinked, kept, or why it failed.
Action = str | Failure
Actions = Mapping[str, Action]
# Each PDF with what was done, and its document without citations and near misses.
Found = tuple[tuple[InputRow, Document], ...]


def identify_jobs(jobs: Sequence[Job], settings: Settings, kept: Kept) -> Iterator[tuple[Job, Action]]:
    """Read these PDFs and say which documents they are, in this process or several, and keep it."""
    work = partial(identify_job, settings=settings, kept=kept)

    def warm_up() -> None:
        load_gazetteer(settings.gazetteer)

    return work_through(work, jobs, count_workers(settings.workers), warm_up, close_worker)


def identify_job(job: Job, settings: Settings, kept: Kept) -> Action:
    """Read one PDF, or take the reading that is kept, and keep which document it is; returns read or relinked."""
    if job.causes is None:
        return READ
    if (job.causes.reader, job.causes.rules) != stage_versions(settings):
        return _OTHER_PROGRAM
    reading = kept.load(Reading, job.causes) if job.action != READ else None
    action = RELINKED if reading else READ
    if reading is None:
        passwords = read_passwords(settings.password_file)
        reading = read_guarded(job.input.path, settings.read, settings.ocr, passwords, kept=kept.folder / OCR_RESULTS)
        reading = replace(reading, path="")
        if reading.sha256 != job.causes.pdf:
            return _CHANGED
        kept.save(reading, job.causes)
    found = identify_reading(reading, job, load_gazetteer(settings.gazetteer))
    kept.save(found, job.causes)
    return action


def identify_reading(reading: Reading, job: Job, gazetteer: Gazetteer) -> Identified:
    """Which document a reading is."""
    reading = replace(reading, path=job.input.file)
    source, issues = identify_source(reading, gazetteer, job.input.listed)
    head = Document(
        source=source,
        page_count=len(reading.pages),
        unread_pages=tuple(page.number for page in reading.pages if page.quality.legibility not in _LEGIBLE),
        citations=(),
        near_misses=(),
        issues=tuple(replace(issue, source_id=source.id) for issue in (*reading.issues, *issues)),
        characters=sum(len(page.text) for page in reading.pages),
        sketch=make_sketch(reading.pages),
        scanned=is_scanned(reading.pages),
    )
    return Identified(head, " ".join(sorted(split_words("\n".join(page.text for page in reading.pages)))))


def plan_citing(plan: Plan, identified: Mapping[str, Action], settings: Settings, kept: Kept) -> Plan:
    """What is left to do when it is known which document each file is; a file that failed is kept out of it.

    A document is cited anew if anything that its result depends on changed, the rows of other documents of the corpus
    that concern it among them.
    """
    gazetteer = load_gazetteer(settings.gazetteer)
    jobs = [job for job in plan.jobs if job.causes and not isinstance(identified.get(job.input.file), Failure)]
    # One row a document: of its copies the best, and two documents of one title under two ids.
    sources, _ = find_copies(as_copy(_load_identified(job, settings, kept).head) for job in jobs)
    register = _share_sources(sources, gazetteer, kept.folder)
    rows = corpus_rows(load_register(settings.gazetteer, kept.folder, register), gazetteer)
    planned = {}
    for job in jobs:
        assert job.causes is not None
        concerning: tuple[str, ...] = ()
        if rows:
            words = frozenset(_load_identified(job, settings, kept).words.split())
            concerning = tuple(row.fingerprint for row in rows if row.key_words & words)
        causes = replace(job.causes, register=hash_values(concerning) if concerning else "")
        done = identified.get(job.input.file, KEPT)
        action = READ if done == READ else KEPT if kept.has(Document, causes) else RELINKED
        planned[job.input.file] = replace(job, causes=causes, action=action)
    return replace(
        plan, jobs=tuple(planned.get(job.input.file, replace(job, action=KEPT)) for job in plan.jobs), register=register
    )


def as_copy(head: Document) -> Copy:
    """What tells whether two files are copies of one document, and which is the better one."""
    unread = len(head.unread_pages) + (not head.page_count)
    return Copy(head.source, unread, head.characters, head.sketch, head.scanned)


def load_register(gazetteer: Path, state: Path, name: str) -> Gazetteer:
    """The register of the sources that are kept under this name; the gazetteer itself where there is no name."""
    known = load_gazetteer(gazetteer)
    return _build_register(known, state / REGISTERS / name) if name else known


def cite_jobs(jobs: Sequence[Job], register: str, settings: Settings, kept: Kept) -> Iterator[tuple[Job, Action]]:
    """Cite these PDFs, which are identified, in this process or several, and keep the results."""
    work = partial(cite_job, register=register, settings=settings, kept=kept)
    warm_up = partial(_warm_up, register, settings, kept)
    return work_through(work, jobs, count_workers(settings.workers), warm_up, close_worker)


def cite_job(job: Job, register: str, settings: Settings, kept: Kept) -> Action:
    """Find what one PDF cites and keep it; returns what was done with it in all: read or relinked."""
    assert job.causes is not None
    if (job.causes.reader, job.causes.rules) != stage_versions(settings):
        return _OTHER_PROGRAM
    found, reading = kept.load(Identified, job.causes), kept.load(Reading, job.causes)
    if found is None or reading is None:  # spoilt since
        action = identify_job(replace(job, action=READ), settings, kept)
        return action if isinstance(action, Failure) else cite_job(job, register, settings, kept)
    document = cite_reading(found.head, reading, load_register(settings.gazetteer, kept.folder, register), settings)
    kept.save(document, job.causes)
    return job.action


def cite_reading(head: Document, reading: Reading, register: Gazetteer, settings: Settings) -> Document:
    """The document with what its pages cite."""
    from pipeline.detect.place import place_citations

    pages = tuple(replace(page, source_id=head.source.id) for page in reading.pages)
    citations, near_misses = cite_pages(head.source, pages, register, settings) if pages else ((), ())
    return replace(head, citations=place_citations(citations, pages), near_misses=near_misses)


def gather_heads(plan: Plan, actions: Actions, settings: Settings, kept: Kept) -> Found:
    """Every PDF in the order of the plan; of a large corpus no more than one document is in memory at a time."""
    found = []
    for job in plan.jobs:
        document, action = _load_document(job, actions.get(job.input.file, KEPT), plan.register, settings, kept)
        found.append((_input_row(job, document, action), replace(document, citations=(), near_misses=())))
    return tuple(found)


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


def _load_document(job: Job, action: Action, register: str, settings: Settings, kept: Kept) -> tuple[Document, str]:
    """The kept result, and what was done for it; a spoilt one is made again; a job that failed is a lost document."""
    if isinstance(action, Failure):
        if job.causes:
            kept.forget(Document, job.causes)  # so that the next run tries again
            kept.forget(Identified, job.causes)
        return _lost(job, action), FAILED
    if job.causes is None:
        reading = replace(read_guarded(job.input.path, settings.read), path="")
        return identify_reading(reading, job, load_gazetteer(settings.gazetteer)).head, READ
    document = kept.load(Document, job.causes)
    if document is None and action == KEPT:
        action = cite_job(replace(job, action=RELINKED), register, settings, kept)
        if isinstance(action, Failure):
            return _lost(job, action), FAILED
        document = kept.load(Document, job.causes)
    return document or _lost(job, _UNKEPT), action


def _lost(job: Job, failure: Failure) -> Document:
    issue = Issue("", "run", Severity.ERROR, failure.reason, failure.remedy)
    name = job.input.path.stem
    return Document(Source(f"unlisted:{name}", job.input.file, job.input.sha256, name), 0, (), (), (), (issue,))


def _input_row(job: Job, document: Document, action: str) -> InputRow:
    action = action if document.page_count else FAILED
    pages, characters = document.page_count, document.characters
    listed = (job.input.listed or {}).get("document_id", "").strip()
    return InputRow(job.input.file, document.source.id, job.input.sha256, action, job.causes, pages, characters, listed)


def _load_identified(job: Job, settings: Settings, kept: Kept) -> Identified:
    """What is kept; a spoilt file is made again, and raises OSError if even that cannot be read."""
    assert job.causes is not None
    for _ in range(2):
        if found := kept.load(Identified, job.causes):
            return found
        identify_job(replace(job, action=RELINKED), settings, kept)
    raise OSError(errno.EIO, "what was read of it is gone; run again", job.input.file)


def _share_sources(sources: Sequence[Source], gazetteer: Gazetteer, state: Path) -> str:
    """Keep the sources for workers, if there is a register to build of them; returns their name."""
    ordered = tuple(sorted(sources, key=lambda source: (source.id, source.path)))
    if build_register(gazetteer, ordered) is gazetteer:
        return ""
    content = encode(ordered)
    name = hash_values(content)
    write_bytes(state / REGISTERS / name, content)
    for path in (state / REGISTERS).iterdir():
        if path.name != name:
            path.unlink(missing_ok=True)
    return name


@lru_cache(maxsize=2)
def _build_register(gazetteer: Gazetteer, path: Path) -> Gazetteer:
    """Once in each process: what stages derive from a register is kept with it."""
    return build_register(gazetteer, decode(tuple[Source, ...], path.read_bytes()))


def _warm_up(register: str, settings: Settings, kept: Kept) -> None:
    """What every document needs is built once, before workers are forked."""
    from pipeline.detect.pipeline import load_nlp
    from pipeline.link.knowledge import load_knowledge
    from pipeline.status.cuebook import load_cues

    known = load_register(settings.gazetteer, kept.folder, register)
    load_nlp(known)
    load_knowledge(known)
    load_cues(settings.gazetteer)
    # Python's collector of cycles would count all of this again and again, and copy it into each forked worker.
    gc.freeze()
