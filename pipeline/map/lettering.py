"""How wide a text is, and how a label is broken into lines so that it fits its box.

In: any text, also one from a hostile PDF. Out: lines that fit, in points. The widths are those of Liberation Sans,
which are Arial's. The figure brings that font along: a subset stands in the page and in the SVG, vl-convert has it.
A text may hold characters that XML forbids or that turn the writing direction; `plain_text` takes them out.
"""

from __future__ import annotations

import base64
import unicodedata
from functools import cache
from pathlib import Path

FONT = "Topology Sans, Liberation Sans, Arial, Helvetica, sans-serif"
_FONTS = (("normal", "sans-regular.woff2"), ("bold", "sans-bold.woff2"))

# Advance widths in thousandths of the font size, from Liberation Sans Regular 2.1.
_WIDTHS = (
    (191, "'"),
    (222, "ijl‘’"),
    (260, "|"),
    (278, " !,./:;I[\\]ftÌÍÎÏìíîïı·\u00a0"),
    (333, "()-`r¨­²³¹‐‑“”"),
    (334, "{}"),
    (355, '"'),
    (350, "•"),
    (389, "*"),
    (400, "°"),
    (469, "^"),
    (500, "Jcksvxyzçýÿćčśşšźżž"),
    (556, "#$0123456789?L_abdeghnopqu£«»àáâãäåèéêëñòóôõöùúûüąđęğńőūůű–"),
    (549, "±÷"),
    (584, "+<=>~×"),
    (611, "FTZßøŹŻŽ"),
    (667, "&ABEKPSVXYÀÁÂÃÄÅÈÉÊËÝŚŞŠŸ"),
    (722, "CDHNRUwÇÑÙÚÛÜĆČĐŃŮ"),
    (778, "GOQÒÓÔÕÖØĞ"),
    (833, "Mm"),
    (889, "%æ"),
    (944, "Wœ"),
    (1000, "ÆŒ—…"),
    (1015, "@"),
)
_WIDTH_OF = {character: width for width, characters in _WIDTHS for character in characters}

# Of a character that the table lacks: the full width of an ideograph, so that a label is never too long for its box.
_UNKNOWN_WIDTH = 1000
# Bold letters of the same family are wider by at most this much.
BOLD = 1.08

_ELLIPSIS = "…"
# A line may break after these, inside a word.
_BREAKS = "-/–"
# Longest text that is looked at; a title of 10,000 characters fits no box anyway.
_LONGEST = 400
# Rounds of the search for the narrowest width: below a point for any box.
_HALVINGS = 7
# Control, format (direction marks, soft hyphens), surrogate and unassigned characters.
_UNPRINTABLE = ("Cc", "Cf", "Cs", "Cn", "Co")


def plain_text(text: str) -> str:
    """The text on one line without control characters, direction marks and what XML forbids."""
    kept = (character if unicodedata.category(character) not in _UNPRINTABLE else " " for character in text)
    return " ".join("".join(kept).split())


@cache
def font_faces() -> str:
    """The style sheet that brings the letters along."""
    faces = []
    for weight, name in _FONTS:
        content = base64.b64encode((Path(__file__).parent / "static" / name).read_bytes()).decode("ascii")
        address = f"url(data:font/woff2;base64,{content}) format('woff2')"
        faces.append(f"@font-face{{font-family:'Topology Sans';font-weight:{weight};src:{address}}}")
    return "\n".join(faces)


def text_width(text: str, size: float) -> float:
    """Width in points of one line at `size` points."""
    return sum(_WIDTH_OF.get(character, _UNKNOWN_WIDTH) for character in text) * size / 1000


def wrap_label(text: str, width: float, size: float, most: int = 3) -> tuple[str, ...]:
    """At most `most` lines, none wider than `width` points; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    rest = _pieces(plain_text(text)[:_LONGEST])
    while rest and len(lines) < most:
        line, rest = _take_line(rest, width, size)
        lines.append(line)
    if rest:
        lines[-1] = _shorten(lines[-1] + " " + "".join(rest), width, size)
    return tuple(lines) or ("",)


def squeeze_label(text: str, size: float, lines: int) -> float:
    """The narrowest width in points at which the text fits on so many lines without a break inside a word."""
    pieces = _pieces(plain_text(text)[:_LONGEST])
    high = text_width("".join(pieces).rstrip(), size)
    low = max((text_width(piece.rstrip(), size) for piece in pieces), default=0.0)
    if lines == 1 or low >= high:
        return high
    low = max(low, high / lines)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _count_lines(pieces, middle, size) <= lines:
            high = middle
        else:
            low = middle
    return high


def balance_label(text: str, width: float, size: float, most: int = 3) -> tuple[str, ...]:
    """`wrap_label` with lines of like length: as narrow as it can be without a further line."""
    lines = wrap_label(text, width, size, most)
    if len(lines) == 1 or lines[-1].endswith(_ELLIPSIS):
        return lines
    return wrap_label(text, min(width, squeeze_label(text, size, len(lines))), size, most)


def _count_lines(pieces: list[str], width: float, size: float) -> int:
    count, room = 1, width
    for piece in pieces:
        if text_width(piece.rstrip(), size) > room:
            count, room = count + 1, width
        room -= text_width(piece, size)
    return count


def _pieces(text: str) -> list[str]:
    """Words with the space behind them, broken also after hyphens and strokes."""
    pieces: list[str] = []
    for word in text.split(" "):
        start = 0
        for place, character in enumerate(word[:-1], 1):
            if character in _BREAKS and place - start > 2:
                pieces.append(word[start:place])
                start = place
        pieces.append(word[start:] + " ")
    return [piece for piece in pieces if piece.strip()]


def _take_line(pieces: list[str], width: float, size: float) -> tuple[str, list[str]]:
    line = ""
    for place, piece in enumerate(pieces):
        if text_width((line + piece).rstrip(), size) > width:
            if place:
                return line.rstrip(), pieces[place:]
            cut = _cut(piece, width, size)
            return piece[:cut], [piece[cut:], *pieces[1:]]
        line += piece
    return line.rstrip(), []


def _cut(word: str, width: float, size: float) -> int:
    """How many characters of a word too long for a line fit on it; at least one."""
    room = width
    for place, character in enumerate(word):
        room -= text_width(character, size)
        if room < 0:
            return max(place, 1)
    return len(word)


def _shorten(line: str, width: float, size: float) -> str:
    room = width - text_width(_ELLIPSIS, size)
    return line[: _cut(line, room, size)].rstrip(" ,;-–") + _ELLIPSIS
