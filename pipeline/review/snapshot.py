"""The snapshot store: the last run with this minute's judgements applied, kept in memory for all pages.

In: the project's folders; out: an immutable `Snapshot` per state of the files. A new run or another server's lines are
seen at the next request. With 20,000 citations nothing may be worked out anew for each decision: a line touches its own
citation only, unless a judgement had to be re-anchored.

Of the run citations.csv is enough. review.jsonl adds candidates, near misses and what the run itself had decided, for
citations.csv holds the judgements of the run's time already, and today's are applied anew.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.codec import decode
from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.records import (
    UNLISTED,
    Candidate,
    Citation,
    Issue,
    Judgement,
    Mention,
    Source,
    Status,
    StatusBasis,
    Zone,
)
from pipeline.results import Results, ResultsError, load, rows
from pipeline.review.anchor import Anchors, anchor_judgements
from pipeline.review.inbox import Proposal, read_inbox
from pipeline.review.judgements import FILE_NAME, JudgementLog
from pipeline.review.queue import Ranked, rank_citations, update_ranks, urgent_first
from pipeline.review.verdicts import Evidence, apply_lines, group_by_citation, in_force, undone_ids
from pipeline.settings import Settings

# The files whose change means a new run; citations.csv alone is always there.
_WATCHED = ("run.json", "citations.csv", "review.jsonl", "unlisted.csv", "promises.csv", "inbox.csv")

# A change to a gazetteer's folder in, lines that say what it would change in the last run out; raises GazetteerError.
TryChange = Callable[[Callable[[Path], object]], Sequence[str]]


class PublishedError(ValueError):
    """The output folder cannot be shown; the message says which file and what to do."""


@dataclass(frozen=True)
class Published:
    """The last run: its citations in reading order, near misses by citation, its sources, short titles and lists."""

    stamp: tuple[tuple[int, int, int], ...]
    citations: tuple[Citation, ...]
    near_misses: Mapping[str, tuple[dict[str, Any], ...]]
    sources: Mapping[str, Source]
    labels: Mapping[str, str]
    unlisted: tuple[Mapping[str, str], ...]
    promises: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Snapshot:
    """One state of everything that pages show."""

    published: Published
    gazetteer: Gazetteer
    inbox: tuple[Proposal, ...]  # as the run proposed them, decided ones too
    lines: tuple[Judgement, ...]
    log_issues: tuple[Issue, ...]
    anchors: Anchors
    order: tuple[Ranked, ...]  # in the run's own order, as judged by now
    run: Mapping[str, Citation]  # as the run itself decided, in reading order
    judged: Mapping[str, Citation]  # the same with judgements
    in_force: Mapping[str, tuple[Judgement, ...]]  # by the id that the citation has now

    @cached_property
    def ranked(self) -> tuple[Ranked, ...]:
        """All citations as judged by now, what matters most first."""
        return urgent_first(self.order)

    @cached_property
    def undone(self) -> frozenset[str]:
        """Ids of the lines that were taken back."""
        return undone_ids(self.lines)

    @cached_property
    def by_source(self) -> Mapping[str, tuple[str, ...]]:
        """Citation ids by their source, in reading order."""
        groups: dict[str, list[str]] = defaultdict(list)
        for citation in self.run.values():
            groups[citation.mention.source_id].append(citation.id)
        return {source: tuple(ids) for source, ids in groups.items()}

    def of_source(self, source_id: str) -> tuple[Citation, ...]:
        """The judged citations of one document, in reading order."""
        return tuple(self.judged[each] for each in self.by_source.get(source_id, ()))

    def label(self, identity: str | None) -> str:
        """A document's short title, or what its id says."""
        if not identity:
            return "undecided"
        entry = self.gazetteer.entries.get(identity)
        if entry is not None:
            return entry.short_title
        words = identity.removeprefix(UNLISTED).replace("-", " ")
        return self.published.labels.get(identity, words if identity.startswith(UNLISTED) else identity)


class SnapshotStore:
    """The files of one project, watched; every method may be called from several threads."""

    def __init__(self, settings: Settings, try_change: TryChange | None = None) -> None:
        self.settings = settings
        self.try_change = try_change
        self.log = JudgementLog(settings.gazetteer / FILE_NAME)
        self._lock = threading.Lock()
        self._snapshot = self._load()

    def snapshot(self) -> Snapshot:
        """The state of the files now. Raises PublishedError or GazetteerError where they cannot be read any more."""
        with self._lock:
            gazetteer = load_gazetteer(self.settings.gazetteer)
            now = self._snapshot
            if _stamp_of(self.settings.output) != now.published.stamp or gazetteer is not now.gazetteer:
                self._snapshot = self._load()
            else:
                self._snapshot = self._follow(now)
            return self._snapshot

    def record(self, judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
        """Append; when this returns they are on the disk. Those already there are not written again."""
        with self._lock:
            return self.log.append(judgements)

    def _load(self) -> Snapshot:
        published = load_published(self.settings.output)
        run = {each.id: each for each in published.citations}
        read = self.log.read()
        return _apply_all(
            Snapshot(
                published=published,
                gazetteer=load_gazetteer(self.settings.gazetteer),
                inbox=read_inbox(self.settings.output / "inbox.csv"),
                lines=read.lines,
                log_issues=read.issues,
                anchors=Anchors({}, {}),
                order=rank_citations(published.citations),
                run=run,
                judged=run,
                in_force={},
            )
        )

    def _follow(self, now: Snapshot) -> Snapshot:
        """Take up lines that were added since; everything anew where that is not all that happened."""
        read = self.log.read()
        known = len(now.lines)
        if len(read.lines) == known and len(read.issues) == len(now.log_issues):
            return now
        added = read.lines[known:]
        after = replace(now, lines=read.lines, log_issues=read.issues)
        is_longer = known == 0 or (len(read.lines) > known and read.lines[known - 1] is now.lines[-1])
        if is_longer and all(each.citation_id in now.run for each in added):
            return _apply_some(after, {each.citation_id for each in added})
        return _apply_all(after)


def _apply_all(snapshot: Snapshot) -> Snapshot:
    lines = in_force(snapshot.lines)
    sources = tuple(snapshot.published.sources.values())
    anchors = anchor_judgements(lines, tuple(snapshot.run.values()), sources)
    groups = group_by_citation(lines, anchors.moved)
    return _with_judged(replace(snapshot, anchors=anchors, in_force=groups), _judge(snapshot, groups, snapshot.run))


def _apply_some(snapshot: Snapshot, touched: Iterable[str]) -> Snapshot:
    """Only the touched citations; anchors stand as they are, as no line about a gone citation was added."""
    origins: dict[str, set[str]] = {each: {each} for each in touched}
    for old, new in snapshot.anchors.moved.items():
        if new in origins:
            origins[new].add(old)
    wanted = {old: new for new, olds in origins.items() for old in olds}
    lines = in_force(each for each in snapshot.lines if each.citation_id in wanted)
    groups = dict(snapshot.in_force)
    for each in touched:
        groups.pop(each, None)
    groups |= group_by_citation(lines, snapshot.anchors.moved)
    return _with_judged(replace(snapshot, in_force=groups), {**snapshot.judged, **_judge(snapshot, groups, touched)})


def _with_judged(snapshot: Snapshot, judged: Mapping[str, Citation]) -> Snapshot:
    return replace(snapshot, judged=judged, order=update_ranks(snapshot.order, judged))


def _judge(snapshot: Snapshot, groups: Mapping[str, Sequence[Judgement]], ids: Iterable[str]) -> dict[str, Citation]:
    return {each: apply_lines(snapshot.run[each], groups.get(each, ()), snapshot.gazetteer) for each in ids}


def load_published(output: Path) -> Published:
    """Read the output folder; raises PublishedError with the file and the line."""
    stamp, run = _stamp_of(output), load(output)
    try:
        evidence = {each.citation_id: each for each in _read_evidence(output / "review.jsonl")}
        citations = [_make_citation(row, evidence.get(row.citation_id)) for row in rows(run.citations)]
        citations.sort(key=lambda each: (each.mention.source_id, each.mention.page, each.mention.start, each.id))
        nodes = {row.id: row for row in rows(run.table("nodes", ("id", "label", "title"), is_needed=False))}
        return Published(
            stamp=stamp,
            citations=tuple(citations),
            near_misses={each.citation_id: each.near_misses for each in evidence.values()},
            sources=_read_sources(output / "run.json", {each: row.title for each, row in nodes.items()}),
            labels={identity: row.label or row.title or identity for identity, row in nodes.items()},
            unlisted=_read_list(run, "unlisted"),
            promises=_read_list(run, "promises"),
        )
    except ResultsError as error:
        raise PublishedError(str(error)) from None


def _stamp_of(output: Path) -> tuple[tuple[int, int, int], ...]:
    """Changes when a run has published; the cost of a few `stat` calls."""
    stats = [(output / name).stat() if (output / name).exists() else None for name in _WATCHED]
    return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) if stat else (0, 0, 0) for stat in stats)


def _read_evidence(path: Path) -> Iterator[Evidence]:
    for number, line in enumerate(path.read_bytes().splitlines() if path.is_file() else (), start=1):
        try:
            yield decode(Evidence, line)
        except ValueError as error:
            raise PublishedError(f"{path}, line {number}: {error}: run `topology run` again") from None


def _make_citation(row: Any, told: Evidence | None) -> Citation:
    """One citation as the run itself decided; without evidence as citations.csv has it."""
    if told is None:
        at = max(row.sentence.find(row.surface), 0)
        pairs = ((row.target_id, row.match_score), (row.runner_up_id, row.runner_up_score))
        told = Evidence(
            *(row.citation_id, row.target_id or None, row.target_title, Status(row.status), row.match_method),
            tuple(
                Candidate(identity, row.surface, score or 0.0, row.match_method)
                for identity, score in pairs
                if identity and not identity.startswith(UNLISTED)
            ),
            (at, at + len(row.surface)),
        )
    mention = Mention(
        *(row.source_id, row.page, row.char_start, row.char_end, row.surface, row.sentence, Zone(row.zone)),
        pattern="",
        within=told.within,
        lead=told.lead,
        is_list_item=row.is_list_item,
        antecedent=told.antecedent,
        occurrence=told.occurrence,
    )
    box = [float(each) for each in row.bbox.split()]
    return Citation(
        id=row.citation_id,
        mention=mention,
        kind=told.kind,
        candidates=told.candidates,
        target_id=told.target_id,
        target_title=told.target_title,
        status=told.status,
        status_basis=StatusBasis(row.status_basis),
        cue=row.cue,
        confidence=row.confidence,
        method=told.method,
        reason=told.reason,
        status_reason=told.status_reason,
        status_today=row.status_today,
        bbox=(box[0], box[1], box[2], box[3]) if len(box) == 4 else None,
    )


def _read_sources(path: Path, titles: Mapping[str, str]) -> dict[str, Source]:
    """The read PDFs by source id; of two files of one document the first named is shown."""
    sources: dict[str, Source] = {}
    for each in json.loads(path.read_bytes()).get("inputs", []) if path.is_file() else ():
        identity = each.get("source_id") or ""
        if identity and each.get("action") != "failed":
            title = titles.get(identity, identity)
            sources.setdefault(identity, Source(identity, each["file"], each.get("sha256", ""), title))
    return sources


def _read_list(run: Results, name: str) -> tuple[Mapping[str, str], ...]:
    """A table as the texts that the page shows, empty where there is none."""
    frame = run.table(name, is_needed=False)
    return tuple({column: _text(cell) for column, cell in row._asdict().items()} for row in rows(frame))


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
