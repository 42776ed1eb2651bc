"""Pages that list: documents, edges, unlisted names, promises, progress, history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from urllib.parse import quote

from pipeline.review.agreement import Agreement, compare_reviewers
from pipeline.review.labels import FORMATS
from pipeline.review.page_request import (
    Content,
    PageRequest,
    alias_href,
    citation_href,
    document_href,
    edge_href,
    entry_href,
    judgement_row,
    left_to_do,
    list_item,
    not_found,
    paginate,
)
from pipeline.review.pictures import box_of, picture_of
from pipeline.review.queue import Filter, select
from pipeline.review.verdicts import describe


def documents_page(request: PageRequest) -> Content:
    """All citing documents with what is left to review in each."""
    waiting = Counter(each.citation.mention.source_id for each in request.snapshot.ranked if each.doubts)
    rows: list[Content] = [
        {
            "id": source_id,
            "href": document_href(source_id),
            "label": request.label(source_id),
            "citations": len(ids),
            "waiting": waiting[source_id],
            "judged": sum(bool(request.snapshot.judged[each].review_state) for each in ids),
        }
        for source_id, ids in request.snapshot.by_source.items()
    ]
    rows.sort(key=lambda row: (-waiting[str(row["id"])], str(row["label"])))
    shown, turn = paginate(request, _having(request, rows, "id", "label"))
    return {"title": "Documents", "q": _words(request), "items": shown, **turn}


def document_page(request: PageRequest) -> Content:
    """One page of a document with the boxes of its citations; all pages that have some can be turned to."""
    source_id = request.path["id"]
    citations = request.snapshot.of_source(source_id)
    if not citations and source_id not in request.snapshot.published.sources:
        raise not_found("document", source_id)
    pages = sorted({each.mention.page for each in citations})
    given = request.params.get("page", "")
    first = pages[0] if pages else 1
    page = min(int(given), 100_000) if given.isascii() and given.isdigit() and len(given) < 9 and int(given) else first
    here = [each for each in citations if each.mention.page == page]
    source = request.snapshot.published.sources.get(source_id)
    return {
        "title": request.label(source_id),
        "id": source_id,
        "file": source.path if source else "",
        "page": page,
        "pages": [[each, sum(one.mention.page == each for one in citations)] for each in pages],
        "total": len(citations),
        "items": [{**list_item(request, each), "box": box_of(each.bbox)} for each in here],
        "picture": picture_of(request.settings, source, source_id, page, None, "page"),
        "queue_href": f"/queue?source={quote(source_id, safe='')}",
    }


def edges_page(request: PageRequest) -> Content:
    """All lines of the map, the strongest first."""
    weights: Counter[tuple[str, str, str]] = Counter()
    for each in request.snapshot.judged.values():
        if each.target_id is not None:
            weights[each.mention.source_id, each.target_id, each.status.value] += 1
    rows: list[Content] = [
        {
            "source_id": source,
            "source": request.label(source),
            "target_id": target,
            "target": request.label(target),
            "status": status,
            "weight": weight,
            "href": edge_href(source, target),
        }
        for (source, target, status), weight in sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    ]
    shown, turn = paginate(request, _having(request, rows, "source", "target", "source_id", "target_id", "status"))
    return {"title": "Edges", "q": _words(request), "items": shown, **turn}


def edge_page(request: PageRequest) -> Content:
    """All that one document cites another with, by status."""
    source, target = request.path["source"], request.path["target"]
    citations = [each for each in request.snapshot.of_source(source) if each.target_id == target]
    if not citations:
        raise not_found("edge", f"{source} → {target}")
    shown, turn = paginate(request, citations)
    return {
        "title": f"{request.label(source)} → {request.label(target)}",
        "source_id": source,
        "source_href": document_href(source),
        "target_id": target,
        "target_href": entry_href(target) if target in request.snapshot.gazetteer.entries else None,
        "statuses": dict(Counter(each.status.value for each in citations)),
        "items": [list_item(request, each) for each in shown],
        **turn,
    }


def unlisted_page(request: PageRequest) -> Content:
    """Names that no entry explains, as the run ranked them, with the way into the gazetteer."""
    rows: list[Content] = [dict(row) for row in request.snapshot.published.unlisted]
    shown, turn = paginate(request, _having(request, rows, *(rows[0] if rows else ())))
    return {
        "title": "Unlisted names",
        "q": _words(request),
        "items": [_unlisted(request, row) for row in shown],
        **turn,
    }


def _unlisted(request: PageRequest, row: Content) -> Content:
    """A row of unlisted.csv with the ways into the gazetteer."""
    identity = quote(row["id"], safe="")
    suggested = row.get("suggested_id", "")
    is_alias = row.get("suggestion") == "alias" and suggested in request.snapshot.gazetteer.entries
    return {
        **row,
        "href": f"/queue?scope=all&target={identity}",
        "entry_href": f"/unlisted/{identity}/entry",
        "suggested": request.label(suggested) if suggested else "",
        "alias_href": alias_href(suggested, row.get("name", "")) if is_alias else "",
    }


def promises_page(request: PageRequest) -> Content:
    """Planned documents and what became of them, as the run's ledger has them; those that wait come first."""
    state = request.params.get("state", "")[:40]
    rows = [row for row in request.snapshot.published.promises if state in ("", row.get("state", ""))]
    rows.sort(key=lambda row: row.get("state", "") == "delivered")
    shown, turn = paginate(request, rows)
    return {
        "title": "Promises",
        "state": state,
        "states": dict(Counter(row.get("state", "") for row in request.snapshot.published.promises)),
        "items": [_promise(request, row) for row in shown],
        **turn,
    }


def _promise(request: PageRequest, row: Mapping[str, str]) -> Content:
    snapshot = request.snapshot
    citations = [each for each in row.get("citation_ids", "").replace(";", " ").split() if each in snapshot.run]
    target, delivered = row.get("target_id", ""), row.get("delivered_by", "")
    return {
        **row,
        "target": snapshot.label(target),
        "target_href": entry_href(target) if target in snapshot.gazetteer.entries else "",
        "source": snapshot.label(row.get("source_id", "")),
        "source_href": document_href(row.get("source_id", "")),
        "delivered": snapshot.label(delivered) if delivered else "",
        "delivered_href": entry_href(delivered) if delivered in snapshot.gazetteer.entries else "",
        "citations": [citation_href(each) for each in citations],
    }


def progress_page(request: PageRequest) -> Content:
    """How much is judged and left, who judged, how far reviewers agree, and the labels to take away."""
    snapshot = request.snapshot
    queue = select(snapshot.ranked, Filter(), request.session.reviewer, snapshot.in_force)
    states = Counter(each.review_state or "not judged" for each in snapshot.judged.values())
    seen = compare_reviewers(snapshot.lines, blind_only=False)
    return {
        "title": "Progress",
        "total": len(snapshot.judged),
        "states": dict(sorted(states.items())),
        "doubts": dict(Counter(doubt.value for each in queue for doubt in each.doubts)),
        **left_to_do(request, len(queue)),
        "reviewers": dict(Counter(each.reviewer for group in snapshot.in_force.values() for each in group)),
        "agreements": [_agreement(request, each, is_blind=True) for each in compare_reviewers(snapshot.lines)],
        "seen": [_agreement(request, each, is_blind=False) for each in seen],
        "formats": list(FORMATS),
        "issues": [each.message for each in snapshot.log_issues],
    }


def history_page(request: PageRequest) -> Content:
    """Every line of the log, the newest first; lines whose citation is gone come with the nearest one."""
    snapshot = request.snapshot
    wanted = request.params.get("reviewer", "")[:80]
    lines = [each for each in reversed(snapshot.lines) if wanted in ("", each.reviewer)]
    shown, turn = paginate(request, lines)
    orphans = []
    for group in snapshot.in_force.values():
        for each in group:
            if each.citation_id in snapshot.anchors.lost:
                why, nearest = snapshot.anchors.lost[each.citation_id]
                row = judgement_row(request, each)
                orphans.append({**row, "why": why, "nearest": citation_href(nearest) if nearest else None})
    return {
        "title": "History",
        "reviewer": wanted,
        "reviewers": sorted({each.reviewer for each in snapshot.lines}),
        "items": [judgement_row(request, each) for each in shown],
        "orphans": orphans,
        "moved": len(snapshot.anchors.moved),
        "issues": [each.message for each in snapshot.log_issues],
        **turn,
    }


def blind_history_page(request: PageRequest) -> Content:
    """A second reviewer's own lines only."""
    mine = [each for each in reversed(request.snapshot.lines) if each.reviewer == request.session.reviewer]
    shown, turn = paginate(request, mine)
    rows = [judgement_row(request, each) for each in shown]
    return {"title": "History", "items": rows, "orphans": [], "reviewers": [], "moved": 0, "issues": [], **turn}


def _words(request: PageRequest) -> str:
    return request.params.get("q", "")[:80]


def _having(request: PageRequest, rows: list[Content], *names: str) -> list[Content]:
    """Rows that hold all the words asked for in these columns."""
    words = _words(request).casefold().split()
    if not words:
        return rows
    texts = [" ".join(str(row[name]) for name in names).casefold() for row in rows]
    return [row for row, text in zip(rows, texts, strict=True) if all(word in text for word in words)]


def _agreement(request: PageRequest, found: Agreement, *, is_blind: bool) -> Content:
    return {
        "left": found.left,
        "right": found.right,
        "is_blind": is_blind,
        "pairs": found.pairs,
        "agreed": found.agreed,
        "kappa_citation": _rounded(found.kappa_citation),
        "kappa_target": _rounded(found.kappa_target),
        "kappa_status": _rounded(found.kappa_status),
        "span_f1": _rounded(found.spans.f1),
        "disagreements": [
            {
                "href": citation_href(one.citation_id) if one.citation_id in request.snapshot.run else None,
                "surface": one.shown.surface or one.citation_id,
                "left": describe(one),
                "right": describe(other),
            }
            for one, other in found.disagreements
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
