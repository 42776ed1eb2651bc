"""File -> `Reading`: `read_guarded` for files from anywhere, `read_pdf` where a crash may be yours."""

from __future__ import annotations

from pipeline.read.document import read_pdf
from pipeline.read.folder import find_documents
from pipeline.read.guard import close_worker, read_guarded
from pipeline.read.pdf import READERS
from pipeline.read.viewer import compare_readings, reading_to_json, show_page

__all__ = [
    "READERS",
    "close_worker",
    "compare_readings",
    "find_documents",
    "read_guarded",
    "read_pdf",
    "reading_to_json",
    "show_page",
]
