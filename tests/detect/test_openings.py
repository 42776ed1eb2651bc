"""Short names that open longer titles: the ASEAN Declaration is not "an ASEAN declaration on rare birds"."""

import pytest

from tests.detect.test_finding_cases import cite

FIRST = ("bangkok-declaration-1967",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Weavers want the leaders to adopt an ASEAN declaration on silk.", [("ASEAN declaration on silk", "-")]),
        ("A group will draft an ASEAN Declaration on Silk.", [("ASEAN Declaration on Silk", "-")]),
        ("They will prepare an ASEAN declaration against loud horns.", [("ASEAN declaration against loud horns", "-")]),
        ("They agreed to prepare an ASEAN charter for street dogs.", [("ASEAN charter for street dogs", "-")]),
        (
            "They will draft an ASEAN declaration on industrial transformation to industry 4.0.",
            [
                (
                    "ASEAN declaration on industrial transformation to industry 4.0",
                    "asean-declaration-industry-4-0-2019",
                )
            ],
        ),
        ("They will draft another ASEAN declaration.", []),
        ("Clerks keep the ASEAN Declaration.", [("ASEAN Declaration", *FIRST)]),
        ("Clerks keep the ASEAN declaration.", [("ASEAN declaration", *FIRST)]),
        ("They signed the ASEAN Declaration on 8 August 1967.", [("ASEAN Declaration", *FIRST)]),
        ("They met for the ASEAN Declaration in Bangkok.", [("ASEAN Declaration", *FIRST)]),
        ("Scholars praised the ASEAN Charter for its brevity.", [("ASEAN Charter", "asean-charter-2007")]),
    ],
)
def test_a_subject_behind_a_short_name_makes_another_document(text: str, found: list[tuple[str, str]]) -> None:
    assert [(words, target) for words, _, target, _ in cite("-", "2018-05-04", text)] == found, text
