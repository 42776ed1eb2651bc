"""What became of each promise, at a given day."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.ledger import Promise, build_ledger, format_ledger, promise_rows
from pipeline.names.dates import PartialDate
from pipeline.records import Citation, Document, Entry, Mention, Source, Status, StatusBasis, Zone
from pipeline.runs.contract import PROMISES

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "gazetteer")


def make_document(source_id: str, issued: str | None, *citations: Citation) -> Document:
    source = Source(source_id, f"{source_id}.pdf", "", source_id, PartialDate.parse(issued) if issued else None)
    placed = tuple(replace(each, mention=replace(each.mention, source_id=source_id)) for each in citations)
    return Document(source, 9, (), placed, (), ())


def make_citation(
    target: str | None, status: str = "planned", *, deadline: str = "", page: int = 1, cue: str = "will draft"
) -> Citation:
    mention = Mention("s", page, 0, 4, "Code", "They will draft the Code.", Zone.BODY, "name", within=(20, 24))
    return Citation(
        id=f"c-{target}-{page}",
        mention=mention,
        kind=mention.kind,
        candidates=(),
        target_id=target,
        target_title=f"Title of {target}",
        status=Status(status),
        status_basis=StatusBasis.CUE,
        cue=cue,
        confidence=0.9,
        method="exact",
        reason="",
        deadline=deadline,
    )


def make_gazetteer(*entries: Entry) -> Gazetteer:
    return replace(GAZETTEER, entries={entry.id: entry for entry in entries}, aliases=())


def make_entry(entry_id: str, issued: str | None = None, standing: str = "", renamed_to: str | None = None) -> Entry:
    date = PartialDate.parse(issued) if issued else None
    return Entry(entry_id, entry_id, entry_id, "other", "none", issued=date, standing=standing, renamed_to=renamed_to)


ENTRIES = make_gazetteer(
    make_entry("kept", "2018-12-06"),
    make_entry("old-name", standing="renamed", renamed_to="new-name"),
    make_entry("new-name", "2021-01-22"),
    make_entry("talks", standing="under-negotiation"),
    make_entry("undated", standing="adopted"),
    make_entry("plan", standing="planned"),
    make_entry("newest", "2026-01-16"),
)


@pytest.mark.parametrize(
    ("target", "deadline", "as_of", "state", "overdue", "by", "lag"),
    [
        # Delivered, in time or late, and not yet delivered on an earlier day.
        ("kept", "by 2020", None, "delivered", False, "kept", 2),
        ("kept", "by 2017", None, "delivered", True, "kept", 2),
        ("kept", "by 2020", "2017-12-31", "open", False, "", None),
        ("kept", "by 2016", "2017-12-31", "overdue", True, "", None),
        # The document came under another name.
        ("old-name", "", None, "renamed", False, "new-name", 5),
        ("old-name", "", "2019", "open", False, "", None),
        # The registry's word of mid-2023 is hindsight before that day.
        ("talks", "by 2025", None, "under-negotiation", True, "", None),
        ("talks", "by 2025", "2024-01-01", "under-negotiation", False, "", None),
        ("talks", "by 2025", "2019-12-31", "open", False, "", None),
        ("undated", "", None, "delivered", False, "undated", None),
        ("undated", "", "2019-12-31", "open", False, "", None),
        ("plan", "by 2025", None, "overdue", True, "", None),
        ("plan", "as soon as possible", None, "open", False, "", None),
        ("unlisted:code", "by 2030", None, "open", False, "", None),
        ("unlisted:code", "by 2020", None, "overdue", True, "", None),
    ],
)
def test_state(
    target: str, deadline: str, as_of: str | None, state: str, overdue: bool, by: str, lag: int | None
) -> None:
    document = make_document("mpac", "2016-09-06", make_citation(target, deadline=deadline))
    day = PartialDate.parse(as_of) if as_of else None
    (promise,) = build_ledger([document], ENTRIES, day)
    found = (promise.state, promise.overdue, promise.delivered_by, promise.lag_years)
    assert found == (state, overdue, by, lag), (target, as_of)


def test_an_unlisted_document_is_delivered_when_a_later_source_cites_it_as_existing() -> None:
    promising = make_document("mpac", "2016-09-06", make_citation("unlisted:code"))
    early = make_document("early", "2015", make_citation("unlisted:code", "existing", cue="was signed"))
    late = make_document("late", "2020-02", make_citation("unlisted:code", "existing", cue="was signed"))
    (promise,) = build_ledger([promising, late], ENTRIES)
    assert (promise.state, promise.evidence, promise.lag_years) == ("delivered", "cited as existing by late", 4)
    (promise,) = build_ledger([promising, early], ENTRIES)
    assert promise.state == "open"
    (promise,) = build_ledger([promising, late], ENTRIES, PartialDate(2018))
    assert promise.state == "open"


def test_a_promise_is_one_row_for_each_target_and_source() -> None:
    one = make_document(
        "difap",
        "2019-10-30",
        make_citation("plan", page=7, deadline="by 2022"),
        make_citation("plan", page=3, cue=""),
        make_citation("kept", "existing"),
        make_citation(None),
    )
    two = make_document("bsbr", "2021-10-18", make_citation("plan", deadline="by 2027"))
    unknown = make_document("unlisted:minutes", None, make_citation("talks"))
    found = build_ledger([two, unknown, one], ENTRIES)
    assert [(each.target_id, each.source_id, each.page, each.deadline, each.citation_ids) for each in found] == [
        ("plan", "difap", 3, "by 2022", ("c-plan-3", "c-plan-7")),
        ("plan", "bsbr", 1, "by 2027", ("c-plan-1",)),
        ("talks", "unlisted:minutes", 1, "", ("c-talks-1",)),
    ]


def test_sources_of_later_days_are_not_known_yet() -> None:
    later = make_document("bsbr", "2021-10-18", make_citation("plan"))
    assert build_ledger([later], ENTRIES, PartialDate(2019, 12, 31)) == ()


def test_a_deadline_beside_words_of_making_comes_first() -> None:
    study = make_citation("talks", page=1, deadline="by 2023", cue="")
    making = make_citation("talks", page=2, deadline="by 2025")
    (promise,) = build_ledger([make_document("bsbr", "2021-10-18", study, making)], ENTRIES)
    assert (promise.page, promise.deadline, str(promise.due)) == (1, "by 2025", "2025")


def test_rows_follow_the_columns_of_the_contract() -> None:
    document = make_document("mpac", "2016-09-06", make_citation("kept", deadline="by 2017"))
    (row,) = promise_rows(build_ledger([document], ENTRIES))
    assert len(row) == len(PROMISES.columns)
    assert dict(zip(PROMISES.names, row, strict=True)) == {
        "target_id": "kept",
        "target_title": "Title of kept",
        "source_id": "mpac",
        "promised_at": "2016-09-06",
        "page": 1,
        "deadline": "by 2017",
        "due": "2017",
        "state": "delivered",
        "overdue": True,
        "delivered_by": "kept",
        "delivered_at": "2018-12-06",
        "lag_years": 2,
        "evidence": "adopted on 2018-12-06",
        "citation_ids": "c-kept-1",
    }


def test_ledger_as_text() -> None:
    document = make_document(
        "mpac",
        "2016-09-06",
        make_citation("kept", deadline="by 2017"),
        make_citation("old-name"),
        make_citation("plan"),
    )
    assert format_ledger(build_ledger([document], ENTRIES)) == (
        "Title of kept  [kept]\n"
        "  delivered: adopted on 2018-12-06\n"
        '  2016-09-06  mpac, page 1, "by 2017" (due 2017), kept after 2 years, late\n'
        "\n"
        "Title of old-name  [old-name]\n"
        "  renamed, delivered as new-name: adopted as new-name on 2021-01-22\n"
        "  2016-09-06  mpac, page 1, kept after 5 years\n"
        "\n"
        "Title of plan  [plan]\n"
        "  open\n"
        "  2016-09-06  mpac, page 1"
    )


def test_promises_are_the_same_in_any_order_of_documents() -> None:
    documents = [make_document(name, "2016", make_citation("plan")) for name in ("b", "a", "c")]
    forward: tuple[Promise, ...] = build_ledger(documents, ENTRIES)
    assert forward == build_ledger(documents[::-1], ENTRIES)
    assert [promise.source_id for promise in forward] == ["a", "b", "c"]
