"""Parameters: what is known is taken, what is unknown is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.names.dates import PartialDate
from pipeline.settings import ReadLimits, Settings, SettingsError, load_settings

ROOT = Path(__file__).parents[2]

FLOWS = """
definitions:
  settings: &settings
    input: pdfs
    as_of: 2019-12-31
    read: {pages: 50}
    map: {min_weight: 2}
deployments:
  - name: nightly
    entrypoint: pipeline/flow.py:topology
    parameters: {settings: *settings, fetch: true}
"""

# The change to the file above, and the one line that must come of it.
WRONG = [
    ("deployments:", "deploymnts:", "flows.yaml: deploymnts: unknown key; did you mean 'deployments'?"),
    ("input: pdfs", "inputs: pdfs", "flows.yaml: definitions.settings.inputs: unknown key; did you mean 'input'?"),
    ("{pages: 50}", "{page: 50}", "flows.yaml: definitions.settings.read.page: unknown key; did you mean 'pages'?"),
    ("{pages: 50}", "{pages: many}", "flows.yaml: definitions.settings.read.pages: 'many' should be a whole number"),
    ("{pages: 50}", "{pages: true}", "flows.yaml: definitions.settings.read.pages: True should be a whole number"),
    ("{pages: 50}", "{pages: -1}", "flows.yaml: definitions.settings.read.pages: -1 is too small"),
    ("{pages: 50}", "50", "flows.yaml: definitions.settings.read: 50 should be keys with values"),
    (
        "2019-12-31",
        "2019-13",
        "flows.yaml: definitions.settings.as_of: '2019-13' is not a date: month must be in 1..12",
    ),
    ("input: pdfs", "ocr: maybe", "flows.yaml: definitions.settings.ocr: 'maybe' is none of off, auto, force"),
    ("fetch: true", "fetsh: true", "flows.yaml: deployments[0].parameters.fetsh: unknown key; did you mean 'fetch'?"),
    ("fetch: true", "fetch: 1", "flows.yaml: deployments[0].parameters.fetch: 1 should be true or false"),
    ("entrypoint:", "entrypont:", "flows.yaml: deployments[0].entrypont: unknown key; did you mean 'entrypoint'?"),
]


def write_flows(folder: Path, text: str) -> Path:
    path = folder / "flows.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_of_a_file(tmp_path: Path) -> None:
    settings = load_settings(write_flows(tmp_path, FLOWS))
    assert settings.input == Path("pdfs")
    assert settings.as_of == PartialDate(2019, 12, 31)
    assert settings.read == ReadLimits(pages=50)
    assert settings.map.min_weight == 2
    assert settings.output == Path("extracted")


def test_the_command_line_overrules_the_file(tmp_path: Path) -> None:
    settings = load_settings(write_flows(tmp_path, FLOWS), input=Path("here"), workers=None, as_of="2020", min_weight=3)
    assert (settings.input, settings.workers, settings.as_of) == (Path("here"), 0, PartialDate(2020))
    assert settings.map.min_weight == 3


@pytest.mark.parametrize(("old", "new", "line"), WRONG, ids=[each[1] for each in WRONG])
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_flows(tmp_path, FLOWS.replace(old, new))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == line


@pytest.mark.parametrize("text", ["a: [", "- a", "\0"])
def test_what_is_no_settings_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(write_flows(tmp_path, text))
    assert str(caught.value).startswith(f"{tmp_path / 'flows.yaml'}: ")
    assert "\n" not in str(caught.value)


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gazetteer").mkdir()
    assert load_settings() == Settings()


def test_without_a_gazetteer_the_shipped_one_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().gazetteer == ROOT / "gazetteer"
    assert load_settings(gazetteer=Path("mine")).gazetteer == Path("mine")
