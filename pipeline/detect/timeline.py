"""Years that head the rows of a timeline: "2003 - Bali Concord II" is no part of the name in the line before.

In: the lines of a text. Out: the numbers of the lines that begin with such a year. The trap: a title can end in a year
that the line had no room for ("AEC Blueprint" / "2025"); a year without a sign behind it is a label only in a row of
several that count up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.detect.furniture import GoesOn

_YEAR = r"(?:19|20)\d\d"
# A year, and behind it a colon, tab, border or dash; the dash of a period ("2016-2020") is none.
_MARKED = re.compile(rf"({_YEAR})\s*(?:[:|\t]|[-–—](?!\s?\d))\s*(?P<rest>\S?)")
_BARE = re.compile(rf"({_YEAR})$")
_ENDS_IN_YEAR = re.compile(rf"{_YEAR}$")
_TAB_AND_YEAR = re.compile(rf"\t(?={_YEAR}\s*(?:\t|$))|(?<=\t{_YEAR})\t|(?<=^{_YEAR})\t")
# Rows of one timeline stand at most this many lines apart.
_APART = 4


def find_row_labels(lines: Sequence[str], goes_on: GoesOn | None = None) -> frozenset[int]:
    """The numbers of the lines that begin with a year that labels what follows; `goes_on` knows names with a year."""
    numbers = [number for number, line in enumerate(lines) if _MARKED.match(line) or _BARE.match(line)]
    labels = [number for chain in _chains(numbers) for number in chain if _is_label(lines, number, chain)]
    if goes_on is None:
        return frozenset(labels)
    return frozenset(
        number for number in labels if not number or not _is_inside(lines[number - 1], lines[number], goes_on)
    )


def split_at_year(line: str) -> Iterator[tuple[int, str]]:
    """The parts of a line in which tabs set off a year, with their places; mostly the line as it is."""
    start = 0
    for tab in _TAB_AND_YEAR.finditer(line) if "\t" in line else ():
        yield start, line[start : tab.start()]
        start = tab.end()
    yield start, line[start:]


def _is_label(lines: Sequence[str], number: int, chain: Sequence[int]) -> bool:
    """Whether the year of this line is a label, seen beside the others that are near."""
    if not _BARE.match(lines[number]):
        return len(chain) > 1 or not _is_prose(lines[number])
    years = [lines[each][:4] for each in chain]
    if len(chain) > 1 and years == sorted(years) and chain[-1] + 1 < len(lines):
        return True
    before = lines[number - 1] if number else ""
    return _ENDS_IN_YEAR.search(before) is not None and not _BARE.match(before)


def _chains(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Lines that are near each other."""
    chain: list[int] = []
    for number in numbers:
        if chain and number - chain[-1] > _APART:
            yield chain
            chain = []
        chain.append(number)
    if chain:
        yield chain


def _is_inside(before: str, line: str, goes_on: GoesOn) -> bool:
    """Whether the year stands inside a name: "ASEAN" / "2025: Forging Ahead Together"."""
    return goes_on(before, line) and goes_on(f"{before} {line[:4]}", line[4:].lstrip(" :|\t-–—"))


def _is_prose(line: str) -> bool:
    """Whether a sentence goes on behind the sign: "2025 - adopted in Kuala Lumpur - is"."""
    found = _MARKED.match(line)
    return found is not None and found["rest"].islower() and "-" in line.translate({0x2013: "-", 0x2014: "-"})
