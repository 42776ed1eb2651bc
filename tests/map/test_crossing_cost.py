"""The tables from which crossings are looked up, compared with counting them one by one."""

from __future__ import annotations

import random
from itertools import combinations_with_replacement, product

import pytest

from pipeline.map.crossing_cost import Channels

# Low end, high end, turn at the low end, turn at the high end (0 up or left, 1 down or right).
Stretch = tuple[int, int, int, int]


def must_cross(one: Stretch, other: Stretch) -> bool:
    """Whether one end asks that the first lies higher and the other end that it lies lower; by cases, for reading."""
    if one[1] <= other[0] or other[1] <= one[0]:
        return False
    return _order(one[0], one[2], other[0], other[2]) * _order(-one[1], one[3], -other[1], other[3]) < 0


def _order(place: int, turn: int, other_place: int, other_turn: int) -> int:
    """At one end: 1 if the first stretch must lie lower, -1 if higher, 0 if all the same; turns as 0 and 1."""
    if place < other_place:  # the other begins inside the first
        return 1 - 2 * other_turn
    if other_place < place:
        return 2 * turn - 1
    return turn - other_turn


@pytest.mark.parametrize(
    ("one", "other", "crosses"),
    [
        ((0, 9, 0, 0), (2, 5, 0, 0), False),  # the inner one turns to one side twice
        ((0, 9, 0, 0), (2, 5, 0, 1), True),  # it comes from above and leaves below
        ((0, 5, 0, 0), (2, 9, 0, 0), True),  # both want to lie higher where they meet
        ((0, 5, 0, 1), (2, 9, 0, 0), False),
        ((0, 5, 1, 0), (0, 9, 0, 1), True),
        ((0, 5, 0, 0), (5, 9, 1, 1), False),  # they only touch
    ],
)
def test_two_stretches_of_one_channel(one: Stretch, other: Stretch, crosses: bool) -> None:
    channels = Channels(1, 10)
    channels.add(0, *other, 1)
    assert must_cross(one, other) == crosses
    assert channels.cost(0, one[0], one[1], one[2], one[3]) == crosses


@pytest.mark.parametrize("size", [9, 45], ids=["kept", "too large to be kept"])
def test_crossings_looked_up_are_crossings_counted(size: int) -> None:
    dice = random.Random(size)
    for _ in range(20):
        channels, lain = Channels(2, size), []
        for number in range(6):
            low, high = sorted((dice.randrange(size), dice.randrange(size)))
            stretch = (low, high, dice.randrange(2), dice.randrange(2))
            channels.add(1, *stretch, 1)
            if number % 3:
                lain.append(stretch)
            else:
                channels.add(1, high, low, stretch[3], stretch[2], -1)  # taken away from its other end
        for start, end in combinations_with_replacement(range(size), 2):
            for first, last in product((0, 1), repeat=2):
                counted = sum(must_cross((start, end, first, last), stretch) for stretch in lain)
                assert channels.cost(1, start, end, first, last) == counted
                assert channels.cost(1, end, start, last, first) == counted
                assert channels.cost(0, start, end, first, last) == 0
