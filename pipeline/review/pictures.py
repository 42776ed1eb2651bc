"""Pictures of pages: which file and page a citation's picture is of, and the window of it that the page shows.

No path comes from a request. A request names a source of the last run; its file is looked up there, and must lie inside
the input folder whatever links say.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.read.folder import file_sha256
from pipeline.read.viewer import PictureError, page_size
from pipeline.records import BBox, Source
from pipeline.settings import Settings

# Pixels to the point: a page fills half of a screen; close up it must stay sharp.
SCALES = {"page": 1.5, "near": 1.8, "close": 3.0}
ZOOMS = tuple(SCALES)
# Share of the page's width and height that a zoom shows.
_WINDOWS = {"page": (1.0, 1.0), "near": (1.0, 0.5), "close": (0.55, 0.25)}
_MARGIN = 3.0  # points between a name and its box


def find_pdf(settings: Settings, source: Source | None) -> Path:
    """The source's PDF inside the input folder; raises PictureError where there is none."""
    if source is None:
        raise PictureError("the last run does not name this document's file")
    root = settings.input.resolve()
    for path in (settings.input / source.path, Path(source.path)):
        real = path.resolve()
        if real.is_relative_to(root) and real.is_file():
            return real
    raise PictureError(f"{source.path} is not in {settings.input}")


def picture_of(
    settings: Settings, source: Source | None, source_id: str, page: int, bbox: BBox | None, zoom: str
) -> dict[str, Any]:
    """What a template needs to draw one page with one box: address, size, window and box, all in points."""
    try:
        path = find_pdf(settings, source)
        width, height = _size(path, path.stat().st_mtime_ns, page)
    except (PictureError, OSError) as error:
        return {"problem": str(error)}
    zoom = zoom if zoom in ZOOMS and bbox is not None else ("near" if bbox is not None else "page")
    version = _sha256(path, path.stat().st_mtime_ns)
    assert source is not None  # find_pdf has refused otherwise
    return {
        # changes with the file, so that browsers may keep the picture
        "href": f"/pages/{quote(source_id, safe='')}/{page}/{zoom}.png?v={version[:12]}",
        "page": page,
        "width": round(width, 2),
        "height": round(height, 2),
        "zoom": zoom,
        "window": _window(width, height, bbox, zoom),
        "box": box_of(bbox),
        "is_changed": bool(source.sha256) and version != source.sha256,
    }


def box_of(bbox: BBox | None) -> list[float] | None:
    """x, y, width, height of the box around a name, with a little air."""
    if bbox is None:
        return None
    left, top, right, bottom = bbox
    return [round(each, 1) for each in (left - _MARGIN, top - _MARGIN, right - left + 6, bottom - top + 6)]


def _window(width: float, height: float, bbox: BBox | None, zoom: str) -> list[float]:
    """x, y, width, height of what is shown: the box in the middle, as far as the page's edges let it."""
    across, down = width * _WINDOWS[zoom][0], height * _WINDOWS[zoom][1]
    left, top, right, bottom = bbox or (0.0, 0.0, width, height)
    across, down = min(width, max(across, right - left + 40)), min(height, max(down, bottom - top + 40))
    x = min(max((left + right - across) / 2, 0.0), width - across)
    y = min(max((top + bottom - down) / 2, 0.0), height - down)
    return [round(each, 1) for each in (x, y, across, down)]


@lru_cache(maxsize=4096)
def _size(path: Path, _mtime: int, page: int) -> tuple[float, float]:
    return page_size(path, page)


@lru_cache(maxsize=1024)
def _sha256(path: Path, _mtime: int) -> str:
    return file_sha256(path)
