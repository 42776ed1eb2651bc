"""The queue and the citation page: the two pages that a reviewer works on, and what a decision changes on the map.

A line of the map stands for a source, a target and a status; it is there as long as one citation supports it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from pipeline.records import UNLISTED, Citation, Status
from pipeline.review.anchor import name_of
from pipeline.review.gazetteer_pages import search_entries, unlisted_id
from pipeline.review.page_request import (
    Content,
    PageRequest,
    citation_href,
    href,
    judgement_row,
    left_to_do,
    list_item,
    mark_lead,
    pieces_of,
    table_page,
)
from pipeline.review.pictures import ZOOMS, picture_of
from pipeline.review.queue import CHOICES, SCOPES, Ranked, like_this
from pipeline.review.verdicts import ReviewState, is_entry


def queue_page(request: PageRequest) -> Content:
    """The list to work through, its filters with counts, and how much is left."""
    chosen, is_blind = request.chosen(), request.session.blind
    content = table_page(
        request,
        "Second opinion" if is_blind else "Queue",
        chosen,
        lambda each: list_item(request, each.citation, each),
        filter=asdict(request.filter),
        query=request.filter.query,
        is_end=request.params.get("end") == "1",
        first=citation_href(chosen[0].citation.id, request.filter) if chosen else None,
        **left_to_do(request, len(chosen)),
    )
    if not is_blind:
        content |= {"scopes": SCOPES, "choices": {name: list(values) for name, values in CHOICES.items()}}
        content["sources"] = [[each, request.label(each)] for each in request.snapshot.by_source]
        content["counts"] = dict(Counter(doubt.value for each in chosen for doubt in each.doubts))
    return content


def citation_page(request: PageRequest) -> Content:
    """One citation with its evidence and everything a decision needs."""
    citation, chosen = request.citation(), request.chosen()
    mention = citation.mention
    source = request.snapshot.published.sources.get(mention.source_id)
    content: Content = {
        "title": name_of(mention),
        "id": citation.id,
        "filter": asdict(request.filter),
        "query": request.filter.query,
        "form": secrets.token_hex(8),
        "source_id": mention.source_id,
        "source": request.label(mention.source_id),
        "source_href": href("documents", mention.source_id, page=str(mention.page)),
        "page": mention.page,
        "zone": mention.zone.value,
        "is_list_item": mention.is_list_item,
        "surface": name_of(mention),
        "pieces": pieces_of(citation, with_cue=not request.session.blind),
        "lead": [asdict(piece) for piece in mark_lead(mention.lead, "" if request.session.blind else citation.cue)],
        "antecedent": mention.antecedent or "",
        "choices": _choices(request, citation),
        "search": request.params.get("search", "")[:80],
        "picture": picture_of(
            request.settings, source, mention.source_id, mention.page, citation.bbox, request.params.get("zoom", "")
        ),
        "zooms": list(ZOOMS),
        "next": next_href(request, citation.id, chosen),
        **left_to_do(request, len(chosen)),
    }
    return content if request.session.blind else content | _evidence(request, citation)


def next_href(request: PageRequest, identity: str, chosen: Sequence[Ranked]) -> str:
    """The next of the list after this citation, whether or not it is still in it; the queue's end after the last."""
    wanted = {each.citation.id for each in chosen}
    is_after = False
    for each in request.snapshot.ranked:
        if is_after and each.citation.id in wanted:
            return citation_href(each.citation.id, request.filter)
        is_after = is_after or each.citation.id == identity
    query = f"{request.filter.query}&" if request.filter.query else ""
    return f"/queue?{query}end=1"


def _evidence(request: PageRequest, citation: Citation) -> Content:
    """What the run and other reviewers made of it; all that blind mode hides."""
    snapshot, run = request.snapshot, request.snapshot.run[citation.id]
    lines = snapshot.in_force.get(citation.id, ())
    ids = {citation.id} | {old for old, new in snapshot.anchors.moved.items() if new == citation.id}
    of_source = snapshot.of_source(citation.mention.source_id)
    target = citation.target_id
    ranked = next(each for each in snapshot.ranked if each.citation.id == citation.id)
    return {
        "target_id": target,
        "target": "no citation" if citation.review_state == ReviewState.REJECTED else snapshot.label(target),
        "target_title": citation.target_title,
        "target_href": href("entries", target) if target and is_entry(target) else None,
        "edge_href": href("edges", citation.mention.source_id, target) if target else None,
        "method": citation.method,
        "reason": citation.reason,
        "confidence": round(citation.confidence, 2),
        "status": citation.status.value,
        "status_basis": citation.status_basis.value,
        "status_reason": citation.status_reason,
        "status_today": citation.status_today,
        "cue": citation.cue,
        "impacts": [each.value for each in ranked.impacts],
        "doubts": [each.value for each in ranked.doubts],
        "run_target_id": run.target_id,
        "run_target": snapshot.label(run.target_id),
        "run_status": run.status.value,
        "near_misses": [
            {**miss, "label": snapshot.label(miss["entry_id"]), "href": href("entries", miss["entry_id"])}
            for miss in snapshot.published.near_misses.get(citation.id, ())
        ],
        "review_state": citation.review_state,
        "in_force": [judgement_row(request, each) for each in lines],
        "history": [judgement_row(request, each) for each in snapshot.lines if each.citation_id in ids],
        "effects": list_effects(citation, of_source, snapshot.label),
        "like_this": len(like_this(citation, of_source)),
        "alias_href": _alias_href(citation),
        "new_entry_href": href("unlisted", target, "entry") if target and not is_entry(target) else None,
    }


def _alias_href(citation: Citation) -> str | None:
    """Where a name that a person linked becomes an alias of its document."""
    if citation.review_state not in (ReviewState.CORRECTED, ReviewState.ACCEPTED):
        return None
    target = citation.target_id
    return href("entries", target, "alias", text=name_of(citation.mention)) if target and is_entry(target) else None


def _choices(request: PageRequest, citation: Citation) -> list[Content]:
    """Documents that the name may mean: the present one first (chosen), other candidates, what was searched for, none.

    In blind mode nothing is chosen, and the order is that of the titles.
    """
    snapshot = request.snapshot
    run = snapshot.run[citation.id]
    shown = citation.target_id or run.target_id
    found: dict[str, Content] = {}
    reasons = {each.entry_id: each for each in reversed(citation.candidates)}
    for identity in [*([shown] if shown else []), *(each.entry_id for each in citation.candidates)]:
        best = reasons.get(identity)
        reason = best.reason if best else (citation.reason if identity == citation.target_id else run.reason)
        found.setdefault(identity, _choice(request, identity, reason, best.score if best else None))
    unlisted = unlisted_id(snapshot, name_of(citation.mention))
    if not any(identity.startswith(UNLISTED) for identity in found):
        reason = "a document that the gazetteer does not have"
        found[unlisted] = _choice(request, unlisted, reason, None) | {"label": name_of(citation.mention)}
    shown = shown or next(iter(found))
    entries = search_entries(request.snapshot, request.params.get("search", ""))
    searched = [_choice(request, each.id, "found by search", None) for each in entries]
    if request.session.blind:
        shown = None
        found = dict(sorted(found.items(), key=lambda item: (item[0].startswith(UNLISTED), item[1]["label"])))
        found = {key: {**each, "reason": "", "score": None} for key, each in found.items()}
    elif searched:
        shown = searched[0]["target_id"]
    choices = [*found.values(), *(each for each in searched if each["target_id"] not in found)]
    return [{**each, "is_chosen": each["target_id"] == shown} for each in choices]


def _choice(request: PageRequest, identity: str, reason: str, score: float | None) -> Content:
    entry = request.snapshot.gazetteer.entries.get(identity)
    return {
        "target_id": identity,
        "label": request.label(identity),
        "title": entry.title if entry else "",
        "issued": str(entry.issued or "no date") if entry else "not in the gazetteer",
        "score": None if score is None else round(score, 1),
        "reason": reason,
        "href": href("entries", identity) if entry else None,
    }


Line = tuple[str, Status]  # target and status; the source is that of the citation
COLOURS = {Status.EXISTING: "blue", Status.PLANNED: "orange", Status.UNCLEAR: "grey"}


def list_effects(
    citation: Citation, of_source: Iterable[Citation], label: Callable[[str | None], str]
) -> list[Content]:
    """The effects of rejecting the citation and of each status that it does not have."""
    lines = Counter(line for each in of_source if (line := line_of(each)) is not None)
    now, target = line_of(citation), citation.target_id
    afters: list[tuple[str, Line | None]] = [("reject", None)]
    for status in (Status.EXISTING, Status.PLANNED):
        if target is not None and status is not citation.status:
            afters.append((status.value, (target, status)))
    source = citation.mention.source_id
    return [{"decision": decision, "text": describe(lines, now, after, source, label)} for decision, after in afters]


def describe(
    lines: Counter[Line], now: Line | None, after: Line | None, source: str, label: Callable[[str | None], str]
) -> str:
    """What becomes of the lines of `source` when a citation supports `after` and no longer `now`."""
    is_lost = now is not None and lines[now] == 1
    is_drawn = after is not None and lines[after] == 0
    if now is None and after is None:
        return "changes nothing on the map"
    if now and after and is_lost and is_drawn and now[0] == after[0]:
        return f"turns the {COLOURS[now[1]]} line {_ends(source, now, label)} {COLOURS[after[1]]}"
    parts = []
    if now:
        line, kept = f"the {COLOURS[now[1]]} line {_ends(source, now, label)}", lines[now] - 1
        parts.append(f"removes {line}" if is_lost else f"keeps {line}, {kept} citation{'s' * (kept != 1)} left")
    if after:
        parts.append(
            f"{'draws' if is_drawn else 'supports'} the {COLOURS[after[1]]} line {_ends(source, after, label)}"
        )
    return "; ".join(parts)


def line_of(citation: Citation) -> Line | None:
    """The line that the citation supports; None for one that is rejected or undecided."""
    return (citation.target_id, citation.status) if citation.target_id is not None else None


def _ends(source: str, line: Line, label: Callable[[str | None], str]) -> str:
    return f"{label(source)} → {label(line[0])}"
