"""A person's judgement over a citation: what it decides, what outlives what, and what finds its place again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.gazetteer.load import Gazetteer
from pipeline.records import Document, Entry, Judgement, NearMiss, Status, StatusBasis
from pipeline.review.judgements import JudgementLog, format_judgement, parse_judgement, read_judgements, with_id
from pipeline.review.queue import (
    Doubt,
    Impact,
    find_doubts,
    like_this,
    rank_citations,
    seconds_per_decision,
    update_ranks,
    urgent_first,
)
from pipeline.review.verdicts import apply_judgements, in_force, latest_of, review_rows
from tests.review.review_factory import make_citation, make_judgement, make_source, moved

CITATION = make_citation()
LEAD = Entry("lead-roadmap-2030", "Lead Roadmap 2030", "Lead Roadmap", "roadmap", "middle", standing="planned")
TIN = Entry("tin-blueprint-2025", "ASEAN Tin Blueprint 2025", "Tin Blueprint", "blueprint", "left")
GAZETTEER = Gazetteer(Path("gazetteer"), {entry.id: entry for entry in (LEAD, TIN)}, (), {}, {}, "Metals", "f0")


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        # verdict, target, status, reviewer ... -> review_state, target_id, status, reviewer
        ([], ("", "tin-blueprint-2025", "existing", "")),
        ([("accept", "tin-blueprint-2025", "existing", "ana")], ("accepted", "tin-blueprint-2025", "existing", "ana")),
        ([("correct", "lead-roadmap-2030", "planned", "ana")], ("corrected", "lead-roadmap-2030", "planned", "ana")),
        ([("correct", "tin-blueprint-2025", "planned", "ana")], ("corrected", "tin-blueprint-2025", "planned", "ana")),
        ([("reject", None, None, "ana")], ("rejected", None, "existing", "ana")),
        ([("unsure", None, None, "ana")], ("unsure", "tin-blueprint-2025", "existing", "ana")),
        # the last line of a reviewer wins
        (
            [("reject", None, None, "ana"), ("accept", "tin-blueprint-2025", "existing", "ana")],
            ("accepted", "tin-blueprint-2025", "existing", "ana"),
        ),
        # a line written by hand may name no document or no status: then that stays as the run has it
        ([("accept", None, None, "ana")], ("accepted", "tin-blueprint-2025", "existing", "ana")),
        ([("correct", None, "planned", "ana")], ("corrected", "tin-blueprint-2025", "planned", "ana")),
        (
            [("accept", "tin-blueprint-2025", "existing", "ana"), ("accept", None, None, "ben")],
            ("accepted", "tin-blueprint-2025", "existing", "ben"),
        ),
        # two reviewers who say the same agree, whatever the run had said
        (
            [("correct", "lead-roadmap-2030", "planned", "ana"), ("correct", "lead-roadmap-2030", "planned", "ben")],
            ("corrected", "lead-roadmap-2030", "planned", "ben"),
        ),
        # two who do not: the last counts, and the disagreement shows
        (
            [("accept", "tin-blueprint-2025", "existing", "ana"), ("reject", None, None, "ben")],
            ("conflict", None, "existing", "ben"),
        ),
        # doubt decides nothing, but it shows
        (
            [("accept", "tin-blueprint-2025", "existing", "ana"), ("unsure", None, None, "ben")],
            ("conflict", "tin-blueprint-2025", "existing", "ana"),
        ),
    ],
)
def test_what_judgements_decide(decisions: list[tuple[str, str | None, str | None, str]], expected: tuple) -> None:
    lines = [make_judgement(CITATION, *decision, minute=minute) for minute, decision in enumerate(decisions)]
    (judged,), issues = apply_judgements([CITATION], lines, GAZETTEER)
    assert (judged.review_state, judged.target_id, judged.status, judged.reviewer) == expected, decisions
    assert issues == ()
    assert judged.judgement_id == next((each.id for each in reversed(lines) if each.reviewer == judged.reviewer), None)


def test_a_corrected_target_gets_its_title() -> None:
    line = make_judgement(CITATION, "correct", "lead-roadmap-2030", "planned", note="the annex names it")
    (judged,), _ = apply_judgements([CITATION], [line], GAZETTEER)
    assert (judged.target_title, judged.method, judged.reason, judged.status_today) == (
        "Lead Roadmap 2030",
        "judgement",
        "ana judged so on 2026-11-24: the annex names it",
        "planned",
    )


def test_an_undo_brings_back_what_was_before_and_can_itself_be_undone() -> None:
    accept = make_judgement(CITATION, minute=1)
    reject = make_judgement(CITATION, "reject", minute=2)
    undo = make_judgement(CITATION, "reject", minute=3, undoes=reject.id)
    redo = make_judgement(CITATION, "reject", minute=4, undoes=undo.id)
    assert in_force([accept, reject]) == (reject,)
    assert in_force([accept, reject, undo]) == (accept,)
    assert in_force([accept, reject, undo, redo]) == (reject,)
    assert in_force([redo, undo, reject, accept][::-1]) == in_force([accept, reject, undo, redo])
    assert in_force([undo, accept, reject]) == (accept,), "after a merge an undo may stand before what it undoes"
    assert latest_of([accept, reject, undo], "ana") == accept
    assert latest_of([accept, reject], "ben") is None


def test_a_third_judgement_settles_a_disagreement() -> None:
    earlier = make_judgement(CITATION, "unsure", reviewer="ana", minute=0)
    ana = make_judgement(CITATION, "accept", reviewer="ana", minute=1)
    ben = make_judgement(CITATION, "reject", reviewer="ben", minute=2)
    cho = make_judgement(CITATION, "accept", reviewer="cho", minute=3, settles=(ana.id, ben.id))
    undo = make_judgement(CITATION, "accept", reviewer="cho", minute=4, undoes=cho.id)
    states = [
        apply_judgements([CITATION], lines)[0][0].review_state for lines in ([earlier, ana, ben], [ana, ben, cho])
    ]
    assert states == ["conflict", "accepted"]
    assert in_force([earlier, ana, ben, cho]) == (cho,), "an older word does not come back when the newer is settled"
    assert in_force([earlier, ana, ben, cho, undo]) == (ana, ben)


def test_a_name_accepted_as_unlisted_asks_again_when_it_gets_an_entry() -> None:
    unlisted = make_citation(target_id="unlisted:tin-blueprint", status=Status.PLANNED)
    accept = make_judgement(unlisted, "accept", "unlisted:tin-blueprint", "planned")
    (same,), _ = apply_judgements([unlisted], [accept], GAZETTEER)
    (promoted,), _ = apply_judgements([replace(unlisted, target_id="tin-blueprint-2025")], [accept], GAZETTEER)
    assert (same.review_state, same.target_id) == ("accepted", "unlisted:tin-blueprint")
    assert (promoted.id, promoted.review_state, promoted.target_id, promoted.status, promoted.judgement_id) == (
        unlisted.id,
        "recheck",
        "tin-blueprint-2025",
        "planned",
        accept.id,
    )


def test_an_entry_judged_for_outlives_a_changed_gazetteer_and_is_missed_when_it_is_gone() -> None:
    accept = make_judgement(CITATION, "accept", "tin-blueprint-2025")
    relinked = replace(CITATION, target_id="lead-roadmap-2030", target_title="Lead Roadmap 2030")
    (pinned,), issues = apply_judgements([relinked], [accept], GAZETTEER)
    assert (pinned.review_state, pinned.target_id, pinned.target_title, issues) == (
        "accepted",
        "tin-blueprint-2025",
        "ASEAN Tin Blueprint 2025",
        (),
    )
    (kept,), (issue,) = apply_judgements([relinked], [accept], replace(GAZETTEER, entries={LEAD.id: LEAD}))
    assert (kept.review_state, kept.target_id) == ("recheck", "lead-roadmap-2030")
    assert issue.message == (
        f"judgement {accept.id} (accept tin-blueprint-2025 existing, ana, 2026-11-24T00:00:00+00:00) "
        "names tin-blueprint-2025, not in the gazetteer"
    )


LONG = "Recalling the spirit of the Tin Blueprint 2025 and its call for closer work among smelters in the region,"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        # the same sentence, read otherwise
        (LONG, LONG.replace("closer work", "closer  wo-rk").replace("region,", "region"), ""),
        (LONG, LONG.upper().replace("TIN BLUEPRINT 2025", "Tin Blueprint 2025"), ""),
        # a page break had left a piece of the sentence before or after in it, or does so now
        (LONG, f"Ministers met in Bangka. {LONG}", ""),
        (f"{LONG.rstrip(',')}. They agreed on four points:", LONG.rstrip(","), ""),
        # one word more in the same sentence may turn it round
        (LONG, f"Having decided against {LONG}", "the sentence has changed or is gone"),
        (LONG, f"{LONG} which is void:", "the sentence has changed or is gone"),
        # other words: another statement
        (LONG, LONG.replace("closer work", "new funds"), "the sentence has changed or is gone"),
        (LONG, "Tin Blueprint 2025", "the sentence has changed or is gone"),
        (LONG, None, "the source is not in this run"),
    ],
)
def test_a_judgement_follows_its_sentence(before: str, after: str | None, why: str) -> None:
    old = make_citation(before)
    reject = make_judgement(old, "reject")
    now = [moved(old, sentence=after, page=4)] if after else []
    judged, issues = apply_judgements(now, [reject])
    assert [each.review_state for each in judged] == ([] if after is None else ["" if why else "rejected"]), after
    if why:
        assert [f" has no citation: {why}: 'Tin Blueprint 2025'" in issue.message for issue in issues] == [True], issues
    else:
        assert issues == ()


def test_a_name_over_a_page_break_is_the_same_name_within_a_page() -> None:
    old = replace(make_citation(LONG), id="c-old")
    old = replace(old, mention=replace(old.mention, surface="Tin Blueprint\n- 7 -\fCopper Plan 2021\n2025"))
    new = make_citation(LONG, page=3)
    assert apply_judgements([new], [make_judgement(old, "reject")])[0][0].review_state == "rejected"


def test_a_judgement_follows_a_longer_name_only_to_the_judged_target() -> None:
    old = make_citation(LONG, "Blueprint 2025")
    new = moved(old, surface="Tin Blueprint 2025", sentence=LONG)
    other = replace(new, target_id="lead-roadmap-2030")
    for verdict, now, state in (
        ("accept", new, "accepted"),
        ("accept", other, ""),
        ("reject", new, ""),  # it was rejected as a name; the longer one may be right
    ):
        (judged,), issues = apply_judgements([now], [make_judgement(old, verdict)])
        assert (judged.review_state, len(issues)) == (state, 0 if state else 1), (verdict, now.target_id)


def test_the_same_sentence_twice_keeps_its_two_judgements_apart() -> None:
    first, second = make_citation(LONG, page=1), make_citation(LONG, page=5, occurrence=1)
    lines = [make_judgement(first, "accept"), make_judgement(second, "reject", minute=1)]
    reread = LONG.replace("closer work", "closer-work")
    again = [moved(first, sentence=reread), moved(second, sentence=reread)]
    assert [each.review_state for each in apply_judgements(again, lines)[0]] == ["accepted", "rejected"]
    (only,), (issue,) = apply_judgements([first], lines)
    assert (only.review_state, "has no citation" in issue.message) == ("accepted", True)


def test_judgements_follow_a_source_that_became_an_entry() -> None:
    old = make_citation(source_id="unlisted:copper-plan")
    new = moved(old, source_id="copper-plan-2021")
    line = make_judgement(old, "reject")
    assert apply_judgements([new], [line])[0][0].review_state == "", "another source may hold the same sentence"
    for source in (make_source("copper-plan-2021"), make_source("copper-plan-2021", sha256="c1")):
        assert apply_judgements([new], [line], sources=[source])[0][0].review_state == "rejected", source


def test_a_judgement_on_the_moved_citation_wins_over_the_one_that_followed_it() -> None:
    old = make_citation(LONG)
    new = moved(old, sentence=LONG.replace("closer work", "closer-work"))
    lines = [make_judgement(old, "reject", minute=0), make_judgement(new, "accept", minute=1)]
    (judged,), issues = apply_judgements([new], lines)
    assert (judged.review_state, issues) == ("accepted", ())


# --- the file ---------------------------------------------------------------------------------------------------


def test_the_log_keeps_each_line_once_and_reads_what_others_wrote(tmp_path: Path) -> None:
    ours, theirs = JudgementLog(tmp_path / "judgements.jsonl"), JudgementLog(tmp_path / "judgements.jsonl")
    first, second = (
        make_judgement(CITATION),
        make_judgement(CITATION, "reject", minute=1, note="Größe – “q”\u2028x\ud800"),
    )
    assert ours.append([first, first]) == (first,)
    assert theirs.append([first, second]) == (second,)
    assert ours.read().lines == theirs.read().lines == (first, second)
    assert read_judgements(tmp_path / "judgements.jsonl").lines == (first, second)
    # git replaces the file by another one
    (tmp_path / "merged").write_text(format_judgement(second) + "\n", encoding="utf-8", errors="backslashreplace")
    (tmp_path / "merged").replace(tmp_path / "judgements.jsonl")
    assert ours.read().lines == (second,)
    (tmp_path / "judgements.jsonl").unlink()
    assert ours.read().lines == ()


def test_a_line_cut_off_by_a_crash_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    first, second = make_judgement(CITATION), make_judgement(CITATION, "reject", minute=1)
    path.write_text(f"{format_judgement(first)}\n{format_judgement(second)[:40]}", encoding="utf-8")
    log = JudgementLog(path)
    assert log.append([second]) == (second,)
    assert log.read().lines == (first, second)
    (issue,) = log.read().issues
    assert issue.message.startswith("judgements.jsonl: line 2 is not JSON")
    assert read_judgements(path).issues == log.read().issues


def test_a_last_line_without_its_end_counts_if_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    first, second = make_judgement(CITATION), make_judgement(CITATION, "reject", minute=1)
    path.write_text(format_judgement(first), encoding="utf-8")
    log = JudgementLog(path)
    assert log.read().lines == read_judgements(path).lines == (first,)
    assert log.append([first, second]) == (second,)
    assert log.read().lines == JudgementLog(path).read().lines == (first, second)
    assert path.read_text(encoding="utf-8") == f"{format_judgement(first)}\n{format_judgement(second)}\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "maybe"}, "no judgement: Invalid enum value 'maybe' - at `$.verdict`"),
        ({"status": "future"}, "no judgement: Invalid enum value 'future' - at `$.status`"),
        ({"decided_at": "yesterday"}, "with decided_at 'yesterday', not a time like 2026-11-24T09:30:00Z"),
        ({"colour": "blue"}, "with unknown colour"),
        ({"target_id": 3}, "no judgement: Expected `str | null`, got `int` - at `$.target_id`"),
        ({"reviewer": 7}, "no judgement: Expected `str`, got `int` - at `$.reviewer`"),
        ({"shown": ["x"]}, "no judgement: Expected `object`, got `array` - at `$.shown`"),
        ({"settles": "j-1"}, "no judgement: Expected `array`, got `str` - at `$.settles`"),
    ],
)
def test_a_bad_line_is_an_issue_that_says_what_is_wrong(tmp_path: Path, change: dict, message: str) -> None:
    path = tmp_path / "judgements.jsonl"
    good = json.loads(format_judgement(make_judgement(CITATION)))
    path.write_text(json.dumps(good | change) + "\n<<<<<<< ours\n" + json.dumps(good) + "\n", encoding="utf-8")
    read = read_judgements(path)
    assert [each.id for each in read.lines] == [good["id"]]
    assert [issue.message.split(" (")[0] for issue in read.issues] == [
        f"judgements.jsonl: line 1 is {message}",
        "judgements.jsonl: line 2 is not JSON",
    ]


def test_a_line_may_be_as_short_as_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    line = {"id": "j-1", "citation_id": CITATION.id, "verdict": "reject", "reviewer": "ana", "decided_at": "2026-11-24"}
    path.write_text(
        json.dumps(line) + "\n" + json.dumps(line | {"id": "j-2", "target_id": None, "status": "", "note": ""})
    )
    (judged,), _ = apply_judgements([CITATION], read_judgements(path).lines)
    assert (judged.review_state, judged.judgement_id) == ("rejected", "j-2")


def test_a_line_comes_back_as_it_was_and_its_id_is_its_content() -> None:
    line = make_judgement(CITATION, "correct", "lead-roadmap-2030", "planned", note="n", settles=("j-1", "j-2"))
    assert parse_judgement(format_judgement(line)) == line
    assert with_id(replace(line, id="")) == line
    assert len({with_id(each).id for each in (line, replace(line, note="m"), replace(line, reviewer="ben"))}) == 3
    sent = replace(line, shown=replace(line.shown, form="f1"))
    assert with_id(sent).id == with_id(replace(sent, decided_at="2027-01-01T00:00:00+00:00")).id, "a form sent twice"


# --- any sequence -----------------------------------------------------------------------------------------------

STEP = st.one_of(
    st.tuples(
        st.just("decide"),
        st.integers(0, 2),
        st.sampled_from(["ana", "ben"]),
        st.sampled_from(["accept", "correct", "reject", "unsure"]),
    ),
    st.tuples(st.just("undo"), st.sampled_from(["ana", "ben"])),
    st.tuples(st.just("rerun"), st.permutations([0, 1, 2])),
)
THREE = [make_citation(f"Ministers in meeting {n} noted the Tin Blueprint 2025.") for n in range(3)]


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=25))
def test_any_sequence_gives_the_state_that_its_last_lines_say(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]
) -> None:
    """Against the plainest model: a stack of decisions per reviewer, from which an undo takes the last one."""
    log = JudgementLog(tmp_path_factory.mktemp("log") / "judgements.jsonl")
    model: list[Judgement] = []
    order = [0, 1, 2]
    for minute, step in enumerate(steps):
        if step[0] == "decide":
            _, which, reviewer, verdict = step
            target = "lead-roadmap-2030" if verdict == "correct" else "tin-blueprint-2025"
            line = make_judgement(THREE[which], verdict, target, reviewer=reviewer, minute=minute)
            log.append([line])
            model.append(line)
        elif step[0] == "undo":
            last = latest_of(log.read().lines, step[1])
            mine = [each for each in model if each.reviewer == step[1]]
            assert last == (mine[-1] if mine else None)
            if last is not None:
                log.append([with_id(replace(last, decided_at=f"2026-11-25T00:{minute:02d}:00+00:00", undoes=last.id))])
                model.remove(last)
        else:
            order = list(step[1])
        citations = [replace(THREE[which], confidence=0.5 + minute / 100) for which in order]
        judged, issues = apply_judgements(citations, log.read().lines, GAZETTEER)
        assert issues == ()
        assert {each.id: each.review_state for each in judged} == {
            each.id: _modelled_state([line for line in model if line.citation_id == each.id]) for each in THREE
        }


def _modelled_state(lines: list[Judgement]) -> str:
    last = {each.reviewer: each for each in lines}
    said = {(each.verdict, each.target_id) for each in last.values()}
    if len(said) > 1:
        return "conflict"
    words = {"accept": "accepted", "correct": "corrected", "reject": "rejected", "unsure": "unsure"}
    return words[said.pop()[0]] if said else ""


# --- the queue --------------------------------------------------------------------------------------------------


def test_what_matters_comes_first() -> None:
    tin = [make_citation(f"Meeting {n} noted the Tin Blueprint 2025.", start=n, confidence=0.5) for n in range(3)]
    flip = make_citation("Once made, the Tin Blueprint 2025.", status=Status.PLANNED, basis=StatusBasis.CONFLICT)
    sole = make_citation("The Lead Roadmap will come.", "Lead Roadmap", "lead-roadmap-2030", confidence=0.7)
    open_ = make_citation("See the Zinc Plan.", "Zinc Plan", None, candidates=("zinc-plan-1990", "zinc-plan-2020"))
    elsewhere = make_citation(source_id="silver-plan-2022")
    citations = [*tin, flip, sole, open_, elsewhere]
    ranked = rank_citations(citations)
    expected = [
        (elsewhere, (Impact.SOLE, Impact.HUB), ()),
        (open_, (Impact.SOLE,), (Doubt.UNDECIDED,)),
        (sole, (Impact.SOLE,), (Doubt.LOW,)),
        (flip, (Impact.FLIP, Impact.HUB), (Doubt.CONFLICT,)),
        *[(each, (Impact.HUB,), (Doubt.LOW,)) for each in tin],
    ]
    assert [(each.citation.mention.sentence, each.impacts, each.doubts) for each in ranked] == [
        (citation.mention.sentence, impacts, doubts) for citation, impacts, doubts in expected
    ]
    judged = {each.id: each for each in citations}
    judged |= {each.id: replace(each, review_state="accepted") for each in (elsewhere, open_, tin[0])}
    judged[tin[2].id] = replace(tin[2], review_state="conflict")
    now = urgent_first(update_ranks(ranked, judged))
    assert [each.citation.id for each in now] == [
        each.id for each in (elsewhere, open_, sole, flip, tin[2], tin[0], tin[1])
    ]
    assert [each.doubts for each in now[:2]] == [(), ()]


@pytest.mark.parametrize(
    ("citation", "state", "doubts"),
    [
        (make_citation(), "", ()),
        (make_citation(confidence=0.5), "", (Doubt.LOW,)),
        (make_citation(confidence=0.5), "accepted", ()),
        (make_citation(target_id=None), "rejected", ()),
        (make_citation(status=Status.UNCLEAR, confidence=0.5), "", (Doubt.UNCLEAR, Doubt.LOW)),
        (make_citation(), "conflict", (Doubt.DISAGREEMENT,)),
        (make_citation(confidence=0.5), "recheck", (Doubt.RECHECK, Doubt.LOW)),
        (make_citation(), "unsure", (Doubt.UNSURE,)),
    ],
)
def test_what_is_doubtful(citation, state: str, doubts: tuple[Doubt, ...]) -> None:
    assert find_doubts(replace(citation, review_state=state)) == doubts


def test_like_this_is_the_same_name_in_the_same_document_undecided() -> None:
    this = make_citation("A: Tin Blueprint 2025.")
    same = make_citation("B: TIN BLUEPRINT 2025.", "TIN BLUEPRINT 2025")
    done = replace(make_citation("C: Tin Blueprint 2025."), review_state="rejected")
    planned = make_citation("D: Tin Blueprint 2025.", status=Status.PLANNED)
    foreign = make_citation("E: Tin Blueprint 2025.", source_id="silver-plan-2022")
    assert like_this(this, [this, same, done, planned, foreign]) == (this, same)


def test_the_pace_leaves_pauses_out() -> None:
    lines = [make_judgement(CITATION, minute=minute) for minute in (0, 1, 2, 300, 302)]
    assert seconds_per_decision(lines, "ana") == 60.0
    assert seconds_per_decision(lines[:3], "ana") is None
    assert seconds_per_decision(lines, "ben") is None


def test_review_rows_hold_the_runs_own_evidence() -> None:
    open_ = make_citation("See the Zinc Plan.", "Zinc Plan", None, candidates=("zinc-plan-1990",))
    miss = NearMiss("copper-plan-2021", "Zinc Plan", "zinc-plan-2040", "years", 94.0, "2040 is not named")
    document = Document(make_source("copper-plan-2021"), 1, (), (open_,), (miss,), ())
    (row,) = review_rows([document])
    assert list(row["candidates"]) == [
        {"entry_id": "zinc-plan-1990", "alias": "Zinc Plan", "score": 90.0, "reason": "same name"}
    ]
    assert row["near_misses"] == [
        {"entry_id": "zinc-plan-2040", "guard": "years", "score": 94.0, "reason": "2040 is not named"}
    ]
    assert (row["citation_id"], row["target_id"], row["status"], row["within"]) == (open_.id, None, "existing", (8, 17))
