"""Reading at a safe distance: each PDF is opened in a worker process that may crash, hang or fill its memory.

A worker is started once and reads file after file; when it dies, it costs the page it died on, or the file, and
the next file gets a new one. Each thread of each process has a worker of its own, so a pool of either kind
reads in parallel; a forked child leaves its parent's worker alone.

Parent and worker pickle to each other over the worker's stdin and stdout, which every system has. For each `Request`
the worker sends the number of each page before it reads it (a sign of life), at last an `Answer` or a `Failure`.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from pipeline.children import die_with_parent, limit_self, peak_memory_mb, python_command
from pipeline.read.folder import check_file, file_sha256
from pipeline.records import Issue, Reading, ReadLimits, Severity

# A file that kills its worker on this many pages is given up.
_MOST_DEATHS = 4
# A worker that ever held more than this share of its memory limit is replaced before the next file.
_TIRED = 0.5
_SECOND_TRY = 0.25  # of `page_seconds`: a page that was no good for one reader is a bomb more often than not
# PDFium and the allocators of C and C++ end the process by one of these when an allocation fails.
_OUT_OF_MEMORY = tuple(
    -getattr(signal, name) for name in ("SIGABRT", "SIGILL", "SIGKILL", "SIGTRAP") if hasattr(signal, name)
)
_REMEDY = "look at the file: print it anew to PDF, or raise the limits under `read` if it is only large"

_own = threading.local()


class Request(NamedTuple):
    """One file to read; `skipped` says which pages killed workers before, and how; see `read_document`."""

    path: Path
    limits: ReadLimits
    ocr: str
    passwords: tuple[str, ...]
    kept: Path | None = None
    skipped: tuple[tuple[int, tuple[str, ...]], ...] = ()
    reader: str = ""


class Answer(NamedTuple):
    """What the worker sends when a file is done; `memory_mb` is the most it ever held."""

    reading: Reading
    memory_mb: int


class Failure(NamedTuple):
    """What the worker sends when the reader itself failed: a fault of this program, which the file brought out."""

    reason: str


def read_guarded(
    path: Path,
    limits: ReadLimits,
    ocr: str = "auto",
    passwords: tuple[str, ...] = (),
    *,
    kept: Path | None = None,
    reader: str = "",
) -> Reading:
    """Read one file in a worker process; whatever the file does, the answer is a `Reading`, within the limits.

    What OCR finds is kept in the folder `kept`, by the content of the page's picture, and not looked for again.
    `reader` names the only reader to use; PDFium is first and pdfplumber second if it is left out.
    """
    refusal = check_file(path, limits)
    if refusal is not None:
        return Reading(str(path), "", issues=(refusal,))
    skipped: dict[int, tuple[str, ...]] = {}
    deadline = time.monotonic() + limits.seconds + limits.ocr_seconds * (ocr != "off")
    while True:
        request = Request(path, limits, ocr, passwords, kept, tuple(sorted(skipped.items())), reader)
        try:
            return _ask(_worker(), request, deadline)
        except WorkerDiedError as death:
            tried = skipped.get(death.page, ())
            is_late = time.monotonic() > deadline
            if death.page == 0 or is_late or len(tried) > 1 or len({death.page, *skipped}) == _MOST_DEATHS:
                return _lost(path, death)
            skipped[death.page] = (*tried, str(death))


def close_worker() -> None:
    """End this thread's worker; the next call starts a new one."""
    worker: GuardedProcess | None = getattr(_own, "worker", None)
    _own.worker = None
    if worker is not None and worker.owner == os.getpid():
        worker.close()


class WorkerDiedError(Exception):
    """The worker died, or was ended, while it read `page` (0: before the first page)."""

    def __init__(self, page: int, reason: str) -> None:
        super().__init__(reason)
        self.page = page


class GuardedProcess:
    """A Python process that answers what it is sent, by the `main` of one of our modules."""

    def __init__(self, module: str) -> None:
        self.owner = os.getpid()
        self.tired = False
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.process = subprocess.Popen(
            python_command(module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # tesseract's threads: more than one slows all down
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._given: IO[bytes] = self.process.stdin
        threading.Thread(target=_collect, args=(self.process.stdout, self.answers), daemon=True).start()
        # Also when its thread ends, or the program.
        self._end = weakref.finalize(self, _end_process, self.process, self.owner)

    def send(self, request: object) -> None:
        """Give the process something to answer; raises OSError if it has ended."""
        pickle.dump(request, self._given)
        self._given.flush()

    def receive(self, seconds: float) -> Any:
        """The next answer; raises TimeoutError where there is none in time, EOFError where the process has ended."""
        try:
            answer = self.answers.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise TimeoutError from None
        if answer is _ENDED:
            raise EOFError
        return answer

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._end()


_ENDED = object()


def _collect(stream: IO[bytes], answers: queue.SimpleQueue[Any]) -> None:
    """What the process writes, as it comes; a half answer of a dying process is none."""
    with stream, suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
        while True:
            answers.put(pickle.load(stream))
    answers.put(_ENDED)


def _end_process(process: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:
        return  # a forked child forgets its parent's worker, and leaves it alone
    process.kill()
    process.wait()
    with suppress(OSError):
        process.stdin.close()  # type: ignore[union-attr]


def serve(answer: Callable[[Any, Callable[[Any], None]], Any]) -> None:
    """The process: answer requests until the other end is closed; `answer` gets a request and a way to send more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent()
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def send(message: object) -> None:
        pickle.dump(message, answers)
        answers.flush()

    with answers:
        while True:
            try:
                request = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            send(answer(request, send))


def main() -> None:
    """The worker that reads."""
    serve(_answer)


def _answer(request: Request, send: Callable[[Any], None]) -> Answer | Failure:
    from pipeline.read.document import read_document

    path, limits, ocr, passwords, kept, skipped, reader = request
    limit_self(limits.memory_mb, limits.seconds + limits.ocr_seconds)
    try:
        reading = read_document(
            path, limits, ocr, passwords, kept=kept, skipped=dict(skipped), on_page=send, reader=reader
        )
    except MemoryError:
        return Failure("out of memory")
    except Exception as error:  # the border of the process: nothing is swallowed, the guard turns it into an issue
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(f"{type(error).__name__}: {error}, {Path(place.filename).name}:{place.lineno}")
    return Answer(reading, peak_memory_mb())


def _worker() -> GuardedProcess:
    worker: GuardedProcess | None = getattr(_own, "worker", None)
    if worker is None or worker.owner != os.getpid() or worker.tired or worker.process.poll() is not None:
        close_worker()
        worker = _own.worker = GuardedProcess("pipeline.read.guard")
    return worker


def _ask(worker: GuardedProcess, request: Request, deadline: float) -> Reading:
    """The file's `Reading`; raises WorkerDiedError, and the worker is gone."""
    page = 0
    answered = False
    tried = dict(request.skipped)
    try:
        worker.send(request)
        while True:
            patience = request.limits.page_seconds * (_SECOND_TRY if page in tried else 1.0)
            message = worker.receive(min(deadline - time.monotonic(), patience))
            if isinstance(message, Answer):
                worker.tired = message.memory_mb > _TIRED * request.limits.memory_mb
                answered = True
                return message.reading
            if isinstance(message, Failure):
                raise WorkerDiedError(page, f"makes the reader fail ({message.reason})")
            page = int(message)
    except TimeoutError:
        raise WorkerDiedError(page, "takes too long") from None
    except (EOFError, OSError):
        raise WorkerDiedError(page, _cause_of_death(worker.process)) from None
    finally:
        if not answered:
            worker.close()


def _cause_of_death(process: subprocess.Popen[bytes]) -> str:
    code = process.wait()
    if code in _OUT_OF_MEMORY:
        return "needs more memory than the limit, or makes PDFium give up"
    return "makes the reader crash" if code < 0 else f"ends the reader (exit {code})"


def _lost(path: Path, death: WorkerDiedError) -> Reading:
    place = f"on page {death.page}" if death.page else "before its first page"
    issue = Issue("", "read", Severity.ERROR, f"cannot be read: it {death} {place}", _REMEDY)
    return Reading(str(path), file_sha256(path), issues=(issue,))
