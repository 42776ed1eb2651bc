"""The inbox page: one proposed row with the picture of its file's first page; one key accepts, corrects or rejects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import quote

from pipeline.gazetteer.rows import CONFIDENCES
from pipeline.knowledge import GazetteerError
from pipeline.review.inbox import Proposal, accept, correct, reject, undecided
from pipeline.review.page_request import Answer, Content, PageRequest, not_found, paginate
from pipeline.review.pictures import picture_of

# What a person may correct, in the order of the form.
FIELDS = ("row_id", "title", "symbol", "issuer", "date", "kind", "lane", "aliases", "confidence")
MOST_TEXT = 500


def inbox_page(request: PageRequest) -> Content:
    """What waits: documents of the corpus, then names cited often."""
    waiting = _waiting(request)
    shown, turn = paginate(request, waiting)
    items = [{**asdict(each), "href": inbox_href(each.id)} for each in shown]
    return {"title": "Inbox", "items": items, "first": inbox_href(waiting[0].id) if waiting else "", **turn}


def proposal_page(request: PageRequest) -> Content:
    """One proposed row, to be decided."""
    proposal = _proposal(request)
    return _content(request, proposal, [])


def decide_proposal(request: PageRequest, form: Mapping[str, str]) -> Answer:
    """Write the row as the form has it, or note that nobody wants it; then on to the next."""
    proposal = _proposal(request)
    folder = request.settings.gazetteer
    next_href = _next_href(request, proposal)
    if form.get("verdict") == "reject":
        now = datetime.now(UTC).isoformat(timespec="seconds")
        reject(folder, proposal, request.session.reviewer, now)
        return Answer({"rejected": proposal.row_id, "next": next_href}, next_href)
    proposal = correct(proposal, {name: form[name][:MOST_TEXT] for name in FIELDS if name in form})
    try:
        accept(folder, proposal)
    except GazetteerError as error:
        return Answer(_content(request, proposal, [str(fault) for fault in error.faults]), status=422)
    return Answer({"accepted": proposal.row_id, "next": next_href}, next_href)


def inbox_href(identity: str) -> str:
    """The address of a proposal's page."""
    return f"/inbox/{quote(identity, safe='')}"


def _content(request: PageRequest, proposal: Proposal, faults: list[str]) -> Content:
    source = request.snapshot.published.sources.get(proposal.id)
    gazetteer = request.snapshot.gazetteer
    picture = picture_of(request.settings, source, proposal.id, 1, None, "page") if proposal.file else None
    row = asdict(proposal) | {"aliases": "; ".join(proposal.aliases)}
    return {
        "title": proposal.title,
        "id": proposal.id,
        "origin": proposal.origin,
        "file": proposal.file,
        "documents": proposal.documents,
        "evidence": proposal.evidence,
        "values": {name: row[name] for name in FIELDS},
        "choices": {"kind": ["", *gazetteer.kinds], "lane": [*gazetteer.lanes], "confidence": list(CONFIDENCES)},
        "faults": faults,
        "picture": picture or {"problem": "its file is not in the corpus, only its name is known"},
        "next": _next_href(request, proposal),
        "left": len(_waiting(request)),
    }


def _waiting(request: PageRequest) -> tuple[Proposal, ...]:
    return undecided(request.snapshot.inbox, request.snapshot.gazetteer)


def _proposal(request: PageRequest) -> Proposal:
    for each in request.snapshot.inbox:
        if each.id == request.path["id"]:
            return each
    raise not_found("proposal", request.path["id"])


def _next_href(request: PageRequest, proposal: Proposal) -> str:
    """The next one that waits behind this one in the run's order; the list after the last."""
    waiting = {each.id for each in _waiting(request)}
    ids = [each.id for each in request.snapshot.inbox]
    later = [each for each in ids[ids.index(proposal.id) + 1 :] if each in waiting]
    return inbox_href(later[0]) if later else "/inbox"
