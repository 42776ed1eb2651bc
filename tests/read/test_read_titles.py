"""Planted titles come out of the reader in one piece, in every kind of page, from several producers.

Each row is one PDF with some forty titles in it. The floor is 0.97 of them for each kind of page and 0.99 over all;
the benchmark measures more seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from pipeline.read import read_pdf
from pipeline.records import ReadLimits
from tests.read.pdf_makers import by_canvas, by_chromium, by_fpdf, by_platypus, ornaments
from tests.read.pdf_makers.by_canvas import LANDSCAPE, TableStyle
from tests.read.pdf_makers.plants import Planted, torn_titles

FLOOR = 0.97
FLOOR_OF_ALL = 0.99
WIDE = (25.0, 300.0, 60.0, 260.0)

Maker = Callable[[int], Planted]
KINDS: dict[str, tuple[Maker, ...]] = {
    "prose": (
        by_canvas.prose,
        lambda seed: by_canvas.prose(seed, justify=False, font="Courier", leading=24),
        by_platypus.prose,
        by_fpdf.prose,
    ),
    "titles over the page break": (by_canvas.crossing_titles, by_fpdf.crossing_titles),
    "footnotes": (by_canvas.footnotes,),
    "columns, one after the other": (
        lambda seed: by_canvas.columns(seed, order="columns"),
        lambda seed: by_canvas.columns(seed, order="columns", shift=6),
        by_platypus.columns,
        lambda seed: by_platypus.columns(seed, 3),
        by_fpdf.columns,
    ),
    "columns, line by line": (
        lambda seed: by_canvas.columns(seed, order="lines"),
        lambda seed: by_canvas.columns(seed, order="lines", count=3),
        lambda seed: by_canvas.columns(seed, order="lines", justify=False, gutter=14),
    ),
    "ruled table, by cells": (
        lambda seed: by_canvas.table(seed, TableStyle("strokes")),
        lambda seed: by_canvas.table(seed, TableStyle("boxes", middle=True)),
        lambda seed: by_canvas.table(seed, TableStyle("inner")),
        lambda seed: by_platypus.table(seed, ruled=True),
        by_fpdf.table,
    ),
    "ruled table, by lines": (
        lambda seed: by_canvas.table(seed, TableStyle("strokes", "lines")),
        lambda seed: by_canvas.table(seed, TableStyle("bars", "lines", middle=True)),
    ),
    "table without rules": (
        lambda seed: by_canvas.table(seed, TableStyle("none")),
        lambda seed: by_canvas.table(seed, TableStyle("none", "lines", middle=True)),
        lambda seed: by_canvas.table(seed, TableStyle("shades", "lines")),
        lambda seed: by_canvas.table(seed, TableStyle("across")),
        lambda seed: by_platypus.table(seed, ruled=False),
        lambda seed: by_fpdf.table(seed, ruled=False),
    ),
    "landscape": (
        lambda seed: by_canvas.table(seed, TableStyle(widths=WIDE), size=LANDSCAPE),
        lambda seed: by_canvas.table(seed, TableStyle("none", widths=WIDE), size=LANDSCAPE),
        lambda seed: by_fpdf.table(seed, wide=True),
    ),
    "rotated": tuple(
        (lambda seed, turn=turn, rules=rules: by_canvas.table(seed, TableStyle(rules, row_gap=5), turn=turn))
        for turn in ("page90", "page180", "page270", "text90", "text270")
        for rules in ("strokes", "none")
    ),
    "cells over the page break": (
        lambda seed: by_canvas.crossing_cells(seed, TableStyle("strokes")),
        lambda seed: by_canvas.crossing_cells(seed, TableStyle("across")),
        lambda seed: by_canvas.crossing_cells(seed, TableStyle("none")),
        lambda seed: by_platypus.table(seed, ruled=True, split=True),
    ),
    "letter-spaced": (
        lambda seed: by_canvas.letter_spaced(seed, how="tc"),
        lambda seed: by_canvas.letter_spaced(seed, how="typed"),
    ),
    "shaded rows": tuple((lambda seed, by=by: ornaments.stripes(seed, by)) for by in ("cells", "rows", "every row")),
    "drop caps": (ornaments.drop_caps, lambda seed: ornaments.drop_caps(seed, 3)),
    "contents": (lambda seed: ornaments.contents(seed, "."), lambda seed: ornaments.contents(seed, ". ")),
    "printed twice": tuple(
        (lambda seed, shift=shift, what=what: ornaments.printed_twice(seed, shift, what))
        for shift, what in ((0.0, "lines"), (0.4, "lines"), (0.4, "words"), (0.2, "letters"), (0.4, "some letters"))
    ),
    "marks behind words": (ornaments.marks,),
}
PRINTED: dict[str, Callable[[int, Path], Planted]] = {
    "prose": by_chromium.prose,
    "columns": by_chromium.columns,
    "footnotes": by_chromium.footnotes,
    "letter-spaced": by_chromium.letter_spaced,
    "turned": by_chromium.turned,
    "ruled table": lambda seed, folder: by_chromium.table(seed, folder, classes="ruled whole"),
    "ruled table, rows cut": lambda seed, folder: by_chromium.table(seed, folder, classes="ruled split"),
    "table without rules": lambda seed, folder: by_chromium.table(seed, folder, classes="whole", wide=True),
}


def kept_share(planted: list[Planted], folder: Path) -> tuple[int, list[str]]:
    """How many titles were planted, and which came out torn."""
    torn: list[str] = []
    for number, each in enumerate(planted):
        file = folder / f"{number}.pdf"
        file.write_bytes(each.pdf)
        torn += [f"{each.name}: {title}" for title in torn_titles(each, read_pdf(file, ReadLimits(), "off").pages)]
    return sum(len(each.titles) for each in planted), torn


@pytest.mark.parametrize("kind", KINDS)
def test_titles_stay_whole(kind: str, tmp_path: Path) -> None:
    planted, torn = kept_share([make(7) for make in KINDS[kind]], tmp_path)
    assert len(torn) <= (1 - FLOOR) * planted, f"{len(torn)} of {planted} torn: {torn[:5]}"


def test_titles_stay_whole_over_all(tmp_path: Path) -> None:
    """Over all, and each producer by itself in each kind of page; `-s` shows the table."""
    rates: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    torn: list[str] = []
    for kind, makers in KINDS.items():
        for make in makers:
            made = make(29)
            planted, torn_here = kept_share([made], tmp_path)
            torn += torn_here
            for row in (kind, "all"):
                for column in (producer_of(made), "all"):
                    rates[row, column][0] += planted - len(torn_here)
                    rates[row, column][1] += planted
    show_rates(rates)
    low = {place: rate for place, rate in rates.items() if rate[0] < FLOOR * rate[1]}
    assert low == {}
    kept, planted = rates["all", "all"]
    assert kept >= FLOOR_OF_ALL * planted, f"{len(torn)} of {planted} torn: {torn[:5]}"


def producer_of(planted: Planted) -> str:
    """Which program wrote the PDF."""
    name = planted.name.split("-")[0]
    return name if name in ("platypus", "fpdf", "chromium") else "canvas"


def show_rates(rates: Mapping[tuple[str, str], Sequence[int]]) -> None:
    """The table of titles kept whole, by kind of page and by producer."""
    columns = sorted({column for _, column in rates})
    print("\n" + f"{'':32}" + "".join(f"{column:>18}" for column in columns))
    for row in dict.fromkeys(row for row, _ in rates):
        cells = [rates.get((row, column)) for column in columns]
        shown = [f"{cell[0]}/{cell[1]} {cell[0] / cell[1]:.3f}" if cell else "" for cell in cells]
        print(f"{row:32}" + "".join(f"{text:>18}" for text in shown))


@pytest.mark.slow
@pytest.mark.skipif(by_chromium.CHROMIUM is None, reason="no Chromium on this machine to print with")
@pytest.mark.parametrize("kind", PRINTED)
def test_printed_titles_stay_whole(kind: str, tmp_path: Path) -> None:
    planted, torn = kept_share([PRINTED[kind](3, tmp_path)], tmp_path)
    assert len(torn) <= (1 - FLOOR) * planted, f"{len(torn)} of {planted} torn: {torn[:5]}"
