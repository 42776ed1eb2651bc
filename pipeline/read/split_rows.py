"""Tables that go on over a page break: their cut rows made whole.

What stands overleaf goes back to the cells where it began, and only as much as completes the cell's sentence or name,
so that little text stands on another page than in the PDF. The first row of a page goes on with the last row of the
page before only if something says so: its first column is empty, or a cell goes on in the middle of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, takewhile
from typing import NamedTuple

from pipeline.read.rows import is_number
from pipeline.read.sheet import LINE_HYPHENS, DraftBlock, DraftPage, TextLine
from pipeline.records import Zone

# Columns of two tables are the same if their text begins within so many points.
_SAME_LEFT = 8.0
# A table has a text in the first column of most of its rows.
_KEYED = 0.7
# So many lines of a cell go back at most.
_MOST_LINES = 8
# A sentence; not a title with a colon in it, nor "ASEAN-U.S.".
_ENDS = re.compile(r"(?:(?<!\b[A-Z])\.|[;!?])[\"'”’)\]]*$")
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
        below = _first_table(joined[number + 1])
        if not above or not below:
            head = []
            continue
        head = head or above[:2]
        if _is_under_head(below[0], head[0]):
            joined[number + 1] = _part_head(joined[number + 1], below[0], head[0])
            below = _first_table(joined[number + 1])
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


def _first_table(page: DraftPage) -> list[_TableRow]:
    """The rows of the table that opens the page."""
    body = [(place, block) for place, block in enumerate(page.blocks) if block.zone is not Zone.HEADER]
    return _rows([_cell(*item) for item in takewhile(lambda item: item[1].row is not None, body)])


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
    return any(_reads_on(cell.block.lines, other.block.lines) for cell, other in pairs) and not any(
        _ENDS.search(cell.block.lines[-1].text) and not other.block.lines[0].text[0].islower() for cell, other in pairs
    )


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

    That is all up to the first sentence that ends with a line; all of a short cell, nothing of a long one without
    such a sentence: it is no remainder.
    """
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        if _ENDS.search(line.text):
            return lines[:number], lines[number:]
    if len(lines) <= _MOST_LINES:
        return lines, ()
    return (), lines


def _text(row: Sequence[_Cell]) -> str:
    return " ".join(line.text for cell in row for line in cell.block.lines)
