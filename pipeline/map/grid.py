"""The grid of the map: in which slot every document stands and which way every line takes, so that few lines cross.

In: cells (the boxes of one year in one lane) and lines. Out: a `Grid`. Boxes change places within their cell and the
lines of a document are led anew, together, for lines to one document join and never cross; what each way would cross is
looked up (`crossing_cost.py`). What a move is worth is known only with its lines led anew, each by its best way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.map.crossing_cost import Choice, Floats, Ints, Traffic, cost_of_ways

# How often boxes change places and lines are led anew; a third time saves 1 % of the crossings.
ROUNDS = 2
# Exchanges that are tried in one round; with very many boxes each tries the slots nearest to its neighbours only.
_MOST_TRIES = 4000
# So much must a change save: small gains are not worth that the next run's map looks different.
_LEAST_GAIN, _MOST_LEAST_GAIN = 6.0, 12.0
# What a sub-row that needs a line less for its labels is worth.
_HEIGHT = 10.0

Slot = tuple[int, int]  # sub-row and column


@dataclass(frozen=True)
class Cell:
    """The boxes of one year in one lane: sub-rows and columns that they may use, and their numbers in fixed order."""

    rows: range
    columns: range
    boxes: tuple[int, ...]


@dataclass(frozen=True)
class Grid:
    """Sub-row and column of every box, and the way of every line."""

    row: tuple[int, ...]
    column: tuple[int, ...]
    ways: tuple[Way, ...]
    row_count: int
    column_count: int


def make_grid(
    cells: Sequence[Cell],
    lines: Sequence[tuple[int, int, str]],
    row_count: int,
    column_count: int,
    heights: Sequence[int],
    rounds: int = ROUNDS,
) -> Grid:
    """The grid with few crossings; lines are (source, target, status) with the numbers of their boxes.

    `heights` are the lines of each box's label: high boxes are brought together in the same sub-rows. In each of the
    `rounds` boxes change places and lines are led anew; without any, lines are led once.
    """
    board = Board(cells, lines, row_count, column_count, heights)
    board.router.lead_all()
    for _ in range(rounds):
        moved = sum(board.improve(cell) for cell in cells)
        if not moved + board.router.lead_all():
            break
    if rounds:
        board.router.lead_all(detours=True)
    return Grid(tuple(board.row), tuple(board.column), board.router.ways(), row_count, column_count)


class Board:
    """Places of all boxes, and the ways of all lines among them."""

    def __init__(
        self,
        cells: Sequence[Cell],
        lines: Sequence[tuple[int, int, str]],
        row_count: int,
        column_count: int,
        heights: Sequence[int],
    ) -> None:
        size = sum(len(cell.boxes) for cell in cells)
        self.row, self.column = [0] * size, [0] * size
        self.tries = max(_MOST_TRIES // max(size, 1), 4)
        self.least_gain = min(_LEAST_GAIN + len(lines) / 100, _MOST_LEAST_GAIN)
        self.lines = lines
        self.lines_of: list[list[int]] = [[] for _ in range(size)]
        for line, (source, target, _) in enumerate(lines):
            self.lines_of[source].append(line)
            self.lines_of[target].append(line)
        self.heights = heights
        self.members: list[list[int]] = [[] for _ in range(row_count)]
        for cell in cells:
            self._fill(cell)
        for box, row in enumerate(self.row):
            self.members[row].append(box)
        self.router = Router(self.row, self.column, lines, row_count, column_count)

    def improve(self, cell: Cell) -> float:
        """Change places within one cell while that saves crossings; returns what was saved."""
        if len(cell.rows) * len(cell.columns) < 2:
            return 0.0
        found = {box: self._slot_costs(cell, box) for box in cell.boxes}
        return sum(self._move_box(cell, box, found) for box in cell.boxes)

    def _fill(self, cell: Cell) -> None:
        """In fixed order, row by row, spread evenly over the columns."""
        width = len(cell.columns)
        for place, box in enumerate(cell.boxes):
            row, offset = divmod(place, width)
            count = min(len(cell.boxes) - row * width, width)
            self.row[box] = cell.rows[row]
            self.column[box] = cell.columns[(2 * offset + 1) * width // (2 * count)]

    def _slot_costs(self, cell: Cell, box: int) -> dict[Slot, float]:
        """What the lines of a box would cross if it stood elsewhere in its cell."""
        slots = self._slots(cell, box)
        costs = self._costs(self.lines_of[box], [{box: slot} for slot in slots])
        return dict(zip(slots, costs, strict=True))

    def _move_box(self, cell: Cell, box: int, found: Mapping[int, Mapping[Slot, float]]) -> float:
        """Put the box into the slot where that seems to save most, if it does, in exchange with who stands there."""
        holder = {(self.row[other], self.column[other]): other for other in cell.boxes}
        here = (self.row[box], self.column[box])
        gains = {}
        for slot, cost in found[box].items():
            other = holder.get(slot)
            gains[slot] = found[box].get(here, cost) - cost
            if other is not None and here in found[other] and slot in found[other]:
                gains[slot] += found[other][slot] - found[other][here]
        place = min(gains, key=lambda slot: (-gains[slot], slot))
        if place == here or gains[place] < self.least_gain:
            return 0.0
        return self._try(box, holder.get(place), here, place)

    def _slots(self, cell: Cell, box: int) -> list[Slot]:
        """The slots that a box may try, those in the columns of its neighbours first where it cannot try all."""
        slots = [(row, column) for row in cell.rows for column in cell.columns]
        if len(slots) <= self.tries:
            return slots
        here = (self.row[box], self.column[box])
        ends = [end for line in self.lines_of[box] for end in self.lines[line][:2] if end != box]
        mean = sum(self.column[end] for end in ends) / max(len(ends), 1)
        return sorted(slots, key=lambda slot: (slot != here, abs(slot[1] - mean), slot))[: self.tries]

    def _costs(self, lines: Sequence[int], places: Sequence[Mapping[int, Slot]]) -> list[float]:
        """What lines cost that are not counted, each on its best way, if boxes stood elsewhere."""
        if not lines:
            return [0.0] * len(places)
        ends = np.concatenate([self.router.ends(lines, place) for place in places])
        least = self.router.costs(ends).min(axis=1)
        return [float(cost) for cost in least.reshape(len(places), -1).sum(axis=1)]

    def _try(self, box: int, other: int | None, here: Slot, there: Slot) -> float:
        """Let a box go elsewhere, in exchange with another or not, if that saves enough; returns what it saved."""
        moved = {box: there} if other is None else {box: there, other: here}
        lines = list(dict.fromkeys(line for each in moved for line in self.lines_of[each]))
        for line in lines:
            self.router.count(line, -1)
        before, after = self._costs(lines, [{}, moved])
        gain = before - after + self._gain_of_height(box, other, here[0], there[0])
        if gain < self.least_gain:
            for line in lines:
                self.router.count(line, 1)
            return 0.0
        for line in lines:
            self.router.forget(line)
        for each, place in moved.items():
            self.members[self.row[each]].remove(each)
            self.row[each], self.column[each] = place
            self.members[place[0]].append(each)
        for each in moved:
            self.router.lead(self.lines_of[each])
        return gain

    def _gain_of_height(self, box: int, other: int | None, old: int, new: int) -> float:
        """What is saved, in crossings, where sub-rows become lower."""
        if old == new or (other is not None and self.heights[box] == self.heights[other]):
            return 0.0
        leaves = [each for each in self.members[old] if each != box] + ([] if other is None else [other])
        enters = [each for each in self.members[new] if each != other] + [box]
        before = self._height(self.members[old]) + self._height(self.members[new])
        return _HEIGHT * (before - self._height(leaves) - self._height(enters))

    def _height(self, boxes: Iterable[int]) -> int:
        return max((self.heights[box] for box in boxes), default=0)


# Channels in turn: gutter, alley, gutter; or with a detour gutter, alley, gutter, alley, gutter; or one gutter.
# Gutter g lies above sub-row g, alley a left of column a.
Way = tuple[int, ...]

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
        return cost_of_ways(self.traffic, self.choice, ends, detours=detours)

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
