"""An invented project for the tests of the review page: a small gazetteer, a PDF, and what a run publishes."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from pipeline.contract import CITATIONS, INBOX, PROMISES, UNLISTED
from pipeline.gazetteer.rows import ALIAS_COLUMNS, DOCUMENT_COLUMNS
from pipeline.records import Citation, Document, NearMiss, Source, Status, StatusBasis
from pipeline.review.app import make_app
from pipeline.review.inbox import Proposal
from pipeline.review.security import Access
from pipeline.review.verdicts import review_rows
from pipeline.settings import Settings
from tests.review.review_factory import make_citation

DOCUMENTS = (
    ("tin-blueprint-2015", "ASEAN Tin Blueprint 2015", "Tin Blueprint 2015", "blueprint", "2007-11-20"),
    ("tin-blueprint-2025", "ASEAN Tin Blueprint 2025", "Tin Blueprint 2025", "blueprint", "2015-11-22"),
    ("lead-roadmap-2030", "ASEAN Lead Roadmap 2030", "Lead Roadmap", "roadmap", ""),
    ("copper-plan-2021", "ASEAN Copper Master Plan 2021", "Copper Plan", "roadmap", "2021-01-22"),
    ("silver-plan-2022", "ASEAN Silver Plan 2022", "Silver Plan", "roadmap", "2022-05-02"),
)
LANES = """title: Metals
lanes:
  - {id: left, head: Blueprints, drawn: true}
  - {id: middle, head: Key documents, drawn: true}
kinds:
  blueprint: [blueprint]
  roadmap: [roadmap, plan]
"""
COLUMNS = CITATIONS.names
PORT = 8400

SENTENCES = (
    "Ministers welcomed the Tin Blueprint 2025 adopted in Langkawi.",
    "Officials will develop the Lead Roadmap by 2024.",
    "Guided by the Tin Blueprint, smelters shall report each year.",
    "The Tin Blueprint, once more, is the guide.",
    "See also the Zinc Compact on page 4.",
)


def make_citations() -> list[Citation]:
    """Five citations of the copper plan, four of them doubtful, and one of the silver plan."""
    one = make_citation(SENTENCES[0], start=10)
    two = make_citation(
        SENTENCES[1],
        "Lead Roadmap",
        "lead-roadmap-2030",
        Status.EXISTING,
        start=80,
        basis=StatusBasis.CONFLICT,
        confidence=0.5,
        cue="will develop",
    )
    open_ = ("tin-blueprint-2015", "tin-blueprint-2025")
    three = make_citation(SENTENCES[2], "Tin Blueprint", None, start=140, confidence=0.3, candidates=open_)
    four = make_citation(SENTENCES[3], "Tin Blueprint", None, start=200, confidence=0.3, candidates=open_)
    five = make_citation(
        SENTENCES[4], "Zinc Compact", "unlisted:zinc-compact", Status.UNCLEAR, start=260, page=2, confidence=0.6
    )
    six = make_citation("Building on the Tin Blueprint 2025.", source_id="silver-plan-2022")
    return [one, two, three, four, five, six]


def make_project(folder: Path, citations: Iterable[Citation] | None = None, *, with_pdf: bool = True) -> Settings:
    """A project whose last run found these citations."""
    settings = Settings(folder / "raw_pdfs", folder / "extracted", folder / "gazetteer")
    for each in (settings.input, settings.output, settings.gazetteer):
        each.mkdir(parents=True, exist_ok=True)
    write_gazetteer(settings.gazetteer)
    if with_pdf:
        write_pdf(settings.input / "copper.pdf")
    publish(settings, make_citations() if citations is None else list(citations))
    return settings


def write_gazetteer(folder: Path) -> None:
    rows = [dict.fromkeys(DOCUMENT_COLUMNS, "") for _ in DOCUMENTS]
    for row, (identity, title, short_title, kind, issued) in zip(rows, DOCUMENTS, strict=True):
        row |= {"id": identity, "title": title, "short_title": short_title, "kind": kind, "issued": issued}
        row |= {"lane": "middle", "digital": "no", "in_chapter": "false", "confidence": "high", "source": "invented"}
        row |= {"standing": "adopted" if issued else "planned"}
    write_table(folder / "documents.csv", DOCUMENT_COLUMNS, rows)
    write_table(folder / "aliases.csv", ALIAS_COLUMNS, [])
    (folder / "lanes.yaml").write_text(LANES, encoding="utf-8")


def write_pdf(path: Path, sentences: Iterable[str] = SENTENCES) -> None:
    """Two pages; the sentences stand at 72 points from the left, 40 points apart, from 100 points below the top."""
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format="A4")
    pdf.set_font("Helvetica", size=11)
    for page in (1, 2):
        pdf.add_page()
        pdf.text(72, 60, f"ASEAN Copper Master Plan 2021, page {page} (invented)")
        for place, sentence in enumerate(sentences):
            pdf.text(72, 110 + 40 * place, sentence)
    pdf.output(str(path))


def publish(
    settings: Settings,
    citations: list[Citation],
    *,
    unlisted: Iterable[Mapping[str, str]] = (
        {
            "id": "unlisted:zinc-compact",
            "name": "Zinc Compact",
            "documents": "1",
            "citations": "1",
            "planned": "0",
            "forms": "Zinc Compact",
            "sources": "copper-plan-2021",
            "suggestion": "alias",
            "suggested_id": "tin-blueprint-2015",
            "suggested_score": "86.0",
            "sentence": SENTENCES[4],
        },
    ),
    promises: Iterable[Mapping[str, str]] = (
        {
            "target_id": "lead-roadmap-2030",
            "target_title": "ASEAN Lead Roadmap 2030",
            "source_id": "copper-plan-2021",
            "promised_at": "2021-01-22",
            "page": "1",
            "deadline": "by 2024",
            "due": "2024-12-31",
            "state": "overdue",
            "overdue": "true",
            "delivered_by": "",
            "delivered_at": "",
            "lag_months": "",
            "evidence": "no such document by 2024-12-31",
            "citation_ids": "",
        },
    ),
) -> None:
    """Write what a run writes, in the formats of the contract."""
    output = settings.output
    write_table(output / "citations.csv", COLUMNS, [_row(each) for each in citations])
    miss = NearMiss("copper-plan-2021", "Tin Blueprint 2025", "tin-blueprint-2015", "years", 94.2, "2025 is not 2015")
    source = Source("copper-plan-2021", "copper.pdf", "", "ASEAN Copper Master Plan 2021")
    rows = review_rows([Document(source, 2, (), tuple(citations), (miss,), ())])
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (output / "review.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    labels = [{"id": each[0], "label": each[2], "title": each[1]} for each in DOCUMENTS]
    write_table(output / "nodes.csv", ("id", "label", "title"), labels)
    proposal = Proposal("unlisted:zinc-compact", "zinc-compact", "cited", "Zinc Compact", documents=2)
    write_table(output / "inbox.csv", INBOX.names, [dict(zip(INBOX.names, proposal.cells, strict=True))])
    for table, given in ((UNLISTED, unlisted), (PROMISES, promises)):
        empty = {column.name: "" for column in table.columns}
        write_table(output / f"{table.name}.csv", table.names, [empty | row for row in given])
    inputs = [{"file": "copper.pdf", "source_id": "copper-plan-2021", "sha256": "", "action": "read"}]
    (output / "run.json").write_text(json.dumps({"inputs": inputs}), encoding="utf-8")


def _row(citation: Citation) -> dict[str, Any]:
    mention = citation.mention
    return dict.fromkeys(COLUMNS, "") | {
        "citation_id": citation.id,
        "source_id": mention.source_id,
        "target_id": citation.target_id or "",
        "target_title": citation.target_title,
        "status": citation.status.value,
        "status_basis": citation.status_basis.value,
        "cue": citation.cue,
        "status_today": citation.status.value,
        "confidence": citation.confidence,
        "match_method": citation.method,
        "surface": mention.surface,
        "sentence": mention.sentence,
        "page": mention.page,
        "char_start": mention.start,
        "char_end": mention.end,
        "bbox": "72.0 100.0 180.0 112.0",
        "zone": mention.zone.value,
        "is_list_item": "false",
    }


def write_table(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def try_change(settings: Settings, change: Callable[[Path], object]) -> list[str]:
    """In the place of a trial run: the line that the change adds, and one more."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(settings.gazetteer, Path(folder) / "gazetteer"))
        change(copy)
        added = set((copy / "aliases.csv").read_text().split("\n")) - set(
            (settings.gazetteer / "aliases.csv").read_text().split("\n")
        )
    return [*sorted(added), "another one"]


class Client:
    """A browser without a screen: keeps cookies, sends forms with the token of the last session."""

    def __init__(
        self, settings: Settings, access: Access | None = None, base: str = f"http://127.0.0.1:{PORT}"
    ) -> None:
        self.app = make_app(settings, access or Access("127.0.0.1", PORT, "ana"), partial(try_change, settings))
        self.base = base
        self.cookies = httpx.Cookies()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._send("GET", path, headers, None)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return answer.json()

    def post(self, path: str, fields: Mapping[str, str] | None = None, *, csrf: str | None = None, **headers: str):
        token = self.json("/session.json")["csrf"] if csrf is None else csrf
        return self._send("POST", path, headers, {"csrf": token, **(fields or {})})

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                answer = await client.request(method, path, headers=named, data=form)
                self.cookies = client.cookies
                return answer

        return asyncio.run(send())
