"""The date that a file gives itself, and whether it is the day of adoption or of issue.

A treaty is full of other documents' dates ("the Charter signed on 20 November 2007"). Only these speak of the text
itself, the surest first: "adopted by ... on" around the title; the meeting or formula that closes the text; "this
Declaration was adopted on"; a place and date under the title; the masthead's date; what the publisher prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.identify.lines import FRONT_PAGES, FrontKnowledge, FrontLine, Role, is_dateline
from pipeline.identify.titles import Title
from pipeline.names.dates import YEAR, DateSpan, PartialDate, find_dates
from pipeline.names.symbols import find_symbols
from pipeline.records import BBox, DateKind, Page, Zone

# A date belongs to its cue only this close behind it: place, country, meeting ("at the 19th ASEAN Summit in Bali").
_REACH = 160
_FAR = 320  # "the authentic text of the Convention duly adopted by ... and declared closed on"
# A closing formula opens a sentence; in small letters after a full stop only: "...; signed in Manila on" is a citation.
_CLOSING = re.compile(
    r"(?:^|\n|[.;:)”\"]\s?|\s)(?:\d{1,3}\s+)?(?:DONE|SIGNED|ADOPTED|MADE|ISSUED)\b"
    r"|(?:^|\n|[.:)”\"]\s?)(?:Done|Signed|Adopted|Made|Issued)\s+(?:at|in|by|on|this)\b"
    r"|[.”]\s?(?:done|signed|adopted)\s+(?:at|in|by|on|this)\b",
    re.MULTILINE,
)
_MEETING = re.compile(r"(?:\b(?:plenary|[\w-]+\s+meeting|plenary\s+meeting)\b,?\s*)$", re.IGNORECASE)
_OF_ITSELF = re.compile(
    r"\b(?:this|the present)\s+(?:\w+\s+){1,4}(?:was|is|were|has been)\s+(?:\w+\s+)?"
    r"(?:adopted|signed|endorsed|issued)\b"
    r"|\badopts?,?\s+(?:on\s+)?this\b|\btext of the \w+ duly (?:and \w+ )?adopted\b",
    re.IGNORECASE,
)
_YEAR_ONLY = re.compile(rf"\bin\s+the\s+year\s+({YEAR})\b", re.IGNORECASE)
_ITS_ADOPTION = re.compile(r"^\W*\d{0,2}\W*(?:as\s+)?(?:adopted|proclaimed|approved|endorsed|signed)\b", re.IGNORECASE)
_PUBLISHED = re.compile(
    rf"(?:jakarta|secretariat|published|publication|printed|release)\b[^.]{{0,60}}?\b(?P<date>(?:[A-Z][a-z]+\s+)?{YEAR})\b"
    rf"|(?:copyright|©|\(c\))[^.]{{0,80}}?(?P<year>{YEAR})",
    re.IGNORECASE,
)
_SESSION_YEAR = re.compile(rf"\bsession\b.{{0,12}}?\b({YEAR})\b", re.IGNORECASE)
# Zones that are no text of the document itself.
_BESIDE = (Zone.HEADER, Zone.FOOTER, Zone.FOOTNOTE, Zone.CONTENTS, Zone.BIBLIOGRAPHY)


@dataclass(frozen=True)
class Dating:
    """A date with its kind, the text that gives it and where."""

    date: PartialDate
    kind: DateKind
    printed: str
    page: int
    bbox: BBox | None
    reason: str


def find_dating(
    pages: Sequence[Page], lines: Sequence[FrontLine], title: Title | None, known: FrontKnowledge, decides: bool
) -> Dating | None:
    """The surest date; `decides` says that the masthead's date is that of the decision, as on a resolution."""
    ways = (
        _adopted_lines(lines, known),
        _closing(pages),
        _of_itself(pages),
        _adoption_notes(pages),
        _opening(lines),
        _last_lines(pages, lines, known),
        _datelines(lines, title, decides),
        _headers(lines),
        _published(pages),
        _sessions(lines),
    )
    return next((dating for way in ways for dating in way), None)


def _adopted_lines(lines: Sequence[FrontLine], known: FrontKnowledge) -> Iterator[Dating]:
    """ "Adopted by the ASEAN Leaders on ...", perhaps with its date in the next lines."""
    for number, line in enumerate(lines):
        if line.role is Role.ADOPTED:
            following = [line, *lines[number + 1 : number + 4]]
            stop = next((n for n, each in enumerate(following) if n and each.role not in (Role.TEXT, Role.DATELINE)), 4)
            text = _without_symbols(" ".join(each.text for each in following[:stop]), known)
            found = next(find_dates(text), None)
            if found and found.start <= _REACH:
                yield _dating(found, DateKind.ADOPTION, text, line, "says when it was adopted")
            elif found is None and (year := re.search(rf"\b{YEAR}\b", text)):
                yield Dating(
                    PartialDate(int(year[0])), DateKind.ADOPTION, text, line.page, line.bbox, "says when it was adopted"
                )


def _closing(pages: Sequence[Page]) -> Iterator[Dating]:
    """ "DONE at ..., this 15th day of ..."; "Ninth plenary meeting, 27 May 2013"."""
    for page in pages:
        for text, bbox in _paragraphs(page):
            for cue in _CLOSING.finditer(text):
                clause = text[cue.end() : cue.end() + _REACH]
                found = next(find_dates(clause), None)
                year = _YEAR_ONLY.search(clause)
                if found is not None:
                    yield Dating(found.date, DateKind.ADOPTION, clause, page.number, bbox, "the closing formula")
                elif year:
                    date = PartialDate(int(year[1]))
                    yield Dating(date, DateKind.ADOPTION, clause, page.number, bbox, "the closing formula")
        for text, bbox in _joined_pairs(page):
            for found in find_dates(text):
                if (
                    _MEETING.search(text, 0, found.start)
                    and not found.is_range
                    and found.date.day
                    and found.start <= 90
                ):
                    yield Dating(found.date, DateKind.ADOPTION, text, page.number, bbox, "the meeting that adopted it")


def _of_itself(pages: Sequence[Page]) -> Iterator[Dating]:
    for page in pages:
        for text, bbox in _paragraphs(page):
            for cue in _OF_ITSELF.finditer(text):
                clause = text[cue.end() : cue.end() + (_FAR if "duly" in cue.group() else _REACH)].split(";")[0]
                found = next(find_dates(clause), None)
                if found is not None:
                    yield Dating(found.date, DateKind.ADOPTION, clause, page.number, bbox, "says when it was adopted")


def _adoption_notes(pages: Sequence[Page]) -> Iterator[Dating]:
    """A note to the title: "1 Adopted on 23 November 2007"."""
    for page in pages[:FRONT_PAGES]:
        for block in page.blocks:
            text = " ".join(page.text[block.start : block.end].split())
            if block.zone is Zone.FOOTNOTE and _ITS_ADOPTION.match(text):
                found = next(find_dates(text[:_REACH]), None)
                if found is not None:
                    yield Dating(found.date, DateKind.ADOPTION, text, page.number, block.bbox, "a note to the title")


def _opening(lines: Sequence[FrontLine]) -> Iterator[Dating]:
    """The authors speak on a day: "The Conference, meeting in Ottawa this 21st day of November 1986"."""
    for line in lines:
        if line.role is Role.START:
            for span in find_dates(line.text[:_FAR]):
                if span.date.day and re.search(r"\bthis\s+$", line.text[: span.start], re.I):
                    yield _dating(span, DateKind.ADOPTION, line.text[: span.end], line, "the day on which it speaks")


def _last_lines(pages: Sequence[Page], lines: Sequence[FrontLine], known: FrontKnowledge) -> Iterator[Dating]:
    """A place and date below the text."""
    starts = [(line.page, line.bbox[1]) for line in lines if line.role is Role.START and line.bbox is not None]
    for page in pages[-1:] if starts else ():
        for text, bbox in list(_paragraphs(page))[:-5:-1]:
            found = next(find_dates(text), None)
            if bbox is None or (page.number, bbox[1]) <= starts[0]:
                return
            if found and found.date.day and not found.is_range and found.start > 3 and is_dateline(text, known):
                reason = "the place and date below the text"
                yield Dating(found.date, DateKind.ADOPTION, text, page.number, bbox, reason)


def _datelines(lines: Sequence[FrontLine], title: Title | None, decides: bool) -> Iterator[Dating]:
    """A place and date under or over the title, else the masthead's date; a day before a month before a year."""
    found: list[tuple[int, Dating]] = []
    is_issued = any(re.search(r"\bdistr\b|\boriginal\s*:", line.text, re.I) for line in lines)
    for line in lines:
        in_title = _is_within(line, title)
        if line.role not in (Role.DATELINE, Role.MASTHEAD, Role.SYMBOL) and not (in_title and line.role is Role.TEXT):
            continue
        for span in find_dates(line.text):
            beside = line.text[: span.start] + (line.text[span.end :] if line.role is Role.DATELINE else "")
            has_place = line.role in (Role.DATELINE, Role.TEXT) and bool(re.search(r"[^\W\d_]{3}", beside))
            has_place = has_place and not _PUBLISHED.search(line.text)
            kind = DateKind.ADOPTION if has_place or (decides and not is_issued) else DateKind.ISSUE
            reason = "the place and date beside the title" if has_place else "the date on the front page"
            rank = 3 * span.is_range - 2 * (span.date.day is not None) - (line.role is Role.DATELINE and has_place)
            found.append((rank, _dating(span, kind, line.text, line, reason)))
        if line.role is Role.DATELINE and not in_title and re.fullmatch(rf"\W*{YEAR}\W*", line.text):
            year = PartialDate(int(re.sub(r"\D", "", line.text)))
            found.append(
                (2, Dating(year, DateKind.ISSUE, line.text, line.page, line.bbox, "the year on the front page"))
            )
    yield from (dating for _, dating in sorted(found, key=lambda each: each[0]))


def _is_within(line: FrontLine, title: Title | None) -> bool:
    """The line is one of the title's."""
    if title is None or line.bbox is None or title.bbox is None:
        return False
    return line.page == title.page and title.bbox[1] <= line.bbox[1] and line.bbox[3] <= title.bbox[3]


def _headers(lines: Sequence[FrontLine]) -> Iterator[Dating]:
    for line in lines:
        if line.role is Role.HEADER:
            for span in find_dates(line.text):
                if not span.is_range:
                    yield _dating(span, DateKind.ISSUE, line.text, line, "the running header")


def _published(pages: Sequence[Page]) -> Iterator[Dating]:
    """What the publisher prints: "Jakarta: ASEAN Secretariat, March 2021", "Copyright ... 2021"."""
    for page in pages[:FRONT_PAGES]:
        for text, bbox in _paragraphs(page):
            for found in _PUBLISHED.finditer(text):
                date = next((span.date for span in find_dates(found["date"] or "")), None)
                year = re.search(YEAR, found["date"] or found["year"])
                assert year is not None
                shown = date or PartialDate(int(year.group()))
                yield Dating(shown, DateKind.ISSUE, found.group(), page.number, bbox, "the publisher's page")


def _sessions(lines: Sequence[FrontLine]) -> Iterator[Dating]:
    for line in lines:
        found = _SESSION_YEAR.search(line.text)
        if found and line.role is not Role.TEXT:
            date = PartialDate(int(found[1]))
            yield Dating(date, DateKind.ISSUE, line.text, line.page, line.bbox, "the session's year")


def _dating(span: DateSpan, kind: DateKind, text: str, line: FrontLine, reason: str) -> Dating:
    return Dating(span.date, kind, text, line.page, line.bbox, reason)


def _without_symbols(text: str, known: FrontKnowledge) -> str:
    for symbol in reversed(find_symbols(text, known.grammar)):
        text = text[: symbol.start] + " " + text[symbol.end :]
    return text


def _paragraphs(page: Page) -> Iterator[tuple[str, BBox | None]]:
    """The page's blocks that are text of the document itself, white space folded."""
    for block in page.blocks:
        if block.zone not in _BESIDE:
            yield " ".join(page.text[block.start : block.end].split()), block.bbox


def _joined_pairs(page: Page) -> Iterator[tuple[str, BBox | None]]:
    """Short blocks, each with the next, as the meeting and its date stand in two: "55th meeting", "26 March 2015"."""
    blocks = [each for each in _paragraphs(page) if len(each[0]) <= 120]
    for number, (text, bbox) in enumerate(blocks):
        following = blocks[number + 1][0] if number + 1 < len(blocks) else ""
        yield f"{text} {following}".strip("() "), bbox
