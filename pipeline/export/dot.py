"""DOT for Graphviz: one rank per year, existing solid blue, planned dashed orange."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from pipeline.export.network import LINE_COLOURS, Counts, Exported
from pipeline.results import Line, Node
from pipeline.store import write_text

_FILE = "topology.dot"
_STYLES = {"planned": ", style=dashed", "unclear": ", style=dotted"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def write_dot(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write topology.dot."""
    body = [
        "digraph topology {",
        "  rankdir=TB;",
        "  node [shape=box, fontname=Helvetica];",
        *(_node(node) for node in network.nodes),
        *_ranks(network.nodes),
        *(_edge(line) for line in network.lines),
        "}",
    ]
    write_text(folder / _FILE, "\n".join(body) + "\n")
    return (folder / _FILE,)


def count_dot(folder: Path) -> Counts:
    """Count the statements of the file (this package writes one a line)."""
    text = (folder / _FILE).read_text(encoding="utf-8")
    return Counts.of(
        len(re.findall(r"^  \"(?:[^\"\\]|\\.)*\" \[label=", text, re.M)),
        re.findall(r" -> .* \[status=(\w+),", text),
    )


def _quoted(text: str) -> str:
    r"""A DOT string: only the quote and the backslash are special (and `\n` and the like would be line ends)."""
    return '"' + _CONTROL.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _node(node: Node) -> str:
    values = {"label": _quoted(node.label), "lane": _quoted(node.lane), "kind": _quoted(node.kind), "year": node.year}
    written = ", ".join(f"{name}={value}" for name, value in values.items() if value is not None)
    return f"  {_quoted(node.id)} [{written}];"


def _ranks(nodes: tuple[Node, ...]) -> list[str]:
    dated = sorted((node for node in nodes if node.year is not None), key=lambda node: (node.year or 0, node.id))
    return [
        "  { rank=same; " + " ".join(_quoted(node.id) + ";" for node in group) + " }"
        for _, group in groupby(dated, key=lambda node: node.year)
    ]


def _edge(line: Line) -> str:
    style = f'color="{LINE_COLOURS[line.status]}"' + _STYLES.get(line.status, "")
    return f"  {_quoted(line.source)} -> {_quoted(line.target)} [status={line.status}, weight={line.weight}, {style}];"
