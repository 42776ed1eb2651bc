"""`topology status`: the last runs, failed ones too; whether the last good one is recent enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pipeline.cli.options import Json, Output, print_json


def status(
    output: Output = None,
    as_json: Json = False,
    max_age: Annotated[
        float | None, typer.Option(help="Exit code 1 where the last good run ended longer ago, in hours.", min=0)
    ] = None,
    last: Annotated[int, typer.Option(help="How many runs are shown.", min=1)] = 14,
    clear: Annotated[bool, typer.Option("--clear", help="Throw the draft away that an alarm refused.")] = False,
) -> None:
    """Say how the last runs ended: published, unchanged, refused, nothing, misused, busy, failed, interrupted.

    A run is good if it was published, issues or not.

    Example: topology status --max-age 26
    """
    from datetime import UTC, datetime

    from pipeline.runs.history import GOOD, read_nights, read_running
    from pipeline.runs.workspace import Workspace
    from pipeline.settings import load_settings

    workspace = Workspace(load_settings(output=output).output)
    nights: list[Mapping[str, Any]] = list(read_nights(workspace.state))
    running = read_running(workspace.state)
    at_work = running.started if running and workspace.is_locked() else None
    if running and not at_work:
        nights.append(vars(running))
    good = [night for night in nights if night["outcome"] in GOOD]
    finished = datetime.fromisoformat(good[-1]["finished"]) if good else None
    age = round((datetime.now(UTC) - finished).total_seconds() / 3600, 2) if finished else None
    if clear:
        workspace.clear_refused()
    refused = str(workspace.refused) if workspace.refused.exists() else None
    if as_json:
        found = {"at_work_since": at_work, "last_good": good[-1] if good else None, "age_hours": age}
        print_json(found | {"refused": refused, "runs": nights[-last:]})
    else:
        for night in nights[-last:]:
            typer.echo(_describe(night))
        if at_work:
            typer.echo(f"{at_work}  at work")
        if refused:
            typer.echo(f"a refused draft waits: {refused}; when it is clear: topology status --clear")
    if max_age is not None and (age is None or age > max_age):
        told = f"ended {age:.1f} hours ago" if age is not None else "is not known"
        typer.echo(f"{workspace.output}: the last good run {told}; look at the runs above and run again", err=True)
        raise typer.Exit(1)


def _describe(night: Mapping[str, Any]) -> str:
    """One line a run."""
    counts, done = night["counts"], night["documents"]
    parts = [", ".join(f"{number} {action}" for action, number in done.items() if number and action != "total")]
    if counts.get("issues"):
        parts.append(f"{counts['issues']} issues, {night['new_issues']} new")
    if night["fetch"]:
        parts.append("fetch: " + ", ".join(f"{number} {name}" for name, number in night["fetch"].items()))
    parts.append(night["message"].partition("\n")[0])
    told = "; ".join(part for part in parts if part)
    code = "-" if night["exit"] is None else night["exit"]
    return f"{night['started']}  {night['outcome']:<11}  exit {code}  {told}".rstrip()
