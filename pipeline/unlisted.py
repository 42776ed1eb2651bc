"""Names that no entry explains, over the whole corpus: clustered, ranked by spread, each with what could be done.

In: every document's citations and near misses. Out: the rows of unlisted.csv. Spellings and word orders of one name
share an id already (slugs.py). The trap: a name cited in many documents matters more than one that one document
repeats, so rows are ranked by citing documents first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import UNLISTED, Citation, Document, NearMiss, Status

# Lowest score of a near miss that is worth a look as another name of that entry; below it nothing but common words
# is shared (near misses of the specimens, 2026-11).
_LIKE = 85.0

# The guards behind which a name may still be another wording; the others mean another edition, partner or kind.
_WORDING_GUARD = "discriminating words"

# Spellings and sources written out; the citations table has all of them.
_MOST = 5


@dataclass(frozen=True)
class Unlisted:
    """One unknown document: how it is named, where, and what could be done about it."""

    id: str
    name: str
    documents: int
    citations: int
    planned: int
    forms: tuple[str, ...]
    sources: tuple[str, ...]
    suggestion: str
    suggested_id: str | None
    suggested_score: float | None
    sentence: str


def build_unlisted(documents: Sequence[Document]) -> tuple[Unlisted, ...]:
    """Every unlisted target of the corpus, the most widely cited first."""
    groups: dict[str, list[Citation]] = defaultdict(list)
    for document in documents:
        for citation in document.citations:
            if citation.target_id is not None and citation.target_id.startswith(UNLISTED):
                groups[citation.target_id].append(citation)
    near = _nearest(miss for document in documents for miss in document.near_misses)
    rows = (_describe(target, citations, near) for target, citations in groups.items())
    return tuple(sorted(rows, key=lambda row: (-row.documents, -row.citations, row.id)))


def _describe(target: str, citations: Sequence[Citation], near: dict[str, NearMiss]) -> Unlisted:
    forms = Counter(" ".join(citation.mention.surface.split()) for citation in citations)
    spelt = sorted(forms, key=lambda form: (-forms[form], form))
    sources = sorted({citation.mention.source_id for citation in citations})
    misses = [near[citation.mention.surface] for citation in citations if citation.mention.surface in near]
    best = max(misses, key=_closeness, default=None)
    return Unlisted(
        id=target,
        name=Counter(sorted(citation.target_title for citation in citations)).most_common(1)[0][0],
        documents=len(sources),
        citations=len(citations),
        planned=sum(citation.status is Status.PLANNED for citation in citations),
        forms=tuple(spelt[:_MOST]),
        sources=tuple(sources[:_MOST]),
        suggestion=_suggest(best),
        suggested_id=best.entry_id if best else None,
        suggested_score=best.score if best else None,
        sentence=min(citations, key=lambda citation: (citation.mention.source_id, citation.id)).mention.sentence,
    )


def _suggest(best: NearMiss | None) -> str:
    """`alias` where only words differ, `edition` where years or numbers do, else `new entry`."""
    if best is None:
        return "new entry"
    return "alias" if best.guard == _WORDING_GUARD else "edition" if best.guard == "edition" else "new entry"


def _nearest(misses: Iterable[NearMiss]) -> dict[str, NearMiss]:
    """For each name in the text the entry that it nearly was."""
    best: dict[str, NearMiss] = {}
    for miss in misses:
        known = best.get(miss.surface)
        if miss.score >= _LIKE and (known is None or _closeness(miss) > _closeness(known)):
            best[miss.surface] = miss
    return best


def _closeness(miss: NearMiss) -> tuple[float, str]:
    return miss.score, miss.entry_id
