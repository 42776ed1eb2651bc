"""Reading at a safe distance: each PDF is opened in a worker process that may crash, hang or fill its memory.

A worker is started once and reads file after file; when it dies, it costs the page it died on, or the file, and
the next file gets a new one. Each thread of each process has a worker of its own, so a pool of either kind
reads in parallel. The trap: a forked child must not talk to its parent's worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import weakref
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from pipeline.children import python_command
from pipeline.read.folder import check_file, file_sha256
from pipeline.read.worker import Answer, Failure, Request
from pipeline.records import Issue, Reading, Severity
from pipeline.settings import ReadLimits

# A file that kills its worker on this many pages is given up.
_MOST_DEATHS = 4
# A worker that ever held more than this share of its memory limit is replaced before the next file.
_TIRED = 0.5
# PDFium and the allocators of C and C++ end the process by one of these when an allocation fails.
_OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGILL, -signal.SIGKILL, -signal.SIGTRAP)
_REMEDY = "look at the file: print it anew to PDF, or raise the limits under `read` if it is only large"

_own = threading.local()


def read_guarded(
    path: Path,
    limits: ReadLimits,
    ocr: str = "auto",
    passwords: tuple[str, ...] = (),
    *,
    kept: Path | None = None,
) -> Reading:
    """Read one PDF in a worker process; whatever the file does, the answer is a `Reading`, within the limits.

    What OCR finds is kept in the folder `kept`, by the content of the page's picture, and not looked for again.
    """
    refusal = check_file(path, limits)
    if refusal is not None:
        return Reading(str(path), "", issues=(refusal,))
    skipped: dict[int, str] = {}
    deadline = time.monotonic() + limits.seconds + limits.ocr_seconds * (ocr != "off")
    while True:
        request = Request(path, limits, ocr, passwords, kept, tuple(sorted(skipped.items())))
        try:
            return _worker().ask(request, deadline)
        except WorkerDiedError as death:
            if death.page in (0, *skipped) or len(skipped) + 1 == _MOST_DEATHS or time.monotonic() > deadline:
                return _lost(path, death)
            skipped[death.page] = str(death)


def close_worker() -> None:
    """End this thread's worker; the next call starts a new one."""
    worker: _Worker | None = getattr(_own, "worker", None)
    _own.worker = None
    if worker is not None and worker.owner == os.getpid():
        worker.close()


class WorkerDiedError(Exception):
    """The worker died, or was ended, while it read `page` (0: before the first page)."""

    def __init__(self, page: int, reason: str) -> None:
        super().__init__(reason)
        self.page = page


class _Worker:
    """One worker process and the socket to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.tired = False
        self.page = 0
        self.socket, theirs = Pipe()
        with theirs:
            command = python_command("pipeline.read.worker", str(theirs.fileno()))
            self.process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # tesseract's threads: more than one slows all down
            )

        # Also when its thread ends, or the program.
        self._end = weakref.finalize(self, _end_process, self.process, self.socket, self.owner)

    def ask(self, request: Request, deadline: float) -> Reading:
        """The file's `Reading`; raises WorkerDiedError, and the worker is gone."""
        self.page = 0
        answered = False
        try:
            reading = self._converse(request, deadline)
            answered = True
            return reading
        except (EOFError, OSError):
            raise WorkerDiedError(self.page, self._cause_of_death()) from None
        finally:
            if not answered:
                self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._end()

    def _converse(self, request: Request, deadline: float) -> Reading:
        self.socket.send(request)
        while True:
            left = deadline - time.monotonic()
            if not self.socket.poll(max(0.0, min(left, request.limits.page_seconds))):
                raise WorkerDiedError(self.page, "takes too long")
            message = self.socket.recv()
            if isinstance(message, Answer):
                self.tired = message.memory_mb > _TIRED * request.limits.memory_mb
                return message.reading
            if isinstance(message, Failure):
                raise WorkerDiedError(self.page, f"makes the reader fail ({message.reason})")
            self.page = int(message)

    def _cause_of_death(self) -> str:
        code = self.process.wait()
        if code in _OUT_OF_MEMORY:
            return "needs more memory than the limit, or makes PDFium give up"
        return "makes the reader crash" if code < 0 else f"ends the reader (exit {code})"


def _end_process(process: subprocess.Popen[bytes], socket: Connection, owner: int) -> None:
    if os.getpid() != owner:
        return  # a forked child forgets its parent's worker, and leaves it alone
    socket.close()
    process.kill()
    process.wait()


def _worker() -> _Worker:
    worker: _Worker | None = getattr(_own, "worker", None)
    if worker is None or worker.owner != os.getpid() or worker.tired or worker.process.poll() is not None:
        close_worker()
        worker = _own.worker = _Worker()
    return worker


def _lost(path: Path, death: WorkerDiedError) -> Reading:
    place = f"on page {death.page}" if death.page else "before its first page"
    issue = Issue("", "read", Severity.ERROR, f"cannot be read: it {death} {place}", _REMEDY)
    return Reading(str(path), file_sha256(path), issues=(issue,))
