"""`topology deploy`: the deployments of flows.yaml on a Prefect server.

Prefect imports a flow from the current folder first, where an old checkout or something of a stranger may lie beside
the PDFs. So this program is imported before Prefect looks for it: here, when deploying, and as this module, which
`command` in flows.yaml makes the main program of each flow run.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer


def deploy(file: Annotated[Path, typer.Option(help="The deployment file.")] = Path("flows.yaml")) -> None:
    """Deploy what flows.yaml holds, from the project folder; again after each change of it.

    Prefect's own `prefect deploy --prefect-file flows.yaml --all` does the same, but imports what lies in the folder.

    Example: topology deploy --file flows.yaml
    """
    from pipeline.settings import read_flows

    read_flows(file)
    from prefect.cli import app

    import pipeline.flow  # noqa: F401  so that Prefect looks for it nowhere else

    sys.argv[1:] = ["--no-prompt", "deploy", "--prefect-file", str(file), "--all"]
    app()


def find_project() -> dict[str, str]:
    """Prefect's build step: the folder in which somebody deploys, and how its runs are started."""
    command = shlex.join([sys.executable, "-P", "-m", "pipeline.cli.deploy"])
    return {"directory": str(Path.cwd()), "command": command}


def run_engine() -> None:
    """The main program of a flow run: Prefect's, with the flow already imported."""
    import runpy

    import pipeline.flow  # noqa: F401

    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    run_engine()
