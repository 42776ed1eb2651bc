"""Running headers, footers and page numbers: lines that come back at the same place of many pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.read.draft import DraftBlock, DraftPage, TextLine
from pipeline.records import Zone

# A running line stands in the outer sixth of the page; the deepest one seen (AANZFTA's chapter banner) at 0.11.
_MARGIN = 0.16
# Place is compared on a grid of this many points: producers put the same line within a point of itself.
_GRID = 6.0
_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s+)?(?:\d{1,4}|[ivxlc]{1,7}|[A-Z]?\d{0,2}[A-Z]?-\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?[-–—\s]*", re.I
)


def mark_margins(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """Give running lines blocks of their own: headers first on their page, footers last."""
    counts = Counter(key for page in pages for key in {_key(line, page) for _, line in _margin_lines(page)})
    return [_split_page(page, counts, len(pages)) for page in pages]


def _margin_lines(page: DraftPage) -> Iterable[tuple[Zone, TextLine]]:
    for block in page.blocks:
        for line in block.lines:
            if line.bottom < _MARGIN * page.height:
                yield Zone.HEADER, line
            elif line.top > (1 - _MARGIN) * page.height:
                yield Zone.FOOTER, line


def _key(line: TextLine, page: DraftPage) -> tuple[str, int]:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.casefold()), round(line.bottom / _GRID)


def _split_page(page: DraftPage, counts: Counter[tuple[str, int]], total: int) -> DraftPage:
    needed = max(2, min(total // 3, 4))
    margins: dict[Zone, list[TextLine]] = {Zone.HEADER: [], Zone.FOOTER: []}
    running = set()
    for zone, line in _margin_lines(page):
        if counts[_key(line, page)] >= needed or _NUMBER.fullmatch(line.text):
            margins[zone].append(line)
            running.add(line)
    if not running:
        return page
    body = [block._replace(lines=tuple(line for line in block.lines if line not in running)) for block in page.blocks]
    blocks = [DraftBlock((line,), Zone.HEADER) for line in margins[Zone.HEADER]]
    blocks += [block for block in body if block.lines]
    blocks += [DraftBlock((line,), Zone.FOOTER) for line in margins[Zone.FOOTER]]
    return page._replace(blocks=tuple(blocks))
