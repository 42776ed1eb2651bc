"""The topology map: from the tables of a run to SVG, PNG, PDF and a page that works from disk.

`rules.py` says what is drawn, `layout.py` where, `svg.py` and `html.py` how. The map is made from the tables of an
output folder (`pipeline.results`), so that it can be drawn again at any time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.map.html import Sheet, Switch, draw_html
from pipeline.map.layout import lay_out
from pipeline.map.lettering import font_faces
from pipeline.map.model import Picture, Selection, View
from pipeline.map.rules import HIDE_DECLARATIONS, HIDE_PARTNERS, ViewError, select
from pipeline.map.svg import draw_svg, frame_of
from pipeline.results import Network, load
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
    "write_drawing",
    "write_map",
]

FORMATS = ("svg", "html", "png", "pdf")
PUBLISHED = ("svg", "html", "png")  # what every run writes
NAME = "topology_map"
# Twice the size in points is sharp on a screen and, printed, has 144 dots per inch.
_SCALE = 2.0
# Pixels of the longer side; beyond it the picture is scaled down, for memory and for viewers.
_MOST_PIXELS = 6000

_SIZE = re.compile(r' width="([0-9.]+)pt" height="([0-9.]+)pt"')
_BOLD = ' font-weight="bold"'
# The same letters drawn thicker, in the colour of the ink.
_THICK = ' stroke="#1c2430" stroke-width="0.3"'
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
    selection = select(network.nodes, network.lines, gazetteer, rules, view, network.relations)
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

    Raises ResultsError where a table is missing, ViewError where the view names what is not there, ValueError for
    a format that does not exist.
    """
    network = load(folder).network
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
    known = {each: [alias.text for alias in aliases] for each, aliases in gazetteer.aliases_of.items()}
    names = {HIDE_PARTNERS: "hide_dialogue_partners", HIDE_DECLARATIONS: "hide_declaration_links"}
    if len(network.lines) > _MOST_LINES_TO_SWITCH:
        return draw_html([Sheet((), drawing.selection, drawing.svg)], (), network.quotes, known)
    switches = [Switch(name, getattr(rules, field)) for name, field in names.items()]
    sheets = [Sheet(tuple(each.name for each in switches if each.on), drawing.selection, drawing.svg)]
    for settings in product((True, False), repeat=len(names)):
        in_force = tuple(name for name, on in zip(names, settings, strict=True) if on)
        if in_force != sheets[0].rules:
            other = draw_map(
                network, gazetteer, replace(rules, **dict(zip(names.values(), settings, strict=True))), view
            )
            sheets.append(Sheet(in_force, other.selection, other.svg))
    return draw_html(sheets, switches, network.quotes, known)


def _render(
    name: str, drawing: Drawing, network: Network, gazetteer: Gazetteer, rules: MapRules, view: View | None
) -> bytes:
    if name == "svg":
        return drawing.svg.replace("<defs>", f"<defs><style>{font_faces()}</style>", 1).encode()
    if name == "png":
        return make_png(drawing.svg)
    if name == "pdf":
        return make_pdf(drawing.svg)
    if name == "html":
        return draw_page(drawing, network, gazetteer, rules, view).encode()
    raise ValueError(f"--format {name}: unknown; use one of {', '.join(FORMATS)}")


def make_png(svg: str) -> bytes:
    """A picture with two pixels a point, or fewer if it would become too large."""
    import vl_convert

    plain, size = _in_pixels(svg)
    png: bytes = vl_convert.svg_to_png(plain, scale=min(_SCALE, _MOST_PIXELS / max(size)))
    return png


def make_pdf(svg: str) -> bytes:
    """One page of the map's own size; the text stays text."""
    import vl_convert

    pdf: bytes = vl_convert.svg_to_pdf(_in_pixels(svg)[0].replace(_BOLD, _THICK))
    return pdf


def _in_pixels(svg: str) -> tuple[str, tuple[float, float]]:
    """The figure with its size in the unit that vl-convert takes for a point, and that size."""
    found = _SIZE.search(svg)
    assert found is not None
    width, height = found.groups()
    return svg.replace(found.group(), f' width="{width}" height="{height}"', 1), (float(width), float(height))
