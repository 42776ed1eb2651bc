"""The process in which PDFs are opened: `main(FD)`, started and watched by `guard`.

Requests and answers are pickled over the socket of file descriptor FD. For each `Request` the worker sends the
number of each page before it reads it (a sign of life), at last an `Answer`. It takes its limits on itself, and
dies with its parent.
"""

from __future__ import annotations

import signal
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from pipeline.children import die_with_parent, limit_self, peak_memory_mb
from pipeline.records import Reading
from pipeline.settings import ReadLimits


class Request(NamedTuple):
    """One file to read; `skipped` pages killed a worker before (page, what happened) and are not tried again."""

    path: Path
    limits: ReadLimits
    ocr: str
    passwords: tuple[str, ...]
    kept: Path | None = None
    skipped: tuple[tuple[int, str], ...] = ()


class Answer(NamedTuple):
    """What the worker sends when a file is done; `memory_mb` is the most it ever held."""

    reading: Reading
    memory_mb: int


class Failure(NamedTuple):
    """What the worker sends when the reader itself failed: a fault of this program, which the file brought out."""

    reason: str


def main(descriptor: str) -> None:
    """Answer requests until the other end is closed."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(int(descriptor)) as socket:
        while True:
            try:
                request = socket.recv()
            except EOFError:
                return
            socket.send(_answer(request, socket))


def _answer(request: Request, socket: Connection) -> Answer | Failure:
    from pipeline.read.document import read_pdf

    path, limits, ocr, passwords, kept, skipped = request
    limit_self(limits.memory_mb, limits.seconds + limits.ocr_seconds)
    try:
        reading = read_pdf(path, limits, ocr, passwords, kept=kept, skipped=dict(skipped), on_page=socket.send)
    except MemoryError:
        return Failure("out of memory")
    except Exception as error:  # the border of the process: nothing is swallowed, the guard turns it into an issue
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(f"{type(error).__name__}: {error}, {Path(place.filename).name}:{place.lineno}")
    return Answer(reading, peak_memory_mb())
