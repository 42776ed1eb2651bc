"""What lies in the input folder: PDFs with their hashes, and what SOURCES.csv says of them.

In: a folder. Out: `Scan`, or one `InputError`. The trap: SOURCES.csv also names files that are not there (yet);
`topology fetch` downloads them, and a run does not miss them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.read.folder import check_file, file_sha256, find_pdfs, printable
from pipeline.records import Issue, Severity
from pipeline.settings import ReadLimits
from pipeline.store import read_csv

SOURCES = "SOURCES.csv"
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
    paths, issues = find_pdfs(folder)
    if not paths:
        found = "is empty" if not any(folder.iterdir()) else "holds no PDF that can be read"
        raise NoPdfError(f"{folder}: {found}; put *.pdf files there, or name another folder: --input FOLDER")
    made = (_make_input(path, folder, listed, limits) for path in paths)
    inputs = sorted((each for each in made if not _is_superseded(each, folder)), key=lambda each: each.file)
    return Scan(tuple(inputs), (*issues, *_read_fetch_issues(folder / FETCH_STATE)))


def known_documents(folder: Path) -> Gazetteer:
    """The gazetteer in `folder`; raises InputError where there is no folder, GazetteerError for what is wrong in it."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name the gazetteer's: --gazetteer FOLDER")
    return load_gazetteer(folder)


def read_sources(path: Path) -> dict[str, Mapping[str, str]]:
    """The rows of SOURCES.csv by file name; no file, no rows; raises InputError for one that is no such table."""
    if not path.exists():
        return {}
    try:
        rows = list(read_csv(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); save it as CSV in UTF-8") from None
    by_file: dict[str, Mapping[str, str]] = {}
    for line, row in enumerate(rows, 2):
        if "file" not in row or "document_id" not in row:
            raise InputError(f"{path}: has no columns `file` and `document_id`; its first line must name the columns")
        name = row["file"].strip()
        if name in by_file:
            raise InputError(f"{path}: row {line}: {name} has a row already; keep one of them")
        if name:
            by_file[name] = row
    return by_file


def _is_superseded(each: Input, folder: Path) -> bool:
    """SOURCES.csv names a newer version of the file, and that is there."""
    newer = (each.listed or {}).get("superseded_by", "").strip()
    return bool(newer) and (folder / newer).is_file()


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
