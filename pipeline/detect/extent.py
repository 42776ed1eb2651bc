"""How far a name reaches: the acronym in brackets, the year, period or number that tells its edition, `next` before it.

In: spots of the running text. Out: the same spots, widened; `name` gets what tells the edition, `turn` whether the text
means another edition than the one in force. The trap: a number after a name is mostly a footnote or the next word's,
so it counts only where the document's other editions bear such numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.detect.spans import Spot
from pipeline.names.editions import Editions, read_marks

_YEAR = r"(?:19|20)\d\d"
_PERIOD = rf"{_YEAR}\s?(?:-|to|/)\s?(?:{_YEAR}|\d\d(?!\d))"
_BRACKET = re.compile(r"\s?\((?:the\s)?([A-Za-z][\w&/.-]{1,12}(?: [\w.]{1,8})?)\)")
_AFTER = re.compile(
    rf"\s?\((?:for\s|from\s)?(?P<bracketed>{_PERIOD})\)"
    rf"|,?\s(?:for\s(?:the\s(?:period|years)\s)?|from\s)?(?P<period>{_PERIOD})(?!\d)"
    rf"|,?\s\(?(?P<part>(?:Phase|Version|Edition|Stage|phase|version)\s(?:[IVX]+|\d(?:\.\d)?))\)?(?:\s?:?\s?\(?(?:{_PERIOD})\)?)?(?!\w)"
    rf"|\s?(?P<of>of\s?{_YEAR})(?!\d)"
    rf"|[\s-]?(?P<year>{_YEAR})(?!\d{{3}}|\d?\.\d|\s?-\s?\d)"
    rf"|\s(?P<number>[IVX]+|\d(?:\.\d)?)(?![\w.,]*\w)"
    rf"|\s\((?P<adopted>{_YEAR})\)"
    # (hereinafter "the 2012 Agreement"): the term that stands for it tells the year.
    rf"|,?\s\(?(?:(?:hereinafter|hereafter|henceforth)[^\"'()\d]{{0,40}}[\"']?|(?:the\s)?[\"'])(?:the\s)?(?P<defined>{_YEAR})\s(?=[A-Z])"
)
_BEFORE = re.compile(rf"(?:^|[\s(\"'])((?P<period>{_PERIOD})|(?P<year>{_YEAR}))\s\"?$")
# "in 2010 the", "by 2020 the": the year is not the name's.
_NOT_A_NAMES_YEAR = re.compile(
    r"\b(?:in|by|of|since|until|from|during|after|before|to|for|for the year|(?<!\d{4} )and)\s$", re.I
)
_PART_BEFORE = re.compile(
    r"\b(?P<part>(?:phase|version|edition|stage)\s(?:[IVX]+|\d(?:\.\d)?)|"
    r"(?:first|second|third|fourth)\s(?:phase|version|edition|stage))\s(?:of|in|under)\s(?:the\s)?$",
    re.I,
)
_ORDINAL_BEFORE = re.compile(r"\b(?P<ordinal>first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)\s$", re.I)
_ENDS_IN_NUMBER = re.compile(r"\s(?:[IVX]+|\d(?:\.\d)?)$")
_NEXT = re.compile(
    r"\b(?P<in>next|post-?\s?(?:19|20)\d\d)(?:\sedition\sof\s(?:the\s)?|\sphase\sof\s(?:the\s)?|\s)$"
    r"|\b(?P<out>successor|follow-on)(?:\s(?:document|plan|agreement|strategy|edition))?\s(?:(?:to|of)\s)?(?:the\s)?$"
    r"|\b(?P<coming>upcoming|forthcoming|future|draft|an?\s(?:new|revised|updated|second|further))\s$",
    re.I,
)
_PREVIOUS = re.compile(
    r"\b(?:previous|preceding|predecessor|outgoing|expiring|expired)\s(?:edition\sof\s(?:the\s)?|(?:to|of)\s(?:the\s)?)?$",
    re.I,
)
# Characters before a name in which the words above may stand.
_REACH = 60


@dataclass(frozen=True)
class Extender:
    """Widens names by what is known of the editions of their entries."""

    editions: Editions

    def extend(self, text: str, spot: Spot, limit: int, floor: int) -> Spot:
        """The spot with what belongs to it between `floor`, the end of the name before, and `limit`."""
        spot = replace(spot, name=spot.name or text[spot.start : spot.end])
        for step in (self._take_bracket, self._take_after, self._take_bracket, self._take_before, self._take_turn):
            spot = step(text, spot, limit, floor)
        return spot

    def _take_bracket(self, text: str, spot: Spot, limit: int, floor: int) -> Spot:
        found = _BRACKET.match(text, spot.end, limit)
        if found is None or not is_acronym(found[1]):
            return spot
        return replace(spot, end=found.end())

    def _take_after(self, text: str, spot: Spot, limit: int, floor: int) -> Spot:
        found = _AFTER.match(text, spot.end, limit)
        if found is None or found.lastgroup is None:
            return spot
        mark = found["defined"] or found.group().strip(" ,()")
        if not self._tells_edition(spot, found.lastgroup, mark):
            return spot
        end = spot.end if found.lastgroup in ("adopted", "defined") else found.end()
        return replace(spot, end=end, name=f"{spot.name} {mark}")

    def _take_before(self, text: str, spot: Spot, limit: int, floor: int) -> Spot:
        before = text[max(floor, spot.start - _REACH) : spot.start]
        part = _PART_BEFORE.search(before)
        kind = "part" if part is not None and _ENDS_IN_NUMBER.search(part["part"]) else "of"
        if part is not None and self._tells_edition(spot, kind, part["part"]):
            return replace(spot, start=spot.start - len(before) + part.start(), name=f"{spot.name} {part['part']}")
        year = _BEFORE.search(before)
        if year is None or _NOT_A_NAMES_YEAR.search(before[: year.start(1)]):
            return spot
        if not self._tells_edition(spot, "of", year[1]):
            return spot
        return replace(spot, start=spot.start - len(before) + year.start(1), name=f"{spot.name} {year[1]}")

    def _take_turn(self, text: str, spot: Spot, limit: int, floor: int) -> Spot:
        before = text[max(floor, spot.start - _REACH) : spot.start]
        found = _NEXT.search(before)
        if found is not None:
            if found["in"]:
                return replace(spot, start=spot.start - len(before) + found.start(), turn=found["in"].lower())
            # "the successor to the Masterplan 2015": the Masterplan of 2015 is named, not only its successor.
            if found["out"] and read_marks(spot.name):
                return spot
            return replace(spot, turn="draft" if found["coming"] else "successor")
        if _PREVIOUS.search(before):
            return replace(spot, turn="previous")
        ordinal = _ORDINAL_BEFORE.search(before)
        if ordinal is not None and spot.entry_ids and len(spot.entry_ids) > 1:
            return replace(spot, turn=ordinal["ordinal"].lower())
        return spot

    def _tells_edition(self, spot: Spot, kind: str, mark: str) -> bool:
        """Whether a mark beside a name is one of the document's, or tells it from all known editions."""
        if not spot.entry_ids:
            return kind in ("period", "bracketed", "part", "year") and not read_marks(spot.name)
        marks = read_marks(mark)
        if any(self.editions.fit(entry_id, marks) is not None for entry_id in spot.entry_ids):
            return not (kind == "number" and not self.editions.has_numbers(spot.entry_ids))
        if kind in ("number", "adopted", "defined"):
            return kind == "number" and self.editions.has_numbers(spot.entry_ids)
        if kind == "of":
            near = (self.editions.is_near(entry_id, year) for entry_id in spot.entry_ids for year in marks.years)
            return bool(marks.years) and not any(near)
        return kind in ("period", "bracketed", "part") or self.editions.has_years(spot.entry_ids)


def is_acronym(text: str) -> bool:
    """`DIF`, `MoU`, `SAP-SMED`, `ADM 2025`: mostly capitals, perhaps with a number; no numeral alone."""
    first, _, rest = text.partition(" ")
    letters = [letter for letter in first if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    if capitals < 2 or capitals * 2 < len(letters) or re.fullmatch(r"[IVX]+", first):
        return False
    return not rest or re.fullmatch(r"[IVX\d.]+", rest) is not None
