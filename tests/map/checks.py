"""What must hold of every drawn map, as lists of what breaks it; an empty list is a good map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np

from pipeline.map.model import Box, Picture, Route

_TOUCH = 1e-6


def overlapping_boxes(picture: Picture) -> list[str]:
    """Pairs of boxes that share any area."""
    return [f"{a.node.id} and {b.node.id}" for a, b in combinations(picture.boxes, 2) if _share_area(a, b)]


def lines_through_boxes(picture: Picture) -> list[str]:
    """Lines that touch a box which is neither their source nor their target, or enter one of those."""
    stretches = [(*pair, place) for place, route in enumerate(picture.routes) for pair in pairwise(route.points)]
    ends = np.array([(*first, *last) for first, last, _ in stretches]).reshape(-1, 4)
    left, right = np.sort(ends[:, ::2]).T
    top, bottom = np.sort(ends[:, 1::2]).T
    found = []
    for box in picture.boxes:
        near = (left < box.x + box.width + _TOUCH) & (right > box.x - _TOUCH)
        near &= (top < box.y + box.height + _TOUCH) & (bottom > box.y - _TOUCH)
        for first, last, place in (stretches[number] for number in np.nonzero(near)[0]):
            line = picture.routes[place].line
            if box.node.id not in (line.source, line.target) or _enters(box, first, last, -_TOUCH):
                found.append(f"{' '.join(line.key)} meets {box.node.id}")
    return found


def loose_ends(picture: Picture) -> list[str]:
    """Lines that do not start above or below their source, end above or below their target, or bend at right angles."""
    box_of = {box.node.id: box for box in picture.boxes}
    return [" ".join(route.line.key) for route in picture.routes if not _is_tied(route, box_of)]


def strangers_on_one_way(picture: Picture) -> list[str]:
    """Stretches on which two lines run that neither leave one document with one status nor reach one."""
    found = set()
    for axis in (0, 1):
        ways: dict[float, list[tuple[float, float, Route]]] = defaultdict(list)
        for route in picture.routes:
            for first, last in pairwise(route.points):
                if first[axis] == last[axis] and first != last:
                    start, end = sorted((first[1 - axis], last[1 - axis]))
                    ways[round(first[axis], 4)].append((start, end, route))
        for stretches in ways.values():
            for (start, end, one), (begin, stop, other) in combinations(stretches, 2):
                if min(end, stop) - max(start, begin) > _TOUCH and not _are_bundled(one, other):
                    found.add(f"{' '.join(one.line.key)} on {' '.join(other.line.key)}")
    return sorted(found)


def outside_the_sheet(picture: Picture) -> Iterator[str]:
    """Boxes and lines that leave the drawing, and boxes that leave their row or lane."""
    rows = {row.id: row for row in picture.rows}
    bands = {band.id: band for band in picture.bands}
    for box in picture.boxes:
        row, band = rows[box.row], bands[box.node.lane]
        if not (row.start <= box.y and box.y + box.height <= row.end):
            yield f"{box.node.id} leaves its row {box.row}"
        if not (band.start <= box.x and box.x + box.width <= band.end):
            yield f"{box.node.id} leaves its lane {band.id}"
    for route in picture.routes:
        if not all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in route.points):
            yield f"{' '.join(route.line.key)} leaves the drawing"


def _share_area(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def _enters(box: Box, start: tuple[float, float], end: tuple[float, float], margin: float) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return (
        left < box.x + box.width + margin
        and right > box.x - margin
        and top < box.y + box.height + margin
        and bottom > box.y - margin
    )


def _is_tied(route: Route, box_of: dict[str, Box]) -> bool:
    source, target = box_of[route.line.source], box_of[route.line.target]
    (out_x, out_y), (in_x, in_y) = route.points[0], route.points[-1]
    leaves = source.x < out_x < source.x + source.width and out_y in (source.y, source.y + source.height)
    arrives = target.x < in_x < target.x + target.width and in_y in (target.y, target.y + target.height)
    turns = [first[0] == last[0] for first, last in pairwise(route.points) if first != last]
    return leaves and arrives and all(before != after for before, after in pairwise(turns)) and turns[0] and turns[-1]


def _are_bundled(one: Route, other: Route) -> bool:
    same = one.line.status == other.line.status
    return same and (one.line.source == other.line.source or one.line.target == other.line.target)
