"""All documents of a run together: one copy of each, as reviewers have judged them, with all issues.

In: what each PDF gave. Out: a `Corpus`, which everything that is published is made from. The trap: judgements are
applied here and nowhere else, on top of what is kept between runs, so that a new judgement costs no new linking.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.classify import status_today
from pipeline.identify import Copy, choose_copies
from pipeline.judging.judgements import read_judgements
from pipeline.records import Citation, Document, Issue, Severity, Status
from pipeline.review import apply_judgements
from pipeline.runs.arrivals import join_arrivals
from pipeline.runs.cache import Cache
from pipeline.runs.manifest import MANIFEST, open_manifest
from pipeline.runs.plan import JUDGEMENTS
from pipeline.runs.workspace import NoRunError, Workspace, find_run

if TYPE_CHECKING:
    from pipeline.dates import PartialDate
    from pipeline.gazetteer import Gazetteer
    from pipeline.settings import Settings

FileIssue = tuple[str, Issue]  # the name of the file within the input folder, empty where it is none


@dataclass(frozen=True)
class Corpus:
    """The documents that were read, by source id, as reviewers judged them, and as the run itself found them."""

    documents: tuple[Document, ...]
    issues: tuple[FileIssue, ...]
    unjudged: tuple[Document, ...]

    @property
    def counts(self) -> dict[str, int]:
        """What was found, in words for a person."""
        citations = [citation for document in self.documents for citation in document.citations]
        planned = [citation for citation in citations if citation.status is Status.PLANNED]
        return {
            "documents": len(self.documents),
            "pages": sum(document.page_count for document in self.documents),
            "pages not read": sum(len(document.unread_pages) for document in self.documents),
            "citations": len(citations),
            "citations of planned documents": len(planned),
            "documents cited": len({citation.target_id for citation in citations if citation.target_id}),
            "issues": sum(issue.severity is not Severity.INFO for _, issue in self.issues),
        }


def make_corpus(found: Sequence[Document], issues: Iterable[Issue], gazetteer: Gazetteer, settings: Settings) -> Corpus:
    """Of two files of one document the better one, status as of the day that is asked for, judgements applied."""
    copies = (Copy(each.source, len(each.unread_pages) + (not each.page_count), each.characters) for each in found)
    sources, copy_issues = choose_copies(copies)
    chosen = {source.path for source in sources}
    documents = [each for each in found if each.source.path in chosen and each.page_count]
    documents.sort(key=lambda each: each.source.id)
    documents = [_as_of(each, gazetteer, settings.as_of) for each in documents]
    judged, review_issues = _judge(documents, gazetteer, settings.as_of)
    told = [(each.source.path, issue) for each in found for issue in each.issues]
    told += [("", issue) for issue in (*issues, *copy_issues, *review_issues)]
    return Corpus(tuple(join_arrivals(judged, gazetteer)), tuple(told), tuple(documents))


def load_corpus(gazetteer: Gazetteer, settings: Settings) -> Corpus:
    """The corpus of the published run, from what it kept; raises NoRunError where there is none, or it kept nothing."""
    workspace, published = Workspace(settings.output), find_run(settings.output, None)
    cache = Cache(workspace.state)
    with open_manifest(workspace.state / MANIFEST, cache) as manifest:
        last = manifest.last_run()
    found = [cache.load_document(row.document_key) for row in last.inputs] if last else []
    if last is None or str(last.number) != published.name or None in found:
        raise NoRunError(f"{settings.output}: what the last run found is gone; run again: topology run")
    return make_corpus([document for document in found if document], (), gazetteer, settings)


def _as_of(document: Document, gazetteer: Gazetteer, as_of: PartialDate | None) -> Document:
    """What was kept holds for all that the gazetteer knows; an earlier day knows less."""
    if as_of is None:
        return document
    citations = tuple(
        replace(
            each, status_today=status_today(gazetteer.entries.get(each.target_id or ""), each.status, gazetteer, as_of)
        )
        for each in document.citations
    )
    return replace(document, citations=citations)


def _judge(
    documents: Sequence[Document], gazetteer: Gazetteer, as_of: PartialDate | None
) -> tuple[list[Document], tuple[Issue, ...]]:
    log = read_judgements(gazetteer.folder / JUDGEMENTS)
    citations = [citation for document in documents for citation in document.citations]
    sources = [document.source for document in documents]
    judged, issues = apply_judgements(citations, log.lines, gazetteer, sources, as_of)
    by_source: dict[str, list[Citation]] = {source.id: [] for source in sources}
    for citation in judged:
        by_source[citation.mention.source_id].append(citation)
    together = [replace(each, citations=tuple(by_source[each.source.id])) for each in documents]
    return together, (*log.issues, *issues)
