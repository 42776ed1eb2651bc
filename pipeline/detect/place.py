"""Where a citation stands on its page: the box around its words.

In: citations and the pages they were found in. Out: the same citations with their boxes, in points. The trap: a name
that goes on over a page break has its box on the page where it begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.records import BBox, Citation, Page


def place_citations(citations: Iterable[Citation], pages: Iterable[Page]) -> tuple[Citation, ...]:
    """Each citation with the box of the lines that its words stand in; none where the page has no geometry."""
    by_number = {page.number: page for page in pages}
    return tuple(replace(each, bbox=_find_box(each, by_number[each.mention.page])) for each in citations)


def _find_box(citation: Citation, page: Page) -> BBox | None:
    start, end = citation.mention.start, citation.mention.end
    boxes = [
        _cut(line.bbox, line.start, line.end, start, end)
        for line in page.lines
        if line.start < end and line.end > start
    ]
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def _cut(box: BBox, line_start: int, line_end: int, start: int, end: int) -> BBox:
    """The part of a line's box that the characters from `start` to `end` take, if all were equally wide."""
    left, top, right, bottom = box
    width = (right - left) / max(1, line_end - line_start)
    first, last = max(start, line_start), min(end, line_end)
    return (left + width * (first - line_start), top, left + width * (last - line_start), bottom)
