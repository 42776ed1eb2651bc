"""What a web page is: a text to be kept, the announcement of a PDF, or a log-in, an error, a cookie notice.

In: an address and the text of the page. Out: its links to PDFs, its words, and what to do with it. Menus, banners,
forms and scripts count for nothing. Many pages change with each visit (a date, a number against forgery): two of the
same words are the same page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

# A page of so many words is a text; a shorter one with one link to a PDF announces it.
_TEXT_WORDS = 300
# A shorter one without such a link is a text still (a press release), if it has so many.
_LEAST_WORDS = 100
# One word of so many speaks of cookies where a page speaks of nothing else.
_COOKIE_SHARE = 30
_NO_TEXT = re.compile(
    r"\b(404|403|not found|no longer available|access denied|forbidden|just a moment|attention required"
    r"|log[ -]?in|sign[ -]?in|enable javascript)\b",
    re.IGNORECASE,
)
_NOT_SHOWN = ("script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "select", "button")
_REMEDY = "open it in a browser, and put the address of the document itself into SOURCES.csv"


class PageError(ValueError):
    """The page holds no text and announces no PDF: what it is instead, and the remedy."""

    def __init__(self, reason: str, remedy: str = _REMEDY) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason, self.remedy = reason, remedy


def judge_page(url: str, text: str) -> str:
    """Empty for a page of text, else the address of the one PDF that it announces; raises PageError."""
    page = _parse(text)
    said = _NO_TEXT.search(" ".join(page.titles))
    if said:
        raise PageError(f"is a page that says {said[0]!r}")
    count = len(page.words)
    if count >= _TEXT_WORDS:
        return ""
    if page.asks_password:
        raise PageError("asks for a password")
    found, _ = find_links(url, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise PageError(
            f"is a page that links to {len(found)} PDFs", "put the address of the right one into SOURCES.csv"
        )
    if sum("cookie" in word.lower() for word in page.words) * _COOKIE_SHARE > count:
        raise PageError("is a notice of cookies")
    if count < _LEAST_WORDS:
        raise PageError(f"is a page of {count} words, and no PDF")
    return ""


def page_words(text: str) -> Sequence[str]:
    """The words that a page shows, without menus, banners, forms and footers."""
    return _parse(text).words


def find_links(base: str, text: str, pattern: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses of PDFs that a page links to, in its order, and what looks like one and is no address.

    With `pattern` only those that it is found in.
    """
    page = _parse(text)
    found, bad = [], []
    for link in page.links:
        try:
            url = urljoin(urljoin(base, page.base), link.strip()).partition("#")[0]
            if urlsplit(url).path.lower().endswith(".pdf") and re.search(pattern, url):
                found.append(url)
        except ValueError:
            if ".pdf" in link.lower():
                bad.append(link.strip())
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(bad))


def _parse(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    page.close()
    return page


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self.titles: list[str] = []  # the title and first-level headings
        self.base = ""
        self.asks_password = False
        self._open: list[str] = []  # elements whose text is not shown, or is a title

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        addresses = [value for name, value in attrs if name == "href" and value]
        if tag == "a":
            self.links += addresses
        elif tag == "base" and not self.base:
            self.base = "".join(addresses[:1])
        elif tag == "input":
            self.asks_password |= ("type", "password") in attrs
        elif tag in (*_NOT_SHOWN, "title", "h1"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[self._open.index(tag) :]

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside in ("title", "h1"):
            self.titles.append(data)
        if inside in ("", "h1"):
            self.words += data.split()
