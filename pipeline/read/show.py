"""A reading for eyes and for other programs: the JSON of `topology read`, and a picture of how a page was read."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise, zip_longest
from pathlib import Path

from pipeline.records import BBox, Page, Reading, Zone

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

    from pipeline.read.viewer import render_page

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
