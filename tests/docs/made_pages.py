"""The pages of docs/ that are made from the program itself: `python -m tests.docs.made_pages` writes them anew.

docs/architecture.md holds the rooms in the order of the layers contract (pyproject.toml) and the records that pass
between them; docs/api.md the public verbs and records with their docstrings.
"""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pipeline
from pipeline import records

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pipeline"
ARCHITECTURE, API = ROOT / "docs" / "architecture.md", ROOT / "docs" / "api.md"

# What passes from room to room in a run, in its order: room, record, room.
FLOW = (
    ("read", "Reading", "identify"),
    ("identify", "Front", "register"),
    ("identify", "Source", "register"),
    ("gazetteer", "Entry", "register"),
    ("register", "Alias", "detect"),
    ("register", "Entry", "link"),
    ("read", "Page", "detect"),
    ("detect", "Mention", "link"),
    ("link", "Link", "status"),
    ("status", "Citation", "ledger"),
    ("status", "Document", "graph"),
    ("review", "Judgement", "runs"),
)
_MARKS = re.compile(r"(<!-- (rooms|flow) -->\n)(.*?)(<!-- end -->\n)", re.S)


def rooms() -> list[str]:
    """The rooms of the layers contract, from the ground up."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = next(each["layers"] for each in tools["importlinter"]["contracts"] if each["type"] == "layers")
    return [name.strip(" ()") for layer in reversed(layers) for name in re.split(r"[|:]", layer)]


def make_architecture(text: str) -> str:
    """The page with its two made blocks."""
    blocks = {"rooms": "".join(_room_rows()), "flow": _draw_flow()}
    return _MARKS.sub(lambda found: found[1] + blocks[found[2]] + found[4], text)


def make_api() -> str:
    """The page of the public interface."""
    parts = [
        "# The public interface\n\n",
        "Made from the docstrings by `python -m tests.docs.made_pages`; a test compares.\n\n",
        "## Verbs\n\n`import pipeline`, then:\n\n",
    ]
    for name in sorted(pipeline.__all__):
        verb = getattr(pipeline, name)
        parts.append(f"### `pipeline.{name}{inspect.signature(verb)}`\n\n{inspect.getdoc(verb)}\n\n")
    parts.append("## Records\n\nFrozen dataclasses of `pipeline.records`.\n\n")
    for name, record in inspect.getmembers(records, inspect.isclass):
        if record.__module__ == records.__name__:
            parts.append(f"### `{name}`\n\n{inspect.getdoc(record)}\n\n{_fields(record)}")
    return "".join(parts).rstrip() + "\n"


def _fields(record: type) -> str:
    if not hasattr(record, "__dataclass_fields__"):
        return ", ".join(f"`{member.value}`" for member in record) + "\n\n" if issubclass(record, str) else ""
    return "".join(f"- `{field.name}`: `{field.type}`\n" for field in record.__dataclass_fields__.values()) + "\n"


def _room_rows() -> Iterator[str]:
    yield "| room | what it is |\n|---|---|\n"
    for room in rooms():
        yield f"| `{room}` | {_first_line(room)} |\n"


def _first_line(room: str) -> str:
    path = PACKAGE / room / "__init__.py" if (PACKAGE / room).is_dir() else PACKAGE / f"{room}.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].replace("|", "\\|")


def _draw_flow() -> str:
    arrows = "".join(f"    {left} -->|{record}| {right}\n" for left, record, right in FLOW)
    return f"```mermaid\nflowchart LR\n{arrows}```\n"


if __name__ == "__main__":
    ARCHITECTURE.write_text(make_architecture(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")
    API.write_text(make_api(), encoding="utf-8")
