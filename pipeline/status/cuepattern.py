"""The pattern language of the cue book: rows of words, matched against tokens.

Comes in: a row like `{will} {adverbs}* {make}` and the word lists. Goes out: a `Pattern`. The trap: the lists are long,
and turning all rows into regular expressions takes half a second; so a pattern knows a few words of which one must
stand in the sentence, and is compiled when a sentence first has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

Phrases = Mapping[str, tuple[str, ...]]

_ELEMENTS = re.compile(r"\([^()]+\)[?*]?|\S+")
_ELEMENT = re.compile(r"(?P<body>\.\.\.(?P<gap>\d+)|~(?P<reach>\d+)|\([^()]+\)|[^\s?*]+)(?P<mark>[?*]?)")
_NAME = "X "
# A year; a verb in its regular past form.
_CLASSES = {"YEAR": r"(?:19|20)\d\d", "PAST": r"[a-z]+ed"}


class CueError(ValueError):
    """Rows of cues.yaml that cannot be used: each with its id, what is wrong, and the remedy."""


@dataclass(frozen=True)
class Pattern:
    """A row of words over tokens that are each followed by a space; `triggers`: one of them stands in every match."""

    source: str
    triggers: frozenset[str]

    def find(self, line: str, words: frozenset[str]) -> Iterator[re.Match[str]]:
        """Matches in a line of tokens, whose words are given; group `name` is the first name of the pattern."""
        if self.triggers and self.triggers.isdisjoint(words):
            return iter(())
        return self._expression.finditer(line)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.source)


def compile_pattern(row: str, phrases: Phrases) -> Pattern:
    """A row of words as a pattern; raises ValueError for what the language does not know."""
    elements = [_read_element(element) for element in _ELEMENTS.findall(row)]
    source = "".join(_element_source(element, phrases) for element in elements)
    triggers = [_element_triggers(element, phrases) for element in elements]
    return Pattern(
        r"(?<!\S)" + source.replace(_NAME, f"(?P<name>{_NAME})", 1),
        min((words for words in triggers if words), key=len, default=frozenset()),
    )


def compile_words(alternatives: str, phrases: Phrases) -> re.Pattern[str]:
    """Alternatives like `plan|{plans}` as whole words of any case in a text."""
    return re.compile(rf"\b(?:{_alternatives(expand_lists(alternatives.split('|'), phrases))})\b", re.IGNORECASE)


def expand_lists(entries: Iterable[str], phrases: Phrases) -> tuple[str, ...]:
    """Entries with each `{list}` replaced by what it holds; a list stands above the lists that take it in."""
    expanded: list[str] = []
    for entry in entries:
        if not entry.startswith("{"):
            expanded.append(entry)
        elif entry[1:-1] in phrases:
            expanded.extend(phrases[entry[1:-1]])
        else:
            raise CueError(f"there is no list {entry} above it")
    return tuple(dict.fromkeys(expanded))


def _read_element(element: str) -> re.Match[str]:
    found = _ELEMENT.fullmatch(element)
    if found is None:
        raise ValueError(f"cannot read {element!r} in a pattern")
    if "(" in element[1:]:
        raise ValueError(f"{element!r}: alternatives of several words stand in one bracket: (at once|soon)")
    return found


def _element_source(element: re.Match[str], phrases: Phrases) -> str:
    body, mark = element["body"], element["mark"]
    if element["gap"]:
        return rf"(?:[^\W_A-Z][^\sA-Z]* ){{0,{element['gap']}}}?"
    if element["reach"]:
        return rf"(?:[^\sA-Z^$;:|]+ ){{0,{element['reach']}}}?"
    if body == "X":
        return f"(?:{_NAME}){element['mark']}" if element["mark"] else _NAME
    if body.startswith("!"):
        return f"(?!(?:{_alternatives(_words(body[1:], phrases))}) )"
    return f"(?:(?:{_alternatives(_words(body, phrases))}) ){ {'': '', '?': '?', '*': '{0,3}'}[mark] }"


def _element_triggers(element: re.Match[str], phrases: Phrases) -> frozenset[str]:
    """First words of what an element must match; none where it may match nothing, or a whole class of words."""
    body = element["body"]
    if element["gap"] or element["reach"] or element["mark"] or body == "X" or body.startswith("!"):
        return frozenset()
    words = _words(body, phrases)
    return frozenset() if _CLASSES.keys() & set(words) else frozenset(word.partition(" ")[0] for word in words)


def _words(body: str, phrases: Phrases) -> tuple[str, ...]:
    bare = body[1:-1] if len(body) > 1 and body.startswith("(") else body
    return expand_lists(bare.split("|"), phrases)


@lru_cache(maxsize=512)
def _alternatives(entries: tuple[str, ...]) -> str:
    """Longest first, so that "in accordance with" is not read as "in"."""
    ordered = sorted(entries, key=lambda entry: (-len(entry), entry))
    return "|".join(_CLASSES.get(entry) or re.escape(entry).replace("\\ ", " ") for entry in ordered)
