"""The same kinds of pages printed by Chromium from HTML, in one go for all of a session."""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

from tests.read.pdf_makers.plants import Planted, Plants

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_STYLE = """
body { font: 11pt/1.3 'DejaVu Serif', serif; text-align: justify; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; text-align: left; }
td, th { vertical-align: top; padding: 3pt 4pt; }
.ruled td, .ruled th { border: 0.6pt solid black; }
.split tr { break-inside: auto; }
.whole tr { break-inside: avoid; }
.columns { columns: 2; column-gap: 7mm; hyphens: none; font-size: 9.5pt; }
h2 { font-weight: normal; }
.spaced { letter-spacing: 0.3em; font-size: 12pt; }
.turned { writing-mode: vertical-rl; height: 240mm; }
.notes { font-size: 8pt; border-top: 0.6pt solid; width: 100%; break-inside: avoid; }
"""


def print_page(body: str, folder: Path, page: str = "size: A4; margin: 22mm") -> bytes:
    """The PDF that Chromium prints of an HTML body."""
    source, target = folder / "page.html", folder / "page.pdf"
    style = f"<style>@page {{ {page} }} {_STYLE}</style>"
    source.write_text(f"<!doctype html><meta charset=utf-8>{style}<body>{body}", encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target.read_bytes()


def prose(seed: int, folder: Path) -> Planted:
    plants = Plants(seed)
    body = "".join(f"<p>{html.escape(plants.paragraph(2))}</p>" for _ in range(26))
    return plants.planted("chromium-prose", print_page(body, folder))


def columns(seed: int, folder: Path) -> Planted:
    plants = Plants(seed)
    body = "".join(f"<p>{html.escape(plants.paragraph(1))}</p>" for _ in range(36))
    return plants.planted("chromium-columns", print_page(f"<div class=columns>{body}</div>", folder))


def table(seed: int, folder: Path, *, classes: str, wide: bool = False) -> Planted:
    plants = Plants(seed)
    rows = "".join(
        f"<tr><td>{number}</td><td>{html.escape(plants.title())}</td><td>{1980 + number}</td>"
        f"<td>{html.escape(plants.words(4, 40))}</td></tr>"
        for number in range(1, 36)
    )
    head = "<thead><tr><th>No.<th>Instrument<th>Year<th>Remarks</tr></thead>"
    widths = "<col style='width:8%'><col style='width:42%'><col style='width:10%'><col>"
    page = "size: A4 landscape; margin: 18mm" if wide else "size: A4; margin: 22mm"
    body = f"<table class='{classes}'>{widths}{head}<tbody>{rows}</tbody></table>"
    return plants.planted(f"chromium-table-{classes.replace(' ', '-')}", print_page(body, folder, page))


def footnotes(seed: int, folder: Path) -> Planted:
    plants = Plants(seed)
    parts = []
    for _ in range(5):
        text = "".join(f"<p>{html.escape(plants.paragraph(1))}<sup>{n}</sup></p>" for n in (1, 2, 3))
        notes = "".join(f"<div><sup>{n}</sup> See the {html.escape(plants.title())}, page 4.</div>" for n in (1, 2, 3))
        parts.append(f"<section style='break-after:page'>{text}<div class=notes>{notes}</div></section>")
    return plants.planted("chromium-footnotes", print_page("".join(parts), folder))


def letter_spaced(seed: int, folder: Path) -> Planted:
    plants = Plants(seed)
    body = "".join(
        f"<h2 class=spaced>{html.escape(plants.title())}</h2><p>{html.escape(plants.words(60, 90))}</p>"
        for _ in range(14)
    )
    return plants.planted("chromium-letter-spaced", print_page(body, folder))


def turned(seed: int, folder: Path) -> Planted:
    plants = Plants(seed)
    body = "".join(f"<p>{html.escape(plants.paragraph(1))}</p>" for _ in range(12))
    return plants.planted("chromium-turned", print_page(f"<div class=turned>{body}</div>", folder))
