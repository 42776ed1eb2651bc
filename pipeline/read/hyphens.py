"""Words that a line end broke: `imple-` / `mentation` loses its hyphen, `ASEAN-` / `Australia` keeps it.

The document's own words decide: whichever form it writes elsewhere. Where it never does, it matters whether the
document breaks words at all: most office documents do not, and every hyphen at their line ends is one of the word's
own. The second half moves up to the end of the first line, within a block and from block to block of running text,
over page breaks too; footnotes, headers and tables may stand between the two halves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.read.draft import DraftBlock, DraftPage, TextLine
from pipeline.read.sheet import LINE_HYPHENS
from pipeline.records import Zone


class Vocabulary(Counter[str]):
    """How often a document writes each word in one piece, and whether it breaks words at line ends."""

    breaks_words = True


_BREAKS = frozenset(LINE_HYPHENS + "–—/")
_SOFT = "\u00ad"
_LONGEST = 200  # letters of a word that a line end may break
_ENDS_BROKEN = re.compile("(?:^|\\s|[(\"'“‘/])([^\\s]*[^\\W_])([-–—/\u00ad\u2010\u2011\ufffe\x02])$")
_FIRST = re.compile(r"[^\W_]\S*")
_LETTERS = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
_HEAD = re.compile(r"[^\W\d_]*")
# A word is known if the document writes it this often.
_KNOWN = 2
# What compounds begin with that are also written in one piece: "co-operation" in a title, "cooperation" elsewhere.
_PREFIXES = frozenset(
    (
        "anti",
        "bi",
        "co",
        "de",
        "inter",
        "intra",
        "macro",
        "micro",
        "mid",
        "multi",
        "non",
        "post",
        "pre",
        "re",
        "semi",
        "sub",
    )
)
# A document breaks words if so many of its line ends with a hyphen are proved to be inside a word; without any
# proof, if they are more than this share of its lines (where words are broken they are 0.05 to 0.1).
_PROVED = 0.25
_MANY = 0.03


def collect_words(pages: Iterable[DraftPage]) -> Vocabulary:
    """How often the document writes each word in one piece (small letters; compounds, and their parts)."""
    words = Vocabulary()
    pieces: Counter[str] = Counter()
    broken_words: list[tuple[str, str]] = []
    total = 0
    for page in pages:
        lines = [line[0] for block in page.blocks for line in block.lines]
        pieces.update("\n".join(lines).casefold().split())
        total += len(lines)
        for above, below in pairwise(lines):
            if above[-1:] in _BREAKS and (broken := _ENDS_BROKEN.search(above[-_LONGEST:])):
                broken_words.append((broken.group(1), below))
                words.subtract([*_LETTERS.findall(broken.group(1).casefold()), *_LETTERS.findall(below.casefold())[:1]])
    for piece, count in pieces.items():
        for word in _LETTERS.findall(piece):
            words[word] += count
    for word in [word for word in words if "-" in word]:
        for part in word.split("-"):
            words[part] += words[word]
    words.breaks_words = _breaks_words(broken_words, words, total)
    return words


def _breaks_words(broken_words: Iterable[tuple[str, str]], words: Vocabulary, lines: int) -> bool:
    """Whether hyphens at the ends of lines stand inside words, not only between the parts of compounds."""
    halves = [(*_at_break(half, below), half) for half, below in broken_words]
    small = [(before, after) for before, after, _ in halves if after.islower() and before.isalpha() and len(before) > 1]
    proved = sum(
        words[(before + after).casefold()] > 0 == words[f"{before}-{after}".casefold()]
        and words[before.casefold()] <= 0
        and before.casefold() not in _PREFIXES
        for before, after in small
    )
    return proved >= _PROVED * len(small) if proved else len(small) > _MANY * lines


def _at_break(half: str, rest: str) -> tuple[str, str]:
    """The letters on either side of the hyphen."""
    return re.split(r"[-\u2010\u2011]", half)[-1], (_HEAD.match(rest) or [""])[0]


def join_broken_words(lines: Sequence[TextLine], words: Vocabulary) -> list[TextLine]:
    """The lines with each broken word made whole on the line where it begins."""
    if not any(line[0][-1:] in _BREAKS for line in lines[:-1]):
        return list(lines)
    joined: list[TextLine] = []
    for line in lines:
        if joined:
            above, rest = join_pair(joined[-1].text, line.text, words)
            if rest != line.text:
                joined[-1] = joined[-1]._replace(text=above)
                if not rest:
                    continue
                line = line._replace(text=rest)
        joined.append(line)
    return joined


def join_pair(above: str, below: str, words: Vocabulary) -> tuple[str, str]:
    """The two lines, the second without what completes the first one's broken word; unchanged if none is broken."""
    if above[-1:] not in _BREAKS:
        return above, below
    broken, first = _ENDS_BROKEN.search(above[-_LONGEST:]), _FIRST.match(below)
    if broken is None or first is None:
        return above, below
    half, rest = broken.group(1), first.group()
    is_capitals = f"{above}{below}".isupper()
    mark = _mark(half, rest, broken.group(2), words, is_capitals=is_capitals)
    return above[:-1] + mark + rest, below[first.end() :].lstrip()


def _mark(half: str, rest: str, mark: str, words: Vocabulary, *, is_capitals: bool) -> str:
    """What stands between the two halves."""
    if mark in "–—/":
        return mark
    return "-" if mark != _SOFT and _keeps_hyphen(half, rest, words, is_capitals=is_capitals) else ""


def _keeps_hyphen(half: str, rest: str, words: Vocabulary, *, is_capitals: bool) -> bool:
    before, after = _at_break(half, rest)
    if not after or not before.isalpha() or len(before) == 1:
        return True
    whole, compound = words[(before + after).casefold()], words[f"{before}-{after}".casefold()]
    if whole != compound:
        return compound > whole or (before.casefold() in _PREFIXES and not words.breaks_words)
    if before != half:
        return not (words.breaks_words and after.islower() and words[before.casefold()] <= 0)
    if is_capitals and after.isupper() and before.isupper():
        return min(words[before.casefold()], words[after.casefold()]) > 0
    if after[0].isupper() or before.isupper():
        return True
    known = (words[before.casefold()], words[after.casefold()])
    if not words.breaks_words:
        return before.casefold() in _PREFIXES or max(known) > 0
    return min(known) >= _KNOWN


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
            if _block(joined, (number, place)).lines:  # else all of it was the rest of the word
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
