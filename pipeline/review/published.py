"""What the last run published, as the review page needs it: the output folder in, one frozen `Published` out.

`citations.csv` is enough; `review.jsonl` adds candidates, near misses and what the run itself had decided. Where it is
there, the run's own decision is taken from it, for citations.csv already holds the judgements of the run's time, and
today's judgements are applied anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from pipeline.codec import decode
from pipeline.records import (
    BBox,
    Candidate,
    Citation,
    CitationKind,
    Mention,
    NearMiss,
    Source,
    Status,
    StatusBasis,
    Zone,
)
from pipeline.results import Results, ResultsError, load, rows

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# The files whose change means a new run; citations.csv alone is always there.
_WATCHED = ("run.json", "citations.csv", "review.jsonl", "unlisted.csv", "promises.csv", "inbox.csv")


class PublishedError(ValueError):
    """The output folder cannot be shown; the message says which file and what to do."""


@dataclass(frozen=True)
class Published:
    """The last run: its citations in reading order, the evidence, its sources and its lists.

    `labels` gives the short titles of documents; `unlisted` and `promises` are the rows of these files as they are.
    """

    stamp: tuple[tuple[int, int, int], ...]
    citations: tuple[Citation, ...]
    near_misses: Mapping[str, tuple[NearMiss, ...]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    unlisted: tuple[Mapping[str, str], ...] = ()
    promises: tuple[Mapping[str, str], ...] = ()


def stamp_of(output: Path) -> tuple[tuple[int, int, int], ...]:
    """Changes when a run has published; the cost of a few `stat` calls."""
    stamps = []
    for name in _WATCHED:
        try:
            stat = (output / name).stat()
            stamps.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
        except FileNotFoundError:
            stamps.append((0, 0, 0))
    return tuple(stamps)


def load_published(output: Path) -> Published:
    """Read the output folder; raises PublishedError with the file and the line."""
    stamp, run = stamp_of(output), load(output)
    try:
        evidence = {each.citation_id: each for each in _read_evidence(output / "review.jsonl")}
        citations = [_make_citation(row, evidence.get(row.citation_id)) for row in rows(run.citations)]
        citations.sort(key=lambda each: (each.mention.source_id, each.mention.page, each.mention.start, each.id))
        nodes = {row.id: row for row in rows(run.table("nodes", ("id", "label", "title"), is_needed=False))}
        return Published(
            stamp=stamp,
            citations=tuple(citations),
            near_misses={each.id: _near_misses(each, evidence[each.id]) for each in citations if each.id in evidence},
            sources=_read_sources(output / "run.json", {each: row.title for each, row in nodes.items()}),
            labels={identity: row.label or row.title or identity for identity, row in nodes.items()},
            unlisted=_read_list(run, "unlisted"),
            promises=_read_list(run, "promises"),
        )
    except ResultsError as error:
        raise PublishedError(str(error)) from None


class _NearMiss(msgspec.Struct, frozen=True):
    entry_id: str
    guard: str
    score: float
    reason: str


class _Evidence(msgspec.Struct, frozen=True):
    """One line of review.jsonl: what the run decided, without what reviewers had decided by then."""

    citation_id: str
    target_id: str | None
    target_title: str
    status: Status
    method: str
    kind: CitationKind
    within: tuple[int, int]
    candidates: tuple[Candidate, ...]
    near_misses: tuple[_NearMiss, ...]
    reason: str = ""
    status_reason: str = ""
    lead: str = ""
    antecedent: str | None = None
    occurrence: int = 0


def _read_evidence(path: Path) -> list[_Evidence]:
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            found.append(decode(_Evidence, line))
        except ValueError as error:
            raise PublishedError(f"{path}, line {number}: {error}: run `topology run` again") from None
    return found


def _make_citation(row: Any, evidence: _Evidence | None) -> Citation:
    """One citation as the run itself decided; without evidence as citations.csv has it."""
    return Citation(
        id=row.citation_id,
        mention=_make_mention(row, evidence),
        kind=evidence.kind if evidence else CitationKind.NAME,
        candidates=evidence.candidates if evidence else _candidates(row),
        target_id=evidence.target_id if evidence else row.target_id or None,
        target_title=evidence.target_title if evidence else row.target_title,
        status=evidence.status if evidence else Status(row.status),
        status_basis=StatusBasis(row.status_basis),
        cue=row.cue,
        confidence=row.confidence,
        method=evidence.method if evidence else row.match_method,
        reason=evidence.reason if evidence else "",
        status_reason=evidence.status_reason if evidence else "",
        status_today=row.status_today,
        bbox=_bbox(row.bbox),
    )


def _make_mention(row: Any, evidence: _Evidence | None) -> Mention:
    at = row.sentence.find(row.surface)
    found = (at, at + len(row.surface)) if at >= 0 else (0, 0)
    return Mention(
        source_id=row.source_id,
        page=row.page,
        start=row.char_start,
        end=row.char_end,
        surface=row.surface,
        sentence=row.sentence,
        zone=Zone(row.zone),
        pattern="",
        within=evidence.within if evidence else found,
        lead=evidence.lead if evidence else "",
        is_list_item=row.is_list_item,
        antecedent=evidence.antecedent if evidence else None,
        occurrence=evidence.occurrence if evidence else 0,
    )


def _candidates(row: Any) -> tuple[Candidate, ...]:
    """The chosen candidate and the runner-up of citations.csv."""
    pairs = ((row.target_id, row.match_score), (row.runner_up_id, row.runner_up_score))
    return tuple(
        Candidate(identity, row.surface, score or 0.0, row.match_method)
        for identity, score in pairs
        if identity and not identity.startswith("unlisted:")
    )


def _near_misses(citation: Citation, evidence: _Evidence) -> tuple[NearMiss, ...]:
    where = (citation.mention.source_id, citation.mention.surface)
    return tuple(NearMiss(*where, *msgspec.structs.astuple(miss)) for miss in evidence.near_misses)


def _bbox(cell: str) -> BBox | None:
    numbers = [float(each) for each in _NUMBER.findall(cell)]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _read_sources(path: Path, titles: Mapping[str, str]) -> dict[str, Source]:
    """The read PDFs by source id; of two files of one document the first named is shown."""
    if not path.is_file():
        return {}
    sources: dict[str, Source] = {}
    for each in json.loads(path.read_text(encoding="utf-8")).get("inputs", []):
        identity = each.get("source_id") or ""
        if identity and each.get("action") != "failed":
            title = titles.get(identity, identity)
            sources.setdefault(identity, Source(identity, each["file"], each.get("sha256", ""), title))
    return sources


def _read_list(run: Results, name: str) -> tuple[Mapping[str, str], ...]:
    """A table as the texts that the page shows, empty where there is none."""
    return tuple(
        {column: _text(value) for column, value in row._asdict().items()}
        for row in rows(run.table(name, is_needed=False))
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
