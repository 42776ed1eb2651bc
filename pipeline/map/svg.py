"""The map as a printed figure: SVG with title, lanes, years, boxes, lines, legend, footnotes and source.

In: a `Selection` and its `Picture`. Out: SVG text, in points, that needs nothing else. Boxes carry `data-doc-id`,
`data-year` and `data-lane`, lines `data-source`, `data-target` and `data-status`. The trap: no style attributes are
used, because the page that embeds the map forbids them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.map.captions import NOTE_LEADING, NOTE_SIZE, draw_legend, draw_notes
from pipeline.map.dashes import corner_radius, distance, make_dashes
from pipeline.map.lettering import BOLD, FONT, wrap_label
from pipeline.map.marks import COLOURS, INK, arrow_heads, attributes, box_style, half_dot, label, place_of, write_text
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
_LEGEND_GAP = 6.0
_LEAST_WIDTH = 420.0  # of a map with few documents, so that its notes still read well
_LONGEST_TOOLTIP = 300


def draw_svg(selection: Selection, picture: Picture) -> str:
    """The whole figure."""
    width = max(picture.width + _YEAR_WIDTH, _LEAST_WIDTH)
    heads = [wrap_label(band.name, (band.end - band.start - 6) / BOLD, _HEAD_SIZE, 3) for band in picture.bands]
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
        f'font-family="{FONT}" fill="{INK}" role="img" aria-labelledby="map-title map-summary">',
        f'<title id="map-title">{write_text(selection.title)}</title>',
        f'<desc id="map-summary">{write_text(_summary(selection))}</desc>',
        arrow_heads(),
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        label(selection.title, MARGIN, MARGIN + _TITLE_SIZE, _TITLE_SIZE, bold=True),
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


def _draw_route(route: Route, pen: float, dash: str) -> str:
    line = route.line
    described = {
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
        f"<rect {place_of(box.x, box.y, box.width, box.height)} {box_style(node.in_corpus, box.open)}/>"
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
