"""Names that overlap: which of them the text means.

In: spots of the gazetteer's names, of names grown from patterns, and of descriptions. Out: spots that do not overlap.
The longest name wins, so that a masterplan is not found inside its review. The trap: a grown name may also be a known
one with stray words ("ASEAN Charter in its Chapter 2"); it is a document of its own only if its surplus makes a title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.detect.openings import opens_title
from pipeline.detect.spans import Spot, keep_longest
from pipeline.names.headnouns import HeadNouns
from pipeline.names.tokens import Token, tokenize
from pipeline.names.vocabulary import Vocabulary

_CAPITAL = re.compile(r"\s[A-Z][a-z]")
# Patterns whose names are told by their number alone.
_NUMBERED = ("resolution-number",)


def settle_overlaps(text: str, spots: Sequence[Spot], vocabulary: Vocabulary) -> list[Spot]:
    """Spots that do not overlap, in the order of the text."""
    named = [spot for spot in spots if _is_named(spot) and _is_titled(text, spot, vocabulary)]
    named = [spot for spot in named if not _ends_inside(text, spot, vocabulary)]
    known = keep_longest(spot for spot in named if spot.is_body or not opens_title(text, spot, vocabulary))
    grown = [_against_known(text, spot, known, vocabulary) for spot in spots if spot.how == "grown"]
    described = [spot for spot in spots if spot.how == "described"]
    titles = keep_longest(spot for spot in grown if spot is not None)
    names = [spot for spot in known if not any(_overlap(spot, title) for title in titles)] + titles
    names = _without_bracketed(text, sorted(names, key=lambda spot: spot.start))
    free = [spot for spot in described if not any(_overlap(spot, name) for name in names)]
    return sorted([*names, *keep_longest(free)], key=lambda spot: spot.start)


def _without_bracketed(text: str, names: Sequence[Spot]) -> list[Spot]:
    """Without acronyms in brackets straight behind a name: they belong to it."""
    return [
        spot
        for before, spot in zip([None, *names], names, strict=False)
        if before is None
        or text[before.end : spot.start] not in (" (", "(")
        or not text.startswith(")", spot.end)
        or " " in text[spot.start : spot.end]
    ]


def _is_named(spot: Spot) -> bool:
    return spot.how not in ("grown", "described")


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
    """Whether the institution's name at the end is the beginning of a body's: "Charter of the ASEAN Kite League"."""
    last = text[spot.start : spot.end].rpartition(" ")[2]
    goes_on = _CAPITAL.match(text, spot.end) is not None and not text[spot.start : spot.end].isupper()
    return goes_on and last.lower() in vocabulary["owners"] and last != text[spot.start : spot.end]


def _overlap(one: Spot, other: Spot) -> bool:
    return one.start < other.end and other.start < one.end


def _against_known(text: str, grown: Spot, known: Sequence[Spot], vocabulary: Vocabulary) -> Spot | None:
    """A grown name beside the known ones it overlaps: whole, cut to a title, or None where a known name is all."""
    touching = [
        spot
        for spot in known
        if _overlap(spot, grown) and not spot.is_body and not _is_bracketed_inside(text, spot, grown)
    ]
    if not touching:
        words = tokenize(text, grown.start, grown.end)
        named = grown.pattern in _NUMBERED or HeadNouns(vocabulary).says_something(words)
        return grown if named and not any(_holds(spot, grown) for spot in known) else None
    if any(not _holds(grown, spot) for spot in touching):
        return None
    first, last = touching[0], touching[-1]
    left = tokenize(text, grown.start, first.start)
    right = tokenize(text, last.end, grown.end)
    leads = bool(left) and _leads_to(text, left, vocabulary)
    goes_on = bool(right) and _goes_on(text, last, right, vocabulary)
    if not leads and not goes_on:
        return _before_known(text, grown, left, vocabulary)
    dated = all(token.is_year for token in left)  # "2019 EDSM Protocol"
    start = grown.start if leads or dated else first.start
    end = grown.end if goes_on or not right else last.end
    return Spot(start, end, grown.pattern, how="grown")


def _before_known(text: str, grown: Spot, left: Sequence[Token], vocabulary: Vocabulary) -> Spot | None:
    """What stands before a known name, if it is a name itself: "Work Plan on Ferries under the ASEAN Charter"."""
    words = list(left)
    while words and (words[-1].low in vocabulary["inside"] or not words[-1].is_word):
        words.pop()
    if len(words) < 3 or not HeadNouns(vocabulary).is_head_name(words):
        return None
    return Spot(grown.start, words[-1].end, grown.pattern, how="grown")


def _is_bracketed_inside(text: str, spot: Spot, grown: Spot) -> bool:
    """The acronym of a name inside it: "Weapon-Free Zone (SEANWFZ) Treaty"."""
    inside = grown.start < spot.start and spot.end + 1 < grown.end
    return inside and text[spot.start - 1] == "(" and text[spot.end] == ")"


def _holds(outer: Spot, inner: Spot) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _leads_to(text: str, left: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether these words before a name make another document's title of it: "Protocol to Amend the"."""
    words = [token for token in left if token.low not in ("the", "a", "an")]
    if not any(token.is_capital and token.low in vocabulary["heads"] for token in words[:-1]):
        return False
    joined = words[-1].low in vocabulary["joins"] or words[-1].text == ":"
    verb = len(words) > 2 and words[-1].is_capital and any(token.low == "to" for token in words)
    begins_sentence = re.search(r"(?:^|[.!?;:|]\s+|\n)$", text[max(0, left[0].start - 3) : left[0].start]) is not None
    if begins_sentence and words[0].low in vocabulary["acts"]:
        return False
    return joined or verb


def _is_common(text: str, place: int, vocabulary: Vocabulary) -> bool:
    """Whether a noun in small letters stands at `place`: "on ICT competitiveness" is no title."""
    following = tokenize(text, place, min(len(text), place + 30))
    small = (vocabulary["inside"], vocabulary["subject_stops"], vocabulary["links"])
    return bool(following) and following[0].text.islower() and not any(following[0].low in words for words in small)


def _goes_on(text: str, name: Spot, right: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether these words after a name make another title: "Completion Report"; "on the Rights of the Child"."""
    run = [token for token in right if token.is_capital]
    if right[0].is_capital:
        adjacent = []
        for token in right:
            if not token.is_capital:
                break
            adjacent.append(token)
        return any(token.low in vocabulary["heads"] for token in adjacent)
    last = tokenize(text, name.start, name.end)[-1]
    if len(run) == 1 and run[0].text.isupper() and _is_common(text, right[-1].end, vocabulary):
        return False
    if not run or last.low not in vocabulary["extendable"] or right[0].low not in vocabulary["extensions"]:
        return False
    # "in" joins only an activity: "Plan of Action in Combating Transnational Crime".
    return right[0].low != "in" or run[0].low.endswith("ing")
