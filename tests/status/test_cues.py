"""The cue book: every row keeps what its examples claim, and a bad row is named."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.status.cuebook import CueError, Role, Row, inflect, load_cues
from pipeline.status.deadlines import find_deadline
from pipeline.status.events import Hit, find_events
from pipeline.status.words import find_lead_events, find_outcomes

FOLDER = Path(__file__).parents[2] / "gazetteer"
BOOK = load_cues(FOLDER)
HEADS = (Role.HEAD_PLANNED, Role.HEAD_EXISTING)


def split_marks(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its brackets, and the spans that stood in them."""
    text, spans = "", []
    for part in re.split(r"(\[[^\]]*\])", marked):
        if part.startswith("["):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, spans


def rows_that_reach(marked: str) -> set[str]:
    lead, _, sentence = marked.rpartition(" >> ")
    if lead:
        return {hit.row for hit in (*find_lead_events(lead, BOOK), *find_outcomes(lead, BOOK))}
    text, spans = split_marks(sentence)
    return {hit.row for hits in find_events(text, spans, BOOK) for hit in hits}


@pytest.mark.parametrize("row", [row for row in BOOK.rows if row.role is not Role.DEADLINE], ids=lambda row: row.id)
def test_a_cue_keeps_its_promises(row: Row) -> None:
    assert row.examples, row.id
    for example in row.examples:
        reached = rows_that_reach(example)
        assert reached if row.role is Role.PART else row.id in reached, example


@pytest.mark.parametrize("row", [row for row in BOOK.rows if row.role is Role.DEADLINE], ids=lambda row: row.id)
def test_a_deadline_keeps_its_promises(row: Row) -> None:
    binding = (Hit("planned", 3, "make", "", 0, making=True, binds=True),)
    assert row.examples, row.id
    for example in row.examples:
        text, spans = split_marks(example)
        name = text.index("it") if " it" in text else 0
        assert find_deadline(text, [(name, name + 2)], 0, binding, "", BOOK) == text[slice(*spans[0])], example


def test_the_book_is_small_and_each_row_has_a_witness_or_a_reason() -> None:
    ids = [row.id for row in BOOK.rows]
    assert len(ids) <= 90
    assert sorted(ids) == sorted(set(ids))
    assert all(row.witness for row in BOOK.rows)


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


WORDS = sorted(set(BOOK.lexicon) | {word for words in BOOK.grammar.values() for word in words})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*WORDS[::7], "X", "@", "@", "$", "^", "|", ",", "(", ")", ":", ";"])))
def test_any_row_of_words_is_read(words: list[str]) -> None:
    """However odd the sentence, every name gets an answer, and a cue quotes words of the sentence."""
    text = " ".join(words)
    spans = [found.span() for found in re.finditer("@", text)]
    for hits in find_events(text, spans, BOOK):
        assert all(hit.words in text and hit.distance >= 0 for hit in hits), text
    tuple(find_lead_events(text, BOOK))


GOOD = "{id: a, role: make, words: [draft], witness: x.pdf}"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("role: make", "role: maybe"), "cue 'a': 'maybe' is not a valid Role"),
        (("witness: x.pdf", "examples: [x]"), "cue 'a': needs a witness"),
        (("words: [draft]", "words: [draw/draws up]"), "cue 'a': 'draw/draws up' needs four forms"),
        (("id: a, ", ""), "'id'"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, wrong: tuple[str, str], message: str) -> None:
    rows = [GOOD.replace(*wrong), GOOD.replace("id: a", "id: b").replace("role: make", "role: far")]
    content = "grammar: {}\ncues:\n" + "".join(f"  - {row}\n" for row in rows)
    (tmp_path / "cues.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(CueError) as caught:
        load_cues(tmp_path)
    assert message in str(caught.value), wrong
    assert "cue 'b': 'far'" in str(caught.value)
