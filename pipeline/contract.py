"""The tables of the output folder: file, columns, the type of each and what it says.

One place for what other programs rely on: the writers take the columns from here, and so do the reader (`results.py`),
DATA_DICTIONARY.md and datapackage.json. A column may be added at the end (as `added`, since runs of older versions lack
it), never renamed, moved or given another meaning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple


class Column(NamedTuple):
    """One column: its name, the type of its values (an empty cell is no value), and its meaning."""

    name: str
    kind: type
    meaning: str
    added: bool = False  # by a later version: an older run is read as if its cells were empty
    values: tuple[str, ...] = ()  # all that may stand here, where that is a closed list
    refers: str = ""  # the table whose `id` stands here


@dataclass(frozen=True)
class Table:
    """One table: `<name>.csv`, and `<name>.parquet` where programs are meant to read it in bulk."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()  # columns that tell the rows apart
    parquet: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def kinds(self) -> dict[str, type]:
        """The columns' types by name."""
        return {column.name: column.kind for column in self.columns}


_STATUSES = ("existing", "planned", "unclear")
_BASES = ("date", "cue", "both", "conflict", "none")
_ORIGINS = ("gazetteer", "corpus", "cited")

CITATIONS = Table(
    "citations",
    "One row for each place where a document names another one.",
    (
        Column("citation_id", str, "stable from run to run: of source, sentence, surface and occurrence"),
        Column("source_id", str, "the citing document: a gazetteer id, or unlisted:<slug>"),
        Column("target_id", str, "the cited document: a gazetteer id, unlisted:<slug>, or empty where undecided"),
        Column("target_title", str, "its title; what the text calls it where it is in no gazetteer"),
        Column("status", str, "at the citing document's date: existing, planned or unclear", values=_STATUSES),
        Column("status_basis", str, "what decided the status: date, cue, both, conflict or none", values=_BASES),
        Column("cue", str, "the words that speak for the status"),
        Column("status_today", str, "status by what the gazetteer knows at the run's as-of date", added=True),
        Column("confidence", float, "0 to 1, of link and status together"),
        Column("match_method", str, "how the target was found: exact, edition, context, term, fuzzy, judgement ..."),
        Column("match_score", float, "0 to 100, of the chosen candidate; empty where nothing was scored"),
        Column("runner_up_id", str, "the next best candidate of another document"),
        Column("runner_up_score", float, "its score"),
        Column("surface", str, "the name as it stands in the text"),
        Column("sentence", str, "the sentence around it, white space folded, running headers taken out"),
        Column("page", int, "page of the PDF, from 1"),
        Column("char_start", int, "offset of the first character in the page's text"),
        Column("char_end", int, "offset after the last character; beyond the page's text where the name goes on"),
        Column("bbox", str, "left, top, right, bottom in points from the upright page's top left corner"),
        Column("zone", str, "body, heading, table, footnote, annex, contents, bibliography, header or footer"),
        Column("is_list_item", bool, "stands in a list"),
        Column("review_state", str, "empty, accepted, corrected, rejected, unsure, conflict or recheck", added=True),
        Column("reviewer", str, "whose judgement counts", added=True),
        Column("reviewed_at", str, "when it was given", added=True),
    ),
    key=("citation_id",),
    parquet=True,
)

EDGES = Table(
    "edges",
    "One row for each pair of documents and status: source cites target.",
    (
        Column("source", str, "id of the citing document", refers="nodes"),
        Column("target", str, "id of the cited document", refers="nodes"),
        Column("status", str, "existing, planned or unclear", values=_STATUSES),
        Column("weight", int, "number of citations behind the line"),
        Column("first_page", int, "page of the first of them"),
        Column("citation_ids", str, "their ids, separated by semicolons"),
        Column("source_label", str, "short title of the source"),
        Column("target_label", str, "short title of the target"),
        Column("source_year", int, "year of the source"),
        Column("target_year", int, "year of the target"),
        Column("min_confidence", float, "confidence of the weakest citation behind the line", added=True),
        Column("max_confidence", float, "of the strongest: with a higher threshold the line is gone", added=True),
    ),
    key=("source", "target", "status"),
    parquet=True,
)

NODES = Table(
    "nodes",
    "One row for each document that cites or is cited.",
    (
        Column("id", str, "gazetteer id, or unlisted:<slug>"),
        Column("label", str, "short title"),
        Column("title", str, "full title"),
        Column("year", int, "year of adoption"),
        Column("date", str, "date of adoption, as precise as it is known"),
        Column("kind", str, "sort of document"),
        Column("lane", str, "band of the map"),
        Column("in_corpus", bool, "its PDF was read"),
        Column("cited_by", int, "number of documents that cite it"),
        Column("cites", int, "number of documents that it cites"),
        Column("planned_by", int, "number of documents that cite it as planned"),
        Column("hub", float, "Kleinberg's hub score: cites what is much cited"),
        Column("authority", float, "Kleinberg's authority score: is cited by hubs"),
        Column("pagerank", float, "PageRank"),
        Column("dialogue_partner", str, "the partner beside ASEAN, if there is one"),
        Column("partly_read", bool, "some of its pages could not be read", added=True),
        Column("betweenness", float, "share of the shortest ways between other documents through it", added=True),
        Column("symbol", str, "the document's own symbol or number, as it writes it", added=True),
        Column("issuer", str, "the body that adopted or issued it", added=True),
        Column("origin", str, "gazetteer, corpus (read, in no gazetteer) or cited (neither)", True, _ORIGINS),
        Column("url", str, "its official address, where the gazetteer has one", added=True),
        Column("superseded_by", str, "ids of the documents that replaced it, separated by semicolons", added=True),
    ),
    key=("id",),
    parquet=True,
)

RELATIONS = Table(
    "relations",
    "What is known of two documents of nodes.csv besides citing.",
    (
        Column("source", str, "the document of which something is said", refers="nodes"),
        Column("target", str, "the document that it supersedes, is part of, or was renamed to", refers="nodes"),
        Column("relation", str, "supersedes, part_of or renamed_to", values=("supersedes", "part_of", "renamed_to")),
        Column("origin", str, "who says so: gazetteer"),
    ),
    key=("source", "target", "relation"),
)

PROMISES = Table(
    "promises",
    "One row for each planned document.",
    (
        Column("target_id", str, "the planned document: a gazetteer id, or unlisted:<slug>"),
        Column("target_title", str, "its title; what the text calls it where it is in no gazetteer"),
        Column("source_id", str, "the document that promises it first", refers="nodes"),
        Column("promised_at", str, "that document's date, as precise as it is known"),
        Column("page", int, "page of the first place"),
        Column("repeated", int, "number of further documents that promise it"),
        Column("first_deadline", str, "the first time that a text binds to its making, as the text has it: by 2025"),
        Column("first_due", str, "when that falls, as a date; empty where the phrase names no day"),
        Column("deadline", str, "the last such time"),
        Column("due", str, "when that falls"),
        Column("drift_months", int, "months from the first deadline to the last"),
        Column("last_source_id", str, "the last document that promises it"),
        Column("last_mentioned_at", str, "that document's date"),
        Column("state", str, "at the as-of date: open, negotiating, delivered, renamed, overdue or silent"),
        Column("overdue", bool, "it was or is late: the last due date passed before it came"),
        Column("delivered_by", str, "the document that it became"),
        Column("delivered_at", str, "that document's date"),
        Column("lag_months", int, "months from the first promise to delivery"),
        Column("evidence", str, "why the state is what it is"),
        Column("citation_ids", str, "the citations behind the promise, separated by semicolons"),
    ),
    key=("target_id", "source_id"),
)

PROMISE_EVENTS = Table(
    "promise_events",
    "The trail of each planned document, the oldest step first.",
    (
        Column("target_id", str, "the planned document, as in promises.csv"),
        Column("date", str, "date of the document that says so, or of the delivery"),
        Column("source_id", str, "the document that says so, or that was delivered"),
        Column("page", int, "page of the first place"),
        Column("event", str, "announced, repeated, negotiating, deadline moved, delivered or renamed"),
        Column("quote", str, "the sentence, or the evidence of the delivery"),
        Column("deadline", str, "the time bound to the making, as the text has it"),
        Column("due", str, "when that falls"),
        Column("months", int, "months by which the deadline moved"),
    ),
)

UNLISTED = Table(
    "unlisted",
    "One row for each document that is cited and that no entry of the gazetteer explains, the most widely cited first.",
    (
        Column("id", str, "unlisted:<slug>, one for all spellings of the name"),
        Column("name", str, "the name as it is mostly given"),
        Column("documents", int, "number of documents that cite it"),
        Column("citations", int, "number of citations"),
        Column("planned", int, "how many of them cite it as planned"),
        Column("forms", str, "the spellings, the commonest first, separated by semicolons; five at most"),
        Column("sources", str, "documents that cite it, separated by semicolons; five at most"),
        Column("suggestion", str, "alias, edition (of an entry that is there) or new entry"),
        Column("suggested_id", str, "the entry that the suggestion means"),
        Column("suggested_score", float, "0 to 100: how alike its name is"),
        Column("sentence", str, "one sentence in which it stands"),
    ),
    key=("id",),
)

INBOX = Table(
    "inbox",
    "One row for each document that the gazetteer lacks: files of the corpus, and below them names cited often.",
    (
        Column("id", str, "unlisted:<slug>: what the run calls the document"),
        Column("row_id", str, "the id that the gazetteer's row would have"),
        Column("origin", str, "corpus: its file was read; cited: only its name is known"),
        Column("title", str, "its title, in the best form found"),
        Column("symbol", str, "what its issuer numbers it by"),
        Column("issuer", str, "the body that issued it"),
        Column("date", str, "date of adoption, as precise as it is known"),
        Column("kind", str, "sort of document, by its head noun"),
        Column("lane", str, "band of the map, by its kind"),
        Column("aliases", str, "its other names, separated by semicolons"),
        Column("file", str, "the file, of a document of the corpus"),
        Column("sha256", str, "of the file"),
        Column("documents", int, "number of documents that cite it"),
        Column("evidence", str, "where the row's facts come from"),
        Column("confidence", str, "high, medium or low, as documents.csv has it"),
    ),
    key=("id",),
)

NEAR_MISSES = Table(
    "near_misses",
    "Pairs of a name and an entry that a guard kept apart.",
    (
        Column("source_id", str, "the citing document"),
        Column("surface", str, "the name as it stands in the text"),
        Column("entry_id", str, "the entry that it was not linked to"),
        Column("guard", str, "which guard kept them apart"),
        Column("score", float, "0 to 100: how alike they are otherwise"),
        Column("reason", str, "why, in words"),
    ),
)

CHANGES = Table(
    "changes",
    "What differs from the run before, each with its cause; empty after a run that found nothing new.",
    (
        Column("level", str, "citation or edge"),
        Column("change", str, "gained, lost, flipped (status), retargeted (other document), delivered (exists by now)"),
        Column("source_id", str, "the citing document"),
        Column("target_id", str, "the cited document, now; before, where it is lost"),
        Column("old_target_id", str, "the cited document before"),
        Column("old_status", str, "status before; of a delivered promise, status_today"),
        Column("new_status", str, "status now; of a delivered promise, status_today"),
        Column("cause", str, "new, replaced or removed document, judgement, gazetteer, text, rules or settings"),
        Column("detail", str, "which file, row, person or version"),
        Column("citation_id", str, "the citation"),
        Column("page", int, "its page"),
        Column("surface", str, "the name as it stands in the text"),
    ),
)

ISSUES = Table(
    "issues",
    "What could not be read or understood, each with its remedy.",
    (
        Column("source_id", str, "the document, where it is known"),
        Column("file", str, "the PDF"),
        Column("stage", str, "read, identify, link, review ..."),
        Column("severity", str, "error lost a document or page, warning may have lost a citation, info lost nothing"),
        Column("message", str, "what is the matter"),
        Column("remedy", str, "what to do about it"),
    ),
)


TABLES = (CITATIONS, EDGES, NODES, RELATIONS, UNLISTED, INBOX, NEAR_MISSES, PROMISES, PROMISE_EVENTS, CHANGES, ISSUES)


def write_dictionary() -> str:
    """DATA_DICTIONARY.md: every table, column by column."""
    return "\n".join([_OPENING, *(part for table in TABLES for part in _describe(table)), _CLOSING])


def describe_package(title: str) -> dict[str, Any]:
    """datapackage.json (Data Package 2): the tables with types, keys and meanings, for programs."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "topology",
        "title": title,
        "description": _RIGHTS,
        "licenses": [{"name": "MIT", "path": "https://opensource.org/license/mit", "title": "MIT License"}],
        "resources": [_describe_resource(table) for table in TABLES],
    }


def write_citation(title: str, version: str) -> str:
    """CITATION.cff, for whoever quotes the tables or the map."""
    return f"""cff-version: 1.2.0
message: To quote these data, name the run's date (run.json) and the documents that it read (nodes.csv).
type: dataset
title: {json.dumps(title, ensure_ascii=False)}
abstract: {json.dumps(_RIGHTS)}
authors:
  - name: asean-topology
version: {json.dumps(version)}
license: MIT
"""


def _describe_resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_describe_field(column, table) for column in table.columns]}
    schema |= {"missingValues": [""]} | ({"primaryKey": list(table.key)} if table.key else {})
    foreign = [
        {"fields": [column.name], "reference": {"resource": column.refers, "fields": ["id"]}}
        for column in table.columns
        if column.refers
    ]
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "description": table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\n"},
        "schema": schema | ({"foreignKeys": foreign} if foreign else {}),
    }


def _describe_field(column: Column, table: Table) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": True} if column.name in table.key else {}
    limits |= {"enum": list(column.values)} if column.values else {}
    field = {"name": column.name, "type": _FIELD_TYPES[column.kind], "description": column.meaning}
    return field | ({"constraints": limits} if limits else {})


def _describe(table: Table) -> list[str]:
    files = f"{table.name}.csv" + (f", {table.name}.parquet" if table.parquet else "")
    rows = [f"| `{column.name}` | {_WORDS[column.kind]} | {column.meaning} |" for column in table.columns]
    return [f"## {files}", "", table.meaning, "", "| column | type | meaning |", "|---|---|---|", *rows, ""]


_RIGHTS = (
    "Who cites whom among the documents of one run, made by asean-topology. The quoted sentences belong to the "
    "publishers of the documents."
)
_FIELD_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}

_OPENING = """# Data dictionary

Every table is UTF-8 with `\\n` line ends (RFC 4180), sorted, dates as ISO 8601 has them. An empty cell is an unknown
value. In the CSV files a cell that a spreadsheet would run as a formula carries an apostrophe in front; the Parquet
files hold it as it is.
"""

_CLOSING = """## Other files

| file | content |
|---|---|
| `topology_map.svg` `.html` `.png` | the map; the HTML is one self-contained file |
| `report.html` | counts, map, most cited documents, issues, changes on one page |
| `changes.md` `changes.csv` | gains, losses and flips since the run before, each with its cause |
| `review.jsonl` | candidates and near misses behind each citation, for the review page |
| `exports/` | one file or folder for each tool that reads the network |
| `datapackage.json` | the tables for programs (Data Package 2): types, keys, licence |
| `CITATION.cff` | how to quote them |
| `run.json` | what was done with each input, versions, counts, timings: the only file with clock times |
"""
