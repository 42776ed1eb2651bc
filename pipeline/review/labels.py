"""Labelled data out and in: sentences with their names, as own JSONL, for Label Studio, and for doccano.

Out: one text per sentence of a document with a span per citation. In: such a file with a person's labels, from which
judgements are made: a kept span accepts or corrects its citation, a missing one rejects it. A label where the run has
no citation is an issue: judgements are about citations, and a name that was missed is the gazetteer's or the rules'.
A file may come back twice: ids come from the labels, and what a reviewer has said already is not said again. Whatever
is not of the format is a LabelError with the line or task. In own JSONL only what a person decided is a label; the
other two formats cannot say so, and all that stands in them counts as decided.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.records import Citation, Issue, Judgement, Severity, Shown, Status, Verdict
from pipeline.review.agreement import Span, is_same_place
from pipeline.review.anchor import name_of
from pipeline.review.judgements import with_id
from pipeline.review.verdicts import in_force, outcome_of

# States that are labels; a disputed or doubtful citation has none yet.
DECIDED = ("accepted", "corrected", "rejected")
_REMEDY = "add the name as an alias or an entry if it is right"


def export_labels(citations: Iterable[Citation], form: str, dates: Mapping[str, str] | None = None) -> str:
    """The sentences of these citations, in reading order, in one of FORMATS; `dates` are those of the sources."""
    texts = _group(citations)
    if form == "label-studio":
        return json.dumps([_label_studio_task(*item) for item in texts], ensure_ascii=False, indent=1) + "\n"
    write = {"jsonl": _own_row, "doccano": _doccano_row}[form]
    rows = [write(identity, group, dates or {}) for identity, group in texts]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def import_labels(
    content: str, form: str, citations: Iterable[Citation], judgements: Sequence[Judgement], reviewer: str, now: str
) -> tuple[tuple[Judgement, ...], tuple[Issue, ...]]:
    """The judgements that a labelled file makes beyond those there are, and its labels that meet no citation.

    `citations` are the run's own, before judgements. `reviewer` and `now` stand where the file names nobody and no
    time. Raises LabelError where the file is not of that format.
    """
    groups = dict(_group(citations))
    said = {(each.citation_id, each.reviewer): outcome_of(each) for each in in_force(judgements)}
    known = {each.id for each in judgements}
    made: list[Judgement] = []
    issues: list[Issue] = []
    for text in READERS[form](content):
        group = groups.get(text.id)
        if group is None:
            issues.append(_unmatched(text, "the run has no such sentence"))
            continue
        for each in _judge(text, group, text.reviewer or reviewer, text.decided_at or now, issues):
            if each.id not in known and said.get((each.citation_id, each.reviewer)) != outcome_of(each):
                made.append(each)
    return tuple(made), tuple(issues)


def text_id(citation: Citation) -> str:
    """Of the sentence in its document: from content, so that labels find it after a re-run."""
    key = f"{citation.mention.source_id}\x1f{' '.join(citation.mention.sentence.split())}"
    return "t-" + hashlib.sha1(key.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _group(citations: Iterable[Citation]) -> list[tuple[str, list[Citation]]]:
    groups: dict[str, list[Citation]] = defaultdict(list)
    for each in sorted(citations, key=lambda each: (each.mention.source_id, each.mention.page, each.mention.start)):
        groups[text_id(each)].append(each)
    return list(groups.items())


def _own_row(identity: str, group: Sequence[Citation], dates: Mapping[str, str]) -> dict[str, Any]:
    """A case as `topology evaluate` reads it, with the reviewer of each label."""
    mention = group[0].mention
    kept = [each for each in group if each.review_state != "rejected"]
    rejected = [each for each in group if each.review_state == "rejected"]
    return {
        "id": identity,
        "category": "reviewed",
        "source_id": mention.source_id,
        "source_date": dates.get(mention.source_id, ""),
        "text": mention.sentence,
        "citations": [
            {
                "surface": name_of(each.mention),
                "start": each.mention.within[0],
                "target_id": each.target_id,
                "target_title": each.target_title,
                "status": each.status.value,
                "review_state": each.review_state,
                "reviewer": each.reviewer,
                "reviewed_at": each.reviewed_at,
            }
            for each in kept
        ],
        "not_citations": [name_of(each.mention) for each in rejected],
        "not_citations_start": [each.mention.within[0] for each in rejected],
        "rejected_by": [each.reviewer for each in rejected],
        "rejected_at": [each.reviewed_at for each in rejected],
    }


def _doccano_row(identity: str, group: Sequence[Citation], _dates: Mapping[str, str]) -> dict[str, Any]:
    kept = [each for each in group if each.review_state != "rejected"]
    labels = [[*each.mention.within, f"{each.status.value} {each.target_id or ''}".strip()] for each in kept]
    return {
        "text": group[0].mention.sentence,
        "label": labels,
        "text_id": identity,
        "source_id": group[0].mention.source_id,
    }


def _label_studio_task(identity: str, group: Sequence[Citation]) -> dict[str, Any]:
    """The run's own spans are predictions; what a reviewer decided is an annotation of that reviewer."""
    mention = group[0].mention
    task: dict[str, Any] = {
        "data": {"text": mention.sentence, "text_id": identity, "source_id": mention.source_id},
        "predictions": [{"model_version": "topology", "result": _regions(group)}],
    }
    if all(each.review_state in DECIDED for each in group):
        kept = [each for each in group if each.review_state != "rejected"]
        last = max(group, key=lambda each: each.reviewed_at)
        task["annotations"] = [
            {"completed_by": last.reviewer, "created_at": last.reviewed_at, "result": _regions(kept)}
        ]
    return task


def _regions(citations: Sequence[Citation]) -> list[dict[str, Any]]:
    regions: list[dict[str, Any]] = []
    for each in citations:
        start, end = each.mention.within
        place = {"start": start, "end": end}
        shared = {"id": each.id, "to_name": "text"}
        label = {**place, "text": name_of(each.mention), "labels": [each.status.value]}
        regions.append({**shared, "from_name": "status", "type": "labels", "value": label})
        if each.target_id:
            target = {**place, "text": [each.target_id]}
            regions.append({**shared, "from_name": "target", "type": "textarea", "value": target})
    return regions


def _judge(
    text: LabelledText, group: Sequence[Citation], reviewer: str, now: str, issues: list[Issue]
) -> list[Judgement]:
    """A judgement per citation of the sentence that the file decides; labels left over become issues."""
    left = list(text.spans)
    made: list[Judgement] = []
    for citation in group:
        place = Span(text.id, *citation.mention.within)
        if text.decided is not None and (place.start, place.end) not in text.decided:
            left = [each for each in left if not is_same_place(each, place)]
            continue
        found = next((each for each in left if is_same_place(each, place)), None) or next(
            (each for each in left if is_same_place(each, place, lenient=True)), None
        )
        if found is not None:
            left.remove(found)
        made.append(_judgement(citation, found, reviewer, now, text))
    issues.extend(_unmatched(text, f"{text.text[each.start : each.end]!r} is no citation of the run") for each in left)
    return made


def _judgement(citation: Citation, span: Span | None, reviewer: str, now: str, text: LabelledText) -> Judgement:
    target = (span.target_id or citation.target_id) if span else None
    status = (Status(span.status) if span.status else citation.status) if span else None
    same = span is not None and (target, status) == (citation.target_id, citation.status)
    mention = citation.mention
    label = json.dumps([text.id, mention.within, target, status, reviewer, text.decided_at])
    shown = Shown(
        source_id=mention.source_id,
        surface=name_of(mention),
        sentence=mention.sentence,
        within=f"{mention.within[0]},{mention.within[1]}",
        page=str(mention.page),
        occurrence=str(mention.occurrence),
        target_id=citation.target_id or "",
        status=citation.status.value,
        form="import:" + hashlib.sha1(label.encode("utf-8", "backslashreplace")).hexdigest()[:12],
    )
    verdict = Verdict.REJECT if span is None else Verdict.ACCEPT if same else Verdict.CORRECT
    return with_id(Judgement("", citation.id, verdict, target, status, reviewer, now, "imported label", shown))


def _unmatched(text: LabelledText, what: str) -> Issue:
    return Issue(text.source_id, "labels", Severity.WARNING, f"{text.id}: {what}: {text.text[:80]!r}", _REMEDY)


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
