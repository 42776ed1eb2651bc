"""One document, one node: names that no register explains, joined over the corpus.

In: every unlisted name that the documents cite, with its sentence. Out: `Clusters`, which say for each citation which
node it belongs to. Names are compared as attributes: the document's nouns, its issuer, what it is about, its year,
period or number. Words may differ in spelling only; issuer, noun and edition part. A name that was cut belongs to the
longer one that its sentence goes on with; a short form or acronym to the one document it fits. What fits two stays
apart and is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz

from pipeline.link.guards import Guards, make_slug
from pipeline.link.knowledge import load_knowledge
from pipeline.names.editions import Marks, read_marks
from pipeline.names.folding import fold_text
from pipeline.names.spelling import split_words
from pipeline.records import UNLISTED, Citation, CitationKind, Document, NearMiss

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# Names as alike as this (RapidFuzz, 0-100) that stay apart are shown to a person.
_NEAR = 92.0
# Of the documents that a short name may mean so many are told.
_MOST_TOLD = 4
# A plan is spoken of so many years before it begins, and while it holds.
_AHEAD = 3
# A footnote's mark glued to the last word ("Rights0H"), a comma, a participle that begins what follows.
_TAIL = re.compile(
    r"(?:(?<=[a-z])\.?\d{1,2}[A-Z]?|\s*\(\d{1,3}\)|[\s,;:.]+|[\s,]+(?:including|as|and|or|of|on|for|in))+$"
)
# "Moscow Declaration": a proper name and a document's noun.
_BARE = re.compile(r"[A-Z][\w-]+\s[A-Z][\w-]+")
_LEAD = re.compile(r"^(?:(?:the|an?|its|this|our|their)\s+|[A-Z][\w-]*(?:\s[A-Z][\w-]*)?['’]s\s+(?=[A-Z][a-z]))", re.I)
_BRACKET = re.compile(r"\s*\(([^()]{2,24})\)\s*$")
_YEAR_TAIL = re.compile(r"[\s,]+(?:of\s+|\()?((?:18|19|20)\d\d)\)?$")
_ACRONYM = re.compile(r"^(?:[A-Z]{2,6}\s)?([A-Z][A-Za-z-]*[A-Z][\w-]*)s?$")
# Two names run into one: their joint form is no name to look for.
_TWO_NAMES = re.compile(r",?\s(?:and|or)\s(?:(?:in|of|to)\s)?(?:the|its)\s[A-Z]")
# "the Declaration on Kites (resolution 66/2", "resolution 66/2 on the Declaration on Kites", "..., entitled ...".
_NAME_FIRST = re.compile(r"[\"'”’]?\s?[(\[]\s?(?:see\s)?$")
_SYMBOL_FIRST = re.compile(r",?\s(?:on|entitled|containing|adopting)\s(?:the\s)?[\"'“‘]?$")


class Naming(NamedTuple):
    """One citation of a document that no register explains."""

    id: str
    target: str
    title: str
    surface: str
    source: str
    year: int | None  # of the citing document
    sentence: str
    within: tuple[int, int]
    is_symbol: bool


@dataclass(frozen=True)
class _Form:
    """A name in its parts."""

    text: str
    words: tuple[str, ...]  # folded, in order, without issuer, year and small words
    heads: frozenset[str]
    issuer: frozenset[str]
    marks: Marks
    year: int | None  # of adoption, behind the name
    acronym: str

    @property
    def core(self) -> frozenset[str]:
        return frozenset(self.words)


@dataclass
class _Node:
    """One unlisted target with all that cite it."""

    target: str
    form: _Form
    namings: list[Naming] = field(default_factory=list)


@dataclass(frozen=True)
class Clusters:
    """Which node each citation of an unlisted name belongs to."""

    nodes: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # target -> new target and its best full form
    moved: Mapping[str, str] = field(default_factory=dict)  # citation id -> target, where its own name was cut
    near_misses: tuple[NearMiss, ...] = ()

    def join(self, document: Document) -> Document:
        """The document with its unlisted citations on the nodes of their clusters, and what stayed apart."""
        citations = tuple(self._join(citation) for citation in document.citations)
        misses = tuple(miss for miss in self.near_misses if miss.source_id == document.source.id)
        return replace(document, citations=citations, near_misses=(*document.near_misses, *misses))

    def _join(self, citation: Citation) -> Citation:
        target = self.moved.get(citation.id, citation.target_id or "")
        if target not in self.nodes:
            return citation
        target_id, title = self.nodes[target]
        return replace(citation, target_id=target_id, target_title=title)


def find_clusters(documents: Iterable[Document], gazetteer: Gazetteer) -> Clusters:
    """The clusters of all unlisted names of a corpus; `gazetteer` is what its documents were cited with."""
    known = set(gazetteer.entries)
    namings: list[Naming] = []
    for document in documents:
        known.add(document.source.id)
        namings.extend(_namings(document))
    return _Joiner(gazetteer).join(sorted(naming for naming in namings if naming.target not in known))


def _namings(document: Document) -> Iterator[Naming]:
    year = document.source.issued.year if document.source.issued else None
    for citation in document.citations:
        mention = citation.mention
        if citation.target_id and citation.target_id.startswith(UNLISTED) and mention.kind is CitationKind.NAME:
            yield Naming(
                citation.id,
                citation.target_id,
                citation.target_title,
                " ".join(mention.surface.split()),
                mention.source_id,
                year,
                mention.sentence,
                mention.within,
                mention.pattern == "symbol",
            )


class _Joiner:
    """Joins names, with what a gazetteer says about words, bodies and spellings."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        known = load_knowledge(gazetteer)
        self._guards: Guards = known.guards
        self._found_as = gazetteer.found_as
        self._grammar = known.grammar
        self._bodies = {_initials(name): name for name in self._grammar.bodies if len(_initials(name)) > 1}
        self._misses: dict[tuple[str, str], NearMiss] = {}

    def join(self, namings: Sequence[Naming]) -> Clusters:
        """The clusters of these names."""
        moved = self._find_cut(namings)
        nodes: dict[str, _Node] = {}
        for naming in sorted(namings, key=lambda each: each.id in moved):  # a node is called by its own names
            target = moved.get(naming.id, naming.target)
            if target not in nodes:
                nodes[target] = _Node(target, self._read(naming.title))
            nodes[target].namings.append(naming)
        home = {target: target for target in nodes}
        for one, other in self._same(nodes):
            _unite(home, one, other)
        for join in (self._editions, self._short_forms, self._acronyms, self._appositions):
            clusters = _gather(home, nodes)
            for one, other in join(clusters):
                _unite(home, one, other)
        return self._name(_gather(home, nodes), moved)

    def _read(self, name: str) -> _Form:
        """A name in its parts."""
        text = _TAIL.sub("", fold_text(name).strip())
        acronym, year = "", None
        while True:
            bracket, tail = _BRACKET.search(text), _YEAR_TAIL.search(text)
            if bracket and not bracket[1].isdigit():
                acronym, text = bracket[1], text[: bracket.start()]
            elif tail and not re.search(r"[-/]\s?$|\bto\s$", text[: tail.start(1)]):
                year, text = int(tail[1]), text[: tail.start()]
            else:
                break
        plain, issuer = self._without_issuer(_LEAD.sub("", text))
        folded = [word for _, _, word in self._guards.spelling.fold_words(split_words(plain))]
        small = self._guards.vocabulary["inside"]
        words = tuple(word for word in folded if word not in small and not re.fullmatch(r"\d{4}|\d{1,2}", word))
        heads = self._guards.profile(plain).heads
        return _Form(text, words, heads, issuer, read_marks(text), year, acronym)

    def _without_issuer(self, text: str) -> tuple[str, frozenset[str]]:
        """The name without the bodies named in it, and these: "WHO Constitution" is the World Health Organization's."""
        found = set()
        for acronym, body in self._bodies.items():
            text = re.sub(rf"\b{re.escape(acronym)}\b(?!-)", body, text)
        for start, end, body in sorted(self._grammar.find_bodies(text), reverse=True):
            found.add(body)
            text = f"{text[:start]} {text[end:]}"
        return _LEAD.sub("", " ".join(text.split())), frozenset(found)

    def _find_cut(self, namings: Sequence[Naming]) -> dict[str, str]:
        """Citations whose sentence goes on with a longer name, to the target of that one."""
        forms: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for naming in namings:
            words = self._fold(naming.surface)
            if len(words) > 2 and not naming.is_symbol and not _TWO_NAMES.search(naming.surface):
                forms[words[0]].append((words, naming.target))
        for each in forms.values():
            each.sort(key=lambda form: (-len(form[0]), form))
        moved = {}
        for naming in namings:
            if naming.is_symbol:
                continue
            before = len(self._fold(naming.sentence[: naming.within[0]]))
            length = len(self._fold(naming.sentence[naming.within[0] : naming.within[1]]))
            words = self._fold(naming.sentence)
            for place in range(max(0, before - 6), before + 1):
                longer = next(
                    (
                        (form, target)
                        for form, target in forms.get(words[place] if place < len(words) else "", ())
                        if words[place : place + len(form)] == form and place + len(form) >= before + length
                    ),
                    None,
                )
                if longer is not None and len(longer[0]) > length:
                    if longer[1] != naming.target:
                        moved[naming.id] = longer[1]
                    break
        return moved

    def _fold(self, text: str) -> tuple[str, ...]:
        return tuple(word for _, _, word in self._guards.spelling.fold_words(split_words(fold_text(text))))

    def _same(self, nodes: Mapping[str, _Node]) -> Iterator[tuple[str, str]]:
        """Names of one noun and one subject whose issuers and editions agree."""
        groups: dict[tuple[frozenset[str], frozenset[str]], list[_Node]] = defaultdict(list)
        for target in sorted(nodes):
            form = nodes[target].form
            if form.core and not nodes[target].namings[0].is_symbol:
                groups[form.heads, form.core].append(nodes[target])
        for group in groups.values():
            issuers = {issuer for node in group for issuer in node.form.issuer}
            for number, one in enumerate(group):
                for other in group[number + 1 :]:
                    if one.form.marks != other.form.marks or _differ(one.form.year, other.form.year):
                        self._tell(one, other, "edition", "another year or edition")
                    elif (
                        one.form.issuer == other.form.issuer
                        or (len(issuers) == 1 and not (one.form.issuer and other.form.issuer))
                        or one.form.issuer & other.form.issuer
                    ):
                        yield one.target, other.target
                    else:
                        self._tell(one, other, "issuer", "another issuer, or nobody says whose")

    def _editions(self, clusters: Sequence[Sequence[_Node]]) -> Iterator[tuple[str, str]]:
        """A name without year or period: the one edition there is, if the citing documents are of its time."""
        groups: dict[tuple[frozenset[str], frozenset[str]], list[Sequence[_Node]]] = defaultdict(list)
        for cluster in clusters:
            form = cluster[0].form
            if form.core and not cluster[0].namings[0].is_symbol:
                groups[form.heads, form.core].append(cluster)
        for group in groups.values():
            bare = [each for each in group if not _edition(each)]
            dated = [each for each in group if _edition(each)]
            for each in bare:
                fitting = [other for other in dated if _in_time(each, other) and _agree(each, other)]
                if len(fitting) == 1 and len(dated) == 1:
                    yield each[0].target, fitting[0][0].target
                else:
                    for other in dated:
                        self._tell(each[0], other[0], "edition", "a year or an edition parts them")

    def _short_forms(self, clusters: Sequence[Sequence[_Node]]) -> Iterator[tuple[str, str]]:
        """ "Moscow Declaration": the one document whose name begins so; other short names only where both are cited."""
        by_word: dict[str, list[Sequence[_Node]]] = defaultdict(list)
        for cluster in clusters:
            if cluster[0].form.words and not cluster[0].namings[0].is_symbol:
                by_word[cluster[0].form.words[0]].append(cluster)
        for short in clusters:
            form = short[0].form
            if form.core <= form.heads or short[0].namings[0].is_symbol:
                continue
            longer = [
                each
                for each in by_word[form.words[0]]
                if each is not short and any(_begins(form, node.form) for node in each) and _agree(short, each)
            ]
            if not longer:
                continue
            is_bare = _BARE.fullmatch(form.text) is not None and form.words[-1] in form.heads
            sources = {naming.source for node in short for naming in node.namings}
            beside = [each for each in longer if sources <= {naming.source for node in each for naming in node.namings}]
            if len(longer) == 1 and (is_bare or beside):
                yield short[0].target, longer[0][0].target
            else:
                for each in longer[:_MOST_TOLD]:
                    self._tell(short[0], each[0], "short form", "it may be cut, or a document of its own")

    def _acronyms(self, clusters: Sequence[Sequence[_Node]]) -> Iterator[tuple[str, str]]:
        """An acronym: the one document that bears it in brackets, else the one whose words it spells."""
        for short in clusters:
            found = _ACRONYM.match(short[0].form.text)
            if found is None or " " in found[1] or short[0].namings[0].is_symbol:
                continue
            others = [each for each in clusters if each is not short]
            bearing = [each for each in others if any(node.form.acronym == found[1] for node in each)]
            spelling = [each for each in others if any(_initials(node.form.text) == found[1] for node in each)]
            meant = bearing or (spelling if len(found[1]) > 2 else [])
            if len(meant) == 1:
                yield short[0].target, meant[0][0].target
            for each in meant if len(meant) > 1 else ():
                self._tell(short[0], each[0], "acronym", "several documents go by this acronym")

    def _appositions(self, clusters: Sequence[Sequence[_Node]]) -> Iterator[tuple[str, str]]:
        """A name and a symbol that stand in apposition, if no other name or symbol does so with them."""
        cluster_of = {naming.id: cluster for cluster in clusters for node in cluster for naming in node.namings}
        sentences: dict[tuple[str, str], list[Naming]] = defaultdict(list)
        for cluster in clusters:
            for node in cluster:
                for naming in node.namings:
                    sentences[naming.source, naming.sentence].append(naming)
        pairs: dict[str, dict[str, None]] = defaultdict(dict)
        for beside in sentences.values():
            beside.sort(key=lambda naming: naming.within)
            for left, right in pairwise(beside):
                between = left.sentence[left.within[1] : right.within[0]]
                pattern = _SYMBOL_FIRST if left.is_symbol else _NAME_FIRST
                if left.is_symbol != right.is_symbol and pattern.fullmatch(between):
                    one, other = cluster_of[left.id][0].target, cluster_of[right.id][0].target
                    pairs[one][other] = None
                    pairs[other][one] = None
        for one, others in sorted(pairs.items()):
            if len(others) == 1 and len(pairs[next(iter(others))]) == 1:
                yield one, next(iter(others))

    def _tell(self, one: _Node, other: _Node, guard: str, reason: str) -> None:
        """Keep a pair that stays apart, where its names are alike enough for a person to look at."""
        score = fuzz.token_set_ratio(one.form.text, other.form.text)
        if score >= _NEAR:
            naming = one.namings[0]
            self._misses.setdefault(
                (one.target, other.target),
                NearMiss(
                    naming.source,
                    naming.surface,
                    other.target,
                    guard,
                    round(score, 1),
                    f"{other.form.text!r}: {reason}",
                ),
            )

    def _name(self, clusters: Sequence[Sequence[_Node]], moved: Mapping[str, str]) -> Clusters:
        """The id and the best full form of each cluster."""
        named: dict[str, tuple[str, str]] = {}
        taken: dict[str, str] = {}
        for cluster in sorted(clusters, key=lambda each: min(node.target for node in each)):
            best = self._best(cluster)
            target, title = best.target, best.namings[0].title
            if not best.namings[0].is_symbol and (len(cluster) > 1 or title != best.form.text):
                year = next((node.form.year for node in cluster if node.form.year), None)
                title = f"{best.form.text} ({year})" if year else best.form.text
                target = UNLISTED + make_slug(title, self._guards)
            target = target if taken.setdefault(target, best.target) == best.target else best.target
            target = self._found_as.get(target, target)  # accepted since under an id of its own
            named.update({node.target: (target, title) for node in cluster})
        misses = tuple(
            replace(miss, entry_id=named[other][0])
            for (one, other), miss in sorted(self._misses.items())
            if named[one][0] != named[other][0]
        )
        return Clusters(named, dict(moved), misses)

    def _best(self, cluster: Sequence[_Node]) -> _Node:
        """The node whose name is the fullest: a name before a symbol or acronym, with its period, cited most."""

        def rank(node: _Node) -> tuple[bool, bool, int, int, str]:
            is_code = node.namings[0].is_symbol or " " not in node.form.text
            return is_code, not node.form.marks, -len(node.form.words), -len(node.namings), node.target

        return min(cluster, key=rank)


def _unite(home: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_find(home, one), _find(home, other)))
    home[second] = first


def _find(home: dict[str, str], target: str) -> str:
    while home[target] != target:
        target = home[target]
    return target


def _gather(home: dict[str, str], nodes: Mapping[str, _Node]) -> list[list[_Node]]:
    """The clusters, each with its fullest name first."""
    groups: dict[str, list[_Node]] = defaultdict(list)
    for target in sorted(nodes):
        groups[_find(home, target)].append(nodes[target])
    for group in groups.values():
        group.sort(key=lambda node: (node.namings[0].is_symbol, -len(node.form.words), node.target))
    return list(groups.values())


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"[^\W\d_]+", name) if word[0].isupper())


def _differ(one: int | None, other: int | None) -> bool:
    return one != other


def _edition(cluster: Sequence[_Node]) -> tuple[Marks, int | None] | None:
    """The edition that a cluster's names tell; None if they tell none."""
    return next(((node.form.marks, node.form.year) for node in cluster if node.form.marks or node.form.year), None)


def _agree(one: Sequence[_Node], other: Sequence[_Node]) -> bool:
    """Whether no issuer is against it."""
    left = {issuer for node in one for issuer in node.form.issuer}
    right = {issuer for node in other for issuer in node.form.issuer}
    return not left or not right or bool(left & right)


def _in_time(bare: Sequence[_Node], dated: Sequence[_Node]) -> bool:
    """Whether every document that cites the bare name is of the other's period, or not older than its year."""
    edition = _edition(dated)
    assert edition is not None
    marks, year = edition
    if marks.numbers or marks.parts:
        return False
    starts = [start for start, _ in marks.periods] or [*marks.years, *([year] if year else [])]
    ends = [end for _, end in marks.periods]
    years = [naming.year for node in bare for naming in node.namings if naming.year]
    return all(min(starts) - _AHEAD <= each <= (max(ends) if ends else 9999) for each in years)


def _begins(short: _Form, full: _Form) -> bool:
    """Whether a name is the beginning of another one."""
    return len(short.words) < len(full.words) and full.words[: len(short.words)] == short.words and bool(short.heads)
