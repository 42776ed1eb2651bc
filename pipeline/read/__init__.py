"""PDF -> `Reading`: `read_guarded` for files from anywhere, `read_pdf` where a crash may be yours."""

from pipeline.read.document import read_pdf
from pipeline.read.folder import find_pdfs
from pipeline.read.guard import close_worker, read_guarded
from pipeline.read.show import reading_to_json

__all__ = ["close_worker", "find_pdfs", "read_guarded", "read_pdf", "reading_to_json"]
