"""What a change of the gazetteer would change in the last run: names gained, lost, taken over; and nothing is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli.app import run_app
from pipeline.core import run
from pipeline.gazetteer.edit import add_aliases
from pipeline.knowledge import GazetteerError
from pipeline.records import Alias, AliasKind
from pipeline.runs.trial import try_change
from pipeline.settings import Settings
from pipeline.store import read_csv
from tests.run_factory import copy_gazetteer, make_pdf, make_settings

TEXT = [
    "ASEAN Digital Masterplan 2025",
    "Adopted on 22 January 2021",
    "Harbour masters keep to the little green book on quays in all that they do.",
    "Members shall implement the ASEAN Lantern Protocol and the AEC Blueprint 2025.",
    "Officials will develop an ASEAN agreement on shared lighthouses by 2023.",
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("trial")
    make_pdf(folder / "pdfs" / "adm2025.pdf", TEXT)
    make_pdf(folder / "pdfs" / "other.pdf", ["ASEAN Agreement on Rivers", "Adopted on 3 May 2022", "Nothing of it."])
    made = make_settings(folder, gazetteer=copy_gazetteer(folder / "gazetteer"))
    run(made)
    return made


def call(settings: Settings, *words: str) -> int:
    return run_app(["gazetteer", *words, "--run", str(settings.output), "--gazetteer", str(settings.gazetteer)])


def test_a_name_that_no_rule_knows_is_found_in_the_text(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    before = (settings.gazetteer / "aliases.csv").read_bytes()
    assert call(settings, "try-alias", "little green book on quays", "asean-charter-2007") == 0
    told = capsys.readouterr()
    assert told.out == "adm2025, page 1: little green book on quays: nothing -> asean-charter-2007, existing\n"
    assert told.err == "1 would change, 0 mean asean-charter-2007 already; nothing is saved\n"
    assert (settings.gazetteer / "aliases.csv").read_bytes() == before


def test_what_is_said_is_what_the_next_run_does(settings: Settings) -> None:
    alias = Alias("ASEAN Lantern Protocol", "asean-charter-2007", AliasKind.VARIANT)
    trial = try_change(settings, lambda folder: add_aliases(folder, [alias]))
    assert (trial.texts, [str(each) for each in trial.changes]) == (
        1,
        ["adm2025, page 1: ASEAN Lantern Protocol: unlisted:protocol-lantern -> asean-charter-2007"],
    )
    add_aliases(settings.gazetteer, [alias])
    run(settings)
    rows = {row["surface"]: row["target_id"] for row in read_csv(settings.output / "citations.csv")}
    assert rows["ASEAN Lantern Protocol"] == "asean-charter-2007"
    assert try_change(settings, lambda folder: None).changes == ()


def test_a_new_row_shows_the_descriptions_that_it_takes_over(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ["asean-lighthouses-2023", "--title", "ASEAN Agreement on Shared Lighthouses", "--lane", "middle"]
    row += ["--issued", "2023-04-01", "--source", "invented", "--dry-run"]
    assert call(settings, "add", *row) == 0
    told = capsys.readouterr().err
    assert "adm2025, page 1: ASEAN agreement on shared lighthouses" in told
    assert "-> asean-lighthouses-2023" in told
    assert "asean-lighthouses-2023" not in (settings.gazetteer / "documents.csv").read_text(encoding="utf-8")


def test_a_change_that_is_refused_names_the_real_folder(settings: Settings) -> None:
    alias = Alias("AEC Blueprint 2025", "asean-charter-2007", AliasKind.VARIANT)
    with pytest.raises(GazetteerError, match="aec-blueprint-2025") as error:
        try_change(settings, lambda folder: add_aliases(folder, [alias]))
    assert str(settings.gazetteer) in str(error.value)


def test_without_a_run_there_is_nothing_to_try_it_on(tmp_path: Path, settings: Settings) -> None:
    words = ["gazetteer", "try-alias", "Quay Book", "asean-charter-2007", "--run", str(tmp_path / "none")]
    assert run_app([*words, "--gazetteer", str(settings.gazetteer)]) == 2
    assert run_app([*words[:3], "nobody", "--gazetteer", str(settings.gazetteer)]) == 2
