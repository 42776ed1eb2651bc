"""The map's files: written from a run's tables, the same each time, for any gazetteer, with nothing alive in them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import pytest
import yaml

from pipeline.gazetteer.load import load_gazetteer
from pipeline.map import View, write_map
from pipeline.map.html import script_json
from pipeline.names.dates import PartialDate
from pipeline.records import Entry, Status, Zone
from pipeline.results import ResultsError
from pipeline.settings import MapRules
from pipeline.store import write_csv
from tests.map.run import Quoted, write_corpus, write_run

ALL = ("svg", "html", "png", "pdf")
NASTY = [
    "<script>document.title='pwned'</script>",
    "</script><script>document.title='pwned'</script>",
    "<!--<script>",
    "<img src=x onerror=\"document.title='pwned'\">",
    "{{ 7 * 7 }}",
    "=cmd|' /C calc'!A0",
    "line\u2028separator \u202eturned\u202c",
    "x" * 10_000,
]


class Page(HTMLParser):
    """Tags with their attributes, and what stands in script elements."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            (self.scripts if tag == "script" else self.styles).append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self.cdata_elem == "style":
            self.styles[-1] += data

    @property
    def data(self) -> dict[str, object]:
        loaded: dict[str, object] = json.loads(self.scripts[0])
        return loaded


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_map(folder, write_corpus(folder, 30, 70), MapRules(), formats=ALL)
    return folder


def test_the_same_tables_give_the_same_bytes(run: Path, tmp_path: Path) -> None:
    again = write_map(run, write_corpus(run, 30, 70), MapRules(), formats=ALL, into=tmp_path)
    assert [path.name for path in again] == [f"topology_map.{name}" for name in ALL]
    for path in again:
        assert path.read_bytes() == (run / path.name).read_bytes(), path.name


def test_png_and_pdf_are_the_whole_figure(run: Path) -> None:
    png = (run / "topology_map.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    document = pypdfium2.PdfDocument(run / "topology_map.pdf")
    (page,) = document
    svg = (run / "topology_map.svg").read_text()
    size = [float(side) for side in re.findall(r'(?:width|height)="([0-9.]+)pt"', svg)]
    assert page.get_size() == pytest.approx(size, abs=0.5)
    assert [int.from_bytes(png[at : at + 4], "big") for at in (16, 20)] == pytest.approx(
        [2 * side for side in size], abs=2
    )
    text = page.get_textpage().get_text_range()
    assert "Topology map of invented documents" in text
    assert "Drawing rules in force: hide-dialogue-partners, hide-declaration-links." in text


def test_svg_and_page_show_the_same_boxes_and_lines(run: Path) -> None:
    pattern = re.compile(r'data-(?:doc-id|year|lane|source|target|status)="[^"]*"')
    svg, page = ((run / f"topology_map.{name}").read_text() for name in ("svg", "html"))
    assert pattern.findall(svg) == pattern.findall(page)
    assert len(pattern.findall(svg)) > 150


def test_the_page_needs_nothing_from_anywhere(run: Path) -> None:
    page = Page((run / "topology_map.html").read_text())
    linked = [
        value
        for _, attributes in page.tags
        for name in ("src", "href", "data", "action")
        if (value := attributes.get(name))
    ]
    assert linked == ["data:,", "#map-table"]
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", (run / "topology_map.html").read_text())
    assert "@import" not in page.styles[0]
    assert not any(word in page.scripts[1] for word in ("fetch(", "XMLHttpRequest", "eval(", "innerHTML", "WebSocket"))


def test_the_policy_allows_the_page_s_own_script_and_style_only(run: Path) -> None:
    page = Page((run / "topology_map.html").read_text())
    (policy,) = [tag["content"] for name, tag in page.tags if tag.get("http-equiv") == "Content-Security-Policy"]
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in (page.scripts[1], *page.styles)
    ]
    assert policy == (
        f"default-src 'none'; script-src {hashes[0]}; style-src {hashes[1]} {hashes[2]}; img-src data: blob:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not [tag for _, tag in page.tags if "style" in tag or any(name.startswith("on") for name in tag)]


def test_the_page_knows_the_sentences_behind_each_line(tmp_path: Path) -> None:
    entries = [
        Entry("masterplan", "ICT Masterplan", "ICT Masterplan", "plan", "left", PartialDate(2011)),
        Entry("compact", "Sea Compact", "Sea Compact", "agreement", "middle"),
    ]
    quotes = [
        Quoted("masterplan", "compact", Status.PLANNED, "Ministers will develop a {0}.", 4),
        Quoted("masterplan", "compact", Status.PLANNED, "Annex: {0}", 9, Zone.ANNEX),
    ]
    gazetteer = write_run(tmp_path, entries, ["masterplan"], quotes)
    write_map(tmp_path, gazetteer, MapRules(), formats=("html",))
    data = Page((tmp_path / "topology_map.html").read_text()).data
    reason = "planned by the dates of both documents"
    assert data["lines"] == [
        {
            "source": 1,
            "target": 0,
            "status": "planned",
            "confidence": 0.95,
            "quotes": [
                {
                    "page": 4,
                    "zone": "body",
                    "sentence": "Ministers will develop a Sea Compact.",
                    "surface": "Sea Compact",
                    "reason": reason,
                },
                {
                    "page": 9,
                    "zone": "annex",
                    "sentence": "Annex: Sea Compact",
                    "surface": "Sea Compact",
                    "reason": reason,
                },
            ],
        }
    ]
    assert data["zones"] == ["annex", "body"]


def test_every_setting_of_the_drawing_rules_is_in_the_page(run: Path) -> None:
    drawings = Page((run / "topology_map.html").read_text()).data["drawings"]
    assert isinstance(drawings, dict)
    assert {key: text is None for key, text in drawings.items()} == {
        "hide-dialogue-partners hide-declaration-links": True,
        "hide-dialogue-partners": False,
        "hide-declaration-links": False,
        "": False,
    }


@pytest.mark.parametrize("text", NASTY, ids=[repr(text[:24]) for text in NASTY])
def test_titles_and_sentences_that_mean_harm_are_inert(text: str, tmp_path: Path) -> None:
    entries = [
        Entry("masterplan", text, text, "plan", "left", PartialDate(2011)),
        Entry("vision", "Vision", "Vision", text, "middle", PartialDate(1997)),
    ]
    gazetteer = write_run(
        tmp_path,
        entries,
        ["masterplan", "vision"],
        [Quoted("masterplan", "vision", sentence=f"{text} {{0}}" if "{" not in text else text)],
    )
    write_map(tmp_path, gazetteer, MapRules(), formats=ALL)
    page = Page((tmp_path / "topology_map.html").read_text(encoding="utf-8"))
    assert len(page.scripts) == 2
    assert [name for name, _ in page.tags if name in ("img", "iframe", "object", "embed", "link", "base")] == ["link"]
    assert not [tag for _, tag in page.tags if any(name.startswith("on") for name in tag)]
    assert "<" not in page.scripts[0]
    assert "49" not in json.dumps(page.data["nodes"])


def test_json_for_a_script_element_is_the_same_value() -> None:
    value = {"a": "</script><!--&\u2028\u2029é\ud800", "b": [1, 2.5, None, True]}
    written = script_json(value)
    assert written.isascii()
    assert not set("<>&") & set(written)
    assert json.loads(written) == value


OTHER_LANES = {
    "title": "Statutes of the River League",
    "lanes": [
        {"id": "statutes", "head": "Statutes", "drawn": True},
        {"id": "orders", "head": "Orders and rules of procedure of the committees", "drawn": True},
        {"id": "letters", "head": "Letters", "drawn": True, "links_omitted": True},
        {"id": "treaties", "head": "Treaties", "drawn": True},
        {"id": "elsewhere", "head": "Elsewhere", "drawn": False},
    ],
    "kinds": {"statute": ["Statute"], "order": ["Order"], "letter": ["Letter"], "treaty": ["Treaty"]},
    "abbreviations": {"RL": "River League"},
}


def test_another_institution_needs_no_other_code(tmp_path: Path) -> None:
    """Four lanes of other names, another title, its own abbreviations: from gazetteer files to the map."""
    own = _write_gazetteer(tmp_path / "gazetteer")
    gazetteer = load_gazetteer(own)
    quotes = [
        Quoted("order-7", "statute-1"),
        Quoted("order-7", "treaty-2", Status.PLANNED),
        Quoted("letter-3", "order-7"),
        Quoted("order-7", "bylaw"),
    ]
    write_run(tmp_path, list(gazetteer.entries.values()), ["order-7", "letter-3"], quotes)
    write_map(tmp_path, gazetteer, MapRules(), View(as_of=PartialDate(2005)), formats=ALL)
    svg = (tmp_path / "topology_map.svg").read_text()
    assert re.findall(r'data-doc-id="([^"]+)" data-year="([^"]+)" data-lane="([^"]+)"', svg) == [
        ("letter-3", "2004", "letters"),
        ("order-7", "2002", "orders"),
        ("statute-1", "1999", "statutes"),
        ("treaty-2", "not-yet-adopted", "treaties"),
    ]
    assert re.findall(r'data-source="([^"]+)" data-target="([^"]+)" data-status="([^"]+)"', svg) == [
        ("order-7", "statute-1", "existing"),
        ("order-7", "treaty-2", "planned"),
    ]
    for text in (
        "Statutes of the River League",
        "RL = River League.",
        "lines from letters are not drawn (1 line)",
        "as of 2005.",
    ):
        assert text in svg, text


def _write_gazetteer(folder: Path) -> Path:
    from pipeline.gazetteer.rows import ALIAS_COLUMNS, DOCUMENT_COLUMNS

    rows = [
        ("statute-1", "Statute of the League", "Statute", "statute", "statutes", "1999-05-01"),
        ("order-7", "Order of the RL on Locks", "RL Order on Locks", "order", "orders", "2002"),
        ("letter-3", "Letter to the Boatmen", "Letter to the Boatmen", "letter", "letters", "2004-02"),
        ("treaty-2", "Treaty on Fords", "Treaty on Fords", "treaty", "treaties", "2011"),
        ("bylaw", "Bylaw on Geese", "Bylaw on Geese", "order", "elsewhere", "1990"),
    ]
    names = ("id", "title", "short_title", "kind", "lane", "issued")
    usual = {"digital": "no", "in_chapter": "false", "confidence": "high", "source": "invented"}
    cells = [{**usual, **dict(zip(names, row, strict=True))} for row in rows]
    write_csv(
        folder / "documents.csv",
        DOCUMENT_COLUMNS,
        [[row.get(name, "") for name in DOCUMENT_COLUMNS] for row in sorted(cells, key=lambda row: row["id"])],
    )
    write_csv(folder / "aliases.csv", ALIAS_COLUMNS, [])
    (folder / "lanes.yaml").write_text(yaml.safe_dump(OTHER_LANES, sort_keys=False), encoding="utf-8")
    return folder


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"citations\.csv: not there; `topology run` writes it"):
        write_map(tmp_path, write_corpus(tmp_path / "elsewhere", 5, 5), MapRules())


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--format gif: unknown; use one of svg, html, png, pdf"):
        write_map(tmp_path, write_corpus(tmp_path, 5, 5), MapRules(), formats=("gif",))
