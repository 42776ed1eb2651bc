"""Labelled cases: short texts in which a person marked every citation, as gold for scores.

In: a JSON Lines file, one case a line. Out: `Case` records. Labels count characters of the raw text, line ends and
form feeds included, so a file that was re-wrapped is refused line by line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.names.dates import PartialDate
from pipeline.records import Status

# Where a sentence of a case may end; abbreviations do not occur in cases often enough to matter.
_STOPS = (". ", "? ", "! ", "\n\n")
# Windows cut from long texts have no kind of difficulty of their own.
_NO_CATEGORY = "window"
# A label's status where the text leaves it open.
_EITHER = "either"


class CaseError(ValueError):
    """The file of cases cannot be used; one line for each fault: file, line, what is wrong."""


@dataclass(frozen=True)
class Label:
    """A citation that a person marked in a case's text."""

    surface: str
    start: int
    target_id: str | None
    target_title: str | None
    status: Status
    by_date: bool = False  # planned only because of the date; no word betrays it
    accept: tuple[str, ...] = ()
    either_status: bool = False  # the text leaves it open; what was found counts as right

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in the case's text."""
        return self.start, self.start + len(self.surface)


@dataclass(frozen=True)
class Case:
    """A labelled text: its citations, its anaphora, and the spans that must not be returned as citations.

    What touches an `optional` span counts neither for nor against.
    """

    id: str
    category: str
    text: str
    source_id: str | None
    source_date: PartialDate | None
    citations: tuple[Label, ...]
    anaphora: tuple[Label, ...] = ()
    forbidden: tuple[tuple[int, int], ...] = ()
    optional: tuple[tuple[int, int], ...] = ()


def load_cases(path: Path) -> tuple[Case, ...]:
    """The labelled cases of a JSON Lines file; raises CaseError with every faulty line."""
    cases: list[Case] = []
    faults: list[str] = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(_read_case(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                told = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
                faults.append(f"{path}:{number}: {told}")
    if not cases and not faults:
        faults.append(f"{path}: holds no case")
    if faults:
        raise CaseError("\n".join(faults))
    return tuple(cases)


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence of `text` that holds the span, white space folded."""
    begin = max((place + len(stop) for stop in _STOPS if (place := text.rfind(stop, 0, start)) >= 0), default=0)
    ends = [place for stop in _STOPS if (place := text.find(stop, end)) >= 0]
    return " ".join(text[begin : min(ends) + 1 if ends else len(text)].split())


def _read_case(row: dict[str, Any]) -> Case:
    text = row["text"]
    starts = zip(row.get("not_citations", ()), row.get("not_citations_start", ()), strict=True)
    return Case(
        id=row["id"],
        category=row.get("category", _NO_CATEGORY),
        text=text,
        source_id=row.get("source_id"),
        source_date=PartialDate.parse(row["source_date"]) if row.get("source_date") else None,
        citations=tuple(_read_label(item, text) for item in row["citations"]),
        anaphora=tuple(_read_label(item, text) for item in row.get("anaphora", ())),
        forbidden=tuple((start, start + len(surface)) for surface, start in starts),
        optional=tuple((item["start"], item["start"] + len(item["surface"])) for item in row.get("optional", ())),
    )


def _read_label(item: dict[str, Any], text: str) -> Label:
    surface, start = item["surface"], item["start"]
    if text[start : start + len(surface)] != surface:
        raise ValueError(f"the text has {text[start : start + len(surface)]!r} at {start}, not {surface!r}")
    return Label(
        surface=surface,
        start=start,
        target_id=item["target_id"],
        target_title=item.get("target_title"),
        status=Status.UNCLEAR if item["status"] == _EITHER else Status(item["status"]),
        by_date=item.get("decided_by") == "date",
        accept=tuple(item.get("accept", ())),
        either_status=item["status"] == _EITHER,
    )
