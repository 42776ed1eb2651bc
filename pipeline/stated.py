"""Dates that a text states: of signing behind a document's name, of years and months in the words around.

The trap: a date in the sentence need not be the document's; it counts only straight behind the name and a word like
"signed".
"""

from __future__ import annotations

import calendar
import re

from pipeline.dates import PartialDate
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
_LAST = re.compile(rf"\blast ({_NAMES}|year|month)\b|\b(this year)\b", re.I)


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


def years_in(text: str, at: PartialDate | None) -> set[int]:
    """Years that a text names, also as "last April" or "this year" seen from `at`."""
    years = {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)}
    for found in _LAST.finditer(text) if at is not None else ():
        assert at is not None
        said = (found[1] or found[2]).lower()
        if said == "year":
            years.add(at.year - 1)
        elif said in _MONTHS:
            years.add(at.year if at.month is None or _MONTHS[said] < at.month else at.year - 1)
        else:
            years.add(at.year)
    return years
