"""All names of the gazetteer, found in a text that may have lost its spaces, capitals or letters.

In: a gazetteer, and the running text of a document. Out: `Found` spans with the name they match. Names are compared
as runs of letters without spaces ("space-free keys"), folded by `spelling.py`, in one pass of an Aho-Corasick
automaton, so the time does not grow with the gazetteer. The trap: a key knows no word borders, so each hit is checked
against the words of the text before it counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.detect.name import Name, is_cased, make_name, without_article
from pipeline.detect.repair import Repairer
from pipeline.detect.spans import How, is_caseless
from pipeline.detect.variants import add_compounds, add_own_nouns, add_reordered
from pipeline.gazetteer.barenames import find_bare_names
from pipeline.gazetteer.load import Gazetteer, Held
from pipeline.names.folding import fold_text
from pipeline.names.spelling import (
    LETTERS,
    MAYBE_DOUBLED,
    Spelling,
    Word,
    load_spelling,
    pack_spelling,
    split_letters,
    split_words,
    undouble,
    unpack_spelling,
)
from pipeline.names.vocabulary import Vocabulary, load_vocabulary

if TYPE_CHECKING:
    from pipeline.records import Alias

# Shorter keys ("atiga", "vision2020") are left to the phrase patterns, which know word borders and capitals.
_MIN_KEY = 10
# An acronym with a year is found however it is spaced, as long as its capitals are there.
_MIN_CASED_KEY = 6
# A name that has lost spaces inside may be glued to its neighbours if it is as long as this.
_MIN_GLUED_KEY = 14
# What stands between two words of one name: no end of a sentence, no border of a table, no row of a timeline.
_APART = re.compile(r"[.!?;]\s|[|•\n]")
# A definition is no part of the name before it: (the "2012 Agreement").
_DEFINES = re.compile(r"\((?:[a-z]+\s){0,5}[\"'](?:the\s)?(?=\d)|\b(?:hereinafter|hereafter|henceforth)\b")
_SINGLE = re.compile(r"(?<![^\W_])[^\W_]\s?$")
_NUMERAL_END = re.compile(r"[IVX]{2,}$")
_YEAR_END = re.compile(r"(?:19|20)\d\d$")


class Found(NamedTuple):
    """A name in a text; `how` is exact, spelling, space-free or repaired."""

    start: int
    end: int
    name: Name
    how: How


class _Stream(NamedTuple):
    """The words of a text run together, and the way back."""

    key: str
    starts: list[int]  # where each piece begins in the key
    pieces: list[tuple[int, int, bool]]  # its place in the text, and whether letters stand one for one
    repaired: set[int]


@dataclass(frozen=True, eq=False)
class NameBook:
    """The names of one gazetteer, ready to be looked for."""

    names: tuple[Name, ...]
    spelling: Spelling
    repairer: Repairer
    folded: Any  # ahocorasick.Automaton: folded key -> (length, number of the name)
    raw: Any  # the same for keys as they are written
    by_key: dict[str, int]

    def find(self, text: str) -> Iterator[Found]:
        """Every place where a name's key stands between fitting borders; overlapping ones too."""
        words = split_words(text)
        yield from self._find_in(text, self._folded_stream(words), self.folded, How.SPELLING)
        stream = _plain_stream(text) or _raw_stream(split_letters(text))
        yield from self._find_in(text, stream, self.raw, How.SPACE_FREE)

    def name_of(self, text: str) -> Name | None:
        """The name that `text` is, spelling apart."""
        number = self.by_key.get(self.spelling.key(text))
        return None if number is None else self.names[number]

    def goes_on(self, before: str, after: str) -> bool:
        """Whether a name runs on from the end of one text into the beginning of another."""
        text = fold_text(f"{before} {after}")
        joint = len(fold_text(before))
        return any(found.start < joint < found.end for found in self.find(text) if not found.name.is_body)

    def begins_name(self, text: str) -> bool:
        """Whether a name begins with these words."""
        return len(self.folded) > 0 and bool(self.folded.match(self.spelling.key(text)))

    def may_continue(self, text: str, more: str) -> bool:
        """Whether a name may begin with these words and go on with more: a quick look, by the first of them."""
        first = more.split(maxsplit=1)[0]
        return self.begins_name(f"{text} {first}")

    def _folded_stream(self, words: Sequence[Word]) -> _Stream:
        parts: list[str] = []
        starts: list[int] = []
        pieces: list[tuple[int, int, bool]] = []
        repaired: set[int] = set()
        place = 0
        mended, changed = self.repairer.repair(words)
        for first, last, folded in self.spelling.fold_words(mended):
            start, end = mended[first].start, mended[last - 1].end
            if not changed.isdisjoint(range(first, last)):
                repaired.add(len(pieces))
            starts.append(place)
            pieces.append((start, end, end - start == len(folded)))
            parts.append(folded)
            place += len(folded)
        return _Stream("".join(parts), starts, pieces, repaired)

    def _find_in(self, text: str, stream: _Stream, automaton: Any, how: How) -> Iterator[Found]:
        if not len(automaton):
            return
        caseless = is_caseless(text)
        for last, (length, number) in automaton.iter(stream.key):
            name = self.names[number]
            span = self._span(text, stream, last + 1 - length, last + 1, name)
            if span is None or (name.cased and not caseless and not _has_capitals(text[span[0] : span[1]], name.text)):
                continue
            first, after = bisect_right(stream.starts, last + 1 - length) - 1, bisect_left(stream.starts, last + 1)
            mended = any(index in stream.repaired for index in range(first, after)) if stream.repaired else False
            yield Found(span[0], span[1], name, How.REPAIRED if mended else how)

    def _span(self, text: str, stream: _Stream, start: int, end: int, name: Name) -> tuple[int, int] | None:
        """The place in the text of `key[start:end]`, or None where its borders or what stands inside do not fit."""
        first = bisect_right(stream.starts, start) - 1
        last = bisect_right(stream.starts, end - 1) - 1
        left, right = _offset(stream, first, start, at_end=False), _offset(stream, last, end, at_end=True)
        if right is not None and left is not None and text.startswith(")", right) and "(" in text[left:right]:
            right += 1
        if left is None or right is None or _is_torn(text[left:right]) or _is_miscounted(text[left:right], name.text):
            return None
        if text.count(")", left, right) > text.count("(", left, right):  # "Zone (SEANWFZ) Treaty"
            return None
        if self._begins_word(text, left) and self._ends_word(text, right):
            return left, right
        # Where spaces inside the name are lost, so may be those around it.
        glued = end - start >= _MIN_GLUED_KEY and last - first + 1 < len(split_words(name.text))
        return (left, right) if glued else None

    def _begins_word(self, text: str, left: int) -> bool:
        place = left
        while place > 0 and text[place - 1].isalnum():
            place -= 1
        before = text[place:left]
        return not before or (before[-1].islower() and text[left].isupper()) or before.lower() in self.spelling.glue

    def _ends_word(self, text: str, right: int) -> bool:
        place = right
        while place < len(text) and text[place].isalnum():
            place += 1
        after = text[right:place]
        if not after or after.lower() in self.spelling.glue:
            return True
        if after.isdigit():  # a footnote's number
            return len(after) <= 2 and (text[right - 1].isalpha() or _YEAR_END.search(text[:right]) is not None)
        return text[right - 1].islower() and after[0].isupper()


def load_names(gazetteer: Gazetteer) -> NameBook:
    """The names of a gazetteer, of known bodies and of documents elsewhere; built once per content."""
    return _load(load_spelling(gazetteer.folder), load_vocabulary(gazetteer), Held(gazetteer))


@lru_cache(maxsize=4)
def _load(spelling: Spelling, vocabulary: Vocabulary, held: Held) -> NameBook:
    grouped: dict[str, list[Alias]] = {}
    for alias in held.gazetteer.aliases:
        grouped.setdefault(spelling.key(alias.text), []).append(alias)
    names = {key: make_name(aliases) for key, aliases in grouped.items()}
    bare = find_bare_names(held.gazetteer, spelling, vocabulary)
    for key, text in bare.texts.items():
        name = names.get(key, Name((text,), (), is_cased(text)))
        names[key] = replace(name, entry_ids=tuple(dict.fromkeys((*name.entry_ids, *bare.entry_ids[key]))))
    names = add_reordered(names, spelling, vocabulary)
    names = add_compounds(names, spelling, vocabulary)
    names = add_own_nouns(names, held.gazetteer.entries, spelling, vocabulary)
    for document in vocabulary.elsewhere:
        for text in document.names:
            names.setdefault(spelling.key(text), Name((text,), (), is_cased(text), elsewhere=document.title))
    for text in vocabulary.bodies:
        names.setdefault(spelling.key(text), Name((text,), (), is_cased(text)))
    return build_names(list(names.values()), spelling)


def build_names(names: Sequence[Name], spelling: Spelling) -> NameBook:
    """A book of these names under these spellings."""
    import ahocorasick

    by_key: dict[str, int] = {}
    folded, raw = ahocorasick.Automaton(), ahocorasick.Automaton()
    for number, name in enumerate(names):
        limit = _MIN_CASED_KEY if name.cased else _MIN_KEY
        by_key[spelling.key(name.text)] = number
        for key in _preposition_variants(name.text, spelling):
            if len(key) >= limit:
                folded.add_word(key, (len(key), number))
        for key in map(_raw_key, name.texts):
            if len(key) >= limit:
                raw.add_word(key, (len(key), number))
    for automaton in (folded, raw):
        if len(automaton):
            automaton.make_automaton()
    return NameBook(tuple(names), spelling, Repairer.of(spelling, [name.text for name in names]), folded, raw, by_key)


def pack_names(book: NameBook) -> dict[str, Any]:
    """A book as plain data, for JSON."""
    names = [[name.texts, name.entry_ids, name.cased, sorted(name.unsupported), name.elsewhere] for name in book.names]
    return {"names": names, "spelling": pack_spelling(book.spelling)}


def unpack_names(packed: dict[str, Any]) -> NameBook:
    """The book that `pack_names` packed."""
    names = [
        Name(tuple(texts), tuple(entry_ids), cased, frozenset(unsupported), elsewhere)
        for texts, entry_ids, cased, unsupported, elsewhere in packed["names"]
    ]
    return build_names(names, unpack_spelling(packed["spelling"]))


def _preposition_variants(name: str, spelling: Spelling) -> set[str]:
    """The folded key, and the same with `for` and `on` exchanged: "Framework for/on Personal Data Protection"."""
    words = [folded for _, _, folded in spelling.fold_words(split_words(fold_text(name)))]
    found = {"".join(words)}
    for index, word in enumerate(words):
        if word in ("for", "on") and index > 0:
            other = "on" if word == "for" else "for"
            found.add("".join([*words[:index], other, *words[index + 1 :]]))
    return found


def _raw_key(name: str) -> str:
    return "".join(word.text for word in split_letters(without_article(fold_text(name))))


def _plain_stream(text: str) -> _Stream | None:
    """What `_raw_stream` makes of a text in which no letters are printed twice, found in a fraction of the time."""
    low = text.lower()
    # The one letter whose small form hangs on its neighbours is a capital sigma.
    if len(low) != len(text) or "Σ" in text or MAYBE_DOUBLED.search(low):
        return None
    spans = [found.span() for found in LETTERS.finditer(low)]
    lengths = [end - start for start, end in spans]
    pieces = [(start, end, True) for start, end in spans]
    return _Stream("".join(LETTERS.findall(low)), [0, *accumulate(lengths[:-1])] if spans else [], pieces, set())


def _raw_stream(words: Sequence[Word]) -> _Stream:
    parts: list[str] = []
    starts: list[int] = []
    pieces: list[tuple[int, int, bool]] = []
    place = 0
    for word in words:
        letters = undouble(word.text)
        starts.append(place)
        pieces.append((word.start, word.end, word.end - word.start == len(letters)))
        parts.append(letters)
        place += len(letters)
    return _Stream("".join(parts), starts, pieces, set())


def _offset(stream: _Stream, piece: int, place: int, at_end: bool) -> int | None:
    start, end, straight = stream.pieces[piece]
    within = place - stream.starts[piece]
    if straight:
        return start + within
    following = stream.starts[piece + 1] if piece + 1 < len(stream.starts) else len(stream.key)
    if at_end:
        return end if place == following else None
    return start if within == 0 else None


def _is_torn(inner: str) -> bool:
    """Whether a sentence or a cell ends inside; the point behind a single letter or digit ("U.S. ") ends none."""
    if _DEFINES.search(inner):
        return True
    return any(not _SINGLE.search(inner[: found.start()]) for found in _APART.finditer(inner))


def _is_miscounted(surface: str, name: str) -> bool:
    """Whether numerals run together to the name's: "Concord I, II" is no "Concord III"."""
    last = _NUMERAL_END.search(name)
    return last is not None and "," in surface[-len(last.group()) - 4 :] and not surface.endswith(last.group())


def _has_capitals(surface: str, name: str) -> bool:
    """Whether the letters of an acronym have its case: "ATIGA" is not "atiga"."""
    return [letter for letter in surface if letter.isalnum()] == [
        letter for letter in fold_text(name) if letter.isalnum()
    ]
