"""Filters of the queue, from an address to a `Filter` and back; what is not a known value filters nothing out.

The trap: a filter travels with every decision, so that the next citation comes from the same list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from pipeline.judging.queue import Doubt, Impact, Ranked
from pipeline.records import Citation, Judgement, Status, Zone
from pipeline.review import ReviewState

MOST_TEXT = 200  # characters of one filter value
SCOPES = {"queue": "needs review", "open": "not judged yet", "judged": "judged", "all": "everything"}


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; empty values narrow nothing."""

    scope: str = "queue"
    q: str = ""
    source: str = ""
    target: str = ""
    status: str = ""
    doubt: str = ""
    impact: str = ""
    state: str = ""
    zone: str = ""

    @property
    def query(self) -> str:
        """The filter as the query of an address, without what narrows nothing."""
        pairs = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode(
            {name: value for name, value in pairs.items() if value and (name, value) != ("scope", "queue")}
        )


CHOICES: Mapping[str, Sequence[str]] = {
    "scope": tuple(SCOPES),
    "status": tuple(Status),
    "doubt": tuple(Doubt),
    "impact": tuple(Impact),
    "state": tuple(state for state in ReviewState if state),
    "zone": tuple(Zone),
}


def read_filter(params: Mapping[str, str]) -> Filter:
    """The filter of an address; unknown values count as none."""
    values: dict[str, str] = {}
    for field in fields(Filter):
        value = params.get(field.name, "")[:MOST_TEXT]
        if value and value in CHOICES.get(field.name, (value,)):
            values[field.name] = value
    return Filter(**values)


def select(
    ranked: Iterable[Ranked], chosen: Filter, reviewer: str, in_force: Mapping[str, tuple[Judgement, ...]]
) -> tuple[Ranked, ...]:
    """Those that the filter lets through, in their order; who is unsure of a citation does not get it again."""
    words = chosen.q.casefold().split()
    in_scope = [each for each in ranked if _is_in_scope(each, chosen.scope, reviewer, in_force)]
    if replace(chosen, scope="queue", q="") != Filter():
        in_scope = [each for each in in_scope if _fits(each, chosen)]
    return tuple(each for each in in_scope if _holds(each.citation, words)) if words else tuple(in_scope)


def select_blind(
    ranked: Iterable[Ranked], chosen: Filter, reviewer: str, in_force: Mapping[str, tuple[Judgement, ...]]
) -> tuple[Ranked, ...]:
    """For a second opinion: what others have judged and this reviewer has not; nothing that the run or they decided
    narrows the list."""
    words = chosen.q.casefold().split()
    return tuple(
        each
        for each in ranked
        if (said := {line.reviewer for line in in_force.get(each.citation.id, ())})
        and reviewer not in said
        and chosen.source in ("", each.citation.mention.source_id)
        and _holds(each.citation, words)
    )


def _is_in_scope(ranked: Ranked, scope: str, reviewer: str, in_force: Mapping[str, tuple[Judgement, ...]]) -> bool:
    state = ranked.citation.review_state
    if scope == "queue":
        if not ranked.doubts:
            return False
        said = in_force.get(ranked.citation.id, ()) if state == ReviewState.UNSURE else ()
        return all(each.reviewer != reviewer for each in said)
    return scope == "all" or bool(state) == (scope == "judged")


def _fits(ranked: Ranked, chosen: Filter) -> bool:
    citation = ranked.citation
    return (
        chosen.source in ("", citation.mention.source_id)
        and chosen.target in ("", citation.target_id)
        and chosen.status in ("", citation.status)
        and chosen.state in ("", citation.review_state)
        and chosen.zone in ("", citation.mention.zone)
        and (not chosen.doubt or chosen.doubt in ranked.doubts)
        and (not chosen.impact or chosen.impact in ranked.impacts)
    )


def _holds(citation: Citation, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{citation.mention.sentence} {citation.target_title} {citation.target_id}".casefold()
    return all(word in text for word in words)
