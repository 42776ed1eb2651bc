"""Scores as people and programs read them: tables on a terminal, plain text, a Markdown page, JSON, gains and losses.

In: `Scores`, and the JSON of an earlier evaluation to compare with. Out: text. The trap: gains and losses compare
label by label, so only cases that both files hold are compared; the others are counted, not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pipeline.cases import CaseError
from pipeline.evaluate import Scores
from pipeline.tally import Counts, StatusCounts, share

# Characters of a plain table's cell: a line of two names and a few figures stays readable. JSON holds the whole.
WIDEST = 56


@dataclass(frozen=True)
class Table:
    """A titled table of ready-made cells; the first columns are words, the others figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


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
        "unlabelled": scores.unlabelled,
        "unlabelled_share": round(_unlabelled_share(scores), 4),
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
            f"Forbidden spans returned: {scores.forbidden}. Names without an entry that touch no label: "
            f"{scores.unlabelled} ({_unlabelled_share(scores):.1%} of what was found).",
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
            "Confidence of the links against the labels",
            ("confidence up to", "links", "right", "share right", "mean confidence"),
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


def draw_scores(scores: Scores, stream: TextIO) -> None:
    """Write all tables of the scores."""
    draw_tables(scores_to_tables(scores), stream)


def draw_tables(tables: Iterable[Table], stream: TextIO) -> None:
    """Rich tables on a terminal, plain aligned text elsewhere."""
    for table in tables:
        if stream.isatty():
            _draw_rich(table, stream)
        else:
            stream.write(_draw_plain(table) + "\n")


def tables_to_markdown(tables: Iterable[Table]) -> str:
    """The tables as one Markdown page."""
    return "\n".join(_draw_markdown(table) for table in tables)


def _unlabelled_share(scores: Scores) -> float:
    found = scores.links.right + scores.links.wrong + scores.unlabelled
    return scores.unlabelled / found if found else 0.0


def _cells(counts: Counts) -> tuple[str, ...]:
    rates = (f"{rate:.3f}" for rate in (counts.precision, counts.recall, counts.f1))
    return str(counts.right), str(counts.missed), str(counts.wrong), *rates


def _status_cells(counts: StatusCounts) -> tuple[str, ...]:
    planned = counts.planned
    rates = (f"{rate:.3f}" for rate in (planned.precision, planned.recall, planned.f1))
    return str(counts.right), str(counts.total), f"{counts.accuracy:.3f}", str(counts.unclear), *rates


def _case_of(key: str) -> str:
    return key.partition(" @")[0]


def _draw_rich(table: Table, stream: TextIO) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as RichTable

    drawn = RichTable(title=table.title, caption=table.note or None, title_justify="left", caption_justify="left")
    for number, column in enumerate(table.columns):
        drawn.add_column(column, justify="right" if _is_figures(table, number) else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*map(escape, row))
    Console(file=stream).print(drawn)


def _draw_plain(table: Table) -> str:
    """Aligned columns; a last column of sentences goes on a line of its own."""
    wide = bool(table.columns) and table.columns[-1] == "sentence"
    shown = [[_cut(cell) for cell in (row[:-1] if wide else row)] for row in (table.columns, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = [table.title, "-" * len(table.title)]
    for number, cells in enumerate(shown):
        aligned = (
            cell.rjust(width) if _is_figures(table, place) else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        lines.append("  ".join(aligned).rstrip())
        if wide and number:
            lines.append("    " + table.rows[number - 1][-1])
    if not table.rows:
        lines.append("none")
    return "\n".join([*lines, *([table.note] if table.note else []), ""])


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 1] + "…"


def _draw_markdown(table: Table) -> str:
    if not table.rows:
        return f"## {table.title}\n\nNone. {table.note}".rstrip() + "\n"
    rule = ["---:" if _is_figures(table, number) else "---" for number in range(len(table.columns))]
    rows: Sequence[Sequence[str]] = (table.columns, rule, *table.rows)
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    note = [table.note, ""] if table.note else []
    return "\n".join([f"## {table.title}", "", *lines, "", *note])


def _is_figures(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows]
    return bool(cells) and all(cell.replace(".", "", 1).isdigit() or cell == "-" for cell in cells)
