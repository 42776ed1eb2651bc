"""The run, top to bottom, free of Prefect: a folder of PDFs goes in, the output folder of the contract comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.classify import classify_citations
from pipeline.detect import detect_mentions, load_nlp
from pipeline.gazetteer import load_gazetteer
from pipeline.identify import Copy, choose_copies, identify_source
from pipeline.judgements import FILE_NAME as JUDGEMENTS
from pipeline.judgements import read_judgements
from pipeline.link import link_mentions
from pipeline.outputs import write_tables
from pipeline.place import place_citations
from pipeline.pool import JobLostError, count_workers, work_through
from pipeline.progress import Progress, Silence
from pipeline.read import read_guarded
from pipeline.records import Document, Issue, Legibility, Page, Reading, Severity, Source, Status
from pipeline.review import judge_documents
from pipeline.scan import Input, InputError, Scan, scan_folder
from pipeline.settings import RunOptions, Settings
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.dates import PartialDate
    from pipeline.gazetteer import Gazetteer
    from pipeline.records import Citation, Mention, NearMiss

_LEGIBLE = (Legibility.OK, Legibility.OCR, Legibility.BLANK)


@dataclass(frozen=True)
class RunResult:
    """What a run made: where, of what, and what is left to clear."""

    output: Path
    documents: tuple[Document, ...]
    issues: tuple[tuple[str, Issue], ...]  # with the name of the file

    @property
    def exit_code(self) -> int:
        """0 done; 1 done, with issues to clear; 3 not one PDF could be read."""
        if not any(document.page_count for document in self.documents):
            return 3
        return int(any(issue.severity is not Severity.INFO for _, issue in self.issues))

    @property
    def counts(self) -> dict[str, int]:
        """What was found, in words for a person."""
        citations = [citation for document in self.documents for citation in document.citations]
        return {
            "documents": len(self.documents),
            "pages": sum(document.page_count for document in self.documents),
            "pages not read": sum(len(document.unread_pages) for document in self.documents),
            "citations": len(citations),
            "of them planned": sum(citation.status is Status.PLANNED for citation in citations),
            "documents cited": len({citation.target_id for citation in citations if citation.target_id}),
            "issues": len(self.issues),
        }


def run(settings: Settings, options: RunOptions | None = None, progress: Progress | None = None) -> RunResult:
    """Read every PDF of the input folder, find what it cites, and publish the outputs, all at once.

    Raises InputError, GazetteerError or SettingsError for what a user must mend, BusyError beside another run, OSError
    where the output folder cannot be written; nothing is published then.
    """
    progress = progress or Silence()
    load_gazetteer(settings.gazetteer)
    scan = scan_folder(settings.input, settings.read)
    workspace = Workspace(settings.output)
    with workspace.locked():
        documents = cite_inputs(scan, settings, progress)
        result = gather(scan, documents, settings)
        draft = workspace.begin_draft()
        write_tables(draft, result.documents, result.issues)
        workspace.publish(settings.keep)
    return result


def cite_inputs(scan: Scan, settings: Settings, progress: Progress) -> tuple[tuple[str, Document], ...]:
    """Every PDF's file name and result, in the order of the scan, whatever the number of workers."""
    progress.start("reading", len(scan.inputs))
    found: dict[str, Document] = {}
    warm_up = partial(_warm_up, settings)
    for each, result in work_through(
        partial(cite_input, settings=settings), scan.inputs, count_workers(settings.workers), warm_up
    ):
        found[each.file] = _lost(each, result) if isinstance(result, JobLostError) else result
        progress.step()
    return tuple((each.file, found[each.file]) for each in scan.inputs)


def cite_input(each: Input, settings: Settings) -> Document:
    """Read one PDF, say which document it is, and find what it cites."""
    passwords = read_passwords(settings.password_file)
    reading = replace(read_guarded(each.path, settings.read, settings.ocr, passwords), path=each.file)
    return cite_reading(reading, each, load_gazetteer(settings.gazetteer), settings)


def cite_reading(reading: Reading, each: Input, gazetteer: Gazetteer, settings: Settings) -> Document:
    """What one PDF's reading gives."""
    source, issues = identify_source(reading, gazetteer, each.listed)
    pages = tuple(replace(page, source_id=source.id) for page in reading.pages)
    citations, near_misses = cite_pages(source, pages, gazetteer, settings)
    unread = tuple(page.number for page in pages if page.quality.legibility not in _LEGIBLE)
    return Document(
        source=source,
        page_count=len(pages),
        unread_pages=unread,
        citations=place_citations(citations, pages),
        near_misses=near_misses,
        issues=tuple(replace(issue, source_id=source.id) for issue in (*reading.issues, *issues)),
        characters=sum(len(page.text) for page in pages),
    )


def cite_pages(
    source: Source, pages: tuple[Page, ...], gazetteer: Gazetteer, settings: Settings
) -> tuple[tuple[Citation, ...], tuple[NearMiss, ...]]:
    """Detect, link and classify what one source's pages cite, in reading order."""
    mentions: tuple[Mention, ...] = detect_mentions(source, pages, gazetteer)
    links = link_mentions(source, mentions, gazetteer, settings.link)
    citations = classify_citations(source, links, gazetteer, settings.as_of)
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


def gather(scan: Scan, documents: Sequence[tuple[str, Document]], settings: Settings) -> RunResult:
    """One result of the whole corpus: of two files of one document the better one, as reviewers judged, all issues."""
    copies = (
        Copy(each.source, len(each.unread_pages) + (not each.page_count), each.characters) for _, each in documents
    )
    sources, copy_issues = choose_copies(copies)
    paths = {source.path for source in sources}
    chosen = tuple(document for _, document in sorted(documents) if document.source.path in paths)
    issues = [(file, issue) for file, document in documents for issue in document.issues]
    said = read_judgements(settings.gazetteer / JUDGEMENTS)
    judged, review_issues = judge_documents(chosen, said.lines, load_gazetteer(settings.gazetteer))
    issues += [("", issue) for issue in (*scan.issues, *copy_issues, *said.issues, *review_issues)]
    return RunResult(settings.output, judged, tuple(issues))


def read_passwords(path: Path | None) -> tuple[str, ...]:
    """One password a line; raises InputError where the file cannot be read."""
    if path is None:
        return ()
    try:
        return tuple(line for line in path.read_text(encoding="utf-8").split("\n") if line)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); --password-file takes one password a line") from None


def _warm_up(settings: Settings) -> None:
    load_nlp(load_gazetteer(settings.gazetteer))


def _lost(each: Input, error: JobLostError) -> Document:
    message = f"cannot be worked on: {error}"
    issue = Issue("", "run", Severity.ERROR, message, "give the run more memory or fewer workers: --workers 1")
    source = Source(f"unlisted:{each.path.stem}", each.file, each.sha256, each.path.stem)
    return Document(source, 0, (), (), (), (issue,))
