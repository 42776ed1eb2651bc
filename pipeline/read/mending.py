"""Words that a font or a producer damaged, mended by the document's own words: lost ligatures and lost spaces.

`coopera on` and `coopera\\ufffdon` are cooperation if the document, or a short list of common words, has that word;
`ASEANFramework` is two words if the document has both. The trap: what merely looks damaged must stay as it is, so
nothing is joined or parted that is not written in one piece, or in two, elsewhere.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from pipeline.read.hyphens import Vocabulary

# The longer first: "effort" may lack ff or ffi.
_LIGATURES = ("ffi", "ffl", "ff", "fi", "fl", "ti", "tt", "ft")
_LOST = re.compile("([^\\W\\d_]*)([\ufffd\ue000-\uf8ff])([^\\W\\d_]+)")
_GLUED = re.compile(r"\b[^\W\d_]*(?:[a-z](?=[A-Z][a-z])|[A-Z](?=[A-Z][a-z]{2}))[^\W\d_]+")
_INNER_BORDER = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BEFORE, _AFTER = ("of", "to", "in", "for", "and", "on", "by", "with", "from", "under", "at"), ("the", "this", "these")
_GLUED_SMALL = re.compile(rf"\b({'|'.join(_BEFORE)})({'|'.join(_AFTER)})(?=(?:e-)?[A-Z]|\b)", re.IGNORECASE)
_OPENS_GLUED = re.compile(f"(?:{'|'.join(_BEFORE)})(?:{'|'.join(_AFTER)})")
_NO_SPACE_AFTER = re.compile(r"(?<=[a-z]{2}[,;:])(?=[A-Za-z]{2})|(?<=[a-z]{2}\.)(?=[A-Z][A-Za-z])")
# What a page must have for any of these to find something; far cheaper to look for, as it begins with a rare sign.
_SIGNS = re.compile(
    "[\ufffd\ue000-\uf8ff,;:.A-Z](?:(?<=[\ufffd\ue000-\uf8ff])|(?<=[a-z][A-Z])(?=[a-z])|(?<=[A-Z]{2})(?=[a-z]{2})"
    "|(?<=[a-z][,;:])(?=[A-Za-z]{2})|(?<=[a-z]\\.)(?=[A-Z][A-Za-z]))"
)
# A word that the document writes this often in one piece is no accident.
_KNOWN = 2
# Small words are no pieces: "no on" is not "notion".
_SMALL = frozenset(
    ("", *"abcdefghijklmnopqrstuvwxyz", "no", "mo", "in", "at", "as", "to", "an", "it", "is", "be", "so", "we")
)


class Mender:
    """Mends lines of one document; made once, from all of its words, damaged ones too."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        pairs = _lost_pairs(words)
        self.glued = [word for word in words if _OPENS_GLUED.match(word)]
        self.pieces = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(pairs))})(?![^\W_])", re.I) if pairs else None
        self.ligatures = pairs

    def is_sound(self, text: str) -> bool:
        """Whether a page's text has nothing to mend."""
        if _SIGNS.search(text):
            return False
        if not self.glued and not self.ligatures:
            return True
        small = text.lower()
        return not (any(word in small for word in self.glued) or any(pair in small for pair in self.ligatures))

    def mend(self, text: str) -> str:
        """One line of text, mended."""
        text = _LOST.sub(self._with_ligature, text)
        if self.pieces is not None:
            text = self.pieces.sub(self._joined, text)
        text = _GLUED_SMALL.sub(r"\1 \2 ", text).rstrip().replace("  ", " ") if _GLUED_SMALL.search(text) else text
        text = _GLUED.sub(self._parted, text)
        return _NO_SPACE_AFTER.sub(" ", text)

    def _with_ligature(self, found: re.Match[str]) -> str:
        """The word with the ligature that makes it one; as it was where none does."""
        for ligature in _LIGATURES:
            if self._is_word(f"{found[1]}{ligature}{found[3]}"):
                return f"{found[1]}{ligature}{found[3]}"
        return found[0]

    def _joined(self, found: re.Match[str]) -> str:
        before, after = found[0].split(" ")
        ligature = self.ligatures[found[0].casefold()]
        return before + (ligature.upper() if before.isupper() and len(before) > 1 else ligature) + after

    def _parted(self, found: re.Match[str]) -> str:
        """The words that stand glued together, if the document has each of them and hardly ever the whole."""
        parts = _INNER_BORDER.split(found[0])
        known = all(len(part) > 1 and self.words[part.casefold()] >= _KNOWN for part in parts)
        return " ".join(parts) if known and self.words[found[0].casefold()] <= _KNOWN else found[0]

    def _is_word(self, word: str) -> bool:
        return self.words[word.casefold()] >= _KNOWN or word.casefold() in _common_words()


def _lost_pairs(words: Vocabulary) -> dict[str, str]:
    """The pairs of pieces ("coopera on") that the document has and a word with a ligature would leave, with it."""
    pairs: dict[str, str] = {}
    known = (word for word, count in words.items() if count >= _KNOWN)
    for word in sorted({*known, *_common_words()}):
        for ligature in _LIGATURES:
            before, found, after = word.partition(ligature)
            if found and before not in _SMALL and after and words[before] and words[after]:
                pairs.setdefault(f"{before} {after}", ligature)
    return pairs


@cache
def _common_words() -> frozenset[str]:
    lines = resources.files("pipeline.read").joinpath("ligature_words.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
