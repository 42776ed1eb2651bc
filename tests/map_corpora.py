"""Invented corpora for the tests of the map: any number of documents and lines, the same for the same seed.

Years crowd towards the end, a few documents are cited much, a few cite much, and about a sixth of the lines point to
documents that did not exist yet, as in the real corpus.
"""

from __future__ import annotations

import random
from pathlib import Path

from pipeline.dates import PartialDate
from pipeline.gazetteer import Gazetteer
from pipeline.lanes import Lane
from pipeline.map.model import Line, Node

LANES = (
    Lane("left", "Blueprints and master plans", True),
    Lane("middle", "Key documents", True),
    Lane("right", "Declarations and statements", True, True),
    Lane("none", "Not on the map", False),
)
_SHARE = {"left": 0.17, "middle": 0.48, "right": 0.35}
_YEARS = range(1997, 2024)
_WORDS = [
    *("Tin", "Copper", "River", "Harbour", "Digital", "Postal", "Customs"),
    *("Tourism", "Energy", "Forest", "Health", "Sports", "Youth", "Railway"),
]
_KINDS = {
    "left": ("Blueprint", "Master Plan", "Vision"),
    "middle": ("Framework", "Agreement", "Work Programme", "Action Plan", "Guidelines on Cross-Border Matters"),
    "right": ("Declaration", "Leaders' Statement", "Declaration on the Acceleration of the Community"),
}


def make_gazetteer(lanes: tuple[Lane, ...] = LANES, title: str = "Topology map of invented documents") -> Gazetteer:
    """A gazetteer without documents, for the lanes and the title."""
    return Gazetteer(Path("gazetteer"), {}, (), {lane.id: lane for lane in lanes}, {"plan": ("Plan",)}, title, "0")


def make_corpus(documents: int, lines: int, seed: int = 1) -> tuple[list[Node], list[Line]]:
    """So many documents in drawn lanes, all read, and so many lines between them."""
    dice = random.Random(seed)
    nodes = [_make_node(number, dice) for number in range(documents)]
    fame = [dice.paretovariate(1.2) for _ in nodes]
    zeal = [dice.paretovariate(1.5) for _ in nodes]
    found: dict[tuple[str, str], Line] = {}
    while len(found) < lines:
        source, target = dice.choices(nodes, zeal)[0], dice.choices(nodes, fame)[0]
        if source.date is None or source is target:
            continue
        is_open = target.date is None or target.date > source.date
        if is_open and dice.random() > 0.35:
            continue
        status = "planned" if is_open else "existing"
        found[source.id, target.id] = Line(source.id, target.id, status, dice.choice((1, 1, 1, 2, 3, 7)))
    return nodes, sorted(found.values(), key=lambda line: line.key)


def _make_node(number: int, dice: random.Random) -> Node:
    lane = dice.choices(list(_SHARE), list(_SHARE.values()))[0]
    year = dice.choices(_YEARS, [1 + (year - _YEARS[0]) ** 2 / 60 for year in _YEARS])[0]
    label = f"{dice.choice(_WORDS)} and {dice.choice(_WORDS)} {dice.choice(_KINDS[lane])} {year + dice.randrange(12)}"
    is_open = dice.random() < 0.06
    date = None if is_open else PartialDate(year, dice.randrange(1, 13))
    return Node(f"doc-{number:03d}", label, f"The {label}", date, "plan", lane, in_corpus=not is_open)
