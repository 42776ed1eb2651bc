"""Which document a file is: SOURCES.csv's word, else its front matter against the names of the gazetteer.

In: a `Reading`, the gazetteer, the file's row of SOURCES.csv if any. Out: a `Source` with its `Front`, and issues.
A name counts only if it is the whole title: the "Understanding on Article 1 of the Agreement establishing X" is not X.
Nothing is a known document against its date, or against the kind that its symbol says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.identify.front import missing, read_front
from pipeline.identify.lines import load_front_knowledge
from pipeline.names.dates import YEAR
from pipeline.names.symbols import SymbolGrammar, find_symbols, load_symbols
from pipeline.records import UNLISTED, Alias, AliasKind, DateKind, Entry, Front, Issue, Reading, Severity, Source

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# A title page and the gazetteer may differ by this many years (adopted in December, signed in January) and no more;
# what is printed may bear the year of the print.
_YEARS_APART = 1
_YEARS_TO_PRINT = 3
_SLUG = 80  # characters
_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_BRACKETS = re.compile(r"\([^()\d]{1,24}\)|\[[^\[\]\d]{1,24}\]")
_ARTICLES = frozenset(("the", "a", "an"))
# Words that an acronym passes over.
_SMALL = frozenset("of on for to under between among and in concerning relating regarding with by at".split())  # noqa: SIM905


def identify_source(
    reading: Reading,
    gazetteer: Gazetteer,
    listed: Mapping[str, str] | None = None,
    mastheads: frozenset[str] = frozenset(),
) -> tuple[Source, tuple[Issue, ...]]:
    """Say which document a file is, when it was adopted and how we know; `listed` is its row of SOURCES.csv."""
    front = read_front(reading, load_front_knowledge(gazetteer), mastheads)
    issues = list(_hash_issues(reading, listed))
    claimed = (listed or {}).get("document_id", "").strip()
    if claimed in gazetteer.entries:
        return _known(reading, gazetteer.entries[claimed], front, "SOURCES.csv"), tuple(issues)
    if claimed and not claimed.startswith(UNLISTED):
        issues.append(_warning(f"SOURCES.csv: document_id {claimed!r} is not in the gazetteer", "mend or add it"))
    title = front.title or Path(reading.path).stem
    source_id = claimed if claimed.startswith(UNLISTED) else UNLISTED + make_slug(title, front)
    if source_id in gazetteer.found_as:
        entry = gazetteer.entries[gazetteer.found_as[source_id]]
        return _known(reading, entry, front, "accepted from the inbox"), tuple(issues)
    entries, basis = _named_entries(front, gazetteer)
    fitting = [entry for entry in entries if _agrees(entry, front)]
    if len(fitting) == 1:
        return _known(reading, fitting[0], front, basis), tuple(issues)
    if entries:
        issues.append(_doubt(entries, front, basis))
    source = Source(source_id, reading.path, reading.sha256, title, front.issued, "unlisted", front)
    if reading.pages:
        issues.extend(missing(front, reading.path))
    return source, tuple(issues)


def make_slug(title: str, front: Front) -> str:
    """The title in small letters and hyphens, cut at a word's end, then the file's symbol, else its year.

    It depends on the file alone, so that no other file of the corpus changes it.
    """
    words = fold_words(title)
    last = "-".join(fold_words(front.symbols[0])) if front.symbols else ""
    if not last and front.issued is not None and str(front.issued.year) not in words:
        last = str(front.issued.year)
    slug, room = "-".join(words), _SLUG - len(last) - bool(last)
    if len(slug) > room:
        slug = slug[:room].rsplit("-", 1)[0]
    return "-".join(filter(None, (slug, last)))


def fold_words(text: str) -> list[str]:
    """Comparable words: no case, no brackets (unless they hold a number), no articles."""
    plain = _BRACKETS.sub(lambda found: " " * len(found.group()), text)
    words = (_fold(found.group()) for found in _WORD.finditer(plain))
    return [word for word in words if word not in _ARTICLES]


def _named_entries(front: Front, gazetteer: Gazetteer) -> tuple[tuple[Entry, ...], str]:
    """The entries whose symbol or whole name the front matter bears, and where it stands."""
    names = _load_names(gazetteer, load_symbols(gazetteer.folder))
    by_symbol = tuple(dict.fromkeys(entry for symbol in front.symbols for entry in names.symbols.get(symbol, ())))
    if by_symbol:
        return by_symbol, "symbol"
    return names.find(front), str(front.title_from or "")


@lru_cache(maxsize=4)
def _load_names(gazetteer: Gazetteer, grammar: SymbolGrammar) -> _Names:
    return _Names(gazetteer, grammar)


class _Names:
    """The gazetteer's names in the form in which they are compared with a title."""

    def __init__(self, gazetteer: Gazetteer, grammar: SymbolGrammar) -> None:
        self.entries = gazetteer.entries
        self.aliases: dict[str, list[Alias]] = {}
        self.symbols: dict[str, list[Entry]] = {}
        for entry in gazetteer.entries.values():
            for symbol in entry.symbols:
                self.symbols.setdefault(symbol, []).append(entry)
        for alias in gazetteer.aliases:
            self.aliases.setdefault("".join(fold_words(alias.text)), []).append(alias)
            symbols = find_symbols(alias.text, grammar) if re.search(r"\d", alias.text) else []
            if len(symbols) == 1 and symbols[0].end == len(alias.text):
                self.symbols.setdefault(symbols[0].normal, []).append(self.entries[alias.entry_id])
        self.acronyms = sorted(
            {found.casefold() for alias in gazetteer.aliases for found in _ACRONYM.findall(alias.text)}
        )

    def find(self, front: Front) -> tuple[Entry, ...]:
        """The entries one of whose names is the whole title, or all but a year that fits, or but a subtitle."""
        owner = re.match(r"[A-Z]{3,}\b", front.issuer)
        owned = f"{owner[0]} {front.title}" if owner else front.title
        for title in dict.fromkeys((front.title, owned, re.split(r":\s|\s[–—]\s", front.title)[0])):
            for words in _spellings(title, self.acronyms):
                found = {alias.entry_id for alias in self._bearing(words)}
                if found:
                    return tuple(self.entries[entry_id] for entry_id in sorted(found))
        return ()

    def _bearing(self, words: Sequence[str]) -> Iterator[Alias]:
        yield from self.aliases.get("".join(words), ())
        years = [int(word) for word in words if re.fullmatch(YEAR, word)]
        rest = [word for word in words if not re.fullmatch(YEAR, word)]
        if years and rest:
            for alias in self.aliases.get("".join(rest), ()):
                entry = self.entries[alias.entry_id]
                if alias.kind is not AliasKind.ACRONYM and _years_fit(entry, years):
                    yield alias


def _spellings(title: str, acronyms: Sequence[str]) -> Iterator[list[str]]:
    """The title's words, and the same with each run of them that spells out an acronym put as the acronym."""
    plain = fold_words(title)
    yield plain
    for acronym in acronyms:
        contracted = _contract(plain, acronym)
        if contracted != plain:
            yield contracted


def _contract(words: Sequence[str], acronym: str) -> list[str]:
    contracted: list[str] = []
    number = 0
    while number < len(words):
        begins = words[number][0] == acronym[0]
        taken = _spelled_out(acronym, words[number : number + 2 * len(acronym)]) if begins else 0
        contracted.append(acronym if taken else words[number])
        number += taken or 1
    return contracted


def _spelled_out(acronym: str, words: Sequence[str]) -> int:
    """How many words spell the acronym: each gives its first letter, "Southeast" its S and E; 0 if they do not."""
    left, taken = acronym, 0
    for number, word in enumerate(words):
        if number and word in _SMALL:
            continue
        if not left or word[0] != left[0]:
            break
        left, taken = left[1:], number + 1
        following = next((later[0] for later in words[number + 1 :] if later not in _SMALL), "")
        if left and following != left[0] and left[0] in word[1:]:
            left = left[1:]
    return taken if not left and taken > 1 else 0


def _years_fit(entry: Entry, years: Iterable[int]) -> bool:
    own = {entry.issued.year if entry.issued else None, *entry.period} - {None}
    return own.issuperset(years)


def _agrees(entry: Entry, front: Front) -> bool:
    """Neither date nor kind says that it is another document."""
    is_decision = bool(front.symbols) and front.kind in ("resolution", "general-comment")
    if is_decision and entry.kind != front.kind:
        return False
    if front.issued is None or entry.issued is None:
        return True
    later = _YEARS_TO_PRINT if front.date_kind is DateKind.ISSUE else _YEARS_APART
    return -_YEARS_APART <= front.issued.year - entry.issued.year <= later


def _known(reading: Reading, entry: Entry, front: Front, basis: str) -> Source:
    return Source(entry.id, reading.path, reading.sha256, entry.title, entry.issued or front.issued, basis, front)


def _hash_issues(reading: Reading, listed: Mapping[str, str] | None) -> Iterator[Issue]:
    expected = (listed or {}).get("sha256", "").strip().lower()
    if expected and expected != reading.sha256:
        message = f"SOURCES.csv: sha256 of {Path(reading.path).name} is {reading.sha256}, not {expected}"
        yield _warning(message, "the file has been replaced: check it, then correct the row")


def _doubt(entries: Sequence[Entry], front: Front, basis: str) -> Issue:
    ids = ", ".join(entry.id for entry in entries)
    day = f"the text is dated {front.issued}" if front.issued else "the text gives no date"
    return _warning(f"{basis} names {ids}, but {day}: left unlisted", "name the document in SOURCES.csv")


def _warning(message: str, remedy: str) -> Issue:
    return Issue("", "identify", Severity.WARNING, message, remedy)


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
