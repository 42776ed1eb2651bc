"""Which of several documents a name means: by its edition, the citing date, and the words around.

In: a mention and the entries whose name it is. Out: a `Choice` with its reason; without an entry, if nothing decides.
The trap: dates decide only between documents that follow each other or did not exist yet; two that exist side by side
under one name (a Bangkok Declaration of the founders, one of the telecommunications ministers) need words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.link import confidence
from pipeline.link.homonyms import BareNames
from pipeline.link.issuers import Neighbours, Surroundings
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
    """The entry chosen, or None; `rivals` are the others that the name could mean."""

    entry: Entry | None
    method: str
    reason: str
    confidence: float
    rivals: tuple[Entry, ...] = ()
    ruled_out: tuple[tuple[Entry, str], ...] = ()  # what a guard kept apart, and why


@dataclass(frozen=True)
class Named:
    """The names of a document: the entries that it names without doubt, and what stands in each of its sentences."""

    anywhere: frozenset[str] = frozenset()
    by_sentence: Mapping[str, Sequence[Mention]] = field(default_factory=dict)

    @classmethod
    def of(cls, mentions: Iterable[Mention]) -> Named:
        """What these mentions name."""
        found: dict[str, list[Mention]] = {}
        for mention in mentions:
            if mention.entry_ids:
                found.setdefault(mention.sentence, []).append(mention)
        sure = (each.entry_ids[0] for group in found.values() for each in group if len(each.entry_ids) == 1)
        return cls(frozenset(sure), found)

    def beside(self, mention: Mention) -> Neighbours:
        """What else is named in the mention's sentence."""
        others = [each for each in self.by_sentence.get(mention.sentence, ()) if each.within != mention.within]
        ids = frozenset(each.entry_ids[0] for each in others if len(each.entry_ids) == 1)
        return Neighbours(ids, tuple(each.within for each in others))


NOTHING = Named()


@dataclass(frozen=True)
class Chooser:
    """Chooses among the entries of one name, for one citing document."""

    editions: Editions
    surroundings: Surroundings
    at: PartialDate | None
    source_id: str = ""
    bare_names: BareNames = field(default_factory=BareNames)

    def choose(self, mention: Mention, entries: Sequence[Entry], named: Named = NOTHING) -> Choice:
        """The entry that the mention means; `named` are entries that the document names without doubt elsewhere."""
        marks = read_marks(mention.name)
        fitting, ruled_out = self._fitting(self._called(mention, entries), marks)
        if mention.turn:
            turned = self._turn(mention.turn, fitting or list(entries))
            if turned is not None:
                return turned
        if not fitting:
            return Choice(
                None,
                "unlisted",
                "no edition of that year or number is listed",
                confidence.NO_EDITION,
                ruled_out=ruled_out,
            )
        inferred = self.bare_names.inferred(mention.name)
        if len(fitting) == 1 and (marks or fitting[0].id not in (inferred or ())):
            return Choice(fitting[0], "exact", _exact_reason(marks, ruled_out), confidence.EXACT, ruled_out=ruled_out)
        dated = self._by_stated_date(mention, fitting)
        if dated is not None:
            return dated
        if inferred:
            return self._by_bare_name(mention, fitting, named, inferred)
        return self._by_date(mention, fitting, named, ruled_out)

    def _called(self, mention: Mention, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The entries whose acronym stands in brackets behind the name; all, if it is none of theirs."""
        bracket = _BRACKET.search(mention.surface)
        bearing = [entry for entry in entries if bracket is not None and self.editions.bears(entry.id, bracket[1])]
        return bearing or entries

    def _by_bare_name(
        self, mention: Mention, entries: Sequence[Entry], named: Named, inferred: frozenset[str]
    ) -> Choice:
        """One of the documents whose titles begin with a bare name: the words around decide, then the dates."""
        there = [entry for entry in entries if was_issued(entry, self.at)]
        there = there or [entry for entry in entries if entry.id not in inferred]
        if not there:
            return Choice(
                None, "unlisted", f"no document listed of that name existed on {self.at}", confidence.NO_EDITION
            )
        if len(there) == 1 and there[0].id in inferred:
            words = self.surroundings.speak_for(mention, there[0], self.at, named.beside(mention))
            if words is None:
                return Choice(
                    None, "unlisted", f"nothing around says that it is {there[0].title}", confidence.NO_EDITION
                )
            return Choice(there[0], "context", f"the words around speak for it: {words}", confidence.CONTEXT)
        if len(there) == 1:
            return Choice(there[0], "date", f"the only one of that name that existed on {self.at}", confidence.ONLY_ONE)
        return self._by_words(mention, there, named) or self._by_age(there, inferred) or self._undecided(there)

    def _by_age(self, entries: Sequence[Entry], inferred: frozenset[str]) -> Choice | None:
        """The one that is new where all others are old; else the one listed with the bare name, if none is new."""
        ages = {entry.id: _age_in_years(entry, self.at) for entry in entries}
        new = [entry for entry in entries if ages[entry.id] < _OLD]
        listed = [entry for entry in entries if entry.id not in inferred]
        if len(new) == 1 and ages[new[0].id] <= _NEW and (new[0] in listed or not listed):
            return Choice(
                new[0], "date", f"by far the latest of that name on {self.at}", confidence.AGE, _others(entries, new[0])
            )
        if len(listed) == 1 and (not new or new == listed):
            reason = "the gazetteer lists it by this very name"
            return Choice(listed[0], "edition", reason, confidence.AGE, _others(entries, listed[0]))
        return None

    def _fitting(self, entries: Sequence[Entry], marks: Marks) -> tuple[list[Entry], tuple[tuple[Entry, str], ...]]:
        """The entries that the marks of the name fit best."""
        grades = {entry.id: self.editions.fit(entry.id, marks) for entry in entries}
        best = max((grade for grade in grades.values() if grade is not None), default=None)
        fitting = [entry for entry in entries if grades[entry.id] == best and best is not None]
        ruled_out = tuple(
            (entry, f"other edition: {entry.short_title or entry.title}") for entry in entries if entry not in fitting
        )
        return fitting, ruled_out

    def _by_date(
        self,
        mention: Mention,
        entries: Sequence[Entry],
        named: Named,
        ruled_out: tuple[tuple[Entry, str], ...],
    ) -> Choice:
        """One edition of each family, the one in force; then the family that date or words speak for."""
        current = [
            entry for family in self.editions.families(entries) if (entry := in_force(family, self.at)) is not None
        ]
        rivals = tuple(entry for entry in entries if entry not in current)
        if len(current) == 1:
            return Choice(
                current[0],
                "edition",
                f"the edition in force on {self.at}" if self.at else "the latest edition",
                confidence.EDITION,
                rivals,
            )
        there = [entry for entry in current if was_issued(entry, self.at)] or current
        if len(there) == 1:
            return Choice(
                there[0], "date", f"the only one of that name that existed on {self.at}", confidence.ONLY_ONE, rivals
            )
        return self._by_words(mention, there, named) or self._by_age(there, frozenset()) or self._undecided(there)

    def _by_words(self, mention: Mention, entries: Sequence[Entry], named: Named) -> Choice | None:
        """The one that the words around speak for, that the document names in full, or that alone has not expired."""
        spoken = self.surroundings.prefer(mention, entries, self.at, named.beside(mention))
        if spoken is not None:
            entry, words = spoken
            return Choice(
                entry, "context", f"the words around speak for it: {words}", confidence.CONTEXT, _others(entries, entry)
            )
        found = [entry for entry in entries if entry.id in named.anywhere]
        if len(found) == 1:
            reason = "the document names it in full elsewhere"
            return Choice(found[0], "context", reason, confidence.NAMED_ELSEWHERE, _others(entries, found[0]))
        lasting = [entry for entry in entries if not _has_expired(entry, self.at)]
        if len(lasting) == 1:
            reason = f"the only one of that name still in force on {self.at}"
            return Choice(lasting[0], "edition", reason, confidence.LASTING, _others(entries, lasting[0]))
        return None

    def _undecided(self, entries: Sequence[Entry]) -> Choice:
        names = " or ".join(entry.short_title or entry.title for entry in entries)
        return Choice(
            None,
            "undecided",
            f"date and words leave open which is meant: {names}",
            confidence.UNDECIDED,
            tuple(entries),
        )

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

    def _by_stated_date(self, mention: Mention, entries: Sequence[Entry]) -> Choice | None:
        """A date of signing behind the name: "signed on 29 November 2004 in Vientiane"."""
        stated = stated_date(mention)
        if stated is None:
            return None
        fitting = [entry for entry in entries if entry.issued is not None and _is_near(entry.issued, stated)]
        if len(fitting) != 1:
            return None
        return Choice(
            fitting[0], "date", f"the text gives its date, {stated}", confidence.STATED, _others(entries, fitting[0])
        )


def _is_near(issued: PartialDate, stated: PartialDate) -> bool:
    if issued.precision != "day":
        return issued.compare(stated) is None
    return abs((issued.first_day() - stated.first_day()).days) <= _SAME_MEETING


def _edition(entries: Sequence[Entry], turn: str) -> Choice:
    if not entries:
        return Choice(None, "unlisted", f"{turn}: no such edition is listed", confidence.NO_EDITION)
    return Choice(entries[0], "edition", f"{turn}: the edition that follows from it", confidence.TURN)


def _exact_reason(marks: Marks, ruled_out: Sequence[tuple[Entry, str]]) -> str:
    if ruled_out and marks:
        return "the name is listed, its year or number tells the edition"
    return "the name is listed"


def _others(entries: Sequence[Entry], chosen: Entry) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.id != chosen.id)


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
