"""From names to mentions: what belongs to a name, what is no document, and what else the text calls by a name.

In: the names found in a running text. Out: the spots that may be mentions, in the order of the text. The trap: the
order of the steps. Coordination needs the bare names, definitions the full ones, and a term exists only once its
definition does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.detect.anaphora import Resolver
from pipeline.detect.coordination import Splitter
from pipeline.detect.definitions import find_definitions
from pipeline.detect.extent import Extender
from pipeline.detect.mentions import Sentences
from pipeline.detect.names import load_names
from pipeline.detect.running import RunningText
from pipeline.detect.shortforms import ShortForms, load_register_names
from pipeline.detect.spans import BARE, KNOWN, Spot
from pipeline.detect.support import Supporter
from pipeline.detect.terms import apply_definitions
from pipeline.gazetteer.surroundings import load_surroundings
from pipeline.names.editions import load_editions
from pipeline.names.tokens import tokenize
from pipeline.names.vocabulary import Vocabulary, load_vocabulary

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer

# A body's noun stands at most this many words behind the document's name: "ATIGA Joint Implementation Committee".
_MAX_BODY_WORDS = 4
# "Task Force on", "Committee of Experts on the", "Group for the Implementation of the", before a document's name.
_TASK = re.compile(
    r"\b(?P<body>[A-Z][\w-]+)\s(?:of\s[A-Z]\w+\s)?(?:on|for)\s(?:the\s)?(?:[A-Z]\w+(?:\sand\s[A-Z]\w+)?\s(?:of|on)\s(?:the\s)?)?$"
)
_TASK_REACH = 90
_WORD_BEHIND = re.compile(r"\s([A-Za-z]+)")


def refine_spots(running: RunningText, sentences: Sentences, spots: Sequence[Spot], gazetteer: Gazetteer) -> list[Spot]:
    """The spots that may be mentions, with their final extent."""
    text = running.text
    vocabulary = load_vocabulary(gazetteer)
    names = load_names(gazetteer)
    editions = load_editions(gazetteer)
    extender, splitter = Extender(editions), Splitter(names, editions)
    nouns = [spot for spot in spots if spot.pattern == KNOWN]
    whole = [
        spot
        for group, left, right in _by_stretch(running, [spot for spot in spots if spot.pattern != KNOWN])
        for spot in _refine_stretch(text, group, left, right, splitter, extender, vocabulary)
    ]
    borders = [stretch.start for stretch in running.stretches]
    plural = [*splitter.find_acronyms(text, whole, borders), *splitter.find_enumerated(text)]
    whole = _without_overlap([*whole, *plural])
    free = splitter.find_free(text, whole, borders)
    whole = _without_overlap([*whole, *free])
    supporter = Supporter(text, vocabulary, load_surroundings(gazetteer), tuple(gazetteer.entries.values()))
    whole = supporter.require_support(whole)
    definitions = find_definitions(text, [spot for spot in whole if spot.pattern != BARE], vocabulary)
    spots = apply_definitions(text, whole, definitions, vocabulary)
    resolver = Resolver(text, sentences, vocabulary, names.spelling, gazetteer.entries)
    short = ShortForms(text, load_register_names(gazetteer))
    spots = short.resolve([*spots, *nouns])
    spots = [*spots, *resolver.resolve(spots)]
    spots.sort(key=lambda spot: spot.start)
    return [spot for spot in spots if not spot.is_body]


def _by_stretch(running: RunningText, spots: Sequence[Spot]) -> list[tuple[list[Spot], int, int]]:
    """The spots of each paragraph, cell or list item, with its borders."""
    groups: dict[int, list[Spot]] = {}
    for spot in spots:
        groups.setdefault(running.stretch_index(spot.start), []).append(spot)
    starts = [stretch.start for stretch in running.stretches] + [len(running.text)]
    return [(group, starts[number], max(starts[number + 1], group[-1].end)) for number, group in sorted(groups.items())]


def _refine_stretch(
    text: str,
    spots: Sequence[Spot],
    left: int,
    right: int,
    splitter: Splitter,
    extender: Extender,
    vocabulary: Vocabulary,
) -> list[Spot]:
    extended: list[Spot] = []
    for number, spot in enumerate(spots):
        limit = next((each.start for each in spots[number + 1 :] if each.pattern != BARE), right)
        floor = extended[-1].end if extended else left
        extended.append(spot if spot.is_body else extender.extend(text, spot, limit, floor))
    split = splitter.split(text, extended, left, right)
    kept = [
        spot
        for spot in _without_overlap(split)
        if not _names_body(text, spot, right, vocabulary) and not _is_task_of_body(text, spot, left, vocabulary)
    ]
    return [spot for spot in kept if not (_is_class(text, spot, vocabulary) or _is_area(text, spot, vocabulary))]


def _without_overlap(spots: Sequence[Spot]) -> list[Spot]:
    """A part of a coordination counts instead of a body of that name: "AEC" in "APSC, AEC and ASCC Blueprints"."""
    parts = [spot for spot in spots if spot.pattern == "coordination"]
    rest = [
        spot
        for spot in spots
        if spot.pattern == "coordination" or not any(spot.start < part.end and part.start < spot.end for part in parts)
    ]
    return sorted(rest, key=lambda spot: spot.start)


def _names_body(text: str, spot: Spot, right: int, vocabulary: Vocabulary) -> bool:
    """Whether the name runs on into a body's: "ATIGA Implementation Committee"."""
    if spot.is_body or not text.startswith(" ", spot.end):
        return False
    before = ""
    for token in tokenize(text, spot.end, min(right, spot.end + 80))[:_MAX_BODY_WORDS]:
        if token.low in vocabulary["bodies"] and (token.is_capital or _is_short(text, spot)):
            return True
        if token.low in vocabulary["activities"] and token.is_capital and _is_short(text, spot):
            return before not in vocabulary["subject_specific"]
        before = token.low
        if not token.is_word or not (token.is_capital or token.low in vocabulary["body_links"]):
            return False
        if token.low in vocabulary["heads"] and token.is_capital:
            return False
    return False


def _is_task_of_body(text: str, spot: Spot, left: int, vocabulary: Vocabulary) -> bool:
    """Whether a body is named after its work on the document: "Committee for the Implementation of ATIGA"."""
    found = _TASK.search(text, max(left, spot.start - _TASK_REACH), spot.start)
    return found is not None and found["body"].lower() in vocabulary["bodies_of_people"]


def _is_area(text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a name is the free trade area: "an ACFTA safeguard measure", "AANZFTA Material Cost", "within ACFTA"."""
    if not text[spot.start : spot.end].lower().endswith(tuple(vocabulary["area_endings"])):
        return False
    following = _WORD_BEHIND.match(text, spot.end)
    measured = following is not None and following[1].lower() in vocabulary["area_measures"]
    return measured or text.endswith(("within ", "within the "), 0, spot.start)


def _is_short(text: str, spot: Spot) -> bool:
    return " " not in text[spot.start : spot.end]


def _is_class(text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a plural makes a class of the name: "AEC Blueprints", where nothing tells which are meant."""
    if not spot.entry_ids or spot.pattern != "name":
        return False
    words = re.findall(r"[^\W\d_]+", text[spot.start : spot.end])
    named = {word.lower() for word in re.findall(r"[^\W\d_]+", spot.name)}
    return any(
        word.lower().endswith("s") and word.lower() not in named and word.lower()[:-1] in named
        for word in words
        if word.lower() in vocabulary["classes"] and word.lower()[:-1] in vocabulary["heads"]
    )
