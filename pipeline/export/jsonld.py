"""JSON-LD: documents as schema.org Legislation, existing citations as CiTO `cites`, planned ones as our `foresees`.

Provenance of the run in PROV-O. Every line is also a reified statement (rdf:Statement) that carries its weight and
status, since a bare triple cannot.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.export.network import Counts, Line, Network, Node
from pipeline.store import write_json

_FILE = "topology.jsonld"
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
    "subject": {"@id": "rdf:subject", "@type": "@id"},
    "predicate": {"@id": "rdf:predicate", "@type": "@id"},
    "object": {"@id": "rdf:object", "@type": "@id"},
    "wasGeneratedBy": {"@id": "prov:wasGeneratedBy", "@type": "@id"},
    "name": "schema:name",
    "alternateName": "schema:alternateName",
    "legislationDate": "schema:legislationDate",
    "legislationType": "schema:legislationType",
    "status": "top:status",
    "weight": "top:weight",
}
_VERBS = {"existing": "cites", "planned": "foresees", "unclear": "mentions"}
_PREDICATES = {"existing": "cito:cites", "planned": "top:foresees", "unclear": "schema:mentions"}
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")


def write(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write topology.jsonld."""
    cited: dict[str, dict[str, list[str]]] = {}
    for line in network.lines:
        cited.setdefault(line.source, {}).setdefault(_VERBS[line.status], []).append(_document(line.target))
    graph = [
        {"@id": f"{BASE}run", "@type": "prov:Activity", "schema:softwareVersion": dict(network.run).get("code", "")},
        *(_node(node, cited.get(node.id, {})) for node in network.nodes),
        *(_statement(line) for line in network.lines),
    ]
    write_json(folder / _FILE, {"@context": _CONTEXT, "@graph": graph})
    return (folder / _FILE,)


def count(folder: Path) -> Counts:
    """Count documents and statements by their types; rdflib reads the same in the tests."""
    graph = json.loads((folder / _FILE).read_text(encoding="utf-8"))["@graph"]
    documents = [element for element in graph if element["@type"] == "schema:Legislation"]
    return Counts.of(len(documents), [element["status"] for element in graph if element["@type"] == "rdf:Statement"])


def _document(identifier: str) -> str:
    return f"{BASE}document:{quote(identifier, safe='-._~:')}"


def _node(node: Node, cited: dict[str, list[str]]) -> dict[str, Any]:
    dated = {"legislationDate": node.date} if _DATE.fullmatch(node.date) else {}
    return {
        "@id": _document(node.id),
        "@type": "schema:Legislation",
        "name": node.title or node.label,
        "alternateName": node.label,
        "legislationType": node.kind,
        **dated,
        **cited,
    }


def _statement(line: Line) -> dict[str, Any]:
    return {
        "@id": f"{BASE}line:{quote(line.id, safe='-._~:')}",
        "@type": "rdf:Statement",
        "subject": _document(line.source),
        "predicate": _PREDICATES[line.status],
        "object": _document(line.target),
        "status": line.status,
        "weight": line.weight,
        "wasGeneratedBy": f"{BASE}run",
    }
