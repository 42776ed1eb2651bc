"""The map's layout: from what is to be drawn to boxes and lines in points.

In: a `Selection`. Out: a `Picture` in which no boxes overlap and no line meets a foreign box; the same selection always
gives the same picture. The order matters: the shape of the sheet decides the columns (`shape.py`), these the slots
(`grid.py`), these the tracks (`tracks.py`), and only the number of tracks says how wide gutters and alleys are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise

from pipeline.map.grid import ROUNDS, Cell, Grid, make_grid
from pipeline.map.lettering import balance_label
from pipeline.map.model import NOT_ADOPTED, UNDATED, Box, Picture, Point, Route, Selection, Stripe
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
from pipeline.map.tracks import Numbered, Pin, Stretch, Tracks, assign_tracks, runs_of
from pipeline.results import Node

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
    heights = [lines_needed(measure_label(_label(node)), room_of[node.lane]) for node in selection.nodes]
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
        labels[row_number[selection.row_of[node.id]], lane_number[node.lane]].append(_label(node))
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


def _label(node: Node) -> str:
    """What is written in its box."""
    return f"new: {node.label}" if node.is_new else node.label


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
    widths = [measure_label(_label(node)) for node in selection.nodes]
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
        balance_label(_label(node), boxes[column] - 2 * PADDING + _SLACK, LABEL_SIZE, lines[row])
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


# Points. Margins of a channel keep boxes clear of the tracks; those of a gutter, where arrow heads stand, grow with the
# distance of its tracks, in tracks.
_ALLEY_MARGIN = 2.0
_GUTTER_MARGIN = 1.2
_GUTTER_MARGIN_TRACKS = 0.9
_EMPTY_CHANNEL = 3.2
_LANE_GAP = 3.0  # more at the border of two lanes
_YEAR_GAP = 0.5  # more at the border of two years
_PIN_PITCH = 4.0  # between lines that leave one edge of a box ...
_PIN_MARGIN = 6.0  # ... and between them and the corners of the box


@dataclass(frozen=True)
class Geometry:
    """Points of everything; a year begins with each sub-row of `row_starts`, a lane with each of `lane_starts`."""

    grid: Grid
    tracks: Tracks
    lines: Sequence[Numbered]
    box_widths: Sequence[float]  # by column
    row_heights: Sequence[float]
    row_starts: Sequence[int]
    lane_starts: Sequence[int]
    pitch: tuple[float, float] = (0.0, 0.0)  # between parallel lines, upright and level

    @cached_property
    def alleys(self) -> tuple[float, ...]:
        """Width of each alley."""
        widths = (_channel(size, _ALLEY_MARGIN, self.pitch[0]) for size in self.tracks.alley_size)
        return tuple(width + _LANE_GAP * (place in self.lane_starts) for place, width in enumerate(widths))

    @cached_property
    def gutters(self) -> tuple[float, ...]:
        """Height of each gutter."""
        margin = _GUTTER_MARGIN + _GUTTER_MARGIN_TRACKS * self.pitch[1]
        heights = (_channel(size, margin, self.pitch[1]) for size in self.tracks.gutter_size)
        return tuple(height + _YEAR_GAP * (place in self.row_starts) for place, height in enumerate(heights))

    @cached_property
    def alley_left(self) -> tuple[float, ...]:
        """Where each alley begins; one more than there are columns."""
        return _starts(self.alleys, self.box_widths)

    @cached_property
    def gutter_top(self) -> tuple[float, ...]:
        """Where each gutter begins; one more than there are sub-rows."""
        return _starts(self.gutters, self.row_heights)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the whole."""
        return self.alley_left[-1] + self.alleys[-1], self.gutter_top[-1] + self.gutters[-1]

    @property
    def pitches(self) -> tuple[float, float]:
        """How often the distance between parallel lines is part of the width and of the height."""
        upright = sum(size - 1 for size in self.tracks.alley_size if size)
        level = sum(size - 1 + 2 * _GUTTER_MARGIN_TRACKS for size in self.tracks.gutter_size if size)
        return upright, level

    def corner(self, box: int) -> Point:
        """The left top corner of a box."""
        row, column = self.grid.row[box], self.grid.column[box]
        return self.alley_left[column] + self.alleys[column], self.gutter_top[row] + self.gutters[row]

    def route(self, line: int) -> tuple[Point, ...]:
        """Corners of a line: out of its box, along gutters and alleys in turn, into its target from above or below."""
        source, target, _ = self.lines[line]
        runs = runs_of(self.grid, self.lines, line)
        start, end = self._pin(Pin(source, runs[0])), self._pin(Pin(target, runs[-1]))
        levels = [self._level(run) for run in runs[::2]]
        places = [start[0], *(self._upright(run) for run in runs[1::2]), end[0]]
        corners = [(x, y) for number, y in enumerate(levels) for x in (places[number], places[number + 1])]
        return (start, *corners, end)

    def spans(self, starts: Sequence[int], *, upright: bool) -> list[tuple[float, float]]:
        """Extents of years (or, upright, of lanes) from the middle of the channel before to that of the one after."""
        begin, size = (self.alley_left, self.alleys) if upright else (self.gutter_top, self.gutters)
        borders = [begin[place] + size[place] / 2 for place in starts]
        borders[0], borders[-1] = 0.0, self.size[0] if upright else self.size[1]
        return list(pairwise(borders))

    def _pin(self, pin: Pin) -> Point:
        """Where a run meets a box, on its upper or lower edge."""
        left, top = self.corner(pin.box)
        row, width = self.grid.row[pin.box], self.box_widths[self.grid.column[pin.box]]
        pins = self.tracks.pins_beside(self.grid, pin)
        pitch = min(_PIN_PITCH, (width - 2 * _PIN_MARGIN) / len(pins))
        x = left + width / 2 + (pins.index(pin) - (len(pins) - 1) / 2) * pitch
        return x, top if row >= pin.run.way[0] else top + self.row_heights[row]

    def _level(self, run: Stretch) -> float:
        gutter, size = run.way[0], self.tracks.gutter_size
        return _track(
            self.gutter_top[gutter], self.gutters[gutter], size[gutter], self.tracks.track[run], self.pitch[1]
        )

    def _upright(self, run: Stretch) -> float:
        alley, size = run.way[0], self.tracks.alley_size
        return _track(self.alley_left[alley], self.alleys[alley], size[alley], self.tracks.track[run], self.pitch[0])


def _channel(size: int, margin: float, pitch: float) -> float:
    return 2 * margin + (size - 1) * pitch if size else _EMPTY_CHANNEL


def _track(start: float, extent: float, size: int, track: int, pitch: float) -> float:
    return start + extent / 2 + (track - (size - 1) / 2) * pitch


def _starts(channels: Iterable[float], between: Sequence[float]) -> tuple[float, ...]:
    steps = (channel + gap for channel, gap in zip(channels, between, strict=False))
    return tuple(accumulate(steps, initial=0.0))
