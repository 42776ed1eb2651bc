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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.records import Citation, Issue, Judgement, Severity, Status, Verdict
from pipeline.review.anchor import name_of
from pipeline.review.judgements import with_id
from pipeline.review.verdicts import in_force, outcome_of, show_citation

Row = TypeVar("Row")

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
    for text in tuple(READERS[form](content)):
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
    mention = group[0].mention
    return {"text": mention.sentence, "label": labels, "text_id": identity, "source_id": mention.source_id}


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
        said = {"completed_by": last.reviewer, "created_at": last.reviewed_at, "result": _regions(kept)}
        task["annotations"] = [said]
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


@dataclass(frozen=True)
class Span:
    """A labelled name: character offsets into its text; `target_id` and `status` may be unknown."""

    start: int
    end: int
    target_id: str | None = None
    status: str = ""

    def is_at(self, place: tuple[int, int], *, lenient: bool = False) -> bool:
        """The same start and end, or (`lenient`) an overlap of at least half of the longer one, as gold counts it."""
        if not lenient:
            return (self.start, self.end) == place
        overlap = min(self.end, place[1]) - max(self.start, place[0])
        return overlap > 0 and 2 * overlap >= max(self.end - self.start, place[1] - place[0])


def _judge(
    text: LabelledText, group: Sequence[Citation], reviewer: str, now: str, issues: list[Issue]
) -> list[Judgement]:
    """A judgement per citation of the sentence that the file decides; labels left over become issues."""
    left = list(text.spans)
    made: list[Judgement] = []
    for citation in group:
        place = citation.mention.within
        if text.decided is not None and place not in text.decided:
            left = [each for each in left if not each.is_at(place)]
            continue
        fitting = (each for lenient in (False, True) for each in left if each.is_at(place, lenient=lenient))
        found = next(fitting, None)
        if found is not None:
            left.remove(found)
        made.append(_judgement(citation, found, reviewer, now, text))
    issues.extend(_unmatched(text, f"{text.text[each.start : each.end]!r} is no citation of the run") for each in left)
    return made


def _judgement(citation: Citation, span: Span | None, reviewer: str, now: str, text: LabelledText) -> Judgement:
    target = (span.target_id or citation.target_id) if span else None
    status = (Status(span.status) if span.status else citation.status) if span else None
    same = span is not None and (target, status) == (citation.target_id, citation.status)
    label = json.dumps([text.id, citation.mention.within, target, status, reviewer, text.decided_at])
    form = "import:" + hashlib.sha1(label.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    shown = show_citation(citation, target_id=citation.target_id or "", status=citation.status.value, form=form)
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


class _OwnLabel(msgspec.Struct):
    surface: str
    start: int
    target_id: str | None = None
    status: str | None = None
    review_state: str = ""
    reviewer: str = ""
    reviewed_at: str = ""


class _OwnRow(msgspec.Struct):
    id: str
    text: str
    source_id: str = ""
    citations: tuple[_OwnLabel, ...] = ()
    not_citations: tuple[str, ...] = ()
    not_citations_start: tuple[int, ...] = ()
    rejected_by: tuple[str, ...] = ()
    rejected_at: tuple[str, ...] = ()


def _read_own(content: str) -> Iterator[LabelledText]:
    """One text per reviewer and time, as each line may hold labels of several; labels without a state are the run's."""
    for where, row in _lines(content, _OwnRow):
        labels: dict[tuple[str, str], list[tuple[tuple[int, int], Span | None]]] = defaultdict(list)
        for each in row.citations:
            place = (each.start, each.start + len(each.surface))
            if each.review_state and row.text[slice(*place)] != each.surface:
                raise LabelError(f"{where}: {each.surface!r} does not stand at {each.start} of the text")
            if each.review_state in ("accepted", "corrected"):  # an unsure or disputed citation is no label
                span = Span(*place, each.target_id, _status(each.status, where))
                labels[each.reviewer, _time(each.reviewed_at, where)].append((place, span))
        rejected = zip(row.not_citations, row.not_citations_start, row.rejected_by, row.rejected_at, strict=False)
        for surface, start, reviewer, decided_at in rejected:
            labels[reviewer, _time(decided_at, where)].append(((start, start + len(surface)), None))
        for said_by, group in labels.items():
            spans = tuple(span for _, span in group if span is not None)
            yield LabelledText(row.id, row.source_id, row.text, spans, *said_by, frozenset(place for place, _ in group))


class _DoccanoRow(msgspec.Struct):
    text: str
    label: tuple[tuple[int, int, str], ...] | None = None
    labels: tuple[tuple[int, int, str], ...] | None = None
    text_id: str = ""
    source_id: str = ""
    meta: dict[str, Any] = {}
    metadata: dict[str, Any] = {}


def _read_doccano(content: str) -> Iterator[LabelledText]:
    for where, row in _lines(content, _DoccanoRow):
        identity = row.text_id or row.meta.get("text_id") or row.metadata.get("text_id")
        if not isinstance(identity, str):
            raise LabelError(f"{where}: no text_id; export the texts from here, so that they are found again")
        labels = row.labels if row.label is None else row.label
        if labels is None:
            raise LabelError(f"{where}: no label list; export from doccano as JSONL")
        named = ((start, end, name.partition(" ")) for start, end, name in labels)
        spans = (Span(start, end, name[2] or None, _status(name[0], where)) for start, end, name in named)
        yield LabelledText(identity, row.source_id, row.text, tuple(spans))


class _Value(msgspec.Struct, frozen=True):
    start: int = -1
    end: int = -1
    text: str | tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class _Region(msgspec.Struct):
    id: str = ""
    type: str = ""
    value: _Value = _Value()


class _Annotation(msgspec.Struct):
    result: tuple[_Region, ...] = ()
    completed_by: int | str | dict[str, Any] | None = None
    created_at: str = ""
    was_cancelled: bool = False


class _Data(msgspec.Struct):
    text_id: str
    text: str
    source_id: str = ""


class _Task(msgspec.Struct):
    data: _Data
    annotations: tuple[_Annotation, ...] = ()


def _read_label_studio(content: str) -> Iterator[LabelledText]:
    try:
        tasks = msgspec.json.decode(content, type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        raise LabelError(f"not the JSON export of Label Studio ({error})") from None
    for number, raw in enumerate(tasks, start=1):
        where = f"task {number}"
        task = _decode(raw, _Task, where)
        for annotation in task.annotations:
            if not annotation.was_cancelled:
                spans = tuple(_label_studio_spans(annotation.result, where))
                decided = _completed_by(annotation.completed_by), _time(annotation.created_at, where)
                yield LabelledText(task.data.text_id, task.data.source_id, task.data.text, spans, *decided)


def _label_studio_spans(regions: Sequence[_Region], where: str) -> Iterator[Span]:
    given = ((each.id, each.value.text) for each in regions if each.type == "textarea")
    targets = {key: text if isinstance(text, str) else next(iter(text), "") for key, text in given}
    for region in regions:
        if region.type == "labels":
            value = region.value
            if min(value.start, value.end) < 0:
                raise LabelError(f"{where}: a label without start and end")
            status = _status(next(iter(value.labels), ""), where)
            yield Span(value.start, value.end, targets.get(region.id) or None, status)


def _completed_by(who: int | str | dict[str, Any] | None) -> str:
    """Label Studio gives a number, a name, or a person with an address."""
    if isinstance(who, dict):
        return str(who.get("email") or who.get("id") or "")
    return f"label-studio-{who}" if isinstance(who, int) else who or ""


def _lines(content: str, kind: type[Row]) -> Iterator[tuple[str, Row]]:
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield f"line {number}", _decode(line, kind, f"line {number}")


def _decode(content: str | msgspec.Raw, kind: type[Row], where: str) -> Row:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise LabelError(f"{where}: {error}") from None
    except msgspec.DecodeError as error:
        raise LabelError(f"{where}: not JSON ({error})") from None


def _status(value: str | None, where: str) -> str:
    if value not in [*Status, None, ""]:
        raise LabelError(f"{where}: status {value!r} is not one of {', '.join(Status)}")
    return value or ""


def _time(value: str, where: str) -> str:
    if value:
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise LabelError(f"{where}: {value!r} is not a time like 2026-11-24T09:30:00Z") from None
    return value


READERS: Mapping[str, Callable[[str], Iterator[LabelledText]]] = {
    "jsonl": _read_own,
    "label-studio": _read_label_studio,
    "doccano": _read_doccano,
}
FORMATS = tuple(READERS)
