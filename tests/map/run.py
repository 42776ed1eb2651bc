"""The tables of a run, made of invented documents, so that the map's tests need no PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.contract import CITATIONS, EDGES, NODES, RELATIONS
from pipeline.gazetteer.load import Gazetteer
from pipeline.graph import build_edges, build_nodes, build_relations, table_rows
from pipeline.names.dates import PartialDate
from pipeline.records import Alias, AliasKind, Citation, Document, Entry, Mention, Source, Status, Zone, citation_id
from pipeline.runs.outputs import citation_rows, write_table
from tests.map.corpora import make_corpus, make_gazetteer
from tests.review.review_factory import make_citation


@dataclass(frozen=True)
class Quoted:
    """One citation: who cites whom, as what, in which words, where."""

    source: str
    target: str
    status: Status = Status.EXISTING
    sentence: str = "It builds on the {0}."
    page: int = 1
    zone: Zone = Zone.BODY


def write_run(folder: Path, entries: Sequence[Entry], read: Sequence[str], quotes: Sequence[Quoted]) -> Gazetteer:
    """nodes.csv, edges.csv and citations.csv of a run over `read`; returns the gazetteer that belongs to it."""
    acronyms = [Alias(each.acronym, each.id, AliasKind.ACRONYM) for each in entries if each.acronym]
    gazetteer = replace(make_gazetteer(), entries={each.id: each for each in entries}, aliases=tuple(acronyms))
    documents = [
        Document(
            _source(each, gazetteer),
            9,
            (),
            tuple(_cite(quote, gazetteer) for quote in quotes if quote.source == each),
            (),
            (),
        )
        for each in read
    ]
    edges = build_edges(documents, gazetteer)
    write_table(folder, EDGES, table_rows(edges))
    nodes = build_nodes(documents, edges, gazetteer)
    write_table(folder, NODES, table_rows(nodes))
    write_table(folder, RELATIONS, table_rows(build_relations(nodes, gazetteer)))
    write_table(folder, CITATIONS, citation_rows([each for document in documents for each in document.citations]))
    return gazetteer


def write_corpus(folder: Path, documents: int, lines: int, seed: int = 1) -> Gazetteer:
    """The run of an invented corpus of that size; each line has as many citations as its weight."""
    nodes, edges = make_corpus(documents, lines, seed)
    entries = [Entry(node.id, node.title, node.label, node.kind, node.lane, node.date) for node in nodes]
    quotes = [
        Quoted(line.source, line.target, Status(line.status), page=page)
        for line in edges
        for page in range(1, line.weight + 1)
    ]
    return write_run(folder, entries, [node.id for node in nodes if node.in_corpus], quotes)


def _source(document: str, gazetteer: Gazetteer) -> Source:
    entry = gazetteer.entries.get(document)
    title, issued = (entry.title, entry.issued) if entry else (document, PartialDate(2020))
    return Source(document, f"{document}.pdf", "0", title, issued)


def _cite(quote: Quoted, gazetteer: Gazetteer) -> Citation:
    entry = gazetteer.entries.get(quote.target)
    name = entry.title if entry else quote.target
    sentence = quote.sentence.format(name)
    mention: Mention = replace(
        make_citation().mention,
        source_id=quote.source,
        page=quote.page,
        sentence=sentence,
        surface=name if name in sentence else sentence,
        zone=quote.zone,
    )
    return replace(
        make_citation(),
        id=citation_id(replace(mention, occurrence=quote.page)),
        mention=mention,
        target_id=quote.target,
        target_title=name,
        status=quote.status,
    )
