"""Names that no entry explains: one row for each, ranked by spread, with what could be done."""

from __future__ import annotations

from pipeline.records import (
    Citation,
    CitationKind,
    Document,
    Mention,
    NearMiss,
    Source,
    Status,
    StatusBasis,
    Zone,
    citation_id,
)
from pipeline.unlisted import build_unlisted


def make_citation(source: str, surface: str, target: str | None, status: Status = Status.EXISTING) -> Citation:
    sentence = f"Members follow the {surface}."
    mention = Mention(source, 1, 0, len(surface), surface, sentence, Zone.BODY, "generic")
    return Citation(
        id=citation_id(mention),
        mention=mention,
        kind=CitationKind.NAME,
        candidates=(),
        target_id=target,
        target_title=surface,
        status=status,
        status_basis=StatusBasis.NONE,
        cue="",
        confidence=0.8,
        method="unlisted",
        reason="",
    )


def make_document(source: str, *citations: Citation, near: tuple[NearMiss, ...] = ()) -> Document:
    return Document(Source(source, f"{source}.pdf", "", source), 1, (), citations, near, ())


def test_rows_are_ranked_by_documents_then_citations() -> None:
    documents = [
        make_document(
            "a",
            make_citation("a", "Paris Agreement", "unlisted:agreement-paris"),
            *(make_citation("a", f"Rice\nCode {n}", "unlisted:code-rice", Status.PLANNED) for n in range(3)),
        ),
        make_document(
            "b",
            make_citation("b", "Agreement of Paris", "unlisted:agreement-paris"),
            make_citation("b", "AEC Blueprint", "aec-blueprint-2025"),
            make_citation("b", "Brunei Action Plan", None),
        ),
    ]
    assert [(row.id, row.documents, row.citations, row.planned) for row in build_unlisted(documents)] == [
        ("unlisted:agreement-paris", 2, 2, 0),
        ("unlisted:code-rice", 1, 3, 3),
    ]


def test_spellings_and_sources_are_listed() -> None:
    (row,) = build_unlisted(
        [make_document("a", make_citation("a", "Rice\nCode", "unlisted:code-rice")), make_document("b")]
    )
    assert (row.forms, row.sources, row.sentence) == (("Rice Code",), ("a",), "Members follow the Rice\nCode.")
    assert (row.suggestion, row.suggested_id) == ("new entry", None)


def test_near_misses_suggest() -> None:
    cases = [
        ("discriminating words", 93.0, "alias", "aim2020"),
        ("edition", 90.0, "edition", "aim2020"),
        ("head noun", 90.0, "new entry", "aim2020"),
        ("discriminating words", 70.0, "new entry", None),
    ]
    for guard, score, suggestion, entry in cases:
        miss = NearMiss("a", "ICT Plan", "aim2020", guard, score, "")
        (row,) = build_unlisted([make_document("a", make_citation("a", "ICT Plan", "unlisted:plan-ict"), near=(miss,))])
        assert (row.suggestion, row.suggested_id) == (suggestion, entry), (guard, score)
