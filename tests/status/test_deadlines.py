"""When a promise falls due."""

import pytest

from pipeline.names.dates import PartialDate
from pipeline.status.deadlines import find_due_date, is_ahead

ISSUED = PartialDate(2019, 3, 10)


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("by 2025", "2025"),
        ("before 2025", "2024"),
        ("by the end of 2025", "2025"),
        ("before the end of 2025", "2025"),
        ("by November 2015", "2015-11"),
        ("no later than 31 December 2025", "2025-12-31"),
        ("on 31 February 2025", "2025-02"),
        ("by Q3 2025", "2025-09"),
        ("in the second quarter of 2024", "2024-06"),
        ("in the first half of 2024", "2024-06"),
        ("by mid 2024", "2024-06"),
        ("in 2023-2024", "2024"),
        ("within six (6) months", "2019-09"),
        ("within two years", "2021-03"),
        ("over the next two years", "2021-03"),
        ("next year", "2020"),
        ("before the year is out", "2019"),
        ("by February", "2020-02"),
        ("by November", "2019-11"),
        ("as soon as possible", None),
        ("at the 45th ASEAN Summit", None),
    ],
)
def test_due_date(phrase: str, due: str | None) -> None:
    found = find_due_date(phrase, ISSUED)
    assert (str(found) if found else None) == due, phrase


@pytest.mark.parametrize(
    ("phrase", "issued", "ahead"),
    [("in 2012", "2015-05", False), ("by 2015", "2015-05", True), ("by 2025", None, True), ("soon", "2015", True)],
)
def test_a_time_that_is_over_is_no_deadline(phrase: str, issued: str | None, ahead: bool) -> None:
    assert is_ahead(phrase, PartialDate.parse(issued) if issued else None) is ahead, phrase


@pytest.mark.parametrize("phrase", ["within two years", "next year", "by November", "this year"])
def test_relative_times_need_the_date_of_the_document(phrase: str) -> None:
    assert find_due_date(phrase, None) is None, phrase
