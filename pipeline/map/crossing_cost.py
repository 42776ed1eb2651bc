"""What every way of a line would cost: the lines that it would cross, looked up in counts of gutters and alleys.

In: stretches of lines, added and taken away, and places of sources and targets. Out: one number for each way of each
line; a way's number is its index. A stretch has two ends; at each it turns to the low side of its channel (0: up, left)
or to the high one (1). Two stretches of one channel cross only where the order that one end asks for is not the order
that the other end asks for. There are two shapes of way: gutter, alley, gutter; and gutter, alley, gutter, alley,
gutter (a detour), which only maps with few lines can afford to look at. A line between neighbouring sub-rows may stay
in one gutter; that way is kept in the place of alley 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Two lines that turn the same corner may cross behind it; of 0.3 to 1, this left the fewest crossings.
_CORNER = 0.7
# Each column or half sub-row that a line passes costs a little, to keep lines short among equals.
_STEP = 0.02
# Detours that are looked at in one round over all lines.
_MOST_DETOURS = 700_000
IMPOSSIBLE = 1e9


class Traffic:
    """Stretches of all lines in gutters and alleys, and the corners between them."""

    def __init__(self, row_count: int, column_count: int) -> None:
        self.gutters = Channels(row_count + 1, 2 * column_count + 1)
        self.alleys = Channels(column_count + 1, row_count + 1)
        # Lines that bend where a gutter meets an alley: (gutter, alley, comes from the right, goes down).
        self.corners = np.zeros((row_count + 1, column_count + 1, 2, 2), np.int32)

    def add(self, path: tuple[int, ...], source: tuple[int, int], target: tuple[int, int], change: int) -> None:
        """Add a line (`change` 1) or take it away (-1): channels in turn, sub-row and column of both ends."""
        places = [2 * source[1] + 1, *(2 * alley for alley in path[1::2]), 2 * target[1] + 1]
        heights = path[::2]
        leaves, arrives = int(source[0] >= path[0]), int(target[0] >= path[-1])
        for number, gutter in enumerate(heights):
            first = int(heights[number - 1] > gutter) if number else leaves
            last = int(heights[number + 1] > gutter) if number + 1 < len(heights) else arrives
            self.gutters.add(gutter, places[number], places[number + 1], first, last, change)
        for number, alley in enumerate(path[1::2]):
            out, into, middle = heights[number], heights[number + 1], 2 * alley
            first, last = int(places[number] > middle), int(places[number + 2] > middle)
            self.alleys.add(alley, out, into, first, last, change)
            self.corners[out, alley, first, int(into > out)] += change
            self.corners[into, alley, last, int(into < out)] += change


@dataclass(frozen=True)
class Choice:
    """The ways that lines of one map may take; `detours` says which alleys detours may use, if any."""

    row_count: int
    column_count: int
    line_count: int

    @cached_property
    def simple(self) -> tuple[int, int, int]:
        """Gutter above or below, alley, gutter above or below."""
        return (2, self.column_count + 1, 2)

    @cached_property
    def detour(self) -> tuple[int, int, int, int, int]:
        """The same with two alleys and a gutter between; alleys are all of them, or those beside the box, or none."""
        for alleys in (self.column_count + 1, 2):
            if self.line_count * alleys * alleys * (self.row_count + 1) * 4 <= _MOST_DETOURS:
                return (2, alleys, self.row_count + 1, alleys, 2)
        return (2, 0, self.row_count + 1, 0, 2)

    @cached_property
    def simple_count(self) -> int:
        """How many ways have one alley."""
        return 4 * (self.column_count + 1)

    def path(self, way: int, source: tuple[int, int], target: tuple[int, int]) -> tuple[int, ...]:
        """Channels of a way: gutter, alley, gutter ... or one gutter."""
        if way < self.simple_count:
            rest, into = divmod(way, 2)
            out, alley = divmod(rest, self.column_count + 1)
            path = (source[0] + out, alley, target[0] + into)
            return path[:1] if path[0] == path[2] else path
        parts = np.unravel_index(way - self.simple_count, self.detour)
        out, first, gutter, second, into = (int(part) for part in parts)
        if self.detour[1] <= self.column_count:
            first, second = source[1] + first, target[1] + second
        return (source[0] + out, first, gutter, second, target[0] + into)


def cost_of_ways(traffic: Traffic, choice: Choice, ends: Ints, *, detours: bool) -> Floats:
    """Crossings of every way: (line, way); `ends` are sub-row and column of source and target."""
    sums = _Sums(traffic)
    simple = _cost_simple(traffic, sums, ends).reshape(len(ends), -1)
    if not detours or not choice.detour[1]:
        return simple
    found = _cost_detours(traffic, sums, choice, ends).reshape(len(ends), -1)
    return np.concatenate((simple, found), axis=1)


class _Sums:
    """What passes between two channels of the same kind, as differences of sums."""

    def __init__(self, traffic: Traffic) -> None:
        self.across = _sum(traffic.alleys.passing)
        self.down = _sum(traffic.gutters.passing[:, ::2])

    def level(self, gutter: Ints, start: Ints, end: Ints) -> NDArray[np.int32]:
        """Lines upright in alleys strictly between two places, in half columns, that pass a gutter."""
        low, high = np.minimum(start, end) // 2 + 1, (np.maximum(start, end) + 1) // 2
        found: NDArray[np.int32] = self.across[np.maximum(high, low), gutter] - self.across[low, gutter]
        return found

    def upright(self, alley: Ints, start: Ints, end: Ints) -> NDArray[np.int32]:
        """Lines level in gutters strictly between two that pass an alley."""
        low, high = np.minimum(start, end) + 1, np.maximum(start, end)
        found: NDArray[np.int32] = self.down[np.maximum(high, low), alley] - self.down[low, alley]
        return found


def _cost_simple(traffic: Traffic, sums: _Sums, ends: Ints) -> Floats:
    row, column, target_row, target_column = ends.T[:, :, None, None, None]
    below = np.arange(2)
    leaves, out, into = 1 - below[:, None, None], row + below[:, None, None], target_row + below
    alley = np.arange(traffic.corners.shape[1])[:, None]
    here, there, middle = 2 * column + 1, 2 * target_column + 1, 2 * alley
    cost = _cost_turn(traffic, sums, (here, out, alley, into, there), leaves)
    lower = (into < out).astype(np.intp)
    cost += _cost_level(traffic, sums, into, (there, middle), (1 - below, lower))

    out, into, leaves = out[:, :, 0], into[:, :, 0], leaves[:, 0]
    direct = _cost_level(traffic, sums, out, (here[:, :, 0], there[:, :, 0]), (leaves, 1 - below))
    same = out == into
    cost += IMPOSSIBLE * same[:, :, None]
    cost[:, :, 0] = np.where(same, direct, cost[:, :, 0])
    return cost


def _cost_detours(traffic: Traffic, sums: _Sums, choice: Choice, ends: Ints) -> Floats:
    row, column, target_row, target_column = ends.T[:, :, None, None, None, None, None]
    below, alleys = np.arange(2), np.arange(choice.detour[1])
    leaves = 1 - below[:, None, None, None, None]
    out, into = row + 1 - leaves, target_row + below
    first, second = alleys[:, None, None, None], alleys[:, None]
    if choice.detour[1] <= choice.column_count:
        first, second = column + first, target_column + second
    gutter = np.arange(choice.detour[2])[:, None, None]
    here, there = 2 * column + 1, 2 * target_column + 1
    cost = _cost_turn(traffic, sums, (here, out, first, gutter, 2 * second), leaves)
    cost = cost + _cost_turn(traffic, sums, (2 * first, gutter, second, into, there), (out > gutter).astype(np.intp))
    cost += _cost_level(traffic, sums, into, (there, 2 * second), (1 - below, (into < gutter).astype(np.intp)))
    cost += IMPOSSIBLE * ((first == second) | (gutter == out) | (gutter == into))
    return cost


def _cost_turn(traffic: Traffic, sums: _Sums, way: tuple[Ints, Ints, Ints, Ints, Ints], leaves: Ints) -> Floats:
    """Along a gutter and then along an alley: from a place in gutter `out` to gutter `into`, on towards a place."""
    start, out, alley, into, end = way
    middle = 2 * alley
    right, end_right = (start > middle).astype(np.intp), (end > middle).astype(np.intp)
    down, up = (into > out).astype(np.intp), (into < out).astype(np.intp)
    cost = _cost_level(traffic, sums, out, (start, middle), (leaves, down))
    cost = cost + traffic.alleys.cost(alley, out, into, right, end_right)
    cost += sums.upright(alley, out, into) + _STEP * 2 * np.abs(out - into)
    cost += _CORNER * (traffic.corners[out, alley, right, down] + traffic.corners[into, alley, end_right, up])
    return cost


def _cost_level(
    traffic: Traffic, sums: _Sums, gutter: Ints, places: tuple[Ints, Ints], turns: tuple[Ints, Ints]
) -> Floats:
    cost = traffic.gutters.cost(gutter, *places, *turns) + _STEP * np.abs(places[0] - places[1])
    found: Floats = cost + sums.level(gutter, *places)
    return found


def _sum(passing: NDArray[np.int32]) -> NDArray[np.int32]:
    """What passes before each channel."""
    found = np.zeros((passing.shape[0] + 1, passing.shape[1]), np.int32)
    np.cumsum(passing, axis=0, out=found[1:])
    return found


Ints = NDArray[np.intp]
Counts = NDArray[np.int16]
Index = Any  # a number or an array of numbers; those of one call are broadcast together

# Channels with no more places keep what one stretch adds to their table: there are few different stretches.
_FEW_PLACES = 40


class Channels:
    """All gutters, or all alleys: `size` places each; `passing[channel, place]` lines lie in a channel at a place."""

    def __init__(self, count: int, size: int) -> None:
        self.size = size
        # clashes[channel, turn at low end, turn at high end, low end, high end]: crossings of such a stretch.
        self.clashes: Counts = np.zeros((count, 2, 2, size, size), np.int16)
        self.passing: NDArray[np.int32] = np.zeros((count, size), np.int32)
        self._kept: dict[tuple[int, int, int, int], Counts] = {}

    def add(self, channel: int, start: int, end: int, first: int, last: int, change: int) -> None:
        """Add a stretch (`change` 1) or take it away (-1); start and end in any order, each with its turn."""
        if start > end:
            start, end, first, last = end, start, last, first
        self.passing[channel, start + 1 : end] += change
        if self.size > _FEW_PLACES:
            _add_clashes(self.clashes[channel], start, end, first, last, change)
            return
        key = (start, end, first, last)
        if key not in self._kept:
            self._kept[key] = np.zeros(self.clashes.shape[1:], np.int16)
            _add_clashes(self._kept[key], *key, 1)
        if change > 0:
            self.clashes[channel] += self._kept[key]
        else:
            self.clashes[channel] -= self._kept[key]

    def cost(self, channel: Index, start: Index, end: Index, first: Index, last: Index) -> Counts:
        """Crossings with stretches of the same channel; start and end in any order, each with its turn."""
        size = self.size
        forwards = ((first * 2 + last) * size + start) * size + end
        backwards = ((last * 2 + first) * size + end) * size + start
        found: Counts = self.clashes.ravel().take(
            channel * (4 * size * size) + np.where(start <= end, forwards, backwards)
        )
        return found


def _add_clashes(table: Counts, start: int, end: int, first: int, last: int, change: int) -> None:
    """Count a stretch in the table of its channel: what begins before its end and ends behind its start meets it."""
    begins, ends = slice(0, end), slice(start + 1, None)
    sooner, later = slice(0, start), slice(start + 1, end)
    shorter, longer = slice(start + 1, end), slice(end + 1, None)
    if first != last:
        table[1 - first, 1 - last, begins, ends] += change
        table[1 - first, last, begins, longer] += change
        table[first, 1 - last, sooner, ends] += change
        table[first, last, sooner, longer] += change
        table[first, last, later, shorter] += change
    else:
        table[1 - first, last, begins, shorter] += change
        table[first, 1 - last, later, ends] += change
        table[first, last, sooner, shorter] += change
        table[first, last, later, longer] += change
