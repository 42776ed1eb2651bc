"""Documents named by a symbol or number: "General Assembly resolutions 61/512", "Decision No. 4/2011", "A/RES/66/2".

In: a running text and the grammar of symbols. Out: spots, the word and the issuer before a symbol in its span; each
further member of a list is a spot of its own. What the grammar does not know is a number behind a noun that documents
are numbered by. The document's own symbol, alone on a line before the first sentence, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from pipeline.detect.spans import How, Spot, keep_longest
from pipeline.names.symbols import SymbolGrammar, find_symbols
from pipeline.names.vocabulary import Vocabulary

SYMBOL = "symbol"
_ISSUER = re.compile(r"(?:[A-Z][\w-]+(?:'s?)?\s(?:(?:of|for|on|and|the)\s){0,2}){1,8}$")
_NUMBER = r"[A-Z]{2,5}\d{1,3}\(\d{1,3}\)|\d{1,4}(?:/\d{1,4}|/[A-Z]{2,4}){1,3}|\d{1,4}/[IVX]+"
_MEMBER = re.compile(rf"(?:,\s?|,?\s(?:and|or|&)\s)(?P<number>(?:Nos?\.?\s)?(?:{_NUMBER}))(?![\w/])")
_PLAIN_MEMBER = re.compile(r"(?:,\s?|,?\s(?:and|or|&)\s)(?P<number>\d{1,3})(?![\w/.])")
_ALONE = re.compile(rf"(?<![\w./])(?:No\.\s(?:{_NUMBER}))(?![\w/])")
_OWNER = re.compile(r"\sof\sthe\s(?:(?:[A-Z][\w-]+|of|on|for|the|and)\s?)+")
_TAIL = re.compile(r"(?:,\s?|,?\sand\s)(?P<number>R\.?\d{1,3})(?![\w/.])")
_ABOUT = re.compile(r"\s(?:on|concerning)\s(?:(?:[A-Z][\w-]+|of|on|for|the|and|in)\s?)+")
_SMALL_END = re.compile(r"(?:\s?\b(?:of|on|for|the|and|in)\b)*\s*$")
# The document's own symbol stands alone on one of so many first lines.
_MAX_HEAD = 4


def find_numbered(text: str, borders: Sequence[int], grammar: SymbolGrammar, vocabulary: Vocabulary) -> list[Spot]:
    """The spots of symbols and numbers, in the order of the text; `borders` are those of its stretches."""
    found = keep_longest([*_symbols(text, grammar, vocabulary), *_numbers(text, vocabulary)])
    head = set(pairwise(borders[: _MAX_HEAD + 1]))
    own = {spot.antecedent for spot in found if any(_is_all_of(text, spot, *lines) for lines in head)}
    return [spot for spot in found if spot.antecedent not in own]


def _is_all_of(text: str, spot: Spot, start: int, end: int) -> bool:
    return start <= spot.start and spot.end <= end and text[start:end].strip() == text[spot.start : spot.end]


def _symbols(text: str, grammar: SymbolGrammar, vocabulary: Vocabulary) -> Iterator[Spot]:
    found = find_symbols(text, grammar)
    bodies = {end: start for start, end, _ in grammar.find_bodies(text)} if found else {}
    word = re.compile(rf"(?i:{'|'.join(sorted({*vocabulary['numbered'], 'document'}))})s?\s$")
    for symbol in found:
        start = min(symbol.lead, symbol.start)
        before = word.search(text, max(0, start - 20), start) if start == symbol.start else None
        start = before.start() if before is not None else start
        if start < symbol.start:
            start = _with_issuer(text, start, bodies)
        yield Spot(start, symbol.end, SYMBOL, how=How.EXACT, name=symbol.normal, antecedent=symbol.normal)
        tail = _TAIL.match(text, symbol.end) if re.search(r"/R\.?\d+$", symbol.normal) else None
        while tail is not None:  # "SEA/RC58/R19 and R21"
            name = re.sub(r"R\.?\d+$", tail["number"], symbol.normal)
            yield Spot(*tail.span("number"), SYMBOL, how=How.EXACT, name=name, antecedent=name)
            tail = _TAIL.match(text, tail.end())


def _with_issuer(text: str, start: int, bodies: dict[int, int]) -> int:
    """Where the issuer straight before begins: a body of the grammar, else nothing."""
    place = text.rfind(" ", 0, start) if text[start - 1 : start] == " " else start
    for end in (place, place - 2):  # "the Assembly's resolution"
        if end in bodies:
            return bodies[end]
    return start


def _numbers(text: str, vocabulary: Vocabulary) -> Iterator[Spot]:
    nouns = _noun_pattern(vocabulary["numbered"])
    plural = ""
    for found in nouns.finditer(text):
        start, end = found.span()
        plain = found["number"].isdigit()
        if plain and not found["no"]:
            owner = _OWNER.match(text, end)
            if owner is None:
                continue
            end += len(_SMALL_END.sub("", owner.group()))
        about = _ABOUT.match(text, end) if found["no"] and text[start].isupper() else None
        if about is not None and about.group().split()[-1] != about.group().split()[0]:
            end += len(_SMALL_END.sub("", about.group()))
        issuer = re.search(r"(?:[A-Z][\w-]+\s){1,3}$", text[max(0, start - 40) : start])
        if issuer is not None and not plain and text[start].isupper():
            start -= len(issuer.group())
        plural = found["noun"]
        yield _spot(text, start, end)
        more = _PLAIN_MEMBER if plain else _MEMBER
        member = more.match(text, end)
        while member is not None:
            yield _spot(text, *member.span("number"), noun=plural)
            end = member.end()
            member = more.match(text, end)
    for found in _ALONE.finditer(text) if plural else ():
        yield _spot(text, *found.span(), noun=plural)


def _spot(text: str, start: int, end: int, noun: str = "") -> Spot:
    name = f"{noun} {text[start:end]}".strip()
    return Spot(start, end, SYMBOL, how=How.EXACT, name=name, antecedent=name)


@lru_cache(maxsize=4)
def _noun_pattern(nouns: frozenset[str]) -> re.Pattern[str]:
    kinds = "|".join(sorted(nouns))
    return re.compile(
        rf"\b(?P<noun>(?i:(?:general\s)?(?:{kinds})))s?\s(?:\([A-Z]{{2,4}}\)\s)?(?P<no>Nos?\.?\s)?"
        rf"(?P<number>{_NUMBER}|\d{{1,3}})(?![\w/]|\.\d)(?:\s\((?:19|20)\d\d\))?"
    )
