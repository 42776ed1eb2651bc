"""Which of several documents a name means: a list of features, weighed, and nobody where the margin is too small.

In: a `Question`, one mention with the documents whose name it is and that no guard rules out. Out: a `Choice` with its
reason. Each feature says how much it speaks for a document (mostly 0 to 1) and puts it into words; `model.yaml` holds
the weights. Dates decide only between documents that follow each other or did not exist yet; two that exist side by
side under one name (a Bangkok Declaration of the founders, one of the telecommunications ministers) need words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pipeline.gazetteer.barenames import BareNames
from pipeline.gazetteer.surroundings import MIN_EVIDENCE, NOBODY, Neighbours, Surroundings
from pipeline.link.model import Method, Weights
from pipeline.names.dates import PartialDate
from pipeline.names.editions import Editions, Marks, in_force, read_marks, read_number, was_issued
from pipeline.names.stated import stated_date
from pipeline.records import Entry, Mention

_BRACKET = re.compile(r"\(([A-Z][\w .-]*)\)$")
_POST = re.compile(r"post-?\s?((?:19|20)\d\d)")
# Years: a bare name means the document that is this new where every other of that name is this old.
_NEW, _OLD = 1.0, 5.0
# A date in a text and the one in the gazetteer may differ by the days of a meeting.
_SAME_MEETING = 15


@dataclass(frozen=True)
class Choice:
    """The entry chosen, or None; `rivals` are the others that the name could mean, the likeliest first."""

    entry: Entry | None
    method: Method
    reason: str
    margin: float = 0.0  # to the next best, in the model's points; 0 where nothing was weighed
    rivals: tuple[Entry, ...] = ()
    ruled_out: tuple[tuple[Entry, str], ...] = ()  # what a guard kept apart, and why


@dataclass(frozen=True)
class Question:
    """One mention and the documents that it may mean."""

    mention: Mention
    entries: tuple[Entry, ...]
    at: PartialDate | None
    editions: Editions
    surroundings: Surroundings
    beside: Neighbours = NOBODY
    named: frozenset[str] = frozenset()  # entries that the document names without doubt
    inferred: frozenset[str] = frozenset()  # entries that only begin with this name, and do not list it
    alike: Mapping[str, float] = field(default_factory=dict)  # similarity of the names, 0-100, where it is not the same

    @cached_property
    def current(self) -> frozenset[str]:
        """Of each family of editions the one in force; a bare name knows no families."""
        if self.inferred:
            return frozenset(entry.id for entry in self.entries)
        newest = (in_force(family, self.at) for family in self.editions.families(self.entries))
        return frozenset(entry.id for entry in newest if entry is not None)

    @cached_property
    def likely(self) -> tuple[Entry, ...]:
        """Of these the ones that existed, if any did; of those that a bare name may mean, never one that did not."""
        current = [entry for entry in self.entries if entry.id in self.current]
        there = [entry for entry in current if was_issued(entry, self.at)]
        return tuple(there or [entry for entry in current if entry.id not in self.inferred])

    @cached_property
    def evidence(self) -> Mapping[str, tuple[float, str]]:
        """What the words around say for each of the likely ones."""
        return self.surroundings.evidence(self.mention, self.likely, self.at, self.beside)


Feature = Callable[[Question, Entry], tuple[float, str]]


def _stated_date(question: Question, entry: Entry) -> tuple[float, str]:
    """A date of signing behind the name: "signed on 29 November 2004 in Vientiane"."""
    stated = stated_date(question.mention)
    if stated is None or entry.issued is None:
        return 0.0, ""
    if entry.issued.precision != "day":
        fits = entry.issued.compare(stated) is None
    else:
        fits = abs((entry.issued.first_day() - stated.first_day()).days) <= _SAME_MEETING
    return float(fits), f"the text gives its date, {stated}"


def _in_force(question: Question, entry: Entry) -> tuple[float, str]:
    """The edition in force at the citing date."""
    reason = f"the edition in force on {question.at}" if question.at else "the latest edition"
    return float(entry.id in question.current), reason


def _existed(question: Question, entry: Entry) -> tuple[float, str]:
    """Whether it had been issued."""
    return float(was_issued(entry, question.at)), f"the only one of that name that existed on {question.at}"


def _words(question: Question, entry: Entry) -> tuple[float, str]:
    """The words and times around."""
    score, told = question.evidence.get(entry.id, (0.0, ""))
    return score if score >= MIN_EVIDENCE else 0.0, f"the words around speak for it: {told}"


def _named(question: Question, entry: Entry) -> tuple[float, str]:
    """Whether the document names it in full elsewhere."""
    found = [each.id for each in question.likely if each.id in question.named]
    return float(found == [entry.id]), "the document names it in full elsewhere"


def _lasting(question: Question, entry: Entry) -> tuple[float, str]:
    """Whether it alone has not expired."""
    lasting = [each.id for each in question.likely if not _has_expired(each, question.at)]
    return float(lasting == [entry.id]), f"the only one of that name still in force on {question.at}"


def _newest(question: Question, entry: Entry) -> tuple[float, str]:
    """Whether it is new where all others are old."""
    new = [each for each in question.likely if _age_in_years(each, question.at) < _OLD]
    is_new = new == [entry] and len(question.likely) > 1 and _age_in_years(entry, question.at) <= _NEW
    listed = [each for each in question.likely if each.id not in question.inferred]
    return float(is_new and (entry in listed or not listed)), f"by far the latest of that name on {question.at}"


def _listed(question: Question, entry: Entry) -> tuple[float, str]:
    """Whether it alone is listed by this very name, where others begin with it and none of them is new."""
    listed = [each for each in question.likely if each.id not in question.inferred]
    new = [each for each in question.likely if _age_in_years(each, question.at) < _OLD]
    is_listed = bool(question.inferred) and listed == [entry] and new in ([], [entry])
    return float(is_listed), "the gazetteer lists it by this very name"


def _alike(question: Question, entry: Entry) -> tuple[float, str]:
    """How much its name is like the mention's, where it is not the same."""
    return question.alike.get(entry.id, 0.0), "its name is the most alike"


FEATURES: Mapping[str, tuple[Feature, Method]] = {
    "stated-date": (_stated_date, Method.DATE),
    "in-force": (_in_force, Method.EDITION),
    "existed": (_existed, Method.DATE),
    "words": (_words, Method.CONTEXT),
    "named-elsewhere": (_named, Method.CONTEXT),
    "lasting": (_lasting, Method.EDITION),
    "newest": (_newest, Method.DATE),
    "listed": (_listed, Method.EDITION),
    "alike": (_alike, Method.FUZZY),
}


class Points(NamedTuple):
    """What one feature gives a document."""

    points: float
    reason: str = ""
    method: Method = Method.EXACT


@dataclass(frozen=True)
class Chooser:
    """Chooses among the entries of one name, for one citing document."""

    editions: Editions
    surroundings: Surroundings
    weights: Weights
    min_margin: float
    at: PartialDate | None
    source_id: str = ""
    bare_names: BareNames = field(default_factory=BareNames)

    def choose(
        self,
        mention: Mention,
        entries: Sequence[Entry],
        named: frozenset[str] = frozenset(),
        beside: Neighbours = NOBODY,
        alike: Mapping[str, float] | None = None,
    ) -> Choice:
        """The entry that the mention means; `named` are entries that the document names without doubt elsewhere."""
        marks = read_marks(mention.name)
        fitting, ruled_out = self._fitting(self._called(mention, entries), marks)
        turned = self._turn(mention.turn, fitting or list(entries)) if mention.turn else None
        if turned is not None:
            return turned
        if not fitting:
            reason = "no edition of that year or number is listed"
            return Choice(None, Method.UNLISTED, reason, ruled_out=ruled_out)
        inferred = self.bare_names.inferred(mention.name) or frozenset()
        if len(fitting) == 1 and (marks or fitting[0].id not in inferred):
            return Choice(fitting[0], Method.EXACT, _exact_reason(marks, ruled_out), ruled_out=ruled_out)
        question = Question(
            mention, tuple(fitting), self.at, self.editions, self.surroundings, beside, named, inferred, alike or {}
        )
        return self._weigh(question)

    def _weigh(self, question: Question) -> Choice:
        """The entry with the most points, if it leads by the margin."""
        likely = question.likely
        if not likely:
            return Choice(None, Method.UNLISTED, f"no document listed of that name existed on {self.at}")
        if len(likely) == 1 and likely[0].id in question.inferred and not _words(question, likely[0])[0]:
            return Choice(None, Method.UNLISTED, f"nothing around says that it is {likely[0].title}")
        given = {entry.id: self._points(question, entry) for entry in question.entries}
        totals = {entry_id: sum(each.points for each in points) for entry_id, points in given.items()}
        best, *others = sorted(question.entries, key=lambda entry: (-totals[entry.id], entry.id))
        margin = totals[best.id] - (totals[others[0].id] if others else 0.0)
        if others and margin < self.min_margin:
            close = [each for each in question.entries if totals[best.id] - totals[each.id] < self.min_margin]
            close.sort(key=lambda entry: (str(entry.issued or "9"), entry.id))
            names = " or ".join(entry.short_title or entry.title for entry in close)
            reason = f"date and words leave open which is meant: {names}"
            return Choice(None, Method.UNDECIDED, reason, margin, tuple(close))
        second = given[others[0].id] if others else [Points(0.0)] * len(FEATURES)
        leads = [own.points - other.points for own, other in zip(given[best.id], second, strict=True)]
        decisive = given[best.id][leads.index(max(leads))]
        return Choice(best, decisive.method, decisive.reason, margin, tuple(others))

    def _points(self, question: Question, entry: Entry) -> list[Points]:
        """What every feature gives."""
        found = []
        for name, (feature, method) in FEATURES.items():
            value, reason = feature(question, entry)
            found.append(Points(self.weights[name] * value, reason, method))
        return found

    def _called(self, mention: Mention, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The entries whose acronym stands in brackets behind the name; all, if it is none of theirs."""
        bracket = _BRACKET.search(mention.surface)
        bearing = [entry for entry in entries if bracket is not None and self.editions.bears(entry.id, bracket[1])]
        return bearing or entries

    def _fitting(self, entries: Sequence[Entry], marks: Marks) -> tuple[list[Entry], tuple[tuple[Entry, str], ...]]:
        """The entries that the marks of the name fit best: a hard guard."""
        grades = {entry.id: self.editions.fit(entry.id, marks) for entry in entries}
        best = max((grade for grade in grades.values() if grade is not None), default=None)
        fitting = [entry for entry in entries if grades[entry.id] == best and best is not None]
        others = [entry for entry in entries if entry not in fitting]
        return fitting, tuple((entry, f"other edition: {entry.short_title or entry.title}") for entry in others)

    def _turn(self, turn: str, entries: Sequence[Entry]) -> Choice | None:
        """Another edition than the one in force: next, post-2015, previous, second."""
        family = self.editions.chain(entry.id for entry in entries)
        current = in_force(family, self.at)
        place = family.index(current) if current is not None else 0
        to_come = current is not None and not was_issued(current, self.at)
        post = _POST.match(turn)
        if post is not None:
            return _edition([entry for entry in family if _begins(entry) > int(post[1])][:1], turn)
        following = family[place : place + 1] if to_come else family[place + 1 : place + 2]
        if turn == "next":
            return _edition(following, turn)
        if turn == "successor":
            return _edition(following, turn) if following else None
        if turn == "draft":
            own = current is not None and current.id == self.source_id
            return None if own or to_come or not following or len(entries) < 2 else _edition(following, turn)
        if turn == "previous":
            return _edition(family[max(0, place - 1) : place], turn)
        number = int(read_number(turn))
        return _edition(family[number - 1 : number], turn) if len(family) >= number else None


def _edition(entries: Sequence[Entry], turn: str) -> Choice:
    if not entries:
        return Choice(None, Method.UNLISTED, f"{turn}: no such edition is listed")
    return Choice(entries[0], Method.EDITION, f"{turn}: the edition that follows from it")


def _exact_reason(marks: Marks, ruled_out: Sequence[tuple[Entry, str]]) -> str:
    if ruled_out and marks:
        return "the name is listed, its year or number tells the edition"
    return "the name is listed"


def _age_in_years(entry: Entry, at: PartialDate | None) -> float:
    """How long before the citing date a document was issued; endless where either date is unknown."""
    if at is None or entry.issued is None:
        return float("inf")
    return (at.first_day() - entry.issued.first_day()).days / 365.25


def _has_expired(entry: Entry, at: PartialDate | None) -> bool:
    return at is not None and entry.period[1] is not None and entry.period[1] < at.year


def _begins(entry: Entry) -> int:
    if entry.period[0] is not None:
        return entry.period[0]
    return entry.issued.year + 1 if entry.issued is not None else 9999
