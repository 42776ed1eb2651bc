"""How many columns each lane gets and how wide they are, so that the map is large on a sheet of A3.

In: the labels in each cell of year and lane, the number of lines, the space that title and notes take. Out: a `Shape`,
and, once the lines have their tracks, the distance between them. The trap: how many tracks the lines will need is not
known before they are laid, so it is estimated here; a bad estimate costs paper, never a wrong drawing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.map.lettering import squeeze_label

# Points. Labels keep this size in print as long as the map fits A3 (150 documents with 600 lines do); a larger map
# needs larger paper, never smaller letters.
LABEL_SIZE = 7.0
LEADING = 7.2  # from line to line of a label
PADDING = 2.2  # between the edge of a box and its label, left and right
MOST_LABEL_LINES = 3
_ABOVE = 2.0  # what a box is higher than its label
_LEAST_WIDTH = 34.0  # of a box, so that the lines that leave it find room

# A3, upright or on its side, and the sheets for maps that are too large for it.
SHEET = (842.0, 1191.0)
_LARGER_SHEETS = (("A2", 1191.0, 1684.0), ("A1", 1684.0, 2384.0), ("A0", 2384.0, 3370.0))
# Letters of 6.9 points read like those of 7.
_ENOUGH = 6.9 / 7

# Widths of a label that are tried for each lane; labels of ASEAN documents have 31 characters in the middle: 108.
_ROOMS = tuple(float(room) for room in range(48, 134, 4))
_MOST_COLUMNS = 14
# What is left of a shape's worth for each label that does not fit into its box.
_CUT = 0.9

# What a channel needs beside its tracks, and how many tracks a run takes, measured on the corpora of the benchmark.
_GUTTER, _GUTTER_TRACKS = 4.0, 0.7
_ALLEY, _ALLEY_TRACKS = 5.0, 1.2

# Between parallel lines: as much as the sheet allows, but never so little that thin lines run together in print.
_WIDEST, _NARROWEST, _USUAL = 3.2, 0.7, 0.9
_PITCH_STEP = 0.05

Cell = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """Columns of each lane, and the width that labels may have in them."""

    columns: tuple[int, ...]
    rooms: tuple[float, ...]


@dataclass(frozen=True)
class Demand:
    """What the sheet must hold: labels by (row, lane), runs in gutters and in alleys, frame (width, height)."""

    labels: Mapping[Cell, Sequence[str]]
    lanes: int
    runs: tuple[int, int]
    frame: tuple[float, float]


# Of one label: its width on one line, on two, on three.
Widths = tuple[float, ...]


def choose_shapes(demand: Demand, most: int) -> list[Shape]:
    """Shapes with which the map is likely to be large on a sheet, the likeliest first, each with other columns."""
    labels = _measure_labels(demand)
    scored = sorted(
        (-_score(demand, labels, Shape(columns, (room,) * demand.lanes)), columns, room)
        for columns in _candidates(demand)
        for room in _ROOMS
    )
    best: dict[tuple[int, ...], float] = {}
    for _, columns, room in scored:
        if len(best) < most:
            best.setdefault(columns, room)
    found = (_fit_rooms(demand, labels, Shape(columns, (room,) * demand.lanes)) for columns, room in best.items())
    return [shape for _, shape in sorted(found, key=lambda each: (-round(each[0], 2), each[1].columns))]


@lru_cache(maxsize=10_000)
def measure_label(text: str) -> Widths:
    """Width of a label on one line, on two, on three."""
    return tuple(squeeze_label(text, LABEL_SIZE, lines) for lines in range(1, MOST_LABEL_LINES + 1))


def lines_needed(widths: Widths, room: float) -> int:
    """Lines of a label in so much room."""
    return next((lines for lines, width in enumerate(widths, 1) if width <= room), MOST_LABEL_LINES)


def column_width(labels: Sequence[tuple[Widths, int]], room: float) -> float:
    """The narrowest box for labels that may each have so many lines."""
    widest = max((min(widths[lines - 1], room) for widths, lines in labels), default=0.0)
    return max(widest + 2 * PADDING, _LEAST_WIDTH)


def box_height(label_lines: int) -> float:
    """Height of the boxes of one sub-row whose longest label has so many lines."""
    return label_lines * LEADING + _ABOVE


def choose_pitch(width: float, height: float, pitches: tuple[float, float]) -> tuple[float, float]:
    """Points between upright and between level parallel lines: the most that keeps the map on a sheet.

    `width` and `height` are those of the whole figure without any, `pitches` how often the distance is part of them.
    """
    tried = [
        ((across - width) / max(pitches[0], 1.0), (down - height) / max(pitches[1], 1.0))
        for across, down in (SHEET, SHEET[::-1])
    ]
    upright, level = max(tried, key=min)
    return _round_pitch(upright), _round_pitch(level)


def _round_pitch(room: float) -> float:
    return min(max(math.floor(room / _PITCH_STEP) * _PITCH_STEP, _NARROWEST), _WIDEST)


def sheet_scale(width: float, height: float) -> float:
    """By how much a figure may be enlarged to fill a sheet, whichever way up."""
    short, long = SHEET
    return max(min(short / width, long / height), min(long / width, short / height))


def paper_note(width: float, height: float) -> str:
    """What to do with a figure that is too large for the sheet, in one sentence; nothing where it fits."""
    scale = sheet_scale(width, height)
    if scale >= _ENOUGH:
        return ""
    larger = [name for name, short, long in _LARGER_SHEETS if scale * short / SHEET[0] >= _ENOUGH]
    sheet = f"print it on {larger[0]}" if larger else "no sheet up to A0 holds it"
    parts = "or draw parts of it (topology map --focus, --years, --lane, --min-weight)."
    return f"On A3 the letters of this map have {LABEL_SIZE * scale:.1f} points: {sheet}, {parts}"


def _candidates(demand: Demand) -> list[tuple[int, ...]]:
    """For each number of boxes on top of one another in the fullest cell: the columns that every lane needs."""
    counts = {cell: len(texts) for cell, texts in demand.labels.items()}
    fullest = [max((counts[cell] for cell in counts if cell[1] == lane), default=0) for lane in range(demand.lanes)]
    found = {
        tuple(min(max(-(-full // depth), 1), _MOST_COLUMNS) for full in fullest)
        for depth in range(1, max([*fullest, 1]) + 1)
    }
    return sorted(found | {each for columns in found for each in _neighbours(columns)})


def _neighbours(columns: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [
        (*columns[:lane], columns[lane] + step, *columns[lane + 1 :])
        for lane in range(len(columns))
        for step in (-1, 1)
        if 1 <= columns[lane] + step <= _MOST_COLUMNS
    ]


def _fit_rooms(demand: Demand, labels: _Labels, shape: Shape) -> tuple[float, Shape]:
    """The same columns, with the width of labels fitted lane by lane; with the score that it gets."""
    score = _score(demand, labels, shape)
    for lane in (*range(demand.lanes), *range(demand.lanes)):
        for room in _ROOMS:
            tried = Shape(shape.columns, (*shape.rooms[:lane], room, *shape.rooms[lane + 1 :]))
            found = _score(demand, labels, tried)
            if found > score:
                score, shape = found, tried
    return score, shape


@dataclass(frozen=True)
class _Labels:
    """Widths of all labels by cell, and for each room tried the lines that a cell needs and how many labels it cuts."""

    widths: Mapping[Cell, Sequence[Widths]]
    lines: Mapping[tuple[Cell, float], int]
    cut: Mapping[tuple[Cell, float], int]


def _measure_labels(demand: Demand) -> _Labels:
    widths = {cell: [measure_label(text) for text in texts] for cell, texts in sorted(demand.labels.items())}
    pairs = [(cell, room) for cell in widths for room in _ROOMS]
    lines = {(cell, room): max(lines_needed(each, room) for each in widths[cell]) for cell, room in pairs}
    cut = {(cell, room): sum(each[-1] > room for each in widths[cell]) for cell, room in pairs}
    return _Labels(widths, lines, cut)


def _score(demand: Demand, labels: _Labels, shape: Shape) -> float:
    """Size on a sheet, less what is lost to labels that do not fit."""
    lines: dict[int, int] = {}
    for row, lane in labels.widths:
        lines[row] = max(lines.get(row, 1), labels.lines[(row, lane), shape.rooms[lane]])
    cut = sum(labels.cut[cell, shape.rooms[cell[1]]] for cell in labels.widths)
    legible = _CUT**cut
    boxes = [
        column_width(
            [(each, lines[row]) for (row, place), found in labels.widths.items() if place == lane for each in found],
            room,
        )
        for lane, room in enumerate(shape.rooms)
    ]
    return round(_scale(demand, lines, boxes, shape.columns) * legible, 4)


def _scale(demand: Demand, lines: Mapping[int, int], boxes: Sequence[float], columns: tuple[int, ...]) -> float:
    depth: dict[int, int] = {}
    for (row, lane), texts in demand.labels.items():
        depth[row] = max(depth.get(row, 0), -(-len(texts) // columns[lane]))
    across = sum(count * (width + _ALLEY) for count, width in zip(columns, boxes, strict=True)) + _ALLEY
    across += _USUAL * _ALLEY_TRACKS * demand.runs[1]
    down = sum(depth[row] * (box_height(lines[row]) + _GUTTER) for row in depth)
    down += _USUAL * _GUTTER_TRACKS * (demand.runs[0] + demand.runs[1])
    return sheet_scale(across + demand.frame[0], down + demand.frame[1])
