"""A name that no entry explains may be the title of a PDF in the corpus: then the line leads to that PDF.

In: the sources of a run, and a document, judgements applied. Out: the same, where such citations mean a source. The
trap: two PDFs may bear one title ("Joint Media Statement"); then the name means neither, and stays unlisted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.link.guards import make_slug
from pipeline.link.knowledge import load_knowledge
from pipeline.records import UNLISTED, Citation, Document, Source, Status, StatusBasis

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer


def find_arrivals(sources: Iterable[Source], gazetteer: Gazetteer) -> dict[str, Source]:
    """By the id that linking gives to its title: each unlisted source whose title no other source has."""
    named: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        if source.id.startswith(UNLISTED):
            named[UNLISTED + make_slug(source.title, load_knowledge(gazetteer).guards)].append(source)
    return {target: same[0] for target, same in named.items() if len(same) == 1}


def join_arrivals(document: Document, arrived: Mapping[str, Source]) -> Document:
    """Lead unlisted citations to the source that bears their name."""
    if not arrived:
        return document
    citations = (_join_citation(citation, document.source, arrived) for citation in document.citations)
    return replace(document, citations=tuple(citations))


def _join_citation(citation: Citation, citing: Source, arrived: Mapping[str, Source]) -> Citation:
    source = arrived.get(citation.target_id or "")
    if source is None or source.id == citing.id:
        return citation
    met = replace(citation, target_id=source.id, target_title=source.title, status_today=Status.EXISTING)
    if citation.status_basis is not StatusBasis.NONE or source.issued is None or citing.issued is None:
        return met
    # No word decided: the dates of the two PDFs do, as those of the registry would.
    order = source.issued.compare(citing.issued)
    if order is None:
        return met
    status = Status.PLANNED if order > 0 else Status.EXISTING
    reason = f"its own PDF is dated {source.issued}, the citing text {citing.issued}"
    return replace(met, status=status, status_basis=StatusBasis.DATE, status_reason=reason)
