"""What a document calls itself on its first pages: a name of the gazetteer, or a title of its own.

In: pages with zones. Out: `Opening`s, the places where a title may begin, and what stands there. The trap: the
"Understanding on Article 1 of the Agreement establishing X" holds X's whole title and is not X, and the title of
"X 2025" begins with the title of X. A name counts only from the title's first word to its last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from pipeline.records import Page, Zone

# Title pages: a cover, its back, and the page where the text begins.
_PAGES = 3
# Blocks with which a title may begin: letterhead, date and place may stand above it.
_BLOCKS = 4
# A title is set at least this much larger than the running text, where size tells it at all.
_LARGER = 1.15
_OPENING = 1200  # characters: the longest ASEAN title has 240
_LONGEST_TITLE = 60  # words
_SUBTITLE = 12  # words
# A line that ends or begins like this goes on with the line after or before it.
_JOINTS = frozenset("of on for to under between among and in concerning relating regarding with by at".split())  # noqa: SIM905
_ARTICLES = frozenset(("the", "a", "an"))
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_BRACKETS = re.compile(r"\([^()\d]{1,24}\)|\[[^\[\]\d]{1,24}\]")
_YEAR = re.compile(r"(?:19|20)\d\d")


class Opening(NamedTuple):
    """A place where the title may begin: the text from there on, and what stands before it on the page."""

    text: str
    before: str = ""
    running: bool = False  # a running header, which is nothing but a title


class Word(NamedTuple):
    """A word of an opening in the form in which words are compared; `end` is where it ends in the text."""

    key: str
    end: int


def find_openings(pages: Sequence[Page]) -> Iterator[Opening]:
    """Where a title may begin, the strongest place first: large type, the first blocks, running headers."""
    for page in pages[:_PAGES]:
        blocks = [block for block in page.blocks if block.zone not in (Zone.HEADER, Zone.FOOTER)]
        if not blocks:
            continue
        first = blocks[0].start
        starts = [block.start for block in blocks[:_BLOCKS]]
        large = _large_type(page)
        for start in dict.fromkeys([large, *starts] if large is not None else starts):
            yield Opening(page.text[start : start + _OPENING], page.text[first:start])
    for page in pages[:_PAGES]:
        for block in page.blocks:
            if block.zone is Zone.HEADER:
                yield Opening(page.text[block.start : block.end], running=True)


def fold_words(text: str) -> list[Word]:
    """Comparable words: no case, no brackets (unless they hold a number), no articles."""
    plain = _BRACKETS.sub(lambda found: " " * len(found.group()), text)
    words = [Word(_fold(found.group()), found.end()) for found in _WORD.finditer(plain)]
    return [word for word in words if word.key not in _ARTICLES]


def contract(words: Sequence[Word], acronym: str) -> list[Word]:
    """The same words with each run of them that spells out the acronym (in small letters) put as the acronym."""
    contracted: list[Word] = []
    number = 0
    while number < len(words):
        begins = words[number].key[0] == acronym[0]
        taken = _spelled_out(acronym, words[number : number + 2 * len(acronym)]) if begins else 0
        contracted.append(Word(acronym, words[number + taken - 1].end) if taken else words[number])
        number += taken or 1
    return contracted


def spelled_out(acronyms: Iterable[str], words: Sequence[Word]) -> list[str]:
    """Which of the acronyms (in small letters) the words spell out somewhere, in the order given."""
    starts: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        for second in _second_letters(words, number):
            starts.setdefault(word.key[0] + second, []).append(number)
    return [
        acronym
        for acronym in acronyms
        if any(_spelled_out(acronym, words[start : start + 2 * len(acronym)]) for start in starts.get(acronym[:2], ()))
    ]


def noun_pattern(nouns: Iterable[str]) -> re.Pattern[str]:
    """Finds the head nouns by which documents call themselves ("Agreement", "Plan of Action")."""
    spaced = (r"\s+".join(re.escape(word) for word in noun.split()) for noun in sorted(nouns, key=len, reverse=True))
    return re.compile(rf"\b(?:{'|'.join(spaced)})\b", re.IGNORECASE)


def begins_title(opening: Opening, nouns: re.Pattern[str]) -> bool:
    """Whether what stands before is a letterhead or date, not the first half of a longer title."""
    words = opening.before.casefold().split()
    return not words or not (words[-1] in _JOINTS | _ARTICLES or nouns.search(opening.before))


def ends_title(text: str, end: int, nouns: re.Pattern[str]) -> bool:
    """Whether a title may end at `end`: running text begins there, or a new line that does not go on with it."""
    title, rest = text[:end], _BRACKETS.sub("", text[end:]).lstrip("”\"'’.,;:*) \t")
    follower = _WORD.search(rest)
    if follower is None:
        return True
    word = follower.group()
    if word.lower() in _JOINTS or _YEAR.match(word):
        return False
    if "\n" not in rest[: follower.start()]:
        return title.isupper() and not word.isupper()
    paragraph = rest.lstrip().split("\n\n")[0]
    new_paragraph = "\n\n" in rest[: follower.start()]
    if title.isupper() and word.isupper() and len(word) > 2 and not new_paragraph:
        return False
    following = paragraph if new_paragraph else paragraph.split("\n")[0]
    is_subtitle = len(following.split()) <= _SUBTITLE
    return not (is_subtitle and any(noun.casefold() not in title.casefold() for noun in nouns.findall(following)))


def year_after(text: str, end: int) -> str | None:
    """A year right behind a name, in brackets or not: it belongs to the title."""
    found = re.match(r"[\s(,–-]{0,3}(?:of\s+)?((?:19|20)\d\d)\b", text[end:])
    return found.group(1) if found else None


def make_title(openings: Sequence[Opening], nouns: re.Pattern[str]) -> str:
    """The document's own words for itself, if possible with a document's noun; "" where nothing looks like a title."""
    titles = [title for opening in openings if (title := _title_of(opening))]
    return next((title for title in titles if nouns.search(title)), titles[0] if titles else "")


def _title_of(opening: Opening) -> str:
    """The title with which the text opens: a run of capitals, or a short paragraph that is no sentence."""
    words = opening.text.split()
    capitals = 0
    while capitals < min(len(words), _LONGEST_TITLE) and not re.search(r"[a-z]", words[capitals]):
        capitals += 1
    if capitals >= 3:
        return " ".join(words[:capitals])
    paragraph = " ".join(opening.text.split("\n\n")[0].split())
    is_sentence = paragraph.count(" ") > _LONGEST_TITLE // 2 or re.search(r"[.;:,]$", paragraph)
    return paragraph if " " in paragraph and not is_sentence else ""


def _large_type(page: Page) -> int | None:
    """Where the page's largest type begins, if it is larger than the rest and more than a word."""
    heights = [(line.bbox[3] - line.bbox[1], line) for line in page.lines]
    wordy = [height for height, line in heights if " " in page.text[line.start : line.end]]
    if len(heights) < 2 or not wordy or max(wordy) < _LARGER * median(height for height, _ in heights):
        return None
    return next(line.start for height, line in heights if height > 0.95 * max(wordy))


def _spelled_out(acronym: str, words: Sequence[Word]) -> int:
    """How many words spell the acronym: each gives its first letter, "Southeast" its S and E; 0 if they do not."""
    left, taken = acronym, 0
    for number, word in enumerate(words):
        if number and word.key in _JOINTS:
            continue
        if not left or word.key[0] != left[0]:
            break
        left, taken = left[1:], number + 1
        following = next((later.key[0] for later in words[number + 1 :] if later.key not in _JOINTS), "")
        if left and following != left[0] and left[0] in word.key[1:]:
            left = left[1:]
    return taken if not left and taken > 1 else 0


def _second_letters(words: Sequence[Word], start: int) -> set[str]:
    """What may be the second letter of an acronym that begins here; most acronyms end at this quick look."""
    following = next((word.key[0] for word in words[start + 1 :] if word.key not in _JOINTS), "")
    return {following, *words[start].key[1:]} - {""}


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
