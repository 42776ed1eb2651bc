"""Evaluations as people and programs read them: tables, JSON, gains and losses.

In: `Scores` or `RunScores`, and the JSON of an earlier evaluation to compare with. Out: tables and plain JSON values.
The trap: gains and losses compare label by label, so only cases that both evaluations hold are compared; the others
are counted, not judged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.evaluate.cases import CaseError
from pipeline.evaluate.run import RunScores
from pipeline.evaluate.score import Scores
from pipeline.evaluate.tally import Counts, StatusCounts, share
from pipeline.tables import Table


@dataclass(frozen=True)
class Changes:
    """What differs from an earlier evaluation, label by label."""

    gains: tuple[str, ...]
    losses: tuple[str, ...]
    flips: tuple[str, ...]
    wrong_now: tuple[str, ...]
    wrong_no_more: tuple[str, ...]
    not_compared: int  # labels of cases that only one of the two evaluations holds


def scores_to_json(scores: Scores) -> dict[str, Any]:
    """Everything, rounded to four digits, in a stable order."""
    return {
        "cases": scores.cases,
        "links": scores.links.to_json(),
        "strict": scores.strict.to_json(),
        "forbidden": scores.forbidden,
        "confusions": sum(miss.what == "confused" for miss in scores.misses),
        "status": {name: counts.to_json() for name, counts in scores.status.items()},
        "categories": {
            name: {**links.to_json(), "status_accuracy": round(status.accuracy, 4)}
            for name, (links, status) in scores.categories.items()
        },
        "reliability": [
            {"confidence_up_to": upper, "links": links, "right": right, "mean_confidence": round(mean, 4)}
            for upper, links, right, mean in scores.reliability
        ],
        "misses": [vars(miss) for miss in scores.misses],
        "outcomes": scores.outcomes,
    }


def scores_to_tables(scores: Scores) -> list[Table]:
    """The scores as a reader wants them: the whole, the status, the categories, the confidence, each miss."""
    return [
        Table(
            f"Links, {scores.cases} cases",
            ("", "right", "missed", "wrong", "precision", "recall", "F1"),
            (("span and target", *_cells(scores.links)), ("same, exact span", *_cells(scores.strict))),
            f"Confusions between ambiguous twins: {sum(miss.what == 'confused' for miss in scores.misses)}. "
            f"Forbidden spans returned: {scores.forbidden}.",
        ),
        Table(
            "Status of the rightly linked citations",
            ("", "right", "of", "accuracy", "unclear", "planned P", "planned R", "planned F1"),
            tuple((name, *_status_cells(counts)) for name, counts in scores.status.items()),
        ),
        Table(
            "By category",
            ("category", "right", "missed", "wrong", "precision", "recall", "F1", "status"),
            tuple(
                (name, *_cells(links), f"{status.accuracy:.3f}" if status.total else "-")
                for name, (links, status) in scores.categories.items()
            ),
        ),
        Table(
            "Confidence against the labels, document and status",
            ("confidence up to", "citations", "right", "share right", "mean confidence"),
            tuple(
                (f"{upper:.2f}", str(links), str(right), f"{share(right, links):.3f}", f"{mean:.3f}")
                for upper, links, right, mean in scores.reliability
                if links
            ),
        ),
        Table(
            "Misses",
            ("case", "category", "what", "name", "expected", "got", "sentence"),
            tuple(
                (miss.case_id, miss.category, miss.what, miss.surface, miss.expected, miss.got, miss.sentence)
                for miss in scores.misses
            ),
        ),
    ]


def run_to_json(scores: RunScores) -> dict[str, Any]:
    """Everything, rounded to four digits, in a stable order."""
    return {
        "complete": scores.complete,
        "lines": {**scores.lines.to_json(), "status": scores.line_status.to_json()},
        "groups": {
            name: {**links.to_json(), "status": status.to_json()} for name, (links, status) in scores.groups.items()
        },
        "citations": scores.citations.to_json() if scores.citations else None,
        "citation_status": scores.citation_status.to_json() if scores.citation_status else None,
        "without_entry": scores.without_entry.to_json(),
        "not_read": list(scores.not_read),
        "misses": [vars(miss) for miss in scores.misses],
    }


def run_to_tables(scores: RunScores) -> list[Table]:
    """The scores of a run against known citations, and each miss."""
    rows = [("lines", *_cells(scores.lines), *_status_cells(scores.line_status)[2:4])]
    if len(scores.groups) > 1:
        rows += [
            (f"  {name}", *_cells(links), *_status_cells(status)[2:4])
            for name, (links, status) in scores.groups.items()
        ]
    if scores.citations is not None and scores.citation_status is not None:
        rows.append(("citations", *_cells(scores.citations), *_status_cells(scores.citation_status)[2:4]))
    outside = scores.without_entry
    if outside.right + outside.missed:
        rows.append(("names without an entry", *_cells(outside), "-", "-"))
    if not scores.complete:
        rows = [(*row[:3], "-", "-", row[5], "-", *row[7:]) for row in rows]
    notes = [] if scores.complete else ["The gold file lists only some citations: nothing is counted as wrong."]
    if scores.not_read:
        notes.append("Sources that the run did not read, left out: " + ", ".join(scores.not_read) + ".")
    return [
        Table(
            "Run against known citations",
            ("", "right", "missed", "wrong", "precision", "recall", "F1", "status right", "unclear"),
            tuple(rows),
            " ".join(notes),
        ),
        Table(
            "Misses",
            ("level", "what", "source", "target", "expected", "got", "sentence"),
            tuple(
                (miss.level, miss.what, miss.source, miss.target, miss.expected, miss.got, miss.sentence)
                for miss in scores.misses
            ),
        ),
    ]


def compare_outcomes(now: Mapping[str, str], before: Mapping[str, str]) -> Changes:
    """Gains and losses of this evaluation against an earlier one; keys are those of `Scores.outcomes`."""
    shared = {_case_of(key) for key in now} & {_case_of(key) for key in before}
    keys = [key for key in sorted({*now, *before}) if _case_of(key) in shared]
    pairs = [(key, before.get(key, "absent"), now.get(key, "absent")) for key in keys]
    found = [(key, old, new, old.startswith("found"), new.startswith("found")) for key, old, new in pairs]
    return Changes(
        gains=tuple(key for key, _, _, was, now_found in found if now_found and not was),
        losses=tuple(key for key, _, _, was, now_found in found if was and not now_found),
        flips=tuple(f"{key}: {old} -> {new}" for key, old, new, was, is_now in found if was and is_now and old != new),
        wrong_now=tuple(key for key, old, new in pairs if new == "wrong" and old != "wrong"),
        wrong_no_more=tuple(key for key, old, new in pairs if old == "wrong" and new != "wrong"),
        not_compared=sum(_case_of(key) not in shared for key in {*now, *before}),
    )


def changes_to_tables(changes: Changes) -> list[Table]:
    """Gains and losses, one row each."""
    groups = (
        ("gain", changes.gains),
        ("loss", changes.losses),
        ("status flip", changes.flips),
        ("wrong now", changes.wrong_now),
        ("wrong no more", changes.wrong_no_more),
    )
    counts = ", ".join(f"{len(keys)} {name}" for name, keys in groups)
    rows = tuple((name, key) for name, keys in groups for key in keys)
    note = (
        f"{counts}; {changes.not_compared} of cases that only one of the two holds." if changes.not_compared else counts
    )
    return [Table("Gains and losses against the saved scores", ("change", "label"), rows, note)]


def load_outcomes(path: Path) -> dict[str, str]:
    """The outcomes of an earlier evaluation, from the JSON that `--save` or `--json` wrote."""
    try:
        outcomes = json.loads(path.read_text(encoding="utf-8"))["outcomes"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CaseError(f"{path}: holds no saved scores; write some with `topology evaluate ... --save FILE`") from None
    return {str(key): str(value) for key, value in outcomes.items()}


def _cells(counts: Counts) -> tuple[str, ...]:
    rates = (f"{rate:.3f}" for rate in (counts.precision, counts.recall, counts.f1))
    return str(counts.right), str(counts.missed), str(counts.wrong), *rates


def _status_cells(counts: StatusCounts) -> tuple[str, ...]:
    planned = counts.planned
    rates = (f"{rate:.3f}" for rate in (planned.precision, planned.recall, planned.f1))
    return str(counts.right), str(counts.total), f"{counts.accuracy:.3f}", str(counts.unclear), *rates


def _case_of(key: str) -> str:
    return key.partition(" @")[0]
