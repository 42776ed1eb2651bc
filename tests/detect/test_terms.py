"""Defined terms, acronyms that mean something else, anaphora: what a text calls a document after it has named it."""

from pathlib import Path

import pytest

from pipeline.detect.definitions import long_form_of
from pipeline.detect.pipeline import detect_mentions
from pipeline.gazetteer.load import load_gazetteer
from pipeline.names.dates import PartialDate
from pipeline.records import CitationKind, Page, Source

GAZETTEER = Path(__file__).parents[2] / "gazetteer"


def mentions(text: str, kind: CitationKind) -> list[tuple[str, str | None]]:
    """Words and antecedents of the mentions of one kind."""
    source = Source("unlisted:case", "", "", "", PartialDate(2023))
    found = detect_mentions(source, (Page(source.id, 1, text),), load_gazetteer(GAZETTEER))
    return [(mention.surface, mention.antecedent) for mention in found if mention.kind is kind]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ('The ASEAN Charter (hereinafter "the Charter") binds. The Charter is short.', [("Charter", "ASEAN Charter")]),
        ("The ASEAN Charter (the “Charter”) binds. See the Charter.", [("Charter", "ASEAN Charter")]),
        ('The ASEAN Charter, hereinafter referred to as "the Charter", binds. The Charter is short.', 1),
        ('The ASEAN Charter signed in Singapore on 20 November 2007 ("the Charter") binds. The Charter is old.', 1),
        ('"Kite Charter" means the ASEAN Charter. The Kite Charter binds.', [("Kite Charter", "ASEAN Charter")]),
        ('The ASEAN Charter (the "Charter" or "AC") binds. AC is short. The Charter is old.', 2),
        ('The ASEAN Charter (the "Kite Text") binds. The Kite Text is old.', [("Kite Text", "ASEAN Charter")]),
        # The definition itself is no use of the term, nor is what stands before it.
        ('Of the Charter we speak below. The ASEAN Charter (the "Charter") binds.', []),
        # A common noun, another document of that noun, a party, a place: no uses.
        ('The ASEAN Charter (the "Charter") binds. A charter flight left. This Charter of Kites is ours.', []),
        ('The ASEAN Charter (the "Charter") binds. Read the Charter of the Arctic League.', []),
        ('The Agreement on Kites between Japan and Norway ("Norway") binds. Norway is cold.', []),
        ('The Agreement on Kites among the Member States ("Member States") binds. Member States meet.', []),
        # What hangs on another name is defined as a whole.
        (
            'The Agreement on Kites in Annex 1A to the WTO Agreement (the "Kites Agreement") binds. '
            "The Kites Agreement is old.",
            [("Kites Agreement", "Agreement on Kites")],
        ),
    ],
)
def test_terms(text: str, terms: list[tuple[str, str]] | int) -> None:
    found = mentions(text, CitationKind.TERM)
    assert (len(found) if isinstance(terms, int) else found) == terms, text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A daily milk fund (DMF) pays. The DMF of ASEAN is small.", []),
        ("The ASEAN Data Management Framework (DMF) guides. The DMF of ASEAN is short.", ["name", "term"]),
        ("Trucks and TAC were seen.", []),
        ("Trucks and the TAC set for tuna were seen.", []),
        ("Parties to the TAC met.", ["name"]),
        ("Friends of amity and cooperation in Southeast Asia praise the TAC.", ["name"]),
        ("Prices fell in the ASEAN-China Free Trade Area.", []),
        ("Article 4 of the ASEAN-China Free Trade Area applies.", ["name"]),
    ],
)
def test_acronyms_and_short_names_need_a_second_sign(text: str, names: list[str]) -> None:
    source = Source("unlisted:case", "", "", "", PartialDate(2023))
    found = detect_mentions(source, (Page(source.id, 1, text),), load_gazetteer(GAZETTEER))
    assert [mention.kind.value for mention in found] == names, text


@pytest.mark.parametrize(
    ("text", "anaphora"),
    [
        ("They read the ASEAN Charter. The said Charter binds.", [("The said Charter", "ASEAN Charter")]),
        ("They read ATIGA and AFAS. The latter agreement is older.", [("The latter agreement", "AFAS")]),
        ("They read ATIGA and AFAS. The said agreement is older.", []),
        ("They read the ASEAN Charter. The said Treaty binds.", []),
        ("They read the ASEAN Charter. It rained. Nobody left. The said Charter binds.", []),
        (
            "They read the ASEAN Comprehensive Recovery Framework and its Implementation Plan.",
            [("its Implementation Plan", "ASEAN Comprehensive Recovery Framework")],
        ),
        ("They read the ASEAN Charter and its Annexes.", []),
    ],
)
def test_anaphora(text: str, anaphora: list[tuple[str, str]]) -> None:
    assert mentions(text, CitationKind.ANAPHORA) == anaphora, text


@pytest.mark.parametrize(
    ("acronym", "before", "long_form"),
    [
        ("HPA", "run by the health promotion agency", "health promotion agency"),
        ("IGA", "each needs an intergovernmental agreement", "intergovernmental agreement"),
        ("DIF", "a table of all trees", None),
        ("AIF", "the ASEAN Infrastructure Fund", "ASEAN Infrastructure Fund"),
        ("A", "an agreement", None),
    ],
)
def test_long_forms_of_acronyms(acronym: str, before: str, long_form: str | None) -> None:
    assert long_form_of(acronym, before) == long_form
