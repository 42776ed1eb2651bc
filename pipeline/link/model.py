"""The numbers of linking, as `model.yaml` gives them: points for the choice of a document, log odds for the confidence.

A project's gazetteer may hold a `model.yaml` of its own, which then counts instead. The confidence is the probability
that a link is right: named features of it, weighed by a logistic model; `topology evaluate --fit` fits it to labelled
cases. Cue words are no feature: that a text plans something says nothing about whether a name was found whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from pathlib import Path

from pipeline.gazetteer.files import parse_yaml, read_text
from pipeline.gazetteer.load import GazetteerError
from pipeline.gazetteer.rows import Fault
from pipeline.link.guards import Guards
from pipeline.records import UNLISTED, Link

MODEL = "model.yaml"
_KEYS = ("choice", "confidence")

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """Weights by feature: `choice` in points, `confidence` in log odds."""

    choice: Weights
    confidence: Weights


def load_model(folder: Path) -> Model:
    """The model of a gazetteer's folder, else the one that comes with the program; raises GazetteerError."""
    own = folder / MODEL
    path = own if own.exists() else Path(__file__).with_name(MODEL)
    return _parse(path, read_text(path))


def measure(link: Link, guards: Guards) -> tuple[tuple[str, float], ...]:
    """The features of a link that its confidence is made of, by name; those that are 0 are left out."""
    method = link.method if link.target_id is None or not link.target_id.startswith(UNLISTED) else "unlisted"
    return ((f"method:{method}", 1.0),)


def probability(features: Iterable[tuple[str, float]], coefficients: Mapping[str, float]) -> float:
    """The probability that a link with these features is right, rounded to four digits."""
    odds = coefficients.get("base", 0.0) + sum(coefficients.get(name, 0.0) * value for name, value in features)
    return round(1 / (1 + exp(-odds)), 4)


@lru_cache(maxsize=4)
def _parse(path: Path, content: str) -> Model:
    return Model(*(_read_weights(path, name, rows) for name, rows in parse_yaml(path, content, _KEYS).items()))


def _read_weights(path: Path, name: str, rows: object) -> Weights:
    try:
        return {str(feature): float(weight) for feature, weight in dict(rows).items()}  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise GazetteerError(
            path.parent, [Fault(path.name, 1, name, str(rows)[:60], "needs a number a feature")]
        ) from None
