"""Find what looks like the name of a document: pages in, mentions out, not yet linked. spaCy lives here.

The spaCy pipeline can be used by itself: `make_nlp` gives a blank English pipeline whose components `document_names`
(the gazetteer's names) and `name_patterns` (names that no entry gives) fill `doc.spans["citations"]`;
`span._.citation` says what was found. Where the package is installed `spacy.load` reads a saved one by itself; else
import this module first. The trap: a name can begin in the middle of a token where spaces are lost, so the exact place
is `span._.citation["start"]` and `["end"]`; the span itself is widened to whole tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spacy
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex

from pipeline.detect.mentions import Sentences, make_mentions
from pipeline.detect.name import Name, most_common_acronym, small_acronyms, without_article
from pipeline.detect.names import NameBook, load_names, pack_names, unpack_names
from pipeline.detect.overlap import settle_overlaps
from pipeline.detect.numbered import find_numbered
from pipeline.detect.owntitle import outside_own_title
from pipeline.detect.patterns import Pattern, load_patterns
from pipeline.detect.refine import refine_spots
from pipeline.detect.running import run_together
from pipeline.detect.spans import Spot, best_of_each, keep_longest
from pipeline.detect.subjects import Describer
from pipeline.detect.unlisted import find_unlisted
from pipeline.names.folding import fold_text
from pipeline.names.symbols import SymbolGrammar, load_symbols
from pipeline.names.tokens import Stretches
from pipeline.names.vocabulary import Vocabulary, load_vocabulary
from pipeline.records import Mention, Page, Source

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

SPANS = "citations"
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
_SMALL = "small "
_YEAR_END = re.compile(r"\b(?:19|20)\d\d$")

if not Span.has_extension("citation"):
    Span.set_extension("citation", default=None)
    Doc.set_extension("stretches", default=None)  # where paragraphs, cells and list items begin
    Doc.set_extension("running", default=None)  # the text, which spaCy would put together again at each call
    Doc.set_extension("spots", default=None)  # what was found so far; two names may begin in one token


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
    grammar = load_symbols(gazetteer.folder)
    return _load_nlp(load_names(gazetteer), load_patterns(gazetteer), load_vocabulary(gazetteer), grammar)


@lru_cache(maxsize=4)
def _load_nlp(
    names: NameBook, patterns: tuple[Pattern, ...], vocabulary: Vocabulary, grammar: SymbolGrammar
) -> Language:
    return make_nlp(names, patterns, vocabulary, grammar)


def make_nlp(
    names: NameBook, patterns: Sequence[Pattern], vocabulary: Vocabulary, grammar: SymbolGrammar
) -> Language:
    """A blank English pipeline that finds these names and patterns."""
    nlp = spacy.blank("en")
    nlp.max_length = _MAX_LENGTH
    tokenizer: Any = nlp.tokenizer
    tokenizer.infix_finditer = compile_infix_regex([*(nlp.Defaults.infixes or ()), *_NOTE_MARKS]).finditer
    nlp.add_pipe("document_names").fill(names)  # type: ignore[attr-defined]
    nlp.add_pipe("name_patterns").fill(patterns, vocabulary, grammar)  # type: ignore[attr-defined]
    return nlp


@Language.factory("document_names")
class DocumentNames:
    """Names of the gazetteer: phrase patterns, and space-free keys for what phrase patterns miss."""

    def __init__(self, nlp: Language, name: str) -> None:
        self._nlp = nlp
        self._names: NameBook | None = None
        self._owner = ""
        self._phrases = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._acronyms = PhraseMatcher(nlp.vocab, attr="ORTH")

    def fill(self, names: NameBook) -> None:
        """Take the names to look for."""
        self._names = names
        self._owner = most_common_acronym(names.names).capitalize()
        for number, name in enumerate(names.names):
            matcher = self._acronyms if name.cased else self._phrases
            matcher.add(str(number), [self._nlp.make_doc(without_article(fold_text(text))) for text in name.texts])
            small = small_acronyms(name)
            if small:
                matcher.add(f"{_SMALL}{number}", [self._nlp.make_doc(fold_text(text)) for text in small])

    def __call__(self, doc: Doc) -> Doc:
        """Put the names into `doc.spans`, overlapping ones too."""
        _set_spots(doc, best_of_each(self._spots(doc)) if self._names is not None else [])
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
        for matcher in (self._phrases, self._acronyms):
            for key, start, end in matcher(doc):
                number = doc.vocab.strings[key]
                name = self._names.names[int(number.removeprefix(_SMALL))]
                if number.startswith(_SMALL) and not house_style and not _YEAR_END.search(name.text):
                    continue
                yield _name_spot(doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), name, "exact")
        for found in self._names.find(_text_of(doc)):
            yield _name_spot(found.start, found.end, found.name, found.how)


@Language.factory("name_patterns")
class NamePatterns:
    """Names that no entry gives, and documents described by their subject; the longest of all names is kept."""

    def __init__(self, nlp: Language, name: str) -> None:
        self._vocab = nlp.vocab
        self._flags: dict[str, int] = {}
        self._matcher = Matcher(nlp.vocab, validate=False)
        self._patterns: dict[str, Pattern] = {}
        self._vocabulary = Vocabulary({})
        self._grammar = SymbolGrammar((), {})

    def fill(self, patterns: Sequence[Pattern], vocabulary: Vocabulary, grammar: SymbolGrammar) -> None:
        """Take the patterns to look for, the words that they grow over, and the grammar of symbols."""
        self._vocabulary, self._grammar = vocabulary, grammar
        for pattern in patterns:
            self._patterns[pattern.id] = pattern
            self._matcher.add(pattern.id, [[self._with_flags(token) for token in pattern.tokens]])

    def __call__(self, doc: Doc) -> Doc:
        """Add what the patterns find to `doc.spans` and keep the longest where names overlap."""
        _set_spots(doc, self._settle(doc))
        return doc

    def _with_flags(self, token: Mapping[str, Any]) -> dict[Any, Any]:
        """Word lists and expressions as flags of the vocabulary: spaCy asks each word once, not at each place."""
        plain: dict[Any, Any] = {}
        for attribute, value in token.items():
            if not isinstance(value, dict):
                plain[attribute] = value
                continue
            test = _make_test(attribute, value)
            key = json.dumps([attribute, value], sort_keys=True)
            if key not in self._flags:
                self._flags[key] = self._vocab.add_flag(test)
            plain[self._flags[key]] = True
        return plain

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        """Save patterns and words as JSON."""
        rows = [asdict(pattern) for pattern in self._patterns.values()]
        lists = {name: sorted(words) for name, words in self._vocabulary.lists.items()}
        Path(path).write_text(json.dumps({"patterns": rows, "lists": lists}, ensure_ascii=False), encoding="utf-8")

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> NamePatterns:
        """Load what `to_disk` saved."""
        saved = json.loads(Path(path).read_text(encoding="utf-8"))
        vocabulary = Vocabulary({name: frozenset(words) for name, words in saved["lists"].items()})
        self.fill([Pattern(**row) for row in saved["patterns"]], vocabulary, SymbolGrammar((), {}))
        return self

    def _settle(self, doc: Doc) -> list[Spot]:
        """The names of the register, the unlisted ones beside or around them, and what descriptions are free."""
        text = _text_of(doc)
        if not self._patterns:
            return keep_longest(doc._.spots or ())
        borders = [*(doc._.stretches or [0]), len(text)]
        stretches = Stretches(text)
        found = [
            (doc[first].idx, doc[last - 1].idx + len(doc[last - 1]), self._patterns[doc.vocab.strings[key]])
            for key, first, last in self._matcher(doc)
        ]
        nouns = [(start, end) for start, end, pattern in found if pattern.kind == "name"]
        symbols = find_numbered(text, borders, self._grammar, self._vocabulary)
        names = find_unlisted(stretches, borders, [*(doc._.spots or ()), *symbols], nouns, self._vocabulary)
        others = [each for each in found if each[2].kind != "name"]
        return settle_overlaps(text, [*names, *self._grown(stretches, borders, others)], self._vocabulary)

    def _grown(
        self, stretches: Stretches, borders: Sequence[int], found: Sequence[tuple[int, int, Pattern]]
    ) -> Iterator[Spot]:
        describer = Describer(self._vocabulary, stretches)
        grow = {
            "period": describer.grow_period,
            "subject": describer.grow,
            "weak subject": describer.grow_weak,
            "made subject": describer.grow_made,
        }
        stretch = 0
        for start, end, pattern in sorted(found, key=lambda each: each[:2]):
            while borders[stretch + 1] <= start:
                stretch += 1
            if end > borders[stretch + 1]:
                continue
            grown = grow[pattern.kind](borders[stretch], borders[stretch + 1], start, end)
            if grown is not None:
                yield Spot(*grown, pattern.id, how="described" if "subject" in pattern.kind else "grown")


def _make_test(attribute: str, value: Mapping[str, Any]) -> Callable[[str], bool]:
    """A test of one word, for a value like {"IN": [...]} or {"REGEX": ...} of LOWER or TEXT."""
    lower = attribute == "LOWER"
    if "IN" in value:
        words = frozenset(value["IN"])
        return lambda text: (text.lower() if lower else text) in words
    expression = re.compile(value["REGEX"])
    return lambda text: expression.search(text.lower() if lower else text) is not None


def _name_spot(start: int, end: int, name: Name, how: str) -> Spot:
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


def _text_of(doc: Doc) -> str:
    return doc._.running or doc.text


def _set_spots(doc: Doc, spots: list[Spot]) -> None:
    """Keep the spots, and show them as spans, of two in the same tokens the longer one; not for our own use."""
    doc._.spots = spots
    if doc._.running is not None:
        return
    shown = {(span.start, span.end): span for span in (_make_span(doc, spot) for spot in sorted(spots, key=len))}
    doc.spans[SPANS] = sorted(shown.values(), key=lambda span: (span.start, span.end))


def _make_span(doc: Doc, spot: Spot) -> Any:
    span: Any = doc.char_span(spot.start, spot.end, label=spot.pattern, alignment_mode="expand")
    span._.citation = asdict(spot)
    return span
