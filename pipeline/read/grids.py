"""Ruling lines -> the cells of ruled tables.

Lines that touch make a grid. Its elementary boxes are joined to cells wherever no line parts them, so that a cell
may span rows and columns. The trap: the same line may be drawn once per cell, with small gaps, or twice as the two
edges of a thin box; all of that is one line.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.read.geometry import Box

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


def find_grids(rules: Sequence[Box]) -> tuple[list[Grid], list[Box]]:
    """The ruled tables of the page, outer ones before those that stand in their cells; and frames without cells."""
    across = merge_lines([rule for rule in rules if rule.right - rule.left >= rule.bottom - rule.top])
    down = [_swap(line) for line in merge_lines([_swap(rule) for rule in rules if _is_upright(rule)])]
    grids = [grid for part in _connected(across, down) if (grid := _grid(*part)) is not None]
    tables = [grid for grid in grids if len(grid.cells) > 1]
    return sorted(tables, key=lambda grid: -_area(grid.box)), [grid.box for grid in grids if len(grid.cells) == 1]


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
    owner = list(range(len(across) + len(down)))

    def find(number: int) -> int:
        while owner[number] != number:
            owner[number] = owner[owner[number]]
            number = owner[number]
        return number

    uprights = [(_middle(_swap(line)), line.top - _TOUCH, line.bottom + _TOUCH) for line in down]
    for number, line in enumerate(across):
        left, right, y = line.left - _TOUCH, line.right + _TOUCH, _middle(line)
        for other, (x, top, bottom) in enumerate(uprights, len(across)):
            if left <= x <= right and top <= y <= bottom:
                owner[find(other)] = find(number)
    groups: dict[int, tuple[list[Box], list[Box]]] = defaultdict(lambda: ([], []))
    for number, line in enumerate((*across, *down)):
        groups[find(number)][number >= len(across)].append(line)
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
    owner = {(row, column): (row, column) for row in range(rows) for column in range(columns)}

    def find(place: tuple[int, int]) -> tuple[int, int]:
        while owner[place] != place:
            place = owner[place]
        return place

    def join(place: tuple[int, int], other: tuple[int, int]) -> None:
        first, second = sorted((find(place), find(other)))
        owner[second] = first

    upright_gaps = _uncovered([_swap(line) for line in down], xs, ys)
    for column in range(1, columns):
        for row in upright_gaps[column]:
            join((row, column - 1), (row, column))
    level_gaps = _uncovered(across, ys, xs)
    for row in range(1, rows):
        for column in level_gaps[row]:
            join((row - 1, column), (row, column))
    parts: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for place in owner:
        parts[find(place)].append(place)
    return [places for _, places in sorted(parts.items())]


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
