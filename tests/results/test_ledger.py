"""What became of each promise, at a given day."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.contract import PROMISE_EVENTS, PROMISES
from pipeline.core import cite_text
from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.ledger import build_ledger, describe_delivery, event_rows, format_ledger, promise_rows
from pipeline.names.dates import PartialDate
from pipeline.records import Citation, Document, Entry, Mention, Source, Status, StatusBasis, Zone
from pipeline.settings import Settings

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
        ("kept", "by 2020", None, "delivered", False, "kept", 27),
        ("kept", "by 2017", None, "delivered", True, "kept", 27),
        ("kept", "by 2020", "2017-12-31", "open", False, "", None),
        ("kept", "by 2016", "2017-12-31", "overdue", True, "", None),
        # The document came under another name.
        ("old-name", "", None, "renamed", False, "new-name", 52),
        ("old-name", "", "2019", "open", False, "", None),
        # The registry's word of mid-2023 is hindsight before that day.
        ("talks", "by 2025", None, "negotiating", True, "", None),
        ("talks", "by 2025", "2024-01-01", "negotiating", False, "", None),
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
    assert (promise.state, promise.overdue, promise.delivered_by, promise.lag) == (state, overdue, by, lag), target


def test_an_unlisted_document_is_delivered_when_a_later_source_cites_it_as_existing() -> None:
    promising = make_document("mpac", "2016-09-06", make_citation("unlisted:code"))
    early = make_document("early", "2015", make_citation("unlisted:code", "existing", cue="was signed"))
    late = make_document("late", "2020-02", make_citation("unlisted:code", "existing", cue="was signed"))
    (promise,) = build_ledger([promising, late], ENTRIES)
    assert (promise.state, promise.evidence, promise.lag) == ("delivered", "cited as existing by late", 41)
    (promise,) = build_ledger([promising, early], ENTRIES)
    assert promise.state == "open"


def test_what_no_later_text_mentions_is_silent() -> None:
    promising = make_document("mpac", "2016-09-06", make_citation("unlisted:code"))
    later = make_document("late", "2020-02", make_citation("kept"))
    states = {each.target_id: each.state for each in build_ledger([promising, later], ENTRIES)}
    assert states == {"kept": "delivered", "unlisted:code": "silent"}
    (promise,) = build_ledger([promising, later], ENTRIES, PartialDate(2018))
    assert promise.state == "open"


MOVED = [
    make_document(
        "adm", "2021-01-22", make_citation("talks", page=2, deadline="by 2023"), make_citation("kept", "existing")
    ),
    make_document(
        "bsbr", "2021-10-18", make_citation("talks", page=7, deadline="by 2025"), make_citation("talks", page=5)
    ),
    make_document("chair", "2024-10-09", make_citation("talks", cue="negotiations on")),
    make_document("minutes", None, make_citation(None)),
]


def test_a_promise_is_one_row_with_its_trail() -> None:
    (promise,) = build_ledger(MOVED[::-1], ENTRIES)
    trail = [
        (str(each.date), each.source_id, each.page, each.step, each.deadline, each.months) for each in promise.events
    ]
    assert trail == [
        ("2021-01-22", "adm", 2, "announced", "by 2023", None),
        ("2021-10-18", "bsbr", 5, "repeated", "by 2025", None),
        ("2021-10-18", "bsbr", 5, "deadline moved", "by 2025", 24),
        ("2024-10-09", "chair", 1, "negotiating", "", None),
    ]
    assert (promise.drift, promise.state, len(promise.citation_ids)) == (24, "negotiating", 4)


def test_sources_of_later_days_are_not_known_yet() -> None:
    later = make_document("bsbr", "2021-10-18", make_citation("plan"))
    assert build_ledger([later], ENTRIES, PartialDate(2019, 12, 31)) == ()


def test_rows_follow_the_columns_of_the_contract() -> None:
    promises = build_ledger(MOVED, ENTRIES)
    (row,) = promise_rows(promises)
    assert dict(zip(PROMISES.names, row, strict=True)) == {
        "target_id": "talks",
        "target_title": "Title of talks",
        "source_id": "adm",
        "promised_at": "2021-01-22",
        "page": 2,
        "repeated": 2,
        "first_deadline": "by 2023",
        "first_due": "2023",
        "deadline": "by 2025",
        "due": "2025",
        "drift_months": 24,
        "last_source_id": "chair",
        "last_mentioned_at": "2024-10-09",
        "state": "negotiating",
        "overdue": True,
        "delivered_by": "",
        "delivered_at": None,
        "lag_months": None,
        "evidence": "under negotiation in 2023, not known to be adopted",
        "citation_ids": "c-talks-2;c-talks-5;c-talks-7;c-talks-1",
    }
    assert {len(each) for each in event_rows(promises)} == {len(PROMISE_EVENTS.columns)}


def test_ledger_as_text() -> None:
    document = make_document("mpac", "2016-09-06", make_citation("kept", deadline="by 2017"), make_citation("plan"))
    assert format_ledger(build_ledger([document], ENTRIES)) == (
        "Title of kept  [kept]\n"
        "  delivered: adopted on 2018-12-06, late\n"
        '  2016-09-06  announced  mpac, page 1, "by 2017" (due 2017)\n'
        "  2018-12-06  delivered  kept\n"
        "\n"
        "Title of plan  [plan]\n"
        "  open\n"
        "  2016-09-06  announced  mpac, page 1\n"
        "\n"
        "1 of 2 promises were kept, after 27 months in the median (95 % interval 27 to 27)."
    )


def test_the_median_comes_with_an_interval() -> None:
    assert describe_delivery([], 3) == "None of 3 promises is known to be kept."
    assert describe_delivery(list(range(1, 26)), 40) == (
        "25 of 40 promises were kept, after 13 months in the median (95 % interval 8 to 19)."
    )


def test_promises_that_the_registry_knows() -> None:
    """What became of five promises of real documents, by the gazetteer as it is shipped."""
    mpac = make_document("mpac-2025", "2016-09-06", make_citation("asean-framework-digital-data-governance-2018"))
    framework = make_document("dif", "2018-12-06", make_citation("asean-data-classification-framework"))
    blueprint = make_document("aec-2025", "2015-11-22", make_citation("asean-agreement-e-commerce-2019"))
    roadmap = make_document(
        "bsbr", "2021-10-18", make_citation("defa", deadline="by 2025"), make_citation("defa", cue="negotiations on")
    )
    plan = "unlisted:comprehensive-mental-health-action-plan"
    request = make_document("wha65-4", "2012-05-25", make_citation(plan))
    adopted = make_document("wha66-8", "2013-05-27", make_citation(plan, "existing", cue="ADOPTS"))
    found = build_ledger([mpac, framework, blueprint, roadmap, request, adopted], GAZETTEER, PartialDate(2024, 12, 31))
    assert {each.target_id: (each.state.value, each.delivered_by, each.lag) for each in found} == {
        "asean-framework-digital-data-governance-2018": (
            "delivered",
            "asean-framework-digital-data-governance-2018",
            27,
        ),
        "asean-data-classification-framework": ("renamed", "asean-data-management-framework-2021", 25),
        "asean-agreement-e-commerce-2019": ("delivered", "asean-agreement-e-commerce-2019", 38),
        "defa": ("negotiating", "", None),
        plan: ("delivered", plan, 12),
    }
    assert not next(each for each in found if each.target_id == "defa").overdue


def test_a_time_that_no_verb_of_making_binds_makes_nothing_overdue() -> None:
    """ "Start talks by 2025" is no deadline of the document; "sign it by 2025" is."""
    source = Source("s", "", "", "", PartialDate(2020))
    talks = "They will start negotiations on the ASEAN Kite Agreement by 2021."
    signing = "They will sign the ASEAN Kite Agreement by 2021."
    for text, deadline in ((talks, ""), (signing, "by 2021")):
        (citation,) = cite_text(text, None, source.issued, GAZETTEER, Settings())
        assert (citation.status, citation.deadline) == (Status.PLANNED, deadline), text
