"""What the last run published, as the review page needs it: the output folder in, one frozen `Published` out.

`citations.csv` is enough; `review.jsonl` adds candidates, near misses and what the run itself had decided. The trap:
citations.csv already holds the judgements of the run's time. Where review.jsonl gives the run's own decision, that is
taken, and today's judgements are applied to it anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from pipeline.store import read_csv

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
    stamp = stamp_of(output)
    if not (output / "citations.csv").is_file():
        raise PublishedError(f"{output / 'citations.csv'} is not there: run `topology run` first")
    evidence = {row["citation_id"]: row for row in _read_lines(output / "review.jsonl")}
    citations = []
    for line, row in enumerate(_read_table(output / "citations.csv"), start=2):
        try:
            citations.append(_make_citation(row, evidence.get(row["citation_id"], {})))
        except (KeyError, ValueError) as error:
            message = f"{output / 'citations.csv'}, row {line}: {error!r} is missing or no value of its column"
            raise PublishedError(f"{message}: run `topology run` again") from None
    citations.sort(key=lambda each: (each.mention.source_id, each.mention.page, each.mention.start, each.id))
    nodes = {row["id"]: row for row in _read_table(output / "nodes.csv")}
    return Published(
        stamp=stamp,
        citations=tuple(citations),
        near_misses={
            each.id: tuple(_near_miss(each, miss) for miss in evidence[each.id].get("near_misses", ()))
            for each in citations
            if each.id in evidence
        },
        sources=_read_sources(output / "run.json", nodes),
        labels={identity: row.get("label") or row.get("title") or identity for identity, row in nodes.items()},
        unlisted=tuple(_read_table(output / "unlisted.csv")),
        promises=tuple(_read_table(output / "promises.csv")),
    )


def _make_citation(row: Mapping[str, str], evidence: Mapping[str, Any]) -> Citation:
    """One citation as the run itself decided, without what reviewers had decided by then."""
    target_id = evidence["target_id"] if evidence else row["target_id"] or None
    return Citation(
        id=row["citation_id"],
        mention=_make_mention(row, evidence),
        kind=CitationKind(evidence.get("kind", CitationKind.NAME)),
        candidates=_candidates(row, evidence),
        target_id=target_id,
        target_title=evidence.get("target_title", row["target_title"]),
        status=Status(evidence.get("status", row["status"])),
        status_basis=StatusBasis(row["status_basis"]),
        cue=row["cue"],
        confidence=float(row["confidence"]),
        method=evidence.get("method", row["match_method"]),
        reason=evidence.get("reason", ""),
        status_reason=evidence.get("status_reason", ""),
        status_today=row["status_today"],
        bbox=_bbox(row["bbox"]),
    )


def _make_mention(row: Mapping[str, str], evidence: Mapping[str, Any]) -> Mention:
    surface, sentence = row["surface"], row["sentence"]
    at = sentence.find(surface)
    within = tuple(evidence.get("within", (max(at, 0), max(at, 0) + (len(surface) if at >= 0 else 0))))
    return Mention(
        source_id=row["source_id"],
        page=int(row["page"]),
        start=int(row["char_start"]),
        end=int(row["char_end"]),
        surface=surface,
        sentence=sentence,
        zone=Zone(row["zone"]),
        pattern="",
        within=(int(within[0]), int(within[1])),
        lead=evidence.get("lead", ""),
        is_list_item=row["is_list_item"].casefold() == "true",
        antecedent=evidence.get("antecedent"),
        occurrence=int(evidence.get("occurrence", 0)),
    )


def _candidates(row: Mapping[str, str], evidence: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """All candidates of review.jsonl; without it the chosen one and the runner-up of citations.csv."""
    if evidence:
        return tuple(Candidate(**each) for each in evidence.get("candidates", ()))
    pairs = ((row["target_id"], row["match_score"]), (row["runner_up_id"], row["runner_up_score"]))
    return tuple(
        Candidate(identity, row["surface"], float(score or 0), row["match_method"])
        for identity, score in pairs
        if identity and not identity.startswith("unlisted:")
    )


def _near_miss(citation: Citation, miss: Mapping[str, Any]) -> NearMiss:
    return NearMiss(source_id=citation.mention.source_id, surface=citation.mention.surface, **miss)


def _bbox(cell: str) -> BBox | None:
    numbers = [float(each) for each in _NUMBER.findall(cell)]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _read_sources(path: Path, nodes: Mapping[str, Mapping[str, str]]) -> dict[str, Source]:
    """The read PDFs by source id; of two files of one document the first named is shown."""
    if not path.is_file():
        return {}
    sources: dict[str, Source] = {}
    for each in json.loads(path.read_text(encoding="utf-8")).get("inputs", []):
        identity = each.get("source_id") or ""
        if identity and each.get("action") != "failed":
            title = nodes.get(identity, {}).get("title", identity)
            sources.setdefault(identity, Source(identity, each["file"], each.get("sha256", ""), title))
    return sources


def _read_table(path: Path) -> Iterator[dict[str, str]]:
    return read_csv(path) if path.is_file() else iter(())


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
