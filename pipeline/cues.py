"""Cues: scoped modifiers over one sentence, in the manner of ConText (Harkema et al. 2009).

Comes in: a sentence, the spans of the names in it, and the cue book (`gazetteer/cues.yaml`). Goes out: for each name
the cues that reach it. The trap: names are masked before a cue is sought, because titles hold verbs ("Agreement to
Establish ..."), and a cue must have the name itself as its object or subject: in "develop projects under the
Blueprint" the word "under" stops the verb.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from pipeline.cuebook import Cue, CueBook, Reach

NAME, START, END = "X", "^", "$"  # a masked name, the start and the end of a cell or list item, among lower-case tokens
# Words with inner hyphens and apostrophes; "'s" stands alone, the apostrophe of "ministers'" is left out.
_TOKEN = re.compile(r"'s\b|[^\W_]+(?:n't\b|(?:[\-‐‑/]|'(?!s\b))[^\W_]+)*|(?<![^\W_])'|[^\w\s']")
# "(a)", "ii)", "3)" wherever an item may start; "5.4", "1." and bullets only at the start of a cell.
_INNER_ENUMERATOR = re.compile(
    r"(?:(?<=^)|(?<=[:;,|]\s)|(?<=\band\s)|(?<=\bor\s))\(?(?:[a-z]|[ivx]{1,5}|\d{1,2})\)(?=\s)", re.I
)
_FIRST_ENUMERATOR = re.compile(
    r"(?:(?<=^)|(?<=\|\s))(?:(?:\d+(?:\.\d+)+|[A-Za-z]?-?\d{1,3}[.)]|[a-zA-Z][.)]|[ivx]{1,5}[.)]|[-–—•▪*·])\s+)+"
)
_ROW_NUMBER = re.compile(r"^\s*[A-Za-z]?[-.]?\d+(?:\.\d+)*\.?\s*(?=\|)")
_BREAKS = {
    "|": [END, "|", START],
    "–": [","],
    "—": [","],
    "-": [","],
    "•": [END, START],
    "▪": [END, START],
    ":": [":", START],
    ";": [";", START],
}
_PARTS = re.compile(r"[|\n]")
_QUOTES = frozenset("\"'“”‘’«»")


@dataclass(frozen=True)
class Sentence:
    """A sentence as tokens, each name one token; `names` holds the token index of each span's name."""

    tokens: tuple[str, ...]
    names: tuple[int, ...]
    places: tuple[tuple[int, int], ...]  # offsets of each token in the text

    @cached_property
    def line(self) -> str:
        """The tokens as one string, each followed by a space: what patterns are matched against."""
        return " ".join(self.tokens) + " "

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(accumulate((len(token) + 1 for token in self.tokens), initial=0))

    def token_at(self, offset: int) -> int:
        """Index of the token that starts at an offset of `line`."""
        return bisect_left(self._starts, offset)

    def words(self, text: str, first: int, last: int) -> str:
        """What the text has from one token to another, the marks of start and end left out."""
        marked = zip(self.tokens[first:last], self.places[first:last], strict=True)
        places = [place for token, place in marked if token not in (START, END)]
        return text[places[0][0] : places[-1][1]] if places else ""


@dataclass(frozen=True)
class Hit:
    """A cue that reaches a name: its words as the text has them, and how many tokens lie between."""

    cue: Cue
    words: str
    distance: int


def split_tokens(text: str, spans: Sequence[tuple[int, int]]) -> Sentence:
    """Tokens of a sentence with its names masked; spans are offsets into `text` and must not overlap."""
    plain = _blank_enumerators(text)
    tokens, places, at = [START], [(0, 0)], {}
    position = 0
    for number, (start, end) in sorted(enumerate(spans), key=lambda item: item[1]):
        _add_words(plain, position, start, tokens, places)
        at[number] = len(tokens)
        tokens.append(NAME)
        places.append((start, end))
        position = end
    _add_words(plain, position, len(plain), tokens, places)
    tokens.append(END)
    places.append((len(text), len(text)))
    return Sentence(tuple(tokens), tuple(at[number] for number in range(len(spans))), tuple(places))


def find_cues(text: str, spans: Sequence[tuple[int, int]], book: CueBook) -> tuple[tuple[Hit, ...], ...]:
    """For each name of a sentence the cues that reach it, in the book's order; names are spans of `text`."""
    sentence = split_tokens(text, spans)
    hits: dict[int, list[Hit]] = {name: [] for name in sentence.names}
    grammar = _Grammar(sentence, book)
    for cue in book.cues:
        for first, last, named in _matches(sentence, cue):
            for name in sentence.names:
                if cue.not_for and cue.not_for.search(text[slice(*sentence.places[name])]):
                    continue
                distance = grammar.distance(cue.reach, first, last, named, name)
                if distance is not None:
                    hits[name].append(Hit(cue, sentence.words(text, first, last), distance))
    return tuple(tuple(hits[name]) for name in sentence.names)


def find_lead_cues(
    lead: str, text: str, spans: Sequence[tuple[int, int]], book: CueBook
) -> tuple[tuple[Hit, ...], ...]:
    """For each name of a list item or table cell the cues of what governs it: an introduction, a head, other cells.

    Only a name that heads its item or cell is governed: "(a) training on the Charter" makes no Charter.
    """
    sentence = split_tokens(text, spans)
    grammar = _Grammar(sentence, book)
    governing = (*_head_cues(lead, book), *_introduction_cues(lead, book))
    return tuple(governing if grammar.heads_item(name) else () for name in sentence.names)


def split_cells(text: str) -> list[tuple[int, int]]:
    """Offsets of the cells of a table row; a sentence without bars is one cell."""
    bars = [at for at, sign in enumerate(text) if sign == "|"]
    return list(zip([0, *(bar + 1 for bar in bars)], [*bars, len(text)], strict=True))


def _head_cues(lead: str, book: CueBook) -> list[Hit]:
    """Heads and cells that are a cue as they stand: "Under negotiation", "To be developed", "Outputs"."""
    hits = []
    for part in _PARTS.split(lead):
        sentence = split_tokens(part, ())
        for cue in book.leads:
            for first, last, _ in _matches(sentence, cue):
                hits.append(Hit(cue, sentence.words(part, first, last), 0))
    return hits


def _introduction_cues(lead: str, book: CueBook) -> tuple[Hit, ...]:
    """An introduction read as if the name stood in it: "The following will be drafted:", "Members shall adopt:"."""
    text = lead.rstrip()
    if not text.endswith(":"):
        return ()
    placed = book.following.sub(NAME, text[:-1], count=1)
    ways = [f"{text} {NAME}", placed] if NAME in placed else [f"{text} {NAME}"]
    return tuple(hit for way in ways for hit in find_cues(way, [(way.rindex(NAME), way.rindex(NAME) + 1)], book)[0])


def _blank_enumerators(text: str) -> str:
    for pattern in (_ROW_NUMBER, _FIRST_ENUMERATOR, _INNER_ENUMERATOR):
        text = pattern.sub(lambda found: " " * len(found.group()), text)
    return text.replace("’", "'")


def _add_words(text: str, start: int, end: int, tokens: list[str], places: list[tuple[int, int]]) -> None:
    for found in _TOKEN.finditer(text, start, end):
        word = found.group().lower()
        for token in _BREAKS.get(word, [word]):
            tokens.append(token)
            places.append(found.span())


def match_tokens(sentence: Sentence, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """First token and token after the last of each match."""
    for found in pattern.finditer(sentence.line):
        yield sentence.token_at(found.start()), sentence.token_at(found.end())


def _matches(sentence: Sentence, cue: Cue) -> Iterator[tuple[int, int, int | None]]:
    """First token, token after the last, and the name that the pattern itself holds, of each match."""
    for found in cue.pattern.finditer(sentence.line):
        named = sentence.token_at(found.start("name")) if cue.reach.direction == "around" else None
        yield sentence.token_at(found.start()), sentence.token_at(found.end()), named


class _Grammar:
    """Which name a match works on: gaps, clause borders, lists of names, subjects."""

    def __init__(self, sentence: Sentence, book: CueBook) -> None:
        self.tokens = sentence.tokens
        self.book = book
        self.groups = self._find_groups(sorted(sentence.names))

    def distance(self, reach: Reach, first: int, last: int, named: int | None, name: int) -> int | None:
        """Tokens between the match and the name, None where the match does not reach it."""
        if reach.direction == "around":
            meant = (name,) if reach.alone else self.groups[name]
            return 0 if named in meant else None
        if reach.direction == "forward":
            return self._forward(reach, last, name)
        return None if self.tokens[last] == ":" else self._backward(reach, first, name)

    def _forward(self, reach: Reach, last: int, name: int) -> int | None:
        if reach.lists:
            within = last <= name <= last + reach.scope and self.heads_item(name)
            return name - last if within else None
        heads = [other for other in self.groups[name] if last <= other <= name]
        if not heads or (reach.whole and self._is_modifier(name)):
            return None
        if reach.own and name != heads[0] and self.tokens[name - 1] in self.book.words["determiners"]:
            return None
        gap = self.tokens[last : heads[0]]
        if len(gap) > reach.scope or NAME in gap or not self._is_open(gap, heads[0], reach):
            return None
        return name - last

    def _backward(self, reach: Reach, first: int, name: int) -> int | None:
        tails = [other for other in self.groups[name] if name <= other < first]
        if reach.alone and tails != [name]:
            return None
        if not tails:
            return None
        gap = self.tokens[tails[-1] + 1 : first]
        if len(gap) > reach.scope or not self._may_follow(gap, reach):
            return None
        relative = bool(gap) and gap[-1] in self.book.words["relatives"]
        if relative and name != tails[-1]:
            return None
        if reach.alone and any(token in self.book.words["prepositions"] for token in gap):
            return None
        if reach.subject and not relative and not self._is_subject(self.groups[name][0]):
            return None
        return first - name

    def heads_item(self, name: int) -> bool:
        """Nothing but articles and adjectives stands between the name and the start of its cell or item."""
        place = self.groups[name][0] - 1
        passing = self.book.words["determiners"] | self.book.words["draft_words"] | _QUOTES
        while self.tokens[place] in passing:
            place -= 1
        return self.tokens[place] in (START, ",", ";") or self.tokens[place] in self.book.words["coordinators"]

    def _is_open(self, gap: Sequence[str], name: int, reach: Reach) -> bool:
        """Nothing stands in the gap that ends a noun phrase or a list of them."""
        rest = _without_brackets([token for token in gap if token not in _QUOTES])
        rest = self._without_parts(rest) if reach.parts else rest
        if rest.count(",") == 1 and rest[-1] != "," and rest[rest.index(",") + 1] in self.book.words["coordinators"]:
            return False
        joined = any(token in self.book.words["coordinators"] for token in (*rest, *self.tokens[name + 1 : name + 3]))
        for place, token in enumerate(rest):
            if token in reach.stops or token in ".!?()[]" or token in (START, END, "|", ";", ":"):
                return False
            if token == "," and not joined:
                return False
            if token in self.book.words["coordinators"] and self._starts_predicate(rest[place + 1 :]):
                return False
        return True

    def _without_parts(self, gap: Sequence[str]) -> list[str]:
        """ "the text of the X" stands for the X."""
        parts = self.book.words["parts"]
        last = max((at for at in range(1, len(gap)) if gap[at] in ("of", "for") and gap[at - 1] in parts), default=-1)
        return [token for at, token in enumerate(gap) if at > last or (at < last - 1)]

    def _starts_predicate(self, rest: Sequence[str]) -> bool:
        """ "... and print the": a word before an article is a verb, whatever word it is."""
        determiners = self.book.words["determiners"]
        return len(rest) >= 2 and rest[0] not in determiners and rest[0].isalpha() and rest[1] in determiners

    def _may_follow(self, gap: Sequence[str], reach: Reach) -> bool:
        """The gap between a name and what is said of it: brackets, inserted clauses, phrases with a preposition."""
        rest = _without_insertions(_without_brackets([token for token in gap if token not in _QUOTES]))
        if rest and rest[0] in (",", "("):
            rest = rest[1:]
        if rest and rest[-1] in self.book.words["relatives"]:
            rest = rest[:-1]
        if not rest:
            return True
        words = self.book.words
        if rest[0] not in words["prepositions"] and not all(token in words["adverbs"] for token in rest):
            return False
        if any(token in reach.stops or not (token[0].isalnum() or token == ",") for token in rest):
            return False
        return NAME not in rest or any(token in words["prepositions"] for token in rest[: rest.index(NAME)])

    def _is_modifier(self, name: int) -> bool:
        """ "the Charter training modules": a plain word straight after the name is what the phrase is about."""
        words, after, second = self.book.words, self.tokens[name + 1], self.tokens[name + 2 : name + 3]
        if after == "'s":
            return True
        if not after[0].isalpha() or after == NAME or after.endswith(("ly", "ed")):
            return False
        if after.endswith("ing"):
            return bool(second) and second[0].isalpha() and second[0] != NAME and second[0] not in words["function"]
        return not (after in words["function"] or after in words["participles"] or after in words["after_name"])

    def _is_subject(self, name: int) -> bool:
        """The name does not hang on a preposition or a verb, save "the text of", "the first edition of"."""
        words, place = self.book.words, name - 1
        while self.tokens[place] in _QUOTES:
            place -= 1
        begin = place
        while place > begin - 4 and self.tokens[place] not in words["determiners"] and self.tokens[place].isalpha():
            if self.tokens[place] in words["function"]:
                break
            place -= 1
        if self.tokens[place] in words["determiners"]:
            place -= 1
        elif self.tokens[place] not in words["prepositions"]:
            return True
        if self.tokens[place] in words["prepositions"]:
            near = self.tokens[max(place - 4, 0) : place]
            return self.tokens[place] in words["openers"] or any(token in words["parts"] for token in near)
        return self.tokens[place] not in words["verbs"]

    def _find_groups(self, names: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """The coordinated names of each name: "A, B and C" is one group, "building on A, develop B" is two."""
        groups: dict[int, tuple[int, ...]] = {}
        run: list[int] = []
        for name in names:
            joint = self._joint(run, name) if run else ""
            if not joint:
                run = []
            run.append(name)
            if joint == "and" or len(run) == 1:
                groups.update({member: tuple(run) for member in run})
            groups.setdefault(name, (name,))
        return groups

    def _joint(self, run: Sequence[int], name: int) -> str:
        """ "and" or "," where nothing but a coordination stands between a list of names and one more, else ""."""
        words = self.book.words
        gap = _without_brackets([token for token in self.tokens[run[-1] + 1 : name] if token not in _QUOTES])
        if not gap or len(gap) > 6:
            return ""
        first = next((place for place, token in enumerate(gap) if token in words["coordinators"]), None)
        if first is None:
            return "," if gap[0] == "," and all(token in words["determiners"] for token in gap[1:]) else ""
        if any(token != "," for token in gap[:first]) or self._starts_predicate(gap[first + 1 :]):
            return ""
        if first and len(run) < 2:  # "Building on A, and the B ...": a comma before "and" needs a list of three
            return ""
        plain = [token for token in gap[first + 1 :] if token not in words["determiners"] | words["draft_words"]]
        return "and" if len(plain) <= 2 and not any(token in words["function"] for token in plain) else ""


def _without_brackets(tokens: Sequence[str]) -> list[str]:
    """Closed brackets and what they hold left out; an open one stays and stops."""
    kept: list[str] = []
    for token in tokens:
        if token in (")", "]") and any(opening in kept for opening in "(["):
            while kept.pop() not in ("(", "["):
                pass
        else:
            kept.append(token)
    return kept


def _without_insertions(tokens: Sequence[str]) -> list[str]:
    """ ", first mooted in Bali," straight after the name left out."""
    kept = list(tokens)
    while kept and kept[0] == "," and "," in kept[1:]:
        del kept[: kept.index(",", 1) + 1]
    return kept
