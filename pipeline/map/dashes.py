"""Dashes of lines that run on one another: every stretch is drawn by one line only, so that it stays dashed.

In: the routes of one map. Out: the dash pattern of each dashed line. Two dashed strokes on the same way, out of step,
would look solid; so of the lines that share a stretch only the one that goes farthest draws it. The trap: a line that
shares all its way draws nothing but its corners; whoever hides or lights up single lines must give them the plain
pattern again (`PATTERNS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.map.model import Point, Route

# Lengths of stroke and gap in points.
PATTERNS = {"planned": (3.0, 1.6), "unclear": (0.9, 1.9)}

# Radius of a corner in points, and the length of its quadratic curve in radii.
CORNER = 2.4
_CURVE = 1.6232

_FOREVER = "9999"


def make_dashes(routes: Sequence[Route]) -> list[str]:
    """The value of `stroke-dasharray` for each route, empty for solid lines."""
    farthest: dict[tuple[object, ...], tuple[float, int]] = {}
    for place, route in enumerate(routes):
        for key, length in _stretches(route):
            if key not in farthest or farthest[key][0] < length:
                farthest[key] = (length, place)
    return [
        _pattern(route, [farthest[key][1] == place for key, _ in _stretches(route)])
        for place, route in enumerate(routes)
    ]


def corner_radius(before: Point, corner: Point, after: Point) -> float:
    """Radius with which a corner is rounded."""
    return min(CORNER, distance(before, corner) / 2, distance(corner, after) / 2)


def distance(start: Point, end: Point) -> float:
    """Length of a level or upright stretch."""
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def _stretches(route: Route) -> list[tuple[tuple[object, ...], float]]:
    """Of each stretch: what lines share that run on it (status, root, direction), and how far this line goes.

    Lines part on their way out of a document and join on their way to another; the root is where they are together.
    """
    points = route.points
    outward = 2 if len(points) > 4 else 0  # out of the citing document and along its gutter; a short line only arrives
    found: list[tuple[tuple[object, ...], float]] = []
    for number, (start, end) in enumerate(pairwise(points)):
        root, far = (start, end) if number < outward else (end, start)
        direction = (far[0] > root[0]) - (far[0] < root[0]), (far[1] > root[1]) - (far[1] < root[1])
        found.append(((route.line.status, root, direction), distance(root, far)))
    return found


def _pattern(route: Route, is_drawn: Sequence[bool]) -> str:
    """Dashes on the stretches that this line draws; a corner belongs to either of its stretches."""
    if route.line.status not in PATTERNS:
        return ""
    stroke, gap = PATTERNS[route.line.status]
    if all(is_drawn):
        return f"{stroke:g} {gap:g}"
    parts: list[float] = []
    at = 0.0  # where the last gap begins
    for start, end in _drawn(route.points, is_drawn):
        parts += [start - at] if parts else [0.0, start]
        while start < end:
            at = min(start + stroke, end)
            parts += [at - start, gap]
            start += stroke + gap
        parts.pop()
    return " ".join([*(f"{part:.1f}" for part in parts or [0.0]), _FOREVER])


def _drawn(points: Sequence[Point], is_drawn: Sequence[bool]) -> list[tuple[float, float]]:
    """From where to where a line is drawn, by length along it."""
    radii = [0.0, *(corner_radius(*points[place : place + 3]) for place in range(len(points) - 2)), 0.0]
    found: list[tuple[float, float]] = []
    at = 0.0
    for number, (start, end) in enumerate(pairwise(points)):
        before, after = radii[number], radii[number + 1]
        straight = distance(start, end) - before - after
        if is_drawn[number]:
            first, last = at - _CURVE * before, at + straight + _CURVE * after
            if found and found[-1][1] >= first:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
        at += straight + _CURVE * after
    return found
