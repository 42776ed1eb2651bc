"""Names that no entry gives: an anchor ("Convention on the Rights") grown to the whole name, or refused.

In: anchors that the patterns of `patterns.jsonl` found in the running text. Out: spans. A name grows to the left over
capitalised words, to the right over capitalised words and the small words between them, and never over the end of a
sentence, paragraph or cell. The trap: "and" joins words of one name or two names; it ends the name where what follows
is a name of its own, or where the name is complete without it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.names.headnouns import ACRONYM, HeadNouns
from pipeline.names.tokens import Stretches, Token, first_token
from pipeline.names.vocabulary import Vocabulary

_ROMAN = re.compile(r"[IVX]{1,4}$")
_PERIOD = re.compile(r"(?:19|20)\d\d-(?:19|20)\d\d$")
_PERIOD_BRACKET = re.compile(r"\s?\((?:19|20)\d\d\s?-\s?(?:19|20)\d\d\)")
_DAYS_AND_MONTHS = "|".join([*calendar.month_name[1:], *calendar.day_name])
_DATE_TAIL = re.compile(
    rf",?\s(?:of|on|in|by|at|since|until)\s(?:early\s|late\s|last\s)?(?:\d{{1,2}}\s)?(?:{_DAYS_AND_MONTHS})"
    r"(?:\s\d{1,2})?(?:,?\s(?:19|20)\d\d)?$"
)
_NUMBERED = re.compile(r"\s(?:Nos?\.?|Number)\s?\d+(?:/\d+)?(?!\w)")
# "Chapter 3 (Rules of Origin)": the chapter's title.
_IN_BRACKETS = re.compile(r"\b(?:chapter|article|section|part|annex|schedule|appendix)\s[\w.]{1,6}\s?\($", re.I)
_SENTENCE_BEFORE = re.compile(r"[.!?;:|]\s+$")
_PLAIN_NUMBER = re.compile(r"\d{1,3}$")
_MONTHS = frozenset(name.lower() for name in calendar.month_name if name)
_NUMBER_WORDS, _AND, _ARTICLES = ("no", "nos", "number"), ("and", "or", "&"), ("the", "a", "an")
# No name in the gazetteer is longer than 37 words; a run of capitals beyond that is a heading or a table.
_MAX_WORDS = 40
_MAX_SMALL = 3  # small words in a row inside a name: "for the"


@dataclass(frozen=True)
class Grower:
    """Grows anchors to names inside one stretch of text."""

    vocabulary: Vocabulary
    stretches: Stretches

    @cached_property
    def nouns(self) -> HeadNouns:
        """What the nouns of document kinds say."""
        return HeadNouns(self.vocabulary)

    def grow(self, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """The name around the anchor `[start, end)` within the stretch `[left, right)`, or None if it names nothing.

        "Manual for the ASEAN Charter" is returned too: whether it names something is told by the name inside.
        """
        text, tokens = self.stretches.text, self.stretches.tokens(left, right)
        first, last = first_token(tokens, start), first_token(tokens, end - 1)
        last = self._strip_right(tokens, first, last)
        if self._strip_left(tokens, first, last) == first:
            first = self._grow_left(tokens, first)
        first = self._strip_left(tokens, first, last)
        last = self._strip_right(tokens, first, self._grow_right(tokens, first, last))
        last = self._without_date(text, tokens, first, last)
        if self._is_pointed_at(tokens, first) or not self.nouns.is_name(tokens, first, last):
            return None
        if self._is_act(tokens, first, last) and _begins_sentence(text, left, tokens[first].start):
            return None
        if _IN_BRACKETS.search(text, max(left, tokens[first].start - 30), tokens[first].start):
            return None
        return tokens[first].start, _closing(text, tokens[last].end, right)

    def grow_numbered(self, left: int, right: int, start: int, end: int) -> tuple[int, int] | None:
        """A name that ends in its number, with the capitalised words before it: "Security Council Resolution 1540"."""
        tokens = self.stretches.tokens(left, right)
        at = first_token(tokens, start)
        first = self._strip_left(tokens, self._grow_left(tokens, at), at)
        return tokens[first].start, end

    def _grow_right(self, tokens: Sequence[Token], first: int, last: int) -> int:
        here = last
        while here + 1 < len(tokens) and here - first < _MAX_WORDS:
            step = self._step(tokens, first, here)
            if step is None:
                break
            here = step
        return here

    def _step(self, tokens: Sequence[Token], first: int, here: int) -> int | None:
        """The next token that belongs to the name, small words skipped; None at its end."""
        token = tokens[here + 1]
        if token.is_capital or token.is_year:
            return None if self._opens(token) else here + 1
        if token.text == "(":
            return _bracket(tokens, here + 1)
        if token.text == ",":
            return (
                here + 2
                if not self.nouns.is_complete(tokens, first, here) and self._lists_on(tokens, here + 1)
                else None
            )
        return self._over_small_words(tokens, first, here)

    def _opens(self, token: Token) -> bool:
        """A word in capitals that begins something else: "The", "Article"."""
        return token.text.istitle() and token.low in self.vocabulary["stops"] and not self.nouns.is_head(token)

    def _is_article_number(self, tokens: Sequence[Token], place: int) -> bool:
        """ "Agreement on Implementation of Article VII": an article of another document, by its number."""
        return (
            tokens[place].low == "article"
            and tokens[place - 1].low == "of"
            and place + 1 < len(tokens)
            and _ROMAN.match(tokens[place + 1].text) is not None
        )

    def _over_small_words(self, tokens: Sequence[Token], first: int, here: int) -> int | None:
        place = here + 1
        while place < len(tokens) and place - here <= _MAX_SMALL and self._is_small(tokens[place]):
            place += 1
        if place == here + 1 or place >= len(tokens):
            return None
        small, token = tokens[here + 1 : place], tokens[place]
        if token.is_year:
            return place if small[-1].low == "of" else None
        if self._is_article_number(tokens, place):
            return place + 1
        if not token.is_capital or (self._opens(token) and self.nouns.says_something(tokens[first : here + 1])):
            return None
        if self._is_place(tokens, place) or self._is_aside(tokens, first, here, place):
            return None
        if self.nouns.is_complete(tokens, first, here) and small[0].low not in self.vocabulary["extensions"]:
            return None
        joined = any(word.low in _AND for word in small)
        return None if joined and self._begins_name(tokens, first, small, place) else place

    def _is_place(self, tokens: Sequence[Token], place: int) -> bool:
        """ "in Bali", "in June": where and when a document was signed, not what it is about."""
        return tokens[place - 1].low in ("in", "at", "on", "by") and tokens[place].low in self.vocabulary["places"]

    def _is_aside(self, tokens: Sequence[Token], first: int, here: int, place: int) -> bool:
        """ "of June", "for an AIFTA safeguard measure", "of the APEC trade ministers": said about the document."""
        before = tokens[place - 1].low
        if before == "of":
            return tokens[place].text.istitle() and tokens[place].low in _MONTHS
        if place + 1 >= len(tokens) or not self._is_common(tokens[place + 1]):
            return False
        if before in ("a", "an"):
            return tokens[place].text.isupper()
        issuer = (
            before == "the" and tokens[place - 2].low == "of" and tokens[place].low in self.vocabulary["institutions"]
        )
        return issuer and self.nouns.says_something(tokens[first : here + 1])

    def _is_common(self, token: Token) -> bool:
        """A noun in small letters, as far as a word shows it."""
        small = (self.vocabulary["inside"], self.vocabulary["subject_stops"], self.vocabulary["links"])
        return token.text.islower() and not any(token.low in words for words in small)

    def _is_small(self, token: Token) -> bool:
        return token.low in self.vocabulary["inside"] and (token.text.islower() or token.text == "&")

    def _begins_name(self, tokens: Sequence[Token], first: int, small: Sequence[Token], place: int) -> bool:
        """Whether a name of its own begins at `place`, after "and": "the Charter and the ASEAN Vision"."""
        between = any(token.low in ("between", "among") for token in tokens[first:place])
        if small[-1].low not in _AND and not between and not self._is_listed(tokens, place - len(small)):
            return True
        return self._names_another(tokens, place)

    def _is_listed(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether the capitalised words before `place` stand behind a comma: "Climate Change, Energy and the"."""
        while place > 0 and tokens[place - 1].is_capital:
            place -= 1
        return place > 0 and tokens[place - 1].text == ","

    def _lists_on(self, tokens: Sequence[Token], comma: int) -> bool:
        """Whether a comma stands in a list inside a name: "Food, Agriculture and Forestry"."""
        if comma + 1 >= len(tokens) or not tokens[comma + 1].is_capital:
            return False
        if tokens[comma + 1].low in ("especially", "including"):
            return True
        place = comma + 1
        while place < len(tokens) and tokens[place].is_capital and not self.nouns.is_head(tokens[place]):
            place += 1
        if place + 1 >= len(tokens) or self.nouns.is_head(tokens[place]):
            return False
        if tokens[place].text == ",":
            return self._lists_on(tokens, place) or tokens[place + 1].low == "and"
        if tokens[place].low not in ("and", "&"):
            return False
        last = place + 2 if tokens[place + 1].low == "the" and place + 2 < len(tokens) else place + 1
        return tokens[last].is_capital and (last == place + 1 or not self._names_another(tokens, last))

    def _names_another(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether the capitalised words from here on end in a document's noun."""
        run = place
        while run < len(tokens) and tokens[run].is_capital:
            run += 1
        return any(self.nouns.is_head(token) for token in tokens[place:run])

    def _grow_left(self, tokens: Sequence[Token], first: int) -> int:
        while first > 0:
            token = tokens[first - 1]
            if token.text == ")" and first >= 3 and _bracket(tokens, first - 3) is not None:
                first -= 3
            elif token.low in ("and", "&") and self._adjective_before(tokens, first - 1):
                first -= 2
            elif (token.is_capital or token.is_year) and not self._leads(tokens, first - 1):
                first -= 1
            else:
                break
        return first

    def _leads(self, tokens: Sequence[Token], place: int) -> bool:
        """A word in capitals that stands before names and is no part of them: "The", "Draft", "May"."""
        token = tokens[place]
        opens = token.text.istitle() and (token.low in self.vocabulary["openers"] or token.low in _MONTHS)
        return opens and not self._is_part_of_noun(tokens, place)

    def _is_part_of_noun(self, tokens: Sequence[Token], place: int) -> bool:
        """ "Action" in "Cebu Action Plan"; "Review" in "Mid-Term Review of the Plan", "Final" in "Final Review"."""
        token = tokens[place]
        if place > 0 and token.low in self.vocabulary["acts"] and self.nouns.is_head(token):
            before = tokens[place - 1]
            return before.is_capital and (
                before.low not in self.vocabulary["openers"] or self._is_mark(tokens, place - 1)
            )
        specific = token.low in self.vocabulary["subject_specific"] and place + 1 < len(tokens)
        return (specific and self.nouns.is_head(tokens[place + 1])) or self._is_mark(tokens, place)

    def _is_mark(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a word tells which of several reviews or reports is meant."""
        marks = tokens[place].low in self.vocabulary["act_marks"] and place + 1 < len(tokens)
        return marks and tokens[place + 1].is_capital and tokens[place + 1].low in self.vocabulary["acts"]

    def _adjective_before(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether one word before "and" belongs to the name: "the Comprehensive and Progressive Agreement"."""
        if place < 1 or not tokens[place - 1].is_capital or tokens[place - 1].text.isupper():
            return False
        articled = place < 2 or tokens[place - 2].low in _ARTICLES
        return articled and not self.nouns.is_head(tokens[place - 1])

    def _strip_left(self, tokens: Sequence[Token], first: int, last: int) -> int:
        openers = self.vocabulary["openers"]
        while first < last and (
            (tokens[first].low in openers and not self._is_part_of_noun(tokens, first))
            or not tokens[first].is_word
            or _PLAIN_NUMBER.match(tokens[first].text)
        ):
            first += 1
        return first

    def _strip_right(self, tokens: Sequence[Token], first: int, last: int) -> int:
        while last > first and (
            tokens[last].low in self.vocabulary["inside"]
            or self._opens(tokens[last])
            or self._is_place(tokens, last)
            or tokens[last].low in _NUMBER_WORDS
            or self._is_aside(tokens, first, last - 2, last)
        ):
            last -= 1
        return last

    def _without_date(self, text: str, tokens: Sequence[Token], first: int, last: int) -> int:
        """The last token before "of 24 November 2000", "on Sunday"."""
        found = _DATE_TAIL.search(text, tokens[first].start, tokens[last].end)
        while found is not None and last > first and tokens[last].end > found.start():
            last -= 1
        return last

    def _is_act(self, tokens: Sequence[Token], first: int, last: int) -> bool:
        """ "Report on the X", "Review of the X": with nothing before it, the noun may be a verb or an activity."""
        return first < last and tokens[first].low in self.vocabulary["acts"]

    def _is_pointed_at(self, tokens: Sequence[Token], first: int) -> bool:
        """ "this Agreement for CLMV": the text points at a document and does not name it."""
        return first > 0 and tokens[first - 1].low in self.vocabulary["pointers"]


def _begins_sentence(text: str, left: int, start: int) -> bool:
    return (
        not text[left:start].strip(" \"'(|-") or _SENTENCE_BEFORE.search(text, max(left, start - 4), start) is not None
    )


def _bracket(tokens: Sequence[Token], opening: int) -> int | None:
    """The closing bracket of an acronym or period inside a name."""
    if opening + 2 >= len(tokens) or tokens[opening].text != "(" or tokens[opening + 2].text != ")":
        return None
    inner = tokens[opening + 1].text
    is_acronym = ACRONYM.match(inner) is not None and _ROMAN.match(inner) is None
    return opening + 2 if is_acronym or _PERIOD.match(inner) else None


def _closing(text: str, end: int, right: int) -> int:
    """The end of the name with a period in brackets or a number straight after it."""
    found = _PERIOD_BRACKET.match(text, end, right) or _NUMBERED.match(text, end, right)
    return found.end() if found else end
