"""Blocks -> zones: heading, footnote, contents, bibliography, annex; what is none of these stays body or table.

Zones need the whole document: what size its running text has, and where an annex or a list of contents began pages
before. "Annex 1" in a list of contents opens no annex, and a chapter after an annex closes it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pipeline.read.sheet import DraftBlock, DraftPage, TextLine
from pipeline.records import Zone

# Sizes against the running text: footnotes are set in 0.75-0.92 of it, headings in 1.13 and more.
_SMALL = 0.93
_LARGE = 1.13
_ENOUGH_TEXT = 300  # letters
_LONGEST_HEADING = 260  # characters
_CAPITALS = 0.75  # share of a heading's letters
# A footnote begins with its mark; without a ruling line above it must also stand low on the page.
_MARK = re.compile(r"(?:\d{1,3}|[*†‡§¹²³⁴-⁹]+|[a-z])[.)]?(?:\s|$)|\d{1,3}(?=[A-Z“\"(])")
_LOW = 0.45  # share of the page's height, from the top
_UNDERSCORES = re.compile(r"[_\s]*_{5,}[_\s]*")
_PART = re.compile(
    r"(?:chapter|part|title|section|article|annex|appendix|schedule|attachment|rule)\s+(?:\d+[a-z]?|[ivxlc]+|[a-z])\b",
    re.I,
)
_ANNEX = re.compile(r"(?:annex|appendix|attachment|schedule|addendum)(?:es|es|ices|s)?\b(?!\s+\S+\s+(?:of|to)\b)", re.I)
_CHAPTER = re.compile(r"(?:chapter|part)\s+(?:\d+|[ivxlc]+)\b", re.I)
_CONTENTS = re.compile(r"(?:table\s+of\s+)?contents(?:\s+page)?\W*", re.I)
_BIBLIOGRAPHY = re.compile(r"(?:\d+\.?\s*)?(?:references|bibliography|works cited|literature|further reading)\W*", re.I)
# A line of a list of contents ends with dots and a page number, or names a part.
_ENTRY = re.compile(r".*(?:\.{3,}|…|(?:\s\.){3,})\s*\S{1,6}|.*\s(?:\d{1,3}|[ivxlc]{1,6}|[A-Z0-9]{1,3}-\d{1,3})", re.I)
_ENTRIES = 0.6  # of a page's lines make it a page of contents
_LEAST_ENTRIES = 5
_ENTRY_END = 500  # characters that tell; a whole row of dots would take too long
_SENTENCE = 25  # words of a paragraph that is no entry of contents
_LETTER = re.compile(r"[^\W\d_]")


def assign_zones(pages: Sequence[DraftPage]) -> list[DraftPage]:
    """The pages with the zone of every block that is not yet a header, footer or table cell."""
    letters = [_count_letters(page) for page in pages]
    zoner = _Zoner(_body_height(letters))
    return [
        page._replace(blocks=tuple(zoner.zones(page, _page_height(heights))))
        for page, heights in zip(pages, letters, strict=True)
    ]


class _Zoner:
    """Goes through the document in order; `part` is the zone that running text has at present."""

    def __init__(self, body_height: float) -> None:
        self.body_height = body_height
        self.page_height = body_height
        self.part = Zone.BODY

    def zones(self, page: DraftPage, page_height: float) -> Iterator[DraftBlock]:
        """The page's blocks with their zones; `page_height` is the height of line of its running text."""
        self._turn_page(page)
        self.page_height = max(self.body_height, page_height)
        notes = _footnotes(page, self.body_height)
        for place, block in enumerate(page.blocks):
            if block.zone in (Zone.HEADER, Zone.FOOTER):
                yield block
            elif place in notes:
                yield block._replace(zone=Zone.FOOTNOTE, row=None, column=None)
            else:
                yield block._replace(zone=self._zone(block))

    def _turn_page(self, page: DraftPage) -> None:
        entries = _is_contents_page(page)
        if self.part is Zone.CONTENTS and not entries:
            self.part = Zone.BODY
        elif self.part is Zone.BODY and entries:
            self.part = Zone.CONTENTS

    def _zone(self, block: DraftBlock) -> Zone:
        if block.row is not None:
            return Zone.CONTENTS if self.part is Zone.CONTENTS else Zone.TABLE
        if self.part is not Zone.CONTENTS and sum(len(line.text) for line in block.lines) > _LONGEST_HEADING:
            return self.part
        text = _text(block.lines)
        is_heading = _is_heading(block, text, self.page_height)
        if is_heading and _CONTENTS.fullmatch(text):
            self.part = Zone.CONTENTS
        elif self.part is Zone.CONTENTS and not _is_sentence(text):
            return Zone.CONTENTS
        elif self.part is Zone.CONTENTS:
            self.part = Zone.BODY
        elif is_heading and _BIBLIOGRAPHY.fullmatch(text):
            self.part = Zone.BIBLIOGRAPHY
        elif is_heading and _ANNEX.match(text):
            self.part = Zone.ANNEX
        elif is_heading and _CHAPTER.match(text):
            self.part = Zone.BODY
        if self.part is Zone.CONTENTS:
            return Zone.CONTENTS
        return Zone.HEADING if is_heading else self.part


def _count_letters(page: DraftPage) -> dict[float, float]:
    """How many letters of running text the page has in each height of line.

    Cells are set smaller than the text; they count only where there is hardly any other text.
    """
    letters: defaultdict[float, float] = defaultdict(float)
    for block in page.blocks:
        weight = 0.05 if block.row is not None else 1.0
        for text, _, top, _, bottom, _, _ in block.lines:
            letters[round(bottom - top, 1)] += weight * len(text)
    return letters


def _body_height(pages: Iterable[dict[float, float]]) -> float:
    """The height of line that most of the document's letters have."""
    letters: defaultdict[float, float] = defaultdict(float)
    for page in pages:
        for height, count in page.items():
            letters[height] += count
    return max(letters, key=lambda height: (letters[height], height), default=12.0)


def _page_height(letters: dict[float, float]) -> float:
    """The height of line of a page's own running text, if it has enough of it; parts of a document differ."""
    usual = max(letters, key=lambda height: letters[height], default=0.0)
    return usual if letters.get(usual, 0.0) >= _ENOUGH_TEXT else 0.0


def _is_heading(block: DraftBlock, text: str, body_height: float) -> bool:
    words = text.split()
    if not words or len(text) > _LONGEST_HEADING or text.endswith((";", ",")):
        return False
    letters = _LETTER.findall(text)
    if len(letters) < 3:
        return False
    if sum(map(str.isupper, letters)) >= _CAPITALS * len(letters):
        return True
    if text.endswith(".") and len(words) > 4:
        return False
    is_large = min(line.height for line in block.lines) > _LARGE * body_height
    is_part = len(words) <= 14 and _PART.match(text) is not None and not re.search(r"[.;]\s|\bshall\b", text)
    return is_large or is_part or bool(_CONTENTS.fullmatch(text) or _BIBLIOGRAPHY.fullmatch(text))


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= _SENTENCE and not _is_entry(text)


def _is_entry(text: str) -> bool:
    return _ENTRY.fullmatch(text[-_ENTRY_END:]) is not None


def _is_contents_page(page: DraftPage) -> bool:
    rows = _rows_of_text(page)
    if any(_CONTENTS.fullmatch(row) for row in rows[:8]):
        return True
    enough = max(_LEAST_ENTRIES, _ENTRIES * len(rows))
    parts = sum(_PART.match(row) is not None for row in rows)
    if parts >= enough:
        return True
    dotted = sum("...." in row for row in rows)
    if dotted <= 2 and parts <= 2:
        return False
    return sum(_is_entry(row) and _LETTER.search(row) is not None for row in rows) >= enough


def _rows_of_text(page: DraftPage) -> list[str]:
    """The lines of a page, those of one table row together."""
    rows: list[str] = []
    last_row: int | None = None
    for block in page.blocks:
        if block.zone in (Zone.HEADER, Zone.FOOTER):
            continue
        if block.row is not None and block.row == last_row:
            rows[-1] += " " + " ".join(line.text for line in block.lines)
        else:
            rows += [line.text for line in block.lines] if block.row is None else [_text(block.lines)]
        last_row = block.row
    return rows


def _text(lines: Sequence[TextLine]) -> str:
    return " ".join(line.text for line in lines)


def _footnotes(page: DraftPage, body_height: float) -> set[int]:
    """Places of the blocks that are footnotes: small type at the foot of a column, behind a mark or below a line."""
    blocks = [(place, block) for place, block in enumerate(page.blocks) if block.zone not in (Zone.HEADER, Zone.FOOTER)]
    drawn = [
        block.lines[0].top
        for _, block in blocks
        if "___" in block.lines[0].text and _UNDERSCORES.fullmatch(_text(block.lines))
    ]
    line_at = drawn[-1] if drawn else page.note_line
    limit = _SMALL * body_height
    small = {place for place, block in blocks if max([line[4] - line[2] for line in block.lines]) < limit}
    if not small and line_at is None:
        return set()
    large = [block for place, block in blocks if place not in small]
    notes: set[int] = set()
    for place, block in blocks:
        top, is_marked = block.lines[0].top, _MARK.match(block.lines[0].text) is not None
        below_line = line_at is not None and top > line_at - 2
        goes_on = is_marked or below_line or (place - 1 in notes)
        if place in small and top > _LOW * page.height and goes_on and (block.row is None or below_line):
            if below_line or not any(_is_below(other, block) for other in large):
                notes.add(place)
        elif below_line and block.row is None and (is_marked or place - 1 in notes):
            notes.add(place)
    return notes if any(_MARK.match(page.blocks[place].lines[0].text) for place in notes) else set()


def _is_below(other: DraftBlock, block: DraftBlock) -> bool:
    """Whether `other` stands under the block, in its column."""
    beside = min(max(line.right for line in one.lines) for one in (other, block)) - max(
        min(line.left for line in one.lines) for one in (other, block)
    )
    return other.lines[0].top >= block.lines[-1].bottom - 1 and beside > 0
