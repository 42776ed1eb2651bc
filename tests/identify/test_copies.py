"""Which files hold one document: those whose texts agree."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.identify.copies import Copy, find_copies, make_sketch
from pipeline.names.dates import PartialDate
from pipeline.records import Front, Page, Source

WORDS = [f"word{number}" for number in range(400)]


def make_text(seed: int, length: int = 900) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def make_copy(
    file: str, words: list[str], source_id: str = "unlisted:kites", symbol: str = "", year: int = 2011,
    scanned: bool = False, basis: str = "unlisted",
) -> Copy:  # fmt: skip
    text = " ".join(words)
    front = Front(symbols=(symbol,) if symbol else ())
    source = Source(source_id, file, f"{hash_of(file):064x}", "Kites", PartialDate(year), basis, front)
    return Copy(source, 0, len(text), make_sketch([Page("", 1, text)]), scanned)


def hash_of(file: str) -> int:
    return sum(256**place * ord(letter) for place, letter in enumerate(file))


def misread(words: list[str], share: float) -> list[str]:
    draw = random.Random(1)
    return [word.replace("o", "0") if draw.random() < share else word for word in words]


TEXT, OTHER = make_text(1), make_text(2)


@pytest.mark.parametrize(
    ("left", "right", "kept"),
    [
        # Two prints of one text: the longer is taken
        (make_copy("a.pdf", TEXT), make_copy("b.pdf", [*TEXT, "page", "2"]), ["b.pdf"]),
        # The scan of a text, one word in ten misread
        (make_copy("a.pdf", TEXT), make_copy("b.pdf", misread(TEXT, 0.1), scanned=True), ["a.pdf"]),
        # Equal titles with other texts
        (make_copy("a.pdf", TEXT), make_copy("b.pdf", OTHER), ["a.pdf", "b.pdf"]),
        # One text under two symbols, or of two years
        (make_copy("a.pdf", TEXT, symbol="WHA1.1"), make_copy("b.pdf", TEXT, symbol="EB1.R1"), ["a.pdf", "b.pdf"]),
        (make_copy("a.pdf", TEXT), make_copy("b.pdf", TEXT, year=2019), ["a.pdf", "b.pdf"]),
        # A text that holds the other is no copy of it
        (make_copy("a.pdf", TEXT), make_copy("b.pdf", [*TEXT, *OTHER]), ["a.pdf", "b.pdf"]),
        # Too short to tell
        (make_copy("a.pdf", TEXT[:12]), make_copy("b.pdf", TEXT[:12]), ["a.pdf", "b.pdf"]),
        # What SOURCES.csv says holds
        (make_copy("a.pdf", TEXT, basis="SOURCES.csv"), make_copy("b.pdf", OTHER[:800], basis="SOURCES.csv"),
         ["a.pdf"]),
    ],
)  # fmt: skip
def test_copies(left: Copy, right: Copy, kept: list[str]) -> None:
    for given in ((left, right), (right, left)):
        sources, issues = find_copies(given)
        assert sorted(source.path for source in sources) == kept
        assert len({source.id for source in sources}) == len(sources), "ids stay apart"
        assert all("a.pdf" in issue.message and "b.pdf" in issue.message for issue in issues)
        assert issues, "left out or of one name: it is said"


def test_the_same_file_twice() -> None:
    one = make_copy("a.pdf", TEXT)
    sources, issues = find_copies([one, replace(one, source=replace(one.source, path="b.pdf"))])
    assert [source.path for source in sources] == ["a.pdf"]
    assert [issue.message for issue in issues] == ["b.pdf is the same file as a.pdf, and is left out"]


def test_a_known_document_is_the_longer_text() -> None:
    digest, whole = make_copy("a.pdf", OTHER[:300], "kites-2011"), make_copy("b.pdf", TEXT, "kites-2011")
    sources, _ = find_copies([digest, whole])
    assert {source.path: source.id.split(":")[0] for source in sources} == {"a.pdf": "unlisted", "b.pdf": "kites-2011"}
