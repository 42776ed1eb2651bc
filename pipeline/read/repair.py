"""Damaged characters of one line -> what a reader sees. Small steps, each `str -> str`, each idempotent.

No step adds or drops a word. The trap: a glyph of a symbol font has a code in the private use area, and the same code
is a bullet in one font and a letter in another; a lone one is taken for a bullet, several in a word for letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]")
_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Some producers write bullets of Windows' code page as control characters.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]+")
_PRIVATE_WORD = re.compile("[\uf020-\uf07e]{2,}")
_PRIVATE = re.compile("[\ue000-\uf8ff]+")
_PRIVATE_MEANINGS = {"\uf02d": "-", "\uf0ae": "→", "\uf0e0": "→", "\uf0d8": "➢", "\uf0fc": "✓", "\uf06f": "○"}
# Hyphens that are no hyphen-minus: soft (invisible), PDFium's line-end mark, its older one, typographic ones.
_HYPHENS = re.compile("[\u2010\u2011\ufffe\x02]")
_SPACED_YEAR = re.compile(r"(?<![\d.])(?<!\d )(?=\d \d \d \d|\d\d \d \d)(?:1 ?9|2 ?0) ?\d ?\d(?! ?\d)")


# What the steps may have to do with, or a sign of it.
_SUSPECT = re.compile("[^\n -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03c9\u2013-\u2022\u2026\u2032\u2033\u20ac\u2122]")
_TWO_FIGURES = re.compile(r"\d \d")
_WHITE = ("  ", " \n", "\n ", "\n\n")


def repair_text(text: str) -> str:
    """All steps in order."""
    if is_sound(text):
        return text
    for step in STEPS:
        text = step(text)
    return text


def is_sound(text: str) -> bool:
    """Whether lines need no repair: plain letters, signs and single spaces, no empty line among them."""
    if text[:1].isspace() or text[-1:].isspace() or any(white in text for white in _WHITE):
        return False
    return _SUSPECT.search(text) is None and _TWO_FIGURES.search(text) is None


def repair_ligatures(text: str) -> str:
    """`ﬁ` is fi."""
    return text.translate(_LIGATURES)


def repair_composition(text: str) -> str:
    """Letters and their accents in one (NFC)."""
    return unicodedata.normalize("NFC", text)


def repair_hyphens(text: str) -> str:
    """Every hyphen is a hyphen-minus; a soft one inside a line is not seen at all."""
    return _HYPHENS.sub("-", text).replace("\u00ad", "")


def repair_private_use(text: str) -> str:
    """Glyphs of symbol fonts: letters where they make a word, known signs, else a bullet."""
    text = _PRIVATE_WORD.sub(lambda found: "".join(chr(ord(glyph) - 0xF000) for glyph in found.group()), text)
    return _PRIVATE.sub(lambda found: _PRIVATE_MEANINGS.get(found.group(), "•"), text)


def repair_controls(text: str) -> str:
    """A control character that stands alone is a bullet, any other nothing."""
    text = re.sub(rf"(?:^|(?<=\s)){_CONTROLS.pattern}(?=\s|$)", "•", text)
    return _CONTROLS.sub("", text)


def repair_spaces(text: str) -> str:
    """One plain space between words, nothing invisible in them."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def repair_spaced_year(text: str) -> str:
    """`20 2 5` and `2 0 2 5` are a year."""
    return _SPACED_YEAR.sub(lambda found: found.group().replace(" ", ""), text)


STEPS: tuple[Callable[[str], str], ...] = (
    repair_spaces,
    repair_ligatures,
    repair_hyphens,
    repair_private_use,
    repair_controls,
    repair_composition,
    repair_spaces,
    repair_spaced_year,
)
