"""Readings for eyes and other programs: a page as a PNG with its size in points, how it was read, and as JSON.

Rendered in a worker process of its own, which may crash, hang or run out of memory: then it is a `PictureError`, and
the next picture gets a new worker. One worker serves all threads, one picture after the other. Sizes are those of the
upright page, as in `Page.size`, so that a citation's box fits the picture.
"""

from __future__ import annotations

import atexit
import io
import threading
from collections import Counter
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.children import limit_self
from pipeline.read.guard import GuardedProcess, serve
from pipeline.read.sheet import PdfError, Picture
from pipeline.records import BBox, Page, Reading, ReadLimits, Zone

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


_COLOURS = {
    Zone.BODY: "#1f5fbf",
    Zone.HEADING: "#b3261e",
    Zone.TABLE: "#1b7f4b",
    Zone.FOOTNOTE: "#8a5a00",
    Zone.ANNEX: "#5b3fb0",
    Zone.CONTENTS: "#00707a",
    Zone.BIBLIOGRAPHY: "#7a2f78",
    Zone.HEADER: "#777777",
    Zone.FOOTER: "#777777",
}
_SCALE = 1.6  # pixels to the point
_NUMBER_HEIGHT = 12  # pixels


def reading_to_json(reading: Reading) -> dict[str, object]:
    """The contract of DESIGN section 4; offsets index the page's text."""
    return {
        "pages": [
            {
                "number": page.number,
                "text": page.text,
                "blocks": [
                    {
                        "zone": block.zone,
                        "start": block.start,
                        "end": block.end,
                        "bbox": block.bbox and list(block.bbox),
                        **({"anchor": block.anchor} if block.anchor else {}),
                    }
                    for block in page.blocks
                ],
                "quality": page.quality.legibility,
            }
            for page in reading.pages
        ],
        "issues": [
            {"severity": issue.severity, "message": issue.message, "remedy": issue.remedy} for issue in reading.issues
        ],
    }


def compare_readings(one: Reading, other: Reading, readers: tuple[str, str]) -> dict[str, object]:
    """Where two readers differ: of each page how many words both have (0-1), and words that only one has."""
    pages = []
    for first, second in zip_longest(one.pages, other.pages):
        words = [Counter(page.text.split() if page else ()) for page in (first, second)]
        alone = [sorted((words[side] - words[not side]).elements()) for side in (0, 1)]
        total = sum(count for side in words for count in side.values())
        agreement = round(1 - (len(alone[0]) + len(alone[1])) / total, 4) if total else 1.0
        number = (first or second).number
        only = {f"only_{reader}": found for reader, found in zip(readers, alone, strict=True)}
        pages.append({"number": number, "agreement": agreement, **only})
    told = {
        f"issues_{name}": [each.message for each in of.issues] for name, of in zip(readers, (one, other), strict=True)
    }
    return {"pages": pages, **told}


def show_page(path: Path, page: Page, target: Path) -> None:
    """Draw the PDF's page with its blocks in the colours of their zones, numbered in reading order, as a PNG.

    Raises PictureError where the page cannot be drawn, OSError where `target` cannot be written.
    """
    from PIL import Image, ImageDraw

    picture = Image.open(io.BytesIO(render_page(path, page.number, _SCALE).png)).convert("RGB")
    scale = picture.width / max(1.0, page.size[0])
    pen = ImageDraw.Draw(picture)
    boxes = [_scaled(block.bbox, scale) for block in page.blocks if block.bbox is not None]
    for one, other in pairwise(boxes):
        pen.line([one[0], one[3], other[0], other[1]], fill="#e07b00", width=1)
    for number, (block, box) in enumerate(zip(page.blocks, boxes, strict=True), 1):
        colour = _COLOURS[block.zone]
        label = f"{number} {block.zone}" + (f" {block.row}.{block.column}" if block.row is not None else "")
        pen.rectangle(box, outline=colour, width=2)
        pen.text((box[0] + 2, max(0.0, box[1] - _NUMBER_HEIGHT)), label, fill=colour)
    picture.save(target, "PNG")


def _scaled(box: BBox, scale: float) -> BBox:
    left, top, right, bottom = (side * scale for side in box)
    return left - 1, top - 1, right + 1, bottom + 1
