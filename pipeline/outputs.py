"""The files of a run, written into a folder: tables, map, report, lists.

In: a `Corpus` (every document's result) and the gazetteer. Out: the files of the contract, each the same for the same
corpus. The trap: only run.json may hold a clock time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract import CITATIONS, EDGES, ISSUES, NEAR_MISSES, NODES, Table, write_dictionary
from pipeline.records import BBox, Citation, Document, Issue, NearMiss
from pipeline.review import review_rows
from pipeline.store import Cell, write_csv, write_lines, write_parquet, write_text

if TYPE_CHECKING:
    from pandas import DataFrame, Series

TABLES = (CITATIONS, EDGES, NODES, NEAR_MISSES, ISSUES)

Rows = Sequence[Sequence[Cell]]


def write_table(folder: Path, table: Table, rows: Rows) -> None:
    """`<name>.csv`, and `<name>.parquet` where the contract has one."""
    write_csv(folder / f"{table.name}.csv", table.names, rows)
    if table.parquet:
        write_parquet(folder / f"{table.name}.parquet", table.kinds, rows)


def write_tables(folder: Path, documents: Sequence[Document], issues: Sequence[tuple[str, Issue]]) -> None:
    """Citations, near misses and issues; `issues` come with the name of their file."""
    citations = [citation for document in documents for citation in document.citations]
    misses = [miss for document in documents for miss in document.near_misses]
    write_table(folder, CITATIONS, citation_rows(citations))
    write_table(folder, NEAR_MISSES, near_miss_rows(misses))
    write_table(folder, ISSUES, issue_rows(issues))
    write_lines(folder / "review.jsonl", review_rows(documents))
    write_text(folder / "DATA_DICTIONARY.md", write_dictionary(TABLES))


def frame_rows(frame: DataFrame, table: Table) -> Rows:
    """The rows of a data frame that has the table's columns, in any order; what pandas calls missing is None."""
    if set(frame.columns) != set(table.names):
        raise TypeError(
            f"{table.name}: columns {sorted(set(frame.columns) ^ set(table.names))} differ from contract.py"
        )
    columns = [_column_values(frame[column.name], column.kind) for column in table.columns]
    return list(zip(*columns, strict=True))


def _column_values(series: Series[Any], kind: type) -> list[Cell]:
    missing = series.isna()
    return [None if absent else kind(value) for value, absent in zip(series, missing, strict=True)]


def citation_rows(citations: Iterable[Citation]) -> Rows:
    """The rows of citations.csv, by source and place."""
    ordered = sorted(
        citations, key=lambda each: (each.mention.source_id, each.mention.page, each.mention.start, each.id)
    )
    return [_citation_row(each) for each in ordered]


def near_miss_rows(misses: Iterable[NearMiss]) -> Rows:
    """The rows of near_misses.csv, each pair once a source."""
    rows = {(each.source_id, each.surface, each.entry_id, each.guard, each.score, each.reason) for each in misses}
    return sorted(rows)


def issue_rows(issues: Iterable[tuple[str, Issue]]) -> Rows:
    """The rows of issues.csv, by file."""
    rows = {(each.source_id, file, each.stage, each.severity.value, each.message, each.remedy) for file, each in issues}
    return sorted(rows, key=lambda row: (row[1], row[0], *row[2:]))


def _citation_row(citation: Citation) -> Sequence[Cell]:
    mention = citation.mention
    score, runner_up_id, runner_up_score = _scores(citation)
    return (
        citation.id,
        mention.source_id,
        citation.target_id,
        citation.target_title,
        citation.status.value,
        citation.status_basis.value,
        citation.cue,
        citation.status_today,
        citation.confidence,
        citation.method,
        score,
        runner_up_id,
        runner_up_score,
        mention.surface,
        mention.sentence,
        mention.page,
        mention.start,
        mention.end,
        _box(citation.bbox),
        mention.zone.value,
        mention.is_list_item,
        citation.review_state,
        citation.reviewer,
        citation.reviewed_at,
    )


def _scores(citation: Citation) -> tuple[float | None, str | None, float | None]:
    """The chosen candidate's score, and the best candidate that means another document."""
    score = next((each.score for each in citation.candidates if each.entry_id == citation.target_id), None)
    others = [each for each in citation.candidates if each.entry_id != citation.target_id]
    best = max(others, key=lambda each: (each.score, each.entry_id), default=None)
    return score, best.entry_id if best else None, best.score if best else None


def _box(bbox: BBox | None) -> str | None:
    return " ".join(f"{side:.1f}" for side in bbox) if bbox else None
