"""What a file says about itself: title, symbols, issuer, date, kind, own names; read without a gazetteer of documents.

In: a `Reading` and what is known of mastheads, symbols and kinds. Out: a `Front`, each field with its place and reason.
Where nothing is sure a field stays empty, and `missing` says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.identify.dating import Dating, find_dating
from pipeline.identify.lines import (
    FRONT_PAGES,
    WORD,
    FrontKnowledge,
    FrontLine,
    Role,
    body_size,
    casing_of,
    fold_line,
    in_brackets,
    in_capitals,
    read_lines,
)
from pipeline.identify.titles import Title, find_annexed, find_title, head_noun
from pipeline.names.dates import ORDINAL
from pipeline.names.symbols import Symbol
from pipeline.records import Evidence, Front, Issue, Page, Reading, Severity, TitleFrom

# What office programs write into the title field by themselves.
_NO_TITLE = re.compile(
    r"microsoft word|untitled|document\s*\d*$|^[\W\d_]*$|\.(?:docx?|pdf|indd|pptx?|rtf|tiff?)\b", re.I
)
# The kind of every numbered paper of a meeting; what its title calls it says more.
_PAPER = "report"
# So many files must begin with the same line before it is a masthead.
_SHARED = 3
# Pages that tell how the text writes a word that the title has in capitals.
_CASING_PAGES = 12
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an the of on for to and or in at by with from as into under between among against towards through its upon "
        "within via per than that this their be is are who which",
    )
)
_SPEAKER = re.compile(r"(?:\d+\.\s+)?(?:(?P<we>W[Ee]),?|The|THE)\s+(?:the\s+)?(?P<body>[A-Z][^,;:()]{4,160}?)\s*[,;(]")
_NUMBER_OF_MEETING = re.compile(rf"^(?:the\s+)?{ORDINAL}\s+", re.I)
_DEFINED = (
    r"\(\s*(?:hereinafter|hereafter|referred to as|called|the|also|or|collectively)?[^()“\"”]{0,40}"
    r"[“\"'‘]\s*(?:the\s+)?(?P<term>[^“”\"()]{2,60}?)\s*[”\"'’]\s*\)"
)
_OWN = re.compile(rf"\b[Tt]his\s+(?P<noun>(?:[A-Z][\w-]*\s+){{1,6}}){_DEFINED}")
_BEHIND = re.compile(rf"\s*{_DEFINED}")
_IN_BRACKETS = re.compile(r"\((?:[“\"']|the\s+)*(?P<name>[A-Z][\w&/-]*[A-Z][\w&/ -]*|The\s[^()]{3,50})[”\"']*\)")


def read_fronts(readings: Sequence[Reading], known: FrontKnowledge) -> list[Front]:
    """The front matter of a corpus: first lines that several files share are mastheads."""
    mastheads = find_mastheads(readings, known)
    return [read_front(reading, known, mastheads) for reading in readings]


def find_mastheads(readings: Sequence[Reading], known: FrontKnowledge) -> frozenset[str]:
    """Folded lines with which several files begin, and which name no kind of document."""
    firsts = (line for reading in readings for line in read_lines(reading.pages[:1], known)[:1])
    counts = Counter(fold_line(line.text) for line in firsts if not known.nouns.search(line.text))
    return frozenset(text for text, count in counts.items() if count >= _SHARED)


def read_front(reading: Reading, known: FrontKnowledge, mastheads: frozenset[str] = frozenset()) -> Front:
    """What one file says about itself; `mastheads` comes from `find_mastheads` where the corpus is at hand."""
    lines = read_lines(reading.pages, known, mastheads)
    title = find_title(lines, known, body_size(reading.pages))
    if title is None and mastheads:  # what several files share is the title of each
        return read_front(reading, known)
    title = title or _metadata_title(reading)
    symbols = _own_symbols(lines, known, title)
    annexed = find_annexed(reading.pages, known, title.printed if title else "")
    issuer, issuer_line = _find_issuer(lines, symbols, title.printed if title else "", known)
    casing = {**known.casing, **casing_of(page.text for page in reading.pages[:_CASING_PAGES])}
    shown = show_title(title.printed, casing) if title else ""
    kind, kind_reason = _find_kind(shown, symbols, annexed, known)
    decides = any(symbol.kind not in ("", _PAPER) for symbol in symbols[:1])
    dating = find_dating(reading.pages, lines, title, known, decides)
    evidence = [
        _evidence("title", title) if title else None,
        *(_symbol_evidence(lines, symbol) for symbol in symbols[:1]),
        Evidence("issuer", issuer_line.page, issuer_line.bbox, issuer_line.text, "named on the front page")
        if issuer_line
        else None,
        _evidence("issued", dating) if dating else None,
        Evidence("kind", title.page, title.bbox, title.printed, kind_reason) if kind and title else None,
    ]
    return Front(
        title=shown,
        title_from=title.origin if title else None,
        symbols=tuple(dict.fromkeys(symbol.normal for symbol in symbols)),
        issuer=show_title(issuer, casing),
        issued=dating.date if dating else None,
        date_kind=dating.kind if dating else None,
        kind=kind,
        own_names=tuple(_own_names(shown, reading.pages, known)),
        annexed=tuple(dict.fromkeys(show_title(each.printed, casing) for each in annexed)),
        evidence=tuple(each for each in evidence if each is not None),
    )


def missing(front: Front, path: str) -> Iterator[Issue]:
    """An issue for each field without which the document cannot be placed."""
    name = Path(path).name
    if not front.title:
        message = f"{name}: no title found on its first pages"
        yield Issue("", "identify", Severity.WARNING, message, "name the document in SOURCES.csv")
    if front.issued is None:
        message = f"{name}: it gives no date of its own; whether a cited document existed then cannot be told by dates"
        yield Issue("", "identify", Severity.WARNING, message, "add the document with its date to the gazetteer")


def show_title(printed: str, casing: Mapping[str, str]) -> str:
    """A title for display: what is printed in capitals as the text writes it (see `casing_of`), else with a capital."""
    return ": ".join(_show_part(part, casing) for part in printed.split(": "))


def _show_part(printed: str, casing: Mapping[str, str]) -> str:
    if not in_capitals(printed):
        return printed
    shown, place = "", 0
    for number, word in enumerate(WORD.finditer(printed)):
        between = printed[place : word.start()]
        starts = number == 0 or bool(re.search(r"[.“\"]\s*$", between))
        in_brackets = between.endswith("(") and printed[word.end() : word.end() + 1] == ")"
        shown += between + _show_word(word.group(), starts, in_brackets, casing)
        place = word.end()
    return shown + printed[place:]


def _show_word(word: str, starts: bool, in_brackets: bool, casing: Mapping[str, str]) -> str:
    low = word.lower()
    usual = casing.get(low, "")
    if low in _SMALL and not starts:
        return low
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", low):
        return low
    if "-" in word and not usual:
        return "-".join(_show_word(part, True, False, casing) for part in word.split("-"))
    is_acronym = in_brackets and len(word) <= 10 and not usual
    if (
        not word.isupper()
        or is_acronym
        or re.fullmatch(r"[IVX]+", word)
        or (len(word) > 1 and not re.search(r"[AEIOUY]", word))
    ):
        return word
    if usual and not usual.islower():
        return usual
    return word[0] + word[1:].lower()


def _metadata_title(reading: Reading) -> Title | None:
    claimed = dict(reading.metadata).get("title", "").strip()
    if _NO_TITLE.search(claimed) or len(claimed.split()) < 2 or not reading.pages:
        return None
    return Title(claimed, 0, None, "the file's metadata: nothing on its pages is a title", TitleFrom.METADATA)


def _own_symbols(lines: Sequence[FrontLine], known: FrontKnowledge, title: Title | None) -> list[Symbol]:
    """Symbols on the front that are the file's own: not those in brackets, and none of what it reports on."""
    found: list[Symbol] = []
    for line in lines:
        if line.role in (Role.START, Role.TEXT, Role.HEADER) and not (title and line.text in title.printed):
            continue
        for symbol in line.symbols:
            if (
                not in_brackets(line.text, symbol.start)
                or line.text.strip("[]() ") == line.text[symbol.start : symbol.end]
            ):
                found.append(symbol)
    return found


def _symbol_evidence(lines: Sequence[FrontLine], symbol: Symbol) -> Evidence | None:
    line = next((line for line in lines if symbol in line.symbols), None)
    return Evidence("symbols", line.page, line.bbox, line.text, "stands on the front page") if line else None


def _find_issuer(
    lines: Sequence[FrontLine], symbols: Sequence[Symbol], title: str, known: FrontKnowledge
) -> tuple[str, FrontLine | None]:
    """The body whose symbol it is, or that adopted it, or that speaks, or that the masthead names."""
    if symbols and symbols[0].body:
        return symbols[0].body, next((line for line in lines if symbols[0] in line.symbols), None)
    for number, line in enumerate(lines):
        if line.role is Role.ADOPTED:
            text = " ".join(each.text for each in lines[number : number + 3] if _block(each) == _block(line))
            found = known.actors["by"].search(text) or known.actors["at"].search(text)
            if found:
                return _named(found["body"], known), line
    speaker = next((line for line in lines if line.role is Role.START), None)
    if speaker:
        found = _SPEAKER.match(speaker.text)
        is_body = found and (found["we"] or known.body_end.search(found["body"]))
        if found and is_body:
            return _named(found["body"], known), speaker
    beside = [
        line for line in lines if line.role is Role.MASTHEAD or (line.role is Role.TEXT and line.text not in title)
    ]
    texts = [" ".join(each.text for each in lines if _block(each) == _block(line)) for line in beside]
    named = [
        (body, line) for line, text in zip(beside, texts, strict=True) for *_, body in known.grammar.find_bodies(text)
    ]
    if named:
        order = list(known.grammar.bodies)
        return min(named, key=lambda each: order.index(each[0]))
    for line, text in zip(beside, texts, strict=True):
        if known.body_end.search(text) and not known.nouns.search(text) and len(text.split()) <= 16:
            return _named(text.strip(" *,"), known), line
    found = known.actors["of"].search(title)
    return (_named(found["body"], known), None) if found else ("", None)


def _block(line: FrontLine) -> tuple[int, int]:
    return line.page, line.block


def _named(body: str, known: FrontKnowledge) -> str:
    """The body as the grammar calls it, else as printed without the number of its meeting."""
    found = [each for each in known.grammar.find_bodies(body) if each[1] - each[0] > len(body) / 2]
    return found[-1][2] if found else _NUMBER_OF_MEETING.sub("", " ".join(body.split())).rstrip("'’")


def _find_kind(
    title: str, symbols: Sequence[Symbol], annexed: Sequence[Title], known: FrontKnowledge
) -> tuple[str, str]:
    """The kind that the symbol says, unless the file carries a document of that very title; else the title's noun."""
    noun = head_noun(title, known)
    by_noun = known.kind_of.get(noun, "")
    carried = bool(symbols and symbols[0].lead < symbols[0].start) or any(
        fold_line(each.printed) == fold_line(title) for each in annexed
    )
    told = [symbol.kind for symbol in symbols if symbol.kind in known.kind_of.values()]
    decision = next((kind for kind in told if kind != _PAPER), "")
    if decision and not (carried and by_noun):
        return decision, "the kind of its symbol"
    if by_noun:
        return by_noun, f"the noun {noun!r} in the title"
    return (_PAPER, "the kind of its symbol") if told else ("", "")


def _own_names(title: str, pages: Sequence[Page], known: FrontKnowledge) -> Iterator[str]:
    """Acronyms in the title's brackets, and terms that the text defines for itself."""
    names = [
        found["name"].strip()
        for found in _IN_BRACKETS.finditer(title)
        if found["name"].startswith("The ")
        or re.search(rf"(?:{known.nouns.pattern})\W*$", title[: found.start()], re.I)
    ]
    for page in pages[:FRONT_PAGES]:
        text = " ".join(page.text.split())
        names += [each["term"].strip() for each in _OWN.finditer(text) if known.nouns.search(each["noun"])]
        place = text.casefold().find(title.casefold()) if title else -1
        found = _BEHIND.match(text, place + len(title)) if place >= 0 else None
        names += [found["term"].strip()] if found else []
    yield from dict.fromkeys(name for name in names if name and fold_line(name) != fold_line(title))


def _evidence(field: str, found: Title | Dating) -> Evidence:
    return Evidence(field, found.page, found.bbox, found.printed, found.reason)
