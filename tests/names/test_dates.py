"""Dates in all the forms in which texts write them."""

from __future__ import annotations

import pytest

from pipeline.names.dates import find_dates, parse_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("29 November 2004", "2004-11-29"),
        ("this 28th day of January, 1992", "1992-01-28"),
        ("this Twenty Ninth Day of November in the Year Two Thousand and Four", "2004-11-29"),
        ("the tenth day of june in the year two thousand and two", "2002-06-10"),
        ("this 27th day of February, two thousand and nine, in three copies", "2009-02-27"),
        ("the thirty-first day of December nineteen hundred and ninety-five", "1995-12-31"),
        ("Fifteenth of December, One Thousand Nine Hundred and Ninety Five", "1995-12-15"),
        ("3 May twenty twenty-one", "2021-05-03"),
        ("February 26, 2009", "2009-02-26"),
        ("November 2007", "2007-11"),
        ("on the 24 th November 2008", "2008-11-24"),
        ("10 Feb 2003", "2003-02-10"),
        ("Sept. 5, 2020", "2020-09-05"),
        ("Strasbourg, 27.XI.2008", "2008-11-27"),
        ("2003-02-10", "2003-02-10"),
        ("10.02.2003", "2003-02-10"),
        # Day or month first: only the year is sure, unless one of the two cannot be a month
        ("10/02/2003", "2003"),
        ("25/02/2003", "2003-02-25"),
        ("02/25/2003", "2003-02-25"),
        ("31 February 2010", None),
        ("no date at all", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    found = parse_date(text)
    assert (str(found) if found else None) == date, text


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Geneva, 4-22 May 2009", "2009-05-22"),
        ("28 September-2 October 2009", "2009-10-02"),
        ("from the 10 th to 24 th November 2008", "2008-11-24"),
        ("24 February–13 March and 15–23 June 2020", "2020-06-23"),
    ],
)
def test_the_days_of_a_meeting_are_a_range(text: str, last: str) -> None:
    assert [(str(found.date), found.is_range) for found in find_dates(text)] == [(last, True)]
