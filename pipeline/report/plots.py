"""Two plots as SVG: columns by year, and bars by document; parts told apart by pattern of colour and by a legend.

Units are CSS pixels; text is escaped; every bar carries a title, so that a pointer or a screen reader gets its number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

# The map's blue and orange, grey for what is neither; white text on each has a contrast of at least 4.5.
_COLOURS = {
    "read": "#1d3557",
    "cited only": "#6c757d",
    "existing": "#1b5fa7",
    "planned": "#b85000",
    "unclear": "#666666",
}
_WIDTH = 720
_COLUMN_HEIGHT = 150
_BAR = 18
_LABEL_WIDTH = 330
_YEAR_WIDTH = 32  # a year in this font, with a gap
_FONT = 'font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif" font-size="11"'


def draw_columns(title: str, counts: Mapping[int, Mapping[str, int]], parts: Sequence[str]) -> str:
    """One column for each year from the first to the last, stacked by part."""
    if not counts:
        return ""
    first, last = min(counts), max(counts)
    step = (_WIDTH - _YEAR_WIDTH) / (last - first + 1)
    tallest = max(sum(values.values()) for values in counts.values())
    scale = _COLUMN_HEIGHT / tallest
    every = math.ceil(_YEAR_WIDTH / step)
    drawn = [_legend(parts, 0)]
    for year in range(first, last + 1):
        x = (year - first) * step
        drawn.append(_column(year, counts.get(year, {}), parts, x, step * 0.8, scale))
        if (year - last) % every == 0:
            drawn.append(_text(x + step * 0.4, 40 + _COLUMN_HEIGHT + 14, str(year), "middle"))
    return _svg(title, 40 + _COLUMN_HEIGHT + 22, drawn)


def draw_bars(title: str, counts: Sequence[tuple[str, Mapping[str, int]]], parts: Sequence[str]) -> str:
    """One bar for each label, stacked by part, its sum behind it."""
    if not counts:
        return ""
    longest = max(sum(values.values()) for _, values in counts)
    scale = (_WIDTH - _LABEL_WIDTH - 40) / longest
    drawn = [_legend(parts, _LABEL_WIDTH)]
    for number, (label, values) in enumerate(counts):
        y = 30 + number * (_BAR + 6)
        x = float(_LABEL_WIDTH)
        drawn.append(_text(_LABEL_WIDTH - 8, y + 13, label if len(label) <= 52 else label[:51].rstrip() + "…", "end"))
        for part in parts:
            width = values.get(part, 0) * scale
            drawn.append(_rectangle(x, y, width, _BAR, part, f"{label}: {values.get(part, 0)} {part}"))
            x += width
        drawn.append(_text(x + 6, y + 13, str(sum(values.values())), "start"))
    return _svg(title, 30 + len(counts) * (_BAR + 6), drawn)


def _column(year: int, values: Mapping[str, int], parts: Sequence[str], x: float, width: float, scale: float) -> str:
    drawn = []
    bottom = 40.0 + _COLUMN_HEIGHT
    for part in parts:
        height = values.get(part, 0) * scale
        bottom -= height
        drawn.append(_rectangle(x, bottom, width, height, part, f"{year}: {values.get(part, 0)} {part}"))
    if values:
        drawn.append(_text(x + width / 2, bottom - 3, str(sum(values.values())), "middle"))
    return "".join(drawn)


def _legend(parts: Sequence[str], x: float) -> str:
    drawn = []
    for number, part in enumerate(parts):
        left = x + number * 100
        drawn.append(_rectangle(left, 4, 12, 12, part, part) + _text(left + 17, 14, part, "start"))
    return "".join(drawn)


def _rectangle(x: float, y: float, width: float, height: float, part: str, title: str) -> str:
    if width <= 0 or height <= 0:
        return ""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{_COLOURS[part]}"><title>{escape(title)}</title></rect>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, height: float, drawn: Sequence[str]) -> str:
    size = f'viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" height="{height:.0f}"'
    return f'<svg {size} role="img" aria-label={quoteattr(title)} {_FONT} fill="#1a1a1a">{"".join(drawn)}</svg>'
