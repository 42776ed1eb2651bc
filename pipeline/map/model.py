"""What the map becomes, as plain frozen records; what it is made from are `Node`, `Line`, `Quote` of `results.py`.

`Selection` says which of them are drawn and why the others are not. `Picture` is the drawing in points, x to the right,
y down. A box's year on the map is the row in which it stands: a document adopted after the as-of date stands among
those not yet adopted.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.names.dates import PartialDate
from pipeline.results import Line, Node, Relation

# Rows below the years.
NOT_ADOPTED = "not-yet-adopted"
UNDATED = "undated"

Point = tuple[float, float]


@dataclass(frozen=True)
class Band:
    """A lane of the map: `id` as in lanes.yaml, `head` printed over it."""

    id: str
    head: str
    links_omitted: bool = False
    takes_partners: bool = False


@dataclass(frozen=True)
class View:
    """Which part of the network is asked for; the default is all of it, with all that the gazetteer knows.

    `focus` with `depth` keeps the documents at most so many lines away; `years` are first and last year, each may be
    open; `lanes` keeps documents of these lanes only.
    """

    as_of: PartialDate | None = None
    focus: str | None = None
    depth: int = 1
    years: tuple[int | None, int | None] = (None, None)
    lanes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """What is drawn, in which row, and the sentences that the map owes its reader about the rest."""

    title: str
    bands: tuple[Band, ...]
    nodes: tuple[Node, ...]
    rows: tuple[str, ...]  # years in order, then NOT_ADOPTED, UNDATED, where there are such documents
    row_of: dict[str, str]
    lines: tuple[Line, ...]
    ties: tuple[Relation, ...] = ()  # what supersedes, renames or is part of what, among these documents
    rules: tuple[str, ...] = ()  # names of the drawing rules in force
    notes: tuple[str, ...] = ()  # footnotes
    abbreviations: tuple[tuple[str, str], ...] = ()
    source: str = ""  # "Source: 36 PDFs, as of ..."


@dataclass(frozen=True)
class Box:
    """A document on the map; `x`, `y` its left top corner; `open` documents are not adopted at the as-of date."""

    node: Node
    row: str
    x: float
    y: float
    width: float
    height: float
    label: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Route:
    """A line on the map: corners from the edge of the citing box to the edge of the cited box, all at right angles."""

    line: Line
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Stripe:
    """A year's row (`name` its label) or a lane's column (`name` its head): extent in points from start to end."""

    id: str
    name: str
    start: float
    end: float


@dataclass(frozen=True)
class Picture:
    """The drawing without title and notes: everything in points, origin in the left top corner of the grid."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    rows: tuple[Stripe, ...]
    bands: tuple[Stripe, ...]
    pen: float = 0.9  # width of a line
