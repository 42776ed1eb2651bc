"""Tables that go on over a page break: their rows made whole, their columns carried on.

`join_cells`: what stands overleaf goes back to the cells where it began, and only as much as completes the cell's
sentence or name, so that little text stands on another page than in the PDF. The first row of a page goes on with the
last row of the page before only if something says so: its first column is empty, or a cell goes on in the middle of a
sentence, or the white behind the last word was too narrow for the next one.

`last_columns` and `carried_band`: a table without rules may go on with a row or two, too few to show columns of their
own; they take those of the page before if their words keep to them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import dropwhile, pairwise, takewhile
from typing import NamedTuple

from pipeline.read.gutters import Band
from pipeline.read.rows import Row, is_label, is_number
from pipeline.read.sheet import LINE_HYPHENS, DraftBlock, DraftPage, TextLine, Word
from pipeline.records import Zone

# Columns of two tables are the same if their text begins within so many points.
_SAME_LEFT = 8.0
# A table has a text in the first column of most of its rows.
_KEYED = 0.7
# So many lines of a cell go back at most.
_MOST_LINES = 8
# A sentence; not a title with a colon in it, nor "ASEAN-U.S.".
_ENDS = re.compile(r"(?:(?<!\b[A-Z])\.|[;!?])[\"'”’)\]]*$")
# ... within a line; "U.S. Enhanced" ends none.
_ENDS_WITHIN = re.compile(r"[a-z]{3}[.;!?][\"'”’)\]]*\s+(?=[A-Z“\"(])")
_OPEN_END = re.compile(
    r"(?:[,(/–-]|\b(?:of|on|for|the|and|to|in|with|by|under|between|among|a|an|or|at|from|as|ASEAN))$"
)


class _Cell(NamedTuple):
    place: int  # of the block on its page
    block: DraftBlock
    left: float


_TableRow = list[_Cell]


def join_cells(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """The pages with each cut row's cells made whole where they began."""
    joined = list(pages)
    head: list[_TableRow] = []
    for number in range(len(joined) - 1):
        above = _last_table(joined[number])
        below = _first_table(joined[number + 1], above)
        if not above or not below:
            head = []
            continue
        head = head or above[:2]
        if _is_under_head(below[0], head[0]):
            joined[number + 1] = _part_head(joined[number + 1], below[0], head[0])
            below = _first_table(joined[number + 1], above)
        body = _below_head(below, [_text(row) for row in head])
        if body and _goes_on(above, body):
            _move(joined, number, above[-1], body[0])
    return joined


def _cell(place: int, block: DraftBlock) -> _Cell:
    return _Cell(place, block, min(line.left for line in block.lines))


def _last_table(page: DraftPage) -> list[_TableRow]:
    """The rows of the table that ends the page, if one does; footnotes and footers may follow it."""
    skipped = (Zone.FOOTER, Zone.FOOTNOTE)
    body = [(place, block) for place, block in enumerate(page.blocks) if block.zone not in skipped]
    tail = list(takewhile(lambda item: item[1].row is not None, reversed(body)))
    return _rows([_cell(*item) for item in reversed(tail)])


def _first_table(page: DraftPage, above: Sequence[_TableRow]) -> list[_TableRow]:
    """The rows of the table that opens the page; a lone rest in one column of the table `above` is a row too."""
    body = [(place, block) for place, block in enumerate(page.blocks) if block.zone is not Zone.HEADER]
    return _rows([_cell(*item) for item in takewhile(lambda item: item[1].row is not None, body)]) or [
        [_cell(*item)] for item in body[:1] if above and _is_rest(item[1], above)
    ]


def _is_rest(block: DraftBlock, rows: Sequence[_TableRow]) -> bool:
    """Whether a block of text stands in one column of the table, not its first, and nowhere else."""
    lefts = sorted({round(cell.left) for row in rows for cell in row})
    left, right = min(line.left for line in block.lines), max(line.right for line in block.lines)
    columns = [place for place, edge in enumerate(lefts) if abs(edge - left) < _SAME_LEFT]
    if block.zone is not Zone.BODY or not columns or columns[0] == 0:
        return False
    ends = [
        line.right for row in rows for cell in row if abs(cell.left - left) < _SAME_LEFT for line in cell.block.lines
    ]
    return right <= max(ends, default=0.0) + _SAME_LEFT


def _rows(cells: list[_Cell]) -> list[_TableRow]:
    """Rows of one table: their numbers rise; where they fall another table begins, and only the outermost counts."""
    rows: list[_TableRow] = []
    for cell in cells:
        if rows and rows[-1][0].block.row == cell.block.row and not _is_column_before(cell, rows[-1][-1]):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


def _is_column_before(cell: _Cell, other: _Cell) -> bool:
    """Whether a cell cannot follow the other in one row: then two tables have rows of one number."""
    return (cell.block.column or 0) <= (other.block.column or 0)


def _below_head(rows: list[_TableRow], head: Sequence[str]) -> list[_TableRow]:
    """The rows without the head that is printed again on each page."""
    return list(dropwhile(lambda row: _text(row) in head, rows))


def _is_under_head(row: _TableRow, head: _TableRow) -> bool:
    """Whether the row is the head of the table with the rest of a cut row run into it."""
    pairs = _pairs(head, row)
    under = [_under_head(cell, other) for cell, other in pairs]
    return len(pairs) == len(head) == len(row) and None not in under and any(under)


def _under_head(head: _Cell, cell: _Cell) -> tuple[TextLine, ...] | None:
    """The cell's lines after those of the head; None if it does not begin with the head."""
    lines, others = cell.block.lines, head.block.lines
    is_head = [line.text for line in lines[: len(others)]] == [line.text for line in others]
    return lines[len(others) :] if is_head else None


def _part_head(page: DraftPage, row: _TableRow, head: _TableRow) -> DraftPage:
    """The page with the head and what ran into it as two rows; the rows after them count one more."""
    under = {other.place: _under_head(cell, other) or () for cell, other in _pairs(head, row)}
    parted: list[DraftBlock] = []
    rest: list[DraftBlock] = []
    for place, block in enumerate(page.blocks):
        if place in under:
            parted.append(block._replace(lines=block.lines[: len(block.lines) - len(under[place])]))
            rest += [block._replace(lines=under[place], row=(block.row or 0) + 1)] if under[place] else []
        else:
            parted += rest
            rest = []
            is_after = place > row[-1].place and block.row is not None
            parted.append(block._replace(row=(block.row or 0) + 1) if is_after else block)
    return page._replace(blocks=(*parted, *rest))


def _goes_on(above: list[_TableRow], below: list[_TableRow]) -> bool:
    """Whether the first row below goes on with the last row above."""
    last, first = above[-1], below[0]
    pairs = _pairs(last, first)
    lefts = [cell.left for row in above for cell in row]
    if not pairs or not all(any(abs(cell.left - left) < _SAME_LEFT for left in lefts) for cell in first):
        return False
    first_column = min(cell.left for row in above for cell in row)
    key = _in_column(first, first_column)
    if key is not None and is_number(key.block.lines[0].text.split()[0]):
        return False
    others = [*above[:-1], *below[1:]]
    keyed = sum(_in_column(row, first_column) is not None for row in others)
    if key is None and keyed >= _KEYED * len(others) and _in_column(last, first_column) is not None:
        return True
    if key is None and _had_no_room(pairs, [*above, *below]):
        return True
    return any(_reads_on(cell.block.lines, other.block.lines) for cell, other in pairs) and not any(
        _ENDS.search(cell.block.lines[-1].text) and not other.block.lines[0].text[0].islower() for cell, other in pairs
    )


def _had_no_room(pairs: Sequence[tuple[_Cell, _Cell]], rows: Sequence[_TableRow]) -> bool:
    """Whether no cell ended with room for the next word or with a sentence, and none begins an item overleaf.

    A code or a year always stands alone.
    """
    for cell, other in pairs:
        line, first = cell.block.lines[-1], other.block.lines[0]
        right = max(each.right for row in rows for mate in row if _is_same(mate, cell) for each in mate.block.lines)
        word = first.text.split()[0]
        width = (first.right - first.left) * (len(word) + 1) / (len(first.text) + 1)
        if (
            is_label(word)
            or cell.block.zone is Zone.CONTENTS
            or " " not in line.text
            or _ENDS.search(line.text)
            or line.right + width <= right
        ):
            return False
    return True


def _is_same(cell: _Cell, other: _Cell) -> bool:
    return abs(cell.left - other.left) < _SAME_LEFT


def _pairs(last: _TableRow, first: _TableRow) -> list[tuple[_Cell, _Cell]]:
    """Cells of the two rows that stand in the same column."""
    return [(cell, other) for other in first for cell in last if abs(cell.left - other.left) < _SAME_LEFT]


def _in_column(row: _TableRow, left: float) -> _Cell | None:
    """The row's cell in the column that begins at `left`."""
    return next((cell for cell in row if abs(cell.left - left) < _SAME_LEFT), None)


def _reads_on(lines: Sequence[TextLine], overleaf: Sequence[TextLine]) -> bool:
    last, first = lines[-1].text, overleaf[0].text
    is_open = last[-1] in LINE_HYPHENS or _OPEN_END.search(last) is not None or last.count("(") > last.count(")")
    return is_open or first[0].islower()


def _move(pages: list[DraftPage], number: int, last: _TableRow, first: _TableRow) -> None:
    above, below = list(pages[number].blocks), list(pages[number + 1].blocks)
    for cell, other in _pairs(last, first):
        remainder, rest = _part_remainder(other.block.lines)
        here = cell.block.lines[-1]
        moved = tuple(here._replace(text=line.text, overleaf=True) for line in remainder)
        above[cell.place] = cell.block._replace(lines=(*cell.block.lines, *moved))
        below[other.place] = other.block._replace(lines=rest)
    pages[number] = pages[number]._replace(blocks=tuple(above))
    pages[number + 1] = pages[number + 1]._replace(blocks=tuple(block for block in below if block.lines))


def _part_remainder(lines: tuple[TextLine, ...]) -> tuple[tuple[TextLine, ...], tuple[TextLine, ...]]:
    """What completes the cell overleaf, and the rest.

    That is all up to the first end of a sentence, at a line's end if there is one so soon, else within a line; all of
    a short cell, nothing of a long one without sentences: it is no remainder.
    """
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        if _ENDS.search(line.text):
            return lines[:number], lines[number:]
    if len(lines) <= _MOST_LINES:
        return lines, ()
    for number, line in enumerate(lines[:_MOST_LINES]):
        if (end := _ENDS_WITHIN.search(line.text)) is not None:
            first, second = line.text[: end.end()].rstrip(), line.text[end.end() :]
            return (*lines[:number], line._replace(text=first)), (line._replace(text=second), *lines[number + 1 :])
    return (), lines


def _text(row: Sequence[_Cell]) -> str:
    return " ".join(line.text for cell in row for line in cell.block.lines)


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
