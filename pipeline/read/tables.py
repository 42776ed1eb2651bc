"""Ruling lines and shaded rows -> the cells of tables.

Lines that touch make a grid; its elementary boxes are joined to cells wherever no line parts them, so that a cell may
span rows and columns. The same line may be drawn once per cell, with small gaps, or twice as the two edges of a thin
box; all of that is one line. Where every second row is filled and nothing frames the rows between, each filled row is
a grid of one row, or a box across the table whose columns only white parts; a filled box with prose in it is no table.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

from pipeline.read.rows import Row, make_rows
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


# Boxes of one table begin and end within so many points of each other.
_SAME = 3.0
# A row without shading comes this close to one with it, in heights of a line; white that parts two such rows.
_NEAR = 1.5
_PARTS = 0.25


def fill_stripes(grids: Sequence[Grid], words: Sequence[Word]) -> list[Grid]:
    """The grids with those that are shaded rows of one table joined, rows between and beside them included."""
    if not any(_is_row(grid) for grid in grids):
        return list(grids)
    filled: list[Grid] = []
    for stripes in _stacks(sorted(grids, key=lambda grid: (grid.box.top, grid.box.left))):
        if len(stripes) == 1 or not all(_fits(between, stripes[0]) for between in _between(stripes, words)):
            filled += stripes
        else:
            filled.append(_filled(stripes, words))
    return filled


def without_bars(grids: Sequence[Grid], words: Sequence[Word]) -> list[Grid]:
    """The grids without boxes across a table that has its columns from white alone, and nothing beside it."""
    return [grid for grid in grids if len(grid.xs) > 2 or not _is_bar(grid.box, words)]


def _is_bar(box: Box, words: Sequence[Word]) -> bool:
    level = [word for word in words if box.top <= (word.top + word.bottom) / 2 <= box.bottom]
    if not all(box.left <= (word.left + word.right) / 2 <= box.right for word in level):
        return False
    return any(len(row) > 1 for row in make_rows(level))


def _is_row(grid: Grid) -> bool:
    return len(grid.ys) == 2 and len(grid.xs) > 2


def _stacks(grids: Iterable[Grid]) -> Iterator[list[Grid]]:
    """Grids one below the other; those of one row with the same columns together."""
    stack: list[Grid] = []
    for grid in grids:
        if stack and not (_is_row(grid) and _is_row(stack[-1]) and _same_columns(stack[-1], grid)):
            yield stack
            stack = []
        stack.append(grid)
    if stack:
        yield stack


def _same_columns(grid: Grid, other: Grid) -> bool:
    return len(grid.xs) == len(other.xs) and all(abs(x - y) < _SAME for x, y in zip(grid.xs, other.xs, strict=True))


def _between(stripes: Sequence[Grid], words: Sequence[Word]) -> Iterator[list[Row]]:
    for above, below in pairwise(stripes):
        yield make_rows(_level(words, above.box.bottom, below.box.top))


def _level(words: Iterable[Word], top: float, bottom: float) -> list[Word]:
    return [word for word in words if top < (word.top + word.bottom) / 2 < bottom]


def _fits(rows: Iterable[Row], grid: Grid) -> bool:
    """Whether every word lies in one of the grid's columns, and more than one column has text."""
    columns = {_column(word, grid.xs) for row in rows for run in row for word in run.words}
    return None not in columns and len(columns) > 1


def _column(word: Word, xs: Sequence[float]) -> int | None:
    column = bisect_right(xs, word.left + _SAME)
    return column if 0 < column < len(xs) and word.right <= xs[column] + _SAME else None


def _filled(stripes: Sequence[Grid], words: Sequence[Word]) -> Grid:
    """One grid of the stripes and the rows between, above and below them."""
    first, last = stripes[0], stripes[-1]
    ys: list[float] = []
    for stripe in stripes:
        ys += stripe.ys if not ys or stripe.ys[0] - ys[-1] > _SAME else stripe.ys[1:]
    above = [word for word in words if (word.top + word.bottom) / 2 < ys[0]]
    below = [word for word in words if (word.top + word.bottom) / 2 > ys[-1]]
    upside_down = [word._replace(top=-word.bottom, bottom=-word.top) for word in above]
    tops = [-y for y in _row_ends(make_rows(upside_down), -ys[0], first)]
    return _striped_grid(first.xs, [*reversed(tops), *ys, *_row_ends(make_rows(below), ys[-1], last)])


def _row_ends(lines: Sequence[Row], start: float, grid: Grid) -> list[float]:
    """Where the rows without shading next to an outermost stripe end: one in all, or two with a head."""
    rows: list[list[Row]] = []
    reached = padding = start
    for line in lines:
        top, bottom = min(run.top for run in line), max(run.bottom for run in line)
        white, height = top - reached, bottom - top
        if white > _NEAR * height or any(_column(word, grid.xs) is None for run in line for word in run.words):
            break
        if not rows:
            padding = white
            rows.append([line])
        elif white <= max(_PARTS * height, _PARTS + 1.5 * padding):
            rows[-1].append(line)
        elif len(rows) < 2:
            rows.append([line])
        else:
            break
        reached = bottom
    whole = takewhile(lambda row: _fits(row, grid), rows)
    return [max(run.bottom for line in row for run in line) for row in whole]


def _striped_grid(xs: list[float], ys: list[float]) -> Grid:
    places = [(row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)]
    cells = tuple(Cell(Box(xs[column], ys[row], xs[column + 1], ys[row + 1]), row, column) for row, column in places)
    numbers = {place: number for number, place in enumerate(places)}
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), cells, xs, ys, numbers)
