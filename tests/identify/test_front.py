"""What a file says about itself: ten invented ASEAN documents as PDFs, and layouts of other institutions as lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.gazetteer.load import load_gazetteer
from pipeline.identify.front import find_mastheads, read_front, read_fronts, show_title
from pipeline.identify.lines import casing_of, load_front_knowledge
from pipeline.read import read_pdf
from pipeline.records import Block, DateKind, Front, Line, Page, Reading, Zone
from pipeline.settings import ReadLimits
from tests.read.pdf_makers.fronts import MAKERS

ROOT = Path(__file__).parents[2]
KNOWN = load_front_knowledge(load_gazetteer(ROOT / "gazetteer"))

# title, date, adoption or issue, kind, issuer
ASEAN = {
    "declaration": (
        "ASEAN Leaders' Declaration on the Protection of River Deltas and Coastal Wetlands and the Livelihoods "
        "of Fishing "
        "Communities in Southeast Asia",
        "2024-10-09", "adoption", "declaration",
        "Heads of State/Government of the Member States of the Association of Southeast Asian Nations",
    ),
    "chairmans-statement": (
        "Chairman's Statement of the 61st ASEAN Summit", "2027-05-12", "adoption", "statement",
         "Heads of State of ASEAN",
    ),
    "joint-media-statement": (
        "Joint Media Statement of the Seventeenth ASEAN Ministerial Meeting on Lighthouses",
        "2026-09-15", "adoption", "statement", "ASEAN Ministerial Meeting",
    ),
    "work-plan": (
        "ASEAN Work Plan on Village Libraries 2026-2030", "2026-06-03", "adoption", "work-plan",
        "ASEAN Ministers Responsible for Culture and Arts",
    ),
    "memorandum": (
        "Memorandum of Understanding between the Secretariat of the Association of Southeast Asian Nations and "
        "the Board "
        "of the River Archives on Cooperation in the Care of Old Maps",
        "2025-03-04", "adoption", "mou", "",
    ),
    "framework": (
        "ASEAN Framework on the Safe Sharing of Weather Data", "2025-11", "issue", "framework", "",
    ),
    "report": ("ASEAN Ferry Safety Report 2024", "2025-02", "issue", "report", ""),
    "two-languages": ("Agreement on the Exchange of Night Trains", "2023-11-21", "adoption", "agreement", ""),
    "annexed-plan": (
        "Declaration on Quiet Harbours", "2022-07-07", "adoption", "declaration", "Transport Ministers of ASEAN",
    ),
    "scanned-declaration": ("", "None", "", "", ""),  # a picture: without OCR nothing is known of it
}  # fmt: skip


def read_made(name: str, folder: Path) -> Reading:
    path = folder / f"{name}.pdf"
    path.write_bytes(MAKERS[name]())
    return read_pdf(path, ReadLimits(), "off")


@pytest.mark.parametrize("name", ASEAN)
def test_new_asean_documents(name: str, tmp_path: Path) -> None:
    front = read_front(read_made(name, tmp_path), KNOWN)
    assert (front.title, str(front.issued), front.date_kind or "", front.kind, front.issuer) == ASEAN[name]


def test_an_annexed_document_is_found(tmp_path: Path) -> None:
    front = read_front(read_made("annexed-plan", tmp_path), KNOWN)
    assert front.annexed == ("Action Plan for Quiet Harbours 2023-2028",)


def test_each_field_has_its_place_and_reason(tmp_path: Path) -> None:
    front = read_front(read_made("work-plan", tmp_path), KNOWN)
    found = {evidence.field: evidence for evidence in front.evidence}
    assert {"title", "issued", "kind"} <= set(found)
    assert found["title"].printed == "ASEAN WORK PLAN ON VILLAGE LIBRARIES 2026-2030", "the printed form is kept"
    assert found["title"].page == 1
    assert found["title"].bbox is not None
    assert all(evidence.reason for evidence in front.evidence)


def make_reading(*blocks: str, notes: str = "", size: float = 11.0) -> Reading:
    """A page of blocks one below the other; `## ` before a line makes it half as large again."""
    text, made, lines, top = "", [], [], 40.0
    for zone, block in [*((Zone.BODY, each) for each in blocks), *((Zone.FOOTNOTE, each) for each in [notes] if each)]:
        text += "\n\n" if text else ""
        start, first = len(text), top
        for line in block.split("\n"):
            height = 1.5 * size if line.startswith("## ") else size
            line = line.removeprefix("## ")
            text += "\n" if len(text) > start else ""
            lines.append(Line(len(text), len(text) + len(line), (72.0, top, 72.0 + 5 * len(line), top + height)))
            text, top = text + line, top + 1.2 * height
        made.append(Block(zone, start, len(text), (72.0, first, 500.0, top)))
        top += 20.0
    return Reading("file.pdf", "0" * 64, (Page("", 1, text, tuple(made), lines=tuple(lines)),))


BODY = "Having considered the report on kites, and mindful of the wind, which blows where it will and stays for none;"


@pytest.mark.parametrize(
    ("blocks", "title", "symbol", "date", "kind"),
    [
        # Behind the file's own symbol
        (("## United Nations A/RES/90/17", "Distr.: General\n3 March 2036", "Ninetieth session\nAgenda item 12",
          "## Resolution adopted by the General Assembly on 20 December 2035",
           "[on the report of the Third Committee (A/90/4)]",
          "90/17. Kites and the safety of\nlow-flying aircraft", "The General Assembly,", BODY),
         "Kites and the safety of low-flying aircraft", "A/RES/90/17", "2035-12-20", "resolution"),
        (("108 NINETIETH WORLD HEALTH ASSEMBLY", "WHA90.5 Kites, including repair",
         "The Ninetieth World Health Assembly,",
          BODY, "(Ninth plenary meeting, 25 May 2037)"),
         "Kites, including repair", "WHA90.5", "2037-05-25", "resolution"),
        # A symbol that is a name belongs to the title, and so does what it is about
        (("COMMITTEE ON ECONOMIC, SOCIAL\nAND CULTURAL RIGHTS\nSixtieth session\nGeneva, 4-22 May 2029",
          "GENERAL COMMENT No. 99", "The right to fly kites (art. 9)", "1. Kites are flown by many people in all parts "
          "of the world, and have been for a long time."),
         "General Comment No. 99: The right to fly kites (art. 9)", "General Comment No. 99", "2029-05-22",
         "general-comment"),
        # Below the masthead, above the author
        (("SIXTIETH WORLD HEALTH ASSEMBLY WHA60.77", "Agenda item 13.4 24 May 2034", "## Kites",
         "The Sixtieth World Health "
          "Assembly,", BODY),
         "Kites", "WHA60.77", "2034-05-24", "resolution"),
        (("PAN AMERICAN HEALTH ORGANIZATION\nWORLD HEALTH ORGANIZATION", "## 49th DIRECTING COUNCIL",
          "Washington, D.C., USA, 28 September-2 October 2029", "CD49.R99 (Eng.)\nORIGINAL: SPANISH", "RESOLUTION",
          "CD49.R99", "STRATEGY ON KITES", "THE 49th DIRECTING COUNCIL,", BODY, "(Ninth plenary, 2 October 2029)"),
         "Strategy on Kites", "CD49.R99", "2029-10-02", "resolution"),
        # A numbered paper is what its title calls it; its date is that of issue
        (("53rd DIRECTING COUNCIL", "Agenda Item 4.6 CD53/99, Rev. 1\n3 October 2034", "PLAN OF ACTION ON KITES",
          "Introduction", BODY),
         "Plan of Action on Kites", "CD53/99/Rev.1", "2034-10-03", "action-plan"),
        # A resolution that carries a document of its own title is that document
        (("## United Nations A/RES/S-99/2", "## General Assembly 16 August 2031", "S-99/2. Declaration on Kites",
          "The General Assembly\nAdopts the Declaration on Kites annexed to the present resolution.",
          "6th plenary meeting\n9 June 2031", "Annex", "Declaration on Kites", BODY),
         "Declaration on Kites", "A/RES/S-99/2", "2031-06-09", "declaration"),
        # Place and date behind the title are no part of it
        (("Protocol on Kites with Tails (Protocol II). Geneva, 10 October 2020.", "Article 1", BODY),
         "Protocol on Kites with Tails (Protocol II)", "", "2020-10-10", "protocol"),
        # A number before the title in a book of resolutions
        (("43/999. Body of Principles on Kites", "The General Assembly,", BODY, "76th plenary meeting\n9 December 2028",
          "ANNEX", "Body of Principles on Kites", "Scope", BODY),
         "Body of Principles on Kites", "A/RES/43/999", "2028-12-09", "guideline"),
        # A page of such a book begins with the end of another one
        (("of the rights of all who fly kites, and calls upon all States to take such measures as they may need;",
          "9384 (XXX). Declaration on Kites\nand Balloons", "The General Assembly,", BODY,
          "2400th plenary meeting\n10 November 1975"),
         "Declaration on Kites and Balloons", "A/RES/9384 (XXX)", "1975-11-10", "resolution"),
        # The resolution that adopted it is its symbol, not its kind
        (("International Covenant on Kites", "Adopted and opened for signature, ratification and accession by General "
          "Assembly\nresolution 9200A (XXI) of 16 December 2026", "entry into force 3 January 2036, in accordance with "
          "article 27", "Preamble", "The States Parties to the present Covenant,", BODY),
         "International Covenant on Kites", "A/RES/9200 A (XXI)", "2026-12-16", "agreement"),
        # What stands behind the title in brackets is no part of it
        (("C999 - Kites Convention, 2058 (No. 999)", "Convention concerning Kites (Entry into force: 15 Jun 2060)\n"
          "Adoption: Geneva, 42nd ILC session (25 Jun 2058)", "Preamble",
          "The General Conference of the International Labour Organisation,", BODY),
         "Convention concerning Kites", "ILO Convention No. 999", "2058-06-25", "agreement"),
        # A line of adoption that wraps
        (("RECOMMENDATION No. R (99) 2", "OF THE COMMITTEE OF MINISTERS TO MEMBER STATES ON THE LAW OF KITES",
          "(Adopted by the Committee of Ministers on 22 February 2099\nat the 999th meeting of the Ministers' "
          "Deputies)",
          "The Committee of Ministers, under the terms of Article 15.b of the Statute of the Council of Europe,", BODY),
         "Recommendation No. R (99) 2 of the Committee of Ministers to Member States on the Law of Kites", "",
         "2099-02-22", ""),
        (("## Ottawa Charter for Kites", "First International Conference on Kites",
         "The first International Conference "
          "on Kites, meeting in Ottawa this 21st day of November 2086, presents this charter to all who would "
          "read it."),
         "Ottawa Charter for Kites", "", "2086-11-21", "charter"),
    ],
)  # fmt: skip
def test_other_institutions(blocks: tuple[str, ...], title: str, symbol: str, date: str, kind: str) -> None:
    front = read_front(make_reading(*blocks), KNOWN)
    assert (front.title, (*front.symbols, "")[0], str(front.issued), front.kind) == (title, symbol, date, kind)


@pytest.mark.parametrize(
    ("blocks", "title"),
    [
        # Lines of their own join the parties, and a body's name is one of them
        (("MEMORANDUM OF UNDERSTANDING", "BETWEEN", "THE ASEAN SECRETARIAT", "AND", "THE UNITED NATIONS", "ON",
         "KITES"),
         "Memorandum of Understanding between the ASEAN Secretariat and the United Nations on Kites"),
        # The institution's name is the title's first line; its year is no date
        (("## ASEAN\n## KITE SAFETY\n## REPORT\n## 2024", "The ASEAN Secretariat\nJakarta"),
         "ASEAN Kite Safety Report 2024"),
        # A general title takes its meeting along, also from above the date
        (("THE 3RD ASEAN KITE MINISTERS' MEETING\n9-10 FEBRUARY 2023, MANILA\nJOINT MEDIA STATEMENT", f"1. {BODY}"),
         "Joint Media Statement of the 3rd ASEAN Kite Ministers' Meeting"),
        (("FINAL", "CHAIRMAN'S STATEMENT OF THE 34TH ASEAN SUMMIT\nBANGKOK, 23 JUNE 2019\nFLYING TOGETHER",
         f"1. {BODY}"),
         "Chairman's Statement of the 34th ASEAN Summit"),
        (("KUALA LUMPUR DECLARATION ON KITES:\nFORGING AHEAD TOGETHER", "WE, the Leaders of ASEAN,", BODY),
         "Kuala Lumpur Declaration on Kites: Forging Ahead Together"),
        (("Press Statement of the Kite Ministers\nManila, 26 November 1999", f"1. {BODY}"),
         "Press Statement of the Kite Ministers"),
        (("ANNEX 1", "ASEAN KITE ACTION PLAN 2025-2030", "I. INTRODUCTION", BODY), "ASEAN Kite Action Plan 2025-2030"),
    ],
)  # fmt: skip
def test_titles(blocks: tuple[str, ...], title: str) -> None:
    assert read_front(make_reading(*blocks), KNOWN).title == title


@pytest.mark.parametrize(
    ("blocks", "date", "kind"),
    [
        (("CHARTER OF KITES", "Bali, 6 December 2018", BODY), "2018-12-06", DateKind.ADOPTION),
        (("CHARTER OF KITES", "2003-02-10", BODY), "2003-02-10", DateKind.ISSUE),
        (("CHARTER OF KITES", "2003", BODY), "2003", DateKind.ISSUE),
        (("CHARTER OF KITES", BODY, "DONE in duplicate and SIGNED at Tokyo on the day of in the year 2008."), "2008",
         DateKind.ADOPTION),
        (("CHARTER OF KITES", BODY, "This Charter was adopted at the 19th Summit on 17 November 2011."), "2011-11-17",
         DateKind.ADOPTION),
        (("CHARTER OF KITES", "Adopted by the Kite Ministers' Meeting, 14 January 2011\nin Bali", BODY), "2011-01-14",
         DateKind.ADOPTION),
        (("CHARTER OF KITES 2030", "## 2030", BODY), "2030", DateKind.ISSUE),
        (("## CHARTER OF KITES\n## 2030", BODY), "None", None),  # the year in a name is the target year
        (("CHARTER OF KITES", BODY, "Tripoli, 7 May 2001"), "2001-05-07", DateKind.ADOPTION),
        (("CHARTER OF KITES", "Geneva, 4-22 May 2009\n10 June 2009", BODY), "2009-06-10", DateKind.ISSUE),
        # Dates of other documents, and of other things
        (("CHARTER OF KITES", "Recalling the Treaty, signed in Singapore on 20 November 2007; and mindful of "
        "it;"), "None",
         None),
        (("CHARTER OF KITES", "the Convention done at Washington on 18 March 1965, which is in force for all of them;"),
         "None", None),
        (("CHARTER OF KITES", "This Charter enters into force on 1 January 2010 for all who have signed it by "
        "then."), "None",
         None),
    ],
)  # fmt: skip
def test_dates(blocks: tuple[str, ...], date: str, kind: DateKind | None) -> None:
    front = read_front(make_reading(*blocks), KNOWN)
    assert (str(front.issued), front.date_kind) == (date, kind)


def test_a_note_to_the_title() -> None:
    front = read_front(make_reading("CHARTER OF KITES1", BODY, notes="1 Adopted on 23 November 2007."), KNOWN)
    assert (front.title, str(front.issued)) == ("Charter of Kites", "2007-11-23")


def test_own_names() -> None:
    named = 'This Kite Charter (hereinafter referred to as "the Tail") holds for all of the open fields and hills.'
    front = read_front(make_reading("ASEAN KITE CHARTER (AKC)", named), KNOWN)
    assert front.own_names == ("AKC", "Tail")


def fronts_of(*firsts: tuple[str, ...]) -> list[Front]:
    return read_fronts([make_reading(*blocks, BODY) for blocks in firsts], KNOWN)


def test_a_line_that_several_files_share_is_a_masthead() -> None:
    house = "## House of the Winds"
    fronts = fronts_of((house, "On kites"), (house, "On balloons"), (house, "On gliders"))
    assert [front.title for front in fronts] == ["On kites", "On balloons", "On gliders"]


def test_equal_titles_are_no_masthead() -> None:
    readings = [make_reading("Joint Statement on Kites", BODY)] * 3
    assert find_mastheads(readings, KNOWN) == frozenset()


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("STRATEGY OF THE ASEAN-CANADA E-TRADE GROUP (SACG)", "Strategy of the ASEAN-Canada e-Trade Group (SACG)"),
        ("REPORT OF THE 19TH MEETING ON CO-OPERATION, PART II", "Report of the 19th Meeting on Co-operation, Part II"),
        ("Kites in ASEAN", "Kites in ASEAN"),
    ],
)
def test_capitals_are_shown_as_the_text_writes_them(printed: str, shown: str) -> None:
    pages = make_reading(
        "In ASEAN and Canada the e-Trade of a group is a strategy of co-operation at each meeting."
    ).pages
    assert show_title(printed, casing_of(page.text for page in pages)) == shown


def test_a_folder_without_mastheads_still_tells_a_title(tmp_path: Path) -> None:
    for name in ("documents.csv", "aliases.csv", "lanes.yaml"):
        (tmp_path / name).write_bytes((ROOT / "gazetteer" / name).read_bytes())
    front = read_front(make_reading("## CHARTER OF KITES", BODY), load_front_knowledge(load_gazetteer(tmp_path)))
    assert (front.title, front.kind) == ("Charter of Kites", "charter")
