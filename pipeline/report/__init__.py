"""report.html: one page that an analyst reads after a run, made from the run's own tables.

In: an output folder with its tables and topology_map.svg. Out: one self-contained file without script. Every text on it
comes from a PDF: the template escapes all of them, and only SVG that we drew is taken as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.ledger import describe_delivery
from pipeline.report.plots import draw_bars, draw_columns
from pipeline.results import Results, load, rows
from pipeline.store import write_text

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.gazetteer.load import Gazetteer

__all__ = ["Summary", "cut", "write_report"]

# Rows of the long tables that the page shows; the CSV beside it has all of them.
_MOST_ROWS = 40
_MOST_RANKED = 15
# What is still owed first.
_STATES = ("overdue", "open", "negotiating", "silent", "renamed", "delivered")
_STATUSES = ("existing", "planned", "unclear")
# A name longer than this is cut on the page; the tables have it whole.
_LONGEST = 160
# Confidences at which the report counts the lines that are left.
_THRESHOLDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)

# By year, or by label: how many of each part.
Counts = dict[str, int]


@dataclass(frozen=True)
class Section:
    """A table of the page: its rows as shown, how many there are, and the file that holds them all."""

    rows: tuple[Any, ...]
    total: int
    file: str


def write_report(folder: Path, gazetteer: Gazetteer) -> Path:
    """Write report.html from the tables in `folder`; raises ResultsError where a table is missing."""
    summary = Summary(load(folder))
    lines = draw_columns("Lines by year of the citing document", summary.line_years, _STATUSES)
    page = (
        _environment()
        .get_template("report.html")
        .render(
            title=gazetteer.title,
            summary=summary,
            map_svg=Markup((folder / "topology_map.svg").read_text(encoding="utf-8")),
            documents_plot=Markup(draw_columns("Documents by year", summary.years, ("read", "cited only"))),
            lines_plot=Markup(lines),
            cited_plot=Markup(draw_bars("Most cited documents", summary.most_cited(_MOST_RANKED), _STATUSES)),
            authorities=summary.ranked("authority", _MOST_RANKED),
            hubs=summary.ranked("hub", _MOST_RANKED),
            between=summary.ranked("betweenness", _MOST_RANKED),
            promises=_section("promises", summary.promises),
            trails=summary.trails,
            kept=describe_delivery(summary.run.promises["lag_months"].dropna().tolist(), len(summary.run.promises)),
            changes=_section("changes", summary.run.changes),
            issues=_section("issues", summary.run.issues),
            unlisted=_section("unlisted", summary.run.unlisted),
            near_misses=_section("near_misses", summary.run.near_misses),
        )
    )
    path = folder / "report.html"
    write_text(path, page)
    return path


@dataclass(frozen=True)
class Summary:
    """What a run found, in numbers."""

    run: Results

    def label(self, document: str) -> str:
        """The short title of a document, its id where it is no longer in the network."""
        return self._labels.get(document, document)

    @cached_property
    def _labels(self) -> dict[str, str]:
        return dict(zip(self.run.nodes["id"], self.run.nodes["label"], strict=True))

    @cached_property
    def read(self) -> tuple[Any, ...]:
        """The documents whose PDF was read."""
        return tuple(rows(self.run.nodes[self.run.nodes["in_corpus"]]))

    @property
    def partly_read(self) -> tuple[Any, ...]:
        """Those with pages that could not be read."""
        return tuple(node for node in self.read if node.partly_read)

    @property
    def statuses(self) -> Counts:
        """Citations by status."""
        return _count(self.run.citations["status"])

    @property
    def to_review(self) -> int:
        """Citations without a target, or whose words and dates disagree."""
        citations = self.run.citations
        return int(((citations["target_id"] == "") | (citations["status_basis"] == "conflict")).sum())

    @property
    def as_of(self) -> str:
        """The newest date of a document; empty where none is dated."""
        return str(max(self.run.nodes["date"], default=""))

    @property
    def years(self) -> dict[int, Counts]:
        """Documents of each year: read, and cited only."""
        nodes = self.run.nodes
        return _by_year(nodes["year"], nodes["in_corpus"].map({True: "read", False: "cited only"}))

    @property
    def line_years(self) -> dict[int, Counts]:
        """Lines by the year of the citing document and status."""
        return _by_year(self.run.edges["source_year"], self.run.edges["status"])

    @property
    def promises(self) -> pd.DataFrame:
        """What is still owed first, the oldest promise first."""
        ranks = {state: rank for rank, state in enumerate(_STATES)}
        ranked = self.run.promises.assign(rank=self.run.promises["state"].map(ranks).fillna(len(_STATES)))
        return ranked.sort_values(["rank", "promised_at", "target_id", "source_id"]).drop(columns="rank")

    @property
    def trails(self) -> dict[str, tuple[Any, ...]]:
        """The steps of each promise, the oldest first."""
        return {
            str(target): tuple(rows(steps)) for target, steps in self.run.table("promise_events").groupby("target_id")
        }

    def most_cited(self, most: int) -> list[tuple[str, Counts]]:
        """The documents that most others cite: label, and citing documents by status."""
        by_target = {target: _count(found) for target, found in self.run.edges.groupby("target")["status"]}
        return [(node.label, by_target.get(node.id, {})) for node in self.ranked("cited_by", most)]

    @property
    def robustness(self) -> list[tuple[float, Counts]]:
        """Lines that survive when only citations of at least a confidence are believed, by status."""
        edges = self.run.edges
        return [(least, _count(edges.loc[edges["max_confidence"] >= least, "status"])) for least in _THRESHOLDS]

    def ranked(self, measure: str, most: int) -> tuple[Any, ...]:
        """The documents with the most `cited_by` or the highest `hub`, `authority`, `betweenness`; none without."""
        nodes = self.run.nodes[self.run.nodes[measure] > 0]
        return tuple(rows(nodes.sort_values([measure, "id"], ascending=[False, True]).head(most)))


def cut(text: object, longest: int = _LONGEST) -> str:
    """The text on one line, cut where it is too long for a table."""
    line = " ".join(str(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _section(name: str, frame: pd.DataFrame) -> Section:
    return Section(tuple(rows(frame.head(_MOST_ROWS))), len(frame), f"{name}.csv")


def _count(cells: pd.Series[Any]) -> Counts:
    return {str(name): int(count) for name, count in sorted(cells.value_counts().items())}


def _by_year(years: pd.Series[Any], parts: pd.Series[Any]) -> dict[int, Counts]:
    return {int(year): _count(found) for year, found in parts.groupby(years)}


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
