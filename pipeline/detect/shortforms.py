"""Short forms of names: "the Consolidated Strategy", "Plan of Action (2021-2025)", "the Declaration of 5 May 1999".

In: the spots of a document, bare ones among them, which name a kind of document and no subject. Out: the spots; a short
form stands for the one document named in full in the same text that has all its words; a bare name for the one entry
whose partner, period or day of signing the text tells. What fits two documents stands for none, and bare it is dropped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from pipeline.detect.spans import BARE, KNOWN, How, Spot, keep_longest
from pipeline.gazetteer.load import Held
from pipeline.names.editions import Editions, load_editions, read_marks
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, load_spelling, split_words
from pipeline.names.stated import DAY, read_day
from pipeline.names.vocabulary import Vocabulary, load_vocabulary
from pipeline.records import CitationKind, Entry

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# A description has this share of the words by which the document's name is told, or more.
_MIN_SHARE = 0.6
# Words of a description stand this near to its noun, in characters; a sentence's end is none of them.
_MAX_AROUND = 120
# Where the institution is not named in a text as long as this, it is not spoken of.
_SHORT_TEXT = 1500
# Links that go for each other between a noun and its subject.
_ABOUT = frozenset({"on", "for", "concerning", "regarding", "about"})
_WORD = re.compile(r"[^\W_]+(?:'s)?")
_OWNER = re.compile(r"([^\W\d_]+)\s$")
_GAP = re.compile(r"[\s,'-]{1,3}")
# Between the verb of signing and its date stand a place, people, or both.
_SIGNED = re.compile(
    r"\s(?:which\swas\s|that\swas\s)?(?:signed|adopted|issued|concluded|made|done)\b[^.;]{0,90}?(?=\d{1,2}\s|[A-Z][a-z]+\s\d)"
)
_REFERS = re.compile(
    r"(?:\b(?:[Tt]he|[Oo]ur|new|current|present|old|next|previous|former|said|under|of|in|by|per|to|both)|^|[.;:|\n(])\s*[\"'(]?$"
)


@dataclass(frozen=True, eq=False)
class RegisterNames:
    """The names of a register's documents as sets of words, and what among the words says nothing."""

    vocabulary: Vocabulary
    spelling: Spelling
    editions: Editions
    entries: Mapping[str, Entry]
    _folded: dict[str, frozenset[str]] = field(default_factory=dict)

    def kind_of(self, name: str) -> frozenset[str]:
        """The nouns around a name's first noun: "Framework Agreement" of "ASEAN Framework Agreement on X"."""
        words = re.findall(r"[^\W\d_]+", name.lower())
        heads = self.vocabulary["heads"]
        first = next((place for place, word in enumerate(words) if word in heads), len(words))
        last = first
        while last < len(words) and (words[last] in heads or words[last] == "of"):
            last += 1
        return frozenset(map(self.spelling.fold_word, words[first:last])) - {"of"}

    @cached_property
    def partnered(self) -> list[tuple[Entry, frozenset[str], frozenset[str]]]:
        """Documents with dialogue partners, the partners and the words of the title."""
        return [
            (entry, self.partners_of(entry), self.fold(entry.title))
            for entry in self.entries.values()
            if entry.dialogue_partner
        ]

    def partners_of(self, entry: Entry) -> frozenset[str]:
        """An entry's dialogue partners, folded."""
        return frozenset(self.spelling.key(name) for name in (entry.dialogue_partner or "").split(", "))

    @cached_property
    def index(self) -> Mapping[str, frozenset[int]]:
        """For each folded word the numbers of the long names that have it."""
        found: dict[str, set[int]] = defaultdict(set)
        for number, (_, _, words, _, _) in enumerate(self.described):
            for word in words:
                found[word].add(number)
        return {word: frozenset(numbers) for word, numbers in found.items()}

    @cached_property
    def described(self) -> list[tuple[str, str, frozenset[str], frozenset[str], tuple[str, ...]]]:
        """Documents with the words and the kind of each of their long names: of the gazetteer, and elsewhere."""
        names = [(entry.id, entry.title, entry.title) for entry in self.entries.values()]
        names += [
            (document.title, document.title, name) for document in self.vocabulary.elsewhere for name in document.names
        ]
        return [
            (meant, title, self.fold(name), self.kind_of(name), tuple(name.lower().split()))
            for meant, title, name in names
            if " " in name
        ]

    @cached_property
    def heads(self) -> frozenset[str]:
        """Nouns of document kinds, folded."""
        return frozenset(map(self.spelling.fold_word, self.vocabulary["heads"]))

    @cached_property
    def idle(self) -> frozenset[str]:
        """Words that tell nothing of the subject."""
        return frozenset(
            map(
                self.spelling.fold_word,
                self.vocabulary["empty"] | self.vocabulary["owners"] | self.vocabulary["places"],
            )
        )

    def fold(self, text: str) -> frozenset[str]:
        """The folded words of a name, without the small ones between them."""
        found = self._folded.get(text)
        if found is None:
            words = {word for _, _, word in self.spelling.fold_words(split_words(fold_text(text)))}
            found = self._folded[text] = frozenset(words - self.vocabulary["inside"])
        return found


def load_register_names(gazetteer: Gazetteer) -> RegisterNames:
    """The names of a gazetteer's documents; built once per content."""
    return _load(load_spelling(gazetteer.folder), load_vocabulary(gazetteer), load_editions(gazetteer), Held(gazetteer))


@lru_cache(maxsize=4)
def _load(spelling: Spelling, vocabulary: Vocabulary, editions: Editions, held: Held) -> RegisterNames:
    return RegisterNames(vocabulary, spelling, editions, held.gazetteer.entries)


@dataclass(frozen=True)
class ShortForms:
    """Resolves the short forms of one text."""

    text: str
    names: RegisterNames
    taken: list[tuple[int, int]] = field(default_factory=list)

    def resolve(self, spots: Sequence[Spot]) -> list[Spot]:
        """The spots, short forms with what they stand for, without the bare ones that stand for nothing."""
        self.taken.extend(sorted((spot.start, spot.end) for spot in spots if spot.how is not How.DESCRIBED))
        full = [spot for spot in spots if spot.pattern != BARE and not spot.is_body and spot.how is not How.DESCRIBED]
        named = [(spot, self._words_of(spot)) for spot in full if " " in self.text[spot.start : spot.end]]
        nouns = (self._by_words(spot) for spot in spots if spot.pattern == KNOWN)
        known = keep_longest(spot for spot in nouns if spot is not None)
        resolved = (self._resolve(spot, named) for spot in spots if spot.pattern != KNOWN)
        return [*known, *(spot for spot in resolved if spot is not None and not _gives_way(spot, known))]

    def _resolve(self, spot: Spot, named: Sequence[tuple[Spot, frozenset[str]]]) -> Spot | None:
        if (
            spot.entry_ids
            or spot.is_body
            or spot.how is not How.GROWN
            or spot.antecedent
            or spot.pattern not in (BARE, "unlisted")
        ):
            return spot
        words = self.names.fold(spot.name or self.text[spot.start : spot.end])
        bare = spot.pattern == BARE
        if bare and not _REFERS.search(self.text, max(0, spot.start - 14), spot.start):
            return None
        if bare and self.text.startswith(" thereto", spot.end):
            return self._protocol_to(spot, named)
        found = self._stands_for(spot, words, named) if len(words) > 1 else None
        if found is None:
            found = self._by_partner(spot, words) or (self._by_day(spot) if bare else None)
        return found or (None if bare else spot)

    def _protocol_to(self, spot: Spot, named: Sequence[tuple[Spot, frozenset[str]]]) -> Spot | None:
        """ "the Convention on X and the Optional Protocol thereto": it belongs to the document named last before it."""
        before = [other for other, _ in named if other.end < spot.start]
        if not before:
            return None
        surface = self.text[spot.start : spot.end]
        return replace(spot, pattern="unlisted", name=f"{surface} to the {before[-1].antecedent or before[-1].name}")

    def _stands_for(
        self, spot: Spot, words: frozenset[str], named: Sequence[tuple[Spot, frozenset[str]]]
    ) -> Spot | None:
        """The one document named in full before that has all the words of this one and the same years."""
        marks = read_marks(spot.name or self.text[spot.start : spot.end])
        meant: dict[object, Spot] = {}
        for other, theirs in named:
            if other.start >= spot.start or not words < theirs or not self._is_kind_of(spot, other):
                continue
            if marks and not (
                (
                    other.entry_ids
                    and any(self.names.editions.fit(entry, marks) is not None for entry in other.entry_ids)
                )
                or marks == read_marks(other.name)
            ):
                continue
            meant[other.entry_ids or other.antecedent or self.names.fold(other.name)] = other
        if len(meant) != 1:
            return None
        (other,) = meant.values()
        return replace(
            other,
            start=spot.start,
            end=spot.end,
            kind=CitationKind.TERM,
            antecedent=other.antecedent or other.name,
            unsupported=False,
            turn=spot.turn,
        )

    def _is_kind_of(self, spot: Spot, other: Spot) -> bool:
        """Whether the longer name is of the kind of the short one, not only about it: no "Plan to Implement X".

        Nor does "Follow-up to the Declaration" name a declaration.
        """
        words = re.findall(r"[^\W\d_]+", other.name.lower())
        before = list(takewhile(lambda word: word not in self.names.vocabulary["heads"], words))
        if any(one in self.names.vocabulary["links"] and two == "the" for one, two in pairwise(before)):
            return False
        return self.names.kind_of(spot.name or self.text[spot.start : spot.end]) <= self.names.kind_of(other.name)

    def _by_partner(self, spot: Spot, words: frozenset[str]) -> Spot | None:
        """The plan with the partner that the text names: "Plan of Action (2016-2020)" in a text about Canada."""
        kinds = {word for word in words if not word[0].isdigit()}
        if len(kinds) < 2:
            return None
        marks = read_marks(spot.name)
        if spot.pattern != BARE and not marks:
            return None
        fitting = [
            entry
            for entry, partners, theirs in self.names.partnered
            if kinds <= theirs
            and partners <= self._partners_named
            and (not marks or self.names.editions.fit(entry.id, marks) is not None)
        ]
        most = max((len(self.names.partners_of(entry)) for entry in fitting), default=0)
        fitting = [entry for entry in fitting if len(self.names.partners_of(entry)) == most]
        if not fitting or len(self.names.editions.families(fitting)) != 1:
            return None
        ids = tuple(entry.id for entry in fitting)
        return replace(spot, pattern="name", how=How.EXACT, entry_ids=ids)

    def _by_words(self, spot: Spot) -> Spot | None:
        """The one document of that kind with all words of a description: "declaration on combating marine debris".

        Words are taken in one by one from the noun on, to the right, then to the left, as long as a name has all.
        """
        start, end, numbers = self._around(spot)
        name = self.text[start:end]
        telling = {
            word for word in self.names.fold(name) - self.names.idle - self.names.kind_of(name) if word.isalpha()
        }
        marks = read_marks(name)
        if len(telling) < 2 or self._is_denied(replace(spot, start=start)):
            return None
        rows = (self.names.described[number] for number in numbers)
        fitting = {
            meant: title
            for meant, title, theirs, kind, _ in rows
            if len(telling) >= _MIN_SHARE * sum(map(str.isalpha, theirs - self.names.idle - kind))
            and (not marks or (meant in self.names.entries and self.names.editions.fit(meant, marks) is not None))
        }
        entries = [self.names.entries[meant] for meant in fitting if meant in self.names.entries]
        if entries and not self._is_institutions and not all(entry.came_in for entry in entries):
            return None
        if not fitting or len(entries) not in (0, len(fitting)) or any(self._overlaps(start, end)):
            return None
        if len(self.names.editions.families(entries)) > 1 or (not entries and len(fitting) > 1):
            return None
        title, ids = next(iter(fitting.values())), tuple(entry.id for entry in entries)
        found = replace(spot, start=start, end=end, pattern="name", how=How.EXACT, entry_ids=ids, name=name)
        return found if ids else replace(found, antecedent=title)

    @cached_property
    def _is_institutions(self) -> bool:
        """Whether the text names the institution, or is too short to tell and names no other."""
        words = set(map(str.lower, _WORD.findall(self.text)))
        if not words.isdisjoint(self.names.vocabulary["owners"]):
            return True
        return len(self.text) < _SHORT_TEXT and words.isdisjoint(self.names.vocabulary["institutions"])

    def _overlaps(self, start: int, end: int) -> Iterator[bool]:
        """Whether other spots reach into this place."""
        return (left < end and start < right for left, right in self.taken)

    def _around(self, spot: Spot) -> tuple[int, int, frozenset[int]]:
        """A noun in small letters with the words around it that some name of that kind has too."""
        noun = self.names.spelling.fold_word(self.text[spot.start : spot.end].lower())
        numbers = frozenset(
            number for number in self.names.index.get(noun, ()) if noun in self.names.described[number][3]
        )
        start, end = spot.start, spot.end
        place = end
        link = _WORD.match(self.text, end + 1)
        if (
            link is not None
            and self._is_small(link.group())
            and not self.text[link.end() + 1 : link.end() + 2].isdigit()
        ):
            same = _ABOUT if link.group() in _ABOUT else {link.group()}
            numbers = frozenset(each for each in numbers if same & set(self.names.described[each][4]))
        for found in _WORD.finditer(self.text, end, end + _MAX_AROUND):
            rest = self._with(numbers, found.group())
            if rest is None or not _GAP.fullmatch(self.text, place, found.start()):
                break
            small = self._is_small(found.group())
            numbers, place, end = rest, found.end(), end if small else found.end()
        for found in list(_WORD.finditer(self.text, max(0, start - _MAX_AROUND), start))[::-1]:
            rest = self._with(numbers, found.group())
            if rest is None or self._is_small(found.group()) or not _GAP.fullmatch(self.text, found.end(), start):
                break
            numbers, start = rest, found.start()
        owner = _OWNER.search(self.text, max(0, start - 20), start)
        if owner is not None and owner[1].lower() in self.names.vocabulary["subject_owners"]:
            start = owner.start(1)
        return start, end, numbers

    def _is_small(self, word: str) -> bool:
        return word.lower() in self.names.vocabulary["inside"]

    def _with(self, numbers: frozenset[int], word: str) -> frozenset[int] | None:
        """The names that have this word too; all of them for a small word or a year, None where there is none."""
        if word.lower() in self.names.vocabulary["not_new"]:
            return None
        if self._is_small(word) or word.isdigit():
            return numbers
        for folded in self.names.fold(word):
            numbers = numbers & self.names.index.get(folded, frozenset())
        return numbers or None

    def _is_denied(self, spot: Spot) -> bool:
        """Whether the text says that there is none, or speaks of any: "no agreement on kites"."""
        before = re.findall(r"[\w']+", self.text[max(0, spot.start - 24) : spot.start].lower())[-1:]
        return not self.names.vocabulary["not_new"].isdisjoint(before)

    def _by_day(self, spot: Spot) -> Spot | None:
        """The one entry of that kind that was signed on the day behind the name."""
        found = _SIGNED.match(self.text, spot.end)
        date = DAY.match(self.text, found.end()) if found is not None else None
        day = read_day(date) if date is not None else None
        if day is None:
            return None
        words = self.names.fold(self.text[spot.start : spot.end])
        fitting = [
            entry
            for entry in self.names.entries.values()
            if entry.issued == day and words <= self.names.fold(entry.title)
        ]
        return (
            replace(spot, pattern="name", how=How.EXACT, entry_ids=(fitting[0].id,), name=fitting[0].title)
            if len(fitting) == 1
            else None
        )

    @cached_property
    def _partners_named(self) -> frozenset[str]:
        """Dialogue partners that the text names."""
        names = {
            name for entry in self.names.entries.values() for name in (entry.dialogue_partner or "").split(", ") if name
        }
        words = {folded for _, _, folded in self.names.spelling.fold_words(split_words(self.text))}
        return frozenset(key for key in map(self.names.spelling.key, names) if key in words)

    def _words_of(self, spot: Spot) -> frozenset[str]:
        titles = [self.names.entries[entry].title for entry in spot.entry_ids if entry in self.names.entries]
        return self.names.fold(
            " ".join([spot.name or self.text[spot.start : spot.end], spot.antecedent or "", *titles])
        )


def _gives_way(spot: Spot, known: Sequence[Spot]) -> bool:
    """Whether a description lies where a known document is described."""
    return spot.how is How.DESCRIBED and any(spot.start < other.end and other.start < spot.end for other in known)
