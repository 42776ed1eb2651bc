"""What governs a name from elsewhere: the introduction of its list, the head of its column, the other cells of its row.

Comes in: a running text, the stretch a name stands in, and where its sentence begins. Goes out: the governing texts,
joined by bars; "" where there are none. The trap: cells of one row are stretches of their own, and the head of a column
is the first row of the table, which may stand pages before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.running import RunningText
from pipeline.records import Zone

BAR = " | "
# An introduction or head is short; what is longer is a paragraph that happens to stand before a list.
_MAX_LENGTH = 300
_MAX_HEAD = 120
# A list longer than this has no introduction that still governs its end.
_MAX_ITEMS = 80
_ENUMERATED = re.compile(r"\s*(?:and |or )?\(?(?:[a-z]|[ivx]{1,5}|\d{1,2})\)\s", re.I)


def find_lead(running: RunningText, stretch: int, sentence_start: int, at: int) -> str:
    """The governing texts of the name at an offset of the running text; its stretch is given by number."""
    line = running.stretches[stretch].line
    if line.row is not None and line.column is not None:
        return BAR.join(part for part in (_column_head(running, stretch), *_other_cells(running, stretch)) if part)
    if line.row is not None:
        return _bar_head(running, stretch, at)
    return _inner_introduction(running, stretch, sentence_start) or _introduction(running, stretch)


def _stretch_text(running: RunningText, stretch: int) -> str:
    end = running.stretches[stretch + 1].start if stretch + 1 < len(running.stretches) else len(running.text)
    return running.text[running.stretches[stretch].start : end].strip()


def _other_cells(running: RunningText, stretch: int) -> Iterator[str]:
    """The cells of the same row, left to right, without the name's own."""
    row, column = running.stretches[stretch].line.row, running.stretches[stretch].line.column
    first = stretch
    while first > 0 and running.stretches[first - 1].line.row == row:
        first -= 1
    for other in range(first, len(running.stretches)):
        if running.stretches[other].line.row != row:
            return
        if running.stretches[other].line.column != column:
            yield _stretch_text(running, other)


def _column_head(running: RunningText, stretch: int) -> str:
    """The cell of the same column in the table's first row."""
    first = _first_of_table(running, stretch)
    row, column = running.stretches[first].line.row, running.stretches[stretch].line.column
    if row == running.stretches[stretch].line.row:
        return ""
    for other in range(first, stretch):
        line = running.stretches[other].line
        if line.row == row and line.column == column:
            return _shorten(_stretch_text(running, other))
    return ""


def _bar_head(running: RunningText, stretch: int, at: int) -> str:
    """The head of the column in a plain-text table, whose rows are lines with bars."""
    first = _first_of_table(running, stretch)
    if first == stretch:
        return ""
    column = running.text.count("|", running.stretches[stretch].start, at)
    cells = _stretch_text(running, first).split("|")
    return _shorten(cells[column].strip()) if column < len(cells) else ""


def _first_of_table(running: RunningText, stretch: int) -> int:
    while stretch > 0 and running.stretches[stretch - 1].line.row is not None:
        stretch -= 1
    return stretch


def _inner_introduction(running: RunningText, stretch: int, sentence_start: int) -> str:
    """The words before the colon where a list runs on in one paragraph: "... will adopt: (a) X; (b) Y"."""
    before = running.text[running.stretches[stretch].start : sentence_start]
    if ":" not in before or not _ENUMERATED.match(running.text[sentence_start : sentence_start + 12]):
        return ""
    opening = before[: before.rindex(":") + 1]
    return _shorten(re.split(r"[.;]\s", opening)[-1])


def _introduction(running: RunningText, stretch: int) -> str:
    """The nearest line before a list or a run of short lines that ends with a colon, or is a heading."""
    listed, own = running.stretches[stretch].is_list_item, _stretch_text(running, stretch)
    if not listed and (own.endswith(".") or len(own) > _MAX_LENGTH):
        return ""
    for other in range(stretch - 1, max(stretch - _MAX_ITEMS, 0) - 1, -1):
        before, text = running.stretches[other], _stretch_text(running, other)
        if text.endswith(":") or before.line.zone is Zone.HEADING:
            return _shorten(text)
        if not before.is_list_item and (listed or text.endswith(".") or len(text) > _MAX_LENGTH):
            return text if listed and _is_head(text) else ""
    return ""


def _is_head(text: str) -> bool:
    """A line without a colon that may stand over a list: "Annex B. Reference texts"."""
    return len(text) <= _MAX_HEAD and text[-1] not in ".,;"


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else text[-_MAX_LENGTH:]
