"""Runs of one channel, ordered so that lines that join one seldom cross another, and packed into few tracks.

In: `Run`s, each with the places where lines join it. Out: their order, and their tracks. The trap: in a gutter low is
above and places go from left to right; in an alley low is left and places go downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

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
