"""Lines of one column -> paragraphs, headings, list items.

A paragraph ends where the distance to the next line is larger than the column's usual one, where the size of type
changes, where a list item or a footnote begins, and where a line ends short with a full stop and the next is indented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.read.draft import TextLine
from pipeline.read.rows import is_label

# White above a line that opens a paragraph, in heights, beyond the column's usual distance; text set with open
# lines (one and a half) has a usual distance of 0.5.
_GAP = 0.3
_LEAST_GAP = 0.35
_LARGER = 1.13  # type of another size
_INDENT = 0.8  # heights
_ENDS = (".", ";", ":", "!", "?")


def split_paragraphs(lines: Sequence[TextLine], usual_gap: float) -> Iterator[tuple[TextLine, ...]]:
    """The lines in groups that belong together; `usual_gap` is the white between lines, in heights of a line."""
    paragraph: list[TextLine] = []
    right = max((line.right for line in lines), default=0.0)
    for line in lines:
        if paragraph and _opens(line, paragraph, usual_gap, right):
            yield tuple(paragraph)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield tuple(paragraph)


def usual_gap(lines: Sequence[TextLine]) -> float:
    """The white between most lines of running text, in heights of a line."""
    gaps = sorted(
        gap
        for above, below in pairwise(lines)
        if -0.6 < (gap := (below.top - above.bottom) / below.height if below.height else 0.0) < 1.5
    )
    return gaps[len(gaps) // 3] if gaps else 0.0


def _opens(line: TextLine, paragraph: Sequence[TextLine], usual: float, right: float) -> bool:
    above = paragraph[-1]
    height = min(line.height, above.height) or 1.0
    gap = (line.top - above.bottom) / height
    if gap > max(usual + _GAP, _LEAST_GAP) or gap < -1.0:
        return True
    if max(line.height, above.height) > _LARGER * height:
        return True
    if line.marked and (paragraph[0].marked or above.text.endswith(_ENDS)):
        return True
    if is_label(line.text.split(" ", 1)[0]):
        return above.text.endswith(_ENDS) or above.right < right - 3 * height
    indented = line.left > min(other.left for other in paragraph) + _INDENT * height
    return indented and above.text.endswith(_ENDS) and len(paragraph) > 1
