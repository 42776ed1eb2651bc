"""What a run knows: the gazetteer, and a row for each document of the corpus that the gazetteer lacks.

In: the gazetteer, and what each file says of itself. Out: a `Gazetteer` with more rows, which the stages from detection
to status use as they use any other. A run reads and identifies all files, builds the register, and only then cites.

A title counts by itself only if no text would hold it by chance: with a noun that means a document and a word that says
what it is about ("Framework on Kite Trade"), or as a run of many words. "Disability" and "Report" mean their documents
beside the symbol only. A document is cited anew only if a row that is new to the gazetteer concerns it: if its text
holds the rarest word of one of the row's names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.gazetteer.lanes import lane_of_kind
from pipeline.gazetteer.load import Gazetteer
from pipeline.names.folding import fold_text
from pipeline.names.spelling import Spelling, load_spelling
from pipeline.names.symbols import SymbolGrammar, find_symbols, load_symbols
from pipeline.names.vocabulary import Vocabulary, load_vocabulary
from pipeline.records import Alias, AliasKind, Entry, Front, Source

_WORD = re.compile(r"[^\W_]+")
# A title without a document's noun is a name if it has this many telling words: fewer stand in any text by chance.
_MIN_WORDS = 6
# A box of the map holds about this many characters.
_SHORT = 60
# "Work Plan on Kites (WPK)", "Comment No. 20: Kites (art. 2)": what may stand behind a title or be left out.
_BRACKET_END = re.compile(r"\s*\([^()]*\)\s*$")
_SUBTITLE = re.compile(r"(?<=\w)(?:\s*:\s+|\s+[–—-]\s+)(?=\S)|(?<=\w)\s*[\"“](?=\w)")
_QUOTES = re.compile(r"[\"“”„]")
_ACRONYM = re.compile(r"[A-Z][A-Za-z-]*[A-Z][\w&/-]*$")


class Row(NamedTuple):
    """A row of the register that the gazetteer has not, or has otherwise."""

    id: str
    key_words: frozenset[str]  # the rarest word of each of its names
    fingerprint: str


def build_register(gazetteer: Gazetteer, sources: Iterable[Source]) -> Gazetteer:
    """The gazetteer with a row for each of these documents that it lacks; the gazetteer itself where it lacks none.

    The order of the sources makes no difference, and several files may be one document.
    """
    new = {source.id: source for source in sorted(sources, key=lambda each: (each.id, each.path), reverse=True)}
    rows = [new[source_id] for source_id in sorted(new) if source_id not in gazetteer.entries and new[source_id].title]
    if not rows:
        return gazetteer
    namer = load_namer(gazetteer)
    entries = {source.id: _make_entry(source, gazetteer, namer) for source in rows}
    fronts = [(source, source.front or Front()) for source in rows]
    found = [namer.names(source.id, source.title, front.own_names, front.annexed) for source, front in fronts]
    names = _without_clashes([name for each in found for name in each], gazetteer, namer.spelling)
    entries = _with_twins(entries, names, namer.spelling)
    register = replace(gazetteer, entries={**gazetteer.entries, **entries}, aliases=(*gazetteer.aliases, *names))
    digest = hashlib.sha256(repr(corpus_rows(register, gazetteer)).encode()).hexdigest()[:16]
    return replace(register, fingerprint=f"{gazetteer.fingerprint}+{digest}")


def load_namer(gazetteer: Gazetteer) -> Namer:
    """The namer that knows a gazetteer's words."""
    return Namer(load_vocabulary(gazetteer), load_spelling(gazetteer.folder), load_symbols(gazetteer.folder))


def _make_entry(source: Source, gazetteer: Gazetteer, namer: Namer) -> Entry:
    front = source.front or Front()
    kind = front.kind if front.kind in gazetteer.kinds else "other"
    return Entry(
        id=source.id,
        title=source.title,
        short_title=_shorten(front.symbols[0] if front.symbols and len(source.title) > _SHORT else source.title),
        kind=kind,
        lane=lane_of_kind(kind, gazetteer.lanes),
        issued=source.issued,
        standing="adopted",
        adopted_by=front.issuer,
        basis=source.path,
        symbols=namer.symbols(source.title, front.symbols),
    )


def _shorten(title: str) -> str:
    return title if len(title) <= _SHORT else title[:_SHORT].rsplit(" ", 1)[0] + " ..."


@dataclass(frozen=True)
class Namer:
    """Finds the names under which texts may cite a document, from what it says of itself."""

    vocabulary: Vocabulary
    spelling: Spelling
    grammar: SymbolGrammar

    def names(
        self, entry_id: str, title: str, own_names: Iterable[str] = (), annexed: Iterable[str] = ()
    ) -> tuple[Alias, ...]:
        """Its names, each once, the title first; a name that other things bear too needs a second sign."""
        found: dict[str, Alias] = {}
        for text, kind in self._candidates(title, own_names, annexed):
            if self.symbol_of(text)[0]:
                continue  # its symbol is known by the grammar, in every writing
            name = Alias(text, entry_id, kind, needs_support=self._is_common(text, kind))
            if self._is_name(text, kind):
                found.setdefault(text.casefold(), name)
        return tuple(found.values())

    def symbols(self, title: str, given: Iterable[str] = ()) -> tuple[str, ...]:
        """Its symbols, the one with which its title begins too: "General Comment No. 20: ..."."""
        begins = (symbol.normal for symbol in find_symbols(title, self.grammar)[:1] if symbol.lead <= 1)
        return tuple(dict.fromkeys((*given, *begins)))

    def symbol_of(self, name: str) -> tuple[str, str]:
        """The symbol that a cited name is, and the body that gave it; both empty where it is none or nobody is told."""
        found = next((symbol for symbol in find_symbols(name, self.grammar) if symbol.end == len(name)), None)
        return (found.normal, found.body) if found is not None and found.body else ("", "")

    def _candidates(
        self, title: str, own_names: Iterable[str], annexed: Iterable[str]
    ) -> Iterator[tuple[str, AliasKind]]:
        for whole in (title, *annexed):
            for text in self._wordings(whole):
                yield text, AliasKind.TITLE if text == title else AliasKind.VARIANT
        for name in own_names:
            yield name, AliasKind.ACRONYM if _ACRONYM.match(name) else AliasKind.SHORT

    def _wordings(self, title: str) -> Iterator[str]:
        """The title whole, without its symbol, its body, a bracket at the end, or its subtitle."""
        plain = _QUOTES.sub(" ", title)
        yield " ".join(plain.split())
        symbols = [symbol.end for symbol in find_symbols(plain, self.grammar)[:1] if symbol.lead <= 1]
        bodies = [end for start, end, _ in self.grammar.find_bodies(plain)[:1] if start == 0]
        for end in (*symbols, *bodies):
            rest = plain[end:].lstrip(" .:,-–—()0123456789")
            yield from self._wordings(rest) if rest else ()
        short = _BRACKET_END.sub("", plain)
        if short != plain and short:
            yield " ".join(short.split())
        parts = _SUBTITLE.split(title, maxsplit=1)
        if len(parts) == 2 and self._has_noun(parts[0]):
            yield " ".join(_QUOTES.sub(" ", parts[0]).split())

    def _is_name(self, text: str, kind: AliasKind) -> bool:
        """Whether it may mean the document at all, with a second sign if need be."""
        if kind is AliasKind.ACRONYM:
            return True
        words = self._telling(text)
        return bool(words) if self._has_noun(text) else len(words) >= _MIN_WORDS

    def _is_common(self, text: str, kind: AliasKind) -> bool:
        """Whether it means other things too, so that a second sign is needed."""
        if kind is AliasKind.ACRONYM:
            return True
        return kind is AliasKind.SHORT and len(self._telling(text)) < 2

    def _telling(self, text: str) -> list[str]:
        """The words that say what it is about."""
        silent = self.vocabulary["heads"] | self.vocabulary["empty"] | self.vocabulary["inside"]
        return [word for word in _words(text) if word not in silent and not word.isdigit() and len(word) > 2]

    def _has_noun(self, text: str) -> bool:
        """Whether it is called by a document's noun: "Framework on Kites", not "Kites under the Framework"."""
        return self.vocabulary.calls_document(_words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold_text(text).lower())


def _without_clashes(names: Sequence[Alias], gazetteer: Gazetteer, spelling: Spelling) -> tuple[Alias, ...]:
    """Without names that are the gazetteer's own already: its documents are not taken from it."""
    taken = {spelling.key(alias.text) for alias in gazetteer.aliases}
    return tuple(name for name in names if spelling.key(name.text) not in taken)


def _with_twins(entries: dict[str, Entry], names: Sequence[Alias], spelling: Spelling) -> dict[str, Entry]:
    """The rows, those that share a name knowing of each other."""
    bearers: dict[str, dict[str, None]] = {}
    for name in names:
        bearers.setdefault(spelling.key(name.text), {})[name.entry_id] = None
    twins: dict[str, set[str]] = {}
    for ids in bearers.values():
        for entry_id in ids if len(ids) > 1 else ():
            twins.setdefault(entry_id, set()).update(other for other in ids if other != entry_id)
    return {
        entry_id: replace(entry, ambiguous_with=tuple(sorted(twins.get(entry_id, ()))))
        for entry_id, entry in entries.items()
    }


def corpus_rows(register: Gazetteer, gazetteer: Gazetteer) -> tuple[Row, ...]:
    """The rows of a register that are not those of its gazetteer, by id."""
    if register is gazetteer:
        return ()
    rows = []
    for entry_id, entry in sorted(register.entries.items()):
        aliases = register.aliases_of[entry_id]
        if gazetteer.entries.get(entry_id) == entry and gazetteer.aliases_of[entry_id] == aliases:
            continue
        names = (entry.title, entry.short_title, *(alias.text for alias in aliases))
        words = {rarest_word(name) for name in names if name}
        words.update(word for symbol in entry.symbols for word in _symbol_words(symbol))
        fingerprint = hashlib.sha256(repr((entry, aliases)).encode()).hexdigest()[:16]
        rows.append(Row(entry_id, frozenset(words), fingerprint))
    return tuple(rows)


def rarest_word(name: str) -> str:
    """The word of a name that the fewest texts hold; as long as nobody counts them, the longest one."""
    return max(sorted(split_words(name)), key=len, default="")


def _symbol_words(symbol: str) -> tuple[str, ...]:
    """The greatest number of a symbol, and the word that holds it: "65" and "wha65" of "WHA65.4"."""
    number = max(re.findall(r"\d+", symbol), key=int, default="")
    return (number, *(word for word in sorted(split_words(symbol)) if number and number in word))


def split_words(text: str) -> frozenset[str]:
    """The words of a text, folded, each once."""
    return frozenset(_WORD.findall(fold_text(text).casefold()))
