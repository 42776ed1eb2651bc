"""What a page shows and its words do not give, and what its words give and the page does not show.

Each row is a file of our own with one thing wrong with it: what must be read, what must not, and what must be said.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.read import compare_readings, ocr, read_guarded, read_pdf
from pipeline.read.document import finish_pages
from pipeline.read.quality import is_language
from pipeline.read.sheet import DraftBlock, DraftPage, TextLine
from pipeline.records import Issue, Reading, ReadLimits, Severity
from pipeline.runs.plan import read_passwords
from tests.read.pdf_makers import hostile

LIMITS = ReadLimits()
LINES = (
    "The Smelters met by the lake and spoke about the furnaces of the past season.",
    "They were content with the new chimneys, and thanked those who had built them.",
    "Each member will send its best tin to the fair that is held in the harbour town.",
    "The next meeting is planned for the spring, as soon as the roads are dry again.",
)
HIDDEN = "We will develop a Tin Roadmap that nobody sees."


def draw(path: Path, *steps: Callable[[Canvas], None], text: bool = True) -> Path:
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    if text:
        write(canvas, *LINES)
    for step in steps:
        step(canvas)
    canvas.showPage()
    canvas.save()
    return path


def write(canvas: Canvas, *lines: str, top: float = 760, mode: int = 0) -> None:
    for number, line in enumerate(lines):
        canvas.drawString(72, top - 16 * number, line, mode=mode)


def picture_of(lines: tuple[str, ...]) -> Image.Image:
    """A scan of lines, 400 points wide."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(440, 30 + 18 * len(lines)))
    for number, line in enumerate(lines):
        canvas.drawString(10, 10 + 18 * (len(lines) - number), line)
    canvas.save()
    return pypdfium2.PdfDocument(target.getvalue())[0].render(scale=200 / 72).to_pil().convert("L")


def white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    write(canvas, HIDDEN, top=600)


def white_on_dark(canvas: Canvas) -> None:
    canvas.setFillGray(0.2)
    canvas.rect(60, 590, 400, 30, fill=1)
    white(canvas)


def covered(canvas: Canvas) -> None:
    write(canvas, HIDDEN, top=600)
    canvas.rect(60, 590, 400, 30, fill=1)


def covered_white(canvas: Canvas) -> None:
    write(canvas, HIDDEN, top=600)
    canvas.setFillGray(1)
    canvas.rect(60, 590, 400, 30, fill=1, stroke=0)


def invisible(canvas: Canvas) -> None:
    write(canvas, HIDDEN, top=600, mode=3)


def struck(canvas: Canvas) -> None:
    write(canvas, HIDDEN, top=600)
    canvas.line(72, 603.5, 72 + canvas.stringWidth(HIDDEN), 603.5)


def underlined(canvas: Canvas) -> None:
    write(canvas, HIDDEN, top=600)
    canvas.line(72, 598, 72 + canvas.stringWidth(HIDDEN), 598)


def twice(canvas: Canvas) -> None:
    canvas.setFont("Courier", 9)
    write(canvas, *LINES, top=761, mode=3)


def scan_with_layer(canvas: Canvas) -> None:
    canvas.drawInlineImage(picture_of((HIDDEN, *LINES)), 62, 470, 440, 120)
    write(canvas, HIDDEN, top=560, mode=3)


@pytest.mark.parametrize(
    ("step", "is_cited", "told"),
    [
        (white, False, "9 words that it does not show are left out"),
        (white_on_dark, True, ""),
        (covered, False, "9 words that it does not show are left out"),
        (covered_white, False, "9 words that it does not show are left out"),
        (invisible, False, "9 words that it does not show are left out"),
        (struck, False, "9 words that are struck through are left out"),
        (underlined, True, ""),
        (twice, False, ""),
    ],
)
def test_what_the_page_does_not_show(step: Callable[[Canvas], None], is_cited: bool, told: str, tmp_path: Path) -> None:
    reading = read_pdf(draw(tmp_path / "page.pdf", step), LIMITS, "off")
    assert ("Tin Roadmap" in reading.pages[0].text) is is_cited
    assert reading.pages[0].text.split()[: len(" ".join(LINES).split())] == " ".join(LINES).split()
    assert [issue.message.split(":")[1].strip() for issue in reading.issues] == [told] * bool(told)


def test_a_layer_switched_off(tmp_path: Path) -> None:
    """The words of a layer that is off by default are not on the page."""
    content = b"BT /F1 12 Tf 72 700 Td (The fair is held in the harbour town.) Tj ET "
    content += b"/OC /L BDC BT /F1 12 Tf 72 600 Td (Secret Roadmap) Tj ET EMC"
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>"
        b"/Properties<</L 6 0 R>>>>>>"
    )
    catalog = b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R]/D<</Order[6 0 R]/OFF[6 0 R]>>>>>>"
    objects = [catalog, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, hostile.stream(content)]
    objects += [b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", b"<</Type/OCG/Name(Drafts)>>"]
    file = tmp_path / "layers.pdf"
    file.write_bytes(hostile.make_pdf(objects))
    reading = read_pdf(file, LIMITS, "off")
    assert reading.pages[0].text == "The fair is held in the harbour town."
    assert "2 words that it does not show" in reading.issues[0].message


@pytest.mark.parametrize("degrees", [-2, 3, 12])
def test_text_askew_is_straightened(degrees: float, tmp_path: Path) -> None:
    def lean(canvas: Canvas) -> None:
        canvas.translate(297, 421)
        canvas.rotate(degrees)
        canvas.translate(-297, -421)
        write(canvas, *LINES, top=500)

    (page,) = read_pdf(draw(tmp_path / "askew.pdf", lean, text=False), LIMITS, "off").pages
    assert page.text.split("\n") == list(LINES)
    left, top, right, bottom = page.lines[0].bbox
    assert bottom - top > 12, "the box lies around the line as it runs"
    assert 0 < left < right < 595


def test_a_layer_of_level_letters_that_runs_askew(tmp_path: Path) -> None:
    """Text layers of scans: each word is level, and only their places show the slope."""

    def write_words(canvas: Canvas) -> None:
        for row, line in enumerate(LINES * 5):
            x = 72.0
            for word in line.split():
                canvas.drawString(x, 700 - 13 * row - 0.04 * x, word)
                x += canvas.stringWidth(word + " ")

    (page,) = read_pdf(draw(tmp_path / "askew.pdf", write_words, text=False), LIMITS, "off").pages
    assert page.text.split("\n") == [*LINES] * 5


def test_letters_beyond_the_basic_plane(tmp_path: Path) -> None:
    """PDFium gives two halves; they are one letter, and half of one is no letter."""
    content = b"BT /F1 12 Tf 72 700 Td (We note AB and C of the Smelters.) Tj ET"
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"3 beginbfchar <41> <D835DC00> <42> <D835DC01> <43> <D835> endbfchar endcmap end"
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, hostile.stream(content)]
    file = tmp_path / "astral.pdf"
    file.write_bytes(hostile.make_pdf([*objects, font, hostile.stream(cmap)]))
    text = read_pdf(file, LIMITS, "off").pages[0].text
    assert "\U0001d400\U0001d401 and" in text
    assert not any("\ud800" <= letter <= "\udfff" for letter in text)


def test_the_rest_of_a_broken_word_alone_in_its_block() -> None:
    """It moves up, and what follows goes on from where the word began."""
    blocks = [["The Smelters speak of develop\u00ad"], ["ment", "and of the co-"], ["operation"]]
    pages = [
        DraftPage(number, 595, 842, tuple(DraftBlock((TextLine(line, 72, 300, 500, 312),)) for line in lines))
        for number, lines in enumerate(blocks, 1)
    ]
    issues: list[Issue] = []
    finished = finish_pages(pages, issues)
    lines = [line.text for page in finished for block in page.blocks for line in block.lines]
    assert lines == ["The Smelters speak of development", "and of the co-operation"]
    assert issues == []


def test_a_step_that_fails_costs_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(pages: object) -> object:
        raise IndexError("list index out of range")

    monkeypatch.setattr("pipeline.read.document.join_cells", fail)
    reading = read_pdf(draw(tmp_path / "page.pdf"), LIMITS, "off")
    assert reading.pages[0].text.split("\n") == list(LINES)
    (issue,) = reading.issues
    assert issue.message.startswith("words broken by line ends or page breaks are not joined: a step of the reader")


def scan_below(canvas: Canvas) -> None:
    canvas.drawInlineImage(picture_of((HIDDEN, *LINES)), 62, 300, 440, 120)


def scan_alone(canvas: Canvas) -> None:
    canvas.drawInlineImage(picture_of((HIDDEN, *LINES) * 6), 40, 60, 500, 640)


def photograph(canvas: Canvas) -> None:
    image = Image.linear_gradient("L").resize((400, 300))
    canvas.drawInlineImage(image, 62, 200, 440, 320)


def outlines(canvas: Canvas) -> None:
    """Lines of text as shapes: each letter is some twenty strokes."""
    for row in range(5):
        path = canvas.beginPath()
        for letter in range(60):
            x, y = 72 + 7 * letter, 560 - 16 * row
            path.moveTo(x, y)
            for step in range(20):
                path.lineTo(x + step % 5, y + 8 * (step % 2))
        canvas.drawPath(path, fill=1, stroke=0)


def shifted(canvas: Canvas) -> None:
    for number, line in enumerate((LINES[0], HIDDEN, LINES[1])):
        letters = (chr(ord(each) - 29) if each.isalpha() else each for each in line)
        write(canvas, "".join(letters), top=600 - 16 * number)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (scan_below, "what may be text is only drawn on"),
        (scan_alone, "what may be text is only drawn on"),
        (photograph, ""),
        (outlines, "what may be text is only drawn on"),
        (shifted, "there is text that is no language on"),
    ],
)
def test_what_the_words_do_not_give(step: Callable[[Canvas], None], told: str, tmp_path: Path) -> None:
    """Without OCR an issue says so; nothing is said of a photograph."""
    reading = read_pdf(draw(tmp_path / "page.pdf", step), LIMITS, "off")
    assert [told in issue.message for issue in reading.issues] == [True] * bool(told)


def test_half_a_page_is_read_by_ocr(tmp_path: Path) -> None:
    try:
        ocr.find_ocr()
    except ocr.OcrError as error:
        pytest.skip(str(error))
    reading = read_pdf(draw(tmp_path / "page.pdf", scan_below), LIMITS, "auto")
    text = reading.pages[0].text
    assert text.split("\n")[:4] == list(LINES), "the words of the page are not read twice"
    assert "develop a Tin Roadmap" in text
    assert reading.issues == ()


def test_scripts_without_spaces_are_language() -> None:
    text = "鉱山の大臣は 会議において スズの ロードマップを作成し ASEANの 協力を さらに強化 することに合意した"
    words = text.split()
    assert is_language(words * 3)


def annotate(path: Path, kind: bytes) -> Path:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R]"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects += [page + b"/Resources<</Font<</F1 5 0 R>>>>>>"]
    content = b"BT /F1 12 Tf 72 700 Td (The fair is held in the harbour town.) Tj 0 -50 Td (The roads are dry.) Tj ET"
    objects += [hostile.stream(content), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    objects += [b"<</Type/Annot/Rect[70 600 300 640]" + kind + b">>"]
    path.write_bytes(hostile.make_pdf(objects))
    return path


@pytest.mark.parametrize(
    ("kind", "severity", "told"),
    [
        (b"/Subtype/FreeText/Contents(We note the Tin Charter.)", Severity.WARNING, 'the text of 1 text box(es)'),
        (b"/Subtype/Widget/FT/Tx/T(a)/V(We note the Tin Charter.)", Severity.WARNING, 'or filled field(s) is not read'),
        (b"/Subtype/Text/Contents(Is this the Tin Charter?)", Severity.INFO, "the text of 1 comment(s) is not read"),
        (b"/Subtype/StrikeOut/QuadPoints[70 715 300 715 70 695 300 695]", Severity.WARNING, "are struck through"),
        (b"/Subtype/Link/Contents(here)", None, ""),
    ],
)  # fmt: skip
def test_notes_and_fields_are_told(kind: bytes, severity: Severity | None, told: str, tmp_path: Path) -> None:
    issues = read_pdf(annotate(tmp_path / "page.pdf", kind), LIMITS, "off").issues
    found = [issue for issue in issues if "has no text" not in issue.message]
    assert [issue.severity for issue in found] == ([severity] if severity else [])
    assert all(told in issue.message for issue in found)


def test_attached_files_are_told(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(draw(tmp_path / "plain.pdf"))
    for name in ("annex.pdf", "table.xlsx"):
        document.new_attachment(name).set_data(b"x")
    document.save(tmp_path / "portfolio.pdf")
    (issue,) = read_pdf(tmp_path / "portfolio.pdf", LIMITS, "off").issues
    assert issue.message == "2 attached file(s) are not read: annex.pdf, table.xlsx"


def test_passwords_in_the_old_encoding(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.cell(text="The fair is held in the harbour town.")
    pdf.set_encryption(owner_password="owner", user_password="caf\xe9", encryption_method="RC4")
    (tmp_path / "locked.pdf").write_bytes(bytes(pdf.output()))
    assert read_pdf(tmp_path / "locked.pdf", LIMITS, "off", ("wrong", "café")).pages[0].text
    assert read_pdf(tmp_path / "locked.pdf", LIMITS, "off", ("wrong", "café"), reader="pdfplumber").pages[0].text


def lose_header(pdf: bytes) -> bytes:
    """A PDF whose first line is damaged: PDFium does not open it, pdfplumber does not look at it."""
    return pdf.replace(b"%PDF-", b"%XXX-", 1)


def test_pdfplumber_reads_what_pdfium_cannot_open(tmp_path: Path) -> None:
    file = tmp_path / "headless.pdf"
    file.write_bytes(lose_header(draw(tmp_path / "plain.pdf").read_bytes()))
    reading = read_guarded(file, LIMITS, "off")
    assert reading.pages[0].text.split("\n") == list(LINES)
    (issue,) = reading.issues
    assert issue.message.endswith("pdfplumber read it instead")
    alone = read_guarded(file, LIMITS, "off", reader="pdfium")
    assert (alone.pages, len(alone.issues)) == ((), 1)


def test_pdfplumber_reads_a_page_that_kills_pdfium(tmp_path: Path) -> None:
    file = draw(tmp_path / "page.pdf")
    reading = read_pdf(file, LIMITS, "off", skipped={1: ("makes the reader crash",)})
    assert reading.pages[0].text.split("\n") == list(LINES)
    assert reading.issues[0].message == "page 1: it makes the reader crash; pdfplumber read it instead"
    twice_dead = read_pdf(file, LIMITS, "off", skipped={1: ("makes the reader crash", "takes too long")})
    assert twice_dead.issues[0].message == "page 1 makes the reader crash"


def test_where_two_readers_differ(tmp_path: Path) -> None:
    file = draw(tmp_path / "page.pdf", invisible)
    one, other = (read_pdf(file, LIMITS, "off", reader=name) for name in ("pdfium", "pdfplumber"))
    compared = compare_readings(one, other, ("pdfium", "pdfplumber"))
    (page,) = compared["pages"]  # type: ignore[misc, attr-defined]
    assert (page["only_pdfium"], sorted(page["only_pdfplumber"])) == ([], sorted(HIDDEN.split()))
    assert 0.9 < page["agreement"] < 1
    assert isinstance(one, Reading)


@pytest.mark.parametrize("word", ["a", "A", "aA", "(", ".", "-", "a-", "\ufffd", "1 ", "x/", "·", ". "])
def test_long_words_take_linear_time(word: str) -> None:
    """A scanner's noise or a table's rule may be one word of a hundred thousand letters."""
    line = TextLine(word * 100_000, 72, 300, 500, 312)
    pages = [DraftPage(number, 595, 842, (DraftBlock((line, line)),)) for number in (1, 2)]
    assert finish_pages(pages, [])


def test_the_command_writes_utf8_and_compares(tmp_path: Path) -> None:
    """Whatever the console speaks; with a byte order mark before the first password."""
    file = draw(tmp_path / "page.pdf", lambda canvas: write(canvas, "Café ü", top=600), invisible)
    passwords = tmp_path / "passwords.txt"
    passwords.write_bytes("\ufeffopen\r\nother\r\n".encode())
    assert read_passwords(passwords) == ("open", "other")
    command = [sys.executable, "-c", "from pipeline.cli.app import main; main()", "read", str(file)]
    for options, expected in (
        ((), "Café ü"),
        (("--compare",), "only_pdfplumber"),
        (("--reader", "pdfplumber"), "nobody"),
    ):
        run = subprocess.run(
            [*command, "--ocr", "off", *options],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            cwd=Path(__file__).parents[2],
        )
        assert expected in run.stdout.decode("utf-8")
        assert b"Traceback" not in run.stderr
