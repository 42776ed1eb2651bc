"""The columns of a table without rules that goes on overleaf with a row or two: too few to show columns of their own.

In: the page before, laid out. Out: the columns of the table at its end, for rows at the top of the next page whose
words all keep to them. The trap: prose keeps to no columns, but a line of two words may; a row must fill nearly all.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise, takewhile

from pipeline.read.draft import DraftBlock
from pipeline.read.engine import Word
from pipeline.read.gutters import Band
from pipeline.read.rows import Row
from pipeline.records import Zone

# A footer of so many blocks may follow the table.
_MOST_AFTER = 3
# Points by which cells of one column begin before those of the page before, and stay away from the next column.
_SAME = 2.0
_LEAST_COLUMNS = 3
_FLUSH = 6.0  # a number may be set to the right of its column
_MOST_BEFORE = 3  # rows of a header above it

Columns = tuple[tuple[float, float], ...]


def last_columns(blocks: Sequence[DraftBlock]) -> Columns:
    """From where to where the columns of the table at the page's end reach; empty if no table ends it."""
    cells = [place for place, block in enumerate(blocks) if block.zone is Zone.TABLE]
    if not cells or len(blocks) - 1 - cells[-1] > _MOST_AFTER:
        return ()
    edges: dict[int, tuple[float, float]] = {}
    for block in reversed(blocks[: cells[-1] + 1]):
        if block.column is None:
            break
        left, right = edges.get(block.column, (block.lines[0].left, block.lines[0].right))
        edges[block.column] = (
            min(left, *[line.left for line in block.lines]),
            max(right, *[line.right for line in block.lines]),
        )
    columns = tuple(edges[column] for column in sorted(edges))
    apart = all(column[1] < after[0] for column, after in pairwise(columns))
    return columns if apart and len(columns) >= _LEAST_COLUMNS else ()


def carried_band(rows: Sequence[Row], columns: Columns) -> Band | None:
    """The rows near the top whose words keep to the columns of the page before; None if there are none."""
    first = next((number for number, row in enumerate(rows[:_MOST_BEFORE]) if _fills(row, columns)), None)
    if first is None:
        return None
    kept = takewhile(lambda row: _places(row, columns) is not None, rows[first:])
    return Band(first, first + len(list(kept)), columns)


def _fills(row: Row, columns: Columns) -> bool:
    """Whether the row is one of the table's: it has words in most columns, each beginning where they begin."""
    places = _places(row, columns)
    return places is not None and len(places) >= max(_LEAST_COLUMNS, len(columns) - 1)


def _places(row: Row, columns: Columns) -> set[int] | None:
    """The columns in which the row has words; None if one stands in none, or does not begin where its column does."""
    begun: dict[int, float] = {}
    for run in row:
        for word in run.words:
            column = _column(word, columns)
            if column is None:
                return None
            begun[column] = min(begun.get(column, word.left), word.left)
    flush = all(abs(left - columns[column][0]) < _FLUSH for column, left in begun.items())
    return set(begun) if flush else None


def _column(word: Word, columns: Columns) -> int | None:
    """The column in which the word stands; its text may reach further than on the page before, up to the next."""
    lefts = [left for left, _ in columns]
    column = bisect_right(lefts, word.left + _SAME) - 1
    if column < 0:
        return None
    end = lefts[column + 1] if column + 1 < len(lefts) else math.inf
    return column if word.right < end - _SAME else None
