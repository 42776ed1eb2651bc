"""The names of a gazetteer as linking compares them: profiles for the guards, an index by word, and how rare words are.

Built once per gazetteer and shared by all documents, so nothing in it depends on a citing document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from math import log

from pipeline.gazetteer.barenames import BareNames, find_bare_names
from pipeline.gazetteer.load import Gazetteer, Held
from pipeline.gazetteer.surroundings import Surroundings, load_surroundings
from pipeline.link.guards import Guards, Profile
from pipeline.link.model import Model, load_model, probability
from pipeline.names.editions import Editions, load_editions
from pipeline.names.initials import Initials
from pipeline.names.spelling import load_spelling
from pipeline.names.symbols import SymbolGrammar, find_symbols, load_symbols
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import UNLISTED, Alias, Entry

# Names of the gazetteer that share the most with an unknown name are scored, no more than this many.
_MAX_CANDIDATES = 12


@dataclass(frozen=True)
class Row:
    """One name of the gazetteer; `letters` are its words in alphabetical order, for the score."""

    alias: Alias
    profile: Profile
    letters: str


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What linking needs of a gazetteer."""

    guards: Guards
    editions: Editions
    surroundings: Surroundings
    model: Model
    bare_names: BareNames
    initials: Initials
    grammar: SymbolGrammar
    symbols: Mapping[str, tuple[Entry, ...]]  # by normal form: the entries that bear it
    words_of: Mapping[str, frozenset[tuple[str, ...]]]  # by entry: the words of each of its names, in order
    twins: Mapping[tuple[str, ...], tuple[str, ...]]  # ids of those that came in by themselves, by the words of a name
    rows: tuple[Row, ...]
    by_word: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]

    def weight(self, word: str) -> float:
        """How much a word tells: nothing in a gazetteer of one name, most if no name has it."""
        return self.weights.get(word, log(len(self.rows) + 1))

    def trust(self, features: Iterable[tuple[str, float]]) -> float:
        """How likely a link with these features is right, 0-1."""
        return probability(features, self.model.confidence)

    def nearest(self, words: Iterable[str], limit: int = _MAX_CANDIDATES) -> list[Row]:
        """The names that share the most weight of words with these."""
        shared: dict[int, float] = defaultdict(float)
        for word in sorted(words):
            weight = self.weight(word)
            for number in self.by_word.get(word, ()):
                shared[number] += weight
        best = nsmallest(limit, ((-weight, number) for number, weight in shared.items()))
        return [self.rows[number] for _, number in best]


def load_knowledge(gazetteer: Gazetteer) -> Knowledge:
    """The knowledge of a gazetteer; built once per content."""
    return _load(Held(gazetteer))


@lru_cache(maxsize=4)
def _load(held: Held) -> Knowledge:
    gazetteer = held.gazetteer
    guards = Guards(load_spelling(gazetteer.folder), load_vocabulary(gazetteer))
    profiles = [(alias, guards.profile(alias.text)) for alias in gazetteer.aliases]
    rows = tuple(Row(alias, profile, letters_of(profile)) for alias, profile in profiles if len(profile.words) > 1)
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for word in row.profile.words:
            by_word[word].append(number)
    weights = {word: log((len(rows) + 1) / len(numbers)) for word, numbers in by_word.items()}
    index = {word: tuple(numbers) for word, numbers in by_word.items()}
    bare_names = find_bare_names(gazetteer, guards.spelling, guards.vocabulary)
    grammar = load_symbols(gazetteer.folder)
    words_of: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for alias, _ in profiles:
        words_of[alias.entry_id].add(guards.words(alias.text))
    titles = (entry.title for entry in gazetteer.entries.values())
    return Knowledge(
        guards,
        load_editions(gazetteer),
        load_surroundings(gazetteer),
        load_model(gazetteer.folder),
        bare_names,
        Initials(titles, guards.vocabulary["inside"]),
        grammar,
        _index_symbols(gazetteer, grammar),
        {entry_id: frozenset(names) for entry_id, names in words_of.items()},
        _find_twins(words_of),
        rows,
        index,
        weights,
    )


def letters_of(profile: Profile) -> str:
    """A name as the score sees it: the order of words makes no difference."""
    return " ".join(sorted(profile.words))


def _index_symbols(gazetteer: Gazetteer, grammar: SymbolGrammar) -> Mapping[str, tuple[Entry, ...]]:
    """The entries of each symbol: by the symbols that they bear, and by names that are symbols."""
    found: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in gazetteer.entries.values():
        for symbol in entry.symbols:
            found[symbol][entry.id] = entry
    for alias in gazetteer.aliases:
        symbols = find_symbols(alias.text, grammar) if any(map(str.isdigit, alias.text)) else []
        if len(symbols) == 1 and symbols[0].end == len(alias.text) and symbols[0].lead == 0:
            found[symbols[0].normal][alias.entry_id] = gazetteer.entries[alias.entry_id]
    return {symbol: tuple(entries.values()) for symbol, entries in found.items()}


def _find_twins(words_of: Mapping[str, set[tuple[str, ...]]]) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Documents that came in by themselves and have a name of the same words."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for entry_id in sorted(words_of):
        for words in words_of[entry_id] if entry_id.startswith(UNLISTED) else ():
            found[words].append(entry_id)
    return {words: tuple(ids) for words, ids in found.items() if len(ids) > 1}
