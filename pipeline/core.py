"""The run, top to bottom, free of Prefect: a folder of PDFs goes in, the output folder of the contract comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.classify import classify_citations
from pipeline.detect import detect_mentions
from pipeline.link import link_mentions

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer
    from pipeline.records import Citation, Mention, NearMiss, Page, Source
    from pipeline.settings import Settings


def cite_pages(
    source: Source, pages: tuple[Page, ...], gazetteer: Gazetteer, settings: Settings
) -> tuple[tuple[Citation, ...], tuple[NearMiss, ...]]:
    """Detect, link and classify what one source's pages cite, in reading order."""
    mentions: tuple[Mention, ...] = detect_mentions(source, pages, gazetteer)
    links = link_mentions(source, mentions, gazetteer, settings.link)
    citations = classify_citations(source, links, gazetteer)
    return citations, tuple(miss for link in links for miss in link.near_misses)
