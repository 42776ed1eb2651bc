"""Pages that list: documents, edges, entries, unlisted names, promises, the inbox, progress, history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

from pipeline.records import Judgement
from pipeline.review.agreement import Agreement, compare_reviewers
from pipeline.review.gazetteer_pages import search_entries, waiting
from pipeline.review.labels import FORMATS
from pipeline.review.page_request import (
    Content,
    PageRequest,
    citation_href,
    href,
    judgement_row,
    left_to_do,
    list_item,
    not_found,
    read_number,
    table_page,
)
from pipeline.review.pictures import box_of, picture_of
from pipeline.review.queue import Filter, select
from pipeline.review.verdicts import describe


def documents_page(request: PageRequest) -> Content:
    """All citing documents with what is left to review in each."""
    waits = Counter(each.citation.mention.source_id for each in request.snapshot.ranked if each.doubts)
    judged = request.snapshot.judged
    rows: list[Content] = [
        {
            "id": source_id,
            "href": href("documents", source_id),
            "label": request.label(source_id),
            "citations": len(ids),
            "waiting": waits[source_id],
            "judged": sum(bool(judged[each].review_state) for each in ids),
        }
        for source_id, ids in request.snapshot.by_source.items()
    ]
    rows.sort(key=lambda row: (-row["waiting"], row["label"]))
    return table_page(request, "Documents", rows, search=("id", "label"))


def document_page(request: PageRequest) -> Content:
    """One page of a document with the boxes of its citations; all pages that have some can be turned to."""
    source_id = request.path["id"]
    citations = request.snapshot.of_source(source_id)
    source = request.snapshot.published.sources.get(source_id)
    if not citations and source is None:
        raise not_found("document", source_id)
    counts = sorted(Counter(each.mention.page for each in citations).items())
    page = min(read_number(request.params.get("page", "")) or (counts[0][0] if counts else 1), 100_000)
    here = [each for each in citations if each.mention.page == page]
    return {
        "title": request.label(source_id),
        "id": source_id,
        "file": source.path if source else "",
        "page": page,
        "pages": [list(each) for each in counts],
        "total": len(citations),
        "items": [{**list_item(request, each), "box": box_of(each.bbox)} for each in here],
        "picture": picture_of(request.settings, source, source_id, page, None, "page"),
        "queue_href": href("queue", source=source_id),
    }


def edges_page(request: PageRequest) -> Content:
    """All lines of the map, the strongest first."""
    weights = Counter(
        (each.mention.source_id, each.target_id, each.status.value)
        for each in request.snapshot.judged.values()
        if each.target_id is not None
    )
    rows: list[Content] = [
        {
            "source_id": source,
            "source": request.label(source),
            "target_id": target,
            "target": request.label(target),
            "status": status,
            "weight": weight,
            "href": href("edges", source, target),
        }
        for (source, target, status), weight in sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    ]
    return table_page(request, "Edges", rows, search=("source", "target", "source_id", "target_id", "status"))


def edge_page(request: PageRequest) -> Content:
    """All that one document cites another with, by status."""
    source, target = request.path["source"], request.path["target"]
    citations = [each for each in request.snapshot.of_source(source) if each.target_id == target]
    if not citations:
        raise not_found("edge", f"{source} → {target}")
    return table_page(
        request,
        f"{request.label(source)} → {request.label(target)}",
        citations,
        lambda each: list_item(request, each),
        source_id=source,
        source_href=href("documents", source),
        target_id=target,
        target_href=request.entry_href(target) or None,
        statuses=dict(Counter(each.status.value for each in citations)),
    )


def entries_page(request: PageRequest) -> Content:
    """The search over the gazetteer."""
    items = [
        {
            "id": each.id,
            "href": href("entries", each.id),
            "label": each.short_title,
            "title": each.title,
            "issued": str(each.issued or ""),
            "kind": each.kind,
        }
        for each in search_entries(request.snapshot, request.words)
    ]
    total = len(request.snapshot.gazetteer.entries)
    return {"title": "Gazetteer", "q": request.words, "items": items, "total": total}


def entry_page(request: PageRequest) -> Content:
    """One entry: its facts and names, which documents cite it, and every citation of it."""
    entry = request.entry()
    citations = [each for each in request.snapshot.judged.values() if each.target_id == entry.id]
    counts = Counter((each.mention.source_id, each.status.value) for each in citations)
    facts = {
        "title": entry.title,
        "acronym": entry.acronym,
        "kind": entry.kind,
        "lane": entry.lane,
        "issued": str(entry.issued or ""),
        "standing": entry.standing,
        "adopted by": entry.adopted_by,
        "supersedes": ", ".join(entry.supersedes),
        "renamed to": entry.renamed_to,
        "part of": entry.part_of,
        "ambiguous with": ", ".join(entry.ambiguous_with),
        "basis": entry.basis,
    }
    return table_page(
        request,
        entry.short_title,
        citations,
        lambda each: list_item(request, each),
        id=entry.id,
        facts={name: value for name, value in facts.items() if value},
        names=[
            {"text": alias.text, "kind": alias.kind.value, "needs_support": alias.needs_support}
            for alias in request.snapshot.gazetteer.aliases_of[entry.id]
        ],
        cited_by=[
            {
                "source_id": source,
                "source": request.label(source),
                "status": status,
                "weight": count,
                "href": href("edges", source, entry.id),
            }
            for (source, status), count in sorted(counts.items())
        ],
    )


def unlisted_page(request: PageRequest) -> Content:
    """Names that no entry explains, as the run ranked them, with the way into the gazetteer."""
    rows = request.snapshot.published.unlisted
    columns = tuple(rows[0]) if rows else ("name",)
    return table_page(request, "Unlisted names", rows, lambda row: _unlisted(request, row), columns)


def _unlisted(request: PageRequest, row: Mapping[str, str]) -> Content:
    suggested = row["suggested_id"]
    is_alias = row["suggestion"] == "alias" and request.entry_href(suggested)
    return {
        **row,
        "href": href("queue", scope="all", target=row["id"]),
        "entry_href": href("unlisted", row["id"], "entry"),
        "suggested": request.label(suggested) if suggested else "",
        "alias_href": href("entries", suggested, "alias", text=row["name"]) if is_alias else "",
    }


def promises_page(request: PageRequest) -> Content:
    """Planned documents and what became of them, as the run's ledger has them; those that wait come first."""
    promises, state = request.snapshot.published.promises, request.params.get("state", "")[:40]
    rows = [row for row in promises if state in ("", row["state"])]
    rows.sort(key=lambda row: row["state"] == "delivered")
    states = dict(Counter(row["state"] for row in promises))
    return table_page(request, "Promises", rows, lambda row: _promise(request, row), state=state, states=states)


def _promise(request: PageRequest, row: Mapping[str, str]) -> Content:
    citations = [each for each in row["citation_ids"].replace(";", " ").split() if each in request.snapshot.run]
    target, delivered = row["target_id"], row["delivered_by"]
    return {
        **row,
        "target": request.label(target),
        "target_href": request.entry_href(target),
        "source": request.label(row["source_id"]),
        "source_href": href("documents", row["source_id"]),
        "delivered": request.label(delivered) if delivered else "",
        "delivered_href": request.entry_href(delivered),
        "citations": [citation_href(each) for each in citations],
    }


def inbox_page(request: PageRequest) -> Content:
    """What waits: documents of the corpus, then names cited often."""
    rows = waiting(request)
    first = href("inbox", rows[0].id) if rows else ""
    return table_page(
        request, "Inbox", rows, lambda each: {**asdict(each), "href": href("inbox", each.id)}, first=first
    )


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


def _agreement(request: PageRequest, found: Agreement, *, is_blind: bool) -> Content:
    return {
        **{name: round(value, 3) if isinstance(value, float) else value for name, value in vars(found).items()},
        "is_blind": is_blind,
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


def history_page(request: PageRequest) -> Content:
    """Every line of the log, the newest first; lines whose citation is gone come with the nearest one.

    In blind mode the reviewer's own lines only.
    """
    snapshot, is_blind = request.snapshot, request.session.blind
    wanted = request.session.reviewer if is_blind else request.params.get("reviewer", "")[:80]
    lost = snapshot.anchors.lost
    orphans = [each for group in snapshot.in_force.values() for each in group if each.citation_id in lost]

    def row(line: Judgement) -> Content:
        return judgement_row(request, line)

    def orphan(line: Judgement) -> Content:
        why, nearest = lost[line.citation_id]
        return {**row(line), "why": why, "nearest": citation_href(nearest) if nearest else None}

    return table_page(
        request,
        "History",
        [each for each in reversed(snapshot.lines) if wanted in ("", each.reviewer)],
        row,
        reviewer="" if is_blind else wanted,
        reviewers=[] if is_blind else sorted({each.reviewer for each in snapshot.lines}),
        orphans=[] if is_blind else [orphan(each) for each in orphans],
        moved=0 if is_blind else len(snapshot.anchors.moved),
        issues=[] if is_blind else [each.message for each in snapshot.log_issues],
    )
