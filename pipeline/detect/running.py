"""The pages of a document as one running text, in which a name that goes on over a page break is in one piece.

In: `Page`s, with blocks (from PDFs) or without (plain text split at form feeds). Out: a `RunningText`: folded text
without running headers, page numbers and contents pages, the places where one paragraph, cell or list item ends, and
the way back. Offsets of the original count through all pages, joined by one form feed each. The trap: footnotes stand
at the end of the running text, out of the sentences they interrupt, so offsets of the two do not run in step.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from pipeline.detect.furniture import GoesOn, find_furniture, find_row_labels, split_at_year
from pipeline.names.folding import LINE_END_HYPHENS, OffsetMap, TextBuilder
from pipeline.records import Page, Zone

_SKIPPED = (Zone.HEADER, Zone.FOOTER, Zone.CONTENTS)
_LIST_MARK = re.compile(
    r"\s*(?:[•●▪■◦○‣⁃∙·*➢✓–—-]\s+|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,6})[.)]\s|\(\w{1,4}\)|\d{1,2}(?:\.\d{1,3}){1,4}\.?\s)"
)
_ENDS_SENTENCE = re.compile(r"[.:;!?][\"'”’)\]]?\s*$")
# A line shorter than this share of its page's longest was not broken for want of room.
_SHORT_LINE = 0.6
_MANY_LINES = 12


class Break(IntEnum):
    """How strongly two lines are apart: a name may run over all but a cell's border."""

    NONE = 0
    PARAGRAPH = 1
    CELL = 2
    ROW = 3  # a year that heads the row of a timeline: it belongs to no name before it


class Line(NamedTuple):
    """One line of a page, without its newline; offsets count through the document."""

    text: str
    start: int
    page: int  # index into the pages
    zone: Zone
    row: tuple[int, int] | None  # page and row of a table
    column: int | None
    gap: bool  # an empty line or another block before it
    width: int  # at which lines are broken around it


class Stretch(NamedTuple):
    """A paragraph, cell or list item: from `start` up to the next stretch."""

    start: int
    strength: Break  # of the break before it
    line: Line

    @property
    def is_list_item(self) -> bool:
        """Whether it begins with a bullet, number or letter."""
        return _LIST_MARK.match(self.line.text) is not None


@dataclass(frozen=True)
class RunningText:
    """Folded text of a whole document."""

    text: str
    offsets: OffsetMap
    stretches: tuple[Stretch, ...]
    page_starts: tuple[int, ...]
    original: str

    @cached_property
    def _starts(self) -> list[int]:
        return [stretch.start for stretch in self.stretches]

    def stretch_index(self, offset: int) -> int:
        """The number of the stretch that `offset` stands in."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def place(self, start: int, end: int) -> tuple[int, int, int]:
        """Page index, and start and end counted from that page's beginning, of a span of the running text."""
        left, right = self.offsets.original(start, end)
        page = bisect_right(self.page_starts, left) - 1
        return page, left - self.page_starts[page], right - self.page_starts[page]


def run_together(pages: Sequence[Page], goes_on: GoesOn | None = None) -> RunningText:
    """The running text of a document's pages; `goes_on` knows whether a name runs on from one text to another."""
    page_starts = _page_starts(pages)
    lines = list(_lines(pages, page_starts, goes_on))
    lines.sort(key=lambda line: line.zone is Zone.FOOTNOTE)
    labels = find_row_labels([line.text for line in lines], goes_on)
    builder = TextBuilder()
    stretches: list[Stretch] = []
    before: Line | None = None
    for number, line in enumerate(lines):
        strength = _break_between(before, line) if before else Break.CELL
        if number in labels or number - 1 in labels:
            strength = Break.ROW if number in labels else max(strength, Break.PARAGRAPH)
        _join(builder, before, line, strength)
        if strength:
            stretches.append(Stretch(builder.length, strength, line))
        builder.add_line(line.text, line.start)
        before = line
    text, offsets = builder.build()
    return RunningText(text, offsets, tuple(stretches), page_starts, "\f".join(page.text for page in pages))


def _page_starts(pages: Sequence[Page]) -> tuple[int, ...]:
    starts = [0]
    for page in pages:
        starts.append(starts[-1] + len(page.text) + 1)
    return tuple(starts[:-1]) or (0,)


def _lines(pages: Sequence[Page], page_starts: Sequence[int], goes_on: GoesOn | None) -> Iterator[Line]:
    plain = [index for index, page in enumerate(pages) if len(page.blocks) <= 1]
    cut = find_furniture([pages[index].text for index in plain], goes_on)
    furniture = dict(zip(plain, cut, strict=True))
    for index, page in enumerate(pages):
        if index in furniture:
            yield from _plain_lines(page, index, page_starts[index], furniture[index])
        else:
            yield from _block_lines(page, index, page_starts[index])


def _plain_lines(page: Page, index: int, offset: int, furniture: frozenset[int]) -> Iterator[Line]:
    zone = page.blocks[0].zone if page.blocks else Zone.BODY
    if zone in _SKIPPED:
        return
    raw = list(_split_lines(page.text, 0))
    width = _usual_width([len(text) for _, text in raw if text.strip()])
    gap = False
    for start, text in raw:
        if not text.strip():
            gap = True
        elif start not in furniture:
            row = (index, start) if "|" in text else None
            for place, part in split_at_year(text):
                at = offset + start + place + _indent(part)
                yield Line(part.strip(), at, index, zone, row, None, gap, width)
                gap = False


def _block_lines(page: Page, index: int, offset: int) -> Iterator[Line]:
    for block in page.blocks:
        if block.zone in _SKIPPED:
            continue
        raw = [part for part in _split_lines(page.text[block.start : block.end], block.start) if part[1].strip()]
        row = (index, block.row) if block.row is not None else None
        for number, (start, text) in enumerate(raw):
            yield Line(
                text.strip(), offset + start + _indent(text), index, block.zone, row, block.column, number == 0, 0
            )


def _usual_width(lengths: list[int]) -> int:
    """The length at which lines are broken: of many lines, one in four may be longer (tables, headings)."""
    return sorted(lengths)[int(len(lengths) * (0.75 if len(lengths) >= _MANY_LINES else 1)) - 1] if lengths else 0


def _split_lines(text: str, start: int) -> Iterator[tuple[int, str]]:
    for part in text.split("\n"):
        yield start, part
        start += len(part) + 1


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _break_between(before: Line, line: Line) -> Break:
    if before.row != line.row or before.column != line.column:
        return Break.CELL
    if (before.zone is Zone.FOOTNOTE) != (line.zone is Zone.FOOTNOTE):
        return Break.CELL
    if _LIST_MARK.match(line.text) or before.zone != line.zone:
        return Break.PARAGRAPH
    if _ENDS_SENTENCE.search(before.text):
        return Break.PARAGRAPH if line.gap or before.page != line.page or _is_short(before) else Break.NONE
    if before.text[-1] in LINE_END_HYPHENS or _goes_on(line):
        return Break.NONE
    if before.page != line.page:
        return Break.NONE if before.zone is Zone.BODY else Break.PARAGRAPH
    return Break.PARAGRAPH if line.gap or _is_short(before) else Break.NONE


def _goes_on(line: Line) -> bool:
    return line.text[0].islower() or line.text[0] in "(,;"


def _is_short(line: Line) -> bool:
    return len(line.text) < _SHORT_LINE * line.width


def _join(builder: TextBuilder, before: Line | None, line: Line, strength: Break) -> None:
    """Put between two lines what a reader hears: a space, or nothing after a hyphen."""
    if before is None:
        return
    hyphen = before.text[-1] in LINE_END_HYPHENS and len(before.text) > 1 and before.text[-2].isalnum()
    if strength or not hyphen:
        gap = before.start + len(before.text)
        in_step = gap < line.start
        space = "\n" if strength is Break.ROW else " "
        builder.add(space, gap if in_step else line.start, line.start - gap if in_step else 0)
    elif line.text[0].islower() and before.text[-1] == "-":
        builder.drop_last()
