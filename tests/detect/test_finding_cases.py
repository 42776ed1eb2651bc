"""Labelled sentences, found and linked: the table is tests/detect/cases.txt, one sentence a line."""

import re
from itertools import accumulate
from pathlib import Path

import pytest

from pipeline.detect.pipeline import detect_mentions
from pipeline.gazetteer.load import load_gazetteer
from pipeline.link import LinkLimits
from pipeline.link.linker import link_mentions
from pipeline.names.dates import PartialDate
from pipeline.records import UNLISTED, CitationKind, Page, Source
from pipeline.status.classify import classify_citations

ROOT = Path(__file__).parents[2]
LABEL = re.compile(r"\{\{(?P<anaphora>.*?)\|(?P<to>[^{}|]*)\}\}|\{(?P<name>.*?)\|(?P<id>[^{}|]*)\}", re.S)
CASES = [
    line
    for line in (ROOT / "tests/detect/cases.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def read_case(line: str) -> tuple[str, str, str, list[tuple[str, int, str]], list[tuple[str, int, str]]]:
    """Source id, date, text, labelled citations and anaphora (words, start, entry id or -)."""
    _, source_id, date, marked = (part.strip() for part in line.split(" | ", 3))
    marked = marked.replace("\\n", "\n").replace("\\f", "\f")
    text, place = "", 0
    citations, anaphora = [], []
    for found in LABEL.finditer(marked):
        text += marked[place : found.start()]
        words, entry_id = (found["anaphora"] or found["name"]), (found["to"] or found["id"])
        (anaphora if found["anaphora"] else citations).append((words, len(text), entry_id))
        text += words
        place = found.end()
    return source_id, date, text + marked[place:], citations, anaphora


def cite(source_id: str, date: str, text: str) -> list[tuple[str, int, str, CitationKind]]:
    """What is found: words, start in the text, entry id or -, kind."""
    gazetteer = load_gazetteer(ROOT / "gazetteer")
    title = gazetteer.entries[source_id].title if source_id != "-" else ""
    source = Source(source_id if title else f"{UNLISTED}case", "", "", title, PartialDate.parse(date))
    pages = tuple(Page(source.id, number, page) for number, page in enumerate(text.split("\f"), 1))
    starts = [0, *accumulate(len(page.text) + 1 for page in pages)]
    links = link_mentions(source, detect_mentions(source, pages, gazetteer), gazetteer, LinkLimits())
    found = []
    for citation in classify_citations(source, links, gazetteer):
        target = citation.target_id or "undecided"
        start = starts[citation.mention.page - 1] + citation.mention.start
        entry_id = "-" if target.startswith(UNLISTED) else target
        found.append((citation.mention.surface, start, entry_id, citation.kind))
    return found


@pytest.mark.parametrize("line", CASES)
def test_sentence(line: str) -> None:
    source_id, date, text, citations, anaphora = read_case(line)
    found = cite(source_id, date, text)
    assert [row[:3] for row in found if row[3] is not CitationKind.ANAPHORA] == citations, line
    assert [row[:3] for row in found if row[3] is CitationKind.ANAPHORA] in ([], anaphora), line
