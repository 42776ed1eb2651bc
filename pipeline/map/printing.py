"""The map as PNG and PDF, made from its SVG by vl-convert: the same SVG gives the same bytes.

In: SVG text. Out: bytes. Two traps: vl-convert brings its own Liberation Sans, which is the first font that the map
asks for, so that no machine's own fonts change the picture; and it writes the fonts of a PDF in no fixed order, so a
PDF is given one font only.
"""

from __future__ import annotations

import re

# Twice the size in points is sharp on a screen and, printed, has 144 dots per inch.
_SCALE = 2.0
# Pixels of the longer side; beyond it the picture is scaled down, for memory and for viewers.
_MOST_PIXELS = 6000

_SIZE = re.compile(r' width="([0-9.]+)pt" height="([0-9.]+)pt"')
_BOLD = ' font-weight="bold"'
# The same letters drawn thicker, in the colour of the ink.
_THICK = ' stroke="#1c2430" stroke-width="0.3"'


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
