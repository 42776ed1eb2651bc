"""`topology`: the command line. Data goes to stdout, talk to stderr.

Exit codes: 0 done; 1 done, with issues to clear; 2 wrong use or wrong input; 3 nothing could be produced.
Everything heavy is imported inside the command that needs it, so that `topology --help` answers at once. Whatever a
user can cause ends in one line of file, value and remedy, never in a traceback.
"""

from __future__ import annotations

import inspect
import sys
import traceback

import typer
from typer.exceptions import Abort, TyperException

from pipeline.cli.cite import cite, read
from pipeline.cli.deploy import deploy
from pipeline.cli.evaluate import evaluate
from pipeline.cli.export import export
from pipeline.cli.fetch import fetch
from pipeline.cli.gazetteer import app as gazetteer
from pipeline.cli.inbox import app as inbox
from pipeline.cli.init import demo, init
from pipeline.cli.results import changes, draw_map, ledger
from pipeline.cli.review import labels, review
from pipeline.cli.run import run
from pipeline.cli.status import status

_EXAMPLE = "\n\nExample: "


def make_app() -> typer.Typer:
    """The commands, each with the example of its docstring at the end of its help."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Who cites whom: from a folder of PDFs to the topology map.",
        epilog="Example: topology run --input raw_pdfs --output extracted",
    )
    app.command()(run)
    app.command("map")(draw_map)
    for command in (cite, read, ledger, changes, review, evaluate, export, fetch, init, demo, status, deploy):
        app.command()(command)
    app.add_typer(gazetteer, name="gazetteer", epilog="Example: topology gazetteer check --fix")
    app.add_typer(labels, name="labels", epilog="Example: topology labels export --format label-studio")
    app.add_typer(inbox, name="inbox", epilog="Example: topology inbox accept --all")
    for group in (app, gazetteer, labels, inbox):
        _move_examples(group)
    return app


def main() -> None:
    """Run the command that was typed and leave with its exit code."""
    sys.exit(run_app(sys.argv[1:]))


def run_app(arguments: list[str]) -> int:
    """Run the command that the arguments name; returns its exit code."""
    try:
        code = make_app()(arguments, prog_name="topology", standalone_mode=False)
    except TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "topology")
        return _say(f"{command}: {error.format_message()} See `{command} --help`", 2)
    except Abort:
        return _say("stopped; what was published before is as it was", 130)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        told = f"{place}{error.strerror or error}; mend that and run again, what was published before is as it was"
        return _say(told, 3)
    except Exception as error:
        return _say_error(error)
    return code if isinstance(code, int) else 0


def _move_examples(group: typer.Typer) -> None:
    for command in group.registered_commands:
        text = inspect.getdoc(command.callback) or ""
        command.help, _, example = text.partition(_EXAMPLE)
        command.epilog = f"Example: {' '.join(example.split())}"


def _say_error(error: Exception) -> int:
    """One line for what a user must mend, errors that our modules define; the traceback of a fault of the program."""
    from pipeline.runs.history import describe_end

    if type(error).__module__.startswith("pipeline."):
        return _say("\n".join((str(error), *getattr(error, "__notes__", ()))), describe_end(error)[1])
    traceback.print_exception(error)
    return _say("this is a fault of the program: please report it with the lines above", 3)


def _say(line: str, code: int) -> int:
    typer.echo(line, err=True)
    return code
