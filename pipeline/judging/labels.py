"""Labelled data out and in: sentences with their names, as own JSONL, for Label Studio, and for doccano.

Out: one text per sentence of a document with a span per citation. In: such a file with a person's labels, from which
judgements are made: a kept span accepts or corrects its citation, a missing one rejects it. A label where the run has
no citation is an issue: judgements are about citations, and a name that was missed is the gazetteer's or the rules'.
The trap: a file may come back twice. Ids come from the labels, and what a reviewer has said already is not said again.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.judging.agreement import Span, is_same_place
from pipeline.judging.anchor import name_of
from pipeline.judging.judgements import with_id
from pipeline.judging.label_files import READERS, LabelledText
from pipeline.judging.verdicts import in_force, outcome_of
from pipeline.records import Citation, Issue, Judgement, Severity, Status, Verdict

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
    shown = {
        "source_id": mention.source_id,
        "surface": name_of(mention),
        "sentence": mention.sentence,
        "within": f"{mention.within[0]},{mention.within[1]}",
        "page": str(mention.page),
        "occurrence": str(mention.occurrence),
        "target_id": citation.target_id or "",
        "status": citation.status.value,
        "form": "import:" + hashlib.sha1(label.encode("utf-8", "backslashreplace")).hexdigest()[:12],
    }
    verdict = Verdict.REJECT if span is None else Verdict.ACCEPT if same else Verdict.CORRECT
    return with_id(
        Judgement("", citation.id, verdict, target, status, reviewer, now, "imported label", tuple(shown.items()))
    )


def _unmatched(text: LabelledText, what: str) -> Issue:
    return Issue(text.source_id, "labels", Severity.WARNING, f"{text.id}: {what}: {text.text[:80]!r}", _REMEDY)
