"""A sheet's words and ruling lines -> blocks of lines in reading order.

    1. words of another direction are laid out by themselves, upright; watermarks come last
    2. ruled tables take the words that stand in their cells
    3. what is left is cut at its gutters: columns are read one after the other, tables without rules by rows
    4. the lines of each column become paragraphs

The order in which the producer wrote the words is not used: producers write tables by cells or by lines, and columns
one after the other or across. Step 3 is costly and seldom needed; most pages have one run in each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.read.columns import Columns
from pipeline.read.gutters import find_band, row_distance
from pipeline.read.rows import Row, is_label, join_dropcaps, join_row, make_rows
from pipeline.read.sheet import THIN, Box, DraftBlock, Sheet, TextLine, Word, holds, turn_box
from pipeline.read.tables import Grid, find_grids, merge_lines, without_shades
from pipeline.records import Zone

# A single box that frames this much of the page is a frame, not a table.
_FRAME = 0.4
# The line above footnotes: at least so many points long, at most this share of the page's width, not beyond this
# from the left margin (points), and not higher than this share of the page.
_NOTE_LINE = (40.0, 0.55)
_MARGIN = 40.0
_HIGHEST_NOTE = 0.3
# Running headers and footers stand in the outer part of the page (of its height), so many heights from the text.
_EDGE = 0.1
# and more than rows are usually apart.
_APART = 0.9
_WIDER = 1.5
# Points: shorter ones part nothing.
_LEAST_SEPARATOR = 20.0
_DEEPEST = 8  # columns within columns
# More words aslant than this are a drawing's, not a stamp over the page.
_MOST_ASLANT = 12


def lay_out(sheet: Sheet) -> tuple[DraftBlock, ...]:
    """The page's blocks in reading order; headers and footers stand among them like any other line."""
    blocks: list[DraftBlock] = []
    stamps: list[DraftBlock] = []
    for turn in sorted({word[5] for word in sheet.words}):
        words = [word for word in sheet.words if word[5] == turn]
        if turn == 0:
            blocks[:0] = _lay_out_words(words, sheet)
        elif turn > 0:
            blocks += _lay_out_turned(words, turn, sheet)
        else:
            zone = Zone.FOOTER if len(words) <= _MOST_ASLANT else Zone.BODY
            stamps.append(DraftBlock(tuple(_text_line(word) for word in words), zone))
    return (*blocks, *stamps)


def find_note_line(sheet: Sheet) -> float | None:
    """Where the ruling line above the footnotes lies: short, at the left margin of the text, with text below it."""
    if not sheet.rules or not sheet.words:
        return None
    left = min(word.left for word in sheet.words)
    lines = [
        rule.bottom
        for rule in sheet.rules
        if rule.bottom - rule.top < THIN
        and _NOTE_LINE[0] < rule.right - rule.left < _NOTE_LINE[1] * sheet.width
        and rule.left < left + _MARGIN
        and rule.top > _HIGHEST_NOTE * sheet.height
    ]
    return max(lines, default=None)


def _lay_out_turned(words: Sequence[Word], turn: int, sheet: Sheet) -> Iterator[DraftBlock]:
    width, height = sheet.width, sheet.height
    turned = [Word(word.text, *turn_box(*word[1:5], turn, width, height)) for word in words]
    turned_width, turned_height = (height, width) if turn % 2 else (width, height)
    for block in _flow(make_rows(turned), ()):
        lines = [
            TextLine(line.text, *turn_box(*line[1:5], -turn % 4, turned_width, turned_height)) for line in block.lines
        ]
        yield block._replace(lines=tuple(lines), is_turned=True)


def _lay_out_words(words: Sequence[Word], sheet: Sheet) -> list[DraftBlock]:
    words = join_dropcaps(words)
    tables = find_grids(sheet.rules) if len(sheet.rules) > 3 else []
    grids = [grid for grid in tables if not _is_frame(grid, sheet)]
    separators = _separators(sheet.rules)
    grids = without_shades(_outermost(grids), words)
    return list(_around_grids(words, grids, separators, sheet.height))


def _part_edges(rows: list[Row], height: float) -> tuple[list[Row], list[Row], list[Row]]:
    """The rows at the head and foot of the page that white parts from the rest: they belong to no column."""
    distances = [row_distance(above, below) for above, below in pairwise(rows)]
    apart = max(_APART, _WIDER * sorted(distances)[3 * len(distances) // 4]) if distances else _APART
    first, last = 0, len(rows)
    for number, distance in enumerate(distances, 1):
        if distance > apart and rows[number - 1][0].bottom < _EDGE * height:
            first = number
        if distance > apart and rows[number][0].top > (1 - _EDGE) * height and last == len(rows):
            last = max(first, number)
    return rows[:first], rows[first:last], rows[last:]


def _separators(rules: Sequence[Box]) -> list[Box]:
    """Lines across, each in one piece: some producers draw one for each cell."""
    across = [rule for rule in rules if rule.right - rule.left > _LEAST_SEPARATOR > rule.bottom - rule.top]
    return merge_lines(across) if len(across) > 1 else across


def _flow_apart(rows: list[Row], separators: Sequence[Box], height: float) -> Iterator[DraftBlock]:
    """The rows, where columns are among them without the running headers and footers, which belong to none."""
    for part in _part_edges(rows, height) if any(len(row) > 1 for row in rows) else (rows,):
        yield from _flow(part, separators)


def _outermost(grids: Sequence[Grid]) -> list[Grid]:
    """Those that stand in no other's cells."""
    outer: list[Grid] = []
    for grid in grids:
        if not any(holds(other.box, grid.box) for other in outer):
            outer.append(grid)
    return outer


def _around_grids(
    words: Sequence[Word], grids: Sequence[Grid], separators: Sequence[Box], height: float
) -> Iterator[DraftBlock]:
    """Text above, in and below each table in turn; a table beside another one follows it."""
    outer = sorted(grids, key=lambda grid: (grid.box.top, grid.box.left))
    inside: list[list[Word]] = [[] for _ in outer]
    above: list[list[Word]] = [[] for _ in range(len(outer) + 1)]
    boxes = [grid.box for grid in outer]
    for word in words:
        _, left, top, right, bottom, _ = word
        x, y = (left + right) / 2, (top + bottom) / 2
        place = above[-1]
        for number, box in enumerate(boxes):
            if y < box[1]:
                place = above[number]
                break
            if y <= box[3] and box[0] <= x <= box[2]:
                place = inside[number]
                break
        place.append(word)
    rows = [make_rows(part) for part in above]
    for number, grid in enumerate(outer):
        yield from _flow_apart(rows[number], separators, height)
        yield from _table(grid, inside[number])
    yield from _flow_apart(rows[-1], separators, height)


def _table(grid: Grid, words: Sequence[Word]) -> Iterator[DraftBlock]:
    """A block for each cell that holds text, by rows."""
    cells: list[list[Word]] = [[] for _ in grid.cells]
    for word in words:
        _, left, top, right, bottom, _ = word
        cells[grid.cell_at((left + right) / 2, (top + bottom) / 2)].append(word)
    for cell, cell_words in zip(grid.cells, cells, strict=True):
        if not cell_words:
            continue
        if len(cell_words) == 1:
            yield DraftBlock((_text_line(cell_words[0]),), Zone.TABLE, cell.row, cell.column)
            continue
        rows = make_rows(cell_words)
        spans_table = cell.box.left == grid.box.left and cell.box.right == grid.box.right
        if not spans_table or max(map(len, rows)) == 1:
            lines = [join_row(row) for row in rows]
        else:
            lines = [line for block in _flow(rows, ()) for line in block.lines]
        yield DraftBlock(tuple(lines), Zone.TABLE, cell.row, cell.column)


def _flow(rows: Sequence[Row], separators: Sequence[Box], depth: int = 0) -> Iterator[DraftBlock]:
    """Blocks of text that no ruled table holds: band by band, column by column."""
    band = find_band(rows) if rows and depth < _DEEPEST else None
    if band is None:
        yield from _paragraphs(rows)
        return
    columns = Columns(rows[band.first : band.last], band.columns, separators)
    yield from _flow(rows[: band.first], separators, depth + 1)
    if columns.is_prose():
        for column in range(columns.count):
            words = [word for row in columns.rows if column in row for word in row[column].words]
            yield from _flow(make_rows(words), separators, depth + 1)
    elif columns.is_list():
        yield from _list_items(columns)
    else:
        yield from _cells(columns)
    yield from _flow(rows[band.last :], separators, depth + 1)


def _list_items(columns: Columns) -> Iterator[DraftBlock]:
    for first, last in columns.table_rows():
        lines = [join_row([row[column] for column in sorted(row)]) for row in columns.rows[first:last]]
        yield DraftBlock(tuple(lines))


def _cells(columns: Columns) -> Iterator[DraftBlock]:
    for number, (first, last) in enumerate(columns.table_rows()):
        for column in range(columns.count):
            lines = [join_row([row[column]]) for row in columns.rows[first:last] if column in row]
            if lines:
                yield DraftBlock(tuple(lines), Zone.TABLE, number, column)


def _paragraphs(rows: Iterable[Row]) -> Iterator[DraftBlock]:
    lines = [join_row(row) for row in rows]
    for paragraph in split_paragraphs(lines, usual_gap(lines)):
        yield DraftBlock(paragraph)


def _is_frame(grid: Grid, sheet: Sheet) -> bool:
    wide = [cell.box for cell in grid.cells if cell.box.right - cell.box.left > 0.6 * sheet.width]
    return len(grid.cells) < 4 and any(box.bottom - box.top > _FRAME * sheet.height for box in wide)


def _text_line(word: Word) -> TextLine:
    return TextLine(*word[:5])


# White above a line that opens a paragraph, in heights, beyond the column's usual distance; text set with open
# lines (one and a half) has a usual distance of 0.5.
_GAP = 0.3
_LEAST_GAP = 0.35
_LARGER = 1.13  # type of another size
_INDENT = 0.8  # heights
_ENDS = (".", ";", ":", "!", "?")


def split_paragraphs(lines: Sequence[TextLine], usual_gap: float) -> Iterator[tuple[TextLine, ...]]:
    """The lines in groups that belong together; `usual_gap` is the white between lines, in heights of a line."""
    paragraph: list[TextLine] = []
    right = max((line.right for line in lines), default=0.0)
    for line in lines:
        if paragraph and _opens(line, paragraph, usual_gap, right):
            yield tuple(paragraph)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield tuple(paragraph)


def usual_gap(lines: Sequence[TextLine]) -> float:
    """The white between most lines of running text, in heights of a line."""
    gaps = sorted(
        gap
        for above, below in pairwise(lines)
        if -0.6 < (gap := (below.top - above.bottom) / below.height if below.height else 0.0) < 1.5
    )
    return gaps[len(gaps) // 3] if gaps else 0.0


def _opens(line: TextLine, paragraph: Sequence[TextLine], usual: float, right: float) -> bool:
    above = paragraph[-1]
    height = min(line.height, above.height) or 1.0
    gap = (line.top - above.bottom) / height
    if gap > max(usual + _GAP, _LEAST_GAP) or gap < -1.0:
        return True
    if max(line.height, above.height) > _LARGER * height:
        return True
    if line.marked and (paragraph[0].marked or above.text.endswith(_ENDS)):
        return True
    if is_label(line.text.split(" ", 1)[0]):
        return above.text.endswith(_ENDS) or above.right < right - 3 * height
    indented = line.left > min(other.left for other in paragraph) + _INDENT * height
    return indented and above.text.endswith(_ENDS) and len(paragraph) > 1
