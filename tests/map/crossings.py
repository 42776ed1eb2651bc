"""Crossings of a drawn map, counted from its geometry, and those of the usual drawing that it must beat.

The usual drawing: the same rows, lanes and columns, boxes of a cell in barycentre order (mean place of the neighbours,
24 sweeps; Sugiyama 1981), lines straight from box to box. Two lines that share a document never count as crossing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.map.model import Picture

SWEEPS = 24
_CHUNK = 500

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crossings:
    """`pairs`: pairs of lines that cross, each as often as it does; `points`: places where ink crosses ink."""

    pairs: int
    points: int


def count_crossings(picture: Picture) -> Crossings:
    """Crossings between level and upright stretches of lines that share no document."""
    level, upright = _stretches(picture, 1), _stretches(picture, 0)
    pairs, places = 0, [np.empty((0, 2))]
    for start in range(0, len(level), _CHUNK):
        flat = level[start : start + _CHUNK, None]
        inside = (flat[..., 1] < upright[:, 0]) & (upright[:, 0] < flat[..., 2])
        inside &= (upright[:, 1] < flat[..., 0]) & (flat[..., 0] < upright[:, 2])
        inside &= (flat[..., 3] != upright[:, 3]) & (flat[..., 4] != upright[:, 4])
        inside &= (flat[..., 3] != upright[:, 4]) & (flat[..., 4] != upright[:, 3])
        pairs += int(inside.sum())
        rows, columns = np.nonzero(inside)
        places.append(np.stack((upright[columns, 0], level[start + rows, 0]), axis=1).round(2))
    return Crossings(pairs, len(np.unique(np.concatenate(places), axis=0)))


def _stretches(picture: Picture, axis: int) -> Floats:
    """Rows of (place across, start, end, source, target) of stretches that run along an axis: 1 level, 0 upright."""
    number = {box.node.id: place for place, box in enumerate(picture.boxes)}
    rows = [
        (first[axis], *sorted((first[1 - axis], last[1 - axis])), number[route.line.source], number[route.line.target])
        for route in picture.routes
        for first, last in zip(route.points, route.points[1:], strict=False)
        if first[axis] == last[axis]
    ]
    return np.array(rows, dtype=float).reshape(-1, 5)


def count_straight(picture: Picture) -> int:
    """Crossings of straight lines between boxes in barycentre order, on the same rows and columns."""
    places = _barycentre_places(picture)
    ends = [(places[route.line.source], places[route.line.target]) for route in picture.routes]
    number = {box.node.id: place for place, box in enumerate(picture.boxes)}
    lines = np.array([(number[route.line.source], number[route.line.target]) for route in picture.routes])
    start, end = (np.array([pair[side] for pair in ends], dtype=float) for side in (0, 1))
    total = 0
    for first in range(0, len(lines), _CHUNK):
        here = slice(first, first + _CHUNK)
        a, b = start[here, None], end[here, None]
        cross = (_side(a, b, start) * _side(a, b, end) < 0) & (_side(start, end, a) * _side(start, end, b) < 0)
        mine = lines[here, None]
        shared = (mine[..., 0] == lines[:, 0]) | (mine[..., 1] == lines[:, 1])
        shared |= (mine[..., 0] == lines[:, 1]) | (mine[..., 1] == lines[:, 0])
        total += int((cross & ~shared).sum())
    return total // 2


def _side(a: Floats, b: Floats, point: Floats) -> Floats:
    turned: Floats = (b[..., 0] - a[..., 0]) * (point[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        point[..., 0] - a[..., 0]
    )
    return np.sign(np.round(turned, 9))


def _barycentre_places(picture: Picture) -> dict[str, tuple[float, float]]:
    """Column and sub-row of each box: those of the picture's own grid, filled in barycentre order."""
    cells: dict[tuple[str, str], list[str]] = defaultdict(list)
    slots: dict[str, tuple[float, float]] = {}
    for box in sorted(picture.boxes, key=lambda box: box.node.id):
        cells[box.row, box.node.lane].append(box.node.id)
        slots[box.node.id] = (box.x + box.width / 2, box.y + box.height / 2)
    near: dict[str, list[str]] = defaultdict(list)
    for route in picture.routes:
        near[route.line.source].append(route.line.target)
        near[route.line.target].append(route.line.source)
    spaces = {
        cell: sorted((slots[each] for each in ids), key=lambda place: (place[0], place[1]))
        for cell, ids in cells.items()
    }
    places = {each: space for cell, ids in cells.items() for each, space in zip(ids, spaces[cell], strict=True)}
    for _ in range(SWEEPS):
        for cell, ids in cells.items():
            mean = {
                each: float(np.mean([places[other][0] for other in near[each]] or [places[each][0]])) for each in ids
            }
            order = sorted(ids, key=lambda each: (mean[each], each))
            places.update(zip(order, spaces[cell], strict=True))
    return places
