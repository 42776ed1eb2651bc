"""Deadlines of promises: the phrase beside a planned document, and the day on which it falls due.

Comes in: a sentence with the names in it, or a phrase like "by the end of 2025". Goes out: the phrase of each name, and
its last day as a `PartialDate`. The trap: a phrase belongs to the nearest name of its own clause, and "within two
years" counts from the date of the document that says it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.names.dates import PartialDate
from pipeline.status.cuebook import CueBook
from pipeline.status.events import Hit

# Further away than this the time belongs to something else in the sentence.
MAX_DISTANCE = 25
_BORDER = re.compile(r"[;|]|\.\s|\b(?:which|that|to|and|will|shall) \w+(?:e|ed|ing)?\b.*\b(?:the|an?)\b")
_SENTENCE = re.compile(r"[;|]|\.\s")
_CELL = re.compile(r"(?:(?:by|in|end|mid|early|late|q[1-4])[ -])*(?:[a-z]+ )?(?:19|20)\d\d", re.IGNORECASE)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
_MONTH = {name: number for number, name in enumerate((*_MONTHS, "december"), 1)}
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = {name: number for number, name in enumerate(_NUMBERS, 1)} | {"a": 1, "an": 1}
_PARTS_OF_YEAR = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(
    r"\b(\d{1,2}) (january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_QUARTER = re.compile(r"\bq([1-4])\b|\b(first|second|third|fourth) quarter\b")
_HALF = re.compile(r"\b(first|second) half\b")
_SPAN = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBER)})\b[ ()0-9]*(month|year)s?\b")


def find_deadline(
    text: str, spans: Sequence[tuple[int, int]], number: int, hits: Sequence[Hit], lead: str, book: CueBook
) -> str:
    """The time that the making of a name is bound to: in its own clause, or a cell or head that is a time; else ""."""
    if not any(hit.binds for hit in hits):
        return ""
    start, end = spans[number]
    ranked = []
    for found in book.deadlines.finditer(text):
        ahead = found.start() < end
        between = text[found.end() : start] if ahead else text[end : found.start()]
        border = _SENTENCE if ahead else _BORDER
        apart = any(end <= other[0] < found.start() or found.end() <= other[0] < start for other in spans)
        if not apart and len(between.split()) <= MAX_DISTANCE and not border.search(between):
            ranked.append((ahead, len(between), found.group()))
    if ranked:
        return min(ranked)[2]
    cells = (*re.split(r"[|\n]", lead), *(text.split("|") if "|" in text else ()))
    times = (time.group().strip() for cell in cells if (time := _CELL.fullmatch(cell.strip())))
    time_of_lead = book.deadlines.search(lead)
    return next(times, "") or (time_of_lead.group() if time_of_lead else "")


def is_ahead(phrase: str, issued: PartialDate | None) -> bool:
    """The time is not over yet at the document's own date: "proposed in 2012" is no deadline in 2015."""
    due = find_due_date(phrase, issued)
    return due is None or issued is None or due.last_day() >= issued.first_day()


def find_due_date(phrase: str, issued: PartialDate | None) -> PartialDate | None:
    """The last day that a phrase allows; None where it names no day ("as soon as possible")."""
    words = " ".join(phrase.lower().replace("-", " ").split())
    years = [int(year) for year in _YEAR.findall(words)]
    if years:
        return _within_year(words, years[-1])
    if issued is None:
        return None
    span = _SPAN.search(words)
    if span:
        return _later(issued, span)
    if "next year" in words:
        return PartialDate(issued.year + 1)
    if "year" in words:
        return PartialDate(issued.year)
    return _next_month(words, issued)


def _within_year(words: str, year: int) -> PartialDate:
    day = _DAY.search(words)
    if day:
        return _make_date(year, _MONTH[day.group(2)], int(day.group(1)))
    quarter, half = _QUARTER.search(words), _HALF.search(words)
    if quarter:
        number = int(quarter.group(1) or _PARTS_OF_YEAR[quarter.group(2)])
        return PartialDate(year, number * 3)
    if half:
        return PartialDate(year, _PARTS_OF_YEAR[half.group(1)] * 6)
    month = next((_MONTH[word] for word in words.split() if word in _MONTH), None)
    if month or "mid" in words.split():
        return PartialDate(year, month or 6)
    if words.startswith("before") and "end" not in words.split():
        return PartialDate(year - 1)
    return PartialDate(year)


def _make_date(year: int, month: int, day: int) -> PartialDate:
    try:
        return PartialDate.parse(f"{year}-{month:02d}-{day:02d}")
    except ValueError:
        return PartialDate(year, month)


def _later(issued: PartialDate, span: re.Match[str]) -> PartialDate:
    """So many months or years after the document's own date."""
    count = int(span.group(1)) if span.group(1).isdigit() else _NUMBER[span.group(1)]
    if span.group(2) == "year":
        return PartialDate(issued.year + count, issued.month)
    months = issued.year * 12 + (issued.month or 12) - 1 + count
    return PartialDate(months // 12, months % 12 + 1)


def _next_month(words: str, issued: PartialDate) -> PartialDate | None:
    """ "By November": the first one on or after the document's own month."""
    month = next((_MONTH[word] for word in words.split() if word in _MONTH), None)
    if month is None or (words.split()[0] == "may" and len(words.split()) == 1):
        return None
    return PartialDate(issued.year + (month < (issued.month or 1)), month)
