"""Defined terms that begin with a year: the year is not glued to the title, and tells the edition."""

import pytest

from tests.detect.test_finding_cases import cite

CUSTOMS = "asean-customs-agreement-1997"
EDUCATION = "work-plan-education-2016-2020"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            'The ASEAN Agreement on Customs (the "1997 Agreement") is old. The 1997 Agreement was short.',
            [("ASEAN Agreement on Customs", CUSTOMS), ("1997 Agreement", CUSTOMS)],
        ),
        (
            "The ASEAN Agreement on Customs ('the 1997 Agreement') is old. The 1997 Agreement was short.",
            [("ASEAN Agreement on Customs", CUSTOMS), ("1997 Agreement", CUSTOMS)],
        ),
        (
            "The ASEAN Agreement on Customs, hereinafter the 1997 Agreement, is old. The 1997 Agreement was short.",
            [("ASEAN Agreement on Customs", CUSTOMS), ("1997 Agreement", CUSTOMS)],
        ),
        (
            'The ASEAN Work Plan on Education (hereinafter called the "2016 Plan") ends. The 2016 Plan is long.',
            [("ASEAN Work Plan on Education", EDUCATION), ("2016 Plan", EDUCATION)],
        ),
        (
            'The Treaty on Kites (the "1999 Treaty") binds. The 1999 Treaty is older than the 2001 Treaty.',
            [("Treaty on Kites", "-"), ("1999 Treaty", "-")],
        ),
    ],
)
def test_a_year_in_the_term_tells_the_edition(text: str, found: list[tuple[str, str]]) -> None:
    assert [(words, target) for words, _, target, _ in cite("-", "2020-05-08", text)] == found, text
