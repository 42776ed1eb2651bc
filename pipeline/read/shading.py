"""Tables told by shading: filled rows, with rows between them that nothing frames.

Every second row of such a table is a grid of one row, or a filled box across the table whose columns only white
parts. The trap: a filled box with prose in it is no table; in a row of cells words stand apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile

from pipeline.read.engine import Word
from pipeline.read.geometry import Box
from pipeline.read.grids import Cell, Grid
from pipeline.read.rows import Row, make_rows

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
    return _grid(first.xs, [*reversed(tops), *ys, *_row_ends(make_rows(below), ys[-1], last)])


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


def _grid(xs: list[float], ys: list[float]) -> Grid:
    places = [(row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)]
    cells = tuple(Cell(Box(xs[column], ys[row], xs[column + 1], ys[row + 1]), row, column) for row, column in places)
    numbers = {place: number for number, place in enumerate(places)}
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), cells, xs, ys, numbers)
