"""Scores: when a prediction matches a label, what counts apart, status with dates hidden, runs against known edges."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.cli.app import run_app
from pipeline.evaluate.cases import Case, CaseError, load_cases, sentence_around
from pipeline.evaluate.comparison import Comparison, Prediction, compare_case
from pipeline.evaluate.report import (
    compare_outcomes,
    load_outcomes,
    run_to_json,
    run_to_tables,
    scores_to_json,
    scores_to_tables,
)
from pipeline.evaluate.run import RunScores, score_run
from pipeline.evaluate.score import Scores, hide_dates, score_cases
from pipeline.evaluate.tally import Counts, StatusCounts
from pipeline.evaluate.witness import count_witnesses
from pipeline.gazetteer.load import load_gazetteer
from pipeline.records import Status
from pipeline.settings import Settings
from pipeline.tables import Table, draw_tables, tables_to_markdown

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "gazetteer")

TEXT = 'Under ATIGA and the "AEC Blueprint", members will draft an ASEAN Code on Rivers. The said Agreement helps AFTA.'


def find(surface: str) -> tuple[int, int]:
    start = TEXT.index(surface)
    return start, start + len(surface)


def label(surface: str, target_id: str | None, status: str = "existing", **more: object) -> dict[str, object]:
    title = None if target_id else surface
    return {
        "surface": surface,
        "start": TEXT.index(surface),
        "target_id": target_id,
        "target_title": title,
        "status": status,
        **more,
    }


def make_row(**changes: object) -> dict[str, object]:
    return {
        "id": "t-1",
        "category": "short-title",
        "source_id": None,
        "source_date": "2012-05",
        "text": TEXT,
        "citations": [
            label("ATIGA", "atiga-2009"),
            label("AEC Blueprint", "aec-blueprint-2015"),
            label("ASEAN Code on Rivers", None, "planned"),
        ],
        "anaphora": [label("The said Agreement", "atiga-2009")],
        "not_citations": ["AFTA"],
        "not_citations_start": [TEXT.index("AFTA")],
        "why": "a test",
    } | changes


def make_case(tmp_path: Path, **changes: object) -> Case:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(make_row(**changes)) + "\n", encoding="utf-8")
    return load_cases(path)[0]


def predict(
    surface: str, target_id: str | None, status: Status = Status.EXISTING, confidence: float = 1.0
) -> Prediction:
    return Prediction(*find(surface), target_id, status, confidence)


RIGHT = [
    predict("ATIGA", "atiga-2009"),
    predict("AEC Blueprint", "aec-blueprint-2015"),
    predict("ASEAN Code on Rivers", "unlisted:asean-code-rivers", Status.PLANNED),
]


def summary(found: Comparison) -> tuple[int, int, int, int]:
    return len(found.hits), len(found.missed), len(found.wrong), len(found.forbidden)


ATIGA, BLUEPRINT, CODE = RIGHT
TWIN = predict("AEC Blueprint", "aec-blueprint-2025")
ANAPHORA = predict("The said Agreement", "atiga-2009")

# What is predicted -> hits, missed, wrong, forbidden among the wrong
COMPARISONS = [
    ("all right", RIGHT, (3, 0, 0, 0)),
    ("nothing", [], (0, 3, 0, 0)),
    ("a resolved anaphora counts neither for nor against", [*RIGHT, ANAPHORA], (3, 0, 0, 0)),
    ("an anaphora resolved wrongly is wrong", [*RIGHT, predict("The said Agreement", "acia-2009")], (3, 0, 1, 0)),
    ("the wrong edition is a miss and wrong", [ATIGA, TWIN, CODE], (2, 1, 1, 0)),
    ("undecided where there is an entry", [ATIGA, predict("AEC Blueprint", None), CODE], (2, 1, 1, 0)),
    ("undecided where there is none", [ATIGA, BLUEPRINT, predict("ASEAN Code on Rivers", None)], (3, 0, 0, 0)),
    ("an overlap of half", [ATIGA, predict('the "AEC Blueprint"', BLUEPRINT.target_id), CODE], (3, 0, 0, 0)),
    ("less than half of the longer span", [ATIGA, BLUEPRINT, predict("Code", "unlisted:code")], (2, 1, 1, 0)),
    ("a system is forbidden", [*RIGHT, predict("AFTA", "cept-afta-agreement-1992")], (3, 0, 1, 1)),
    ("a forbidden span is wrong without an entry too", [*RIGHT, predict("AFTA", "unlisted:afta")], (3, 0, 1, 1)),
    ("an unlisted name elsewhere is wrong", [*RIGHT, predict("members", "unlisted:members")], (3, 0, 1, 0)),
    ("a linked name elsewhere is wrong", [*RIGHT, predict("members", "tac-1976")], (3, 0, 1, 0)),
    ("the same label twice", [*RIGHT, ATIGA], (3, 0, 1, 0)),
]


@pytest.mark.parametrize(
    ("predictions", "expected"), [row[1:] for row in COMPARISONS], ids=[row[0] for row in COMPARISONS]
)
def test_what_matches(tmp_path: Path, predictions: Sequence[Prediction], expected: tuple[int, ...]) -> None:
    assert summary(compare_case(make_case(tmp_path), predictions)) == expected


def test_another_target_is_accepted_where_the_label_says_so(tmp_path: Path) -> None:
    case = make_case(tmp_path, citations=[label("ATIGA", "atiga-2009", accept=["acia-2009"])], anaphora=[])
    assert summary(compare_case(case, [predict("ATIGA", "acia-2009")])) == (1, 0, 0, 0)


def score(case: Case, predictions: Sequence[Prediction], **hidden: Sequence[Prediction]) -> Scores:
    others = {name: lambda _, given=given: given for name, given in hidden.items()}
    return score_cases([case], lambda _: predictions, GAZETTEER, others)


def test_the_figures(tmp_path: Path) -> None:
    predictions = [RIGHT[0], predict('the "AEC Blueprint"', "aec-blueprint-2015"), predict("AFTA", "aia-1998")]
    scores = score(make_case(tmp_path), predictions)
    assert scores.links == Counts(right=2, missed=1, wrong=1)
    assert (scores.links.precision, scores.links.recall, scores.links.f1) == (2 / 3, 2 / 3, 2 / 3)
    # quotes and articles are trimmed from both sides
    assert scores.strict == Counts(right=2, missed=1, wrong=1)
    assert scores.forbidden == 1
    assert scores.status == {"with dates": StatusCounts(right=2, total=2)}
    assert list(scores.categories) == ["short-title"]


def test_strict_spans(tmp_path: Path) -> None:
    scores = score(make_case(tmp_path), [*RIGHT[:2], predict("an ASEAN Code on Rivers.", None, Status.PLANNED)])
    assert (scores.links.right, scores.strict) == (3, Counts(right=2, missed=1, wrong=1))


def test_status_is_scored_on_right_links_and_planned_by_itself(tmp_path: Path) -> None:
    predictions = [
        predict("ATIGA", "atiga-2009", Status.PLANNED),
        predict("AEC Blueprint", "aec-blueprint-2025"),
        predict("ASEAN Code on Rivers", None, Status.UNCLEAR),
    ]
    status = score(make_case(tmp_path), predictions).status["with dates"]
    assert status == StatusCounts(right=0, total=2, unclear=1, planned=Counts(right=0, missed=1, wrong=1))


def test_status_with_dates_hidden_pairs_by_span_and_leaves_out_what_only_the_date_tells(tmp_path: Path) -> None:
    case = make_case(
        tmp_path,
        citations=[
            label("ATIGA", "atiga-2009"),
            label("AEC Blueprint", "aec-blueprint-2015", "planned", decided_by="date"),
            label("ASEAN Code on Rivers", None, "planned", decided_by="words"),
        ],
    )
    words = [predict("ATIGA", None), predict("AEC Blueprint", None), RIGHT[2]]
    scores = score(case, RIGHT, words=words, silent=[])
    assert scores.status["words"] == StatusCounts(right=2, total=2, planned=Counts(right=1))
    # a citation that is not found without dates is unclear, not right by default
    assert scores.status["silent"] == StatusCounts(right=0, total=2, unclear=2, planned=Counts(missed=1))


def test_hidden_dates_leave_nothing_that_tells_when() -> None:
    undated = hide_dates(GAZETTEER)
    assert {(entry.issued, entry.period, entry.standing) for entry in undated.entries.values()} == {
        (None, (None, None), "")
    }
    assert undated.aliases == GAZETTEER.aliases
    assert undated.fingerprint != GAZETTEER.fingerprint


def test_misses_name_the_sentence_and_twins_are_confusions(tmp_path: Path) -> None:
    predictions = [predict("AEC Blueprint", "aec-blueprint-2025"), predict("AFTA", "aia-1998"), RIGHT[2]]
    first = 'Under ATIGA and the "AEC Blueprint", members will draft an ASEAN Code on Rivers.'
    misses = [
        (miss.what, miss.surface, miss.expected, miss.got, miss.sentence)
        for miss in score(make_case(tmp_path), predictions).misses
    ]
    assert misses == [
        ("missed", "ATIGA", "atiga-2009", "nothing", first),
        ("confused", "AEC Blueprint", "aec-blueprint-2015", "aec-blueprint-2025", first),
        ("forbidden", "AFTA", "no citation", "aia-1998", "The said Agreement helps AFTA."),
    ]  # fmt: skip


def test_reliability_sorts_links_by_claimed_confidence(tmp_path: Path) -> None:
    predictions = [
        predict("ATIGA", "atiga-2009", confidence=0.99),
        predict("AEC Blueprint", "aec-blueprint-2015", confidence=0.97),
        predict("members", "tac-1976", confidence=0.6),
    ]
    bands = {upper: (links, right) for upper, links, right, _ in score(make_case(tmp_path), predictions).reliability}
    assert bands == {0.5: (0, 0), 0.7: (1, 0), 0.9: (0, 0), 0.95: (0, 0), 0.97: (1, 1), 1.0: (1, 1)}


def test_what_a_label_leaves_open_counts_neither_way(tmp_path: Path) -> None:
    text = "The Green Code follows the Old Blue Code."
    row = make_row(text=text, citations=[label("ATIGA", None, "either") | {"surface": "Green Code", "start": 4}])
    row |= {"not_citations": [], "not_citations_start": [], "anaphora": []}
    row["optional"] = [{"surface": "Old Blue Code", "start": 27}]
    del row["category"]
    (tmp_path / "cases.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (case,) = load_cases(tmp_path / "cases.jsonl")
    for status in Status:
        found = [Prediction(4, 14, None, status), Prediction(31, 40, "tac-1976", Status.EXISTING)]
        compared = compare_case(case, found)
        assert (len(compared.hits), compared.missed, compared.wrong) == (1, (), ())
        assert compared.hits[0][0].status is status


# a line of the file of cases -> what is said of it
BAD_CASES = [
    ("{", "cases.jsonl:1: "),
    (json.dumps(make_row(text="Another text.")), "cases.jsonl:1: the text has"),
    (json.dumps({"id": "t-1"}), "cases.jsonl:1: the key 'text' is missing"),
    (json.dumps(make_row(source_date="May 2012")), "cases.jsonl:1: 'May 2012' is not a date"),
    (
        json.dumps(make_row(citations=[label("ATIGA", "atiga-2009", "dead")])),
        "cases.jsonl:1: 'dead' is not a valid Status",
    ),
    ("", "cases.jsonl: holds no case"),
]


@pytest.mark.parametrize(("line", "said"), BAD_CASES, ids=[said for _, said in BAD_CASES])
def test_a_bad_case_is_one_line(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "cases.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        load_cases(tmp_path / "cases.jsonl")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "surface", "sentence"),
    [
        ("One. Two here. Three.", "Two", "Two here."),
        ("Two here. Three.", "Two", "Two here."),
        ("One.\n\nTwo\nhere", "here", "Two here"),
        ("Is it? Yes", "Yes", "Yes"),
    ],
)
def test_the_sentence_around_a_span(text: str, surface: str, sentence: str) -> None:
    start = text.index(surface)
    assert sentence_around(text, start, start + len(surface)) == sentence


# --- gains and losses


def test_gains_and_losses_between_two_evaluations(tmp_path: Path) -> None:
    case = make_case(tmp_path)
    before = score(case, [RIGHT[0], predict("AFTA", "aia-1998"), predict("ASEAN Code on Rivers", None)])
    now = score(case, [RIGHT[1], RIGHT[2], predict("members", "tac-1976")])
    changes = compare_outcomes(now.outcomes, {**before.outcomes, "t-9 @0 Elsewhere [label]": "missed"})
    assert changes.rows == (
        ("gain", "t-1 @21 AEC Blueprint [label]"),
        ("loss", "t-1 @6 ATIGA [label]"),
        ("status flip", "t-1 @59 ASEAN Code on Rivers [label]: found as existing -> found as planned"),
        ("wrong now", "t-1 @37 members [tac-1976]"),
        ("wrong no more", "t-1 @106 AFTA [aia-1998]"),
    )
    assert changes.note.endswith("1 wrong no more; 1 of cases that only one of the two holds.")


def test_saved_scores_are_read_back(tmp_path: Path) -> None:
    scores = score(make_case(tmp_path), RIGHT)
    path = tmp_path / "scores.json"
    path.write_text(json.dumps(scores_to_json(scores)), encoding="utf-8")
    assert load_outcomes(path) == scores.outcomes
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(CaseError, match="holds no saved scores"):
        load_outcomes(path)


def test_the_page_tells_what_changed_since_the_last_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    case = {"id": "t-1", "category": "acronym", "source_id": None, "source_date": "2015", "text": "ATIGA and ACIA."}
    label = {"surface": "ATIGA", "start": 0, "target_id": "atiga-2009", "status": "existing"}
    second = {"surface": "ACIA", "start": 10, "target_id": "acia-2009", "status": "existing"}
    asked = ["evaluate", "--cases", "trade.jsonl", "--gazetteer", str(GAZETTEER.folder)]
    pages = []
    for labels in ([label | {"target_id": "tac-1976"}, second], [label, second]):
        Path("trade.jsonl").write_text(json.dumps({**case, "citations": labels}), encoding="utf-8")
        assert run_app(asked) == 0
        pages.append(Path("quality/trade.md").read_text(encoding="utf-8"))
    assert "| span and target | 1 | 1 | 1 |" in pages[0]
    assert "Gains and losses" not in pages[0]
    assert "| gain | t-1 @0 ATIGA [label] |" in pages[1]
    assert "1 gain, 0 loss" in pages[1]
    assert "Page: quality/trade.md" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_costs_no_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quality").write_text("a file", encoding="utf-8")
    case = {"id": "t-1", "category": "acronym", "source_id": None, "source_date": "2015", "text": "A.", "citations": []}
    Path("trade.jsonl").write_text(json.dumps(case), encoding="utf-8")
    assert run_app(["evaluate", "--cases", "trade.jsonl", "--gazetteer", str(GAZETTEER.folder)]) == 1
    told = capsys.readouterr()
    assert "span and target" in told.out
    assert told.err.count("\n") == 1
    assert "name another --quality FOLDER" in told.err


# --- tables


def test_tables_are_plain_text_off_a_terminal(tmp_path: Path) -> None:
    stream = io.StringIO()
    draw_tables(scores_to_tables(score(make_case(tmp_path), RIGHT)), stream)
    lines = stream.getvalue().splitlines()
    assert "span and target       3       0      0      1.000   1.000  1.000" in lines
    assert "\x1b" not in stream.getvalue()


def test_a_markdown_table_keeps_its_columns() -> None:
    table = Table("Names", ("name", "count"), (("a | b", "2"),), "A note.")
    assert tables_to_markdown([table]) == "## Names\n\n| name | count |\n| --- | ---: |\n| a \\| b | 2 |\n\nA note.\n"


# --- a run against known citations

RUN = [
    ("bsbr-2021", "defa", "planned", "2", "DEFA", "exact"),
    ("bsbr-2021", "adm2025", "planned", "3", "ASEAN Digital Masterplan 2025", "exact"),
    ("bsbr-2021", "tac-1976", "existing", "3", "the said Treaty", "exact"),
    ("bsbr-2021", "unlisted:code-rivers", "planned", "4", "ASEAN Code on Rivers", "unlisted"),
    ("bsbr-2021", "aadmer-2005", "existing", "5", "that Agreement", "anaphora"),
    ("unlisted:other", "defa", "planned", "1", "DEFA", "exact"),
]  # fmt: skip
GOLD = [
    ("bsbr-2021", "defa", "planned", "2", "DEFA", "name"),
    ("bsbr-2021", "adm2025", "existing", "2", "Digital Masterplan 2025", "name"),
    ("bsbr-2021", "acrf-2020", "existing", "2", "ACRF", "name"),
    ("bsbr-2021", "", "planned", "4", "Code on Rivers", "name"),
    ("bsbr-2021", "", "planned", "4", "ASEAN Treaty on Lakes", "name"),
    ("bsbr-2021", "aadmer-2005", "existing", "5", "that Agreement", "anaphora"),
    ("adm2030", "defa", "planned", "1", "DEFA", "name"),
]  # fmt: skip


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def make_run(folder: Path) -> Path:
    columns = ("source_id", "target_id", "status", "page", "surface", "match_method", "target_title", "sentence")
    write_csv(folder / "citations.csv", columns, [(*row, row[4], f"About {row[4]}.") for row in RUN])
    inputs = [
        {"file": "raw_pdfs/bsbr.pdf", "source_id": "bsbr-2021", "action": "read"},
        {"file": "raw_pdfs/other.pdf", "source_id": "unlisted:other", "action": "read"},
    ]
    (folder / "run.json").write_text(json.dumps({"inputs": inputs}), encoding="utf-8")
    return folder


def score_gold(tmp_path: Path, complete: bool, rows: Sequence[Sequence[str]] = GOLD) -> RunScores:
    columns = ("document", "target_id", "status", "page", "surface", "kind")
    return score_run(write_csv(tmp_path / "gold.csv", columns, rows), make_run(tmp_path), complete)


def test_lines_of_a_run_against_complete_gold(tmp_path: Path) -> None:
    scores = score_gold(tmp_path, complete=True)
    assert scores.lines == Counts(right=2, missed=1, wrong=1)
    assert scores.line_status == StatusCounts(right=1, total=2, planned=Counts(right=1, wrong=1))
    assert scores.without_entry == Counts(right=1, missed=1)
    assert scores.citations == Counts(right=3, missed=2, wrong=1)
    assert scores.not_read == ("adm2030",)
    assert [(miss.level, miss.what, miss.target) for miss in scores.misses] == [
        ("line", "missed", "acrf-2020"),
        ("line", "status", "adm2025"),
        ("line", "wrong", "tac-1976"),
        ("line", "missed", "no entry"),
        ("citation", "status", "adm2025"),
        ("citation", "missed", "acrf-2020"),
        ("citation", "missed", "no entry (ASEAN Treaty on Lakes)"),
        ("citation", "wrong", "tac-1976"),
    ]


def test_gold_that_lists_only_some_citations_says_nothing_of_wrong_ones(tmp_path: Path) -> None:
    scores = score_gold(tmp_path, complete=False)
    assert (scores.lines.wrong, scores.citations.wrong if scores.citations else None) == (0, 0)
    notes = run_to_tables(scores)[0].note
    assert notes == (
        "The gold file lists only some citations: nothing is counted as wrong. "
        "Sources that the run did not read, left out: adm2030."
    )
    assert run_to_json(scores)["lines"]["recall"] == 0.6667


def test_sources_may_be_named_by_file(tmp_path: Path) -> None:
    gold = write_csv(
        tmp_path / "real.csv",
        ("source_file", "cited_as_written", "target_id", "status"),
        [("pdf/bsbr.pdf", "the DEFA", "defa", "planned"), ("text/old.txt", "AFAS", "afas-1995", "existing")],
    )
    scores = score_run(gold, make_run(tmp_path))
    assert (scores.lines, scores.not_read, scores.citations) == (Counts(right=1), ("text/old.txt",), None)


@pytest.mark.parametrize(
    ("columns", "row", "said"),
    [
        (("source", "target"), ("a", "b"), "needs rows with the columns one of source_id, document, source_file"),
        (("source_id", "cited_id", "status"), ("a", "b", "maybe"), ":2: 'maybe' is not a valid Status"),
    ],
)
def test_bad_gold_is_one_line(tmp_path: Path, columns: Sequence[str], row: Sequence[str], said: str) -> None:
    gold = write_csv(tmp_path / "gold.csv", columns, [row])
    with pytest.raises(CaseError) as caught:
        score_run(gold, make_run(tmp_path))
    assert said in str(caught.value)


def test_a_folder_without_a_run_is_one_line(tmp_path: Path) -> None:
    gold = write_csv(tmp_path / "gold.csv", ("source_id", "cited_id", "status"), [("a", "b", "planned")])
    with pytest.raises(CaseError, match="not there; `topology run` writes it"):
        score_run(gold, tmp_path)


# --- the cases of our own


def test_our_own_cases_fit_their_texts_and_the_gazetteer() -> None:
    cases = load_cases(Path(__file__).parents[1] / "gold/cases.jsonl")
    labels = [(case.id, gold) for case in cases for gold in (*case.citations, *case.anaphora)]
    targets = [(name, target) for name, gold in labels for target in (gold.target_id, *gold.accept) if target]
    assert [(name, target) for name, target in targets if target not in GAZETTEER.entries] == []
    assert [name for name, gold in labels if gold.target_id is None and not gold.target_title] == []
    assert len({case.id for case in cases}) == len(cases)
    # status and date agree wherever the gazetteer's date is clearly on one side of the text's
    for case in cases:
        for gold in case.citations:
            entry = GAZETTEER.entries.get(gold.target_id or "")
            order = entry.issued.compare(case.source_date) if entry and entry.issued and case.source_date else None
            if order:
                assert gold.status is (Status.PLANNED if order > 0 else Status.EXISTING), (case.id, gold.surface)


# --- the gold beside the project


@pytest.mark.skipif(
    not (Path(__file__).parents[3] / "shared/gold/dev_cases.jsonl").exists(),
    reason="needs the labelled cases beside the project, ../shared/gold",
)
def test_the_labelled_cases_load_and_perfect_answers_score_one() -> None:
    cases = load_cases(Path(__file__).parents[3] / "shared/gold/dev_cases.jsonl")
    perfect = {
        case.id: [Prediction(*gold.span, gold.target_id, gold.status) for gold in case.citations] for case in cases
    }
    scores = score_cases(cases, lambda case: perfect[case.id], GAZETTEER)
    assert (scores.cases, scores.links, scores.strict) == (171, Counts(right=192), Counts(right=192))
    assert scores.status["with dates"] == StatusCounts(right=192, total=192, planned=Counts(right=46))
    assert scores.misses == ()


def test_witnesses(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Members shall develop an ASEAN Seed Code under ATIGA.", encoding="utf-8")
    counts = {(each.kind, each.rule): each for each in count_witnesses([tmp_path], GAZETTEER, Settings())}
    assert counts["cue", "make"].times == 1
    assert counts["link", "exact"].place == "a.txt: ATIGA"
    assert counts["cue", "drop"].times == 0
