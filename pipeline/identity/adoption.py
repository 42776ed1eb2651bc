"""The date on which a text says it was adopted: "DONE at Bangkok, this 15th day of December 1995".

In: the pages of one document. Out: a `PartialDate`, or None. The trap: a treaty is full of other documents' dates
("the Charter signed on 20 November 2007"). Only three places speak of the text itself: a closing formula that
opens a sentence, the lines around its title, and "this Declaration was adopted on ...".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.names.dates import PartialDate
from pipeline.records import Page, Zone

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_ORDINAL = rf"(?:(?:twenty|thirty)[\s-]*)?(?:{'|'.join(_ORDINALS)})|thirtieth"
_DAY = rf"(?P<day>\d{{1,2}}|{_ORDINAL})(?:\s?(?:st|nd|rd|th)\b)?"
_NUMBER_WORD = rf"(?:{'|'.join(_UNITS + _TEENS + _TENS)}|hundred|thousand|and)"
_YEAR = rf"(?P<year>(?:19|20)\d\d|(?:{_NUMBER_WORD}[\s-]+){{1,7}}?{_NUMBER_WORD}(?![\s-]+{_NUMBER_WORD})\b)"
_OF = r"(?:\s+day)?(?:\s+of)?\s+"
_IN_YEAR = r"\s*,?\s*(?:in\s+the\s+year\s+|of\s+the\s+year\s+|of\s+)?"
_DATE = re.compile(
    rf"\b(?:{_DAY}{_OF}{_MONTH}\b{_IN_YEAR}{_YEAR})"
    + rf"|\b{_MONTH}\s+{_DAY}\s*,\s*{_YEAR}".replace("<month>", "<month2>")
    .replace("<day>", "<day2>")
    .replace("<year>", "<year2>")
    + rf"|\b{_MONTH}\s*,?\s+(?P<year3>(?:19|20)\d\d)\b".replace("<month>", "<month3>"),
    re.IGNORECASE,
)
_YEAR_ONLY = re.compile(r"\bin\s+the\s+year\s+((?:19|20)\d\d)\b", re.IGNORECASE)

# A closing formula opens a sentence; in small letters only after a full stop: "…; signed in Manila on …" is a citation.
_CLOSING = re.compile(
    r"(?:^|\n|[.;:)”\"]\s?|\s)(?:\d{1,3}\s+)?(?:DONE|SIGNED|ADOPTED|MADE|ISSUED)\b"
    r"|(?:^|\n|[.:)”\"]\s?)(?:Done|Signed|Adopted|Made|Issued)\s+(?:at|in|by|on|this)\b"
    r"|[.”]\s?(?:done|signed|adopted)\s+(?:at|in|by|on|this)\b"
    r"|\(\s*(?:\w+[\s-]+){1,4}meeting\s*,",
)
_TITLE_PAGE = re.compile(
    r"\b(?:Adopted|Signed|Endorsed|Issued|Approved|Concluded|ADOPTED|SIGNED|ENDORSED)\b|^\w+ (?:as )?adopted\b"
)
_OF_ITSELF = re.compile(
    r"\b(?:this|the present)\s+(?:\w+\s+){1,4}(?:was|is|were|has been)\s+(?:\w+\s+)?"
    r"(?:adopted|signed|endorsed|issued)\b",
    re.IGNORECASE,
)
# A date belongs to its cue only this close behind it: place, country, meeting ("at the 19th ASEAN Summit in Bali").
_REACH = 160
# The title's surroundings: a date further down page 1 is a date in running text.
_TITLE_LINES = 14
_TITLE_PAGES = 2


def find_adoption_date(pages: Sequence[Page]) -> PartialDate | None:
    """What the text says of itself: its closing formula first, then its title page, then "this X was adopted"."""
    for find in (_closing_dates, _title_page_dates, _dates_of_itself):
        date = next(find(pages), None)
        if date is not None:
            return date
    return None


def parse_date(text: str) -> PartialDate | None:
    """The first date in `text`, in figures or words; None where there is none or it is impossible."""
    found = _DATE.search(text)
    return _to_date(found) if found else None


def _closing_dates(pages: Sequence[Page]) -> Iterator[PartialDate]:
    for text in _running_texts(pages):
        for cue in _CLOSING.finditer(text):
            clause = text[cue.end() : cue.end() + _REACH]
            date = parse_date(clause) or _year_only(clause)
            if date is not None:
                yield date


def _title_page_dates(pages: Sequence[Page]) -> Iterator[PartialDate]:
    lines = [line for page in pages[:_TITLE_PAGES] for line in _lines(page)[:_TITLE_LINES]]
    for line in lines:
        found = _DATE.search(line)
        if found and _TITLE_PAGE.search(line, 0, found.start()) and (date := _to_date(found)):
            yield date
    for line in lines:
        found = _DATE.search(line)
        if found and _is_dateline(line, found) and (date := _to_date(found)):
            yield date


def _dates_of_itself(pages: Sequence[Page]) -> Iterator[PartialDate]:
    for text in _running_texts(pages):
        for cue in _OF_ITSELF.finditer(text):
            date = parse_date(text[cue.end() : cue.end() + _REACH].split(";")[0])
            if date is not None:
                yield date


def _running_texts(pages: Iterable[Page]) -> Iterator[str]:
    """Each page's blocks that are text of the document itself, white space folded, one to a line."""
    for page in pages:
        blocks = [page.text[block.start : block.end] for block in page.blocks if _is_running(block.zone)]
        yield "\n".join(" ".join(block.split()) for block in blocks)


def _lines(page: Page) -> list[str]:
    """The lines of a page, and each of its first blocks whole, for a formula that wraps."""
    return [" ".join(page.text[block.start : block.end].split()) for block in page.blocks] + page.text.splitlines()


def _is_running(zone: Zone) -> bool:
    return zone not in (Zone.HEADER, Zone.FOOTER, Zone.FOOTNOTE, Zone.CONTENTS, Zone.BIBLIOGRAPHY)


def _is_dateline(line: str, found: re.Match[str]) -> bool:
    """A line that is a place and a date, or ends with a date after a few words, and is no sentence."""
    before, after = line[: found.start()].strip(" ,.:–—-()"), line[found.end() :].strip(" ,.:–—-()")
    return not after and len(before.split()) <= 6 and not re.search(r"\b[a-z]{4,}\b", before.replace("item", ""))


def _year_only(clause: str) -> PartialDate | None:
    found = _YEAR_ONLY.search(clause)
    return PartialDate(int(found.group(1))) if found else None


def _to_date(found: re.Match[str]) -> PartialDate | None:
    values = {key.rstrip("23"): value for key, value in found.groupdict().items() if value}
    year = _year_number(values["year"])
    month = _MONTHS.index(values["month"].lower()) + 1
    day = _day_number(values["day"]) if "day" in values else None
    if year is None:
        return None
    try:
        return PartialDate.parse(f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day else ""))
    except ValueError:
        return None


def _day_number(text: str) -> int:
    if text.isdigit():
        return int(text)
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
    if word in _UNITS:
        return _UNITS.index(word) + 1
    if word in _TEENS:
        return _TEENS.index(word) + 10
    return (_TENS.index(word) + 2) * 10
