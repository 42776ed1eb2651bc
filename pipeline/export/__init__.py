"""One module per tool: each writes the network of a run into that tool's own format, and reads it back.

`write(network, folder)` writes the files and returns their paths; `count(folder)` opens them as the tool would and
returns `Counts`. The trap: a pair of documents may hold two lines (existing and planned), so every format here
must carry parallel edges.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from pipeline.export.network import Counts, ExportError, Network

# The word on the command line, and the module; the order in which `all` writes them.
FORMATS: dict[str, str] = {
    "gexf": "gexf",
    "graphml": "graphml",
    "gephi": "gephi",
    "neo4j": "neo4j",
    "cytoscape": "cytoscape",
    "cx2": "cx2",
    "dot": "dot",
    "vosviewer": "vosviewer",
    "jsonld": "jsonld",
    "annotations": "annotations",
}


class Exporter(Protocol):
    """What every module of this package offers."""

    def write(self, network: Network, folder: Path) -> tuple[Path, ...]:
        """Write the network into `folder`; returns the files written."""

    def count(self, folder: Path) -> Counts:
        """Open what `write` wrote and count it."""


def load_exporter(name: str) -> Exporter:
    """The module of one format; raises ExportError naming the formats that exist."""
    if name not in FORMATS:
        raise ExportError(f"--format {name}: unknown; use one of {', '.join(FORMATS)} or all")
    return cast(Exporter, import_module(f"pipeline.export.{FORMATS[name]}"))


def write_exports(network: Network, folder: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    """Write the named formats (all of them for ("all",)) into `folder`."""
    wanted = tuple(FORMATS) if names == ("all",) else names
    exporters = [load_exporter(name) for name in wanted]
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(path for exporter in exporters for path in exporter.write(network, folder))


def check_exports(network: Network, folder: Path) -> list[tuple[str, Counts, bool]]:
    """For each format: what its reader counts in `folder`, and whether that equals the network."""
    expected = network.counts()
    found = [(name, load_exporter(name).count(folder)) for name in FORMATS]
    return [(name, counts, counts == expected_of(name, expected, network)) for name, counts in found]


def expected_of(name: str, expected: Counts, network: Network) -> Counts:
    """What a format must count; annotations hold citations instead of nodes and edges."""
    return network.citation_counts() if name == "annotations" else expected
