"""Pieces of SVG that the figure and its legend share: colours, texts, boxes, arrow heads.

The trap: titles come from PDFs, so every text goes through `write_text` and every attribute through `attributes`.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from pipeline.map.dashes import PATTERNS
from pipeline.map.lettering import plain_text

# Blue and orange of the figure: contrast 6.3 and 5.0 on white, told apart by the colour-blind, and by dashes.
COLOURS = {"existing": "#1b5fa7", "planned": "#b85000", "unclear": "#666666"}
DASHES = {status: " ".join(f"{part:g}" for part in parts) for status, parts in PATTERNS.items()}
INK = "#1c2430"
_FAINT_INK = "#4a5361"

_OPEN_DASH = "2.4 1.4"
_ARROW = 4.0  # length of an arrow head in points


def box_style(is_read: bool, is_open: bool) -> str:
    """A strong edge for what was read, a thin one for what is only cited, orange dashes for what is not yet adopted."""
    width, fill = (0.9, "#ffffff") if is_read else (0.45, "#fbfcfd")
    edge = COLOURS["planned"] if is_open else INK if is_read else _FAINT_INK
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
