"""Why a citation or a line differs between two runs.

In: two runs, and which rows of the gazetteer changed between them. Out: a `Cause`. The trap: several causes may meet in
one run. What is certain is asked first (the PDF is new, gone or another; a person judged), then the gazetteer's rows
that name the document, then the text, then the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.runs.run_folder import Input, RunFolder

# Where a cause may lie; in the order in which the page tells them.
CAUSES = (
    "new document",
    "replaced document",
    "removed document",
    "SOURCES.csv",
    "judgement",
    "gazetteer",
    "text",
    "rules",
    "settings",
)


class Cause(NamedTuple):
    """One of CAUSES, and which document, row or version it was."""

    name: str
    detail: str


@dataclass(frozen=True)
class Causes:
    """Why a citation of a source may differ between two runs."""

    old: RunFolder
    new: RunFolder
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # changed gazetteer rows by entry id

    def find(self, source_id: str, entry_ids: Iterable[str], old: Mapping[str, str], new: Mapping[str, str]) -> Cause:
        """The cause of one difference; `old` and `new` are the citation's rows, empty where there is none."""
        return (
            self._document(source_id)
            or self._listed(source_id)
            or self._judgement(old, new)
            or self._row(source_id, entry_ids)
            or self._arrival(entry_ids)
            or self._text(source_id)
            or self._versions()
        )

    def _document(self, source_id: str) -> Cause | None:
        """The PDF is new, gone or another one; None where it is the same, be it taken for another document now."""
        before, after = self._peers(source_id)
        if before is None or after is None:
            file = (after or before or {"file": source_id})["file"]
            return Cause("removed document" if after is None else "new document", file)
        return Cause("replaced document", after["file"]) if before["sha256"] != after["sha256"] else None

    def _listed(self, source_id: str) -> Cause | None:
        """Its row of SOURCES.csv says otherwise what it is; older runs did not keep that."""
        rows = [each.get("listed") for each in self._peers(source_id) if each]
        changed = len(rows) == 2 and None not in rows and rows[0] != rows[1]
        return Cause("SOURCES.csv", f"the row of {(self._peers(source_id)[1] or {})['file']}") if changed else None

    def _peers(self, source_id: str) -> tuple[Input | None, Input | None]:
        """The PDF of a source in both runs: under the same id, with the same bytes, or under the same name."""
        before, after = self.old.sources.get(source_id), self.new.sources.get(source_id)
        if before and after:
            return before, after
        if before:
            return before, self.new.by_hash.get(before["sha256"]) or self.new.files.get(before["file"])
        if after:
            return self.old.by_hash.get(after["sha256"]) or self.old.files.get(after["file"]), after
        return None, None

    def _judgement(self, old: Mapping[str, str], new: Mapping[str, str]) -> Cause | None:
        columns = ("review_state", "reviewer", "reviewed_at")
        if not (old and new) or all(old[column] == new[column] for column in columns):
            return None
        state = new["review_state"] or "taken back"
        return Cause("judgement", f"{state} by {new['reviewer'] or old['reviewer']}")

    def _row(self, source_id: str, entry_ids: Iterable[str]) -> Cause | None:
        sources = [each["source_id"] for each in self._peers(source_id) if each]
        rows = sorted({row for entry_id in (*entry_ids, *sources) for row in self.rows.get(entry_id, ())})
        return Cause("gazetteer", "; ".join(rows)) if rows else None

    def _arrival(self, entry_ids: Iterable[str]) -> Cause | None:
        """The PDF of the cited document, that no entry explains, has come or gone."""
        for entry_id in sorted(set(entry_ids) & (self.new.sources.keys() ^ self.old.sources.keys())):
            cause = self._document(entry_id)
            if cause:
                return cause
        return None

    def _text(self, source_id: str) -> Cause | None:
        measures = [(each["pages"], each["characters"], each["file"]) for each in self._peers(source_id) if each]
        same = measures[0][:2] == measures[1][:2]
        return None if same else Cause("text", f"{measures[1][2]} is read otherwise now")

    def _versions(self) -> Cause:
        before, after = self.old.record["versions"], self.new.record["versions"]
        if before["rules"] != after["rules"]:
            return Cause("rules", f"rules {after['rules']}, before {before['rules']}")
        if before["gazetteer"] != after["gazetteer"]:
            files = sorted({file for file, _ in _changed_keys(self.old.knowledge, self.new.knowledge)})
            return Cause("gazetteer", ", ".join(files))
        if before["reader"] != after["reader"]:
            return Cause("text", f"reader {after['reader']}, before {before['reader']}")
        return Cause("settings", "other settings than before")


def changed_rows(
    old: Mapping[tuple[str, str], tuple[str, ...]], new: Mapping[tuple[str, str], tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """By entry, what was done to its rows: "documents.csv: row defa added"."""
    found: dict[str, list[str]] = defaultdict(list)
    for file, key in _changed_keys(old, new):
        entry_id, _, alias = key.partition("\t")
        if entry_id:
            done = "added" if (file, key) not in old else "removed" if (file, key) not in new else "changed"
            found[entry_id].append(f"{file}: {alias or entry_id} {done}")
    return {entry_id: tuple(rows) for entry_id, rows in found.items()}


def _changed_keys(
    old: Mapping[tuple[str, str], tuple[str, ...]], new: Mapping[tuple[str, str], tuple[str, ...]]
) -> list[tuple[str, str]]:
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
