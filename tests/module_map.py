"""pipeline/README.md, made from the modules' own docstrings: `python -m tests.module_map`.

A module that stands in no group below is an error of the test, so that the page cannot lie.
"""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "pipeline"
PAGE = PACKAGE / "README.md"

# In reading order: stage, what it is, its modules (packages end in a slash).
GROUPS: tuple[tuple[str, str, str], ...] = (
    (
        "Records",
        "what crosses a stage border",
        "records dates",
    ),
    (
        "The run",
        "from a folder to the outputs, Prefect-free",
        "core scan plan pool place corpus arrivals outputs contract",
    ),
    (
        "What a run keeps",
        "and how it publishes",
        "store workspace cache codec manifest versions run_record changes alarms",
    ),
    (
        "The gazetteer",
        "knowledge as data",
        "gazetteer gazetteer_rows lanes knowledge_files gazetteer_check gazetteer_lint "
        "gazetteer_edit gazetteer_new try_alias",
    ),
    (
        "Read",
        "PDF to pages",
        "read/ identify titlepage adoption",
    ),
    (
        "Detect",
        "pages to mentions",
        "detect running normalise furniture spelling repair tokens vocabulary patterns name names spots "
        "generic compounds headnouns subjects dated overlap refine extent coordination timeline openings definitions "
        "terms anaphora mentions leads",
    ),
    (
        "Link",
        "mentions to entries, or to none",
        "link knowledge guards editions choose homonyms issuers stated support selfreference owntitle "
        "subjectlink slugs",
    ),
    (
        "Classify",
        "existing or planned, and what became of promises",
        "classify takeup hearing cues cuebook cuepattern scope sentences deadlines ledger",
    ),
    (
        "Review",
        "a person's judgement",
        "review judgements verdicts anchor queue agreement labels label_files web/",
    ),
    (
        "Results",
        "what comes out",
        "graph unlisted map/ report/ export/",
    ),
    (
        "Evaluate",
        "how right it is",
        "evaluate cases comparison tally evaluate_report evaluate_run tables",
    ),
    (
        "Commands",
        "the command line and the public verbs",
        "cli verbs settings progress run_commands cite_commands result_commands review_commands "
        "gazetteer_commands evaluate_command export_commands fetch_command init_command project "
        "fetch download flow dask_flow",
    ),
)


def make_page() -> str:
    """The page as it must be."""
    parts = [_OPENING]
    for stage, meaning, names in GROUPS:
        rows = [f"| `{name if name.endswith('/') else name + '.py'}` | {first_line(name)} |" for name in names.split()]
        parts += [f"## {stage}: {meaning}", "", "| module | what it is |", "|---|---|", *rows, ""]
    return "\n".join(parts)


def first_line(name: str) -> str:
    """The first line of a module's docstring."""
    path = PACKAGE / name / "__init__.py" if name.endswith("/") else PACKAGE / f"{name}.py"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n")[0].replace("|", "\\|")


def grouped() -> list[str]:
    """Every name in the groups."""
    return [name for _, _, names in GROUPS for name in names.split()]


def present() -> list[str]:
    """Every module and package that there is."""
    modules = [path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    return sorted(modules + [f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")])


_OPENING = """# The package, module by module

Read `records.py`, then `core.py`: the rest hangs on them. This page is made from the modules' docstrings by
`python -m tests.module_map`; a test compares.
"""


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
