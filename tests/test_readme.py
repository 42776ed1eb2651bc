"""README.md tells the truth: its figures, its output, its commands, its files."""

from __future__ import annotations

import re

import pytest

from pipeline.cli.app import make_app
from tests.readme_figures import README, ROOT, make_blocks, read_blocks

TEXT = README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return make_blocks()


@pytest.mark.parametrize("block", ["run output", "figures"])
def test_what_readme_shows_is_what_the_program_says(made: dict[str, str], block: str) -> None:
    assert read_blocks()[block] == made[block], "python -m tests.readme_figures writes it anew"


def test_readme_names_every_command() -> None:
    app = make_app()
    commands = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    groups = {group.name for group in app.registered_groups}
    shown = set(re.findall(r"^    topology (\w+)", TEXT, re.M))
    assert shown == commands | groups


def test_every_file_that_readme_links_exists() -> None:
    named = re.findall(r"`((?:pipeline|gazetteer|docs|tests|raw_pdfs)/[\w./]*)`|\]\(([\w./]+)\)", TEXT)
    assert [path for pair in named for path in pair if path and not (ROOT / path).exists()] == []
