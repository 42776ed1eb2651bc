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
from pipeline.status.sentences import NAME, START, Sentence, match_tokens, split_tokens

# Further away than this the time belongs to something else in the sentence.
MAX_DISTANCE = 25
_BORDERS = frozenset({START, ";", ".", "|"})
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


def find_deadlines(text: str, spans: Sequence[tuple[int, int]], book: CueBook) -> tuple[str, ...]:
    """For each name of a sentence or table row the nearest time of its clause, else a cell that is a time, else ""."""
    sentence = split_tokens(text, spans)
    phrases = _find_phrases(text, sentence, book)
    return tuple(_nearest(sentence, phrases, name) for name in sentence.names)


def find_lead_deadline(lead: str, book: CueBook) -> str:
    """The time in what governs an item from elsewhere: another cell of its row, the introduction of its list."""
    for part in re.split(r"[|\n]", lead):
        phrases = _find_phrases(part, split_tokens(part, ()), book)
        if phrases:
            return phrases[0][2]
    return ""


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


def _find_phrases(text: str, sentence: Sentence, book: CueBook) -> list[tuple[int, int, str]]:
    """First token, token after the last, and the words of each time phrase; of two that overlap the longer one."""
    found = [match for each in book.deadlines for match in match_tokens(sentence, each.pattern)]
    kept: list[tuple[int, int, str]] = []
    for first, last in sorted(found, key=lambda match: (match[0] - match[1], match[0])):
        if all(last <= other_first or first >= other_last for other_first, other_last, _ in kept):
            kept.append((first, last, sentence.words(text, first, last)))
    return kept


def _nearest(sentence: Sentence, phrases: Sequence[tuple[int, int, str]], name: int) -> str:
    """The time that follows the name in its clause, else the one before it, else a cell that is a time."""
    ranked = []
    for first, last, words in phrases:
        between = sentence.tokens[name + 1 : first] if first > name else sentence.tokens[last:name]
        is_cell = sentence.tokens[first] == START
        if is_cell or (len(between) <= MAX_DISTANCE and not _BORDERS.intersection(between) and NAME not in between):
            ranked.append((is_cell, first < name, len(between), words))
    return min(ranked)[3] if ranked else ""


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
