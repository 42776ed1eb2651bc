"""Scores of a run against a CSV of what its documents are known to cite.

In: a gold file (`source_id` or `document` or `source_file`; `cited_id` or `target_id`; `status`; perhaps `page` and
`surface`) and the folder that `topology run` wrote. Out: `RunScores`. A gold file that lists only some of the citations
says nothing about precision, so wrong lines are counted only where it is said to be complete. A source that the run did
not read is left out of recall, and named.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from pipeline.evaluate.cases import CaseError
from pipeline.evaluate.tally import Counts, StatusCounts
from pipeline.gazetteer.load import fold_name
from pipeline.records import UNLISTED, Status
from pipeline.results import ResultsError, load
from pipeline.results import rows as read_rows
from pipeline.store import read_csv

SOURCE_COLUMNS = ("source_id", "document", "source_file")
TARGET_COLUMNS = ("cited_id", "target_id")
SURFACE_COLUMNS = ("surface", "cited_as_written")
# Of the run's citations.
_COLUMNS = ("source_id", "target_id", "target_title", "status", "page", "surface", "sentence", "match_method")

# Two surfaces this alike (difflib, 0-1) are one name, as half an overlap is for spans.
MIN_ALIKE = 0.5


@dataclass(frozen=True)
class Known:
    """One row of the gold file."""

    source: str
    target_id: str | None
    title: str
    status: Status
    group: str  # stated, implied, name, term ...: figures are given for each
    page: int | None = None
    surface: str = ""
    neutral: bool = False  # an anaphora or an unreadable place: counts neither for nor against


@dataclass(frozen=True)
class Cited:
    """One row of the run's citations.csv."""

    source_id: str
    target_id: str | None
    title: str
    status: Status
    page: int
    surface: str
    sentence: str
    neutral: bool = False


@dataclass(frozen=True)
class RunMiss:
    """One thing that went wrong: `what` is missed, wrong or status, of a line or of a citation."""

    level: str
    what: str
    source: str
    target: str
    expected: str
    got: str
    sentence: str


@dataclass(frozen=True)
class RunScores:
    """What a run gave against a gold file."""

    lines: Counts
    line_status: StatusCounts
    groups: dict[str, tuple[Counts, StatusCounts]]
    citations: Counts | None  # None where the gold file has no pages and surfaces
    citation_status: StatusCounts | None
    without_entry: Counts  # documents outside the gazetteer that the gold names: found as citations or not
    complete: bool
    not_read: tuple[str, ...]
    misses: tuple[RunMiss, ...]


def score_run(gold: Path, run: Path, complete: bool = False) -> RunScores:
    """Score the run in folder `run`; raises CaseError for a file that is missing or has other columns."""
    cited = read_citations(run)
    known, not_read = _name_sources(read_gold(gold), run)
    lines, line_status, groups, line_misses = _score_lines(known, cited, complete)
    without_entry, unnamed = _score_without_entry(known, cited)
    citations, citation_status, citation_misses = _score_citations(known, cited, complete)
    return RunScores(
        lines=lines,
        line_status=line_status,
        groups=groups,
        citations=citations,
        citation_status=citation_status,
        without_entry=without_entry,
        complete=complete,
        not_read=not_read,
        misses=(*line_misses, *unnamed, *citation_misses),
    )


def read_gold(path: Path) -> tuple[Known, ...]:
    """The rows of a gold file; which columns it has decides what can be scored."""
    try:
        rows = list(read_csv(path))
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read ({error}); was `topology run` finished?") from None
    columns = set(rows[0]) if rows else set()
    source, target = _first(SOURCE_COLUMNS, columns), _first(TARGET_COLUMNS, columns)
    if not rows or source is None or target is None or "status" not in columns:
        names = f"one of {', '.join(SOURCE_COLUMNS)}; one of {', '.join(TARGET_COLUMNS)}; status"
        raise CaseError(f"{path}: needs rows with the columns {names}")
    surface = _first(SURFACE_COLUMNS, columns)
    return tuple(_read_known(path, number, row, source, target, surface) for number, row in enumerate(rows, 2))


def read_citations(run: Path) -> tuple[Cited, ...]:
    """The citations of a run; raises CaseError where the folder holds none."""
    try:
        citations = load(run).table("citations", _COLUMNS)
    except ResultsError as error:
        raise CaseError(str(error)) from None
    return tuple(
        Cited(
            source_id=row.source_id,
            target_id=row.target_id or None,
            title=row.target_title,
            status=Status(row.status),
            page=row.page,
            surface=" ".join(row.surface.split()),
            sentence=row.sentence,
            neutral=row.match_method == "anaphora",
        )
        for row in read_rows(citations)
    )


def _first(names: Sequence[str], columns: Iterable[str]) -> str | None:
    return next((name for name in names if name in set(columns)), None)


def _read_known(
    path: Path, number: int, row: Mapping[str, str], source: str, target: str, surface: str | None
) -> Known:
    try:
        status = Status(row["status"])
        page = int(row["page"]) if row.get("page") else None
    except ValueError as error:
        raise CaseError(f"{path}:{number}: {error}") from None
    group = row.get("kind") or "all"
    return Known(
        source=row[source],
        target_id=row[target] or None,
        title=row.get("target_title") or (row[surface] if surface else ""),
        status=status,
        group=group,
        page=page,
        surface=row[surface] if surface else "",
        neutral=group == "anaphora" or row.get("unreadable") == "yes",
    )


def _name_sources(known: Iterable[Known], run: Path) -> tuple[list[Known], tuple[str, ...]]:
    """The rows whose source the run has read, with its id; and the names of the other sources."""
    try:
        inputs = json.loads((run / "run.json").read_text(encoding="utf-8"))["inputs"]
        by_file = {PurePosixPath(item["file"]).name: item["source_id"] for item in inputs if item["action"] != "failed"}
    except (OSError, ValueError, KeyError, TypeError):
        raise CaseError(f"{run}/run.json: cannot be read; was `topology run` finished?") from None
    ids = {source: source for source in by_file.values()}
    named: list[Known] = []
    not_read: set[str] = set()
    for row in known:
        source = ids.get(row.source) or by_file.get(PurePosixPath(row.source).name)
        if source is None:
            not_read.add(row.source)
        else:
            named.append(replace(row, source=source))
    return named, tuple(sorted(not_read))


def _score_lines(
    known: Sequence[Known], cited: Sequence[Cited], complete: bool
) -> tuple[Counts, StatusCounts, dict[str, tuple[Counts, StatusCounts]], list[RunMiss]]:
    drawn: dict[tuple[str, str], dict[Status, Cited]] = defaultdict(dict)
    for row in cited:
        if target := _entry(row.target_id):
            drawn[row.source_id, target].setdefault(row.status, row)
    wanted: dict[tuple[str, str, Status], Known] = {}
    for gold in known:
        if gold.target_id and not gold.neutral:
            wanted.setdefault((gold.source, gold.target_id, gold.status), gold)
    groups: dict[str, tuple[Counts, StatusCounts]] = {}
    misses: list[RunMiss] = []
    for (source, target, status), gold in sorted(wanted.items()):
        found = drawn.get((source, target), {})
        got = status if status in found else min(found, default=None)
        links, statuses = groups.get(gold.group, (Counts(), StatusCounts()))
        groups[gold.group] = (
            links + Counts(int(bool(found)), int(not found)),
            statuses + StatusCounts.of(status, got) if got else statuses,
        )
        if got is not status:
            what = "status" if got else "missed"
            sentence = found[got].sentence if got else gold.surface
            misses.append(
                RunMiss("line", what, source, target, status.value, got.value if got else "no line", sentence)
            )
    wrong = _find_wrong_lines(drawn, known) if complete else []
    lines = sum((links for links, _ in groups.values()), Counts()) + Counts(wrong=len(wrong))
    statuses = sum((status for _, status in groups.values()), StatusCounts())
    return lines, statuses, dict(sorted(groups.items())), misses + wrong


def _find_wrong_lines(drawn: Mapping[tuple[str, str], Mapping[Status, Cited]], known: Iterable[Known]) -> list[RunMiss]:
    """Lines of the gold's sources that it does not know; one that rests on an anaphora it lists is no fault."""
    sources = {row.source for row in known}
    right = {(row.source, row.target_id) for row in known}
    return [
        RunMiss("line", "wrong", source, target, "no line", status.value, row.sentence)
        for (source, target), rows in sorted(drawn.items())
        for status, row in sorted(rows.items())
        if source in sources and (source, target) not in right
    ]


def _score_without_entry(known: Sequence[Known], cited: Iterable[Cited]) -> tuple[Counts, list[RunMiss]]:
    """Documents outside the gazetteer: named by the gold, and found in the same source under a like name."""
    names: dict[str, list[str]] = defaultdict(list)
    for given in cited:
        if _entry(given.target_id) is None:
            names[given.source_id] += [fold_name(given.surface), fold_name(given.title)]
    counts = Counts()
    misses = []
    wanted = {(row.source, row.title or row.surface): row for row in reversed(known) if not row.target_id}
    for (source, title), row in sorted(wanted.items()):
        asked = {fold_name(title), fold_name(row.surface)} - {""}
        found = any(
            name in other or other in name or _likeness(name, other) >= MIN_ALIKE + 0.25
            for name in asked
            for other in filter(None, names[source])
        )
        counts += Counts(int(found), int(not found))
        if not found:
            misses.append(RunMiss("line", "missed", source, "no entry", title, "nothing", row.surface))
    return counts, misses


def _score_citations(
    known: Sequence[Known], cited: Sequence[Cited], complete: bool
) -> tuple[Counts | None, StatusCounts | None, list[RunMiss]]:
    """Citation by citation, on the page where the gold has them."""
    placed = [row for row in known if row.page is not None and row.surface]
    if not placed:
        return None, None, []
    sources = {row.source for row in placed}
    given = [row for row in cited if row.source_id in sources]
    pairs = _pair_citations(placed, given)
    statuses = StatusCounts()
    misses: list[RunMiss] = []
    for number, gold in enumerate(placed):
        target = gold.target_id or f"no entry ({gold.title})"
        if number not in pairs:
            if not gold.neutral:
                misses.append(RunMiss("citation", "missed", gold.source, target, gold.surface, "nothing", gold.surface))
            continue
        got = given[pairs[number]]
        if not gold.neutral:
            statuses += StatusCounts.of(gold.status, got.status)
            if got.status is not gold.status:
                place = (gold.source, target, gold.status.value, got.status.value, got.sentence)
                misses.append(RunMiss("citation", "status", *place))
    used = set(pairs.values())
    wrong = [row for number, row in enumerate(given) if number not in used and not row.neutral] if complete else []
    misses += [
        RunMiss("citation", "wrong", row.source_id, row.target_id or "undecided", "nothing", row.surface, row.sentence)
        for row in wrong
    ]
    right = sum(not placed[number].neutral for number in pairs)
    missed = sum(not row.neutral for row in placed) - right
    return Counts(right, missed, len(wrong)), statuses, misses


def _pair_citations(known: Sequence[Known], cited: Sequence[Cited]) -> dict[int, int]:
    """One to one: same source and target, the same page or the one beside it, a like surface; the best pairs first."""
    by_place: dict[tuple[str, str | None, int], list[int]] = defaultdict(list)
    for number, row in enumerate(cited):
        by_place[row.source_id, _entry(row.target_id), row.page].append(number)
    ranked = sorted(
        (abs(away), -likeness, left, right)
        for left, gold in enumerate(known)
        for away in (0, -1, 1)
        for right in by_place.get((gold.source, _entry(gold.target_id), (gold.page or 0) + away), ())
        if (likeness := _likeness(fold_name(gold.surface), fold_name(cited[right].surface))) >= MIN_ALIKE
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, left, right in ranked:
        if left not in pairs and right not in taken:
            pairs[left] = right
            taken.add(right)
    return pairs


def _entry(target_id: str | None) -> str | None:
    return None if target_id is None or target_id.startswith(UNLISTED) else target_id


def _likeness(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right, autojunk=False).ratio()
