"""What stands below the map: the legend, abbreviations, footnotes with the drawing rules in force, and the source.

In: a `Selection` and a width in points. Out: SVG elements, and the height that they need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pipeline.map.lettering import plain_text, text_width
from pipeline.map.marks import COLOURS, DASHES, box_style, half_dot, label, place_of
from pipeline.map.model import Selection

# Points.
NOTE_SIZE = 7.0
NOTE_LEADING = 8.2
_LEGEND_LEADING = 13.0

WORDS = {
    "existing": "cites a document that existed",
    "planned": "foresees a document then only planned",
    "unclear": "status unclear",
}
_BOXES = (("read", True, False), ("cited only", False, False), ("not yet adopted", False, True))


def draw_legend(selection: Selection, left: float, top: float, width: float) -> tuple[list[str], float]:
    """The legend in as many rows as it needs, and their height."""
    x, y = left, top + 8.0
    drawn = []
    for key in _make_keys(selection):
        wide = key.width + 4 + text_width(key.words, NOTE_SIZE)
        if x > left and x + wide > left + width:
            x, y = left, y + _LEGEND_LEADING
        drawn += [key.draw(x, y), label(key.words, x + key.width + 4, y + 2.6, NOTE_SIZE)]
        x += wide + 14
    return drawn, y - top + 12


def draw_notes(selection: Selection, x: float, y: float, width: float) -> Iterator[str]:
    """Abbreviations, footnotes, source: one text element a line."""
    written = ", ".join(f"{acronym} = {meaning}" for acronym, meaning in selection.abbreviations)
    in_force = f"Drawing rules in force: {', '.join(selection.rules) or 'none'}."
    marks = [f"{place} {note}" for place, note in enumerate(selection.notes, 1)]
    for paragraph in (f"{written}." if written else "", *marks, in_force, selection.source):
        for text in _wrap_note(paragraph, width):
            yield label(text, x, y, NOTE_SIZE)
            y += NOTE_LEADING


def _wrap_note(text: str, width: float) -> tuple[str, ...]:
    """A paragraph of the notes in lines."""
    lines: list[str] = []
    line = ""
    for word in plain_text(text).split():
        if line and text_width(f"{line} {word}", NOTE_SIZE) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return (*lines, line) if line else tuple(lines)


@dataclass(frozen=True)
class _Key:
    """One entry of the legend: what draws its sign at x, y, how wide the sign is, and its words."""

    draw: Callable[[float, float], str]
    width: float
    words: str


def _make_keys(selection: Selection) -> list[_Key]:
    used = {line.status for line in selection.lines}
    keys = [
        _Key(partial(_line_sign, status), 24, words)
        for status, words in WORDS.items()
        if status in used or status != "unclear"
    ]
    keys += [_Key(partial(_box_sign, box_style(is_read, is_open)), 20, words) for words, is_read, is_open in _BOXES]
    if any(node.partly_read for node in selection.nodes):
        keys.append(_Key(lambda x, y: half_dot(x + 3, y), 6, "read in part: lines may be missing"))
    return keys


def _line_sign(status: str, x: float, y: float) -> str:
    dash = f' stroke-dasharray="{DASHES[status]}"' if status in DASHES else ""
    stroke = f'stroke="{COLOURS[status]}" stroke-width="1"{dash}'
    return f'<path d="M{x:.1f} {y:.1f}h24" fill="none" {stroke} marker-end="url(#arrow-{status})"/>'


def _box_sign(style: str, x: float, y: float) -> str:
    return f"<rect {place_of(x, y - 5, 20, 10)} {style}/>"
