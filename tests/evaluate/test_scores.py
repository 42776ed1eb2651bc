"""The floors that the program must keep on its own labelled cases; what fails is shown with its sentence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from pipeline.evaluate.cases import load_cases
from pipeline.evaluate.score import Scores, evaluate_pipeline
from pipeline.gazetteer.load import load_gazetteer
from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]

# What is measured, how, and the least that it may be.
FLOORS = [
    ("precision of links", lambda scores: scores.links.precision, 0.98),
    ("recall of links", lambda scores: scores.links.recall, 0.95),
    ("status right", lambda scores: scores.status["with dates"].accuracy, 0.97),
    ("precision of planned", lambda scores: scores.status["with dates"].planned.precision, 0.95),
    ("recall of planned", lambda scores: scores.status["with dates"].planned.recall, 0.95),
    ("planned by words alone, F1", lambda scores: scores.status["words, cited dates hidden"].planned.f1, 0.90),
]


@cache
def scores() -> Scores:
    settings = Settings(gazetteer=ROOT / "gazetteer")
    return evaluate_pipeline(load_cases(ROOT / "tests/gold/cases.jsonl"), load_gazetteer(settings.gazetteer), settings)


def told() -> str:
    return "\n".join(f"{miss.case_id} {miss.what}: {miss.sentence} ({miss.got})" for miss in scores().misses)


@pytest.mark.parametrize(("name", "measure", "floor"), FLOORS, ids=[name for name, _, _ in FLOORS])
def test_the_floor_holds(name: str, measure: object, floor: float) -> None:
    assert callable(measure)
    assert measure(scores()) >= floor, f"{name}\n{told()}"


def test_no_document_is_taken_for_its_twin() -> None:
    assert [miss for miss in scores().misses if miss.what == "confused"] == []


def test_no_system_or_body_is_returned() -> None:
    assert scores().forbidden == 0, told()
