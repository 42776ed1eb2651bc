"""Labels beside predictions: which belong together, which labels were missed, which predictions are wrong.

In: a case and what was found in it. Out: a `Comparison`. A prediction matches a label when the two spans overlap by at
least half of the longer one and the target is the same; a label without an entry is matched by a prediction without
one. A rightly resolved anaphora counts neither for nor against, nor does what touches an optional span.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.evaluate.cases import Case, Label
from pipeline.records import UNLISTED, Status

# Half of the longer span, as the labelling guideline has it.
MIN_OVERLAP = 0.5

_TRIMMED = " \t\n\f\"'“”‘’«»"
_ARTICLES = ("the ", "an ", "a ", "this ", "that ", "its ", "their ", "said ")


@dataclass(frozen=True)
class Prediction:
    """A citation that the program found in a case's text."""

    start: int
    end: int
    target_id: str | None
    status: Status
    confidence: float = 1.0
    reason: str = ""
    features: tuple[tuple[str, float], ...] = ()  # of which the confidence was made

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in the case's text."""
        return self.start, self.end

    @property
    def has_entry(self) -> bool:
        """Whether it is linked to a document of the gazetteer."""
        return self.target_id is not None and not self.target_id.startswith(UNLISTED)


@dataclass(frozen=True)
class Comparison:
    """One case's labels and predictions, paired."""

    case: Case
    hits: tuple[tuple[Label, Prediction], ...]
    missed: tuple[Label, ...]
    wrong: tuple[Prediction, ...]
    forbidden: tuple[Prediction, ...]  # among the wrong ones


def compare_case(case: Case, predictions: Sequence[Prediction]) -> Comparison:
    """Pair labels with predictions one to one, the best overlaps first."""
    labels = (*case.citations, *case.anaphora)
    pairs = pair_spans(labels, predictions, is_right_target)
    hits = tuple(
        (replace(label, status=found.status) if label.either_status else label, found)
        for label, found in ((labels[left], predictions[right]) for left, right in pairs if left < len(case.citations))
    )
    matched = {right for _, right in pairs}
    found = {left for left, _ in pairs}
    wrong, forbidden = [], []
    for number, prediction in enumerate(predictions):
        if number in matched or any(overlap(prediction.span, span) for span in case.optional):
            continue
        wrong.append(prediction)
        if any(overlap(prediction.span, span) >= MIN_OVERLAP for span in case.forbidden):
            forbidden.append(prediction)
    missed = tuple(label for number, label in enumerate(case.citations) if number not in found)
    return Comparison(case, hits, missed, tuple(wrong), tuple(forbidden))


def overlap(left: tuple[int, int], right: tuple[int, int]) -> float:
    """The part of the longer span that both cover, 0 to 1."""
    longer = max(left[1] - left[0], right[1] - right[0])
    return max(0, min(left[1], right[1]) - max(left[0], right[0])) / longer if longer else 0.0


def is_right_target(label: Label, prediction: Prediction) -> bool:
    """The same entry, or one that the label accepts; none where the label has none."""
    if label.target_id is None:
        return not prediction.has_entry or prediction.target_id in label.accept
    return prediction.target_id == label.target_id or prediction.target_id in label.accept


def is_exact(text: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """The same span of `text`, apart from quotes, white space and determiners at its ends."""
    return _trim(text, left) == _trim(text, right)


def pair_spans(
    labels: Sequence[Label], predictions: Sequence[Prediction], fits: Callable[[Label, Prediction], bool]
) -> list[tuple[int, int]]:
    """Numbers of labels and predictions that belong together, one to one, in the labels' order."""
    ranked = sorted(
        (-overlap(label.span, prediction.span), left, right)
        for left, label in enumerate(labels)
        for right, prediction in enumerate(predictions)
        if overlap(label.span, prediction.span) >= MIN_OVERLAP and fits(label, prediction)
    )
    lefts: set[int] = set()
    rights: set[int] = set()
    pairs = []
    for _, left, right in ranked:
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            pairs.append((left, right))
    return sorted(pairs)


def _trim(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span without quotes, white space and determiners at its ends."""
    start, end = span
    while True:
        before = (start, end)
        while start < end and text[start] in _TRIMMED:
            start += 1
        while end > start and text[end - 1] in _TRIMMED:
            end -= 1
        lead = text[start:end].casefold()
        start += next((len(word) for word in _ARTICLES if lead.startswith(word)), 0)
        if (start, end) == before:
            return before
