"""Invented titles and filler text, and the score: how many planted titles the reader kept in one piece."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import Page, Zone

_HEADS = (
    "ASEAN Framework Agreement on",
    "ASEAN Strategic Action Plan for",
    "Master Plan on ASEAN",
    "ASEAN-Australia-New Zealand Arrangement on",
    "Protocol to Implement the Seventh Package of Commitments under the ASEAN Agreement on",
    "Ha Noi Declaration on",
    "Joint ASEAN-Japan Work Programme on",
    "Memorandum of Understanding on",
    "ASEAN Guidelines for",
    "Roadmap for the Integration of",
)
_SUBJECTS = (
    "Cross-Border Data Flows and Personal Data Protection",
    "Small and Medium Enterprise Financing",
    "the Interoperability of Electronic Identities",
    "Sustainable Inland Waterway Transport",
    "Digital Trade Facilitation and Single Windows",
    "Mutual Recognition of Qualifications in Tourism",
    "Coastal and Marine Environment",
    "Consumer Protection in Online Marketplaces",
    "Food Safety and Agricultural Standards",
    "Cybersecurity Cooperation and Capacity Building",
    "Energy Interconnection and Regional Markets",
    "Emerging Infectious Diseases and Public Health Laboratories",
    "Intellectual Property and Creative Economy",
    "Disaster Management and Emergency Response",
)
_TAILS = ("", "", " 2016-2020", " 2025", " (2021-2030)", " Phase II", ", Second Edition", " Beyond 2030")
_FILLER = [
    "The",
    "Parties",
    "shall",
    "endeavour",
    "to",
    "strengthen",
    "their",
    "cooperation",
    "in",
    "this",
    "field,",
    "taking",
    "into",
    "account",
    "the",
    "differing",
    "levels",
    "of",
    "development",
    "among",
    "them.",
    "Senior",
    "officials",
    "met",
    "twice",
    "and",
    "noted",
    "with",
    "satisfaction",
    "the",
    "progress",
    "made.",
    "Capacity",
    "building",
    "remains",
    "essential,",
    "and",
    "technical",
    "assistance",
    "will",
    "be",
    "provided",
    "where",
    "resources",
    "allow.",
    "Each",
    "body",
    "reports",
    "to",
    "the",
    "ministers",
    "through",
    "its",
    "chair,",
    "who",
    "may",
    "invite",
    "observers",
    "to",
    "attend",
    "the",
    "sessions.",
    "Funding",
    "comes",
    "from",
    "voluntary",
    "contributions",
    "and",
    "cost",
    "sharing",
    "arrangements",
    "agreed",
    "by",
    "consensus",
    "in",
    "advance.",
    "Monitoring",
    "is",
    "carried",
    "out",
    "annually",
    "on",
    "the",
    "basis",
    "of",
    "indicators",
    "that",
    "were",
    "adopted",
    "for",
    "this",
    "purpose",
    "earlier.",
    "Nothing",
    "in",
    "this",
    "section",
    "prevents",
    "a",
    "member",
    "from",
    "taking",
    "measures",
    "it",
    "considers",
    "necessary",
    "for",
    "public",
    "order.",
]


@dataclass(frozen=True)
class Planted:
    """A PDF and the titles that stand in it."""

    name: str
    pdf: bytes
    titles: tuple[str, ...]


class Plants:
    """A supply of titles and words, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.titles: list[str] = []

    def title(self) -> str:
        """A new title, remembered as planted."""
        while True:
            parts = (self.chance.choice(_HEADS), self.chance.choice(_SUBJECTS), self.chance.choice(_TAILS))
            title = f"{parts[0]} {parts[1]}{parts[2]}"
            if title not in self.titles:
                self.titles.append(title)
                return title

    def words(self, least: int, most: int) -> str:
        """Filler of a random length."""
        start, count = self.chance.randrange(len(_FILLER)), self.chance.randint(least, most)
        return " ".join(_FILLER[(start + number) % len(_FILLER)] for number in range(count))

    def paragraph(self, titles: int = 1) -> str:
        """Filler with titles in it."""
        parts = [self.words(4, 25).capitalize()]
        for _ in range(titles):
            parts += ["the", self.title(), self.words(4, 30)]
        return " ".join(parts) + "."

    def planted(self, name: str, pdf: bytes) -> Planted:
        """The PDF with all titles given out so far."""
        return Planted(name, pdf, tuple(self.titles))


def running_text(pages: Iterable[Page]) -> str:
    """All text but headers and footers, page after page, then all footnotes; white space folded."""
    parts: tuple[list[str], list[str]] = ([], [])
    for page in pages:
        for block in page.blocks:
            if block.zone not in (Zone.HEADER, Zone.FOOTER):
                parts[block.zone is Zone.FOOTNOTE].append(page.text[block.start : block.end])
    return " ".join(" ".join((*parts[0], *parts[1])).split())


def torn_titles(planted: Planted, pages: Iterable[Page]) -> list[str]:
    """The planted titles that do not stand in the running text as they were written."""
    text = running_text(pages)
    return [title for title in planted.titles if title not in text]
