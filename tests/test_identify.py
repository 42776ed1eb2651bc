"""Which document a PDF is, and the date that its own text gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.identify import choose_copies, identify_source, measure_copy
from pipeline.identity.adoption import find_adoption_date, parse_date
from pipeline.names.dates import PartialDate
from pipeline.read import read_pdf
from pipeline.records import Block, Page, Reading, Zone
from pipeline.settings import ReadLimits

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "pdf"


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


PROSE = "We, the Ministers responsible for digital development, met to review the progress made in the region."


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
        # A longer title that holds a whole known one is another document
        (("UNDERSTANDING ON ARTICLE 1 OF THE ASEAN TRADE IN GOODS AGREEMENT",), None),
        (("NINTH PROTOCOL TO AMEND THE", "ASEAN TRADE IN GOODS AGREEMENT"), None),
        (("ASEAN TRADE IN GOODS AGREEMENT\nOF THE YEAR",), None),
        # Cited in the first paragraph, not named as the title
        ((PROSE, "Recalling the ASEAN Trade in Goods Agreement, we agreed as follows."), None),
    ],
)  # fmt: skip
def test_title_page(paragraphs: tuple[str, ...], source_id: str | None, gazetteer: Gazetteer) -> None:
    source, _ = identify_source(make_reading(make_page(*paragraphs)), gazetteer)
    assert (source.id if source_id else source.id.split(":")[0]) == (source_id or "unlisted"), paragraphs


def test_wrong_metadata_does_not_win(gazetteer: Gazetteer) -> None:
    page = make_page("DECLARATION ON THE CARE OF VILLAGE LIBRARIES", PROSE)
    source, _ = identify_source(make_reading(page, title="ASEAN Trade in Goods Agreement"), gazetteer)
    assert source.id == "unlisted:declaration-on-care-of-village-libraries"


def test_metadata_serves_where_the_page_names_nothing(gazetteer: Gazetteer) -> None:
    source, _ = identify_source(make_reading(make_page(PROSE), title="ASEAN Trade in Goods Agreement"), gazetteer)
    assert (source.id, source.basis) == ("atiga-2009", "metadata")


def test_a_running_header_serves_where_the_page_names_nothing(gazetteer: Gazetteer) -> None:
    page = make_page(PROSE, header="ASEAN Trade in Goods Agreement")
    source, _ = identify_source(make_reading(page), gazetteer)
    assert (source.id, source.basis) == ("atiga-2009", "running header")


@pytest.mark.parametrize(
    ("title", "header", "source_id"),
    [
        ("PROTOCOL\nDANGEROUS GOODS", "Protocol 9 Dangerous Goods", "protocol-9-dangerous-goods-2002"),
        # A header that says something else tells of the volume, not of the document.
        ("PROTOCOL\nKITES AND BALLOONS", "Protocol 9 Dangerous Goods", "unlisted:protocol-kites-and-balloons"),
        ("PROTOCOL", "Protocol 9 Dangerous Goods", "protocol-9-dangerous-goods-2002"),
        ("RULES FOR THE ASEAN TRADE IN GOODS AGREEMENT", "ASEAN Trade in Goods Agreement", None),
    ],
)
def test_a_running_header_may_fill_out_the_title(
    title: str, header: str, source_id: str | None, gazetteer: Gazetteer
) -> None:
    source, _ = identify_source(make_reading(make_page(title, PROSE, header=header)), gazetteer)
    assert source.id == source_id if source_id else source.id.startswith("unlisted:"), source.id


def test_sources_csv_comes_first(gazetteer: Gazetteer) -> None:
    page = make_page("ASEAN TRADE IN GOODS AGREEMENT", PROSE)
    row = {"document_id": "rcep-2020", "sha256": "f" * 64}
    source, issues = identify_source(make_reading(page), gazetteer, row)
    assert (source.id, source.basis, source.issued) == ("rcep-2020", "SOURCES.csv", PartialDate(2020, 11, 15))
    assert [issue.stage for issue in issues] == ["identify"], "the file is not the one that the row lists"


def test_an_unknown_id_is_an_issue(gazetteer: Gazetteer) -> None:
    page = make_page("ASEAN TRADE IN GOODS AGREEMENT", PROSE)
    source, issues = identify_source(make_reading(page), gazetteer, {"document_id": "nonsense"})
    assert source.id == "atiga-2009"
    assert "nonsense" in issues[0].message


def test_a_title_of_another_time_is_left_unlisted(gazetteer: Gazetteer) -> None:
    page = make_page("ASEAN TRADE IN GOODS AGREEMENT", PROSE, "DONE at Bangkok, this 15th day of December 1995.")
    source, issues = identify_source(make_reading(page), gazetteer)
    assert source.id.startswith("unlisted:")
    assert "1995-12-15" in issues[0].message


def test_the_better_copy_is_used(gazetteer: Gazetteer) -> None:
    whole = make_reading(make_page("ASEAN TRADE IN GOODS AGREEMENT", PROSE), path="whole.pdf")
    short = replace(make_reading(make_page("ASEAN TRADE IN GOODS AGREEMENT"), path="short.pdf"), sha256="1" * 64)
    copies = [measure_copy(identify_source(each, gazetteer)[0], each) for each in (short, whole)]
    chosen, issues = choose_copies(copies)
    assert [source.path for source in chosen] == ["whole.pdf"]
    assert [issue.message for issue in issues] == [
        "short.pdf is another file of the document in whole.pdf, and is left out"
    ]


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
        ("31 February 2010", None),
        ("no date at all", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    found = parse_date(text)
    assert (str(found) if found else None) == date, text


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("IN WITNESS WHEREOF they have signed. DONE at Bangkok, this 15th day of December 1995.", "1995-12-15"),
        ("a globally interdependent world.DONE at Bangkok, this 15th day of December 1995", "1995-12-15"),
        ("THE PEOPLE'S REPUBLIC OF CHINA Signed in Vientiane, Lao PDR on 29 November 2004", "2004-11-29"),
        ("DONE in duplicate and SIGNED at Tokyo on the day of in the year 2008, at Bandar Seri Begawan", "2008"),
        ("this Declaration was adopted at the 19th ASEAN Summit on 17 November 2011", "2011-11-17"),
        ("Resolution adopted by the General Assembly on 12 December 2012", "2012-12-12"),
        # Dates of other documents
        ("Recalling the Charter, signed in Singapore on 20 November 2007;", None),
        ("the Convention done at Washington on 18 March 1965;", None),
        ("This Agreement enters into force on 1 January 2010.", None),
    ],
)
def test_date_of_adoption(text: str, date: str | None) -> None:
    found = find_adoption_date([make_page(text)])
    assert (str(found) if found else None) == date, text


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
        ("asean-korea-goods-2006", "unlisted", "2006-08-24"),
        ("protocol-9-dangerous-goods-2002", "protocol-9-dangerous-goods-2002", "2002-09-20"),
    ],
)
def test_real_documents(file: str, source_id: str, issued: str, gazetteer: Gazetteer) -> None:
    source, _ = identify_source(read_pdf(CORPUS / f"{file}.pdf", ReadLimits(), "off"), gazetteer)
    assert (source.id.split(":")[0], str(source.issued)) == (source_id, issued)
