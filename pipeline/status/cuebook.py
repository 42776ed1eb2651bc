"""The cue book: `gazetteer/cues.yaml` read, checked, and turned into a lexicon of phrases.

Comes in: the folder of the gazetteer. Goes out: a `CueBook`, or one `CueError` that names every bad row. Verbs stand in
the file once, in their base form; the other forms are derived, so that a new verb is one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.knowledge import parse_yaml, read_text


class CueError(ValueError):
    """Rows of cues.yaml that cannot be used: each with its id, what is wrong, and the remedy."""


class Role(StrEnum):
    """What the words of a row say of the document that is their object or subject."""

    MAKE = "make"  # once done, the document is there: developed, concluded
    DRAFT = "draft"  # once done, it is still to be adopted: drafted, negotiated, proposed
    ADOPT = "adopt"  # the act by which it comes to be there
    WANT = "want"  # of "an X": somebody asks for it, looks into it, hands it in
    AWAIT = "await"  # the same, even of "the X"
    USE = "use"  # of a document that is there
    DROP = "drop"
    PROCESS = "process"  # nouns, before "of" and the like
    ACT = "act"
    WISH = "wish"
    LIFE = "life"
    DRAFTS = "drafts"
    PART = "part"  # stands for its document: "finalise the text of the X"
    COMING = "coming"  # straight before the name
    CURRENT = "current"
    WAITING = "waiting"  # said of the name behind it
    VALID = "valid"
    UNWANTED = "unwanted"
    HEAD_PLANNED = "head planned"  # a column's head or a list's introduction
    HEAD_EXISTING = "head existing"
    HEAD_DONE = "head done"  # says what became of the making that a row names
    DEADLINE = "deadline"


class Form(StrEnum):
    """The form in which a verb stands."""

    BASE = "base"
    S = "s"
    ING = "ing"
    ED = "ed"


VERBS = frozenset({Role.MAKE, Role.DRAFT, Role.ADOPT, Role.WANT, Role.AWAIT, Role.USE, Role.DROP})
CUE_KEYS = ("grammar", "cues")
_VOWELS = "aeiou"
_MONTH = "(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_COUNT = "(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"


class Tag(NamedTuple):
    """What a phrase of the lexicon is: its role, its row, and for verbs its form."""

    role: Role
    row: str
    form: Form | None = None


@dataclass(frozen=True)
class Row:
    """One row of the book, with the real document in which it decides something, or why it stays without."""

    id: str
    role: Role
    words: tuple[str, ...]
    witness: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class CueBook:
    """Everything the words of a text can say about a document."""

    rows: tuple[Row, ...]
    lexicon: Mapping[str, tuple[Tag, ...]]
    longest: Mapping[str, int]  # for the first word of a phrase: words of the longest phrase that it begins
    grammar: Mapping[str, frozenset[str]]  # closed classes of words
    phrases: frozenset[str]  # those of several words
    deadlines: re.Pattern[str]

    def is_edition_word(self, word: str) -> bool:
        """ "next", "successor", "post-2025": with them a name means an edition that is still to come."""
        return any(tag.role is Role.COMING for tag in self.lexicon.get(word.lower(), ())) and word.lower() != "draft"


@lru_cache(maxsize=4)
def load_cues(folder: Path) -> CueBook:
    """Read `cues.yaml`; raises CueError naming every row that cannot be used."""
    path = folder / "cues.yaml"
    content = parse_yaml(path, read_text(path), CUE_KEYS)
    if not content:
        raise CueError(f"{path}: is missing or empty; without it no status can be read from words")
    problems: list[str] = []
    rows = tuple(_read_rows(content["cues"], problems))
    if problems:
        raise CueError("\n".join(f"{path.name}: {problem}" for problem in problems))
    grammar = {name: frozenset(words) for name, words in content["grammar"].items()}
    lexicon = _build_lexicon(rows)
    several = frozenset(word for words in grammar.values() for word in words if " " in word)
    longest: dict[str, int] = {}
    for phrase in (*lexicon, *(word for words in grammar.values() for word in words)):
        first, *more = phrase.split()
        longest[first] = max(longest.get(first, 1), 1 + len(more))
    patterns = [pattern for row in rows if row.role is Role.DEADLINE for pattern in row.words]
    times = "|".join(patterns).replace("MONTH", _MONTH).replace("COUNT", _COUNT)
    return CueBook(
        rows, lexicon, longest, grammar, several, re.compile(rf"\b(?:{times})" if times else r"(?!)", re.IGNORECASE)
    )


def inflect(verb: str) -> dict[Form, tuple[str, ...]]:
    """Forms of a verb; an irregular one brings its own: `draw/draws/drawing/drew/drawn up`."""
    head, _, particle = verb.partition(" ")
    forms = tuple(head.split("/")) if "/" in head else (head, *_regular_forms(head))
    if len(forms) < 4:
        raise CueError(f"{verb!r} needs four forms: base/-s/-ing/past[/participle] [particle]")
    whole = tuple(f"{form} {particle}".strip() for form in forms)
    return dict(zip(Form, (whole[:1], whole[1:2], whole[2:3], whole[3:]), strict=True))


def _regular_forms(base: str) -> tuple[str, str, str]:
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ies", base + "ing", base[:-1] + "ied"
    third = base + ("es" if base.endswith(("s", "sh", "ch", "x")) else "s")
    if base.endswith("ee"):
        return third, base + "ing", base + "d"
    stem = base.removesuffix("e")
    return third, stem + "ing", stem + "ed"


def _read_rows(rows: Iterable[Mapping[str, Any]], problems: list[str]) -> Iterator[Row]:
    for row in rows:
        try:
            witness = row.get("witness") or row.get("because")
            if not witness:
                raise ValueError("needs a witness, the name of a real document in which it decides, or `because`")
            role, words = Role(row["role"]), tuple(row["words"])
            for word in words if role in VERBS else ():
                inflect(word)
            yield Row(row["id"], role, words, witness, tuple(row.get("examples", ())))
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"cue {row.get('id', row)!r}: {error}")


def _build_lexicon(rows: Iterable[Row]) -> dict[str, tuple[Tag, ...]]:
    """Phrases with what they are; a verb under each of its forms, in both spellings."""
    lexicon: dict[str, dict[Tag, None]] = {}
    for row in rows:
        if row.role is Role.DEADLINE:
            continue
        for entry in row.words:
            forms = inflect(entry) if row.role in VERBS else {None: (entry,)}
            for form, phrases in forms.items():
                for phrase in phrases:
                    for spelt in {phrase, re.sub(r"is(e|es|ed|ing)\b", r"iz\1", phrase, count=1)}:
                        lexicon.setdefault(spelt, {})[Tag(row.role, row.id, form)] = None
    return {phrase: tuple(tags) for phrase, tags in lexicon.items()}
