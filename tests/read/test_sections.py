"""HTML and DOCX as sources: the same text gives the same citations as its PDF, and what is no text stays out."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from pipeline.gazetteer.load import load_gazetteer
from pipeline.read.document import read_document
from pipeline.read.folder import find_documents
from pipeline.records import Reading, ReadLimits, Source, Zone
from pipeline.runs.citing import cite_pages
from pipeline.settings import Settings

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "gazetteer")
TITLE = "ASEAN Declaration on Quiet Rivers"
PARAGRAPHS = (
    "We, the ministers in charge of rivers, recall the ASEAN Charter and the AEC Blueprint 2025.",
    "We shall develop an ASEAN Code on River Boats, and hand it to our Leaders before the end of next year.",
    "The work goes on under ATIGA, whose annexes stay as they are until the members say otherwise.",
)
MENU = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/b'>The ASEAN Smart Cities Framework</a></li></ul></nav>"
FOOTER = "<footer><p>Copyright. See also the Hanoi Plan of Action.</p></footer>"


def write_html(path: Path) -> Path:
    body = "".join(f'<p id="s{number}">{text}</p>' for number, text in enumerate(PARAGRAPHS, 1))
    page = f"<html><body>{MENU}<main><h1>{TITLE}</h1>{body}</main>{FOOTER}</body></html>"
    path.write_text(page, encoding="utf-8")
    return path


def write_docx(path: Path) -> Path:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    for text in PARAGRAPHS:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def write_pdf(path: Path) -> Path:
    styles = getSampleStyleSheet()
    story = [Paragraph(TITLE, styles["Title"]), *(Paragraph(text, styles["Normal"]) for text in PARAGRAPHS)]
    SimpleDocTemplate(str(path)).build(story)
    return path


def read(path: Path) -> Reading:
    return read_document(path, ReadLimits(), "off")


def cited(reading: Reading) -> list[tuple[str, str | None, str]]:
    source = Source("unlisted:quiet-rivers", "", "", TITLE)
    found, _ = cite_pages(source, reading.pages, GAZETTEER, Settings())
    return [(" ".join(each.mention.surface.split()), each.target_id, each.status.value) for each in found]


def test_the_same_text_gives_the_same_citations(tmp_path: Path) -> None:
    pdf = cited(read(write_pdf(tmp_path / "a.pdf")))
    assert [surface for surface, _, _ in pdf] == [
        "ASEAN Charter",
        "AEC Blueprint 2025",
        "ASEAN Code on River Boats",
        "ATIGA",
    ]
    assert cited(read(write_html(tmp_path / "a.html"))) == pdf
    assert cited(read(write_docx(tmp_path / "a.docx"))) == pdf


def test_menus_and_footers_of_a_web_page_are_no_text(tmp_path: Path) -> None:
    reading = read(write_html(tmp_path / "a.html"))
    (page,) = reading.pages
    assert page.text == "\n\n".join((TITLE, *PARAGRAPHS))
    assert [(block.zone, block.anchor, block.bbox) for block in page.blocks] == [
        (Zone.HEADING, "p1", None),
        (Zone.BODY, "s1", None),
        (Zone.BODY, "s2", None),
        (Zone.BODY, "s3", None),
    ]


def test_what_a_word_file_holds_besides_paragraphs(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Secretariat of Rivers"
    document.add_heading("Results", 1)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Output", "Code on Boats"
    document.add_heading("Annex", 1)
    document.add_paragraph("The end.")
    document.save(str(tmp_path / "a.docx"))
    pages = read(tmp_path / "a.docx").pages
    assert [page.text for page in pages] == [
        "Secretariat of Rivers\n\nResults\n\nOutput\nCode on Boats",
        "Annex\n\nThe end.",
    ]
    assert [block.zone for block in pages[0].blocks] == [Zone.HEADER, Zone.HEADING, Zone.TABLE, Zone.TABLE]


# a file that holds nothing to read -> what is said of it
BROKEN = [
    ("a.html", b"", "is empty (0 bytes)"),
    ("a.html", b"   ", "cannot be read: it is no web page"),
    ("a.html", b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "has no text of its own"),
    ("a.docx", b"PK but no archive", "cannot be read: it is no Word document"),
]


@pytest.mark.parametrize(("name", "content", "said"), BROKEN, ids=[said for _, _, said in BROKEN])
def test_a_broken_file_is_an_issue(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    reading = read(tmp_path / name)
    assert reading.pages == ()
    assert said in reading.issues[0].message


def test_kinds_that_are_not_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "plan.doc").write_bytes(b"old")
    write_html(tmp_path / "a.HTML")
    found, issues = find_documents(tmp_path)
    assert [path.name for path in found] == ["a.HTML"]
    assert [(issue.message, issue.remedy) for issue in issues] == [
        ("plan.doc is a file of a kind that is not read (.doc)", "save it as PDF or DOCX")
    ]
