"""The inbox: documents that the gazetteer lacks, each as a complete row to accept, correct or reject.

In: a run's documents and the names that it could not explain; out: one `Proposal` per document of the corpus without a
row, and below them one per name that several documents cite. What was accepted is found again by the note that its row
carries, what was rejected by the file `rejected.csv` in the gazetteer's folder; neither comes back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract import INBOX
from pipeline.gazetteer.edit import add_document, lock_gazetteer
from pipeline.gazetteer.lanes import lane_of_kind
from pipeline.gazetteer.load import Gazetteer, fold_name, load_gazetteer
from pipeline.gazetteer.new_rows import guess_kind
from pipeline.gazetteer.rows import ID_CHARACTERS
from pipeline.records import UNLISTED, Alias, AliasKind, Document, Front, Issue, Severity, Source
from pipeline.register import load_namer
from pipeline.review.anchor import letters
from pipeline.store import format_csv, read_csv, write_text

if TYPE_CHECKING:
    from pipeline.unlisted import Unlisted

CORPUS, CITED = "corpus", "cited"
# A name that one document alone cites is mostly that document's own matter.
OFTEN = 2
REJECTED = "rejected.csv"
_REJECTED_COLUMNS = ("id", "sha256", "title", "reviewer", "decided_at")
# The kind of lanes.yaml for documents whose title says no kind; without it a person has to choose one.
_NO_KIND = "other"
_SLUG = 80  # characters of a proposed id


@dataclass(frozen=True)
class Proposal:
    """A row for the gazetteer; `id` is what the run calls the document, `row_id` what it would be called."""

    id: str
    row_id: str
    origin: str  # corpus: its file was read; cited: only its name is known
    title: str
    date: str = ""  # of adoption, as precise as it is known
    kind: str = ""
    lane: str = ""
    aliases: tuple[str, ...] = ()
    symbol: str = ""
    issuer: str = ""
    file: str = ""
    sha256: str = ""
    documents: int = 0  # that cite it
    evidence: str = ""
    confidence: str = "low"  # high, medium or low, as documents.csv has it

    @property
    def cells(self) -> tuple[str | int, ...]:
        """The row of inbox.csv."""
        values = {**vars(self), "aliases": "; ".join(self.aliases)}
        return tuple(values[column] for column in INBOX.names)


def build_inbox(
    documents: Iterable[Document], unlisted: Sequence[Unlisted], gazetteer: Gazetteer
) -> tuple[Proposal, ...]:
    """What nobody has decided yet: documents of the corpus by id, then names, the most cited first."""
    names = {each.id: each for each in unlisted}
    sources = sorted(
        (each.source for each in documents if each.source.id.startswith(UNLISTED)), key=lambda each: each.id
    )
    held = {source.id for source in sources}
    found = [_from_source(source, names.get(source.id), gazetteer) for source in sources]
    found += [
        _from_name(each, gazetteer)
        for each in unlisted
        if each.documents >= OFTEN and each.suggestion != "alias" and each.id not in held
    ]
    return undecided(_with_ids(found, gazetteer), gazetteer)


def undecided(proposals: Iterable[Proposal], gazetteer: Gazetteer) -> tuple[Proposal, ...]:
    """Those that wait: neither in the gazetteer by now nor rejected."""
    rejected = {row["id"] for row in _read_rejected(gazetteer.folder)}
    hashes = {row["sha256"] for row in _read_rejected(gazetteer.folder)} - {""}
    done = rejected.union(gazetteer.found_as)
    return tuple(each for each in proposals if each.id not in done and each.sha256 not in hashes)


def describe_inbox(proposals: Sequence[Proposal]) -> Issue | None:
    """How many wait, and with which command; None for an empty inbox."""
    if not proposals:
        return None
    corpus = sum(each.origin == CORPUS for each in proposals)
    names = len(proposals) - corpus
    message = (
        f"{_count(corpus, 'document')} of the corpus and {_count(names, 'cited name')} have no row in the gazetteer"
    )
    remedy = "look at them with `topology inbox` or in the review page; `topology inbox accept ID` adds the row"
    return Issue("", "inbox", Severity.INFO, message, remedy)


def read_inbox(path: Path) -> tuple[Proposal, ...]:
    """The proposals of an inbox.csv; none where there is no such file."""
    made = []
    for row in read_csv(path) if path.exists() else ():
        values: dict[str, Any] = {column: row.get(column, "") for column in INBOX.names}
        values["aliases"] = tuple(name for name in values["aliases"].split("; ") if name)
        made.append(Proposal(**{**values, "documents": int(values["documents"] or 0)}))
    return tuple(made)


def accept(folder: Path, proposal: Proposal) -> Gazetteer:
    """Write the row and its other names through the validator; raises GazetteerError with nothing written.

    The name by which the run knew the document stays among its names when the title was corrected, so that its file
    and its citations are found again under the new id.
    """
    known = load_gazetteer(folder)
    names, twins = _names_for(proposal, known)
    row = {
        "id": proposal.row_id,
        "title": proposal.title,
        "short_title": proposal.title,
        "kind": proposal.kind,
        "lane": proposal.lane,
        "issued": proposal.date,
        "standing": "adopted" if proposal.origin == CORPUS else "",
        "digital": "no",
        "in_chapter": "false",
        "adopted_by": proposal.issuer,
        "ambiguous_with": ";".join(sorted(twins)),
        "confidence": proposal.confidence,
        "source": f"found by a run as {proposal.id} in {proposal.file or 'other documents'}",
    }
    gazetteer = add_document(folder, row, names)
    with lock_gazetteer(folder):
        _write_rejected(folder, [each for each in _read_rejected(folder) if each["id"] != proposal.id])
    return gazetteer


def _names_for(proposal: Proposal, gazetteer: Gazetteer) -> tuple[list[Alias], set[str]]:
    """Its names as a run's register has them, symbols too, and the other documents of the inbox that share one.

    What the register would not take for a name, a person has given: it needs a second sign.
    """
    own = tuple(name for name in proposal.aliases if name != proposal.title)
    found = {fold_name(each.text): each for each in load_namer(gazetteer).names(proposal.row_id, proposal.title, own)}
    for name in own:
        found.setdefault(fold_name(name), Alias(name, proposal.row_id, AliasKind.VARIANT, needs_support=True))
    twins = set()
    for alias in gazetteer.aliases:
        shared = found.get(fold_name(alias.text))
        if shared is not None and gazetteer.entries[alias.entry_id].came_in:
            twins.add(alias.entry_id)
        elif shared is not None and shared.kind is not AliasKind.TITLE:
            found.pop(fold_name(alias.text))
    symbols = filter(None, proposal.symbol.split("; "))
    return [*found.values(), *(Alias(each, proposal.row_id, AliasKind.SYMBOL) for each in symbols)], twins


def reject(folder: Path, proposal: Proposal, reviewer: str, now: str) -> None:
    """Note that nobody wants the row; its file and its name are not proposed again until somebody accepts it."""
    row = dict(zip(_REJECTED_COLUMNS, (proposal.id, proposal.sha256, proposal.title, reviewer, now), strict=True))
    with lock_gazetteer(folder):
        _write_rejected(folder, [*_read_rejected(folder), row])


def correct(proposal: Proposal, fields: Mapping[str, str]) -> Proposal:
    """The proposal as a person has it; the run's own title stays a name of the document."""
    given: dict[str, Any] = {
        name: " ".join(value.split()) for name, value in fields.items() if name in Proposal.__dataclass_fields__
    }
    names = [name.strip() for name in given.pop("aliases", "; ".join(proposal.aliases)).split(";")]
    title = given.get("title", proposal.title)
    if letters(title) != letters(proposal.title):
        names.append(proposal.title)
    return replace(proposal, **given, aliases=tuple(dict.fromkeys(filter(None, names))))


def _from_source(source: Source, name: Unlisted | None, gazetteer: Gazetteer) -> Proposal:
    front = source.front or Front()
    kind = front.kind or _kind_of(source.title, gazetteer)
    told = [f"{each.field}: {each.reason}, page {each.page}" for each in front.evidence]
    cited = [f"cited by {_count(name.documents, 'document')}"] if name else []
    return Proposal(
        id=source.id,
        row_id="",
        origin=CORPUS,
        title=source.title,
        date=str(source.issued or ""),
        kind=kind,
        lane=lane_of_kind(kind, gazetteer.lanes),
        aliases=_other_names(source.title, (*front.own_names, *front.annexed), gazetteer),
        symbol="; ".join(load_namer(gazetteer).symbols(source.title, front.symbols)),
        issuer=front.issuer,
        file=source.path,
        sha256=source.sha256,
        documents=name.documents if name else 0,
        evidence="; ".join([*told, *cited]),
        confidence="medium" if kind not in ("", _NO_KIND) and source.issued else "low",
    )


def _from_name(name: Unlisted, gazetteer: Gazetteer) -> Proposal:
    """What is only cited goes where nothing is drawn, if there is such a lane; the map is of the corpus."""
    kind = _kind_of(name.name, gazetteer)
    symbol, issuer = load_namer(gazetteer).symbol_of(name.name)
    undrawn = (lane.id for lane in gazetteer.lanes.values() if not lane.drawn)
    return Proposal(
        id=name.id,
        row_id="",
        origin=CITED,
        title=name.name,
        kind=kind,
        lane=next(undrawn, lane_of_kind(kind, gazetteer.lanes)),
        aliases=_other_names(name.name, name.forms, gazetteer),
        symbol=symbol,
        issuer=issuer,
        documents=name.documents,
        evidence=f"{', '.join(name.sources)}: {' '.join(name.sentence.split())}",
    )


def _kind_of(title: str, gazetteer: Gazetteer) -> str:
    return guess_kind(gazetteer, title) or (_NO_KIND if _NO_KIND in gazetteer.kinds else "")


def _other_names(title: str, forms: Iterable[str], gazetteer: Gazetteer) -> tuple[str, ...]:
    """Its names besides the title, as a run's register would have them, that no listed document bears."""
    taken = {fold_name(alias.text) for alias in gazetteer.aliases} | {fold_name(title)}
    names = (each.text for each in load_namer(gazetteer).names("", title, forms))
    return tuple(name for name in names if fold_name(name) not in taken)


def _with_ids(proposals: Iterable[Proposal], gazetteer: Gazetteer) -> Iterable[Proposal]:
    """Each under an id of its own that the gazetteer does not have yet."""
    taken = set(gazetteer.entries)
    for each in proposals:
        slug = _slug(each)
        number = 1
        row_id = slug
        while row_id in taken:
            number += 1
            row_id = f"{slug}-{number}"
        taken.add(row_id)
        yield replace(each, row_id=row_id)


def _slug(proposal: Proposal) -> str:
    """The title in small letters and hyphens, cut at a word's end, with the year of adoption if it has none."""
    plain = unicodedata.normalize("NFKD", proposal.title).casefold()
    words = "".join(char if char in ID_CHARACTERS else " " for char in plain if not unicodedata.combining(char)).split()
    year = [proposal.date[:4]] if proposal.date and proposal.date[:4] not in words else []
    slug = "-".join([*words, *year]).strip("-")
    return slug if len(slug) <= _SLUG else slug[:_SLUG].rsplit("-", 1)[0]


def _read_rejected(folder: Path) -> list[dict[str, str]]:
    path = folder / REJECTED
    return list(read_csv(path)) if path.exists() else []


def _write_rejected(folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
    ordered = sorted({row["id"]: tuple(row[column] for column in _REJECTED_COLUMNS) for row in rows}.values())
    if ordered or (folder / REJECTED).exists():
        write_text(folder / REJECTED, format_csv(_REJECTED_COLUMNS, ordered))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
