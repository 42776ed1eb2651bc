"""What several commands share: options, JSON on stdout, a check of a choice."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

Input = Annotated[Path | None, typer.Option(help="The folder of PDFs.  [raw_pdfs]")]
Output = Annotated[Path | None, typer.Option(help="The folder of the run.  [extracted]")]
Gazetteer = Annotated[Path | None, typer.Option(help="The gazetteer's folder.  [gazetteer]")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout instead of text.")]


def print_json(value: object) -> None:
    """On stdout in UTF-8, whatever the console speaks."""
    sys.stdout.flush()
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        buffer.write(text.encode())
        buffer.flush()


def check_choice(option: str, value: str, known: Iterable[str]) -> None:
    """Raises InputError for a value that is none of the known ones."""
    from pipeline.runs.scan import InputError

    if value not in known:
        raise InputError(f"{option}: {value!r} is unknown; use {' or '.join(known)}")
