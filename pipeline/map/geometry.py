"""From slots and tracks to points: where columns, sub-rows, gutters and alleys lie, and the corners of every line.

In: a `Grid`, its `Tracks`, the labels. Out: rectangles and corners in points. The trap: of the boxes above and
below one gutter, those in one column take their pins from one row, so that no two lines lie on one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from pipeline.map.grid import Grid
from pipeline.map.model import Point
from pipeline.map.tracks import Numbered, Pin, Stretch, Tracks, runs_of

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
