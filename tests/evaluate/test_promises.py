"""The gazetteer's check tries what the rows claim, and says which row does not keep it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluate.check import check_gazetteer
from pipeline.evaluate.promises import find_broken_promises, split_marks
from pipeline.gazetteer.load import load_gazetteer
from pipeline.records import Severity
from tests.run_factory import ROOT, copy_gazetteer


def test_the_shipped_rows_keep_what_they_claim() -> None:
    assert [str(fault) for fault in find_broken_promises(load_gazetteer(ROOT / "gazetteer"))] == []


def change_pattern(folder: Path) -> None:
    """The first pattern claims to find something in any text, and nothing in a name."""
    path = folder / "patterns.jsonl"
    first, *others = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(first)
    row["examples"].append("It rained all day.")
    row["counterexamples"].append("The Declaration on Green Ports was read.")
    path.write_text("\n".join([json.dumps(row), *others]) + "\n", encoding="utf-8")


def test_a_false_claim_is_named_with_row_and_sentence(tmp_path: Path) -> None:
    folder = copy_gazetteer(tmp_path / "gazetteer")
    change_pattern(folder)
    cues = (folder / "cues.yaml").read_text(encoding="utf-8")
    (folder / "cues.yaml").write_text(
        cues.replace('["Members shall develop an [ASEAN Seed Code]."]', '["Rain fell on the [ASEAN Seed Code]."]', 1)
    )
    told = [str(each.fault) for each in check_gazetteer(folder) if each.severity is Severity.ERROR]
    name = json.loads((folder / "patterns.jsonl").read_text(encoding="utf-8").splitlines()[0])["id"]
    assert told[0].startswith("cues.yaml:"), told
    assert told[0].endswith("'Rain fell on the [ASEAN Seed Code].': the row does not reach its [name]"), told
    assert told[1:] == [
        f"patterns.jsonl:1: {name}: 'It rained all day.': is an example, but the row does not find it",
        f"patterns.jsonl:1: {name}: 'The Declaration on Green Ports was read.': "
        "is a counterexample, but the row finds it",
    ]


@pytest.mark.parametrize(
    ("marked", "text", "spans"),
    [
        ("They read it.", "They read it.", []),
        ("The [Seed Code] and [it].", "The Seed Code and it.", [(4, 13), (18, 20)]),
    ],
)
def test_names_in_brackets(marked: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert split_marks(marked) == (text, spans)
