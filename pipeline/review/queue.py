"""The queue: citations that need a person, in a stable order, what matters most for the map first; and its filters.

In: the run's citations, and as they are judged so far; out: one Ranked per citation, with why it matters and what is
doubtful. The order is made once, from the run's own links, so that the queue does not jump under a reviewer's hands;
what is judged leaves it, and only a new disagreement moves up. A filter travels in the address and with every
decision, so that the next citation comes from the same list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from urllib.parse import urlencode

from pipeline.records import Citation, Judgement, Status, StatusBasis, Zone
from pipeline.review.anchor import letters, name_of
from pipeline.review.verdicts import ReviewState

# Below it a citation goes to review: confidence is the measured share of right ones, so more than one in twenty may be
# wrong there. It parts names that dates or words settle from those that one guess hangs on.
LOW_CONFIDENCE = 0.95
# "The ten most cited": the hub audit of DESIGN section 9 is on ten.
HUBS = 10
# A pause longer than this is not work on a citation, and does not slow the pace.
PAUSE = timedelta(minutes=5)
PACE_OVER = 50  # decisions; enough for a steady median, few enough to follow a tired reviewer


class Impact(StrEnum):
    """Why a wrong citation would hurt the map."""

    SOLE = "only evidence of a line"
    FLIP = "would flip the colour of a line"
    HUB = "touches a hub"


class Doubt(StrEnum):
    """Why a citation needs a person, the most pressing first."""

    DISAGREEMENT = "reviewers disagree"
    RECHECK = "changed since it was judged"
    CONFLICT = "dates and words conflict"
    UNDECIDED = "document undecided"
    UNCLEAR = "status unclear"
    LOW = "low confidence"
    UNSURE = "a reviewer is unsure"


_DOUBTS = {doubt: rank for rank, doubt in enumerate(Doubt)}
_IMPACTS = {Impact.SOLE: 4, Impact.FLIP: 2, Impact.HUB: 1}
_JUDGED: frozenset[str] = frozenset((ReviewState.ACCEPTED, ReviewState.CORRECTED, ReviewState.REJECTED))
_BY_STATE: Mapping[str, Doubt] = {
    ReviewState.CONFLICT: Doubt.DISAGREEMENT,
    ReviewState.RECHECK: Doubt.RECHECK,
    ReviewState.UNSURE: Doubt.UNSURE,
}


@dataclass(frozen=True)
class Ranked:
    """A citation with its reasons to be looked at; without doubts it is not in the queue."""

    citation: Citation
    impacts: tuple[Impact, ...]
    doubts: tuple[Doubt, ...]


def rank_citations(citations: Sequence[Citation]) -> tuple[Ranked, ...]:
    """A run's citations, what matters most first: impact on the map, kind of doubt, confidence, then reading order."""
    impacts = find_impacts(citations)
    return tuple(sorted((Ranked(each, impacts[each.id], find_doubts(each)) for each in citations), key=_order))


def update_ranks(ranked: Sequence[Ranked], judged: Mapping[str, Citation]) -> tuple[Ranked, ...]:
    """The same order with the citations as judged by now."""
    pairs = ((each, judged[each.citation.id]) for each in ranked)
    return tuple(
        each if now is each.citation else replace(each, citation=now, doubts=find_doubts(now)) for each, now in pairs
    )


def urgent_first(ranked: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """What needs a person again comes first among its equals; all else stays in its order."""
    if not any(each.doubts and _is_urgent(each) for each in ranked):
        return tuple(ranked)
    return tuple(sorted(ranked, key=lambda each: (-_weight(each), not _is_urgent(each))))


def find_impacts(citations: Sequence[Citation]) -> dict[str, tuple[Impact, ...]]:
    """What each citation of the run means for the map, by id; an undecided one counts for its best candidate."""
    support: dict[tuple[str, str], Counter[Status]] = defaultdict(Counter)
    for each in citations:
        if each.target_id is not None:
            support[each.mention.source_id, each.target_id][each.status] += 1
    hubs = most_cited(citations)
    return {each.id: _impacts_of(each, support, hubs) for each in citations}


def find_doubts(citation: Citation) -> tuple[Doubt, ...]:
    """Why a person should look; nothing once a person has decided and nothing has changed since."""
    state = citation.review_state
    if state in _JUDGED:
        return ()
    doubts = [_BY_STATE[state]] if state in _BY_STATE else []
    if citation.status_basis is StatusBasis.CONFLICT:
        doubts.append(Doubt.CONFLICT)
    if citation.target_id is None:
        doubts.append(Doubt.UNDECIDED)
    if citation.status is Status.UNCLEAR:
        doubts.append(Doubt.UNCLEAR)
    if citation.confidence < LOW_CONFIDENCE:
        doubts.append(Doubt.LOW)
    return tuple(sorted(doubts, key=_DOUBTS.__getitem__))


def most_cited(citations: Iterable[Citation]) -> frozenset[str]:
    """The ten documents that most sources cite (more than one source; ties by id)."""
    sources: dict[str, set[str]] = defaultdict(set)
    for each in citations:
        if each.target_id is not None:
            sources[each.target_id].add(each.mention.source_id)
    several = [target for target, citing in sources.items() if len(citing) > 1]
    return frozenset(sorted(several, key=lambda target: (-len(sources[target]), target))[:HUBS])


def like_this(citation: Citation, citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """The same name in the same document, linked and read in the same way, nobody's decision yet; this one included."""
    key = _likeness(citation)
    return tuple(each for each in citations if _likeness(each) == key and (not each.review_state or each is citation))


def seconds_per_decision(judgements: Sequence[Judgement], reviewer: str) -> float | None:
    """The reviewer's present pace: the median gap between decisions without pauses, or None with too few to tell."""
    times = sorted({_time(each) for each in judgements if each.reviewer == reviewer and not each.undoes})
    gaps = [later - earlier for earlier, later in pairwise(times)]
    seconds = [gap.total_seconds() for gap in gaps if gap <= PAUSE][-PACE_OVER:]
    return median(seconds) if len(seconds) >= 3 else None


def _impacts_of(
    citation: Citation, support: Mapping[tuple[str, str], Counter[Status]], hubs: frozenset[str]
) -> tuple[Impact, ...]:
    source = citation.mention.source_id
    target = citation.target_id or next((each.entry_id for each in citation.candidates), None)
    if target is None:
        return ()
    statuses = support.get((source, target), Counter())
    others = statuses.total() - (citation.target_id is not None)
    impacts = [Impact.SOLE] if others == 0 else []
    if others and citation.target_id is not None and statuses[citation.status] == 1:
        impacts.append(Impact.FLIP)
    if target in hubs or source in hubs:
        impacts.append(Impact.HUB)
    return tuple(impacts)


def _is_urgent(ranked: Ranked) -> bool:
    return Doubt.DISAGREEMENT in ranked.doubts or Doubt.RECHECK in ranked.doubts


def _weight(ranked: Ranked) -> int:
    return sum(_IMPACTS[impact] for impact in ranked.impacts)


def _order(ranked: Ranked) -> tuple[int, int, float, str, int, int, str]:
    citation = ranked.citation
    return (
        -_weight(ranked),
        min((_DOUBTS[doubt] for doubt in ranked.doubts), default=len(_DOUBTS)),
        citation.confidence,
        citation.mention.source_id,
        citation.mention.page,
        citation.mention.start,
        citation.id,
    )


def _likeness(citation: Citation) -> tuple[str, str, str | None, Status]:
    mention = citation.mention
    return mention.source_id, letters(name_of(mention)), citation.target_id, citation.status


def _time(judgement: Judgement) -> datetime:
    time = datetime.fromisoformat(judgement.decided_at)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


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
        return urlencode({name: value for name, value in vars(self).items() if value != getattr(Filter, name)})


# Of each filter: what it may say (nothing: any text), and which values a citation has of it.
CRITERIA: Mapping[str, tuple[Sequence[str], Callable[[Ranked], Sequence[str | None]]]] = {
    "source": ((), lambda ranked: (ranked.citation.mention.source_id,)),
    "target": ((), lambda ranked: (ranked.citation.target_id,)),
    "status": (tuple(Status), lambda ranked: (ranked.citation.status,)),
    "doubt": (tuple(Doubt), lambda ranked: ranked.doubts),
    "impact": (tuple(Impact), lambda ranked: ranked.impacts),
    "state": (tuple(filter(None, ReviewState)), lambda ranked: (ranked.citation.review_state,)),
    "zone": (tuple(Zone), lambda ranked: (ranked.citation.mention.zone,)),
}
CHOICES = {"scope": tuple(SCOPES)} | {name: choices for name, (choices, _) in CRITERIA.items() if choices}


def read_filter(params: Mapping[str, str]) -> Filter:
    """The filter of an address; unknown values count as none."""
    given = {name: params.get(name, "")[:MOST_TEXT] for name in ("scope", "q", *CRITERIA)}
    return Filter(**{name: value for name, value in given.items() if value and value in CHOICES.get(name, (value,))})


def select(
    ranked: Iterable[Ranked], chosen: Filter, reviewer: str, in_force: Mapping[str, tuple[Judgement, ...]]
) -> tuple[Ranked, ...]:
    """Those that the filter lets through, in their order; who is unsure of a citation does not get it again."""
    words = chosen.q.casefold().split()
    wanted = [(value, values) for name, (_, values) in CRITERIA.items() if (value := getattr(chosen, name))]
    return tuple(
        each
        for each in ranked
        if _is_in_scope(each, chosen.scope, reviewer, in_force)
        and all(value in values(each) for value, values in wanted)
        and _holds(each.citation, words)
    )


def select_blind(
    ranked: Iterable[Ranked], chosen: Filter, reviewer: str, in_force: Mapping[str, tuple[Judgement, ...]]
) -> tuple[Ranked, ...]:
    """For a second opinion: what others have judged and this reviewer has not.

    Nothing that the run or they decided narrows the list.
    """
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
        said = in_force.get(ranked.citation.id, ()) if state == ReviewState.UNSURE else ()
        return bool(ranked.doubts) and all(each.reviewer != reviewer for each in said)
    return scope == "all" or bool(state) == (scope == "judged")


def _holds(citation: Citation, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{citation.mention.sentence} {citation.target_title} {citation.target_id}".casefold()
    return all(word in text for word in words)
