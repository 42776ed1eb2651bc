"""The one reader of a run: what was written is read, with its types; what is missing or spoilt is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import pipeline
from pipeline.codec import decode, encode
from pipeline.contract import EDGES, NODES, TABLES, Table
from pipeline.names.dates import PartialDate
from pipeline.records import Candidate, Citation, Document, Front, Source, Zone
from pipeline.results import Line, ResultsError, rows
from pipeline.store import Cell, write_csv
from tests.review.review_factory import make_citation

NASTY = ["=cmd()", "a\rb", "a\nb", 'say "so"', "NA", "null", "nan", "\ufeffx", " spaces ", "'", "-1", "1e5", "true", ""]


def write(folder: Path, table: Table, *given: dict[str, Cell]) -> None:
    write_csv(folder / f"{table.name}.csv", table.names, [[row.get(name) for name in table.names] for row in given])


def node(**given: Cell) -> dict[str, Cell]:
    counts: dict[str, Cell] = {"in_corpus": False, "cited_by": 0, "cites": 0, "planned_by": 0}
    return counts | {"hub": 0.0, "authority": 0.0, "pagerank": 0.0} | given


@pytest.mark.parametrize("text", NASTY)
def test_a_text_is_read_as_it_was_written(text: str, tmp_path: Path) -> None:
    write(tmp_path, NODES, node(id="a", label="A", title=text))
    assert list(pipeline.load(tmp_path).nodes["title"]) == [text]


def test_numbers_keep_their_type_and_their_last_digit(tmp_path: Path) -> None:
    write(tmp_path, NODES, node(id="a", year=2021, hub=0.1 + 0.2, in_corpus=True), node(id="b"))
    first, second = rows(pipeline.load(tmp_path).nodes)
    assert (first.year, first.hub, first.in_corpus) == (2021, 0.1 + 0.2, True)
    assert (second.year, second.hub, second.in_corpus, second.symbol) == (None, 0.0, False, "")
    assert str(pipeline.load(tmp_path).nodes.dtypes["year"]) == "Int64"


def test_an_empty_table_has_all_columns(tmp_path: Path) -> None:
    for table in TABLES:
        write(tmp_path, table)
    run = pipeline.load(tmp_path)
    assert all(tuple(run.table(table.name).columns) == table.names for table in TABLES)
    assert run.network.nodes == run.network.lines == ()


def test_lines_know_what_stands_behind_them(tmp_path: Path) -> None:
    for table in TABLES:
        write(tmp_path, table)
    told: dict[str, Cell] = {"source": "a", "target": "b", "status": "planned", "weight": 2, "first_page": 3}
    write(tmp_path, EDGES, told | {"citation_ids": "c-1;c-2", "max_confidence": 0.9})
    assert pipeline.load(tmp_path).network.lines == (Line("a", "b", "planned", 2, 0.9, ("c-1", "c-2"), 3),)


FAULTS = [
    ("no file", None, "edges.csv: not there; `topology run` writes it"),
    ("a column is missing", "source,target,status\na,b,planned\n", "edges.csv: lacks `weight`"),
    ("no number", "{head}\na,b,planned,many,1,,,,,,,\n", "edges.csv, row 2: 'many' is no value of `weight`"),
    ("no status", "{head}\na,b,planned,1,1,,,,,,,\na,b,maybe,1,1,,,,,,,\n", "row 3: 'maybe' is no value of `status`"),
    ("empty file", "", "edges.csv: cannot be read"),
    ("not UTF-8", "\udcff", "edges.csv: cannot be read"),
]


@pytest.mark.parametrize(("case", "text", "message"), FAULTS, ids=[case for case, *_ in FAULTS])
def test_what_cannot_be_read_is_named(case: str, text: str | None, message: str, tmp_path: Path) -> None:
    if text is not None:
        content = text.format(head=",".join(EDGES.names))
        (tmp_path / "edges.csv").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ResultsError) as caught:
        _ = pipeline.load(tmp_path).edges
    assert message in str(caught.value), case


def test_an_older_run_lacks_columns_that_were_added_since(tmp_path: Path) -> None:
    kept = [column.name for column in EDGES.columns if not column.added]
    write_csv(tmp_path / "edges.csv", kept, [["a", "b", "existing", 1, 1, "c", "A", "B", 2020, None]])
    (row,) = rows(pipeline.load(tmp_path).edges)
    assert (row.target_year, row.max_confidence) == (None, None)
    assert pipeline.load(tmp_path).relations.empty


CITATION = replace(
    make_citation(),
    candidates=(Candidate("a", "A", 97.5, "exact"), Candidate("b", "B", 1.0, "fuzzy")),
    bbox=(1.0, 2.5, 3.0, 4.25),
)
RECORDS = [
    Source("unlisted:a", "a.pdf", "0", "“Größe” \u2028 \x00", PartialDate(2021, 3), front=Front(symbols=("A/RES/1",))),
    CITATION,
    Document(Source("a", "", "", ""), 3, (1, 2), (CITATION,), (), ()),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_equal(record: Source | Citation | Document) -> None:
    assert decode(type(record), encode(record)) == record


def test_half_a_surrogate_pair_does_not_stop_a_run() -> None:
    source = Source("a", "", "", "half \ud800 pair")
    assert decode(Source, encode(source)) == replace(source, title="half ? pair")


SPOILT = [
    (Source, b'{"id": "a"}'),
    (Source, b'{"id": 1, "path": "", "sha256": "", "title": ""}'),
    (Citation, encode(CITATION).replace(Zone(CITATION.mention.zone).value.encode(), b"nowhere")),
    (Document, encode(RECORDS[2])[:-9]),
]


@pytest.mark.parametrize(("kind", "content"), SPOILT)
def test_what_is_no_record_of_its_kind_is_refused(kind: type[object], content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decode(kind, content)
