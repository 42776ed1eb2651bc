"""The snapshot store: the last run with this minute's judgements applied, kept in memory for all pages.

In: the project's folders; out: an immutable `Snapshot` per state of the files. A new run or another server's lines are
seen at the next request. The trap: with 20,000 citations nothing may be worked out anew for each decision; a line
touches its own citation only, unless a judgement had to be re-anchored.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.records import UNLISTED, Citation, Issue, Judgement
from pipeline.review.anchor import Anchors, anchor_judgements
from pipeline.review.inbox import Proposal, read_inbox
from pipeline.review.judgements import FILE_NAME, JudgementLog
from pipeline.review.published import Published, load_published, stamp_of
from pipeline.review.queue import Ranked, rank_citations, update_ranks, urgent_first
from pipeline.review.verdicts import apply_lines, group_by_citation, in_force, undone_ids
from pipeline.settings import Settings

# A change to a gazetteer's folder in, lines that say what it would change in the last run out; raises GazetteerError.
TryChange = Callable[[Callable[[Path], object]], Sequence[str]]


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
            if stamp_of(self.settings.output) != now.published.stamp or gazetteer is not now.gazetteer:
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
