"""From a few facts to a whole row: what `topology gazetteer add` writes.

In: what a person knows of a document, perhaps a row of unlisted.csv. Out: the gazetteer's files with the document or
its new names in them. The trap: a guess must look like one. The kind is read off the title and the lane is the one that
is not drawn; both are said on the command line, and `confidence` is low for what a run has found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.gazetteer.edit import add_aliases, add_document
from pipeline.gazetteer.load import Gazetteer, fold_name, load_gazetteer
from pipeline.gazetteer.rows import ALIASES, DOCUMENTS
from pipeline.knowledge import Fault, GazetteerError
from pipeline.records import UNLISTED, Alias, AliasKind
from pipeline.store import read_csv

_PERIOD = re.compile(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?")
_ACRONYM = re.compile(r"[A-Z][A-Za-z&-]*[A-Z][A-Za-z&-]*(?: ?\d{4})?")

# Where a title's subject begins, after its head noun.
_SUBJECT = re.compile(r"\b(?:on|of|for|to|in|with|against|between|among|under|concerning|towards|establishing)\b|[:,(]")

Unlisted = tuple[Path, str]  # the file, and the slug of the row that is meant


@dataclass(frozen=True)
class NewDocument:
    """What is known of a document; empty where it is not."""

    id: str = ""
    title: str = ""
    short_title: str = ""
    acronym: str = ""
    aliases: tuple[str, ...] = ()
    needs_support: bool = False
    kind: str = ""
    lane: str = ""
    issued: str = ""
    period: str = ""
    supersedes: tuple[str, ...] = ()
    part_of: str = ""
    dialogue_partner: str = ""
    source: str = ""
    confidence: str = "medium"


def add_new(folder: Path, new: NewDocument, unlisted: Unlisted | None = None) -> str:
    """Add the document, or its names if it is known already; says what was done. Raises GazetteerError."""
    gazetteer = load_gazetteer(folder)
    seen_as = ""
    if unlisted is not None:
        row = _find_unlisted(folder, *unlisted)
        new = _take_unlisted(new, row)
        seen_as = _other_forms(row, new)
    if new.id in gazetteer.entries:
        return _add_names(folder, gazetteer, new)
    if not new.id or not new.title:
        raise GazetteerError(folder, [Fault(DOCUMENTS, 0, "", new.id, "give an id and a --title for a new document")])
    kind = new.kind or guess_kind(gazetteer, new.title)
    lane = new.lane or next((lane.id for lane in gazetteer.lanes.values() if not lane.drawn), "")
    add_document(folder, _make_row(folder, new, kind, lane), _make_aliases(new))
    guessed = "" if new.kind and new.lane else f" (kind {kind}, lane {lane})"
    return f"added {new.id}: {new.title}{guessed}{seen_as}"


def guess_kind(gazetteer: Gazetteer, title: str) -> str:
    """The kind of the title's head noun: the last one before its subject begins ("Framework Agreement on ...")."""
    folded = fold_name(title)
    found = [
        (place.start(), place.end(), kind)
        for kind, nouns in gazetteer.kinds.items()
        for noun in nouns
        for place in re.finditer(rf"\b{re.escape(fold_name(noun))}\b", folded)
    ]
    if not found:
        return ""
    first_end = max(end for start, end, _ in found if start == min(found)[0])
    subject = _SUBJECT.search(folded, first_end)
    border = subject.start() if subject else len(folded)
    return max((end, -start, kind) for start, end, kind in found if end <= border)[2]


def _take_unlisted(new: NewDocument, row: dict[str, str]) -> NewDocument:
    return replace(
        new,
        id=new.id or row["id"].removeprefix(UNLISTED),
        title=new.title or row["name"],
        source=new.source or f"found by a run as {row['id']}",
        confidence="low" if new.confidence == "medium" else new.confidence,
    )


def _other_forms(row: dict[str, str], new: NewDocument) -> str:
    """What texts call it besides; a person decides which of them are names and which are damaged."""
    known = {fold_name(name) for name in (new.title, *new.aliases)}
    forms = [form for form in row.get("forms", "").split("; ") if form and fold_name(form) not in known]
    return f"; texts also have {'; '.join(forms)} (add what is a name with --alias)" if forms else ""


def _find_unlisted(folder: Path, path: Path, slug: str) -> dict[str, str]:
    try:
        rows = list(read_csv(path))
    except OSError as error:
        fault = Fault(str(path), 0, "", slug, f"cannot be read ({error.strerror}); run `topology run` first")
        raise GazetteerError(folder, [fault]) from None
    slug = slug.removeprefix(UNLISTED)
    for row in rows:
        if row["id"].removeprefix(UNLISTED) == slug:
            return row
    known = ", ".join(row["id"].removeprefix(UNLISTED) for row in rows[:3])
    raise GazetteerError(folder, [Fault(str(path), 0, "id", slug, f"no such row; the first ones are {known}")])


def _add_names(folder: Path, gazetteer: Gazetteer, new: NewDocument) -> str:
    if not new.aliases:
        remedy = "is known already; give an --alias to add a name, or edit its row"
        raise GazetteerError(folder, [Fault(DOCUMENTS, 0, "id", new.id, remedy)])
    add_aliases(folder, _make_aliases(new))
    return f"added to {new.id}, {gazetteer.entries[new.id].title}: {', '.join(new.aliases)} ({ALIASES})"


def _make_row(folder: Path, new: NewDocument, kind: str, lane: str) -> dict[str, str]:
    years = _PERIOD.fullmatch(new.period) if new.period else None
    if new.period and years is None:
        fault = Fault(DOCUMENTS, 0, "period_start", new.period, "write the period as 2027-2030")
        raise GazetteerError(folder, [fault])
    return {
        "id": new.id,
        "title": new.title,
        "short_title": new.short_title or new.title,
        "acronym": new.acronym,
        "kind": kind,
        "lane": lane,
        "issued": new.issued,
        "period_start": years[1] if years else "",
        "period_end": (years[2] or "") if years else "",
        "digital": "partly",
        "supersedes": ";".join(new.supersedes),
        "part_of": new.part_of,
        "dialogue_partner": new.dialogue_partner,
        "in_chapter": "false",
        "confidence": new.confidence,
        "source": new.source or "knowledge",
    }


def _make_aliases(new: NewDocument) -> list[Alias]:
    return [Alias(text, new.id, _guess_alias_kind(text), new.needs_support) for text in new.aliases]


def _guess_alias_kind(text: str) -> AliasKind:
    return AliasKind.ACRONYM if _ACRONYM.fullmatch(text) else AliasKind.VARIANT
