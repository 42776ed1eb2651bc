"""`topology run`: the whole run, with a closing table of what was found and where the map lies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.runs.history import RunResult
    from pipeline.settings import RunOptions, Settings

# Issues said on the terminal; all of them are in issues.csv.
_MOST_LINES = 20


def run(
    input: Annotated[Path | None, typer.Option(help="The folder of PDFs.  [raw_pdfs]")] = None,
    output: Annotated[Path | None, typer.Option(help="The folder that is published.  [extracted]")] = None,
    gazetteer: Annotated[Path | None, typer.Option(help="The gazetteer's folder.  [gazetteer]")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; 0 means one a core.  [0]", min=0)] = None,
    ocr: Annotated[str | None, typer.Option(help="Read pictures of text: off, auto or force.  [auto]")] = None,
    as_of: Annotated[str | None, typer.Option(help="What was known on this day decides `today`.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="Passwords of encrypted PDFs, one a line.")] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="First download what SOURCES.csv names.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read and link everything again.")] = False,
    accept_drop: Annotated[
        bool, typer.Option("--accept-drop", help="Publish although much less was found than last time.")
    ] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for another run on this output.", min=0)] = 0.0,
    exit_on: Annotated[
        str, typer.Option(help="Which issues give exit code 1: any, or new, those that the last run did not have.")
    ] = "any",
    prefect: Annotated[bool, typer.Option("--prefect", help="Run as a Prefect flow.")] = False,
) -> None:
    """Read the PDFs, find who cites whom, draw the map.

    Parameters that are not given come from flows.yaml, if it is there.

    Example: topology run --input raw_pdfs --output extracted
    """
    from pipeline.runs.history import traced
    from pipeline.runs.workspace import Workspace
    from pipeline.settings import EXIT_ON, RunOptions, SettingsError, load_settings

    if exit_on not in EXIT_ON:
        raise typer.BadParameter(f"{exit_on!r} is none of {', '.join(EXIT_ON)}.", param_hint="'--exit-on'")
    given: dict[str, object] = {"input": input, "output": output, "gazetteer": gazetteer, "workers": workers}
    given |= {"ocr": ocr, "as_of": as_of, "password_file": password_file}
    try:
        settings = load_settings(None, **given)
    except SettingsError:
        with traced(
            Workspace(output or Path("extracted")).state, exit_on
        ):  # a night that comes to nothing is told, too
            raise
    options = RunOptions(fetch=fetch, full=full, accept_drop=accept_drop, wait=wait, exit_on=exit_on)
    result = _run_as_flow(settings, options) if prefect else _run_here(settings, options)
    _say_issues(result)
    _say_summary(result, settings)
    raise typer.Exit(result.exit_code_on(exit_on))


def _run_here(settings: Settings, options: RunOptions) -> RunResult:
    from pipeline.core import run as run_core
    from pipeline.runs.pool import show_progress

    with show_progress() as progress:
        return run_core(settings, options, progress)


def _run_as_flow(settings: Settings, options: RunOptions) -> RunResult:
    """What a user must mend is said before Prefect starts, which takes a while and says it at length."""
    from pipeline.core import check_input

    check_input(settings)
    from pipeline.flow import run_flow

    return run_flow(settings, options)


def _say_issues(result: RunResult) -> None:
    for line in result.issues[:_MOST_LINES]:
        typer.echo(line, err=True)
    if len(result.issues) > _MOST_LINES:
        typer.echo(f"... and {len(result.issues) - _MOST_LINES} more in {result.output / 'issues.csv'}", err=True)


def _say_summary(result: RunResult, settings: Settings) -> None:
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.tables import Table, draw_tables

    rows = tuple((name, str(count)) for name, count in result.counts.items())
    empty = "" if load_gazetteer(settings.gazetteer).entries else " (holds no document yet: all names are unlisted)"
    waits = result.counts.get("waiting in the inbox")
    inbox = "Inbox: no row in the gazetteer yet; see them with `topology inbox`\n" if waits else ""
    where = f"Gazetteer: {settings.gazetteer}{empty}\n{inbox}Map: {result.output / 'topology_map.html'}"
    note = f"PDFs: {result.describe_actions()}.\n{where}"
    draw_tables([Table("What was found", ("", "number"), rows, note)], sys.stderr)
