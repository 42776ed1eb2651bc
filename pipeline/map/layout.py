"""The map's layout: from what is to be drawn to boxes and lines in points.

In: a `Selection`. Out: a `Picture` in which no boxes overlap and no line meets a foreign box; the same selection always
gives the same picture. The trap: order matters. The shape of the sheet decides the columns (`shape.py`), these the
slots (`grid.py`), these the tracks (`tracks.py`), and only the number of tracks says how wide gutters and alleys are
(`geometry.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate

from pipeline.map.geometry import Geometry, Numbered
from pipeline.map.grid import Cell, make_grid
from pipeline.map.lettering import balance_label
from pipeline.map.model import NOT_ADOPTED, UNDATED, Box, Picture, Route, Selection, Stripe
from pipeline.map.shape import LABEL_SIZE, MOST_LABEL_LINES, PADDING, Shape, box_height, choose_shape
from pipeline.map.tracks import SOLID, assign_tracks

# Points between parallel lines from which on they may be drawn thicker.
_WIDE_PITCH = 2.8

_ROW_NAMES = {NOT_ADOPTED: "not yet adopted", UNDATED: "date not known"}


def lay_out(selection: Selection) -> Picture:
    """The picture of a selection; one without documents gives an empty picture."""
    if not selection.nodes:
        return Picture(0.0, 0.0, (), (), (), ())
    number = {node.id: place for place, node in enumerate(selection.nodes)}
    lines = [(number[line.source], number[line.target], line.status) for line in selection.lines]
    shape = _choose_shape(selection, lines)
    cells, row_starts, lane_starts = _make_cells(selection, shape)
    grid = make_grid(cells, lines, row_starts[-1], lane_starts[-1])
    labels = _make_labels(selection, shape)
    geometry = Geometry(
        grid=grid,
        tracks=assign_tracks(grid, lines),
        lines=lines,
        box_width=shape.box_width,
        row_heights=_row_heights(grid.row, labels),
        pitch=shape.pitch,
        row_starts=row_starts,
        lane_starts=lane_starts,
    )
    return _make_picture(selection, geometry, labels)


def _choose_shape(selection: Selection, lines: Sequence[Numbered]) -> Shape:
    row_number = {row: place for place, row in enumerate(selection.rows)}
    lane_number = {band.id: place for place, band in enumerate(selection.bands)}
    labels: dict[tuple[int, int], list[str]] = defaultdict(list)
    for node in selection.nodes:
        labels[row_number[selection.row_of[node.id]], lane_number[node.lane]].append(node.label)
    runs = len({(source, status, target if status != SOLID else 0) for source, target, status in lines})
    bundles = len({(target, status) for _, target, status in lines})
    return choose_shape(labels, len(selection.bands), (runs, bundles))


def _make_cells(selection: Selection, shape: Shape) -> tuple[list[Cell], list[int], list[int]]:
    """Cells with their boxes by date, and where each row and each lane starts, with the end of the last one."""
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in sorted(range(len(selection.nodes)), key=lambda place: _by_date(selection, place)):
        node = selection.nodes[place]
        members[selection.row_of[node.id], node.lane].append(place)
    lanes = [band.id for band in selection.bands]
    depths = [
        max(-(-len(members[row, lane]) // width) for lane, width in zip(lanes, shape.columns, strict=True))
        for row in selection.rows
    ]
    row_starts, lane_starts = list(accumulate(depths, initial=0)), list(accumulate(shape.columns, initial=0))
    cells = [
        Cell(
            range(*row_starts[r : r + 2]), range(*lane_starts[lane_number : lane_number + 2]), tuple(members[row, lane])
        )
        for r, row in enumerate(selection.rows)
        for lane_number, lane in enumerate(lanes)
        if members[row, lane]
    ]
    return cells, row_starts, lane_starts


def _by_date(selection: Selection, place: int) -> tuple[str, str]:
    node = selection.nodes[place]
    return str(node.date or ""), node.id


def _make_labels(selection: Selection, shape: Shape) -> list[tuple[str, ...]]:
    room = shape.box_width - 2 * PADDING
    return [balance_label(node.label, room, LABEL_SIZE, MOST_LABEL_LINES) for node in selection.nodes]


def _row_heights(row_of: Sequence[int], labels: Sequence[tuple[str, ...]]) -> list[float]:
    most: dict[int, int] = defaultdict(int)
    for row, label in zip(row_of, labels, strict=True):
        most[row] = max(most[row], len(label))
    return [box_height(most[row]) for row in range(max(row_of) + 1)]


def _make_picture(selection: Selection, geometry: Geometry, labels: Sequence[tuple[str, ...]]) -> Picture:
    width, height = geometry.size
    boxes = []
    for place, node in enumerate(selection.nodes):
        x, y = geometry.corner(place)
        row = selection.row_of[node.id]
        tall = geometry.row_heights[geometry.grid.row[place]]
        boxes.append(Box(node, row, x, y, geometry.box_width, tall, labels[place], row == NOT_ADOPTED))
    routes = (Route(line, geometry.route(number)) for number, line in enumerate(selection.lines))
    years = zip(selection.rows, geometry.spans(geometry.row_starts, upright=False), strict=True)
    lanes = zip(selection.bands, geometry.spans(geometry.lane_starts, upright=True), strict=True)
    return Picture(
        width=width,
        height=height,
        boxes=tuple(boxes),
        routes=tuple(routes),
        rows=tuple(Stripe(row, _ROW_NAMES.get(row, row), *span) for row, span in years),
        bands=tuple(Stripe(band.id, band.head, *span) for band, span in lanes),
        pen=0.9 if geometry.pitch >= _WIDE_PITCH else 0.7,
    )
