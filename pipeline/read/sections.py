"""Documents that have no pages of paper, HTML (trafilatura) and DOCX (python-docx): one `Page` for each section.

A section begins with a heading. Blocks have no box; `anchor` leads to the place instead: the id of the element, or
the number of the paragraph. Menus, banners and footers of a web page are left out. Inserted text of tracked changes
counts and deleted text does not: it is what a reader sees who accepts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

from pipeline.read.sheet import PdfError
from pipeline.records import Block, Issue, Legibility, Page, Quality, Severity, Zone

# A section that is longer than this many characters goes on on a further page, so that a page can be looked at.
_MOST_CHARACTERS = 20_000
# What may stand before the first paragraph of a section.
_BEFORE = (Zone.HEADING, Zone.HEADER)
_OF_HTML = "save the page of the document itself, not a menu, a log-in or an error page; or save it as PDF"
_OF_DOCX = "open it in a word processor and save it again as .docx, or as PDF"
# Of the words that a page shows; web pages of ministries and secretariats have menus of a few hundred words.
_LEAST_KEPT = 0.3
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

Parts = tuple[tuple[Page, ...], tuple[Issue, ...], tuple[tuple[str, str], ...]]


class Piece(NamedTuple):
    """One paragraph, heading, list item or table cell, with `anchor` for those who look for it."""

    text: str
    zone: Zone
    anchor: str
    row: int | None = None
    column: int | None = None


def read_html(path: Path) -> Parts:
    """Pages, issues and metadata of one saved web page; raises PdfError for what is no HTML."""
    import lxml.html
    from trafilatura import bare_extraction

    content = path.read_bytes()
    tree = lxml.html.document_fromstring(content) if content.strip() else None
    if tree is None or tree.find(".//body") is None:
        raise PdfError("it is no web page", _OF_HTML)
    found: Any = bare_extraction(content, include_comments=False, include_tables=True, favor_recall=True)
    body = found.body if found is not None and found.body is not None else ()
    pages, issues = _make_pages(_html_pieces(body, _ids_by_text(tree)), _OF_HTML)
    return pages, issues or _tell_left_out(pages, tree), _metadata(found, "title author date sitename url")


def read_docx(path: Path) -> Parts:
    """Pages, issues and metadata of one DOCX file; raises PdfError for what is none."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise PdfError(f"it is no Word document ({error})", _OF_DOCX) from None
    metadata = _metadata(document.core_properties, "title author created modified subject")
    return *_make_pages(_docx_pieces(document), _OF_DOCX), metadata


def _metadata(source: object, keys: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, str(value)) for key in keys.split() if (value := getattr(source, key, None))))


def _make_pages(pieces: Iterable[Piece], remedy: str) -> tuple[tuple[Page, ...], tuple[Issue, ...]]:
    """One page a section, and an issue where there is none; white space is folded, empty pieces are left out."""
    folded = (piece._replace(text=" ".join(piece.text.split())) for piece in pieces)
    sections = _cut_sections(piece for piece in folded if piece.text)
    pages = tuple(_make_page(number, section) for number, section in enumerate(sections, 1))
    return pages, () if pages else (Issue("", "read", Severity.ERROR, "has no text of its own", remedy),)


def _cut_sections(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    section: list[Piece] = []
    for piece in pieces:
        begins = piece.zone is Zone.HEADING and any(each.zone not in _BEFORE for each in section)
        if section and (begins or sum(len(each.text) for each in section) > _MOST_CHARACTERS):
            yield section
            section = []
        section.append(piece)
    if section:
        yield section


def _make_page(number: int, section: list[Piece]) -> Page:
    text, blocks = "", []
    for before, piece in zip((None, *section), section, strict=False):
        if before is not None:
            text += "\n" if before.row is not None and piece.row is not None else "\n\n"
        start = len(text)
        text += piece.text
        blocks.append(Block(piece.zone, start, len(text), None, piece.row, piece.column, piece.anchor))
    return Page("", number, text, tuple(blocks), Quality(Legibility.OK))


def _tell_left_out(pages: tuple[Page, ...], tree: Any) -> tuple[Issue, ...]:
    """An issue where most of what the page shows was taken for menus."""
    for element in tree.xpath("//script | //style | //noscript | //template"):
        element.drop_tree()
    shown = sum(len(text.split()) for text in tree.find(".//body").itertext())
    kept = sum(len(page.text.split()) for page in pages)
    if kept >= _LEAST_KEPT * shown:
        return ()
    message = f"{shown - kept} of {shown} words were left out as menus, banners and footers"
    return (Issue("", "read", Severity.WARNING, message, "compare the text with the page; save it as PDF if it lacks"),)


def _html_pieces(body: Any, ids: dict[str, str]) -> Iterator[Piece]:
    """The pieces of what trafilatura found; its names of elements are those of TEI."""
    count = row = 0

    def make(element: Any, zone: Zone, column: int | None = None) -> Piece:
        nonlocal count
        count += 1
        text = _text_within(element)
        return Piece(text, zone, ids.get(_key(text)) or f"p{count}", None if column is None else row, column)

    for element in body:
        if element.tag == "table":
            for cells in element.iter("row"):
                row += 1
                yield from (make(cell, Zone.TABLE, column) for column, cell in enumerate(cells.iter("cell")))
        elif element.tag == "list":
            yield from (make(item, Zone.BODY) for item in element.iter("item"))
        else:
            yield make(element, Zone.HEADING if element.tag == "head" else Zone.BODY)


def _ids_by_text(tree: Any) -> dict[str, str]:
    """The ids of elements that a link can lead to, by their text."""
    ids: dict[str, str] = {}
    for element in tree.xpath("//*[@id][not(self::html or self::body)]"):
        if text := _text_within(element):
            ids.setdefault(_key(text), element.get("id"))
    return ids


def _text_within(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _key(text: str) -> str:
    return "".join(text.split())


def _docx_pieces(document: Any) -> Iterator[Piece]:
    """Headers and footers, paragraphs with their text boxes, tables, notes."""
    from docx.table import Table

    margins = [part for section in document.sections for part in (section.header, section.footer)]
    for text in dict.fromkeys(_text_of(paragraph._p) for margin in margins for paragraph in margin.paragraphs):
        yield Piece(text, Zone.HEADER, "header")
    count = row = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for cells in block.rows:
                row += 1
                for column, cell in enumerate(dict.fromkeys(each._tc for each in cells.cells)):
                    count += 1
                    yield Piece(" ".join(map(_text_of, cell.iter(f"{_WORD}p"))), Zone.TABLE, f"p{count}", row, column)
            continue
        count += 1
        style = (block.style.name or "").lower() if block.style is not None else ""
        zone = Zone.HEADING if style.startswith(("heading", "title")) else Zone.BODY
        yield Piece(_text_of(block._p), zone, f"p{count}")
        # A text box is written twice, for newer and for older readers.
        boxes = block._p.iter(f"{_WORD}txbxContent")
        for text in dict.fromkeys(_text_of(inner) for box in boxes for inner in box.iter(f"{_WORD}p")):
            yield Piece(text, Zone.BODY, f"p{count}")
    yield from _notes(document)


def _notes(document: Any) -> Iterator[Piece]:
    from lxml import etree

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("footnotes", "endnotes")):
            for note in etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False)):
                text = " ".join(map(_text_of, note.iter(f"{_WORD}p")))
                yield Piece(text, Zone.FOOTNOTE, f"note{note.get(f'{_WORD}id')}")


def _text_of(paragraph: Any) -> str:
    """What a reader sees of a paragraph: no deleted text, and nothing of a text box that hangs on it."""
    parts: list[str] = []
    for child in paragraph:
        tag = str(child.tag).removeprefix(_WORD)
        if tag == "t":
            parts.append(child.text or "")
        elif tag in ("tab", "br", "cr"):
            parts.append(" ")
        elif tag == "noBreakHyphen":
            parts.append("-")
        elif tag not in ("del", "moveFrom", "txbxContent", "pPr", "AlternateContent"):
            parts.append(_text_of(child))
    return "".join(parts)
