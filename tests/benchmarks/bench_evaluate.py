"""The pipeline beside the afternoon's program, on one set of cases: what guards, editions and terms are worth."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.evaluate.cases import load_cases
from pipeline.evaluate.report import Scores
from pipeline.evaluate.score import evaluate_pipeline, score_cases
from pipeline.gazetteer.load import load_gazetteer
from pipeline.settings import Settings
from pipeline.tables import Table, draw_tables
from tests.benchmarks.baseline import GAZETTEER, make_baseline

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "tests/gold/cases.jsonl", ROOT.parent / "shared/gold/dev_cases.jsonl"]


def figures(name: str, scores: Scores) -> tuple[str, ...]:
    links, planned = scores.links, scores.status["with dates"].planned
    confused = sum(miss.what == "confused" for miss in scores.misses)
    rates = (links.precision, links.recall, links.f1, planned.f1)
    return name, *(f"{rate:.3f}" for rate in rates), str(confused), str(scores.forbidden)


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_the_pipeline_beats_the_baseline(path: Path) -> None:
    if not path.exists():
        pytest.skip(f"{path} is not there")
    cases, gazetteer = load_cases(path), load_gazetteer(GAZETTEER)
    baseline = score_cases(cases, make_baseline(gazetteer), gazetteer)
    ours = evaluate_pipeline(cases, gazetteer, Settings(gazetteer=GAZETTEER))
    columns = ("", "precision", "recall", "F1", "planned F1", "confused twins", "forbidden spans")
    rows = (figures("baseline", baseline), figures("pipeline", ours))
    draw_tables([Table(f"{path.name}, {len(cases)} cases", columns, rows)], sys.stdout)
    assert ours.links.precision > baseline.links.precision
    assert ours.links.recall > baseline.links.recall
