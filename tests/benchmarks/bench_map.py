"""The map's floors, measured: time of the layout, crossings against the usual drawing, size in print, steadiness.

    make bench        (or: pytest tests/benchmarks/bench_map.py -n 0 -s -o python_files='bench_*.py')

`pairs` counts every pair of lines that share no document as often as they cross; `crossings` counts places where ink
crosses ink: lines that run together in a bundle are one stroke there. The usual drawing (straight lines, barycentre
order, on the same rows, lanes and columns) has no bundles, so that both counts are the same for it. Times are of the
processor, so that other work on the machine disturbs them little.
"""

from __future__ import annotations

import time

import pytest
from pipeline.map.printing import make_pdf, make_png

from pipeline.map.html import Sheet, draw_html
from pipeline.map.layout import lay_out
from pipeline.map.rules import select
from pipeline.map.shape import LABEL_SIZE, sheet_scale
from pipeline.map.svg import draw_svg, frame_of
from pipeline.settings import MapRules
from tests.map.checks import lines_through_boxes, overlapping_boxes
from tests.map.corpora import make_corpus, make_gazetteer
from tests.map.crossings import count_crossings, count_straight

EVERYTHING = MapRules(hide_dialogue_partners=False, hide_declaration_links=False)

# Documents, lines, seconds that the layout may take (None: no floor).
SIZES = [(40, 100, None), (150, 600, 1.0), (400, 3000, 4.0)]


@pytest.mark.parametrize(("documents", "lines", "seconds"), SIZES, ids=[str(size[0]) for size in SIZES])
def test_layout(documents: int, lines: int, seconds: float | None) -> None:
    selection = select(*make_corpus(documents, lines), make_gazetteer(), EVERYTHING)
    frame = frame_of(selection)
    start = time.process_time()
    picture = lay_out(selection, frame)
    took = time.process_time() - start
    crossings, usual = count_crossings(picture), count_straight(picture)
    letters = LABEL_SIZE * min(sheet_scale(picture.width + frame[0], picture.height + frame[1]), 1.0)
    print(
        f"\n{documents} documents, {lines} lines: layout {took:.2f} s; crossings {crossings.points} of {usual} "
        f"({crossings.points / usual:.0%}), pairs {crossings.pairs} ({crossings.pairs / usual:.0%}); "
        f"letters on A3 {letters:.1f} pt"
    )
    assert overlapping_boxes(picture) == []
    assert lines_through_boxes(picture) == []
    assert crossings.pairs <= 0.6 * usual
    assert seconds is None or took < seconds
    assert documents > 150 or letters >= 7.0


def test_drawing_costs_less_than_laying_out() -> None:
    """As ratios of one run, at 150 documents and 600 lines."""
    selection = select(*make_corpus(150, 600), make_gazetteer(), EVERYTHING)
    frame = frame_of(selection)
    times = {}
    start = time.process_time()
    picture = lay_out(selection, frame)
    times["layout"] = time.process_time() - start
    svg = draw_svg(selection, picture)
    for name, make in (
        ("svg", lambda: draw_svg(selection, picture)),
        ("html", lambda: draw_html([Sheet((), selection, svg)], [], {})),
        ("png", lambda: make_png(svg)),
        ("pdf", lambda: make_pdf(svg)),
    ):
        start = time.process_time()
        make()
        times[name] = time.process_time() - start
    print("\n" + ", ".join(f"{name} {took:.2f} s" for name, took in times.items()), f"; svg {len(svg) / 1000:.0f} kB")
    assert times["svg"] < times["layout"]
    assert times["png"] < 20 * times["layout"]
