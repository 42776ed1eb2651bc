"""Words that PDFium runs together because the white between them is narrow, parted by where their letters stand.

Some producers (Chromium) write each glyph as an object of its own. PDFium then drops the spaces among them and judges
by the white alone, which a kerned capital or tight setting makes too narrow. The trap: letters of one word stand apart
too in text set wide; white counts only against the other gaps of its own word, and only if it is none of them.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.read import calls

# So many objects to a letter: a text object for each glyph.
_GLYPHWISE = 0.5
# White between words is wider than that between letters by this, and letters differ by no more than that (heights of
# a line: a space of 0.25 em has 0.22 of it; kerning takes up to 0.1 away, and adds 0.02 at most).
_WHITE = 0.06
_EVEN = 0.03
# Where spaces are lost, some words have a capital within, or are long.
_LOOKS_GLUED = re.compile(r"[a-z,;:.)\"”’][A-Z]|[^\W\d_]{12}")


def find_words(pattern: re.Pattern[str], text: str, textpage: Any, objects: int) -> Iterator[re.Match[str]]:
    """The matches of the pattern for words in a page's text, those with white in them as several.

    `objects` is how many objects the page has. All words are looked at only if one that looks like two has white in it.
    """
    if objects <= _GLYPHWISE * len(text) or not _has_white_words(pattern, text, textpage):
        return pattern.finditer(text)
    return _parted(pattern, pattern.finditer(text), textpage)


def _has_white_words(pattern: re.Pattern[str], text: str, textpage: Any) -> bool:
    suspects = [found for found in pattern.finditer(text) if _LOOKS_GLUED.search(found[0])]
    return len(list(_parted(pattern, suspects, textpage))) > len(suspects)


def _parted(pattern: re.Pattern[str], words: Iterable[re.Match[str]], textpage: Any) -> Iterator[re.Match[str]]:
    box = (ctypes.c_float * 4)()
    usual = 0.0
    for found in words:
        start, end = found.span()
        if end - start < 2:
            yield found
            continue
        gaps = _gaps(textpage, start, end, box)
        if len(gaps) > 2:
            usual = sorted(gaps)[len(gaps) // 2]
        cuts = [place for place, gap in enumerate(gaps, start + 1) if gap - usual > _WHITE]
        if not cuts or any(_EVEN < gap - usual <= _WHITE for gap in gaps):
            yield found
            continue
        for first, last in zip([start, *cuts], [*cuts, end], strict=True):
            yield from pattern.finditer(found.string, first, last)


def _gaps(textpage: Any, start: int, end: int, box: Any) -> list[float]:
    """White between the letters of a word along its writing direction, in heights of the line."""
    quarter = round(calls.char_angle(textpage, start) / (math.pi / 2)) % 4
    gaps: list[float] = []
    reached = 0.0
    for index in range(start, end):
        calls.loose_char_box(textpage, index, box)
        left, top, right, bottom = box
        if quarter % 2:
            height, ends = right - left, (bottom, top) if quarter == 3 else (-top, -bottom)
        else:
            height, ends = top - bottom, (left, right) if quarter == 0 else (-right, -left)
        if index > start:
            gaps.append((ends[0] - reached) / height if height else 0.0)
        reached = ends[1]
    return gaps
