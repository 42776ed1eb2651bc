"""Editions: what in a name tells one edition of a document from the next, and which entry that is.

In: names and entries. Out: `Marks` (years, periods, numbers) of a name, how well they fit an entry, and the edition in
force at a date. The trap: the year in a title is mostly the target year ("AEC Blueprint 2025" is of 2015), a year in
brackets mostly the year of adoption; both are tried, the title's first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.names.dates import PartialDate
from pipeline.names.folding import fold_text

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.records import Entry

_YEAR = r"(?:19|20)\d\d"
_PERIOD = re.compile(rf"({_YEAR})\s*(?:-|/|to|until)\s*({_YEAR}|\d\d(?!\d))", re.I)
# A footnote's number may be glued to the year.
_YEARS = re.compile(rf"(?<!\d){_YEAR}(?!\d{{3}}|\d{{1,2}}[A-Za-z])")
_PART = re.compile(r"\b(phase|version|edition|stage)s?\s*[:.]?\s*(\d(?:\.\d)?|[IVX]+)\b", re.I)
_ORDINAL_PART = re.compile(r"\b(first|second|third|fourth|1st|2nd|3rd|4th) (phase|version|edition|stage)\b", re.I)
_NUMBER = re.compile(r"(?<![\w.,])([IVX]+|\d(?:\.\d)?)(?![\d.,]*\d|[A-Za-z])")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}

# How well a mark fits an entry: the title says it; it is the end of the period or the year of adoption; it only
# lies there by chance (the first year of the period).
STATED, DERIVED, WEAK = 3, 2, 1


@dataclass(frozen=True)
class Marks:
    """What a name says about its edition; `years` are those outside of periods, `parts` are phases and versions."""

    years: frozenset[int] = frozenset()
    periods: frozenset[tuple[int, int]] = frozenset()
    parts: frozenset[tuple[str, float]] = frozenset()
    numbers: frozenset[float] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.years or self.periods or self.parts or self.numbers)


def read_marks(name: str) -> Marks:
    """The edition marks of a name: "IAI Work Plan IV (2021-2025)" has the number 4 and one period."""
    text = fold_text(name)
    periods = frozenset(_read_period(found) for found in _PERIOD.finditer(text))
    text = _PERIOD.sub(" ", text)
    years = frozenset(int(found.group()) for found in _YEARS.finditer(text))
    parts = {(found[1].lower(), read_number(found[2])) for found in _PART.finditer(text)}
    parts |= {(found[2].lower(), read_number(found[1])) for found in _ORDINAL_PART.finditer(text)}
    text = _YEARS.sub(" ", _PART.sub(" ", text))
    numbers = frozenset(read_number(found[1]) for found in _NUMBER.finditer(text))
    return Marks(years, periods, frozenset(parts), numbers)


def read_number(text: str) -> float:
    """`IV` is 4, `second` is 2, `3.0` is 3."""
    folded = text.lower()
    if folded in _ORDINALS:
        return float(_ORDINALS[folded])
    return float(_ROMAN[text.upper()]) if text.upper() in _ROMAN else float(re.sub(r"[^\d.]", "", text) or 0)


def _read_period(found: re.Match[str]) -> tuple[int, int]:
    start, end = int(found[1]), found[2]
    return start, int(end) if len(end) == 4 else start // 100 * 100 + int(end)


class Editions:
    """What all names of the gazetteer say about editions, entry by entry."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._marks = {
            entry_id: [read_marks(alias.text) for alias in aliases]
            for entry_id, aliases in gazetteer.aliases_of.items()
        }

    def fit(self, entry_id: str, marks: Marks) -> int | None:
        """How well the marks of a name fit an entry (the worst of them), None where one of them rules it out."""
        grades = [*self._grades(entry_id, marks)]
        if any(grade is None for grade in grades):
            return None
        return min((grade for grade in grades if grade is not None), default=STATED)

    def bears(self, entry_id: str, acronym: str) -> bool:
        """Whether an acronym is one of the entry's names."""
        return any(alias.text == acronym for alias in self._gazetteer.aliases_of.get(entry_id, ()))

    def is_near(self, entry_id: str, year: int) -> bool:
        """Whether the document was issued within a year of that one: it may be named by its entry into force."""
        issued = self._gazetteer.entries[entry_id].issued
        return issued is not None and abs(issued.year - year) <= 1

    def has_numbers(self, entry_ids: Iterable[str]) -> bool:
        """Whether names of these entries are told apart by numbers, so that a numeral after a name is one."""
        return any(marks.numbers for entry_id in entry_ids for marks in self._marks[entry_id])

    def has_years(self, entry_ids: Iterable[str]) -> bool:
        """Whether names of these entries bear years or periods."""
        return any(marks.years or marks.periods for entry_id in entry_ids for marks in self._marks[entry_id])

    def families(self, entries: Sequence[Entry]) -> list[list[Entry]]:
        """The entries grouped into families, each with all its editions that are among them, oldest first."""
        groups: list[list[Entry]] = []
        for entry in entries:
            home = next((group for group in groups if self._are_editions(entry, group[0])), None)
            if home is None:
                groups.append([entry])
            else:
                home.append(entry)
        return sorted((sorted(group, key=_age) for group in groups), key=lambda group: _age(group[0]))

    def _are_editions(self, one: Entry, other: Entry) -> bool:
        if one.id in {entry.id for entry in self.chain([other.id])}:
            return True
        return one.kind == other.kind and self._base(one) == self._base(other)

    def _base(self, entry: Entry) -> str:
        """The title without what tells the edition."""
        text = _PART.sub(" ", _YEARS.sub(" ", _PERIOD.sub(" ", fold_text(entry.title))))
        return " ".join(re.findall(r"[^\W\d_]+", _NUMBER.sub(" ", text))).lower()

    def chain(self, entry_ids: Iterable[str]) -> list[Entry]:
        """These entries with everything they supersede and everything that supersedes them, oldest first."""
        entries = self._gazetteer.entries
        found = set(entry_ids)
        pending = list(found)
        while pending:
            entry_id = pending.pop()
            near = [*entries[entry_id].supersedes, *self._gazetteer.successors_of.get(entry_id, ())]
            pending += [other for other in near if other not in found]
            found.update(near)
        return sorted((entries[entry_id] for entry_id in found), key=_age)

    def _grades(self, entry_id: str, marks: Marks) -> Iterator[int | None]:
        entry = self._gazetteer.entries[entry_id]
        known = self._marks[entry_id]
        for period in marks.periods:
            yield STATED if period == entry.period or any(period in other.periods for other in known) else None
        for year in marks.years:
            yield _year_grade(year, entry, known)
        for part in marks.parts:
            named = {other for marks_ in known for other in marks_.parts if other[0] == part[0]}
            yield STATED if part in named else None
        for number in marks.numbers:
            yield STATED if any(number in other.numbers for other in known) else None


@lru_cache(maxsize=4)
def load_editions(gazetteer: Gazetteer) -> Editions:
    """The editions of a gazetteer; built once."""
    return Editions(gazetteer)


def _year_grade(year: int, entry: Entry, known: Sequence[Marks]) -> int | None:
    if any(year in marks.years for marks in known):
        return STATED
    if any(year == end for marks in known for _, end in marks.periods) or year == entry.period[1]:
        return DERIVED
    if entry.issued is not None and entry.issued.year == year:
        return DERIVED
    if any(year == start for marks in known for start, _ in marks.periods) or year == entry.period[0]:
        return WEAK
    return None


def _age(entry: Entry) -> tuple[int, PartialDate, int, str]:
    """Sorts undated documents last: they are still to come."""
    start = entry.period[0] or 0
    if entry.issued is not None:
        return 0, entry.issued, start, entry.id
    return (1, PartialDate(entry.period[0]), start, entry.id) if entry.period[0] else (2, PartialDate(1), 0, entry.id)


def in_force(family: Sequence[Entry], at: PartialDate | None) -> Entry | None:
    """Of one document's editions, oldest first: the latest issued by that date, else the first one to come."""
    if not family:
        return None
    issued = [entry for entry in family if was_issued(entry, at)]
    return issued[-1] if issued else family[0]


def was_issued(entry: Entry, at: PartialDate | None) -> bool:
    """Whether an edition was there at a date; where both fall into one year or month, the likelier of the two."""
    issued = entry.issued or (PartialDate(entry.period[0]) if entry.period[0] else None)
    if issued is None:
        return entry.standing in ("adopted", "in-force", "superseded", "not-in-force")
    if at is None:
        return entry.standing not in ("planned", "under-negotiation")
    order = issued.compare(at)
    if order is not None:
        return order <= 0
    middle = at.first_day() + (at.last_day() - at.first_day()) / 2
    return issued.first_day() <= middle
