"""First pages of ten invented ASEAN documents in layouts of real ones: a row is text, size, place and gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

_LEFT, _WIDTH = 72.0, A4[0] - 144.0
_PROSE = (
    "The ministers took note of what had been done since they last met and thanked the host for the care that it had "
    "taken of all delegations. They agreed that the work should go on as it had begun, that officials should report "
    "once a year, and that partners who wished to help should be welcome to do so."
)


class Row(NamedTuple):
    """Lines of one size: centred, or from `left` on; `gap` points stand above."""

    text: str
    size: float = 11.0
    centred: bool = False
    gap: float = 6.0
    left: float = _LEFT
    width: float = _WIDTH


def make_pdf(*pages: Sequence[Row]) -> bytes:
    """The rows of each page from top to bottom, wrapped to their width."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    for rows in pages:
        y = 60.0
        for row in rows:
            y += row.gap
            for line in row.text.split("\n"):
                for part in _wrap(line, row.width, row.size):
                    y += 1.2 * row.size
                    x = (A4[0] - stringWidth(part, "Times-Roman", row.size)) / 2 if row.centred else row.left
                    canvas.setFont("Times-Roman", row.size)
                    canvas.drawString(x, A4[1] - y, part)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _wrap(text: str, width: float, size: float) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and stringWidth(f"{line} {word}", "Times-Roman", size) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def title(text: str, size: float = 14.0, gap: float = 10.0) -> Row:
    """A centred row."""
    return Row(text, size, True, gap)


def prose(text: str = _PROSE, gap: float = 10.0) -> Row:
    """A paragraph of running text."""
    return Row(text, gap=gap)


def declaration() -> bytes:
    """A long title in capitals over four lines, then the authors."""
    return make_pdf(
        [
            title("ASEAN LEADERS' DECLARATION ON\nTHE PROTECTION OF RIVER DELTAS AND COASTAL\n"
                  "WETLANDS AND THE LIVELIHOODS OF FISHING\nCOMMUNITIES IN SOUTHEAST ASIA"),
            prose("WE, the Heads of State/Government of the Member States of the Association of Southeast Asian "
            "Nations "
                  "(hereinafter referred to as \"ASEAN\"), on the occasion of our summit;", gap=24),
            prose("RECALLING the ASEAN Charter signed in Singapore on 20 November 2007;"),
            prose(),
            prose("ADOPTED in Luang Prabang, Lao People's Democratic Republic, this Ninth Day of October in the "
            "Year Two "
                  "Thousand and Twenty-Four, in a single original copy in the English language."),
        ]
    )  # fmt: skip


def chairmans_statement() -> bytes:
    """Place and date in the size of the title, and a motto, below it."""
    return make_pdf(
        [
            title("CHAIRMAN'S STATEMENT OF THE 61ST ASEAN SUMMIT"),
            title("BANDAR SERI BEGAWAN, 12 MAY 2027"),
            title("\"GROWING TOGETHER\""),
            title("*****", 11),
            prose("1. We, the Heads of State of ASEAN, met for the 61st ASEAN Summit and had open talks on many "
            "matters "
                  "of the region, as the following paragraphs record in the order of our agenda."),
            prose(),
        ]
    )  # fmt: skip


def joint_media_statement() -> bytes:
    """The meeting stands first, then place and date, then a title that says only the kind."""
    return make_pdf(
        [
            title("THE SEVENTEENTH ASEAN MINISTERIAL MEETING ON LIGHTHOUSES"),
            title("15 September 2026, Semarang, Indonesia", 11),
            title("JOINT MEDIA STATEMENT"),
            prose("1. The Seventeenth ASEAN Ministerial Meeting on Lighthouses was held in Semarang, Indonesia, "
            "and was "
                  "chaired by the minister who is in charge of sea transport there.", gap=24),
            prose(),
        ]
    )  # fmt: skip


def work_plan() -> bytes:
    """A cover with the institution's motto, the title in large type, its period below it; the text overleaf."""
    return make_pdf(
        [
            Row("one vision\none identity\none community", 9, left=400),
            title("ASEAN WORK PLAN ON\nVILLAGE LIBRARIES", 26, 160),
            title("2026-2030", 20),
            title("Endorsed by the ASEAN Ministers Responsible for Culture and Arts, 3 June 2026", 11, 60),
        ],
        [Row("TABLE OF CONTENTS", 12), Row("Introduction ........ 1\nAction lines ........ 3")],
        [Row("Introduction", 13), prose(), prose()],
    )


def memorandum() -> bytes:
    """Words that join the parties stand on lines of their own."""
    return make_pdf(
        [
            title("MEMORANDUM OF UNDERSTANDING"),
            title("BETWEEN"),
            title("THE SECRETARIAT OF THE ASSOCIATION OF SOUTHEAST ASIAN NATIONS"),
            title("AND"),
            title("THE BOARD OF THE RIVER ARCHIVES"),
            title("ON"),
            title("COOPERATION IN THE CARE OF OLD MAPS"),
            prose("The Secretariat of the Association of Southeast Asian Nations and the Board of the River Archives "
                  "(hereinafter referred to as \"the Parties\"),", gap=24),
            prose("DESIRING to preserve what has been drawn of the region's rivers;"),
            prose("SIGNED at Jakarta, Indonesia, on the 4th day of March 2025, in two originals."),
        ]
    )  # fmt: skip


def framework() -> bytes:
    """A page with nothing but a logo's words, then the title page, then a publisher's date."""
    return make_pdf(
        [title("asean", 30, 300)],
        [
            title("ASEAN Framework on the Safe Sharing of Weather Data", 20, 200),
            title("Guidance for services and schools", 12),
            title("November 2025", 11, 200),
        ],
        [Row("1. Purpose", 13), prose(), prose()],
    )


def report() -> bytes:
    """A cover, a page of the publisher with ISBN and other dates, and the text."""
    return make_pdf(
        [title("ASEAN FERRY SAFETY REPORT 2024", 24, 200), title("How passengers travel between islands", 13)],
        [
            prose("The Association of Southeast Asian Nations (ASEAN) was established on 8 August 1967. The "
            "Member States "
                  "are ten. The ASEAN Secretariat is based in Jakarta, Indonesia."),
            Row("Catalogue-in-Publication Data"),
            Row("ASEAN Ferry Safety Report 2024\nJakarta, ASEAN Secretariat, February 2025\nISBN 978-000-0000-00-0"),
            Row("Copyright Association of Southeast Asian Nations (ASEAN) 2025. All rights reserved."),
        ],
        [Row("FOREWORD", 14), prose(), prose()],
    )  # fmt: skip


def two_languages() -> bytes:
    """English on the left, Indonesian on the right."""
    english: dict[str, float] = {"left": 50.0, "width": 235.0}
    rows = [
        Row("AGREEMENT ON THE EXCHANGE OF NIGHT TRAINS", 12, gap=20, **english),
        Row("The Governments of the Member States of ASEAN, hereinafter called the Parties,", gap=20, **english),
        Row(_PROSE, **english),
        Row("DONE at Vientiane on 21 November 2023 in the English and Indonesian languages.", **english),
    ]
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    other = [
        "PERSETUJUAN TENTANG PERTUKARAN KERETA MALAM",
        "Pemerintah negara-negara anggota ASEAN, selanjutnya disebut Para Pihak,",
        "Para menteri mencatat apa yang telah dilakukan sejak pertemuan terakhir mereka dan berterima kasih "
        "kepada tuan "
        "rumah atas perhatian yang diberikan kepada semua delegasi. Mereka sepakat bahwa pekerjaan harus dilanjutkan.",
        "DIBUAT di Vientiane pada tanggal 21 November 2023.",
    ]
    for x, texts in ((50.0, [(row.text, row.size) for row in rows]), (310.0, [(text, 11.0) for text in other])):
        y = 80.0
        for text, size in texts:
            y += 16.0
            for line in _wrap(text, 235.0, size):
                y += 1.2 * size
                canvas.setFont("Times-Roman", size)
                canvas.drawString(x, A4[1] - y, line)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def scanned_declaration() -> bytes:
    """A page that is a picture of text, as a scanner makes it."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(picture)
    large, small = ImageFont.load_default(44), ImageFont.load_default(30)
    lines = [
        ("DECLARATION ON THE CARE OF", large), ("PUBLIC WEIGHING SCALES", large), ("", small),
        ("WE, the ministers in charge of weights and measures,", small),
        ("wish that all scales of the region should tell the same.", small),
        ("Done at Yangon on 2 April 1996.", small),
    ]  # fmt: skip
    for number, (text, font) in enumerate(lines):
        draw.text((160, 200 + 80 * number), text, fill=0, font=font)
    image = BytesIO()
    picture.save(image, "PDF", resolution=150.0)
    return image.getvalue()


def annexed_plan() -> bytes:
    """A declaration whose annex is an action plan with a title of its own."""
    return make_pdf(
        [
            title("DECLARATION ON QUIET HARBOURS"),
            title("Da Nang, 7 July 2022", 11),
            prose(
                "WE, the Transport Ministers of ASEAN, met in Da Nang and adopt this Declaration with its annex;",
                gap=24,
            ),
            prose(),
        ],
        [title("ANNEX"), title("ACTION PLAN FOR QUIET HARBOURS 2023-2028"), Row("1. Aims", 12), prose(), prose()],
    )


MAKERS: dict[str, Callable[[], bytes]] = {
    "declaration": declaration,
    "chairmans-statement": chairmans_statement,
    "joint-media-statement": joint_media_statement,
    "work-plan": work_plan,
    "memorandum": memorandum,
    "framework": framework,
    "report": report,
    "two-languages": two_languages,
    "annexed-plan": annexed_plan,
    "scanned-declaration": scanned_declaration,
}
