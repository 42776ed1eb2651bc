"""Who cites whom among ASEAN documents: the public verbs of the package.

`run` a folder, `cite` a text, `read_file` a PDF, `load` a finished run, `load_gazetteer`; each is imported when it is
first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.results import load
    from pipeline.verbs import cite, read_file, run

__all__ = ["cite", "load", "load_gazetteer", "read_file", "run"]

_HOMES = {
    "cite": "pipeline.verbs",
    "load": "pipeline.results",
    "load_gazetteer": "pipeline.gazetteer.load",
    "read_file": "pipeline.verbs",
    "run": "pipeline.verbs",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
