"""Which name a cue works on: gaps, clause borders, lists of names, subjects, headed items.

Comes in: a `Sentence` and the word lists of the cue book. Goes out: the distance from a cue to a name, None where it
does not reach. The trap: coordinated names share a cue ("develop A, B and C"), but a verb or a preposition of its own
takes a name out of the list ("building on A, develop B").
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.status.cuebook import CueBook, Reach
from pipeline.status.sentences import END, NAME, START, Sentence

QUOTES = frozenset("\"'“”‘’«»")


class Grammar:
    """Which name a match works on: gaps, clause borders, lists of names, subjects."""

    def __init__(self, sentence: Sentence, book: CueBook) -> None:
        self.tokens = sentence.tokens
        self.book = book
        self.groups = self._find_groups(sorted(sentence.names))
        self._verbal = book.words["auxiliaries"] | book.words["verbs"]

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
        if reach.subject and self._shares_subject(name, gap, reach):
            return first - name
        if len(gap) > reach.scope or not self._may_follow(gap, reach):
            return None
        relative = bool(gap) and gap[-1] in self.book.words["relatives"]
        if relative and name != tails[-1]:
            return None
        if reach.alone and any(token in self.book.words["prepositions"] for token in gap):
            return None
        if reach.subject and not relative and not self._is_subject(self.groups[name][0], self.tokens[first], reach):
            return None
        return first - name

    def heads_item(self, name: int) -> bool:
        """Nothing but articles and adjectives stands between the name and the start of its cell or item, or of its part
        of a list of names: "into health plans, the Framework" lists no names.
        """
        place = self.groups[name][0] - 1
        passing = self.book.words["determiners"] | self.book.words["draft_words"] | QUOTES
        while self.tokens[place] in passing:
            place -= 1
        if self.tokens[place] in (START, ";"):
            return True
        lists = self.tokens[place] == "," or self.tokens[place] in self.book.words["coordinators"]
        return lists and any(token in (NAME, START, ";") for token in self.tokens[place - 2 : place])

    def _is_open(self, gap: Sequence[str], name: int, reach: Reach) -> bool:
        """Nothing stands in the gap that ends a noun phrase or a list of them."""
        rest = _without_brackets([token for token in gap if token not in QUOTES])
        rest = self._without_parts(rest, reach) if reach.parts else rest
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

    def _without_parts(self, gap: Sequence[str], reach: Reach) -> list[str]:
        """ "the text of the X" stands for the X."""
        parts = self.book.words[reach.of]
        ends = [at for at in range(1, len(gap)) if gap[at] in ("of", "for")]
        last = max((at for at in ends if gap[self._part_head(gap, at - 1)] in parts), default=-1)
        return [token for at, token in enumerate(gap) if at > last or at < self._part_head(gap, last - 1)]

    def _starts_predicate(self, rest: Sequence[str]) -> bool:
        """ "... and print the": a word before an article is a verb, whatever word it is."""
        determiners = self.book.words["determiners"]
        return len(rest) >= 2 and rest[0] not in determiners and rest[0].isalpha() and rest[1] in determiners

    def _shares_subject(self, name: int, gap: Sequence[str], reach: Reach) -> bool:
        """ "The X rests on the Y and should be signed": the second verb has the subject that opens the sentence."""
        if not gap or gap[-1] not in ("and", "but") or len(gap) > 2 * reach.scope or gap[0] not in self._verbal:
            return False
        borders = {START, ";", ":", "|", *self.book.words["clause"]}
        opens = [token for token in self.tokens[1:name] if token not in self.book.words["determiners"]]
        return not opens and not borders.intersection(gap)

    def _may_follow(self, gap: Sequence[str], reach: Reach) -> bool:
        """The gap between a name and what is said of it: brackets, inserted clauses, phrases with a preposition."""
        rest = _without_insertions(_without_brackets([token for token in gap if token not in QUOTES]))
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

    def _is_subject(self, name: int, verb: str, reach: Reach) -> bool:
        """The name does not hang on a preposition or a verb, save "the text of", "officials say the X is"."""
        words, place = self.book.words, name - 1
        while self.tokens[place] in QUOTES:
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
            if self.tokens[place] == "for":  # "a new chapter for the X"
                return False
            return self.tokens[place] in words["openers"] or self._is_part(place - 1, reach)
        told = self.tokens[place] in words["reporting"] and verb in words["auxiliaries"]
        return told or self.tokens[place] not in words["verbs"]

    def _is_part(self, place: int, reach: Reach) -> bool:
        """ "the draft of the X" stands for the X; "a Thai edition of the X", "a draft addendum to the X" do not."""
        words = self.book.words
        head = self._part_head(self.tokens, place)
        if (
            self.tokens[head] in words["pieces"] and self.tokens[head - 1] == "of"
        ):  # "the wording of article 5 of the X"
            head = self._part_head(self.tokens, head - 2)
        return self.tokens[head] in words[reach.of] and self.tokens[head - 1] not in words["renderings"]

    def _part_head(self, tokens: Sequence[str], place: int) -> int:
        """Place of the noun that numbers may follow: "chapters two and five of"."""
        counting = self.book.words["count"] | self.book.words["coordinators"]
        while place > 0 and tokens[place] in counting:
            place -= 1
        return place

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
        gap = _without_brackets([token for token in self.tokens[run[-1] + 1 : name] if token not in QUOTES])
        gap = _without_years(gap)
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


def _without_years(tokens: Sequence[str]) -> list[str]:
    """ "A by 2024 and B by 2026": the years and their prepositions left out."""
    years = {at for at, token in enumerate(tokens) if len(token) == 4 and token.isdigit()}
    return [token for at, token in enumerate(tokens) if at not in years and at + 1 not in years]


def _without_insertions(tokens: Sequence[str]) -> list[str]:
    """ ", first mooted in Bali," straight after the name left out."""
    kept = list(tokens)
    while kept and kept[0] == "," and "," in kept[1:]:
        del kept[: kept.index(",", 1) + 1]
    return kept
