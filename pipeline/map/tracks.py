"""Which track each line takes inside the gutters and alleys, so that lines run side by side and cross seldom.

In: a `Grid` and its lines. Out: for every line its tracks, and the order of the pins at which lines leave and reach
their boxes. Lines of one source and status share a run in the gutter where they leave; lines to one target share a run
in each alley and one in the gutter where they arrive: they are bundled. Gutters and alleys are channels with runs, and
one function orders both: in a gutter low is above and places go from left to right, in an alley low is left and places
go downwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.map.grid import Grid

Numbered = tuple[int, int, str]


class Stretch(NamedTuple):
    """What lines share: the box that they have in common, their status, and the channels on the way to it.

    `way` begins with the stretch's own channel, which is an alley where their number is even; lines that come into an
    alley from the left and from the right (`side` 1) run side by side.
    """

    box: int
    is_target: bool
    status: str
    way: tuple[int, ...]
    side: int = 0

    @property
    def is_upright(self) -> bool:
        """Whether it runs in an alley."""
        return len(self.way) % 2 == 0


class Pin(NamedTuple):
    """Where a run meets a box: the box and the run."""

    box: int
    run: Stretch


@dataclass(frozen=True)
class Tracks:
    """The track of every run (from 0, from above and from the left), how many there are, and the pins side by side."""

    track: Mapping[Stretch, int]
    gutter_size: tuple[int, ...]
    alley_size: tuple[int, ...]
    pins: Mapping[tuple[int, int], tuple[Pin, ...]]  # by gutter and column

    def pins_beside(self, grid: Grid, pin: Pin) -> tuple[Pin, ...]:
        """The pins of one gutter and column among which a pin stands."""
        return self.pins[pin.run.way[0], grid.column[pin.box]]


def runs_of(grid: Grid, lines: Sequence[Numbered], line: int) -> tuple[Stretch, ...]:
    """The runs that a line follows, from its source to its target."""
    source, target, status = lines[line]
    way = grid.ways[line]
    found = []
    for number, channel in enumerate(way):
        if number == 0 and len(way) > 1:
            found.append(Stretch(source, False, status, way[:1]))
            continue
        before = way[number - 2] if number > 1 else grid.column[source]
        side = int(before >= channel) if number % 2 else 0
        found.append(Stretch(target, True, status, way[number:], side))
    return tuple(found)


def assign_tracks(grid: Grid, lines: Sequence[Numbered]) -> Tracks:
    """Tracks for all lines (source, target, status)."""
    runs = [runs_of(grid, lines, line) for line in range(len(lines))]
    gutters = _gutter_runs(grid, lines, runs)
    track, gutter_size = _settle(gutters, grid.row_count + 1)
    depth = {run: run.way[0] + (level + 1) / (gutter_size[run.way[0]] + 2) - 0.5 for run, level in track.items()}
    alley_track, alley_size = _settle(_alley_runs(grid, runs, depth), grid.column_count + 1)
    pins = _order_pins(grid, lines, runs, gutters, track)
    return Tracks(track | alley_track, gutter_size, alley_size, pins)


Joins = dict[Stretch, tuple[list[float], list[float]]]


def _gutter_runs(
    grid: Grid, lines: Sequence[Numbered], runs: Sequence[tuple[Stretch, ...]]
) -> dict[int, list[Run[Stretch]]]:
    """Runs by gutter, with the places where lines join: alleys are whole numbers, boxes lie between them."""
    joins: Joins = defaultdict(lambda: ([], []))
    roots: dict[Stretch, tuple[float, bool]] = {}
    for (source, target, _), way, found in zip(lines, grid.ways, runs, strict=True):
        leaves = (grid.column[source] + 0.5, grid.row[source] >= way[0])
        arrives = (grid.column[target] + 0.5, grid.row[target] >= way[-1])
        turns = [(float(way[number]), way[number - 1], way[number + 1]) for number in range(1, len(way), 2)]
        starts = [leaves, *((alley, out > into) for alley, out, into in turns)]
        ends = [*((alley, into > out) for alley, out, into in turns), arrives]
        for number, run in enumerate(found[::2]):
            root, (place, is_high) = ends[number], starts[number]
            if not run.is_target:
                root, (place, is_high) = starts[number], ends[number]
            roots[run] = root
            joins[run][is_high].append(place)
    channels: dict[int, list[Run[Stretch]]] = defaultdict(list)
    for run, (low, high) in sorted(joins.items()):
        channels[run.way[0]].append(Run(run, *roots[run], low, high))
    return channels


def _alley_runs(
    grid: Grid, runs: Sequence[tuple[Stretch, ...]], depth: Mapping[Stretch, float]
) -> dict[int, list[Run[Stretch]]]:
    joins: Joins = defaultdict(lambda: ([], []))
    for found in runs:
        for before, run in pairwise(found):
            if run.is_upright:
                joins[run][run.side].append(depth[before])
    channels: dict[int, list[Run[Stretch]]] = defaultdict(list)
    for run, (low, high) in sorted(joins.items()):
        alley, _, *rest = run.way
        towards = rest[0] if rest[1:] else grid.column[run.box]
        root = depth[run._replace(way=run.way[1:], side=0)]
        channels[alley].append(Run(run, root, towards >= alley, low, high))
    return channels


def _settle(channels: Mapping[int, list[Run[Stretch]]], count: int) -> tuple[dict[Stretch, int], tuple[int, ...]]:
    tracks: dict[Stretch, int] = {}
    sizes = [0] * count
    for channel, runs in channels.items():
        packed = pack_runs(*order_runs(runs))
        tracks.update(packed)
        sizes[channel] = max(packed.values()) + 1
    return tracks, tuple(sizes)


def _order_pins(
    grid: Grid,
    lines: Sequence[Numbered],
    runs: Sequence[tuple[Stretch, ...]],
    gutters: Mapping[int, Sequence[Run[Stretch]]],
    track: Mapping[Stretch, int],
) -> dict[tuple[int, int], tuple[Pin, ...]]:
    """Pins of the boxes above and below one gutter in one column together, so that no two stubs lie on one another.

    Runs to the left come first, the nearest leftmost; then those to the right, the nearest rightmost: no stub crosses
    a run of its own box.
    """
    known = {run.key: run for found in gutters.values() for run in found}
    met: dict[tuple[int, int], set[Pin]] = defaultdict(set)
    for (source, target, _), found in zip(lines, runs, strict=True):
        for pin in (Pin(source, found[0]), Pin(target, found[-1])):
            met[pin.run.way[0], grid.column[pin.box]].add(pin)

    def place(pin: Pin) -> tuple[int, int, Pin]:
        level, middle, run = track[pin.run], grid.column[pin.box] + 0.5, known[pin.run]
        far = level if grid.row[pin.box] < pin.run.way[0] else -level
        leftward, rightward = run.start < middle, run.end > middle
        direction = 0 if leftward == rightward else 1 if rightward else -1
        return direction, -direction * far, pin

    return {key: tuple(sorted(found, key=place)) for key, found in sorted(met.items())}


# Rounds of ordering the runs of a channel; the order is settled after three on every corpus tried.
_SIFTINGS = 4
# Runs keep their order only where that saves more crossings; tracks are dear.
_CHEAP = 2

Key = TypeVar("Key")
Floats = NDArray[np.float64]


class Run(Generic[Key]):
    """A stretch inside one channel that many lines share, with the places where they join it.

    All lines pass through `root`, where the run leaves for the box that they have in common, each to a place of its
    own, on the low or the high side.
    """

    def __init__(self, key: Key, root: float, root_is_high: bool, low: Iterable[float], high: Iterable[float]) -> None:
        self.key, self.root, self.root_is_high = key, root, root_is_high
        self.low, self.high = sorted(low), sorted(high)
        self.joins = np.array(sorted([*self.low, *self.high]))
        self.start, self.end = min(root, self.joins[0]), max(root, self.joins[-1])

    def lines_at(self, places: Floats) -> Floats:
        """How many lines pass each of some places inside the run."""
        before = np.searchsorted(self.joins, places, "left")
        after = len(self.joins) - np.searchsorted(self.joins, places, "right")
        inside = (self.start < places) & (places < self.end)
        found: Floats = np.where(inside, np.where(places < self.root, before, after), 0).astype(float)
        return found

    def ends(self, *, high: bool) -> list[tuple[float, int]]:
        """Places on one side at which lines leave the run, with their numbers."""
        found = [(place, 1) for place in (self.high if high else self.low)]
        return found + ([(self.root, len(self.joins))] if self.root_is_high == high else [])


def order_runs(runs: Sequence[Run[Key]]) -> tuple[list[Run[Key]], Floats]:
    """The runs of one channel from low to high, and what lower runs cost under higher ones in this order.

    Sifting (Matuszewski, Schoenfeld, Molitor 1999): each run in turn is put where it costs least among the others.
    """
    cost = _crossings(runs)
    gain = cost - cost.T
    balance = gain.sum(axis=1)
    order = sorted(range(len(runs)), key=lambda place: (balance[place], runs[place].start, place))
    for _ in range(_SIFTINGS):
        before = list(order)
        for run in sorted(range(len(runs)), key=lambda place: (-len(runs[place].joins), place)):
            _sift(order, run, gain)
        if order == before:
            break
    return [runs[place] for place in order], cost[np.ix_(order, order)]


def pack_runs(ordered: Sequence[Run[Key]], cost: Floats) -> dict[Key, int]:
    """Track of each run: runs that touch lie on different ones, in this order where it saves a crossing."""
    tracks: dict[Key, int] = {}
    saves = (cost < cost.T - _CHEAP).tolist()
    placed: list[tuple[float, float, int]] = []
    for number, run in enumerate(ordered):
        near = [
            (track, place)
            for place, (first, last, track) in enumerate(placed)
            if first <= run.end and run.start <= last
        ]
        track = max((track + 1 for track, place in near if saves[place][number]), default=0)
        taken = {track for track, _ in near}
        while track in taken:
            track += 1
        placed.append((run.start, run.end, track))
        tracks[run.key] = track
    return tracks


def _sift(order: list[int], run: int, gain: Floats) -> None:
    """Move one run to its best place; it stays where it is among equals."""
    here = order.index(run)
    order.pop(here)
    changes = np.concatenate(([0.0], np.cumsum(gain[order, run])))
    best = np.flatnonzero(changes == changes.min())
    order.insert(int(best[np.abs(best - here).argmin()]), run)


def _crossings(runs: Sequence[Run[Key]]) -> Floats:
    """Crossings between every two runs of which the first lies lower."""
    places, lows, highs = _ends(runs)
    passing = np.stack([run.lines_at(places) for run in runs], axis=1)
    found: Floats = highs @ passing + (lows @ passing).T
    return found


def _ends(runs: Sequence[Run[Key]]) -> tuple[Floats, Floats, Floats]:
    """All places at which lines leave a run, and how many do there on the low and the high side (run, place)."""
    places = np.unique([place for run in runs for high in (False, True) for place, _ in run.ends(high=high)])
    sides = []
    for high in (False, True):
        table = np.zeros((len(runs), len(places)))
        for number, run in enumerate(runs):
            for place, count in run.ends(high=high):
                table[number, np.searchsorted(places, place)] += count
        sides.append(table)
    return places, sides[0], sides[1]
