"""All documents of a run together: one copy of each, as reviewers have judged them, with all issues.

In: the heads of all documents, and what is kept of their citations. Out: a `Corpus`, which everything that is
published is made from. Two traps: judgements are applied here and nowhere else, on top of what is kept between runs, so
that a new judgement costs no new linking; and a corpus is walked, not held, so that memory does not grow with it.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.identify.copies import find_copies
from pipeline.link.clusters import Clusters, find_clusters
from pipeline.records import UNLISTED, Citation, Document, Issue, Judgement, Severity, Status, citation_id
from pipeline.review.judgements import read_judgements
from pipeline.review.verdicts import apply_judgements
from pipeline.runs.citing import as_copy
from pipeline.runs.kept import Causes, InputRow, Kept
from pipeline.runs.plan import JUDGEMENTS
from pipeline.runs.workspace import NoRunError, Workspace, find_run
from pipeline.status.classify import status_today

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.names.dates import PartialDate
    from pipeline.settings import Settings

FileIssue = tuple[str, Issue]  # the name of the file within the input folder, empty where it is none


@dataclass(frozen=True)
class _Kept:
    """Where the documents of one run lie, and the day for which their status holds."""

    folder: Kept
    causes: Mapping[str, Causes]  # by path
    gazetteer: Gazetteer
    as_of: PartialDate | None

    def load(self, head: Document) -> Document:
        """A document with its citations, as the run itself found them; raises OSError where they are gone."""
        causes = self.causes.get(head.source.path)
        document = self.folder.load(Document, causes) if causes else None
        if document is None:
            raise OSError(errno.ENOENT, "what was found in it is gone; run again", head.source.path)
        document = _with_id(document, head.source.id)
        if self.as_of is None:
            return document
        return replace(document, citations=tuple(self._as_of(each) for each in document.citations))

    def _as_of(self, citation: Citation) -> Citation:
        """What was kept holds for all that the gazetteer knows; an earlier day knows less."""
        entry = self.gazetteer.entries.get(citation.target_id or "")
        return replace(citation, status_today=status_today(entry, citation.status, self.gazetteer, self.as_of))


@dataclass(frozen=True)
class Corpus:
    """The documents that were read, by source id: their heads, and a way to walk through them."""

    heads: tuple[Document, ...]
    issues: tuple[FileIssue, ...]
    kept: _Kept
    judged: Mapping[str, tuple[Citation, ...]]  # of the sources that judgements concern
    clusters: Clusters

    def walk(self) -> Iterator[tuple[Document, Document]]:
        """Each document twice: as the run itself found it, and as reviewers judged it; raises OSError."""
        for head in self.heads:
            found = self.kept.load(head)
            citations = self.judged.get(head.source.id, found.citations)
            yield found, self.clusters.join(replace(found, citations=citations))


def make_corpus(
    found: Iterable[tuple[InputRow, Document]],
    folder: Kept,
    issues: Iterable[Issue],
    gazetteer: Gazetteer,
    settings: Settings,
) -> Corpus:
    """Of two files of one document the better one, status as of the day that is asked for, judgements applied."""
    rows = tuple(found)
    sources, copy_issues = find_copies(as_copy(each) for _, each in rows)
    chosen = {source.path: source for source in sources}
    heads = [
        replace(each, source=chosen[each.source.path])
        for _, each in rows
        if each.source.path in chosen and each.page_count
    ]
    heads.sort(key=lambda each: each.source.id)
    kept = _Kept(folder, {row.file: row.causes for row, _ in rows if row.causes}, gazetteer, settings.as_of)
    judged, review_issues = _judge(heads, kept)
    told = [(each.source.path, issue) for _, each in rows for issue in each.issues]
    told += [("", issue) for issue in (*issues, *copy_issues, *review_issues)]
    return Corpus(tuple(heads), tuple(told), kept, judged, find_clusters(map(kept.load, heads), gazetteer))


def _with_id(document: Document, source_id: str) -> Document:
    """The document under the id that keeps it apart from another of its title."""
    if document.source.id == source_id:
        return document
    mentions = [replace(each.mention, source_id=source_id) for each in document.citations]
    return replace(
        document,
        source=replace(document.source, id=source_id),
        citations=tuple(
            replace(each, mention=mention, id=citation_id(mention))
            for each, mention in zip(document.citations, mentions, strict=True)
        ),
        near_misses=tuple(replace(each, source_id=source_id) for each in document.near_misses),
    )


def load_corpus(gazetteer: Gazetteer, settings: Settings) -> Corpus:
    """The corpus of the published run, from what it kept; raises NoRunError where there is none, or it kept nothing."""
    workspace = Workspace(settings.output)
    find_run(settings.output, None)
    kept = Kept(workspace.state)
    last = kept.load_run(workspace.published_number())
    found = [(row, kept.load(Document, row.causes)) for row in last.inputs if row.causes] if last else []
    heads = [(row, replace(each, citations=(), near_misses=())) for row, each in found if each]
    if last is None or len(heads) < sum(bool(row.causes) for row in last.inputs):
        raise NoRunError(f"{settings.output}: what the last run found is gone; run again: topology run")
    return make_corpus(heads, kept, (), gazetteer, settings)


def without_evidence(document: Document) -> Document:
    """What lines, promises and lists are made from: without what only citations.csv and review.jsonl tell."""
    return replace(document, citations=tuple(map(_without_evidence, document.citations)))


def count_found(documents: Sequence[Document], issues: Iterable[FileIssue]) -> dict[str, int]:
    """What was found, in words for a person."""
    citations = [citation for document in documents for citation in document.citations]
    planned = [citation for citation in citations if citation.status is Status.PLANNED]
    return {
        "documents": len(documents),
        "pages": sum(document.page_count for document in documents),
        "pages not read": sum(len(document.unread_pages) for document in documents),
        "citations": len(citations),
        "citations of planned documents": len(planned),
        "documents cited": len({citation.target_id for citation in citations if citation.target_id}),
        "issues": sum(issue.severity is not Severity.INFO for _, issue in issues),
    }


def _without_evidence(citation: Citation) -> Citation:
    """unlisted.csv and promise_events.csv quote a sentence; nothing else needs any."""
    is_unlisted = (citation.target_id or "").startswith(UNLISTED)
    mention = replace(
        citation.mention,
        sentence=citation.mention.sentence if is_unlisted or citation.status is Status.PLANNED else "",
        lead="",
        around="",
        onward="",
        antecedent=None,
        entry_ids=(),
    )
    return replace(citation, mention=mention, candidates=(), reason="", status_reason="", bbox=None)


def _judge(heads: Sequence[Document], kept: _Kept) -> tuple[dict[str, tuple[Citation, ...]], tuple[Issue, ...]]:
    """The citations, judgements applied, of the sources that any judgement concerns; and what reviewers must know."""
    log = read_judgements(kept.gazetteer.folder / JUDGEMENTS)
    if not log.lines:
        return {}, log.issues
    shown = _Shown(log.lines)
    documents = [document for document in map(kept.load, heads) if shown.concerns(document)]
    citations = [citation for document in documents for citation in document.citations]
    sources = [head.source for head in heads]
    judged, issues = apply_judgements(citations, log.lines, kept.gazetteer, sources, kept.as_of)
    by_source: dict[str, list[Citation]] = {document.source.id: [] for document in documents}
    for citation in judged:
        by_source[citation.mention.source_id].append(citation)
    return {source: tuple(each) for source, each in by_source.items()}, (*log.issues, *issues)


class _Shown:
    """What judgements were given on: citations, sources, files. What none of them names stays as it is."""

    def __init__(self, judgements: Iterable[Judgement]) -> None:
        lines = tuple(judgements)
        self.citations = {each.citation_id for each in lines}
        self.places = {place for each in lines for place in (each.shown.source_id, each.shown.sha256, each.shown.file)}

    def concerns(self, document: Document) -> bool:
        """A judgement was given on one of its citations, or may find its place in it again."""
        source = document.source
        own = {source.id, source.sha256, source.path.replace("\\", "/").rpartition("/")[2]} - {""}
        return bool(own & self.places) or any(each.id in self.citations for each in document.citations)
