"""Dashes of lines that run on one another: every stretch is drawn by one line only, so that it stays dashed.

In: the routes of one map. Out: the dash pattern of each dashed line. Two dashed strokes on the same way, out of step,
would look solid; so of the lines that leave a box together only the farthest draws the common way, and of those that
arrive together as well. The trap: a line that shares its way at both ends draws nothing but its corner; whoever hides
or lights up single lines must give them the plain pattern again (`PATTERNS`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline.map.model import Point, Route

# Lengths of stroke and gap in points.
PATTERNS = {"planned": (3.0, 1.6), "unclear": (0.9, 1.9)}

# Radius of a corner in points, and what it saves of the way, in radii: 2 less the length of a quadratic curve.
CORNER = 2.4
_CURVE = 1.6232
_CUT = 2 - _CURVE

_FOREVER = "9999"


def make_dashes(routes: Sequence[Route]) -> list[str]:
    """The value of `stroke-dasharray` for each route, empty for solid lines."""
    starts, ends = [0.0] * len(routes), [length_of(route.points) for route in routes]
    leaving: dict[tuple[str, Point], list[int]] = defaultdict(list)
    arriving: dict[tuple[str, Point, Point], list[int]] = defaultdict(list)
    for place, route in enumerate(routes):
        if route.line.status in PATTERNS:
            leaving[route.line.status, route.points[0]].append(place)
            arriving[route.line.status, route.points[3], route.points[4]].append(place)
    for group in leaving.values():
        _share(group, lambda place: routes[place].points[2][0] - routes[place].points[1][0], _set_start(routes, starts))
    for group in arriving.values():
        _share(group, lambda place: routes[place].points[2][1] - routes[place].points[3][1], _set_end(routes, ends))
    return [
        _pattern(route, start, end) if route.line.status in PATTERNS else ""
        for route, start, end in zip(routes, starts, ends, strict=True)
    ]


def corner_radius(before: Point, corner: Point, after: Point) -> float:
    """Radius with which a corner is rounded."""
    return min(CORNER, distance(before, corner) / 2, distance(corner, after) / 2)


def distance(start: Point, end: Point) -> float:
    """Length of a level or upright stretch."""
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def length_of(points: Sequence[Point]) -> float:
    """Length of a line with rounded corners."""
    return sum(distance(*pair) for pair in pairwise(points)) - _CUT * sum(_radii(points))


def _share(group: list[int], reach: Callable[[int], float], shorten: Callable[[int, int], None]) -> None:
    """The line that goes farthest to one side draws all, the farthest to the other side all but the common end."""
    low, high = min(group, key=reach), max(group, key=reach)
    farthest = ([low] if reach(low) < 0 else []) + ([high] if reach(high) > 0 else [])
    for place in group:
        if place not in farthest:
            shorten(place, 2)
        elif place != farthest[0]:
            shorten(place, 1)


def _set_start(routes: Sequence[Route], starts: list[float]) -> Callable[[int, int], None]:
    def shorten(place: int, corner: int) -> None:
        starts[place] = _before(routes[place].points, corner)

    return shorten


def _set_end(routes: Sequence[Route], ends: list[float]) -> Callable[[int, int], None]:
    def shorten(place: int, corner: int) -> None:
        points = routes[place].points
        at = 4 - corner
        ends[place] = _before(points, at) + _CURVE * _radii(points)[at - 1]

    return shorten


def _before(points: Sequence[Point], corner: int) -> float:
    """Length of the line up to where a corner (from 1) begins to bend."""
    radii = _radii(points)
    way = sum(distance(*pair) for pair in pairwise(points[: corner + 1]))
    return way - _CUT * sum(radii[: corner - 1]) - radii[corner - 1]


def _radii(points: Sequence[Point]) -> list[float]:
    return [corner_radius(*points[place : place + 3]) for place in range(len(points) - 2)]


def _pattern(route: Route, start: float, end: float) -> str:
    stroke, gap = PATTERNS[route.line.status]
    if start == 0.0 and end >= length_of(route.points) - 1e-6:
        return f"{stroke:g} {gap:g}"
    parts = ["0", f"{start:.1f}"] if start else []
    at = start
    while at < end:
        parts += [f"{min(stroke, end - at):.1f}", f"{gap:g}"]
        at += stroke + gap
    return " ".join([*parts[:-1], _FOREVER])
