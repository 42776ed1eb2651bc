"""The process in which PDFs are opened: `main(FD)`, started and watched by `guard`.

Requests and answers are pickled over the socket of file descriptor FD. For each `Request` the worker sends the
number of each page before it reads it (a sign of life), at last an `Answer`. It takes its limits on itself, and
dies with its parent.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from pipeline.records import Reading
from pipeline.settings import ReadLimits

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl


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


def main(descriptor: int) -> None:
    """Answer requests until the other end is closed."""
    _die_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(descriptor) as socket:
        while True:
            try:
                request = socket.recv()
            except EOFError:
                return
            socket.send(_answer(request, socket))


def _answer(request: Request, socket: Connection) -> Answer | Failure:
    from pipeline.read.document import read_pdf

    path, limits, ocr, passwords, kept, skipped = request
    _limit(limits)
    try:
        reading = read_pdf(path, limits, ocr, passwords, kept=kept, skipped=dict(skipped), on_page=socket.send)
    except MemoryError:
        return Failure("out of memory")
    except Exception as error:  # the border of the process: nothing is swallowed, the guard turns it into an issue
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(f"{type(error).__name__}: {error}, {Path(place.filename).name}:{place.lineno}")
    return Answer(reading, peak_mb())


def peak_mb() -> int:
    """The most memory that this process ever held; Linux' `ru_maxrss` would count what its parent held as well."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _limit(limits: ReadLimits) -> None:
    _, hardest = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb << 20, hardest))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = usage.ru_utime + usage.ru_stime + limits.seconds + limits.ocr_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 2, hardest))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
