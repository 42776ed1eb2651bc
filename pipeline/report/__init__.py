"""report.html: one page that an analyst reads after a run, made from the run's own tables.

In: an output folder with its tables and topology_map.svg. Out: one self-contained file without script. The trap: every
text on it comes from a PDF; the template escapes all of them, and only SVG that we drew is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report.figures import Row, cut, read_rows, summarise
from pipeline.report.plots import draw_bars, draw_columns
from pipeline.store import write_text

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

__all__ = ["write_report"]

# Rows of the long tables that the page shows; the CSV beside it has all of them.
_MOST_ROWS = 40
_MOST_RANKED = 15
_STATES = ("overdue", "open", "under-negotiation", "renamed", "delivered")


@dataclass(frozen=True)
class Section:
    """A table of the page: its rows as shown, how many there are, and the file that holds them all."""

    rows: tuple[Row, ...]
    total: int
    file: str


def write_report(folder: Path, gazetteer: Gazetteer) -> Path:
    """Write report.html from the tables in `folder`; raises FileNotFoundError where a table is missing."""
    summary = summarise(folder)
    page = (
        _environment()
        .get_template("report.html")
        .render(
            title=gazetteer.title,
            summary=summary,
            map_svg=Markup((folder / "topology_map.svg").read_text(encoding="utf-8")),
            documents_plot=Markup(draw_columns("Documents by year", summary.years, ("read", "cited only"))),
            lines_plot=Markup(
                draw_columns(
                    "Lines by year of the citing document", summary.line_years, ("existing", "planned", "unclear")
                )
            ),
            cited_plot=Markup(
                draw_bars("Most cited documents", summary.most_cited(_MOST_RANKED), ("existing", "planned", "unclear"))
            ),
            authorities=summary.ranked("authority", _MOST_RANKED),
            hubs=summary.ranked("hub", _MOST_RANKED),
            between=summary.ranked("betweenness", _MOST_RANKED),
            promises=_section(folder, "promises.csv", _promise_order),
            changes=_section(folder, "changes.csv"),
            issues=_section(folder, "issues.csv"),
            unlisted=_section(folder, "unlisted.csv"),
            near_misses=_section(folder, "near_misses.csv"),
        )
    )
    path = folder / "report.html"
    write_text(path, page)
    return path


def _section(folder: Path, file: str, order: Callable[[Row], tuple[int | str, ...]] | None = None) -> Section:
    rows = read_rows(folder / file)
    if order is not None:
        rows.sort(key=order)
    return Section(tuple(rows[:_MOST_ROWS]), len(rows), file)


def _promise_order(row: Row) -> tuple[int, str, str, str]:
    """What is still owed first, the oldest promise first."""
    state = row["state"]
    rank = _STATES.index(state) if state in _STATES else len(_STATES)
    return rank, row["promised_at"], row["target_id"], row["source_id"]


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cut"] = cut
    return environment
