"""Every cue keeps its promises: it reaches the [name] of its examples and none of its counterexamples."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.status.cuebook import Cue, CueBook, CueError, inflect, load_cues
from pipeline.status.cuepattern import compile_pattern
from pipeline.status.cues import find_cues, find_lead_cues
from pipeline.status.deadlines import find_deadlines

FOLDER = Path(__file__).parents[2] / "gazetteer"
BOOK = load_cues(FOLDER)


def split_marks(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its brackets, and the spans that stood in them."""
    text, spans = "", []
    for part in re.split(r"(\[[^\]]*\])", marked):
        if part.startswith("["):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, spans


def names_reached(marked: str, cue: Cue, book: CueBook = BOOK) -> list[bool]:
    text, spans = split_marks(marked)
    return [any(hit.cue.id == cue.id for hit in hits) for hits in find_cues(text, spans, book)]


@pytest.mark.parametrize("cue", BOOK.cues, ids=lambda cue: cue.id)
def test_cue_keeps_its_promises(cue: Cue) -> None:
    for sentence in cue.examples:
        reached = names_reached(sentence, cue)
        assert reached, f"no [name] in: {sentence}"
        assert all(reached), sentence
    for sentence in cue.counterexamples:
        assert not any(names_reached(sentence, cue)), sentence


@pytest.mark.parametrize("cue", BOOK.leads, ids=lambda cue: cue.id)
def test_lead_cue_keeps_its_promises(cue: Cue) -> None:
    def speaks(lead: str) -> bool:
        return any(hit.cue.id == cue.id for hit in find_lead_cues(lead, "ASEAN Seed Code", [(0, 15)], BOOK)[0])

    for lead in cue.examples:
        assert speaks(lead), lead
    for lead in cue.counterexamples:
        assert not speaks(lead), lead


def test_cue_ids_are_unique() -> None:
    ids = [cue.id for cue in (*BOOK.cues, *BOOK.leads)]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("deadline", BOOK.deadlines, ids=lambda deadline: deadline.id)
def test_deadline_keeps_its_promises(deadline) -> None:
    one = CueBook((), (), (deadline,), BOOK.following, BOOK.words)

    def phrase(marked: str) -> tuple[str, str]:
        text, spans = split_marks(marked)
        name = re.search(r"\b[Ii]t\b|code", text)
        assert name is not None
        return find_deadlines(text, [name.span()], one)[0], text[slice(*spans[0])] if spans else ""

    for marked in deadline.examples:
        found, wanted = phrase(marked)
        assert found == wanted, marked
    for marked in deadline.counterexamples:
        assert phrase(marked)[0] == "", marked


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("develop", ("develop", "develops", "developing", "developed")),
        ("finalise", ("finalise", "finalises", "finalising", "finalised")),
        ("ratify", ("ratify", "ratifies", "ratifying", "ratified")),
        ("oversee/oversees/overseeing/oversaw/overseen", ("oversee", "oversees", "overseeing", "oversaw", "overseen")),
        ("draw/draws/drawing/drew/drawn up", ("draw up", "draws up", "drawing up", "drew up", "drawn up")),
        ("agree on", ("agree on", "agrees on", "agreeing on", "agreed on")),
    ],
)
def test_forms_of_a_verb(verb: str, forms: tuple[str, ...]) -> None:
    assert tuple(form for group in inflect(verb).values() for form in group) == forms, verb


@pytest.mark.parametrize(
    ("pattern", "line", "matches"),
    [
        ("will {make}", "they will draft X . ", True),
        ("will {make}", "they will read X . ", False),
        ("(in a word|at once) {make}?", "at once X ", True),
        ("...2 X", "the new big X ", True),
        ("^ ...1 X", "^ the new big X ", False),
        ("X ~4 YEAR", "X , signed in bali , 2015 ", False),
        ("X ~6 YEAR", "X , signed in bali , 2015 ", True),
        ("X PAST", "X adopted ", True),
        ("X is X? here", "X is X here ", True),
        ("X is X? here", "X is here ", True),
        ("draft !a|the", "draft it ", True),
        ("draft !a|the", "draft the code ", False),
    ],
)
def test_pattern_language(pattern: str, line: str, matches: bool) -> None:
    found = compile_pattern(pattern, {"make": ("draft", "draw up")}).find(line, frozenset(line.split()))
    assert bool(list(found)) is matches, pattern


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*sorted(BOOK.words["function"])[::9], "X", "@", "$", "^", "|", ",", "(", ")", ":", ";"]))
)
def test_any_row_of_words_is_read(words: list[str]) -> None:
    """However odd the sentence, every name gets an answer, and a cue quotes words of the sentence."""
    text = " ".join(words)
    spans = [found.span() for found in re.finditer("@", text)]
    for hits in find_cues(text, spans, BOOK):
        assert all(hit.words in text and hit.distance >= 0 for hit in hits), text
    assert len(find_deadlines(text, spans, BOOK)) == len(spans)
    assert len(find_lead_cues(text + ":", text, spans, BOOK)) == len(spans)


def write_book(folder: Path, cues: str) -> Path:
    reaches = "reaches:\n  object: {direction: forward, scope: 9, stops: [stop]}\n"
    lists = "verbs:\n  make: [draft]\nlists:\n  stop: [under]\n  following: [the following]\n"
    rest = "leads: []\ndeadlines: []\n"
    (folder / "cues.yaml").write_text(lists + reaches + rest + cues, encoding="utf-8")
    return folder


GOOD = (
    '{id: a, status: planned, strength: 3, reach: object, pattern: "will {make}", examples: [x], counterexamples: [y]}'
)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("status: planned", "status: maybe"), "cue 'a': status 'maybe' is not one of planned, existing, none"),
        (("reach: object", "reach: far"), "cue 'a': reach 'far' is not one of object"),
        (("{make}", "{mak}"), "cue 'a': there is no list {mak} above it"),
        (("examples: [x],", "examples: [],"), "cue 'a': needs at least one example and one counterexample"),
        (("will {make}", "will|(at once)"), "alternatives of several words stand in one bracket"),
        (("strength: 3", "strength: high"), "cue 'a': invalid literal for int()"),
        (("id: a, ", ""), "'id'"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, wrong: tuple[str, str], message: str) -> None:
    folder = write_book(tmp_path, "cues:\n  - " + GOOD.replace(*wrong) + "\n")
    with pytest.raises(CueError) as caught:
        load_cues(folder)
    assert message in str(caught.value), wrong


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    rows = [GOOD.replace("id: a", f"id: {name}").replace("object", "far") for name in ("one", "two")]
    with pytest.raises(CueError) as caught:
        load_cues(write_book(tmp_path, "cues:\n" + "".join(f"  - {row}\n" for row in rows)))
    assert [line.split("'")[1] for line in str(caught.value).splitlines()] == ["one", "two"]
