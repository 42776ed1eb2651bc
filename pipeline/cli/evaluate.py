"""`topology evaluate`: scores, and a page with what was gained and lost since the scores that were saved last."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Json, print_json

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.settings import Settings
    from pipeline.tables import Table

File = Path | None
Scored = tuple[dict[str, object], list["Table"]]


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
    as_json: Json = False,
    gazetteer: Annotated[Path, typer.Option(help="The gazetteer's folder.")] = Path("gazetteer"),
) -> None:
    """Score the program on labelled cases, or a run on known citations: what is right, missed, wrong, and why.

    Writes all of it on a page in the folder "quality", with --cases also what was gained and lost since the last time.

    Example: topology evaluate --cases cases.jsonl
    """
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.settings import Settings
    from pipeline.store import write_json, write_text
    from pipeline.tables import draw_tables, tables_to_markdown

    if sum(bool(given) for given in (cases, edges, witness, fit)) != 1:
        typer.echo("give --cases FILE, --edges FILE, --witness FOLDER or --fit FILE, see its --help", err=True)
        raise typer.Exit(2)
    known, settings = load_gazetteer(gazetteer), Settings(gazetteer=gazetteer)
    if witness:
        _show_witnesses(witness, known, settings, as_json)
        return
    if fit:
        _fit(fit, known, settings)
        return
    stem = quality / (cases or edges or Path()).stem
    save, page = save or stem.with_suffix(".json"), page or stem.with_suffix(".md")
    if cases:
        scores, tables = _score_cases(cases, against or (save if save.exists() else None), known, settings)
    else:
        scores, tables = _score_edges(edges or Path(), run, complete)
    if as_json:
        print_json(scores)
    else:
        draw_tables(tables, sys.stdout)
    try:
        for path in (save, page):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_json(save, scores)
        write_text(page, "# Scores\n\n" + tables_to_markdown(tables))
    except OSError as error:
        typer.echo(f"{error.filename}: cannot be written ({error.strerror}); name another --quality FOLDER", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Page: {page}. Scores, for the next time: {save}.", err=True)


def _score_cases(cases: Path, before: File, known: Gazetteer, settings: Settings) -> Scored:
    from pipeline.evaluate.cases import load_cases
    from pipeline.evaluate.report import compare_outcomes, load_outcomes, scores_to_json, scores_to_tables
    from pipeline.evaluate.score import evaluate_pipeline

    outcomes = load_outcomes(before) if before else None
    scores = evaluate_pipeline(load_cases(cases), known, settings)
    changes = [] if outcomes is None else [compare_outcomes(scores.outcomes, outcomes)]
    return scores_to_json(scores), [*scores_to_tables(scores), *changes]


def _score_edges(edges: Path, run: Path, complete: bool) -> Scored:
    from pipeline.evaluate.report import run_to_json, run_to_tables
    from pipeline.evaluate.run import score_run

    scores = score_run(edges, run, complete)
    return run_to_json(scores), run_to_tables(scores)


def _fit(cases: list[Path], known: Gazetteer, settings: Settings) -> None:
    """Fit the confidence, write its numbers, and show how it does on cases that did not fit it."""
    from pipeline.evaluate.fit import fit_confidence, write_model
    from pipeline.tables import Table, draw_tables

    fitted = fit_confidence(cases, known, settings)
    path = write_model(fitted, known)
    rows = tuple((f"{low:.1f} to {high:.1f}", str(count), f"{share:.3f}") for low, high, count, share in fitted.bins)
    note = (
        f"{fitted.examples} citations, {fitted.wrong} of them wrong: area under the curve {fitted.area:.3f}, "
        f"expected calibration error {fitted.calibration_error:.3f}. Written: {path}"
    )
    title = "Confidence in the document, on cases that did not fit it"
    draw_tables([Table(title, ("confidence", "citations", "share right"), rows, note)], sys.stdout)


def _show_witnesses(paths: list[Path], known: Gazetteer, settings: Settings, as_json: bool) -> None:
    from pipeline.evaluate.witness import count_witnesses
    from pipeline.tables import Table, draw_tables

    counts = count_witnesses(paths, known, settings)
    if as_json:
        print_json([vars(count) for count in counts])
        return
    rows = tuple((count.kind, count.rule, str(count.times), count.place) for count in counts)
    note = f"{sum(count.times == 0 for count in counts)} of {len(counts)} rules decided nothing here."
    draw_tables([Table("What each rule decided", ("kind", "rule", "times", "one place"), rows, note)], sys.stdout)
