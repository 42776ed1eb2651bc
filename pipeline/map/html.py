"""The interactive map: one HTML file that works from disk and asks nothing of any server.

In: the drawing, drawings for the other settings of the drawing rules, the citations behind the lines. Out: HTML with
the SVG, a data block, style and script inside. Two traps: data from PDFs stands in a script element, so `<`, `>`, `&`
are written as escapes there, and the content security policy allows only the one script and the one style whose hashes
it names; and a second drawing must not be part of the page's markup (it would count twice), so it travels in the data.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from pipeline.map.lettering import font_faces, plain_text
from pipeline.map.marks import PATTERNS
from pipeline.map.model import NOT_ADOPTED, UNDATED, Selection
from pipeline.map.svg import WORDS
from pipeline.results import Line, Node, Quote

_HERE = Path(__file__).parent
_SCRIPTS = ("model.js", "stage.js", "panel.js", "download.js", "main.js")

# Longest text of a title, and of a sentence, that the page carries; what a PDF gives may be endless.
_LONGEST_TITLE, _LONGEST_SENTENCE = 1000, 4000

_ROW_WORDS = {NOT_ADOPTED: "not yet adopted", UNDATED: "undated"}


@dataclass(frozen=True)
class Switch:
    """A drawing rule as a switch on the page."""

    name: str
    on: bool


@dataclass(frozen=True)
class Sheet:
    """One drawing of the page: the names of the rules in force, what it shows, its SVG."""

    rules: tuple[str, ...]
    selection: Selection
    svg: str


def draw_html(
    sheets: Sequence[Sheet],
    switches: Sequence[Switch],
    quotes: Mapping[str, Quote],
    names: Mapping[str, Sequence[str]],
) -> str:
    """The page; the first sheet is shown at the start, the others when a switch is turned.

    `names` are further names of documents, acronyms above all, by which the page finds them.
    """
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    style, script = _read("map.css"), "\n".join(map(_read, _SCRIPTS))
    environment = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
    first = sheets[0]
    return environment.get_template("map.html.j2").render(
        policy=make_policy((font_faces(), style), script),
        title=plain_text(first.selection.title),
        fonts=Markup(font_faces()),
        style=Markup(style),
        script=Markup(script),
        svg=Markup(first.svg),
        rules=switches,
        rows=_table_rows(first.selection, quotes),
        payload=Markup(script_json(_collect(sheets, quotes, names))),
    )


def make_policy(styles: Sequence[str], script: str) -> str:
    """A content security policy that allows these styles, this script, what the page holds, and nothing else."""
    allowed = " ".join(f"'{_fingerprint(style)}'" for style in styles)
    return (
        f"default-src 'none'; script-src '{_fingerprint(script)}'; style-src {allowed}; "
        "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def script_json(value: object) -> str:
    """JSON that may stand inside a script element: ASCII, without characters that HTML gives a meaning."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _read(name: str) -> str:
    return (_HERE / "static" / name).read_text(encoding="utf-8")


def _fingerprint(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _collect(
    sheets: Sequence[Sheet], quotes: Mapping[str, Quote], names: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """All that the page knows: documents and lines of every sheet, sorted, and the sheets' drawings."""
    rows = {each: row for sheet in sheets for each, row in sheet.selection.row_of.items()}
    nodes = [node for _, node in sorted({node.id: node for sheet in sheets for node in sheet.selection.nodes}.items())]
    lines = [line for _, line in sorted({line.key: line for sheet in sheets for line in sheet.selection.lines}.items())]
    place = {node.id: number for number, node in enumerate(nodes)}
    used = [quotes[each] for line in lines for each in line.citation_ids if each in quotes]
    years = [int(row) for row in rows.values() if row.isdigit()]
    ties = sorted({tie for sheet in sheets for tie in sheet.selection.ties}, key=astuple)
    return {
        "nodes": [_pack_node(node, rows[node.id], names.get(node.id, ())) for node in nodes],
        "lines": [_pack_line(line, place, quotes) for line in lines],
        "lanes": [{"id": band.id, "head": plain_text(band.head)} for band in sheets[0].selection.bands],
        "kinds": sorted({node.kind for node in nodes}),
        "zones": sorted({quote.zone for quote in used}),
        "statuses": [status for status in WORDS if any(line.status == status for line in lines)],
        "words": WORDS,
        "dashes": {status: " ".join(f"{part:g}" for part in parts) for status, parts in PATTERNS.items()},
        "ties": [[place[tie.source], tie.relation, place[tie.target]] for tie in ties],
        "lastYear": max(years, default=0),
        "drawings": {" ".join(sheet.rules): None if sheet is sheets[0] else sheet.svg for sheet in sheets},
    }


def _pack_node(node: Node, row: str, names: Sequence[str]) -> dict[str, Any]:
    return {
        "id": node.id,
        "label": plain_text(node.label)[:_LONGEST_TITLE],
        "title": plain_text(node.title)[:_LONGEST_TITLE],
        "date": str(node.date or ""),
        "row": row,
        "rowName": _ROW_WORDS.get(row, row),
        "kind": node.kind,
        "lane": node.lane,
        "names": [name for name in names if name not in (node.label, node.title)],
        "url": node.url,
        "isNew": node.is_new,
        "isRead": node.in_corpus,
        "isPartlyRead": node.partly_read,
        "isOpen": row == NOT_ADOPTED,
        "cites": node.cites,
        "citedBy": node.cited_by,
        "plannedBy": node.planned_by,
    }


def _pack_line(line: Line, place: Mapping[str, int], quotes: Mapping[str, Quote]) -> dict[str, Any]:
    return {
        "source": place[line.source],
        "target": place[line.target],
        "status": line.status,
        "confidence": line.confidence,
        "quotes": [_pack_quote(quotes[each]) for each in line.citation_ids if each in quotes],
    }


def _pack_quote(quote: Quote) -> dict[str, Any]:
    return {
        "page": quote.page,
        "zone": quote.zone,
        "sentence": plain_text(quote.sentence)[:_LONGEST_SENTENCE],
        "surface": plain_text(quote.surface)[:_LONGEST_TITLE],
        "reason": explain_status(quote),
    }


def explain_status(quote: Quote) -> str:
    """Why the citation has its status, in words."""
    words = f'the words "{plain_text(quote.cue)}"' if quote.cue else "the words"
    reasons = {
        "date": "by the dates of both documents",
        "cue": f"by {words}",
        "both": f"by the dates and {words}",
        "conflict": f"dates and {words} disagree",
        "none": "neither dates nor words decide",
    }
    return f"{quote.status} {reasons[quote.basis]}" if quote.basis in reasons else f"{quote.status} ({quote.basis})"


def _table_rows(selection: Selection, quotes: Mapping[str, Quote]) -> list[dict[str, Any]]:
    label = {node.id: plain_text(node.label)[:_LONGEST_TITLE] for node in selection.nodes}
    row = {each: _ROW_WORDS.get(found, found) for each, found in selection.row_of.items()}
    return [
        {
            "source": label[line.source],
            "source_row": row[line.source],
            "target": label[line.target],
            "target_row": row[line.target],
            "status": line.status,
            "weight": line.weight,
            "page": min((quotes[each].page for each in line.citation_ids if each in quotes), default=""),
        }
        for line in selection.lines
    ]
