"""Normalisation: what matching sees, and that every span leads back to the text as it was."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.detect import names
from pipeline.names.folding import fold_text, normalise


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("ASEAN  Tourism\tAgreement", "ASEAN Tourism Agreement"),
        ("ASEAN\nTourism\r\nAgreement", "ASEAN Tourism Agreement"),
        ("2016–2025", "2016-2025"),
        ("ASEAN\ufffeChina", "ASEAN-China"),
        ("Leaders’ “Vision”", 'Leaders\' "Vision"'),
        ("Invest\u00adment", "Investment"),
        ("Traﬃc oﬀice", "Traffic office"),
        ("Communiqué of Đà Nẵng", "Communique of Đa Nang"),
        ("Governance³", "Governance3"),
        ("A\u200bSEAN", "ASEAN"),
        ("non\u00a0breaking", "non breaking"),
        ("ＡＳＥＡＮ", "ASEAN"),
    ],
)
def test_folding(original: str, folded: str) -> None:
    assert fold_text(original) == folded


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("see the ASEAN\n Tourism   Agreement.", "Tourism Agreement"),
        ("the oﬃcial “Traﬃc Plan” of", "Traffic Plan"),
        ("an Invest\u00adment Facili\u00adtation Framework", "Investment Facilitation"),
        ("2016 –  2025", "2016 - 2025"),
    ],
)
def test_spans_lead_back(original: str, name: str) -> None:
    text, offsets = normalise(original)
    start = text.index(name)
    left, right = offsets.original(start, start + len(name))
    assert fold_text(original[left:right]) == name, original


@given(st.text(max_size=80))
def test_every_character_leads_back_to_its_origin(original: str) -> None:
    text, offsets = normalise(original)
    previous = 0
    for index in range(len(text)):
        left, right = offsets.original(index, index + 1)
        assert 0 <= left < right <= len(original)
        assert left >= previous
        assert text[index] in fold_text(original[left:right]) or text[index] == " "
        previous = left


@given(st.text(st.sampled_from("aAbBİßΣéﬁ12 .-_\n'"), max_size=60))
@example("A.Σ")
def test_a_plain_text_runs_together_as_any_text_does(text: str) -> None:
    """The quick way gives what the long way gives, or gives up."""
    plain = names._plain_stream(text)
    assert plain is None or plain == names._raw_stream(names.split_letters(text))
