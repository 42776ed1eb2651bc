"""Which way each line takes: the gutters in which it runs and the alleys in which it changes height.

In: places of boxes, and lines. Out: a `Way` for every line, chosen so that few lines cross. All lines to one document
are led anew together while the others stay; what each way would cross is looked up (`prices.py`). The trap: lines to
the same document join and never cross, so all of them are taken away before one is led.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pipeline.map.prices import Choice, Floats, Traffic, price_ways
from pipeline.map.traffic import Ints

# Channels in turn: gutter, alley, gutter; or with a detour gutter, alley, gutter, alley, gutter; or one gutter.
# Gutter g lies above sub-row g, alley a left of column a.
Way = tuple[int, ...]
Slot = tuple[int, int]  # sub-row and column

# What a stretch costs that no other line of the document uses, for each line of the map: it takes room and ink. A
# stretch in a gutter lies there for all to cross.
_NEW_IN_GUTTER, _NEW_IN_ALLEY = 0.008, 0.003
# A detour costs the eye two more corners.
_DETOUR = 0.5
# Below so many lines there is room for more stretches; a map with very many does not fit its sheet in any case.
_FEW_LINES, _MOST_PRICE = 600, 1000.0


class Router:
    """Ways of all lines among boxes that may be moved; a way is kept as its number (`Choice.path`)."""

    def __init__(
        self,
        row: list[int],
        column: list[int],
        lines: Sequence[tuple[int, int, str]],
        row_count: int,
        column_count: int,
    ) -> None:
        self.row, self.column, self.lines = row, column, lines
        self.choice = Choice(row_count, column_count, len(lines))
        self.traffic = Traffic(row_count, column_count)
        self.price = min(len(lines) * min(len(lines) / _FEW_LINES, 1.0), _MOST_PRICE)
        self.chosen: list[int | None] = [None] * len(lines)
        self.lines_to: dict[int, list[int]] = defaultdict(list)
        for line, (_, target, _) in enumerate(lines):
            self.lines_to[target].append(line)
        self.order = sorted(self.lines_to, key=lambda target: (-len(self.lines_to[target]), target))
        self.bundle_of = _number((target, status) for _, target, status in lines)
        self.sheaf_of = _number((source, status) for source, _, status in lines)
        # How many lines use a stretch: by gutter; by gutter; by side of the source, alley and gutter.
        self.used_out = np.zeros((len(self.sheaf_of), 2), np.int32)
        self.used_into = np.zeros((len(self.bundle_of), 2), np.int32)
        self.used_alley = np.zeros((len(self.bundle_of), 2, column_count + 1, 2), np.int32)

    def lead_all(self, *, detours: bool = False) -> float:
        """Lead the lines of every document anew, those of the most cited first; returns what that saved."""
        return sum(self.lead(self.lines_to[target], detours=detours) for target in self.order)

    def lead(self, lines: Sequence[int], *, detours: bool = False) -> float:
        """Lead these lines, which share a document, anew; returns what that saved."""
        if not lines:
            return 0.0
        for line in lines:
            self.count(line, -1)
        crossings = self.costs(self.ends(lines, {}), detours=detours)
        saved = 0.0
        for line, costs in zip(lines, crossings, strict=True):
            old = self.chosen[line]
            if old is not None:
                self._use(line, old, -1)
            costs += self._price(line, len(costs))
            best = int(costs.argmin())
            if old is not None and old < len(costs):
                saved += costs[old] - costs[best]
                best = old if costs[old] <= costs[best] else best
            self.chosen[line] = best
            self._use(line, best, 1)
        for line in lines:
            self.count(line, 1)
        return saved

    def ways(self) -> tuple[Way, ...]:
        """The ways of all lines."""
        return tuple(self._path(line, way) for line, way in enumerate(self.chosen) if way is not None)

    def forget(self, line: int) -> None:
        """Forget the way of a line that is taken away."""
        way = self.chosen[line]
        if way is not None:
            self._use(line, way, -1)
            self.chosen[line] = None

    def ends(self, lines: Sequence[int], elsewhere: Mapping[int, Slot]) -> Ints:
        """Sub-row and column of the source and of the target of each line, if some boxes stood elsewhere."""
        place = {end: self._place(end) for line in lines for end in self.lines[line][:2]}
        place.update(elsewhere)
        return np.array([place[self.lines[line][0]] + place[self.lines[line][1]] for line in lines], np.intp)

    def costs(self, ends: Ints, *, detours: bool = False) -> Floats:
        """Crossings of every way between boxes that stand so: (line, way)."""
        return price_ways(self.traffic, self.choice, ends, detours=detours)

    def count(self, line: int, change: int) -> None:
        """Count a line that has a way (1) or take it away (-1); the way stays."""
        way = self.chosen[line]
        if way is not None:
            source, target, _ = self.lines[line]
            self.traffic.add(self._path(line, way), self._place(source), self._place(target), change)

    def _place(self, box: int) -> Slot:
        return self.row[box], self.column[box]

    def _path(self, line: int, way: int) -> Way:
        source, target, _ = self.lines[line]
        return self.choice.path(way, self._place(source), self._place(target))

    def _use(self, line: int, way: int, change: int) -> None:
        source, target, status = self.lines[line]
        path, bundle = self._path(line, way), self.bundle_of[target, status]
        into = path[-1] - self.row[target]
        self.used_into[bundle, into] += change
        if len(path) > 1:
            self.used_out[self.sheaf_of[source, status], path[0] - self.row[source]] += change
            before = path[-4] if len(path) > 3 else self.column[source]
            self.used_alley[bundle, int(before >= path[-2]), path[-2], into] += change

    def _price(self, line: int, count: int) -> Floats:
        """What those stretches of each way cost that no other line uses."""
        source, target, status = self.lines[line]
        bundle, column = self.bundle_of[target, status], self.column[source]
        into = _NEW_IN_GUTTER * (self.used_into[bundle] == 0)
        out = _NEW_IN_GUTTER * (self.used_out[self.sheaf_of[source, status]] == 0)
        used = self.used_alley[bundle]
        upright = _NEW_IN_ALLEY * (np.concatenate((used[1, : column + 1], used[0, column + 1 :])) == 0)
        simple = (out[:, None, None] + upright) + into
        for below in (0, 1):
            target_below = self.row[source] + below - self.row[target]
            if target_below in (0, 1):  # it stays in this gutter
                simple[below, 0, target_below] = into[target_below]
        price = np.full(count, self.price * (_NEW_IN_GUTTER + 2 * _NEW_IN_ALLEY) + _DETOUR)
        price[: simple.size] = self.price * simple.ravel()
        return price


def _number(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    return {key: number for number, key in enumerate(dict.fromkeys(keys))}
