"""Rows -> the band of rows that white gutters part into columns.

A gutter is a strip of the page, a space or two wide, that no word crosses for some rows, with text on both
sides. It is followed from row to row, top to bottom, growing narrower (after Breuel's white-space covers, 2002, in one
dimension at a time). A row with text on one side only neither proves nor ends a gutter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.read.rows import SURELY_WIDE, WIDE_GAP, Row, Run, make_run
from pipeline.read.sheet import Word

# A gutter is so many times as wide as the usual space between words.
_SPACES = 1.5
# A gutter is proved by this many rows with text on both sides; two will do where it is wide (heights of a row).
_ENOUGH_ROWS = 3
_WIDE = 1.5
# A column set neither to the left, to the middle nor to the right is proved by so many rows.
_ENOUGH_UNALIGNED = 6
# Columns whose rows stand at different heights never share a row; then each side needs this many.
_ENOUGH_ALONE = 5
# Strips followed at a time; a page of the densest tables in hand needs 25.
_MOST_OPEN = 60
# A row that only one column reaches belongs to the band if it comes this close, in heights.
_TAIL = 0.4
_PARAGRAPH = 1.6
# Of the rows of a real column so many begin at the same place; one may be indented.
_ALIGNED = 0.75
# Points by which lines that end or begin at the same edge differ.
_FLUSH = 2.0
# A second gutter belongs to the band if it has this share of the first one's rows; other majorities of rows too.
_BESIDE = 0.6


class Band(NamedTuple):
    """Rows `first` to `last` (exclusive) with their columns: intervals of x that no gutter crosses."""

    first: int
    last: int
    columns: tuple[tuple[float, float], ...]


class _Strip(NamedTuple):
    """White from `left` to `right`, in all rows from `first` on."""

    left: float
    right: float
    first: int


class _Gutter(NamedTuple):
    """A proved strip: text stands on both sides from row `first` to `last`; it is white from `above` to `below`."""

    left: float
    right: float
    first: int
    last: int
    rows: int  # with text on both sides, or of the shorter side where the sides share no rows
    above: int
    below: int


def find_band(rows: Sequence[Row]) -> Band | None:
    """The rows that the best proved gutter, and others beside it, part into columns; None where there is none."""
    if not _gaps_meet(rows) and not _has_sides(rows):
        return None
    narrowest = _narrowest(rows)
    gutters = list(_find_gutters(rows, narrowest))
    if not gutters:
        return None
    gutters.sort(key=_reach, reverse=True)
    best = gutters[0]
    first, last, above, below = best.first, best.last, best.above, best.below
    chosen = [best]
    for gutter in gutters:
        if any(gutter.left < other.right and other.left < gutter.right for other in chosen):
            continue
        inner_first, inner_last = max(first, gutter.first), min(last, gutter.last)
        if gutter.rows >= _BESIDE * best.rows and inner_last - inner_first >= _BESIDE * (best.last - best.first):
            chosen.append(gutter)
            first, last = inner_first, inner_last
            above, below = max(above, gutter.above), min(below, gutter.below)
    lefts = [left for left, _ in _find_columns(rows[first:last], narrowest)]
    first, last = _with_tails(rows, lefts, first, last, above, below)
    columns = _find_columns(rows[first:last], narrowest)
    return Band(first, last, columns) if len(columns) > 1 else None


def _reach(gutter: _Gutter) -> tuple[int, int, int, float]:
    """How much a gutter parts: one that a wide row makes narrower parts that row, too."""
    return gutter.rows, gutter.last - gutter.first, gutter.below - gutter.above, gutter.right - gutter.left


def split_row(row: Row, columns: Sequence[tuple[float, float]]) -> dict[int, Run]:
    """What stands in each column of a row, by the column's number."""
    lefts = [left for left, _ in columns]
    cells: dict[int, list[Word]] = {}
    for run in row:
        for word in run.words:
            cells.setdefault(max(0, bisect_right(lefts, (word[1] + word[3]) / 2) - 1), []).append(word)
    return {column: make_run(words) for column, words in cells.items()}


def row_distance(row: Row, below: Row) -> float:
    """White between two rows, in heights."""
    if len(row) == len(below) == 1:
        _, _, top, _, bottom = row[0]
        _, _, lower, _, lowest = below[0]
        return (lower - bottom) / max(1.0, min(bottom - top, lowest - lower))
    top, bottom = min(run.top for run in below), max(run.bottom for run in row)
    return (top - bottom) / max(1.0, min(run.height for run in (*row, *below)))


def _find_columns(rows: Sequence[Row], narrowest: float) -> tuple[tuple[float, float], ...]:
    """The intervals of x with text, between white strips that go through all the rows."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((word.left, word.right) for row in rows for run in row for word in run.words):
        if columns and left - columns[-1][1] < narrowest:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return tuple(columns)


def _gaps_meet(rows: Sequence[Row]) -> bool:
    """Whether two rows have a wide gap at the same place; without that there is no gutter between runs."""
    gaps = sorted((before.right, after.left) for row in rows if len(row) > 1 for before, after in pairwise(row))
    return any(other[0] < gap[1] for gap, other in pairwise(gaps))


def _has_sides(rows: Sequence[Row]) -> bool:
    """Single runs that stand beside each other: columns whose rows never meet."""
    if len(rows) < 2 * _ENOUGH_ALONE:
        return False
    left, right = min(row[0].left for row in rows), max(row[-1].right for row in rows)
    middle = (left + right) / 2
    on_left = sum(row[-1].right < middle for row in rows)
    on_right = sum(row[0].left > middle for row in rows)
    return min(on_left, on_right) >= _ENOUGH_ALONE


def _is_river(strip: _Strip, both: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Wide word spaces of justified lines that happen to lie below each other: the text behind begins anywhere."""
    if not both:
        return False
    cells = [_cell_behind(row, strip.right) for row in both]
    left, right = min(row[0].left for row in rows), max(row[-1].right for row in rows)
    # In fewer rows a paragraph's last lines leave as much white.
    if len(both) > _ENOUGH_ROWS and all(_white_at(row, strip) > SURELY_WIDE * row[0].height for row in both):
        return False
    flush = sum(row[0].left < left + _FLUSH and row[-1].right > right - 0.5 * row[-1].height for row in both)
    if flush >= _BESIDE * len(both):
        return len(both) < _ENOUGH_ALONE or not _agree([cell[0].left for cell in cells])
    places = (
        [cell[0].left for cell in cells],
        [(cell[0].left + cell[-1].right) / 2 for cell in cells],
        [cell[-1].right for cell in cells],
    )
    return len(both) < _ENOUGH_UNALIGNED and not any(map(_agree, places))


def _white_at(row: Row, strip: _Strip) -> float:
    """How far the words on both sides of a strip stand apart."""
    words = [word for run in row for word in run.words]
    before = max((word.right for word in words if word.right <= strip.left + 0.1), default=strip.left)
    return min((word.left for word in words if word.left >= strip.right - 0.1), default=strip.right) - before


def _cell_behind(row: Row, x: float) -> list[Word]:
    """The words behind a strip, up to the next wide gap."""
    run = next(run for run in row if run.right > x)
    return [word for word in run.words if word.left >= x] or list(row[-1].words)


def _agree(places: Sequence[float]) -> bool:
    """Whether nearly all lie within a flush edge of one of them."""
    return any(sum(abs(place - other) < _FLUSH for other in places) >= _ALIGNED * len(places) for place in places)


def _with_tails(
    rows: Sequence[Row], lefts: Sequence[float], first: int, last: int, above: int, below: int
) -> tuple[int, int]:
    """The band with the rows close above and below it that only one column reaches."""
    while first > above and _belongs(rows[first - 1], row_distance(rows[first - 1], rows[first]), lefts):
        first -= 1
    while last < below and _belongs(rows[last], row_distance(rows[last - 1], rows[last]), lefts):
        last += 1
    # The longer column goes on to the foot of the page, paragraph after paragraph, if nothing follows it closely.
    end = last
    while end < below and row_distance(rows[end - 1], rows[end]) < _PARAGRAPH:
        end += 1
    is_foot = end == len(rows) or row_distance(rows[end - 1], rows[end]) >= _PARAGRAPH
    return first, end if is_foot else last


def _belongs(row: Row, distance: float, lefts: Sequence[float]) -> bool:
    """Whether a row next to the band is one of it: close, or its text begins where columns after the first begin."""
    if distance < _TAIL:
        return True
    in_columns = all(any(abs(run.left - left) < _FLUSH for left in lefts) for run in row)
    return distance < _PARAGRAPH and in_columns and row[-1].left > lefts[0] + _FLUSH


def _height(rows: Sequence[Row]) -> float:
    heights = sorted(run.height for row in rows for run in row)
    return heights[len(heights) // 2]


def _narrowest(rows: Sequence[Row]) -> float:
    """The narrowest white that may be a gutter: wider than a usual space, which is wide in typewriter faces."""
    gaps = sorted(
        gap
        for row in rows
        for run in row
        for before, after in pairwise(run.words)
        if (gap := after.left - before.right) > 0
    )
    space = gaps[len(gaps) // 2] if gaps else 0.0
    return max(0.9 * WIDE_GAP * _height(rows), _SPACES * space)


def _find_gutters(rows: Sequence[Row], narrowest: float) -> Iterator[_Gutter]:
    height = _height(rows)
    edges = (min(row[0].left for row in rows), max(run.right for row in rows for run in row))
    strips: list[_Strip] = []
    for number, row in enumerate(rows):
        white = list(_white(row, edges, narrowest))
        kept: list[_Strip] = []
        for strip in strips:
            start, end, first = strip
            goes_on = [
                _Strip(max(start, left), min(end, right), first)
                for left, right in white
                if (end if end < right else right) - (start if start > left else left) >= narrowest
            ]
            if not goes_on:
                yield from _prove(strip, rows, number, height)
            kept += goes_on
        kept += [_Strip(left, right, number) for left, right in white]
        strips = _undominated(kept)
    for strip in strips:
        yield from _prove(strip, rows, len(rows), height)


def _white(row: Row, edges: tuple[float, float], narrowest: float) -> Iterator[tuple[float, float]]:
    """The intervals of x without words, margins included."""
    place = edges[0] - narrowest
    for run in row:
        for word in run.words:
            if word.left - place >= narrowest:
                yield place, word.left
            place = max(place, word.right)
    if edges[1] + narrowest - place >= narrowest:
        yield place, edges[1] + narrowest


def _undominated(strips: list[_Strip]) -> list[_Strip]:
    """Without those that lie inside a strip which began no later."""
    kept: list[_Strip] = []
    for strip in sorted(strips, key=lambda strip: (strip.first, strip.left - strip.right)):
        if not any(other.left <= strip.left and strip.right <= other.right for other in kept):
            kept.append(strip)
        if len(kept) == _MOST_OPEN:
            break
    return kept


def _prove(strip: _Strip, rows: Sequence[Row], end: int, height: float) -> Iterator[_Gutter]:
    """The gutter that the strip is, cut to the rows between the first and the last with text on either side."""
    left_rows = [number for number in range(strip.first, end) if rows[number][0].left < strip.left]
    right_rows = [number for number in range(strip.first, end) if rows[number][-1].right > strip.right]
    if not left_rows or not right_rows:
        return
    first, last = max(left_rows[0], right_rows[0]), min(left_rows[-1], right_rows[-1])
    both_rows = sorted(set(left_rows) & set(right_rows))
    both = len(both_rows)
    if _is_river(strip, [rows[number] for number in both_rows], rows):
        return
    alone = min(sum(first - 1 <= number <= last + 1 for number in side) for side in (left_rows, right_rows))
    needed = 2 if strip.right - strip.left >= _WIDE * height else _ENOUGH_ROWS
    if both >= needed:
        yield _Gutter(strip.left, strip.right, first, last + 1, both, strip.first, end)
    elif alone >= _ENOUGH_ALONE:
        first, last = max(strip.first, first - 1), min(end - 1, last + 1)
        yield _Gutter(strip.left, strip.right, first, last + 1, alone, strip.first, end)
