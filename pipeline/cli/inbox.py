"""`topology inbox`: documents that the gazetteer lacks, to accept or to reject."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.options import Gazetteer, Json, Output, print_json

if TYPE_CHECKING:
    from pipeline.review.inbox import Proposal
    from pipeline.settings import Settings

app = typer.Typer(help="List documents without a row in the gazetteer; accept or reject the rows that a run proposes.")

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Ids of the list, with or without unlisted:")]


@app.callback(invoke_without_command=True)
def show(context: typer.Context, json: Json = False, output: Output = None, gazetteer: Gazetteer = None) -> None:
    """List what waits: documents of the corpus first, then names that several documents cite.

    Example: topology inbox accept code-on-rivers-2027
    """
    if context.invoked_subcommand is not None:
        return
    from dataclasses import asdict

    from pipeline.tables import Table, draw_tables

    _, waiting = _load(output, gazetteer)
    if json:
        print_json([asdict(each) for each in waiting])
        return
    rows = tuple((each.row_id, each.title, each.date, each.kind, each.file, str(each.documents)) for each in waiting)
    columns = ("id", "title", "date", "kind", "file", "cited by")
    note = "Accept with `topology inbox accept ID`, or look at the pages with `topology review`."
    draw_tables([Table("Inbox", columns, rows, note)], sys.stdout)


@app.command()
def accept(
    ids: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    json: Json = False,
    output: Output = None,
    gazetteer: Gazetteer = None,
) -> None:
    """Write the proposed rows into documents.csv and aliases.csv; the next run knows the documents by them.

    Exit code 2 where the gazetteer's validator refuses a row; the others are written.

    Example: topology inbox accept --all
    """
    from pipeline.knowledge import GazetteerError
    from pipeline.review.inbox import accept as write_row

    settings, waiting = _load(output, gazetteer)
    accepted, refused = [], []
    for each in _choose(waiting, ids or [], everything, settings):
        try:
            write_row(settings.gazetteer, each)
            accepted.append(each)
        except GazetteerError as error:
            refused.append({"id": each.row_id, "faults": [str(fault) for fault in error.faults]})
            typer.echo(f"{each.row_id}: {error}", err=True)
    _tell("accepted", accepted, refused, json)


@app.command()
def reject(ids: Ids = None, json: Json = False, output: Output = None, gazetteer: Gazetteer = None) -> None:
    """Take proposals out of the inbox for good; `accept` with the same id takes that back.

    Example: topology inbox reject minutes-of-a-meeting-2024
    """
    from datetime import UTC, datetime

    from pipeline.cli.review import login
    from pipeline.review.inbox import reject as write_rejection

    settings, waiting = _load(output, gazetteer)
    chosen = _choose(waiting, ids or [], False, settings)
    for each in chosen:
        write_rejection(settings.gazetteer, each, login(), datetime.now(UTC).isoformat(timespec="seconds"))
    _tell("rejected", chosen, [], json)


def _load(output: Path | None, gazetteer: Path | None) -> tuple[Settings, tuple[Proposal, ...]]:
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.review.inbox import read_inbox, undecided
    from pipeline.runs.workspace import find_run
    from pipeline.settings import load_settings

    settings = load_settings(output=output, gazetteer=gazetteer)
    find_run(settings.output, None)
    return settings, undecided(read_inbox(settings.output / "inbox.csv"), load_gazetteer(settings.gazetteer))


def _choose(waiting: tuple[Proposal, ...], ids: list[str], everything: bool, settings: Settings) -> list[Proposal]:
    """The named proposals, rejected ones too; ends with exit code 2 where one is unknown, before anything is done."""
    from pipeline.review.inbox import read_inbox

    if everything == bool(ids):
        typer.echo("name the ids of `topology inbox`, or say --all to accept", err=True)
        raise typer.Exit(2)
    if everything:
        return list(waiting)
    known = {name: each for each in read_inbox(settings.output / "inbox.csv") for name in (each.id, each.row_id)}
    known |= {name: each for each in waiting for name in (each.id, each.row_id)}
    if unknown := [each for each in ids if each not in known]:
        typer.echo(f"{', '.join(unknown)}: not in {settings.output / 'inbox.csv'}; `topology inbox` lists it", err=True)
        raise typer.Exit(2)
    return [known[each] for each in ids]


def _tell(deed: str, done: list[Proposal], refused: list[dict[str, Any]], json: bool) -> None:
    if json:
        print_json({deed: [each.row_id for each in done], "refused": refused})
    else:
        for each in done:
            typer.echo(f"{deed} {each.row_id}: {each.title}")
    typer.echo(f"{len(done)} {deed}, {len(refused)} refused; `topology run` takes it over", err=True)
    raise typer.Exit(2 if refused else 0)
