"""What became of each PDF: the rows of run.json, and the head of each document, its citations left in the cache.

In: a plan, and what was done with its open jobs. Out: `Found`. The trap: a document whose result is spoilt or gone is
made again here, and one that cannot be made is a lost document with an issue, not a missing one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.gazetteer.load import load_gazetteer
from pipeline.read import read_guarded
from pipeline.records import Document, Issue, Severity, Source
from pipeline.runs.cache import Cache
from pipeline.runs.citing import Action, cite_job, identify_reading
from pipeline.runs.manifest import InputRow
from pipeline.runs.plan import FAILED, KEPT, READ, RELINKED, Job, Plan
from pipeline.runs.pool import Failure

if TYPE_CHECKING:
    from pipeline.settings import Settings

_UNKEPT = Failure("its result was gone before it could be used", "let nothing else write into the output folder")
Actions = Mapping[str, Action]
# Each PDF with what was done, and its document without citations and near misses.
Found = tuple[tuple[InputRow, Document], ...]


def gather_heads(plan: Plan, actions: Actions, settings: Settings, state: Path) -> Found:
    """Every PDF in the order of the plan; of a large corpus no more than one document is in memory at a time."""
    found = []
    for job in plan.jobs:
        document, action = _load_document(job, actions.get(job.input.file, KEPT), plan.register, settings, Cache(state))
        found.append((_input_row(job, document, action), replace(document, citations=(), near_misses=())))
    return tuple(found)


def _load_document(job: Job, action: Action, register: str, settings: Settings, cache: Cache) -> tuple[Document, str]:
    """The kept result, and what was done for it; a spoilt one is made again; a job that failed is a lost document."""
    if isinstance(action, Failure):
        if job.causes:
            cache.forget("documents", job.causes.document_key)  # so that the next run tries again
            cache.forget("sources", job.causes.source_key)
        return _lost(job, action), FAILED
    if job.causes is None:
        reading = replace(read_guarded(job.input.path, settings.read), path="")
        return identify_reading(reading, job, load_gazetteer(settings.gazetteer)).head, READ
    document = cache.load_document(job.causes.document_key)
    if document is None and action == KEPT:
        action = cite_job(replace(job, action=RELINKED), register, settings, cache.folder)
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
