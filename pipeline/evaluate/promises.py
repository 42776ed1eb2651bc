"""What the rows of knowledge claim, tried: each cue, pattern and series of symbols on its own examples.

In: a valid gazetteer. Out: a `Fault` for each example that its row does not find, and each counterexample that it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.gazetteer.load import Gazetteer
from pipeline.knowledge import Fault
from pipeline.names.spelling import Spelling
from pipeline.names.symbols import find_symbols, load_symbols, symbols_text
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import Page, Source
from pipeline.status.cuebook import CueBook, Role, load_cues
from pipeline.status.deadlines import find_deadline
from pipeline.status.events import Hit, find_events
from pipeline.status.words import find_lead_events, find_outcomes

if TYPE_CHECKING:
    from pipeline.detect.patterns import Pattern

CUES, PATTERNS, SYMBOLS = "cues.yaml", "patterns.jsonl", "symbols.yaml"
# What a noun that stands for a document named elsewhere is called; it is no name.
_BARE = "bare"
_WEAK = "weak subject"  # the kind of patterns for descriptions in small letters

# A row's id, a sentence, and what went wrong with it; "" where the row kept its promise.
Claim = tuple[str, str, str]


def find_broken_promises(gazetteer: Gazetteer) -> Iterator[Fault]:
    """The rows whose examples say otherwise than the row does, in the order of the files."""
    for file, claims in ((CUES, _try_cues), (PATTERNS, _try_patterns), (SYMBOLS, _try_symbols)):
        path = gazetteer.folder / file
        if path.exists():
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            for row_id, sentence, fault in claims(gazetteer):
                if fault:
                    yield Fault(file, _line_of(row_id, lines), row_id, sentence, fault)


def split_marks(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its brackets, and the spans (start, end) that stood in them."""
    text, spans = "", []
    for part in re.split(r"(\[[^\]]*\])", marked):
        inside = part[1:-1] if part.startswith("[") else part
        if inside is not part:
            spans.append((len(text), len(text) + len(inside)))
        text += inside
    return text, spans


def _try_cues(gazetteer: Gazetteer) -> Iterator[Claim]:
    book = load_cues(gazetteer.folder)
    for row in book.rows:
        for example in row.examples:
            if row.role is Role.DEADLINE:
                yield row.id, example, _try_deadline(example, book)
                continue
            reached = _rows_that_reach(example, book)
            is_kept = bool(reached) if row.role is Role.PART else row.id in reached
            yield row.id, example, "" if is_kept else "the row does not reach its [name]"


def _rows_that_reach(marked: str, book: CueBook) -> set[str]:
    """The rows that speak for the name; in `lead >> name` those that speak in the lead."""
    lead, _, sentence = marked.rpartition(" >> ")
    if lead:
        return {hit.row for hit in (*find_lead_events(lead, book), *find_outcomes(lead, book))}
    text, spans = split_marks(sentence)
    return {hit.row for hits in find_events(text, spans, book) for hit in hits}


def _try_deadline(marked: str, book: CueBook) -> str:
    """The deadline in brackets must be found for a document that is being made and that the text calls `it`."""
    text, spans = split_marks(marked)
    name = text.index("it") if " it" in text else 0
    making = (Hit("planned", 3, "make", "", 0, making=True, binds=True),)
    found, wanted = find_deadline(text, [(name, name + 2)], 0, making, "", book), text[slice(*spans[0])]
    return "" if found == wanted else f"finds {found!r} as the deadline, not {wanted!r}"


def _try_patterns(gazetteer: Gazetteer) -> Iterator[Claim]:
    from pipeline.detect.names import build_names
    from pipeline.detect.patterns import load_patterns
    from pipeline.detect.pipeline import SPANS, make_nlp

    names, vocabulary, symbols = build_names([], Spelling()), load_vocabulary(gazetteer), symbols_text(gazetteer.folder)

    for pattern in load_patterns(gazetteer):
        if pattern.kind == _WEAK and not gazetteer.entries:
            continue  # it means a known document, or nothing
        nlp = make_nlp(names, (pattern,), vocabulary, symbols)

        def finds(text: str, nlp: Any = nlp) -> bool:
            doc = nlp(text)  # its spans do not outlive it
            return any(span.label_ != _BARE for span in doc.spans[SPANS])

        # A weak description is found as an anchor, and is refused later unless the gazetteer has such a document.
        takes = partial(_is_linked, gazetteer=gazetteer) if pattern.kind == _WEAK else finds
        yield from _judge(pattern, finds, takes)


def _is_linked(text: str, gazetteer: Gazetteer) -> bool:
    from pipeline.detect.pipeline import detect_mentions
    from pipeline.link import LinkLimits
    from pipeline.link.linker import link_mentions

    source = Source("unlisted:example", "", "", "")
    mentions = detect_mentions(source, (Page(source.id, 1, text),), gazetteer)
    links = link_mentions(source, mentions, gazetteer, LinkLimits())
    return any(link.target_id in gazetteer.entries for link in links)


def _try_symbols(gazetteer: Gazetteer) -> Iterator[Claim]:
    grammar = load_symbols(gazetteer.folder)
    for series in grammar.series:
        claims = {**series.examples, **dict.fromkeys(series.counterexamples, ())}
        for text, wanted in claims.items():
            found = [symbol.normal for symbol in find_symbols(text, grammar)]
            fault = "" if found == list(wanted) else f"finds {', '.join(found) or 'nothing'}, not {', '.join(wanted)}"
            yield series.id, text, fault


def _judge(row: Pattern, finds: Callable[[str], bool], takes: Callable[[str], bool]) -> Iterator[Claim]:
    """The examples must be found, and no counterexample taken for a name."""
    for text in row.examples:
        yield row.id, text, "" if finds(text) else "is an example, but the row does not find it"
    for text in row.counterexamples:
        yield row.id, text, "is a counterexample, but the row finds it" if takes(text) else ""


def _line_of(row_id: str, lines: Iterable[str]) -> int:
    """Where the row begins, counted from 1; 0 where its id is written in an odd way."""
    begins = re.compile(rf"""\bid"?:\s*["']?{re.escape(row_id)}["']?(?:[,}}\s]|$)""")
    return next((number for number, line in enumerate(lines, 1) if begins.search(line)), 0)
