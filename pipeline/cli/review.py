"""`topology review` and `topology labels`: the review page, and labelled data out and in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Gazetteer, Input, Output

if TYPE_CHECKING:
    from pipeline.settings import Settings

labels = typer.Typer(no_args_is_help=True, help="Take judged citations away as labelled data, and bring labels back.")

Form = Annotated[str, typer.Option("--format", help="jsonl, label-studio or doccano.")]
Reviewer = Annotated[str, typer.Option(help="Your name in the log; the page can change it.  [your login]")]


def review(
    host: Annotated[str, typer.Option(help="Address to listen on; all but loopback ask for a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8400,
    reviewer: Reviewer = "",
    input: Input = None,
    output: Output = None,
    gazetteer: Gazetteer = None,
) -> None:
    """Open the review page over the last run: one key per decision, kept in the gazetteer's judgements.jsonl.

    Example: topology review --port 8400
    """
    from pipeline.review.app import serve
    from pipeline.review.security import make_access

    settings = _settings(input, output, gazetteer)

    def say_changes(change: Callable[[Path], object]) -> list[str]:
        """Loaded with the first trial: the server itself needs no stage of the run."""
        from pipeline.runs.trial import try_change
        from pipeline.runs.workspace import NoRunError

        try:
            return [str(each) for each in try_change(settings, change).changes]
        except NoRunError as error:
            return [str(error)]

    serve(settings, make_access(host, port, reviewer or login()), say_changes)


@labels.command("export")
def export_command(
    form: Form = "jsonl",
    everything: Annotated[bool, typer.Option("--all", help="Also what nobody has judged yet.")] = False,
    output: Output = None,
    gazetteer: Gazetteer = None,
) -> None:
    """Write the judged sentences with their labels to stdout.

    Example: topology labels export --format doccano > labels.jsonl
    """
    from pipeline.review.labels import check_format, export_labels
    from pipeline.review.snapshot import SnapshotStore

    check_format(form)
    snapshot = SnapshotStore(_settings(None, output, gazetteer)).snapshot()
    judged = [each for each in snapshot.judged.values() if each.review_state or everything]
    dates = {each.id: str(each.issued or "") for each in snapshot.gazetteer.entries.values()}
    sys.stdout.write(export_labels(judged, form, dates))


@labels.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="What came back.")],
    form: Form = "jsonl",
    reviewer: Reviewer = "",
    output: Output = None,
    gazetteer: Gazetteer = None,
) -> None:
    """Add the judgements that a file of labels makes; a second time it adds nothing.

    Exit code 1 where labels meet no citation of the last run; each is listed.

    Example: topology labels import labels.jsonl --format doccano --reviewer ana
    """
    from datetime import UTC, datetime

    from pipeline.review.labels import check_format, import_labels, read_text
    from pipeline.review.snapshot import SnapshotStore

    check_format(form)
    store = SnapshotStore(_settings(None, output, gazetteer))
    snapshot = store.snapshot()
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    who = reviewer or login()
    made, issues = import_labels(read_text(file), form, snapshot.run.values(), snapshot.lines, who, now)
    store.record(made)
    for issue in issues:
        typer.echo(f"{issue.message}; {issue.remedy}", err=True)
    typer.echo(
        f"{len(made)} judgement{'s' * (len(made) != 1)} added, {len(issues)} labels without a citation", err=True
    )
    raise typer.Exit(1 if issues else 0)


@labels.command()
def agreement(
    seen: Annotated[bool, typer.Option("--seen", help="Also where the second reviewer had seen the first.")] = False,
    gazetteer: Gazetteer = None,
) -> None:
    """Say how far each two reviewers agree: Cohen's kappa, span F1, and where they differ.

    Example: topology labels agreement
    """
    from pipeline.review.agreement import compare_reviewers
    from pipeline.review.judgements import FILE_NAME, read_judgements
    from pipeline.review.verdicts import describe
    from pipeline.tables import Table, draw_tables

    said = read_judgements(_settings(None, None, gazetteer).gazetteer / FILE_NAME)
    found = compare_reviewers(said.lines, blind_only=not seen)
    rows = []
    for each in found:
        kappas = (each.kappa_citation, each.kappa_target, each.kappa_status, each.span_f1)
        figures = ("-" if value is None else f"{value:.3f}" for value in kappas)
        rows.append((f"{each.left}, {each.right}", str(each.pairs), str(each.agreed), *figures))
    columns = ("reviewers", "both judged", "agreed", "kappa citation", "kappa document", "kappa status", "span F1")
    draw_tables(
        [Table("Agreement of reviewers", columns, tuple(rows), "- where both always said the same")], sys.stdout
    )
    for each in found:
        for left, right in each.disagreements:
            typer.echo(f"{left.citation_id}: {describe(left)} | {describe(right)}")


def _settings(input: Path | None, output: Path | None, gazetteer: Path | None) -> Settings:
    from pipeline.settings import load_settings

    return load_settings(input=input, output=output, gazetteer=gazetteer)


def login() -> str:
    """The login name; a container may have none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"
