"""Documents that have no pages of paper, HTML and DOCX: pieces of text in, a `Page` for each section out.

A section begins with a heading. Blocks have no box; `anchor` leads to the place instead: the id of the element, or
the number of the paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.records import Block, Issue, Legibility, Page, Quality, Severity, Zone

# A section that is longer than this many characters goes on on a further page, so that a page can be looked at.
_MOST_CHARACTERS = 20_000
# What may stand before the first paragraph of a section.
_BEFORE = (Zone.HEADING, Zone.HEADER)


class Piece(NamedTuple):
    """One paragraph, heading, list item or table cell, with `anchor` for those who look for it."""

    text: str
    zone: Zone
    anchor: str
    row: int | None = None
    column: int | None = None


class UnreadableError(Exception):
    """The file cannot be read: why, and what helps."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def make_pages(pieces: Iterable[Piece]) -> tuple[Page, ...]:
    """One page a section; white space inside a piece is folded, empty pieces are left out."""
    folded = (piece._replace(text=" ".join(piece.text.split())) for piece in pieces)
    sections = _cut_sections(piece for piece in folded if piece.text)
    return tuple(_make_page(number, section) for number, section in enumerate(sections, 1))


def tell_nothing_found(pages: tuple[Page, ...], remedy: str) -> tuple[Issue, ...]:
    """An issue where there is no text at all."""
    if pages:
        return ()
    return (Issue("", "read", Severity.ERROR, "has no text of its own", remedy),)


def _cut_sections(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    section: list[Piece] = []
    for piece in pieces:
        begins = piece.zone is Zone.HEADING and any(each.zone not in _BEFORE for each in section)
        if section and (begins or sum(len(each.text) for each in section) > _MOST_CHARACTERS):
            yield section
            section = []
        section.append(piece)
    if section:
        yield section


def _make_page(number: int, section: list[Piece]) -> Page:
    text, blocks = "", []
    for before, piece in zip((None, *section), section, strict=False):
        if before is not None:
            text += "\n" if before.row is not None and piece.row is not None else "\n\n"
        start = len(text)
        text += piece.text
        blocks.append(Block(piece.zone, start, len(text), None, piece.row, piece.column, piece.anchor))
    return Page("", number, text, tuple(blocks), Quality(Legibility.OK))
