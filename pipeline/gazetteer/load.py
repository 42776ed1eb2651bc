"""The gazetteer: every document we know, with all its names, loaded from a folder of plain files and validated.

In: `documents.csv`, `aliases.csv`, `lanes.yaml` (gazetteer/README.md explains each column). Out: one frozen
`Gazetteer`, or a `GazetteerError` with every bad value in it. The trap: one name may belong to several documents
("Bangkok Declaration" to three). That is allowed only where the documents name each other in `ambiguous_with`, and
choosing among them is not done here.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from pipeline.gazetteer.lanes import Lane, read_legend
from pipeline.gazetteer.rows import (
    ALIAS_COLUMNS,
    ALIASES,
    DOCUMENT_COLUMNS,
    DOCUMENTS,
    LANES,
    Row,
    read_alias,
    read_document,
    read_rows,
)
from pipeline.knowledge import Fault, GazetteerError
from pipeline.records import Alias, AliasKind, Entry

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_QUOTES = {ord("‘"): "'", ord("’"): "'", ord("“"): '"', ord("”"): '"'}


@dataclass(frozen=True, eq=False)  # compared and hashed by identity: stages keep what they derive from it
class Gazetteer:
    """The known documents by id, all their names (titles, short titles and acronyms included), and the lanes."""

    folder: Path
    entries: Mapping[str, Entry]
    aliases: tuple[Alias, ...]
    lanes: Mapping[str, Lane]
    kinds: Mapping[str, tuple[str, ...]]
    title: str
    fingerprint: str  # of the content of documents.csv, aliases.csv and lanes.yaml
    abbreviations: Mapping[str, str] = field(default_factory=dict)  # written out below the map

    @cached_property
    def aliases_of(self) -> Mapping[str, tuple[Alias, ...]]:
        """Each entry's names, its title first."""
        found: dict[str, list[Alias]] = {entry_id: [] for entry_id in self.entries}
        for alias in self.aliases:
            found[alias.entry_id].append(alias)
        return {entry_id: tuple(aliases) for entry_id, aliases in found.items()}

    @cached_property
    def found_as(self) -> Mapping[str, str]:
        """The entries that were taken from a run, by what it called them."""
        return {entry.found_as: entry.id for entry in self.entries.values() if entry.found_as}

    @cached_property
    def successors_of(self) -> Mapping[str, tuple[str, ...]]:
        """The entries that supersede each entry, where there are any."""
        found: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries.values():
            for older in entry.supersedes:
                found[older].append(entry.id)
        return {older: tuple(newer) for older, newer in found.items()}


class Held:
    """A gazetteer as caches key it: two of one content are equal."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and other.gazetteer.fingerprint == self.gazetteer.fingerprint

    def __hash__(self) -> int:
        return hash(self.gazetteer.fingerprint)


def load_gazetteer(folder: Path) -> Gazetteer:
    """The gazetteer in `folder`; raises GazetteerError, with all bad values. Loaded again only when a file changed."""
    return _read_cached(folder, *read_files(folder))


def read_gazetteer(folder: Path, documents: bytes, aliases: bytes, lanes: bytes) -> tuple[Gazetteer, tuple[Fault, ...]]:
    """The gazetteer that these files make and what is wrong with them; fit for use only if nothing is."""
    faults: list[Fault] = []
    legend = read_legend(lanes, faults)
    if faults and not legend.lanes:  # no YAML: every row would be wrong for want of a lane
        return Gazetteer(folder, {}, (), {}, {}, "", ""), tuple(faults)
    entry_rows = [
        (row, read_document(row, legend)) for row in read_rows(DOCUMENTS, documents, DOCUMENT_COLUMNS, faults)
    ]
    alias_rows = [(row, read_alias(row)) for row in read_rows(ALIASES, aliases, ALIAS_COLUMNS, faults)]
    _check_ids(entry_rows)
    symbols = _symbols(alias for _, alias in alias_rows)
    entries = {entry.id: replace(entry, symbols=symbols.get(entry.id, ())) for _, entry in entry_rows}
    _check_references(entry_rows, entries)
    _check_aliases(alias_rows, entries)
    listed = [each for _, each in alias_rows if each.entry_id in entries and each.kind is not AliasKind.SYMBOL]
    names = _all_names(entries, listed)
    _check_shared_names(entry_rows, alias_rows, names, entries)
    digest = hashlib.sha256(b"\x00".join((documents, aliases, lanes))).hexdigest()[:16]
    gazetteer = Gazetteer(
        folder, entries, names, legend.lanes, legend.kinds, legend.title, digest, legend.abbreviations
    )
    return gazetteer, tuple(sorted(set(faults)))


def read_files(folder: Path) -> tuple[bytes, bytes, bytes]:
    """The content of documents.csv, aliases.csv and lanes.yaml; raises GazetteerError where one cannot be read."""
    contents: list[bytes] = []
    faults: list[Fault] = []
    for file in (DOCUMENTS, ALIASES, LANES):
        try:
            contents.append((folder / file).read_bytes())
        except OSError as error:
            faults.append(Fault(file, 0, "", "", f"cannot be read ({error.strerror}); is this the gazetteer's folder?"))
    if faults:
        raise GazetteerError(folder, faults)
    documents, aliases, lanes = contents
    return documents, aliases, lanes


def fold_name(text: str) -> str:
    """The form in which two names count as the same string: case, dashes, quotes and white space apart."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES | _QUOTES)
    return " ".join(plain.casefold().split())


@lru_cache(maxsize=4)
def _read_cached(folder: Path, documents: bytes, aliases: bytes, lanes: bytes) -> Gazetteer:
    gazetteer, faults = read_gazetteer(folder, documents, aliases, lanes)
    if faults:
        raise GazetteerError(folder, faults)
    return gazetteer


def _check_ids(rows: list[tuple[Row, Entry]]) -> None:
    first: dict[str, int] = {}
    for row, entry in rows:
        if entry.id in first:
            row.fault("id", f"line {first[entry.id]} has this id already; an id names one document")
        first.setdefault(entry.id, row.line)


def _check_references(rows: list[tuple[Row, Entry]], entries: Mapping[str, Entry]) -> None:
    for row, entry in rows:
        single = {"renamed_to": entry.renamed_to, "part_of": entry.part_of}
        named = {column: (value,) if value else () for column, value in single.items()}
        for column, ids in {**named, "supersedes": entry.supersedes, "ambiguous_with": entry.ambiguous_with}.items():
            _check_named(row, entry, column, ids, entries)


def _check_named(row: Row, entry: Entry, column: str, ids: tuple[str, ...], entries: Mapping[str, Entry]) -> None:
    for other in ids:
        if other not in entries:
            row.fault(column, f"{other} is no id of {DOCUMENTS}")
        elif other == entry.id:
            row.fault(column, "a document cannot name itself here")
        elif column == "ambiguous_with" and entry.id not in entries[other].ambiguous_with:
            row.fault(column, f"{other} does not name {entry.id} in turn; `topology gazetteer check --fix` adds it")


def _check_aliases(rows: list[tuple[Row, Alias]], entries: Mapping[str, Entry]) -> None:
    seen: dict[tuple[str, str, bool], int] = {}
    for row, alias in rows:
        if alias.entry_id not in entries:
            row.fault("entry_id", f"is no id of {DOCUMENTS}")
        key = (alias.entry_id, fold_name(alias.text), alias.kind is AliasKind.SYMBOL)
        if key in seen:
            row.fault("alias", f"line {seen[key]} gives this name already (case, dashes and quotes make no difference)")
        seen.setdefault(key, row.line)


def _symbols(listed: Iterable[Alias]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for alias in listed:
        if alias.kind is AliasKind.SYMBOL:
            found[alias.entry_id] = (*found.get(alias.entry_id, ()), alias.text)
    return found


def _all_names(entries: Mapping[str, Entry], listed: Iterable[Alias]) -> tuple[Alias, ...]:
    """Every name once per entry: what documents.csv gives, overruled by a row of aliases.csv for the same name."""
    found: dict[tuple[str, str], Alias] = {}
    for entry in entries.values():
        for text, kind in (
            (entry.title, AliasKind.TITLE),
            (entry.short_title, AliasKind.SHORT),
            (entry.acronym or "", AliasKind.ACRONYM),
        ):
            if text and not entry.came_in:
                found.setdefault((entry.id, fold_name(text)), Alias(text, entry.id, kind))
    for alias in listed:
        found[alias.entry_id, fold_name(alias.text)] = alias
    return tuple(found.values())


def _check_shared_names(
    entry_rows: list[tuple[Row, Entry]],
    alias_rows: list[tuple[Row, Alias]],
    names: tuple[Alias, ...],
    entries: Mapping[str, Entry],
) -> None:
    """A name of two documents is a fault unless they name each other in `ambiguous_with`."""
    owners: dict[str, list[Alias]] = defaultdict(list)
    for name in names:
        owners[fold_name(name.text)].append(name)
    alias_row = {(alias.entry_id, fold_name(alias.text)): row for row, alias in alias_rows}
    entry_row = {entry.id: row for row, entry in entry_rows}
    for key, sharing in owners.items():
        for name in sharing:
            strangers = [
                other.entry_id
                for other in sharing
                if other.entry_id != name.entry_id and other.entry_id not in entries[name.entry_id].ambiguous_with
            ]
            if not strangers:
                continue
            remedy = f"is a name of {', '.join(strangers)} too; if both are right, declare it in column ambiguous_with"
            row = alias_row.get((name.entry_id, key))
            if row is not None:
                row.fault("alias", remedy)
            else:
                entry_row[name.entry_id].fault(_column_of(entries[name.entry_id], key), remedy)


def _column_of(entry: Entry, key: str) -> str:
    return next(
        column for column in ("title", "short_title", "acronym") if fold_name(getattr(entry, column) or "") == key
    )
