"""Where each box stands: the columns of every lane, and the slot of every box in its cell of year and lane.

In: boxes with their cell, and lines. Out: a `Grid` of sub-rows and columns. Boxes stand in columns so that straight
alleys run between them from top to bottom, and gutters between sub-rows from left to right; every line is led through
these (`tracks.py`), so none can meet a foreign box. The order of boxes is found by local search for few crossings. The
trap: a line leaves its box by a gutter (above it, or below for a target further down), runs to the alley beside its
target, and enters that from the side; crossings are counted for exactly this shape.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

# How often the local search goes over all boxes. The third round finds less than 1 % on the benchmark's corpora.
ROUNDS = 2
# Exchanges that are tried in one round; with very many boxes each tries the slots nearest to its neighbours only.
_MOST_TRIES = 40_000
# A crossing costs 1. A line that joins an alley where others pass will cross many of them (0.7 and 2.5 did worse) ...
_BESIDE = 1.5
# ... each alley or gutter that a line passes costs a little, to keep lines short among equals ...
_STEP = 0.02
# ... and so much must a change save: small gains are not worth that the next run's map looks different.
_LEAST_GAIN = 20.0
# What a sub-row that needs a line less for its labels is worth.
_HEIGHT = 10.0
# What a second alley for one target must save: each takes room on the sheet.
_SECOND_SIDE = 20.0


class Side(IntEnum):
    """By which alley the lines of a bundle reach their target; `BOTH`: each by the alley that faces its source."""

    LEFT = 0
    RIGHT = 1
    BOTH = 2


@dataclass(frozen=True)
class Cell:
    """The boxes of one year in one lane: sub-rows and columns that they may use, and their numbers in fixed order."""

    rows: range
    columns: range
    boxes: tuple[int, ...]


@dataclass(frozen=True)
class Grid:
    """Sub-row and column of every box, and the side by which each bundle (target, dashed or not) is reached."""

    row: tuple[int, ...]
    column: tuple[int, ...]
    side: Mapping[tuple[int, str], Side]
    row_count: int
    column_count: int


def make_grid(
    cells: Sequence[Cell],
    lines: Sequence[tuple[int, int, str]],
    row_count: int,
    column_count: int,
    heights: Sequence[int],
) -> Grid:
    """The grid with few crossings; lines are (source, target, status) with the numbers of their boxes.

    `heights` are the lines of each box's label: high boxes are brought together in the same sub-rows.
    """
    board = Board(cells, lines, row_count, column_count, heights)
    for _ in range(ROUNDS):
        if not sum(board.improve(cell) for cell in cells):
            break
    sides = dict(zip(board.bundles, map(Side, board.side), strict=True))
    return Grid(tuple(board.row), tuple(board.column), sides, row_count, column_count)


def gutter_of(source_row: int, target_row: int) -> int:
    """The gutter in which a line leaves its source; gutter g lies above sub-row g."""
    return source_row if target_row <= source_row else source_row + 1


def alley_of(source_column: int, target_column: int, side: Side) -> int:
    """The alley by which a line reaches its target; alley a lies left of column a."""
    if side is Side.BOTH:
        side = Side.LEFT if source_column < target_column else Side.RIGHT
    return target_column + (side is Side.RIGHT)


class Board:
    """Places of all boxes, and how many lines pass each crossing of a gutter with an alley, kept up to date."""

    def __init__(
        self,
        cells: Iterable[Cell],
        lines: Sequence[tuple[int, int, str]],
        row_count: int,
        column_count: int,
        heights: Sequence[int],
    ) -> None:
        cells = tuple(cells)
        size = sum(len(cell.boxes) for cell in cells)
        self.row, self.column = [0] * size, [0] * size
        self.tries = max(_MOST_TRIES // max(size, 1), 4)
        self.bundles = sorted({(target, status) for _, target, status in lines})
        number = {bundle: place for place, bundle in enumerate(self.bundles)}
        self.side = [int(Side.LEFT)] * len(self.bundles)
        self.ends = [(source, target, number[target, status]) for source, target, status in lines]
        self.lines_of: list[list[int]] = [[] for _ in range(size)]
        self.lines_in: list[list[int]] = [[] for _ in self.bundles]
        for line, (source, target, bundle) in enumerate(self.ends):
            self.lines_of[source].append(line)
            self.lines_of[target].append(line)
            self.lines_in[bundle].append(line)
        self.bundles_of: dict[int, list[int]] = defaultdict(list)
        for place, (target, _) in enumerate(self.bundles):
            self.bundles_of[target].append(place)
        # along[g][a]: lines upright in alley a that pass gutter g; across[a][g]: lines in gutter g that pass alley a.
        self.along = [[0] * (column_count + 1) for _ in range(row_count + 1)]
        self.across = [[0] * (row_count + 1) for _ in range(column_count + 1)]
        self.heights = heights
        self.members: list[list[int]] = [[] for _ in range(row_count)]
        for cell in cells:
            self._fill(cell)
        for box, row in enumerate(self.row):
            self.members[row].append(box)
        self._count(range(len(self.ends)), 1)

    def improve(self, cell: Cell) -> float:
        """Change places and sides within one cell while that saves crossings; returns what was saved."""
        return sum(self._improve_box(cell, box) for box in cell.boxes)

    def _fill(self, cell: Cell) -> None:
        """In fixed order, row by row, spread evenly over the columns."""
        width = len(cell.columns)
        for place, box in enumerate(cell.boxes):
            row, offset = divmod(place, width)
            count = min(len(cell.boxes) - row * width, width)
            self.row[box] = cell.rows[row]
            self.column[box] = cell.columns[(2 * offset + 1) * width // (2 * count)]

    def _improve_box(self, cell: Cell, box: int) -> float:
        saved = self._move_box(cell, box) if len(cell.rows) * len(cell.columns) > 1 else 0.0
        return saved + sum(self._choose_side(bundle) for bundle in self.bundles_of[box])

    def _move_box(self, cell: Cell, box: int) -> float:
        """Put the box into the slot of its cell where that saves most, in exchange with the box that stands there."""
        holder = {(self.row[other], self.column[other]): other for other in cell.boxes}
        lines = self.lines_of[box]
        here = (self.row[box], self.column[box])
        self._count(lines, -1)
        before = sum(map(self._cost, lines))
        best, place = _LEAST_GAIN, here
        for slot in self._slots(cell, box):
            other = holder.get(slot)
            if slot == here or (other is not None and other < box):
                continue
            gain = self._gain(box, other, here, slot, before)
            if gain > best:
                best, place = gain, slot
        self._count(lines, 1)
        if place == here:
            return 0.0
        self._exchange(box, holder.get(place), here, place)
        return best

    def _slots(self, cell: Cell, box: int) -> list[tuple[int, int]]:
        """The slots that a box may try, those in the columns of its neighbours first where it cannot try all."""
        slots = [(row, column) for row in cell.rows for column in cell.columns]
        if len(slots) <= self.tries:
            return slots
        ends = [end for line in self.lines_of[box] for end in self.ends[line][:2] if end != box]
        mean = sum(self.column[end] for end in ends) / max(len(ends), 1)
        return sorted(slots, key=lambda slot: (abs(slot[1] - mean), slot))[: self.tries]

    def _gain(self, box: int, other: int | None, here: tuple[int, int], slot: tuple[int, int], before: float) -> float:
        """What an exchange saves; the lines of `box`, which cost `before` now, are already taken away."""
        lines = self.lines_of[box]
        others = [] if other is None else [line for line in self.lines_of[other] if box not in self.ends[line][:2]]
        if others:
            self._count(others, -1)
            before = sum(map(self._cost, lines)) + sum(map(self._cost, others))
        self._place(box, other, here, slot)
        after = sum(map(self._cost, lines)) + sum(map(self._cost, others))
        self._place(box, other, slot, here)
        self._count(others, 1)
        return before - after + self._gain_of_height(box, other, here[0], slot[0])

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

    def _place(self, box: int, other: int | None, here: tuple[int, int], slot: tuple[int, int]) -> None:
        self.row[box], self.column[box] = slot
        if other is not None:
            self.row[other], self.column[other] = here

    def _exchange(self, box: int, other: int | None, here: tuple[int, int], slot: tuple[int, int]) -> None:
        lines = sorted({*self.lines_of[box], *(() if other is None else self.lines_of[other])})
        self._count(lines, -1)
        self._place(box, other, here, slot)
        self._count(lines, 1)
        for each, row in ((box, here[0]), *(() if other is None else ((other, slot[0]),))):
            self.members[row].remove(each)
            self.members[self.row[each]].append(each)

    def _choose_side(self, bundle: int) -> float:
        lines, old = self.lines_in[bundle], self.side[bundle]
        self._count(lines, -1)
        costs = []
        for side in Side:
            self.side[bundle] = side
            costs.append(sum(map(self._cost, lines)) + _SECOND_SIDE * (side is Side.BOTH))
        best = min(Side, key=lambda side: (costs[side], side))
        self.side[bundle] = best if costs[old] - costs[best] >= _LEAST_GAIN else old
        self._count(lines, 1)
        return costs[old] - costs[self.side[bundle]]

    def _cost(self, line: int) -> float:
        first, last, gutter, alley, top, bottom = self._shape(self.ends[line])
        crossings = sum(self.along[gutter][first:last]) + sum(self.across[alley][top:bottom])
        return crossings + _BESIDE * self.along[gutter][alley] + _STEP * (last - first + bottom - top)

    def _count(self, lines: Iterable[int], change: int) -> None:
        for line in lines:
            first, last, gutter, alley, top, bottom = self._shape(self.ends[line])
            for place in range(first, last):
                self.across[place][gutter] += change
            for place in range(top, bottom):
                self.along[place][alley] += change

    def _shape(self, ends: tuple[int, int, int]) -> tuple[int, int, int, int, int, int]:
        """Alleys passed (first, last), the gutter used; the alley used, gutters passed (first, last); ends open."""
        source, target, bundle = ends
        column, target_column = self.column[source], self.column[target]
        row, target_row = self.row[source], self.row[target]
        side = self.side[bundle]
        alley = target_column + (column >= target_column if side == 2 else side)
        first, last = (column + 1, alley) if alley > column else (alley + 1, column + 1)
        if target_row <= row:
            return first, last, row, alley, target_row + 1, row
        return first, last, row + 1, alley, row + 2, target_row + 1
