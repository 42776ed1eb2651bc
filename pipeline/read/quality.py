"""What a page's text layer is worth: nothing, too little for what is drawn, no language, or sound; and where it fails.

A page that cannot be read must never pass for a page that cites nothing. A page of a table holds hardly a sentence,
and a page in another language no English word; language shows in the build of the words only.

Of a sound page, parts may still be unread: half a page scanned under a digital header, a paragraph in outlines, or one
in a font whose letters stand for others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.read.sheet import LINE_HYPHENS, Box, DraftBlock, Picture, Sheet, Word
from pipeline.records import Legibility, Quality

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# An image over this share of the page is a scan; over the smaller share, what the page shows where it has no text.
_SCAN = 0.6
_PICTURE = 0.03
# Fewer characters than this on a scan are a stamp or a page number, not its text layer.
_STAMP = 120
# So many shapes without text are text in outlines, or a drawing; fewer are a frame or a line.
_OUTLINES = 60
# White boxes are drawn behind pages; more shapes than this are something to look at.
_FRAME = 2
# Of the words of four letters and more so many must be built like words; 0.93 on the barest tariff table in hand,
# 0.0-0.2 on text layers that are not language.
_PLAUSIBLE = 0.5
_LEAST_WORDS = 8
_ENOUGH_WORDS = 24
_SAMPLE = 60
# What shows text: squares of so many points that hold ink and are mostly paper, in so much of the page.
_SQUARE = 20.0
_INK, _PAPER, _LEAST_PAPER = 140, 190, 0.35
_LEAST_UNREAD = 0.03
# ... and so few characters may be none at all: replacement, private use, control.
_BROKEN = 0.2
# The ten commonest letters make up so much of a text: 0.59 and more on 1,941 real pages (tariffs in Latin names the
# least), 0.24-0.49 where every letter stands for another, as in fonts with a shifted encoding.
_COMMON, _COMMON_SHARE, _LEAST_LETTERS = "etaoinsrlh", 0.54, 60
_OF_LINE = (30, 0.45)  # the same for a line, which has fewer letters to tell
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_VOWEL = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûü]", re.IGNORECASE)
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}", re.IGNORECASE)
_EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC", "LATIN"}
_TRIMMED = ".,;:!?()[]{}\"'“”‘’«»…–—-/*•\ufffe\u00ad"


def judge_sheet(sheet: Sheet) -> Quality:
    """The verdict over a page as PDFium gives it."""
    characters = sum([len(word[0]) for word in sheet.words])
    covered = _covered_share(sheet)
    if characters == 0:
        return _judge_without_text(sheet, covered)
    if _is_broken(sheet.words):
        return Quality(Legibility.MOJIBAKE, note="its text layer is not language")
    if covered > _SCAN and characters < _STAMP:
        return Quality(Legibility.SPARSE, note=f"an image fills it, with only {characters} characters of text")
    if sheet.paths > 10 * _OUTLINES and characters < _STAMP:
        return Quality(Legibility.SPARSE, note=f"much is drawn, with only {characters} characters of text")
    return Quality()


def is_language(words: Iterable[str]) -> bool:
    """Whether most longer words are built like words of a language; true where there are too few to tell."""
    stripped = (word.strip(_TRIMMED) for word in words if len(word) > 3)
    longer = list(islice(filter(_has_letters, stripped), _ENOUGH_WORDS))
    plausible = sum(map(_is_plausible, longer))
    return len(longer) < _LEAST_WORDS or plausible >= _PLAUSIBLE * len(longer)


def may_show_more(sheet: Sheet) -> bool:
    """Whether enough is drawn on the page that there may be text in it which the words do not give."""
    return _covered_share(sheet) > _LEAST_UNREAD or sheet.letters > _OUTLINES


def find_unread(sheet: Sheet, picture: Picture) -> list[Box]:
    """The parts of a page where its picture shows what may be lines of text, and no word stands.

    Lines of text have light and dark in every small square of the picture, and are mostly paper.
    """
    import numpy

    pixels = picture.array()
    side = max(1, round(_SQUARE * picture.scale))
    rows, columns = picture.height // side, picture.width // side
    squares = pixels[: rows * side, : columns * side].reshape(rows, side, columns, side).swapaxes(1, 2)
    light = (squares > _PAPER).mean(axis=(2, 3))
    inked = (squares.min(axis=(2, 3)) < _INK) & (light > _LEAST_PAPER)
    free = (
        numpy.ones((rows, columns), dtype=bool) if sheet.letters > _OUTLINES else _squares(sheet.images, rows, columns)
    )
    free &= ~_squares(sheet.words, rows, columns)
    unread = inked & free
    if unread.sum() * _SQUARE**2 < _LEAST_UNREAD * sheet.width * sheet.height:
        return []
    return [
        Box(left * _SQUARE, top * _SQUARE, (left + 1) * _SQUARE, (top + 1) * _SQUARE)
        for top, left in zip(*(places.tolist() for places in unread.nonzero()), strict=True)
    ]


def find_broken(blocks: Sequence[DraftBlock]) -> list[Box]:
    """The lines of a page whose font gives other letters than it shows, if there are enough of them."""
    broken = [line for block in blocks for line in block.lines if _is_shifted(line[0].lower(), *_OF_LINE)]
    return [Box(*line[1:5]) for line in broken] if len(broken) > 1 else []


def _squares(boxes: Iterable[Box | Word], rows: int, columns: int) -> NDArray[numpy.bool_]:
    """The squares of the page that the boxes touch."""
    import numpy

    touched = numpy.zeros((rows, columns), dtype=bool)
    for box in boxes:
        top, left = max(0, int(box.top // _SQUARE)), max(0, int(box.left // _SQUARE))
        touched[top : int(box.bottom // _SQUARE) + 1, left : int(box.right // _SQUARE) + 1] = True
    return touched


def _judge_without_text(sheet: Sheet, covered: float) -> Quality:
    if covered > _PICTURE:
        return Quality(Legibility.IMAGE_ONLY, note="an image without text")
    if sheet.paths > _OUTLINES:
        return Quality(Legibility.NO_TEXT, note="shapes without text: its letters may be drawn as outlines")
    if sheet.unmapped:
        return Quality(Legibility.NO_TEXT, note="text outside the page, or of unknown characters")
    if sheet.notes:
        return Quality(Legibility.NO_TEXT, note="no text but that of form fields or notes")
    if sheet.images or sheet.rules or sheet.paths > _FRAME:
        return Quality(Legibility.NO_TEXT, note="a drawing without text")
    return Quality(Legibility.BLANK)


def _covered_share(sheet: Sheet) -> float:
    """The share of the page that its largest images cover together, at most all of it."""
    page = max(1.0, sheet.width * sheet.height)
    return min(1.0, sum(_area(box, sheet) for box in sheet.images) / page)


def _area(box: Box, sheet: Sheet) -> float:
    width = min(box.right, sheet.width) - max(box.left, 0.0)
    height = min(box.bottom, sheet.height) - max(box.top, 0.0)
    return max(0.0, width) * max(0.0, height)


def _is_broken(words: Sequence[Word]) -> bool:
    text = "".join([word[0] for word in words])
    if "\ufffd" in text or not text.isprintable():
        broken = sum(letter == "\ufffd" or not (letter.isprintable() or letter in LINE_HYPHENS) for letter in text)
        if broken > _BROKEN * len(text):
            return True
    if _is_shifted(text.lower()):
        return True
    # A sample from all over the page will do.
    step = 1 + len(words) // _SAMPLE
    return not is_language([word.text for word in words[::step]])


def _is_shifted(text: str, least: int = _LEAST_LETTERS, share: float = _COMMON_SHARE) -> bool:
    """Whether the Latin letters of a page, all small, are not spread as those of a language are."""
    if len(text) < least:
        return False
    letters = sum(map(text.count, _LATIN))
    if letters < least or letters < 0.5 * len(text):
        return False
    return sum(map(text.count, _COMMON)) < share * letters


def _has_letters(word: str) -> bool:
    """Long enough to judge, and more letters or signs than figures."""
    if word.isalpha():
        return len(word) > 3
    return len(word) > 3 and sum(map(str.isdigit, word)) * 2 < len(word) and not word.startswith(("http", "www."))


@lru_cache(maxsize=4096)  # a document uses the same words on page after page
def _is_plausible(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    if len(letters) < 0.7 * len(word):
        return False
    if any(ord(letter) > 0x24F for letter in letters):
        return _is_one_script(letters)
    return (
        _VOWEL.search(word) is not None and _CONSONANTS.search(word) is None and not re.search(r"[a-z][A-Z][a-z]", word)
    )


def _is_one_script(letters: Sequence[str]) -> bool:
    """Words of another script are language as long as they do not mix scripts; those of East Asia stand without spaces.

    They mix with each other, and Latin names stand in the middle of them.
    """
    scripts = {unicodedata.name(letter, "?").split(" ")[0].split("-")[0] for letter in letters}
    return len(scripts) == 1 or scripts <= _EAST_ASIAN
