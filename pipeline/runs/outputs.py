"""The files of a run, written into a folder: tables, map, report, lists.

In: a `Corpus` and the gazetteer. Out: the files of the contract, each the same for the same corpus. The trap: only
run.json, which is written elsewhere, may hold a clock time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.graph import build_edges, build_nodes, table_rows
from pipeline.ledger import build_ledger, promise_rows
from pipeline.records import BBox, Citation, Issue, NearMiss
from pipeline.review import review_rows
from pipeline.runs.contract import (
    CHANGES,
    CITATIONS,
    EDGES,
    ISSUES,
    NEAR_MISSES,
    NODES,
    PROMISES,
    UNLISTED,
    Table,
    write_dictionary,
)
from pipeline.store import Cell, write_csv, write_lines, write_parquet, write_text
from pipeline.unlisted import Unlisted, build_unlisted

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer
    from pipeline.runs.corpus import Corpus
    from pipeline.settings import Settings

TABLES = (CITATIONS, EDGES, NODES, UNLISTED, NEAR_MISSES, PROMISES, CHANGES, ISSUES)

Rows = Sequence[tuple[Cell, ...]]


def write_table(folder: Path, table: Table, rows: Rows) -> None:
    """`<name>.csv`, and `<name>.parquet` where the contract has one."""
    write_csv(folder / f"{table.name}.csv", table.names, rows)
    if table.parquet:
        write_parquet(folder / f"{table.name}.parquet", table.kinds, rows)


def write_tables(folder: Path, corpus: Corpus, gazetteer: Gazetteer, settings: Settings) -> None:
    """Every table of the contract, and the dictionary that explains them."""
    write_citations(folder, corpus)
    write_network(folder, corpus, gazetteer)
    write_table(folder, PROMISES, promise_rows(build_ledger(corpus.documents, gazetteer, settings.as_of)))
    write_table(folder, UNLISTED, unlisted_rows(build_unlisted(corpus.documents)))
    write_table(folder, ISSUES, issue_rows(corpus.issues))
    write_text(folder / "DATA_DICTIONARY.md", write_dictionary(TABLES))


def write_pictures(folder: Path, gazetteer: Gazetteer, settings: Settings) -> None:
    """What is made from the tables in `folder`: the map, and the network for other tools."""
    from pipeline.export.apart import write_exports_meanwhile
    from pipeline.map import PUBLISHED, View, draw_map, write_drawing
    from pipeline.map import read_network as read_map_network
    from pipeline.report import write_report

    network, view = read_map_network(folder), View(as_of=settings.as_of)
    drawing = draw_map(network, gazetteer, settings.map, view)
    with write_exports_meanwhile(folder, drawing.positions):
        write_drawing(drawing, network, gazetteer, settings.map, view, PUBLISHED, folder)
        write_report(folder, gazetteer)


def write_citations(folder: Path, corpus: Corpus) -> None:
    """Citations and what stands behind them."""
    citations = [citation for document in corpus.documents for citation in document.citations]
    misses = [miss for document in corpus.documents for miss in document.near_misses]
    write_table(folder, CITATIONS, citation_rows(citations))
    write_table(folder, NEAR_MISSES, near_miss_rows(misses))
    evidence = (row for document in corpus.unjudged for row in review_rows([document]))
    write_lines(folder / "review.jsonl", evidence)


def write_network(folder: Path, corpus: Corpus, gazetteer: Gazetteer) -> None:
    """Edges and nodes."""
    edges = build_edges(corpus.documents, gazetteer)
    nodes = build_nodes(corpus.documents, edges, gazetteer)
    write_table(folder, EDGES, table_rows(edges))
    write_table(folder, NODES, table_rows(nodes))


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


def unlisted_rows(unlisted: Iterable[Unlisted]) -> Rows:
    """The rows of unlisted.csv, in the order given."""
    return [
        (
            each.id,
            each.name,
            each.documents,
            each.citations,
            each.planned,
            "; ".join(each.forms),
            "; ".join(each.sources),
            each.suggestion,
            each.suggested_id,
            each.suggested_score,
            each.sentence,
        )
        for each in unlisted
    ]


def issue_rows(issues: Iterable[tuple[str, Issue]]) -> Rows:
    """The rows of issues.csv, by file."""
    rows = {(each.source_id, file, each.stage, each.severity.value, each.message, each.remedy) for file, each in issues}
    return sorted(rows, key=lambda row: (row[1], row[0], *row[2:]))


def _citation_row(citation: Citation) -> tuple[Cell, ...]:
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
