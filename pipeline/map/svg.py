"""The map as a printed figure: SVG with title, lanes, years, boxes, lines, legend, footnotes and source.

In: a `Selection` and its `Picture`. Out: SVG text, in points, that needs nothing else. Boxes carry `data-doc-id`,
`data-year` and `data-lane`, lines `data-source`, `data-target` and `data-status`. No style attributes are used, because
the page that embeds the map forbids them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.map.lettering import BOLD, FONT, plain_text, text_width, wrap_label
from pipeline.map.marks import (
    COLOURS,
    DASHES,
    INK,
    LIGHT_COLOURS,
    arrow_heads,
    attributes,
    box_style,
    corner_radius,
    distance,
    half_dot,
    label,
    make_dashes,
    place_of,
    write_text,
)
from pipeline.map.model import Box, Picture, Point, Route, Selection, Stripe
from pipeline.map.shape import LABEL_SIZE, LEADING, SHEET, paper_note

_LANE_TINTS = ("#f3f6fa", "#ffffff")
_YEAR_INK = "#dde3ea"

# Points.
MARGIN = 12.0
_YEAR_WIDTH = 29.0
_TITLE_SIZE = 13.0
_HEAD_SIZE = 9.0
_YEAR_SIZE = 9.0
_TITLE_HEIGHT = 20.0
_HEAD_HEIGHT = 16.0
_HEAD_LEADING = 10.0
_MOST_HEAD_LINES = 8  # a lane with few documents is narrow; its head is never cut
_LEGEND_GAP = 6.0
_LEAST_WIDTH = 420.0  # of a map with few documents, so that its notes still read well
_LONGEST_TOOLTIP = 300
# Lines with so many citations are drawn stronger, the others lighter, so that bundles of them stay calm.
_HEAVY, _HEAVY_PEN = 3, 1.5


def draw_svg(selection: Selection, picture: Picture) -> str:
    """The whole figure."""
    width = max(picture.width + _YEAR_WIDTH, _LEAST_WIDTH)
    heads = [
        wrap_label(band.name, (band.end - band.start - 6) / BOLD, _HEAD_SIZE, _MOST_HEAD_LINES)
        for band in picture.bands
    ]
    head_height = _HEAD_HEIGHT + _HEAD_LEADING * (max(map(len, heads), default=1) - 1)
    top = MARGIN + _TITLE_HEIGHT + head_height
    below = top + picture.height + _LEGEND_GAP
    legend, legend_height = draw_legend(selection, MARGIN, below, width)
    end = below + legend_height + MARGIN
    notes = list(draw_notes(selection, MARGIN, end + NOTE_SIZE - MARGIN, width))
    paper = paper_note(width + 2 * MARGIN, end + len(notes) * NOTE_LEADING)
    if paper:
        longer = replace(selection, notes=(*selection.notes, paper))
        notes = list(draw_notes(longer, MARGIN, end + NOTE_SIZE - MARGIN, width))
    height = end + len(notes) * NOTE_LEADING
    size = {"width": f"{width + 2 * MARGIN:.1f}pt", "height": f"{height:.1f}pt"}
    view = {"viewBox": f"0 0 {width + 2 * MARGIN:.1f} {height:.1f}"}
    lines = (
        f"<svg {attributes(xmlns='http://www.w3.org/2000/svg', **size, **view)} "
        f'font-family="{FONT}" text-rendering="geometricPrecision" fill="{INK}" role="img" '
        'aria-labelledby="map-title map-summary">',
        f'<title id="map-title">{write_text(selection.title)}</title>',
        f'<desc id="map-summary">{write_text(_summary(selection))}</desc>',
        arrow_heads(),
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        label(selection.title, MARGIN, MARGIN + _TITLE_SIZE, _TITLE_SIZE, bold=True),
        f'<g class="sheet" transform="translate({MARGIN + _YEAR_WIDTH:.1f} {top:.1f})">',
        *_draw_bands(picture, heads, head_height),
        *_draw_rows(picture),
        *_draw_ties(selection, picture),
        '<g class="lines" fill="none">',
        *(
            _draw_route(route, picture.pen, dash)
            for route, dash in zip(picture.routes, make_dashes(picture.routes), strict=True)
        ),
        "</g>",
        '<g class="boxes" text-anchor="middle">',
        *(_draw_box(box) for box in picture.boxes),
        "</g>",
        "</g>",
        '<g class="legend">',
        *legend,
        "</g>",
        f'<g class="notes" font-size="{NOTE_SIZE}">',
        *notes,
        "</g>",
        "</svg>",
    )
    return "\n".join(lines) + "\n"


def frame_of(selection: Selection) -> tuple[float, float]:
    """What title, years, legend and notes take of a sheet in width and height, in points."""
    width = SHEET[0] - 2 * MARGIN
    notes = len(list(draw_notes(selection, 0.0, 0.0, width)))
    legend = draw_legend(selection, 0.0, 0.0, width)[1]
    fixed = 2 * MARGIN + _TITLE_HEIGHT + _HEAD_HEIGHT + _LEGEND_GAP + legend
    return 2 * MARGIN + _YEAR_WIDTH, fixed + notes * NOTE_LEADING


def path_of(points: Sequence[Point]) -> str:
    """Path data with rounded corners."""
    parts = [f"M{_xy(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = corner_radius(before, corner, after)
        parts.append(f"L{_xy(_towards(corner, before, radius))}Q{_xy(corner)} {_xy(_towards(corner, after, radius))}")
    parts.append(f"L{_xy(points[-1])}")
    return "".join(parts)


def _draw_bands(picture: Picture, heads: Sequence[Sequence[str]], head_height: float) -> Iterator[str]:
    yield '<g class="bands">'
    for place, (band, lines) in enumerate(zip(picture.bands, heads, strict=True)):
        tint = _LANE_TINTS[place % len(_LANE_TINTS)]
        area = place_of(band.start, -head_height, band.end - band.start, picture.height + head_height)
        yield f'<rect {area} fill="{tint}"/>'
        for number, text in enumerate(lines):
            y = -head_height + 11 + number * _HEAD_LEADING
            yield label(text, (band.start + band.end) / 2, y, _HEAD_SIZE, bold=True, middle=True)
    yield "</g>"


def _draw_rows(picture: Picture) -> Iterator[str]:
    yield '<g class="years">'
    for row in picture.rows:
        across = f'd="M{-_YEAR_WIDTH:.1f} {row.start:.1f}H{picture.width:.1f}"'
        yield f'<path {across} stroke="{_YEAR_INK}" stroke-width="0.6"/>'
        yield from _draw_year(row)
    yield "</g>"


def _draw_year(row: Stripe) -> Iterator[str]:
    size = _YEAR_SIZE if row.name.isdigit() else NOTE_SIZE
    lines = wrap_label(row.name, _YEAR_WIDTH - 2, size, 3)
    middle = (row.start + row.end) / 2 - (len(lines) - 1) * size * 0.55
    for place, text in enumerate(lines):
        yield label(text, -_YEAR_WIDTH + 2, middle + size * (0.35 + place * 1.1), size, bold=row.name.isdigit())


def _draw_ties(selection: Selection, picture: Picture) -> Iterator[str]:
    """Succession as thin grey lines behind everything, from middle to middle; the page has a switch for them."""
    middle = {box.node.id: (box.x + box.width / 2, box.y + box.height / 2) for box in picture.boxes}
    yield '<g class="ties" fill="none" stroke="#8a94a1" stroke-width="0.7" display="none">'
    for tie in selection.ties:
        described = {"data-tie": tie.relation, "data-from": tie.source, "data-to": tie.target}
        path = f"M{_xy(middle[tie.source])}L{_xy(middle[tie.target])}"
        yield f"<path {attributes(**described, d=path)}/>"
    yield "</g>"


def _draw_route(route: Route, pen: float, dash: str) -> str:
    line = route.line
    described = {
        "class": f"line {line.status}",
        "data-source": line.source,
        "data-target": line.target,
        "data-status": line.status,
        "d": path_of(route.points),
        "stroke": (COLOURS if line.weight >= _HEAVY else LIGHT_COLOURS)[line.status],
        "stroke-width": f"{pen if line.weight < _HEAVY else pen * _HEAVY_PEN:g}",
        "marker-end": f"url(#arrow-{line.status})",
    }
    if dash:
        described["stroke-dasharray"] = dash
    return f"<path {attributes(**described)}/>"


def _draw_box(box: Box) -> str:
    node = box.node
    x, middle = box.x + box.width / 2, box.y + box.height / 2
    first = middle - (len(box.label) - 1) * LEADING / 2 + LABEL_SIZE * 0.35
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{first + place * LEADING:.1f}">{write_text(text)}</tspan>'
        for place, text in enumerate(box.label)
    )
    data = {"data-doc-id": node.id, "data-year": box.row, "data-lane": node.lane}
    title = " · ".join(part for part in (node.title[:_LONGEST_TOOLTIP], str(node.date or "")) if part)
    partly = half_dot(box.x + box.width - 3.4, box.y + 3.4) if node.partly_read else ""
    return (
        f"<g {attributes(**{'class': 'box'}, **data)}><title>{write_text(title)}</title>"
        f"<rect {place_of(box.x, box.y, box.width, box.height)} {box_style(node.in_corpus, box.open, node.is_new)}/>"
        f'<text font-size="{LABEL_SIZE}">{spans}</text>{partly}</g>'
    )


def _summary(selection: Selection) -> str:
    counts = {status: sum(line.status == status for line in selection.lines) for status in COLOURS}
    return (
        f"{len(selection.nodes)} documents in rows by year, {len(selection.lines)} lines from the citing to the cited "
        f"document: {counts['existing']} to documents that existed, {counts['planned']} to planned ones, "
        f"{counts['unclear']} unclear."
    )


def _xy(point: Point) -> str:
    return f"{point[0]:.2f} {point[1]:.2f}"


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = distance(start, end)
    if not whole:
        return start
    return start[0] + (end[0] - start[0]) * length / whole, start[1] + (end[1] - start[1]) * length / whole


# Points.
NOTE_SIZE = 7.0
NOTE_LEADING = 8.2
_LEGEND_LEADING = 13.0

WORDS = {
    "existing": "cites a document that existed",
    "planned": "foresees a document then only planned",
    "unclear": "status unclear",
}
_BOXES = (("read", True, False), ("cited only", False, False), ("not yet adopted", False, True))


def draw_legend(selection: Selection, left: float, top: float, width: float) -> tuple[list[str], float]:
    """The legend in as many rows as it needs, and their height."""
    x, y = left, top + 8.0
    drawn = []
    for key in _make_keys(selection):
        wide = key.width + 4 + text_width(key.words, NOTE_SIZE)
        if x > left and x + wide > left + width:
            x, y = left, y + _LEGEND_LEADING
        drawn += [key.draw(x, y), label(key.words, x + key.width + 4, y + 2.6, NOTE_SIZE)]
        x += wide + 14
    return drawn, y - top + 12


def draw_notes(selection: Selection, x: float, y: float, width: float) -> Iterator[str]:
    """Abbreviations, footnotes, source: one text element a line."""
    written = ", ".join(f"{acronym} = {meaning}" for acronym, meaning in selection.abbreviations)
    in_force = f"Drawing rules in force: {', '.join(selection.rules) or 'none'}."
    marks = [f"{place} {note}" for place, note in enumerate(selection.notes, 1)]
    for paragraph in (f"{written}." if written else "", *marks, in_force, selection.source):
        for text in _wrap_note(paragraph, width):
            yield label(text, x, y, NOTE_SIZE)
            y += NOTE_LEADING


def _wrap_note(text: str, width: float) -> tuple[str, ...]:
    """A paragraph of the notes in lines."""
    lines: list[str] = []
    line = ""
    for word in plain_text(text).split():
        if line and text_width(f"{line} {word}", NOTE_SIZE) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return (*lines, line) if line else tuple(lines)


@dataclass(frozen=True)
class _Key:
    """One entry of the legend: what draws its sign at x, y, how wide the sign is, and its words."""

    draw: Callable[[float, float], str]
    width: float
    words: str


def _make_keys(selection: Selection) -> list[_Key]:
    used = {line.status for line in selection.lines}
    keys = [
        _Key(partial(_line_sign, status), 24, words)
        for status, words in WORDS.items()
        if status in used or status != "unclear"
    ]
    keys += [_Key(partial(_box_sign, box_style(is_read, is_open)), 20, words) for words, is_read, is_open in _BOXES]
    if any(node.partly_read for node in selection.nodes):
        keys.append(_Key(lambda x, y: half_dot(x + 3, y), 6, "read in part: lines may be missing"))
    if any(node.is_new for node in selection.nodes):
        keys.append(_Key(partial(_box_sign, box_style(True, False, True)), 20, "new: read, in no gazetteer yet"))
    return keys


def _line_sign(status: str, x: float, y: float) -> str:
    dash = f' stroke-dasharray="{DASHES[status]}"' if status in DASHES else ""
    stroke = f'stroke="{COLOURS[status]}" stroke-width="1"{dash}'
    return f'<path d="M{x:.1f} {y:.1f}h24" fill="none" {stroke} marker-end="url(#arrow-{status})"/>'


def _box_sign(style: str, x: float, y: float) -> str:
    return f"<rect {place_of(x, y - 5, 20, 10)} {style}/>"
