"""Fit the confidence to labelled cases: `topology evaluate --fit`.

In: labelled cases. Out: a logistic model over the features of each citation, `model.yaml` in the gazetteer's folder,
and how well it does on cases that did not fit it (cross-validation, whole cases left out). A citation counts as right
if its document and its span are; the status has its own certainty. The penalty keeps coefficients small where few
citations speak for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.evaluate.cases import load_cases
from pipeline.evaluate.comparison import compare_case
from pipeline.evaluate.score import cite_case
from pipeline.link.model import MODEL, load_model, probability
from pipeline.store import write_text

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.settings import Settings

# Cases are left out a fifth at a time. Penalties of .5, 1 and 2 gave areas of .864, .872 and .877 and calibration
# errors of .009, .016 and .027 on 623 citations (2026-11).
_FOLDS = 5
_PENALTY = 1.0
_STEPS = 40
_BINS = 10


class Example(NamedTuple):
    """One citation found in a labelled case."""

    case_id: str
    right: bool
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Fit:
    """Coefficients in log odds by feature, and how they did on cases that did not fit them."""

    coefficients: Mapping[str, float]
    examples: int
    wrong: int
    area: float  # under the ROC curve, 0.5 is chance
    calibration_error: float  # expected, 0 is best
    bins: tuple[tuple[float, float, int, float], ...]  # lower and upper end, citations, share right


def fit_confidence(paths: Sequence[Path], gazetteer: Gazetteer, settings: Settings) -> Fit:
    """The model that fits these labelled cases; raises CaseError."""
    examples = [each for path in paths for each in _collect(path, gazetteer, settings)]
    scored = []
    for fold in range(_FOLDS):
        rest = [each for each in examples if _fold(each) != fold]
        coefficients = fit(rest)
        scored += [(probability(each.features, coefficients), each.right) for each in examples if _fold(each) == fold]
    return Fit(
        fit(examples),
        len(examples),
        sum(not each.right for each in examples),
        measure_area(scored),
        measure_calibration_error(scored),
        _bin(scored),
    )


def fit(examples: Sequence[Example], penalty: float = _PENALTY) -> dict[str, float]:
    """Coefficients of a logistic regression with a quadratic penalty (Newton's method), `base` among them."""
    names = sorted({name for each in examples for name, _ in each.features})
    place = {name: number for number, name in enumerate(names, 1)}
    table = np.zeros((len(examples), len(names) + 1))
    table[:, 0] = 1.0
    for row, each in enumerate(examples):
        for name, value in each.features:
            table[row, place[name]] = value
    right = np.array([each.right for each in examples], dtype=float)
    weights = np.zeros(len(names) + 1)
    ridge = np.diag([1e-6] + [penalty] * len(names))
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (right - chance) - ridge @ weights
        curve = (table * (chance * (1 - chance))[:, None]).T @ table + ridge
        weights = weights + np.linalg.solve(curve, slope)
    return dict(zip(["base", *names], (round(float(weight), 3) for weight in weights), strict=True))


def measure_area(scored: Sequence[tuple[float, bool]]) -> float:
    """The chance that a right citation has the higher confidence of two; ties count half."""
    good = [score for score, right in scored if right]
    bad = [score for score, right in scored if not right]
    above = sum((one > other) + (one == other) / 2 for one in good for other in bad)
    return above / (len(good) * len(bad)) if good and bad else 0.5


def measure_calibration_error(scored: Sequence[tuple[float, bool]]) -> float:
    """The mean distance between claimed and true share over bins of equal width, weighed by their citations."""
    return sum(
        abs(sum(score for score, _ in group) - sum(right for _, right in group)) for group in _grouped(scored)
    ) / max(len(scored), 1)


def write_model(fitted: Fit, gazetteer: Gazetteer) -> Path:
    """Write the coefficients, and the choice's weights as they are, to the gazetteer's folder; returns the path."""
    model = load_model(gazetteer.folder)
    rows = ["# Written by `topology evaluate --fit`: points of the choice, log odds of the confidence.", "choice:"]
    rows += [f'  "{name}": {weight:g}' for name, weight in model.choice.items()]
    rows += ["", "confidence:", *(f'  "{name}": {weight:g}' for name, weight in fitted.coefficients.items())]
    path = gazetteer.folder / MODEL
    write_text(path, "\n".join(rows) + "\n")
    return path


def _collect(path: Path, gazetteer: Gazetteer, settings: Settings) -> Iterator[Example]:
    for case in load_cases(path):
        found = compare_case(case, cite_case(case, gazetteer, settings))
        for _, prediction in found.hits:
            yield Example(case.id, True, prediction.features)
        for prediction in found.wrong:
            yield Example(case.id, False, prediction.features)


def _fold(example: Example) -> int:
    return hashlib.sha256(example.case_id.encode()).digest()[0] % _FOLDS


def _grouped(scored: Sequence[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for score, right in scored:
        groups[min(int(score * _BINS), _BINS - 1)].append((score, right))
    return groups


def _bin(scored: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float, int, float], ...]:
    return tuple(
        (number / _BINS, (number + 1) / _BINS, len(group), sum(right for _, right in group) / len(group))
        for number, group in enumerate(_grouped(scored))
        if group
    )
