"""pipeline/README.md names every module, in its place, with its own words."""

from __future__ import annotations

from tests.module_map import PAGE, grouped, make_page, present


def test_every_module_has_a_place() -> None:
    assert sorted(grouped()) == present()


def test_the_page_is_what_the_modules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "python -m tests.module_map writes it anew"
