"""The run, top to bottom, free of Prefect: a folder of PDFs goes in, the output folder of the contract comes out.

`run` is all of it; `flow.py` calls the same steps as tasks. The trap: a run that finds nothing new must not import
spaCy or pandas, so the stages are imported in the functions that call them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.changes import compare_runs, keep_gazetteer, write_changes
from pipeline.gazetteer import load_gazetteer
from pipeline.identify import identify_source
from pipeline.read import read_guarded
from pipeline.records import Document, Issue, Legibility, Page, Reading, Severity, Source
from pipeline.runs.cache import Cache
from pipeline.runs.manifest import MANIFEST, InputRow, Manifest, RunRow, open_manifest
from pipeline.runs.plan import FAILED, KEPT, READ, RELINKED, Job, Plan, make_plan, read_passwords
from pipeline.runs.pool import Failure, count_workers, work_through
from pipeline.runs.progress import Progress, Silence
from pipeline.runs.run_record import Clock, RunResult, load_result, write_record
from pipeline.runs.scan import Scan, known_documents, scan_folder
from pipeline.runs.versions import describe_versions, knowledge_files
from pipeline.runs.workspace import Workspace, hash_files
from pipeline.settings import RunOptions, Settings

if TYPE_CHECKING:
    from pipeline.dates import PartialDate
    from pipeline.gazetteer import Gazetteer
    from pipeline.records import Citation, NearMiss
    from pipeline.runs.corpus import Corpus

_CHANGED = Failure("was changed or taken away while the run was at work", "run again when it is complete")
_UNKEPT = Failure("its result was gone before it could be used", "let nothing else write into the output folder")
# What was done with each file: read, relinked, or why it failed.
Actions = Mapping[str, str | Failure]
# Each PDF with what was done and what was found.
Found = tuple[tuple[InputRow, Document], ...]

_LEGIBLE = (Legibility.OK, Legibility.OCR, Legibility.BLANK)


@dataclass(frozen=True)
class Summary:
    """What run.json tells of a run: each PDF with what was done, and what was found in all."""

    inputs: tuple[InputRow, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Run:
    """A run that has begun: the output folder is locked, what is to be done is known."""

    settings: Settings
    plan: Plan
    workspace: Workspace
    manifest: Manifest
    clock: Clock


def run(settings: Settings, options: RunOptions | None = None, progress: Progress | None = None) -> RunResult:
    """Read every PDF of the input folder, find what it cites, and publish the outputs, all at once.

    Raises InputError, GazetteerError or SettingsError for what a user must mend, BusyError beside another run, OSError
    where the output folder cannot be written; nothing is published then.
    """
    options = options or RunOptions()
    with begin(settings, options) as this:
        if is_unchanged(this):
            return publish_again(this)
        found = gather(this, cite_all(this, progress or Silence()))
        corpus = make_corpus(this, found)
        summary = write_tables(this, found, corpus)
        del found, corpus  # the rest is made from the tables; a large corpus is not held meanwhile
        check_drop(this, options)
        write_pictures(this)
        return publish(this, summary)


@contextmanager
def begin(settings: Settings, options: RunOptions) -> Iterator[Run]:
    """Check what was given, lock the output folder, and decide what is to be done."""
    clock = Clock()
    scan = check_input(settings)
    workspace = Workspace(settings.output)
    cache = Cache(workspace.state)
    with workspace.locked(options.wait), open_manifest(workspace.state / MANIFEST, cache) as manifest:
        manifest.forget_runs(set(manifest.run_numbers()) - set(workspace.run_numbers()))
        plan = make_plan(scan, settings, manifest, cache, options.full)
        clock.mark("scan")
        yield Run(settings, plan, workspace, manifest, clock)


def check_input(settings: Settings) -> Scan:
    """The PDFs of the input folder; raises InputError or GazetteerError before anything is written."""
    known_documents(settings.gazetteer)
    read_passwords(settings.password_file)
    return scan_folder(settings.input, settings.read)


def is_unchanged(this: Run) -> bool:
    """Nothing that the published outputs depend on is new, and they are as the last run left them."""
    last, folder = this.manifest.last_run(), this.workspace.published()
    if last is None or folder is None or last.key != this.plan.key or this.plan.open_jobs:
        return False
    return hash_files(folder) == last.outputs


def cite_all(this: Run, progress: Progress) -> Actions:
    """Work through the open jobs; returns what was done with each file."""
    jobs = this.plan.open_jobs
    progress.start("reading", len(jobs))
    actions: dict[str, str | Failure] = {}
    for job, action in cite_jobs(jobs, this.settings, this.workspace.state):
        actions[job.input.file] = action
        progress.step()
    return actions


def cite_jobs(jobs: Sequence[Job], settings: Settings, state: Path) -> Iterator[tuple[Job, str | Failure]]:
    """Read or link these PDFs, in this process or several, and keep the results in the folder `state`."""
    work = partial(cite_job, settings=settings, state=state)
    return work_through(work, jobs, count_workers(settings.workers), partial(_warm_up, settings))


def cite_job(job: Job, settings: Settings, state: Path) -> str | Failure:
    """Read or link one PDF as its job says and keep the result; returns what was done: read or relinked."""
    if job.causes is None:
        return READ
    cache = Cache(state)
    reading = cache.load_reading(job.causes.reading_key) if job.action == RELINKED else None
    action = RELINKED if reading else READ
    if reading is None:
        passwords = read_passwords(settings.password_file)
        reading = replace(read_guarded(job.input.path, settings.read, settings.ocr, passwords), path="")
        if reading.sha256 != job.causes.pdf:
            return _CHANGED
        cache.save_reading(job.causes.reading_key, reading)
    document = cite_reading(reading, job, load_gazetteer(settings.gazetteer), settings)
    cache.save_document(job.causes.document_key, vars(job.causes), document)
    return action


def cite_reading(reading: Reading, job: Job, gazetteer: Gazetteer, settings: Settings) -> Document:
    """Which document a reading is, and what it cites."""
    from pipeline.detection.place import place_citations

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
    from pipeline.classify import classify_citations
    from pipeline.detect import detect_mentions
    from pipeline.link import link_mentions

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


def gather(this: Run, actions: Actions) -> Found:
    """Every PDF's result in the order of the scan, and what was done to get it."""
    this.manifest.add_results(job.causes for job in this.plan.jobs if job.causes)
    found = []
    for job in this.plan.jobs:
        document, action = _load_document(job, actions.get(job.input.file, KEPT), this)
        found.append((_input_row(job, document, action), document))
    return tuple(found)


def make_corpus(this: Run, found: Found) -> Corpus:
    """All documents together, one copy of each, judgements applied."""
    from pipeline.runs.corpus import make_corpus as make

    documents = [document for _, document in found]
    return make(documents, this.plan.issues, load_gazetteer(this.settings.gazetteer), this.settings)


def write_tables(this: Run, found: Found, corpus: Corpus) -> Summary:
    """Begin the draft: citations, edges and nodes, lists, run.json, and what differs from the run before."""
    from pipeline.runs.outputs import write_tables as write

    this.clock.mark("cite")
    draft = this.workspace.begin_draft()
    write(draft, corpus, load_gazetteer(this.settings.gazetteer), this.settings)
    keep_gazetteer(draft, knowledge_files(this.settings.gazetteer))
    summary = Summary(tuple(row for row, _ in found), corpus.counts)
    _write_record(this, summary)
    _write_changes(this)
    this.clock.mark("tables")
    return summary


def check_drop(this: Run, options: RunOptions) -> None:
    """Raise AlarmError, and set the draft aside, where the draft holds much less than the published run."""
    from pipeline.runs.alarms import AlarmError, find_alarms

    published = this.workspace.published()
    alarms = find_alarms(published, this.workspace.draft) if published else ()
    if alarms and not options.accept_drop:
        refused = this.workspace.refuse_draft()
        remedy = f"not published; look at {refused / 'changes.md'}, and if it is right: topology run --accept-drop"
        raise AlarmError("\n".join(f"alarm: {alarm}" for alarm in alarms) + f"\n{remedy}")


def write_pictures(this: Run) -> None:
    """Go on with the draft: the map, the report, the files for other tools."""
    from pipeline.runs.outputs import write_pictures as write

    write(this.workspace.draft, load_gazetteer(this.settings.gazetteer), this.settings)
    this.clock.mark("pictures")


def publish(this: Run, summary: Summary) -> RunResult:
    """Show all files of the draft at once."""
    _write_record(this, summary)
    outputs = hash_files(this.workspace.draft)
    this.manifest.add_run(RunRow(this.workspace.next_number(), this.plan.key, outputs, summary.inputs))
    folder = this.workspace.publish(this.settings.keep)
    this.manifest.forget_runs(set(this.manifest.run_numbers()) - set(this.workspace.run_numbers()))
    _clear_cache(this)
    return load_result(this.settings.output, folder)


def publish_again(this: Run) -> RunResult:
    """Nothing is new: the same outputs, a run.json that says so, and no changes, on the report neither."""
    from pipeline.report import write_report

    last, folder = this.manifest.last_run(), this.workspace.published()
    assert last is not None
    assert folder is not None
    this.workspace.begin_draft(folder)
    rows = tuple(row if row.action == FAILED else replace(row, action=KEPT) for row in last.inputs)
    write_changes(this.workspace.draft, (), f"Changes since run {last.number}")
    write_report(this.workspace.draft, load_gazetteer(this.settings.gazetteer))
    return publish(this, Summary(rows, load_result(this.settings.output, folder).counts))


def _write_record(this: Run, summary: Summary) -> None:
    facts = {"versions": describe_versions(this.settings.gazetteer), "counts": dict(summary.counts)}
    write_record(this.workspace.draft, this.workspace.next_number(), summary.inputs, facts, this.clock)


def _write_changes(this: Run) -> None:
    published = this.workspace.published()
    changes = compare_runs(published, this.workspace.draft) if published else ()
    heading = f"Changes since run {published.name}" if published else "First run: nothing to compare with"
    write_changes(this.workspace.draft, changes, heading)


def _clear_cache(this: Run) -> None:
    """Keep only what the runs that are kept were made of."""
    cache = Cache(this.workspace.state)
    for document, reading in this.manifest.forget_unused():
        cache.forget("documents", document)
        if reading:
            cache.forget("readings", reading)


def _load_document(job: Job, action: str | Failure, this: Run) -> tuple[Document, str]:
    """The kept result, and what was done for it; a spoilt one is made again; a job that failed is a lost document."""
    cache = Cache(this.workspace.state)
    if isinstance(action, Failure):
        if job.causes:
            cache.forget("documents", job.causes.document_key)  # so that the next run tries again
        return _lost(job, action), FAILED
    if job.causes is None:
        reading = replace(read_guarded(job.input.path, this.settings.read), path="")
        return cite_reading(reading, job, load_gazetteer(this.settings.gazetteer), this.settings), action
    document = cache.load_document(job.causes.document_key)
    if document is None and action == KEPT:
        action = cite_job(replace(job, action=RELINKED), this.settings, this.workspace.state)
        if isinstance(action, Failure):
            return _lost(job, action), FAILED
        document = cache.load_document(job.causes.document_key)
    return document or _lost(job, _UNKEPT), action


def _lost(job: Job, failure: Failure) -> Document:
    issue = Issue("", "run", Severity.ERROR, failure.reason, failure.remedy)
    name = job.input.path.stem
    return Document(Source(f"unlisted:{name}", job.input.file, job.input.sha256, name), 0, (), (), (), (issue,))


def _input_row(job: Job, document: Document, action: str) -> InputRow:
    key = job.causes.document_key if job.causes else ""
    action = action if document.page_count else FAILED
    pages, characters = document.page_count, document.characters
    return InputRow(job.input.file, document.source.id, job.input.sha256, action, key, pages, characters)


def _warm_up(settings: Settings) -> None:
    from pipeline.detect import load_nlp

    load_nlp(load_gazetteer(settings.gazetteer))
