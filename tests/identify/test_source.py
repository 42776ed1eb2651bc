"""Which known document a file is, and the id of one that nobody listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.identify.source import identify_source
from pipeline.names.dates import PartialDate
from pipeline.read import read_pdf
from pipeline.records import Block, Page, Reading, Source, Zone
from pipeline.settings import ReadLimits

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "pdf"
PROSE = "We, the Ministers responsible for digital development, met to review the progress made in the region."


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(ROOT / "gazetteer")


def make_page(*paragraphs: str, header: str = "", number: int = 1) -> Page:
    """A page of paragraphs, with a running header if there is one."""
    text, blocks = "", []
    for zone, paragraph in [(Zone.HEADER, header)] * bool(header) + [(Zone.BODY, part) for part in paragraphs]:
        text += "\n\n" if text else ""
        blocks.append(Block(zone, len(text), len(text) + len(paragraph), (0, 0, 1, 1)))
        text += paragraph
    return Page("", number, text, tuple(blocks))


def make_reading(*pages: Page, title: str = "", path: str = "file.pdf") -> Reading:
    return Reading(path, "0" * 64, pages, (), (("title", title),) if title else ())


def identify(gazetteer: Gazetteer, *paragraphs: str, header: str = "", title: str = "") -> Source:
    return identify_source(make_reading(make_page(*paragraphs, header=header), title=title), gazetteer)[0]


@pytest.mark.parametrize(
    ("paragraphs", "source_id"),
    [
        (("ASEAN TRADE IN GOODS AGREEMENT The Governments of Brunei Darussalam,",), "atiga-2009"),
        (("AGREEMENT ESTABLISHING THE ASEAN-\nAUSTRALIA-NEW ZEALAND FREE TRADE AREA", PROSE), "aanzfta-2009"),
        (("REGIONAL COMPREHENSIVE ECONOMIC PARTNERSHIP\nAGREEMENT",), "rcep-2020"),
        # The institution's name spelled out, brackets left out or in
        (
            ("AGREEMENT ON COMPREHENSIVE ECONOMIC PARTNERSHIP AMONG JAPAN AND MEMBER STATES OF THE ASSOCIATION OF "
             "SOUTHEAST ASIAN NATIONS Table of Contents",),
            "ajcep-2008",
        ),
        # The institution's name stands in the masthead and not in the title
        (("ASEAN DIGITAL MINISTERS MEETING", "FRAMEWORK ON PERSONAL DATA PROTECTION", "Bali, 25 November 2016"),
         "asean-framework-pdp-2016"),
        # A longer title that holds a whole known one is another document
        (("UNDERSTANDING ON ARTICLE 1 OF THE ASEAN TRADE IN GOODS AGREEMENT",), None),
        (("NINTH PROTOCOL TO AMEND THE", "ASEAN TRADE IN GOODS AGREEMENT"), None),
        (("ASEAN TRADE IN GOODS AGREEMENT\nOF THE YEAR",), None),
        # Cited in the first paragraph, not named as the title
        ((PROSE, "Recalling the ASEAN Trade in Goods Agreement, we agreed as follows."), None),
    ],
)  # fmt: skip
def test_title_page(paragraphs: tuple[str, ...], source_id: str | None, gazetteer: Gazetteer) -> None:
    source = identify(gazetteer, *paragraphs)
    assert (source.id if source_id else source.id.split(":")[0]) == (source_id or "unlisted"), paragraphs


@pytest.mark.parametrize(
    ("paragraphs", "header", "title", "source_id", "basis"),
    [
        # Metadata and running headers count only where the page names nothing
        (("DECLARATION ON THE CARE OF VILLAGE LIBRARIES", PROSE), "", "ASEAN Trade in Goods Agreement",
         "unlisted:declaration-on-care-of-village-libraries", "unlisted"),
        ((PROSE,), "", "ASEAN Trade in Goods Agreement", "atiga-2009", "metadata"),
        ((PROSE,), "ASEAN Trade in Goods Agreement", "", "atiga-2009", "running header"),
        # A header may fill out the title; one that says something else tells of the volume
        (("PROTOCOL\nDANGEROUS GOODS", PROSE), "Protocol 9 Dangerous Goods", "", "protocol-9-dangerous-goods-2002",
         "running header"),
        (("PROTOCOL", PROSE), "Protocol 9 Dangerous Goods", "", "protocol-9-dangerous-goods-2002", "running header"),
        (("PROTOCOL\nKITES AND BALLOONS", PROSE), "Protocol 9 Dangerous Goods", "",
         "unlisted:protocol-kites-and-balloons", "unlisted"),
    ],
)  # fmt: skip
def test_headers_and_metadata(
    paragraphs: tuple[str, ...], header: str, title: str, source_id: str, basis: str, gazetteer: Gazetteer
) -> None:
    source = identify(gazetteer, *paragraphs, header=header, title=title)
    assert (source.id, source.basis) == (source_id, basis)


@pytest.mark.parametrize(
    ("paragraphs", "source_id"),
    [
        (("WORLD HEALTH ASSEMBLY WHA99.8", "Kites", "The World Health Assembly,"), "unlisted:kites-wha99-8"),
        (("WORLD HEALTH ASSEMBLY A99/8", "Kites", "The World Health Assembly,"), "unlisted:kites-a99-8"),
        (("CHARTER OF KITES", "Bali, 3 May 2011", PROSE), "unlisted:charter-of-kites-2011"),
        (("CHARTER OF KITES 2011", "Bali, 3 May 2011", PROSE), "unlisted:charter-of-kites-2011"),
    ],
)
def test_ids_of_new_documents(paragraphs: tuple[str, ...], source_id: str, gazetteer: Gazetteer) -> None:
    """Equal titles stay apart by symbol or year, whatever else is in the folder."""
    assert identify(gazetteer, *paragraphs).id == source_id


def test_sources_csv_comes_first(gazetteer: Gazetteer) -> None:
    row = {"document_id": "rcep-2020", "sha256": "f" * 64}
    source, issues = identify_source(make_reading(make_page("ASEAN TRADE IN GOODS AGREEMENT", PROSE)), gazetteer, row)
    assert (source.id, source.basis, source.issued) == ("rcep-2020", "SOURCES.csv", PartialDate(2020, 11, 15))
    assert [issue.stage for issue in issues] == ["identify"], "the file is not the one that the row lists"


def test_an_unknown_id_is_an_issue(gazetteer: Gazetteer) -> None:
    page = make_page("ASEAN TRADE IN GOODS AGREEMENT", PROSE)
    source, issues = identify_source(make_reading(page), gazetteer, {"document_id": "nonsense"})
    assert source.id == "atiga-2009"
    assert "nonsense" in issues[0].message


@pytest.mark.parametrize(
    ("closing", "is_known"),
    [
        ("DONE at Cha-am, this 26th day of February 2009.", True),
        ("DONE at Bangkok, this 15th day of December 1995.", False),
    ],
)
def test_never_against_its_date(closing: str, is_known: bool, gazetteer: Gazetteer) -> None:
    reading = make_reading(make_page("ASEAN TRADE IN GOODS AGREEMENT", PROSE, closing))
    source, issues = identify_source(reading, gazetteer)
    assert source.id.startswith("unlisted:") is not is_known
    assert is_known or "1995-12-15" in issues[0].message


def test_a_resolution_is_not_the_plan_of_its_title(gazetteer: Gazetteer) -> None:
    source = identify(gazetteer, "SIXTY-FIRST WORLD HEALTH ASSEMBLY WHA61.3", "ASEAN Digital Masterplan 2025", PROSE)
    assert source.id.startswith("unlisted:")


def test_what_is_missing_is_said(gazetteer: Gazetteer) -> None:
    _, issues = identify_source(make_reading(make_page("12345")), gazetteer)
    assert ["no title" in issues[0].message, "no date" in issues[1].message] == [True, True]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not here")
@pytest.mark.parametrize(
    ("file", "source_id", "issued"),
    [
        ("aanzfta-2009", "aanzfta-2009", "2009-02-27"),
        ("rcep-2020", "rcep-2020", "2020-11-15"),
        ("atiga-2009", "atiga-2009", "2009-02-26"),
        ("bangkok-summit-declaration-1995", "bangkok-summit-declaration-1995", "1995-12-15"),
        ("cept-afta-1992", "cept-afta-agreement-1992", "1992-01-28"),
        ("haze-agreement-2002", "haze-agreement-2002", "2002-06-10"),
        ("ajcep-2008", "ajcep-2008", "2008-04-14"),
        ("aanzfta-implementing-arrangement", "unlisted", "2009-02-27"),
        ("aanzfta-understanding-article-1", "unlisted", "2009-02-27"),
        ("asean-china-goods-2004", "unlisted", "2004-11-29"),
        ("asean-india-goods-2009", "aitiga-2009", "2009-08-13"),
        ("asean-korea-goods-2006", "unlisted", "2006-08-24"),
        ("protocol-9-dangerous-goods-2002", "protocol-9-dangerous-goods-2002", "2002-09-20"),
    ],
)
def test_real_documents(file: str, source_id: str, issued: str, gazetteer: Gazetteer) -> None:
    source, _ = identify_source(read_pdf(CORPUS / f"{file}.pdf", ReadLimits(), "off"), gazetteer)
    assert (source.id.split(":")[0], str(source.issued)) == (source_id, issued)
