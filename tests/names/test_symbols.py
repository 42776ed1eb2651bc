"""Symbols in texts: every example and counterexample of the grammar, and whose a bare number is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.knowledge import GazetteerError
from pipeline.names.symbols import Series, find_symbols, load_symbols

SHIPPED = Path(__file__).parents[2] / "gazetteer"
GRAMMAR = load_symbols(SHIPPED)


def normal_forms(text: str, body: str = "") -> list[str]:
    return [symbol.normal for symbol in find_symbols(text, GRAMMAR, body)]


@pytest.mark.parametrize("series", GRAMMAR.series, ids=lambda series: series.id)
def test_a_series_keeps_its_promises(series: Series) -> None:
    assert series.examples, "each series shows what it finds"
    for text, forms in series.examples.items():
        assert normal_forms(text) == list(forms), text
    for text in series.counterexamples:
        assert normal_forms(text) == [], text


@pytest.mark.parametrize(
    ("text", "body", "forms"),
    [
        # One document, however it is written
        ("WHA65.4; WHA 65.4; World Health Assembly resolution 65.4", "", ["WHA65.4"] * 3),
        ("A/RES/65/95, and General Assembly resolution 65/95", "", ["A/RES/65/95"] * 2),
        # Numbers keep their order and their separator
        ("resolutions 64/65 and 65/64", "", ["A/RES/64/65", "A/RES/65/64"]),
        ("resolution 58/3 and resolution 58.3", "", ["A/RES/58/3", "WHA58.3"]),
        # Whose it is: the body named beside it, else the text's own, else the default
        ("recalling its resolution 7/9", "United Nations Human Rights Council", ["A/HRC/RES/7/9"]),
        ("General Assembly resolution 7/9", "United Nations Human Rights Council", ["A/RES/7/9"]),
        ("World Health Assembly resolution 7/9", "", []),
        ("Human Rights Council resolution 5/1 and Council resolution 6/2", "", ["A/HRC/RES/5/1", "A/HRC/RES/6/2"]),
        # A list goes on over footnotes' figures and dates
        ("resolutions 7/29 of 28 March 2008,3 9/13 of 24 September 2008 and 10/8", "",
         ["A/RES/7/29", "A/RES/9/13", "A/RES/10/8"]),
        # Paragraphs, pages, sums, dates and ratios are none
        ("see paragraph 65.4, page 3/4, US$ 65.4 million, on 3/4/2010, 24/7 and 1/2 of the 65/95 members", "", []),
    ],
)  # fmt: skip
def test_whose_number(text: str, body: str, forms: list[str]) -> None:
    assert normal_forms(text, body) == forms


def test_a_symbol_says_where_it_stands_and_who_issued_it() -> None:
    text = "as resolution EUR/RC61/R5 says"
    (symbol,) = find_symbols(text, GRAMMAR)
    assert text[symbol.start : symbol.end] == "EUR/RC61/R5"
    assert (symbol.body, symbol.kind) == ("WHO Regional Committee for Europe", "resolution")


def test_a_folder_without_the_file_knows_no_symbols(tmp_path: Path) -> None:
    assert find_symbols("resolution WHA65.4", load_symbols(tmp_path)) == []


def test_a_bad_series_is_named(tmp_path: Path) -> None:
    series = "{id: x, body: '', kind: '', normal: '{n}', writings: ['{m}'], examples: {}}"
    (tmp_path / "symbols.yaml").write_text(f"parts: {{n: '1'}}\nbodies: {{}}\nseries: [{series}]\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"symbols\.yaml.*m"):
        load_symbols(tmp_path)
