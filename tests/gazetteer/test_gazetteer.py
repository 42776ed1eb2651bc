"""The gazetteer: what loads, what is refused and how, what `check --fix` mends, and what the shipped one holds."""

from __future__ import annotations

import csv
import shutil
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from pipeline.cli.app import run_app
from pipeline.evaluate.check import check_gazetteer, exit_code
from pipeline.gazetteer.edit import add_aliases, add_document
from pipeline.gazetteer.load import fold_name, load_gazetteer
from pipeline.gazetteer.new_rows import NewDocument, add_new, guess_kind
from pipeline.gazetteer.rows import (
    ALIAS_COLUMNS,
    CONFIDENCES,
    DIGITAL,
    DOCUMENT_COLUMNS,
    STANDINGS,
)
from pipeline.knowledge import GazetteerError
from pipeline.names.dates import PartialDate
from pipeline.records import Alias, AliasKind, Severity

SHIPPED = Path(__file__).parents[2] / "gazetteer"

LANES = """\
title: Rivers of Ruritania
lanes:
  - {id: upper, head: Plans, drawn: true}
  - {id: lower, head: Pledges, drawn: true, links_omitted: true}
kinds:
  plan: [Plan]
  pledge: [Pledge, Vow]
"""

PLAN_1 = {
    "id": "river-plan-1",
    "title": "River Plan 1990-1999",
    "short_title": "First River Plan",
    "acronym": "RP",
    "kind": "plan",
    "lane": "upper",
    "issued": "1990-05",
    "period_start": "1990",
    "period_end": "1999",
    "standing": "superseded",
    "digital": "no",
    "in_chapter": "false",
    "ambiguous_with": "river-plan-2",
    "confidence": "high",
    "source": "invented",
}
PLAN_2 = PLAN_1 | {
    "id": "river-plan-2",
    "title": "River Plan 2000-2009",
    "short_title": "Second River Plan",
    "issued": "2000-01-31",
    "period_start": "2000",
    "period_end": "2009",
    "standing": "adopted",
    "supersedes": "river-plan-1",
    "ambiguous_with": "river-plan-1",
    "official_url": "https://rivers.example/plan-2.pdf",
    "official_url_verified": "true",
}
PLEDGE = {
    "id": "strelsau-pledge",
    "title": "Strelsau Pledge on Clean Rivers",
    "short_title": "Strelsau Pledge",
    "kind": "pledge",
    "lane": "lower",
    "issued": "1998",
    "digital": "no",
    "in_chapter": "true",
    "confidence": "low",
    "source": "invented",
}
ROWS = [PLAN_1, PLAN_2, PLEDGE]
NAMES = [
    {"entry_id": "river-plan-1", "alias": "River Plan", "kind": "variant", "needs_support": "false"},
    {"entry_id": "river-plan-2", "alias": "River Plan", "kind": "variant", "needs_support": "false"},
    {"entry_id": "strelsau-pledge", "alias": "Clean Rivers Vow", "kind": "former", "needs_support": "true"},
]


def write_table(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make_folder(
    folder: Path, rows: list[dict[str, str]] = ROWS, names: list[dict[str, str]] = NAMES, lanes: str = LANES
) -> Path:
    write_table(folder / "documents.csv", DOCUMENT_COLUMNS, rows)
    write_table(folder / "aliases.csv", ALIAS_COLUMNS, names)
    (folder / "lanes.yaml").write_text(lanes, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(GazetteerError) as caught:
        load_gazetteer(folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_row_becomes_an_entry(tmp_path: Path) -> None:
    gazetteer = load_gazetteer(make_folder(tmp_path))
    plan = gazetteer.entries["river-plan-2"]
    assert (plan.issued, plan.period, plan.supersedes, plan.acronym) == (
        PartialDate(2000, 1, 31),
        (2000, 2009),
        ("river-plan-1",),
        "RP",
    )
    assert (plan.official_url, plan.official_url_verified, plan.dialogue_partner) == (
        "https://rivers.example/plan-2.pdf",
        True,
        None,
    )
    assert gazetteer.entries["strelsau-pledge"].issued == PartialDate(1998)
    assert gazetteer.successors_of == {"river-plan-1": ("river-plan-2",)}
    assert [(lane.id, lane.head, lane.drawn, lane.links_omitted) for lane in gazetteer.lanes.values()] == [
        ("upper", "Plans", True, False),
        ("lower", "Pledges", True, True),
    ]


def test_every_name_is_an_alias_once(tmp_path: Path) -> None:
    gazetteer = load_gazetteer(make_folder(tmp_path))
    assert gazetteer.aliases_of["strelsau-pledge"] == (
        Alias("Strelsau Pledge on Clean Rivers", "strelsau-pledge", AliasKind.TITLE),
        Alias("Strelsau Pledge", "strelsau-pledge", AliasKind.SHORT),
        Alias("Clean Rivers Vow", "strelsau-pledge", AliasKind.FORMER, needs_support=True),
    )


def test_a_row_of_aliases_overrules_the_documents_own_name(tmp_path: Path) -> None:
    careful = {"entry_id": "river-plan-1", "alias": "RP", "kind": "acronym", "needs_support": "true"}
    gazetteer = load_gazetteer(make_folder(tmp_path, names=[*NAMES, careful]))
    acronyms = [alias for alias in gazetteer.aliases if alias.text == "RP"]
    assert [(alias.entry_id, alias.needs_support) for alias in acronyms] == [
        ("river-plan-1", True),
        ("river-plan-2", False),
    ]


# change of the second row of documents.csv (line 3) -> the fault, whole
BAD_DOCUMENTS = [
    ({"id": ""}, "documents.csv:3: id: '': must not be empty"),
    ({"id": "River Plan"}, "documents.csv:3: id: 'River Plan': an id is made of a-z, 0-9 and hyphens"),
    ({"title": ""}, "documents.csv:3: title: '': must not be empty"),
    (
        {"title": "River  Plan"},
        "documents.csv:3: title: 'River  Plan': stray white space; `topology gazetteer check --fix` removes it",
    ),
    (
        {"title": "=cmd|' /C calc'!A0"},
        "documents.csv:3: title: \"=cmd|' /C calc'!A0\": must not begin with =: spreadsheets run it as a formula",
    ),
    ({"kind": "plam"}, "documents.csv:3: kind: 'plam': use one of plan, pledge"),
    ({"kind": ""}, "documents.csv:3: kind: '': use one of plan, pledge"),
    ({"lane": "left"}, "documents.csv:3: lane: 'left': use one of lower, upper"),
    (
        {"issued": "31.1.2000"},
        "documents.csv:3: issued: '31.1.2000': write a date as 2007, 2007-11 or 2007-11-20, as precise as it is known",
    ),
    (
        {"issued": "2000-02-30"},
        "documents.csv:3: issued: '2000-02-30': write a date as 2007, 2007-11 or 2007-11-20, as precise as it is known",
    ),
    ({"issued": "1200"}, "documents.csv:3: issued: '1200': the year must lie between 1945 and 2100"),
    ({"period_end": "20009"}, "documents.csv:3: period_end: '20009': write one year between 1945 and 2100"),
    ({"period_end": "1999"}, "documents.csv:3: period_end: '1999': the period ends before it starts (2000)"),
    ({"standing": "dead"}, "documents.csv:3: standing: 'dead': use one of " + ", ".join(sorted(STANDINGS))),
    ({"digital": "maybe"}, "documents.csv:3: digital: 'maybe': use one of no, partly, yes"),
    ({"in_chapter": "TRUE"}, "documents.csv:3: in_chapter: 'TRUE': use one of false, true"),
    ({"confidence": ""}, "documents.csv:3: confidence: '': use one of high, low, medium"),
    ({"source": ""}, "documents.csv:3: source: '': must not be empty"),
    (
        {"supersedes": "river-plan-0"},
        "documents.csv:3: supersedes: 'river-plan-0': river-plan-0 is no id of documents.csv",
    ),
    ({"part_of": "river-plan-2"}, "documents.csv:3: part_of: 'river-plan-2': a document cannot name itself here"),
    ({"renamed_to": "x"}, "documents.csv:3: renamed_to: 'x': x is no id of documents.csv"),
    (
        {"supersedes": "river-plan-1;river-plan-1"},
        "documents.csv:3: supersedes: 'river-plan-1;river-plan-1': names one of them twice",
    ),
    (
        {"ambiguous_with": "river-plan-1;strelsau-pledge"},
        "documents.csv:3: ambiguous_with: 'river-plan-1;strelsau-pledge': strelsau-pledge does not name river-plan-2 "
        "in turn; `topology gazetteer check --fix` adds it",
    ),
    (
        {"official_url": "rivers.example"},
        "documents.csv:3: official_url: 'rivers.example': write the whole address, https://...",
    ),
    (
        {"official_url_verified": ""},
        "documents.csv:3: official_url_verified: '': "
        "say true or false where there is an official_url, nothing where there is none",
    ),
]


@pytest.mark.parametrize(("change", "fault"), BAD_DOCUMENTS, ids=[fault[17:60] for _, fault in BAD_DOCUMENTS])
def test_a_bad_document_is_named_with_its_place_and_remedy(tmp_path: Path, change: dict[str, str], fault: str) -> None:
    assert fault in faults_of(make_folder(tmp_path, rows=[PLAN_1, PLAN_2 | change, PLEDGE]))


BAD_ALIASES = [
    ({"entry_id": "river-plan-9"}, "aliases.csv:5: entry_id: 'river-plan-9': is no id of documents.csv"),
    ({"alias": ""}, "aliases.csv:5: alias: '': must not be empty"),
    ({"kind": "nick"}, "aliases.csv:5: kind: 'nick': use one of acronym, former, short, symbol, title, variant"),
    ({"needs_support": "no"}, "aliases.csv:5: needs_support: 'no': use one of false, true"),
    (
        {"entry_id": "river-plan-2", "alias": "RIVER PLAN"},
        "aliases.csv:5: alias: 'RIVER PLAN': "
        "line 3 gives this name already (case, dashes and quotes make no difference)",
    ),
    (
        {"alias": "River Plan"},
        "aliases.csv:5: alias: 'River Plan': is a name of river-plan-1, river-plan-2 too; "
        "if both are right, declare it in column ambiguous_with",
    ),
    (
        {"alias": "Second River Plan"},
        "documents.csv:3: short_title: 'Second River Plan': is a name of strelsau-pledge too; "
        "if both are right, declare it in column ambiguous_with",
    ),
]


@pytest.mark.parametrize(("change", "fault"), BAD_ALIASES, ids=[fault[15:60] for _, fault in BAD_ALIASES])
def test_a_bad_alias_is_named_with_its_place_and_remedy(tmp_path: Path, change: dict[str, str], fault: str) -> None:
    fourth = {"entry_id": "strelsau-pledge", "alias": "Vow", "kind": "variant", "needs_support": "false"}
    assert fault in faults_of(make_folder(tmp_path, names=[*NAMES, fourth | change]))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    folder = make_folder(
        tmp_path,
        rows=[PLAN_1 | {"kind": "poem"}, PLAN_2 | {"issued": "soon", "lane": ""}, PLEDGE, PLEDGE],
        names=[*NAMES, {"entry_id": "nobody", "alias": "None", "kind": "short", "needs_support": ""}],
    )
    assert faults_of(folder) == [
        "aliases.csv:5: entry_id: 'nobody': is no id of documents.csv",
        "aliases.csv:5: needs_support: '': use one of false, true",
        "documents.csv:2: kind: 'poem': use one of plan, pledge",
        "documents.csv:3: issued: 'soon': write a date as 2007, 2007-11 or 2007-11-20, as precise as it is known",
        "documents.csv:3: lane: '': use one of lower, upper",
        "documents.csv:5: id: 'strelsau-pledge': line 4 has this id already; an id names one document",
    ]


BAD_FILES = [
    ("documents.csv", b"id,title\nx,y\n", "documents.csv:1: short_title: '': this column is missing"),
    (
        "aliases.csv",
        b"entry_id,alias,kind,needs_support,note\n",
        "aliases.csv:1: note: 'note': no such column; see gazetteer/README.md for the columns",
    ),
    (
        "aliases.csv",
        b"entry_id,alias,kind,needs_support\nriver-plan-1,Plan, first,variant,false\n",
        "aliases.csv:2: 'river-plan-1,Plan, first,variant,false': "
        "has 5 cells instead of 4; quote a cell that holds a comma",
    ),
    (
        "aliases.csv",
        b"entry_id,alias,kind,needs_support\nx,caf\xe9,short,false\n",
        "aliases.csv:2: save the file as UTF-8",
    ),
    ("aliases.csv", b'entry_id,alias,kind,needs_support\nx,"a"b,short,false\n', "aliases.csv:2: is no CSV"),
    ("lanes.yaml", b"lanes: [\n", "lanes.yaml:2: is no YAML"),
    (
        "lanes.yaml",
        b"lanes: {}\n",
        "lanes.yaml:1: 'lanes': needs the keys title, lanes and kinds, and no other but abbreviations, neutral",
    ),
    (
        "lanes.yaml",
        LANES.replace("drawn: true}", "drawn: true, colour: red}").encode(),
        "lanes.yaml:3: lanes[1]: ",
    ),
    ("lanes.yaml", LANES.replace("drawn: true}", "drawn: maybe}").encode(), "lanes.yaml:3: lanes[1].drawn: 'maybe'"),
    (
        "lanes.yaml",
        LANES.replace("[Plan]", "[]").encode(),
        "lanes.yaml:6: kinds.plan: '': needs a list of head nouns, the plain name first",
    ),
]


@pytest.mark.parametrize(("file", "content", "fault"), BAD_FILES, ids=[fault[:50] for _, _, fault in BAD_FILES])
def test_a_file_that_is_no_table_is_one_line(tmp_path: Path, file: str, content: bytes, fault: str) -> None:
    folder = make_folder(tmp_path)
    (folder / file).write_bytes(content)
    assert any(told.startswith(fault) for told in faults_of(folder)), faults_of(folder)


def test_a_missing_folder_is_one_line_for_each_file(tmp_path: Path) -> None:
    assert [fault.split(":")[0] for fault in faults_of(tmp_path / "nowhere")] == [
        "aliases.csv",
        "documents.csv",
        "lanes.yaml",
    ]


def test_what_a_spreadsheet_does_is_mended(tmp_path: Path) -> None:
    untidy = [
        PLEDGE | {"in_chapter": "TRUE", "title": "Strelsau Pledge  on Clean Rivers "},
        PLAN_2 | {"ambiguous_with": ""},
        PLAN_1,
    ]
    repeated = {"entry_id": "river-plan-1", "alias": "first river plan", "kind": "short", "needs_support": "FALSE"}
    folder = make_folder(tmp_path, rows=untidy, names=[repeated, *reversed(NAMES)])
    for file in ("documents.csv", "aliases.csv"):
        path = folder / file
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert exit_code(check_gazetteer(folder)) == 2
    assert [finding for finding in check_gazetteer(folder, fix=True) if finding.severity is not Severity.INFO] == []

    tidy = make_folder(_subfolder(tmp_path))
    for file in ("documents.csv", "aliases.csv"):
        assert (folder / file).read_bytes() == (tidy / file).read_bytes(), file


def test_unsorted_rows_are_a_warning_and_fix_is_idempotent(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, rows=[PLEDGE, PLAN_2, PLAN_1])
    warnings = [str(found) for found in check_gazetteer(folder) if found.severity is Severity.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith("warning: documents.csv:2: 'strelsau-pledge,")
    assert exit_code(check_gazetteer(folder)) == 1
    assert exit_code(check_gazetteer(folder, fix=True)) == 0
    once = (folder / "documents.csv").read_bytes()
    check_gazetteer(folder, fix=True)
    assert (folder / "documents.csv").read_bytes() == once


def test_fix_leaves_what_only_a_person_can_decide(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, rows=[PLAN_1, PLAN_2 | {"issued": "soon"}, PLEDGE])
    errors = [found.fault.column for found in check_gazetteer(folder, fix=True) if found.severity is Severity.ERROR]
    assert errors == ["issued"]


# an alias of strelsau-pledge -> what the linter says of it
ADVICE = [
    ("River Plans of 1990-1999", "is nearly"),
    ("RV", "is an acronym of three letters or fewer; consider needs_support"),
    ("clean rivers pledge", "has no capital letter, as if it were no name; consider needs_support"),
    ("Clean Rivers", "has no word that means a document; if it may be a body or a system, set needs_support"),
    ("First River", "begins names of river-plan-1; add their other names, so that the longest one is known"),
]


@pytest.mark.parametrize(("name", "advice"), ADVICE)
def test_advice_on_names(tmp_path: Path, name: str, advice: str) -> None:
    kind = "acronym" if name.isupper() else "variant"
    row = {"entry_id": "strelsau-pledge", "alias": name, "kind": kind, "needs_support": "false"}
    findings = check_gazetteer(make_folder(tmp_path, names=[*NAMES, row]), fix=True)
    remedies = [found.fault.remedy for found in findings if found.severity is Severity.INFO]
    assert any(remedy.startswith(advice) for remedy in remedies), remedies
    assert exit_code(findings) == 0


def test_names_that_the_matcher_reads_as_one(tmp_path: Path) -> None:
    row = {"entry_id": "strelsau-pledge", "alias": "1st River Plan", "kind": "variant", "needs_support": "false"}
    folder = make_folder(tmp_path, names=[*NAMES, row])
    (folder / "spellings.yaml").write_bytes((SHIPPED / "spellings.yaml").read_bytes())
    told = [str(found) for found in check_gazetteer(folder, fix=True) if "is read as" in found.fault.remedy]
    assert told == [
        "info: documents.csv:2: short_title: 'First River Plan': "
        "is read as '1st River Plan' of strelsau-pledge; declare it in ambiguous_with"
    ]


def test_editions_that_name_each_other_are_no_twins(tmp_path: Path) -> None:
    assert [str(found) for found in check_gazetteer(make_folder(tmp_path)) if "nearly" in found.fault.remedy] == []


def test_a_document_is_added_in_its_place(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    before = load_gazetteer(folder).fingerprint
    row = PLEDGE | {"id": "hentzau-vow", "title": "Hentzau Vow", "short_title": "Hentzau Vow"}
    gazetteer = add_document(folder, row, [Alias("Vow of Hentzau", "hentzau-vow", AliasKind.VARIANT)])
    assert list(load_gazetteer(folder).entries) == ["hentzau-vow", "river-plan-1", "river-plan-2", "strelsau-pledge"]
    assert gazetteer.fingerprint == load_gazetteer(folder).fingerprint != before
    assert [alias.text for alias in gazetteer.aliases_of["hentzau-vow"]] == ["Hentzau Vow", "Vow of Hentzau"]


def test_a_wrong_document_is_not_written(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    before = (folder / "documents.csv").read_bytes()
    with pytest.raises(GazetteerError) as caught:
        add_document(folder, PLEDGE | {"kind": "poem"})
    assert [fault.column for fault in caught.value.faults] == ["id", "kind"]
    with pytest.raises(GazetteerError, match="no such column"):
        add_document(folder, PLEDGE | {"colour": "blue"})
    assert (folder / "documents.csv").read_bytes() == before


def test_a_name_is_added_unless_it_is_somebody_elses(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    add_aliases(folder, [Alias("Pledge of Strelsau", "strelsau-pledge", AliasKind.VARIANT)])
    assert "Pledge of Strelsau" in [alias.text for alias in load_gazetteer(folder).aliases_of["strelsau-pledge"]]
    with pytest.raises(GazetteerError, match="declare it in column ambiguous_with"):
        add_aliases(folder, [Alias("First River Plan", "strelsau-pledge", AliasKind.VARIANT)])


KNOWN = NewDocument(
    id="hentzau-vow",
    title="Hentzau Vow on Lakes",
    aliases=("Lake Vow", "HVL"),
    issued="2003-04",
    period="2003-2010",
    supersedes=("strelsau-pledge",),
    source="invented",
)


def test_a_few_facts_make_a_row(tmp_path: Path) -> None:
    folder = make_folder(
        tmp_path, lanes=LANES.replace("lower, head: Pledges, drawn: true", "lower, head: -, drawn: false")
    )
    assert add_new(folder, KNOWN) == "added hentzau-vow: Hentzau Vow on Lakes (kind pledge, lane lower)"
    entry = load_gazetteer(folder).entries["hentzau-vow"]
    assert (entry.kind, entry.lane, entry.issued, entry.period, entry.supersedes, entry.confidence) == (
        "pledge",
        "lower",
        PartialDate(2003, 4),
        (2003, 2010),
        ("strelsau-pledge",),
        "medium",
    )
    names = [(alias.text, alias.kind) for alias in load_gazetteer(folder).aliases_of["hentzau-vow"]]
    assert names == [
        ("Hentzau Vow on Lakes", AliasKind.TITLE),
        ("HVL", AliasKind.ACRONYM),
        ("Lake Vow", AliasKind.VARIANT),
    ]


def test_an_unlisted_name_becomes_a_row(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    unlisted = tmp_path / "unlisted.csv"
    unlisted.write_text("id,name,forms\nunlisted:ford-plan,Ford Plan,ford plan; Plan of Fords\n", encoding="utf-8")
    said = add_new(folder, NewDocument(lane="upper"), (unlisted, "ford-plan"))
    assert said == (
        "added ford-plan: Ford Plan (kind plan, lane upper); "
        "texts also have Plan of Fords (add what is a name with --alias)"
    )
    entry = load_gazetteer(folder).entries["ford-plan"]
    assert (entry.confidence, entry.basis) == ("low", "found by a run as unlisted:ford-plan")


@pytest.mark.parametrize(
    ("new", "slug", "said"),
    [
        (NewDocument(), "no-such", "'no-such': no such row; the first ones are ford-plan"),
        (NewDocument(id="strelsau-pledge"), "", "is known already; give an --alias to add a name, or edit its row"),
        (NewDocument(title="Vow"), "", "give an id and a --title for a new document"),
        (NewDocument(id="x", title="Vow", period="soon"), "", "'soon': write the period as 2027-2030"),
        (NewDocument(id="x", title="Ode"), "", "kind: '': use one of plan, pledge"),
    ],
)
def test_what_cannot_be_added_is_said(tmp_path: Path, new: NewDocument, slug: str, said: str) -> None:
    folder = make_folder(tmp_path)
    unlisted = tmp_path / "unlisted.csv"
    unlisted.write_text("id,name\nunlisted:ford-plan,Ford Plan\n", encoding="utf-8")
    before = (folder / "documents.csv").read_bytes()
    with pytest.raises(GazetteerError) as caught:
        add_new(folder, new, (unlisted, slug) if slug else None)
    assert said in str(caught.value)
    assert (folder / "documents.csv").read_bytes() == before


def test_a_changed_file_is_loaded_again(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    first = load_gazetteer(folder)
    assert load_gazetteer(folder) is first
    make_folder(folder, rows=[PLAN_1, PLAN_2, PLEDGE | {"issued": "1999"}])
    assert load_gazetteer(folder).entries["strelsau-pledge"].issued == PartialDate(1999)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ASEAN–China FTA", "asean-china fta"),
        ("Leaders’ Vision", "Leaders' Vision"),
        ("River\u00a0 Plan", "River Plan"),
        ("“Plan”", '"plan"'),
    ],
)
def test_names_that_count_as_one(left: str, right: str) -> None:
    assert fold_name(left) == fold_name(right)


# What is appended to a file of knowledge -> the fault that `check` tells
BAD_RULES = [
    ("spellings.yaml", b"others: [x]\n", "spellings.yaml:1: 'others': is missing or unknown; the keys are "),
    ("spellings.yaml", b"{ [\n", "spellings.yaml:"),
    ("vocabulary.yaml", b"\nwords: x\n", "vocabulary.yaml:1: 'words: x': needs a list in brackets"),
    ("bodies.csv", b"AFTA\n", "bodies.csv:"),
    ("elsewhere.csv", b"caf\xe9,\n", "elsewhere.csv:"),
    ("issuers.csv", b"a,b,c\n", "issuers.csv:"),
    ("patterns.jsonl", b"{}\n", "patterns.jsonl:"),
    ("cues.yaml", b"\nmore: [x]\n", "cues.yaml:1: 'more': is missing or unknown; the keys are "),
]


@pytest.mark.parametrize(
    ("file", "added", "fault"), BAD_RULES, ids=[f"{file} {added!r}" for file, added, _ in BAD_RULES]
)
def test_every_file_of_knowledge_is_checked(tmp_path: Path, file: str, added: bytes, fault: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED, folder)
    (folder / file).write_bytes((folder / file).read_bytes() + added)
    errors = [str(found.fault) for found in check_gazetteer(folder) if found.severity is Severity.ERROR]
    assert len(errors) == 1, errors
    assert errors[0].startswith(fault), errors


# --- the commands


def call(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run_app(["gazetteer", *arguments])
    return code, out.getvalue(), err.getvalue()


def test_check_says_place_value_and_remedy(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, rows=[PLAN_1, PLAN_2 | {"kind": "poem"}, PLEDGE])
    assert call("check", "--gazetteer", str(folder), "--no-advice") == (
        2,
        f"error: {folder}/documents.csv:3: kind: 'poem': use one of plan, pledge\n",
        "1 error, 0 warnings, 0 pieces of advice\n",
    )


def test_check_fix_ends_clean(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, rows=[PLEDGE, PLAN_2, PLAN_1])
    assert call("check", "--gazetteer", str(folder), "--no-advice")[0] == 1
    assert call("check", "--gazetteer", str(folder), "--no-advice", "--fix")[:2] == (0, "")


def test_add_from_the_command_line(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    known = ("--gazetteer", str(folder))
    options = ("--title", "Ford Plan", "--lane", "upper", "--issued", "2003", "--alias", "Plan of Fords")
    assert call("add", "ford-plan", *options, *known) == (0, "added ford-plan: Ford Plan (kind plan, lane upper)\n", "")
    assert call("add", "ford-plan", "--alias", "Fords Plan", *known)[0] == 0
    names = [alias.text for alias in load_gazetteer(folder).aliases_of["ford-plan"]]
    assert names == ["Ford Plan", "Fords Plan", "Plan of Fords"]
    assert call("add", "ford-plan-2", "--title", "Ford Plan", "--lane", "upper", *known) == (
        2,
        "",
        f"{folder}/documents.csv:2: title: 'Ford Plan': is a name of ford-plan-2 too; "
        "if both are right, declare it in column ambiguous_with\n"
        f"{folder}/documents.csv:3: title: 'Ford Plan': is a name of ford-plan too; "
        "if both are right, declare it in column ambiguous_with\n",
    )


# --- the gazetteer that ships


def test_the_shipped_gazetteer_is_clean_and_fast() -> None:
    findings = [str(found) for found in check_gazetteer(SHIPPED) if found.severity is not Severity.INFO]
    assert findings == []
    started = time.perf_counter()
    gazetteer = load_gazetteer(replace_cache(SHIPPED))
    assert time.perf_counter() - started < 0.6, "0.1 s on two quiet cores"
    assert len(gazetteer.entries) == 550


def replace_cache(folder: Path) -> Path:
    """The same folder under another name, so that nothing cached answers."""
    return folder / "." / ".." / folder.name


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("ASEAN Framework Agreement on Rivers", "agreement"),
        ("Work Plan on the Implementation of the ASEAN Agreement on Electronic Commerce", "work-plan"),
        ("ASEAN Strategic Action Plan for SME Development 2016-2025", "action-plan"),
        ("Declaration on the ASEAN Economic Community Blueprint", "declaration"),
        ("Protocol to Amend the ASEAN Trade in Goods Agreement", "protocol"),
        ("Mid-Term Review of the Master Plan on ASEAN Connectivity 2025", "report"),
        ("ASEAN Something", ""),
    ],
)
def test_the_kind_is_read_off_the_title(title: str, kind: str) -> None:
    assert guess_kind(load_gazetteer(SHIPPED), title) == kind


# A name, and all documents that it may mean: editions without their years, homonyms, acronyms of several things.
SHARED = [
    ("AEC Blueprint", ["aec-blueprint-2015", "aec-blueprint-2025"]),
    ("ASEAN Economic Community Blueprint", ["aec-blueprint-2015", "aec-blueprint-2025"]),
    ("Master Plan on ASEAN Connectivity", ["mpac-2010", "mpac-2025"]),
    ("IAI Work Plan", [f"iai-work-plan-{number}" for number in ("i", "ii", "iii", "iv", "v")]),
    ("Brunei Action Plan", ["asean-strategic-transport-plan-2011-2015", "brunei-action-plan-2006"]),
    ("Ha Noi Plan of Action", ["ha-noi-plan-of-action-1998", "ha-noi-plan-of-action-supply-chain-2020"]),
    ("Korea-ASEAN FTA", ["akfta-framework-2005"]),
    ("DEFA", ["defa"]),
]


@pytest.mark.parametrize(("name", "entry_ids"), SHARED, ids=[name for name, _ in SHARED])
def test_a_name_means_these_documents(name: str, entry_ids: list[str]) -> None:
    found = sorted({alias.entry_id for alias in load_gazetteer(SHIPPED).aliases if alias.text == name})
    assert found == entry_ids


@pytest.mark.parametrize("name", ["ACTS", "TAC", "HPA", "DIF", "ASEAN-China Free Trade Area", "ICT skill standards"])
def test_a_name_that_needs_a_second_signal(name: str) -> None:
    assert {alias.needs_support for alias in load_gazetteer(SHIPPED).aliases if alias.text == name} == {True}


@pytest.mark.parametrize(
    "name", ["AFTA", "ASEAN Single Window", "AEC", "ASCN", "IAI", "ADGMIN", "ASEAN Smart Cities Network"]
)
def test_systems_bodies_and_programmes_are_no_names(name: str) -> None:
    assert [alias for alias in load_gazetteer(SHIPPED).aliases if fold_name(alias.text) == fold_name(name)] == []


@pytest.mark.skipif(
    not (SHIPPED.parents[1] / "shared").exists(), reason="needs the facts beside the project, ../shared"
)
def test_every_known_document_is_there_with_its_facts() -> None:
    with (SHIPPED.parents[1] / "shared/gazetteer/documents.csv").open(encoding="utf-8", newline="") as stream:
        facts = list(csv.DictReader(stream))
    gazetteer = load_gazetteer(SHIPPED)
    assert {row["id"] for row in facts} <= gazetteer.entries.keys()
    for row in facts:
        entry = gazetteer.entries[row["id"]]
        if "mended: " not in entry.basis:
            assert str(entry.issued or "") == row["date_adopted"], entry.id
            assert entry.supersedes == tuple(sorted(filter(None, row["supersedes"].split(";")))), entry.id
        names = {fold_name(alias.text) for alias in gazetteer.aliases_of[entry.id]}
        missing = [name for name in row["aliases"].split(";") if name and fold_name(name) not in names]
        assert missing == [], entry.id


# --- README.md


def test_readme_explains_every_column_and_value() -> None:
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    explained = {line.split("`")[1] for line in readme.splitlines() if line.startswith("| `")}
    columns = {*DOCUMENT_COLUMNS, *ALIAS_COLUMNS}
    assert columns - explained == set(), "columns that the README does not explain"
    words = {*STANDINGS, *CONFIDENCES, *DIGITAL, *(kind.value for kind in AliasKind)}
    assert {word for word in words if f"`{word}`" not in readme} == set()
    lanes = load_gazetteer(SHIPPED).lanes
    assert {lane for lane in lanes if f"`{lane}`" not in readme} == set()


def test_readme_explains_every_file() -> None:
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in SHIPPED.iterdir() if path.is_file() and not path.name.startswith((".", "README"))}
    assert {name for name in files if f"`{name}`" not in readme} == set()


def _subfolder(folder: Path) -> Path:
    (folder / "tidy").mkdir()
    return folder / "tidy"


def test_entries_are_frozen(tmp_path: Path) -> None:
    entry = load_gazetteer(make_folder(tmp_path)).entries["strelsau-pledge"]
    assert replace(entry, issued=None).issued is None
    with pytest.raises(AttributeError):
        entry.title = "other"  # type: ignore[misc]
