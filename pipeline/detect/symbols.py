"""Documents cited by their symbol: "resolution WHA65.4", "resolutions 60/35 and 66/115", "document A67/17".

In: a running text and the spots found so far. Out: the same, with a spot for each symbol. A symbol of a document that
the register holds means that one, whatever words stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.detect.spans import Spot
from pipeline.gazetteer.load import Held
from pipeline.names.symbols import Symbol, find_symbols, load_symbols
from pipeline.records import Entry, Source

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

PATTERN = "symbol"
# "general comment No. 5 (2017)": the year tells one body's fifth comment from another's.
_YEAR = re.compile(r"\s?\(((?:19|20)\d\d)\)")
# Kinds whose name goes on behind the number: "General Comment No. 31 on Kites"; so far may a name begin before it.
_TITLED = ("general-comment", "agreement")
_REACH = 40
# "resolution", "document" before a symbol that needs no such word.
_NOUN = re.compile(r"\b(?:(?:resolution|decision|document|report|circular)s?)\s$", re.I)


def add_symbols(text: str, source: Source, spots: Sequence[Spot], gazetteer: Gazetteer) -> list[Spot]:
    """The spots with those of symbols; an unlisted name that begins with a symbol becomes the symbol's."""
    grammar, index = load_symbols(gazetteer.folder), _load_index(Held(gazetteer))
    front, entry = source.front, gazetteer.entries.get(source.id)
    own = {*(front.symbols if front else ()), *(entry.symbols if entry else ())}
    bodies = {end: start for start, end, _ in grammar.find_bodies(text)}
    kept = list(spots)
    for symbol in find_symbols(text, grammar, front.issuer if front else ""):
        start = _start(text, symbol, bodies)
        if symbol.normal in own or _heads_text(text, start, symbol):
            continue
        ids = tuple(each.id for each in index.get(symbol.normal, ()) if _is_meant(text, symbol, each))
        covering = [spot for spot in kept if spot.start < symbol.end and start < spot.end and not spot.is_body]
        if any(spot.entry_ids for spot in covering):
            continue
        begun = next((spot for spot in covering if spot.start <= symbol.start and spot.start >= start - _REACH), None)
        kept = [spot for spot in kept if spot not in covering]
        if begun is not None and (ids or symbol.kind in _TITLED):
            kept.append(replace(begun, pattern=PATTERN, entry_ids=ids, how="exact", name=symbol.normal))
        else:
            kept.append(Spot(start, symbol.end, PATTERN, ids, name=symbol.normal))
    return sorted(kept, key=lambda spot: (spot.start, spot.end))


def _start(text: str, symbol: Symbol, bodies: Mapping[int, int]) -> int:
    """Where the symbol begins with its noun and the body that gave it: "Human Rights Council resolutions 27/103"."""
    noun = _NOUN.search(text, max(0, symbol.start - 12), symbol.start)
    start = min(symbol.lead, noun.start() if noun else symbol.start)
    before = bodies.get(len(text[:start].rstrip())) if start < symbol.start else None
    return start if before is None or text[before:start].count("\n") else before


def _heads_text(text: str, start: int, symbol: Symbol) -> bool:
    """Whether it stands over the text, alone or before a title: the text's own symbol."""
    behind = text[symbol.end :].lstrip(" \n|:.")[:1]
    return not text[:start].strip(" \n|([") and not behind.islower()


def _is_meant(text: str, symbol: Symbol, entry: Entry) -> bool:
    """Whether issuer and year are against it; numbers that several bodies give need one of them for it."""
    year = _YEAR.match(text, symbol.end)
    if year and entry.issued and abs(entry.issued.year - int(year[1])) > 1:
        return False
    if symbol.body:
        return not entry.adopted_by or entry.adopted_by == symbol.body
    return bool(year and entry.issued)


@lru_cache(maxsize=4)
def _load_index(held: Held) -> Mapping[str, tuple[Entry, ...]]:
    """The entries of each symbol, by its normal form: their own, and names that are symbols."""
    grammar = load_symbols(held.gazetteer.folder)
    found: dict[str, dict[str, Entry]] = {}
    for entry in held.gazetteer.entries.values():
        for symbol in entry.symbols:
            found.setdefault(symbol, {})[entry.id] = entry
    for alias in held.gazetteer.aliases:
        symbols = find_symbols(alias.text, grammar) if any(map(str.isdigit, alias.text)) else []
        if len(symbols) == 1 and symbols[0].end == len(alias.text) and symbols[0].lead == 0:
            found.setdefault(symbols[0].normal, {})[alias.entry_id] = held.gazetteer.entries[alias.entry_id]
    return {symbol: tuple(entries.values()) for symbol, entries in found.items()}
