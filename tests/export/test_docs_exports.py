"""The snippets of docs/exports.md run as they stand, on a small run of our own."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core import run
from tests.run_factory import ROOT, make_folder, make_settings

PAGE = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
SNIPPETS = dict(re.findall(r"## ([^\n]+)\n\n```python\n(.*?)```", PAGE, re.S))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("docs")
    make_folder(folder / "pdfs")
    run(make_settings(folder, output=folder / "extracted"))
    with contextlib.chdir(folder):
        yield folder


def printed(snippet: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(SNIPPETS[snippet], "docs/exports.md", "exec"), {})
    return said.getvalue()


def test_all_snippets_are_known() -> None:
    assert sorted(SNIPPETS) == ["RDF", "igraph", "networkx", "pandas"]


@pytest.mark.parametrize(
    ("snippet", "shows"),
    [
        ("pandas", "2021    1"),
        ("networkx", "('aec-blueprint-2025', 2)"),
        ("igraph", "['existing', 'planned']"),
        ("RDF", "2 ASEAN Economic Community Blueprint 2025"),
    ],
)
def test_snippet_runs(folder: Path, snippet: str, shows: str) -> None:
    assert shows in printed(snippet)


def test_every_file_of_the_page_is_written(folder: Path) -> None:
    table = PAGE.split("|---|---|---|\n")[1].split("\n\n")[0]
    named = [name for row in table.splitlines() for name in re.findall(r"`([\w/]+\.\w+)`", row)]
    missing = [
        name
        for name in named
        if not (folder / "extracted" / "exports" / name).exists()
        and not (folder / "extracted" / "exports" / "vosviewer" / name).exists()
    ]
    assert missing == []


def test_neo4j_columns_of_the_query_exist(folder: Path) -> None:
    head = (folder / "extracted" / "exports" / "neo4j" / "documents.csv").read_text(encoding="utf-8").split("\n")[0]
    assert "title" in head.split(",")
