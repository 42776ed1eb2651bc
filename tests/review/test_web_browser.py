"""The review page in a real browser: a reviewer's walk by keyboard, with and without the script, and accessibility."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipeline.review.app import make_app
from pipeline.review.security import Access
from pipeline.settings import Settings
from tests.browser import free_port, open_browser, running
from tests.review.web_factory import make_citations, make_project

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
ONE, TWO, THREE, FOUR, FIVE, SIX = make_citations()


@dataclass
class Walk:
    """One reviewer at one browser page over a fresh project."""

    page: Any
    settings: Settings
    address: str
    faults: list[str]

    @property
    def lines(self) -> list[dict[str, Any]]:
        path = self.settings.gazetteer / "judgements.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    @property
    def name(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def tab_to(self, selector: str, *, back: bool = False) -> None:
        """Tab until the focus is there."""
        wanted = self.page.locator(selector).first.element_handle()
        for _ in range(80):
            if self.page.evaluate("(wanted) => document.activeElement === wanted", wanted):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"no way by Tab to {selector}")

    def press(self, key: str) -> None:
        """A key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def start(browser: Any, tmp_path: Path) -> Iterator[Any]:
    contexts = []
    port = free_port()
    settings = make_project(tmp_path)
    app = make_app(settings, Access("127.0.0.1", port, "ana"))

    def begin(path: str = "/queue", *, script: bool = True, size: tuple[int, int] = (1280, 800)) -> Walk:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(java_script_enabled=script, viewport=viewport)
        contexts.append(context)
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"http://127.0.0.1:{port}{path}")
        return Walk(page, settings, f"http://127.0.0.1:{port}", faults)

    with running(app, port):
        yield begin
        for context in contexts:
            context.close()


def said(line: dict[str, Any]) -> tuple[str, str, str | None, str | None]:
    return line["citation_id"], line["verdict"], line["target_id"], line["status"]


def test_the_whole_walk_by_keyboard(start: Any) -> None:
    walk = start()
    walk.press("Enter")
    assert walk.name == "Lead Roadmap"
    walk.press("p")  # planned: one key decides and goes on
    assert said(walk.lines[-1]) == (TWO.id, "correct", "lead-roadmap-2030", "planned")
    assert walk.name == "Tin Blueprint"
    assert walk.page.url.endswith(THREE.id)

    walk.press("z")  # undo goes back to it
    assert walk.page.url.endswith(TWO.id)
    assert walk.lines[-1]["undoes"] == walk.lines[-2]["id"]
    walk.press("a")
    assert said(walk.lines[-1]) == (TWO.id, "accept", "lead-roadmap-2030", "existing")

    walk.press("k")  # skip
    assert walk.page.url.endswith(FOUR.id)
    walk.press("u")
    assert said(walk.lines[-1]) == (FOUR.id, "unsure", None, None)
    assert walk.name == "Zinc Compact"

    walk.page.keyboard.press("n")  # a note: keys are letters now
    walk.page.keyboard.type("a rap sheet", delay=1)
    walk.page.keyboard.press("Escape")
    walk.press("r")
    assert said(walk.lines[-1]) == (FIVE.id, "reject", None, None)
    assert walk.lines[-1]["note"] == "a rap sheet"
    assert "That was the last one of this list; 1 that you skipped is still here" in walk.page.inner_text("main")

    walk.press("Enter")
    assert walk.page.url.endswith(THREE.id)
    walk.page.keyboard.press("c")  # next candidate
    walk.press("e")
    assert said(walk.lines[-1]) == (THREE.id, "correct", "tin-blueprint-2025", "existing")
    assert "0 left" in walk.page.inner_text("main")
    assert walk.faults == []


def test_searching_another_document_and_deciding_for_all_like_it(start: Any) -> None:
    walk = start(f"/citations/{THREE.id}")
    walk.page.keyboard.press("s")
    walk.page.keyboard.type("copper", delay=1)
    expect(walk.page.locator("input[name=target]:checked")).to_have_value("copper-plan-2021")
    walk.page.keyboard.press("Enter")
    expect(walk.page.locator("#search")).not_to_be_focused()
    walk.page.keyboard.press("l")
    assert walk.page.is_checked("#like")
    walk.press("p")
    assert [said(line) for line in walk.lines] == [
        (THREE.id, "correct", "copper-plan-2021", "planned"),
        (FOUR.id, "correct", "copper-plan-2021", "planned"),
    ]
    assert walk.page.url.endswith(FIVE.id)
    walk.press("z")
    assert [bool(line.get("undoes")) for line in walk.lines] == [False, False, True, True]
    assert walk.faults == []


def test_keys_for_help_and_zoom(start: Any) -> None:
    walk = start(f"/citations/{TWO.id}")
    near = walk.page.get_attribute(".picture svg", "viewBox")
    walk.press("+")
    close = walk.page.get_attribute(".picture svg", "viewBox")
    assert float(close.split()[2]) < float(near.split()[2])
    walk.press("-")
    assert walk.page.get_attribute(".picture svg", "viewBox") == near
    for key in ("h", "?"):
        walk.page.goto(f"{walk.address}/citations/{TWO.id}")
        assert not walk.page.is_visible("text=One key decides and goes on")
        walk.page.keyboard.press(key)
        walk.page.wait_for_selector("text=One key decides and goes on", state="visible")
    assert walk.faults == []


def test_a_key_held_down_or_pressed_with_control_decides_nothing(start: Any) -> None:
    walk = start(f"/citations/{TWO.id}")
    walk.page.keyboard.press("Control+a")
    walk.page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'r', repeat: true, bubbles: true}))")
    walk.page.wait_for_timeout(200)
    assert walk.lines == []


def test_two_quick_presses_decide_once(start: Any) -> None:
    walk = start(f"/citations/{TWO.id}")
    with walk.page.expect_navigation():
        walk.page.evaluate(
            "for (const key of ['r', 'r', 'a'])"
            " document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
        )
    assert [said(line)[:2] for line in walk.lines] == [(TWO.id, "reject")]


def test_the_walk_without_the_script(start: Any) -> None:
    """Tab, Enter, space bar and arrows, as browsers have them."""
    walk = start(script=False)
    walk.tab_to("text=Begin")
    walk.press("Enter")
    assert walk.name == "Lead Roadmap"
    walk.tab_to("button[value=planned]")
    walk.press("Enter")
    assert said(walk.lines[-1]) == (TWO.id, "correct", "lead-roadmap-2030", "planned")
    walk.tab_to("text=Undo")
    walk.press("Enter")
    assert walk.page.url.endswith(TWO.id)
    walk.tab_to(".keys >> text=Skip")
    walk.press("Enter")
    assert walk.page.url.endswith(THREE.id)
    walk.tab_to("#search")
    walk.page.keyboard.type("copper")
    walk.press("Enter")
    walk.tab_to("button[value=accept]")
    walk.press("Space")
    assert said(walk.lines[-1]) == (THREE.id, "correct", "copper-plan-2021", "existing")
    walk.tab_to("input[name=target]:checked")
    walk.page.keyboard.press("ArrowDown")
    walk.tab_to("#note")
    walk.page.keyboard.type("why not")
    walk.page.keyboard.press("Shift+Tab")
    walk.tab_to("button[value=existing]", back=True)
    walk.press("Enter")
    assert said(walk.lines[-1]) == (FOUR.id, "correct", "tin-blueprint-2025", "existing")
    assert walk.lines[-1]["note"] == "why not"
    walk.tab_to("button[value=unsure]")
    walk.press("Enter")
    assert said(walk.lines[-1]) == (FIVE.id, "unsure", None, None)


def test_filters_work_while_one_types_and_without_the_script(start: Any) -> None:
    walk = start()
    walk.page.fill("#q", "zinc")
    expect(walk.page.locator(".citation")).to_have_count(1)
    assert walk.page.url.endswith("q=zinc")
    expect(walk.page.locator(".bar")).to_contain_text("1 left")
    plain = start(script=False)
    plain.page.select_option("#doubt", "document undecided")
    plain.page.click("text=Filter")
    assert plain.page.locator(".citation").count() == 2
    assert walk.faults == plain.faults == []


def test_a_second_opinion_is_given_blind(start: Any) -> None:
    first = start(f"/citations/{THREE.id}")
    first.press("p")
    second = start()
    second.page.click("summary")
    second.page.fill("#reviewer", "Ben Özgür")
    second.page.select_option("#blind", "yes")
    with second.page.expect_navigation():
        second.page.click(".who button")
    second.press("Enter")
    assert second.name == "Tin Blueprint"
    assert second.page.locator("button", has_text="Accept").count() == 0
    second.page.keyboard.press("e")  # nothing is chosen yet: the browser asks for a choice
    assert len(second.lines) == 1
    second.page.keyboard.press("c")
    second.press("e")
    assert (second.lines[-1]["reviewer"], second.lines[-1]["shown"]["blind"]) == ("Ben Özgür", "yes")


def test_the_picture_and_its_boxes(start: Any) -> None:
    walk = start("/documents/copper-plan-2021")
    walk.page.wait_for_load_state("networkidle")
    assert walk.page.locator(".picture svg a").count() == 4
    walk.page.locator(".picture svg a").first.focus()
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    assert walk.page.locator(".picture rect.box").count() == 1
    assert walk.faults == []


PAGES = [
    "/queue",
    "/queue?scope=all",
    f"/citations/{TWO.id}",
    f"/citations/{THREE.id}?search=lead",
    "/entries/tin-blueprint-2025/alias?text=Tin+Blueprint",
    "/documents",
    "/documents/copper-plan-2021",
    "/edges",
    "/edges/copper-plan-2021/tin-blueprint-2025",
    "/entries?q=tin",
    "/entries/tin-blueprint-2025",
    "/unlisted",
    "/unlisted/unlisted:zinc-compact/entry",
    "/promises",
    "/progress",
    "/history",
    "/nothing-here",
]


def test_axe_finds_no_serious_fault(start: Any) -> None:
    walk = start(f"/citations/{FIVE.id}")
    walk.press("r")
    walk.page.goto(f"{walk.address}/citations/{TWO.id}")
    walk.press("p")
    found = []
    for size in ((1280, 800), (820, 1180)):
        walk.page.set_viewport_size({"width": size[0], "height": size[1]})
        for path in PAGES:
            walk.page.goto(f"{walk.address}{path}")
            walk.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            # evaluate, not add_script_tag: the page's own policy lets no foreign script in
            walk.page.evaluate(AXE.read_text(encoding="utf-8"))
            answer = walk.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            for each in answer["violations"]:
                if each["impact"] in ("serious", "critical", "moderate"):
                    nodes = [node["html"][:160] for node in each["nodes"]][:3]
                    found.append((size[0], path, each["impact"], each["id"], nodes))
    assert found == []


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (820, 1180)], ids=["1280", "1920", "tablet"])
def test_nothing_is_cut_off_at(start: Any, size: tuple[int, int]) -> None:
    walk = start(size=size)
    for path in PAGES:
        walk.page.goto(f"{walk.address}{path}")
        assert walk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    walk.page.goto(f"{walk.address}/citations/{THREE.id}")
    for button in walk.page.locator(".keys button, .keys a").all():
        box = button.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= size[1], "every key is in sight without scrolling"
