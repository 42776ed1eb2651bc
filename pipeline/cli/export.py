"""`topology export`: the network of the last run in the formats of other tools, and the check that they open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    format: Annotated[str, typer.Option(help="gexf, graphml, gephi, neo4j, cytoscape, cx2, dot ... or all.")] = "all",
    output: Annotated[Path, typer.Option(help="The folder of the run.")] = Path("extracted"),
    to: Annotated[Path | None, typer.Option(help="Where to write.  [<output>/exports]")] = None,
    check: Annotated[bool, typer.Option("--check", help="Open what is there and count, write nothing.")] = False,
) -> None:
    """Write the network for other tools, or check that what was written opens there.

    Example: topology export --format gexf
    """
    from pipeline.export import check_exports, write_exports
    from pipeline.export.network import read_network

    network = read_network(output)
    folder = to or output / "exports"
    if not check:
        for path in write_exports(network, folder, (format,)):
            typer.echo(path)
        return
    rows = check_exports(network, folder)
    for name, counts, right in rows:
        statuses = ", ".join(f"{count} {status}" for status, count in counts.statuses)
        typer.echo(f"{name}: {counts.nodes} nodes, {counts.edges} edges ({statuses}): {'ok' if right else 'DIFFERS'}")
    raise typer.Exit(0 if all(right for _, _, right in rows) else 1)
