"""Evaluations as people and programs read them: tables, JSON, gains and losses.

In: `Scores` or `RunScores`, and the JSON of an earlier evaluation to compare with. Out: tables and plain JSON values.
Gains and losses compare label by label, so cases that only one of the evaluations holds are counted, not judged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.evaluate.cases import CaseError
from pipeline.evaluate.run import RunMiss, RunScores
from pipeline.evaluate.score import Miss, Scores
from pipeline.evaluate.tally import Counts, StatusCounts, share
from pipeline.tables import Table

_CHANGES = ("gain", "loss", "status flip", "wrong now", "wrong no more")


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
        _miss_table(scores.misses),
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
        _miss_table(scores.misses),
    ]


def compare_outcomes(now: Mapping[str, str], before: Mapping[str, str]) -> Table:
    """Gains and losses of this evaluation against an earlier one, one row each; keys are those of `Scores.outcomes`."""
    shared = {_case_of(key) for key in now} & {_case_of(key) for key in before}
    keys = sorted({*now, *before})
    changes: dict[str, list[str]] = {name: [] for name in _CHANGES}
    for key in keys:
        old, new = before.get(key, "absent"), now.get(key, "absent")
        was_found, is_found = old.startswith("found"), new.startswith("found")
        if old == new or _case_of(key) not in shared:
            continue
        if was_found != is_found:
            changes["gain" if is_found else "loss"].append(key)
        elif is_found:
            changes["status flip"].append(f"{key}: {old} -> {new}")
        if "wrong" in (old, new):
            changes["wrong now" if new == "wrong" else "wrong no more"].append(key)
    note = ", ".join(f"{len(found)} {name}" for name, found in changes.items())
    if apart := sum(_case_of(key) not in shared for key in keys):
        note += f"; {apart} of cases that only one of the two holds."
    rows = tuple((name, key) for name, found in changes.items() for key in found)
    return Table("Gains and losses against the saved scores", ("change", "label"), rows, note)


def load_outcomes(path: Path) -> dict[str, str]:
    """The outcomes of an earlier evaluation, from the JSON that `--save` or `--json` wrote."""
    try:
        outcomes = json.loads(path.read_text(encoding="utf-8"))["outcomes"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CaseError(f"{path}: holds no saved scores; write some with `topology evaluate ... --save FILE`") from None
    return {str(key): str(value) for key, value in outcomes.items()}


def _miss_table(misses: Sequence[Miss | RunMiss]) -> Table:
    columns = tuple(name.removesuffix("_id") for name in vars(misses[0])) if misses else ("what",)
    return Table("Misses", columns, tuple(tuple(vars(miss).values()) for miss in misses))


def _cells(counts: Counts) -> tuple[str, ...]:
    return str(counts.right), str(counts.missed), str(counts.wrong), *(f"{rate:.3f}" for rate in counts.rates)


def _status_cells(counts: StatusCounts) -> tuple[str, ...]:
    rates = (f"{rate:.3f}" for rate in counts.planned.rates)
    return str(counts.right), str(counts.total), f"{counts.accuracy:.3f}", str(counts.unclear), *rates


def _case_of(key: str) -> str:
    return key.partition(" @")[0]
