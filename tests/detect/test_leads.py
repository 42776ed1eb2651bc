"""What governs a name from elsewhere: list introductions, column heads, other cells of the row."""

import pytest

from pipeline.detect.leads import find_lead
from pipeline.detect.mentions import Sentences
from pipeline.detect.running import RunningText, run_together
from pipeline.records import Block, Page, Zone

NAME = "ASEAN Seed Code"


def lead_of(running: RunningText, name: str = NAME) -> str:
    at = running.text.index(name)
    start, _ = Sentences(running).around(at, at + len(name))
    return find_lead(running, running.stretch_index(at), start, at)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Under negotiation:\n(a) ASEAN Feed Code\n(b) ASEAN Seed Code", "Under negotiation:"),
        ("In force:\ni. ASEAN Feed Code\n\nUnder negotiation:\nii. ASEAN Seed Code", "Under negotiation:"),
        ("Annex B. Reference texts\n1) ASEAN Feed Code\n2) ASEAN Seed Code", "Annex B. Reference texts"),
        ("They will adopt the following: (a) ASEAN Feed Code; (b) ASEAN Seed Code.", "They will adopt the following:"),
        ("1. They will adopt:\n(a) ASEAN Feed Code;\n(b) ASEAN Seed Code.", "1. They will adopt:"),
        ("Under negotiation:\n\nASEAN Seed Code", "Under negotiation:"),
        ("Introduction:\nThe ASEAN Seed Code helps farmers.", ""),
        ("Farmers met in Bali.\nThey read the ASEAN Seed Code.", ""),
        ("No | Output | Timeline\n1 | ASEAN Feed Code | 2024\n2 | ASEAN Seed Code | 2025", "Output"),
    ],
)
def test_lead_in_plain_text(text: str, lead: str) -> None:
    assert lead_of(run_together((Page("s", 1, text),))) == lead, text


def test_lead_in_a_table_of_cells() -> None:
    cells = [["No", "Action", "Document"], ["1", "Develop", "ASEAN Feed Code"], ["2", "Review", "ASEAN Seed Code"]]
    text, blocks = "", []
    for row, texts in enumerate(cells):
        for column, cell in enumerate(texts):
            blocks.append(Block(Zone.TABLE, len(text), len(text) + len(cell), (0, 0, 0, 0), row, column))
            text += cell + "\n"
    running = run_together((Page("s", 1, text, tuple(blocks)),))
    assert lead_of(running) == "Document | 2 | Review"
    assert lead_of(running, "ASEAN Feed Code") == "Document | 1 | Develop"
