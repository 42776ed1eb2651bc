"""lanes.yaml: the map's title, its lanes from left to right, the kinds of document, the abbreviations it writes out.

The file's content goes in; a `Legend` and faults with their lines come out. The trap: YAML forgets where a value stood,
so the lines are taken from the parsed nodes, not from the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipeline.gazetteer.rows import LANES
from pipeline.knowledge import Fault

# The C parser is five times as fast; a Python without it falls back to the other.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_KEYS = {"title", "lanes", "kinds"}
_MORE_KEYS = {"abbreviations", "neutral"}
_LANE_KEYS = {"id", "head", "drawn"}
_LANE_SWITCHES = ("drawn", "links_omitted", "takes_partners")
_LANE_REMEDY = "a lane has id, head, drawn and perhaps links_omitted, takes_partners, kinds"
# The lane of this kind takes documents whose kind nobody knows.
_OTHER = "other"


@dataclass(frozen=True)
class Lane:
    """A band of the map; `links_omitted` puts its outgoing lines under the rule hide-declaration-links.

    `takes_partners`: where documents with a dialogue partner are drawn that belong to no drawn lane themselves, if the
    rule hide-dialogue-partners is off. `kinds`: documents of these kinds are drawn here if they have no row.
    """

    id: str
    head: str
    drawn: bool
    links_omitted: bool = False
    takes_partners: bool = False
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Legend:
    """The map's title, its lanes from left to right, the kinds with their head nouns."""

    title: str
    lanes: dict[str, Lane]
    kinds: dict[str, tuple[str, ...]]
    abbreviations: dict[str, str] = field(default_factory=dict)  # what the map writes out below itself


def lane_of_kind(kind: str, lanes: Mapping[str, Lane]) -> str:
    """The id of the lane in which a document of this kind is drawn that no row of documents.csv sorts.

    A kind that no lane lists goes where `other` goes, else into the last lane that is drawn; "" where none is.
    """
    for wanted in (kind, _OTHER):
        for lane in lanes.values():
            if wanted in lane.kinds:
                return lane.id
    return next((lane.id for lane in reversed([*lanes.values()]) if lane.drawn), "")


def read_legend(content: bytes, faults: list[Fault]) -> Legend:
    """What lanes.yaml says; an unknown key is a fault."""
    try:
        loaded = yaml.load(content, Loader=_LOADER)
        root = yaml.compose(content, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        remedy = f"is no YAML: {getattr(error, 'problem', None) or error}"
        faults.append(Fault(LANES, mark.line + 1 if mark else 1, "", "", remedy))
        return Legend("", {}, {})
    if root is None or not isinstance(loaded, dict) or not _KEYS <= set(loaded) <= _KEYS | _MORE_KEYS:
        keys = ", ".join(map(str, loaded)) if isinstance(loaded, dict) else str(loaded)
        remedy = "needs the keys title, lanes and kinds, and no other but abbreviations, neutral"
        faults.append(Fault(LANES, 1, "", keys[:60], remedy))
        return Legend("", {}, {})
    nodes = {key.value: value for key, value in root.value}
    lanes = _read_lanes(loaded["lanes"], nodes["lanes"], faults)
    kinds = _read_kinds(loaded["kinds"], nodes["kinds"], faults)
    _check_lane_kinds(lanes, kinds, nodes["lanes"], faults)
    abbreviations = _read_abbreviations(loaded.get("abbreviations"), nodes.get("abbreviations"), faults)
    return Legend(str(loaded["title"]), lanes, kinds, abbreviations)


def _read_lanes(items: Any, node: Any, faults: list[Fault]) -> dict[str, Lane]:
    lanes: dict[str, Lane] = {}
    if not isinstance(items, list) or not items:
        faults.append(Fault(LANES, _line(node), "lanes", str(items)[:60], "needs a list of at least one lane"))
        return lanes
    for number, (item, place) in enumerate(zip(items, node.value, strict=True), 1):
        lane = _read_lane(f"lanes[{number}]", item, _line(place), faults)
        if lane is not None and lane.id in lanes:
            faults.append(Fault(LANES, _line(place), f"lanes[{number}].id", lane.id, "this lane stands twice"))
        elif lane is not None:
            lanes[lane.id] = lane
    return lanes


def _read_lane(where: str, item: Any, line: int, faults: list[Fault]) -> Lane | None:
    if not isinstance(item, dict) or not _LANE_KEYS <= set(item) <= _LANE_KEYS | {"kinds", *_LANE_SWITCHES}:
        faults.append(Fault(LANES, line, where, str(item)[:60], _LANE_REMEDY))
        return None
    for key in _LANE_SWITCHES:
        if not isinstance(item.get(key, False), bool):
            faults.append(Fault(LANES, line, f"{where}.{key}", str(item[key]), "write true or false"))
    drawn, omitted, partners = (bool(item.get(key, False)) for key in _LANE_SWITCHES)
    kinds = item.get("kinds") or []
    if not isinstance(kinds, list):
        faults.append(Fault(LANES, line, f"{where}.kinds", str(kinds)[:60], "needs a list of kinds in brackets"))
        kinds = []
    return Lane(str(item["id"]), str(item["head"]), drawn, omitted, partners, tuple(map(str, kinds)))


def _check_lane_kinds(lanes: Mapping[str, Lane], kinds: Mapping[str, Any], node: Any, faults: list[Fault]) -> None:
    """A lane lists kinds that there are, and no two lanes the same."""
    first: dict[str, str] = {}
    for lane in lanes.values():
        for kind in lane.kinds:
            if kind not in kinds:
                remedy = f"is no kind; the kinds are {', '.join(kinds)}"
                faults.append(Fault(LANES, _line(node), f"lanes.{lane.id}.kinds", kind, remedy))
            elif first.setdefault(kind, lane.id) != lane.id:
                remedy = f"stands in lane {first[kind]} too; a kind goes into one lane"
                faults.append(Fault(LANES, _line(node), f"lanes.{lane.id}.kinds", kind, remedy))


def _read_kinds(kinds: Any, node: Any, faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    if not isinstance(kinds, dict) or not kinds:
        faults.append(
            Fault(LANES, _line(node), "kinds", str(kinds)[:60], "needs at least one kind with its head nouns")
        )
        return {}
    for (kind, nouns), (key, _) in zip(kinds.items(), node.value, strict=True):
        if not isinstance(nouns, list) or not nouns:
            remedy = "needs a list of head nouns, the plain name first"
            faults.append(Fault(LANES, _line(key), f"kinds.{kind}", str(nouns or "")[:60], remedy))
    return {str(kind): tuple(map(str, nouns)) for kind, nouns in kinds.items() if isinstance(nouns, list)}


def _read_abbreviations(value: Any, node: Any, faults: list[Fault]) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(words, str) and words for words in value.values()):
        remedy = "write lines like AEC: ASEAN Economic Community"
        faults.append(Fault(LANES, _line(node), "abbreviations", str(value)[:60], remedy))
        return {}
    return {str(short): words for short, words in value.items()}


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
