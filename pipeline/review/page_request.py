"""One request as the pages see it, and the small facts that many pages show.

A page is a function from a `PageRequest` to the content that its template and its JSON twin both show; that is why
contents are plain dicts of texts, numbers and lists. In blind mode nothing that the run or another reviewer decided may
be in a content, as the JSON twin shows all of it. Sentences may be pages long; far from the name they are cut short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException

from pipeline.records import Citation, Entry, Judgement
from pipeline.review.anchor import name_of
from pipeline.review.queue import Filter, Ranked, read_filter, seconds_per_decision, select, select_blind
from pipeline.review.security import Session
from pipeline.review.snapshot import Snapshot, SnapshotStore
from pipeline.settings import Settings

Content = dict[str, Any]

PER_PAGE = 50


@dataclass(frozen=True)
class PageRequest:
    """What is asked for, by whom, and the state of everything at that moment."""

    store: SnapshotStore
    snapshot: Snapshot
    session: Session
    params: Mapping[str, str]
    path: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """Where the project's folders lie."""
        return self.store.settings

    @property
    def filter(self) -> Filter:
        """The filter in the address."""
        return read_filter(self.params)

    @property
    def words(self) -> str:
        """The words that a list is searched for."""
        return self.params.get("q", "")[:80]

    def label(self, identity: str | None) -> str:
        """A document's short title, or what its id says."""
        return self.snapshot.label(identity)

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

    def entry(self) -> Entry:
        """The entry of the gazetteer that the address names."""
        found = self.snapshot.gazetteer.entries.get(self.path["id"])
        if found is None:
            raise not_found("entry", self.path["id"])
        return found

    def entry_href(self, identity: str | None) -> str:
        """The address of an entry's page; empty for what is no entry."""
        return href("entries", identity) if identity in self.snapshot.gazetteer.entries and identity else ""


@dataclass(frozen=True)
class Answer:
    """What a form gives: content for programs; for people the page to go to, or else the form's page again."""

    content: Content
    href: str = ""
    status: int = 200


def not_found(kind: str, identity: str, moved: str | None = None) -> HTTPException:
    """404 with the id, and where its judgements are now."""
    hint = f"; its judgements are at {moved}" if moved else ""
    return HTTPException(404, f"no {kind} {identity[:80]!r} in the last run{hint}")


def table_page(
    request: PageRequest,
    title: str,
    rows: Sequence[Any],
    show: Callable[[Any], Content] = dict,
    search: Sequence[str] = (),
    **more: Any,
) -> Content:
    """A page that lists, as `show` has them, those rows that hold the words of `q` in the columns `search`."""
    words = request.words.casefold().split() if search else []
    if words:
        texts = [" ".join(str(row[name]) for name in search).casefold() for row in rows]
        rows = [row for row, text in zip(rows, texts, strict=True) if all(word in text for word in words)]
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = min(max(read_number(request.params.get("page", "")) or 1, 1), pages)
    items = [show(row) for row in rows[(page - 1) * PER_PAGE : page * PER_PAGE]]
    turn = {"page": page, "pages": pages, "total": len(rows)}
    return {"title": title, "items": items, **turn, **({"q": request.words} if search else {}), **more}


def read_number(given: str) -> int | None:
    """A number of an address; None for anything else."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


def list_item(request: PageRequest, citation: Citation, ranked: Ranked | None = None) -> Content:
    """A citation as a row of a list."""
    mention = citation.mention
    item: Content = {
        "id": citation.id,
        "href": citation_href(citation.id, request.filter),
        "source_id": mention.source_id,
        "source": request.label(mention.source_id),
        "page": mention.page,
        "zone": mention.zone.value,
        "surface": name_of(mention),
        "pieces": pieces_of(citation, with_cue=not request.session.blind),
    }
    if not request.session.blind:
        item |= {
            "target_id": citation.target_id,
            "target": "no citation" if citation.review_state == "rejected" else request.label(citation.target_id),
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


def left_to_do(request: PageRequest, count: int) -> Content:
    """How many are left, and how long they take at the reviewer's present pace."""
    seconds = seconds_per_decision(request.snapshot.lines, request.session.reviewer)
    minutes = None if seconds is None else round(seconds * count / 60)
    return {"left": count, "seconds_each": seconds, "minutes": minutes}


def judgement_row(request: PageRequest, judgement: Judgement) -> Content:
    """A line of the log as a row of a list."""
    shown = judgement.shown
    now = request.snapshot.anchors.moved.get(judgement.citation_id, judgement.citation_id)
    return {
        "id": judgement.id,
        "citation_id": now,
        "href": citation_href(now) if now in request.snapshot.run else None,
        "verdict": judgement.verdict.value,
        "target_id": judgement.target_id,
        "target": request.label(judgement.target_id) if judgement.target_id else "",
        "status": judgement.status.value if judgement.status else "",
        "reviewer": judgement.reviewer,
        "decided_at": judgement.decided_at,
        "note": judgement.note,
        "undoes": judgement.undoes,
        "settles": list(judgement.settles),
        "is_undone": judgement.id in request.snapshot.undone,
        "is_mine": judgement.reviewer == request.session.reviewer,
        "surface": shown.surface,
        "sentence": shown.sentence,
        "source_id": shown.source_id,
        "source": request.label(shown.source_id) if shown.source_id else "",
    }


def citation_href(identity: str, chosen: Filter | None = None) -> str:
    """The address of a citation's page within a filtered list."""
    query = f"?{chosen.query}" if chosen and chosen.query else ""
    return href("citations", identity) + query


def href(*parts: str, **query: str) -> str:
    """An address: `href("entries", id, "alias", text=name)`."""
    path = "/".join(quote(part, safe="") for part in parts)
    return f"/{path}?{urlencode(query)}" if query else f"/{path}"


# Characters shown before and after the name; a long recital has 600.
REACH = 900


@dataclass(frozen=True)
class Piece:
    """A run of text with the marks that hold for all of it."""

    text: str
    is_name: bool = False
    is_cue: bool = False


def mark_sentence(citation: Citation, *, with_cue: bool = True) -> tuple[Piece, ...]:
    """The sentence in pieces, in order; together they are the sentence, but for what is cut off far from the name."""
    sentence = citation.mention.sentence
    name = citation.mention.within
    cue = find_cue(sentence, citation.cue, name) if with_cue else (0, 0)
    first, last = max(0, name[0] - REACH), min(len(sentence), name[1] + REACH)
    cuts = sorted({first, last, *(min(max(place, first), last) for place in (*name, *cue))})
    pieces = [
        Piece(sentence[start:end], _holds(name, start, end), _holds(cue, start, end)) for start, end in pairwise(cuts)
    ]
    before = [Piece("… ")] if first > 0 else []
    after = [Piece(" …")] if last < len(sentence) else []
    return (*before, *pieces, *after)


def mark_lead(lead: str, cue: str) -> tuple[Piece, ...]:
    """The text that governs the sentence from elsewhere, with the cue if it stands there."""
    lead = lead if len(lead) <= REACH else f"{lead[:REACH]} …"
    at = lead.find(cue) if cue else -1
    if at < 0:
        return (Piece(lead),) if lead else ()
    pieces = (Piece(lead[:at]), Piece(lead[at : at + len(cue)], is_cue=True), Piece(lead[at + len(cue) :]))
    return tuple(piece for piece in pieces if piece.text)


def find_cue(sentence: str, cue: str, name: tuple[int, int]) -> tuple[int, int]:
    """Where the cue stands that decided: the occurrence nearest to the name; (0, 0) where it is not in the sentence."""
    places = []
    at = sentence.find(cue) if cue else -1
    while at >= 0:
        places.append(at)
        at = sentence.find(cue, at + 1)
    if not places:
        return (0, 0)
    nearest = min(places, key=lambda place: max(name[0] - place - len(cue), place - name[1]))
    return (nearest, nearest + len(cue))


def _holds(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] <= start and end <= span[1]
