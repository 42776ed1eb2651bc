"""Text that goes on over the border of a block, a column or a page, made whole.

A word broken by a hyphen moves up to where it begins. The trap: footnotes, headers and tables stand between the two
halves; only running text goes on with running text.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.read.draft import DraftBlock, DraftPage, TextLine
from pipeline.read.hyphens import Vocabulary, join_broken_words, join_pair
from pipeline.records import Zone

_RUNNING = (Zone.BODY, Zone.HEADING, Zone.ANNEX)


def join_words(pages: Sequence[DraftPage], words: Vocabulary) -> list[DraftPage]:
    """Every word in one piece, within blocks and from block to block of running text, over page breaks too."""
    joined = [
        page._replace(
            blocks=tuple(block._replace(lines=tuple(join_broken_words(block.lines, words))) for block in page.blocks)
        )
        for page in pages
    ]
    open_end: tuple[int, int] | None = None
    for number, page in enumerate(joined):
        for place, block in enumerate(page.blocks):
            if block.zone not in _RUNNING or not block.lines:
                continue
            if open_end is not None:
                _join_blocks(joined, open_end, (number, place), words)
            open_end = (number, place)
    return [page._replace(blocks=tuple(block for block in page.blocks if block.lines)) for page in joined]


def _join_blocks(pages: list[DraftPage], first: tuple[int, int], second: tuple[int, int], words: Vocabulary) -> None:
    above, below = _block(pages, first).lines, _block(pages, second).lines
    text, rest = join_pair(above[-1].text, below[0].text, words)
    if rest != below[0].text:
        _put(pages, first, (*above[:-1], above[-1]._replace(text=text)))
        _put(pages, second, (below[0]._replace(text=rest), *below[1:]) if rest else below[1:])


def _block(pages: list[DraftPage], place: tuple[int, int]) -> DraftBlock:
    return pages[place[0]].blocks[place[1]]


def _put(pages: list[DraftPage], place: tuple[int, int], lines: tuple[TextLine, ...]) -> None:
    number, index = place
    blocks = list(pages[number].blocks)
    blocks[index] = blocks[index]._replace(lines=lines)
    pages[number] = pages[number]._replace(blocks=tuple(blocks))
