"""A Word document -> pages: paragraphs, tables, footnotes, text boxes, headers (python-docx), one page a section.

Inserted text of tracked changes counts, deleted text does not: it is what a reader sees who accepts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from pipeline.read.sections import Piece, UnreadableError, make_pages, tell_nothing_found
from pipeline.records import Issue, Page, Zone

_REMEDY = "open it in a word processor and save it again as .docx, or as PDF"
_HEADINGS = ("heading", "title")
_METADATA = ("title", "author", "created", "modified", "subject")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FOOTNOTES = ("footnotes", "endnotes")  # ends of the relation types


def read_docx(path: Path) -> tuple[tuple[Page, ...], tuple[Issue, ...], tuple[tuple[str, str], ...]]:
    """Pages, issues and metadata of one DOCX file; raises UnreadableError for what is none."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise UnreadableError(f"is no Word document ({error})", _REMEDY) from None
    pages = make_pages(_make_pieces(document))
    properties = document.core_properties
    metadata = sorted((key, str(value)) for key in _METADATA if (value := getattr(properties, key, None)))
    return pages, tell_nothing_found(pages, _REMEDY), tuple(metadata)


def _make_pieces(document: Any) -> Iterator[Piece]:
    from docx.table import Table

    for text in dict.fromkeys(_margin_texts(document)):
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
        yield Piece(_text_of(block._p), Zone.HEADING if style.startswith(_HEADINGS) else Zone.BODY, f"p{count}")
        # A text box is written twice, for newer and for older readers.
        boxes = block._p.iter(f"{_WORD}txbxContent")
        for text in dict.fromkeys(_text_of(inner) for box in boxes for inner in box.iter(f"{_WORD}p")):
            yield Piece(text, Zone.BODY, f"p{count}")
    yield from _footnotes(document)


def _margin_texts(document: Any) -> Iterator[str]:
    for section in document.sections:
        for margin in (section.header, section.footer):
            yield from (_text_of(paragraph._p) for paragraph in margin.paragraphs)


def _footnotes(document: Any) -> Iterator[Piece]:
    from lxml import etree

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(_FOOTNOTES):
            notes = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            for note in notes:
                text = " ".join(map(_text_of, note.iter(f"{_WORD}p")))
                yield Piece(text, Zone.FOOTNOTE, f"note{note.get(f'{_WORD}id')}")


def _text_of(paragraph: Any) -> str:
    """What a reader sees of a paragraph: no deleted text, and nothing of a text box that hangs on it."""
    parts: list[str] = []

    def walk(element: Any) -> None:
        for child in element:
            tag = str(child.tag).removeprefix(_WORD)
            if tag == "t":
                parts.append(child.text or "")
            elif tag in ("tab", "br", "cr"):
                parts.append(" ")
            elif tag == "noBreakHyphen":
                parts.append("-")
            elif tag not in ("del", "moveFrom", "txbxContent", "pPr", "AlternateContent"):
                walk(child)

    walk(paragraph)
    return "".join(parts)
