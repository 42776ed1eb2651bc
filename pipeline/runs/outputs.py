"""The files of a run, written into a folder: tables, map, report, lists.

In: a `Corpus` and the gazetteer. Out: the files of the contract, each the same for the same corpus. The trap: only
run.json, which is written elsewhere, may hold a clock time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract import (
    CITATIONS,
    EDGES,
    INBOX,
    ISSUES,
    NEAR_MISSES,
    NODES,
    PROMISE_EVENTS,
    PROMISES,
    RELATIONS,
    UNLISTED,
    Table,
    describe_package,
    write_citation,
    write_dictionary,
)
from pipeline.graph import build_edges, build_nodes, build_relations, table_rows
from pipeline.ledger import build_ledger, event_rows, promise_rows
from pipeline.records import BBox, Citation, Document, Issue, NearMiss, Severity
from pipeline.review.inbox import build_inbox, describe_inbox
from pipeline.review.verdicts import review_rows
from pipeline.runs.corpus import count_found, without_evidence
from pipeline.runs.versions import release
from pipeline.store import AddRows, Cell, open_csv, open_lines, open_parquet, write_json, write_text
from pipeline.unlisted import Unlisted, build_unlisted

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.gazetteer.load import Gazetteer
    from pipeline.runs.corpus import Corpus
    from pipeline.settings import Settings

Rows = Sequence[tuple[Cell, ...]]


def write_table(folder: Path, table: Table, rows: Iterable[tuple[Cell, ...]]) -> None:
    """`<name>.csv`, and `<name>.parquet` where the contract has one."""
    with open_table(folder, table) as add:
        add(rows)


@contextmanager
def open_table(folder: Path, table: Table) -> Iterator[AddRows]:
    """`write_table` for rows that come a few at a time."""
    with ExitStack() as files:
        adds = [files.enter_context(open_csv(folder / f"{table.name}.csv", table.names))]
        if table.parquet:
            adds.append(files.enter_context(open_parquet(folder / f"{table.name}.parquet", table.kinds)))

        def add(rows: Iterable[Sequence[Cell]]) -> None:
            few = tuple(rows)
            for each in adds:
                each(few)

        yield add


def write_tables(folder: Path, corpus: Corpus, gazetteer: Gazetteer, settings: Settings) -> dict[str, int]:
    """Every table of the contract, and the dictionary that explains them; returns what was found, in numbers."""
    documents = write_citations(folder, corpus)
    nodes = write_network(folder, documents, gazetteer)
    promises = build_ledger(documents, gazetteer, settings.as_of)
    write_table(folder, PROMISES, promise_rows(promises))
    write_table(folder, PROMISE_EVENTS, event_rows(promises))
    unlisted = build_unlisted(documents)
    inbox = build_inbox(documents, unlisted, gazetteer)
    write_table(folder, UNLISTED, unlisted_rows(unlisted))
    write_table(folder, INBOX, [each.cells for each in inbox])
    waiting = describe_inbox(inbox)
    issues = (*corpus.issues, *([("", waiting)] if waiting else []), *map_issues(nodes, gazetteer))
    write_table(folder, ISSUES, issue_rows(issues))
    write_text(folder / "DATA_DICTIONARY.md", write_dictionary())
    write_json(folder / "datapackage.json", describe_package(gazetteer.title))
    write_text(folder / "CITATION.cff", write_citation(gazetteer.title, release()))
    return count_found(documents, issues) | {"waiting in the inbox": len(inbox)}


def map_issues(nodes: pd.DataFrame, gazetteer: Gazetteer) -> list[tuple[str, Issue]]:
    """An issue where there are documents and none of them will stand on the map."""
    drawn = [lane.id for lane in gazetteer.lanes.values() if lane.drawn]
    if nodes.empty or nodes["lane"].isin(drawn).any():
        return []
    message = f"the map is empty: none of {len(nodes)} documents stands in a drawn lane ({', '.join(drawn) or 'none'})"
    remedy = f"draw a lane in {gazetteer.folder}/lanes.yaml, or give them one: topology gazetteer add ID --lane LANE"
    return [("", Issue("", "map", Severity.WARNING, message, remedy))]


def write_pictures(folder: Path, gazetteer: Gazetteer, settings: Settings) -> None:
    """What is made from the tables in `folder`: the map, and the network for other tools."""
    from pipeline.export.process import write_exports_meanwhile
    from pipeline.map import PUBLISHED, View, draw_map, write_drawing
    from pipeline.report import write_report
    from pipeline.results import load

    network, view = load(folder).network, View(as_of=settings.as_of)
    drawing = draw_map(network, gazetteer, settings.map, view)
    with write_exports_meanwhile(folder, drawing.positions):
        write_drawing(drawing, network, gazetteer, settings.map, view, PUBLISHED, folder)
        write_report(folder, gazetteer)


def write_citations(folder: Path, corpus: Corpus) -> list[Document]:
    """Citations and what stands behind them, document by document; returns what the other tables are made from."""
    documents = []
    with (
        open_table(folder, CITATIONS) as add_citations,
        open_table(folder, NEAR_MISSES) as add_misses,
        open_lines(folder / "review.jsonl") as add_evidence,
    ):
        for unjudged, judged in corpus.walk():
            add_citations(citation_rows(judged.citations))
            add_misses(near_miss_rows(judged.near_misses))
            add_evidence(review_rows([unjudged]))
            documents.append(without_evidence(judged))
    return documents


def write_network(folder: Path, documents: Sequence[Document], gazetteer: Gazetteer) -> pd.DataFrame:
    """Edges, nodes and relations; returns the nodes."""
    edges = build_edges(documents, gazetteer)
    nodes = build_nodes(documents, edges, gazetteer)
    write_table(folder, EDGES, table_rows(edges))
    write_table(folder, NODES, table_rows(nodes))
    write_table(folder, RELATIONS, table_rows(build_relations(nodes, gazetteer)))
    return nodes


def citation_rows(citations: Iterable[Citation]) -> Rows:
    """The rows of citations.csv, by source and place; those of several documents too."""
    ordered = sorted(
        citations, key=lambda each: (each.mention.source_id, each.mention.page, each.mention.start, each.id)
    )
    return [_citation_row(each) for each in ordered]


def near_miss_rows(misses: Iterable[NearMiss]) -> Rows:
    """The rows of near_misses.csv, each pair once a source."""
    rows = {(each.source_id, each.surface, each.entry_id, each.guard, each.score, each.reason) for each in misses}
    return sorted(rows)


def unlisted_rows(unlisted: Iterable[Unlisted]) -> Rows:
    """The rows of unlisted.csv, in the order given; the fields are the columns."""
    return [tuple("; ".join(cell) if isinstance(cell, tuple) else cell for cell in astuple(each)) for each in unlisted]


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
