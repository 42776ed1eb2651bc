"""A reading for eyes and for other programs: the JSON of `topology read`."""

from __future__ import annotations

from pipeline.records import Reading


def reading_to_json(reading: Reading) -> dict[str, object]:
    """The contract of DESIGN section 4; offsets index the page's text."""
    return {
        "pages": [
            {
                "number": page.number,
                "text": page.text,
                "blocks": [
                    {"zone": block.zone, "start": block.start, "end": block.end, "bbox": list(block.bbox)}
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
