"""Detection: the spaCy pipeline by itself, patterns that keep their promises, names that survive damage."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.detect.names import build_names
from pipeline.detect.patterns import Pattern, PatternError, load_patterns, read_patterns
from pipeline.detect.pipeline import SPANS, detect_mentions, load_nlp, make_nlp
from pipeline.detect.spans import KNOWN
from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.link import LinkLimits
from pipeline.link.linker import link_mentions
from pipeline.names.dates import PartialDate
from pipeline.names.spelling import Spelling
from pipeline.names.vocabulary import Vocabulary, load_vocabulary
from pipeline.records import UNLISTED, Page, Source

GAZETTEER = Path(__file__).parents[2] / "gazetteer"
LATE = PartialDate.parse("2026-10-01")  # later than every document of the gazetteer


def gazetteer() -> Gazetteer:
    return load_gazetteer(GAZETTEER)


def targets(text: str, at: PartialDate = LATE) -> list[tuple[int, str | None]]:
    """Where citations begin in the text, and what they are linked to."""
    source = Source("unlisted:case", "", "", "", at)
    pages = tuple(Page(source.id, number, page) for number, page in enumerate(text.split("\f"), 1))
    starts = [0, *accumulate(len(page.text) + 1 for page in pages)]
    links = link_mentions(source, detect_mentions(source, pages, gazetteer()), gazetteer(), LinkLimits())
    return [(starts[link.mention.page - 1] + link.mention.start, link.target_id) for link in links]


# ---- the spaCy pipeline


def test_the_pipeline_works_by_itself() -> None:
    doc = load_nlp(gazetteer())("Ministers read the ASEAN Charter and the Convention on Kite Safety.")
    assert [(span.text, span.label_) for span in doc.spans[SPANS]] == [
        ("ASEAN Charter", "name"),
        ("Convention on Kite Safety", "unlisted"),
    ]
    assert doc.spans[SPANS][0]._.citation["entry_ids"] == ("asean-charter-2007",)


def test_the_exact_place_of_a_name_that_lost_its_spaces() -> None:
    doc = load_nlp(gazetteer())("They quotetheASEANHumanRightsDeclarationoften.")
    citation = doc.spans[SPANS][0]._.citation
    assert doc.text[citation["start"] : citation["end"]] == "ASEANHumanRightsDeclaration"


def test_a_saved_pipeline_finds_the_same(tmp_path: Path) -> None:
    nlp = load_nlp(gazetteer())
    nlp.to_disk(tmp_path / "finder")
    text = "The AEC Blueprint 2025, the Vientiane Action Program and the Protocol on Kite Safety were read."
    again = spacy.load(tmp_path / "finder")
    docs = nlp(text), again(text)
    before, found = ([(span.text, span._.citation) for span in doc.spans[SPANS]] for doc in docs)
    assert found == before
    assert [words for words, _ in found] == [
        "AEC Blueprint 2025",
        "Vientiane Action Program",
        "Protocol on Kite Safety",
    ]


def test_a_saved_pipeline_finds_the_same_in_another_process(tmp_path: Path) -> None:
    """What somebody else does with it: load, run, read the spans; no gazetteer, no other module of ours."""
    text = "Asean members read Atiga, theASEANHumanRightsDeclaration and, of their own, the Protocol on Kite Safety."
    nlp = load_nlp(gazetteer())
    nlp.to_disk(tmp_path / "finder")
    doc = nlp(text)
    here = [[span.text, span.label_, list(span._.citation["entry_ids"])] for span in doc.spans[SPANS]]
    assert [row[0] for row in here] == ["Atiga", "theASEANHumanRightsDeclaration", "Protocol on Kite Safety"]
    program = (
        "import json, sys, spacy, pipeline.detect.pipeline\n"
        "doc = spacy.load(sys.argv[1])(sys.argv[2])\n"
        "spans = doc.spans['citations']\n"
        "print(json.dumps([[span.text, span.label_, span._.citation['entry_ids']] for span in spans]))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "finder"), text]
    there = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert json.loads(there.stdout) == here


def test_an_empty_pipeline_finds_nothing() -> None:
    doc = make_nlp(build_names([], Spelling()), (), Vocabulary({}))("The ASEAN Charter was signed.")
    assert list(doc.spans[SPANS]) == []


# ---- patterns


@pytest.mark.parametrize("pattern", load_patterns(gazetteer()), ids=lambda pattern: pattern.id)
def test_a_pattern_keeps_its_promises(pattern: Pattern) -> None:
    nlp = make_nlp(build_names([], Spelling()), (pattern,), load_vocabulary(gazetteer()))
    for sentence in pattern.examples:
        doc = nlp(sentence)
        assert [spot.pattern for spot in doc._.spots if spot.pattern != KNOWN] == [pattern.id], sentence
    for sentence in pattern.counterexamples:
        doc = nlp(sentence)
        assert [span.text for span in doc.spans[SPANS]] == [], sentence


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"id": "x"}, "are missing or unknown"),
        ({"kind": "verb"}, "kind 'verb' is not one of"),
        ({"examples": []}, "at least one example"),
        ({"pattern": [{"LOWER": {"IN": "@nouns"}}]}, "no list 'nouns'"),
        ({"pattern": [{"POS": {"IN": ["NOUN"]}}]}, "only LOWER and TEXT"),
    ],
)
def test_a_bad_pattern_is_named_with_its_line(row: dict[str, object], fault: str) -> None:
    whole = {"id": "x", "kind": "name", "pattern": [{"LOWER": "x"}], "examples": ["x"], "counterexamples": ["y"]}
    line = json.dumps(row if row == {"id": "x"} else {**whole, **row})
    with pytest.raises(PatternError, match=rf"patterns\.jsonl:1: .*{fault}"):
        read_patterns(line, Vocabulary({}))


# ---- what PDFs do to names


def _at_a_space(title: str, instead: str) -> str:
    """One space of the title replaced, the same one each time."""
    places = [place for place, character in enumerate(title) if character == " "]
    if not places:
        return title
    place = random.Random(title).choice(places)
    return title[:place] + instead + title[place + 1 :]


def _in_long_words(title: str, mark: str) -> str:
    words = (word[:3] + mark + word[3:] if len(word) > 6 and word.isalpha() else word for word in title.split(" "))
    return " ".join(words)


def _ligatures(title: str) -> str:
    for letters, glyph in (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ")):
        title = title.replace(letters, glyph)
    return title


MUTATIONS: dict[str, Callable[[str], str]] = {
    "newline": lambda title: _at_a_space(title, "\n"),
    "newlines everywhere": lambda title: title.replace(" ", "\n"),
    "double spaces": lambda title: title.replace(" ", "  "),
    "one space lost": lambda title: _at_a_space(title, ""),
    "no spaces": lambda title: title.replace(" ", ""),
    "letter-spaced": lambda title: " ".join(title.replace(" ", "")),
    "doubled glyphs": lambda title: "".join(letter if letter == " " else letter * 2 for letter in title),
    "soft hyphens": lambda title: _in_long_words(title, "\u00ad"),
    "soft hyphens at line ends": lambda title: _in_long_words(title, "\u00ad\n"),
    "hyphens at line ends": lambda title: _in_long_words(title, "-\n"),
    "en dash": lambda title: title.replace("-", "–"),
    "non-breaking hyphen": lambda title: title.replace("-", "\u2011"),
    "PDFium's hyphen": lambda title: title.replace("-", "\ufffe"),
    "ligatures": _ligatures,
    "capitals": str.upper,
    "small letters": str.lower,
    "curly quotes": lambda title: title.replace("'", "’").replace('"', "”"),
    "page number": lambda title: _at_a_space(title, "\n17\n\f"),
    "page number in words": lambda title: _at_a_space(title, "\nPage 17 of 30\n\f\n"),
    "header with number": lambda title: _at_a_space(title, "\n\fAnnual Report of the Clerks 17\n"),
    "footer with number": lambda title: _at_a_space(title, "\nAnnual Report of the Clerks | Page 17\n\f"),
    "number and header": lambda title: _at_a_space(title, "\n17\n\fAnnual Report of the Clerks\n\n"),
    "header of another document": lambda title: _at_a_space(title, "\n\n17\n\fASEAN Handbook of the Clerks\n"),
}


# Those that leave lines and pages alone.
WORDS = {name for name, change in MUTATIONS.items() if "\n" not in change("Roadmap for the Integration of ASEAN")}


@lru_cache(maxsize=1)
def _titles() -> tuple[str, ...]:
    return tuple(sorted({entry.title for entry in gazetteer().entries.values()}))


@cache
def _found(title: str) -> frozenset[str | None]:
    """What a sentence with this title is linked to."""
    return frozenset(target for _, target in targets(f"Officers quoted the {title} in June, and left."))


def test_titles_are_found_before_anything_happens_to_them() -> None:
    """All but the systems, whose titles alone name no document."""
    lost = [title for title in _titles() if _found(title) <= {None}]
    assert lost == ["ASEAN Online Dispute Resolution Network", "ASEAN Open Data Network"]


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_titles_survive(mutation: str) -> None:
    tried = [(title, MUTATIONS[mutation](title)) for title in _titles() if MUTATIONS[mutation](title) != title]
    lost = [changed for title, changed in tried if not _found(title) <= _found(changed)]
    assert len(lost) < 0.02 * len(tried), lost


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_titles()), st.sampled_from(sorted(WORDS)), st.sampled_from(sorted(MUTATIONS)))
def test_two_mutations_at_once_never_lead_to_another_document(title: str, first: str, second: str) -> None:
    """Two at once may lose a name; they must not turn it into the name of another document."""
    text = MUTATIONS[second](MUTATIONS[first](title))
    listed = {target for target in _found(text) if target is not None and not target.startswith(UNLISTED)}
    assert listed <= _found(title), text


def test_names_inside_the_own_title_are_no_citations() -> None:
    title = "Work Plan for Kites under the ASEAN Charter and the ASEAN Tourism Agreement"
    text = f"{title.upper()}\n\nThe ASEAN Charter binds all."
    source = Source("unlisted:case", "", "", title, LATE)
    mentions = detect_mentions(source, (Page(source.id, 1, text),), gazetteer())
    found = [(mention.surface, mention.start) for mention in mentions if mention.start > 0]
    assert found == [("ASEAN Charter", text.index("ASEAN Charter b"))], text


def test_the_snippet_of_the_docs_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/spacy.md: save, load, read the spans, draw them."""
    (snippet,) = re.findall(r"```python\n(.*?)```", (GAZETTEER.parent / "docs/spacy.md").read_text("utf-8"), re.S)
    (tmp_path / "gazetteer").symlink_to(GAZETTEER)
    monkeypatch.chdir(tmp_path)
    told: dict[str, object] = {}
    exec(snippet, told)
    assert [span.text for span in told["doc"].spans["citations"]] == ["ASEAN Charter", "Convention on Kite Safety"]  # type: ignore[attr-defined]
    assert "unlisted" in str(told["html"])
