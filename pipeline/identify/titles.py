"""The title among the lines of the front matter.

Three ways, the surest first: behind the file's own symbol ("67/82. Addressing ..."); the run of lines that stands out
by size, by a document's noun, by what follows it; the running header. Out: a `Title` with its reason, or None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.identify.lines import FrontKnowledge, FrontLine, Role, capitals_end, fold_line, in_capitals
from pipeline.names.dates import YEAR, find_dates
from pipeline.records import BBox, Page, TitleFrom

# A line that ends or begins like this goes on with the line after or before it.
_JOINTS = (  # noqa: SIM905
    "of on for to under between among and in concerning relating regarding with by at as the an or from against "
    "towards through its into upon within"
).split()
_ENDS = re.compile(rf"(?:\b(?:{'|'.join(_JOINTS)}|a)|[,:–—-])\s*$", re.I)
_BEGINS = re.compile(rf"\s*(?:(?:{'|'.join(_JOINTS)})\b|[a-z(&])")
_BEGINS_ANY = re.compile(rf"\s*(?:(?:{'|'.join(set(_JOINTS) - {'the', 'a', 'an'})})\b|[(&])", re.I)
_PREPOSITIONS = "of|on|for|to|between|among|in|concerning|under|towards|with"
_BRACKETS = re.compile(r"\([^()]*\)")
# What a title page says behind a title in brackets.
_ASIDE = re.compile(r"\s*\((?:entry|entered|adopted|document|resolution)\b", re.I)
_MARKS = " *†‡•»«>|_·§"
_SAME_SIZE = 0.1
# Where words join two lines their heights count less; OCR measures them by the letters that they happen to hold.
_JOINED_SIZE = 0.4
_GAP = 1.9  # heights of a line between the tops of two lines of one title
_LONG = 60  # words: the longest title known has 55
_SURE = 1.0  # a run of lower weight is no title


@dataclass(frozen=True)
class Title:
    """A title as printed, joined to one line, with its place and the reason why it is believed."""

    printed: str
    page: int
    bbox: BBox | None
    reason: str
    origin: TitleFrom = TitleFrom.PAGE


def find_title(lines: Sequence[FrontLine], known: FrontKnowledge, size: float) -> Title | None:
    """The title in these lines; `size` is the height of the text's lines."""
    title = _behind_symbol(lines) or _outstanding(lines, known, size)
    header = _running(lines, known)
    return header if header and (title is None or _fills_out(header, title)) else title


def _fills_out(header: Title, title: Title) -> bool:
    """Whether a header has words that the title lacks: "Protocol 9 Dangerous Goods" over "PROTOCOL DANGEROUS GOODS"."""
    words, fuller = (re.findall(r"\w+", each.printed.casefold()) for each in (title, header))
    inside = iter(fuller)
    return 1 <= len(words) < len(fuller) <= 2 * len(words) + 2 and all(word in inside for word in words)


def find_annexed(pages: Sequence[Page], known: FrontKnowledge, title: str, most: int = 12) -> list[Title]:
    """Titles of annexed documents, behind "Annex" or in the next block: names of documents, or the file's own title."""
    found: list[Title] = []
    for page in pages:
        blocks = [block for block in page.blocks if block.zone.value not in ("header", "footer", "footnote")]
        for number, block in enumerate(blocks):
            text = " ".join(page.text[block.start : block.end].split())
            head = known.annexes.match(text) if len(text) < 300 else None
            if head is None:
                continue
            rest = text[head.end() :].strip(_MARKS)
            if not rest and number + 1 < len(blocks):
                block = blocks[number + 1]
                rest = " ".join(page.text[block.start : block.end].split()).strip(_MARKS)
            if rest and len(rest.split()) <= _LONG and rest[-1] not in ".;:," and _is_name(rest, title, known):
                found.append(Title(rest, page.number, block.bbox, "behind the word that announces an annex"))
    return found[:most]


def head_noun(title: str, known: FrontKnowledge, strict: bool = False) -> str:
    """The noun that says what kind of document a title names: the last before the first preposition or colon.

    Where there is none the first in the title, unless `strict`; "" where the title has no such noun.
    """
    found = list(known.nouns.finditer(title))
    limit = re.search(rf":|\b(?:{_PREPOSITIONS})\b", _blank(title, found), re.I)
    before = [noun for noun in found if limit is None or noun.start() < limit.start()]
    chosen = before[-1:] or ([] if strict else found[:1])
    return " ".join(chosen[0].group().casefold().split()) if chosen else ""


def _is_name(text: str, title: str, known: FrontKnowledge) -> bool:
    return fold_line(text) == fold_line(title) or bool(head_noun(text, known, strict=True))


def _blank(title: str, nouns: Iterable[re.Match[str]]) -> str:
    """The title with its nouns blanked out, so that "Plan of Action" holds no preposition."""
    for noun in nouns:
        title = title[: noun.start()] + "_" * len(noun.group()) + title[noun.end() :]
    return title


def _behind_symbol(lines: Sequence[FrontLine]) -> Title | None:
    for number, line in enumerate(lines):
        if line.role not in (Role.TITLED, Role.SYMBOL):
            continue
        symbol = line.symbols[0]
        # "General Comment No. 20" is a name, "CD49.R17" is none.
        is_name = fold_line(symbol.normal) == fold_line(line.text[symbol.lead : symbol.end])
        is_name = is_name and symbol.lead < symbol.start
        if line.role is Role.TITLED:
            run = _continuation(lines, number)
            first = line.text if is_name else line.text[symbol.end :].lstrip(" .:*–—-])")
            return _make([line, *run], "behind the file's own symbol", " ".join((first, _join(run))))
        if is_name:
            run = _next_run(lines, number)
            text = f"{line.text.strip(_MARKS)}: {_join(run)}" if run else line.text
            return _make([line, *run], "the file's own symbol and what it is about", text)
    return None


def _continuation(lines: Sequence[FrontLine], number: int) -> list[FrontLine]:
    """The lines that go on with the title in line `number`."""
    taken: list[FrontLine] = []
    for before, line in pairwise(lines[number:]):
        if line.role is not Role.TEXT or not _goes_on(before, line):
            break
        taken.append(line)
    return taken


def _next_run(lines: Sequence[FrontLine], number: int) -> list[FrontLine]:
    following = number + 1
    if following < len(lines) and lines[following].role is Role.TEXT:
        return [lines[following], *_continuation(lines, following)]
    return []


def _outstanding(lines: Sequence[FrontLine], known: FrontKnowledge, size: float) -> Title | None:
    """The run of lines that most looks like a title."""
    runs = _make_runs(lines, known)
    weighed = [(_weigh(run, lines, known, size), -number, run) for number, run in enumerate(runs)]
    best = max(weighed, key=lambda each: each[:2], default=None)
    if best is None or best[0] < _SURE:
        return None
    chosen = runs[-best[1]]
    text = _join(chosen)
    if not _is_general(text, known):
        return _make(chosen, "the lines that stand out before the text", text)
    meeting = _meeting_beside(runs, -best[1], known)
    joined = f"{text} of {meeting if meeting.lower().startswith('the ') else 'the ' + meeting}" if meeting else text
    return _make(
        chosen, "a general title, with the meeting printed beside it" if meeting else "a general title", joined
    )


def _make_runs(lines: Sequence[FrontLine], known: FrontKnowledge) -> list[list[FrontLine]]:
    """Lines that belong together; a period ("2021-2025") belongs to the run above it."""
    runs: list[list[FrontLine]] = []
    before: FrontLine | None = None
    for line in lines:
        is_part = line.role is Role.TEXT or (line.role is Role.PERIOD and before is not None)
        is_year = (
            line.role is Role.DATELINE
            and before is not None
            and re.fullmatch(YEAR, line.text) is not None
            and _goes_on(before, line)
        )
        if not is_part and not is_year:
            before = None
            continue
        if (
            before is not None
            and (line.role is Role.PERIOD or _goes_on(before, line))
            and not _ends_masthead(runs[-1], line, known)
        ):
            runs[-1].append(line)
        elif line.role is Role.TEXT:
            runs.append([line])
        before = line
    return runs


def _ends_masthead(run: Sequence[FrontLine], line: FrontLine, known: FrontKnowledge) -> bool:
    """The run so far is a body's or a meeting's name and the line is in another block, so the title begins with it."""
    return run[-1].block != line.block and _is_body(_join(run), known) and not _BEGINS_ANY.match(line.text)


def _is_body(text: str, known: FrontKnowledge) -> bool:
    """A body's or meeting's name: before any preposition stands the noun of one, and no kind of document is named."""
    head = re.split(rf"\b(?:{_PREPOSITIONS})\b", text, maxsplit=1, flags=re.I)[0]
    return known.body_end.search(head) is not None and not known.nouns.search(text)


def _goes_on(before: FrontLine, line: FrontLine) -> bool:
    """Whether a line goes on with the one before it on its page: of one block and size, or a joint between them."""
    if before.page != line.page:
        return False
    if len(before.text.split()) + len(line.text.split()) > _LONG:
        return False
    alike = abs(before.size - line.size) <= _SAME_SIZE * max(before.size, line.size, 1)
    texts = [_BRACKETS.sub("", each.text) for each in (before, line)]
    both_capitals = texts[1].strip(" 0123456789") == "" or in_capitals(texts[0]) == in_capitals(texts[1])
    if _ENDS.search(before.text) or (_BEGINS if line.text[0].islower() else _BEGINS_ANY).match(line.text):
        return before.text.isupper() or abs(before.size - line.size) <= _JOINED_SIZE * max(before.size, line.size)
    near = before.bbox is None or line.bbox is None or 0 <= line.bbox[1] - before.bbox[1] <= _GAP * max(before.size, 1)
    if not (alike and both_capitals and near):
        return False
    return before.block == line.block or _same_gap(before, line) or (before.text.isupper() and line.text.isupper())


def _same_gap(before: FrontLine, line: FrontLine) -> bool:
    """Lines of two blocks that stand as close as lines of one."""
    return before.bbox is not None and line.bbox is not None and line.bbox[1] - before.bbox[3] <= 0.35 * before.size


def _weigh(run: list[FrontLine], lines: Sequence[FrontLine], known: FrontKnowledge, size: float) -> float:
    text = _trim(_join(run))
    if not re.search(r"[^\W\d_]{3}", text):
        return 0.0
    words = len(text.split())
    place = lines.index(run[-1])
    after = [line for line in lines[place + 1 :] if line.role not in (Role.HEADER, Role.MASTHEAD)]
    before = [line for line in lines[: lines.index(run[0])] if line.role is not Role.HEADER]
    noun = known.nouns.search(text)
    weight = 2.0 * min(max(run[0].size / size - 1.0, 0.0), 1.0) if size else 0.0
    weight += 1.5 if noun else 0.0
    weight += 1.0 if after and after[0].role in (Role.START, Role.DATELINE, Role.ADOPTED) else 0.0
    weight += 0.5 if before and before[-1].role in (Role.SYMBOL, Role.MASTHEAD, Role.ADOPTED) else 0.0
    weight += 0.5 if text.isupper() else 0.0
    weight -= 0.5 * (run[0].page - lines[0].page)
    weight -= 1.5 if _is_body(text, known) else 0.0
    weight -= 1.5 if words > _LONG else 0.0
    weight -= 1.5 if text[-1] in ".;:," and not text.isupper() and not noun else 0.0
    return weight


def _is_general(text: str, known: FrontKnowledge) -> bool:
    """Nothing but a kind of document: "Joint Media Statement"."""
    rest = known.nouns.sub(" ", text.replace("’", "'").casefold())
    return len(text.split()) <= 5 and all(word in known.general for word in re.findall(r"[\w'-]+", rest))


def _meeting_beside(runs: Sequence[list[FrontLine]], number: int, known: FrontKnowledge) -> str:
    """The body or meeting in the run below or above."""
    for other in (number + 1, number - 1):
        if 0 <= other < len(runs) and runs[other][0].page == runs[number][0].page:
            text = _join(runs[other])
            if known.bodies.search(text) and not known.nouns.search(text):
                return text
    return ""


def _running(lines: Sequence[FrontLine], known: FrontKnowledge) -> Title | None:
    """A running header that names a kind of document."""
    for line in lines:
        if line.role is Role.HEADER and known.nouns.search(line.text) and not line.symbols:
            text = re.sub(r"^\d+\s+|\s+\d+$", "", line.text)
            title = _make([line], "the running header", text)
            return replace(title, origin=TitleFrom.HEADER)
    return None


def _join(lines: Iterable[FrontLine]) -> str:
    return " ".join(line.text for line in lines)


def _make(lines: Sequence[FrontLine], reason: str, text: str | None = None) -> Title:
    joined = " ".join((text or _join(lines)).split())
    boxes = [line.bbox for line in lines if line.bbox is not None and line.page == lines[0].page]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True) if boxes else ((), (), (), ())
    bbox = (min(lefts), min(tops), max(rights), max(bottoms)) if boxes else None
    return Title(_trim(joined), lines[0].page, bbox, reason)


def _trim(text: str) -> str:
    """The title without marks around it, a place and date behind it, or a footnote's figure."""
    text = _ASIDE.split(text.strip(_MARKS))[0].strip(_MARKS)
    cut = capitals_end(text)
    if 0 < cut < len(text) and re.match(r"\s+(?:The|We|Signed|Adopted|Table)\b", text[cut:]):
        text = text[:cut]
    last = list(find_dates(text))
    if last and last[-1].date.day and not text[last[-1].end :].strip(" .)") and not last[-1].is_range:
        text = re.sub(r"(?:[.,]\s*(?:[^\W\d_][\w-]*[,\s]*){0,4})?[,.\s(]*(?:on\s)?$", "", text[: last[-1].start])
    text = re.sub(r"(?<=[a-z)])\d$", "", text)
    text = re.sub(r"(?<=\S)\s?[.,;:]$", "", text.strip(_MARKS))
    return text.strip(_MARKS)
