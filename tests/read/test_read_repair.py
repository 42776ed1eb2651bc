"""Damaged characters and words of a line, and what a reader sees in them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.repair import (
    Mender,
    Vocabulary,
    collect_words,
    is_sound,
    join_broken_words,
    join_pair,
    repair_text,
)
from pipeline.read.sheet import DraftBlock, DraftPage, TextLine

DAMAGED = st.text(
    "aefilnt ASEN205().,-ﬁﬃ\u00a0\u00ad\u200b\u2011\u0301\ufffe\ufffd\uf0b7\uf041\x83\x02",
    max_size=40,
)


@pytest.mark.parametrize(
    ("damaged", "seen"),
    [
        ("ASEAN Framework Agreement", "ASEAN Framework Agreement"),
        ("the eﬀective ﬁnal oﬃce", "the effective final office"),
        ("co\u00adoperation", "cooperation"),
        ("ASEAN\u2011wide, cross\u2010border", "ASEAN-wide, cross-border"),
        ("non\ufffebinding", "non-binding"),
        ("Viet\u00a0Nam \u2009 and  Lao", "Viet Nam and Lao"),
        ("ASEAN\u200b Vision\ufeff 2020", "ASEAN Vision 2020"),
        ("Phu\u031bo\u031bng", unicodedata.normalize("NFC", "Phu\u031bo\u031bng")),
        ("\uf0b7 first \uf0a7 second", "• first • second"),
        ("\uf041\uf053\uf045\uf041\uf04e Charter", "ASEAN Charter"),
        ("\x83 Appendix on Data", "• Appendix on Data"),
        ("AEC Blueprint 20 2 5 and 2 0 1 5", "AEC Blueprint 2025 and 2015"),
        # Two numbers beside each other are no year, nor is the end of a longer row of figures
        ("rows 20 25 and 1 2 0 2 5", "rows 20 25 and 1 2 0 2 5"),
        ("  \t ", ""),
    ],
)
def test_characters(damaged: str, seen: str) -> None:
    assert repair_text(damaged) == seen, damaged


@given(DAMAGED)
def test_repair_is_idempotent(damaged: str) -> None:
    once = repair_text(damaged)
    assert repair_text(once) == once


@given(DAMAGED)
def test_repair_adds_no_word(damaged: str) -> None:
    """Nothing is there after the repair that was not there before, letter by letter, and no more words."""
    plain = unicodedata.normalize("NFKD", damaged.replace("\uf041", "A"))
    signs = {"•": len(damaged), "-": len(damaged)}
    repaired = unicodedata.normalize("NFD", repair_text(damaged))
    assert not Counter(repaired) - Counter(plain) - Counter(signs)
    assert len(repaired.replace("•", "").split()) <= len(re.split(r"[\s\uf0b7\x83]+", plain))


@given(DAMAGED)
def test_what_is_sound_stays(text: str) -> None:
    if is_sound(text):
        assert repair_text(text) == text


WORDS = Vocabulary(
    {"asean": 20, "framework": 9, "agreement": 8, "australia": 4, "new": 9, "zealand": 6, "single": 5, "window": 5,
     "implementation": 3, "implement": 3, "rules-based": 2, "co-operation": 4, "operation": 2, "the": 90, "of": 80,
     "coopera": 1, "on": 40, "protec": 1, "par": 1, "es": 1, "no": 3}
)  # fmt: skip


@pytest.mark.parametrize(
    ("above", "below", "joined", "rest"),
    [
        ("the imple-", "mentation of", "the implementation", "of"),
        ("the ASEAN-", "Australia plan", "the ASEAN-Australia", "plan"),
        ("ASEAN-AUSTRALIA\ufffe", "NEW ZEALAND AREA", "ASEAN-AUSTRALIA-NEW", "ZEALAND AREA"),
        ("IMPLE-", "MENTATION", "IMPLEMENTATION", ""),
        ("the ASEAN-", "U.S. plan", "the ASEAN-U.S.", "plan"),
        ("the ASEAN-", "EU Plan", "the ASEAN-EU", "Plan"),
        ("an unprece-", "dented step", "an unprecedented", "step"),
        ("their co-", "operation in trade", "their co-operation", "in trade"),
        ("a rules-", "based system", "a rules-based", "system"),
        ("the single-", "window system", "the single-window", "system"),
        ("the ASEAN-", "wide plan", "the ASEAN-wide", "plan"),
        ("in 2016-", "2020, the", "in 2016-2020,", "the"),
        ("soft\u00ad", "ware tools", "software", "tools"),
        ("the e-", "commerce plan", "the e-commerce", "plan"),
        ("ASEAN–", "China area", "ASEAN–China", "area"),
        ("and/", "or plans", "and/or", "plans"),
        # A dash between words breaks no word, and neither does a list's
        ("the plan -", "which was", "the plan -", "which was"),
        ("-", "first item", "-", "first item"),
        ("the plan", "which was", "the plan", "which was"),
        ("see Article 5-", "(a) of", "see Article 5-", "(a) of"),
    ],
)
def test_broken_words(above: str, below: str, joined: str, rest: str) -> None:
    assert join_pair(above, below, WORDS) == (joined, rest), (above, below)


@pytest.mark.parametrize(
    ("above", "below", "joined", "rest"),
    [
        ("the Co-", "chairperson of", "the Co-chairperson", "of"),
        ("the Coope-", "ration in", "the Cooperation", "in"),
        ("an anti-", "caking agent", "an anti-caking", "agent"),
        ("Economic Co-", "operation between", "Economic Co-operation", "between"),
        ("a member-", "owned plan", "a member-owned", "plan"),
        # Nothing speaks for two words
        ("is un-", "derstood by", "is understood", "by"),
    ],
)
def test_hyphens_where_no_word_is_broken(above: str, below: str, joined: str, rest: str) -> None:
    words = Vocabulary({"cooperation": 5, "operation": 2, "member": 1})
    words.breaks_words = False
    assert join_pair(above, below, words) == (joined, rest), (above, below)


@pytest.mark.parametrize(
    ("text", "breaks_words"),
    [
        ("the agree-\nment on the agreement and the Co-\noperation, cooperation", True),
        ("the rules-\nbased system is rules-based, and Co-\noperation is cooperation" + "\nand so on" * 99, False),
        ("an unprece-\ndented step of man-\nkind", True),
        ("the Co-\nchairperson" + "\nand so on" * 99, False),
    ],
)
def test_whether_a_document_breaks_words(text: str, breaks_words: bool) -> None:
    lines = tuple(TextLine(line, 0, 10 * number, 9, 10 * number + 9) for number, line in enumerate(text.split("\n")))
    page = DraftPage(1, 600, 800, (DraftBlock(lines),))
    assert collect_words([page]).breaks_words == breaks_words


def test_a_line_that_gave_up_its_only_word_is_gone() -> None:
    lines = [TextLine("the imple-", 0, 0, 9, 9), TextLine("mentation", 0, 10, 9, 19), TextLine("of it", 0, 20, 9, 29)]
    joined = join_broken_words(lines, WORDS)
    assert [line.text for line in joined] == ["the implementation", "of it"]


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("economic coopera on and protec on", "economic cooperation and protection"),
        ("COOPERA ON of par es", "COOPERATION of parties"),
        ("coopera\ufffdon", "cooperation"),
        ("an e\ue001ort", "an effort"),
        ("ofthee-ASEANFramework Agreement", "of the e-ASEAN Framework Agreement"),
        ("inthe plan ofthe Parties", "in the plan of the Parties"),
        ("agreement,reaffirming the", "agreement, reaffirming the"),
        ("an interdependent world.DONE at", "an interdependent world. DONE at"),
        # What only looks damaged
        ("no on the table", "no on the table"),
        ("eASEAN, McDonald, YouTube", "eASEAN, McDonald, YouTube"),
        ("see www.asean.org and U.S.A. 1,000", "see www.asean.org and U.S.A. 1,000"),
        ("x\ufffdy unknown", "x\ufffdy unknown"),
    ],
)
def test_words(damaged: str, mended: str) -> None:
    mender = Mender(
        Vocabulary(WORDS + Counter(re.findall(r"[a-z]+", damaged.casefold())))
    )  # made of all of a document's words
    assert mender.mend(damaged) == mended, damaged
    assert mender.mend(mended) == mended, "mending twice is mending once"
    assert not mender.is_sound(damaged) or damaged == mended
