"""A sentence as the events see it: words and phrases of the cue book, in which each name is one unit.

Comes in: a cleaned sentence, list item or table row with the spans of its names. Goes out: a `Sentence`. Names are
masked because titles hold verbs of their own ("Agreement to Establish ..."), and numbering ("5.4", "(a)") is left out,
so that a verb that opens an item is seen to open it; offsets into the text stay as they were.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.status.cuebook import CueBook, Tag

NAME, START, END = "X", "^", "$"  # a masked name, the start and the end of a cell or clause, among lower-case words
# Words with inner hyphens and apostrophes; "'s" stands alone, the apostrophe of "ministers'" is left out.
_TOKEN = re.compile(r"'s\b|\d+(?:\.\d+)+|[^\W_]+(?:n't\b|(?:[\-‐‑/]|'(?!s\b))[^\W_]+)*|(?<![^\W_])'|[^\w\s']")
# "(a)", "ii)", "3)" wherever an item may start; "5.4", "1." and bullets only at the start of a cell.
_INNER_ENUMERATOR = re.compile(
    r"(?:(?<=^)|(?<=[:;,|.]\s)|(?<=\band\s)|(?<=\bor\s))\(?(?:[a-z]|[ivx]{1,5}|\d{1,2})\)(?=\s)", re.I
)
_FIRST_ENUMERATOR = re.compile(
    r"(?:(?<=^)|(?<=\|\s))(?:(?:\d+(?:\.\d+)+|OP\d+|[A-Za-z]?-?\d{1,3}[.)]|[a-zA-Z][.)]|[ivx]{1,5}[.)]|[-–—•▪*·])\s+)+"
)
_ROW_NUMBER = re.compile(r"^\s*[A-Za-z]?[-.]?\d+(?:\.\d+)*\.?\s*(?=\|)")
_BREAKS = {"–": ",", "—": ",", "-": ",", ":": ":", ";": ";", "|": "|", "•": ";", "▪": ";"}
_BORDERS = frozenset({START, ":", ";", "|", ".", ",", "(", ")"})
_QUOTES = frozenset("\"'“”‘’«»")


@dataclass(frozen=True)
class Unit:
    """A word, a sign, or a phrase of the cue book, in lower case; a masked name; or a border."""

    text: str
    start: int
    end: int
    tags: tuple[Tag, ...] = ()
    is_title: bool = False  # written with a capital: "Building"


@dataclass(frozen=True)
class Sentence:
    """A sentence as units; `names` holds the unit of each span's name."""

    text: str
    units: tuple[Unit, ...]
    names: tuple[int, ...]

    def words(self, first: int, last: int) -> str:
        """What the text has from one unit up to another, borders left out."""
        inner = [unit for unit in self.units[first:last] if unit.text not in (START, END)]
        return self.text[inner[0].start : inner[-1].end] if inner else ""


def split_units(text: str, spans: Sequence[tuple[int, int]], book: CueBook) -> Sentence:
    """The units of a sentence with its names masked; spans are offsets into `text` and must not overlap."""
    plain = blank_numbering(text)
    words: list[Unit] = [Unit(START, 0, 0)]
    masked: dict[int, int] = {}
    position = 0
    for number, (start, end) in sorted(enumerate(spans), key=lambda item: item[1]):
        words += _split_words(plain, position, start)
        masked[len(words)] = number
        words.append(Unit(NAME, start, end))
        position = end
    words += [*_split_words(plain, position, len(plain)), Unit(END, len(text), len(text))]
    units: list[Unit] = []
    names = [0] * len(spans)
    at = 0
    while at < len(words):
        taken = _phrase_at(words, at, book)
        if at in masked:
            names[masked[at]] = len(units)
        units.append(taken)
        at += 1 if taken.text == words[at].text else len(taken.text.split())
    return Sentence(text, tuple(units), tuple(names))


def split_cells(text: str) -> list[tuple[int, int]]:
    """Offsets of the cells of a table row; a sentence without bars is one cell."""
    bars = [at for at, sign in enumerate(text) if sign == "|"]
    return list(zip([0, *(bar + 1 for bar in bars)], [*bars, len(text)], strict=True))


def _phrase_at(words: Sequence[Unit], at: int, book: CueBook) -> Unit:
    """The longest phrase of the cue book that begins here, else the word."""
    first = words[at]
    for length in range(book.longest.get(first.text, 1), 0, -1):
        part = words[at : at + length]
        phrase = " ".join(word.text for word in part)
        tags = book.lexicon.get(phrase, ())
        if first.is_title and at and words[at - 1].text not in _BORDERS:
            tags = tuple(tag for tag in tags if tag.form is None)  # "the Capacity Building Road Map" has no verb
        if length > 1 and at and words[at - 1].text in book.grammar["determiners"] and tags and tags[0].form:
            continue  # "the call for an X" has no verb
        if tags or phrase in book.phrases:
            return Unit(phrase, first.start, part[-1].end, tags)
    return first


def blank_numbering(text: str) -> str:
    """The text with the numbers of its items left blank."""
    for pattern in (_ROW_NUMBER, _FIRST_ENUMERATOR, _INNER_ENUMERATOR):
        text = pattern.sub(lambda found: " " * len(found.group()), text)
    return text.replace("’", "'")


def _split_words(text: str, start: int, end: int) -> list[Unit]:
    words = []
    for found in _TOKEN.finditer(text, start, end):
        word = found.group().lower()
        if word not in _QUOTES and word not in (START, END):
            words.append(Unit(_BREAKS.get(word, word), *found.span(), is_title=found.group().istitle()))
    return words
