"""What runs in gutters and alleys, counted so that the crossings of a further line are looked up, not searched.

In: stretches of lines, added and taken away. Out: how many lines a stretch would cross, for many stretches at once. A
stretch has two ends; at each it turns to the low side of its channel (0: up, left) or to the high one (1). The trap:
two stretches of one channel need not cross where they overlap; they do when the order that one end asks for is not the
order that the other end asks for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
