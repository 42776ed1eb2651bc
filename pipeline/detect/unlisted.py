"""Names that no entry gives: from a document's noun ("Convention", "Plan of Action") to both ends of its name, or none.

In: one stretch of text as tokens, and the known names in it, which are never cut. Out: spans. Both ends are decided
here and nowhere else. To the left a name runs over capitals; to the right over "on", "for", "relating to" and what they
bring, over lists, brackets and small words between capitals, and over words in small letters where the title has no
capitals ("World report on child injuries"). It ends before "and" where another name begins, and before place, date and
actor ("in Bali", "by the Ministers"). Then it is judged: a class, a body, a chapter or a form is no document.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.detect.spans import How, Spot, is_caseless, keep_longest
from pipeline.names.dates import DAYS, MONTHS
from pipeline.names.tokens import Stretches, Token, first_token
from pipeline.names.vocabulary import Vocabulary

AND = frozenset({"and", "or", "&"})
_CALENDAR = frozenset((*MONTHS, *DAYS))
ARTICLES = frozenset({"the", "a", "an"})
# In a text in small letters an institution or place stands this near before the noun, in words.
_MAX_OWNED = 4
# So many words in capitals are a heading or a text in capitals, fewer may be acronyms.
_MIN_LOUD = 5
# No name in the gazetteer is longer than 37 words; a run of capitals beyond that is a heading or a table.
_MAX_WORDS = 40
# Small words in a row inside a name ("with regard to the"); words in small letters that a subject may have.
_MAX_SMALL, _MAX_SUBJECT = 4, 16
_VERSION = re.compile(r"\d\.\d$")
_ROMAN = re.compile(r"[IVX]{1,4}$")
_ACRONYM = re.compile(r"[A-Za-z][A-Za-z0-9&/-]*[A-Z0-9][A-Za-z0-9&/-]*$")
_IN_BRACKETS = re.compile(r"(?:(?:19|20)\d\d(?:-(?:19|20)?\d\d)?|[A-Z][\w.-]*\d)$")
# A possessive or the sign of a footnote at the end of a name: "Covenant's", "Rights0F".
_MARK = re.compile(r"(?:'s?|\d{1,2}F)?$")
# "Chapter 3 (Rules of Origin)", "Chapter 7 Rules on ...": the title of a part of a document.
_PART_TITLE = re.compile(
    r"\b(?:(?:chapter|article|section|part|title)\s[\w.]{1,6}\s?[(:.-]?|(?:annex|schedule|appendix)\s[\w.]{1,6}\s?[:.-]?)\s?$",
    re.I,
)
_SENTENCE_BEFORE = re.compile(r"[.!?;:|]\s+$")


def find_unlisted(
    stretches: Stretches,
    borders: Sequence[int],
    spots: Sequence[Spot],
    nouns: Sequence[tuple[int, int]],
    vocabulary: Vocabulary,
) -> list[Spot]:
    """The known names that stand by themselves, and the unlisted ones; `nouns` are places of document nouns."""
    text = stretches.text
    known = keep_longest(
        spot
        for spot in spots
        if _is_titled(text, spot, vocabulary)
        and not _is_described(text, spot, vocabulary)
        and not _ends_inside(text, spot, vocabulary)
    )
    found: list[Spot] = []
    by_stretch: dict[int, list[tuple[int, int]]] = {}
    for noun in nouns:
        by_stretch.setdefault(bisect_right(borders, noun[0]) - 1, []).append(noun)
    starts = [spot.start for spot in known]
    small: dict[int, Sequence[Token]] = {}
    if is_caseless(text):
        for number, (left, right) in enumerate(pairwise(borders)):
            small[number], by_stretch[number] = _with_capitals(stretches.tokens(left, right), vocabulary)
    for number in range(len(borders) - 1):
        places: Sequence[tuple[int, int]] = by_stretch.get(number, ())
        left, right = borders[number], borders[number + 1]
        tokens = small[number] if small else _recased(stretches.tokens(left, right), vocabulary)
        if not small:
            tokens, more = _with_sentence_case(tokens, vocabulary)
            places = sorted({*places, *more})
        here = known[bisect_right(starts, left - 1) : bisect_right(starts, right)]
        extent = Extent(stretches.text, tokens, vocabulary, _known_tokens(tokens, here))
        for start, end in places:
            first = first_token(tokens, start)
            if first >= len(tokens) or tokens[first].start > start or tokens[first].low in vocabulary["never"]:
                continue
            if small and first in extent.known:
                continue
            if re.match(r"-\w", tokens[first].text[end - tokens[first].start :]):
                continue  # "Decision-making"
            last = first_token(tokens, end - 1)
            if (
                first > 1
                and tokens[first].low in vocabulary["of_nouns"]
                and tokens[first - 1].low == "of"
                and tokens[first - 2].low in vocabulary["heads"]
            ):
                continue
            if (
                last + 2 < len(tokens)
                and tokens[last + 1].low == "of"
                and tokens[last + 2].low in vocabulary["of_nouns"]
                and tokens[last + 2].is_capital
            ):
                last += 2
            grown = extent.grow(first, last)
            if grown is not None:
                found.append(Spot(grown[0], grown[1], "bare" if grown[2] else "unlisted", how=How.GROWN))
    return keep_longest([*known, *found])


def _recased(tokens: Sequence[Token], vocabulary: Vocabulary) -> Sequence[Token]:
    """The tokens of a stretch in capitals as they would stand elsewhere: small words small, others with one capital."""
    words = [token for token in tokens if token.text[0].isalpha()]
    if len(words) < _MIN_LOUD or not all(token.text.isupper() for token in words):
        return tokens
    small = vocabulary["inside"] | vocabulary["openers"] | vocabulary["subject_stops"]
    return [
        token._replace(text=token.low if token.low in small else token.text.capitalize())
        if token.text.isalpha() and token.low not in vocabulary["owners"]
        else token
        for token in tokens
    ]


def _with_capitals(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Sequence[Token], list[tuple[int, int]]]:
    """The tokens of a text in small letters, with capitals where an institution or a place stands before a noun.

    And the places of these nouns: "the yangon resolution on husks".
    """
    cased = list(tokens)
    nouns = []
    owners = vocabulary["owners"] | vocabulary["places"] | vocabulary["institutions"]
    for at, token in enumerate(tokens):
        first = next((before for before in range(max(0, at - _MAX_OWNED), at) if tokens[before].low in owners), at)
        if token.low not in vocabulary["heads"] or first == at:
            continue
        last = at
        if at + 2 < len(tokens) and tokens[at + 1].low in vocabulary["subject_of"]:
            last = Extent("", tokens, vocabulary, {}).subject_end(at + 2) or at
        for place in range(first, last + 1):
            if tokens[place].low not in vocabulary["inside"]:
                cased[place] = cased[place]._replace(text=tokens[place].text.capitalize())
        if last == at and at + 3 < len(tokens) and (tokens[at + 1].text, tokens[at + 3].text) == ("(", ")"):
            cased[at + 2] = cased[at + 2]._replace(text=tokens[at + 2].text.upper())
        nouns.append((token.start, token.end))
    return cased, nouns


def _with_sentence_case(
    tokens: Sequence[Token], vocabulary: Vocabulary
) -> tuple[Sequence[Token], list[tuple[int, int]]]:
    """The tokens with capitals in names of which only the first word has one, and the places of their nouns.

    "World report on child injuries", "The world health report 2008": a word for the whole world or a region, at most
    two words, a noun, and then a subject or a year.
    """
    cased, nouns = list(tokens), []
    for at, token in enumerate(tokens[:-2]):
        article = at > 0 and tokens[at - 1].text == "The" and at > 1 and tokens[at - 2].text[-1:].isalpha()
        if token.low not in vocabulary["scopes"] or not (token.is_capital or article):
            continue
        noun = next((place for place in range(at + 1, at + 4) if _is_head(tokens, place, vocabulary)), None)
        if noun is None or any(not word.text.islower() for word in tokens[at + 1 : noun + 1]):
            continue
        last = noun
        if last + 3 < len(tokens) and tokens[last + 1].low == "and" and _is_head(tokens, last + 2, vocabulary):
            noun = last = last + 2  # "Global strategy and plan of action on ..."
        if last + 3 < len(tokens) and tokens[last + 1].low == "of" and tokens[last + 2].low in vocabulary["of_nouns"]:
            last += 2
        behind = tokens[last + 1] if last + 1 < len(tokens) else None
        if behind is None or not (behind.is_year or behind.low in vocabulary["subject_of"]):
            continue
        for place in range(at, last + 1):
            if tokens[place].low not in vocabulary["inside"]:
                cased[place] = cased[place]._replace(text=tokens[place].text.capitalize())
        nouns.append((tokens[noun].start, tokens[noun].end))
    return (cased, nouns) if nouns else (tokens, nouns)


def _is_head(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    return at < len(tokens) and tokens[at].low in vocabulary["heads"] and tokens[at].low not in vocabulary["never"]


def _known_tokens(tokens: Sequence[Token], known: Sequence[Spot]) -> dict[int, tuple[int, int]]:
    """For each token of a known name the first and last of it."""
    found: dict[int, tuple[int, int]] = {}
    for spot in known:
        first, last = first_token(tokens, spot.start), first_token(tokens, spot.end - 1)
        found.update(dict.fromkeys(range(first, min(last + 1, len(tokens))), (first, min(last, len(tokens) - 1))))
    return found


def _is_titled(text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """A review, study or report counts under its own title only: "mid-term review of the X" is work on the X."""
    words = re.findall(r"[^\W\d_]+", spot.name)
    if not words or not words[0][0].isupper():
        return True
    opening = next((word for word in words[:4] if word.lower() in vocabulary["heads"]), "")
    if opening.lower() not in vocabulary["acts"]:
        return True
    surface = text[spot.start : spot.end]
    return surface[0].isupper() or surface.islower()


def _ends_inside(text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether the institution's name at the end begins a body's: "Charter of the ASEAN Kite League"."""
    surface = text[spot.start : spot.end]
    last = surface.rpartition(" ")[2]
    goes_on = re.match(r"\s[A-Z][a-z]", text[spot.end : spot.end + 3]) is not None and not surface.isupper()
    return goes_on and last.lower() in vocabulary["owners"] and last != surface


def _is_described(text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a bare name in small letters only opens a description: "an ASEAN declaration on rare birds"."""
    words = re.findall(r"[^\W\d_]+", text[spot.start : spot.end])
    kinds = vocabulary["owners"] | vocabulary["institutions"] | vocabulary["heads"]
    if spot.is_body or len(words) < 2 or not words[-1].islower() or not kinds.issuperset(map(str.lower, words)):
        return False
    if re.search(r"\b(?:an?|another|any)\s(?:\w+\s)?$", text[max(0, spot.start - 20) : spot.start], re.I):
        return True
    following = re.match(r"\s([a-z]+)\s([^\W\d_]+)", text[spot.end : spot.end + 40])
    if following is None or following[1] not in vocabulary["extensions"]:
        return False
    return following[2].lower() not in vocabulary["places"] | vocabulary["not_new"]


@dataclass(frozen=True)
class Extent:
    """Decides where the unlisted names of one stretch begin and end."""

    text: str
    tokens: Sequence[Token]
    vocabulary: Vocabulary
    known: Mapping[int, tuple[int, int]]  # token -> first and last token of the known name it belongs to

    def grow(self, first: int, last: int) -> tuple[int, int, bool] | None:
        """Offsets of the name around the noun at tokens `first` to `last`, and whether it is bare ("Plan of Action").

        None where it names nothing.
        """
        inside = self.known.get(last)
        if inside is not None and (inside[1] != last or not self._opens_title(inside)):
            return None
        noun = first, last
        left = inside[0] if inside is not None else self._grow_left(first)
        right = self._grow_right(left, noun)
        if inside is not None and right <= last:
            return None
        left = self._strip_left(left, right, first)
        if not self._is_document(left, right, noun):
            return None
        end = self.tokens[right].end - len(_MARK.search(self.tokens[right].text)[0])  # type: ignore[index]
        bare = not (self._says_something(left, right) or self._names_two(left, right, noun))
        return self.tokens[left].start, end, bare

    # -- words ------------------------------------------------------------------------------------------------------

    def is_noun(self, at: int) -> bool:
        """A capitalised noun that names a kind of document."""
        return (
            self.tokens[at].is_capital and self._is(at, "heads") and not self._is(at, "never") and at not in self.known
        )

    def _low(self, at: int) -> str:
        return self.tokens[at].low.removesuffix("'s").rstrip("'") if 0 <= at < len(self.tokens) else ""

    def _is(self, at: int, *lists: str) -> bool:
        return any(self._low(at) in self.vocabulary[name] for name in lists)

    def _is_capital(self, at: int) -> bool:
        return at in self.known or (at < len(self.tokens) and self.tokens[at].is_capital)

    def _is_small(self, at: int) -> bool:
        token = self.tokens[at]
        return at not in self.known and self._is(at, "inside") and (token.text.islower() or token.text == "&")

    def _says_something(self, left: int, right: int) -> bool:
        """Whether a word tells what the document is about, or whose it is beyond the kind."""
        return any(
            at in self.known or not (self._is(at, "heads", "empty", "inside") or not self.tokens[at].low[0].isalpha())
            for at in range(left, right + 1)
        )

    def _opens_title(self, inside: tuple[int, int]) -> bool:
        """Whether a known name may be only the opening of this longer title: "ASEAN Declaration on Rare Birds"."""
        last = inside[1]
        link = self._low(last + 1)
        if not self._is(last, "extendable") or link not in self.vocabulary["extensions"]:
            return False
        place = last + 2
        while place < len(self.tokens) and place < last + 4 and self._is_small(place):
            place += 1
        if not self._is_capital(place) or self._is_tag(place):
            return False
        return link != "in" or self._low(place).endswith("ing")

    def _is_tag(self, at: int) -> bool:
        """An acronym before a noun in small letters: "on ICT competitiveness" is no title."""
        return at not in self.known and self.tokens[at].text.isupper() and self._is_common(at + 1)

    # -- to the left ------------------------------------------------------------------------------------------------

    def _grow_left(self, first: int) -> int:
        while first > 0:
            before = first - 1
            if before in self.known:
                inner = self.known[before][0]
                if before > inner + 1 and self._is_loud(inner, before) and not self._is_loud(first, first):
                    break  # a heading in capitals is over where capitals are
                first = inner
            elif self._is_bracketed(first):
                first -= 3
            elif self._low(before) in ("and", "&") and self._is_pair(before):
                first -= 2
            elif (
                self.tokens[before].is_capital
                or self.tokens[before].is_year
                or _VERSION.match(self.tokens[before].text)
            ) and not self._leads(before):
                first = before
            else:
                break
        return first

    def _is_bracketed(self, first: int) -> bool:
        """Whether an acronym in brackets stands before, and behind a name: "Kite Free Zone (KFZ) Treaty"."""
        return first > 3 and self._closes(first - 3) == first - 1 and self._is_capital(first - 4)

    def _is_loud(self, first: int, last: int) -> bool:
        return all(self.tokens[at].text.isupper() for at in range(first, last + 1) if self.tokens[at].text[0].isalpha())

    def _is_pair(self, at: int) -> bool:
        """Whether one word before "and" belongs to the name: "the Comprehensive and Progressive Agreement"."""
        if at < 1 or at - 1 in self.known or not self._is_capital(at - 1) or self.tokens[at - 1].text.isupper():
            return False
        if self.is_noun(at - 1):  # "Declaration and Action Plan on Health": one document
            return not self._says_something(at + 1, at + 2) or self._is(at + 1, "heads", "empty")
        return at < 2 or self._low(at - 2) in ARTICLES

    def _leads(self, at: int) -> bool:
        """A word with a capital that stands before names and is no part of them: "The", "Draft", "May"."""
        token = self.tokens[at]
        if at - 1 in self.known:
            return False  # "RCEP Launch Declaration"
        if not token.text.istitle() or (self.is_noun(at) and self._is(at, "acts")):
            return False
        if self._is_mark(at) or (self._is(at, "subject_specific") and self.is_noun(at + 1)):
            return False
        return self._is(at, "openers") or token.low in MONTHS

    def _is_mark(self, at: int) -> bool:
        """Whether a word tells which of several reviews or reports is meant: "Final Review"."""
        return self._is(at, "act_marks") and self._is(at + 1, "acts") and self._is_capital(at + 1)

    def _strip_left(self, left: int, right: int, noun: int) -> int:
        while left < min(right, noun) and left not in self.known:
            token = self.tokens[left]
            plain = token.is_word and not re.fullmatch(r"\d{1,3}|\d+(?:\.\d+)+-?", token.text)
            if plain and not self._is_verb_before(left):
                break
            left += 1
        return left

    def _is_verb_before(self, at: int) -> bool:
        """ "Develop", "Recalling", "The" at the head of a sentence or cell."""
        token = self.tokens[at]
        if self._is_mark(at) or (self._is(at, "subject_specific") and self.is_noun(at + 1)):
            return False
        if self._is(at, "acts") and at + 1 < len(self.tokens):
            return self._is(at, "openers") and self.tokens[at + 1].is_capital
        begins = at == 0 or not self.tokens[at - 1].is_word
        return self._is(at, "openers") or (
            begins and token.text.istitle() and token.low.endswith("ing") and not self.is_noun(at + 1)
        )

    # -- to the right -----------------------------------------------------------------------------------------------

    def _grow_right(self, left: int, noun: tuple[int, int]) -> int:
        here = noun[1]
        while here + 1 < len(self.tokens) and here - left < _MAX_WORDS:
            step = self._step(left, noun, here)
            if step is None:
                break
            here = self.known[step][1] if step in self.known else step
        while (
            here > noun[1]
            and here not in self.known
            and (self._is(here, "inside") or self._starts_other(here) or self._low(here) in ("no", "nos", "number"))
        ):
            here -= 1
        return here

    def _step(self, left: int, noun: tuple[int, int], here: int) -> int | None:
        """The next token that belongs to the name; None at its end."""
        following = self.tokens[here + 1]
        number = self._number(here + 1)
        if number is not None:
            return number
        complete = self._is_complete(left, noun, here)
        if following.text == "(":
            return self._closes(here + 1)
        if following.text == ",":
            return here + 2 if not complete and self._lists_on(here + 1) else None
        if self._is_capital(here + 1) or following.is_year:
            return None if self._starts_other(here + 1) else here + 1
        return self._over_small(left, noun, here, complete)

    def _number(self, at: int) -> int | None:
        """The number of "No. 31" behind a noun."""
        place = at + 2 if self._low(at + 1) == "." else at + 1
        is_number = self._low(at) in ("no", "nos", "number") and self._low(place).replace("/", "").isdigit()
        return place if is_number else None

    def _closes(self, opening: int) -> int | None:
        """The closing bracket of an acronym, number or period inside a name."""
        if opening + 2 >= len(self.tokens) or self.tokens[opening].text != "(":
            return None
        closing = opening + 2
        if self._low(opening + 1) == "no" and self._low(opening + 2) == "." and opening + 4 < len(self.tokens):
            closing = opening + 4  # "(No. 182)"
        if self.tokens[closing].text != ")":
            return None
        inner = self.tokens[closing - 1].text
        numbered = closing > opening + 2
        return closing if numbered or _ACRONYM.match(inner) or _IN_BRACKETS.match(inner) else None

    def _starts_other(self, at: int) -> bool:
        """A word in capitals that begins something else: "The", "Article"."""
        token = self.tokens[at]
        return at not in self.known and token.text.istitle() and self._is(at, "stops") and not self.is_noun(at)

    def _is_complete(self, left: int, noun: tuple[int, int], here: int) -> bool:
        """Whether the name may end here and says enough: it ends in a noun with its subject before it."""
        while here > left and (
            self.tokens[here].text in "()" or _ACRONYM.match(self.tokens[here].text) or self.tokens[here].is_year
        ):
            here -= 1
        if here in self.known:
            return self.known[here][1] == here and here != noun[1]
        if not (self.is_noun(here) or here == noun[1]):
            return False
        if here != noun[1] and self._is(here, "classes_of_subject") and self._has_subject(left, noun, here):
            return False
        return here > left

    def _has_subject(self, left: int, noun: tuple[int, int], here: int) -> bool:
        """Whether a link follows on the noun before `here`: "Declaration on Fundamental Principles ..."."""
        return any(self._is(at + 1, "links") for at in range(left, here - 1) if self.is_noun(at) or at == noun[1])

    def _over_small(self, left: int, noun: tuple[int, int], here: int, complete: bool) -> int | None:
        place = here + 1
        while place < len(self.tokens) and place - here <= _MAX_SMALL and self._is_small(place):
            place += 1
        if place == here + 1 or place >= len(self.tokens):
            return None
        token = self.tokens[place]
        link = self._low(here + 1)
        if token.is_year:
            return place if self._low(place - 1) == "of" else None
        if self._low(place) == "article" and self._low(place - 1) == "of" and place + 1 < len(self.tokens):
            return place + 1 if _ROMAN.match(self.tokens[place + 1].text) else None
        if (
            complete
            and here == noun[1]
            and self._says_something(left, noun[0] - 1)
            and link not in self.vocabulary["extensions"]
        ):
            return None
        if not self._is_capital(place):
            return self._over_subject(left, noun, here, place)
        if (self._starts_other(place) and self._says_something(left, here)) or self._is_aside(left, noun, here, place):
            return None
        if any(self._low(at) in AND for at in range(here + 1, place)) and self._begins_name(left, noun, here, place):
            return None
        if complete and link not in self.vocabulary["extensions"]:
            return None
        return place

    def _is_aside(self, left: int, noun: tuple[int, int], here: int, place: int) -> bool:
        """Where, when and by whom a document was made, and what it is used for: said about it, no part of its name."""
        before, link = self._low(place - 1), self._low(here + 1)
        if before in ("in", "at", "on", "by", "of", "since", "until") and (
            self._low(place) in _CALENDAR or (before != "of" and self._is(place, "places"))
        ):
            return True
        if before == "of" and self.tokens[place].text.istitle() and self._low(place) in _CALENDAR:
            return True
        if link == "at" and before == "the":
            return True
        named = any(self.is_noun(at) or at in self.known for at in self._run(place))
        if link == "under" and named and self._is(noun[1], "kind_treaty"):
            return False  # "Protocol on Services under the Framework Agreement"
        if (
            link in ("by", "under", "through", "via")
            and before in ARTICLES
            and (here != noun[1] or self._says_something(left, noun[0] - 1))
        ):
            return True
        behind = here > noun[1] + 1 or self._says_something(left, noun[0] - 1)
        made_by = link == "of" and before == "the" and self._is(place, "owners", "institutions", "people")
        if made_by and behind and place not in self.known:
            return True  # "Statement on Connectivity of the ASEAN Leaders"
        if (
            here == noun[1]
            and not self._says_something(left, noun[0] - 1)
            and self._is_adjunct(here, link, before, place)
        ):
            return True
        return link in ("as", "to", "on", "for", "with") and self._is_tag(place)

    def _is_adjunct(self, here: int, link: str, before: str, place: int) -> bool:
        """What follows a noun that nothing stands before, and does not name it: "Report to the Committee"."""
        if link in ("in", "with", "by", "as"):
            return not self._low(place).endswith("ing") and self._low(here - 1) != "of"
        if link == "for" and self._is(place, "partners"):
            return True
        return (
            link == "to"
            and before == "the"
            and not any(at in self.known or self.is_noun(at) for at in self._reach(place))
        )

    def _reach(self, place: int) -> range:
        """From `place` on over capitals and small words."""
        end = place
        while end < len(self.tokens) and (self._is_capital(end) or self._is_small(end)):
            end += 1
        return range(place, end)

    def _is_common(self, at: int) -> bool:
        """A noun in small letters, as far as a word shows it."""
        return (
            at < len(self.tokens)
            and self.tokens[at].text.islower()
            and not self._is(at, "inside", "subject_stops", "links")
        )

    def _over_subject(self, left: int, noun: tuple[int, int], here: int, place: int) -> int | None:
        """The end of a subject in small letters: "World report on child injury prevention"."""
        if left == noun[0] and self._is(here, "weak") and self._begins_sentence(left):
            return None  # "Notes on reading"
        if (
            here != noun[1]
            or here in self.known
            or self._low(here + 1) not in self.vocabulary["subject_of"]
            or self._says_content(left, noun[0] - 1)
        ):
            return None
        end = self.subject_end(place)
        is_title = any(self._is(at, "scopes") for at in range(left, noun[0]))
        return self._title_end(place, end) if end is not None and is_title else end

    def _title_end(self, place: int, end: int) -> int:
        """The end of a title in sentence case: a year or the sign of a footnote, or before "," and no list."""
        for at in range(place, end + 1):
            if self.tokens[at].text[-1].isdigit():
                return at
            if self.tokens[at].text != ",":
                continue
            is_list = any(self.tokens[before].text == "," for before in range(place, at))
            if self.tokens[at + 1].is_capital or (self._low(at + 1) in AND and not is_list):
                return at - 1
        return end

    def _says_content(self, left: int, right: int) -> bool:
        return left <= right and self._says_something(left, right) and not self._is_issuer(left, right)

    def _is_issuer(self, left: int, right: int) -> bool:
        """Whether the words before the noun only say whose the document is: "WHO", "Western Pacific Regional"."""
        return self._is(right, "empty", "subject_owners", "scopes") or self._is(
            left, "owners", "institutions", "places"
        )

    def subject_end(self, at: int) -> int | None:
        """The last word of a noun phrase in small letters from `at` on; None where none begins."""
        good = None
        for place in range(at, min(at + _MAX_SUBJECT, len(self.tokens))):
            token = self.tokens[place]
            if token.text == ",":
                if not self._small_list(place):
                    break
                continue
            if not token.is_word or self._is(place, "subject_stops") or token.low in ("is", "are"):
                break
            if not self._is(place, "inside"):
                good = place
        return good

    def _small_list(self, comma: int) -> bool:
        """Whether a comma stands in a list of subjects: "food, agriculture and forestry"."""
        for place in range(comma + 1, min(comma + 6, len(self.tokens) - 1)):
            if self._low(place) in AND:
                return place > comma + 1 or self.tokens[place + 1].text.islower()
            if not (self.tokens[place].text.islower() or self.tokens[place].text == ",") or self._is(
                place, "subject_stops"
            ):
                return False
        return False

    def _begins_name(self, left: int, noun: tuple[int, int], here: int, place: int) -> bool:
        """Whether behind "and" a name of its own begins at `place`: "the Charter and the ASEAN Vision"."""
        run = self._run(place)
        nouns = [at for at in run if self.is_noun(at)]
        if place in self.known and not self._is(self.known[place][1], "bodies", "owners"):
            return not any(self._low(at) in ("between", "among") for at in range(noun[1], here + 1))
        article = self._low(place - 1) in ARTICLES
        if nouns:
            if here == noun[1] and not article and self._is_bare(place, nouns[0]):
                return False  # "Declaration and Action Plan on Health"
            if not article and here > noun[1] and self._low(here - 1) in ARTICLES:
                return False  # "Guidelines for an Effective and Substantive Code"
            subject = self._is(nouns[-1], "classes_of_subject") and not self._is(nouns[-1] + 1, "links")
            return article or here == noun[1] or not subject
        if not article:
            return False
        between = any(self._low(at) in ("between", "among") for at in range(noun[1], here + 1))
        return not between and not self._is_listed(here)

    def _is_bare(self, place: int, noun: int) -> bool:
        """Whether from `place` on only a kind of document stands: "Action Plan", "Platform for Action"."""
        return all(self._is(at, "heads", "empty") for at in range(place, noun)) and not self._is(place, "owners")

    def _is_listed(self, here: int) -> bool:
        """Whether the capitals that end at `here` stand behind a comma: "Climate Change, Energy and the"."""
        while here >= 0 and self._is_capital(here):
            here -= 1
        return here >= 0 and self.tokens[here].text == ","

    def _run(self, place: int) -> range:
        end = place
        while end < len(self.tokens) and self._is_capital(end):
            end += 1
        return range(place, end)

    def _lists_on(self, comma: int) -> bool:
        """Whether a comma stands in a list inside a name: "Food, Agriculture and Forestry"."""
        if self._low(comma + 1) in ("especially", "including"):
            return comma + 2 < len(self.tokens) and self._is_capital(comma + 2)
        if self._low(comma + 1) == "and":  # "Food, Agriculture, and Forestry"
            run = self._run(comma + 2)
            return self._is_listed(comma - 1) and bool(run) and not any(self.is_noun(at) for at in run)
        if not self._is_capital(comma + 1) or comma + 1 in self.known or self._is_common(comma - 1):
            return False  # "World report on child injuries, Geneva, World Health Organization, and New York"
        place = comma + 1
        while (
            place < len(self.tokens)
            and (self._is_capital(place) or (self._is_small(place) and self._low(place) not in AND))
            and (not self.is_noun(place) or self._is(place, "classes_of_subject"))
        ):
            place += 1
        if place + 1 >= len(self.tokens):
            return False
        if self.tokens[place].text == ",":
            return self._lists_on(place)
        if self._low(place) not in AND:
            return False
        last = place + 2 if self._low(place + 1) == "the" and place + 2 < len(self.tokens) else place + 1
        named = last in self.known and self._is(self.known[last][1], "heads")
        nouns = (at for at in self._run(last) if self.is_noun(at) and not self._is(at, "classes_of_subject"))
        return self._is_capital(last) and not named and not any(nouns)

    # -- a document, or not -------------------------------------------------------------------------------------------

    def _is_document(self, left: int, right: int, noun: tuple[int, int]) -> bool:
        heads = [at for at in range(left, right + 1) if self.is_noun(at) or at == noun[1]]
        words = range(left, right + 1)
        shouted = self.text[self.tokens[left].start : self.tokens[right].end].isupper()
        if shouted and (left == 0 or self._is_loud(left, right)) and any(len(self.tokens[at].text) > 1 for at in words):
            return False  # a heading
        if all(self._is(at, "half_nouns") for at in heads) or self._runs_to_body(left, right, heads):
            return False
        if self._is_class(left, right, noun) or self._is(left - 1, "pointers"):
            return False
        if self._low(left - 1) == "of" and self._is(left - 2, "bodies"):
            return False  # "Ministry of Strategy and Finance"
        return not self._is_part(left, right, noun)

    def _names_two(self, left: int, right: int, noun: tuple[int, int]) -> bool:
        """Whether one document's noun hangs on another's: "Manual for the ASEAN Charter"."""
        others = [at for at in range(left, right + 1) if self.is_noun(at) and not noun[0] <= at <= noun[1]]
        between = [range(at, noun[0]) if at < noun[0] else range(noun[1], at) for at in others]
        return any(self._is(at, "joins") for places in between for at in places)

    def _runs_to_body(self, left: int, right: int, heads: Sequence[int]) -> bool:
        """Whether capitals run on from the noun to a body's: "Trade Agreement Committee"."""
        return any(self._is(at, "bodies") for at in self._run(heads[-1] + 1)) and right >= heads[-1]

    def _is_class(self, left: int, right: int, noun: tuple[int, int]) -> bool:
        """Whether the noun means many documents, an act or a form: "Agreements with Partners", "Release of Goods"."""
        low, behind = self._low(noun[0]), self._low(noun[1] + 1)
        if low in self.vocabulary["classes"]:
            return True
        of = noun[0] == left and behind == "of" and right > noun[1] and low not in self.vocabulary["of_heads"]
        if of and not any(self._is(at, "subject_of") for at in range(noun[1] + 2, right)):
            return True  # "Release of Goods"; but "Opinion of the Council on Salt"
        if (
            noun[0] == noun[1]
            and low in self.vocabulary["activities"]
            and not self._is(noun[0] - 1, "subject_specific")
        ):
            return not any(self.tokens[at].text[0].isdigit() for at in range(left, right + 1))
        if self._low(left - 1) in ("a", "an") and not any(self._is_owner(at) for at in range(left, noun[0])):
            return not self._is_made(left)
        weak = noun[0] == noun[1] and self._is(noun[0], "weak") and not self._is(noun[0], "strong")
        return weak and not self._has_sign(left, right, noun)

    def _is_owner(self, at: int) -> bool:
        parts = self._low(at).split("-")
        return any(
            part in self.vocabulary[name] for part in parts for name in ("owners", "institutions", "subject_owners")
        )

    def _has_sign(self, left: int, right: int, noun: tuple[int, int]) -> bool:
        """What tells a document from a set of rules, a report from a report: its subject, number, year or owner."""
        if any(at in self.known or self.tokens[at].text[0].isdigit() for at in range(left, right + 1)):
            return True
        if noun[0] - left > 1 and any(self._is_owner(at) for at in range(left, noun[0])):
            return True
        return right > noun[1] + 1 and self._low(noun[1] + 1) in self.vocabulary["links"]

    def _is_made(self, left: int) -> bool:
        """Whether somebody makes the document: "will conclude a Mekong Water Treaty"; a form is filled in."""
        start = max(0, left - 8)
        return any(self._is(at, "making") for at in range(start, left))

    def _is_part(self, left: int, right: int, noun: tuple[int, int]) -> bool:
        """A chapter's title; a review or report that begins a sentence with a noun that may be a verb."""
        start = self.tokens[left].start
        weak = noun[0] == noun[1] and self._is(noun[0], "weak") and not self._is(noun[0], "strong")
        if weak and left == 0 and right == len(self.tokens) - 1 and noun[0] == left:
            return True  # a heading
        if _PART_TITLE.search(self.text, max(self.tokens[0].start, start - 30), start):
            return True
        return self._begins_sentence(left) and left < right and left == noun[0] and self._is(left, "acts")

    def _begins_sentence(self, at: int) -> bool:
        start = self.tokens[at].start
        return at == 0 or _SENTENCE_BEFORE.search(self.text, max(self.tokens[0].start, start - 4), start) is not None
