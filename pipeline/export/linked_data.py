"""The network as linked data: JSON-LD with schema.org, CiTO and PROV-O, and W3C Web Annotations of every citation.

Documents are schema.org Legislation; an existing one is cited by CiTO's `cites`, a planned one by our own `foresees`.
Every line is also a reified statement (rdf:Statement), since a bare triple cannot carry weight and status. An
annotation finds its words again on the PDF's page by quote and by position. Contexts stand inside the files, so that
nothing has to be asked of the net.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote as quote_url

from pipeline.export.network import Counts, Exported
from pipeline.results import Line, Node, Quote
from pipeline.store import write_json

_NETWORK, _ANNOTATIONS = "topology.jsonld", "annotations.jsonld"
BASE = "urn:asean-topology:"
_CONTEXT = {
    "schema": "https://schema.org/",
    "cito": "http://purl.org/spar/cito/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "top": f"{BASE}vocabulary:",
    "cites": {"@id": "cito:cites", "@type": "@id"},
    "foresees": {"@id": "top:foresees", "@type": "@id"},
    "mentions": {"@id": "schema:mentions", "@type": "@id"},
    "url": {"@id": "schema:url", "@type": "@id"},
    "subject": {"@id": "rdf:subject", "@type": "@id"},
    "predicate": {"@id": "rdf:predicate", "@type": "@id"},
    "object": {"@id": "rdf:object", "@type": "@id"},
    "wasGeneratedBy": {"@id": "prov:wasGeneratedBy", "@type": "@id"},
    "name": "schema:name",
    "alternateName": "schema:alternateName",
    "identifier": "schema:identifier",
    "legislationDate": "schema:legislationDate",
    "legislationPassedBy": "schema:legislationPassedBy",
    "legislationType": "schema:legislationType",
    "status": "top:status",
    "weight": "top:weight",
}
# What annotations.jsonld uses of http://www.w3.org/ns/anno.jsonld.
_ANNOTATION_CONTEXT = {
    "oa": "http://www.w3.org/ns/oa#",
    "as": "http://www.w3.org/ns/activitystreams#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": {"@id": "@id", "@type": "@id"},
    "type": {"@id": "@type", "@type": "@vocab"},
    **{
        name: f"oa:{name}"
        for name in (
            *("Annotation", "SpecificResource", "TextualBody", "FragmentSelector", "TextQuoteSelector"),
            *("TextPositionSelector", "linking", "classifying"),
        )
    },
    **{name: {"@id": f"oa:{name}", "@type": "xsd:string"} for name in ("exact", "prefix", "suffix")},
    **{name: {"@id": f"oa:{name}", "@type": "xsd:nonNegativeInteger"} for name in ("start", "end")},
    "AnnotationPage": "as:OrderedCollectionPage",
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "refinedBy": {"@id": "oa:refinedBy", "@type": "@id"},
    "conformsTo": {"@id": "dcterms:conformsTo", "@type": "@id"},
    "value": "rdf:value",
}
_VERBS = {"existing": "cites", "planned": "foresees", "unclear": "mentions"}
_PREDICATES = {"existing": "cito:cites", "planned": "top:foresees", "unclear": "schema:mentions"}
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
# Characters before and after the quote, as the standard's examples have them.
_AROUND = 32


def write_jsonld(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write topology.jsonld."""
    cited: dict[str, dict[str, list[str]]] = {}
    for line in network.lines:
        cited.setdefault(line.source, {}).setdefault(_VERBS[line.status], []).append(_iri("document", line.target))
    graph = [
        {"@id": f"{BASE}run", "@type": "prov:Activity"},
        *(_node(node, cited.get(node.id, {})) for node in network.nodes),
        *(_statement(line) for line in network.lines),
    ]
    write_json(folder / _NETWORK, {"@context": _CONTEXT, "@graph": graph})
    return (folder / _NETWORK,)


def count_jsonld(folder: Path) -> Counts:
    """Count documents and statements by their types; rdflib reads the same in the tests."""
    graph = json.loads((folder / _NETWORK).read_text(encoding="utf-8"))["@graph"]
    documents = [element for element in graph if element["@type"] == "schema:Legislation"]
    return Counts.of(len(documents), [element["status"] for element in graph if element["@type"] == "rdf:Statement"])


def write_annotations(network: Exported, folder: Path) -> tuple[Path, ...]:
    """Write annotations.jsonld, an AnnotationPage."""
    page = {
        "@context": _ANNOTATION_CONTEXT,
        "id": f"{BASE}annotations",
        "type": "AnnotationPage",
        "items": [_annotation(quote) for quote in network.quotes],
    }
    write_json(folder / _ANNOTATIONS, page)
    return (folder / _ANNOTATIONS,)


def count_annotations(folder: Path) -> Counts:
    """Count the annotations by status, and the PDFs they stand on."""
    items = json.loads((folder / _ANNOTATIONS).read_text(encoding="utf-8"))["items"]
    sources = {item["target"]["source"] for item in items}
    return Counts.of(len(sources), [item["body"][1]["value"] for item in items])


def _iri(kind: str, identifier: str) -> str:
    return f"{BASE}{kind}:{quote_url(identifier, safe='-._~:')}"


def _node(node: Node, cited: dict[str, list[str]]) -> dict[str, Any]:
    date = str(node.date or "")
    told = {"identifier": node.symbol, "legislationPassedBy": node.issuer, "url": node.url}
    return {
        "@id": _iri("document", node.id),
        "@type": "schema:Legislation",
        "name": node.title or node.label,
        "alternateName": node.label,
        "legislationType": node.kind,
        **({"legislationDate": date} if _DATE.fullmatch(date) else {}),
        **{name: value for name, value in told.items() if value},
        **cited,
    }


def _statement(line: Line) -> dict[str, Any]:
    return {
        "@id": _iri("line", line.id),
        "@type": "rdf:Statement",
        "subject": _iri("document", line.source),
        "predicate": _PREDICATES[line.status],
        "object": _iri("document", line.target),
        "status": line.status,
        "weight": line.weight,
        "wasGeneratedBy": f"{BASE}run",
    }


def _annotation(quote: Quote) -> dict[str, Any]:
    position = {"type": "TextPositionSelector", "start": quote.start, "end": quote.end}
    return {
        "id": _iri("citation", quote.id),
        "type": "Annotation",
        "motivation": "linking",
        "body": [
            {"type": "SpecificResource", "source": _iri("document", quote.target), "purpose": "linking"},
            {"type": "TextualBody", "value": quote.status, "purpose": "classifying"},
        ],
        "target": {
            "source": _iri("document", quote.source),
            "selector": {
                "type": "FragmentSelector",
                "conformsTo": "http://tools.ietf.org/rfc/rfc3778",
                "value": f"page={quote.page}",
                "refinedBy": [_quote_selector(quote), position],
            },
        },
    }


def _quote_selector(quote: Quote) -> dict[str, str]:
    """The quote with what stands around it in its sentence, where the sentence holds it as written."""
    selector = {"type": "TextQuoteSelector", "exact": quote.surface}
    at = quote.sentence.find(quote.surface)
    if at >= 0:
        end = at + len(quote.surface)
        selector["prefix"] = quote.sentence[max(0, at - _AROUND) : at]
        selector["suffix"] = quote.sentence[end : end + _AROUND]
    return selector
