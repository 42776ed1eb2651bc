"""Which files hold one document: those whose texts agree. Equal titles with other text are two documents.

In: the sources of a run with sketches of their texts. Out: the sources to use, ids apart, and an issue for each file
that is left out or shares a name. A sketch is the smallest hashes of a text's shingles (Broder 1997, "On the
resemblance and containment of documents"), so that a corpus is compared without holding its texts.
"""

from __future__ import annotations

import heapq
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.records import UNLISTED, Issue, Legibility, Page, Severity, Source

_SHINGLE = 5  # words
_SKETCH = 128  # hashes; the resemblance is then right to about 0.04
_MAX_WORDS = 60_000  # of a text that are looked at
# Fewer shingles say nothing.
_MIN_SHINGLES = 20
# Two prints of one text differ by headers and line ends; a scan also by its misread words (0.35 at 10 % of them).
_SAME_TEXT = 0.8
_SAME_SCAN = 0.35
_LEGIBLE = (Legibility.OK, Legibility.OCR, Legibility.BLANK)


@dataclass(frozen=True)
class Copy:
    """One file that holds a document, how well, and the sketch of its text."""

    source: Source
    unread_pages: int
    characters: int
    sketch: tuple[int, ...] = ()
    scanned: bool = False


def make_sketch(pages: Sequence[Page]) -> tuple[int, ...]:
    """The smallest hashes of the text's runs of five words, folded, sorted; empty for a text too short to tell."""
    words = [word for page in pages for word in re.findall(r"[^\W_]+", page.text.casefold())][:_MAX_WORDS]
    runs = {" ".join(words[number : number + _SHINGLE]) for number in range(len(words) - _SHINGLE + 1)}
    hashes = {zlib.crc32(run.encode("utf-8", "surrogatepass")) for run in runs}
    return tuple(heapq.nsmallest(_SKETCH, hashes)) if len(hashes) >= _MIN_SHINGLES else ()


def is_scanned(pages: Sequence[Page]) -> bool:
    """Whether most of the text comes from OCR."""
    return 2 * sum(page.quality.legibility is Legibility.OCR for page in pages) > len(pages)


def count_unread(pages: Sequence[Page]) -> int:
    """Pages that could not be read; a file without pages counts as one."""
    return sum(page.quality.legibility not in _LEGIBLE for page in pages) + (not pages)


def find_copies(copies: Iterable[Copy]) -> tuple[tuple[Source, ...], tuple[Issue, ...]]:
    """One source for each document, by id, and an issue for each file left out and for each two of one name."""
    given = sorted(copies, key=lambda copy: copy.source.path)
    issues: list[Issue] = []
    kept: list[Copy] = []
    for group in _groups(given):
        best, *others = sorted(group, key=_quality)
        kept.append(best)
        issues.extend(_left_out(other, best) for other in others)
    sources, shared = _tell_apart(kept)
    return sources, (*issues, *shared)


def _quality(copy: Copy) -> tuple[int, int, str]:
    return copy.unread_pages, -copy.characters, copy.source.path


def _groups(copies: list[Copy]) -> Iterator[list[Copy]]:
    """Files of one document together; a file joins the group of the first file that it is a copy of."""
    group_of = list(range(len(copies)))
    for left, right in _pairs(copies):
        if group_of[left] != group_of[right] and _is_copy(copies[left], copies[right]):
            old, new = sorted((group_of[left], group_of[right]), reverse=True)
            group_of = [new if each == old else each for each in group_of]
    groups: dict[int, list[Copy]] = defaultdict(list)
    for number, copy in zip(group_of, copies, strict=True):
        groups[number].append(copy)
    yield from groups.values()


def _pairs(copies: list[Copy]) -> list[tuple[int, int]]:
    """Pairs that may be copies: of one content or one id, or with enough hashes in common."""
    holders: dict[int | str, list[int]] = defaultdict(list)
    for number, copy in enumerate(copies):
        keys: list[int | str] = [*copy.sketch, copy.source.sha256, copy.source.id]
        for key in keys:
            holders[key].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for key, numbers in holders.items():
        for place, left in enumerate(numbers):
            for right in numbers[place + 1 :]:
                shared[left, right] += 1 if isinstance(key, int) else _SKETCH
    return sorted(pair for pair, count in shared.items() if count >= _SAME_SCAN * _MIN_SHINGLES)


def _is_copy(left: Copy, right: Copy) -> bool:
    """The same file, one document by SOURCES.csv, or texts that agree with no symbol, date or number against it."""
    one, other = left.source, right.source
    if one.sha256 == other.sha256 or (one.id == other.id and one.basis == other.basis == "SOURCES.csv"):
        return True
    symbols = [set(each.front.symbols) if each.front else set() for each in (one, other)]
    if all(symbols) and not symbols[0] & symbols[1]:
        return False
    if one.issued and other.issued and one.issued.year != other.issued.year:
        return False
    numbers = [set(re.findall(r"\d+", each.title)) for each in (one, other)]
    if all(numbers) and numbers[0] != numbers[1] and not (left.scanned or right.scanned):
        return False  # the reports of two meetings may say nearly the same
    return resemblance(left.sketch, right.sketch) >= (_SAME_SCAN if left.scanned != right.scanned else _SAME_TEXT)


def resemblance(left: Sequence[int], right: Sequence[int]) -> float:
    """The share of two texts' shingles that both have, 0 to 1, as their sketches tell it."""
    both = set(left) & set(right)
    smallest = sorted({*left, *right})[: min(_SKETCH, max(len(left), len(right)))]
    return sum(each in both for each in smallest) / len(smallest) if left and right else 0.0


def _left_out(other: Copy, best: Copy) -> Issue:
    name, kept = Path(other.source.path).name, Path(best.source.path).name
    if other.source.sha256 == best.source.sha256:
        message = f"{name} is the same file as {kept}, and is left out"
    else:
        share = resemblance(other.sketch, best.sketch)
        reason = f"{share:.0%} of their texts agree" if share >= _SAME_SCAN else "SOURCES.csv says so"
        message = f"{name} is another file of the document in {kept} ({reason}), and is left out"
    remedy = "take one of them out of the folder"
    return Issue(best.source.id, "identify", Severity.WARNING, message, remedy)


def _tell_apart(copies: Iterable[Copy]) -> tuple[tuple[Source, ...], list[Issue]]:
    """Different texts get different ids: the best of a known document keeps it, else the one of the lowest hash."""
    by_id: dict[str, list[Copy]] = defaultdict(list)
    for copy in copies:
        by_id[copy.source.id].append(copy)
    sources: list[Source] = []
    issues: list[Issue] = []
    for source_id, same in sorted(by_id.items()):
        unlisted = source_id.startswith(UNLISTED)
        first, *others = sorted(same, key=(lambda copy: (0, 0, copy.source.sha256)) if unlisted else _quality)
        sources.append(first.source)
        for other in others:
            new_id = f"{UNLISTED}{source_id.removeprefix(UNLISTED)}-{other.source.sha256[:6]}"
            sources.append(replace(other.source, id=new_id))
            names = " and ".join(sorted(Path(each.source.path).name for each in (first, other)))
            message = f"{names} bear one title with different texts: two documents, the second is {new_id}"
            remedy = "if they are one document, give both the same document_id in SOURCES.csv"
            issues.append(Issue(new_id, "identify", Severity.WARNING, message, remedy))
    return tuple(sorted(sources, key=lambda source: source.id)), issues
