"""Tables as a terminal, a text file and a Markdown page show them.

In: `Table` records of ready-made cells. Out: text. The trap: on a terminal the width is the terminal's, in a file it is
the text's, so long cells are cut there; what must be whole belongs into JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

# Characters of a plain cell: two names and a few figures stay readable on one line.
WIDEST = 56


@dataclass(frozen=True)
class Table:
    """A titled table of ready-made cells; the first columns are words, the others figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def draw_tables(tables: Iterable[Table], stream: TextIO) -> None:
    """Rich tables on a terminal, plain aligned text elsewhere."""
    for table in tables:
        if stream.isatty():
            _draw_rich(table, stream)
        else:
            stream.write(_draw_plain(table) + "\n")


def tables_to_markdown(tables: Iterable[Table]) -> str:
    """The tables as one Markdown page."""
    return "\n".join(_draw_markdown(table) for table in tables)


def _draw_rich(table: Table, stream: TextIO) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as RichTable

    drawn = RichTable(title=table.title, caption=table.note or None, title_justify="left", caption_justify="left")
    for number, column in enumerate(table.columns):
        drawn.add_column(column, justify="right" if _is_figures(table, number) else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*map(escape, row))
    Console(file=stream).print(drawn)


def _draw_plain(table: Table) -> str:
    """Aligned columns; a last column of sentences goes on a line of its own."""
    wide = bool(table.columns) and table.columns[-1] == "sentence"
    shown = [[_cut(cell) for cell in (row[:-1] if wide else row)] for row in (table.columns, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = [table.title, "-" * len(table.title)]
    for number, cells in enumerate(shown):
        aligned = (
            cell.rjust(width) if _is_figures(table, place) else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        lines.append("  ".join(aligned).rstrip())
        if wide and number:
            lines.append("    " + table.rows[number - 1][-1])
    if not table.rows:
        lines.append("none")
    return "\n".join([*lines, *([table.note] if table.note else []), ""])


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 1] + "…"


def _draw_markdown(table: Table) -> str:
    if not table.rows:
        return f"## {table.title}\n\nNone. {table.note}".rstrip() + "\n"
    rule = ["---:" if _is_figures(table, number) else "---" for number in range(len(table.columns))]
    rows: Sequence[Sequence[str]] = (table.columns, rule, *table.rows)
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    note = [table.note, ""] if table.note else []
    return "\n".join([f"## {table.title}", "", *lines, "", *note])


def _is_figures(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows]
    return bool(cells) and all(cell.replace(".", "", 1).isdigit() or cell == "-" for cell in cells)
