"""Second signs: whether a name with other meanings ("TAC", "ASEAN-China Free Trade Area") means a document here.

In: the spots of a document that need support. Out: the same spots, those without a second sign turned into bodies,
which are no citations but still keep their words from being taken for something else. The trap: the sign must not be
the name itself, nor another unsupported name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.detect.extent import is_acronym
from pipeline.detect.spans import How, Spot
from pipeline.gazetteer.surroundings import Surroundings
from pipeline.names.vocabulary import Vocabulary
from pipeline.records import Entry

# Words before and behind a name among which a sign counts: "Parties to the said TAC", "TAC provisions".
_BEFORE, _BEHIND = 4, 2
# Characters around a name in which words of its title count.
_AROUND = 250
# Where the institution is not named in a text as long as this, it is not spoken of.
_SHORT_TEXT = 1500
_APPOSITION = re.compile(r"\s?[,(-]\s?(?:the|an?|its|their|our)\s")
_COORDINATED = re.compile(
    r"\s?(?:,\s?)?(?:(?:and|or|nor|&|/|as well as|plus)\s?|(?<=,))(?:(?:of|under|to|in)\s)?(?:the\s)?", re.I
)
_ARTICLE = re.compile(r"(?<!\bat )\b[Tt]he\s[\"']?$")
_WORD_BEFORE = re.compile(r"([A-Za-z][\w'-]*)\s[\"'(]?$")
_FOLLOWING = re.compile(r"\s([a-z][\w-]*)")


@dataclass(frozen=True)
class Supporter:
    """Looks for second signs in one document's text."""

    text: str
    vocabulary: Vocabulary
    surroundings: Surroundings
    entries: Sequence[Entry]

    def require_support(self, spots: Sequence[Spot]) -> list[Spot]:
        """The spots, without support as bodies."""
        safe = [spot for spot in spots if spot.entry_ids and not spot.unsupported and not spot.is_body]
        named = {entry_id for spot in safe for entry_id in spot.entry_ids}
        return [replace(spot, is_body=True) if self._lacks_support(spot, named, safe) else spot for spot in spots]

    def _lacks_support(self, spot: Spot, named: set[str], safe: Sequence[Spot]) -> bool:
        if not spot.unsupported or spot.is_body or spot.how is How.GROWN:
            return False
        surface = self.text[spot.start : spot.end]
        if self._has_sign(spot):
            return False
        if re.findall(r"[^\W_]+", spot.name.lower())[-1:] and self._names_area(spot):
            return True
        if not named.isdisjoint(spot.entry_ids):
            return False
        if " " in surface and self._is_capital(surface) and self._is_owned(spot):
            return False
        meant = [entry for entry in self.entries if entry.id in spot.entry_ids]
        is_noun = self._is_one_word(spot) and any(self._holds_noun(surface, entry.title) for entry in meant)
        if is_noun and (self._stands_beside(spot, safe) or self._has_article(spot)):
            return False
        siblings = " ".join(self._titles_around(spot, safe))
        return not any(self._speaks_for(spot, entry, siblings) or self._is_explained(spot, entry) for entry in meant)

    def _stands_beside(self, spot: Spot, safe: Sequence[Spot]) -> bool:
        """Whether it is coordinated with a document: "the ASEAN Charter or the TAC"."""
        return any(
            _COORDINATED.fullmatch(self.text, min(spot.end, other.end), max(spot.start, other.start)) is not None
            for other in safe
            if abs(other.start - spot.start) <= _AROUND
        )

    def _has_article(self, spot: Spot) -> bool:
        """ "the TAC" in a text of the institution, not "the TAC meeting", nor "at the TAC".

        Where the institution is named, so may the document be without an article: "DMF has nine chapters".
        """
        has_article = _ARTICLE.search(self.text, max(0, spot.start - 8), spot.start) is not None
        if not (has_article and self._is_institutions) and not (self._is_named and self._stands_alone(spot)):
            return False
        if _APPOSITION.match(self.text, spot.end):  # what it is stands behind it, and is no document
            return False
        following = _FOLLOWING.match(self.text, spot.end)
        small = (self.vocabulary[name] for name in ("inside", "subject_stops", "links", "signs_after"))
        if following is None or following[1].endswith(("ed", "ly")):
            return True
        return following[1] != "for" and any(following[1] in words for words in small)  # "the TAC for tuna"

    def _stands_alone(self, spot: Spot) -> bool:
        """Whether no article, nobody's name and no capitals stand before it: not "a RIA", "their ACTS", "ASEAN AMO"."""
        before = _WORD_BEFORE.search(self.text, max(0, spot.start - 20), spot.start)
        if before is None:
            return True
        word = before[1]
        refused = word.lower() in ("a", "an", "the", "at") or word.lower() in self.vocabulary["not_new"]
        return not refused and not word.isupper()

    @cached_property
    def _is_named(self) -> bool:
        """Whether the text names the institution."""
        return any(re.search(rf"\b{re.escape(owner)}\b", self.text, re.I) for owner in self.vocabulary["owners"])

    @cached_property
    def _is_institutions(self) -> bool:
        """Whether the text speaks of the institution at all, or is too short to tell and speaks of no other."""
        if self._is_named:
            return True
        others = "|".join(re.escape(name) for name in sorted(self.vocabulary["institutions"]))
        return len(self.text) < _SHORT_TEXT and re.search(rf"\b(?:{others.upper()})\b", self.text) is None

    def _holds_noun(self, acronym: str, title: str) -> bool:
        """Whether a letter of the acronym is a document's noun: the T of TAC, none of AIA ("ASEAN Investment Area")."""
        words = [word for word in re.findall(r"[^\W_]+", title) if word[0].isupper()]
        initials = "".join(word[0] for word in words)
        place = initials.find(acronym)
        if place >= 0:
            return any(word.lower() in self.vocabulary["heads"] for word in words[place : place + len(acronym)])
        place = -1
        used = []
        for letter in acronym:
            place = initials.find(letter, place + 1)
            if place < 0:
                return False
            used.append(words[place].lower())
        return any(word in self.vocabulary["heads"] for word in used)

    def _titles_around(self, spot: Spot, safe: Sequence[Spot]) -> Iterator[str]:
        """Titles of what stands near as an acronym: beside "MAFLAFS", "MAAS" is an agreement on air services too."""
        near = {
            entry_id
            for other in safe
            if spot.start - _AROUND <= other.start <= spot.end + _AROUND
            and is_acronym(self.text[other.start : other.end])
            for entry_id in other.entry_ids
        }
        return (entry.title for entry in self.entries if entry.id in near)

    def _is_explained(self, spot: Spot, entry: Entry) -> bool:
        """Whether the kind of document stands in apposition: "HPA, the leaders' plan of action"."""
        words = re.findall(r"[^\W\d_]+", entry.title.lower())
        nouns = "|".join(sorted(self.vocabulary["heads"].intersection(words)))
        if not nouns or not self._is_one_word(spot):
            return False
        behind = rf"\s?[,(-]\s?(?:the|an?|its|their|our|ASEAN's)\s(?:[\w'-]+\s){{0,4}}(?:{nouns})\b"
        before = rf"\b(?:{nouns})(?:\sof\s\w+)?,?\s(?:called\s|named\s|known\sas\s)?(?:the\s)?[\"'(]?$"
        return (
            re.match(behind, self.text[spot.end : spot.end + _AROUND], re.I) is not None
            or re.search(before, self.text[max(0, spot.start - _AROUND) : spot.start], re.I) is not None
        )

    def _names_area(self, spot: Spot) -> bool:
        """Areas and partnerships: that their agreement is named elsewhere does not make the area a document."""
        return re.findall(r"[^\W_]+", spot.name.lower())[-1] in self.vocabulary["areas"]

    def _has_sign(self, spot: Spot) -> bool:
        before = re.findall(r"[^\W_]+", self.text[max(0, spot.start - 60) : spot.start].lower())[-_BEFORE:]
        behind = re.findall(r"[^\W_]+", self.text[spot.end : spot.end + 40].lower())[:_BEHIND]
        signs = self.vocabulary["signs_before"]
        if spot.name.lower().endswith(tuple(self.vocabulary["made"])):
            signs = signs | self.vocabulary["signs_making"]
        if self._is_one_word(spot):
            signs = signs | self.vocabulary["signs_citing"]
        return bool(signs.intersection(before)) or bool(self.vocabulary["signs_after"].intersection(behind))

    def _is_one_word(self, spot: Spot) -> bool:
        """Whether it is an acronym or one word, not a longer name that has lost its spaces."""
        return " " not in self.text[spot.start : spot.end] and " " not in spot.name

    def _is_capital(self, surface: str) -> bool:
        words = [word for word in re.findall(r"[^\W\d_]+", surface) if len(word) > 3]
        return all(word[0].isupper() for word in words)

    def _is_owned(self, spot: Spot) -> bool:
        """Whether the institution stands beside the name: "the Data Management Framework of ASEAN"."""
        around = self.text[max(0, spot.start - _AROUND) : spot.end + _AROUND].lower()
        return any(re.search(rf"\b{re.escape(owner)}\b", around) for owner in self.vocabulary["owners"])

    def _speaks_for(self, spot: Spot, entry: Entry, siblings: str) -> bool:
        around = self.text[max(0, spot.start - _AROUND) : spot.start] + " " + self.text[spot.end : spot.end + _AROUND]
        return any(self.surroundings.supports(words, entry, spot.name) for words in (around, siblings))
