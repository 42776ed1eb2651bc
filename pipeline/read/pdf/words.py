"""The words of a PDFium page, with boxes in points on the upright page.

A `Word` is what stands between white space; its box comes from its first and last character only, because asking
PDFium for each character's box would cost as much again as everything else on the page. PDFium writes U+FFFE (once
U+0002) for a hyphen at a line end and swallows the line break after it, so such a word ends there.

Some producers (Chromium) write each glyph as an object of its own. PDFium then drops the spaces among them and judges
by the white alone, which a kerned capital or tight setting makes too narrow. Such words are parted by where their
letters stand: white counts only against the other gaps of its own word, and only if it is none of them, because letters
of one word stand apart too in text set wide.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from pipeline.read.pdf.drawings import INVISIBLE
from pipeline.read.pdf.page import STRAIGHT, Upright, char_angle, loose_char_box
from pipeline.read.sheet import ASKEW, Word

_WORD = re.compile(r"[^\s\x00\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Type set larger than a footnote's mark: marks have 0.58 to 0.75 of the size of their text.
_TALLER = 1.2
# Of a quarter turn: a page that lay a few degrees off on the glass of a scanner is still read.
_STRAIGHT = 0.12
# Radians: over the width of a page, less of a slope moves a word by less than half a line.
_LEANS = 0.008
_AGREE = 0.02
# Where nearly every word has a height of its own, lines may run aslant; so many pairs of words show it.
_UNEVEN = 0.5
_ENOUGH_PAIRS = 12
# So many objects to a letter: a text object for each glyph.
_GLYPHWISE = 0.5
# White between words is wider than that between letters by this, and letters differ by no more than that (heights of
# a line: a space of 0.25 em has 0.22 of it; kerning takes up to 0.1 away, and adds 0.02 at most).
_WHITE_GAP = 0.06
_EVEN = 0.03
# Where spaces are lost, some words have a capital within, or are long.
_LOOKS_GLUED = re.compile(r"[a-z,;:.)\"”’][A-Z]|[^\W\d_]{12}")


class Words(NamedTuple):
    """The words that stand at least in part on the page, as if it ran level."""

    words: list[Word]
    invisible: list[Word]  # those of them that are written without ink
    lean: float = 0.0  # radians clockwise by which they ran askew


def read_words(page: Any, upright: Upright, *, has_invisible: bool) -> Words:
    """The page's words; where it `has_invisible` text, they are told from the others."""
    textpage = pdfium.FPDFText_LoadPage(page)
    if not textpage:
        return Words([], [])
    try:
        text = _text(textpage)
        matches = _find_words(_WORD, text, textpage, pdfium.FPDFPage_CountObjects(page))
        if not has_invisible:
            words, angles = _words(textpage, upright, matches)
            unseen: list[bool] = []
        else:
            found = list(matches)
            words, angles = _words(textpage, upright, found)
            unseen = [_is_invisible(textpage, each.start()) for each in found]
    finally:
        pdfium.FPDFText_ClosePage(textpage)
    if _SURROGATE.search(text):
        words = [word._replace(text=_joined_surrogates(word.text)) for word in words]
    words, lean = _straighten(words, angles, upright)
    width, height = upright.width, upright.height
    on_page = [word for word in words if word[3] > 0 and word[4] > 0 and word[1] < width and word[2] < height]
    if not has_invisible:
        return Words(on_page, [], lean)
    kept = set(on_page)
    invisible = [word for word, is_unseen in zip(words, unseen, strict=True) if is_unseen and word in kept]
    return Words(on_page, invisible, lean)


def _words(textpage: Any, upright: Upright, matches: Iterable[re.Match[str]]) -> tuple[list[Word], dict[int, float]]:
    """A word for each match, and the angle of those that do not plainly run to the right (quarter turns clockwise)."""
    sides = (ctypes.c_float * 8)()  # left, top, right, bottom of two FS_RECTF, read in one go
    of_last = (ctypes.c_float * 4).from_buffer(sides, ctypes.sizeof(ctypes.c_float) * 4)
    loose_box, new, x0, y0 = loose_char_box, tuple.__new__, *upright.origin
    straight = upright.axes == STRAIGHT
    words: list[Word] = []
    angles: dict[int, float] = {}
    for found in matches:
        start, end = found.span()
        loose_box(textpage, start, sides)
        if end == start + 1:
            first_left, first_top, first_right, first_bottom = left, top, right, bottom = sides[:4]
        else:
            loose_box(textpage, end - 1, of_last)
            first_left, first_top, first_right, first_bottom, left, top, right, bottom = sides[:]
            if straight and right > first_right and bottom == first_bottom:
                # A page has hundreds of words: `Word(...)` with its check of the number of fields costs twice this.
                words.append(new(Word, (found[0], x0 + first_left, y0 - first_top, x0 + right, y0 - bottom, 0)))
                continue
            if straight and right > first_right:
                # A mark set high or small at one end is no part of the word's height.
                if top - bottom > _TALLER * (first_top - first_bottom):
                    first_top, first_bottom = top, bottom
                elif first_top - first_bottom > _TALLER * (top - bottom):
                    top, bottom = first_top, first_bottom
        angle = _angle(textpage, start, upright)
        if angle != round(angle):  # letters that are only slanted, to look italic, seem to lean too
            across, up = left + right - first_left - first_right, top + bottom - first_top - first_bottom
            runs = _quarters(across, up, upright) if end > start + 1 else angle
            angle = min(angle, runs, key=lambda each: abs(each - round(each)))
        angles[len(words)] = angle
        turn = round(angle) % 4 if abs(angle - round(angle)) < _STRAIGHT else ASKEW
        box = upright.box(
            min(left, first_left), min(bottom, first_bottom), max(right, first_right), max(top, first_top)
        )
        words.append(Word(found[0], *box, turn))
    return words, angles


def _angle(textpage: Any, index: int, upright: Upright) -> float:
    """Quarter turns clockwise of a character on the upright page."""
    angle = char_angle(textpage, index)  # radians, clockwise in user space
    return _quarters(math.cos(angle), -math.sin(angle), upright)


def _quarters(x: float, y: float, upright: Upright) -> float:
    """Quarter turns clockwise, on the upright page, of a direction in user space."""
    a, b, c, d = upright.axes
    return round(math.degrees(math.atan2(x * b + y * d, x * a + y * c)) / 90, 6)


def _straighten(words: list[Word], angles: Mapping[int, float], upright: Upright) -> tuple[list[Word], float]:
    """The words of a page that runs askew as if it ran level, and how far it leaned (radians clockwise).

    Most letters lean; or, in text layers of scans, they stand upright and only the words' places show the slope. Boxes
    are turned back by `lean_box` at the end.
    """
    leans = {place: (angle - round(angle)) * math.pi / 2 for place, angle in angles.items()}
    telling = [lean for place, lean in leans.items() if len(words[place].text) > 1]
    half = sum(len(word[0]) > 1 for word in words) / 2 if telling else 0.0
    lean = median(telling) if len(telling) > half else 0.0
    if abs(lean) > _LEANS and sum(abs(each - lean) < _AGREE for each in telling) > half:
        pass
    elif len({word[4] for word in words}) > _UNEVEN * len(words):
        leans, lean = {}, _slope([word for word in words if word.turn == 0])
    else:
        return words, 0.0
    if abs(lean) <= _LEANS:
        return words, 0.0
    cos, sin, width, height = math.cos(lean), math.sin(lean), upright.width, upright.height
    level: list[Word] = []
    for place, word in enumerate(words):
        x, y = (word.left + word.right - width) / 2, (word.top + word.bottom - height) / 2
        x, y = width / 2 + x * cos + y * sin, height / 2 - x * sin + y * cos
        across, down, turn = word.right - word.left, word.bottom - word.top, word.turn
        if leans:  # the box holds the leaning word: its own length and height are smaller
            slant, share = abs(sin), cos * cos - sin * sin
            own = (across * cos - down * slant) / share, (down * cos - across * slant) / share
            across, down = own if min(own) > 0 else (across, down)
            is_level = abs(leans.get(place, 0.0) - lean) < _STRAIGHT * math.pi / 2
            turn = round(angles.get(place, 0.0)) % 4 if is_level else ASKEW
        level.append(Word(word.text, x - across / 2, y - down / 2, x + across / 2, y + down / 2, turn))
    return level, lean


def _slope(words: Sequence[Word]) -> float:
    """The median slope from each word to the one behind it on its line."""
    slopes = [
        math.atan2(after.bottom - word.bottom, after.left - word.left)
        for word, after in pairwise(words)
        if word.right - 1 < after.left < word.right + 2 * (word.bottom - word.top)
        and abs(after.bottom - word.bottom) < 0.7 * (word.bottom - word.top)
    ]
    return median(slopes) if len(slopes) >= _ENOUGH_PAIRS else 0.0


def _is_invisible(textpage: Any, index: int) -> bool:
    """Whether a character is written without ink."""
    item = pdfium.FPDFText_GetTextObject(textpage, index)
    return bool(item) and pdfium.FPDFTextObj_GetTextRenderMode(item) in INVISIBLE


def _joined_surrogates(text: str) -> str:
    """The word with each pair of surrogates as the one character it is, and U+FFFD for half a pair."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _text(textpage: Any) -> str:
    """The page's characters, one Python character per PDFium character index."""
    count = pdfium.FPDFText_CountChars(textpage)
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(textpage, 0, count, buffer) == count + 1:
        text = ctypes.string_at(buffer, 2 * count).decode("utf-16-le", "replace")
        if len(text) == count:  # else two code units made one character
            return text
    return "".join(chr(pdfium.FPDFText_GetUnicode(textpage, index) or 0xFFFD) for index in range(count))


def _find_words(pattern: re.Pattern[str], text: str, textpage: Any, objects: int) -> Iterator[re.Match[str]]:
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
        cuts = [place for place, gap in enumerate(gaps, start + 1) if gap - usual > _WHITE_GAP]
        if not cuts or any(_EVEN < gap - usual <= _WHITE_GAP for gap in gaps):
            yield found
            continue
        for first, last in zip([start, *cuts], [*cuts, end], strict=True):
            yield from pattern.finditer(found.string, first, last)


def _gaps(textpage: Any, start: int, end: int, box: Any) -> list[float]:
    """White between the letters of a word along its writing direction, in heights of the line."""
    quarter = round(char_angle(textpage, start) / (math.pi / 2)) % 4
    gaps: list[float] = []
    reached = 0.0
    for index in range(start, end):
        loose_char_box(textpage, index, box)
        left, top, right, bottom = box
        if quarter % 2:
            height, ends = right - left, (bottom, top) if quarter == 3 else (-top, -bottom)
        else:
            height, ends = top - bottom, (left, right) if quarter == 0 else (-right, -left)
        if index > start:
            gaps.append((ends[0] - reached) / height if height else 0.0)
        reached = ends[1]
    return gaps
