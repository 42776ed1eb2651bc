"""Which track each line takes inside the gutters and alleys, so that lines run side by side and cross seldom.

In: a `Grid` and its lines. Out: for every line its track in one gutter and in one alley, and the order of the pins at
which lines leave their boxes. Lines of one source and status share a run in the gutter, lines to one target share a run
in the alley: they are bundled. The trap: gutters and alleys are told apart only by names here; both are channels with
runs, and one function orders both.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.map.grid import Grid, alley_of, gutter_of

# Rounds of ordering the runs of a channel; the order is settled after three on every corpus tried.
_SIFTINGS = 4


Joins = Sequence[tuple[float, int]]


class Run:
    """A stretch inside one channel that many lines share, with the places where they join it and how many do.

    All lines pass through `root`, where the run leaves for the box that they have in common, each to a place of its
    own. In a gutter low is above and places go from left to right; in an alley low is left and places go downwards.
    """

    def __init__(
        self, key: Hashable, root: float, root_is_high: bool, low: Iterable[float], high: Iterable[float]
    ) -> None:
        self.key = key
        low, high = sorted(low), sorted(high)
        ends = sorted([*low, *high])
        self.root = root
        self.places = ends
        whole = [(root, len(ends))]
        self.low: Joins = [(place, 1) for place in low] + ([] if root_is_high else whole)
        self.high: Joins = [(place, 1) for place in high] + (whole if root_is_high else [])
        self.start, self.end = min(root, ends[0]), max(root, ends[-1])

    def lines_at(self, place: float) -> int:
        """How many lines pass a place inside the run."""
        if not self.start < place < self.end:
            return 0
        return (
            bisect_left(self.places, place)
            if place < self.root
            else len(self.places) - bisect_right(self.places, place)
        )


@dataclass(frozen=True)
class Tracks:
    """Each line's track in its gutter and its alley (from 0, from above and from the left), and how many there are."""

    gutter: tuple[int, ...]
    alley: tuple[int, ...]
    gutter_track: tuple[int, ...]
    alley_track: tuple[int, ...]
    gutter_size: tuple[int, ...]
    alley_size: tuple[int, ...]
    pins: Mapping[
        tuple[int, int], tuple[int, ...]
    ]  # (gutter, column): first line of each run that ends there, in order
    pin_of: tuple[int, ...]  # per line: the first line of its run


def assign_tracks(grid: Grid, lines: Sequence[tuple[int, int, str]]) -> Tracks:
    """Tracks for all lines (source, target, status)."""
    gutters = [gutter_of(grid.row[source], grid.row[target]) for source, target, _ in lines]
    alleys = [
        alley_of(grid.column[source], grid.column[target], grid.side[target, status])
        for source, target, status in lines
    ]
    first = _first_of_run(lines, gutters)
    levels, gutter_size = _order_gutters(grid, lines, gutters, alleys, first)
    gutter_track = [levels[line] for line in first]
    depth = [gutter + (gutter_track[line] + 1) / (gutter_size[gutter] + 2) - 0.5 for line, gutter in enumerate(gutters)]
    alley_level, alley_size = _order_alleys(grid, lines, alleys, depth)
    alley_track = [alley_level[alleys[line], target, status] for line, (_, target, status) in enumerate(lines)]
    pins = _order_pins(grid, lines, gutters, alleys, first, gutter_track)
    return Tracks(
        tuple(gutters), tuple(alleys), tuple(gutter_track), tuple(alley_track), gutter_size, alley_size, pins, first
    )


def order_runs(runs: Sequence[Run]) -> list[Run]:
    """The runs of one channel from low to high, so that few lines that join one cross another.

    Sifting (Matuszewski, Schoenfeld, Molitor 1999): each run in turn is put where it costs least among the others.
    """
    if len(runs) < 2:
        return list(runs)
    cost = [[_crossings(low, high) for high in runs] for low in runs]
    balance = [sum(cost[place]) - sum(row[place] for row in cost) for place in range(len(runs))]
    order = sorted(range(len(runs)), key=lambda place: (balance[place], runs[place].start, place))
    for _ in range(_SIFTINGS):
        before = list(order)
        for run in sorted(range(len(runs)), key=lambda place: (-len(runs[place].places), place)):
            _sift(order, run, cost)
        if order == before:
            break
    return [runs[place] for place in order]


def _sift(order: list[int], run: int, cost: Sequence[Sequence[int]]) -> None:
    """Move one run to its best place; it stays where it is among equals."""
    here = order.index(run)
    order.pop(here)
    change, changes = 0, [0]
    for other in order:
        change += cost[other][run] - cost[run][other]
        changes.append(change)
    best = min(range(len(changes)), key=lambda place: (changes[place], abs(place - here)))
    order.insert(best, run)


def pack_runs(ordered: Sequence[Run]) -> dict[Hashable, int]:
    """Track of each run: runs that touch lie on different ones, in this order where it saves a crossing."""
    tracks: dict[Hashable, int] = {}
    placed: list[tuple[float, float, int, Run]] = []
    for run in ordered:
        start, end = _reach(run)
        near = [(track, other) for first, last, track, other in placed if first <= end and start <= last]
        track = max((track + 1 for track, other in near if _crossings(other, run) < _crossings(run, other)), default=0)
        taken = {track for track, _ in near}
        while track in taken:
            track += 1
        placed.append((start, end, track, run))
        tracks[run.key] = track
    return tracks


def _crossings(low: Run, high: Run) -> int:
    """Crossings between two runs of which the first lies lower."""
    if low.end <= high.start or high.end <= low.start:
        return 0
    return sum(count * high.lines_at(place) for place, count in low.high) + sum(
        count * low.lines_at(place) for place, count in high.low
    )


def _reach(run: Run) -> tuple[float, float]:
    """Start and end widened to whole half steps: in one alley or gutter, two ends may come to lie anywhere."""
    return round(run.start * 2) / 2, round(run.end * 2) / 2


def _first_of_run(lines: Sequence[tuple[int, int, str]], gutters: Sequence[int]) -> tuple[int, ...]:
    """For each line the first line with which it shares a run in the gutter."""
    first: dict[tuple[int, str, int], int] = {}
    return tuple(
        first.setdefault((source, status, gutters[line]), line) for line, (source, _, status) in enumerate(lines)
    )


def _order_gutters(
    grid: Grid,
    lines: Sequence[tuple[int, int, str]],
    gutters: Sequence[int],
    alleys: Sequence[int],
    first: Sequence[int],
) -> tuple[dict[Hashable, int], tuple[int, ...]]:
    joins: dict[int, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for line, (_, target, _) in enumerate(lines):
        joins[first[line]][grid.row[target] >= gutters[line]].append(float(alleys[line]))
    channels: dict[int, list[Run]] = defaultdict(list)
    for line, (low, high) in sorted(joins.items()):
        source, gutter = lines[line][0], gutters[line]
        run = Run(line, grid.column[source] + 0.5, grid.row[source] >= gutter, low, high)
        channels[gutter].append(run)
    return _settle(channels, grid.row_count + 1)


def _order_alleys(
    grid: Grid, lines: Sequence[tuple[int, int, str]], alleys: Sequence[int], depth: Sequence[float]
) -> tuple[dict[Hashable, int], tuple[int, ...]]:
    joins: dict[tuple[int, int, str], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for line, (source, target, status) in enumerate(lines):
        joins[alleys[line], target, status][grid.column[source] >= alleys[line]].append(depth[line])
    channels: dict[int, list[Run]] = defaultdict(list)
    for key, (low, high) in sorted(joins.items()):
        alley, target, _ = key
        channels[alley].append(Run(key, grid.row[target] + 0.5, grid.column[target] >= alley, low, high))
    return _settle(channels, grid.column_count + 1)


def _settle(channels: Mapping[int, list[Run]], count: int) -> tuple[dict[Hashable, int], tuple[int, ...]]:
    tracks: dict[Hashable, int] = {}
    sizes = [0] * count
    for channel, runs in channels.items():
        packed = pack_runs(order_runs(runs))
        tracks.update(packed)
        sizes[channel] = max(packed.values()) + 1
    return tracks, tuple(sizes)


def _order_pins(
    grid: Grid,
    lines: Sequence[tuple[int, int, str]],
    gutters: Sequence[int],
    alleys: Sequence[int],
    first: Sequence[int],
    tracks: Sequence[int],
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Pins of the boxes above and below one gutter in one column together, so that no two stubs lie on one another.

    Runs to the left come first, the nearest leftmost; then those to the right, the nearest rightmost: no stub crosses
    a run of its own box.
    """
    reach: dict[int, list[float]] = defaultdict(list)
    for line, (source, _, _) in enumerate(lines):
        reach[first[line]].append(alleys[line] - grid.column[source] - 0.5)
    pins: dict[tuple[int, int], list[int]] = defaultdict(list)
    for line in sorted(reach):
        pins[gutters[line], grid.column[lines[line][0]]].append(line)

    def place(line: int) -> tuple[int, int, int]:
        far = tracks[line] if grid.row[lines[line][0]] < gutters[line] else -tracks[line]
        leftward, rightward = min(reach[line]) < 0, max(reach[line]) > 0
        direction = 0 if leftward and rightward else 1 if rightward else -1
        return (direction, -direction * far, line)

    return {key: tuple(sorted(found, key=place)) for key, found in sorted(pins.items())}
