"""The map's layout: from what is to be drawn to boxes and lines in points.

In: a `Selection`. Out: a `Picture` in which no boxes overlap and no line meets a foreign box; the same selection always
gives the same picture. The trap: order matters. The shape of the sheet decides the columns (`shape.py`), these the
slots (`grid.py`), these the tracks (`tracks.py`), and only the number of tracks says how wide gutters and alleys are
(`geometry.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.map.geometry import Geometry
from pipeline.map.grid import ROUNDS, Cell, Grid, make_grid
from pipeline.map.lettering import balance_label
from pipeline.map.model import NOT_ADOPTED, UNDATED, Box, Picture, Route, Selection, Stripe
from pipeline.map.shape import (
    LABEL_SIZE,
    PADDING,
    Demand,
    Shape,
    box_height,
    choose_pitch,
    choose_shapes,
    column_width,
    lines_needed,
    measure_label,
    sheet_scale,
)
from pipeline.map.tracks import Numbered, assign_tracks

# Shapes that are laid out to see which fits best; of a map with many lines only one, for time.
_TRIALS = 2
_MANY_LINES = 1200
# Points by which a label may be wider than measured, against rounding.
_SLACK = 0.01
# Width of a line: under a third of the distance between lines, where that is possible.
_THICKEST, _THINNEST, _SHARE_OF_PITCH = 0.9, 0.4, 0.45

_ROW_NAMES = {NOT_ADOPTED: "not yet adopted", UNDATED: "undated"}


def lay_out(selection: Selection, frame: tuple[float, float] = (0.0, 0.0)) -> Picture:
    """The picture of a selection; one without documents gives an empty picture.

    `frame` is what title, years and notes take of the sheet in width and height.
    """
    if not selection.nodes:
        return Picture(0.0, 0.0, (), (), (), ())
    number = {node.id: place for place, node in enumerate(selection.nodes)}
    lines = [(number[line.source], number[line.target], line.status) for line in selection.lines]
    shape = _choose_shape(selection, lines, frame)
    geometry, labels = _arrange(selection, lines, shape, rounds=ROUNDS)
    return _make_picture(selection, _spread(geometry, frame), labels)


def _choose_shape(selection: Selection, lines: Sequence[Numbered], frame: tuple[float, float]) -> Shape:
    """The likeliest shape that fits the sheet (a further document seldom changes it), else the one that comes closest.

    Lines are led once for each; what the changes of place do to the size later is little.
    """
    shapes = choose_shapes(_measure_demand(selection, lines, frame), _TRIALS if len(lines) <= _MANY_LINES else 1)
    best: tuple[float, Shape] | None = None
    for shape in shapes if len(shapes) > 1 else ():
        spread = _spread(_arrange(selection, lines, shape, rounds=0)[0], frame)
        scale = min(sheet_scale(spread.size[0] + frame[0], spread.size[1] + frame[1]), 1.0)
        if best is None or scale > best[0]:
            best = (scale, shape)
        if scale >= 1.0:
            break
    return best[1] if best else shapes[0]


def _arrange(
    selection: Selection, lines: Sequence[Numbered], shape: Shape, rounds: int
) -> tuple[Geometry, tuple[tuple[str, ...], ...]]:
    """The geometry of one shape, lines without distance, and the labels in lines."""
    cells, row_starts, lane_starts = _make_cells(selection, shape)
    room_of = {band.id: room for band, room in zip(selection.bands, shape.rooms, strict=True)}
    heights = [lines_needed(measure_label(node.label), room_of[node.lane]) for node in selection.nodes]
    grid = make_grid(cells, lines, row_starts[-1], lane_starts[-1], heights, rounds)
    lettering = _fit_labels(selection, shape, grid)
    geometry = Geometry(
        grid=grid,
        tracks=assign_tracks(grid, lines),
        lines=lines,
        box_widths=lettering.widths,
        row_heights=lettering.heights,
        row_starts=row_starts,
        lane_starts=lane_starts,
    )
    return geometry, lettering.labels


def _spread(geometry: Geometry, frame: tuple[float, float]) -> Geometry:
    """The same with lines as far apart as the sheet allows."""
    tracks = geometry.pitches
    width, height = replace(geometry, pitch=(0.0, 0.0)).size
    return replace(geometry, pitch=choose_pitch(width + frame[0], height + frame[1], tracks))


def _measure_demand(selection: Selection, lines: Sequence[Numbered], frame: tuple[float, float]) -> Demand:
    row_number = {row: place for place, row in enumerate(selection.rows)}
    lane_number = {band.id: place for place, band in enumerate(selection.bands)}
    labels: dict[tuple[int, int], list[str]] = defaultdict(list)
    for node in selection.nodes:
        labels[row_number[selection.row_of[node.id]], lane_number[node.lane]].append(node.label)
    runs = (
        len({(source, status) for source, _, status in lines}),
        len({(target, status) for _, target, status in lines}),
    )
    return Demand(labels, len(selection.bands), runs, frame)


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


@dataclass(frozen=True)
class _Lettering:
    """Labels in lines, widths of boxes by column, heights by sub-row."""

    labels: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]


def _fit_labels(selection: Selection, shape: Shape, grid: Grid) -> _Lettering:
    """The labels of a sub-row have as many lines as its longest one needs; columns are as narrow as that allows."""
    room_of = {band.id: room for band, room in zip(selection.bands, shape.rooms, strict=True)}
    widths = [measure_label(node.label) for node in selection.nodes]
    lines = [1] * grid.row_count
    for node, row, label in zip(selection.nodes, grid.row, widths, strict=True):
        least = 2 if selection.row_of[node.id] == NOT_ADOPTED else 1  # the row's own name has two lines
        lines[row] = max(lines[row], lines_needed(label, room_of[node.lane]), least)
    columns: list[list[tuple[tuple[float, ...], int]]] = [[] for _ in range(grid.column_count)]
    for column, row, label in zip(grid.column, grid.row, widths, strict=True):
        columns[column].append((label, lines[row]))
    rooms = [room for room, count in zip(shape.rooms, shape.columns, strict=True) for _ in range(count)]
    boxes = tuple(column_width(found, room) for found, room in zip(columns, rooms, strict=True))
    labels = tuple(
        balance_label(node.label, boxes[column] - 2 * PADDING + _SLACK, LABEL_SIZE, lines[row])
        for node, column, row in zip(selection.nodes, grid.column, grid.row, strict=True)
    )
    return _Lettering(labels, boxes, tuple(map(box_height, lines)))


def _make_picture(selection: Selection, geometry: Geometry, labels: Sequence[tuple[str, ...]]) -> Picture:
    width, height = geometry.size
    boxes = []
    for place, node in enumerate(selection.nodes):
        x, y = geometry.corner(place)
        row = selection.row_of[node.id]
        tall = geometry.row_heights[geometry.grid.row[place]]
        wide = geometry.box_widths[geometry.grid.column[place]]
        boxes.append(Box(node, row, x, y, wide, tall, labels[place], row == NOT_ADOPTED))
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
        pen=_pen(min(geometry.pitch)),
    )


def _pen(pitch: float) -> float:
    return round(min(max(pitch * _SHARE_OF_PITCH, _THINNEST), _THICKEST), 2)
