"""Link mentions to entries of the gazetteer, or to none: mentions in, one link each out. RapidFuzz lives here.

A name of the gazetteer is linked by the features of `features.py`; one that is nearly a name of it, by the same behind
the hard guards of `guards.py`; a description, by its subject; what is left is `unlisted:<slug>`. A name may belong to
several documents and a document to several names: where date and words leave two, nobody is chosen and both are named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.gazetteer.surroundings import Neighbours
from pipeline.link import LinkLimits
from pipeline.link.features import Choice, Chooser
from pipeline.link.guards import Profile, make_slug, symbol_slug
from pipeline.link.knowledge import Row, letters_of, load_knowledge
from pipeline.link.model import SUBJECT, SYMBOL, Method, measure
from pipeline.link.selfreference import SelfReference
from pipeline.link.subjectlink import SubjectLinker
from pipeline.names.editions import read_marks
from pipeline.names.symbols import find_symbols
from pipeline.records import UNLISTED, Candidate, CitationKind, Entry, Link, Mention, NearMiss, Source

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# Descriptions so common that they count only if the gazetteer shows what they became.
WEAK_SUBJECT = "subject: weak"
# "the Framework Agreement (hereinafter ...) between ASEAN and China": the partners follow the name.
_PARTNERS_BEHIND = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:between|among|with)\b(.{0,160})", re.S)
# "general comment No. 5 (2017)": the year tells one body's fifth comment from another's.
_YEAR_BEHIND = re.compile(r"\s?\(((?:19|20)\d\d)\)")
# Nobody is chosen: whatever the name is worth, a person has to say who is meant.
_UNDECIDED = 0.3
# Of what a guard kept apart, only the best of those that score at least this are worth a look.
_MIN_NEAR_MISS = 80.0
_MAX_NEAR_MISSES = 3
_WORD = re.compile(r"[^\W_]+")
_ACRONYM_BEHIND = re.compile(r"\(([A-Z][\w&/-]*[A-Z][\w&/-]*)\)$")
# A source of this kind adopts other documents and often bears their titles.
_DECISIONS = frozenset({"resolution", "decision"})
# A word that a scanner damaged differs in one letter, a long one in two; short words differ in one letter anyway.
_MIN_DAMAGED, _LONG_WORD = 4, 8
# With so many telling words or years in common nobody else is meant: "Framework on Cross-Border Cloud Computing".
_TELLING = 3


def link_mentions(
    source: Source, mentions: tuple[Mention, ...], gazetteer: Gazetteer, limits: LinkLimits
) -> tuple[Link, ...]:
    """One link per mention, in order; mentions of the source itself are left out."""
    linker = Linker(source, gazetteer, limits, Named.of(mentions))
    links = (linker.link(mention) for mention in mentions)
    return tuple(link for link in links if link is not None)


@dataclass(frozen=True)
class Named:
    """The names of a document: the entries that it names without doubt, and what stands in each of its sentences."""

    anywhere: frozenset[str] = frozenset()
    by_sentence: Mapping[str, Sequence[Mention]] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)  # how often each name stands in the document

    @classmethod
    def of(cls, mentions: Sequence[Mention]) -> Named:
        """What these mentions name."""
        found: dict[str, list[Mention]] = {}
        for mention in mentions:
            if mention.entry_ids:
                found.setdefault(mention.sentence, []).append(mention)
        sure = (each.entry_ids[0] for group in found.values() for each in group if len(each.entry_ids) == 1)
        return cls(frozenset(sure), found, Counter(mention.name for mention in mentions))

    def beside(self, mention: Mention) -> Neighbours:
        """What else is named in the mention's sentence."""
        others = [each for each in self.by_sentence.get(mention.sentence, ()) if each.within != mention.within]
        ids = frozenset(each.entry_ids[0] for each in others if len(each.entry_ids) == 1)
        return Neighbours(ids, tuple(each.within for each in others))


class Linker:
    """Links the mentions of one source."""

    def __init__(self, source: Source, gazetteer: Gazetteer, limits: LinkLimits, named: Named) -> None:
        self._source = source
        self._limits = limits
        self._named = named
        self._entries = gazetteer.entries
        self._aliases = gazetteer.aliases_of
        self._knowledge = known = load_knowledge(gazetteer)
        self._chooser = Chooser(
            known.editions,
            known.surroundings,
            known.model.choice,
            limits.min_margin,
            source.issued,
            source.id,
            known.bare_names,
        )
        self._subjects = SubjectLinker(gazetteer, known, source.issued, source.front.issuer if source.front else "")
        self._margin = 0.0  # of the choice made last
        self._by_name: dict[str, Link] = {}  # links of full names, for the terms that stand for them
        own = self._entries[source.id].symbols if source.id in self._entries else ()
        self._own_symbols = frozenset((*own, *(source.front.symbols if source.front else ())))
        self._self = SelfReference(source, known.guards.spelling, known.editions)

    def link(self, mention: Mention) -> Link | None:
        """The link of one mention, None if it means the source or no document."""
        stands_for = self._by_name.get(mention.name) if mention.kind is not CitationKind.NAME else None
        if stands_for is not None and not mention.entry_ids:
            reason = f"stands for {mention.antecedent!r}; {stands_for.reason}"
            return replace(stands_for, mention=mention, method=mention.kind.value, reason=reason, near_misses=())
        self._margin = 0.0
        link = self._link(mention)
        if link is None:
            return None
        features = measure(link, self._knowledge.guards, self._named.times[mention.name], self._margin)
        trust = self._knowledge.trust(features)
        if link.method == Method.UNDECIDED:
            trust = min(trust, _UNDECIDED)
        link = replace(link, features=features, confidence=trust)
        if mention.kind is CitationKind.NAME:
            self._by_name.setdefault(mention.name, link)
        return link

    def _link(self, mention: Mention) -> Link | None:
        if mention.pattern.startswith(SUBJECT):
            return self._link_subject(mention)
        if mention.pattern == SYMBOL:
            return self._link_symbol(mention)
        if mention.kind is CitationKind.NAME and self._self.is_this(mention):
            return None
        if mention.entry_ids:
            return self._link_name(mention)
        if self._self.is_self(mention, None):
            return self._adopted(mention)
        if mention.antecedent is not None and mention.kind is CitationKind.NAME:
            return self._unlisted(mention, mention.antecedent, "a document of another institution")
        return self._link_unknown(mention)

    def _link_name(self, mention: Mention) -> Link | None:
        """A name of the register, whose documents detection gives."""
        entries = self._with_twins(mention)
        if mention.kind is CitationKind.NAME and not any(self._bears(entry, mention) for entry in entries):
            begins = self._knowledge.guards.profile(mention.surface.split()[0])
            is_name = mention.surface[0].isupper() or not begins.heads
            return (
                self._unlisted(mention, mention.name, "words of a document that came in, no name of it")
                if is_name
                else None
            )
        older = self._self.predecessor(mention, entries)
        if older is not None:
            choice = Choice(older, Method.EDITION, "the older document of that name, which this one replaces")
        else:
            choice = self._chooser.choose(mention, entries, self._named.anywhere, self._named.beside(mention))
        misses = tuple(
            NearMiss(self._source.id, mention.surface, entry.id, "edition", 100.0, why)
            for entry, why in choice.ruled_out
        )
        rivals = tuple(Candidate(entry.id, mention.name, 90.0, "has the same name") for entry in choice.rivals)
        return self._linked(mention, choice, 100.0, rivals, misses)

    def _with_twins(self, mention: Mention) -> list[Entry]:
        """The entries of a name; of two that came in by themselves under nearly one title, the one that fits it."""
        twins = self._knowledge.twins.get(self._knowledge.guards.words(mention.name), ())
        if not set(mention.entry_ids) & set(twins):
            return [self._entries[entry_id] for entry_id in mention.entry_ids]
        surface = self._knowledge.guards.spelling.key(mention.surface)
        same = [each for each in twins if any(surface == key for key in self._keys_of(each))]
        ids = same if len(same) == 1 else list(dict.fromkeys((*mention.entry_ids, *twins)))
        return [self._entries[entry_id] for entry_id in ids]

    def _keys_of(self, entry_id: str) -> Iterator[str]:
        return (self._knowledge.guards.spelling.key(alias.text) for alias in self._aliases.get(entry_id, ()))

    def _bears(self, entry: Entry, mention: Mention) -> bool:
        """Whether a document that came in by itself has a name of these words; in small letters their order counts."""
        if not entry.came_in:
            return True
        vocabulary = self._knowledge.guards.vocabulary
        silent = vocabulary["owners"] | vocabulary["dispensable"]
        words = [word for word in self._knowledge.guards.words(mention.name) if word not in silent]
        names = ([word for word in name if word not in silent] for name in self._knowledge.words_of.get(entry.id, ()))
        if mention.surface[:1].islower():
            return any(words == name for name in names)
        return any(set(words) == set(name) for name in names)

    def _link_symbol(self, mention: Mention) -> Link | None:
        """A symbol: the document that bears it. Its writings have one normal form, so no score is needed."""
        symbol, body = self._read_symbol(mention)
        entries = [each for each in self._knowledge.symbols.get(symbol, ()) if _gives(each, body, mention)]
        if symbol in self._own_symbols or any(entry.id == self._source.id for entry in entries):
            return None
        if len(entries) == 1:
            entry, reason = entries[0], f"{symbol} is its symbol"
            chosen = Candidate(entry.id, symbol, 100.0, reason)
            return Link(mention, entry.id, entry.title, Method.EXACT.value, reason, 0.0, (chosen,))
        if entries:
            rivals = tuple(Candidate(entry.id, symbol, 90.0, "has this symbol") for entry in entries)
            reason = f"several documents bear the symbol {symbol}"
            return Link(mention, None, symbol, Method.UNDECIDED.value, reason, 0.0, rivals)
        title = f"{body} {symbol}" if body and self._is_anybodys(symbol) else symbol
        target = UNLISTED + symbol_slug(title)
        return Link(mention, target, title, Method.UNLISTED.value, "no document known bears this symbol", 0.0)

    def _read_symbol(self, mention: Mention) -> tuple[str, str]:
        """The symbol's normal form and who gave it: a short one is the citing body's, unless another is named."""
        issuer = self._source.front.issuer if self._source.front else ""
        for symbol in find_symbols(mention.sentence, self._knowledge.grammar, issuer):
            if symbol.start < mention.within[1] and mention.within[0] < symbol.end:
                return (symbol.normal if symbol.body in ("", issuer) else mention.name), symbol.body
        return mention.name, ""

    def _is_anybodys(self, symbol: str) -> bool:
        """Whether several bodies number like that: "General Comment No. 5"."""
        series = (each.normal.partition("{")[0] for each in self._knowledge.grammar.series if not each.body)
        return any(begin and symbol.startswith(begin) for begin in series)

    def _link_unknown(self, mention: Mention) -> Link | None:
        """A name that no entry has: the entry whose name is nearly the same, if no guard is against it."""
        choice = self._by_acronym(mention)
        if choice is not None:
            return self._linked(mention, choice, 100.0, (), ())
        ranked, misses = self._score(mention)
        if not ranked:
            title = mention.antecedent or mention.name
            return self._unlisted(mention, title, "no name of the gazetteer is like it", misses)
        best = ranked[0]
        alike = {each.entry_id: each.score for each in ranked if best.score - each.score < self._limits.min_margin}
        choice = self._chooser.choose(mention, [self._entries[entry_id] for entry_id in alike], alike=alike)
        if choice.entry is not None:
            reason = f"like {best.alias!r} ({best.score:.0f} of 100), and no guard is against it"
            choice = replace(choice, method=Method.FUZZY, reason=reason)
        return self._linked(mention, choice, best.score, tuple(ranked), misses)

    def _by_acronym(self, mention: Mention) -> Choice | None:
        """The document whose acronym stands in brackets behind words of its title: "Strategy on Kites (ASKIP)"."""
        bracket = _ACRONYM_BEHIND.search(mention.surface)
        if bracket is None:
            return None
        vocabulary, guards = self._knowledge.guards.vocabulary, self._knowledge.guards
        silent = vocabulary["heads"] | vocabulary["empty"] | vocabulary["owners"]
        words = (
            frozenset(guards.words(mention.surface[: bracket.start()])) - guards.profile(mention.name).heads - silent
        )
        entries = [
            entry
            for entry in self._entries.values()
            if self._knowledge.editions.bears(entry.id, bracket[1]) and words <= guards.profile(entry.title).words
        ]
        choice = self._chooser.choose(mention, entries) if words and entries else None
        if choice is None or choice.entry is None:
            return None
        reason = f"{bracket[1]} behind words of its title"
        return replace(choice, reason=f"{reason}; {choice.reason}")

    def _linked(
        self,
        mention: Mention,
        choice: Choice,
        score: float,
        others: tuple[Candidate, ...],
        misses: tuple[NearMiss, ...],
    ) -> Link | None:
        """The link that follows from a choice, None if it means the source."""
        self._margin = choice.margin
        if self._means_self(mention, choice):
            return self._adopted(mention)
        is_term = mention.kind is not CitationKind.NAME
        reason = f"stands for {mention.antecedent!r}; {choice.reason}" if is_term else choice.reason
        entry = choice.entry
        if entry is not None:
            chosen = Candidate(entry.id, mention.name, round(score, 1), choice.reason)
            rest = tuple(each for each in others if each.entry_id != entry.id)
            method = mention.kind.value if is_term else choice.method.value
            return Link(mention, entry.id, entry.title, method, reason, 0.0, (chosen, *rest), misses)
        if choice.method is Method.UNDECIDED or others:
            return Link(mention, None, mention.name, Method.UNDECIDED.value, reason, 0.0, others, misses)
        return self._unlisted(mention, mention.name, reason, misses)

    def _means_self(self, mention: Mention, choice: Choice) -> bool:
        if choice.method is Method.UNDECIDED:
            return any(entry.id == self._source.id for entry in choice.rivals)
        return choice.entry is not None and self._self.is_self(mention, choice.entry)

    def _adopted(self, mention: Mention) -> Link | None:
        """What a resolution is called after: "Strategy on X" in the text of a resolution of that title, else None.

        A heading is the resolution's own, and a document that the file carries is the file.
        """
        front = self._source.front
        heads = self._knowledge.guards.profile(mention.name).heads
        called = self._knowledge.guards.vocabulary.calls_document(_WORD.findall(mention.name.lower()))
        if front is None or front.kind not in _DECISIONS or front.annexed or not called or heads & _DECISIONS:
            return None
        if mention.kind is not CitationKind.NAME or mention.surface.isupper() or _is_alone(mention):
            return None
        return self._unlisted(mention, mention.name, "adopted by the document of that title")

    def _score(self, mention: Mention) -> tuple[list[Candidate], tuple[NearMiss, ...]]:
        """Names of the gazetteer like an unknown one, best first, and those that a guard kept apart."""
        candidates: dict[str, Candidate] = {}
        misses: dict[str, NearMiss] = {}
        for score, profile, row in self._scored(mention):
            if score < min(self._limits.min_score, _MIN_NEAR_MISS):
                break  # the best come first
            alias = row.alias
            guard = self._knowledge.guards.keep_apart(profile, row.profile) or self._owner_guard(mention, profile, row)
            if guard is None and score >= self._limits.min_score:
                found = Candidate(alias.entry_id, alias.text, round(score, 1), f"like {alias.text!r}")
                candidates.setdefault(alias.entry_id, found)
            elif guard is not None and score >= _MIN_NEAR_MISS:
                miss = NearMiss(self._source.id, mention.surface, alias.entry_id, guard[0], round(score, 1), guard[1])
                misses.setdefault(alias.entry_id, miss)
        ranked = sorted(candidates.values(), key=lambda candidate: (-candidate.score, candidate.entry_id))
        kept_apart = sorted(misses.values(), key=lambda miss: (-miss.score, miss.entry_id))
        return ranked, tuple(miss for miss in kept_apart if miss.entry_id not in candidates)[:_MAX_NEAR_MISSES]

    def _scored(self, mention: Mention) -> list[tuple[float, Profile, Row]]:
        """The nearest names to the mention's, and to what its acronyms may stand for, best first."""
        found = []
        for name in (mention.name, *self._knowledge.initials.expand(mention.name)):
            profile = self._profile(name, mention)
            strange = [word for word in sorted(profile.words) if self._is_strange(word)]
            for row in self._knowledge.nearest(profile.words):
                mended = self._mend(profile, strange, row)
                found.append((self._ratio(mended, letters_of(mended), row), mended, row))
        return sorted(found, key=lambda each: (-each[0], each[2].alias.entry_id, each[2].alias.text))

    def _is_strange(self, word: str) -> bool:
        """A word that no name of the gazetteer holds, long enough to be a damaged one."""
        return len(word) >= _MIN_DAMAGED and word not in self._knowledge.by_word

    def _mend(self, profile: Profile, strange: Sequence[str], row: Row) -> Profile:
        """The profile with its strange words as the other name has them, where they are that close."""
        words = profile.words
        for word in strange:
            near = [known for known in row.profile.words - words if _is_damaged(word, known)]
            if len(near) == 1:
                words = (words - {word}) | {near[0]}
        return profile if words is profile.words else self._knowledge.guards.with_words(profile, words)

    def _ratio(self, profile: Profile, letters: str, row: Row) -> float:
        """The score, without regard to what a text may leave out of a name: the institution and who issued it."""
        vocabulary = self._knowledge.guards.vocabulary
        left_out = (row.profile.words - profile.words) & (vocabulary["dispensable"] | vocabulary["owners"])
        if not left_out:
            return fuzz.ratio(letters, row.letters)
        return fuzz.ratio(letters, letters_of(replace(row.profile, words=row.profile.words - left_out)))

    def _profile(self, name: str, mention: Mention) -> Profile:
        """The name's profile, with the partners that the text names right behind it."""
        profile = self._knowledge.guards.profile(name)
        behind = _PARTNERS_BEHIND.match(mention.sentence, mention.within[1])
        if profile.partners or behind is None:
            return profile
        partners = self._knowledge.guards.profile(behind[1]).partners
        return replace(profile, partners=partners, words=profile.words | partners)

    def _owner_guard(self, mention: Mention, profile: Profile, row: Row) -> tuple[str, str] | None:
        """A name that lacks the institution's is the institution's only where nobody else's can be meant."""
        vocabulary = self._knowledge.guards.vocabulary
        if not (row.profile.words & vocabulary["owners"]) - profile.words:
            return None
        words = self._knowledge.guards.profile(mention.sentence).words
        foreign = sorted(words & vocabulary["institutions"])
        if foreign:
            return "owner", f"{row.alias.text!r} is another institution's; the sentence names {', '.join(foreign)}"
        around = self._knowledge.guards.profile(mention.around).words
        if (words | around) & vocabulary["owners"] or self._source.id in self._entries:
            return None
        marks = read_marks(profile.name)
        telling = (profile.words & row.profile.words) - profile.heads - vocabulary["empty"]
        if len(telling) + (bool(marks) and marks == read_marks(row.profile.name)) >= _TELLING:
            return None
        return "owner", f"nothing around says that it is {row.alias.text!r}"

    def _link_subject(self, mention: Mention) -> Link | None:
        """A description: the document that it became."""
        candidate, reason = self._subjects.find(mention)
        if candidate is None:
            is_weak = mention.pattern.startswith(WEAK_SUBJECT)
            return None if is_weak else self._unlisted(mention, mention.name, reason)
        if candidate.entry_id == self._source.id:
            return None
        title = self._entries[candidate.entry_id].title
        return Link(mention, candidate.entry_id, title, Method.SUBJECT.value, reason, 0.0, (candidate,))

    def _unlisted(self, mention: Mention, title: str, reason: str, misses: tuple[NearMiss, ...] = ()) -> Link:
        slug = make_slug(title, self._knowledge.guards)
        return Link(mention, f"{UNLISTED}{slug}", title, Method.UNLISTED.value, reason, 0.0, (), misses)


def _is_alone(mention: Mention) -> bool:
    """Whether nothing but small words stands beside the name: a heading."""
    start, end = mention.within
    beside = mention.sentence[:start] + mention.sentence[end:]
    return not re.search(r"[a-z]{3}", beside)


def _gives(entry: Entry, body: str, mention: Mention) -> bool:
    """Whether neither body nor year is against it; a number that several bodies give needs one of them for it."""
    year = _YEAR_BEHIND.match(mention.sentence, mention.within[1]) or _YEAR_BEHIND.search(mention.surface)
    if year and entry.issued and abs(entry.issued.year - int(year[1])) > 1:
        return False
    if body:
        return not entry.adopted_by or entry.adopted_by == body
    return bool(year and entry.issued)


def _is_damaged(word: str, known: str) -> bool:
    most = 1 if len(known) < _LONG_WORD else 2
    return Levenshtein.distance(word, known, score_cutoff=most) <= most
