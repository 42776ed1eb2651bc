"""`topology map`, `topology ledger`, `topology changes`: the last run looked at in other ways, without a new run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.options import Gazetteer, Output, check_choice

Day = Annotated[str | None, typer.Option("--as-of", help="What was known on this day: 2019-12-31.")]

# The words of --include, and the drawing rule that each switches off.
_RULES = {"declarations": "hide_declaration_links", "dialogue-partners": "hide_dialogue_partners"}


def draw_map(
    as_of: Day = None,
    include: Annotated[str, typer.Option(help="Draw also: declarations, dialogue-partners, or both.")] = "",
    form: Annotated[list[str] | None, typer.Option("--format", help="svg, html, png or pdf; several times.")] = None,
    focus: Annotated[str | None, typer.Option(help="Only this document and its neighbours.")] = None,
    depth: Annotated[int, typer.Option(help="How many lines away neighbours may be.", min=1)] = 1,
    years: Annotated[str | None, typer.Option(help="First and last year: 2015-2021, 2015- or -2021.")] = None,
    lane: Annotated[list[str] | None, typer.Option(help="Only documents of this lane; several times.")] = None,
    min_weight: Annotated[int | None, typer.Option(help="Only lines with so many citations.", min=1)] = None,
    min_confidence: Annotated[float | None, typer.Option(help="Only lines this sure.", min=0, max=1)] = None,
    output: Output = None,
    to: Annotated[Path | None, typer.Option(help="The folder to draw into.  [the output folder]")] = None,
    gazetteer: Gazetteer = None,
) -> None:
    """Draw the map of the last run again: other rules, another day, a part of it, another format.

    Example: topology map --as-of 2019-12-31 --include declarations --format pdf --to figures
    """
    from pipeline.map import FORMATS, View, write_map
    from pipeline.runs.scan import known_documents
    from pipeline.runs.workspace import find_run
    from pipeline.settings import load_settings

    rules: dict[str, Any] = {"min_weight": min_weight, "min_confidence": min_confidence, **_included(include)}
    settings = load_settings(output=output, gazetteer=gazetteer, as_of=as_of, **rules)
    find_run(settings.output, None)
    view = View(settings.as_of, focus, depth, _read_years(years or "-"), tuple(lane or ()))
    formats = tuple(form or ("svg", "html", "png"))
    for each in formats:
        check_choice("--format", each, FORMATS)
    known = known_documents(settings.gazetteer)
    for path in write_map(settings.output, known, settings.map, view, formats, to or settings.output):
        typer.echo(path)


def ledger(
    as_of: Day = None,
    form: Annotated[str, typer.Option("--format", help="text or csv.")] = "text",
    output: Output = None,
    gazetteer: Gazetteer = None,
) -> None:
    """Say what was promised, by whom, for when, and what became of it by the day that is asked for.

    Example: topology ledger --as-of 2019-12-31
    """
    from pipeline.contract import PROMISES
    from pipeline.ledger import build_ledger, format_ledger, promise_rows
    from pipeline.runs.corpus import load_corpus, without_evidence
    from pipeline.runs.scan import known_documents
    from pipeline.settings import load_settings
    from pipeline.store import format_csv

    settings = load_settings(output=output, gazetteer=gazetteer, as_of=as_of)
    check_choice("--format", form, ("text", "csv"))
    known = known_documents(settings.gazetteer)
    documents = [without_evidence(judged) for _, judged in load_corpus(known, settings).walk()]
    promises = build_ledger(documents, known, settings.as_of)
    if form == "csv":
        sys.stdout.write(format_csv(PROMISES.names, promise_rows(promises)))
    else:
        sys.stdout.write(format_ledger(promises) + "\n")


def changes(
    against: Annotated[str | None, typer.Option(help="A kept run's number, or another output folder.")] = None,
    form: Annotated[str, typer.Option("--format", help="text or csv.")] = "text",
    output: Output = None,
) -> None:
    """Say what the last run changed and why; with --against, what changed since an earlier run.

    Example: topology changes --against 3
    """
    from pipeline.changes import compare_runs, format_changes, to_rows
    from pipeline.contract import CHANGES
    from pipeline.runs.workspace import find_run
    from pipeline.settings import load_settings
    from pipeline.store import format_csv

    settings = load_settings(output=output)
    check_choice("--format", form, ("text", "csv"))
    now = find_run(settings.output, None)
    if against is None:
        name = "changes.csv" if form == "csv" else "changes.md"
        sys.stdout.write((now / name).read_text(encoding="utf-8"))
        return
    found = compare_runs(find_run(settings.output, against), now)
    if form == "csv":
        sys.stdout.write(format_csv(CHANGES.names, to_rows(found)))
    else:
        sys.stdout.write(format_changes(found, f"Changes since run {against}") + "\n")


def _included(include: str) -> dict[str, bool]:
    chosen = [word.strip() for word in include.split(",") if word.strip()]
    for word in chosen:
        check_choice("--include", word, _RULES)
    return {_RULES[word]: False for word in chosen}


def _read_years(text: str) -> tuple[int | None, int | None]:
    from pipeline.runs.scan import InputError

    first, dash, last = text.partition("-")
    if not all(part.isdigit() or not part for part in (first, last)):
        raise InputError(f"--years: {text!r} is no range of years; write 2015-2021, 2015- or -2021")
    return int(first) if first else None, int(last) if last else (int(first) if first and not dash else None)
