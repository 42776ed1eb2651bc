"""Invented corpora for the tests of the map: any number of documents and lines, the same for the same seed.

Years crowd towards the end, a few documents are cited much, a few cite much, and about a sixth of the lines point to
documents that did not exist yet, as in the real corpus.
"""

from __future__ import annotations

import random
from pathlib import Path

from pipeline.gazetteer.lanes import Lane
from pipeline.gazetteer.load import Gazetteer
from pipeline.names.dates import PartialDate
from pipeline.results import Line, Node

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
# Labels of the length that those of the real gazetteer have: 31 characters in the middle, 64 at most.
_NAMES = {
    "left": ("{0} Blueprint {2}", "{0} Master Plan {2}", "Master Plan on {0} Connectivity", "{0} Vision {2}"),
    "middle": (
        "{0} and {1} Framework",
        "Framework Agreement on {0} Services",
        "{0} Work Programme {2}-{3}",
        "Guidelines on Cross-Border {0} Matters",
        "{0} Action Plan",
    ),
    "right": (
        "{0} Declaration {2}",
        "Leaders' Statement on {0} Cooperation",
        "Declaration on the Acceleration of the {0} Community",
        "Leaders' Vision for a Resilient {0} Sector",
    ),
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
    words = (dice.choice(_WORDS), dice.choice(_WORDS), year + dice.randrange(6), year + 10)
    label = dice.choice(_NAMES[lane]).format(*words)
    is_open = dice.random() < 0.06
    date = None if is_open else PartialDate(year, dice.randrange(1, 13))
    return Node(f"doc-{number:03d}", label, f"The {label}", date, "plan", lane, in_corpus=not is_open)
