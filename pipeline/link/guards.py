"""Hard guards: what two names may not differ in, whatever their score.

In: a name from a text and a name of the gazetteer, both as folded words. Out: the guard that keeps them apart and a
readable reason, or None. No similarity separates editions: "ASEAN Digital Masterplan 2030" scores higher against
"... 2025" than the right short form does. The trap: a guard must never look at the score.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.names.editions import read_marks
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, split_words
from pipeline.names.vocabulary import Vocabulary


@dataclass(frozen=True)
class Profile:
    """What guards compare of a name."""

    name: str
    words: frozenset[str]  # folded, without small words
    heads: frozenset[str]  # nouns of document kinds among them
    partners: frozenset[str]


@dataclass(frozen=True)
class Guards:
    """The guards of one gazetteer."""

    spelling: Spelling
    vocabulary: Vocabulary

    def words(self, name: str) -> tuple[str, ...]:
        """The folded words of a name in order, without small words and numbers."""
        small = self.vocabulary["inside"]
        folded = (word for _, _, word in self.spelling.fold_words(split_words(fold_text(name))))
        return tuple(word for word in folded if word not in small and not word.isdigit())

    def profile(self, name: str) -> Profile:
        """What guards compare of a name."""
        words = frozenset(self.words(name))
        return Profile(name, words, words & self._heads, words & self.vocabulary["partners"])

    def with_words(self, profile: Profile, words: frozenset[str]) -> Profile:
        """The profile with other words."""
        return Profile(profile.name, words, words & self._heads, words & self.vocabulary["partners"])

    @cached_property
    def _heads(self) -> frozenset[str]:
        return frozenset(self.spelling.fold_word(head) for head in self.vocabulary["heads"])

    def keep_apart(self, name: Profile, alias: Profile) -> tuple[str, str] | None:
        """The first guard that the pair fails, and why."""
        return (
            self._editions(name, alias)
            or self._head_nouns(name, alias)
            or self._partners(name, alias)
            or self._discriminating(name, alias)
        )

    def _editions(self, name: Profile, alias: Profile) -> tuple[str, str] | None:
        left, right = read_marks(name.name), read_marks(alias.name)
        if left and right and left != right:
            return "edition", f"{alias.name!r} is another edition"
        return None

    def _head_nouns(self, name: Profile, alias: Profile) -> tuple[str, str] | None:
        if name.heads == alias.heads:
            return None
        return (
            "head noun",
            f"{alias.name!r} is another kind of document ({', '.join(sorted(name.heads ^ alias.heads))})",
        )

    def _partners(self, name: Profile, alias: Profile) -> tuple[str, str] | None:
        if name.partners == alias.partners:
            return None
        return "partner", f"{alias.name!r} is with {', '.join(sorted(alias.partners)) or 'no partner'}"

    def _discriminating(self, name: Profile, alias: Profile) -> tuple[str, str] | None:
        """Words that only one of the two names has must be as good as empty, or a spelling of each other."""
        missing, extra = alias.words - name.words, name.words - alias.words
        for word in sorted(missing):
            twin = next((other for other in sorted(extra) if _is_inflected(word, other)), None)
            if twin is not None:
                missing, extra = missing - {word}, extra - {twin}
        missing = missing - self.vocabulary["dispensable"]
        telling = sorted(word for word in missing | extra if word not in self.vocabulary["colourless"])
        if not telling:
            return None
        return "discriminating words", f"{alias.name!r} differs in {', '.join(telling)}"


# Two forms of one word share this many letters at the beginning: "cooperation" / "cooperative".
_MIN_STEM = 6


def _is_inflected(one: str, other: str) -> bool:
    return one[:_MIN_STEM] == other[:_MIN_STEM] and min(len(one), len(other)) >= _MIN_STEM


# Ids stay readable in a table.
_MAX_LENGTH = 90
# "resolution WHA65.4" is the World Health Assembly's resolution 65.4.
_GLUED_NUMBER = re.compile(r"\b([A-Z]{2,6})(?=\d)")


def make_slug(name: str, guards: Guards) -> str:
    """An id for a name that no entry gives: its nouns, the other words in alphabetical order, then its edition.

    One for all spellings and word orders of a name, and the same in every corpus.
    """
    name = _GLUED_NUMBER.sub(r"\1 ", name)
    profile = guards.profile(name)
    colourless = guards.vocabulary["owners"]
    heads = sorted(profile.heads)
    others = sorted(word for word in profile.words - profile.heads if word not in colourless)
    marks = read_marks(name)
    numbers = sorted(
        [f"{start}-{end}" for start, end in marks.periods]
        + [str(year) for year in marks.years]
        + [f"{kind}-{number:g}" for kind, number in marks.parts]
        + [f"{number:g}" for number in marks.numbers]
    )
    known = {number for mark in numbers for number in re.findall(r"\d+", mark)}
    numbers += sorted(number for number in re.findall(r"\d+", name) if number not in known)
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join([*heads, *others, *numbers])).strip("-")
    return slug[:_MAX_LENGTH].strip("-") or "unnamed"


def symbol_slug(symbol: str) -> str:
    """The id of a document known by its symbol only; order and separators stay: "a-res-65-64", "wha58-3"."""
    return re.sub(r"[^a-z0-9]+", "-", symbol.lower()).strip("-")
