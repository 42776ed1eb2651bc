"""Find what looks like the name of a document: pages in, mentions out, not yet linked. spaCy lives here.

The spaCy pipeline can be used by itself: `make_nlp` gives a blank English pipeline in which three span rulers find the
names of the register (`names`), acronyms by their capitals (`acronyms`), and the anchors of names that nobody listed
(`anchors`); `document_names` adds names in damaged text, `name_patterns` decides how far each reaches and which counts.
`doc.spans["citations"]` holds the outcome, `span._.citation` says what was found. A name can begin in the middle of a
token where spaces are lost: the exact place is `span._.citation["start"]` and `["end"]`. Where the package is installed
`spacy.load` reads a saved pipeline by itself; else import this module first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex

from pipeline.detect.mentions import Sentences, make_mentions
from pipeline.detect.name import Name, most_common_acronym, small_acronyms, without_article
from pipeline.detect.names import NameBook, load_names, pack_names, unpack_names
from pipeline.detect.numbered import find_numbered
from pipeline.detect.owntitle import outside_own_title
from pipeline.detect.patterns import Pattern, load_patterns
from pipeline.detect.refine import refine_spots
from pipeline.detect.running import run_together
from pipeline.detect.spans import BARE, KNOWN, How, Spot, best_of_each, settle
from pipeline.detect.subjects import Describer
from pipeline.detect.unlisted import find_unlisted
from pipeline.names.folding import fold_text
from pipeline.names.symbols import SymbolGrammar, parse_symbols, symbols_text
from pipeline.names.tokens import Stretches
from pipeline.names.vocabulary import Vocabulary, load_vocabulary
from pipeline.records import Mention, Page, Source

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

SPANS, NAMES, ANCHORS = "citations", "names", "anchors"
# A treaty of 700 pages has 1.4 million characters; spaCy's limit guards parsers that we do not use.
_MAX_LENGTH = 100_000_000
# A footnote's digit after punctuation is a token of its own: "plan 2013-2020;4", "the Plan.12" (but 5.4 is one number).
_NOTE_MARKS = (
    r";(?=\d)",
    r"(?<=[^\W\d_])[,.:!?](?=\d)",
    r"(?<=(?:19|20)\d\d)[,.](?=\d{1,2}(?!\d))",
    r"[)\]\"'”’](?=[,.;:]?\d)",
)
# Names that some houses write with one capital: "Atiga", "Mpac 2025". Without a year they count where "Asean" stands,
# the acronym that most names hold.
_SMALL = "small"
_YEAR_END = re.compile(r"\b(?:19|20)\d\d$")

if not Span.has_extension("citation"):
    Span.set_extension("citation", default=None)
    Doc.set_extension("stretches", default=None)  # where paragraphs, cells and list items begin
    Doc.set_extension("running", default=None)  # the text, which spaCy would put together again at each call
    Doc.set_extension("spots", default=None)  # exact places; two names may begin in one token


def detect_mentions(source: Source, pages: tuple[Page, ...], gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """Every mention of a document in the pages of one source, in reading order."""
    running = run_together(pages, load_names(gazetteer).goes_on)
    nlp = load_nlp(gazetteer)
    doc = nlp.make_doc(running.text)
    doc._.running = running.text
    doc._.stretches = [stretch.start for stretch in running.stretches]
    doc = nlp(doc)
    sentences = Sentences(running)
    spots = refine_spots(running, sentences, doc._.spots, gazetteer)
    own = outside_own_title(running, source.title, spots, load_vocabulary(gazetteer))
    return make_mentions(source, running, sentences, own)


def load_nlp(gazetteer: Gazetteer) -> Language:
    """The pipeline for a gazetteer; built once per content."""
    symbols = symbols_text(gazetteer.folder)
    return make_nlp(load_names(gazetteer), load_patterns(gazetteer), load_vocabulary(gazetteer), symbols)


@lru_cache(maxsize=4)
def make_nlp(names: NameBook, patterns: tuple[Pattern, ...], vocabulary: Vocabulary, symbols: str = "") -> Language:
    """A blank English pipeline that finds these names, patterns, and the symbols of a `symbols.yaml`."""
    nlp = spacy.blank("en")
    nlp.max_length = _MAX_LENGTH
    tokenizer: Any = nlp.tokenizer
    tokenizer.infix_finditer = compile_infix_regex([*(nlp.Defaults.infixes or ()), *_NOTE_MARKS]).finditer
    rows = list(_name_rows(names))
    for name, attribute, cased in (("names", "LOWER", False), ("acronyms", "ORTH", True)):
        config = {"spans_key": NAMES, "phrase_matcher_attr": attribute, "overwrite": False}
        _add_ruler(nlp, name, config, [row for row, is_cased in rows if is_cased == cased])
    anchors = [row for pattern in patterns for row in _anchor_rows(pattern)]
    anchors += [{"label": KNOWN, "pattern": word} for word in sorted(vocabulary["subject_heads"])]
    _add_ruler(nlp, "anchors", {"spans_key": ANCHORS, "phrase_matcher_attr": "LOWER", "overwrite": False}, anchors)
    nlp.add_pipe("document_names").fill(names)  # type: ignore[attr-defined]
    nlp.add_pipe("name_patterns").fill(patterns, vocabulary, symbols)  # type: ignore[attr-defined]
    return nlp


def _anchor_rows(pattern: Pattern) -> Iterator[Mapping[str, Any]]:
    """A pattern for the ruler; of one word from a list a phrase for each word, which is found much faster."""
    words = pattern.one_of
    if words:
        yield from ({"label": pattern.id, "pattern": word} for word in words)
    else:
        yield {"label": pattern.id, "pattern": list(pattern.tokens)}


def _add_ruler(nlp: Language, name: str, config: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Nothing for no rows: spaCy warns at each text of a ruler without patterns."""
    if rows:
        ruler: Any = nlp.add_pipe("span_ruler", name=name, config=dict(config))
        ruler.add_patterns(rows)


def _name_rows(names: NameBook) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Patterns of the rulers, labelled with the number of the name, and whether capitals count."""
    for number, name in enumerate(names.names):
        for text in name.texts:
            yield {"label": "name", "id": str(number), "pattern": without_article(fold_text(text))}, name.cased
        for text in small_acronyms(name):
            yield {"label": _SMALL, "id": str(number), "pattern": fold_text(text)}, True


@Language.factory("document_names")
class DocumentNames:
    """Spans of the register's names turned into spots, and space-free keys for what phrase patterns miss."""

    def __init__(self, nlp: Language, name: str) -> None:
        self._names: NameBook | None = None
        self._owner = ""

    def fill(self, names: NameBook) -> None:
        """Take the names to look for."""
        self._names = names
        self._owner = most_common_acronym(names.names).capitalize()

    def __call__(self, doc: Doc) -> Doc:
        """Put the names into `doc._.spots`, overlapping ones too."""
        doc._.spots = best_of_each(self._spots(doc)) if self._names is not None else []
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
        house_style = bool(self._owner) and re.search(rf"\b{self._owner}\b", _text_of(doc)) is not None
        for span in doc.spans.get(NAMES, ()):
            name = self._names.names[int(span.id_)]
            if span.label_ != _SMALL or house_style or _YEAR_END.search(name.text):
                yield _name_spot(span.start_char, span.end_char, name, How.EXACT)
        for found in self._names.find(_text_of(doc)):
            yield _name_spot(found.start, found.end, found.name, found.how)


@Language.factory("name_patterns")
class NamePatterns:
    """Decides between the names of the register, unlisted names, symbols and descriptions, and how far each reaches."""

    def __init__(self, nlp: Language, name: str) -> None:
        self._patterns: dict[str, Pattern] = {}
        self._vocabulary = Vocabulary({})
        self._symbols = ""
        self._grammar = SymbolGrammar((), {})

    def fill(self, patterns: Sequence[Pattern], vocabulary: Vocabulary, symbols: str) -> None:
        """Take the patterns of the anchors, the words that names grow over, and the symbols."""
        self._patterns = {pattern.id: pattern for pattern in patterns}
        self._vocabulary, self._symbols = vocabulary, symbols
        self._grammar = parse_symbols(symbols)

    def __call__(self, doc: Doc) -> Doc:
        """Put what counts into `doc.spans`; of names that overlap the longest."""
        doc._.spots = self._settle(doc, _text_of(doc))
        shown = (spot for spot in sorted(doc._.spots, key=len) if spot.pattern not in (BARE, KNOWN))
        spans = {(span.start, span.end): span for span in (_make_span(doc, spot) for spot in shown)}
        doc.spans[SPANS] = sorted(spans.values(), key=lambda span: (span.start, span.end))
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        """Save patterns, words and symbols as JSON."""
        rows = [asdict(pattern) for pattern in self._patterns.values()]
        lists = {name: sorted(words) for name, words in self._vocabulary.lists.items()}
        saved = {"patterns": rows, "lists": lists, "symbols": self._symbols}
        Path(path).write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> NamePatterns:
        """Load what `to_disk` saved."""
        saved = json.loads(Path(path).read_text(encoding="utf-8"))
        vocabulary = Vocabulary({name: frozenset(words) for name, words in saved["lists"].items()})
        self.fill([Pattern(**row) for row in saved["patterns"]], vocabulary, saved["symbols"])
        return self

    def _settle(self, doc: Doc, text: str) -> list[Spot]:
        borders = [*(doc._.stretches or [0]), len(text)]
        stretches = Stretches(text)
        anchors = sorted(
            (span.start_char, span.end_char, span.label_)
            for span in doc.spans.get(ANCHORS, ())
            if self._has_case(span.label_, span.text)
        )
        kinds = {name: pattern.kind for name, pattern in self._patterns.items()}
        nouns = [(start, end) for start, end, name in anchors if kinds.get(name) == "name"]
        symbols = find_numbered(text, borders, self._grammar, self._vocabulary)
        names = find_unlisted(stretches, borders, [*doc._.spots, *symbols], nouns, self._vocabulary)
        return settle(text, [*names, *self._described(stretches, borders, anchors)])

    def _has_case(self, label: str, text: str) -> bool:
        """Whether a word has the capital that its pattern asks for, or has none."""
        if label == KNOWN:
            return text.islower()
        pattern = self._patterns[label]
        return not pattern.one_of or pattern.tokens[0].get("IS_LOWER", text.islower()) == text.islower()

    def _described(
        self, stretches: Stretches, borders: Sequence[int], anchors: Iterable[tuple[int, int, str]]
    ) -> Iterator[Spot]:
        describer = Describer(self._vocabulary, stretches)
        grow = {
            "period": describer.grow_period,
            "subject": describer.grow,
            "weak subject": describer.grow_weak,
            "made subject": describer.grow_made,
        }
        stretch = 0
        for start, end, name in anchors:
            kind = self._patterns[name].kind if name in self._patterns else ""
            while borders[stretch + 1] <= start:
                stretch += 1
            if name == KNOWN:
                yield Spot(start, end, name, how=How.DESCRIBED)
            if kind not in grow or end > borders[stretch + 1]:
                continue
            grown = grow[kind](borders[stretch], borders[stretch + 1], start, end)
            if grown is not None:
                yield Spot(*grown, name, how=How.DESCRIBED if "subject" in kind else How.GROWN)


def _text_of(doc: Doc) -> str:
    return doc._.running or doc.text


def _name_spot(start: int, end: int, name: Name, how: How) -> Spot:
    return Spot(
        start,
        end,
        "name",
        name.entry_ids,
        how,
        unsupported=bool(name.entry_ids) and len(name.unsupported) == len(name.entry_ids),
        antecedent=name.elsewhere or None,
        name=name.text,
        is_body=name.is_body,
    )


def _make_span(doc: Doc, spot: Spot) -> Any:
    span: Any = doc.char_span(spot.start, spot.end, label=spot.pattern, alignment_mode="expand")
    span._.citation = asdict(spot)
    return span
