"""Pieces of SVG that the figure and its legend share: colours, texts, boxes, arrow heads, dashes.

Titles come from PDFs, so every text goes through `write_text` and every attribute through `attributes`. Of dashed lines
that run on one another only the one that goes farthest draws the stretch (out of step they would look solid); a line
that shares all its way draws nothing but its corners, so whoever hides or lights up single lines must give them the
plain pattern of `PATTERNS` again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from pipeline.map.lettering import plain_text
from pipeline.map.model import Point, Route

# Lengths of stroke and gap in points.
PATTERNS = {"planned": (3.0, 1.6), "unclear": (0.9, 1.9)}

# Radius of a corner in points, and the length of its quadratic curve in radii.
CORNER = 2.4
_CURVE = 1.6232

_FOREVER = "9999"


def make_dashes(routes: Sequence[Route]) -> list[str]:
    """The value of `stroke-dasharray` for each route, empty for solid lines."""
    farthest: dict[tuple[object, ...], tuple[float, int]] = {}
    for place, route in enumerate(routes):
        for key, length in _stretches(route):
            if key not in farthest or farthest[key][0] < length:
                farthest[key] = (length, place)
    return [
        _pattern(route, [farthest[key][1] == place for key, _ in _stretches(route)])
        for place, route in enumerate(routes)
    ]


def corner_radius(before: Point, corner: Point, after: Point) -> float:
    """Radius with which a corner is rounded."""
    return min(CORNER, distance(before, corner) / 2, distance(corner, after) / 2)


def distance(start: Point, end: Point) -> float:
    """Length of a level or upright stretch."""
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def _stretches(route: Route) -> list[tuple[tuple[object, ...], float]]:
    """Of each stretch: what lines share that run on it (status, root, direction), and how far this line goes.

    Lines part on their way out of a document and join on their way to another; the root is where they are together.
    """
    points = route.points
    outward = 2 if len(points) > 4 else 0  # out of the citing document and along its gutter; a short line only arrives
    found: list[tuple[tuple[object, ...], float]] = []
    for number, (start, end) in enumerate(pairwise(points)):
        root, far = (start, end) if number < outward else (end, start)
        direction = (far[0] > root[0]) - (far[0] < root[0]), (far[1] > root[1]) - (far[1] < root[1])
        found.append(((route.line.status, root, direction), distance(root, far)))
    return found


def _pattern(route: Route, is_drawn: Sequence[bool]) -> str:
    """Dashes on the stretches that this line draws; a corner belongs to either of its stretches."""
    if route.line.status not in PATTERNS:
        return ""
    stroke, gap = PATTERNS[route.line.status]
    if all(is_drawn):
        return f"{stroke:g} {gap:g}"
    parts: list[float] = []
    at = 0.0  # where the last gap begins
    for start, end in _drawn(route.points, is_drawn):
        parts += [start - at] if parts else [0.0, start]
        while start < end:
            at = min(start + stroke, end)
            parts += [at - start, gap]
            start += stroke + gap
        parts.pop()
    return " ".join([*(f"{part:.1f}" for part in parts or [0.0]), _FOREVER])


def _drawn(points: Sequence[Point], is_drawn: Sequence[bool]) -> list[tuple[float, float]]:
    """From where to where a line is drawn, by length along it."""
    radii = [0.0, *(corner_radius(*points[place : place + 3]) for place in range(len(points) - 2)), 0.0]
    found: list[tuple[float, float]] = []
    at = 0.0
    for number, (start, end) in enumerate(pairwise(points)):
        before, after = radii[number], radii[number + 1]
        straight = distance(start, end) - before - after
        if is_drawn[number]:
            first, last = at - _CURVE * before, at + straight + _CURVE * after
            if found and found[-1][1] >= first:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
        at += straight + _CURVE * after
    return found


# Blue and orange of the figure: contrast 6.3 and 5.0 on white, told apart by the colour-blind, and by dashes.
COLOURS = {"existing": "#1b5fa7", "planned": "#b85000", "unclear": "#666666"}
DASHES = {status: " ".join(f"{part:g}" for part in parts) for status, parts in PATTERNS.items()}
# The same for light lines, contrast 3 on white: opaque, since vl-convert writes opacities of a PDF in no fixed order.
LIGHT_COLOURS = {"existing": "#6795c5", "planned": "#c47a40", "unclear": "#8f8f8f"}
INK = "#1c2430"
_FAINT_INK = "#4a5361"
_NEW = "#1e6b3a"

_OPEN_DASH = "2.4 1.4"
_ARROW = 4.0  # length of an arrow head in points


def box_style(is_read: bool, is_open: bool, is_new: bool = False) -> str:
    """A strong edge for what was read, a thin one for what is only cited, orange dashes for what is not yet adopted.

    What was read and stands in no gazetteer yet has a green edge; its label begins with "new".
    """
    width, fill = (0.9, "#ffffff") if is_read else (0.45, "#fbfcfd")
    edge = COLOURS["planned"] if is_open else _NEW if is_new else INK if is_read else _FAINT_INK
    dash = f' stroke-dasharray="{_OPEN_DASH}"' if is_open else ""
    return f'fill="{fill}" stroke="{edge}" stroke-width="{width:g}"{dash} rx="2"'


def half_dot(x: float, y: float) -> str:
    """The mark of a document that was read in part."""
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="2.2"'
    return (
        f'<g class="partly"><circle {place} fill="#ffffff" stroke="{INK}" stroke-width="0.5"/>'
        f'<path d="M{x:.1f} {y - 2.2:.1f}A2.2 2.2 0 0 0 {x:.1f} {y + 2.2:.1f}Z" fill="{INK}"/></g>'
    )


def arrow_heads() -> str:
    """Definitions of an arrow head for each status, `arrow-existing` and so on."""
    heads = "".join(
        f'<marker id="arrow-{status}" viewBox="0 0 10 10" refX="9.6" refY="5" markerWidth="{_ARROW}" '
        f'markerHeight="{_ARROW}" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 1.4L10 5L0 8.6L2.2 5Z" fill="{colour}"/></marker>'
        for status, colour in COLOURS.items()
    )
    return f"<defs>{heads}</defs>"


def label(text: str, x: float, y: float, size: float, *, bold: bool = False, middle: bool = False) -> str:
    """One line of text; `x` is its left end, or its middle."""
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight}{anchor}>{write_text(text)}</text>'


def write_text(text: str) -> str:
    """A text as XML content."""
    return escape(plain_text(text))


def attributes(**values: str) -> str:
    """Attributes of an element, values quoted."""
    return " ".join(f"{name}={quoteattr(plain_text(value))}" for name, value in values.items())


def place_of(x: float, y: float, width: float, height: float) -> str:
    """The attributes that place a rectangle."""
    return f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
