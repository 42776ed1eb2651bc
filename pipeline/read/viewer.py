"""Pictures of pages for people: a page of a PDF as a PNG, with its size in points.

Rendered in a worker process of its own, which may crash, hang or run out of memory: then it is a `PictureError`, and
the next picture gets a new worker. One worker serves all threads, one picture after the other. Sizes are those of the
upright page, as in `Page.size`, so that a citation's box fits the picture.
"""

from __future__ import annotations

import atexit
import io
import threading
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.children import limit_self
from pipeline.read.guard import GuardedProcess, serve
from pipeline.read.sheet import PdfError, Picture
from pipeline.records import ReadLimits

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


class PictureError(Exception):
    """No picture can be made of this page; the message says why."""


_lock = threading.Lock()
_idle: list[GuardedProcess] = []  # one at most


def render_page(path: Path, number: int, scale: float) -> PageView:
    """Page `number` (from 1), `scale` pixels to the point; raises PictureError."""
    with _lock:
        worker = _idle.pop() if _idle else _start()
        if worker.process.poll() is not None:  # died while nobody asked
            worker.close()
            worker = _start()
        answer, is_well = _ask(worker, (path, number, scale))
        if is_well:
            _idle.append(worker)
        else:
            worker.close()
    if isinstance(answer, str):
        raise PictureError(f"{path.name}, page {number}: {answer}")
    return answer


def page_size(path: Path, number: int) -> tuple[float, float]:
    """Width and height of the upright page in points; raises PictureError."""
    return render_page(path, number, 0.0)[1:]


def main() -> None:
    """The worker."""
    limit_self(MEMORY_MB)
    serve(_answer)


def _answer(request: tuple[Path, int, float], _send: Any) -> PageView | str:
    from pipeline.read.pdf import open_pdf

    path, number, scale = request
    try:
        with open_pdf(path) as document:
            if not 1 <= number <= document.pages:
                return f"there are {document.pages} pages"
            sheet = document.read_sheet(number, ReadLimits().objects)
            if not scale or not sheet.width * sheet.height:
                return PageView(b"", sheet.width, sheet.height)
            picture = document.draw(number, scale * POINTS, MOST_PIXELS, turn=sheet.turn, colour=True)
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


def _ask(worker: GuardedProcess, request: tuple[Path, int, float]) -> tuple[PageView | str, bool]:
    """The answer, and whether the worker can be asked again."""
    try:
        worker.send(request)
        return worker.receive(SECONDS), True
    except TimeoutError:
        return f"takes longer than {SECONDS:.0f} s", False
    except (EOFError, OSError):
        return "makes the renderer crash, or needs more memory than its limit", False


def _start() -> GuardedProcess:
    return GuardedProcess("pipeline.read.viewer")


def _end_all() -> None:
    while _idle:
        _idle.pop().close()


atexit.register(_end_all)
