"""Widths of texts, breaks of labels, and what is taken out of a hostile title."""

from __future__ import annotations

import pytest

from pipeline.map.lettering import balance_label, plain_text, squeeze_label, text_width, wrap_label

PLAIN = [
    ("  two   words\n", "two words"),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("RTL \u202egnihton\u202c mark\u200f", "RTL gnihton mark"),
    ("nul\x00 bell\x07 soft\u00adhyphen", "nul bell soft hyphen"),
    ("half a pair \ud800", "half a pair"),
    ("no character \ufffe", "no character"),
]


@pytest.mark.parametrize(("text", "plain"), PLAIN)
def test_plain_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_widths_are_those_of_the_font() -> None:
    """Arial and Liberation Sans: W is 944, i is 222, a digit 556 thousandths wide."""
    assert text_width("Wi5", 10) == pytest.approx(17.22)
    assert text_width("漢", 10) == 10.0, "an unknown character is given the full width"


WRAPS = [
    ("MPAC 2025", 100, ("MPAC 2025",)),
    ("ASEAN Digital Integration Framework", 70, ("ASEAN Digital", "Integration", "Framework")),
    ("Master Plan on ASEAN Connectivity and much else", 70, ("Master Plan on", "ASEAN", "Connectivity and…")),
    ("Association-of-Nations Charter", 60, ("Association-of-", "Nations Charter")),
    ("Donaudampfschifffahrt", 40, ("Donaudam", "pfschifffahr", "t")),
    ("", 40, ("",)),
]


@pytest.mark.parametrize(("text", "width", "lines"), WRAPS)
def test_wrap_label(text: str, width: float, lines: tuple[str, ...]) -> None:
    assert wrap_label(text, width, 8) == lines
    assert all(text_width(line, 8) <= width for line in lines)


@pytest.mark.parametrize("text", ["a" * 10_000, "a " * 10_000, "漢" * 10_000, "-" * 10_000])
def test_a_label_without_end_fits_its_box(text: str) -> None:
    lines = wrap_label(text, 80, 7)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(text_width(line, 7) <= 80 for line in lines)


def test_squeezed_labels_need_no_further_line() -> None:
    text = "ASEAN Framework on Personal Data Protection"
    assert squeeze_label(text, 8, 1) == pytest.approx(text_width(text, 8))
    for lines in (2, 3):
        width = squeeze_label(text, 8, lines)
        assert len(wrap_label(text, width, 8)) == lines
        assert len(wrap_label(text, width - 3, 8)) > lines or wrap_label(text, width - 3, 8)[-1].endswith("…")


def test_balanced_lines_are_of_like_length() -> None:
    text = "Roadmap for Logistics Integration"
    assert wrap_label(text, 110, 8) == ("Roadmap for Logistics", "Integration")
    assert balance_label(text, 110, 8) == ("Roadmap for", "Logistics Integration")
