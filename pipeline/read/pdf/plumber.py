"""pdfplumber: the second reader, for files and pages that PDFium cannot open, and for a second opinion.

It is slower by far, and in ordinary files it tears more titles (see `pdfium`), but it is written in Python and forgives
other faults: it finds objects without any table, and pages that the page tree has lost its way to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.read.sheet import ASKEW, THIN, Box, DamagedError, PdfError, Picture, Sheet, Word, turn_upright
from pipeline.records import Issue

# White between two words, of the size of their type.
_SPACE = 0.15
_TURNS = {"ltr": 0, "rtl": 2, "ttb": 1, "btt": 3}


@contextmanager
def open_pdf(path: Path, passwords: tuple[str, ...] = ()) -> Iterator[PlumberDocument]:
    """A document, closed at the end; raises PdfError where no password opens it or it is no PDF."""
    import pdfplumber

    with path.open("rb") as stream:
        for password in ("", *passwords):
            try:
                document = PlumberDocument(pdfplumber.open(stream, password=password))
                break
            except Exception as error:
                if "Password" not in repr(error):
                    raise _damaged(error) from error
        else:
            raise PdfError("encrypted: no password opens it", "give its password with --password-file, or an open copy")
        yield document


class PlumberDocument:
    """An open PDF; see `PdfDocument`. pdfminer raises anything at all for a damaged file: all of it is DamagedError."""

    def __init__(self, pdf: Any) -> None:
        from pdfminer.pdfpage import PDFPage

        self.pdf = pdf
        # Not `pdf.pages`: there one bad page costs all.
        self.found = list(PDFPage.create_pages(pdf.doc))
        self.pages = len(self.found)
        values = {key.lower(): str(value).strip() for key, value in (pdf.metadata or {}).items()}
        kept = ("title", "author", "subject", "creator", "producer", "creationdate")
        self.metadata = tuple(sorted((key, values[key]) for key in kept if values.get(key)))

    def remarks(self) -> list[Issue]:
        """None: what pdfplumber cannot open it does not name."""
        return []

    def read_sheet(self, number: int, max_objects: int) -> Sheet:
        """Read one page; raises PdfError where it cannot be loaded or holds too many objects."""
        from pdfplumber.page import Page

        if number > self.pages:
            raise DamagedError("pdfplumber does not find the page", "repair the PDF (`qpdf`), or replace it")
        try:
            page = Page(self.pdf, self.found[number - 1], number)
            count = sum(map(len, page.objects.values())) - len(page.chars)
            if count > max_objects:
                raise PdfError(f"more than {max_objects} objects on the page", "raise the limit `objects`")
            left, top, right, bottom = page.bbox
            words = [_word(each, left, top) for each in page.dedupe_chars().extract_words(x_tolerance_ratio=_SPACE)]
            edges = [_box(each, left, top) for each in page.edges]
            images = [_box(each, left, top) for each in page.images]
            paths = len(page.lines) + len(page.rects) + len(page.curves)
            page.close()
        except PdfError:
            raise
        except Exception as error:
            raise _damaged(error) from error
        rules = [edge for edge in edges if min(edge.right - edge.left, edge.bottom - edge.top) < THIN]
        return turn_upright(Sheet(number, float(right - left), float(bottom - top), words, rules, images, paths))

    def draw(self, number: int, dpi: float, max_pixels: int, *, turn: int = 0, colour: bool = False) -> Picture:
        """pdfplumber has pictures drawn by PDFium, which cannot open this file."""
        raise PdfError("has no picture: pdfplumber draws none", "repair the PDF (print it anew, `qpdf`)")


def _word(found: dict[str, Any], left: float, top: float) -> Word:
    turn = _TURNS.get(found["direction"], ASKEW)
    return Word(found["text"], *_box(found, left, top), turn)


def _box(found: dict[str, Any], left: float, top: float) -> Box:
    x0, y0, x1, y1 = (float(found[side]) for side in ("x0", "top", "x1", "bottom"))
    return Box(x0 - left, y0 - top, x1 - left, y1 - top)


def _damaged(error: Exception) -> DamagedError:
    remedy = "replace the file by a whole PDF, or repair it (`qpdf`)"
    return DamagedError(f"pdfplumber cannot read it ({type(error).__name__})", remedy)
