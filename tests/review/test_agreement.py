"""Two reviewers compared, and labels that leave for other tools and come back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipeline.records import Judgement, Status
from pipeline.review.agreement import cohen_kappa, compare_reviewers
from pipeline.review.labels import FORMATS, LabelError, export_labels, import_labels, text_id
from pipeline.review.verdicts import apply_judgements
from tests.review.review_factory import make_citation, make_judgement

NOW = "2026-11-24T12:00:00+00:00"


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([], None),
        ([("a", "a")] * 5, None),  # chance explains it all
        ([("a", "a")] * 5 + [("b", "b")] * 5, 1.0),
        ([("a", "b")] * 5 + [("b", "a")] * 5, -1.0),
        ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.0),
        # Cohen's textbook table: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no
        ([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15, 0.4),
    ],
)
def test_cohen_kappa(pairs: list[tuple[str, str]], kappa: float | None) -> None:
    assert cohen_kappa(pairs) == (None if kappa is None else pytest.approx(kappa))


CITATIONS = [make_citation(f"Meeting {n} noted the Tin Blueprint 2025.", start=n) for n in range(6)]


def blind(judgement: Judgement) -> Judgement:
    return replace(judgement, shown=replace(judgement.shown, blind="yes"))


def test_two_reviewers_are_compared_over_what_both_judged() -> None:
    ana = [make_judgement(each, minute=n) for n, each in enumerate(CITATIONS)]
    verdicts = [
        ("accept", "tin-blueprint-2025", "existing"),
        ("accept", "tin-blueprint-2025", "existing"),
        ("reject", None, None),
        ("correct", "lead-roadmap-2030", "existing"),
        ("correct", "tin-blueprint-2025", "planned"),
    ]
    ben = [
        blind(make_judgement(each, *said, reviewer="ben", minute=60 + n))
        for n, (each, said) in enumerate(zip(CITATIONS, verdicts, strict=False))
    ]
    (found,) = compare_reviewers([*ana, *ben])
    assert (found.left, found.right, found.pairs, found.agreed) == ("ana", "ben", 5, 2)
    assert found.disagreements == tuple(zip(ana[2:5], ben[2:5], strict=True))
    assert found.kappa_citation == pytest.approx(0.0)
    assert found.span_f1 == pytest.approx(2 * 3 / 9)
    assert (found.kappa_target, found.kappa_status) == (pytest.approx(0.0), pytest.approx(0.0))


def test_who_has_seen_the_other_is_no_second_opinion() -> None:
    lines = [make_judgement(CITATIONS[0]), make_judgement(CITATIONS[0], reviewer="ben", minute=1)]
    assert compare_reviewers(lines) == ()
    assert [each.pairs for each in compare_reviewers(lines, blind_only=False)] == [1]


def test_a_settled_pair_is_still_a_disagreement_and_an_undone_one_is_none() -> None:
    ana, ben = make_judgement(CITATIONS[0]), blind(make_judgement(CITATIONS[0], "reject", reviewer="ben", minute=1))
    cho = make_judgement(CITATIONS[0], reviewer="cho", minute=2, settles=(ana.id, ben.id))
    undo = make_judgement(CITATIONS[0], "reject", reviewer="ben", minute=3, undoes=ben.id)
    assert [each.disagreements for each in compare_reviewers([ana, ben, cho])] == [((ana, ben),)]
    assert compare_reviewers([ana, ben, undo]) == ()


# --- labels out and in ------------------------------------------------------------------------------------------

TWO = "Ministers noted the Tin Blueprint 2025 and asked for the Lead Roadmap."
FIRST = make_citation(TWO, start=20)
SECOND = make_citation(TWO, "Lead Roadmap", "unlisted:lead-roadmap", Status.PLANNED, start=56)
OTHER = make_citation("The Zinc Plan was read.", "Zinc Plan", "zinc-plan-2020", page=2)
RUN = [FIRST, SECOND, OTHER]
JUDGED = [
    make_judgement(FIRST),
    make_judgement(SECOND, "correct", "lead-roadmap-2030", "planned", minute=1),
    make_judgement(OTHER, "reject", minute=2),
]


@pytest.mark.parametrize("form", FORMATS)
def test_labels_come_back_as_the_judgements_they_were_and_twice_changes_nothing(form: str) -> None:
    judged, _ = apply_judgements(RUN, JUDGED)
    content = export_labels(judged, form)
    assert import_labels(content, form, RUN, JUDGED, "ana", NOW) == ((), ()), "the same reviewer has said it all"
    made, issues = import_labels(content, form, RUN, [], "ana", NOW)
    assert issues == ()
    again, _ = apply_judgements(RUN, made)
    assert [(each.review_state, each.target_id, each.status) for each in again] == [
        (each.review_state, each.target_id, each.status) for each in judged
    ]
    assert import_labels(content, form, RUN, made, "ana", "2027-01-01T00:00:00+00:00") == ((), ())


@pytest.mark.parametrize("form", FORMATS)
def test_an_old_file_does_not_come_before_a_newer_decision(form: str) -> None:
    content = export_labels(apply_judgements(RUN, JUDGED)[0], form)
    made, _ = import_labels(content, form, RUN, [], "ana", NOW)
    changed = make_judgement(FIRST, "reject", minute=1000)
    assert import_labels(content, form, RUN, [*made, changed], "ana", NOW)[0] == ()


def test_own_labels_are_cases_for_evaluate() -> None:
    judged, _ = apply_judgements(RUN, JUDGED)
    rows = [json.loads(line) for line in export_labels(judged, "jsonl", {"copper-plan-2021": "2021-05"}).splitlines()]
    assert [(row["id"], row["source_date"], row["text"]) for row in rows] == [
        (text_id(FIRST), "2021-05", TWO),
        (text_id(OTHER), "2021-05", "The Zinc Plan was read."),
    ]
    assert [(each["surface"], each["start"], each["target_id"], each["status"]) for each in rows[0]["citations"]] == [
        ("Tin Blueprint 2025", 20, "tin-blueprint-2025", "existing"),
        ("Lead Roadmap", 57, "lead-roadmap-2030", "planned"),
    ]
    assert (rows[1]["citations"], rows[1]["not_citations"], rows[1]["not_citations_start"]) == ([], ["Zinc Plan"], [4])


def test_labels_that_nobody_decided_are_no_judgements() -> None:
    made, issues = import_labels(export_labels(RUN, "jsonl"), "jsonl", RUN, [], "ana", NOW)
    assert (made, issues) == ((), ())
    (task, _) = json.loads(export_labels(RUN, "label-studio"))
    assert "annotations" not in task
    assert [region["value"].get("labels") for region in task["predictions"][0]["result"] if "labels" in region["value"]]


def test_a_label_studio_annotation_decides_for_its_annotator() -> None:
    (task, other) = json.loads(export_labels(RUN, "label-studio"))
    task["annotations"] = [
        {
            "completed_by": {"id": 7, "email": "ben@example.org"},
            "created_at": "2026-11-20T10:00:00.5Z",
            "result": [
                # the article came along, and the status is another
                {"id": "r1", "type": "labels", "value": {"start": 16, "end": 38, "labels": ["planned"]}},
                {"id": "r2", "type": "labels", "value": {"start": 0, "end": 9, "labels": ["existing"]}},
            ],
        },
        {"completed_by": 3, "was_cancelled": True, "result": []},
    ]
    made, issues = import_labels(json.dumps([task, other]), "label-studio", RUN, [], "ana", NOW)
    assert [(each.citation_id, each.verdict, each.target_id, each.status, each.reviewer) for each in made] == [
        (FIRST.id, "correct", "tin-blueprint-2025", "planned", "ben@example.org"),
        (SECOND.id, "reject", None, None, "ben@example.org"),
    ]
    assert [issue.message for issue in issues] == [
        f"{text_id(FIRST)}: 'Ministers' is no citation of the run: {TWO!r}",
    ]


def test_labels_of_a_sentence_that_is_gone_are_listed() -> None:
    content = export_labels(apply_judgements(RUN, JUDGED)[0], "doccano")
    made, issues = import_labels(content, "doccano", [FIRST, SECOND], [], "ana", NOW)
    assert [each.citation_id for each in made] == [FIRST.id, SECOND.id]
    assert [issue.message for issue in issues] == [
        f"{text_id(OTHER)}: the run has no such sentence: 'The Zinc Plan was read.'"
    ]


@pytest.mark.parametrize(
    ("form", "content", "message"),
    [
        ("jsonl", "{", "line 1: not JSON"),
        ("jsonl", '{"id": "t"}', "line 1: Object missing required field `text`"),
        (
            "jsonl",
            '{"id": "t", "text": "abc", "citations": [{"review_state": "accepted", "surface": "b", "start": 0}]}',
            "line 1: 'b' does not stand at 0 of the text",
        ),
        ("doccano", '{"text": "abc", "label": []}', "line 1: no text_id"),
        ("doccano", '{"text": "abc", "text_id": "t"}', "line 1: no label list"),
        ("doccano", '{"text": "abc", "text_id": "t", "label": [[0, 1, "blue"]]}', "line 1: status 'blue'"),
        ("doccano", '{"text": "abc", "text_id": "t", "label": [[0]]}', "line 1: Expected `array` of length 3"),
        ("label-studio", "{}", "not the JSON export of Label Studio"),
        ("label-studio", '[{"data": {}}]', "task 1: Object missing required field `text_id`"),
        (
            "label-studio",
            '[{"data": {"text": "a", "text_id": "t"}, "annotations": [{"created_at": "soon", "result": []}]}]',
            "task 1: 'soon' is not a time",
        ),
    ],
)
def test_a_file_of_another_format_is_refused_with_its_place(form: str, content: str, message: str) -> None:
    with pytest.raises(LabelError) as refused:
        import_labels(content, form, RUN, [], "ana", NOW)
    assert str(refused.value).startswith(message)
