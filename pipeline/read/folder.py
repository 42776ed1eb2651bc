"""Which files of an input folder are read, and what one file must be before anything opens it.

`Path.rglob` opens nothing, but hashing a FIFO waits for ever, and a link may lead out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from pipeline.records import Issue, ReadLimits, Severity

_CHUNK = 1 << 20
# Files that are read, and those that hold documents too and are not, by the ends of their names.
READ = (".pdf", ".html", ".htm", ".docx")
_SAVE = "save it as PDF or DOCX"
_REPLACE = "put a readable file there, or take the name out of the folder"
_NOT_READ = (".doc", ".rtf", ".odt", ".epub", ".mhtml", ".xps")


def find_documents(folder: Path) -> tuple[tuple[Path, ...], tuple[Issue, ...]]:
    """Every PDF, HTML and DOCX file under `folder`, sorted by name; what looks like one and is not read is an issue."""
    root = folder.resolve()
    found: list[Path] = []
    issues: list[Issue] = []
    for path in sorted(_walk(folder), key=os.fsencode):
        reason = _reason_to_refuse(path, root)
        if path.suffix.lower() in _NOT_READ:
            issues.append(_refusal(path, f"is a file of a kind that is not read ({path.suffix})", _SAVE))
        elif reason:
            issues.append(_refusal(path, reason))
        else:
            found.append(path)
    return tuple(found), tuple(issues)


def check_file(path: Path, limits: ReadLimits) -> Issue | None:
    """Why this file is not opened, or None: it must be a regular file, not empty, of bounded size."""
    try:
        status = path.stat()
    except OSError as error:
        return _refusal(path, f"cannot be opened ({error.strerror})")
    if not stat.S_ISREG(status.st_mode):
        return _refusal(path, "is not a regular file")
    if status.st_size == 0:
        return _refusal(path, "is empty (0 bytes)")
    if status.st_size > limits.file_mb << 20:
        return _refusal(path, f"is larger than {limits.file_mb} MB")
    return None if os.access(path, os.R_OK) else _refusal(path, "cannot be opened (no permission)")


def file_sha256(path: Path) -> str:
    """The hash of a regular file's bytes, read in pieces; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _walk(folder: Path) -> list[Path]:
    found = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        found += [Path(parent, name) for name in names if name.lower().endswith((*READ, *_NOT_READ))]
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        found += [Path(parent, name) for name in linked]
    return found


def _reason_to_refuse(path: Path, root: Path) -> str | None:
    if path.is_symlink():
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            return "is a link that leads nowhere"
        if not target.is_relative_to(root):
            return "is a link out of the input folder"
        if target.is_dir():
            return "is a link to a folder, which is read at its own place only"
    return None if path.is_file() else "is not a regular file"


def _refusal(path: Path, reason: str, remedy: str = _REPLACE) -> Issue:
    return Issue("", "read", Severity.ERROR, f"{printable(path.name)} {reason}", remedy)


def printable(name: str) -> str:
    """A file name as it can be written into UTF-8 files: undecodable bytes and control characters escaped."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
