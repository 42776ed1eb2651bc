"""Token patterns for names that no entry gives, from `gazetteer/patterns.jsonl`, each with examples.

In: the folder of the gazetteer. Out: `Pattern` rows whose word lists are filled in, or a `PatternError` with every bad
line. A folder without the file has no patterns. The trap: a pattern finds an anchor, not the name; `generic.py` and
`subjects.py` grow it or refuse it, and the examples say what comes of it in the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.knowledge import read_text
from pipeline.names.vocabulary import Vocabulary, load_vocabulary

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

PATTERNS = "patterns.jsonl"
KINDS = ("name", "numbered", "period", "subject", "weak subject", "made subject")
_FIELDS = {"id", "kind", "pattern", "examples", "counterexamples"}


class PatternError(ValueError):
    """patterns.jsonl cannot be used; one line for each fault: file, line, what is wrong."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """One row: a spaCy token pattern that finds an anchor of a name, or of a description by subject."""

    id: str
    kind: str
    tokens: tuple[Mapping[str, Any], ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]

    @property
    def one_of(self) -> tuple[str, ...]:
        """The words of a pattern that is one word from a list."""
        first = self.tokens[0]
        plain = len(self.tokens) == 1 and set(first) <= {"LOWER", "IS_LOWER"} and isinstance(first.get("LOWER"), dict)
        return tuple(first["LOWER"].get("IN", ())) if plain else ()


def load_patterns(gazetteer: Gazetteer) -> tuple[Pattern, ...]:
    """The patterns of a gazetteer's folder; raises PatternError."""
    path = gazetteer.folder / PATTERNS
    return read_patterns(read_text(path), load_vocabulary(gazetteer)) if path.exists() else ()


@lru_cache(maxsize=4)
def read_patterns(content: str, vocabulary: Vocabulary) -> tuple[Pattern, ...]:
    """The patterns of one file's content."""
    patterns: list[Pattern] = []
    faults: list[str] = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            patterns.append(_read_pattern(json.loads(line), vocabulary))
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"{PATTERNS}:{number}: {error}")
    repeated = {pattern.id for pattern in patterns if sum(other.id == pattern.id for other in patterns) > 1}
    faults += [f"{PATTERNS}: id {name!r} stands on several lines" for name in sorted(repeated)]
    if faults:
        raise PatternError("\n".join(faults))
    return tuple(patterns)


def _read_pattern(row: Mapping[str, Any], vocabulary: Vocabulary) -> Pattern:
    if set(row) != _FIELDS:
        raise ValueError(f"fields {sorted(set(row) ^ _FIELDS)} are missing or unknown")
    if row["kind"] not in KINDS:
        raise ValueError(f"kind {row['kind']!r} is not one of {', '.join(KINDS)}")
    if not row["examples"] or not row["counterexamples"]:
        raise ValueError("needs at least one example and one counterexample")
    tokens = tuple({key: _fill(key, value, vocabulary) for key, value in token.items()} for token in row["pattern"])
    return Pattern(row["id"], row["kind"], tokens, tuple(row["examples"]), tuple(row["counterexamples"]))


def _fill(attribute: str, value: Any, vocabulary: Vocabulary) -> Any:
    """A reference like {"IN": "@heads"} replaced by the list's words."""
    if not isinstance(value, dict):
        return value
    if attribute not in ("LOWER", "TEXT") or set(value) not in ({"IN"}, {"REGEX"}):
        raise ValueError(f"{attribute} {value}: only LOWER and TEXT take a value with IN or REGEX")
    return {"IN": list(_words(value["IN"], vocabulary))} if "IN" in value else value


def _words(words: Any, vocabulary: Vocabulary) -> Iterable[str]:
    if not isinstance(words, str):
        return list(words)
    name = words.removeprefix("@")
    if name not in vocabulary.lists:
        raise ValueError(f"there is no list {name!r} in vocabulary.yaml")
    return sorted(vocabulary[name])
