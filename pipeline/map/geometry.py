"""From slots and tracks to points: where columns, sub-rows, gutters and alleys lie, and the corners of every line.

In: a `Grid`, its `Tracks`, the labels. Out: rectangles and corners in points. The trap: two boxes face each other
across an alley, at the same height; their ports are shifted against each other so that two lines that arrive from one
alley at both never lie on one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from pipeline.map.grid import Grid
from pipeline.map.model import Point
from pipeline.map.tracks import Tracks

# Points. Margins of a channel keep arrow heads (4) and rounded corners clear of the tracks.
_ALLEY_MARGIN = 4.0
_GUTTER_MARGIN = 2.0
_EMPTY_CHANNEL = 3.2
_LANE_GAP = 3.0  # more at the border of two lanes
_YEAR_GAP = 1.0  # more at the border of two years
_PIN_PITCH = 4.0  # between lines that leave one edge of a box ...
_PIN_MARGIN = 6.0  # ... and between them and the corners of the box
# Between lines of two statuses that reach one side of a box; the left side's ports lie a little lower than the right
# side's, and no multiple of the pitch makes up for twice the offset. Three of them fit a box of one line.
_PORT_PITCH = 3.4
_PORT_OFFSET = 0.9

Numbered = tuple[int, int, str]


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
        heights = (_channel(size, _GUTTER_MARGIN, self.pitch[1]) for size in self.tracks.gutter_size)
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

    def corner(self, box: int) -> Point:
        """The left top corner of a box."""
        row, column = self.grid.row[box], self.grid.column[box]
        return self.alley_left[column] + self.alleys[column], self.gutter_top[row] + self.gutters[row]

    def route(self, line: int) -> tuple[Point, ...]:
        """Corners of a line: out of its box, along the gutter, along the alley, into the side of its target."""
        source, target, status = self.lines[line]
        alley, gutter = self.tracks.alley[line], self.tracks.gutter[line]
        top = self.corner(source)[1]
        out_x = self._pin(line)
        out_y = top if self.grid.row[source] >= gutter else top + self.row_heights[self.grid.row[source]]
        run_y = _track(
            self.gutter_top[gutter],
            self.gutters[gutter],
            self.tracks.gutter_size[gutter],
            self.tracks.gutter_track[line],
            self.pitch[1],
        )
        run_x = _track(
            self.alley_left[alley],
            self.alleys[alley],
            self.tracks.alley_size[alley],
            self.tracks.alley_track[line],
            self.pitch[0],
        )
        in_left, in_top = self.corner(target)
        in_x = in_left if self.grid.column[target] == alley else in_left + self.box_widths[alley - 1]
        in_y = in_top + self.row_heights[self.grid.row[target]] / 2 + self._port(alley, target, status)
        return ((out_x, out_y), (out_x, run_y), (run_x, run_y), (run_x, in_y), (in_x, in_y))

    def spans(self, starts: Sequence[int], *, upright: bool) -> list[tuple[float, float]]:
        """Extents of years (or, upright, of lanes) from the middle of the channel before to that of the one after."""
        begin, size = (self.alley_left, self.alleys) if upright else (self.gutter_top, self.gutters)
        borders = [begin[place] + size[place] / 2 for place in starts]
        borders[0], borders[-1] = 0.0, self.size[0] if upright else self.size[1]
        return list(pairwise(borders))

    def _pin(self, line: int) -> float:
        source = self.lines[line][0]
        width = self.box_widths[self.grid.column[source]]
        first = self.tracks.pin_of[line]
        pins = self.tracks.pins[self.tracks.gutter[line], self.grid.column[source]]
        pitch = min(_PIN_PITCH, (width - 2 * _PIN_MARGIN) / len(pins))
        middle = self.corner(source)[0] + width / 2
        return middle + (pins.index(first) - (len(pins) - 1) / 2) * pitch

    def _port(self, alley: int, target: int, status: str) -> float:
        statuses = self._ports[alley, target]
        offset = _PORT_OFFSET if self.grid.column[target] == alley else -_PORT_OFFSET
        return offset + (statuses.index(status) - len(statuses) // 2) * _PORT_PITCH

    @cached_property
    def _ports(self) -> dict[tuple[int, int], list[str]]:
        found: dict[tuple[int, int], list[str]] = defaultdict(list)
        for alley, target, status in sorted(
            {(self.tracks.alley[line], target, status) for line, (_, target, status) in enumerate(self.lines)}
        ):
            found[alley, target].append(status)
        return found


def _channel(size: int, margin: float, pitch: float) -> float:
    return 2 * margin + (size - 1) * pitch if size else _EMPTY_CHANNEL


def _track(start: float, extent: float, size: int, track: int, pitch: float) -> float:
    return start + extent / 2 + (track - (size - 1) / 2) * pitch


def _starts(channels: Iterable[float], between: Sequence[float]) -> tuple[float, ...]:
    steps = (channel + gap for channel, gap in zip(channels, between, strict=False))
    return tuple(accumulate(steps, initial=0.0))
