"""Every record that crosses a stage border. Frozen, made of tuples; no stage invents a dict of its own.

PDF -> `Reading` (pages) -> `Mention` -> `Link` (candidates, choice) -> `Citation` (status).
The trap: offsets count characters of `Page.text`, and a mention that goes on over a page break counts on
through one form feed into the next page's text, so its `end` may lie beyond the text of its own page.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.names.dates import PartialDate

# Points from the top left corner of the upright page: left, top, right, bottom.
BBox = tuple[float, float, float, float]

UNLISTED = "unlisted:"
# Column `source` of a row that was taken from a run: "found by a run as unlisted:code-on-rivers in code.pdf".
FOUND_AS = re.compile(rf"found by a run as ({UNLISTED}[^\s,;]+)")


class AliasKind(StrEnum):
    """What sort of name an alias is."""

    TITLE = "title"
    SHORT = "short"
    ACRONYM = "acronym"
    VARIANT = "variant"
    FORMER = "former"
    SYMBOL = "symbol"  # what its issuer numbers it by; found as a symbol, not as words


class Zone(StrEnum):
    """The part of a document in which a piece of text stands."""

    BODY = "body"
    HEADING = "heading"
    TABLE = "table"
    FOOTNOTE = "footnote"
    ANNEX = "annex"
    CONTENTS = "contents"
    BIBLIOGRAPHY = "bibliography"
    HEADER = "header"
    FOOTER = "footer"


class Legibility(StrEnum):
    """How far a page could be read; all but `ok`, `blank` and `ocr` make the document partly read."""

    OK = "ok"
    BLANK = "blank"
    NO_TEXT = "no-text"
    IMAGE_ONLY = "image-only"
    MOJIBAKE = "mojibake"
    SPARSE = "sparse"
    FAILED = "failed"
    OCR = "ocr"


class CitationKind(StrEnum):
    """How the text names the document: by its name, by a term defined in the text, or by anaphora."""

    NAME = "name"
    TERM = "term"
    ANAPHORA = "anaphora"


class Status(StrEnum):
    """Whether the cited document existed at the citing document's date."""

    EXISTING = "existing"
    PLANNED = "planned"
    UNCLEAR = "unclear"


class StatusBasis(StrEnum):
    """What decided the status: registry dates, the words, both, their conflict, or nothing."""

    DATE = "date"
    CUE = "cue"
    BOTH = "both"
    CONFLICT = "conflict"
    NONE = "none"


class Verdict(StrEnum):
    """What a reviewer decided."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"
    UNSURE = "unsure"


class Severity(StrEnum):
    """How much an issue costs: `error` lost a document or page, `warning` may have lost a citation."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Entry:
    """A document of the gazetteer; `issued` is its adoption, signing or endorsement."""

    id: str
    title: str
    short_title: str
    kind: str
    lane: str
    issued: PartialDate | None = None
    period: tuple[int | None, int | None] = (None, None)
    acronym: str | None = None
    supersedes: tuple[str, ...] = ()
    renamed_to: str | None = None
    part_of: str | None = None
    dialogue_partner: str | None = None
    adopted_by: str = ""
    standing: str = ""  # the registry's word: adopted, in-force, superseded, planned, under-negotiation ...
    digital: str = ""
    ambiguous_with: tuple[str, ...] = ()
    official_url: str | None = None
    official_url_verified: bool = False
    confidence: str = ""
    in_chapter: bool = False  # named, or described beyond doubt, by the chapter that the first map comes from
    basis: str = ""  # where the row's facts come from (column `source` of documents.csv)
    symbols: tuple[str, ...] = ()  # normal forms of what its issuer numbers it by: "A/RES/67/82"

    @property
    def found_as(self) -> str:
        """What a run called the document before it had this row; empty where nobody took it from a run."""
        found = FOUND_AS.match(self.basis)
        return found[1] if found else ""

    @property
    def came_in(self) -> bool:
        """A run wrote its row: it goes by the names that the row lists and by nothing else, its title neither."""
        return self.id.startswith(UNLISTED) or is_accepted(self.basis)


def is_accepted(basis: str) -> bool:
    """Column `source` of documents.csv says that the row is one of the inbox, as the run proposed it."""
    found = FOUND_AS.match(basis)
    return found is not None and basis.startswith(" in ", found.end())


@dataclass(frozen=True)
class Alias:
    """Another string for an entry; with `needs_support` it counts only beside a second signal."""

    text: str
    entry_id: str
    kind: AliasKind
    needs_support: bool = False


class DateKind(StrEnum):
    """What a document's date is the date of."""

    ADOPTION = "adoption"  # adopted, signed, proclaimed, opened for signature; the meeting that did so
    ISSUE = "issue"  # distributed, printed, published


class TitleFrom(StrEnum):
    """Where a file's title was read."""

    PAGE = "title page"
    HEADER = "running header"
    METADATA = "metadata"


@dataclass(frozen=True)
class Evidence:
    """Where a field of a `Front` was read, and why it is believed; `printed` is the text as it stands there."""

    field: str
    page: int
    bbox: BBox | None
    printed: str
    reason: str


@dataclass(frozen=True)
class Front:
    """What a file says about itself, without any gazetteer; a field of which nothing is sure is empty.

    `symbols` are normal forms, the file's own first. `own_names` are acronyms and short names by which it calls itself,
    `annexed` the titles of documents that it carries as annexes.
    """

    title: str = ""
    title_from: TitleFrom | None = None
    symbols: tuple[str, ...] = ()
    issuer: str = ""
    issued: PartialDate | None = None
    date_kind: DateKind | None = None
    kind: str = ""
    own_names: tuple[str, ...] = ()
    annexed: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Source:
    """A citing document: `id` is an entry's id or `unlisted:<slug>`; `basis` says how it was identified."""

    id: str
    path: str
    sha256: str
    title: str
    issued: PartialDate | None = None
    basis: str = ""
    front: Front | None = None


@dataclass(frozen=True)
class Quality:
    """How well a page was read; `confidence` is OCR's (0-1), None for a text layer."""

    legibility: Legibility = Legibility.OK
    confidence: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a page's text: offsets into `Page.text`, box in points."""

    start: int
    end: int
    bbox: BBox


@dataclass(frozen=True)
class Block:
    """A run of `Page.text` in one zone, in reading order; a table cell is a block of its own, with its row's number.

    Where there is no paper (HTML, DOCX) `bbox` is None, and `anchor` is the element's id or the paragraph's number.
    """

    zone: Zone
    start: int
    end: int
    bbox: BBox | None
    row: int | None = None
    column: int | None = None
    anchor: str = ""


@dataclass(frozen=True)
class Page:
    """Cleaned text of one PDF page (numbered from 1), as a reader would copy it, headers and footers too."""

    source_id: str
    number: int
    text: str
    blocks: tuple[Block, ...] = ()
    quality: Quality = Quality()
    lines: tuple[Line, ...] = ()
    size: tuple[float, float] = (0.0, 0.0)  # width, height in points, upright


@dataclass(frozen=True)
class Issue:
    """Something the run did not understand; must be cleared."""

    source_id: str
    stage: str
    severity: Severity
    message: str
    remedy: str


@dataclass(frozen=True)
class Reading:
    """What one PDF gave: its pages, the metadata it claims, and what could not be read."""

    path: str
    sha256: str
    pages: tuple[Page, ...] = ()
    issues: tuple[Issue, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()  # sorted (key, value): title, author, created ...


@dataclass(frozen=True)
class ReadLimits:
    """What one PDF may cost before it becomes an issue; a 700-page treaty passes easily."""

    seconds: float = 300.0
    page_seconds: float = 60.0  # without a sign of life
    ocr_seconds: float = 1200.0  # for all pages of a file that need OCR, beyond `seconds`
    memory_mb: int = 900
    file_mb: int = 500
    pages: int = 2000
    objects: int = 400_000  # drawn on one page
    image_pixels: int = 25_000_000  # of a page's picture for OCR or for a person


@dataclass(frozen=True)
class Mention:
    """A span that looks like the name of a document, not yet linked.

    `sentence` is the clean sentence (white space folded, no running headers inside) and `within` the surface's
    place in it. `lead` is text that governs it from elsewhere: a list's introduction, a table's column head or the
    other cells of its row. `antecedent` is the name that a term or an anaphora stands for.
    """

    source_id: str
    page: int
    start: int
    end: int
    surface: str
    sentence: str
    zone: Zone
    pattern: str
    within: tuple[int, int] = (0, 0)
    lead: str = ""
    kind: CitationKind = CitationKind.NAME
    is_list_item: bool = False
    antecedent: str | None = None
    entry_ids: tuple[str, ...] = ()  # entries whose alias matched exactly
    occurrence: int = 0  # of this surface in this sentence, within the source
    name: str = ""  # in full, where the surface is a part, damaged, or a term: "ASCC Blueprint 2025" for "ASCC"
    turn: str = ""  # "next" or "previous" before the name
    around: str = ""  # the text around a name that several documents bear
    onward: str = ""  # the clause behind the semicolon that ends the sentence


@dataclass(frozen=True)
class Candidate:
    """An entry that a mention might mean; `score` 0-100, `reason` one readable clause."""

    entry_id: str
    alias: str
    score: float
    reason: str


@dataclass(frozen=True)
class NearMiss:
    """A pair that a guard kept apart, and why."""

    source_id: str
    surface: str
    entry_id: str
    guard: str
    score: float
    reason: str


@dataclass(frozen=True)
class Link:
    """A mention and the choice among its candidates.

    `target_id` is an entry's id, `unlisted:<slug>` for a name that no entry explains, or None where two candidates
    are too close (`method` "undecided") or the text names no document by itself.
    """

    mention: Mention
    target_id: str | None
    target_title: str
    method: str  # exact, edition, context, term, anaphora, fuzzy, subject, unlisted, undecided
    reason: str
    confidence: float  # 0-1
    candidates: tuple[Candidate, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    features: tuple[tuple[str, float], ...] = ()  # what the confidence was made of


@dataclass(frozen=True)
class Citation:
    """A mention with its decided entry and the status at the citing document's date."""

    id: str
    mention: Mention
    kind: CitationKind
    candidates: tuple[Candidate, ...]
    target_id: str | None
    target_title: str
    status: Status
    status_basis: StatusBasis
    cue: str
    confidence: float
    method: str
    reason: str
    status_reason: str = ""
    deadline: str = ""  # "by 2025", as the text has it
    status_today: str = ""
    judgement_id: str | None = None
    review_state: str = ""
    reviewer: str = ""
    reviewed_at: str = ""
    bbox: BBox | None = None
    features: tuple[tuple[str, float], ...] = ()  # of the link, of which its confidence was made


@dataclass(frozen=True)
class Shown:
    """What a reviewer saw when a judgement was given, and what finds the citation again in a re-issued PDF.

    All texts, as judgements.jsonl has them; empty where the line does not say. `within` is "start,end" in the sentence.
    """

    source_id: str = ""
    surface: str = ""
    sentence: str = ""
    within: str = ""
    lead: str = ""
    page: str = ""
    occurrence: str = ""
    target_id: str = ""
    status: str = ""
    file: str = ""
    sha256: str = ""
    blind: str = ""  # "yes" where the reviewer did not see the target and the status
    form: str = ""  # the form or import with which it was sent


@dataclass(frozen=True)
class Judgement:
    """One decision of a person over one citation; never changed, only followed by a later one."""

    id: str
    citation_id: str
    verdict: Verdict
    target_id: str | None
    status: Status | None
    reviewer: str
    decided_at: str
    note: str = ""
    shown: Shown = Shown()
    undoes: str = ""  # the judgement that this line takes back; the line decides nothing else
    settles: tuple[str, ...] = ()  # judgements, of any reviewer, between which this one decides


@dataclass(frozen=True)
class Document:
    """One source's result: what the rest of the run needs of it, and all that is kept between runs."""

    source: Source
    page_count: int
    unread_pages: tuple[int, ...]
    citations: tuple[Citation, ...]
    near_misses: tuple[NearMiss, ...]
    issues: tuple[Issue, ...]
    characters: int = 0  # of legible text
    sketch: tuple[int, ...] = ()  # of the text, for finding copies; see identify/copies.py
    scanned: bool = False  # its text comes from OCR


def citation_id(mention: Mention) -> str:
    """Stable across runs and machines; changes when the quoted sentence changes, not when the text around it does."""
    sentence = " ".join(mention.sentence.split())
    surface = " ".join(mention.surface.split())
    key = "\x1f".join([mention.source_id, sentence, surface, str(mention.occurrence)])
    return "c-" + hashlib.sha1(key.encode("utf-8")).hexdigest()[:12]
