"""Events: what a sentence says is done to a document, and whether that makes it planned, existing, or no document.

Comes in: a sentence, the spans of the names in it, and the cue book. Goes out: for each name the `Hit`s, one for each
event of which it is the object or the subject. A plan is an event: somebody makes a document, and the document is the
object of the making or the subject of its passive. So the way goes from the name to what governs it on the left, and
to what is said of it on the right; a preposition, a clause or another verb between ends it: in "develop projects under
the Blueprint" the Blueprint hangs on "under".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from pipeline.status.cuebook import VERBS, CueBook, Form, Role
from pipeline.status.sentences import END, NAME, START, Sentence, Unit, split_units

# Words between the article and the name; words between a name and what is said of it; names that share a verb.
_MAX_BEFORE = 7
_MAX_GAP = 14
_MAX_DEPTH = 5
_BORDERS = frozenset({START, END, ";", "|", ":", ".", "!", "?"})
# The row of verbs that begin a making, which a time beside them does not end.
_BEGIN, _UNFINISHED = "begin", "unfinished"
_PAST = frozenset({"was", "were", "had"})
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Hit:
    """An event that reaches a name: what it says, how loudly (1 to 5), its words, and how many units lie between."""

    status: str  # planned, existing, or none: there is no such document, nor will there be
    strength: int
    row: str
    words: str
    distance: int
    making: bool = False  # somebody makes or explores the document, so that an unnamed plan counts as a citation
    settles: bool = False  # the citing document itself adopts what it names
    promises: bool = False  # the text says that its subjects will make the document
    binds: bool = False  # a time beside the words is when the document itself is to be there
    presumes: bool = False  # the words speak of the document's use, as they may of one that is only promised


class Mood(Enum):
    """How a verb stands: what it says is to come, goes on, is done, is denied, or was never so."""

    FUTURE = auto()
    PRESENT = auto()
    ONGOING = auto()
    DONE = auto()
    NEGATED = auto()
    NOT_YET = auto()
    UNREAL = auto()
    CONDITION = auto()


@dataclass(frozen=True)
class _Phrase:
    """What stands before a name: its premodifiers, its article, and the unit that governs it."""

    before: tuple[Unit, ...]
    article: str
    governor: int


def find_events(text: str, spans: Sequence[tuple[int, int]], book: CueBook) -> tuple[tuple[Hit, ...], ...]:
    """For each name of a sentence the events that reach it; names are spans of `text`."""
    clauses = Clauses(split_units(text, spans, book), book)
    return tuple(tuple(clauses.hits(name)) for name in clauses.sentence.names)


class Clauses:
    """The grammar of one sentence around its names."""

    def __init__(self, sentence: Sentence, book: CueBook) -> None:
        self.sentence = sentence
        self.units = sentence.units
        self.grammar = book.grammar

    def hits(self, name: int) -> Iterator[Hit]:
        """What is said of one name."""
        phrase = self._phrase(name)
        if any(unit.text in self.grammar["states"] for unit in phrase.before):
            return  # "develop a national X": each state's own text
        yield from self._modified(name, phrase)
        after = self.units[name + 1]
        talks = self._role(name + 1, Role.PROCESS) and self.sentence.text[after.start].islower()
        if talks or any(tag.row == _UNFINISHED for tag in after.tags):
            yield self._hit(
                "planned", 4, name + 1, name + 2, name, making=True
            )  # "the X negotiations", "X third draft"
        modifies = self._modifies(name)
        if not modifies or self._hangs_on_plan(phrase):
            yield from self._governed(name, phrase, name, 0)
        if not modifies:
            yield from self._predicated(name, phrase)

    def heads_cell(self, name: int) -> bool:
        """Nothing but articles, adjectives and other names of a list stands between the name and its cell's start."""
        place = self._phrase(name).governor
        while self._is(place, "coordinators") and self.units[place - 1].text in (NAME, ",", ")"):
            place = self._phrase(place - 1).governor if self.units[place - 1].text == NAME else place - 1
        return self.units[place].text in (START, ";", "|", ":") or self.units[place - 1].text == ";"

    def label(self, name: int) -> str:
        """What stands before the colon behind which the name opens or goes on with a list: "Adopted: X; Y"."""
        colon = self._phrase(name).governor
        while (
            self.units[colon].text in (NAME, ";") or self._is(colon, "coordinators") or self._is(colon, "determiners")
        ):
            colon -= 1
        start = next((at for at in range(colon - 1, -1, -1) if self.units[at].text in _BORDERS), 0)
        return self.sentence.words(start + 1, colon) if self.units[colon].text == ":" else ""

    # ------------------------------------------------------------------ small questions

    def _is(self, place: int, words: str) -> bool:
        return place < len(self.units) and self.units[place].text in self.grammar[words]

    def _role(self, place: int, *roles: Role) -> bool:
        return place < len(self.units) and any(tag.role in roles for tag in self.units[place].tags)

    def _is_plain(self, place: int) -> bool:
        """A noun or adjective, as far as the closed classes of words can tell."""
        unit = self.units[place]
        classes = ("determiners", "coordinators", "prepositions", "clause", "modals", "be", "have", "do", "pronouns")
        if not unit.text[0].isalnum() or unit.text == NAME or any(unit.text in self.grammar[name] for name in classes):
            return False
        return not self._role(place, *VERBS, Role.WAITING, Role.VALID, Role.UNWANTED) and not (
            unit.text.endswith("ing") and len(unit.text) > 5
        )

    def _skip_left(self, place: int, words: str = "adverbs") -> int:
        while self._is(place, words):
            place -= 1
        return place

    def _hit(
        self, status: str, strength: int, first: int, last: int, name: int, role: Role | None = None, **flags: bool
    ) -> Hit:
        tags = [tag for unit in self.units[first:last] for tag in unit.tags]
        row = next((tag.row for tag in tags if role in (None, tag.role)), "grammar")
        distance = name - last if last <= name else first - name
        return Hit(status, strength, row, self.sentence.words(first, last), max(distance, 0), **flags)

    def _open_bracket(self, close: int) -> int:
        """The bracket that a closing one belongs to, or the sentence's start."""
        return next((at for at in range(close - 1, 0, -1) if self.units[at].text == "("), 1)

    # ------------------------------------------------------------------ straight before the name

    def _phrase(self, at: int) -> _Phrase:
        """The noun phrase that ends at a unit, read leftwards."""
        place = at - 1
        before: list[Unit] = []
        while len(before) < _MAX_BEFORE:
            if self._is(place, "determiners"):
                return _Phrase(tuple(before), self.units[place].text, self._before_article(place))
            if not (self._is_plain(place) or self._is_participle(place) or self._is_adjective(place)):
                break
            before.append(self.units[place])
            place -= 1
        return _Phrase(tuple(before), "", place)

    def _before_article(self, place: int) -> int:
        joined = self._is(place - 1, "determiners") and self.units[place - 1].text != "that"
        return place - 2 if joined else place - 1

    def _is_participle(self, place: int) -> bool:
        """ "the revised X", "a proposed X": a verb's form as an adjective; "the draft X"."""
        if self._role(place, Role.COMING, Role.CURRENT):
            return not self._is(place - 1, "modals") and self.units[place].text != "plan"
        forms = {tag.form for tag in self.units[place].tags}
        if self._is(place, "adverbs"):
            return self._is(place - 1, "determiners")
        ahead = self._skip_left(place - 1)
        return bool(forms & {Form.ED, Form.ING}) and self._is(ahead, "determiners")

    def _is_adjective(self, place: int) -> bool:
        """ "a legally binding X": a word in -ing with an article not far before it."""
        if not self.units[place].text.endswith("ing") or self.units[place].tags:
            return False
        ahead = next((at for at in range(place - 1, max(place - 4, 0), -1) if not self._is_plain(at)), 0)
        return self._is(ahead, "determiners")

    def _modifies(self, name: int) -> bool:
        """ "the Charter training modules": a plain noun straight behind the name is what the phrase is about."""
        after = self.units[name + 1]
        written = self.sentence.text[after.start : after.end]
        if not (self._is_plain(name + 1) and written.isalpha() and written.islower()) or after.tags:
            return False
        ends = after.text.endswith(("ed", "ly", "s")) and not after.text.endswith(("ss", "ules", "ies", "ings"))
        return not ends and not self._is(name + 1, "adverbs") and not self._is(name + 1, "after_name")

    def _modified(self, name: int, phrase: _Phrase) -> Iterator[Hit]:
        """ "draft", "proposed", "next" before the name."""
        first = name - 1
        for unit in phrase.before:
            place = self.units.index(unit)
            if any(tag.role is Role.COMING for tag in unit.tags):
                made = unit.text in ("draft", "proposed", "planned")
                opens = self.units[place - 1].text in _BORDERS
                yield self._hit("planned", 4, place, place + 1, name, Role.COMING, making=made, binds=made and opens)
            elif any(tag.role is Role.CURRENT for tag in unit.tags):
                yield self._hit("existing", 3, place, place + 1, name, Role.CURRENT)
        if phrase.article == "no" or (self._is(phrase.governor, "lacking") and phrase.article in ("a", "an", "any")):
            yield self._hit("none", 5, phrase.governor, first + 1, name)

    # ------------------------------------------------------------------ what governs the name

    def _governed(self, at: int, phrase: _Phrase, name: int, depth: int) -> Iterator[Hit]:
        place = phrase.governor
        if depth > _MAX_DEPTH or (self._is(place, "openers") and self._has_predicate(name)):
            return
        if self._is(place, "be"):
            yield from self._is_one(place, phrase, name)
        elif self._role(place, *VERBS) and not self._is(place, "topics"):
            yield from self._verb(place, phrase, name)
        elif self._role(place, Role.HEAD_PLANNED):
            yield self._hit("planned", 3, place, place + 1, name, making=True)
        elif self._is(place, "coordinators"):
            yield from self._coordinated(at, phrase, name, depth)
        elif self._is(place, "topics") and self.units[place - 1].text not in _BORDERS:
            yield from self._noun(place, phrase, name, depth)
        elif self._is(place, "prepositions"):
            wished = phrase.article in ("a", "an") and any(unit.text == "would" for unit in self.units)
            yield self._hit(
                "planned" if wished else "existing", 1 + wished, place, place + 1, name, presumes=not wished
            )

    def _is_one(self, place: int, phrase: _Phrase, name: int) -> Iterator[Hit]:
        """ "there will be an X", "what the fishers need is an X", "the deliverables are the X"."""
        before = range(max(place - 4, 0), place)
        wants = any(self._role(at, Role.WANT, Role.AWAIT) for at in before) and phrase.article in ("a", "an")
        comes = self.units[place].text == "be" and any(self.units[at].text == "there" for at in before)
        if wants or comes or self._role(place - 1, Role.HEAD_PLANNED):
            yield self._hit("planned", 3, place - 1, place + 1, name, making=True)

    def _coordinated(self, at: int, phrase: _Phrase, name: int, depth: int) -> Iterator[Hit]:
        """ "A and X": both have the same governor; "a list and the X" as well."""
        place = phrase.governor
        verb = self._verb_before_insertion(place)
        if verb:
            yield from self._governed(place, _Phrase(phrase.before, phrase.article, verb), name, depth + 1)
            return
        left = place - 1
        if self.units[place].text in ("together with", "along with"):  # "A will be signed next year, together with X"
            earlier = next((far for far in range(left, 0, -1) if self.units[far].text in (NAME, *_BORDERS)), 0)
            if self.units[earlier].text == NAME:
                yield from self._predicated(earlier, self._phrase(earlier))
                return
        while left > 0 and self._is(left, "coordinators"):
            left -= 1
        if self.units[left].text == ")":
            left = self._open_bracket(left) - 1
        while _YEAR.fullmatch(self.units[left].text) or (
            self._is(left, "prepositions") and _YEAR.match(self.units[left + 1].text)
        ):
            left -= 1
        is_name = self.units[left].text == NAME
        joined = phrase.article or self.units[place].text in ("and", "or")
        if not is_name and not (joined and self._is_plain(left)):
            return
        other = self._phrase(left if is_name else left + 1)
        listed = self.units[place].text != "," or self._is(at + 1, "coordinators")
        own = self.sentence.text[self.units[name].start : self.units[name].end]
        small = own[0].islower() and not any(sign.isdigit() for sign in own)
        if listed and (phrase.article or small or other.article not in ("a", "an")):
            article = phrase.article or other.article
            yield from self._governed(left, _Phrase(other.before, article, other.governor), name, depth + 1)

    def _verb_before_insertion(self, comma: int) -> int | None:
        """The verb before insertions: "to prepare, in time for its session, within its means, an X"."""
        if self.units[comma].text != ",":
            return None
        for at in range(comma - 1, max(comma - 2 * _MAX_GAP, 0), -1):
            if self.units[at].text in _BORDERS or self.units[at].text == NAME:
                return None
            inserted = self._is(at + 1, "prepositions") or self._is(at + 1, "adverbs") or self._is(at + 1, "clause")
            if self.units[at].text == "," and inserted and self._role(at - 1, *VERBS):
                return at - 1
        return None

    def _is_item(self) -> bool:
        """A row of a table or an item of a list, which name what is to be done."""
        return self.sentence.text.rstrip().endswith(";") or any(unit.text == "|" for unit in self.units)

    def _head_noun(self, preposition: int) -> int:
        """The noun before a preposition, brackets and numbers left out: "chapters two and five of"."""
        noun = preposition - 1
        if self.units[noun].text == ")":
            noun = self._open_bracket(noun) - 1
        while self._is(noun, "numbers") and self.units[noun - 1].text not in _BORDERS:
            noun -= 1
        return noun

    def _has_predicate(self, name: int) -> bool:
        """A verb is said of the name: it is no object of the conjunction before it."""
        place = self._after(name)[0]
        goes_on = self._is_plain(name + 1) and self.units[name + 1].text.endswith("s")  # "before the X goes to print"
        return goes_on or any(self._is(place, words) for words in ("modals", "be", "have", "do"))

    def _noun(self, place: int, phrase: _Phrase, name: int, depth: int) -> Iterator[Hit]:
        """The name hangs on a noun: "negotiations on X", "adoption of X", "the text of X", "a need for an X"."""
        noun = self._head_noun(place)
        indefinite = phrase.article in self.grammar["indefinite"] or not phrase.article
        if self._role(noun, Role.DRAFTS):
            yield self._hit("planned", 4, noun, place + 1, name, Role.DRAFTS, making=True)
        elif self._role(noun, Role.PROCESS) and self._is(place, "matters"):
            governor = self._phrase(noun).governor
            denied = self._is(governor, "lacking")
            first = governor if denied else noun
            yield self._hit(
                "none" if denied else "planned",
                5 if denied else 3,
                first,
                place + 1,
                name,
                Role.PROCESS,
                making=not denied,
            )
        elif self._role(noun, Role.ACT):
            yield from self._act(noun, place, phrase, name)
        elif self._role(noun, Role.PART) and self.units[place].text == "of":
            inner = self._phrase(noun)
            article = inner.article if inner.article else phrase.article
            if any(tag.role is Role.COMING for unit in inner.before for tag in unit.tags):
                yield self._hit("planned", 4, inner.governor + 1, place + 1, name, making=True)
            yield from self._governed(noun, _Phrase(inner.before, article, inner.governor), name, depth + 1)
        elif self._role(noun, Role.WISH) and indefinite:
            yield from self._wish(noun, place, phrase, name)
        elif self._role(noun, Role.LIFE):
            yield self._hit("existing", 3, noun, place + 1, name, Role.LIFE, presumes=True)
        elif self._is(place, "prepositions"):
            yield self._hit("existing", 1, place, place + 1, name, presumes=True)

    def _wish(self, noun: int, place: int, phrase: _Phrase, name: int) -> Iterator[Hit]:
        """ "the need for an X", "gave up the idea of an X"; without an article only what is needed."""
        governor = self._phrase(noun).governor
        if self._role(governor, Role.DROP) or self.units[self._phrase(noun).governor + 1].text == "no":
            yield self._hit("none", 5, governor, place + 1, name)
        elif phrase.article or (self.units[place].text == "for" and self._is(noun, "lacks")):
            yield self._hit("planned", 3 if phrase.article else 1, noun, place + 1, name, Role.WISH, making=True)

    def _act(self, noun: int, place: int, phrase: _Phrase, name: int) -> Iterator[Hit]:
        """ "upon adoption of the X" is to come, "since the adoption of the X" is done; alone it says neither."""
        inner = self._phrase(noun)
        while self._is(inner.governor, "coordinators") and self._role(inner.governor - 1, Role.ACT, Role.PROCESS):
            inner = self._phrase(inner.governor - 1)
        words = {unit.text for unit in inner.before} | {self.units[inner.governor].text}
        if words & self.grammar["upon"]:
            yield self._hit("planned", 4, noun, place + 1, name, Role.ACT, making=True)
        elif words & self.grammar["past"]:
            yield self._hit("existing", 4, inner.governor, place + 1, name, Role.ACT)
        elif (
            phrase.article in ("a", "an")
            or self._role(inner.governor, Role.WANT, Role.AWAIT, Role.MAKE, Role.DRAFT)
            or any(self._is(at, "modals") for at in range(max(inner.governor - 2, 0), inner.governor))
        ):
            yield self._hit("planned", 3, noun, place + 1, name, Role.ACT, making=True)
        elif self.units[inner.governor].text in _BORDERS and self._is_item():
            yield self._hit("planned", 2, noun, place + 1, name, Role.ACT, making=True)

    # ------------------------------------------------------------------ the name as object of a verb

    def _verb(self, place: int, phrase: _Phrase, name: int) -> Iterator[Hit]:
        """The verb of which the name is the object, with the verbs joined to it: "develop and implement the X"."""
        chain = [place]
        while len(chain) < 4:
            left = self._skip_left(chain[-1] - 1)
            if not self._is(left, "coordinators"):
                break
            left = self._skip_left(left - 1, "coordinators")
            if not (self._role(left, *VERBS) and self._forms(left) & self._forms(place)):
                break
            chain.append(left)
        if any(self.units[verb].text.startswith(("ratif", "acced")) for verb in chain):
            yield self._hit("existing", 4, chain[-1], place + 1, name)  # "consider signing and ratifying the X"
            return
        first = chain[-1]
        if (
            Form.ED in self._forms(first)
            and Form.BASE not in self._forms(first)
            and self._is(self._skip_left(first - 1), "be")
        ):
            return  # a passive has no object
        mood = self._mood(first)
        for verb in reversed(chain):
            yield from self._object(verb, first, mood, phrase, name)

    def _forms(self, place: int) -> set[Form | None]:
        return {tag.form for tag in self.units[place].tags if tag.role in VERBS}

    def _mood(self, place: int) -> Mood:
        """How a verb stands, by its form and what stands before it."""
        forms = self._forms(place)
        left = self._skip_left(place - 1)
        between = {unit.text for unit in self.units[left + 1 : place]}
        denied = bool(between & self.grammar["negations"]) or self._nobody(left)
        if Form.BASE in forms and (self._is(left, "modals") or self._is(left, "do")):
            return self._mood_of_base(left, denied)
        if Form.ED in forms and self._is(left, "have"):
            if denied and not self._nobody(left):
                return Mood.NOT_YET if between & self.grammar["yet"] else Mood.NEGATED
            return Mood.NEGATED if denied else Mood.DONE
        if Form.ING in forms:
            return self._mood_of_ing(left, between, denied)
        if Form.BASE in forms and (self.units[left].text in _BORDERS or self._is(left, "coordinators")):
            return Mood.FUTURE
        if Form.BASE in forms and Form.ED not in forms:
            return Mood.NEGATED if denied else Mood.PRESENT
        if Form.S in forms:
            return Mood.NEGATED if denied else Mood.PRESENT
        return Mood.NEGATED if denied and Form.ED in forms else Mood.DONE

    def _nobody(self, place: int) -> bool:
        """ "nobody wants", "no member has asked for"."""
        for at in range(place, max(place - 5, 0), -1):
            if self.units[at].text in _BORDERS or self._is(at, "prepositions"):
                return False
            if self._is(at, "nobody"):
                return True
        return False

    def _mood_of_base(self, left: int, denied: bool) -> Mood:
        """ "will develop", "to develop", "decided not to develop", "was the first to adopt"."""
        denied = denied or self._is(left, "negations")
        before = self._skip_left(left - 1)
        if self.units[left].text == "to":
            denied = denied or bool({unit.text for unit in self.units[before + 1 : left]} & self.grammar["negations"])
            denied = denied or self._role(before, Role.DROP) or self._is(before, "refusing")
            turned = {unit.text for unit in self.units[max(left - 3, 0) : left]} & self.grammar["past_turns"]
            if turned and not denied:
                return Mood.DONE
            denied = denied or any(self.units[at].text == "no" for at in range(max(before - 2, 0), left))
        if self._is(left, "do") and not denied:
            return Mood.PRESENT
        if denied and self.units[left].text in ("could", "can", "cannot"):
            return Mood.NOT_YET
        return Mood.NEGATED if denied else Mood.FUTURE

    def _mood_of_ing(self, left: int, between: set[str], denied: bool) -> Mood:
        if denied or any(self._is(left, words) for words in ("lacking", "refusing")) or self._role(left, Role.DROP):
            return Mood.NEGATED
        if self._is(left, "be"):
            return Mood.ONGOING
        if self._is(left, "after_done") or self._is(left, "have"):
            return Mood.DONE
        if {unit.text for unit in self.units[max(left - 6, 0) : left]} & self.grammar["thanking"]:
            return Mood.DONE
        return Mood.PRESENT

    def _object(self, verb: int, first: int, mood: Mood, phrase: _Phrase, name: int) -> Iterator[Hit]:
        """What a verb in a mood says of its object."""
        indefinite = phrase.article in self.grammar["indefinite"]
        roles = {tag.role for tag in self.units[verb].tags if tag.role in VERBS}
        ing = Form.ING in self._forms(verb)
        last = verb + 1
        start = self._mood_start(first)
        if self.units[name + 1].text == "into":
            return  # "write the X into the by-laws"
        if Role.DROP in roles:
            status = "existing" if mood is Mood.NEGATED else "none"
            yield self._hit(status, 5, verb, last, name)
        elif mood is Mood.NEGATED:
            if roles & {Role.USE}:
                yield self._hit("existing", 3, start, last, name)
            elif roles & {Role.MAKE, Role.DRAFT, Role.ADOPT, Role.WANT, Role.AWAIT}:
                yield self._hit("none", 5, start, last, name)
        elif mood is Mood.NOT_YET and not roles & {Role.USE}:
            yield self._hit("planned", 5, start, last, name, making=True)
        elif roles & {Role.MAKE, Role.DRAFT}:
            yield from self._made(roles, mood, start, last, name, phrase, ing)
        elif Role.ADOPT in roles:
            yield from self._adopted(verb, first, mood, start, name, ing)
        elif Role.WANT in roles or Role.AWAIT in roles:
            yield from self._wanted(roles, verb, phrase, name, indefinite)
        elif (
            Role.USE in roles and mood is Mood.FUTURE and phrase.article in ("a", "an") and self._is(start, "wondering")
        ):
            yield self._hit("planned", 3, start, last, name)  # "traders would welcome an X"
        elif Role.USE in roles:
            yield self._hit("existing", 2, verb, last, name, presumes=True)

    def _wanted(self, roles: set[Role], verb: int, phrase: _Phrase, name: int, indefinite: bool) -> Iterator[Hit]:
        """ "call for an X", "await the X", "submit the X to the Leaders for adoption"."""
        if Form.ING in self._forms(verb) and self.units[verb - 1].text in _BORDERS:
            return  # "Considering resolution 5": a preamble
        if indefinite or (not phrase.article and Form.ED not in self._forms(verb)):
            yield self._hit("planned", 3 if indefinite else 1, verb, verb + 1, name, making=True)
        elif Role.AWAIT in roles:
            yield self._hit("planned", 2, verb, verb + 1, name, making=True)
        yield from self._for_adoption(name)

    def _for_adoption(self, at: int) -> Iterator[Hit]:
        """ "for adoption" further on in the clause."""
        for place in range(at + 1, min(at + _MAX_GAP, len(self.units))):
            if self.units[place].text in _BORDERS or self.units[place].text == NAME:
                return
            if self._role(place, Role.WAITING) and self.units[place].text.startswith("for "):
                yield self._hit("planned", 4, place, place + 1, at, making=True)
                return

    def _mood_start(self, first: int) -> int:
        """Where the quoted words begin: at the modal or auxiliary before the verb."""
        left = self._skip_left(first - 1)
        return left if any(self._is(left, name) for name in ("modals", "be", "have", "do", "lacking")) else first

    def _made(
        self, roles: set[Role], mood: Mood, start: int, last: int, name: int, phrase: _Phrase, ing: bool
    ) -> Iterator[Hit]:
        binds = self._binds(last - 1)
        if mood is Mood.FUTURE:
            yield self._hit("planned", 3, start, last, name, making=True, promises=True, binds=binds)
        elif mood in (Mood.ONGOING, Mood.PRESENT) or (ing and Role.DRAFT in roles):
            yield self._hit("planned", 3, start, last, name, making=True, binds=binds)
        elif Role.MAKE in roles:
            partly = self._is(last - 2, "partly") or self._is(last, "partly")
            yield self._hit("planned" if partly else "existing", 4 + partly, start, last, name, making=partly)
        elif phrase.article in self.grammar["indefinite"]:
            yield self._hit("planned", 2, start, last, name)  # "they proposed an X"

    def _binds(self, verb: int) -> bool:
        return any(
            tag.role in (Role.MAKE, Role.DRAFT, Role.ADOPT) and tag.row != _BEGIN for tag in self.units[verb].tags
        )

    def _adopted(self, verb: int, first: int, mood: Mood, start: int, name: int, ing: bool) -> Iterator[Hit]:
        last = verb + 1
        said = {unit.text for unit in self.units[max(first - 2, 0) : first]}
        opens = self.units[self._skip_left(first - 1)].text in _BORDERS or "we" in said
        if "hereby" in said or (opens and Form.S in self._forms(verb)):
            yield self._hit("existing", 5, start, last, name, settles=True)
        elif mood is Mood.FUTURE:
            decides = {unit.text for unit in self.units[max(start - _MAX_GAP, 0) : start]}
            if decides & self.grammar["deciding"]:
                yield self._hit("existing", 5, start, last, name, settles=True)
            else:
                yield self._hit("planned", 3, start, last, name, making=True, promises=True, binds=True)
        elif mood is Mood.ONGOING or (ing and mood is Mood.PRESENT and self.units[start - 1].text != ","):
            yield self._hit("planned", 3, start, last, name, making=True)
        elif mood is Mood.PRESENT:
            yield self._hit("existing", 2, start, last, name)
        else:
            yield self._hit("existing", 4, start, last, name)

    # ------------------------------------------------------------------ what is said of the name

    def _predicated(self, name: int, phrase: _Phrase) -> Iterator[Hit]:
        yield from self._conditioned(name, phrase)
        if self.units[name + 1].text == "(" and self._is_reduced(name + 2):
            yield from self._said_at(name + 2, name, phrase)
        place, relative, inserted = self._after(name)
        if relative:
            yield from self._relative_object(place, name)
        if not relative and not inserted and not self._may_be_subject(phrase, place):
            return
        yield from self._said_at(place, name, _Phrase(phrase.before, phrase.article, 0) if relative else phrase)

    def _said_at(self, place: int, name: int, phrase: _Phrase) -> Iterator[Hit]:
        """The state or the verb that begins at a unit, as said of the name."""
        if self._role(place, Role.WAITING, Role.VALID, Role.UNWANTED):
            yield from self._state(place, place, name, set(), phrase)
        auxiliaries = place
        while any(self._is(place, words) for words in ("modals", "be", "have", "do", "adverbs", "negations")):
            if place > auxiliaries and self._role(place, Role.WAITING, Role.VALID, Role.UNWANTED):
                break
            place += 1
        said = {unit.text for unit in self.units[auxiliaries:place]}
        if self._role(place, Role.WAITING, Role.VALID, Role.UNWANTED) and place > auxiliaries:
            yield from self._state(place, auxiliaries, name, said, phrase)
        if Form.ED in self._forms(place):
            yield from self._passive(place, auxiliaries, said, name, phrase)
        elif self._comes(place, said):
            yield self._hit("planned", 4, auxiliaries, place + 1, name, making=True)
        elif self._is_plain(place) and self.units[place].text.endswith(("s", "ed")) and self.units[place].text != "was":
            yield from self._for_adoption(name)
        elif phrase.article in ("a", "an") and said & self.grammar["wondering"]:
            yield self._hit("planned", 2, auxiliaries, place, name)  # "an X could help"

    def _comes(self, place: int, said: set[str]) -> bool:
        """ "will follow", "will be ready", "is not ready yet", "has not appeared"."""
        to_come = bool(said & self.grammar["modals"]) != bool(said & self.grammar["negations"])
        return to_come and (
            self._is(place, "arriving") or (bool(said & self.grammar["be"]) and self._is(place, "ready"))
        )

    def _conditioned(self, name: int, phrase: _Phrase) -> Iterator[Hit]:
        """ "Once signed, the X ...", "the X, once it has been negotiated"."""
        after = name + 2 if self.units[name + 1].text == "," else name + 1
        before = phrase.governor if self.units[phrase.governor].text == "," else 0
        start = next((at for at in range(before, max(before - 6, 0), -1) if self._is(at, "openers")), 0)
        for opener in (after, start):
            if not opener or not self._is(opener, "conditions"):
                continue
            place = opener + 1
            while any(self._is(place, words) for words in ("pronouns", "be", "have", "adverbs", "modals")):
                place += 1
            between = {unit.text for unit in self.units[opener + 1 : place]}
            if "ever" in between:
                yield self._hit("planned", 3, opener, place + 1, name)
            elif (between & self.grammar["pronouns"] and not between & self.grammar["be"]) or between & _PAST:
                continue
            elif self._role(place, Role.MAKE, Role.DRAFT, Role.ADOPT) or self._is(place, "ready"):
                yield self._hit("planned", 5, opener, place + 1, name, making=True)

    def _relative_object(self, place: int, name: int) -> Iterator[Hit]:
        """ "the X, which they want to sign", "the X which the Leaders adopted", "the X, on which drafting starts"."""
        is_subject = self._role(place, *VERBS) or any(self._is(place, words) for words in ("be", "modals", "have"))
        for verb in range(place, min(place + 8, len(self.units))):
            if self.units[verb].text in _BORDERS or self.units[verb].text == ",":
                return
            before = self._role(place - 3, Role.DRAFTS)  # "a draft of which was shown"
            if before or (
                self._role(verb, Role.DRAFTS, Role.PROCESS) and verb <= place + 1 and self._is(place - 2, "matters")
            ):
                yield self._hit("planned", 4, place - 2, verb + 1, name, making=True)
                return
            if verb > place and not is_subject and self._role(verb, Role.MAKE, Role.DRAFT, Role.ADOPT):
                if self._is(verb + 1, "determiners") or self.units[verb + 1].text == NAME:
                    return  # the verb has an object of its own
                mood = self._mood(verb)
                if mood in (Mood.FUTURE, Mood.ONGOING):
                    yield self._hit("planned", 4, place, verb + 1, name, making=True)
                elif mood is Mood.DONE and self._role(verb, Role.MAKE, Role.ADOPT):
                    yield self._hit("existing", 4, place, verb + 1, name)
                return

    def _after(self, name: int) -> tuple[int, bool, bool]:
        """Where what is said of a name begins; whether a relative pronoun stands before it, or nothing at all."""
        place, relative = name + 1 + self._role(name + 1, Role.WISH), False
        straight = True
        for _ in range(_MAX_GAP):
            unit = self.units[place]
            if unit.text in ("(", "["):
                close = next((at for at in range(place, len(self.units)) if self.units[at].text in (")", "]")), None)
                if close is None:
                    break
                place = close + 1
            elif unit.text == "," and (which := self._relative_at(place + 1)):
                place, relative = which + 1, True
            elif self._is(place, "relatives"):
                place, relative = place + 1, True
            elif self._is(place, "adverbs") and not self._is(place, "negations"):
                place += 1
            elif self._is(place, "coordinators") and (other := self._next_name(place)):
                place = other + 1
            elif unit.text == ",":
                behind = None if self._is_start_of_predicate(place + 1) else self._insertion(place)
                place, straight = behind or place + 1, straight and behind is None
                if behind is None and not self._is_start_of_predicate(place):
                    break
            elif (
                self._is(place, "prepositions")
                and not unit.tags
                and not (unit.text == "to" and self._is(place + 1, "be"))
            ):
                straight = False
                place = self._over_phrase(place)
            else:
                break
        return place, relative, straight and place <= name + 2 and self._is_reduced(place)

    def _is_start_of_predicate(self, place: int) -> bool:
        return any(self._is(place, words) for words in ("modals", "be", "have", "adverbs")) or bool(
            self.units[place].tags
        )

    def _is_reduced(self, place: int) -> bool:
        """A participle or a state straight behind the name: "the X adopted in 1992", "the X to be signed"."""
        while self._is(place, "adverbs"):
            place += 1
        unit = self.units[place]
        return (
            Form.ED in self._forms(place) or unit.text in ("to", "being") or self._role(place, Role.WAITING, Role.VALID)
        )

    def _relative_at(self, place: int) -> int | None:
        """Where a relative pronoun stands: "which", "on which", "the text of which"."""
        if self._is(place, "determiners"):
            place += 1
        if self._role(place, Role.PART, Role.DRAFTS):
            place += 1
        if self._is(place, "prepositions"):
            place += 1
        return place if self._is(place, "relatives") else None

    def _insertion(self, comma: int) -> int | None:
        """Behind the comma that ends an insertion: ", first mooted in Bali, will be signed"."""
        for at in range(comma + 1, min(comma + _MAX_GAP, len(self.units))):
            if self.units[at].text in _BORDERS:
                return None
            if self.units[at].text == "," and any(self._is(at + 1, words) for words in ("modals", "be", "have")):
                return at + 1
        return None

    def _next_name(self, coordinator: int) -> int | None:
        """The name that "and (the)" joins to the one before."""
        place = coordinator + 1
        while self._is(place, "coordinators") or self._is(place, "determiners"):
            place += 1
        return place if self.units[place].text == NAME else None

    def _over_phrase(self, preposition: int) -> int:
        """Behind a phrase with a preposition: "for the region", "of the Ministers"."""
        place = preposition + 1
        while place - preposition < _MAX_GAP and (
            self._is(place, "determiners") or self.units[place].text == NAME or self._is_plain(place)
        ):
            if self._is(place, "adverbs") and not self._is_plain(place + 1):
                break
            place += 1
        return max(place, preposition + 1)

    def _may_be_subject(self, phrase: _Phrase, place: int) -> bool:
        """The name does not hang on a preposition, save through "the text of" or a conjunction."""
        governor = phrase.governor
        if self._role(governor, *VERBS):
            return self._is(place, "modals")
        if self._is(governor, "openers") or not self._is(governor, "prepositions"):
            return not self._is(governor, "coordinators") or self.units[governor - 1].text not in (NAME, ")")
        through = self._head_noun(governor)
        if self._is(governor, "matters") and self._role(through, Role.DRAFTS, Role.WISH, Role.PROCESS):
            return True
        return (self.units[governor].text == "of" and self._role(through, Role.PART)) or self.units[
            governor
        ].text == "for"

    def _hangs_on_plan(self, phrase: _Phrase) -> bool:
        """The subject is the idea of the name, or the talks about it, and not the name."""
        if not self._is(phrase.governor, "topics") or phrase.governor == 0:
            return False
        noun = self._head_noun(phrase.governor)
        return self._role(noun, Role.WISH, Role.PROCESS) and not self._role(noun, Role.PART, Role.DRAFTS)

    def _is_condition(self, phrase: _Phrase) -> bool:
        """ "once the X is signed", "the day on which the X enters into force"."""
        opener = self.units[phrase.governor].text
        day = opener == "which" and self._is(phrase.governor - 2, "days")
        return day or opener in self.grammar["openers"]

    def _state(self, place: int, first: int, name: int, said: set[str], phrase: _Phrase) -> Iterator[Hit]:
        """ "is under negotiation", "in force", "as contained in"."""
        denied = bool(said & self.grammar["negations"])
        roles = {tag.role for tag in self.units[place].tags}
        if said and not said & (self.grammar["be"] | self.grammar["adverbs"]):
            return  # "the X had foreseen lorries"
        if not said and self.units[place].text.endswith(("ed", "een")) and self.units[place - 1].text != "(":
            return  # "the X proposed by the bank"
        if Role.WAITING in roles:
            if not denied and self._awaits_making(place):
                yield self._hit("planned", 4, first, place + 1, name, Role.WAITING, making=True)
        elif Role.VALID in roles and self._is_condition(phrase):
            return
        elif Role.VALID in roles:
            yield self._hit("existing", 4, first, place + 1, name, Role.VALID)
        elif any(unit.text == "yet" for unit in self.units[place : place + 3]):
            yield self._hit("planned", 5, first, place + 1, name, Role.WAITING, making=True)
        else:
            yield self._hit("none", 5, first, place + 1, name, Role.UNWANTED)

    def _awaits_making(self, state: int) -> bool:
        """ "due to be signed", "due for adoption", not "due to expire", "due for review"."""
        ahead = range(state + 2, min(state + 6, len(self.units)))
        if self.units[state + 1].text == "to":
            return any(
                self._role(at, Role.MAKE, Role.DRAFT, Role.ADOPT, Role.WANT) or self._is(at, "arriving") for at in ahead
            )
        if self.units[state + 1].text == "for":
            return any(self._role(at, Role.ACT) for at in ahead)
        return True

    def _passive(self, place: int, first: int, said: set[str], name: int, phrase: _Phrase) -> Iterator[Hit]:
        """ "will be adopted", "was signed", "has not been concluded", "adopted in 2019"."""
        roles = {tag.role for tag in self.units[place].tags if tag.role in VERBS and tag.form is Form.ED}
        mood = self._mood_of_passive(place, said, phrase)
        making = roles & {Role.MAKE, Role.DRAFT, Role.ADOPT}
        last = place + 1
        joined = last + 1 + self._is(last + 1, "adverbs")
        if self._is(last, "coordinators") and Form.ED in self._forms(joined) and joined < len(self.units):
            yield from self._passive(joined, first, said, name, phrase)  # "was considered and rejected"
        if mood is None or (said and Role.DROP not in roles and self._hangs_on_plan(phrase)):
            return
        if mood is Mood.UNREAL:
            if making:
                yield self._hit("none", 5, first, last, name)
        elif roles & {Role.USE}:
            denied = mood in (Mood.NEGATED, Mood.NOT_YET)
            yield self._hit("existing", 5 if denied else 3, first, last, name, presumes=not denied)
        elif Role.DROP in roles:
            if mood is Mood.DONE and said:
                yield self._hit("none", 5, first, last, name)
        elif mood is Mood.NEGATED and not self._is(last, "openers"):
            yield self._hit("none", 5, first, last, name)
        elif mood is Mood.NOT_YET and not making:
            return
        elif mood in (Mood.NEGATED, Mood.NOT_YET, Mood.CONDITION):
            yield self._hit("planned", 5, first, last, name, making=True)
        elif mood is Mood.FUTURE and not making and "to" in said and phrase.article not in ("", "a", "an"):
            yield from self._for_adoption(place)  # "its guidelines on reports to be submitted by States"
        elif mood in (Mood.FUTURE, Mood.ONGOING):
            yield self._hit(
                "planned", 4, first, last, name, making=True, promises=bool(making), binds=self._binds(place)
            )
        elif roles & {Role.ADOPT, Role.MAKE}:
            partly = {unit.text for unit in self.units[first : last + 1]} & self.grammar["partly"]
            ends = not said and self.units[last].text in _BORDERS
            if partly:
                yield self._hit("planned", 5, first, last, name, making=True)
            else:
                yield self._hit("existing", 2 if ends else 4, first, last, name)
        elif said and Role.WANT in roles and any(True for _ in self._for_adoption(place)):
            yield from self._for_adoption(place)
        elif said and phrase.article in self.grammar["indefinite"]:
            yield self._hit("planned", 3, first, last, name, making=True)

    def _mood_of_passive(self, place: int, said: set[str], phrase: _Phrase) -> Mood | None:
        """How a passive stands; None where it is no passive at all ("the X adopted the")."""
        denied = bool(said & self.grammar["negations"])
        opener = self.units[phrase.governor].text
        passive = bool(said & self.grammar["be"])
        if not said or said <= self.grammar["adverbs"]:
            caused = self._role(phrase.governor, Role.WANT, Role.AWAIT) or self._is(phrase.governor, "causing")
            if denied:
                return Mood.NOT_YET
            return Mood.FUTURE if caused and not said else self._mood_of_participle(place)
        if not passive:
            return None
        if "be" in said and not said & self.grammar["modals"]:
            return Mood.FUTURE  # "proposed that the X be submitted"
        modal = bool(said & self.grammar["modals"])
        if opener in self.grammar["unreal"] and (opener in ("had", "were") or "were" in said):
            return Mood.UNREAL
        if modal and "have" in said:
            return Mood.UNREAL
        if modal:
            return Mood.NEGATED if denied else Mood.FUTURE
        if "being" in said:
            return Mood.ONGOING
        if self._is_condition(phrase) and not said & {"was"}:
            return Mood.CONDITION
        if denied:
            return Mood.NOT_YET
        return Mood.DONE

    def _is_time(self, place: int) -> bool:
        if self.units[place].text == "the":
            return self._is(place + 1, "ends") or self._is(place + 2, "ends")
        return bool(_YEAR.match(self.units[place].text)) or self._is(place, "times")

    def _mood_of_participle(self, place: int) -> Mood | None:
        """ "X adopted in 2019", "X drafted by 2026"; no participle where an object follows."""
        after = self.units[place + 1]
        if after.text == "by" and self._is_time(place + 2):
            return Mood.FUTURE
        if after.text in self.grammar["prepositions"] or after.text in (",", ")") or _YEAR.fullmatch(after.text):
            return Mood.DONE
        if after.text in ("last", "earlier", "this", "two", "three", "ten", "today", "yesterday"):
            return Mood.DONE
        return Mood.DONE if after.text in _BORDERS and self._forms(place) else None
