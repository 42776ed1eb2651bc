"""The one reader of a finished run: its tables as pandas data frames, its network as records.

In: the output folder of a run. Out: `Results`, whose columns and types are those of `runs/contract.py`. An empty text
cell is "", an empty number <NA>; what `write_csv` put before a formula is taken away again. Map, report, exports, the
review page, comparisons and scores read a run through this and nothing else; so may a notebook:

    >>> run = pipeline.load("extracted")
    >>> run.edges.groupby("status").weight.sum()
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract import TABLES, Column, Table
from pipeline.names.dates import PartialDate
from pipeline.store import FORMULA

if TYPE_CHECKING:
    import pandas as pd

_TABLES = {table.name: table for table in TABLES}
_TRUTH = {"true": True, "false": False, "": False}


class ResultsError(ValueError):
    """The folder holds no readable run: `what` names the file and what it lacks; the message adds the remedy."""

    def __init__(self, what: str, remedy: str = "run `topology run` again") -> None:
        self.what = what
        super().__init__(f"{what}; {remedy}")


@dataclass(frozen=True)
class Node:
    """A document: a row of nodes.csv; `lane` is its band on the map."""

    id: str
    label: str
    title: str
    date: PartialDate | None = None
    kind: str = ""
    lane: str = "none"
    in_corpus: bool = False
    partly_read: bool = False
    dialogue_partner: str = ""
    cited_by: int = 0
    cites: int = 0
    planned_by: int = 0
    hub: float = 0.0
    authority: float = 0.0
    pagerank: float = 0.0
    symbol: str = ""
    issuer: str = ""
    origin: str = ""  # gazetteer, corpus, cited
    url: str = ""
    superseded_by: str = ""

    @property
    def year(self) -> int | None:
        """The year of its date."""
        return self.date.year if self.date else None

    @property
    def is_new(self) -> bool:
        """It was read and stands in no gazetteer."""
        return self.origin == "corpus"


@dataclass(frozen=True)
class Line:
    """A citing and a cited document with the status of the latter: a row of edges.csv."""

    source: str
    target: str
    status: str
    weight: int = 1
    confidence: float = 1.0  # of the most confident citation behind it
    citation_ids: tuple[str, ...] = ()
    first_page: int | None = None
    source_year: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes the line unique."""
        return (self.source, self.target, self.status)

    @property
    def id(self) -> str:
        """The same in one word, for other tools."""
        return "|".join(self.key)


@dataclass(frozen=True)
class Quote:
    """A citation with a target: a row of citations.csv; `start` and `end` are offsets into the page's text."""

    id: str
    source: str
    target: str
    status: str
    basis: str
    cue: str
    confidence: float
    surface: str
    sentence: str
    page: int
    zone: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Relation:
    """What is known of two documents besides citing: a row of relations.csv."""

    source: str
    target: str
    relation: str


@dataclass(frozen=True)
class Network:
    """Who cites whom, each part sorted; `quotes` are the citations by id."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    quotes: dict[str, Quote] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()


def load(folder: Path | str = "extracted") -> Results:
    """The run that was published in `folder`; tables are read when they are first asked for."""
    return Results(Path(folder))


@dataclass(frozen=True)
class Results:
    """A finished run; each table is read once, and raises ResultsError where it is missing or spoilt."""

    folder: Path

    @cached_property
    def citations(self) -> pd.DataFrame:
        """One row for each place where a document names another one."""
        return self.table("citations")

    @cached_property
    def edges(self) -> pd.DataFrame:
        """One row for each pair of documents and status."""
        return self.table("edges")

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """One row for each document that was read or is cited."""
        return self.table("nodes")

    @cached_property
    def relations(self) -> pd.DataFrame:
        """What supersedes, renames or is part of what; no rows in a run of an older version."""
        return self.table("relations", is_needed=False)

    @cached_property
    def promises(self) -> pd.DataFrame:
        """Planned documents and what became of them."""
        return self.table("promises")

    @cached_property
    def unlisted(self) -> pd.DataFrame:
        """Names that no entry explains."""
        return self.table("unlisted")

    @cached_property
    def inbox(self) -> pd.DataFrame:
        """Documents that the gazetteer lacks, each as a row for it; no rows in a run of an older version."""
        return self.table("inbox", is_needed=False)

    @cached_property
    def near_misses(self) -> pd.DataFrame:
        """Pairs of a name and an entry that a guard kept apart."""
        return self.table("near_misses")

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What differs from the run before."""
        return self.table("changes")

    @cached_property
    def issues(self) -> pd.DataFrame:
        """What could not be read or understood."""
        return self.table("issues")

    @cached_property
    def network(self) -> Network:
        """Documents, lines and relations with the citations that have a target."""
        frame = self.citations
        return Network(
            nodes=tuple(sorted(map(_make_node, rows(self.nodes)), key=lambda node: node.id)),
            lines=tuple(sorted(map(_make_line, rows(self.edges)), key=lambda line: line.key)),
            quotes={quote.id: quote for quote in map(_make_quote, rows(frame[frame["target_id"] != ""]))},
            relations=tuple(Relation(each.source, each.target, each.relation) for each in rows(self.relations)),
        )

    def table(self, name: str, columns: Sequence[str] = (), *, is_needed: bool = True) -> pd.DataFrame:
        """A table by the name of its file, or only some of its columns, to spare memory."""
        table = _TABLES[name]
        wanted = [column for column in table.columns if not columns or column.name in columns]
        return _read(self.folder / f"{name}.csv", table, wanted, is_needed)


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples of plain values, None where a number is missing."""
    return frame.astype(object).where(frame.notna(), None).itertuples(index=False, name="Row")


def _read(path: Path, table: Table, wanted: Sequence[Column], is_needed: bool) -> pd.DataFrame:
    import pandas as pd

    names = [column.name for column in wanted]
    try:
        found = pd.read_csv(
            path, dtype="str", na_filter=False, encoding="utf-8-sig", usecols=lambda name: name in names
        )
    except FileNotFoundError:
        if is_needed:
            raise ResultsError(f"{path}: not there", "`topology run` writes it") from None
        found = pd.DataFrame(columns=list(table.names), dtype="str")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ResultsError(f"{path}: cannot be read ({error})", "was `topology run` finished?") from None
    for column in wanted:
        if column.name not in found:
            if not column.added:
                raise ResultsError(f"{path}: lacks `{column.name}`: written by an older version, or spoilt")
            found[column.name] = pd.Series("", index=found.index, dtype="str")
        found[column.name] = _convert(found[column.name], column, path)
    return found[names]


def _convert(cells: pd.Series[Any], column: Column, path: Path) -> pd.Series[Any]:
    """The cells as values of their column; raises ResultsError naming the first that is none."""
    if column.kind is str:
        if column.values:
            _check(cells, cells.isin(["", *column.values]), column, path)
        quoted = cells.str.startswith("'")
        return cells.mask(quoted & cells.str[1:].str.startswith(FORMULA), cells.str[1:]) if quoted.any() else cells
    if column.kind is bool:
        _check(cells, cells.isin(list(_TRUTH)), column, path)
        return cells.map(_TRUTH).astype(bool)
    known = cells.astype(object).where(cells != "", None)
    _check(cells, known.map(lambda cell: cell is None or _is_number(cell, column.kind)), column, path)
    values = known.map(lambda cell: None if cell is None else column.kind(cell))
    return values.astype("Int64") if column.kind is int else values.astype("float64")


def _is_number(cell: str, kind: type) -> bool:
    try:
        kind(cell)
    except ValueError:
        return False
    return True


def _check(cells: pd.Series[Any], is_right: pd.Series[Any], column: Column, path: Path) -> None:
    wrong = cells[~is_right.astype(bool)]
    if len(wrong):
        row = f"{path}, row {wrong.index[0] + 2}"
        raise ResultsError(f"{row}: {wrong.iloc[0]!r} is no value of `{column.name}`")


def _make_node(row: Any) -> Node:
    return Node(
        id=row.id,
        label=row.label or row.id,
        title=row.title,
        date=PartialDate.parse(row.date) if row.date else None,
        kind=row.kind,
        lane=row.lane or "none",
        in_corpus=row.in_corpus,
        partly_read=row.partly_read,
        dialogue_partner=row.dialogue_partner,
        cited_by=row.cited_by,
        cites=row.cites,
        planned_by=row.planned_by,
        hub=row.hub,
        authority=row.authority,
        pagerank=row.pagerank,
        symbol=row.symbol,
        issuer=row.issuer,
        origin=row.origin,
        url=row.url,
        superseded_by=row.superseded_by,
    )


def _make_line(row: Any) -> Line:
    return Line(
        source=row.source,
        target=row.target,
        status=row.status,
        weight=row.weight,
        confidence=1.0 if row.max_confidence is None else row.max_confidence,
        citation_ids=tuple(each for each in row.citation_ids.split(";") if each),
        first_page=row.first_page,
        source_year=row.source_year,
    )


def _make_quote(row: Any) -> Quote:
    return Quote(
        id=row.citation_id,
        source=row.source_id,
        target=row.target_id,
        status=row.status,
        basis=row.status_basis,
        cue=row.cue,
        confidence=row.confidence,
        surface=row.surface,
        sentence=row.sentence,
        page=row.page,
        zone=row.zone,
        start=row.char_start,
        end=row.char_end,
    )
