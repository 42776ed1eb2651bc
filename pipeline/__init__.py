"""Who cites whom among ASEAN documents: the public verbs of the package.

`run` a folder, `cite` a text, `read` a PDF, `load` a finished run, `load_gazetteer`; each is imported when it is first
used. The package `pipeline.read` has the name of a verb, and is therefore callable itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.gazetteer.load import load_gazetteer
    from pipeline.results import load
    from pipeline.verbs import cite, read, run

__all__ = ["cite", "load", "load_gazetteer", "read", "run"]

_HOMES = {
    "cite": "pipeline.verbs",
    "load": "pipeline.results",
    "load_gazetteer": "pipeline.gazetteer.load",
    "run": "pipeline.verbs",
}


def __getattr__(name: str) -> Any:
    if name == "read":
        return import_module("pipeline.read")
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
