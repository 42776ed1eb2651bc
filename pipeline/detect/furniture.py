"""Running headers, footers and page numbers in plain text, where no layout tells them.

In: the texts of the pages. Out: for each page the offsets of the lines that are furniture. The trap: a page number is
only a number, and a running title only a title; they are told by where they stand (beside a page break), by coming
back, or by counting on from page to page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

# Whether a name that is known runs on from the end of one text into the beginning of another.
GoesOn = Callable[[str, str], bool]

_NUMBER = re.compile(
    r"[-–—\s\[(]*(?:page\s+)?(\d{1,3}|[ivxlc]{1,6}|\d{1,2}-\d{1,3})(?:\s*(?:of|/)\s*\d{1,4})?[-–—\s\])]*", re.I
)
_DASHED = re.compile(r"[-–—]\s*\d{1,3}\s*[-–—]")
_ENDED = re.compile(r"[.:;!?][\"'”’)\]]?$")
_LEADING_NUMBER = re.compile(r"^(?:page\s+)?\d{1,3}\s*[|•·–—-]?\s+(?=\D)", re.I)
_TRAILING_NUMBER = re.compile(
    r"(?<=[^\d.,])(?:\s*[|•·–—]\s*|\s+-?\s*)(?:page\s+)?\d{1,3}(?:\s+of\s+\d{1,3})?\s*$", re.I
)
# Lines beside a page break that can be furniture: a running title and a page number.
_EDGE = 2
# Lines on each side of a page break in which a name that it cuts can stand.
_CONTEXT = 4
# A running title is short and written like a title: most of its longer words begin with a capital.
_MAX_TITLE_WORDS = 12
_TITLE_SHARE = 0.7
# A notice beside a page break is shorter than a sentence: "Confidential. Do not cite."
_MAX_NOTICE_WORDS = 6
# Numbers on lines of their own are page numbers once that many count on one by one.
_MIN_SEQUENCE = 3
# A running title is at least this long and comes back this often; list items and table heads are shorter or rarer.
_MIN_RUNNING = 25
_MAX_RUNNING_WORDS = 50
_MIN_RETURNS = 4
# A banner set downwards comes out as lines of one letter each ("C H A P T E R 1").
_MIN_BANNER = 4


class _Line(NamedTuple):
    start: int
    text: str


def find_furniture(pages: Sequence[str], goes_on: GoesOn | None = None) -> list[frozenset[int]]:
    """For each page the offsets of the lines to leave out.

    A title beside a page break that neither comes back nor bears a number is a heading, unless it cuts a name in two.
    """
    lines = [[_Line(*part) for part in _split(page)] for page in pages]
    banners = [_banner(page) for page in lines]
    counting = _counting_numbers(lines)
    lines = [[line for line in page if line.start not in cut] for page, cut in zip(lines, banners, strict=True)]
    edges = [_edge_lines(page, index, len(pages)) for index, page in enumerate(lines)]
    repeated = Counter(key for page in edges for key in {_key(line.text) for line in page})
    running = [{line.start for line in edge if _is_edge_furniture(line.text, repeated)} for edge in edges]
    titles = _running_titles(lines, counting)
    inside = [_interruptions(page) for page in lines]
    cuts = [set().union(*sorts) for sorts in zip(banners, running, counting, titles, inside, strict=True)]
    if goes_on is not None:
        rest = [[line for line in page if line.start not in cut] for page, cut in zip(lines, cuts, strict=True)]
        for number in range(1, len(rest)):
            tail, head = _between(rest[number - 1], rest[number], goes_on)
            cuts[number - 1].update(line.start for line in tail)
            cuts[number].update(line.start for line in head)
    return [frozenset(cut) for cut in cuts]


def _between(before: list[_Line], after: list[_Line], goes_on: GoesOn) -> tuple[list[_Line], list[_Line]]:
    """Lines at the end of a page and at the beginning of the next that stand inside a name."""
    for tail, head in _options(before, after):
        left = " ".join(line.text for line in before[: len(before) - len(tail)][-_CONTEXT:])
        right = " ".join(line.text for line in after[len(head) :][:_CONTEXT])
        if goes_on(left, right):
            return tail, head
    return [], []


def _options(before: list[_Line], after: list[_Line]) -> Iterator[tuple[list[_Line], list[_Line]]]:
    """What may be left out at a page break, as little as possible first: nothing, lines above, lines below, both."""
    tails = [before[len(before) - count :] for count in range(_EDGE + 1) if count < len(before)]
    heads = [after[:count] for count in range(_EDGE + 1) if count < len(after)]
    pairs = [(tail, head) for tail in tails for head in heads]
    for tail, head in sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1])):
        if all(_may_be_title(line.text) for line in (*tail, *head)):
            yield tail, head


def _may_be_title(text: str) -> bool:
    most = _MAX_NOTICE_WORDS if text.endswith(".") else _MAX_TITLE_WORDS
    return len(text.split()) <= most and not re.search(r"[;:!?]$", text)


def _split(page: str) -> list[tuple[int, str]]:
    found = []
    start = 0
    for part in page.split("\n"):
        if part.strip():
            found.append((start, part.strip()))
        start += len(part) + 1
    return found


def _edge_lines(lines: list[_Line], index: int, count: int) -> list[_Line]:
    """Lines beside a page break: the first of each page but the first, the last of each page but the last."""
    first = lines[:_EDGE] if index > 0 else []
    last = lines[-_EDGE:] if index < count - 1 else []
    return first + last


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", text.casefold())


def _is_edge_furniture(text: str, repeated: Counter[str]) -> bool:
    if _NUMBER.fullmatch(text):
        return True
    if repeated[_key(text)] > 1:
        return True
    bare = _TRAILING_NUMBER.sub("", text)
    if bare == text:
        bare = _LEADING_NUMBER.sub("", text)
    return bare != text and _is_title(bare)


def _is_title(text: str, most_words: int = _MAX_TITLE_WORDS) -> bool:
    words = re.findall(r"[^\W\d_]{4,}|[A-Z]{2,}", text)
    capital = sum(word[0].isupper() for word in words)
    return 1 < len(text.split()) <= most_words and bool(words) and capital >= _TITLE_SHARE * len(words)


def _running_titles(pages: list[list[_Line]], numbers: list[set[int]]) -> list[set[int]]:
    """Offsets of the titles that come back beside page numbers, page break or not; in tables titles come back too."""
    counts = Counter(
        _key(line.text)
        for page, counting in zip(pages, numbers, strict=True)
        for place, line in enumerate(page)
        if any(near.start in counting for near in page[max(0, place - 1) : place + 2])
    )
    return [
        {
            line.start
            for line in page
            if counts[_key(line.text)] >= _MIN_RETURNS
            and len(line.text) >= _MIN_RUNNING
            and _is_title(line.text, _MAX_RUNNING_WORDS)
        }
        for page in pages
    ]


def _interruptions(lines: list[_Line]) -> set[int]:
    """Offsets of titles that come back within sentences with a number that counts on, and of "- 3 -" there."""
    groups: dict[str, list[tuple[list[int], set[int]]]] = defaultdict(list)
    found: set[int] = set()
    for place, line in enumerate(lines):
        numbers = [
            near
            for near in (place - 1, place, place + 1)
            if 0 <= near < len(lines) and (near == place or _NUMBER.fullmatch(lines[near].text))
        ]
        first = min(numbers)
        if first == 0 or _ENDED.search(lines[first - 1].text):
            continue
        if _DASHED.fullmatch(line.text):
            found.add(line.start)
        counts = [int(count) for near in numbers for count in re.findall(r"\d{1,4}", lines[near].text)]
        if counts and 1 < len(line.text.split()) <= _MAX_TITLE_WORDS and not line.text[0].islower():
            key = re.sub(r"[\W\d_]+", "", line.text.casefold())
            groups[key].append((sorted(counts), {lines[near].start for near in numbers}))
    for group in groups.values():
        rising = all(one < two and len(one) == len(two) for (one, _), (two, _) in pairwise(group))
        if len(group) > 1 and rising:
            found.update(*(places for _, places in group))
    return found


def _counting_numbers(pages: list[list[_Line]]) -> list[set[int]]:
    """Offsets of the lines that are page numbers because they count on, break or no break between them."""
    alone = [
        (index, line.start, int(line.text)) for index, page in enumerate(pages) for line in page if _is_count(line.text)
    ]
    best: dict[int, list[tuple[int, int, int]]] = {}
    for place in alone:
        number = place[2]
        chain = max(best.get(number - 1, []), best.get(number - 2, []), key=len)
        if len(chain) >= len(best.get(number, [])):
            best[number] = [*chain, place]
    longest = max(best.values(), key=len, default=[])
    found: list[set[int]] = [set() for _ in pages]
    if len(longest) >= _MIN_SEQUENCE:
        for index, start, _ in longest:
            found[index].add(start)
    return found


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) <= 3


def _banner(lines: list[_Line]) -> set[int]:
    found: set[int] = set()
    run: list[int] = []
    for line in [*lines, _Line(-1, "end")]:
        if len(line.text) == 1:
            run.append(line.start)
            continue
        if len(run) >= _MIN_BANNER:
            found.update(run)
        run = []
    return found


# ---- years that head the rows of a timeline: "2003 - Bali Concord II" is no part of the name in the line before

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
