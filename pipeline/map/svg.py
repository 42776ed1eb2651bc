"""The map as a printed figure: SVG with title, lanes, years, boxes, lines, legend, footnotes and source.

In: a `Selection` and its `Picture`. Out: SVG text, in points, that needs nothing else. Boxes carry `data-doc-id`,
`data-year` and `data-lane`, lines `data-source`, `data-target` and `data-status`. The trap: titles come from PDFs, so
every text goes through `_text` and every attribute through `_attributes`; no style attributes are used, because the
page that embeds the map forbids them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from pipeline.map.dashes import PATTERNS, corner_radius, distance, make_dashes
from pipeline.map.lettering import BOLD, FONT, plain_text, text_width, wrap_label
from pipeline.map.model import Box, Picture, Point, Route, Selection, Stripe
from pipeline.map.shape import LABEL_SIZE, LEADING, SHEET

# Blue and orange of the figure: contrast 6.3 and 5.0 on white, told apart by the colour-blind, and by dashes.
COLOURS = {"existing": "#1b5fa7", "planned": "#b85000", "unclear": "#666666"}
_DASHES = {status: " ".join(f"{part:g}" for part in parts) for status, parts in PATTERNS.items()}
INK = "#1c2430"
_FAINT_INK = "#4a5361"
_GRID_INK = "#c9d0d9"
_LANE_TINTS = ("#f3f6fa", "#ffffff")
_YEAR_INK = "#dde3ea"

# Points.
MARGIN = 12.0
_YEAR_WIDTH = 29.0
_TITLE_SIZE = 13.0
_HEAD_SIZE = 9.0
_YEAR_SIZE = 9.0
_NOTE_SIZE = 7.0
_NOTE_LEADING = 8.2
_TITLE_HEIGHT = 20.0
_HEAD_HEIGHT = 16.0
_HEAD_LEADING = 10.0
_LEGEND_GAP = 6.0
_LEGEND_HEIGHT = 20.0
_ARROW = 4.0
_LEAST_WIDTH = 420.0  # of a map with few documents, so that its notes still read well
_LONGEST_TOOLTIP = 300

WORDS = {
    "existing": "cites a document that existed",
    "planned": "foresees a document then only planned",
    "unclear": "status unclear",
}


def draw_svg(selection: Selection, picture: Picture) -> str:
    """The whole figure."""
    width = max(picture.width + _YEAR_WIDTH, _LEAST_WIDTH)
    heads = [wrap_label(band.name, (band.end - band.start - 6) / BOLD, _HEAD_SIZE, 3) for band in picture.bands]
    head_height = _HEAD_HEIGHT + _HEAD_LEADING * (max(map(len, heads), default=1) - 1)
    top = MARGIN + _TITLE_HEIGHT + head_height
    below = top + picture.height + _LEGEND_GAP
    notes = list(_draw_notes(selection, MARGIN, below + _LEGEND_HEIGHT + _NOTE_SIZE, width))
    height = below + _LEGEND_HEIGHT + len(notes) * _NOTE_LEADING + MARGIN
    size = {"width": f"{width + 2 * MARGIN:.1f}pt", "height": f"{height:.1f}pt"}
    view = {"viewBox": f"0 0 {width + 2 * MARGIN:.1f} {height:.1f}"}
    lines = (
        f"<svg {_attributes(xmlns='http://www.w3.org/2000/svg', **size, **view)} "
        f'font-family="{FONT}" fill="{INK}" role="img" aria-labelledby="map-title map-summary">',
        f'<title id="map-title">{_text(selection.title)}</title>',
        f'<desc id="map-summary">{_text(_summary(selection))}</desc>',
        _markers(),
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _label(selection.title, MARGIN, MARGIN + _TITLE_SIZE, _TITLE_SIZE, bold=True),
        f'<g class="sheet" transform="translate({MARGIN + _YEAR_WIDTH:.1f} {top:.1f})">',
        *_draw_bands(picture, heads, head_height),
        *_draw_rows(picture),
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
        *_draw_legend(selection, picture, MARGIN, below),
        f'<g class="notes" font-size="{_NOTE_SIZE}">',
        *notes,
        "</g>",
        "</svg>",
    )
    return "\n".join(lines) + "\n"


def frame_of(selection: Selection) -> tuple[float, float]:
    """What title, years, legend and notes take of a sheet in width and height, in points."""
    notes = len(list(_draw_notes(selection, 0.0, 0.0, SHEET[0] - 2 * MARGIN)))
    fixed = 2 * MARGIN + _TITLE_HEIGHT + _HEAD_HEIGHT + _LEGEND_GAP + _LEGEND_HEIGHT
    return 2 * MARGIN + _YEAR_WIDTH, fixed + notes * _NOTE_LEADING


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
        area = _place(band.start, -head_height, band.end - band.start, picture.height + head_height)
        yield f'<rect {area} fill="{tint}"/>'
        for number, text in enumerate(lines):
            y = -head_height + 11 + number * _HEAD_LEADING
            yield _label(text, (band.start + band.end) / 2, y, _HEAD_SIZE, bold=True, middle=True)
    yield "</g>"


def _draw_rows(picture: Picture) -> Iterator[str]:
    yield '<g class="years">'
    for row in picture.rows:
        across = f'd="M{-_YEAR_WIDTH:.1f} {row.start:.1f}H{picture.width:.1f}"'
        yield f'<path {across} stroke="{_YEAR_INK}" stroke-width="0.6"/>'
        yield from _draw_year(row)
    yield "</g>"


def _draw_year(row: Stripe) -> Iterator[str]:
    size = _YEAR_SIZE if row.name.isdigit() else _NOTE_SIZE
    lines = wrap_label(row.name, _YEAR_WIDTH - 2, size, 3)
    middle = (row.start + row.end) / 2 - (len(lines) - 1) * size * 0.55
    for place, text in enumerate(lines):
        yield _label(text, -_YEAR_WIDTH + 2, middle + size * (0.35 + place * 1.1), size, bold=row.name.isdigit())


def _draw_route(route: Route, pen: float, dash: str) -> str:
    line = route.line
    attributes = {
        "class": f"line {line.status}",
        "data-source": line.source,
        "data-target": line.target,
        "data-status": line.status,
        "d": path_of(route.points),
        "stroke": COLOURS[line.status],
        "stroke-width": f"{pen:g}",
        "marker-end": f"url(#arrow-{line.status})",
    }
    if dash:
        attributes["stroke-dasharray"] = dash
    return f"<path {_attributes(**attributes)}/>"


def _draw_box(box: Box) -> str:
    node = box.node
    edge, fill, width = (INK, "#ffffff", 0.9) if node.in_corpus else (_FAINT_INK, "#fbfcfd", 0.45)
    attributes = {
        "fill": fill,
        "stroke": COLOURS["planned"] if box.open else edge,
        "stroke-width": f"{width:g}",
        "rx": "2",
    }
    if box.open:
        attributes["stroke-dasharray"] = "2.4 1.4"
    x, middle = box.x + box.width / 2, box.y + box.height / 2
    first = middle - (len(box.label) - 1) * LEADING / 2 + LABEL_SIZE * 0.35
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{first + place * LEADING:.1f}">{_text(text)}</tspan>'
        for place, text in enumerate(box.label)
    )
    data = {"data-doc-id": node.id, "data-year": box.row, "data-lane": node.lane}
    title = " · ".join(part for part in (node.title[:_LONGEST_TOOLTIP], str(node.date or "")) if part)
    partly = _half_dot(box.x + box.width - 3.4, box.y + 3.4) if node.partly_read else ""
    return (
        f"<g {_attributes(**{'class': 'box'}, **data)}><title>{_text(title)}</title>"
        f"<rect {_place(box.x, box.y, box.width, box.height)} {_attributes(**attributes)}/>"
        f'<text font-size="{LABEL_SIZE}">{spans}</text>{partly}</g>'
    )


def _half_dot(x: float, y: float) -> str:
    """The mark of a document that was read in part."""
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="2.2"'
    return (
        f'<g class="partly"><circle {place} fill="#ffffff" stroke="{INK}" stroke-width="0.5"/>'
        f'<path d="M{x:.1f} {y - 2.2:.1f}A2.2 2.2 0 0 0 {x:.1f} {y + 2.2:.1f}Z" fill="{INK}"/></g>'
    )


def _draw_legend(selection: Selection, picture: Picture, x: float, y: float) -> Iterator[str]:
    yield f'<g class="legend" font-size="{_NOTE_SIZE}">'
    used = {line.status for line in selection.lines}
    for status, words in WORDS.items():
        if status in used or status != "unclear":
            dash = f' stroke-dasharray="{_DASHES[status]}"' if status in _DASHES else ""
            yield (
                f'<path d="M{x:.1f} {y + 8:.1f}h24" fill="none" stroke="{COLOURS[status]}" stroke-width="1"{dash} '
                f'marker-end="url(#arrow-{status})"/>'
            )
            yield _label(words, x + 29, y + 10.6, _NOTE_SIZE)
            x += 29 + text_width(words, _NOTE_SIZE) + 16
    for words, stroke, width, dash in (
        ("read", INK, 0.9, ""),
        ("cited only", _FAINT_INK, 0.45, ""),
        ("not yet adopted", COLOURS["planned"], 0.45, ' stroke-dasharray="2.4 1.4"'),
    ):
        yield f'<rect {_place(x, y + 3, 20, 10)} rx="2" fill="#ffffff" stroke="{stroke}" stroke-width="{width}"{dash}/>'
        yield _label(words, x + 24, y + 10.6, _NOTE_SIZE)
        x += 24 + text_width(words, _NOTE_SIZE) + 14
    if any(box.node.partly_read for box in picture.boxes):
        yield _half_dot(x + 3, y + 8)
        yield _label("read in part: lines may be missing", x + 9, y + 10.6, _NOTE_SIZE)
    yield "</g>"


def _draw_notes(selection: Selection, x: float, y: float, width: float) -> Iterator[str]:
    """Abbreviations, footnotes, source: one text element a line."""
    written = ", ".join(f"{acronym} = {meaning}" for acronym, meaning in selection.abbreviations)
    in_force = f"Drawing rules in force: {', '.join(selection.rules) or 'none'}."
    marks = [f"{place} {note}" for place, note in enumerate(selection.notes, 1)]
    for paragraph in (f"{written}." if written else "", *marks, in_force, selection.source):
        for text in wrap_note(paragraph, width):
            yield _label(text, x, y, _NOTE_SIZE)
            y += _NOTE_LEADING


def wrap_note(text: str, width: float) -> tuple[str, ...]:
    """A paragraph of the notes in lines."""
    lines: list[str] = []
    line = ""
    for word in plain_text(text).split():
        if line and text_width(f"{line} {word}", _NOTE_SIZE) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return (*lines, line) if line else tuple(lines)


def _summary(selection: Selection) -> str:
    counts = {status: sum(line.status == status for line in selection.lines) for status in COLOURS}
    return (
        f"{len(selection.nodes)} documents in rows by year, {len(selection.lines)} lines from the citing to the cited "
        f"document: {counts['existing']} to documents that existed, {counts['planned']} to planned ones, "
        f"{counts['unclear']} unclear."
    )


def _markers() -> str:
    heads = "".join(
        f'<marker id="arrow-{status}" viewBox="0 0 10 10" refX="9.6" refY="5" markerWidth="{_ARROW}" '
        f'markerHeight="{_ARROW}" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 1.4L10 5L0 8.6L2.2 5Z" fill="{colour}"/></marker>'
        for status, colour in COLOURS.items()
    )
    return f"<defs>{heads}</defs>"


def _label(text: str, x: float, y: float, size: float, *, bold: bool = False, middle: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight}{anchor}>{_text(text)}</text>'


def _text(text: str) -> str:
    return escape(plain_text(text))


def _attributes(**values: str) -> str:
    return " ".join(f"{name}={quoteattr(plain_text(value))}" for name, value in values.items())


def _place(x: float, y: float, width: float, height: float) -> str:
    return f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'


def _xy(point: Point) -> str:
    return f"{point[0]:.2f} {point[1]:.2f}"


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = distance(start, end)
    if not whole:
        return start
    return start[0] + (end[0] - start[0]) * length / whole, start[1] + (end[1] - start[1]) * length / whole
