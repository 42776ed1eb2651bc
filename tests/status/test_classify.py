"""Existing or planned: the words (sentences.txt), the dates, and both together."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.names.dates import PartialDate
from pipeline.records import Candidate, Citation, Entry, Link, Mention, Source, Status, Zone
from pipeline.status.classify import classify_citations

TABLE = Path(__file__).parent / "sentences.txt"
GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "gazetteer")
_MARK = re.compile(r"\[([PEN]S?) ([^\]]*)\]")
_WANTED = {"P": "planned", "E": "existing", "N": "none"}


def read_table() -> list[tuple[str, str]]:
    """The lines of the table with the heading they stand under."""
    rows, heading = [], ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line and not line.startswith("#"):
            rows.append((heading, line))
    return rows


def make_link(sentence: str, name: str, *, target: str | None = None, lead: str = "", unnamed: bool = False) -> Link:
    """A link of a name's first place in a sentence, with full confidence."""
    start = sentence.index(name)
    return make_link_at(sentence, (start, start + len(name)), target=target, lead=lead, unnamed=unnamed)


def make_link_at(
    sentence: str, span: tuple[int, int], *, target: str | None = None, lead: str = "", unnamed: bool = False
) -> Link:
    name = sentence[slice(*span)]
    pattern = "subject: code" if unnamed else "name"
    mention = Mention(
        "s", 1, *span, name, sentence, Zone.BODY, pattern, within=span, lead=lead, is_list_item=bool(lead)
    )
    slug = "unlisted:" + re.sub(r"\W+", "-", name.lower())
    return Link(mention, target or slug, name, "exact", "", 1.0)


def make_source(issued: str | None = None) -> Source:
    return Source("s", "", "", "", PartialDate.parse(issued) if issued else None)


def cite(*links: Link, issued: str | None = None, gazetteer: Gazetteer = GAZETTEER) -> tuple[Citation, ...]:
    return classify_citations(make_source(issued), links, gazetteer)


def read_row(row: str) -> list[tuple[str, str, str]]:
    """Name, wanted status and given status of each name in a line of the table."""
    lead, _, marked = row.rpartition(" >> ")
    sentence, links, wanted = "", [], []
    position = 0
    for mark in _MARK.finditer(marked):
        sentence += marked[position : mark.start()]
        wanted.append((mark[1], (len(sentence), len(sentence) + len(mark[2]))))
        sentence += mark[2]
        position = mark.end()
    sentence += marked[position:]
    for kind, span in wanted:
        links.append(make_link_at(sentence, span, lead=lead, unnamed=kind.endswith("S")))
    given = {citation.mention.within: citation.status.value for citation in cite(*links)}
    return [(sentence[slice(*span)], _WANTED[kind[0]], given.get(span, "none")) for kind, span in wanted]


@pytest.mark.parametrize("row", [row for heading, row in read_table() if heading != "Known limits"])
def test_the_words_alone(row: str) -> None:
    assert [(name, given) for name, _, given in read_row(row)] == [
        (name, wanted) for name, wanted, _ in read_row(row)
    ], row


@pytest.mark.parametrize("row", [row for heading, row in read_table() if heading == "Known limits"])
def test_known_limits(row: str) -> None:
    """What is read wrongly today; a sentence that comes right belongs under its own heading."""
    assert any(wanted != given for _, wanted, given in read_row(row)), f"understood now, move it up: {row}"


def make_gazetteer(**fields: str) -> Gazetteer:
    """A gazetteer with the one entry "code" (and "new-code", if it was renamed to that)."""
    issued = fields.get("issued")
    entry = Entry("code", "ASEAN Seed Code", "ASEAN Seed Code", "other", "none", standing=fields.get("standing", ""))
    entry = replace(
        entry,
        issued=PartialDate.parse(issued) if issued else None,
        renamed_to="new-code" if "renamed" in fields else None,
    )
    entries = {"code": entry}
    if "renamed" in fields:
        entries["new-code"] = replace(
            entry, id="new-code", issued=PartialDate.parse(fields["renamed"]), renamed_to=None, standing="adopted"
        )
    return replace(GAZETTEER, entries=entries, aliases=())


PLAIN = "Farmers like the ASEAN Seed Code."
MAKING = "They will draft the ASEAN Seed Code."
SIGNED = "The ASEAN Seed Code was signed in Bali."
HINT = "Rules hold under the ASEAN Seed Code."
NO_CODE = "There is no ASEAN Seed Code."


@pytest.mark.parametrize(
    ("sentence", "citing", "entry", "status", "basis", "today"),
    [
        # Dates decide, the words agree, say nothing, or contradict.
        (PLAIN, "2015-05-01", {"issued": "2014-06-01"}, "existing", "date", "existing"),
        (PLAIN, "2015-05-01", {"issued": "2016-06-01"}, "planned", "date", "existing"),
        (PLAIN, "2015-05-01", {"issued": "2015-05-01"}, "existing", "date", "existing"),
        (SIGNED, "2015-05-01", {"issued": "2014-06-01"}, "existing", "both", "existing"),
        (MAKING, "2015-05-01", {"issued": "2016-06-01"}, "planned", "both", "existing"),
        (MAKING, "2015-05-01", {"issued": "2014-06-01"}, "existing", "conflict", "existing"),
        (SIGNED, "2015-05-01", {"issued": "2016-06-01"}, "planned", "conflict", "existing"),
        (HINT, "2015-05-01", {"issued": "2016-06-01"}, "planned", "date", "existing"),
        # Dates that leave it open: the words decide.
        (MAKING, "2015", {"issued": "2015-11-22"}, "planned", "cue", "existing"),
        (SIGNED, "2015", {"issued": "2015-11-22"}, "existing", "cue", "existing"),
        (PLAIN, "2015-05", {"issued": "2015-05-20"}, "existing", "none", "existing"),
        (MAKING, None, {"issued": "2015-11-22"}, "planned", "cue", "existing"),
        (PLAIN, None, {"issued": "2015-11-22"}, "existing", "none", "existing"),
        # An old name's document is adopted when the new one is.
        (PLAIN, "2018-12-06", {"standing": "renamed", "renamed": "2021-01-22"}, "planned", "date", "existing"),
        (PLAIN, "2022-12-06", {"standing": "renamed", "renamed": "2021-01-22"}, "existing", "date", "existing"),
        # No date: planned in 2023 was planned before, adopted in 2023 is there after; else words, then standing.
        (PLAIN, "2021-10-18", {"standing": "under-negotiation"}, "planned", "date", "planned"),
        (SIGNED, "2021-10-18", {"standing": "planned"}, "planned", "conflict", "planned"),
        (SIGNED, "2025-10-18", {"standing": "planned"}, "existing", "cue", "planned"),
        (SIGNED, "2025-10-18", {"standing": "under-negotiation"}, "planned", "conflict", "planned"),
        (PLAIN, "2025-10-18", {"standing": "planned"}, "planned", "none", "planned"),
        (PLAIN, "2025-10-18", {"standing": "adopted"}, "existing", "date", "existing"),
        (MAKING, "2009-02-26", {"standing": "adopted"}, "planned", "cue", "existing"),
        (PLAIN, "2009-02-26", {"standing": "adopted"}, "existing", "none", "existing"),
        (PLAIN, None, {"standing": "under-negotiation"}, "planned", "none", "planned"),
        # A document that is there is cited, whatever the words deny; one that is not there yet is not.
        (NO_CODE, "2015-05-01", {"issued": "2014-06-01"}, "existing", "conflict", "existing"),
        (NO_CODE, "2015-05-01", {"issued": "2016-06-01"}, "none", "", ""),
    ],
)
def test_dates_and_words(
    sentence: str, citing: str | None, entry: dict[str, str], status: str, basis: str, today: str
) -> None:
    link = make_link(sentence, "ASEAN Seed Code", target="code")
    found = [
        (each.status.value, each.status_basis.value, str(each.status_today))
        for each in cite(link, issued=citing, gazetteer=make_gazetteer(**entry))
    ]
    assert found == ([] if status == "none" else [(status, basis, today)]), (sentence, citing, entry)


@pytest.mark.parametrize(("issued", "status"), [("2015-05-03", "existing"), ("2015-07-03", "planned")])
def test_two_files_of_one_session_are_not_told_apart_by_their_dates(issued: str, status: str) -> None:
    link = make_link(PLAIN, "ASEAN Seed Code", target="unlisted:code")
    code = replace(make_gazetteer(issued=issued).entries["code"], id="unlisted:code")
    gazetteer = replace(GAZETTEER, entries={code.id: code}, aliases=())
    assert [each.status.value for each in cite(link, issued="2015-05-01", gazetteer=gazetteer)] == [status]


@pytest.mark.parametrize(
    ("as_of", "today"), [("2015", "planned"), ("2016", "existing"), ("2016-06-01", "existing"), (None, "existing")]
)
def test_status_today_is_that_of_the_given_day(as_of: str | None, today: str) -> None:
    link = make_link(PLAIN, "ASEAN Seed Code", target="code")
    day = PartialDate.parse(as_of) if as_of else None
    gazetteer = make_gazetteer(issued="2016-06-01")
    (citation,) = classify_citations(make_source("2010"), (link,), gazetteer, day)
    assert (citation.status, citation.status_today) == (Status.PLANNED, today), as_of


def test_a_mention_without_words_follows_the_others_of_its_target() -> None:
    first = make_link("They will conclude the ASEAN Seed Code.", "ASEAN Seed Code")
    later = make_link("The ASEAN Seed Code has nine chapters.", "ASEAN Seed Code")
    statuses = [(each.status.value, each.status_reason) for each in cite(first, later)]
    assert statuses == [
        ("planned", 'planned by the words "will conclude" (make)'),
        ("planned", 'promised further up in this document: "will conclude" (make)'),
    ]


def test_what_the_document_itself_adopts_exists_wherever_it_is_named() -> None:
    first = make_link("Having considered the draft ASEAN Seed Code,", "ASEAN Seed Code")
    second = make_link("1. ADOPTS the ASEAN Seed Code;", "ASEAN Seed Code")
    third = make_link("2. URGES members to finalise plans under the ASEAN Seed Code.", "ASEAN Seed Code")
    assert [(each.status.value, each.cue) for each in cite(first, second, third)] == [
        ("existing", "ADOPTS"),
        ("existing", "ADOPTS"),
        ("existing", "under"),
    ]


def test_an_introduction_and_its_item_are_read_as_one_sentence() -> None:
    decided = make_link("(1) to endorse the ASEAN Seed Code;", "ASEAN Seed Code", lead="DECIDES:")
    urged = make_link("(1) to endorse the ASEAN Feed Code;", "ASEAN Feed Code", lead="URGES members:")
    assert [each.status.value for each in cite(decided, urged)] == ["existing", "planned"]


def test_one_odd_sentence_does_not_turn_many_mentions() -> None:
    links = [make_link(f"In town {number} they read the ASEAN Seed Code.", "ASEAN Seed Code") for number in range(9)]
    links.append(make_link("They will conclude the ASEAN Seed Code.", "ASEAN Seed Code"))
    assert [each.status.value for each in cite(*links)] == ["existing"] * 9 + ["planned"]


@pytest.mark.parametrize(
    ("name", "target", "status"),
    [
        ("next ASEAN Work Plan on Youth", "work-plan-youth-2021-2025", "planned"),
        ("post-2015 ASCC Blueprint", "ascc-blueprint-2025", "planned"),
        # The word is part of the document's own name.
        ("ASEAN Post-2015 Health Development Agenda", "post-2015-health-agenda-2016-2020", "existing"),
        ("Future of Work Statement", None, "existing"),
    ],
)
def test_edition_words_at_the_head_of_a_name(name: str, target: str | None, status: str) -> None:
    link = make_link(f"They sent notes on the {name}.", name, target=target)
    assert [each.status.value for each in cite(link)] == [status], name


@pytest.mark.parametrize(
    ("sentence", "deadline"),
    [
        ("They will draft the ASEAN Seed Code by the end of 2025.", "by the end of 2025"),
        ("By 2025 they will draft the ASEAN Seed Code.", "By 2025"),
        ("They will draft the ASEAN Seed Code within six (6) months.", "within six (6) months"),
        ("They will draft the ASEAN Seed Code, first mooted in 2009.", ""),
        ("Farmers met for the ASEAN Seed Code in 2015.", ""),
        ("7 | Draft ASEAN Seed Code | 2025", "2025"),
        ("They will draft the ASEAN Feed Code by 2024 and the ASEAN Seed Code by 2026.", "by 2026"),
    ],
)
def test_deadline(sentence: str, deadline: str) -> None:
    names = [name for name in ("ASEAN Feed Code", "ASEAN Seed Code") if name in sentence]
    citations = cite(*(make_link(sentence, name) for name in names), issued="2015-05-01")
    assert citations[-1].deadline == deadline, sentence


def test_cue_is_quoted_and_confidence_weighed() -> None:
    (citation,) = cite(replace(make_link(MAKING, "ASEAN Seed Code"), confidence=0.5))
    assert (citation.cue, citation.confidence) == ("will draft", 0.49)


@pytest.mark.parametrize(
    ("sentence", "dates", "status", "basis"),
    [
        (PLAIN, ("2007", "2015"), "existing", "date"),
        (PLAIN, ("2017", "2025"), "planned", "date"),
        (PLAIN, ("2007", "2025"), "unclear", "none"),
        (MAKING, ("2007", "2025"), "planned", "cue"),
    ],
)
def test_a_name_that_two_documents_bear(sentence: str, dates: tuple[str, str], status: str, basis: str) -> None:
    entries = {
        f"code-{date}": Entry(f"code-{date}", "Code", "Code", "other", "none", issued=PartialDate.parse(date))
        for date in dates
    }
    candidates = tuple(Candidate(entry_id, "Code", 90.0, "") for entry_id in entries)
    link = replace(make_link(sentence, "ASEAN Seed Code"), target_id=None, candidates=candidates)
    gazetteer = replace(GAZETTEER, entries=entries, aliases=())
    (citation,) = classify_citations(make_source("2016-05"), (link,), gazetteer)
    assert (citation.status, citation.status_basis) == (status, basis), (sentence, dates)


def test_dollar_signs_and_bars_in_a_text_are_no_marks() -> None:
    (citation,) = cite(make_link("For $5 ^ they will draft the ASEAN Seed Code.", "ASEAN Seed Code"))
    assert citation.status is Status.PLANNED
