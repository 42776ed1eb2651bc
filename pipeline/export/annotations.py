"""W3C Web Annotations: each citation as a note on its PDF's page, found again by quote and by position."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.export.jsonld import BASE
from pipeline.export.network import Counts, Network, Quote
from pipeline.store import write_json

_FILE = "annotations.jsonld"
# Characters before and after the quote, as the standard's examples have them.
_CONTEXT = 32


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write annotations.jsonld, an AnnotationPage."""
    page = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{BASE}annotations",
        "type": "AnnotationPage",
        "items": [_annotation(quote) for quote in network.quotes],
    }
    write_json(folder / _FILE, page)
    return (folder / _FILE,)


def count(folder: Path) -> Counts:
    """Count the annotations by status, and the PDFs they stand on."""
    items = json.loads((folder / _FILE).read_text(encoding="utf-8"))["items"]
    sources = {item["target"]["source"] for item in items}
    return Counts.of(len(sources), [item["body"][1]["value"] for item in items])


def _annotation(quote: Quote) -> dict[str, Any]:
    return {
        "id": f"{BASE}citation:{quote.id}",
        "type": "Annotation",
        "motivation": "linking",
        "body": [
            {"type": "SpecificResource", "source": f"{BASE}document:{quote.target}", "purpose": "linking"},
            {"type": "TextualBody", "value": quote.status, "purpose": "classifying"},
        ],
        "target": {
            "source": f"{BASE}document:{quote.source}",
            "selector": {
                "type": "FragmentSelector",
                "conformsTo": "http://tools.ietf.org/rfc/rfc3778",
                "value": f"page={quote.page}",
                "refinedBy": [
                    _quote_selector(quote),
                    {"type": "TextPositionSelector", "start": quote.start, "end": quote.end},
                ],
            },
        },
    }


def _quote_selector(quote: Quote) -> dict[str, str]:
    """The quote with what stands around it in its sentence, where the sentence holds it as written."""
    selector = {"type": "TextQuoteSelector", "exact": quote.surface}
    at = quote.sentence.find(quote.surface)
    if at >= 0:
        end = at + len(quote.surface)
        selector["prefix"] = quote.sentence[max(0, at - _CONTEXT) : at]
        selector["suffix"] = quote.sentence[end : end + _CONTEXT]
    return selector
