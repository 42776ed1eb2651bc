"""Linking: which document a name means, why, and what was kept apart."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.detect.pipeline import detect_mentions
from pipeline.gazetteer.load import load_gazetteer
from pipeline.link import LinkLimits
from pipeline.link.guards import make_slug
from pipeline.link.knowledge import load_knowledge
from pipeline.link.linker import link_mentions
from pipeline.link.subjectlink import SubjectLinker
from pipeline.names.dates import PartialDate
from pipeline.names.editions import Editions, read_marks
from pipeline.records import Link, Page, Source

GAZETTEER = Path(__file__).parents[2] / "gazetteer"


def links(text: str, at: str, source_id: str = "unlisted:case") -> list[Link]:
    gazetteer = load_gazetteer(GAZETTEER)
    title = gazetteer.entries[source_id].title if source_id in gazetteer.entries else ""
    source = Source(source_id, "", "", title, PartialDate.parse(at))
    mentions = detect_mentions(source, (Page(source.id, 1, text),), gazetteer)
    return list(link_mentions(source, mentions, gazetteer, LinkLimits()))


@pytest.mark.parametrize(
    ("text", "at", "target", "method"),
    [
        ("They read the ASEAN Charter.", "2010-01-01", "asean-charter-2007", "exact"),
        ("They read the AEC Blueprint.", "2010-01-01", "aec-blueprint-2015", "edition"),
        ("They read the AEC Blueprint.", "2018-01-01", "aec-blueprint-2025", "edition"),
        ("They read the AEC Blueprint 2015.", "2018-01-01", "aec-blueprint-2015", "exact"),
        ("They read the next AEC Blueprint.", "2010-01-01", "aec-blueprint-2025", "edition"),
        ("They read the next AEC Blueprint.", "2018-01-01", "aec-strategic-plan-2026-2030", "edition"),
        ("They read the Da Nang Declaration.", "2018-01-01", "da-nang-declaration-telmin-2015", "date"),
        ("They read the Da Nang Declaration on media.", "2024-01-01", "da-nang-declaration-amri-2023", "context"),
        ("They read the Da Nang Declaration.", "2026-01-01", None, "undecided"),
        (
            "They read the ASEAN Protocol on Enhanced Dispute Settlement Mechanism signed on 29 November 2004.",
            "2022-01-01",
            "edsm-2004",
            "date",
        ),
        ("They read the ASEAN Declaration of 1998.", "2010-01-01", "unlisted:declaration-1998", "unlisted"),
        ("They read the ASEAN ICT Masterplan 2035.", "2018-01-01", "unlisted:masterplan-ict-2035", "unlisted"),
        ("They read the ASEAN Framework for Trade Facilitation.", "2018-01-01", "atff-2016", "fuzzy"),
        # An acronym in brackets behind words of its title, whatever the noun.
        ("They read the Strategy on Environment (ASPEN).", "2018-01-01", "aspen-2016-2025", "exact"),
        ("They read the Strategy on Kites (ASPEN).", "2018-01-01", "unlisted:strategy-kite", "unlisted"),
        ("They will draft an ASEAN code on blue growth.", "2018-01-01", "unlisted:code-blue-growth", "unlisted"),
        (
            "They will draft an ASEAN framework for the governance of digital data.",
            "2017-01-01",
            "asean-framework-digital-data-governance-2018",
            "exact",
        ),
        ("They recall the Joint Declaration signed in Phnom Penh on 5 November 2002.", "2008-04-14",
         "asean-japan-cep-joint-declaration-2002", "exact"),
    ],
)  # fmt: skip
def test_targets(text: str, at: str, target: str | None, method: str) -> None:
    assert [(link.target_id, link.method) for link in links(text, at)] == [(target, method)], text


def test_every_link_has_a_readable_reason() -> None:
    text = "The AEC Blueprint, the Kite Treaty of Ports, GATT 1994 and the Da Nang Declaration were read."
    assert [link.reason for link in links(text, "2026-01-01")] == [
        "the edition in force on 2026-01-01",
        "no name of the gazetteer is like it",
        "a document of another institution",
        "date and words leave open which is meant: "
        "Da Nang Declaration 2015 (TELMIN) or Da Nang Declaration 2023 (AMRI)",
    ]


def test_an_undecided_link_names_all_candidates() -> None:
    (link,) = links("They read the Da Nang Declaration.", "2026-01-01")
    assert [candidate.entry_id for candidate in link.candidates] == [
        "da-nang-declaration-telmin-2015",
        "da-nang-declaration-amri-2023",
    ]


def test_what_a_guard_kept_apart_is_a_near_miss() -> None:
    (link,) = links("They read the ASEAN Digital Masterplan 2035.", "2023-01-01")
    assert {(miss.entry_id, miss.guard) for miss in link.near_misses} == {
        ("adm2025", "edition"),
        ("adm2030", "edition"),
    }


@pytest.mark.parametrize(
    ("name", "alias", "guard"),
    [
        ("ASEAN Digital Masterplan 2030", "ASEAN Digital Masterplan 2025", "edition"),
        ("ASEAN Digital Integration Framework", "ASEAN Digital Integration Framework Action Plan", "head noun"),
        ("ASEAN-China Plan of Action", "ASEAN-Canada Plan of Action", "partner"),
        ("ASEAN Trade in Goods Agreement", "ASEAN Trade in Services Agreement", "discriminating words"),
        ("Work Programme on Trade Facilitation", "ASEAN Trade Facilitation Work Programme", None),
    ],
)
def test_guards_come_before_any_score(name: str, alias: str, guard: str | None) -> None:
    guards = load_knowledge(load_gazetteer(GAZETTEER)).guards
    verdict = guards.keep_apart(guards.profile(name), guards.profile(alias))
    assert (verdict[0] if verdict else None) == guard


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("The AEC Blueprint 2025 has five parts. The AEC Blueprint is short.", []),
        ("The AEC Blueprint 2025 replaces the AEC Blueprint 2015.", ["aec-blueprint-2015"]),
        ("It builds on the AEC Blueprint.", ["aec-blueprint-2015"]),
        ("ASEAN Economic Community (AEC) Blueprint 2025 rests on the ASEAN Charter.", ["asean-charter-2007"]),
    ],
)
def test_the_source_never_cites_itself(text: str, targets: list[str]) -> None:
    assert [link.target_id for link in links(text, "2015-11-22", "aec-blueprint-2025")] == targets, text


def test_an_old_working_title_is_the_source_itself() -> None:
    text = "The ASEAN Data Classification Framework became this text."
    assert links(text, "2021-01-22", "asean-data-management-framework-2021") == []


def test_no_document_of_another_corpus_is_linked() -> None:
    text = "The World Health Assembly recalls resolution WHA55.10 and the Framework Convention on Tobacco Control."
    assert [link.target_id for link in links(text, "2012-05-20")] == [
        "unlisted:wha55-10",
        "unlisted:convention-framework-control-tobacco",
    ]


@pytest.mark.parametrize(
    ("name", "years", "periods", "numbers", "parts"),
    [
        ("IAI Work Plan IV (2021-2025)", set(), {(2021, 2025)}, {4}, set()),
        ("AIM2015", {2015}, set(), set(), set()),
        ("APAEC 2016-2025 Phase II: 2021-2025", set(), {(2016, 2025), (2021, 2025)}, set(), {("phase", 2)}),
        ("ASEAN Taxonomy Version 2", set(), set(), set(), {("version", 2)}),
        ("second version of the ASEAN Taxonomy", set(), set(), set(), {("version", 2)}),
        ("ADII 2.0", set(), set(), {2}, set()),
        ("Plan 2016-20", set(), {(2016, 2020)}, set(), set()),
    ],
)
def test_edition_marks(
    name: str, years: set[int], periods: set[tuple[int, int]], numbers: set[int], parts: set[tuple[str, int]]
) -> None:
    marks = read_marks(name)
    assert (marks.years, marks.periods, marks.numbers, marks.parts) == (years, periods, numbers, parts)


@pytest.mark.parametrize(
    ("entry_id", "name", "fit"),
    [
        ("aec-blueprint-2025", "AEC Blueprint 2025", 3),
        ("aec-blueprint-2025", "AEC Blueprint of 2015", 2),
        ("aec-blueprint-2015", "AEC Blueprint of 2015", 3),
        ("aec-blueprint-2015", "AEC Blueprint 2016-2025", None),
        ("asean-charter-2007", "ASEAN Charter", 3),
    ],
)
def test_how_well_marks_fit(entry_id: str, name: str, fit: int | None) -> None:
    assert Editions(load_gazetteer(GAZETTEER)).fit(entry_id, read_marks(name)) == fit


def test_one_slug_for_all_wordings() -> None:
    guards = load_knowledge(load_gazetteer(GAZETTEER)).guards
    names = ("ASEAN Guidelines on Foster Care", "Foster Care Guidelines", "Guideline on Foster-Care")
    assert {make_slug(name, guards) for name in names} == {"guideline-care-foster"}


def test_a_description_of_two_documents_is_linked_to_none() -> None:
    gazetteer = load_gazetteer(GAZETTEER)
    linker = SubjectLinker(gazetteer, load_knowledge(gazetteer), PartialDate(2015))
    (link,) = links("They will draft an ASEAN code on blue growth.", "2015-01-01")
    mention = replace(link.mention, name="ASEAN plan of action on violence against women and children")
    candidate, reason = linker.find(mention)
    assert candidate is None
    assert "it may have become" in reason
