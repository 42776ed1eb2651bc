"""Status over a whole document: what the mentions of one target tell each other, from the text up."""

from pathlib import Path

import pytest

from pipeline.core import cite_text
from pipeline.gazetteer.load import load_gazetteer
from pipeline.settings import Settings

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "gazetteer")


def statuses(text: str) -> list[tuple[str, str]]:
    """Surface and status of each citation, in reading order; no date of the gazetteer is at hand."""
    citations = cite_text(text, "unlisted:case", None, GAZETTEER, Settings())
    return [(" ".join(each.mention.surface.split()), each.status.value) for each in citations]


PLAN = "global kite action plan 2013-2020"


@pytest.mark.parametrize("mark", [";", ";4", ";12", ",4 and", ".", ")4"])
def test_a_footnote_mark_behind_punctuation_hides_no_name(mark: str) -> None:
    text = f"Having considered the draft {PLAN},\n\n1. ADOPTS the {PLAN}{mark}\n\n2. REQUESTS copies of the {PLAN}."
    assert statuses(text) == [(PLAN, "existing")] * 3, text


CODE = "ASEAN Kite Agreement"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # A mention that nothing decides follows the others ...
        (f"They will draft the {CODE}.\n\nPilots like the {CODE}.", ["planned", "planned"]),
        (f"Pilots like the {CODE}.\n\nThe {CODE} was signed in Bali.", ["existing", "existing"]),
        # ... but what was called so before "a new X" is the old one, and what is called so after it the new one.
        (f"The {CODE} is old, and they resolved to conclude a new {CODE}.", ["existing", "planned"]),
        (f"Pilots like the {CODE}.\n\nThey will draft a new binding {CODE}.", ["existing", "planned"]),
        (f"They will draft a new {CODE}.\n\nPilots hope for the {CODE}.", ["planned", "planned"]),
        # What the text adopts is there wherever it is named; words on a mention hold against a recital's "draft".
        (f"Having read the draft {CODE},\n\n1. ADOPTS the {CODE};\n\n2. INVITES pilots to fly.", ["existing"] * 2),
        (f"Having read the draft {CODE},\n\n2. URGES members to apply the {CODE}.", ["planned", "existing"]),
        (f"Having read the draft {CODE},\n\n2. INVITES pilots to take note of the {CODE}.", ["planned", "existing"]),
        # What a text promises is not there further on, whatever it says of its use, unless it says that it was made.
        (
            f"Members shall develop a {CODE}.\n\nThe {CODE} shall be reviewed.\n\nThe {CODE} has annexes.",
            ["planned"] * 3,
        ),
        (
            f"Members shall develop the {CODE}.\n\n" + f"Wind counts in the {CODE}.\n\n" * 9 + f"Use of the {CODE}.",
            ["planned"] * 11,
        ),
        (f"Implement the {CODE}.\n\nMembers shall sign the {CODE}.", ["existing", "planned"]),
        (
            f"Members will sign the {CODE}.\n\nIt rests on trust.\n\nThe {CODE} was adopted in Bali."
            f"\n\nImplementation of the {CODE} goes well.",
            ["planned", "existing", "existing"],
        ),
        (
            f"Having read the draft {CODE},\n\n2. They will carry out the actions for pilots in the {CODE}.",
            ["planned", "existing"],
        ),
    ],
)
def test_what_the_mentions_of_one_document_tell_each_other(text: str, wanted: list[str]) -> None:
    assert statuses(text) == [(CODE, status) for status in wanted], text
