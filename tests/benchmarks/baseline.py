"""The afternoon's program, for comparison: what the pipeline must beat on the same cases.

An exact entity ruler over all names, one generic pattern, WRatio >= 90 for what it finds, dates and a few cues for the
status. No guards, no editions, no terms, no offsets through repaired text.

    python -m tests.benchmarks.baseline CASES.jsonl
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import spacy
from rapidfuzz import fuzz, process
from spacy.language import Language

from pipeline.evaluate.cases import Case, load_cases
from pipeline.evaluate.comparison import Prediction
from pipeline.evaluate.report import scores_to_tables
from pipeline.evaluate.score import score_cases
from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.records import Status
from pipeline.tables import draw_tables

GAZETTEER = Path(__file__).parents[2] / "gazetteer"
KINDS = "Agreement|Blueprint|Charter|Declaration|Framework|Guidelines|Masterplan|Plan|Protocol|Roadmap|Strategy|Vision"
GENERIC = re.compile(rf"ASEAN (?:[A-Z][\w-]*,? |on |of |for |the |and )*(?:{KINDS})(?: \d{{4}}(?:-\d{{4}})?)?")
CUES = re.compile(
    r"\b(?:will|shall|to) (?:develop|adopt|conclude|draft|sign|finalise|establish)|negotiat|\bnext\b", re.I
)
MIN_SCORE = 90


@cache
def make_ruler(gazetteer_folder: Path) -> Language:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "DOCUMENT", "pattern": alias.text, "id": alias.entry_id}
            for alias in load_gazetteer(gazetteer_folder).aliases
        ]
    )
    return nlp


def cite_plainly(case: Case, gazetteer: Gazetteer) -> list[Prediction]:
    found = [
        (entity.start_char, entity.end_char, entity.ent_id_) for entity in make_ruler(gazetteer.folder)(case.text).ents
    ]
    for match in GENERIC.finditer(case.text):
        if not any(start < match.end() and match.start() < end for start, end, _ in found):
            found.append((match.start(), match.end(), link_fuzzily(match.group(), gazetteer)))
    return [
        Prediction(start, end, target, judge_status(case, end, target, gazetteer))
        for start, end, target in sorted(found)
        if target != case.source_id
    ]


def link_fuzzily(surface: str, gazetteer: Gazetteer) -> str:
    names = [alias.text for alias in gazetteer.aliases]
    best = process.extractOne(surface, names, scorer=fuzz.WRatio, score_cutoff=MIN_SCORE)
    return gazetteer.aliases[best[2]].entry_id if best else "unlisted:" + surface.casefold().replace(" ", "-")


def judge_status(case: Case, end: int, target: str, gazetteer: Gazetteer) -> Status:
    entry = gazetteer.entries.get(target)
    if entry and entry.issued and case.source_date and (order := entry.issued.compare(case.source_date)) is not None:
        return Status.PLANNED if order > 0 else Status.EXISTING
    return Status.PLANNED if CUES.search(case.text, max(0, end - 120), end + 40) else Status.EXISTING


def make_baseline(gazetteer: Gazetteer) -> Callable[[Case], list[Prediction]]:
    return lambda case: cite_plainly(case, gazetteer)


if __name__ == "__main__":
    known = load_gazetteer(GAZETTEER)
    draw_tables(scores_to_tables(score_cases(load_cases(Path(sys.argv[1])), make_baseline(known), known)), sys.stdout)
