"""Dates as documents give them: a year, a month or a day, never more than is known.

Comparing two of them at different precisions is the trap: "2021" is neither before nor after "2021-01-22".
`compare` answers to the shorter of the two, and `None` where that leaves it open.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import total_ordering

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


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
