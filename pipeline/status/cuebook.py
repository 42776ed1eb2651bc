"""The cue book: `gazetteer/cues.yaml` read, checked and compiled.

Comes in: the folder of the gazetteer. Goes out: a `CueBook`, or one `CueError` that names every bad row. The trap:
each verb stands in the file once, in its base form, and its other forms are derived, so that a new verb is one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pipeline.gazetteer.files import parse_yaml, read_text
from pipeline.status.cuepattern import CueError, Pattern, Phrases, compile_pattern, compile_words, expand_lists

__all__ = ["Cue", "CueBook", "CueError", "DeadlinePattern", "Reach", "inflect", "load_cues"]

FORMS = ("", "s", "ing", "ed")
CUE_KEYS = ("verbs", "lists", "reaches", "cues", "leads", "deadlines")
_POST_YEAR = re.compile(r"post-20\d\d")
_STATUSES = ("planned", "existing", "none")
_VOWELS = "aeiou"


@dataclass(frozen=True)
class Reach:
    """How far a cue works from its words: direction, tokens, stopping words, and what the name must be there."""

    name: str
    direction: str  # forward: the cue stands before the name; backward: after it; around: the pattern holds the name
    scope: int = 0
    stops: frozenset[str] = frozenset()
    whole: bool = False  # not where the name only modifies the next noun: "the Charter training modules"
    parts: bool = False  # through "the text of", "the first edition of"
    subject: bool = False  # only where the name does not hang on a preposition or a verb
    alone: bool = False  # not for the names coordinated with it, nor over a phrase with a preposition
    own: bool = False  # of coordinated names not for one with an article of its own
    of: str = "parts"  # the list of parts that stand for their document: "the text of"
    lists: bool = False  # over items, brackets and other names: "The following will be drafted: (a) ...; (b) ..."


@dataclass(frozen=True)
class Cue:
    """One row of the book; `strength` 1 is a hint, 2 weak, 3 firm, 4 overrules the others."""

    id: str
    status: str  # planned, existing, or none: what is named is no document at all
    pattern: Pattern
    reach: Reach
    strength: int
    not_for: re.Pattern[str] | None  # what the name itself must not hold
    making: bool  # somebody makes or explores the document, so that an unnamed plan counts as a citation
    settles: bool  # the citing document itself adopts what it names
    promises: bool  # the text says that its subjects will make the document
    presumes: bool  # the words speak of the document's use, as they may of one that is only promised
    outcome: bool  # a cell that says what became of the making in its row
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True)
class DeadlinePattern:
    """A way of saying when something falls due."""

    id: str
    pattern: Pattern
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True)
class CueBook:
    """Everything the words of a text can say about a document."""

    cues: tuple[Cue, ...]
    leads: tuple[Cue, ...]  # for a list's introduction, a column head or another cell of the row
    deadlines: tuple[DeadlinePattern, ...]
    following: re.Pattern[str]  # what stands for the items in a list's introduction: "the following documents"
    words: Mapping[str, frozenset[str]]

    def cues_for(self, words: frozenset[str]) -> Iterator[Cue]:
        """The cues, in the book's order, of which a trigger stands among the words of a sentence, or that have none."""
        numbers = {number for word in words for number in self._by_trigger.get(word, ())}
        return (self.cues[number] for number in sorted(numbers.union(self._by_trigger[""])))

    @cached_property
    def _by_trigger(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the cues by their triggers; under the empty word those without any."""
        found: dict[str, list[int]] = {"": []}
        for number, cue in enumerate(self.cues):
            for word in cue.pattern.triggers or ("",):
                found.setdefault(word, []).append(number)
        return {word: tuple(numbers) for word, numbers in found.items()}

    def is_edition_word(self, word: str) -> bool:
        """ "next", "successor", "post-2015": with them a name means an edition that is still to come."""
        return word.lower() in self.words["editions"] or bool(_POST_YEAR.fullmatch(word.lower()))


@lru_cache(maxsize=4)
def load_cues(folder: Path) -> CueBook:
    """Read `cues.yaml`; raises CueError naming every row that cannot be used."""
    path = folder / "cues.yaml"
    rows = parse_yaml(path, read_text(path), CUE_KEYS)
    if not rows:
        raise CueError(f"{path}: is missing or empty; without it no status can be read from words")
    phrases = _read_phrases(rows)
    words = {name: frozenset(entry for entry in entries if " " not in entry) for name, entries in phrases.items()}
    reaches = {name: _read_reach(name, row, words) for name, row in rows["reaches"].items()}
    problems: list[str] = []
    cues = tuple(_read_cues(rows["cues"], reaches, phrases, problems))
    leads = tuple(_read_cues(rows["leads"], reaches, phrases, problems))
    deadlines = tuple(
        DeadlinePattern(
            row["id"],
            compile_pattern(row["pattern"], phrases),
            tuple(row["examples"]),
            tuple(row["counterexamples"]),
        )
        for row in rows["deadlines"]
    )
    if problems:
        raise CueError("\n".join(f"{path.name}: {problem}" for problem in problems))
    return CueBook(cues, leads, deadlines, compile_words("{following}", phrases), words)


def inflect(verb: str) -> dict[str, tuple[str, ...]]:
    """Forms of a verb by FORMS; an irregular one brings its own: `draw/draws/drawing/drew/drawn up`."""
    head, _, particle = verb.partition(" ")
    forms = tuple(head.split("/")) if "/" in head else (head, *_regular_forms(head))
    if len(forms) < 4:
        raise CueError(f"verbs: {verb!r} needs four forms: base/-s/-ing/past[/participle] [particle]")
    whole = tuple(f"{form} {particle}".strip() for form in forms)
    return dict(zip(FORMS, (whole[:1], whole[1:2], whole[2:3], whole[3:]), strict=True))


def _regular_forms(base: str) -> tuple[str, str, str]:
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ies", base + "ing", base[:-1] + "ied"
    third = base + ("es" if base.endswith(("s", "sh", "ch", "x")) else "s")
    if base.endswith("ee"):
        return third, base + "ing", base + "d"
    stem = base.removesuffix("e")
    return third, stem + "ing", stem + "ed"


def _read_phrases(rows: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Word lists by name; verb lists under `name`, `name+s`, `name+ing` and `name+ed`."""
    phrases: dict[str, tuple[str, ...]] = {}
    for name, verbs in rows["verbs"].items():
        for form in FORMS:
            spelt = [other for verb in verbs for word in inflect(verb)[form] for other in _spellings(word)]
            phrases[f"{name}+{form}".rstrip("+")] = tuple(dict.fromkeys(spelt))
    for name, entries in rows["lists"].items():
        phrases[name] = expand_lists(entries, phrases)
    return phrases


def _spellings(word: str) -> Iterable[str]:
    """finalise and finalize: texts spell both ways."""
    yield word
    american = re.sub(r"is(e|es|ed|ing)\b", r"iz\1", word, count=1)
    if american != word:
        yield american


def _read_reach(name: str, row: Mapping[str, Any], words: Mapping[str, frozenset[str]]) -> Reach:
    stops = frozenset().union(*(words[list_name] for list_name in row.get("stops", ())))
    flags = {
        flag: row[flag] == "true" for flag in ("whole", "parts", "subject", "alone", "own", "lists") if flag in row
    }
    return Reach(name, row["direction"], int(row.get("scope", 0)), stops, **flags, of=row.get("of", "parts"))


def _read_cues(
    rows: Iterable[Mapping[str, Any]],
    reaches: Mapping[str, Reach],
    phrases: Phrases,
    problems: list[str],
) -> Iterable[Cue]:
    for row in rows:
        try:
            yield _read_cue(row, reaches, phrases)
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"cue {row.get('id', row)!r}: {error}")


def _read_cue(row: Mapping[str, Any], reaches: Mapping[str, Reach], phrases: Phrases) -> Cue:
    if row["status"] not in _STATUSES:
        raise ValueError(f"status {row['status']!r} is not one of {', '.join(_STATUSES)}")
    if row["reach"] not in reaches:
        raise ValueError(f"reach {row['reach']!r} is not one of {', '.join(reaches)}")
    if not row["examples"] or not row["counterexamples"]:
        raise ValueError("needs at least one example and one counterexample")
    return Cue(
        id=row["id"],
        status=row["status"],
        pattern=compile_pattern(row["pattern"], phrases),
        reach=reaches[row["reach"]],
        strength=int(row["strength"]),
        not_for=compile_words(row["not_for"], phrases) if "not_for" in row else None,
        making=row["status"] == "planned" and row.get("making") != "false",
        settles=row.get("settles") == "true",
        promises=row.get("promises") == "true",
        presumes=row.get("presumes") == "true",
        outcome=row.get("outcome") == "true",
        examples=tuple(row["examples"]),
        counterexamples=tuple(row["counterexamples"]),
    )
