"""The public verbs with everything but the first argument optional: what a notebook or another program calls.

Each loads what is in the folder where Python was started (flows.yaml, gazetteer/) unless it is told
otherwise, like the commands of the same names.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.core import cite_text
from pipeline.core import run as run_settings
from pipeline.gazetteer.load import Gazetteer, load_gazetteer
from pipeline.names.dates import PartialDate
from pipeline.read import read_guarded
from pipeline.records import Citation, Reading
from pipeline.runs.history import RunResult
from pipeline.settings import Settings, load_settings


def run(settings: Settings | None = None) -> RunResult:
    """Read a folder of PDFs and publish the outputs; see `pipeline.core.run` for what is raised."""
    return run_settings(settings or load_settings())


def cite(
    text: str,
    source_id: str | None = None,
    source_date: PartialDate | str | None = None,
    gazetteer: Gazetteer | None = None,
    settings: Settings | None = None,
) -> tuple[Citation, ...]:
    """What a text cites, in its order; a form feed ends a page, offsets count from the start of their page."""
    chosen = settings or load_settings()
    issued = PartialDate.parse(source_date) if isinstance(source_date, str) else source_date
    return cite_text(text, source_id, issued, gazetteer or load_gazetteer(chosen.gazetteer), chosen)


def read_file(path: Path | str, settings: Settings | None = None) -> Reading:
    """The pages of one file, read in a guarded process; what went wrong is in `issues`, nothing is raised for it."""
    chosen = settings or load_settings()
    return read_guarded(Path(path), chosen.read, chosen.ocr)
