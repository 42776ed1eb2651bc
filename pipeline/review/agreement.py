"""Agreement of two reviewers: how far the judgements of one could stand for those of the other.

In: the judgement log, or two sets of labelled spans; out: Cohen's kappa (J. Cohen, A Coefficient of Agreement for
Nominal Scales, 1960), span F1, and the list of disagreements, which is what one works through.
The trap: who has seen the other's verdict is no second opinion. Only pairs whose later judgement was made blind count,
unless asked otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Judgement
from pipeline.review.verdicts import outcome_of, undone_ids

# A span counts as the same when it overlaps with at least half of the longer one (gold/GUIDELINES.md).
LENIENT_OVERLAP = 0.5


@dataclass(frozen=True, order=True)
class Span:
    """A labelled name: character offsets into the text `text_id`; `target_id` and `status` may be unknown."""

    text_id: str
    start: int
    end: int
    target_id: str | None = None
    status: str = ""


@dataclass(frozen=True)
class SpanScore:
    """F1 of two sets of spans; with none in either it is None."""

    shared: int
    left: int
    right: int

    @property
    def f1(self) -> float | None:
        """Twice the shared spans over all spans."""
        return 2 * self.shared / (self.left + self.right) if self.left + self.right else None


@dataclass(frozen=True)
class Agreement:
    """Two reviewers over the citations that both judged.

    `kappa_citation`: is it a citation, is it none, or is the reviewer unsure; `kappa_target` and `kappa_status` over
    those that both kept. None where there is nothing to compare, or both always said the same one thing.
    """

    left: str
    right: str
    pairs: int
    agreed: int
    kappa_citation: float | None
    kappa_target: float | None
    kappa_status: float | None
    spans: SpanScore  # kept names with their target
    disagreements: tuple[tuple[Judgement, Judgement], ...]


def compare_reviewers(judgements: Iterable[Judgement], *, blind_only: bool = True) -> tuple[Agreement, ...]:
    """The agreement of each two reviewers who judged the same citations, by name."""
    words = _last_words(judgements)
    pairs: dict[tuple[str, str], list[tuple[Judgement, Judgement]]] = defaultdict(list)
    for said in words.values():
        for left in said:
            for right in said:
                if left.reviewer < right.reviewer and (not blind_only or _is_blind(left, right)):
                    pairs[left.reviewer, right.reviewer].append((left, right))
    return tuple(_compare(left, right, pairs[left, right]) for left, right in sorted(pairs))


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Agreement beyond chance of two raters, -1 to 1; None where chance alone explains all (or there are no pairs)."""
    if not pairs:
        return None
    observed = sum(left == right for left, right in pairs) / len(pairs)
    lefts, rights = Counter(left for left, _ in pairs), Counter(right for _, right in pairs)
    expected = sum(count * rights[value] for value, count in lefts.items()) / len(pairs) ** 2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def span_f1(left: Iterable[Span], right: Iterable[Span], *, lenient: bool = False) -> SpanScore:
    """Spans that both have, each matched once: the same place (or half of it, `lenient`) and the same target."""
    rest: dict[tuple[str, str | None], list[Span]] = defaultdict(list)
    rights = sorted(set(right), key=_span_order)
    for span in rights:
        rest[span.text_id, span.target_id].append(span)
    lefts = sorted(set(left), key=_span_order)
    shared = 0
    for span in lefts:
        options = rest[span.text_id, span.target_id]
        found = next((each for each in options if is_same_place(span, each, lenient=lenient)), None)
        if found is not None:
            options.remove(found)
            shared += 1
    return SpanScore(shared, len(lefts), len(rights))


def is_same_place(left: Span, right: Span, *, lenient: bool = False) -> bool:
    """The same start and end, or an overlap of at least half of the longer one."""
    if not lenient:
        return (left.start, left.end) == (right.start, right.end)
    overlap = min(left.end, right.end) - max(left.start, right.start)
    return overlap > 0 and overlap >= LENIENT_OVERLAP * max(left.end - left.start, right.end - right.start)


def _last_words(judgements: Iterable[Judgement]) -> dict[str, tuple[Judgement, ...]]:
    """Each reviewer's last own word by citation, in file order: also one that was settled since, not the settling."""
    lines = tuple(judgements)
    undone = undone_ids(lines)
    words: dict[str, dict[str, Judgement]] = defaultdict(dict)
    for each in lines:
        if each.id not in undone and not each.undoes and not each.settles:
            words[each.citation_id].pop(each.reviewer, None)
            words[each.citation_id][each.reviewer] = each
    return {citation_id: tuple(said.values()) for citation_id, said in words.items()}


def _is_blind(one: Judgement, other: Judgement) -> bool:
    later = max(one, other, key=lambda each: each.decided_at)
    return later.shown.blind == "yes"


def _compare(left: str, right: str, pairs: Sequence[tuple[Judgement, Judgement]]) -> Agreement:
    said = [(outcome_of(one), outcome_of(other)) for one, other in pairs]
    kept = [(one, other) for one, other in said if one.verdict == other.verdict == "citation"]
    differ = tuple(pair for pair, (one, other) in zip(pairs, said, strict=True) if one != other)
    return Agreement(
        left=left,
        right=right,
        pairs=len(pairs),
        agreed=len(pairs) - len(differ),
        kappa_citation=cohen_kappa([(one.verdict, other.verdict) for one, other in said]),
        kappa_target=cohen_kappa([(one.target_id, other.target_id) for one, other in kept]),
        kappa_status=cohen_kappa([(one.status, other.status) for one, other in kept]),
        spans=span_f1(_kept_spans([one for one, _ in pairs]), _kept_spans([other for _, other in pairs])),
        disagreements=differ,
    )


def _kept_spans(judgements: Iterable[Judgement]) -> list[Span]:
    """What a reviewer kept; the run proposed the names, so that a citation's id is its place."""
    outcomes = [(each.citation_id, outcome_of(each)) for each in judgements]
    return [
        Span(citation_id, 0, 1, outcome.target_id, outcome.status or "")
        for citation_id, outcome in outcomes
        if outcome.verdict == "citation"
    ]


def _span_order(span: Span) -> tuple[str, int, int, str, str]:
    return span.text_id, span.start, span.end, span.target_id or "", span.status
