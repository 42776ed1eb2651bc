"""What lies in the input folder: PDFs with their hashes, and what SOURCES.csv says of them.

In: a folder. Out: `Scan`, or one `InputError`. The trap: SOURCES.csv also names files that are not there (yet);
`topology fetch` downloads them, and a run does not miss them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.read.folder import READ, check_file, file_sha256, find_documents, printable
from pipeline.records import Issue, Severity
from pipeline.settings import ReadLimits
from pipeline.store import original_cell

SOURCES = "SOURCES.csv"
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
FETCH_STATE = ".fetch.json"  # what `topology fetch` remembers; its issues are issues of each run


class InputError(ValueError):
    """What was given cannot be used: one line of file, value and remedy."""


class NoPdfError(InputError):
    """The folder holds no PDF: nothing to do, or it is not the folder that was meant."""


@dataclass(frozen=True)
class Input:
    """One PDF: `file` is its name within the input folder, printable; `path` is absolute, for workers elsewhere.

    `sha256` is empty where it cannot be opened.
    """

    file: str
    path: Path
    sha256: str
    listed: Mapping[str, str] | None = field(default=None, hash=False)


@dataclass(frozen=True)
class Scan:
    """The PDFs of a folder by name, and what looks like one and is not read."""

    inputs: tuple[Input, ...]
    issues: tuple[Issue, ...]


def scan_folder(folder: Path, limits: ReadLimits) -> Scan:
    """The folder's PDFs, sorted by name; raises InputError where there is none."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one with PDFs in it: --input FOLDER")
    listed = read_sources(folder / SOURCES)
    paths, issues = find_documents(folder)
    if not paths:
        found = "is empty" if not any(folder.iterdir()) else "holds no document that can be read"
        raise NoPdfError(
            f"{folder}: {found}; put PDF, HTML or DOCX files there, or name another folder: --input FOLDER"
        )
    made = (_make_input(path, folder, listed, limits) for path in paths)
    versions = tuple(_choose_versions(sorted(made, key=lambda each: each.file), folder))
    inputs = tuple(each for each in versions if isinstance(each, Input))
    passed = (each for each in versions if isinstance(each, Issue))
    return Scan(inputs, (*issues, *passed, *_read_fetch_issues(folder / FETCH_STATE)))


def known_documents(folder: Path) -> Gazetteer:
    """The gazetteer in `folder`; raises InputError where there is no folder, GazetteerError for what is wrong in it."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name the gazetteer's: --gazetteer FOLDER")
    return load_gazetteer(folder)


def read_sources(path: Path) -> dict[str, Mapping[str, str]]:
    """The rows of SOURCES.csv by file name; no file, no rows; raises InputError for one that is no such table."""
    if not path.exists():
        return {}
    by_file: dict[str, Mapping[str, str]] = {}
    for line, row in read_list(path):
        if "file" not in row or "document_id" not in row:
            raise InputError(f"{path}: has no columns `file` and `document_id`; its first line must name the columns")
        name = row["file"].strip()
        if name in by_file:
            raise InputError(f"{path}: row {line}: {name} has a row already; keep one of them")
        sha256 = row.get("sha256", "").strip()
        if sha256 and not _SHA256.fullmatch(sha256):
            raise InputError(
                f"{path}: row {line}: sha256: {sha256!r} is no hash; write 64 digits from 0 to f, or nothing"
            )
        if name:
            by_file[name] = row
    return by_file


def read_list(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a list that somebody keeps by hand, with the line on which each ends; raises InputError.

    A row with too few or too many cells, or a quote that is never closed, is what an editor or a copy leaves half done.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); save it as CSV in UTF-8") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = next(rows, [])
        for cells in rows:
            if not cells:
                continue
            if len(cells) != len(head):
                told = f"has {len(cells)} cells where the first line names {len(head)} columns; complete the row"
                raise InputError(f"{path}: row {rows.line_num}: {told}")
            yield rows.line_num, {name: original_cell(cell) for name, cell in zip(head, cells, strict=True) if name}
    except csv.Error as error:
        raise InputError(f"{path}: row {rows.line_num}: {error}; close the quote, or take it out") from None


def opens(path: Path) -> bool:
    """The file can be opened, or needs a password; of a PDF that is asked in a process of its own."""
    if path.suffix.lower() in READ[1:]:
        return True
    from pipeline.read.viewer import PictureError, page_size

    try:
        page_size(path, 1)
    except PictureError as error:
        return "password" in str(error).lower()
    return True


def _choose_versions(inputs: list[Input], folder: Path) -> Iterator[Input | Issue]:
    """Of a file and its newer versions in SOURCES.csv the newest that can be opened, and what was passed over.

    Where none can, all of them are read, so that each is told.
    """
    by_file = {each.file: each for each in inputs}
    newer = {each.file: (each.listed or {}).get("superseded_by", "").strip() for each in inputs}
    passed: set[str] = set()
    chosen = {each.file for each in inputs}
    for each in inputs:
        later = by_file.get(newer[each.file])
        if later is None or later is each:
            continue
        if later.sha256 and opens(later.path):
            chosen.discard(each.file)
        elif each.sha256 and opens(each.path):
            passed.add(later.file)
            message = f"{later.file} cannot be opened; the version before it is read, {each.file}"
            yield Issue("", "run", Severity.WARNING, message, "fetch it again, or take it out of the folder")
    yield from (each for each in inputs if each.file in chosen - passed)


def _read_fetch_issues(path: Path) -> tuple[Issue, ...]:
    """What the last fetch could not download; raises InputError where its file is none of ours."""
    if not path.exists():
        return ()
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["issues"]
        told = sorted((each["file"], each["message"], each["remedy"]) for each in found.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path}: cannot be read; delete it, `topology fetch` makes it again") from None
    return tuple(
        Issue("", "fetch", Severity.WARNING, f"{file or 'watched page'}: {message}", remedy)
        for file, message, remedy in told
    )


def _make_input(path: Path, folder: Path, listed: Mapping[str, Mapping[str, str]], limits: ReadLimits) -> Input:
    file = printable(path.relative_to(folder).as_posix())
    sha256 = "" if check_file(path, limits) else file_sha256(path)
    return Input(file, path.absolute(), sha256, listed.get(file))
