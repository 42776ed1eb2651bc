"""Running headers, footers and page numbers: they come back at the same place of many pages.

From each edge of the page inwards, lines are running ones as long as they repeat: the same words, or the same words
around a number that counts the pages. Text that runs up or down the page's sides and repeats is a footer too: a stamp,
or the header of a page that was turned to be read. "Annex 1", "Annex 2" at the top of pages repeats too, but
counts no pages; and the last row of a table may be a number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.read.sheet import DraftBlock, DraftPage, TextLine
from pipeline.records import Zone

# Running lines stand in the outer part of the page; the deepest seen (AANZFTA's page number) at 0.13.
_MARGIN = 0.16
# ... and on low pages in so many points, up to this share of the page: margins do not shrink with the page.
_LEAST_MARGIN, _MOST_MARGIN = 92.0, 0.3
# A number alone that has no fellow on other pages must stand in the outermost part.
_OUTERMOST = 0.08
_MOST_LINES = 5
# Producers put the same line within a point of itself; two steps of the grid make one place.
_GRID = 4.0
# Enough repetitions; on a document of few pages two will do.
_REPEATS = 3
_FEW_PAGES = 5
# Pages compared for counting: the one before, and the one before that where the back of a page is blank.
_NEAR = 3
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
# Nothing but a page number in one of its forms.
_LABEL = re.compile(
    r"\W*(?:page\s*)?\W*(?:[A-Z]{0,2}\d{0,2}[A-Z]{0,2}[-–.])?(?:\d{1,4}|[ivxlc]{1,8})\W*(?:(?:of|/)\s*\d{1,4}\W*)?",
    re.IGNORECASE,
)
# What counts tables or annexes counts no pages, even where each has a page of its own.
_COUNTS_PARTS = re.compile(
    r"\W*(?:table|figure|box|annex|appendix|schedule|attachment|chapter|article|section|part|title)\s+[\divxlc]+\b",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class _Edge(NamedTuple):
    """A line near an edge of its page."""

    page: int  # index
    zone: Zone
    line: TextLine
    numbers: tuple[int, ...]
    is_alone: bool  # a block of its own, not the last line of a paragraph


def mark_margins(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """Give running lines blocks of their own: headers first on their page, footers last."""
    edges = [(*_edges(index, page), _sides(index, page)) for index, page in enumerate(pages)]
    repeated = _Repetitions([edge for both in edges for side in both for edge in side], len(pages))
    return [_split_page(page, both, repeated) for page, both in zip(pages, edges, strict=True)]


class _Repetitions:
    """Which lines come back, and where."""

    def __init__(self, edges: Iterable[_Edge], pages: int) -> None:
        self.needed = _REPEATS if pages > _FEW_PAGES else 2
        self.same: dict[tuple[Zone, str, int], set[int]] = defaultdict(set)
        self.counting: dict[tuple[Zone, str], dict[int, tuple[int, ...]]] = defaultdict(dict)
        for edge in edges:
            text = edge.line.text.casefold()
            for place in _places(edge.line):
                self.same[edge.zone, _words(text), place].add(edge.page)
            self.counting[edge.zone, _NUMBER.sub("#", text)].setdefault(edge.page, edge.numbers)

    def is_running(self, edge: _Edge, page: DraftPage) -> bool:
        """Whether the line repeats, or counts pages."""
        text = edge.line.text.casefold()
        needed = self.needed if edge.is_alone else _REPEATS
        if any(len(self.same[edge.zone, _words(text), place]) >= needed for place in _places(edge.line)):
            return len(text) > 1 or not text.isalpha()
        if edge.numbers and self._counts(edge, self.counting[edge.zone, _NUMBER.sub("#", text)]):
            return True
        if _LABEL.fullmatch(edge.line.text) is None:
            return False
        outermost = max(_OUTERMOST * page.height, min(_LEAST_MARGIN / 2, _MARGIN * page.height))
        return edge.line.bottom < outermost or edge.line.top > page.height - outermost

    def _counts(self, edge: _Edge, fellows: dict[int, tuple[int, ...]]) -> bool:
        """Whether one number of the line counts the pages and the others stay as they are."""
        if _COUNTS_PARTS.match(edge.line.text):
            return False
        for step in range(-_NEAR, _NEAR + 1):
            numbers = fellows.get(edge.page + step)
            if step and numbers is not None and len(numbers) == len(edge.numbers):
                changes = [other - number for number, other in zip(edge.numbers, numbers, strict=True)]
                if step in changes and all(change in (0, step) for change in changes):
                    return True
        return False


def _edges(index: int, page: DraftPage) -> tuple[list[_Edge], list[_Edge]]:
    """The lines at the top, from the top, and at the bottom, from the bottom."""
    high, low = _margins(page.height)
    lines = [
        (line, len(block.lines) == 1)
        for block in page.blocks
        if not block.is_turned and block.zone is Zone.BODY
        for line in block.lines
        if line.bottom < high or line.top > low
    ]
    lines.sort(key=lambda item: (item[0].top, item[0].left))
    top = [item for item in lines if item[0].bottom < high][:_MOST_LINES]
    bottom = [item for item in reversed(lines) if item[0].top > low][:_MOST_LINES]
    return (
        [_Edge(index, Zone.HEADER, line, _numbers(line.text), is_alone) for line, is_alone in top],
        [_Edge(index, Zone.FOOTER, line, _numbers(line.text), is_alone) for line, is_alone in bottom],
    )


def _sides(index: int, page: DraftPage) -> list[_Edge]:
    """Lines that run up or down in the outer parts of the page."""
    left, right = _MARGIN * page.width, (1 - _MARGIN) * page.width
    return [
        _Edge(index, Zone.FOOTER, line, _numbers(line.text), len(block.lines) == 1)
        for block in page.blocks
        if block.is_turned
        for line in block.lines
        if line.right < left or line.left > right
    ]


def _margins(height: float) -> tuple[float, float]:
    """Where the upper margin ends and the lower one begins."""
    margin = min(_MOST_MARGIN * height, max(_MARGIN * height, _LEAST_MARGIN))
    return margin, height - margin


def _split_page(page: DraftPage, edges: tuple[list[_Edge], ...], repeated: _Repetitions) -> DraftPage:
    top, bottom, sides = edges
    headers, footers = _running(top, page, repeated), _running(bottom, page, repeated)
    footers += [edge.line for edge in sides if repeated.is_running(edge, page)]
    running = {*headers, *footers}
    if not running:
        return page
    body = [block._replace(lines=tuple(line for line in block.lines if line not in running)) for block in page.blocks]
    blocks = [DraftBlock((line,), Zone.HEADER) for line in headers]
    blocks += [block for block in body if block.lines]
    blocks += [DraftBlock((line,), Zone.FOOTER) for line in reversed(footers)]
    return page._replace(blocks=tuple(blocks))


def _running(edges: list[_Edge], page: DraftPage, repeated: _Repetitions) -> list[TextLine]:
    """Lines from the edge inwards, up to the first that is not a running one."""
    running: list[TextLine] = []
    for edge in edges:
        if not repeated.is_running(edge, page):
            break
        running.append(edge.line)
    return running


def _words(text: str) -> str:
    """The words in a fixed order: left pages have what right pages have, mirrored."""
    return " ".join(sorted(text.split()))


def _places(line: TextLine) -> tuple[int, int]:
    place = int(line.bottom / _GRID)
    return place, place + 1


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(_value(found) for found in _NUMBER.findall(text.casefold()))


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    values = [_ROMAN[letter] for letter in number]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))
