"""The lines of a file's first pages, each with what it is: masthead, symbol, date, perhaps title, or the text's start.

In: a `Reading` and what is known of mastheads and symbols. Out: `FrontLine`s in reading order, up to where the text of
the document begins. Sizes are heights of lines in points; only their ratios count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING

from pipeline.knowledge import parse_lists, read_text
from pipeline.names.dates import YEAR, find_dates
from pipeline.names.symbols import Symbol, SymbolGrammar, find_symbols, load_symbols
from pipeline.records import BBox, Block, Page, Zone

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
MASTHEADS = "mastheads.yaml"
_KEYS = ("furniture", "openings", "authors", "adopted", "bodies", "general", "annexes")
# A cover, its back, a page of the publisher, and the page where the text begins.
FRONT_PAGES = 4
# Of a paragraph's words, the share in small letters that makes it prose; titles in capitals of words stay below.
_PROSE = 0.45
_MIN_PROSE = 8  # words
# A paragraph of so many words is prose with fewer in small letters: it may list names.
_MANY, _SOME = 38, 0.25
_CAPITALS = 0.6
_MAX_AUTHORS = 16  # words of a line like "The Regional Committee,"
# Heights of type on pages without geometry.
_HEADING, _TEXT = 16.0, 11.0
_MAX_PLACE = 7  # words of a place before its date
# A line that ends like this goes on in the next.
_ENDS = re.compile(r"\b(?:of|on|for|to|between|among|and|in|with|by|at|as|the|an?|or|from|its)\s*$|[,–—-]\s*$", re.I)
_PERIOD = re.compile(rf"\(?{YEAR}\s?[-–—]\s?(?:{YEAR}|\d\d)\)?")
# Who adopted: up to the noun of a body, with what it is responsible for; or an acronym.
_ACTOR = (
    r"\b(?:LEAD)\s+(?:the\s+)?(?P<body>[^,;()]{0,90}?\b(?i:BODY)\b(?:['’]?\s+(?i:BODY)\b)*"
    r"(?:['’]?\s+(?:on|of|for|(?i:responsible))\s[^,;()\d]{3,80}?(?=\s+(?:on\s+\d+|at|in|held|during)\b|[,;(]|\s+\d|$))?"
    r"|(?:\d+\w\w\s+)?[A-Z]{3,}\b)"
)
# The number of a resolution in a book of them, before its title.
_NUMBERS = re.compile(r"(\d{1,4}/\d{1,3}|\d{3,4} (?:[A-Z] )?\([IVXL]+\))\.\s+(?=[A-Z“])")
_NUMBERED = re.compile(r"(?:\(?(?:1|i|a)[.)]|I\.|A\.)\s+\S")


class Role(Enum):
    """What a line of the front matter is."""

    TEXT = "text"  # a title, or a part of one
    SYMBOL = "symbol"  # a symbol and nothing else
    TITLED = "titled"  # the file's symbol with the title behind it
    PERIOD = "period"  # "2021-2025"
    DATELINE = "dateline"
    ADOPTED = "adopted"  # "Adopted by the ... on ..."
    MASTHEAD = "masthead"
    HEADER = "header"
    START = "start"  # of the document's own text


@dataclass(frozen=True)
class FrontLine:
    """A line with its role; of a `TITLED` one `text` is what stands behind the symbol."""

    page: int
    text: str
    size: float
    bbox: BBox | None
    block: int
    zone: Zone = Zone.BODY
    role: Role = Role.TEXT
    symbols: tuple[Symbol, ...] = ()


@dataclass(frozen=True, eq=False)
class FrontKnowledge:
    """What mastheads, symbols and names of kinds look like; one for each gazetteer."""

    grammar: SymbolGrammar
    furniture: re.Pattern[str]
    openings: re.Pattern[str]
    authors: re.Pattern[str]
    adopted: re.Pattern[str]
    bodies: re.Pattern[str]
    actors: Mapping[str, re.Pattern[str]]  # "by": who adopted; "at": the meeting; "of": whose it is
    body_end: re.Pattern[str]
    general: frozenset[str]
    annexes: re.Pattern[str]
    nouns: re.Pattern[str]  # of kinds of documents
    kind_of: Mapping[str, str]  # by noun in small letters
    casing: Mapping[str, str]  # how the gazetteer's titles write each word


def load_front_knowledge(gazetteer: Gazetteer) -> FrontKnowledge:
    """What the gazetteer's folder knows of mastheads; raises GazetteerError."""
    return _load(gazetteer, read_text(gazetteer.folder / MASTHEADS), load_symbols(gazetteer.folder))


def read_lines(
    pages: Sequence[Page], known: FrontKnowledge, mastheads: frozenset[str] = frozenset()
) -> list[FrontLine]:
    """The lines of the front pages with their roles, headers apart, until the text begins on one of them.

    `mastheads` are folded lines that several files of the corpus share (see `fold_line`).
    """
    lines: list[FrontLine] = []
    middle: FrontLine | None = None  # where a page of a book begins in the middle of another document
    for page in pages[:FRONT_PAGES]:
        for block, texts in enumerate(_page_blocks(page)):
            if middle and not _NUMBERS.match(texts[0].text):
                continue
            middle = None
            if texts[0].zone is Zone.HEADER:
                lines += [replace(each, role=Role.HEADER) for each in texts]
                continue
            if _begins_text(texts, known):
                if any(line.role in (Role.TEXT, Role.SYMBOL, Role.TITLED) for line in lines):
                    return [*lines, _start(texts, block)]
                middle = _start(texts, block)
                continue
            for each in _rejoin(list(_assign_roles(texts, lines, known, mastheads)), lines):
                if each.role is Role.DATELINE and lines and _is_place(lines[-1], known):
                    lines[-1] = replace(lines[-1], role=Role.DATELINE)
                if each.role is Role.START:
                    rest = [
                        line for line in texts if line.bbox is None or each.bbox is None or line.bbox[1] > each.bbox[1]
                    ]
                    return [*lines, _start([each, *rest], block)]
                lines.append(replace(each, block=block))
    return [*lines, middle] if middle else lines


def _rejoin(found: list[FrontLine], before: Sequence[FrontLine]) -> Iterator[FrontLine]:
    """A body's name is a part of the title behind "BETWEEN", and where a line of its size and block goes on with it."""
    for number, line in enumerate(found):
        above = found[number - 1] if number else before[-1] if before else None
        below = found[number + 1] if number + 1 < len(found) else None
        is_joined = above is not None and above.role is Role.TEXT and _ENDS.search(above.text) is not None
        is_first = below is not None and below.role is Role.TEXT and below.size == line.size and " " not in line.text
        if line.role is Role.MASTHEAD and not line.symbols and (is_joined or is_first):
            line = replace(line, role=Role.TEXT)
            found[number] = line
        yield line


def _start(lines: list[FrontLine], block: int) -> FrontLine:
    """Where the text begins, with its first paragraph."""
    return replace(lines[0], text=" ".join(line.text for line in lines), role=Role.START, block=block)


def _is_place(line: FrontLine, known: FrontKnowledge) -> bool:
    """A line like "Kuala Lumpur, Malaysia", which is one where a date stands below it."""
    words = len(line.text.split())
    is_pair = re.fullmatch(r"[^\d,;:()]+,[^\d,;:()]+", line.text) is not None
    return line.role is Role.TEXT and is_pair and words <= _MAX_PLACE - 1 and not known.nouns.search(line.text)


def body_size(pages: Sequence[Page]) -> float:
    """The height of most of the text's lines on the first pages."""
    sizes = [
        line.bbox[3] - line.bbox[1]
        for page in pages[:FRONT_PAGES]
        for line in page.lines
        for _ in range(max(1, (line.end - line.start) // 20))  # long lines count more often
    ]
    return median(sizes) if sizes else 0.0


def fold_line(text: str) -> str:
    """A line as mastheads are compared: no case, no figures."""
    return " ".join(re.findall(r"[^\W\d_]+", text.casefold()))


def in_capitals(text: str) -> bool:
    """Whether a line is printed in capitals, but for a word or two like "No." or "e-"."""
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and sum(letter.isupper() for letter in letters) >= _CAPITALS * len(letters)


def casing_of(texts: Iterable[str]) -> dict[str, str]:
    """How texts write each word where a line is not all in capitals, by the word in small letters."""
    counts: dict[str, Counter[str]] = {}
    for text in texts:
        for line in text.splitlines():
            if not in_capitals(line):
                for word in WORD.findall(line):
                    counts.setdefault(word.lower(), Counter())[word] += 1
    return {low: max(sorted(forms), key=lambda form: forms[form]) for low, forms in counts.items()}


def is_prose(text: str) -> bool:
    """Whether a paragraph is running text."""
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    small = sum(word[0].islower() for word in words)
    if len(words) >= _MANY and small >= _SOME * len(words):
        return True
    return len(words) >= _MIN_PROSE and small >= _PROSE * len(words) and text.rstrip()[-1] in ".,;:"


def _page_blocks(page: Page) -> Iterator[list[FrontLine]]:
    """The page's blocks in order, without footers and notes, as lines."""
    notes = {page.text[block.start] for block in page.blocks if block.zone is Zone.FOOTNOTE}
    marks = "".join(sorted(note for note in notes if note.isdigit()))
    for block in page.blocks:
        if block.zone in (Zone.FOOTER, Zone.FOOTNOTE):
            continue
        lines = [line for line in page.lines if block.start <= line.start < block.end]
        pieces: list[tuple[str, BBox | None]] = [(page.text[line.start : line.end], line.bbox) for line in lines]
        if not pieces:
            pieces = [(text, block.bbox) for text in page.text[block.start : block.end].splitlines()]
        found = [
            FrontLine(
                page.number, _without_mark(" ".join(text.split()), marks), _height(bbox, block), bbox, 0, block.zone
            )
            for text, bbox in pieces
            if text.strip()
        ]
        if found:
            yield found


def _height(bbox: BBox | None, block: Block) -> float:
    """In points; a page without geometry (HTML, DOCX) has two sizes of type."""
    if bbox is not None:
        return bbox[3] - bbox[1]
    return _HEADING if block.zone is Zone.HEADING else _TEXT


def _without_mark(text: str, marks: str) -> str:
    """A line without the figure of a note that stands below: "General Comment No. 191" with a note 1 is No. 19."""
    return re.sub(rf"(?:(?<=[^\W\d_)])|(?<=[Nn][Oo]\. \d\d))[{marks}]$", "", text) if marks else text


def _begins_text(lines: list[FrontLine], known: FrontKnowledge) -> bool:
    """Whether a block is the beginning of the text: an author's line, a section's head, prose."""
    text = " ".join(line.text for line in lines)
    if known.openings.match(text) and len(lines[0].text.split()) <= 8:
        return True
    if _NUMBERED.match(text) and (is_prose(text) or len(lines) == 1):
        return True
    if known.authors.match(text) and text[-1] in ",;:" and not capitals_end(text):
        return text[-1] != ":" or len(text.split()) > _MIN_PROSE
    if not is_prose(text) or capitals_end(text) or known.adopted.match(text) or _titled_prose(lines, known):
        return False
    symbols = find_symbols(lines[0].text, known.grammar)
    return not (symbols and symbols[0].start == 0)


def _titled_prose(lines: list[FrontLine], known: FrontKnowledge) -> bool:
    """Whether a paragraph's first line is the title, as only its words tell: "Joint Statement of Ministers"."""
    first = lines[0].text
    is_apart = len(lines) > 1 and first[-1] not in ".,;:-" and lines[1].text[0].isupper() and not _ENDS.search(first)
    return is_apart and first[0].isupper() and known.nouns.search(first) is not None and not is_prose(first + ".")


def capitals_end(text: str) -> int:
    """Where the capitals end with which a text begins; 0 where fewer than three words are in capitals."""
    end = words = 0
    for word in re.finditer(r"\S+", text):
        if re.search(r"[a-z]", word.group()):
            break
        end, words = word.end(), words + bool(re.search(r"[^\W\d_]{2}", word.group()))
    return end if words >= 3 else 0


def _own_numbers(text: str, before: Sequence[FrontLine], known: FrontKnowledge) -> tuple[Symbol, ...]:
    """The numbers of a symbol of the masthead, or of one given nowhere else, before a title: "67/82. Towns ..."."""
    for line in before:
        for symbol in line.symbols:
            if symbol.short and re.match(re.escape(symbol.short) + r"\.(?!\d)", text):
                return (symbol._replace(start=0, end=len(symbol.short), lead=0),)
    numbers = _NUMBERS.match(text) if not any(line.symbols for line in before) else None
    found = find_symbols(f"resolution {numbers[1]}", known.grammar) if numbers else []
    return tuple(symbol._replace(start=0, end=len(symbol.short), lead=0) for symbol in found[:1])


def _assign_roles(
    lines: list[FrontLine], before: Sequence[FrontLine], known: FrontKnowledge, mastheads: frozenset[str]
) -> Iterator[FrontLine]:
    joined = " ".join(line.text for line in lines)
    in_bodies = _covered_by_bodies(lines, joined, known)
    # A title may run on into the text: "ASEAN TRADE IN GOODS AGREEMENT The Governments of ...".
    stop = capitals_end(joined) if is_prose(joined) else 0
    stop = stop or (len(lines[0].text) if is_prose(joined) and _titled_prose(lines, known) else 0)
    place = 0
    goes_on = False
    above = Role.TEXT
    for line, is_body in zip(lines, in_bodies, strict=True):
        cut = stop - place if stop else _capitals_cut(line.text) if goes_on else len(line.text)
        if (stop or goes_on) and cut < len(line.text):
            if cut > 0:
                yield replace(line, text=line.text[:cut].strip())
            rest = replace(line, text=line.text[max(cut, 0) :].strip())
            yield _with_role(rest, known, False) if known.adopted.match(rest.text) else replace(rest, role=Role.START)
            return
        goes_on = line.text.isupper()
        place += len(line.text) + 1
        symbols = tuple(find_symbols(line.text, known.grammar)) or _own_numbers(line.text, before, known)
        found = _with_role(replace(line, symbols=symbols), known, is_body or fold_line(line.text) in mastheads)
        # A line in small letters goes on with what stands above it: "Adopted by the ...", "at the 896th meeting".
        if found.role is Role.TEXT and found.text[0].islower() and above in (Role.ADOPTED, Role.DATELINE):
            found = replace(found, role=above)
        above = found.role
        yield found


def _capitals_cut(text: str) -> int:
    """Where capitals end in a line that goes on with a title in capitals; its length where they do not."""
    words = list(re.finditer(r"\S+", text))
    for number, word in enumerate(words):
        if re.match(r"[A-Z][a-z]{2,}|[a-z]{3,}", word.group()):
            return word.start() if number >= 2 else len(text)
    return len(text)


def _covered_by_bodies(lines: list[FrontLine], joined: str, known: FrontKnowledge) -> list[bool]:
    """Which lines of a block are the name of a body, perhaps with its number, and nothing else."""
    spans = [(start, end) for start, end, _ in known.grammar.find_bodies(joined)]
    flags, place = [], 0
    for line in lines:
        inside = sum(max(0, min(end, place + len(line.text)) - max(start, place)) for start, end in spans)
        rest = len(re.sub(r"[\W\d]|\b(?:the|of|for|st|nd|rd|th|and|session)\b", "", line.text, flags=re.I))
        flags.append(inside > 0 and rest - inside <= 14 and not known.nouns.search(line.text))
        place += len(line.text) + 1
    return flags


def _with_role(line: FrontLine, known: FrontKnowledge, is_masthead: bool) -> FrontLine:
    text = line.text
    is_short = len(text.split()) <= _MAX_AUTHORS and text[-1] in ",;:"
    is_plain = text[-1] != ":" and not capitals_end(text)
    if known.authors.match(text) and is_short and (is_plain or known.grammar.find_bodies(text)):
        return replace(line, role=Role.START)
    if line.symbols and line.symbols[0].lead <= 1 and not text.startswith("("):
        rest = text[line.symbols[0].end :].lstrip(" .:;*–—-])")
        if not re.search(r"[^\W\d_]{2}", rest) or re.fullmatch(r"\(.*\)\W*", rest):
            return replace(line, role=Role.SYMBOL)
        if rest[0].isupper() or rest[0] in "“\"'":
            return replace(line, role=Role.TITLED)
    if re.fullmatch(r"\[.*\]\W*", text) or (re.fullmatch(r"\(.*\)\W*", text) and line.symbols):
        return replace(line, role=Role.MASTHEAD)
    if _PERIOD.fullmatch(text):
        return replace(line, role=Role.PERIOD)
    if known.adopted.match(text):
        return replace(line, role=Role.ADOPTED)
    if is_dateline(text, known) and not text.startswith("("):
        return replace(line, role=Role.DATELINE)
    plain = text
    for symbol in reversed(line.symbols):
        plain = plain[: symbol.start] + plain[symbol.end :]
    for span in reversed(list(find_dates(plain))):
        plain = plain[: span.start] + plain[span.end :]
    bears_symbol = any(not in_brackets(text, symbol.start) for symbol in line.symbols)
    if is_masthead or known.furniture.fullmatch(plain.strip(" *:")) or (bears_symbol and not known.nouns.search(plain)):
        return replace(line, role=Role.MASTHEAD)
    return line


def in_brackets(text: str, place: int) -> bool:
    """Whether a bracket is open there."""
    before = text[:place]
    return before.count("(") > before.count(")") or before.count("[") > before.count("]")


def is_dateline(text: str, known: FrontKnowledge) -> bool:
    """A line that is a date, perhaps with a place or a meeting, and no sentence: "Bali, 6 December 2018", "2003"."""
    if re.fullmatch(rf"\W*{YEAR}\W*", text):
        return True
    dates = list(find_dates(text))
    if not dates or known.nouns.search(text):
        return False
    rest = text[: dates[0].start] + " " + text[dates[-1].end :]
    words = re.findall(r"[^\W\d_][\w'’/-]*", rest)
    most = _MAX_AUTHORS if known.bodies.search(text) and text[0].isupper() else _MAX_PLACE
    return len(words) <= most and not any(word[0].islower() and len(word) > 3 for word in words)


@lru_cache(maxsize=4)
def _load(gazetteer: Gazetteer, content: str, grammar: SymbolGrammar) -> FrontKnowledge:
    rows = parse_lists(gazetteer.folder / MASTHEADS, content, _KEYS)
    any_of = {key: f"(?:{'|'.join(rows.get(key, ())) or '(?!)'})" for key in _KEYS}
    bodies = any_of["bodies"]
    kind_of = {noun.casefold(): kind for kind, nouns in gazetteer.kinds.items() for noun in nouns}
    return FrontKnowledge(
        grammar=grammar,
        furniture=re.compile(any_of["furniture"], re.I),
        openings=re.compile(rf"(?:(?:\d{{1,2}}|[IVX]+)[.)]\s*)?{any_of['openings']}\b", re.I),
        authors=re.compile(rf"{any_of['authors']}\b", re.I),
        adopted=re.compile(
            rf"\W*(?:as\s+)?(?:{any_of['adopted']}(?-i:(?:,?\s[a-z]+){{0,9}}?)\s+(?:by|at|in|on|during|this|\d)|adoption:"
            r"|(?:resolutions?|decisions?|text)\s+adopted\s+(?:by|at|on)\b)",
            re.I,
        ),
        bodies=re.compile(rf"\b{bodies}\b", re.I),
        actors={
            key: re.compile(_ACTOR.replace("LEAD", lead).replace("BODY", bodies))
            for key, lead in (("by", "by"), ("at", "at|in|during"), ("of", "of"))
        },
        body_end=re.compile(rf"\b{bodies}['’]?\W*(?:\([^)]*\)\W*)?$", re.I),
        general=frozenset(rows.get("general", ())),
        annexes=re.compile(rf"{any_of['annexes']}\b(?:\s+(?:[IVX]+|\d{{1,2}}|[A-Z]))?\s*\d?\s*(?:[:.–—-]\s*|$)", re.I),
        nouns=noun_pattern(kind_of),
        kind_of=kind_of,
        casing=casing_of(entry.title for entry in gazetteer.entries.values()),
    )


def noun_pattern(nouns: Sequence[str] | Mapping[str, str]) -> re.Pattern[str]:
    """Finds the head nouns by which documents call themselves ("Agreement", "Plan of Action"), the longest first."""
    spaced = (r"\s+".join(re.escape(word) for word in noun.split()) for noun in sorted(nouns, key=len, reverse=True))
    return re.compile(rf"\b(?:{'|'.join(spaced) or '(?!)'})\b", re.IGNORECASE)
