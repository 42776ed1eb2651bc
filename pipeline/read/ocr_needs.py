"""What OCR needs on this machine, and which of it is missing: the extra `ocr`, and tesseract's English data.

The trap: a run may be repeated after something was installed; what is here therefore belongs to the versions that
a kept reading depends on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

LANGUAGE = "eng"
LIBRARY = "tesserocr"
# Where Debian, Fedora, Homebrew and a build of one's own put the language data.
_DATA = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_EXTRA_MISSING = "the extra `ocr` (pip install 'asean-topology[ocr]')"
_DATA_MISSING = "tesseract's English data (Debian: apt install tesseract-ocr-eng)"


def find_language_data() -> Path | None:
    """The folder with tesseract's English data; None if there is none."""
    return next((folder for folder in _data_folders() if (folder / f"{LANGUAGE}.traineddata").is_file()), None)


def tell_missing() -> str:
    """What has to be installed before OCR can be done, as one phrase; empty if nothing."""
    missing = []
    if find_spec(LIBRARY) is None:
        missing.append(_EXTRA_MISSING)
    if find_language_data() is None:
        missing.append(_DATA_MISSING)
    return " and ".join(missing)


def _data_folders() -> Iterator[Path]:
    if own := os.environ.get("TESSDATA_PREFIX"):
        yield Path(own)
        yield Path(own, "tessdata")
    for pattern in _DATA:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
