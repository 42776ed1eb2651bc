"""The same kinds of pages by fpdf2."""

from __future__ import annotations

from fpdf import FPDF
from fpdf.enums import TableBordersLayout

from tests.read.pdf_makers.plants import Planted, Plants


class _Pages(FPDF):
    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 6, "Compendium of Instruments", new_x="LMARGIN", new_y="NEXT", align="C")
        self.ln(4)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, f"Page {self.page_no()}/{{nb}}", align="C")


def _new(orientation: str = "portrait", paper: str | tuple[float, float] = "A4") -> _Pages:
    pdf = _Pages(orientation=orientation, unit="mm", format=paper)  # type: ignore[arg-type]
    pdf.set_margin(25)
    pdf.add_page()
    pdf.set_font("Times", size=11)
    return pdf


def prose(seed: int) -> Planted:
    plants, pdf = Plants(seed), _new()
    for _ in range(26):
        pdf.multi_cell(0, 5, plants.paragraph(2), align="J", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    return plants.planted("fpdf-prose", bytes(pdf.output()))


def crossing_titles(seed: int) -> Planted:
    """Pages of a few lines each, so that titles go on overleaf."""
    plants, pdf = Plants(seed), _new(paper=(210.0, 148.0))
    for _ in range(20):
        pdf.multi_cell(0, 5, plants.paragraph(2), align="J", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    return plants.planted("fpdf-crossing-titles", bytes(pdf.output()))


def columns(seed: int) -> Planted:
    plants, pdf = Plants(seed), _new()
    with pdf.text_columns(ncols=2, gutter=7, text_align="J") as cols:
        for _ in range(30):
            cols.write(plants.paragraph(1) + "\n\n")
    return plants.planted("fpdf-columns", bytes(pdf.output()))


def table(seed: int, *, ruled: bool = True, wide: bool = False) -> Planted:
    plants, pdf = Plants(seed), _new("landscape" if wide else "portrait")
    pdf.set_font("Helvetica", size=9)
    layout = TableBordersLayout.ALL if ruled else TableBordersLayout.NONE
    with pdf.table(col_widths=(8, 60, 15, 45), borders_layout=layout, line_height=4.5, text_align="LEFT") as made:
        made.row(("No.", "Instrument", "Year", "Note"))
        for number in range(1, 40):
            made.row((str(number), plants.title(), str(1980 + number), plants.words(2, 14)))
    return plants.planted(f"fpdf-table{'-ruled' if ruled else ''}", bytes(pdf.output()))
