"""The symbols by which institutions number their documents: "resolution WHA65.4", "resolutions 60/35 and 66/115".

In: a text, and the grammar in `gazetteer/symbols.yaml`. Out: each symbol's place with its normal form, the same for
all its writings. Numbers keep their order and their separator. What could be of two bodies is of the one named
beside it, or of the text's own; where neither says it, only a series marked `default` may have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.knowledge import Fault, GazetteerError, parse_yaml, read_text
from pipeline.names.dates import find_dates

SYMBOLS = "symbols.yaml"
_KEYS = ("parts", "bodies", "series")
_SERIES_KEYS = {"id", "body", "kind", "normal", "writings", "parts", "short", "words", "default", "examples", "body_of"}
_PART = re.compile(r"\{(\w+)\}")
# A body stands this near before the word ("General Assembly resolution"), or behind the numbers ("of the Commission").
_NEAR_BODY = 4
# How far back "the Council" looks for the body named in full, and a number in brackets for the word "resolutions".
_REACH = 600
_ELLIPTIC = re.compile(r"[(,;]\s?(?:and\s)?(?=\d)")
_SEPARATOR = re.compile(r"\s?(?:\d{1,2}(?=[,;\s]))?(?:[,;](?:\d{1,2}(?=\s))?|\s)\s?(?:and\s|or\s|,\s?)*")
_OF_DATE = re.compile(r"\s+(?:of|\()\s?$")


class Symbol(NamedTuple):
    """A symbol in a text: its place, normal form, issuing body ("" where no one says it) and kind."""

    start: int
    end: int
    normal: str
    body: str
    kind: str
    short: str  # the numbers alone, as the body's own documents print them: "67/82"; "" where they never stand alone
    lead: int  # where the word begins that stands before it ("resolution", "General Comment"), else as `start`


@dataclass(frozen=True)
class Series:
    """One numbering of one body."""

    id: str
    body: str
    kind: str
    normal: str
    writings: tuple[re.Pattern[str], ...]
    short: re.Pattern[str] | None
    item: re.Pattern[str] | None  # `short` without "No.", as in the rest of a list
    words: frozenset[str]
    default: bool
    examples: Mapping[str, Sequence[str]]
    counterexamples: Sequence[str]
    body_of: Mapping[str, str]  # by a part of the symbol, where one series serves several bodies

    def normal_form(self, found: re.Match[str]) -> str:
        """The normal form of what a writing found; parts that are missing leave no trace."""
        parts = {key.rstrip("_"): value for key, value in found.groupdict().items() if value}
        text = _PART.sub(lambda part: parts.get(part[1], ""), self.normal)
        return re.sub(r"[ ,/]*\b(Add|Corr|Rev)\. ?(\d+)", r"/\1.\2", re.sub(r"\s+", " ", text))


@dataclass(frozen=True, eq=False)
class SymbolGrammar:
    """The series and bodies of `symbols.yaml`."""

    series: tuple[Series, ...]
    bodies: Mapping[str, tuple[str, ...]]

    @cached_property
    def lead(self) -> re.Pattern[str]:
        """The words behind which a short symbol may stand."""
        words = sorted({word for each in self.series for word in each.words}, key=len, reverse=True)
        return _any_of(words)

    @cached_property
    def body_names(self) -> re.Pattern[str]:
        """Any name of a body, the longest first."""
        names = {name for names in self.bodies.values() for name in names} | set(self.bodies)
        return _any_of(sorted(names, key=len, reverse=True))

    def find_bodies(self, text: str) -> list[tuple[int, int, str]]:
        """Where bodies are named in a text, and which."""
        if not self.bodies:
            return []
        return [
            (found.start(), found.end(), self._body_of[_fold(found.group())])
            for found in self.body_names.finditer(text)
        ]

    @cached_property
    def _body_of(self) -> dict[str, str]:
        return {_fold(name): body for body, names in self.bodies.items() for name in (body, *names)}


def find_symbols(text: str, grammar: SymbolGrammar, body: str = "") -> list[Symbol]:
    """The symbols in a text, in its order; `body` is the one that issued the text, if that is known."""
    found = [*_complete(text, grammar), *_short(text, grammar, body)]
    found.sort(key=lambda symbol: (symbol.start, -symbol.end))
    kept: list[Symbol] = []
    for symbol in found:
        if not kept or symbol.start >= kept[-1].end:
            kept.append(symbol)
    return kept


def load_symbols(folder: Path) -> SymbolGrammar:
    """The grammar in a gazetteer's folder, empty where there is none; raises GazetteerError naming what is wrong."""
    return _parse(folder, symbols_text(folder))


def symbols_text(folder: Path) -> str:
    """The file of the grammar as it stands, empty where there is none."""
    return read_text(folder / SYMBOLS)


def parse_symbols(content: str) -> SymbolGrammar:
    """The grammar of a file's content."""
    return _parse(Path(), content)


def _complete(text: str, grammar: SymbolGrammar) -> Iterator[Symbol]:
    """Symbols that need no word beside them; of two series the one listed first."""
    taken: set[tuple[int, int]] = set()
    for series in grammar.series:
        for writing in series.writings:
            for found in writing.finditer(text):
                if (
                    not re.search(r"[\w/.-]$", text[max(0, found.start() - 1) : found.start()])
                    and found.span() not in taken
                ):
                    taken.add(found.span())
                    yield _symbol(series, found, series.body)


def _short(text: str, grammar: SymbolGrammar, own: str) -> Iterator[Symbol]:
    """Numbers behind a word: "resolution 65/95", and the rest of a list of them."""
    leads = list(grammar.lead.finditer(text))
    numbering = {each.body for each in grammar.series}
    bodies = [each for each in grammar.find_bodies(text) if each[2] in numbering] if leads else []
    for number, lead in enumerate(leads):
        stop = leads[number + 1].start() if number + 1 < len(leads) else len(text)
        word = _fold(lead.group())
        series = [each for each in grammar.series if each.short and word in each.words]
        place = lead.end() + len(re.match(r"\s*", text[lead.end() :])[0])  # type: ignore[index]
        items = list(_list_items(text, place, series)) or list(_elliptic_items(text, lead.end(), stop, series))
        if items:
            named = _body_beside(text, lead.start(), items[-1][-1].end(), bodies, own)
            for fitting in items:
                chosen = _choose(fitting, series, named, own)
                if chosen is not None:
                    yield chosen._replace(lead=lead.start() if chosen.start == place else chosen.start)


def _list_items(text: str, place: int, series: Sequence[Series]) -> Iterator[list[re.Match[str]]]:
    """The readings of each number of a list that begins at `place`, one match a series that fits it."""
    first = True
    while True:
        fitting = [each.short if first else each.item for each in series]
        found = [match for pattern in fitting if pattern and (match := pattern.match(text, place))]
        if not found:
            return
        longest = max(match.end() for match in found)
        yield [match for match in found if match.end() == longest]
        first, place = False, _skip_separator(text, longest)


def _skip_separator(text: str, place: int) -> int:
    """Behind a comma, "and", a footnote's number, and "of 16 December 1996"."""
    dated = next(find_dates(text[place : place + 40]), None)
    if dated and _OF_DATE.fullmatch(text, place, place + dated.start):
        place += dated.end
    separator = _SEPARATOR.match(text, place)
    return separator.end() if separator else place


def _elliptic_items(text: str, start: int, stop: int, series: Sequence[Series]) -> Iterator[list[re.Match[str]]]:
    """Numbers further on in the sentence, each with its subject: "(64/131 on villages, 65/186 on ...)"."""
    sentence = re.search(r"\.\s+[A-Z]", text[start : min(stop, start + _REACH)])
    end = start + sentence.start() if sentence else min(stop, start + _REACH)
    for opening in _ELLIPTIC.finditer(text, start, end):
        found = [match for each in series if each.short and (match := each.short.match(text, opening.end()))]
        found = [match for match in found if re.match(r"\s(?:on|entitled)\s", text[match.end() : match.end() + 12])]
        if found:
            yield found


def _body_beside(text: str, start: int, end: int, bodies: list[tuple[int, int, str]], own: str) -> str:
    """The body that the words before or behind the numbers name, in full or by its last word; "" if none does."""
    before = text[max(0, start - 60) : start]
    for left, right, body in bodies:
        if 0 <= start - right <= _NEAR_BODY or (end <= left <= end + 60 and _is_owner(text[end:left])):
            return body
        if right <= start and re.fullmatch(r"\W*(?:contained\s+)?in\s+its\s+", text[right:start]):
            return body
    called = re.search(r"\b([A-Z]\w+)(?:['’]s)?\s+$", before)
    if called:
        earlier = [body for left, _, body in bodies if start - _REACH <= left < start] + [own]
        return next((body for body in reversed([own, *earlier]) if body.endswith(" " + called[1])), "")
    return ""


def _is_owner(between: str) -> bool:
    return (
        re.fullmatch(r"(?:\s\([^()]*\))?\s(?:adopted\sby|of)\s(?:the\s)?(?:\w+-\w+\s)?(?:United\sNations\s)?", between)
        is not None
    )


def _choose(fitting: list[re.Match[str]], series: Sequence[Series], named: str, own: str) -> Symbol | None:
    """The series that the number is of: the named body's, else the text's own body's, else the default."""
    pairs = [(each, match) for match in fitting for each in series if match.re in (each.short, each.item)]
    for body in (named, own if not named else ""):
        for each, match in pairs:
            if body and (each.body == body or not each.body):
                return _symbol(each, match, body)
    if named:
        return None
    return next((_symbol(each, match, each.body) for each, match in pairs if each.default), None)


def _symbol(series: Series, found: re.Match[str], body: str) -> Symbol:
    parts = [value for value in found.groupdict().values() if value]
    body = next((series.body_of[part] for part in parts if part in series.body_of), body)
    normal = series.normal_form(found)
    short = normal[normal.find(parts[0]) :] if series.short and parts else ""
    return Symbol(found.start(), found.end(), normal, body, series.kind, short, found.start())


@lru_cache(maxsize=4)
def _parse(folder: Path, content: str) -> SymbolGrammar:
    loaded = parse_yaml(folder / SYMBOLS, content, _KEYS)
    bodies = {body: tuple(names) for body, names in (loaded.get("bodies") or {}).items()}
    parts = dict(loaded.get("parts") or {})
    try:
        return SymbolGrammar(tuple(_read_series(row, parts) for row in loaded.get("series") or ()), bodies)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise GazetteerError(
            folder, [Fault(SYMBOLS, 0, "series", str(error)[:80], "see the README of the gazetteer")]
        ) from None


def _read_series(row: Mapping[str, Any], parts: Mapping[str, str]) -> Series:
    unknown = set(row) - _SERIES_KEYS - {"counterexamples"}
    if unknown:
        raise ValueError(f"{row.get('id', '?')}: unknown key {', '.join(sorted(unknown))}")
    own = {**parts, **row.get("parts", {})}
    short = row.get("short", "")
    return Series(
        row["id"],
        row["body"],
        row["kind"],
        row["normal"],
        tuple(_compile(writing, own) for writing in row["writings"]),
        _compile(short, own) if short else None,
        _compile(re.sub(r"\(?\{no\} |(?<=\})\)$", "", short) if "{no}" in short else short, own) if short else None,
        frozenset(map(_fold, row.get("words", ()))),
        row.get("default") == "true",
        row["examples"],
        row.get("counterexamples", ()),
        row.get("body_of", {}),
    )


def _compile(writing: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """A writing as a pattern; alternatives are told apart by a line, a space may be missing."""
    compiled = []
    for number, alternative in enumerate(writing.split("|")):
        pieces = re.split(r"(\{\w+\})", alternative)
        pattern = "".join(
            f"(?P<{piece[1:-1]}{'_' * number}>{parts[piece[1:-1]]})"
            if _PART.fullmatch(piece)
            else re.escape(piece).replace(r"\ ", r"\s?")
            for piece in pieces
        )
        compiled.append(pattern)
    return re.compile(rf"(?:{'|'.join(compiled)})(?![\w/-]|[.](?=\d))")


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    spelled = [r"\s+".join(re.escape(word).replace("'", "['’]") for word in name.split()) for name in names]
    return re.compile(rf"\b(?:{'|'.join(spelled) or '(?!)'})\b", re.IGNORECASE)


def _fold(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())
