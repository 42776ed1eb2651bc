"""Witnesses: what each pattern, way of linking, cue and word list decided over documents, with one place each.

In: folders and files (PDF, plain text, labelled cases). Out: a `Count` for every rule of the gazetteer and every way in
which the program decides, those that decided nothing too: a rule earns its place by a real document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.core import cite_text
from pipeline.detect.patterns import load_patterns
from pipeline.evaluate.cases import load_cases
from pipeline.gazetteer.load import Gazetteer
from pipeline.names.vocabulary import load_vocabulary
from pipeline.read import read_guarded
from pipeline.records import Citation
from pipeline.settings import Settings
from pipeline.status.cuebook import CueBook, load_cues

_WORD = re.compile(r"\w+")
_KINDS = (".pdf", ".txt", ".jsonl")


@dataclass(frozen=True)
class Count:
    """How often a rule decided, and one place: file and surface; `kind` is pattern, link, status, cue or words.

    A list of words counts the found names that hold one of them; `idle` are its words that no sentence with a citation
    holds.
    """

    kind: str
    rule: str
    times: int
    place: str = ""
    idle: tuple[str, ...] = ()


def count_witnesses(paths: Iterable[Path], gazetteer: Gazetteer, settings: Settings) -> tuple[Count, ...]:
    """Every rule with its decisions, sorted by kind and rule; raises OSError, CaseError for files that are none."""
    times: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[str, str], str] = {}
    seen: set[str] = set()
    for path in _find_files(paths):
        for citation in _cite_file(path, gazetteer, settings):
            seen.update(_words(citation.mention.sentence))
            for key in _decided(citation, gazetteer):
                times[key] += 1
                places.setdefault(key, f"{path.name}: {' '.join(citation.mention.surface.split())[:80]}")
    rules = {*times, *_known_rules(gazetteer)}
    lists = load_vocabulary(gazetteer).lists
    return tuple(
        Count(
            kind,
            rule,
            times[kind, rule],
            places.get((kind, rule), ""),
            tuple(sorted(word for word in lists[rule] if not seen.issuperset(_words(word)))) if kind == "words" else (),
        )
        for kind, rule in sorted(rules)
    )


def _find_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in found if each.suffix.lower() in _KINDS)


def _cite_file(path: Path, gazetteer: Gazetteer, settings: Settings) -> Iterator[Citation]:
    if path.suffix.lower() == ".jsonl":
        for case in load_cases(path):
            yield from cite_text(case.text, case.source_id, case.source_date, gazetteer, settings)
        return
    if path.suffix.lower() == ".pdf":
        text = "\f".join(page.text for page in read_guarded(path, settings.read, settings.ocr).pages)
    else:
        text = path.read_text(encoding="utf-8", errors="replace")
    yield from cite_text(text, None, None, gazetteer, settings)


def _decided(citation: Citation, gazetteer: Gazetteer) -> Iterator[tuple[str, str]]:
    """What had a part in this citation: its finder, its link, its status, its cue's rows, the listed words in it."""
    mention = citation.mention
    yield "pattern", mention.pattern
    yield "link", citation.method
    yield "status", citation.status_basis.value
    for row in _rows_of(citation.cue.casefold().split(), load_cues(gazetteer.folder)):
        yield "cue", row
    words = _words(mention.surface)
    for name, listed in load_vocabulary(gazetteer).lists.items():
        if not words.isdisjoint(listed):
            yield "words", name


def _rows_of(words: list[str], book: CueBook) -> list[str]:
    """The rows of the longest listed phrase in a cue, which also holds modals and prepositions: "shall develop"."""
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            if tags := book.lexicon.get(" ".join(words[start : start + length])):
                return sorted({tag.row for tag in tags})
    return []


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _known_rules(gazetteer: Gazetteer) -> Iterator[tuple[str, str]]:
    yield from (("pattern", pattern.id) for pattern in load_patterns(gazetteer))
    yield from (("cue", row.id) for row in load_cues(gazetteer.folder).rows)
    yield from (("words", name) for name in load_vocabulary(gazetteer).lists)
