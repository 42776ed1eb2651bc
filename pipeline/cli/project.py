"""A new project folder, empty or the example: settings, deployments, a gazetteer with its README, a place for PDFs.

In: a folder that is empty or not there. Out: the files in it. What every institution's English shares (cues, patterns,
spellings, vocabulary, lanes) is taken from the gazetteer that comes with the program; its documents are not. The trap:
nothing that is there already is overwritten.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.runs.scan import SOURCES, InputError
from pipeline.settings import FLOWS, shipped_gazetteer
from pipeline.store import write_text

_TITLE = "title: Topology map"
_IGNORED = "extracted/\n.topology/\n.venv/\n.fetch.lock\n.gazetteer.lock\n.judgements.lock\n"
_SOURCES_HEAD = "file,document_id,url,retrieved,sha256,licence,verified,note,superseded_by\n"
_NO_DOCUMENTS = (".csv", ".jsonl")  # tables of one institution; patterns.jsonl is none of them
_PATTERNS = "patterns.jsonl"


def make_project(folder: Path, with_documents: bool = False) -> tuple[Path, ...]:
    """Write a new project; raises InputError where the folder holds something, OSError.

    `with_documents` takes the documents and names of the shipped gazetteer along.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: is not empty; name a new folder")
    files = dict(_make_files(folder, with_documents))
    for name, text in files.items():
        write_text(folder / name, text)
    return tuple(folder / name for name in files)


def make_example(folder: Path) -> None:
    """A new project with the documents of the shipped gazetteer and the specimens; raises InputError, OSError."""
    specimens = shipped_gazetteer().parent / "raw_pdfs"
    if not specimens.is_dir():
        raise InputError(
            f"{specimens}: the example is not installed; put PDFs of your own into `topology init {folder}`"
        )
    make_project(folder, with_documents=True)
    shutil.copytree(specimens, folder / "raw_pdfs", ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)


def _make_files(folder: Path, with_documents: bool) -> Iterator[tuple[str, str]]:
    yield FLOWS, _make_flows(folder)
    yield f"raw_pdfs/{SOURCES}", _SOURCES_HEAD
    yield ".gitignore", _IGNORED
    for path in sorted(shipped_gazetteer().iterdir()):
        if path.is_file() and not path.name.startswith("."):
            text = path.read_text(encoding="utf-8")
            yield f"gazetteer/{path.name}", text if with_documents else _without_documents(path.name, text)


def _without_documents(name: str, text: str) -> str:
    """The file as another institution begins with it: tables keep their first line, the map loses its title."""
    if name == _PATTERNS or not name.endswith(_NO_DOCUMENTS):
        return _neutral_lanes(text) if name == "lanes.yaml" else text
    return text[: text.index("\n") + 1] if name.endswith(".csv") else ""


def _neutral_lanes(text: str) -> str:
    """The lanes of any institution in place of the shipped ones, without what the file says of our own names."""
    neutral = re.search(r"(?ms)^neutral:\n(.*?\n)\n", text)
    if neutral:
        lanes = f"lanes:\n{neutral[1]}\n"
        text = re.sub(r"(?ms)^# The lanes with which `topology init`.*?\n\n", "", text)
        text = re.sub(r"(?ms)^lanes:\n.*?\n\n", lambda _: lanes, text)
    return re.sub(r"(?m)^title: .*$", _TITLE, text)


def _make_flows(folder: Path) -> str:
    """The deployment file that comes with the program, its deployments named after the folder.

    Two projects on one Prefect server would take each other's deployments over otherwise.
    """
    beside = Path(__file__).parents[1] / "shipped" / FLOWS
    text = (beside if beside.exists() else shipped_gazetteer().parent / FLOWS).read_text(encoding="utf-8")
    name = re.sub(r"[^\w-]+", "-", folder.absolute().name).strip("-").lower() or "project"
    return re.sub(r"(?m)^  - name: ", f"  - name: {name}-", text)
