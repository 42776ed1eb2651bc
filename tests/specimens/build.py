"""Build the specimens: `python -m tests.specimens.build` writes raw_pdfs/*.pdf and the gold beside the sources.

In: sources/*.txt. Out: one PDF each, gold.csv (every citation), gold_edges.csv, and the specimens' hashes in
raw_pdfs/SOURCES.csv. The trap: a PDF that was fetched for real (its row has `retrieved`) is never overwritten.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.specimens.layout import compose
from tests.specimens.markup import Specimen, read_specimen
from tests.specimens.producers import write_pdf

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
RAW_PDFS = HERE.parents[1] / "raw_pdfs"
LICENCE = "specimen, MIT"
GOLD_COLUMNS = (
    "document", "number", "page", "surface", "target_id", "target_title", "status", "kind", "zone", "unreadable",
    "sentence",
)  # fmt: skip
EDGE_COLUMNS = ("source_id", "cited_id", "status", "citations", "first_page")
LIST_COLUMNS = ("file", "document_id", "url", "retrieved", "sha256", "licence", "verified", "note")


@dataclass(frozen=True)
class Built:
    """A built specimen: its source, its PDF and, by citation index, the first and last page of each citation."""

    specimen: Specimen
    pdf: bytes
    page_count: int
    pages: dict[int, tuple[int, int]]


def build_specimen(path: Path) -> Built:
    """Lay out one source and write its PDF into memory."""
    specimen = read_specimen(path)
    sheets, pages = compose(specimen)
    missing = [mark.surface for index, mark in enumerate(specimen.marks) if index not in pages]
    if missing:
        raise ValueError(f"{path.name}: marked but nowhere on a page: {missing}")
    return Built(specimen, write_pdf(sheets, specimen.keys), len(sheets), pages)


def build_all() -> list[Built]:
    """Every specimen, by id."""
    return [build_specimen(path) for path in sorted(SOURCES.glob("*.txt"))]


def gold_rows(built: list[Built]) -> list[dict[str, str]]:
    """One row per citation, in the order of each document's source."""
    rows = []
    for one in built:
        for index, mark in enumerate(one.specimen.marks):
            values = (
                one.specimen.id, str(index + 1), str(one.pages[index][0]), mark.surface, mark.target_id or "",
                mark.target_title, mark.status, mark.kind, mark.zone, "yes" if mark.unreadable else "no", mark.sentence,
            )  # fmt: skip
            rows.append(dict(zip(GOLD_COLUMNS, values, strict=True)))
    return rows


def edge_rows(gold: list[dict[str, str]]) -> list[dict[str, str]]:
    """The edges that a reader of the text layer must find: listed targets, named and readable."""
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], int] = {}
    for row in gold:
        if row["target_id"] and row["unreadable"] == "no" and row["kind"] != "anaphora":
            edge = (row["document"], row["target_id"], row["status"])
            counts[edge] += 1
            first[edge] = min(first.get(edge, 10**6), int(row["page"]))
    return [
        dict(zip(EDGE_COLUMNS, (*edge, str(counts[edge]), str(first[edge])), strict=True)) for edge in sorted(counts)
    ]


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write_rows(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _list_sources(built: list[Built]) -> set[str]:
    """Enter the specimens into SOURCES.csv; returns the files that are no specimens any more."""
    path = RAW_PDFS / "SOURCES.csv"
    rows = {row["file"]: row for row in read_rows(path)} if path.exists() else {}
    for one in built:
        name = f"{one.specimen.id}.pdf"
        row = rows.setdefault(name, dict.fromkeys(LIST_COLUMNS, "") | {"file": name, "document_id": one.specimen.id})
        if not row["retrieved"]:
            row |= {"sha256": hashlib.sha256(one.pdf).hexdigest(), "licence": LICENCE}
    _write_rows(path, LIST_COLUMNS, [rows[name] for name in sorted(rows)])
    return {name for name, row in rows.items() if row["retrieved"]}


def main() -> None:
    """Build everything and say what was built."""
    built = build_all()
    real = _list_sources(built)
    for one in built:
        name = f"{one.specimen.id}.pdf"
        if name not in real:
            (RAW_PDFS / name).write_bytes(one.pdf)
    gold = gold_rows(built)
    _write_rows(HERE / "gold.csv", GOLD_COLUMNS, gold)
    _write_rows(HERE / "gold_edges.csv", EDGE_COLUMNS, edge_rows(gold))
    pages = sum(one.page_count for one in built)
    print(f"{len(built)} specimens, {pages} pages, {len(gold)} citations, {len(edge_rows(gold))} edges")


if __name__ == "__main__":
    main()
