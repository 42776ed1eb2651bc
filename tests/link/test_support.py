"""A second sign for an acronym that collides with words: a sibling's acronym, or the kind of document in apposition."""

import pytest

from tests.detect.test_finding_cases import cite


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tolls are set by AFAFGIT and ACTS alike.", ["AFAFGIT", "ACTS"]),
        ("Compare ACIA, the AIA and their annexes.", ["ACIA", "AIA"]),
        ("DIFAP and DIF were bound in one volume.", ["DIFAP", "DIF"]),
        ("Officials went by HPA, the leaders' plan of action.", ["HPA"]),
        ("Every office has a roadmap called RIA.", ["RIA"]),
        ("Clowns and their ACTS came, and ATIGA was read.", ["ATIGA"]),
        ("ATIGA was printed while TAC slept.", ["ATIGA"]),
        ("HPA, the agency for nurses, opened.", []),
        ("DIF, an income form, is green.", []),
        ("A daily income form (DIF) is filed. DIF, the framework of shelves, is new.", []),
    ],
)
def test_second_signs(text: str, found: list[str]) -> None:
    assert [words for words, *_ in cite("-", "2021-05-07", text)] == found, text
