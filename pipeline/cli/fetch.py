"""`topology fetch`: the PDFs and pages that SOURCES.csv and WATCH.csv name, into the input folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Json, print_json

if TYPE_CHECKING:
    from pipeline.fetch.fetch import Outcome
    from pipeline.settings import Settings


def fetch(
    input: Annotated[Path | None, typer.Option(help="The folder of PDFs with SOURCES.csv.  [raw_pdfs]")] = None,
    as_json: Json = False,
) -> None:
    """Download what SOURCES.csv names and the pages of WATCH.csv link to; only what is new, nothing is overwritten.

    A web page is kept as .html; where it only announces a PDF, that is downloaded. Exit code 1 where an address gave
    nothing; 3 where none did.

    Example: topology fetch --input raw_pdfs
    """
    from dataclasses import asdict

    from pipeline.fetch.fetch import REFUSED
    from pipeline.settings import load_settings

    outcomes = fetch_and_tell(load_settings(input=input))
    if as_json:
        print_json([asdict(each) for each in outcomes])
    refused = sum(each.outcome == REFUSED for each in outcomes)
    raise typer.Exit(0 if not refused else 3 if refused == len(outcomes) else 1)


def fetch_and_tell(settings: Settings) -> tuple[Outcome, ...]:
    """Fetch, and say on stderr what is new and what could not be had."""
    from datetime import date

    from pipeline.fetch.fetch import count_outcomes, tell_outcomes
    from pipeline.fetch.fetch import fetch as fetch_all
    from pipeline.runs.pool import show_progress

    with show_progress() as progress:
        outcomes = fetch_all(settings, date.today(), progress)
    for line in tell_outcomes(outcomes):
        typer.echo(line, err=True)
    typer.echo(", ".join(f"{count} {name}" for name, count in count_outcomes(outcomes).items()), err=True)
    return outcomes
