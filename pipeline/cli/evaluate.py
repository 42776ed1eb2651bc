"""`topology evaluate`: scores on the command line.

Options go in; tables or JSON come out, and a page with what was gained and lost since the scores that were saved last.
The trap: this module is loaded for `topology --help`, so it imports nothing but typer until the command runs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.tables import Table

File = Path | None


def evaluate(
    cases: Annotated[File, typer.Option(help="Labelled cases, JSON Lines.")] = None,
    edges: Annotated[File, typer.Option(help="Known citations, CSV; scores the run in --run.")] = None,
    witness: Annotated[
        list[Path] | None,
        typer.Option(help="Folders or files (PDF, text, cases): count what each rule decides in them, with one place."),
    ] = None,
    fit: Annotated[
        list[Path] | None,
        typer.Option(help="Labelled cases: fit the confidence to them, and write model.yaml to the gazetteer."),
    ] = None,
    run: Annotated[Path, typer.Option(help="The run that --edges scores.")] = Path("extracted"),
    complete: Annotated[
        bool, typer.Option("--complete", help="The CSV holds every citation of its sources: count wrong ones.")
    ] = False,
    quality: Annotated[
        Path, typer.Option(help="The folder for the page and the saved scores, named after the cases.")
    ] = Path("quality"),
    against: Annotated[
        File, typer.Option(help="Show gains and losses against these scores, not those saved last.")
    ] = None,
    save: Annotated[File, typer.Option(help="Save the scores here, as JSON.")] = None,
    page: Annotated[File, typer.Option(help="Write the page here, as Markdown.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout instead of tables.")] = False,
    gazetteer: Annotated[Path, typer.Option(help="The gazetteer's folder.")] = Path("gazetteer"),
) -> None:
    """Score the program on labelled cases, or a run on known citations: what is right, missed, wrong, and why.

    Writes all of it on a page in the folder "quality", with --cases also what was gained and lost since the last time.

    Example: topology evaluate --cases cases.jsonl
    """
    from pipeline.evaluate.cases import CaseError
    from pipeline.knowledge import GazetteerError

    if sum(bool(given) for given in (cases, edges, witness, fit)) != 1:
        typer.echo("give --cases FILE, --edges FILE, --witness FOLDER or --fit FILE, see its --help", err=True)
        raise typer.Exit(2)
    if witness:
        _show_witnesses(witness, gazetteer, as_json)
        return
    stem = quality / (cases or edges or Path()).stem
    save, page = save or stem.with_suffix(".json"), page or stem.with_suffix(".md")
    before = against or (save if cases and save.exists() else None)
    try:
        if fit:
            _fit(fit, gazetteer)
            return
        scores, tables = _score_cases(cases, before, gazetteer) if cases else _score_edges(edges, run, complete)
        _write(scores, tables, save, page, as_json)
    except (CaseError, GazetteerError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(f"{error.filename}: cannot be written ({error.strerror}); name another --quality FOLDER", err=True)
        raise typer.Exit(1) from None


def _score_cases(cases: Path, against: File, gazetteer: Path) -> tuple[dict[str, object], list[Table]]:
    from pipeline.evaluate.cases import load_cases
    from pipeline.evaluate.report import (
        changes_to_tables,
        compare_outcomes,
        load_outcomes,
        scores_to_json,
        scores_to_tables,
    )
    from pipeline.evaluate.score import evaluate_pipeline
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.settings import Settings

    before = load_outcomes(against) if against else None
    scores = evaluate_pipeline(load_cases(cases), load_gazetteer(gazetteer), Settings(gazetteer=gazetteer))
    tables = scores_to_tables(scores)
    if before is not None:
        tables += changes_to_tables(compare_outcomes(scores.outcomes, before))
    return scores_to_json(scores), tables


def _fit(cases: list[Path], folder: Path) -> None:
    """Fit the confidence, write its numbers, and show how it does on cases that did not fit it."""
    from pipeline.evaluate.fit import fit_confidence, write_model
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.settings import Settings
    from pipeline.tables import Table, draw_tables

    known = load_gazetteer(folder)
    fitted = fit_confidence(cases, known, Settings(gazetteer=folder))
    path = write_model(fitted, known)
    rows = tuple((f"{low:.1f} to {high:.1f}", str(count), f"{share:.3f}") for low, high, count, share in fitted.bins)
    note = (
        f"{fitted.examples} citations, {fitted.wrong} of them wrong: area under the curve {fitted.area:.3f}, "
        f"expected calibration error {fitted.calibration_error:.3f}. Written: {path}"
    )
    title = "Confidence in the document, on cases that did not fit it"
    draw_tables([Table(title, ("confidence", "citations", "share right"), rows, note)], sys.stdout)


def _score_edges(edges: File, run: Path, complete: bool) -> tuple[dict[str, object], list[Table]]:
    from pipeline.evaluate.report import run_to_json, run_to_tables
    from pipeline.evaluate.run import score_run

    assert edges is not None
    scores = score_run(edges, run, complete)
    return run_to_json(scores), run_to_tables(scores)


def _show_witnesses(paths: list[Path], folder: Path, as_json: bool) -> None:
    from pipeline.evaluate.witness import count_witnesses
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.settings import Settings
    from pipeline.tables import Table, draw_tables

    counts = count_witnesses(paths, load_gazetteer(folder), Settings(gazetteer=folder))
    if as_json:
        json.dump([vars(count) for count in counts], sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    rows = tuple((count.kind, count.rule, str(count.times), count.place) for count in counts)
    idle = sum(count.times == 0 for count in counts)
    note = f"{idle} of {len(counts)} rules decided nothing here."
    draw_tables([Table("What each rule decided", ("kind", "rule", "times", "one place"), rows, note)], sys.stdout)


def _write(scores: dict[str, object], tables: list[Table], save: Path, page: Path, as_json: bool) -> None:
    from pipeline.store import write_json, write_text
    from pipeline.tables import draw_tables, tables_to_markdown

    if as_json:
        json.dump(scores, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        draw_tables(tables, sys.stdout)
    for path in (save, page):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_json(save, scores)
    write_text(page, "# Scores\n\n" + tables_to_markdown(tables))
    typer.echo(f"Page: {page}. Scores, for the next time: {save}.", err=True)
