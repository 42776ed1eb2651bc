"""The network of a run in the formats of other tools, one module a family of formats.

A pair of documents may hold two lines (existing and planned), so every format here carries parallel edges.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pipeline.export.network import Counts, Exported, ExportError

# The word on the command line, and the module that has `write_<word>` and `count_<word>`; in the order of `all`.
FORMATS: dict[str, str] = {
    "gexf": "graph_xml",
    "graphml": "graph_xml",
    "gephi": "tables",
    "neo4j": "tables",
    "cytoscape": "cytoscape",
    "cx2": "cytoscape",
    "dot": "dot",
    "vosviewer": "tables",
    "jsonld": "linked_data",
    "annotations": "linked_data",
}
_OWN_NAMES = {"cytoscape": "cyjs"}

Write = Callable[[Exported, Path], tuple[Path, ...]]
Count = Callable[[Path], Counts]


def load_exporter(name: str) -> tuple[Write, Count]:
    """What writes a format and what opens and counts it; raises ExportError naming the formats that exist."""
    if name not in FORMATS:
        raise ExportError(f"--format {name}: unknown; use one of {', '.join(FORMATS)} or all")
    module, word = import_module(f"pipeline.export.{FORMATS[name]}"), _OWN_NAMES.get(name, name)
    return getattr(module, f"write_{word}"), getattr(module, f"count_{word}")


def write_exports(network: Exported, folder: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    """Write the named formats (all of them for ("all",)) into `folder`."""
    wanted = tuple(FORMATS) if names == ("all",) else names
    writers = [load_exporter(name)[0] for name in wanted]
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(path for write in writers for path in write(network, folder))


def check_exports(network: Exported, folder: Path) -> list[tuple[str, Counts, bool]]:
    """For each format: what its reader counts in `folder`, and whether that equals the network."""
    found = [(name, load_exporter(name)[1](folder)) for name in FORMATS]
    wanted = {"annotations": network.citation_counts()}  # citations instead of nodes and edges
    return [(name, counts, counts == wanted.get(name, network.counts())) for name, counts in found]
