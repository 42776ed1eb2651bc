"""`topology init` and `demo`: a new project folder for another institution or corpus, and the example with its run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[Path, typer.Argument(help="The new folder.", metavar="DIR")],
    with_documents: Annotated[
        bool, typer.Option("--with-documents", help="Take the documents of the shipped gazetteer along.")
    ] = False,
) -> None:
    """Make a project folder: flows.yaml, raw_pdfs/, and a gazetteer without documents.

    Example: topology init rivers
    """
    from pipeline.cli.project import make_project

    for path in make_project(folder, with_documents):
        typer.echo(path)
    if not with_documents:
        typer.echo("the gazetteer knows no document yet; `--with-documents` takes those of ASEAN along", err=True)
    typer.echo(f"put PDFs into {folder / 'raw_pdfs'}, then: cd {folder} && topology run", err=True)


def demo(
    folder: Annotated[Path, typer.Argument(help="The new folder.", metavar="DIR")] = Path("topology-demo"),
) -> None:
    """Make the example project, short specimens of ASEAN documents that cite each other, and run it.

    Example: topology demo asean
    """
    from pipeline.cli.project import make_example
    from pipeline.cli.run import run

    make_example(folder)
    typer.echo(f"the project is {folder}; go on there: cd {folder} && topology review", err=True)
    os.chdir(folder)
    run()
