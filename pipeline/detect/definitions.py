"""Terms that a text defines: `(hereinafter "the Agreement")`, `(DIF)`, `"ADR" means the European Agreement ...`.

In: the running text and the names found in it. Out: which words stand for which name from where on, and which acronyms
the text explains as something that is no document. After A. Schwartz and M. Hearst, "A simple algorithm for identifying
abbreviation definitions in biomedical text" (2003), for acronyms. The trap: brackets after a name define parties and
places too, so a term must be called what a document is called, or be made of the name's letters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.detect.extent import is_acronym
from pipeline.detect.spans import How, Spot
from pipeline.names.vocabulary import Vocabulary

_BRACKET = re.compile(r"\(([^()]{2,200})\)")
_QUOTES = re.compile(
    r"\"(?:the\s|this\s)?([^\"]{2,80}?)[.,]?\"|(?<![A-Za-z])'(?:the\s|this\s)?([A-Z0-9][^']{1,60}?)[.,]?'(?![a-z])",
    re.I,
)
_UNQUOTED = re.compile(
    r"\s*,?\s*\(?(?:(?:hereinafter|hereafter|henceforth|from now on)"
    r"\s?[,:]?\s?(?:in\sth\w+\s\w+\s)?(?:collectively\s)?(?:referred to\s)?(?:as\s)?"
    r"|(?:(?:also|better|commonly|widely)\s)?(?:known|referred\sto)\sas\s)(?:the\s)?"
    r"((?:(?:19|20)\d\d )?[A-Z][\w-]*(?: [A-Z][\w-]*){0,4})"
)
_BARE_TERM = re.compile(r"(?:[Tt]he\s)?((?:[A-Z][\w-]*\s){1,4}[A-Z][\w-]*)")
_CALLED = re.compile(
    r"(?:\sof\s\d{4})?\s*,?\s*\(?(?:(?:is|are|shall\sbe)\s)?(?:hereinafter|hereafter|henceforth|from\snow\son|in\swhat\sfollows"
    r"|(?:(?:here|below|in\sthis\s\w+|in\swhat\sfollows|also|better|commonly|widely|simply|often|later|now|then)\s){0,2}"
    r"(?:called|known\sas|referred\sto\sas|dubbed|termed|styled|cited\sas|abbreviated(?:\s(?:as|to))?))"
    r"[^\"'()]{0,40}(?=[\"'])",
    re.I,
)
_MEANS = re.compile(
    r"(?:\(\w{1,4}\)\s*|\d+\.?\s*)?(?:the\sterm\s)?[\"']?(?:the\s)?(?P<term>(?:(?:19|20)\d\d\s)?[A-Z][^\"';:.]{1,60}?)[\"']?(?:\s\(|\s(?:shall\s)?(?:means?|(?<=[\"\']\s)refers?\sto|stands\sfor|is\sdefined\sas)\s(?:the\s)?)$"
)
# A definition stands behind its name, at most a signing's place and date between them.
_REACH = 160
# What hangs one name on another: "in Annex 1A to the", "under the".
_HANGS = re.compile(r"(?:\s(?:in|of|under|to|annexed|contained|set|out|the|Annex|Article|[0-9]*[A-Z]|[IVX0-9]+))+\s")
_AMENDED = re.compile(r"\bas\s(?:\w+\s)?amended\sby\s(?:the\s)?$", re.I)
_LISTED = re.compile(r"(?:\sof\s\d{4})?(?:,|,?\sand)\s(?:the\s)?")
_SIGNED = re.compile(
    r"\b(?:signed|done|adopted|concluded|entered|dated|of|on|at|in|made|and|as|attached|annexed|appended|contained)\b",
    re.I,
)


# An acronym in brackets in a name or behind it, perhaps before its years: "Transport Plan (ATP) 2011-2015".
_BRACKET_INSIDE = re.compile(r"(?<=[\w.]\s)\(([^()\"]{2,30})\)")
_THING_BEFORE = re.compile(
    r"\b(?P<verb>[a-z]+)\s(?:up\s|out\s|down\s|for\s)?(?:by|in|under|pursuant\sto|to|through)\s(?:the\s)?$"
)
# `"PTA" means the Preferential Trading Arrangements stipulated in ...`
_THING_MEANT = re.compile(
    r"[\"']?\b(?P<term>[A-Z][\w-]*(?:\s[A-Z][\w-]*){0,3})[\"']?\s(?:shall\s)?(?:means?|(?<=[\"\']\s)refers?\sto|stands\sfor|denotes)\s(?:the\s|an?\s)?"
    r"(?P<thing>[^;.:()\"]{3,140})"
)


@dataclass(frozen=True)
class Definition:
    """From `start` on, `term` stands for the name at `spot`; for nothing we know where `spot` is None."""

    term: str
    start: int
    end: int
    spot: Spot | None


def find_definitions(text: str, spots: Sequence[Spot], vocabulary: Vocabulary) -> list[Definition]:
    """All definitions in the order of the text; the first one of a term counts."""
    found = [
        *_behind_names(text, spots, vocabulary),
        *_before_names(text, spots),
        *_foreign_acronyms(text, spots, vocabulary),
        *_things(text, vocabulary),
    ]
    found += _described(text, spots, found, vocabulary)
    return sorted(found, key=lambda definition: (definition.start, definition.spot is None))


def _described(
    text: str, spots: Sequence[Spot], found: Sequence[Definition], vocabulary: Vocabulary
) -> Iterator[Definition]:
    """Terms for documents described in small letters: "a separate agreement on fees (the Fees Agreement)"."""
    taken = {definition.term for definition in found}
    for bracket in _BRACKET.finditer(text):
        for term, start, end in _terms_after(text, bracket.start(), bracket.start() + 1, vocabulary):
            noun = term.split()[-1].lower()
            if term in taken or noun not in vocabulary["heads"] or " " not in term:
                continue
            place = _description(text, bracket.start(), noun, vocabulary)
            if place is not None and not any(
                spot.start < place[1] and place[0] < spot.end and spot.how is not How.DESCRIBED for spot in spots
            ):
                spot = Spot(*place, "defined", how=How.DESCRIBED, name=text[slice(*place)])
                yield Definition(term, start, end, spot)


def _description(text: str, end: int, noun: str, vocabulary: Vocabulary) -> tuple[int, int] | None:
    """The noun phrase in small letters before `end` whose noun the term bears; without date, place and actor."""
    left = max(0, end - _REACH)
    window = text[left:end]
    window = window[max(window.rfind(". "), window.rfind("; ")) + 1 :]
    left = end - len(window)
    places = list(re.finditer(rf"\b{noun}\b(?=\s(?:on|for|of|concerning|about|[a-z]+ing)\s)", window))
    if not places:
        return None
    found = places[-1]
    words = list(re.finditer(r"[\w'-]+", window[: found.start()]))
    start = found.start()
    while (
        words
        and words[-1].group().islower()
        and (
            words[-1].group() in vocabulary["heads"]
            or words[-1].group() not in (vocabulary["empty"] | vocabulary["inside"] | vocabulary["not_new"])
        )
    ):
        start = words.pop().start()
    if len(words) > 1 and words[-1].group() == "of" and words[-2].group() in vocabulary["heads"]:
        start = words[-2].start()
    last = re.search(r"\s*(?:,|\(|\b(?:which|that)\b|\bof\s(?:\d|[A-Z][a-z]+\s\d{4})|$)", window[found.end() :])
    stop = found.end() + (last.start() if last is not None else 0)
    return (left + start, left + stop) if stop > found.end() else None


def _behind_names(text: str, spots: Sequence[Spot], vocabulary: Vocabulary) -> Iterator[Definition]:
    for number, spot in enumerate(spots):
        if spot.is_body or spot.how is How.DESCRIBED:
            continue
        limit = spots[number + 1].start if number + 1 < len(spots) else len(text)
        inner = _BRACKET_INSIDE.search(text, spot.start, min(len(text), spot.end + 16))
        if inner is not None and inner.start() <= spot.end + 1 and is_acronym(inner[1]):
            name = text[spot.start : inner.start()]
            if (spot.entry_ids and not _is_thing(inner[1], name, vocabulary)) or _stands_for_all(inner[1], name):
                yield Definition(inner[1], inner.start(), max(spot.end, inner.end()), spot)
        for term, start, end in _terms_after(text, spot.end, min(spot.end + _REACH, max(limit, spot.end)), vocabulary):
            if any(_is_known(text, other, term) and other.entry_ids != spot.entry_ids for other in spots):
                continue
            if _hangs_on_thing(text, spot, vocabulary) and not _is_called_alike(term, text, spot, vocabulary):
                continue
            if _may_stand_for(term, text[spot.start : spot.end], vocabulary):
                yield Definition(term, start, end, _whole_phrase(text, spots, number))


def _hangs_on_thing(text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether the name is only what something else is established by: "the System established by the Convention"."""
    found = _THING_BEFORE.search(text, max(0, spot.start - 60), spot.start)
    return found is not None and found["verb"].lower() in vocabulary["hangs"]


def _is_called_alike(term: str, text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a term bears the noun of the name: "the Convention"."""
    nouns = {word.lower() for word in re.findall(r"[^\W_]+", term)} & vocabulary["heads"]
    return bool(nouns) and nouns <= {word.lower() for word in re.findall(r"[^\W_]+", text[spot.start : spot.end])}


def _is_thing(acronym: str, name: str, vocabulary: Vocabulary) -> bool:
    """Whether the acronym behind a name is that of an area or system in it: "Agreement on the Kite Free Zone (KFZ)"."""
    long_form = long_form_of(acronym, name.rstrip())
    return long_form is not None and long_form.split()[-1].lower() in vocabulary["things"]


def _is_known(text: str, spot: Spot, term: str) -> bool:
    """Whether the term is by itself the name of a document: then it defines nothing."""
    return bool(spot.entry_ids) and not spot.is_body and " " in term and text[spot.start : spot.end] == term


def _whole_phrase(text: str, spots: Sequence[Spot], number: int) -> Spot:
    """The first of names that hang on each other: "Agreement on Safeguards in Annex 1A to the WTO Agreement"."""
    while number > 0 and not spots[number - 1].is_body:
        first = number
        while first > 1 and _LISTED.fullmatch(text, spots[first - 1].end, spots[first].start):
            first -= 1
        between = text[spots[first - 1].end : spots[first].start]
        if _AMENDED.search(between) and len(between) < _REACH:
            number = first - 1
        elif _HANGS.fullmatch(text, spots[number - 1].end, spots[number].start):
            number -= 1
        else:
            break
    return spots[number]


def _terms_after(text: str, start: int, limit: int, vocabulary: Vocabulary) -> Iterator[tuple[str, int, int]]:
    """Quoted terms in the first bracket behind a name, or the words after "hereinafter"."""
    bracket = _BRACKET.search(text, start, min(len(text), limit + 200))
    if bracket is not None and bracket.start() < limit and _is_signing(text[start : bracket.start()]):
        for quoted in _QUOTES.finditer(bracket.group()):
            yield (quoted[1] or quoted[2]).strip(), bracket.start(), bracket.end()
        bare = _BARE_TERM.fullmatch(bracket[1])
        if bare is not None and bare[1].split()[-1].lower() in vocabulary["heads"]:
            yield bare[1], bracket.start(), bracket.end()
    unquoted = _UNQUOTED.match(text, start)
    if unquoted is not None:
        yield unquoted[1], unquoted.start(), unquoted.end()
        return
    called = _CALLED.match(text, start, limit)
    quotes = _QUOTES.match(text, called.end()) if called is not None else None
    if called is not None and quotes is not None:
        yield (quotes[1] or quotes[2]).strip(), called.start(), quotes.end()


def _is_signing(between: str) -> bool:
    """Whether only the signing of a document stands between its name and the bracket."""
    words = re.findall(r"[^\W\d_]+", between)
    return not words or _SIGNED.search(between) is not None or len(words) <= 2


def _may_stand_for(term: str, name: str, vocabulary: Vocabulary) -> bool:
    words = re.findall(r"[^\W_]+", term)
    if not words or any(word.lower() in vocabulary["bodies"] for word in words):
        return False
    if words[-1].lower() in vocabulary["heads"] | vocabulary["anaphoric"] or words[0].lower() in vocabulary["heads"]:
        return True
    if is_acronym(term):
        return _stands_for_all(term, name)
    if len(words) == 1 or {word.lower() for word in words} & vocabulary["party_words"]:
        return False
    return set(words) < set(re.findall(r"[^\W_]+", name))


def _stands_for_all(acronym: str, name: str) -> bool:
    """Whether an acronym abbreviates the name, not only the party at its end ("... Asian Nations (ASEAN)")."""
    long_form = long_form_of(acronym, name)
    if long_form is not None:
        return len(long_form) > 0.5 * len(name)
    return _ends_like(acronym, name) or any(letter.isdigit() for letter in acronym)


def _ends_like(acronym: str, name: str) -> bool:
    """Whether the acronym ends in the initial of a long name's last words ("AJCEP Agreement", "AIM2020")."""
    initials = "".join(word[0].upper() for word in re.findall(r"[^\W\d_]+", name) if word[0].isupper())
    letters = [letter for letter in acronym if letter.isupper()]
    place = 0
    for letter in letters:
        place = initials.find(letter, place) + 1
        if not place:
            return False
    return len(letters) >= 3


def _before_names(text: str, spots: Sequence[Spot]) -> Iterator[Definition]:
    """`ADR means the European Agreement ...`; `ACTIP (ASEAN Convention against ...)`."""
    for spot in spots:
        if spot.is_body:
            continue
        left = max(0, spot.start - 90)
        found = _MEANS.search(text, left, spot.start)
        if found is None:
            continue
        term = found["term"].strip()
        if found.group().endswith("(") and not is_acronym(term):
            continue
        for part in re.split(r"\sor\s", term):
            yield Definition(part.strip(" \"'"), found.start(), spot.start, spot)


def _things(text: str, vocabulary: Vocabulary) -> Iterator[Definition]:
    """Terms that a text gives to an area or a system: `"PTA" means the Preferential Trading Arrangements`."""
    for found in _THING_MEANT.finditer(text):
        words = re.findall(r"[^\W_]+|,", found["thing"])
        stops = (place for place, word in enumerate(words) if word.islower() and word in vocabulary["hangs"])
        head = words[: next(stops, len(words))]
        if head and head[-1].lower() in vocabulary["things"]:
            yield Definition(found["term"], found.start(), found.end("term"), None)


def bare_acronym(text: str, spot: Spot, vocabulary: Vocabulary) -> str:
    """The acronym that a spot is, perhaps with a document's noun behind it ("IGA Agreement"); else nothing."""
    acronym, _, rest = text[spot.start : spot.end].partition(" ")
    owned = bool(spot.entry_ids) and all(word.lower() in vocabulary["heads"] for word in rest.split())
    if acronym.lower() in vocabulary["owners"] | vocabulary["institutions"]:
        return ""  # "Association of Southeast Asian Nations (ASEAN)" takes nothing from the ASEAN Charter
    return acronym if is_acronym(acronym) and (owned or not rest) else ""


def _foreign_acronyms(text: str, spots: Sequence[Spot], vocabulary: Vocabulary) -> Iterator[Definition]:
    """Acronyms of known documents that the text explains as something else: "health promotion agency (HPA)"."""
    acronyms = {bare_acronym(text, spot, vocabulary) for spot in spots} - {""}
    if not acronyms:
        return
    named = [spot for spot in spots if not spot.is_body and " " in text[spot.start : spot.end]]
    starts = [spot.start for spot in named]
    listed = "|".join(re.escape(acronym) for acronym in sorted(acronyms))
    before = rf"(?:\(\s?|,\s(?:or|called|abbreviated|in short)\s(?:the\s)?[\"']?)(?P<acronym>{listed})s?\b"
    for found in re.finditer(before, text):
        acronym = found["acronym"]
        left = text[max(0, found.start() - 12 * len(acronym) - 20) : found.start()].rstrip()
        if long_form_of(acronym, left) is not None and not _touches(named, starts, found.start() - 2, found.start()):
            yield Definition(acronym, found.start(), found.end(), None)
    behind = (
        rf"\b(?P<acronym>{listed})(?:\s?\(|[\"']?,?\s(?:stands\sfor|is\sshort\sfor|short\sfor|means|or)\s)"
        r"(?:the\s|an?\s)?[\"']?(?P<long>[^();.:,\"]{6,120})"
    )
    for found in re.finditer(behind, text):
        if _is_initial(found["acronym"], found["long"]) and not _touches(named, starts, *found.span("long")):
            yield Definition(found["acronym"], found.start(), found.end(), None)


def _touches(named: Sequence[Spot], starts: Sequence[int], left: int, right: int) -> bool:
    """Whether a document's name reaches into this place: then the acronym is that document's."""
    place = bisect_right(starts, right) - 1
    return place >= 0 and named[place].end > left and named[place].start < right


def _is_initial(acronym: str, words: str) -> bool:
    """Whether an acronym is made of the initials of the first of these words: "RIA (regulatory impact assessment)"."""
    initials = [
        word[0].lower() for word in re.findall(r"[^\W_]+", words) if word.lower() not in ("of", "and", "the", "for")
    ]
    letters = [letter.lower() for letter in acronym if letter.isalpha()]
    return initials[: len(letters)] == letters


def long_form_of(acronym: str, before: str) -> str | None:
    """The words at the end of `before` that the acronym abbreviates (Schwartz and Hearst 2003), or None."""
    letters = [letter.lower() for letter in acronym if letter.isalpha()]
    if len(letters) < 2:
        return None
    place = len(before)
    for number in range(len(letters) - 1, -1, -1):
        place -= 1
        first = number == 0
        while place >= 0 and not (
            before[place].lower() == letters[number] and (not first or place == 0 or not before[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    long_form = before[place:]
    words = long_form.split()
    # As in the paper: no more words than min(letters + 5, letters * 2).
    return long_form if len(words) <= min(len(letters) + 5, len(letters) * 2) and len(words) > 1 else None
