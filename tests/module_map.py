"""pipeline/README.md, made from the modules' own docstrings: `python -m tests.module_map`.

A module or a folder that stands in no group below is an error of the test, so that the page cannot lie.
"""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "pipeline"
PAGE = PACKAGE / "README.md"

# In reading order: stage, what it is, its modules and then its folders (which end in a slash and list themselves).
GROUPS: tuple[tuple[str, str, str], ...] = (
    ("Records", "what crosses a stage border", "records dates"),
    ("The run", "from a folder to the outputs, Prefect-free", "core settings changes store runs/"),
    ("The gazetteer", "knowledge as data", "gazetteer knowledge/"),
    ("Read", "PDF to pages", "read/ identify identity/"),
    ("Detect", "pages to mentions", "detect detection/"),
    ("Link", "mentions to entries, or to none", "link linking/"),
    ("Classify", "existing or planned, and what became of promises", "classify status/ ledger"),
    ("Review", "a person's judgement", "review judging/ web/"),
    ("Results", "what comes out", "graph unlisted map/ report/ export/"),
    ("Evaluate", "how right it is", "evaluate scoring/ tables"),
    ("Commands", "the command line and the public verbs", "cli verbs commands/ fetching/ flow dask_flow"),
)


def make_page() -> str:
    """The page as it must be."""
    parts = [_OPENING]
    for stage, meaning, names in GROUPS:
        rows = [row for name in names.split() for row in _rows(name)]
        parts += [f"## {stage}: {meaning}", "", "| module | what it is |", "|---|---|", *rows, ""]
    return "\n".join(parts)


def grouped() -> list[str]:
    """Every name in the groups."""
    return [name for _, _, names in GROUPS for name in names.split()]


def present() -> list[str]:
    """Every module and folder at the top of the package."""
    modules = [path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    return sorted(modules + [f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")])


def _rows(name: str) -> list[str]:
    """The row of a module; of a folder its own row and those of its modules."""
    if not name.endswith("/"):
        return [_row(f"{name}.py", PACKAGE / f"{name}.py")]
    modules = [path for path in sorted((PACKAGE / name).glob("*.py")) if path.stem != "__init__"]
    return [
        _row(f"**{name}**", PACKAGE / name / "__init__.py", quote=""),
        *(_row(f"{name}{path.name}", path) for path in modules),
    ]


def _row(shown: str, path: Path, quote: str = "`") -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first = docstring.split("\n")[0].replace("|", "\\|")
    return f"| {quote}{shown}{quote} | {first} |"


_OPENING = """# The package, module by module

Read `records.py`, then `core.py`: the rest hangs on them. Each stage is a file at the top, which says what the stage
does, and a folder beside it with its parts. This page is made from the modules' docstrings by
`python -m tests.module_map`; a test compares.
"""


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
