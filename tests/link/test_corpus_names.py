"""The register: documents of a corpus that no gazetteer lists are cited, and told apart, like those that one lists."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.gazetteer.load import load_gazetteer
from pipeline.names.dates import PartialDate
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import Front, Page, Source
from pipeline.register import build_register, corpus_rows
from pipeline.runs.citing import cite_pages
from pipeline.settings import Settings

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "gazetteer")
FRONTS = {
    "kites": Front("ASEAN Framework on Kite Trade (AFKT)", issued=PartialDate(2031, 3, 4), own_names=("AFKT",)),
    "kite-plan": Front("ASEAN Framework on Kite Trade Action Plan 2031-2035", issued=PartialDate(2031, 9, 1)),
    "lanterns": Front(
        "Convention on the Lanterns of Fishing Villages", issued=PartialDate(2019, 5, 2), own_names=("the Convention",)
    ),
    "lamps": Front(
        "Night lamps",
        symbols=("A/RES/81/64",),
        issuer="United Nations General Assembly",
        issued=PartialDate(2026, 11, 30),
        kind="resolution",
    ),
    "lamps-again": Front(
        "Night lamps",
        symbols=("WHA81.64",),
        issuer="World Health Assembly",
        issued=PartialDate(2028, 5, 20),
        kind="resolution",
    ),
    "comment": Front(
        "General Comment No. 41 (2027): The right to quiet",
        symbols=("E/C.12/2027/3",),
        issuer="United Nations Committee on Economic, Social and Cultural Rights",
        issued=PartialDate(2027, 5, 5),
    ),
    "shells-1": Front("Plan of Action on Shell Divers 2020-2024", issued=PartialDate(2020, 2, 2)),
    "shells-2": Front("Plan of Action on Shell Divers 2025-2029", issued=PartialDate(2025, 2, 2)),
    "report": Front("Report", issued=PartialDate(2025, 1, 1)),
    "ferries": Front("Strategy on Ferry Bells", symbols=("CD77.R2",), kind="resolution"),
    "swans": Front(
        "Follow-up to the Political Declaration on Swans, Geese, Ducks and Storks",
        symbols=("WHA83.10",),
        kind="resolution",
    ),
    "beginning": Front("Salt: a charter for cooks of the islands and their guests", issued=PartialDate(2024, 1, 1)),
    "un-rules": Front("United Nations Rules for the Care of Harbour Cats", issued=PartialDate(2023, 1, 1)),
}


def sources(fronts: Mapping[str, Front] = FRONTS) -> list[Source]:
    return [
        Source(f"unlisted:{name}", f"{name}.pdf", "", front.title, front.issued, "unlisted", front)
        for name, front in fronts.items()
    ]


def cited(text: str, by: str = "", at: str = "2032-01-01", fronts: Mapping[str, Front] = FRONTS) -> list[str | None]:
    register = build_register(GAZETTEER, sources(fronts))
    front = fronts.get(by) or Front(issuer=by)
    source = Source(f"unlisted:{by or 'text'}", "", "", front.title, front.issued or PartialDate.parse(at), "", front)
    citations, _ = cite_pages(source, (Page(source.id, 1, text),), register, Settings())
    return [(citation.target_id or "").removeprefix("unlisted:") for citation in citations]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        # The title page's own words, in any spelling, and in other words.
        ("Traders follow the ASEAN Framework on Kite Trade of March 2031.", ["kites"]),
        ("Traders follow the asean framework for kite trade.", ["kites"]),
        ("Traders follow the ASEAN Kite Trade Framework.", ["kites"]),
        ("Fishers trust in the Convention on the Lanterns of Fishing Villages.", ["lanterns"]),
        ("Vets follow the Rules for the Care of Harbour Cats.", ["un-rules"]),
        # In small letters and another order it is a description, which may mean any.
        ("They want a kite trade framework.", ["framework-kite-trade"]),
        # An acronym needs a second sign: the name in full, or a word like "under".
        ("Kites fly under the AFKT.", ["kites"]),
        # The longest name wins, editions are apart, and the one in force is meant where no year stands.
        ("Read the ASEAN Framework on Kite Trade Action Plan 2031-2035.", ["kite-plan"]),
        ("Read the Plan of Action on Shell Divers 2020-2024.", ["shells-1"]),
        ("Read the Plan of Action on Shell Divers 2025-2029.", ["shells-2"]),
        ("Read the Plan of Action on Shell Divers 2031-2035.", ["action-plan-diver-shell-2031-2035"]),
        # A symbol means its document in all its writings, and no other with the same numbers.
        ("Recalling resolution 81/64 of 30 November 2026 on night lamps,", ["lamps"]),
        ("Recalling A/RES/81/64,", ["lamps"]),
        ("Recalling World Health Assembly resolution WHA81.64 on lamps at night,", ["lamps-again"]),
        ("Recalling its resolutions 79/12, 80/13 and 81/64,", ["a-res-79-12", "a-res-80-13", "lamps"]),
        ("Recalling resolution 64/81,", ["a-res-64-81"]),
        # A numbered comment needs its year or its body.
        ("See general comment No. 41 (2027).", ["comment"]),
        ("See general comment No. 41 (2019) of the Committee on the Rights of the Child.", ["general-comment-no-41"]),
        # Common words are no names: not a title of one word, not what a document calls itself.
        ("The report speaks of night lamps. A Report was made. The convention was long.", []),
        ("Salt is dear.", []),
        ("Under the Convention, nobody sleeps.", []),
    ],
)
def test_documents_of_the_corpus_are_cited(text: str, targets: list[str]) -> None:
    assert cited(text) == targets, text


@pytest.mark.parametrize(
    ("text", "by", "targets"),
    [
        # What a resolution of that title adopts is another document; its heading is its own.
        (
            "STRATEGY ON FERRY BELLS\n\nThe Council,\nHaving reviewed the Strategy on Ferry Bells,",
            "ferries",
            ["strategy-bell-ferry"],
        ),
        ("Strategy on Ferry Bells\n\nThe Council,\nNoting the bells,", "ferries", []),
        ("The plan rests on the Convention on the Lanterns of Fishing Villages.", "lanterns", []),
        (
            "We recall the Political Declaration on Swans, Geese, Ducks and Storks.",
            "swans",
            ["declaration-duck-geese-political-stork-swan"],
        ),
        (
            "Recall the Follow-up to the Political Declaration on Swans, Geese, Ducks and Storks. "
            "The Political Declaration is short.",
            "lamps",
            ["swans", "declaration-political"],
        ),
    ],
)
def test_a_resolution_is_not_what_it_adopts(text: str, by: str, targets: list[str]) -> None:
    assert cited(text, by) == targets, text


def test_two_new_documents_that_cite_each_other_meet() -> None:
    assert cited("The Kite Trade Framework rests on the Convention on Lanterns of Fishing Villages.", "kites") == [
        "lanterns"
    ]
    assert cited(
        "We welcome the ASEAN Kite Trade Framework (AFKT). Under the AFKT lanterns are kites.", "lanterns"
    ) == [
        "kites",
        "kites",
    ]


def test_a_symbol_alone_is_the_texts_own_bodys() -> None:
    assert cited("Recalling general comment No. 41,", FRONTS["comment"].issuer) == ["comment"]


def test_two_titles_of_the_same_words_are_told_apart_by_the_small_ones() -> None:
    fronts = {
        "older": Front("Measuring achievement of the harbour goals for old towns and ports", issued=PartialDate(2008)),
        "newer": Front(
            "Measuring of the achievement of the harbour goals for old towns and ports", issued=PartialDate(2010)
        ),
    }
    text = "It goes on with measuring of the achievement of the harbour goals for old towns and ports."
    assert cited(text, fronts=fronts) == ["newer"]


def test_a_listed_document_keeps_its_names() -> None:
    fronts = {"charter": Front("ASEAN Charter", issued=PartialDate(2030, 1, 1))}
    assert cited("They read the ASEAN Charter.", fronts=fronts) == ["asean-charter-2007"]


def test_the_register_is_the_gazetteer_where_nothing_is_new() -> None:
    assert build_register(GAZETTEER, [Source("asean-charter-2007", "", "", "ASEAN Charter")]) is GAZETTEER


def test_neither_order_nor_copies_change_the_register() -> None:
    register = build_register(GAZETTEER, sources())
    again = build_register(GAZETTEER, [*reversed(sources()), *sources()])
    assert again.fingerprint == register.fingerprint
    assert register.fingerprint != GAZETTEER.fingerprint
    assert [row.id for row in corpus_rows(register, GAZETTEER)] == sorted(source.id for source in sources())
    assert load_vocabulary(register) is load_vocabulary(GAZETTEER)
