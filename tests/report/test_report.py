"""The report: its figures, its order, and that nothing from a PDF acts in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.contract import (
    CHANGES,
    CITATIONS,
    EDGES,
    ISSUES,
    NEAR_MISSES,
    NODES,
    PROMISE_EVENTS,
    PROMISES,
    UNLISTED,
    Table,
)
from pipeline.gazetteer.load import load_gazetteer
from pipeline.report import Summary, cut, write_report
from pipeline.report.plots import draw_bars, draw_columns
from pipeline.results import ResultsError, load
from pipeline.store import Cell, write_csv

GAZETTEER = Path(__file__).parents[2] / "gazetteer"
NASTY = '<script>alert("x")</script>'


def write_rows(folder: Path, table: Table, *rows: dict[str, Cell]) -> None:
    """Rows of a table, empty where nothing is given."""
    defaults: dict[type, Cell] = {str: "", int: 0, float: 0.0, bool: False}
    full = [[row.get(column.name, defaults[column.kind]) for column in table.columns] for row in rows]
    write_csv(folder / f"{table.name}.csv", table.names, full)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_rows(
        tmp_path,
        NODES,
        {"id": "a", "label": NASTY, "year": 2019, "date": "2019-05", "in_corpus": True, "hub": 0.9, "cites": 2},
        {"id": "b", "label": "Plan B", "year": 2021, "date": "2021-01-22", "in_corpus": True, "partly_read": True},
        {"id": "c", "label": "Code C", "year": None, "cited_by": 1, "authority": 0.7, "planned_by": 1},
    )
    write_rows(
        tmp_path,
        EDGES,
        {"source": "a", "target": "b", "status": "planned", "source_year": 2019, "max_confidence": 0.9},
        {"source": "a", "target": "c", "status": "existing", "source_year": 2019, "max_confidence": 0.6},
    )
    write_rows(
        tmp_path,
        CITATIONS,
        {"citation_id": "1", "source_id": "a", "target_id": "b", "status": "planned", "status_basis": "conflict"},
        {"citation_id": "2", "source_id": "a", "target_id": "c", "status": "existing", "status_basis": "date"},
        {"citation_id": "3", "source_id": "a", "target_id": "", "status": "existing", "status_basis": "date"},
    )
    write_rows(
        tmp_path,
        PROMISES,
        {"target_id": "b", "target_title": "Plan B", "source_id": "a", "promised_at": "2019-05", "state": "delivered"},
        {"target_id": "c", "target_title": "Code C", "source_id": "a", "promised_at": "2019-05", "state": "overdue"},
    )
    steps = (("b", "announced"), ("b", "delivered"), ("c", "announced"))
    write_rows(
        tmp_path, PROMISE_EVENTS, *({"target_id": target, "event": step, "source_id": "a"} for target, step in steps)
    )
    for table in (CHANGES, NEAR_MISSES):
        write_rows(tmp_path, table)
    write_rows(tmp_path, ISSUES, {"file": "a.pdf", "message": NASTY, "remedy": "none"})
    write_rows(tmp_path, UNLISTED, *({"id": f"unlisted:{n}", "name": f"Paper {n}"} for n in range(45)))
    (tmp_path / "topology_map.svg").write_text("<svg><title>the map</title></svg>", encoding="utf-8")
    return tmp_path


def test_the_figures(run: Path) -> None:
    summary = Summary(load(run))
    assert [node.id for node in summary.read] == ["a", "b"]
    assert [node.id for node in summary.partly_read] == ["b"]
    assert summary.statuses == {"existing": 2, "planned": 1}
    assert summary.to_review == 2  # one without a target, one in conflict
    assert summary.as_of == "2021-01-22"
    assert summary.years == {2019: {"read": 1}, 2021: {"read": 1}}
    assert summary.line_years == {2019: {"planned": 1, "existing": 1}}
    assert summary.most_cited(5) == [("Code C", {"existing": 1})]
    assert [node.id for node in summary.ranked("authority", 5)] == ["c"]
    assert summary.robustness == [
        (0.0, {"planned": 1, "existing": 1}),
        (0.5, {"planned": 1, "existing": 1}),
        (0.7, {"planned": 1}),
        (0.8, {"planned": 1}),
        (0.9, {"planned": 1}),
        (0.95, {}),
    ]


def test_the_page_says_what_an_analyst_asks(run: Path) -> None:
    page = write_report(run, load_gazetteer(GAZETTEER)).read_text(encoding="utf-8")
    assert "<svg><title>the map</title></svg>" in page
    assert "Only partly read:</strong> Plan B" in page
    assert "40 of 45 rows; all of them in" in page
    assert page.count("</span> announced ") == 2, "the trail of each promise"
    assert page.index(">overdue</td>") < page.index(">delivered</td>"), "what is owed stands first"


def test_nothing_from_a_pdf_acts(run: Path) -> None:
    page = write_report(run, load_gazetteer(GAZETTEER)).read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in page
    assert "default-src 'none'" in page
    assert "http:" not in page.replace("http://www.w3.org", "")


def test_same_tables_same_page(run: Path) -> None:
    first = write_report(run, load_gazetteer(GAZETTEER)).read_bytes()
    assert write_report(run, load_gazetteer(GAZETTEER)).read_bytes() == first


def test_a_missing_table_is_named(run: Path) -> None:
    (run / "promises.csv").unlink()
    with pytest.raises(ResultsError, match=r"promises\.csv"):
        write_report(run, load_gazetteer(GAZETTEER))


def test_plots_tell_each_number() -> None:
    columns = draw_columns("Lines", {2019: {"existing": 3}, 2021: {"planned": 1}}, ("existing", "planned"))
    assert "<title>2019: 3 existing</title>" in columns
    assert "<title>2021: 1 planned</title>" in columns
    bars = draw_bars("Most cited", [("A & B", {"existing": 2, "planned": 1})], ("existing", "planned"))
    assert "<title>A &amp; B: 2 existing</title>" in bars
    assert (draw_columns("none", {}, ()), draw_bars("none", [], ())) == ("", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("two\nlines", "two lines"), ("x" * 200, "x" * 159 + "…"), ("", "")],
)
def test_long_texts_are_cut(text: str, shown: str) -> None:
    assert cut(text) == shown
