"""`topology cite` and `topology read`: one text, one PDF, as JSON on stdout.

Offsets of `cite` count through the whole text that was given, line ends and form feeds included; inside the program
they count from the start of their page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.options import print_json

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.records import Citation, Reading
    from pipeline.settings import Settings

Folder = Annotated[Path | None, typer.Option("--gazetteer", help="The gazetteer's folder.")]


def cite(
    source_id: Annotated[str | None, typer.Option(help="The citing document's id; its own names do not count.")] = None,
    source_date: Annotated[str | None, typer.Option(help="Its date: 2019, 2019-11 or 2019-11-02.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Lines of id, text, source_id, source_date, many texts.")
    ] = False,
    gazetteer: Folder = None,
) -> None:
    """Say what the text on stdin cites: a JSON list of citations, or with --jsonl one line for each line.

    Example: echo "Ministers will develop an ASEAN AI Roadmap." | topology cite --source-date 2021
    """
    from pipeline.runs.scan import known_documents
    from pipeline.settings import load_settings

    settings = load_settings(gazetteer=gazetteer)
    known = known_documents(settings.gazetteer)
    text = _read_stdin()
    if jsonl:
        for line in _cite_lines(text, known, settings):
            sys.stdout.write(line + "\n")
    else:
        row = {"text": text, "source_id": source_id, "source_date": source_date}
        print_json(_cite_row(row, "stdin", known, settings))


def read(
    file: Annotated[Path, typer.Argument(help="The PDF.", metavar="FILE.pdf")],
    show: Annotated[int | None, typer.Option(help="Draw this page with its blocks and reading order.", min=1)] = None,
    output: Annotated[Path | None, typer.Option(help="Where --show draws; beside the PDF's name if left out.")] = None,
    ocr: Annotated[str | None, typer.Option(help="off, auto or force.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="Passwords, one a line.")] = None,
    reader: Annotated[
        str | None, typer.Option(help="pdfium or pdfplumber alone; else pdfplumber serves where PDFium fails.")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Show where pdfplumber reads otherwise.")] = False,
) -> None:
    """Read one PDF: JSON with the text, blocks and quality of each page, and what could not be read.

    Example: topology read raw_pdfs/adm2025.pdf > adm2025.json
    """
    from pipeline.read import READERS, compare_readings, read_guarded, reading_to_json
    from pipeline.records import Severity
    from pipeline.runs.plan import read_passwords
    from pipeline.runs.scan import InputError
    from pipeline.settings import load_settings

    if not file.exists():
        raise InputError(f"{file}: no such file; name a PDF")
    if reader is not None and reader not in READERS:
        raise InputError(f"--reader: {reader!r} is none of {', '.join(READERS)}")
    settings = load_settings(ocr=ocr, password_file=password_file)
    passwords = read_passwords(settings.password_file)
    reading = read_guarded(file, settings.read, settings.ocr, passwords, reader=reader or "")
    if show is not None:
        _show(file, reading, show, output or Path(f"{file.stem}-{show}.png"))
    elif compare:
        other = READERS[0] if reader == READERS[1] else READERS[1]
        second = read_guarded(file, settings.read, "off", passwords, reader=other)
        print_json(compare_readings(reading, second, (reader or READERS[0], other)))
    else:
        print_json(reading_to_json(reading))
    for issue in reading.issues:
        typer.echo(f"{file}: {issue.message}; {issue.remedy}", err=True)
    to_clear = any(issue.severity is not Severity.INFO for issue in reading.issues)
    raise typer.Exit(3 if not reading.pages else 1 if to_clear else 0)


def _show(file: Path, reading: Reading, number: int, target: Path) -> None:
    """Draw one page with its blocks; the picture's name goes to stdout."""
    from pipeline.read import show_page
    from pipeline.runs.scan import InputError

    page = next((page for page in reading.pages if page.number == number), None)
    if page is None:
        raise InputError(f"{file}: has no page {number}; it has {len(reading.pages)}")
    show_page(file, page, target)
    typer.echo(target)


def _cite_lines(text: str, gazetteer: Gazetteer, settings: Settings) -> Iterator[str]:
    """One line of JSON for each line of JSON; all lines are checked before the first is cited."""
    from pipeline.runs.scan import InputError

    rows: list[tuple[str, dict[str, Any]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"stdin: line {number}: is not JSON ({error}); one object a line") from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise InputError(f'stdin: line {number}: has no "text"; a line is {{"id": ..., "text": ...}}')
        rows.append((f"stdin: line {number}", row))
    for place, row in rows:
        found = {"id": row.get("id"), "citations": _cite_row(row, place, gazetteer, settings)}
        yield json.dumps(found, ensure_ascii=False)


def _cite_row(row: dict[str, Any], place: str, gazetteer: Gazetteer, settings: Settings) -> list[dict[str, Any]]:
    from pipeline.core import cite_text, text_offsets
    from pipeline.names.dates import PartialDate
    from pipeline.runs.scan import InputError

    try:
        issued = PartialDate.parse(str(row["source_date"])) if row.get("source_date") else None
    except ValueError as error:
        raise InputError(f"{place}: source_date: {error}") from None
    citations = cite_text(row["text"], row.get("source_id") or None, issued, gazetteer, settings)
    starts = text_offsets(row["text"])
    return [_citation_to_json(each, starts[each.mention.page - 1]) for each in citations]


def _citation_to_json(citation: Citation, page_start: int) -> dict[str, Any]:
    mention = citation.mention
    return {
        "surface": mention.surface,
        "start": page_start + mention.start,
        "end": page_start + mention.end,
        "kind": citation.kind.value,
        "target_id": citation.target_id,
        "target_title": citation.target_title,
        "status": citation.status.value,
        "status_basis": citation.status_basis.value,
        "cue": citation.cue,
        "confidence": citation.confidence,
        "candidates": [
            {"target_id": each.entry_id, "score": each.score, "reason": each.reason} for each in citation.candidates
        ],
    }


def _read_stdin() -> str:
    """The text as it is: no line end is translated, for offsets count them."""
    from pipeline.runs.scan import InputError

    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"stdin: is not UTF-8 ({error}); convert it first") from None
