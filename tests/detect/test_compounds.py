"""Names that hold another document's name, written with that document's other names."""

from pathlib import Path

import pytest

from pipeline.detect.coordination import Splitter
from pipeline.detect.name import Name
from pipeline.detect.names import load_names
from pipeline.detect.variants import add_compounds
from pipeline.gazetteer.load import load_gazetteer
from pipeline.names.editions import load_editions
from pipeline.names.spelling import load_spelling
from pipeline.names.vocabulary import load_vocabulary

GAZETTEER = Path(__file__).parents[2] / "gazetteer"
NAMES = [
    (("ASEAN Seed Treaty", "AST"), "seed"),
    (("Second Protocol to Amend the ASEAN Seed Treaty",), "protocol"),
    (("ASEAN Seed Treaty Completion Report",), "report"),
    (("ASEAN Seed Treaty 2.0",), "other"),
    (("Updated ASEAN Seed Treaty",), "updated"),
    (("ASEAN Declaration", "Old Declaration"), "old"),
    (("ASEAN Declaration on Kites",), "kites"),
    (("Roadmap of the ASEAN Declaration on Balloons",), "balloons"),
]


def compounds() -> dict[str, tuple[str, ...]]:
    spelling = load_spelling(GAZETTEER)
    names = {spelling.key(text): Name((text,), (entry,), text.isupper()) for texts, entry in NAMES for text in texts}
    made = add_compounds(names, spelling, load_vocabulary(load_gazetteer(GAZETTEER)))
    return {name.text: name.entry_ids for key, name in made.items() if key not in names}


@pytest.mark.parametrize(
    ("text", "entry"), [("Second Protocol to Amend the AST", "protocol"), ("AST Completion Report", "report")]
)
def test_the_name_inside_is_exchanged(text: str, entry: str) -> None:
    assert compounds()[text] == (entry,)


@pytest.mark.parametrize(
    "text", ["AST 2.0", "Updated AST", "Old Declaration on Kites", "Roadmap of the Old Declaration on Balloons"]
)
def test_an_edition_or_a_longer_title_holds_no_other_document(text: str) -> None:
    assert text not in compounds()


def test_a_name_of_the_gazetteer_is_never_overwritten() -> None:
    spelling = load_spelling(GAZETTEER)
    names = {
        spelling.key(text): Name((text,), (entry,), False)
        for text, entry in (
            ("ASEAN Seed Treaty", "seed"),
            ("Seed Pact", "seed"),
            ("Review of the ASEAN Seed Treaty", "review"),
            ("Review of the Seed Pact", "other review"),
        )
    }
    made = add_compounds(names, spelling, load_vocabulary(load_gazetteer(GAZETTEER)))
    assert made[spelling.key("Review of the Seed Pact")].entry_ids == ("other review",)


def test_a_border_within_a_coordination_ends_it() -> None:
    gazetteer = load_gazetteer(GAZETTEER)
    splitter = Splitter(load_names(gazetteer), load_editions(gazetteer))
    text = "the ASEAN Green and Social Bond Standards"
    assert splitter.find_free(text, [], [0, text.index("Green"), text.index("Green") + 5]) == []
