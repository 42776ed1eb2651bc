"""The topology map: from the tables of a run to SVG, PNG, PDF and a page that works from disk.

`rules.py` says what is drawn, `layout.py` where, `svg.py` and `html.py` how. Pandas, networkx and PDFium are not needed
here: the map is made from the CSV files of an output folder, so that it can be drawn again at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.map.html import Sheet, Switch, draw_html
from pipeline.map.layout import lay_out
from pipeline.map.model import Picture, Selection, View
from pipeline.map.printing import make_pdf, make_png
from pipeline.map.rules import HIDE_DECLARATIONS, HIDE_PARTNERS, ViewError, select
from pipeline.map.svg import draw_svg, frame_of
from pipeline.map.tables import Network, read_network
from pipeline.store import write_bytes

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.settings import MapRules

__all__ = [
    "FORMATS",
    "Drawing",
    "View",
    "ViewError",
    "draw_map",
    "draw_page",
    "read_network",
    "write_drawing",
    "write_map",
]

FORMATS = ("svg", "html", "png", "pdf")
PUBLISHED = ("svg", "html", "png")  # what every run writes
NAME = "topology_map"
# With more lines than this the page has no switches for the drawing rules: each is a drawing of its own.
_MOST_LINES_TO_SWITCH = 6000


@dataclass(frozen=True)
class Drawing:
    """A map: what it shows, where everything lies, and the figure as SVG."""

    selection: Selection
    picture: Picture
    svg: str

    @property
    def positions(self) -> dict[str, tuple[float, float]]:
        """The middle of each box in points, x to the right, y down; for other tools."""
        return {
            box.node.id: (round(box.x + box.width / 2, 1), round(box.y + box.height / 2, 1))
            for box in self.picture.boxes
        }


def draw_map(network: Network, gazetteer: Gazetteer, rules: MapRules, view: View | None = None) -> Drawing:
    """Draw what `rules` and `view` leave of a network; raises ViewError where the view names what is not there."""
    selection = select(network.nodes, network.lines, gazetteer, rules, view)
    picture = lay_out(selection, frame_of(selection))
    return Drawing(selection, picture, draw_svg(selection, picture))


def write_map(
    folder: Path,
    gazetteer: Gazetteer,
    rules: MapRules,
    view: View | None = None,
    formats: tuple[str, ...] = PUBLISHED,
    into: Path | None = None,
) -> tuple[Path, ...]:
    """Draw the map of the run in `folder` and write topology_map.svg, .html, .png, .pdf there or `into` another folder.

    Raises FileNotFoundError where a table is missing, ViewError where the view names what is not there, ValueError for
    a format that does not exist.
    """
    network = read_network(folder)
    drawing = draw_map(network, gazetteer, rules, view)
    return write_drawing(drawing, network, gazetteer, rules, view, formats, into or folder)


def write_drawing(
    drawing: Drawing,
    network: Network,
    gazetteer: Gazetteer,
    rules: MapRules,
    view: View | None,
    formats: tuple[str, ...],
    folder: Path,
) -> tuple[Path, ...]:
    """Write a map that is drawn already; `network`, `rules` and `view` are those that it was drawn from."""
    written = []
    for name in formats:
        path = folder / f"{NAME}.{name}"
        write_bytes(path, _render(name, drawing, network, gazetteer, rules, view))
        written.append(path)
    return tuple(written)


def draw_page(drawing: Drawing, network: Network, gazetteer: Gazetteer, rules: MapRules, view: View | None) -> str:
    """The interactive map: the drawing, and those that its switches for the drawing rules lead to."""
    names = {HIDE_PARTNERS: "hide_dialogue_partners", HIDE_DECLARATIONS: "hide_declaration_links"}
    if len(network.lines) > _MOST_LINES_TO_SWITCH:
        return draw_html([Sheet((), drawing.selection, drawing.svg)], (), network.quotes)
    switches = [Switch(name, getattr(rules, field)) for name, field in names.items()]
    sheets = [Sheet(tuple(each.name for each in switches if each.on), drawing.selection, drawing.svg)]
    for settings in product((True, False), repeat=len(names)):
        in_force = tuple(name for name, on in zip(names, settings, strict=True) if on)
        if in_force != sheets[0].rules:
            other = draw_map(
                network, gazetteer, replace(rules, **dict(zip(names.values(), settings, strict=True))), view
            )
            sheets.append(Sheet(in_force, other.selection, other.svg))
    return draw_html(sheets, switches, network.quotes)


def _render(
    name: str, drawing: Drawing, network: Network, gazetteer: Gazetteer, rules: MapRules, view: View | None
) -> bytes:
    if name == "svg":
        return drawing.svg.encode()
    if name == "png":
        return make_png(drawing.svg)
    if name == "pdf":
        return make_pdf(drawing.svg)
    if name == "html":
        return draw_page(drawing, network, gazetteer, rules, view).encode()
    raise ValueError(f"--format {name}: unknown; use one of {', '.join(FORMATS)}")
