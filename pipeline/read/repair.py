"""Damaged text -> what a reader sees: words that line ends broke, signs of fonts, lost ligatures, lost spaces.

`join_words`: `imple-` / `mentation` loses its hyphen, `ASEAN-` / `Australia` keeps it. The document's own words decide:
whichever form it writes elsewhere. Where it never does, it matters whether the document breaks words at all: most
office documents do not, and every hyphen at their line ends is one of the word's own. The second half moves up to the
end of the first line, within a block and from block to block of running text, over page breaks too; footnotes, headers
and tables may stand between the two halves.

`repair_text` mends characters; it is idempotent and adds or drops no word. A glyph of
a symbol font has a code in the private use area, and the same code is a bullet in one font and a letter in another: a
lone one is taken for a bullet, several in a word for letters.

`Mender` mends words by the document's own: `coopera on` and `coopera\\ufffdon` are cooperation if the document, or a
short list of common words, has that word; `ASEANFramework` is two words if the document has both. Nothing is joined or
parted that is not written in one piece, or in two, elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

from pipeline.read.sheet import LINE_HYPHENS, DraftPage, TextLine
from pipeline.records import Zone


class Vocabulary(Counter[str]):
    """How often a document writes each word in one piece, and whether it breaks words at line ends."""

    breaks_words = True


_BREAKS = frozenset(LINE_HYPHENS + "–—/")
_SOFT = "\u00ad"
_LONGEST = 200  # letters of a word that a line end may break
_ENDS_BROKEN = re.compile("(?:^|\\s|[(\"'“‘/])([^\\s]*[^\\W_])([-–—/\u00ad\u2010\u2011\ufffe\x02])$")
_FIRST = re.compile(r"[^\W_]\S*")
_LETTERS = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
_HEAD = re.compile(r"[^\W\d_]*")
# A word is known if the document writes it this often.
_KNOWN = 2
# What compounds begin with that are also written in one piece: "co-operation" in a title, "cooperation" elsewhere.
_PREFIX = re.compile("anti|bi|co|de|inter|intra|macro|micro|mid|multi|non|post|pre|re|semi|sub", re.I)
# A document breaks words if so many of its line ends with a hyphen are proved to be inside a word; without any
# proof, if they are more than this share of its lines (where words are broken they are 0.05 to 0.1).
_PROVED = 0.25
_MANY = 0.03


def collect_words(pages: Iterable[DraftPage]) -> Vocabulary:
    """How often the document writes each word in one piece (small letters; compounds, and their parts)."""
    words = Vocabulary()
    pieces: Counter[str] = Counter()
    broken_words: list[tuple[str, str]] = []
    total = 0
    for page in pages:
        lines = [line[0] for block in page.blocks for line in block.lines]
        pieces.update("\n".join(lines).casefold().split())
        total += len(lines)
        for above, below in pairwise(lines):
            if above[-1:] in _BREAKS and (broken := _ENDS_BROKEN.search(above[-_LONGEST:])):
                broken_words.append((broken.group(1), below))
                words.subtract([*_LETTERS.findall(broken.group(1).casefold()), *_LETTERS.findall(below.casefold())[:1]])
    for piece, count in pieces.items():
        for word in _LETTERS.findall(piece):
            words[word] += count
    for word in [word for word in words if "-" in word]:
        for part in word.split("-"):
            words[part] += words[word]
    words.breaks_words = _breaks_words(broken_words, words, total)
    return words


def _breaks_words(broken_words: Iterable[tuple[str, str]], words: Vocabulary, lines: int) -> bool:
    """Whether hyphens at the ends of lines stand inside words, not only between the parts of compounds."""
    halves = [(*_at_break(half, below), half) for half, below in broken_words]
    small = [(before, after) for before, after, _ in halves if after.islower() and before.isalpha() and len(before) > 1]
    proved = sum(
        words[(before + after).casefold()] > 0 == words[f"{before}-{after}".casefold()]
        and words[before.casefold()] <= 0
        and _PREFIX.fullmatch(before) is None
        for before, after in small
    )
    return proved >= _PROVED * len(small) if proved else len(small) > _MANY * lines


def _at_break(half: str, rest: str) -> tuple[str, str]:
    """The letters on either side of the hyphen."""
    return re.split(r"[-\u2010\u2011]", half)[-1], (_HEAD.match(rest) or [""])[0]


def join_broken_words(lines: Sequence[TextLine], words: Vocabulary) -> list[TextLine]:
    """The lines with each broken word made whole on the line where it begins."""
    if not any(line[0][-1:] in _BREAKS for line in lines[:-1]):
        return list(lines)
    joined: list[TextLine] = []
    for line in lines:
        if joined:
            above, rest = join_pair(joined[-1].text, line.text, words)
            if rest != line.text:
                joined[-1] = joined[-1]._replace(text=above)
                if not rest:
                    continue
                line = line._replace(text=rest)
        joined.append(line)
    return joined


def join_pair(above: str, below: str, words: Vocabulary) -> tuple[str, str]:
    """The two lines, the second without what completes the first one's broken word; unchanged if none is broken."""
    if above[-1:] not in _BREAKS:
        return above, below
    broken, first = _ENDS_BROKEN.search(above[-_LONGEST:]), _FIRST.match(below)
    if broken is None or first is None:
        return above, below
    half, rest = broken.group(1), first.group()
    is_capitals = f"{above}{below}".isupper()
    mark = _mark(half, rest, broken.group(2), words, is_capitals=is_capitals)
    return above[:-1] + mark + rest, below[first.end() :].lstrip()


def _mark(half: str, rest: str, mark: str, words: Vocabulary, *, is_capitals: bool) -> str:
    """What stands between the two halves."""
    if mark in "–—/":
        return mark
    return "-" if mark != _SOFT and _keeps_hyphen(half, rest, words, is_capitals=is_capitals) else ""


def _keeps_hyphen(half: str, rest: str, words: Vocabulary, *, is_capitals: bool) -> bool:
    before, after = _at_break(half, rest)
    if not after or not before.isalpha() or len(before) == 1:
        return True
    whole, compound = words[(before + after).casefold()], words[f"{before}-{after}".casefold()]
    if whole != compound:
        return compound > whole or (_PREFIX.fullmatch(before) is not None and not words.breaks_words)
    if before != half:
        return not (words.breaks_words and after.islower() and words[before.casefold()] <= 0)
    if is_capitals and after.isupper() and before.isupper():
        return min(words[before.casefold()], words[after.casefold()]) > 0
    if after[0].isupper() or before.isupper():
        return True
    known = (words[before.casefold()], words[after.casefold()])
    if not words.breaks_words:
        return _PREFIX.fullmatch(before) is not None or max(known) > 0
    return min(known) >= _KNOWN


_RUNNING = (Zone.BODY, Zone.HEADING, Zone.ANNEX)


def join_words(pages: Sequence[DraftPage], words: Vocabulary) -> list[DraftPage]:
    """Every word in one piece, within blocks and from block to block of running text, over page breaks too."""
    joined = [[join_broken_words(block.lines, words) for block in page.blocks] for page in pages]
    above: list[TextLine] = []
    for page, blocks in zip(pages, joined, strict=True):
        for block, below in zip(page.blocks, blocks, strict=True):
            if block.zone not in _RUNNING or not below:
                continue
            if above:
                text, rest = join_pair(above[-1].text, below[0].text, words)
                if rest != below[0].text:
                    above[-1] = above[-1]._replace(text=text)
                    below[:1] = [below[0]._replace(text=rest)] if rest else []
            above = below or above  # all of the block may have been the rest of the word
    return [_with_lines(page, blocks) for page, blocks in zip(pages, joined, strict=True)]


def _with_lines(page: DraftPage, lines: Iterable[Sequence[TextLine]]) -> DraftPage:
    """The page with other lines in its blocks; blocks without lines are left out."""
    changed = (block._replace(lines=tuple(each)) for block, each in zip(page.blocks, lines, strict=True) if each)
    return page._replace(blocks=tuple(changed))


_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Some producers write bullets of Windows' code page as control characters.
_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]+"
_PRIVATE_MEANINGS = {"\uf02d": "-", "\uf0ae": "→", "\uf0e0": "→", "\uf0d8": "➢", "\uf0fc": "✓", "\uf06f": "○"}
# Signs, and what a reader sees; in this order.
_SIGHTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]"), ""),  # invisible
    (_SPACES, " "),
    (re.compile("[\ufb00-\ufb06]"), lambda found: unicodedata.normalize("NFKC", found[0])),  # ligatures
    # Hyphens that are no hyphen-minus: typographic ones, PDFium's mark at a line end, its older one; a soft one is not
    # seen at all inside a line.
    (re.compile("[\u2010\u2011\ufffe\x02]"), "-"),
    (re.compile("\u00ad"), ""),
    (re.compile("[\uf020-\uf07e]{2,}"), lambda found: "".join(chr(ord(glyph) - 0xF000) for glyph in found[0])),
    (re.compile("[\ue000-\uf8ff]+"), lambda found: _PRIVATE_MEANINGS.get(found[0], "•")),
    (re.compile(rf"(?:^|(?<=\s)){_CONTROLS}(?=\s|$)"), "•"),
    (re.compile(_CONTROLS), ""),
)
_SPACED_YEAR = re.compile(r"(?<![\d.])(?<!\d )(?=\d \d \d \d|\d\d \d \d)(?:1 ?9|2 ?0) ?\d ?\d(?! ?\d)")


# What there may be to repair, or a sign of it.
_SUSPECT = re.compile("[^\n -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03c9\u2013-\u2022\u2026\u2032\u2033\u20ac\u2122]")
_TWO_FIGURES = re.compile(r"\d \d")
_WHITE = ("  ", " \n", "\n ", "\n\n")


def repair_page(draft: DraftPage, mender: Mender) -> DraftPage:
    """Mend the characters and words of every line; lines and blocks without text are left out."""
    text = "\n".join([line.text for block in draft.blocks for line in block.lines])
    if is_sound(text) and mender.is_sound(text):
        return draft
    mended = ([(line, repair_text(mender.mend(line.text))) for line in block.lines] for block in draft.blocks)
    return _with_lines(draft, ([line._replace(text=text) for line, text in lines if text] for lines in mended))


def repair_text(text: str) -> str:
    """What a reader sees of a line: plain spaces and signs, composed letters (NFC), years in one piece."""
    if is_sound(text):
        return text
    for pattern, seen in _SIGHTS:
        text = pattern.sub(seen, text)
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return _SPACED_YEAR.sub(lambda found: found[0].replace(" ", ""), text)


def is_sound(text: str) -> bool:
    """Whether lines need no repair: plain letters, signs and single spaces, no empty line among them."""
    if text[:1].isspace() or text[-1:].isspace() or any(white in text for white in _WHITE):
        return False
    return _SUSPECT.search(text) is None and _TWO_FIGURES.search(text) is None


# The longer first: "effort" may lack ff or ffi.
_LOST_LIGATURES = ("ffi", "ffl", "ff", "fi", "fl", "ti", "tt", "ft")
_LOST = re.compile("(?<![^\\W\\d_])([^\\W\\d_]*)([\ufffd\ue000-\uf8ff])([^\\W\\d_]+)")
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
        for ligature in _LOST_LIGATURES:
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
        for ligature in _LOST_LIGATURES:
            before, found, after = word.partition(ligature)
            if found and before not in _SMALL and after and words[before] and words[after]:
                pairs.setdefault(f"{before} {after}", ligature)
    return pairs


@cache
def _common_words() -> frozenset[str]:
    lines = resources.files("pipeline.read").joinpath("ligature_words.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
