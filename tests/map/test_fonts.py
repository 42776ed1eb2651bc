"""No text of the map leaves its place, whatever font a machine has: the page and the SVG bring their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.map import write_map
from pipeline.settings import MapRules
from tests.browser import open_browser
from tests.map.run import write_corpus

pytestmark = pytest.mark.slow

# Names of what lies outside its box, its lane or the sheet.
OUTSIDE = """() => {
  const out = [];
  const within = (inner, outer) => inner.left >= outer.left - .3 && inner.right <= outer.right + .3;
  document.querySelectorAll('.box').forEach((box) => {
    const frame = box.querySelector('rect').getBoundingClientRect();
    const text = box.querySelector('text').getBoundingClientRect();
    if (!within(text, frame)) out.push(box.dataset.docId);
  });
  const lanes = [...document.querySelectorAll('.bands rect')].map((each) => each.getBoundingClientRect());
  document.querySelectorAll('.bands text').forEach((head) => {
    if (!lanes.some((lane) => within(head.getBoundingClientRect(), lane))) out.push(head.textContent);
  });
  const sheet = document.querySelector('svg').getBoundingClientRect();
  document.querySelectorAll('.notes text, .legend text').forEach((note) => {
    if (!within(note.getBoundingClientRect(), sheet)) out.push(note.textContent);
  });
  return out;
}"""
FONTS = ["Arial.ttf", "LiberationSans-Regular.ttf", "DejaVuSans.ttf", "DejaVuSerif.ttf"]


@pytest.mark.parametrize("width", [420, 1280])
@pytest.mark.parametrize("kind", ["html", "svg"])
@pytest.mark.parametrize("font", FONTS)
def test_no_label_sticks_out_whatever_font_is_there(font: str, kind: str, width: int, tmp_path: Path) -> None:
    """With this font as the only one of the machine, on a map of 120 documents."""
    found = sorted(Path("/usr/share/fonts").rglob(font))
    if not found:
        pytest.skip(f"{font} is not installed")
    gazetteer = write_corpus(tmp_path, 120, 300)
    write_map(tmp_path, gazetteer, MapRules(), formats=(kind,))
    (tmp_path / "fonts").mkdir()
    shutil.copy(found[0], tmp_path / "fonts")
    setting = f"<fontconfig><dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    (tmp_path / "fonts.conf").write_text(setting, encoding="utf-8")
    with open_browser(FONTCONFIG_FILE=str(tmp_path / "fonts.conf")) as alone:
        page = alone.new_page(viewport={"width": width, "height": 800})
        page.goto((tmp_path / f"topology_map.{kind}").as_uri())
        page.evaluate("document.fonts.ready")
        assert page.evaluate(OUTSIDE) == []
