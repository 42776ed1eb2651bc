"""Planned documents without a name, described by their subject: "an ASEAN framework on digital data governance".

In: anchors of the subject patterns. Out: the head noun phrase with its subject; purpose, deadline and actor left out.
Whether anybody is making the document is not asked here. Names in small letters that end in a period ("the global
action plan 2013-2020") are found alike. The trap: such phrases are everywhere; what has no subject ("a regional
roadmap") or a vague one ("an agreement on the matter") is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.names.tokens import Stretches, Token, first_token
from pipeline.names.vocabulary import Vocabulary

# A subject longer than this runs on into something else; so do more words than this before the noun.
_MAX_SUBJECT = 10
_MAX_BEFORE = 6
# Between the article of a name in small letters and its period.
_MAX_PERIOD_NAME = 16
_ARTICLES = ("a", "an", "the")
# A plan that is to be handed to a body is one document, though nothing says what it is about.
_SUBMITTED = ("to be submitted", "for submission", "for consideration", "for adoption")


@dataclass(frozen=True)
class Describer:
    """Finds the whole description around an anchor."""

    vocabulary: Vocabulary
    stretches: Stretches

    def grow(self, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """The description around the anchor `[start, end)` within `[left, right)`, or None if it describes nothing."""
        return self._grow(left, right, start, end, owned=True)

    def grow_weak(self, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """The same for a noun that has no owner and needs one; it counts only if linking finds what it became."""
        return self._grow(left, right, start, end, owned=False)

    def grow_made(self, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """What may be the object of a making: "a set of technical recommendations", "a 10-year plan of action".

        The article is indefinite, or there is none before a plural; whether somebody makes it, the status room says.
        """
        tokens = self.stretches.tokens(left, right)
        noun = self._noun(tokens, start, end, "made_heads")
        if noun is None:
            return None
        first = noun
        while first > 0 and noun - first < _MAX_BEFORE and self._may_describe(tokens, first - 1):
            first -= 1
        words = [token.low for token in tokens[first:noun]]
        if self.vocabulary["subject_refused"].intersection(words) or not self._is_new(tokens, first, noun):
            return None
        if tokens[noun].low == "report" and not {"world", "global"}.intersection(words):
            return None  # a routine report
        definite = tokens[first - 1].low == "the"
        while first < noun and tokens[first].low in self.vocabulary["made_not_yet"]:
            first += 1
        is_set = first >= 2 and tokens[first - 1].low == "of" and tokens[first - 2].low in self.vocabulary["made_sets"]
        if is_set:
            first -= 2
        head = self._whole_noun(tokens, noun)
        if [token.low for token in tokens[head + 1 : head + 2]] == ["and"] and tokens[head + 2].low in self.vocabulary[
            "made_second"
        ]:
            head += 2  # "guidelines and procedures for"
        last = self._grow_right(tokens, head)
        if tokens[noun].low in self.vocabulary["made_counted"] and not is_set and "technical" not in words:
            return None
        submitted = " ".join(token.low for token in tokens[head + 1 : head + 4]).startswith(_SUBMITTED)
        telling = sum(2 if word in self.vocabulary["institutions"] else word not in self._empty for word in words)
        enough = 1 if definite or any(word[0].isdigit() for word in words) else 2
        if last == head and not submitted and not (is_set and words) and telling < enough:
            return None
        return tokens[first].start, tokens[last].end

    def _is_new(self, tokens: Sequence[Token], first: int, noun: int) -> bool:
        """An indefinite article, "a set of", none before a plural, or "the finalization of the"."""
        before = [token.low for token in tokens[max(first - 3, 0) : first]]
        if not before or before[-1] in self.vocabulary["not_new"]:
            return False
        if before[-1] in ("a", "an"):
            return True
        if before[-1] == "the":
            return len(before) == 3 and before[1] == "of" and before[0].endswith(("ation", "ment"))
        if before[-1] == "of":
            article = [token.low for token in tokens[max(first - 4, 0) : first - 2]]
            return (
                len(before) > 1
                and before[-2] in self.vocabulary["made_sets"]
                and bool({"a", "an", "draft"}.intersection(article))
            )
        return tokens[noun].low.endswith("s") and tokens[first - 1].is_word

    def _may_describe(self, tokens: Sequence[Token], place: int) -> bool:
        """A word that may stand between the article and the noun, participles and joined adjectives too."""
        token, before = tokens[place], tokens[place - 1].low if place else ""
        low = token.low
        if low == "and":
            return before in self.vocabulary["made_heads"] or before.endswith(("ed", "ing", "al", "ent"))
        if not low.replace("-", "").isalnum() or low in _ARTICLES or low in self.vocabulary["made_particles"]:
            return False
        if (
            low in self._not_before
            and low not in self.vocabulary["made_not_yet"]
            and not (token.text.isupper() and low in self.vocabulary["institutions"])
        ):
            return False
        if low.endswith("ing"):
            return low in self.vocabulary["adjectives"] or before in (*_ARTICLES, "model", "detailed", "legally")
        return not low.endswith("ed") or before in (*_ARTICLES, "and", "more")

    def _grow(self, left: int, right: int, start: int, end: int, owned: bool) -> tuple[int, int] | None:
        tokens = self.stretches.tokens(left, right)
        noun = self._noun(tokens, start, end)
        if noun is None:
            return None
        first = self._first(tokens, noun)
        before = tokens[first - 1].low if first else ""
        words = [token.low for token in tokens[first:noun]]
        if tokens[noun].low == "mechanism" and not self.vocabulary["owners"].intersection(words):
            return None  # no document
        if before in self.vocabulary["not_new"] or self.vocabulary["subject_refused"].intersection(words):
            return None
        head = self._whole_noun(tokens, noun)
        last = self._grow_right(tokens, head)
        if last == head and not self._is_compound(words, before):
            return None
        if owned and not self._is_owned(words) and self._needs_owner(tokens, noun, head, last, words):
            return None
        return tokens[first].start, tokens[last].end

    def grow_period(self, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """A name in small letters around its period: "the global action plan 2014-2019 on eye health"."""
        tokens = self.stretches.tokens(left, right)
        period = first_token(tokens, end - 1)
        first = period
        headed = False
        while first > 0 and period - first < _MAX_PERIOD_NAME:
            token = tokens[first - 1]
            if not (self._is_plain(token) or (token.low in _ARTICLES and not headed)):
                break
            headed = headed or self._is_noun(token.low)
            first -= 1
        if first == 0 or tokens[first - 1].low not in _ARTICLES:
            return None
        words = [token.low for token in tokens[first:period]]
        if not headed or not self._has_content(words) or self.vocabulary["subject_refused"].intersection(words):
            return None
        while tokens[first].low in self.vocabulary["openers"]:
            first += 1
        return tokens[first].start, tokens[self._grow_right(tokens, period)].end

    @cached_property
    def _not_before(self) -> frozenset[str]:
        """Words that do not stand between an article and the noun of a description."""
        openers = self.vocabulary["openers"] - self.vocabulary["subject_specific"]
        return openers | self.vocabulary["inside"] | self.vocabulary["subject_stops"]

    @cached_property
    def _empty(self) -> frozenset[str]:
        """Words that say nothing about what a document is about."""
        lists = ("empty", "inside", "subject_owners", "subject_heads", "made_praise")
        return frozenset().union(*(self.vocabulary[name] for name in lists))

    def _is_noun(self, word: str) -> bool:
        return word in self.vocabulary["subject_heads"] and word not in self.vocabulary["subject_vague"]

    def _is_plain(self, token: Token) -> bool:
        """A word in small letters, or an acronym, that a name may hold."""
        if not token.is_word or token.low in _ARTICLES or token.low in self.vocabulary["subject_stops"]:
            return False
        return token.text.islower() or token.text.isupper()

    def _noun(self, tokens: Sequence[Token], start: int, end: int, heads_list: str = "subject_heads") -> int | None:
        heads = self.vocabulary[heads_list]
        anchor = range(first_token(tokens, start), min(first_token(tokens, end - 1) + 1, len(tokens)))
        places = [place for place in anchor if tokens[place].start >= start and tokens[place].low in heads]
        if places and [token.low for token in tokens[places[-1] - 2 : places[-1]]] == ["terms", "of"]:
            return places[-1] - 2  # "terms of reference"
        if len(places) > 1 and places[-2] == places[-1] - 2 and tokens[places[-1] - 1].low == "of":
            return places[-2]  # "plan of action"
        return places[-1] if places else None

    def _whole_noun(self, tokens: Sequence[Token], noun: int) -> int:
        """The last word of the noun: "code of conduct", "plan of action"."""
        following = [token.low for token in tokens[noun + 1 : noun + 3]]
        return (
            noun + 2
            if len(following) == 2 and following[0] == "of" and following[1] in self.vocabulary["of_nouns"]
            else noun
        )

    def _first(self, tokens: Sequence[Token], noun: int) -> int:
        """Where the description begins: behind the article, at the first word that says whose it is, or at the noun."""
        place = noun
        while place > 0 and noun - place < _MAX_BEFORE and self._stands_before(tokens, place - 1):
            place -= 1
        owners = [at for at in range(place, noun) if self._is_owner(tokens[at].low)]
        if owners:
            first = owners[0]
            while first > place and tokens[first - 1].is_capital:
                first -= 1
            return first
        if place > 0 and tokens[place - 1].low in ("a", "an"):
            return place
        while noun > place and tokens[noun - 1].low in self.vocabulary["empty"]:
            noun -= 1
        return noun

    def _stands_before(self, tokens: Sequence[Token], place: int) -> bool:
        """An adjective or noun before the noun: no verb, no small word, no sign."""
        token = tokens[place]
        if not token.is_word:
            return False
        if token.low in self._not_before:
            return token.text.isupper() and token.low in self.vocabulary["institutions"]  # "a WHO convention"
        if token.low.endswith("ing") and place > 0 and token.low not in self.vocabulary["adjectives"]:
            before = tokens[place - 1]  # "a kite recycling framework", not "by recycling framework"
            return before.is_word and before.low not in self._not_before and not before.low.endswith("ing")
        return not token.low.endswith(("ing", "ed")) or token.low in self.vocabulary["adjectives"]

    def _grow_right(self, tokens: Sequence[Token], head: int) -> int:
        """Over "on" and the subject; the head itself if no subject follows."""
        if [token.low for token in tokens[head + 1 : head + 3]] in (["setting", "out"], ["setting", "forth"]):
            return self._behind_link(tokens, head, head + 2)
        if head + 1 >= len(tokens) or tokens[head + 1].low not in self.vocabulary["subject_links"]:
            return head
        return self._behind_link(tokens, head, head + 1)

    def _behind_link(self, tokens: Sequence[Token], head: int, link_place: int) -> int:
        link = tokens[link_place].low
        place = good = link_place
        while place + 1 < len(tokens) and place - head < _MAX_SUBJECT and self._is_subject(tokens, place + 1, link):
            place += 1
            if tokens[place].is_word and tokens[place].low not in self.vocabulary["inside"]:
                good = place
        subject = [
            token.low for token in tokens[link_place + 1 : good + 1] if token.low not in self.vocabulary["inside"]
        ]
        if all(word in self.vocabulary["subject_vague"] for word in subject):
            return head
        return head if link == "for" and subject[0] in self.vocabulary["purposes"] else good

    def _is_subject(self, tokens: Sequence[Token], place: int, link: str) -> bool:
        token = tokens[place]
        if token.low == "in":
            return self._is_field(tokens, place + 1)
        if token.text == ",":
            return self._lists_on(tokens, place)
        if not (token.is_word or token.text in ("&", "/")) or self._is_verb(tokens, place):
            return False
        return token.low not in self.vocabulary["subject_stops"] and not (token.low == "for" and link != "for")

    def _is_field(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a field follows on "in" ("investment in ports"), not a place, a time or "in line with"."""
        if place + 1 >= len(tokens) or not tokens[place].text.replace("-", "").isalpha():
            return False
        following = tokens[place + 1]
        phrase = following.low in ("with", "to", "of") and tokens[place].low in self.vocabulary["in_phrases"]
        refused = (self.vocabulary[name] for name in ("subject_stops", "inside", "not_new", "in_times"))
        return tokens[place].text.islower() and not phrase and not any(tokens[place].low in words for words in refused)

    def _lists_on(self, tokens: Sequence[Token], comma: int) -> bool:
        """Whether a comma stands in a list of subjects: "food, agriculture and forestry"."""
        for place in range(comma + 1, min(comma + 5, len(tokens) - 1)):
            token = tokens[place]
            if token.low in ("and", "&"):
                return place > comma + 1 and tokens[place + 1].text.islower() and not self._is_verb(tokens, place + 1)
            if token.text == ",":
                return place > comma + 1 and self._lists_on(tokens, place)
            if not token.text.islower() or not self._stands_before(tokens, place):
                return False
        return False

    def _is_verb(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a second verb begins behind "and": "and discuss them", "and share the results"."""
        if place < 2 or tokens[place - 1].low not in ("and", "or") or place + 1 >= len(tokens):
            return False
        return tokens[place].text.islower() and (
            tokens[place].low in self.vocabulary["second_verbs"]
            or tokens[place + 1].low in self.vocabulary["objects"]
            or tokens[place + 1].low in _ARTICLES
        )

    def _is_owned(self, words: Sequence[str]) -> bool:
        return any(self._is_owner(word) for word in words)

    def _is_owner(self, word: str) -> bool:
        """ASEAN, regional, joint; ASEAN-EU."""
        if word in self.vocabulary["subject_owners"] or word in self.vocabulary["institutions"]:
            return True
        return word.split("-")[0] in self.vocabulary["owners"]

    def _needs_owner(self, tokens: Sequence[Token], noun: int, head: int, last: int, words: Sequence[str]) -> bool:
        """Nouns too common to name a document by themselves, and frameworks that are only for a purpose."""
        if tokens[noun].low in self.vocabulary["subject_for_owned"] and last > head and tokens[head + 1].low == "for":
            return True
        specific = bool(words) and words[-1] in self.vocabulary["subject_specific"]
        if tokens[head].low in self.vocabulary["conducts"] and last > head:
            return False  # "a code of conduct for lenders"
        return tokens[noun].low in self.vocabulary["subject_common"] and not specific

    def _is_compound(self, words: Sequence[str], before: str) -> bool:
        """Whether the words before the noun say what it is about: "an ASEAN coral reef strategy"."""
        return (self._is_owned(words) or before in ("a", "an")) and self._has_content(words)

    def _has_content(self, words: Sequence[str]) -> bool:
        content = [word for word in words if word not in self._empty and not self._is_owner(word)]
        return len(content) > (0 if self._is_owned(words) else 1)
