"""Scores against labelled cases: what was found, what was missed, what was wrong, and the status of what was found.

In: cases and a function that cites a text. Out: `Scores`. With the gazetteer's dates at hand, comparing dates gets
nearly every status right, so status is scored again with the dates hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.evaluate.cases import Case, sentence_around
from pipeline.evaluate.comparison import (
    MIN_OVERLAP,
    Comparison,
    Prediction,
    compare_case,
    is_exact,
    overlap,
    pair_spans,
)
from pipeline.evaluate.tally import Counts, StatusCounts, share
from pipeline.records import Citation, Status

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.settings import Settings

# Upper ends of the confidence bands in which citations are checked against the labels; below 0.95 they go to review.
BANDS = (0.5, 0.7, 0.9, 0.95, 0.97, 1.0)


@dataclass(frozen=True)
class Miss:
    """One thing that went wrong in a case: `what` is missed, wrong, forbidden, confused or status."""

    case_id: str
    category: str
    what: str
    surface: str
    expected: str
    got: str
    sentence: str


@dataclass(frozen=True)
class Scores:
    """What a set of cases gave."""

    cases: int
    links: Counts
    strict: Counts
    forbidden: int
    status: dict[str, StatusCounts]
    categories: dict[str, tuple[Counts, StatusCounts]]
    reliability: tuple[tuple[float, int, int, float], ...]  # band's upper end, citations, right ones, mean confidence
    misses: tuple[Miss, ...]
    outcomes: dict[str, str] = field(default_factory=dict)  # each label and each wrong prediction, for gains and losses


Cite = Callable[[Case], Sequence[Prediction]]


def score_cases(
    cases: Sequence[Case], cite: Cite, gazetteer: Gazetteer, hidden: dict[str, Cite] | None = None
) -> Scores:
    """Score `cite` on all cases; `hidden` cites the same with dates hidden, and only its status is scored."""
    comparisons = [compare_case(case, cite(case)) for case in cases]
    status = {"with dates": _tally_status(comparisons)}
    for name, cite_hidden in (hidden or {}).items():
        status[name] = _tally_words(comparisons, cite_hidden)
    misses = [miss for comparison in comparisons for miss in _list_misses(comparison, gazetteer)]
    return Scores(
        cases=len(cases),
        links=_tally_links(comparisons),
        strict=_tally_strict(comparisons),
        forbidden=sum(len(comparison.forbidden) for comparison in comparisons),
        status=status,
        categories=_tally_categories(comparisons),
        reliability=_tally_reliability(comparisons),
        misses=tuple(misses),
        outcomes=_list_outcomes(comparisons),
    )


def evaluate_pipeline(cases: Sequence[Case], gazetteer: Gazetteer, settings: Settings) -> Scores:
    """Score this project's own `cite_text`, once with all dates, then with the cited or the citing dates hidden."""
    undated = hide_dates(gazetteer)
    hidden: dict[str, Cite] = {
        "words, cited dates hidden": lambda case: cite_case(case, undated, settings),
        "words, citing date hidden": lambda case: cite_case(replace(case, source_date=None), gazetteer, settings),
    }
    return score_cases(cases, lambda case: cite_case(case, gazetteer, settings), gazetteer, hidden)


def cite_case(case: Case, gazetteer: Gazetteer, settings: Settings) -> tuple[Prediction, ...]:
    """What the pipeline finds in a case's text."""
    from pipeline.core import cite_text

    found = cite_text(case.text, case.source_id, case.source_date, gazetteer, settings)
    # Offsets of a mention count from the start of its page; a form feed ends a page.
    starts = [0, *accumulate(len(page) + 1 for page in case.text.split("\f"))]
    return tuple(_make_prediction(citation, starts[citation.mention.page - 1]) for citation in found)


def hide_dates(gazetteer: Gazetteer) -> Gazetteer:
    """A copy whose entries do not tell when they were adopted, nor anything that follows from it."""
    entries = {
        entry.id: replace(entry, issued=None, period=(None, None), standing="") for entry in gazetteer.entries.values()
    }
    return replace(gazetteer, entries=entries, fingerprint=gazetteer.fingerprint + "-undated")


def _make_prediction(citation: Citation, page_start: int) -> Prediction:
    mention = citation.mention
    return Prediction(
        start=page_start + mention.start,
        end=page_start + mention.end,
        target_id=citation.target_id,
        status=citation.status,
        confidence=citation.confidence,
        reason=citation.status_reason or citation.cue,
        features=citation.features,
    )


def _tally_links(comparisons: Iterable[Comparison]) -> Counts:
    return sum((Counts(len(found.hits), len(found.missed), len(found.wrong)) for found in comparisons), Counts())


def _tally_strict(comparisons: Iterable[Comparison]) -> Counts:
    """As for links, but a hit whose trimmed span differs is both a miss and wrong."""
    total = Counts()
    for found in comparisons:
        text = found.case.text
        exact = sum(is_exact(text, label.span, hit.span) for label, hit in found.hits)
        loose = len(found.hits) - exact
        total += Counts(exact, len(found.missed) + loose, len(found.wrong) + loose)
    return total


def _tally_status(comparisons: Iterable[Comparison]) -> StatusCounts:
    counts = StatusCounts()
    for found in comparisons:
        for label, hit in found.hits:
            counts += StatusCounts.of(label.status, hit.status)
    return counts


def _tally_words(comparisons: Iterable[Comparison], cite: Cite) -> StatusCounts:
    """Status of the rightly linked citations when dates are hidden; what only a date can tell is left out.

    The pairing is by span alone: without dates a homonym may be linked elsewhere, and linking is not in question here.
    """
    counts = StatusCounts()
    for found in comparisons:
        labels = [label for label, _ in found.hits if not label.by_date]
        predictions = cite(found.case) if labels else ()
        paired = dict(pair_spans(labels, predictions, lambda label, prediction: True))
        for number, label in enumerate(labels):
            status = predictions[paired[number]].status if number in paired else Status.UNCLEAR
            counts += StatusCounts.of(label.status, status)
    return counts


def _tally_categories(comparisons: Sequence[Comparison]) -> dict[str, tuple[Counts, StatusCounts]]:
    groups: dict[str, list[Comparison]] = defaultdict(list)
    for found in comparisons:
        groups[found.case.category].append(found)
    return {name: (_tally_links(group), _tally_status(group)) for name, group in sorted(groups.items())}


def _tally_reliability(comparisons: Iterable[Comparison]) -> tuple[tuple[float, int, int, float], ...]:
    """For each band of confidence: how many citations, how many right in document and status, the mean they claimed."""
    bands: dict[float, list[tuple[float, bool]]] = {upper: [] for upper in BANDS}
    for found in comparisons:
        judged = [(hit, label.status is hit.status) for label, hit in found.hits]
        judged += [(prediction, False) for prediction in found.wrong]
        for prediction, right in judged:
            upper = next(upper for upper in BANDS if min(prediction.confidence, BANDS[-1]) <= upper)
            bands[upper].append((prediction.confidence, right))
    return tuple(
        (upper, len(band), sum(right for _, right in band), share(sum(claim for claim, _ in band), len(band)))
        for upper, band in bands.items()
    )


def _list_misses(found: Comparison, gazetteer: Gazetteer) -> Iterable[Miss]:
    for label in found.missed:
        nearest = max(found.wrong, key=lambda prediction: overlap(label.span, prediction.span), default=None)
        got = nearest if nearest and overlap(label.span, nearest.span) >= MIN_OVERLAP else None
        entry = gazetteer.entries.get(label.target_id or "")
        confused = entry is not None and got is not None and got.target_id in entry.ambiguous_with
        wanted = label.target_id or f"no entry ({label.target_title})"
        yield _make_miss(found, "confused" if confused else "missed", label.span, wanted, _name_target(got))
    for prediction in found.wrong:
        if not any(overlap(label.span, prediction.span) >= MIN_OVERLAP for label in found.missed):
            what = "forbidden" if prediction in found.forbidden else "wrong"
            yield _make_miss(found, what, prediction.span, "no citation", _name_target(prediction))
    for label, hit in found.hits:
        if label.status is not hit.status:
            got_status = f"{hit.status.value} ({hit.reason})" if hit.reason else hit.status.value
            yield _make_miss(found, "status", label.span, label.status.value, got_status)


def _make_miss(found: Comparison, what: str, span: tuple[int, int], expected: str, got: str) -> Miss:
    text = found.case.text
    surface = " ".join(text[span[0] : span[1]].split())
    return Miss(found.case.id, found.case.category, what, surface, expected, got, sentence_around(text, *span))


def _name_target(prediction: Prediction | None) -> str:
    return "nothing" if prediction is None else prediction.target_id or "undecided"


def _list_outcomes(comparisons: Iterable[Comparison]) -> dict[str, str]:
    """Each label with what became of it, and each wrong prediction; keys stay the same from run to run."""
    outcomes: dict[str, str] = {}
    for found in comparisons:
        labels = [(label.span, "label", f"found as {hit.status.value}") for label, hit in found.hits]
        labels += [(label.span, "label", "missed") for label in found.missed]
        labels += [(prediction.span, _name_target(prediction), "wrong") for prediction in found.wrong]
        for (start, end), what, became in labels:
            surface = " ".join(found.case.text[start:end].split())
            outcomes[f"{found.case.id} @{start} {surface} [{what}]"] = became
    return dict(sorted(outcomes.items()))
