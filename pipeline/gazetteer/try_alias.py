"""What a new alias would change in the last run, before it is saved.

In: the alias, the entry it is for, the run's folder. Out: a `Trial`: the citations whose words are that name and that
are linked elsewhere or nowhere now, and the other entries that bear the name already. The trap: only names that the run
found can be counted; words that no pattern took for a name come up with the next run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.detect.names import load_names
from pipeline.names.editions import read_marks
from pipeline.names.spelling import Spelling, split_words
from pipeline.store import read_csv

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

CITATIONS = "citations.csv"


@dataclass(frozen=True)
class Change:
    """One citation of the last run that the alias would link anew."""

    citation_id: str
    source_id: str
    page: int
    surface: str
    target_id: str  # as it is linked now; empty for undecided
    sentence: str


@dataclass(frozen=True)
class Trial:
    """What an alias would do; `owners` are the other entries with that name, which must be declared ambiguous."""

    alias: str
    entry_id: str
    changes: tuple[Change, ...]
    kept: int  # citations of that name that are linked to the entry already
    owners: tuple[str, ...]


def try_alias(alias: str, entry_id: str, run: Path, gazetteer: Gazetteer) -> Trial:
    """Try an alias against the run in a folder; raises KeyError for an unknown entry, OSError without a run."""
    if entry_id not in gazetteer.entries:
        raise KeyError(f"{entry_id} is no id of documents.csv")
    names = load_names(gazetteer)
    name = names.name_of(alias)
    owners = tuple(owner for owner in (name.entry_ids if name is not None else ()) if owner != entry_id)
    rows = [row for row in read_csv(run / CITATIONS) if _is_named(row["surface"], alias, names.spelling)]
    changes = tuple(_change(row) for row in rows if row["target_id"] != entry_id)
    return Trial(alias, entry_id, changes, len(rows) - len(changes), owners)


def _is_named(surface: str, alias: str, spelling: Spelling) -> bool:
    """Whether the words are the alias, spelling and articles apart, or the alias with an edition behind it."""
    if spelling.key(surface) == spelling.key(alias):
        return True
    marks = read_marks(surface)
    return bool(marks) and not read_marks(alias) and _letters(surface, spelling) == _letters(alias, spelling)


def _letters(name: str, spelling: Spelling) -> str:
    words = (folded for _, _, folded in spelling.fold_words(split_words(name)))
    return "".join(word for word in words if word.isalpha())


def _change(row: dict[str, str]) -> Change:
    return Change(
        row["citation_id"],
        row["source_id"],
        int(row["page"]),
        row["surface"],
        row["target_id"],
        row["sentence"],
    )
