"""One request as the pages see it, and the small facts that many pages show.

A page is a function from an `Ask` to the content that its template and its JSON twin both show; that is why contents
are plain dicts of texts, numbers and lists. The trap: in blind mode nothing that the run or another reviewer decided
may be in a content, as the JSON twin shows all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException

from pipeline.judging.anchor import name_of
from pipeline.judging.queue import Ranked, seconds_per_decision
from pipeline.records import Citation, Judgement
from pipeline.settings import Settings
from pipeline.web.desk import Snapshot
from pipeline.web.filters import Filter, read_filter, select, select_blind
from pipeline.web.gate import Session
from pipeline.web.marks import mark_sentence

Content = dict[str, Any]

PER_PAGE = 50


@dataclass(frozen=True)
class Ask:
    """What is asked for, by whom, and the state of everything at that moment."""

    snapshot: Snapshot
    settings: Settings
    session: Session
    params: Mapping[str, str]
    path: Mapping[str, str]

    @property
    def filter(self) -> Filter:
        """The filter in the address."""
        return read_filter(self.params)

    def chosen(self) -> tuple[Ranked, ...]:
        """The list that the reviewer is working through."""
        choose = select_blind if self.session.blind else select
        return choose(self.snapshot.ranked, self.filter, self.session.reviewer, self.snapshot.in_force)

    def citation(self) -> Citation:
        """The citation that the address names, as judged by now."""
        found = self.snapshot.judged.get(self.path["id"])
        if found is None:
            raise not_found("citation", self.path["id"], self.snapshot.anchors.moved.get(self.path["id"]))
        return found


def not_found(kind: str, identity: str, moved: str | None = None) -> HTTPException:
    """404 with the id, and where its judgements are now."""
    hint = f"; its judgements are at {moved}" if moved else ""
    return HTTPException(404, f"no {kind} {identity[:80]!r} in the last run{hint}")


def paginate(ask: Ask, rows: Sequence[Any]) -> tuple[Sequence[Any], Content]:
    """One page of the rows, and the numbers for turning pages."""
    pages = max(1, -(-len(rows) // PER_PAGE))
    given = ask.params.get("page", "1")
    page = min(max(int(given), 1), pages) if given.isascii() and given.isdigit() and len(given) < 9 else 1
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return shown, {"page": page, "pages": pages, "total": len(rows)}


def list_item(ask: Ask, citation: Citation, ranked: Ranked | None = None) -> Content:
    """A citation as a row of a list."""
    mention = citation.mention
    item: Content = {
        "id": citation.id,
        "href": citation_href(citation.id, ask.filter),
        "source_id": mention.source_id,
        "source": ask.snapshot.label(mention.source_id),
        "page": mention.page,
        "zone": mention.zone.value,
        "surface": name_of(mention),
        "pieces": pieces_of(citation, with_cue=not ask.session.blind),
    }
    if not ask.session.blind:
        item |= {
            "target_id": citation.target_id,
            "target": "no citation" if citation.review_state == "rejected" else ask.snapshot.label(citation.target_id),
            "status": citation.status.value,
            "confidence": round(citation.confidence, 2),
            "review_state": citation.review_state,
            "reviewer": citation.reviewer,
            "impacts": [each.value for each in ranked.impacts] if ranked else [],
            "doubts": [each.value for each in ranked.doubts] if ranked else [],
        }
    return item


def pieces_of(citation: Citation, *, with_cue: bool = True) -> list[Content]:
    """The marked sentence."""
    return [asdict(piece) for piece in mark_sentence(citation, with_cue=with_cue)]


def left_to_do(ask: Ask, count: int) -> Content:
    """How many are left, and how long they take at the reviewer's present pace."""
    seconds = seconds_per_decision(ask.snapshot.lines, ask.session.reviewer)
    minutes = None if seconds is None else round(seconds * count / 60)
    return {"left": count, "seconds_each": seconds, "minutes": minutes}


def judgement_row(ask: Ask, judgement: Judgement) -> Content:
    """A line of the log as a row of a list."""
    shown = dict(judgement.shown)
    now = ask.snapshot.anchors.moved.get(judgement.citation_id, judgement.citation_id)
    return {
        "id": judgement.id,
        "citation_id": now,
        "href": citation_href(now) if now in ask.snapshot.run else None,
        "verdict": judgement.verdict.value,
        "target_id": judgement.target_id,
        "target": ask.snapshot.label(judgement.target_id) if judgement.target_id else "",
        "status": judgement.status.value if judgement.status else "",
        "reviewer": judgement.reviewer,
        "decided_at": judgement.decided_at,
        "note": judgement.note,
        "undoes": judgement.undoes,
        "settles": list(judgement.settles),
        "is_undone": judgement.id in ask.snapshot.undone,
        "is_mine": judgement.reviewer == ask.session.reviewer,
        "surface": shown.get("surface", ""),
        "sentence": shown.get("sentence", ""),
        "source_id": shown.get("source_id", ""),
        "source": ask.snapshot.label(shown.get("source_id")) if shown.get("source_id") else "",
    }


def citation_href(identity: str, chosen: Filter | None = None) -> str:
    """The address of a citation's page within a filtered list."""
    query = f"?{chosen.query}" if chosen and chosen.query else ""
    return f"/citations/{quote(identity, safe='')}{query}"


def document_href(identity: str) -> str:
    """The address of a document's page."""
    return f"/documents/{quote(identity, safe='')}"


def entry_href(identity: str) -> str:
    """The address of a gazetteer entry's page."""
    return f"/entries/{quote(identity, safe='')}"


def alias_href(entry_id: str, name: str) -> str:
    """The address at which a name becomes an alias of an entry."""
    return f"{entry_href(entry_id)}/alias?{urlencode({'text': name})}"


def edge_href(source_id: str, target_id: str) -> str:
    """The address of an edge's page: all that one document cites another with."""
    return f"/edges/{quote(source_id, safe='')}/{quote(target_id, safe='')}"
