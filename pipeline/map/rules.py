"""What is drawn and what is not: the drawing rules, the as-of date, the view; and the sentences that say so.

In: all nodes and lines of a run, the gazetteer's lanes, `MapRules`, a `View`. Out: a `Selection`. A document has a box
when its lane is drawn and it was read or is cited by one that was. The trap: what the rules hide must be counted in a
note on the map itself, and is never missing from the measures.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.map.lettering import plain_text
from pipeline.map.model import NOT_ADOPTED, UNDATED, Band, Selection, View
from pipeline.names.dates import PartialDate
from pipeline.records import UNLISTED, Status
from pipeline.results import Line, Node, Relation

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.settings import MapRules

HIDE_PARTNERS = "hide-dialogue-partners"
HIDE_DECLARATIONS = "hide-declaration-links"

# An acronym on a label: a word with two capitals or more.
_ACRONYM = re.compile(r"\b[A-Za-z]*[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b")


class ViewError(ValueError):
    """A view that cannot be drawn: what is wrong, and the remedy."""


@dataclass(frozen=True)
class Known:
    """What was known on the as-of date: documents of that time, with the lines that they draw."""

    as_of: PartialDate | None
    nodes: Mapping[str, Node]
    lines: tuple[Line, ...]
    later: frozenset[str]  # documents adopted after that day


@dataclass(frozen=True)
class _Sieve:
    """Where each document and each line of the network went."""

    boxed: Mapping[str, Node]
    partners: tuple[Node, ...]  # documents left out by hide-dialogue-partners, each in its own lane
    laneless: Mapping[str, Node]
    drawn: tuple[Line, ...]
    declared: int  # lines left out by hide-declaration-links
    weak: int  # lines left out by the thresholds
    outside: int  # lines from or to a document that stands in no lane


def select(
    nodes: Sequence[Node],
    lines: Sequence[Line],
    gazetteer: Gazetteer,
    rules: MapRules,
    view: View | None = None,
    relations: Sequence[Relation] = (),
) -> Selection:
    """What the map shows of a run; raises ViewError where the view names what is not there."""
    view = view or View()
    known = know_at(nodes, lines, view.as_of)
    bands = tuple(
        Band(lane.id, lane.head, lane.links_omitted, lane.takes_partners)
        for lane in gazetteer.lanes.values()
        if lane.drawn
    )
    _check_lanes(view, bands)
    sieve = _sift(known, bands, rules)
    row_of = _find_rows(sieve.boxed.values(), known)
    shown = _apply_view(sieve, row_of, view)
    return Selection(
        title=gazetteer.title,
        bands=tuple(band for band in bands if not view.lanes or band.id in view.lanes),
        nodes=tuple(sieve.boxed[each] for each in sorted(shown)),
        rows=_order_rows({row_of[each] for each in shown}),
        row_of={each: row_of[each] for each in sorted(shown)},
        lines=tuple(line for line in sieve.drawn if line.source in shown and line.target in shown),
        ties=tuple(each for each in relations if each.source in shown and each.target in shown),
        rules=_rules_in_force(rules),
        notes=_write_notes(sieve, bands, rules, view, shown),
        abbreviations=_write_out((sieve.boxed[each] for each in shown), gazetteer),
        source=_source_line(known),
    )


def know_at(nodes: Sequence[Node], lines: Sequence[Line], as_of: PartialDate | None) -> Known:
    """Documents and lines known on a day; without one, all of them, as of the latest date among them.

    A document dated by its year or month counts from the first day of that on. One without a date that was read is
    known at any time. A document cited by a known one is known, whether it was adopted by then or not.
    """
    dates = [node.date for node in nodes if node.date is not None]
    day = as_of or max(dates, key=lambda date: (date.first_day(), date), default=None)
    limit = day.last_day() if day else None
    later = frozenset(node.id for node in nodes if limit and node.date and node.date.first_day() > limit)
    drawn = tuple(sorted((line for line in lines if line.source not in later), key=lambda line: line.key))
    cited = {line.target for line in drawn}
    seen = {node.id: node for node in nodes if node.id in cited or (node.in_corpus and node.id not in later)}
    return Known(day, seen, drawn, later)


def _check_lanes(view: View, bands: Iterable[Band]) -> None:
    names = [band.id for band in bands]
    for lane in view.lanes:
        if lane not in names:
            raise ViewError(f"--lane {lane}: no such lane on the map; use one of {', '.join(names)}")


def _sift(known: Known, bands: Sequence[Band], rules: MapRules) -> _Sieve:
    in_lane = _find_lanes(known, bands)
    boxed = {
        each: node for each, node in in_lane.items() if not (rules.hide_dialogue_partners and node.dialogue_partner)
    }
    quiet = {band.id for band in bands if band.links_omitted and rules.hide_declaration_links}
    inside = [line for line in known.lines if line.source in boxed and line.target in boxed]
    spoken = [line for line in inside if boxed[line.source].lane not in quiet]
    strong = tuple(
        line for line in spoken if line.weight >= rules.min_weight and line.confidence >= rules.min_confidence
    )
    return _Sieve(
        boxed=boxed,
        partners=tuple(known.nodes[each] for each in in_lane if each not in boxed),
        laneless={each: node for each, node in known.nodes.items() if each not in in_lane},
        drawn=strong,
        declared=len(inside) - len(spoken),
        weak=len(spoken) - len(strong),
        outside=sum(line.source not in in_lane or line.target not in in_lane for line in known.lines),
    )


def _find_lanes(known: Known, bands: Sequence[Band]) -> dict[str, Node]:
    """The documents that have a place on the map, each in its lane; those with partners may be guests in another."""
    own = {band.id for band in bands}
    guests = next((band.id for band in bands if band.takes_partners), None)
    placed = {}
    for each, node in known.nodes.items():
        if node.lane in own:
            placed[each] = node
        elif node.dialogue_partner and guests is not None:
            placed[each] = replace(node, lane=guests)
    return placed


def _find_rows(nodes: Iterable[Node], known: Known) -> dict[str, str]:
    exists = {line.target for line in known.lines if line.status == Status.EXISTING}
    return {node.id: _row_of(node, known, node.id in exists) for node in nodes}


def _row_of(node: Node, known: Known, is_cited_as_existing: bool) -> str:
    if node.date is not None and node.id not in known.later:
        return str(node.date.year)
    if node.date is None and (node.in_corpus or is_cited_as_existing):
        return UNDATED
    return NOT_ADOPTED


def _order_rows(rows: Collection[str]) -> tuple[str, ...]:
    years = sorted((row for row in rows if row.isdigit()), key=int)
    return (*years, *(row for row in (UNDATED, NOT_ADOPTED) if row in rows))


def _apply_view(sieve: _Sieve, row_of: Mapping[str, str], view: View) -> set[str]:
    """Ids of the documents that the view keeps."""
    kept = {each for each, node in sieve.boxed.items() if not view.lanes or node.lane in view.lanes}
    first, last = view.years
    if first is not None or last is not None:
        dated = {each for each in kept if row_of[each].isdigit()}
        within = {each for each in dated if (first or 0) <= int(row_of[each]) <= (last or 9999)}
        cited = {line.target for line in sieve.drawn if line.source in within}
        kept = within | ((kept - dated) & cited)
    return kept if view.focus is None else kept & _neighbourhood(sieve, view.focus, view.depth)


def _neighbourhood(sieve: _Sieve, focus: str, depth: int) -> set[str]:
    """Documents at most `depth` lines away, whichever way the lines point."""
    if focus not in sieve.boxed:
        reason = "stands in no lane of the map" if focus in sieve.laneless else "is no document of the map"
        raise ViewError(f"--focus {focus}: {reason}; use an id of nodes.csv that has a box")
    found, edge = {focus}, {focus}
    for _ in range(depth):
        near = {line.target for line in sieve.drawn if line.source in edge}
        near |= {line.source for line in sieve.drawn if line.target in edge}
        edge = near - found
        found |= near
    return found


def _rules_in_force(rules: MapRules) -> tuple[str, ...]:
    named = {HIDE_PARTNERS: rules.hide_dialogue_partners, HIDE_DECLARATIONS: rules.hide_declaration_links}
    thresholds = {f"min-weight {rules.min_weight}": rules.min_weight > 1}
    thresholds[f"min-confidence {rules.min_confidence:g}"] = rules.min_confidence > 0
    return tuple(name for name, in_force in {**named, **thresholds}.items() if in_force)


def _write_notes(
    sieve: _Sieve, bands: Sequence[Band], rules: MapRules, view: View, shown: Collection[str]
) -> tuple[str, ...]:
    notes = []
    if not sieve.boxed:
        notes.append("No document is drawn: none that was read or cited stands in a drawn lane of lanes.yaml.")
    if rules.hide_dialogue_partners:
        lanes = {band.id for band in bands}
        settled = sorted(node.label for node in sieve.partners if node.lane in lanes)
        among = f"; with a lane of their own: {', '.join(settled)}" if settled else ""
        count = _count(len(sieve.partners), "document")
        notes.append(f"{HIDE_PARTNERS}: documents with dialogue partners are not drawn ({count}{among}).")
    quiet = " or ".join(band.head.lower() for band in bands if band.links_omitted)
    if rules.hide_declaration_links and quiet:
        lines = _count(sieve.declared, "line")
        notes.append(f"{HIDE_DECLARATIONS}: lines from {quiet} are not drawn ({lines}), but count for importance.")
    if sieve.weak:
        notes.append(
            f"{_count(sieve.weak, 'line')} below the thresholds (min-weight {rules.min_weight}, "
            f"min-confidence {rules.min_confidence:g}) not drawn, but counted for importance."
        )
    if sieve.laneless:
        unlisted = sum(each.startswith(UNLISTED) for each in sieve.laneless)
        notes.append(
            f"Not all documents are drawn: {_count(len(sieve.laneless), 'document')} read or cited belong to no lane "
            f"({unlisted} of them in no gazetteer), with {_count(sieve.outside, 'line')}."
        )
    if len(shown) < len(sieve.boxed):
        notes.append(f"Part of the map ({_describe_view(view)}): {len(shown)} of {len(sieve.boxed)} documents.")
    return tuple(notes)


def _describe_view(view: View) -> str:
    parts = [f"lanes {', '.join(view.lanes)}"] if view.lanes else []
    if view.years != (None, None):
        parts.append(f"years {view.years[0] or ''}–{view.years[1] or ''}")
    if view.focus is not None:
        parts.append(f"around {view.focus}, {_count(view.depth, 'line')} away at most")
    return "; ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def _write_out(nodes: Iterable[Node], gazetteer: Gazetteer) -> tuple[tuple[str, str], ...]:
    """Acronyms on the labels with what they stand for, as far as the gazetteer knows."""
    used = {acronym for node in nodes for acronym in _ACRONYM.findall(plain_text(node.label))}
    own = {
        entry.acronym: entry.title for entry in gazetteer.entries.values() if entry.acronym and entry.acronym in used
    }
    own.update((acronym, meaning) for acronym, meaning in gazetteer.abbreviations.items() if acronym in used)
    return tuple(sorted(own.items()))


def _source_line(known: Known) -> str:
    read = sum(node.in_corpus for node in known.nodes.values())
    return f"Source: {_count(read, 'PDF')}" + (f", as of {known.as_of}." if known.as_of else ".")
