"""The numbers of linking, as `model.yaml` gives them: points for the choice of a document, log odds for the confidence.

A project's gazetteer may hold a `model.yaml` of its own, which then counts instead. The confidence is the probability
that a link is right: named features of it, weighed by a logistic model; `topology evaluate --fit` fits it to labelled
cases. Cue words are no feature: that a text plans something says nothing about whether a name was found whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp
from pathlib import Path

from pipeline.knowledge import Fault, GazetteerError, parse_yaml, read_text
from pipeline.link.guards import Guards
from pipeline.records import UNLISTED, Link

MODEL = "model.yaml"
_KEYS = ("choice", "confidence")

Weights = Mapping[str, float]
Features = tuple[tuple[str, float], ...]

# Patterns of detection: a description; the number that an institution gives its document.
SUBJECT, SYMBOL = "subject", "symbol"
# A lead of this many points is as good as any.
_MOST_LEAD = 30.0
# A sign of a document stands among so many words before the name.
_SIGN_REACH = 4
_NEAR = 90.0


class Method(StrEnum):
    """How a document was chosen, as column match_method has it."""

    EXACT = "exact"
    EDITION = "edition"
    DATE = "date"
    CONTEXT = "context"
    FUZZY = "fuzzy"
    SUBJECT = "subject"
    UNLISTED = "unlisted"
    UNDECIDED = "undecided"


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


def measure(link: Link, guards: Guards, times: int = 1, margin: float = 0.0) -> Features:
    """The features of a link that its confidence is made of, by name; those that are 0 are left out.

    `times` is how often the document has the name; `margin` how far the chosen one led, in the points of the choice.
    """
    mention, source = link.mention, _source(link)
    found = {f"source:{source}": 1.0, "small letters": float(mention.surface[:1].islower())}
    if source == "new":
        found |= _measure_new(link, guards, times)
    elif link.target_id is None or not link.target_id.startswith(UNLISTED):
        found["lead"] = min(margin, _MOST_LEAD) / _MOST_LEAD
    return tuple((name, round(value, 3)) for name, value in found.items() if value)


def _measure_new(link: Link, guards: Guards, times: int) -> dict[str, float]:
    """Whether a name that no register has looks whole, and like a document's."""
    vocabulary, mention = guards.vocabulary, link.mention
    profile = guards.profile(mention.name)
    before = mention.sentence[: mention.within[0]].rstrip("\"'(“‘ ")
    signs = set(re.findall(r"[a-z]+", before.lower())[-_SIGN_REACH:]) & vocabulary["signs_before"]
    signs |= set(re.findall(r"[a-z]+", mention.sentence[mention.within[1] :].lower())[:2]) & vocabulary["signs_after"]
    weak = {guards.spelling.fold_word(word) for word in vocabulary["weak"]}
    return {
        "one word tells": float(len(profile.words - profile.heads - vocabulary["empty"]) < 2),
        "common noun": float(profile.heads <= weak),  # a report or rule is taken for a name only with its subject
        "sign of a document": float(bool(signs)),
        "named again": float(times > 1),
        "nearly listed": float(any(miss.score >= _NEAR for miss in link.near_misses)),
    }


def _source(link: Link) -> str:
    """Where the name comes from: how a listed one was chosen; elsewhere, symbol, description or new of others."""
    if link.target_id is None or not link.target_id.startswith(UNLISTED) or link.method != Method.UNLISTED:
        return link.method
    mention = link.mention
    if mention.pattern == SYMBOL:
        return "symbol"
    if mention.pattern.startswith(SUBJECT):
        return "description"
    return "elsewhere" if mention.antecedent is not None else "new"


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
