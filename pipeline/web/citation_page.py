"""The queue and the citation page: the two pages that a reviewer works on."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import quote

from pipeline.judging.anchor import name_of
from pipeline.judging.queue import Ranked, like_this
from pipeline.records import UNLISTED, Citation
from pipeline.review import ReviewState, is_entry
from pipeline.web.ask import (
    Ask,
    Content,
    alias_href,
    citation_href,
    document_href,
    edge_href,
    entry_href,
    judgement_row,
    left_to_do,
    list_item,
    paginate,
    pieces_of,
)
from pipeline.web.effects import list_effects
from pipeline.web.entries import search_entries, unlisted_id
from pipeline.web.filters import CHOICES, SCOPES
from pipeline.web.marks import mark_lead
from pipeline.web.pictures import ZOOMS, picture_of


def queue_page(ask: Ask) -> Content:
    """The list to work through, its filters with counts, and how much is left."""
    chosen = ask.chosen()
    shown, turn = paginate(ask, chosen)
    content: Content = {
        "title": "Second opinion" if ask.session.blind else "Queue",
        "filter": asdict(ask.filter),
        "query": ask.filter.query,
        "is_end": ask.params.get("end") == "1",
        "first": citation_href(chosen[0].citation.id, ask.filter) if chosen else None,
        "items": [list_item(ask, each.citation, each) for each in shown],
        **turn,
        **left_to_do(ask, len(chosen)),
    }
    if not ask.session.blind:
        content |= {"scopes": SCOPES, "choices": {name: list(values) for name, values in CHOICES.items()}}
        content["sources"] = [[each, ask.snapshot.label(each)] for each in ask.snapshot.by_source]
        content["counts"] = dict(Counter(doubt.value for each in chosen for doubt in each.doubts))
    return content


def citation_page(ask: Ask) -> Content:
    """One citation with its evidence and everything a decision needs."""
    citation, chosen = ask.citation(), ask.chosen()
    mention = citation.mention
    source = ask.snapshot.published.sources.get(mention.source_id)
    content: Content = {
        "title": name_of(mention),
        "id": citation.id,
        "filter": asdict(ask.filter),
        "query": ask.filter.query,
        "form": secrets.token_hex(8),
        "source_id": mention.source_id,
        "source": ask.snapshot.label(mention.source_id),
        "source_href": f"{document_href(mention.source_id)}?page={mention.page}",
        "page": mention.page,
        "zone": mention.zone.value,
        "is_list_item": mention.is_list_item,
        "surface": name_of(mention),
        "pieces": pieces_of(citation, with_cue=not ask.session.blind),
        "lead": [asdict(piece) for piece in mark_lead(mention.lead, "" if ask.session.blind else citation.cue)],
        "antecedent": mention.antecedent or "",
        "choices": _choices(ask, citation),
        "search": ask.params.get("search", "")[:80],
        "picture": picture_of(
            ask.settings, source, mention.source_id, mention.page, citation.bbox, ask.params.get("zoom", "")
        ),
        "zooms": list(ZOOMS),
        "next": next_href(ask, citation.id, chosen),
        **left_to_do(ask, len(chosen)),
    }
    return content if ask.session.blind else content | _evidence(ask, citation)


def next_href(ask: Ask, identity: str, chosen: Sequence[Ranked]) -> str:
    """The next of the list after this citation, whether or not it is still in it; the queue's end after the last."""
    wanted = {each.citation.id for each in chosen}
    is_after = False
    for each in ask.snapshot.ranked:
        if is_after and each.citation.id in wanted:
            return citation_href(each.citation.id, ask.filter)
        is_after = is_after or each.citation.id == identity
    query = f"{ask.filter.query}&" if ask.filter.query else ""
    return f"/queue?{query}end=1"


def _evidence(ask: Ask, citation: Citation) -> Content:
    """What the run and other reviewers made of it; all that blind mode hides."""
    snapshot, run = ask.snapshot, ask.snapshot.run[citation.id]
    lines = snapshot.in_force.get(citation.id, ())
    ids = {citation.id} | {old for old, new in snapshot.anchors.moved.items() if new == citation.id}
    of_source = snapshot.of_source(citation.mention.source_id)
    target = citation.target_id
    ranked = next(each for each in snapshot.ranked if each.citation.id == citation.id)
    return {
        "target_id": target,
        "target": "no citation" if citation.review_state == ReviewState.REJECTED else snapshot.label(target),
        "target_title": citation.target_title,
        "target_href": entry_href(target) if target and is_entry(target) else None,
        "edge_href": edge_href(citation.mention.source_id, target) if target else None,
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
            {**asdict(miss), "label": snapshot.label(miss.entry_id), "href": entry_href(miss.entry_id)}
            for miss in snapshot.published.near_misses.get(citation.id, ())
        ],
        "review_state": citation.review_state,
        "in_force": [judgement_row(ask, each) for each in lines],
        "history": [judgement_row(ask, each) for each in snapshot.lines if each.citation_id in ids],
        "effects": [asdict(each) for each in list_effects(citation, of_source, snapshot.label)],
        "like_this": len(like_this(citation, of_source)),
        "alias_href": _alias_href(citation),
        "new_entry_href": f"/unlisted/{quote(target, safe='')}/entry" if target and not is_entry(target) else None,
    }


def _alias_href(citation: Citation) -> str | None:
    """Where a name that a person linked becomes an alias of its document."""
    if citation.review_state not in (ReviewState.CORRECTED, ReviewState.ACCEPTED):
        return None
    target = citation.target_id
    return alias_href(target, name_of(citation.mention)) if target and is_entry(target) else None


def _choices(ask: Ask, citation: Citation) -> list[Content]:
    """Documents that the name may mean: the present one first (chosen), other candidates, what was searched for, none.

    In blind mode nothing is chosen, and the order is that of the titles.
    """
    snapshot = ask.snapshot
    run = snapshot.run[citation.id]
    shown = citation.target_id or run.target_id
    found: dict[str, Content] = {}
    reasons = {each.entry_id: each for each in reversed(citation.candidates)}
    for identity in [*([shown] if shown else []), *(each.entry_id for each in citation.candidates)]:
        best = reasons.get(identity)
        reason = best.reason if best else (citation.reason if identity == citation.target_id else run.reason)
        found.setdefault(identity, _choice(ask, identity, reason, best.score if best else None))
    unlisted = unlisted_id(snapshot, name_of(citation.mention))
    if not any(identity.startswith(UNLISTED) for identity in found):
        reason = "a document that the gazetteer does not have"
        found[unlisted] = _choice(ask, unlisted, reason, None) | {"label": name_of(citation.mention)}
    shown = shown or next(iter(found))
    entries = search_entries(ask.snapshot, ask.params.get("search", ""))
    searched = [_choice(ask, each.id, "found by search", None) for each in entries]
    if ask.session.blind:
        shown = None
        found = dict(sorted(found.items(), key=lambda item: (item[0].startswith(UNLISTED), item[1]["label"])))
        found = {key: {**each, "reason": "", "score": None} for key, each in found.items()}
    elif searched:
        shown = searched[0]["target_id"]
    choices = [*found.values(), *(each for each in searched if each["target_id"] not in found)]
    return [{**each, "is_chosen": each["target_id"] == shown} for each in choices]


def _choice(ask: Ask, identity: str, reason: str, score: float | None) -> Content:
    entry = ask.snapshot.gazetteer.entries.get(identity)
    return {
        "target_id": identity,
        "label": ask.snapshot.label(identity),
        "title": entry.title if entry else "",
        "issued": str(entry.issued or "no date") if entry else "not in the gazetteer",
        "score": None if score is None else round(score, 1),
        "reason": reason,
        "href": entry_href(identity) if entry else None,
    }
