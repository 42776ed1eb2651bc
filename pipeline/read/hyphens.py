"""Words that a line end broke: `imple-` / `mentation` loses its hyphen, `ASEAN-` / `Australia` keeps it.

The document's own words decide: whichever form it writes elsewhere. Only where it never does, rules decide. The
second half moves up to the end of the first line, so that the word stands in one piece in the page's text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.read.draft import DraftPage, TextLine
from pipeline.read.engine import LINE_HYPHENS

Vocabulary = Counter[str]

_BREAKS = frozenset(LINE_HYPHENS + "–—/")
_SOFT = "\u00ad"
_ENDS_BROKEN = re.compile("(?:^|\\s|[(\"'“‘/])([^\\s]*[^\\W_])([-–—/\u00ad\u2010\u2011\ufffe\x02])$")
_FIRST = re.compile(r"[^\W_]\S*")
_LETTERS = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
_HEAD = re.compile(r"[^\W\d_]*")
# A word is known if the document writes it this often.
_KNOWN = 2


def collect_words(pages: Iterable[DraftPage]) -> Vocabulary:
    """How often the document writes each word in one piece (small letters; compounds, and their parts)."""
    words: Vocabulary = Counter()
    pieces: Counter[str] = Counter()
    for page in pages:
        lines = [line[0] for block in page.blocks for line in block.lines]
        pieces.update("\n".join(lines).casefold().split())
        for above, below in pairwise(lines):
            if above[-1:] in _BREAKS and (broken := _ENDS_BROKEN.search(above)):
                words.subtract([*_LETTERS.findall(broken.group(1).casefold()), *_LETTERS.findall(below.casefold())[:1]])
    for piece, count in pieces.items():
        for word in _LETTERS.findall(piece):
            words[word] += count
    for word in [word for word in words if "-" in word]:
        for part in word.split("-"):
            words[part] += words[word]
    return words


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
    broken, first = _ENDS_BROKEN.search(above), _FIRST.match(below)
    if broken is None or first is None:
        return above, below
    half, rest = broken.group(1), first.group()
    return above[:-1] + _mark(half, rest, broken.group(2), words) + rest, below[first.end() :].lstrip()


def _mark(half: str, rest: str, mark: str, words: Vocabulary) -> str:
    """What stands between the two halves."""
    if mark in "–—/":
        return mark
    return "-" if mark != _SOFT and _keeps_hyphen(half, rest, words) else ""


def _keeps_hyphen(half: str, rest: str, words: Vocabulary) -> bool:
    before, after = re.split(r"[-\u2010\u2011]", half)[-1], (_HEAD.match(rest) or [""])[0]
    if not after or not before.isalpha() or len(before) == 1:
        return True
    whole, compound = words[(before + after).casefold()], words[f"{before}-{after}".casefold()]
    if whole != compound:
        return compound > whole
    if before != half:
        return True
    if after.isupper() and before.isupper():
        return min(words[before.casefold()], words[after.casefold()]) > 0
    if after[0].isupper() or before.isupper():
        return True
    return min(words[before.casefold()], words[after.casefold()]) >= _KNOWN
