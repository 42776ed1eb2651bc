"""docs/architecture.md and docs/api.md say what the program is."""

from __future__ import annotations

from pipeline import records
from tests.docs.made_pages import API, ARCHITECTURE, FLOW, PACKAGE, make_api, make_architecture, rooms

AGAIN = "python -m tests.docs.made_pages writes it anew"


def test_the_architecture_page_is_true() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    assert text == make_architecture(text), AGAIN


def test_the_api_page_is_true() -> None:
    assert API.read_text(encoding="utf-8") == make_api(), AGAIN


def test_every_module_and_folder_is_a_room() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders | {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} == set(rooms())


def test_what_flows_exists() -> None:
    for left, record, right in FLOW:
        assert {left, right} <= set(rooms())
        assert hasattr(records, record), record
