"""Status over a whole document: what the mentions of one target tell each other, from the text up."""

from pathlib import Path

import pytest

from pipeline.core import cite_text
from pipeline.gazetteer import load_gazetteer
from pipeline.settings import Settings

GAZETTEER = load_gazetteer(Path(__file__).parents[1] / "gazetteer")


def statuses(text: str) -> list[tuple[str, str]]:
    """Surface and status of each citation, in reading order; no date of the gazetteer is at hand."""
    citations = cite_text(text, "unlisted:case", None, GAZETTEER, Settings())
    return [(" ".join(each.mention.surface.split()), each.status.value) for each in citations]


PLAN = "global kite action plan 2013-2020"


@pytest.mark.parametrize("mark", [";", ";4", ";12", ",4 and", ".", ")4"])
def test_a_footnote_mark_behind_punctuation_hides_no_name(mark: str) -> None:
    text = f"Having considered the draft {PLAN},\n\n1. ADOPTS the {PLAN}{mark}\n\n2. REQUESTS copies of the {PLAN}."
    assert statuses(text) == [(PLAN, "existing")] * 3, text
