"""Find what looks like the name of a document: pages in, mentions out, not yet linked. spaCy lives here.

The spaCy pipeline can be used by itself: `make_nlp(gazetteer)` gives a blank English pipeline whose component
`document_names` puts every name into `doc.spans["citations"]`; `span._.citation` says which entries it may mean. Import
this module before `spacy.load` reads a saved one. The trap: a name can begin in the middle of a token where spaces are
lost, so the exact place is `span._.citation["start"]` and `["end"]`; the span itself is widened to whole tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from pipeline.mentions import make_mentions
from pipeline.names import NameBook, load_names, pack_names, unpack_names
from pipeline.normalise import fold_text
from pipeline.records import Mention, Page, Source
from pipeline.running import run_together
from pipeline.spots import Spot, keep_longest

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer

SPANS = "citations"
# A treaty of 700 pages has 1.4 million characters; the limit of spaCy guards parsers that we do not use.
_MAX_LENGTH = 100_000_000

if not Span.has_extension("citation"):
    Span.set_extension("citation", default=None)


def detect_mentions(source: Source, pages: tuple[Page, ...], gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """Every mention of a document in the pages of one source, in reading order."""
    running = run_together(pages)
    doc = load_nlp(gazetteer)(running.text)
    spots = [_spot(span) for span in doc.spans[SPANS]]
    return make_mentions(source, running, spots)


def load_nlp(gazetteer: Gazetteer) -> Language:
    """The pipeline for a gazetteer; built once per content."""
    return _load_nlp(load_names(gazetteer))


@lru_cache(maxsize=4)
def _load_nlp(names: NameBook) -> Language:
    return make_nlp(names)


def make_nlp(names: NameBook) -> Language:
    """A blank English pipeline that finds these names."""
    nlp = spacy.blank("en")
    nlp.max_length = _MAX_LENGTH
    component = nlp.add_pipe("document_names")
    component.fill(names)  # type: ignore[attr-defined]
    return nlp


@Language.factory("document_names")
class DocumentNames:
    """Names of the gazetteer: phrase patterns, and space-free keys for what phrase patterns miss."""

    def __init__(self, nlp: Language, name: str) -> None:
        self._nlp = nlp
        self._names: NameBook | None = None
        self._phrases = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._acronyms = PhraseMatcher(nlp.vocab, attr="ORTH")

    def fill(self, names: NameBook) -> None:
        """Take the names to look for."""
        self._names = names
        for number, name in enumerate(names.names):
            matcher = self._acronyms if name.cased else self._phrases
            matcher.add(str(number), [self._nlp.make_doc(fold_text(text)) for text in name.texts])

    def __call__(self, doc: Doc) -> Doc:
        """Put the names into `doc.spans`, the longest where they overlap."""
        spots = keep_longest(self._spots(doc)) if self._names is not None else []
        spans = [_make_span(doc, spot) for spot in spots]
        doc.spans[SPANS] = [*doc.spans.get(SPANS, ()), *spans]
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        """Save the names as JSON."""
        packed = pack_names(self._names) if self._names is not None else None
        Path(path).write_text(json.dumps(packed, ensure_ascii=False), encoding="utf-8")

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> DocumentNames:
        """Load what `to_disk` saved."""
        packed = json.loads(Path(path).read_text(encoding="utf-8"))
        if packed is not None:
            self.fill(unpack_names(packed))
        return self

    def _spots(self, doc: Doc) -> Iterator[Spot]:
        assert self._names is not None
        for matcher in (self._phrases, self._acronyms):
            for key, start, end in matcher(doc):
                name = self._names.names[int(doc.vocab.strings[key])]
                last = doc[end - 1]
                yield _name_spot(doc[start].idx, last.idx + len(last), name, "exact")
        for found in self._names.find(doc.text):
            yield _name_spot(found.start, found.end, found.name, found.how)


def _name_spot(start: int, end: int, name: Any, how: str) -> Spot:
    return Spot(start, end, "name", name.entry_ids, how, len(name.unsupported) == len(name.entry_ids))


def _make_span(doc: Doc, spot: Spot) -> Any:
    span: Any = doc.char_span(spot.start, spot.end, label=spot.pattern, alignment_mode="expand")
    span._.citation = asdict(spot)
    return span


def _spot(span: Span) -> Spot:
    return Spot(**span._.citation)
