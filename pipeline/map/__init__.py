"""The topology map: from the tables of a run to SVG, PNG, PDF and a page that works from disk.

`rules.py` says what is drawn, `layout.py` where, `svg.py` and `html.py` how. Pandas, networkx and PDFium are not needed
here: the map is made from the CSV files of an output folder, so that it can be drawn again at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.map.layout import lay_out
from pipeline.map.model import Picture, Selection, View
from pipeline.map.rules import ViewError, select
from pipeline.map.svg import draw_svg, frame_of
from pipeline.map.tables import Network, read_network
from pipeline.store import write_bytes, write_text

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer
    from pipeline.settings import MapRules

__all__ = ["FORMATS", "Drawing", "View", "ViewError", "draw_map", "read_network", "write_map"]

FORMATS = ("svg", "html", "png", "pdf")
NAME = "topology_map"


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
    formats: tuple[str, ...] = ("svg", "html", "png"),
    into: Path | None = None,
) -> tuple[Path, ...]:
    """Draw the map of the run in `folder` and write topology_map.svg, .html, .png, .pdf there or `into` another folder.

    Raises FileNotFoundError where a table is missing, ViewError where the view names what is not there.
    """
    drawing = draw_map(read_network(folder), gazetteer, rules, view)
    written = []
    for name in formats:
        path = (into or folder) / f"{NAME}.{name}"
        _write(path, drawing, name)
        written.append(path)
    return tuple(written)


def _write(path: Path, drawing: Drawing, name: str) -> None:
    from pipeline.map.printing import make_pdf, make_png

    if name == "svg":
        write_text(path, drawing.svg)
    elif name == "png":
        write_bytes(path, make_png(drawing.svg))
    elif name == "pdf":
        write_bytes(path, make_pdf(drawing.svg))
    else:
        raise ValueError(f"--format {name}: unknown; use one of {', '.join(FORMATS)}")
