"""Text made fit for matching, with a way back to the text as it was.

In: text as a PDF gave it. Out: the same text with compatibility forms, dashes, quotes, accents and white space folded,
and an `OffsetMap` that leads each span back to the original. The trap: one character can become two (a ligature) or
none (a soft hyphen), so offsets must never be carried over by hand.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

# Soft hyphen, zero-width space and joiners, word joiner, byte order mark, bidirectional marks: never part of a word.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))
# PDFium writes U+FFFE where the page shows a hyphen.
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－\ufffe"), "-")
_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′ʼ`´"), "'") | dict.fromkeys(map(ord, "“”„‟″«»"), '"')
_FOLDS = _INVISIBLE | _DASHES | _QUOTES
# What a line can hold beyond plain ASCII and single spaces.
_ODD = re.compile(r" *[^\x20-\x7e]+ *|  +")
# Hyphens with which a line may end in the middle of a word; the soft ones are not shown anywhere else.
LINE_END_HYPHENS = "-\u00ad\u2010\ufffe¬"


class Piece(NamedTuple):
    """A run of normalised text and the original run it stands for; equally long runs match character by character."""

    start: int
    length: int
    origin: int
    origin_length: int


class OffsetMap:
    """Leads spans of a normalised text back to the original text."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original span of `[start, end)`; a piece that changed its length is taken whole."""
        first = self._piece_at(start)
        last = self._piece_at(max(start, end - 1))
        left = first.origin + (start - first.start if first.length == first.origin_length else 0)
        if last.length == last.origin_length:
            return left, last.origin + (end - last.start)
        return left, last.origin + last.origin_length

    def _piece_at(self, offset: int) -> Piece:
        return self._pieces[max(bisect_right(self._starts, offset) - 1, 0)]


class TextBuilder:
    """Collects normalised text piece by piece, remembering where each came from."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pieces: list[Piece] = []
        self.length = 0

    def add(self, text: str, origin: int, origin_length: int) -> None:
        """Append `text`, which stands for `origin_length` characters from `origin` on."""
        if not text:
            return
        self._pieces.append(Piece(self.length, len(text), origin, origin_length))
        self._parts.append(text)
        self.length += len(text)

    def add_line(self, line: str, origin: int) -> None:
        """Append one line of original text, folded; `origin` is its offset in the original."""
        place = 0
        for odd in _ODD.finditer(line):
            self.add(line[place : odd.start()], origin + place, odd.start() - place)
            self._add_odd(odd.group(), origin + odd.start())
            place = odd.end()
        self.add(line[place:], origin + place, len(line) - place)

    def drop_last(self) -> None:
        """Take back the last character: the hyphen of a word that goes on in the next line."""
        last = self._pieces.pop()
        kept = self._parts.pop()[:-1]
        self.length -= last.length
        shorter = 1 if last.length == last.origin_length else 0
        self.add(kept, last.origin, last.origin_length - shorter)

    def build(self) -> tuple[str, OffsetMap]:
        """The text so far and its map."""
        return "".join(self._parts), OffsetMap(self._pieces)

    def _add_odd(self, run: str, origin: int) -> None:
        folded = [fold_character(character) for character in run]
        place = 0
        spaced = False
        for index, text in enumerate(folded):
            if text == " ":
                spaced = True
                continue
            if spaced or index == 0:
                self.add(" " if spaced else "", origin + place, index - place)
                spaced = False
            self.add(text, origin + index, 1)
            place = index + 1
        if spaced:
            self.add(" ", origin + place, len(run) - place)


def normalise(text: str) -> tuple[str, OffsetMap]:
    """One string, folded, and the map of its offsets; lines become one, hyphens at line ends stay."""
    builder = TextBuilder()
    builder.add_line(text, 0)
    return builder.build()


def fold_text(text: str) -> str:
    """`normalise` without the map, trimmed: for names, titles and other short strings."""
    return normalise(text)[0].strip()


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """One character as matching sees it: possibly several, possibly none; all white space is one space."""
    if character.isspace():
        return " "
    if ord(character) in _FOLDS:
        return _FOLDS[ord(character)] or ""
    plain = unicodedata.normalize("NFKC", character).translate(_FOLDS)
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(part for part in decomposed if not unicodedata.combining(part))
    return " " if bare.isspace() else bare
