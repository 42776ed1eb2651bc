"""Dates as documents give them: a year, a month or a day, never more than is known.

`find_dates` reads the forms in which texts write them. "2021" is neither before nor after "2021-01-22": `compare`
answers to the shorter of the two, and `None` where that leaves it open.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import total_ordering
from typing import NamedTuple

YEAR = r"(?:19|20)\d\d"
MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
DAYS = tuple(name.lower() for name in calendar.day_name)
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ORDINALS = (  # noqa: SIM905
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_NUMBERS = (  # noqa: SIM905
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905

# The parts of a date; the digit in each group's name keeps the forms apart.
# "12th", "twenty-first"; also of meetings and sessions.
ORDINAL = (
    rf"(?:\d+(?:st|nd|rd|th)|(?:(?:{'|'.join(_TENS)})[\s-]*)?(?:{'|'.join(_ORDINALS)})"
    r"|(?:thir|for|fif|six|seven|eigh|nine)tieth)"
)
_MONTH = rf"(?P<month0>{'|'.join(MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_DAY = rf"(?P<day0>\d{{1,2}}|(?:(?:twenty|thirty)[\s-]*)?(?:{'|'.join(_ORDINALS)})|thirtieth)(?:\s?(?:st|nd|rd|th)\b)?"
_WORD = rf"(?:{'|'.join([*_NUMBERS, *_TENS])}|hundred|thousand|and)"
_LONG_YEAR = rf"(?P<year0>{YEAR}(?!\d)|(?:{_WORD}[\s-]+){{1,7}}?{_WORD}(?![\s-]+{_WORD})\b)"
_FORMS = (
    rf"(?<![\w.,/]){_DAY}(?:\s+day)?(?:\s+of)?[\s-]*{_MONTH}[\s,-]*(?:(?:of|in)\s+)?(?:the\s+year\s+)?{_LONG_YEAR}",
    rf"\b{_MONTH}\s+{_DAY}\s*,?\s+{_LONG_YEAR}",
    rf"(?<![\d/.-])(?P<year0>{YEAR})-(?P<month0>\d\d)-(?P<day0>\d\d)(?![\d/-])",
    rf"(?<![\d/.-])(?P<day0>\d{{1,2}})[./-](?P<month0>[IVX]+)[./-](?P<year0>{YEAR})(?!\d)",
    rf"(?<![\d/.-])(?P<first0>\d{{1,2}})(?P<sign0>[./-])(?P<second0>\d{{1,2}})(?P=sign0)(?P<year0>{YEAR})(?![\d/-])",
    rf"\b{_MONTH}\s*,?\s*(?:of\s+)?(?P<year0>{YEAR})(?!\d)",
)
_DATE = re.compile("|".join(re.sub(r"(?<=[a-z])0(?=[>)])", str(n), form) for n, form in enumerate(_FORMS)), re.I)
# "28 September-2 October 2009", "10th to 24th November": the days between which a meeting was held.
_RANGE_BEFORE = re.compile(
    rf"\b\d{{1,2}}(?:\s?(?:st|nd|rd|th))?(?:\s+(?:{'|'.join(MONTHS)}))?\s*(?:[-–—]|to|and|&)\s*$", re.I
)


@total_ordering
@dataclass(frozen=True)
class PartialDate:
    """A date of year, month or day precision; sorts by its earliest day, the coarser first."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `2007`, `2007-11` or `2007-11-20`; raises ValueError naming the value otherwise."""
        found = _ISO.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not a date like 2007, 2007-11 or 2007-11-20")
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        try:
            date(year, month or 1, day or 1)
        except ValueError as error:
            raise ValueError(f"{text!r} is not a date: {error}") from None
        return cls(year, month, day)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def __lt__(self, other: PartialDate) -> bool:
        return self._key() < other._key()

    @property
    def precision(self) -> str:
        """`year`, `month` or `day`."""
        return "day" if self.day else "month" if self.month else "year"

    def first_day(self) -> date:
        """The earliest day that the date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """The latest day that the date can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def compare(self, other: PartialDate) -> int | None:
        """-1 before, 1 after, 0 the same day; None where the shorter of the two leaves it open."""
        if self.last_day() < other.first_day():
            return -1
        if self.first_day() > other.last_day():
            return 1
        return 0 if self.precision == other.precision == "day" else None

    def _key(self) -> tuple[int, int, int]:
        return (self.year, self.month or 0, self.day or 0)


class DateSpan(NamedTuple):
    """A date written in a text; of a range ("4-22 May 2009") it is the last day."""

    start: int
    end: int
    date: PartialDate
    is_range: bool = False


def find_dates(text: str) -> Iterator[DateSpan]:
    """Every date with a month, or in figures alone, in the order of the text; impossible ones are left out."""
    for found in _DATE.finditer(text):
        date = _read_date(found)
        if date is not None:
            before = _RANGE_BEFORE.search(text, 0, found.start())
            yield DateSpan(before.start() if before else found.start(), found.end(), date, before is not None)


def parse_date(text: str) -> PartialDate | None:
    """The first date in `text`, in figures or words; None where there is none or it is impossible."""
    return next((found.date for found in find_dates(text)), None)


def _read_date(found: re.Match[str]) -> PartialDate | None:
    values = {key.rstrip("0123456789"): value for key, value in found.groupdict().items() if value}
    year = _year_number(values["year"])
    if year is None:
        return None
    month, day = _month_number(values.get("month", "")), _day_number(values.get("day", ""))
    if "first" in values:  # 10/02/2003: which of the two is the month is known only where the other cannot be one
        first, second = int(values["first"]), int(values["second"])
        dotted = "." in found.group()
        if dotted or first > 12 or first == second:
            day, month = first, second
        elif second > 12:
            day, month = second, first
    try:
        return PartialDate.parse(str(PartialDate(year, month, day if month else None)))
    except ValueError:
        return None


def _month_number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    low = text.lower().rstrip(".")
    if low in _ROMAN:
        return _ROMAN.index(low) + 1
    return next((number for number, name in enumerate(MONTHS, 1) if low and name.startswith(low[:3])), None)


def _day_number(text: str) -> int | None:
    if not text or text.isdigit():
        return int(text) if text else None
    words = re.split(r"[\s-]+", text.lower())
    if words == ["thirtieth"]:
        return 30
    tens = {"twenty": 20, "thirty": 30}.get(words[0], 0) if len(words) > 1 else 0
    return tens + _ORDINALS.index(words[-1]) + 1


def _year_number(text: str) -> int | None:
    """1995 from "nineteen ninety-five", "nineteen hundred and ninety-five", "one thousand nine hundred and ..."."""
    if text.isdigit():
        return int(text)
    total, part = 0, 0
    for word in re.split(r"[\s-]+", text.lower()):
        if word == "thousand":
            total, part = total + part * 1000, 0
        elif word == "hundred":
            total, part = total + part * 100, 0
        elif word != "and":
            value = _small_number(word)
            # "nineteen ninety-five", "twenty twenty-one": the first two figures, then the last two.
            if total == 0 and part >= 10 and value >= 10:
                total, part = part * 100, 0
            part += value
    year = total + part
    return year if 1900 <= year < 2100 else None


def _small_number(word: str) -> int:
    if word in _NUMBERS:
        return _NUMBERS.index(word) + 1
    return (_TENS.index(word) + 2) * 10
