"""A page for eyes: a PDF's path and a page number go in, PNG bytes and the page's size in points come out.

Rendered in a worker process of its own, which may crash, hang or run out of memory: then it is a `PictureError`, and
the next picture gets a new worker. One worker serves all threads, one picture after the other.
The trap: sizes are those of the upright page, as in `Page.size`, so that a citation's box fits the picture.
"""

from __future__ import annotations

import atexit
import io
import signal
import subprocess
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.children import limit_self, python_command
from pipeline.settings import ReadLimits

if TYPE_CHECKING:
    from pipeline.read.picture import Picture

SECONDS = 10.0  # a page that takes longer is a bomb or a plan of a whole city
MEMORY_MB = 1000
# A4 at 4 times its size has 8 million; larger pictures are scaled down to it.
MOST_PIXELS = 8_000_000
POINTS = 72  # to the inch


class PageView(NamedTuple):
    """`png` is empty where only the size was asked for; width and height in points."""

    png: bytes
    width: float
    height: float


class _Worker(NamedTuple):
    process: subprocess.Popen[bytes]
    socket: Connection


class PictureError(Exception):
    """No picture can be made of this page; the message says why."""


_lock = threading.Lock()
_idle: list[_Worker] = []  # one at most


def render_page(path: Path, number: int, scale: float) -> PageView:
    """Page `number` (from 1), `scale` pixels to the point; raises PictureError."""
    with _lock:
        worker = _idle.pop() if _idle else _start()
        if worker.process.poll() is not None:  # died while nobody asked
            _end(worker)
            worker = _start()
        answer, is_well = _ask(worker, (path, number, scale))
        if is_well:
            _idle.append(worker)
        else:
            _end(worker)
    if isinstance(answer, str):
        raise PictureError(f"{path.name}, page {number}: {answer}")
    return answer


def page_size(path: Path, number: int) -> tuple[float, float]:
    """Width and height of the upright page in points; raises PictureError."""
    return render_page(path, number, 0.0)[1:]


def main(descriptor: str) -> None:
    """The worker: answer requests until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_self(MEMORY_MB)
    with Connection(int(descriptor)) as socket:
        while True:
            try:
                path, number, scale = socket.recv()
            except EOFError:
                return
            socket.send(_answer(path, number, scale))


def _answer(path: Path, number: int, scale: float) -> PageView | str:
    from pipeline.read.engine import PdfError, open_page, open_pdf, page_count, read_sheet
    from pipeline.read.picture import draw_page

    try:
        with open_pdf(path) as document:
            if not 1 <= number <= page_count(document):
                return f"there are {page_count(document)} pages"
            sheet = read_sheet(document, number, ReadLimits().objects)
            if not scale or not sheet.width * sheet.height:
                return PageView(b"", sheet.width, sheet.height)
            with open_page(document, number) as page:
                picture = draw_page(page, scale * POINTS, MOST_PIXELS, turn=sheet.turn, colour=True)
            return PageView(_png(picture), sheet.width, sheet.height)
    except PdfError as error:
        return f"{error}; {error.remedy}"
    except MemoryError:
        return "needs more memory than the limit"


def _png(picture: Picture) -> bytes:
    from PIL import Image

    size = (picture.width, picture.height)
    image = Image.frombuffer("RGB", size, picture.pixels, "raw", "BGRX", picture.stride, 1)
    written = io.BytesIO()
    image.save(written, "PNG", compress_level=1)
    return written.getvalue()


def _ask(worker: _Worker, request: tuple[Path, int, float]) -> tuple[PageView | str, bool]:
    """The answer, and whether the worker can be asked again."""
    try:
        worker.socket.send(request)
        if worker.socket.poll(SECONDS):
            return worker.socket.recv(), True
        return f"takes longer than {SECONDS:.0f} s", False
    except (EOFError, OSError):
        return "makes the renderer crash, or needs more memory than its limit", False


def _start() -> _Worker:
    ours, theirs = Pipe()
    with theirs:
        command = python_command("pipeline.read.viewer", str(theirs.fileno()))
        none = subprocess.DEVNULL
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=none, stdout=none, stderr=none)
    return _Worker(process, ours)


def _end(worker: _Worker) -> None:
    worker.socket.close()
    worker.process.kill()
    worker.process.wait()


def _end_all() -> None:
    while _idle:
        _end(_idle.pop())


atexit.register(_end_all)
