"""`topology gazetteer check|add|try-alias`: the gazetteer on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Check the gazetteer, and add documents and names to it.")

Folder = Annotated[Path, typer.Option("--gazetteer", help="The gazetteer's folder.")]


@app.command()
def check(
    gazetteer: Folder = Path("gazetteer"),
    fix: Annotated[bool, typer.Option("--fix", help="Sort and tidy the tables before they are judged.")] = False,
    advice: Annotated[bool, typer.Option(help="Show advice on names besides errors and warnings.")] = True,
) -> None:
    """Say what is wrong with the gazetteer's files: place, value, remedy.

    Exit code 0: clean (advice may remain); 1: tables wait to be sorted, run --fix; 2: errors, nothing can run.

    Example: topology gazetteer check --fix
    """
    from pipeline.evaluate.check import check_gazetteer, exit_code
    from pipeline.records import Severity

    findings = check_gazetteer(gazetteer, fix)
    for finding in findings:
        if advice or finding.severity is not Severity.INFO:
            typer.echo(f"{finding.severity.value}: {gazetteer}/{finding.fault}")
    errors, warnings, hints = (sum(found.severity is severity for found in findings) for severity in Severity)
    typer.echo(
        f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}, "
        f"{hints} piece{'s' * (hints != 1)} of advice",
        err=True,
    )
    raise typer.Exit(exit_code(findings))


@app.command()
def add(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="The document's id; known ids only get aliases.")] = "",
    title: Annotated[str, typer.Option(help="Full official title.")] = "",
    short_title: Annotated[str, typer.Option(help="What the map writes; the title if left out.")] = "",
    acronym: Annotated[str, typer.Option(help="Acronym it goes by.")] = "",
    alias: Annotated[list[str] | None, typer.Option(help="Another name; may be given several times.")] = None,
    needs_support: Annotated[bool, typer.Option("--needs-support", help="The aliases alone prove nothing.")] = False,
    kind: Annotated[str, typer.Option(help="A kind of lanes.yaml; read off the title if left out.")] = "",
    lane: Annotated[str, typer.Option(help="A lane of lanes.yaml.")] = "",
    issued: Annotated[str, typer.Option(help="Date of adoption: 2027, 2027-01 or 2027-01-16.")] = "",
    period: Annotated[str, typer.Option(help="Years that it covers: 2027-2030.")] = "",
    supersedes: Annotated[list[str] | None, typer.Option(help="Id of a document that it replaces.")] = None,
    part_of: Annotated[str, typer.Option(help="Id of the plan that it belongs to.")] = "",
    dialogue_partner: Annotated[str, typer.Option(help="Partner beside ASEAN.")] = "",
    source: Annotated[str, typer.Option(help="Where you know it from, best an address.")] = "",
    confidence: Annotated[str, typer.Option(help="high, medium or low.")] = "medium",
    from_unlisted: Annotated[str, typer.Option(help="Take the name from this row of unlisted.csv.")] = "",
    run: Annotated[Path, typer.Option(help="The run whose unlisted.csv is meant.")] = Path("extracted"),
    gazetteer: Folder = Path("gazetteer"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change and write nothing.")] = False,
) -> None:
    """Add a document, or further names to a known one; nothing is written unless all of it is valid.

    What it changes in the texts of the last run is said on stderr.

    Example: topology gazetteer add asean-code-on-rivers-2027 --title "ASEAN Code on Rivers" --lane middle
    --issued 2027-01 --source https://asean.org/...
    """
    from pipeline.gazetteer.new_rows import NewDocument, add_new

    new = NewDocument(
        id=entry_id,
        title=title,
        short_title=short_title,
        acronym=acronym,
        aliases=tuple(alias or ()),
        needs_support=needs_support,
        kind=kind,
        lane=lane,
        issued=issued,
        period=period,
        supersedes=tuple(supersedes or ()),
        part_of=part_of,
        dialogue_partner=dialogue_partner,
        source=source,
        confidence=confidence,
    )
    unlisted = (run / "unlisted.csv", from_unlisted) if from_unlisted else None
    _say_changes(gazetteer, run, lambda folder: add_new(folder, new, unlisted))
    if not dry_run:
        typer.echo(add_new(gazetteer, new, unlisted))


@app.command("try-alias")
def try_alias(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The name to try.")],
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="The document that it would mean.")],
    run: Annotated[Path, typer.Option(help="The run to try it on.")] = Path("extracted"),
    gazetteer: Folder = Path("gazetteer"),
) -> None:
    """Say which citations of the last run a new alias would change, before it is saved.

    Example: topology gazetteer try-alias "Rivers Code" asean-code-on-rivers-2027
    """
    from pipeline.gazetteer.edit import add_aliases
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.records import Alias, AliasKind
    from pipeline.runs.trial import try_change
    from pipeline.settings import load_settings

    if entry_id not in load_gazetteer(gazetteer).entries:
        typer.echo(f"{entry_id}: is no id of {gazetteer}/documents.csv; add the document first", err=True)
        raise typer.Exit(2)
    alias = Alias(text, entry_id, AliasKind.VARIANT)
    settings = load_settings(output=run, gazetteer=gazetteer)
    trial = try_change(settings, lambda folder: add_aliases(folder, [alias]))
    for change in trial.changes:
        typer.echo(str(change))
    typer.echo(f"{len(trial.changes)} would change, {trial.kept} mean {entry_id} already; nothing is saved", err=True)


def _say_changes(gazetteer: Path, run: Path, change: Callable[[Path], object]) -> None:
    """Which citations of the last run would change; raises GazetteerError. Without a run there is nothing to say."""
    from pipeline.runs.trial import try_change
    from pipeline.runs.workspace import NoRunError
    from pipeline.settings import load_settings

    try:
        trial = try_change(load_settings(output=run, gazetteer=gazetteer), change)
    except NoRunError:
        return
    for each in trial.changes:
        typer.echo(str(each), err=True)
    typer.echo(f"{len(trial.changes)} citations of the last run would change", err=True)
