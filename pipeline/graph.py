"""Citations to edges and nodes, and the measures of a citation network (pandas and networkx live here).

In: what each source cites. Out: two tables with the columns of the output contract. The trap: one document may cite
another both as existing and as planned (a plan that is adopted while the text is written), which makes two edges.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

from pipeline.records import Citation, Document, Edge, Entry, Source, Status, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.gazetteer import Gazetteer

EDGE_COLUMNS: dict[str, type] = {
    "source": str,
    "target": str,
    "status": str,
    "weight": int,
    "first_page": int,
    "citation_ids": str,
    "source_label": str,
    "target_label": str,
    "source_year": int,
    "target_year": int,
    "min_confidence": float,
    "max_confidence": float,
}
NODE_COLUMNS: dict[str, type] = {
    "id": str,
    "label": str,
    "title": str,
    "year": int,
    "date": str,
    "kind": str,
    "lane": str,
    "in_corpus": bool,
    "partly_read": bool,
    "cited_by": int,
    "cites": int,
    "planned_by": int,
    "hub": float,
    "authority": float,
    "pagerank": float,
    "betweenness": float,
    "dialogue_partner": str,
}
# Digits kept of a measure: more would differ between builds of the linear algebra library.
_DIGITS = 6
# The error of the power iteration falls geometrically; 100 rounds settle six digits on every graph tried.
_HITS_ROUNDS = 100


def join_edges(citations: Iterable[Citation]) -> tuple[Edge, ...]:
    """One edge per source, target and status, sorted; undecided and rejected citations make none."""
    groups: dict[tuple[str, str, Status], list[str]] = defaultdict(list)
    for citation in citations:
        source = citation.mention.source_id
        if is_drawn(citation) and citation.target_id is not None and citation.target_id != source:
            groups[(source, citation.target_id, citation.status)].append(citation.id)
    return tuple(Edge(*key, weight=len(ids), citation_ids=tuple(sorted(ids))) for key, ids in sorted(groups.items()))


def is_drawn(citation: Citation) -> bool:
    """A citation supports a line when it has a target and no reviewer has rejected it."""
    return citation.target_id is not None and citation.review_state != Verdict.REJECT


def build_edges(documents: Sequence[Document], gazetteer: Gazetteer) -> pd.DataFrame:
    """The edge list, one row per line, columns as EDGE_COLUMNS, sorted by source, target, status."""
    citations = {citation.id: citation for document in documents for citation in document.citations}
    names = _Names(documents, gazetteer)
    rows = [_edge_row(edge, citations, names) for edge in join_edges(citations.values())]
    return _table(rows, EDGE_COLUMNS)


def build_nodes(documents: Sequence[Document], edges: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """Every document that is read or cited, with its measures, columns as NODE_COLUMNS, sorted by id."""
    names = _Names(documents, gazetteer)
    read = {document.source.id: document for document in documents}
    pairs = sorted(zip(edges["source"], edges["target"], edges["status"], strict=True))
    ids = sorted(set(read) | {target for _, target, _ in pairs})
    measures = measure_network(ids, pairs)
    return _table([_node_row(node, names, read, measures[node]) for node in ids], NODE_COLUMNS)


def measure_network(ids: Sequence[str], pairs: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, float]]:
    """Degrees by distinct documents; hubs and authorities (Kleinberg 1999), PageRank, betweenness on all lines."""
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(ids)
    graph.add_edges_from((source, target) for source, target, _ in pairs)
    planned: dict[str, set[str]] = defaultdict(set)
    for source, target, status in pairs:
        if status == Status.PLANNED:
            planned[target].add(source)
    hubs, authorities = _hubs_and_authorities(graph)
    pagerank = nx.pagerank(graph) if graph.number_of_edges() else dict.fromkeys(ids, 0.0)
    betweenness = nx.betweenness_centrality(graph)
    return {
        node: {
            "cited_by": graph.in_degree(node),
            "cites": graph.out_degree(node),
            "planned_by": len(planned[node]),
            "hub": _rounded(hubs[node]),
            "authority": _rounded(authorities[node]),
            "pagerank": _rounded(pagerank[node]),
            "betweenness": _rounded(betweenness[node]),
        }
        for node in ids
    }


def _hubs_and_authorities(graph: Any) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """HITS by plain power iteration from equal weights; zero everywhere on a graph without lines.

    Not networkx's: where several eigenvectors share the largest value (two lines that do not touch are enough) its
    solver returns any of them, signs included, and with them NaN or other digits on the next run.
    """
    hubs = dict.fromkeys(graph, 1.0)
    authorities = dict.fromkeys(graph, 0.0)
    for _ in range(_HITS_ROUNDS if graph.number_of_edges() else 0):
        authorities = _shares({node: sum(hubs[source] for source in graph.predecessors(node)) for node in graph})
        hubs = _shares({node: sum(authorities[target] for target in graph.successors(node)) for node in graph})
    return (hubs, authorities) if graph.number_of_edges() else (authorities, authorities)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    """The same weights with sum 1."""
    total = math.fsum(weights.values())
    return {node: weight / total for node, weight in weights.items()}


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)


class _Names:
    """Label, title, date and the like of a document: from the gazetteer, else from its own PDF, else as cited."""

    def __init__(self, documents: Sequence[Document], gazetteer: Gazetteer) -> None:
        self._entries = gazetteer.entries
        self._sources = {document.source.id: document.source for document in documents}
        self._cited: dict[str, str] = {}
        for document in documents:
            for citation in document.citations:
                if citation.target_id is not None:
                    self._cited.setdefault(citation.target_id, citation.target_title)

    def entry(self, node: str) -> Entry | None:
        return self._entries.get(node)

    def source(self, node: str) -> Source | None:
        return self._sources.get(node)

    def title(self, node: str) -> str:
        entry, source = self.entry(node), self.source(node)
        if entry is not None:
            return entry.title
        return source.title if source is not None else self._cited.get(node, node)

    def label(self, node: str) -> str:
        entry = self.entry(node)
        return entry.short_title or entry.title if entry is not None else self.title(node)

    def date(self, node: str) -> str:
        entry, source = self.entry(node), self.source(node)
        issued = entry.issued if entry is not None else None
        if issued is None and source is not None:
            issued = source.issued
        return "" if issued is None else str(issued)

    def year(self, node: str) -> int | None:
        date = self.date(node)
        return int(date[:4]) if date else None


def _edge_row(edge: Edge, citations: Mapping[str, Citation], names: _Names) -> dict[str, Any]:
    support = [citations[citation_id] for citation_id in edge.citation_ids]
    return {
        "source": edge.source_id,
        "target": edge.target_id,
        "status": str(edge.status),
        "weight": edge.weight,
        "first_page": min(citation.mention.page for citation in support),
        "citation_ids": " ".join(edge.citation_ids),
        "source_label": names.label(edge.source_id),
        "target_label": names.label(edge.target_id),
        "source_year": names.year(edge.source_id),
        "target_year": names.year(edge.target_id),
        "min_confidence": min(citation.confidence for citation in support),
        "max_confidence": max(citation.confidence for citation in support),
    }


def _node_row(node: str, names: _Names, read: Mapping[str, Document], measures: dict[str, float]) -> dict[str, Any]:
    entry = names.entry(node)
    return {
        "id": node,
        "label": names.label(node),
        "title": names.title(node),
        "year": names.year(node),
        "date": names.date(node),
        "kind": entry.kind if entry is not None else "",
        "lane": entry.lane if entry is not None else "none",
        "in_corpus": node in read,
        "partly_read": node in read and bool(read[node].unread_pages),
        "dialogue_partner": (entry.dialogue_partner or "") if entry is not None else "",
        **measures,
    }


def _table(rows: list[dict[str, Any]], columns: Mapping[str, type]) -> pd.DataFrame:
    """A table with exactly these columns; whole numbers stay whole where a value is missing."""
    kinds = {str: "str", int: "Int64", float: "float64", bool: "bool"}
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({name: kinds[kind] for name, kind in columns.items()})
