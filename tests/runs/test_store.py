"""What is written is whole, the same each time, and comes back as it was."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import store
from pipeline.store import read_csv, write_bytes, write_csv, write_json, write_lines, write_parquet, write_text

# What stands in a cell, and what stands in the file for it.
CELLS = [
    ("plain", "plain", "plain"),
    ("comma", "a, b", '"a, b"'),
    ("quote", 'a "b"', '"a ""b"""'),
    ("line end", "a\nb", '"a\nb"'),
    ("carriage return", "a\rb", '"a\rb"'),
    ("formula", "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ("plus", "+1", "'+1"),
    ("minus", "-1", "'-1"),
    ("at", "@SUM(A1)", "'@SUM(A1)"),
    ("tab", "\t=1", "'\t=1"),
    ("full width", "＝1", "'＝1"),
    ("negative number", -1, "-1"),
    ("float", 0.1, "0.1"),
    ("true", True, "true"),
    ("none", None, ""),
    ("zero byte", "a\0b", "a\ufffdb"),
    ("accents", "Hà Nội", "Hà Nội"),
]


@pytest.mark.parametrize(("cell", "written"), [each[1:] for each in CELLS], ids=[each[0] for each in CELLS])
def test_cell(tmp_path: Path, cell: str, written: str) -> None:
    path = tmp_path / "table.csv"
    write_csv(path, ("a", "b"), [(cell, "end")])
    assert path.read_bytes().decode("utf-8") == f"a,b\n{written},end\n"


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.integers())))
def test_what_is_written_is_read(rows: list[tuple[str, int]]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        write_csv(path, ("text", "number"), rows)
        assert [(row["text"].lstrip("'"), int(row["number"])) for row in read_csv(path)] == [
            (text.lstrip("'"), number) for text, number in rows
        ]
        with path.open(encoding="utf-8", newline="") as stream:
            assert len(list(csv.reader(stream))) == len(rows) + 1


def test_json_is_sorted_and_refuses_what_is_no_json(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": 1, "a": [1, "é"]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n "a": [\n  1,\n  "é"\n ],\n "b": 1\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"a": float("nan")})


def test_lines(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [{"b": 1, "a": 2}, {}])
    assert (tmp_path / "a.jsonl").read_text() == '{"a": 2, "b": 1}\n{}\n'


def test_half_a_surrogate_pair_is_escaped(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "name\udce9.pdf")
    assert (tmp_path / "a.txt").read_bytes() == b"name\\udce9.pdf"


def test_parquet_holds_the_text_as_it_is_and_types(tmp_path: Path) -> None:
    from pyarrow import parquet

    columns = {"name": str, "year": int, "score": float, "read": bool}
    rows = [("=a", 2021, 0.5, True), ("b", None, None, False)]
    write_parquet(tmp_path / "a.parquet", columns, rows)
    table = parquet.read_table(tmp_path / "a.parquet")
    assert [str(field.type) for field in table.schema] == ["string", "int64", "double", "bool"]
    assert table.to_pylist() == [
        {"name": "=a", "year": 2021, "score": 0.5, "read": True},
        {"name": "b", "year": None, "score": None, "read": False},
    ]


def test_parquet_bytes_follow_from_the_values(tmp_path: Path) -> None:
    columns: dict[str, type] = {"name": str}
    for name in ("a", "b"):
        write_parquet(tmp_path / name, columns, [("x",), (None,)])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_empty_table_keeps_its_types(tmp_path: Path) -> None:
    from pyarrow import parquet

    write_parquet(tmp_path / "a.parquet", {"name": str, "year": int}, [])
    assert [str(field.type) for field in parquet.read_table(tmp_path / "a.parquet").schema] == ["string", "int64"]


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(path, b"new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_folders_are_made(tmp_path: Path) -> None:
    write_json(tmp_path / "a" / "b" / "c.json", {})
    assert json.loads((tmp_path / "a" / "b" / "c.json").read_text()) == {}


def test_how_many_rows_come_at_a_time_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_ROW_GROUP", 3)
    columns = {"text": str, "number": int}
    rows = [(f"row {number}", number or None) for number in range(8)]
    for name, size in (("all.parquet", 8), ("few.parquet", 1), ("some.parquet", 5)):
        with store.open_parquet(tmp_path / name, columns) as add:
            for start in range(0, len(rows), size):
                add(rows[start : start + size])
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
    assert [tuple(row.values()) for row in pq.read_table(tmp_path / "all.parquet").to_pylist()] == rows


def test_a_table_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_csv(path, ("a",), [("old",)])

    def add_half() -> None:
        with store.open_csv(path, ("a",)) as add:
            add([("new",)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_half()
    assert [each.name for each in tmp_path.iterdir()] == ["table.csv"]
    assert path.read_text() == "a\nold\n"
