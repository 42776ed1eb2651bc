"""A saved web page -> pages: its body without menus, banners and footers (trafilatura), one page a section."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.read.sections import Piece, UnreadableError, make_pages, tell_nothing_found
from pipeline.records import Issue, Page, Severity, Zone

_REMEDY = "save the page of the document itself, not a menu, a log-in or an error page; or save it as PDF"
# Of the words that a page shows; web pages of ministries and secretariats have menus of a few hundred words.
_LEAST_KEPT = 0.3
_METADATA = ("title", "author", "date", "sitename", "url")
# trafilatura's names of what it found (they are those of TEI).
_HEADING, _TABLE, _LIST = "head", "table", "list"


def read_html(path: Path) -> tuple[tuple[Page, ...], tuple[Issue, ...], tuple[tuple[str, str], ...]]:
    """Pages, issues and metadata of one HTML file; raises UnreadableError for what is no HTML."""
    import lxml.html
    from trafilatura import bare_extraction

    content = path.read_bytes()
    tree = lxml.html.document_fromstring(content) if content.strip() else None
    if tree is None or tree.find(".//body") is None:
        raise UnreadableError("is no web page", _REMEDY)
    found: Any = bare_extraction(content, include_comments=False, include_tables=True, favor_recall=True)
    if found is None or found.body is None:
        return (), tell_nothing_found((), _REMEDY), ()
    pages = make_pages(_make_pieces(found.body, _ids_by_text(tree)))
    issues = tell_nothing_found(pages, _REMEDY) or _tell_left_out(pages, tree)
    metadata = sorted((key, str(value)) for key in _METADATA if (value := getattr(found, key, None)))
    return pages, issues, tuple(metadata)


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


def _make_pieces(body: Any, ids: dict[str, str]) -> Iterator[Piece]:
    count = row = 0
    for element in body:
        if element.tag == _TABLE:
            for cells in element.iter("row"):
                row += 1
                for column, cell in enumerate(cells.iter("cell")):
                    count += 1
                    yield _piece(cell, Zone.TABLE, count, ids)._replace(row=row, column=column)
        elif element.tag == _LIST:
            for item in element.iter("item"):
                count += 1
                yield _piece(item, Zone.BODY, count, ids)
        else:
            count += 1
            yield _piece(element, Zone.HEADING if element.tag == _HEADING else Zone.BODY, count, ids)


def _piece(element: Any, zone: Zone, number: int, ids: dict[str, str]) -> Piece:
    text = " ".join("".join(element.itertext()).split())
    return Piece(text, zone, ids.get(_key(text)) or f"p{number}")


def _ids_by_text(tree: Any) -> dict[str, str]:
    """The ids of elements that a link can lead to, by their text."""
    ids: dict[str, str] = {}
    for element in tree.xpath("//*[@id][not(self::html or self::body)]"):
        text = " ".join("".join(element.itertext()).split())
        if text:
            ids.setdefault(_key(text), element.get("id"))
    return ids


def _key(text: str) -> str:
    return "".join(text.split())
