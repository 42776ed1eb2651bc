"""Dates that a text states: of signing behind a document's name, of years and months in the words around.

The trap: a date in the sentence need not be the document's; it counts only straight behind the name and a word like
"signed".
"""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING

from pipeline.names.dates import PartialDate

if TYPE_CHECKING:
    from pipeline.records import Mention

_NAMES = "|".join(calendar.month_name[1:])
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
DAY = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:day of\s)?(?P<month>{_NAMES}),?\s(?P<year>(?:19|20)\d\d)"
    rf"|\b(?P<month2>{_NAMES})\s(?P<day2>\d{{1,2}}),?\s(?P<year2>(?:19|20)\d\d)",
    re.I,
)
_SIGNED = re.compile(
    r"[\"')\],]*\s?\(?(?:which was |that was |as |was |were )?"
    r"(?:signed|adopted|done|issued|endorsed|concluded|made|dated|launched|approved|of|on)\b",
    re.I,
)
# Characters behind a name in which its date may follow: "signed by the Economic Ministers in Cha-am, Thailand on ...".
_REACH = 130
_YEAR = r"(?:19|20)\d\d"
_YEARS = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
# A month that the text dates something by; "next June" and the verb "may" are none.
_MONTH = re.compile(
    rf"\b(?P<how>(?i:last|this|in|of|since|during|early|late|mid|the))[\s-](?:\d{{1,2}}[\s-])?(?:the\s)?(?P<month>{_NAMES})"
    rf"\b(?:\s\d{{1,2}}\b)?(?:,?\s(?:of\s)?(?P<year>{_YEAR}))?"
)
_COUNTS = {
    "one": 1,
    "a": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_COUNTS |= {"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20}
_YEARS_BACK = re.compile(
    r"\b(?P<one>last year|the (?:previous|preceding|past) year|the year before|a year (?:ago|earlier|before))\b"
    rf"|\b(?P<count>{'|'.join(_COUNTS)}|\d{{1,2}})\syears?\s(?:ago|earlier|before)\b|\b(?P<none>this year)\b",
    re.I,
)
_MONTHS_BACK = re.compile(
    r"\b(?P<one>last month|the (?:previous|preceding) month|the month before|a month (?:ago|earlier))\b"
    rf"|\b(?P<count>{'|'.join(_COUNTS)}|\d{{1,2}})\smonths?\s(?:ago|earlier)\b|\b(?P<none>this month)\b",
    re.I,
)


def stated_date(mention: Mention) -> PartialDate | None:
    """The day on which the text says the document was signed, right behind its name."""
    rest = mention.sentence[mention.within[1] : mention.within[1] + _REACH]
    found = DAY.search(rest) if _SIGNED.match(rest) else None
    if found is None or re.search(r"\b(?:and|or) the\b|;", rest[: found.start()]):
        return None
    return read_day(found)


def read_day(found: re.Match[str]) -> PartialDate | None:
    """A date written out, as `DAY` finds it; None for a day that no month has."""
    day, month, year = (found[name] or found[f"{name}2"] for name in ("day", "month", "year"))
    try:
        return PartialDate.parse(f"{year}-{_MONTHS[month.lower()]:02d}-{int(day):02d}")
    except ValueError:
        return None


def times_in(text: str, at: PartialDate | None) -> set[PartialDate]:
    """Years and months that a text names, also as "last April" or "the year before" seen from `at`."""
    times = {PartialDate(int(found.group())) for found in _YEARS.finditer(text)}
    times |= {month for found in _MONTH.finditer(text) if (month := _read_month(found, at)) is not None}
    if at is not None:
        times |= {PartialDate(at.year - _read_count(found)) for found in _YEARS_BACK.finditer(text)}
        if at.month is not None:
            times |= {_months_before(at, _read_count(found)) for found in _MONTHS_BACK.finditer(text)}
    return times


def _read_month(found: re.Match[str], at: PartialDate | None) -> PartialDate | None:
    """The month meant: the last of that name before `at`, unless a year stands with it."""
    month = _MONTHS[found["month"].lower()]
    if found["year"]:
        return PartialDate(int(found["year"]), month)
    if at is None or at.month is None:
        return None
    is_past = month < at.month or (month == at.month and found["how"].lower() != "last")
    return PartialDate(at.year if is_past else at.year - 1, month)


def _read_count(found: re.Match[str]) -> int:
    if found["none"]:
        return 0
    count = found["count"]
    return 1 if not count else int(count) if count.isdigit() else _COUNTS[count.lower()]


def _months_before(at: PartialDate, count: int) -> PartialDate:
    assert at.month is not None
    months = at.year * 12 + at.month - 1 - count
    return PartialDate(months // 12, months % 12 + 1)
