"""Agreement of two reviewers: how far the judgements of one could stand for those of the other.

In: the judgement log; out: Cohen's kappa (J. Cohen, A Coefficient of Agreement for Nominal Scales, 1960), span F1, and
the list of disagreements, which is what one works through.
Who has seen the other's verdict gives no second opinion: only pairs whose later judgement was made blind count, unless
asked otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Judgement
from pipeline.review.verdicts import Outcome, outcome_of, undone_ids


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
    span_f1: float | None  # of kept names with their target; None where nobody kept any
    disagreements: tuple[tuple[Judgement, Judgement], ...]


def compare_reviewers(judgements: Iterable[Judgement], *, blind_only: bool = True) -> tuple[Agreement, ...]:
    """The agreement of each two reviewers who judged the same citations, by name."""
    words = _last_words(judgements)
    pairs: dict[tuple[str, str], list[tuple[Judgement, Judgement]]] = defaultdict(list)
    for said in words.values():
        for left in said:
            for right in said:
                if left.reviewer < right.reviewer and (
                    not blind_only or max(left, right, key=lambda each: each.decided_at).shown.blind == "yes"
                ):
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
        span_f1=_share_of_kept(said),
        disagreements=differ,
    )


def _share_of_kept(said: Sequence[tuple[Outcome, Outcome]]) -> float | None:
    """F1 of the names that each kept, with their target; the run proposed them, so that a citation is its span."""
    kept = sum((one.verdict == "citation") + (other.verdict == "citation") for one, other in said)
    shared = sum(one.verdict == other.verdict == "citation" and one.target_id == other.target_id for one, other in said)
    return 2 * shared / kept if kept else None
