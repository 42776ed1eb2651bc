"""Files of labels: own JSONL, the JSON export of Label Studio, the JSONL export of doccano -> `LabelledText`.

Whatever is not of the format is a LabelError with the line or task; nothing is guessed and nothing is skipped but a
cancelled annotation. The trap: in own JSONL only what a person decided is a label; the other two formats cannot say
so, and all that stands in them counts as decided.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.judging.agreement import Span
from pipeline.records import Status

# A file of labels is read at once; a sentence with its labels takes about 1 kB.
MOST_BYTES = 100 << 20


class LabelError(ValueError):
    """A file that is no labelled data of that format; the message names the line or task and what is wrong."""


@dataclass(frozen=True)
class LabelledText:
    """One sentence; `decided` are its citations with a judgement (None: all of them are labels)."""

    id: str
    source_id: str
    text: str
    spans: tuple[Span, ...]
    reviewer: str = ""
    decided_at: str = ""
    decided: frozenset[tuple[int, int]] | None = None


def read_text(path: Path) -> str:
    """A file of labels; raises LabelError where it is no UTF-8 text of bounded size."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LabelError(f"{path}: larger than {MOST_BYTES >> 20} MB; import it in parts")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path}: cannot be read as UTF-8 text ({error})") from None


def check_format(form: str) -> None:
    """Raises LabelError for a format that there is not."""
    if form not in READERS:
        raise LabelError(f"--format {form}: no such format; there are {', '.join(FORMATS)}")


def _read_own(content: str) -> list[LabelledText]:
    """One text per reviewer and time, as each line may hold labels of several; labels without a state are the run's."""
    texts: list[LabelledText] = []
    for where, row in _json_lines(content):
        identity, text = _field(row, "id", where), _field(row, "text", where)
        kept = [each for each in _list(row, "citations", where) if each.get("review_state")]
        labels: dict[tuple[str, str], list[tuple[tuple[int, int], Span | None]]] = defaultdict(list)
        for each in kept:
            place = _own_place(each, text, where)
            span = Span(identity, *place, each.get("target_id"), _status(each.get("status"), where))
            # an unsure or disputed citation is no label
            if each["review_state"] in ("accepted", "corrected"):
                labels[str(each.get("reviewer", "")), _time(each.get("reviewed_at", ""), where)].append((place, span))
        rejected = zip(
            row.get("not_citations", []),
            row.get("not_citations_start", []),
            row.get("rejected_by", []),
            row.get("rejected_at", []),
            strict=False,
        )
        for surface, start, reviewer, decided_at in rejected:
            labels[str(reviewer), _time(decided_at, where)].append(((start, start + len(surface)), None))
        for (reviewer, decided_at), group in labels.items():
            spans = tuple(span for _, span in group if span is not None)
            decided = frozenset(place for place, _ in group)
            texts.append(
                LabelledText(identity, str(row.get("source_id", "")), text, spans, reviewer, decided_at, decided)
            )
    return texts


def _read_doccano(content: str) -> list[LabelledText]:
    texts = []
    for where, row in _json_lines(content):
        text = _field(row, "text", where)
        identity = row.get("text_id") or _dict(row, "meta").get("text_id") or _dict(row, "metadata").get("text_id")
        if not isinstance(identity, str):
            raise LabelError(f"{where}: no text_id; export the texts from here, so that they are found again")
        labels = row["label"] if "label" in row else row.get("labels")
        if not isinstance(labels, list):
            raise LabelError(f"{where}: no label list; export from doccano as JSONL")
        spans = tuple(_doccano_span(identity, each, where) for each in labels)
        texts.append(LabelledText(identity, str(row.get("source_id", "")), text, spans))
    return texts


def _doccano_span(identity: str, label: Any, where: str) -> Span:
    try:
        start, end, name = int(label[0]), int(label[1]), str(label[2])
    except (TypeError, ValueError, IndexError):
        raise LabelError(f"{where}: label {label!r} is not [start, end, 'status target']") from None
    status, _, target = name.partition(" ")
    return Span(identity, start, end, target or None, _status(status, where))


def _read_label_studio(content: str) -> list[LabelledText]:
    try:
        tasks = json.loads(content)
    except ValueError as error:
        raise LabelError(f"not the JSON export of Label Studio ({error})") from None
    if not isinstance(tasks, list):
        raise LabelError("not the JSON export of Label Studio: no list of tasks")
    texts = []
    for number, task in enumerate(tasks, start=1):
        where = f"task {number}"
        facts = _dict(task, "data") if isinstance(task, dict) else {}
        identity, text = _field(facts, "text_id", where), _field(facts, "text", where)
        for annotation in _list(task, "annotations", where):
            if not annotation.get("was_cancelled"):
                spans = _label_studio_spans(identity, _list(annotation, "result", where), where)
                reviewer, decided_at = _completed_by(annotation), _time(annotation.get("created_at", ""), where)
                source_id = str(facts.get("source_id", ""))
                texts.append(LabelledText(identity, source_id, text, spans, reviewer, decided_at))
    return texts


def _label_studio_spans(identity: str, regions: Sequence[Mapping[str, Any]], where: str) -> tuple[Span, ...]:
    targets = {
        region.get("id"): str(_first(_dict(region, "value").get("text")))
        for region in regions
        if region.get("type") == "textarea"
    }
    spans = []
    for region in regions:
        if region.get("type") == "labels":
            value = _dict(region, "value")
            try:
                start, end = int(value["start"]), int(value["end"])
            except (KeyError, TypeError, ValueError):
                raise LabelError(f"{where}: a label without start and end") from None
            status = _status(_first(value.get("labels")), where)
            spans.append(Span(identity, start, end, targets.get(region.get("id")) or None, status))
    return tuple(spans)


def _completed_by(annotation: Mapping[str, Any]) -> str:
    """Label Studio gives a number, a name, or a person with an address."""
    who = annotation.get("completed_by", "")
    if isinstance(who, dict):
        return str(who.get("email") or who.get("id") or "")
    return f"label-studio-{who}" if isinstance(who, int) else str(who)


def _json_lines(content: str) -> list[tuple[str, dict[str, Any]]]:
    rows = []
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise LabelError(f"line {number}: not JSON ({error})") from None
            if not isinstance(row, dict):
                raise LabelError(f"line {number}: not an object")
            rows.append((f"line {number}", row))
    return rows


def _own_place(label: Mapping[str, Any], text: str, where: str) -> tuple[int, int]:
    start, surface = label.get("start"), label.get("surface")
    if not isinstance(start, int) or not isinstance(surface, str) or text[start : start + len(surface)] != surface:
        raise LabelError(f"{where}: {surface!r} does not stand at {start!r} of the text")
    return start, start + len(surface)


def _status(value: Any, where: str) -> str:
    if value not in [*Status, None, ""]:
        raise LabelError(f"{where}: status {value!r} is not one of {', '.join(Status)}")
    return str(value or "")


def _time(value: Any, where: str) -> str:
    if value:
        try:
            datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise LabelError(f"{where}: {value!r} is not a time like 2026-11-24T09:30:00Z") from None
    return value or ""


def _field(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise LabelError(f"{where}: no {key}")
    return value


def _list(row: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise LabelError(f"{where}: {key} is no list of objects")
    return value


def _dict(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value or ""


READERS: Mapping[str, Callable[[str], list[LabelledText]]] = {
    "jsonl": _read_own,
    "label-studio": _read_label_studio,
    "doccano": _read_doccano,
}
FORMATS = tuple(READERS)
