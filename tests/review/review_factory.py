"""Invented citations and judgements for the tests of the review."""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import (
    Candidate,
    Citation,
    CitationKind,
    Judgement,
    Mention,
    Shown,
    Source,
    Status,
    StatusBasis,
    Verdict,
    Zone,
    citation_id,
)
from pipeline.review.judgements import with_id


def make_citation(
    sentence: str = "Ministers welcomed the Tin Blueprint 2025.",
    surface: str = "Tin Blueprint 2025",
    target_id: str | None = "tin-blueprint-2025",
    status: Status = Status.EXISTING,
    source_id: str = "copper-plan-2021",
    page: int = 1,
    start: int = 0,
    occurrence: int = 0,
    confidence: float = 0.95,
    basis: StatusBasis = StatusBasis.DATE,
    candidates: tuple[str, ...] = (),
    cue: str = "",
) -> Citation:
    at = sentence.index(surface)
    mention = Mention(
        source_id=source_id,
        page=page,
        start=start,
        end=start + len(surface),
        surface=surface,
        sentence=sentence,
        zone=Zone.BODY,
        pattern="alias",
        within=(at, at + len(surface)),
        occurrence=occurrence,
    )
    return Citation(
        id=citation_id(mention),
        mention=mention,
        kind=CitationKind.NAME,
        candidates=tuple(Candidate(each, surface, 90.0 - place, "same name") for place, each in enumerate(candidates)),
        target_id=target_id,
        target_title=surface,
        status=status,
        status_basis=basis,
        cue=cue,
        confidence=confidence,
        method="exact",
        reason="the title itself",
        bbox=(72.0, 100.0, 180.0, 112.0),
    )


def make_judgement(
    citation: Citation,
    verdict: str = "accept",
    target_id: str | None = "tin-blueprint-2025",
    status: str | None = "existing",
    reviewer: str = "ana",
    minute: int = 0,
    undoes: str = "",
    settles: tuple[str, ...] = (),
    note: str = "",
) -> Judgement:
    decides = verdict in ("accept", "correct")
    mention = citation.mention
    return with_id(
        Judgement(
            id="",
            citation_id=citation.id,
            verdict=Verdict(verdict),
            target_id=target_id if decides else None,
            status=Status(status) if decides and status else None,
            reviewer=reviewer,
            decided_at=f"2026-11-24T{minute // 60:02d}:{minute % 60:02d}:00+00:00",
            note=note,
            shown=Shown(
                source_id=mention.source_id,
                surface=mention.surface,
                sentence=mention.sentence,
                within=f"{mention.within[0]},{mention.within[1]}",
                page=str(mention.page),
                occurrence=str(mention.occurrence),
                file="copper.pdf",
                sha256="c0",
            ),
            undoes=undoes,
            settles=settles,
        )
    )


def make_source(source_id: str, path: str = "raw_pdfs/copper.pdf", sha256: str = "c0") -> Source:
    return Source(source_id, path, sha256, source_id)


def moved(citation: Citation, **changes: object) -> Citation:
    """The citation as a re-issued PDF gives it: other words, place or source, and so another id."""
    mention = replace(citation.mention, **changes)
    if "sentence" in changes and "within" not in changes:
        at = mention.sentence.index(mention.surface)
        mention = replace(mention, within=(at, at + len(mention.surface)))
    return replace(citation, mention=mention, id=citation_id(mention))
