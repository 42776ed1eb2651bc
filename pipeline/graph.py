"""The citation network: citations become lines between documents, and each document gets its measures.

In: one `Document` per source and the gazetteer. Out: three tables (pandas) with the columns of `contract.EDGES`,
`contract.NODES` and `contract.RELATIONS`. A pair of documents may hold several lines, one for each status, so
neighbours are counted once however many lines lead to them. The drawing rules of the map never touch the measures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from pipeline.contract import EDGES, NODES, RELATIONS, Table
from pipeline.gazetteer.lanes import lane_of_kind
from pipeline.gazetteer.new_rows import guess_kind
from pipeline.records import UNLISTED, Citation, CitationKind, Document, Front, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.gazetteer.load import Gazetteer
    from pipeline.store import Cell

# The lane of documents that no entry explains; it is never drawn.
NO_LANE = "none"

# Floats of the tables: far coarser than the tolerance of the iterations below, so the last digit never flickers.
DIGITS = 6
_TOLERANCE = 1e-12
_ITERATIONS = 10_000

# Betweenness costs documents x lines; above this product it is estimated from evenly spaced documents.
_EXACT_BETWEENNESS = 20_000_000


@dataclass(frozen=True)
class Facts:
    """What the map and the tables say of one document, whether it was read or only cited."""

    id: str
    label: str
    title: str
    year: int | None = None
    date: str = ""
    kind: str = ""
    lane: str = NO_LANE
    in_corpus: bool = False
    partly_read: bool = False
    dialogue_partner: str = ""
    symbol: str = ""
    issuer: str = ""
    origin: str = "cited"  # gazetteer, corpus, cited
    url: str = ""


def build_edges(documents: Sequence[Document], gazetteer: Gazetteer) -> pd.DataFrame:
    """One row for each source, target and status, sorted; `documents` holds each source once."""
    facts = collect_facts(documents, gazetteer)
    rows = []
    for (source, target, status), group in sorted(_group(documents).items()):
        left, right = facts[source], facts[target]
        ids = ";".join(citation.id for citation in group)
        page = min(citation.mention.page for citation in group)
        told = (status, len(group), page, ids, left.label, right.label, left.year, right.year)
        confidences = [_rounded(citation.confidence) for citation in group]
        rows.append((source, target, *told, min(confidences), max(confidences)))
    return _table(EDGES, rows)


def build_nodes(documents: Sequence[Document], edges: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """One row for each document that was read or is cited, sorted by id, with its measures over all lines."""
    facts = collect_facts(documents, gazetteer)
    joined = set(edges["source"]) | set(edges["target"])
    ids = sorted(each for each, fact in facts.items() if fact.in_corpus or each in joined)
    pairs = sorted(set(zip(edges["source"], edges["target"], strict=True)))
    cites, cited_by = Counter(source for source, _ in pairs), Counter(target for _, target in pairs)
    planned_by = Counter(edges.loc[edges["status"] == Status.PLANNED, "target"])
    hub, authority = measure_hits(ids, pairs)
    pagerank, betweenness = _measure_ways(ids, pairs)
    rows = [
        (
            *(each, facts[each].label, facts[each].title, facts[each].year, facts[each].date),
            *(facts[each].kind, facts[each].lane, facts[each].in_corpus),
            *(cited_by[each], cites[each], planned_by[each]),
            *(_rounded(measure[each]) for measure in (hub, authority, pagerank)),
            *(facts[each].dialogue_partner, facts[each].partly_read, _rounded(betweenness[each])),
            *(
                facts[each].symbol,
                facts[each].issuer,
                facts[each].origin,
                facts[each].url,
                _successors(each, gazetteer),
            ),
        )
        for each in ids
    ]
    return _table(NODES, rows)


def build_relations(nodes: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """What the gazetteer says of two documents of the network besides citing, sorted."""
    ids = set(nodes["id"])
    found = []
    for entry in (gazetteer.entries[each] for each in ids & gazetteer.entries.keys()):
        told = {"supersedes": entry.supersedes, "part_of": (entry.part_of,), "renamed_to": (entry.renamed_to,)}
        found += [
            (entry.id, other, name, "gazetteer") for name, others in told.items() for other in others if other in ids
        ]
    return _table(RELATIONS, sorted(found))


def table_rows(table: pd.DataFrame) -> list[tuple[Cell, ...]]:
    """The rows as plain values, None where a cell is empty."""
    columns = [column.astype(object).where(column.notna(), None).tolist() for _, column in table.items()]
    return list(zip(*columns, strict=True))


def supports_line(citation: Citation) -> bool:
    """Whether the citation stands behind a line of the map.

    It must name a document, listed or not, by its name or a defined term. Anaphora ("the said Agreement") do not
    count: each repeats a citation that stands nearby, and a line should not rest on a pronoun. A document that names
    itself draws no line, and a citation that a reviewer rejected has no target.
    """
    return (
        citation.target_id is not None
        and citation.kind is not CitationKind.ANAPHORA
        and citation.target_id != citation.mention.source_id
    )


def collect_facts(documents: Sequence[Document], gazetteer: Gazetteer) -> dict[str, Facts]:
    """Facts by id of every source and of everything cited; a gazetteer row counts more than what a PDF says."""
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for citation in document.citations:
            if citation.target_id is not None:
                titles[citation.target_id][citation.target_title] += 1
    sources = {document.source.id: document for document in documents}
    ids = sorted(titles.keys() | sources.keys())
    return {each: _describe(each, sources.get(each), titles[each], gazetteer) for each in ids}


def measure_hits(ids: Sequence[str], pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, float], dict[str, float]]:
    """Hub and authority of each document (Kleinberg 1999), each summing to 1; 0 for all where nothing is cited.

    Power iteration from equal scores. networkx.hits starts from a random vector, which decides the answer where
    several parts of the network are equally strong, and fails on networks without a line.
    """
    place = {each: number for number, each in enumerate(ids)}
    lines = np.array([(place[source], place[target]) for source, target in pairs], dtype=np.intp).reshape(-1, 2)
    if not len(lines):
        return dict.fromkeys(ids, 0.0), dict.fromkeys(ids, 0.0)
    hub = np.full(len(ids), 1.0 / len(ids))
    for _ in range(_ITERATIONS):
        authority = _gather(lines[:, 1], hub[lines[:, 0]], len(ids))
        following = _gather(lines[:, 0], authority[lines[:, 1]], len(ids))
        moved = float(np.abs(following - hub).sum())
        hub = following
        if moved < _TOLERANCE:
            break
    return dict(zip(ids, hub.tolist(), strict=True)), dict(zip(ids, authority.tolist(), strict=True))


def _gather(places: NDArray[np.intp], scores: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The scores added up by place, as shares of 1."""
    sums: NDArray[np.float64] = np.bincount(places, weights=scores, minlength=size).astype(np.float64)
    shares: NDArray[np.float64] = sums / sums.sum()
    return shares


def _measure_ways(ids: Sequence[str], pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, float], dict[str, float]]:
    """PageRank (sums to 1) and betweenness (share of all pairs of other documents) over pairs of documents."""
    graph = nx.DiGraph()
    graph.add_nodes_from(ids)
    graph.add_edges_from(pairs)
    if not ids:
        return {}, {}
    pagerank: dict[str, float] = nx.pagerank(graph, tol=_TOLERANCE, max_iter=_ITERATIONS)
    return pagerank, _measure_betweenness(graph)


def _measure_betweenness(graph: nx.DiGraph) -> dict[str, float]:
    size, cost = len(graph), len(graph) * graph.number_of_edges()
    if cost <= _EXACT_BETWEENNESS:
        return dict(nx.betweenness_centrality(graph))
    ids = list(graph)
    starts = ids[:: -(-cost // _EXACT_BETWEENNESS)]
    partial = nx.betweenness_centrality_subset(graph, sources=starts, targets=ids)
    scale = size / len(starts) / ((size - 1) * (size - 2))
    return {each: value * scale for each, value in partial.items()}


def _group(documents: Sequence[Document]) -> dict[tuple[str, str, str], list[Citation]]:
    """The citations behind each line, in reading order."""
    groups: dict[tuple[str, str, str], list[Citation]] = defaultdict(list)
    for document in documents:
        for citation in filter(supports_line, document.citations):
            groups[document.source.id, citation.target_id or "", citation.status.value].append(citation)
    for group in groups.values():
        group.sort(key=lambda each: (each.mention.page, each.mention.start, each.id))
    return groups


def _describe(document_id: str, document: Document | None, titles: Counter[str], gazetteer: Gazetteer) -> Facts:
    entry = gazetteer.entries.get(document_id)
    source = document.source if document else None
    front = (source.front if source else None) or Front()
    issued = (entry.issued if entry else None) or (source.issued if source else None)
    name = (source.title if source else _most_used(titles)) or document_id.removeprefix(UNLISTED)
    facts = Facts(
        document_id,
        label=name,
        title=name,
        year=issued.year if issued else None,
        date=str(issued or ""),
        in_corpus=document is not None,
        partly_read=bool(document and document.unread_pages),
        symbol=front.symbols[0] if front.symbols else "",
        issuer=front.issuer,
    )
    if entry is not None:
        return replace(
            facts,
            label=entry.short_title or entry.title,
            title=entry.title,
            kind=entry.kind,
            lane=entry.lane,
            dialogue_partner=entry.dialogue_partner or "",
            issuer=entry.adopted_by or front.issuer,
            origin="corpus" if document_id.startswith(UNLISTED) else "gazetteer",  # the register has both
            url=entry.official_url or "",
        )
    if source is None:
        return facts
    kind = front.kind or guess_kind(gazetteer, name)
    return replace(facts, kind=kind, lane=lane_of_kind(kind, gazetteer.lanes) or NO_LANE, origin="corpus")


def _successors(document_id: str, gazetteer: Gazetteer) -> str:
    return ";".join(sorted(gazetteer.successors_of.get(document_id, ())))


def _most_used(titles: Counter[str]) -> str:
    """The title that most citations give, the first in the alphabet among equals; empty if there is none."""
    return min(titles, key=lambda title: (-titles[title], title), default="")


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)


def _table(table: Table, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """A table with the contract's columns; whole numbers stay whole where one is missing."""
    kinds = {str: "str", int: "Int64", float: "float64", bool: "bool"}
    frame = pd.DataFrame(list(rows), columns=list(table.names))
    return frame.astype({name: kinds[kind] for name, kind in table.kinds.items()})
