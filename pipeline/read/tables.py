"""Ruling lines -> the cells of tables.

Lines that touch make a grid; its elementary boxes are joined to cells wherever no line parts them, so that a cell may
span rows and columns. The same line may be drawn once per cell, with small gaps, or twice as the two edges of a thin
box; all of that is one line.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.read.rows import make_rows
from pipeline.read.sheet import Box, Word

# Lines that come this close touch; pieces of one line lie this close together.
_TOUCH = 3.0
# Rows and columns of a table's elementary boxes: more than this is a drawing.
_MOST_LINES = 200


class Cell(NamedTuple):
    """A cell's box, with the row and column (from 0) of its top left corner."""

    box: Box
    row: int
    column: int


class Grid(NamedTuple):
    """A ruled table, or a frame with one cell; `numbers` gives the cell of each elementary box (row, column)."""

    box: Box
    cells: tuple[Cell, ...]
    xs: list[float]
    ys: list[float]
    numbers: dict[tuple[int, int], int]

    def cell_at(self, x: float, y: float) -> int:
        """The number of the cell in which a point of the table lies."""
        # Searched between the outermost lines only, so that a point beyond them falls into the outermost box.
        row = bisect_right(self.ys, y, 1, len(self.ys) - 1) - 1
        column = bisect_right(self.xs, x, 1, len(self.xs) - 1) - 1
        return self.numbers[row, column]


def find_grids(rules: Sequence[Box]) -> list[Grid]:
    """The ruled tables of the page, outer ones before those that stand in their cells."""
    across = merge_lines([rule for rule in rules if rule.right - rule.left >= rule.bottom - rule.top])
    down = [_swap(line) for line in merge_lines([_swap(rule) for rule in rules if _is_upright(rule)])]
    grids = [grid for part in _connected(across, down) if (grid := _grid(*part)) is not None]
    return sorted((grid for grid in grids if len(grid.cells) > 1), key=lambda grid: -_area(grid.box))


def merge_lines(rules: Iterable[Box]) -> list[Box]:
    """Horizontal rules with the pieces of one line put together."""
    by_place: list[list[Box]] = []
    limit = -math.inf
    for middle, rule in sorted([((rule[1] + rule[3]) / 2, rule) for rule in rules]):
        if middle < limit:
            by_place[-1].append(rule)
        else:
            by_place.append([rule])
            limit = middle + _TOUCH
    return [line for pieces in by_place for line in _join(pieces)]


def _join(pieces: list[Box]) -> list[Box]:
    joined: list[Box] = []
    pieces.sort()
    start, top, end, bottom = pieces[0]
    for left, upper, right, lower in pieces[1:]:
        if left - end >= _TOUCH:
            joined.append(Box(start, top, end, bottom))
            start, top, end, bottom = left, upper, right, lower
            continue
        top = upper if upper < top else top
        end = right if right > end else end
        bottom = lower if lower > bottom else bottom
    return [*joined, Box(start, top, end, bottom)]


def _connected(across: list[Box], down: list[Box]) -> list[tuple[list[Box], list[Box]]]:
    """Groups of lines that touch each other, horizontal and vertical ones apart."""
    uprights = [((line.left + line.right) / 2, line.top - _TOUCH, line.bottom + _TOUCH) for line in down]
    touching = [
        (number, other)
        for number, line in enumerate(across)
        for other, (x, top, bottom) in enumerate(uprights, len(across))
        if line[0] - _TOUCH <= x <= line[2] + _TOUCH and top <= _middle(line) <= bottom
    ]
    groups = _groups(len(across) + len(down), touching)
    level = len(across)
    return [
        ([across[each] for each in group if each < level], [down[each - level] for each in group if each >= level])
        for group in groups
    ]


def _groups(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The numbers below `count` in groups that the pairs join, each group by its least number."""
    owner = list(range(count))

    def find(number: int) -> int:
        while owner[number] != number:
            owner[number] = owner[owner[number]]
            number = owner[number]
        return number

    for pair in pairs:
        first, second = sorted(map(find, pair))
        owner[second] = first
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(count):
        groups[find(number)].append(number)
    return list(groups.values())


def _grid(across: list[Box], down: list[Box]) -> Grid | None:
    if len(across) < 2 or len(down) < 2:
        return None
    # A table may have no outer lines: there its inner ones end.
    xs = _places([(line.left + line.right) / 2 for line in down], [end for line in across for end in line[0::2]])
    ys = _places([_middle(line) for line in across], [end for line in down for end in line[1::2]])
    if len(ys) < 2 or len(xs) < 2 or len(ys) + len(xs) > _MOST_LINES:
        return None
    parts = _parts(xs, ys, across, down)
    numbers = {place: number for number, places in enumerate(parts) for place in places}
    cells = tuple(_cell(places, xs, ys) for places in parts)
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), cells, xs, ys, numbers)


def _parts(xs: list[float], ys: list[float], across: list[Box], down: list[Box]) -> list[list[tuple[int, int]]]:
    """Elementary boxes (row, column), those together that no line parts."""
    columns, rows = len(xs) - 1, len(ys) - 1
    white_across, white_down = _uncovered([_swap(line) for line in down], xs, ys), _uncovered(across, ys, xs)
    joined = [(box - 1, box) for c in range(1, columns) for r in white_across[c] for box in (r * columns + c,)]
    joined += [(box - columns, box) for r in range(1, rows) for c in white_down[r] for box in (r * columns + c,)]
    return [[divmod(number, columns) for number in group] for group in _groups(columns * rows, joined)]


def _cell(places: list[tuple[int, int]], xs: list[float], ys: list[float]) -> Cell:
    if len(places) == 1:
        ((row, column),) = places
        return Cell(Box(xs[column], ys[row], xs[column + 1], ys[row + 1]), row, column)
    top, left = min(row for row, _ in places), min(column for _, column in places)
    bottom, right = max(row for row, _ in places) + 1, max(column for _, column in places) + 1
    return Cell(Box(xs[left], ys[top], xs[right], ys[bottom]), top, left)


def _uncovered(lines: list[Box], places: list[float], crossings: list[float]) -> list[list[int]]:
    """For each place of a line, the numbers of the boxes along it where there is none (lines as horizontal ones)."""
    middles = [(start + end) / 2 for start, end in pairwise(crossings)]
    covered: list[set[int]] = [set() for _ in places]
    for line in lines:
        place = bisect_right(places, _middle(line) + _TOUCH) - 1
        first = bisect_right(middles, line.left - _TOUCH)
        covered[place].update(range(first, bisect_right(middles, line.right + _TOUCH)))
    return [[number for number in range(len(middles)) if number not in numbers] for numbers in covered]


def _places(middles: list[float], ends: list[float]) -> list[float]:
    """The places of lines, and where the lines that cross them end beyond the outermost."""
    places: list[float] = []
    for middle in sorted((*middles, min(ends), max(ends))):
        if not places or middle - places[-1] > _TOUCH:
            places.append(middle)
    return places


def _is_upright(rule: Box) -> bool:
    return rule.bottom - rule.top > rule.right - rule.left


def _swap(box: Box) -> Box:
    """The same with x and y changed: an upright line lies down."""
    return Box(box.top, box.left, box.bottom, box.right)


def _middle(line: Box) -> float:
    return (line[1] + line[3]) / 2


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


# The columns of shaded rows of one table lie within so many points of each other.
_SAME = 3.0


def without_shades(grids: Sequence[Grid], words: Sequence[Word]) -> list[Grid]:
    """The grids without shaded rows of a table whose other rows nothing frames: white parts all of its rows alike.

    Those are boxes across a table that has its columns from white alone, and boxes side by side that come again.
    """
    rows = [grid for grid in grids if len(grid.ys) == 2]
    shades = [grid for grid in rows if sum(_same_columns(grid, other) for other in rows) > 1]
    return [grid for grid in grids if grid not in shades and (len(grid.xs) > 2 or not _is_bar(grid.box, words))]


def _is_bar(box: Box, words: Sequence[Word]) -> bool:
    level = [word for word in words if box.top <= (word.top + word.bottom) / 2 <= box.bottom]
    if not all(box.left <= (word.left + word.right) / 2 <= box.right for word in level):
        return False
    return any(len(row) > 1 for row in make_rows(level))


def _same_columns(grid: Grid, other: Grid) -> bool:
    same = zip(grid.xs, other.xs, strict=False)
    return 2 < len(grid.xs) == len(other.xs) and all(abs(x - y) < _SAME for x, y in same)
