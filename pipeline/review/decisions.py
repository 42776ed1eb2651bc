"""Decisions: a form of the citation page in, lines on the disk out, then on to the next citation.

The answer is sent after the fsync, so that what a reviewer saw acknowledged is there for ever. A browser or
a script that got no answer sends its form again. The form's own number makes the same decision the same line; only
when the reviewer has decided otherwise since (and came back to an old page) does it count as a new one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from pipeline.records import UNLISTED, Citation, Judgement, Shown, Status, Verdict
from pipeline.review.anchor import file_name
from pipeline.review.citation_page import next_href
from pipeline.review.judgements import with_id
from pipeline.review.page_request import Answer, PageRequest, citation_href
from pipeline.review.queue import like_this
from pipeline.review.snapshot import Snapshot, SnapshotStore
from pipeline.review.verdicts import latest_of, outcome_of, show_citation

MOST_NOTE = 2000
# What the buttons say; a status button decides for the chosen document with that status.
DECISIONS = ("accept", "existing", "planned", "reject", "unsure")


def judge(request: PageRequest, form: Mapping[str, str]) -> Answer:
    """Record one decision, also for all like it if the form says so, and go on to the next of the same list."""
    snapshot, citation = request.snapshot, request.citation()
    decision = form.get("verdict", "")
    if decision not in DECISIONS:
        raise HTTPException(400, f"verdict must be one of {', '.join(DECISIONS)}")
    decides = decision in ("existing", "planned")
    if request.session.blind and (decision == "accept" or (decides and not form.get("target"))):
        raise HTTPException(400, "in blind mode, choose a document and say whether it existed or was planned")
    target = _read_target(snapshot, citation, form)
    each_like = [citation]
    if form.get("like"):
        each_like = list(like_this(citation, snapshot.of_source(citation.mention.source_id)))
    batch = form.get("form", "")[:40] or secrets.token_hex(8)
    made = [_make_judgement(request, each, decision, target, form, batch) for each in each_like]
    _record(request.store, made)
    after = replace(request, snapshot=request.store.snapshot())
    href = next_href(after, citation.id, after.chosen())
    return Answer({"judgements": [each.id for each in made], "next": href}, href)


def undo(request: PageRequest, _form: Mapping[str, str]) -> Answer:
    """Take back one line of the reviewer's own (an undo too: then the decision counts again), or the last decision.

    All that was decided by the same key goes with it; its citation is shown.
    """
    snapshot, reviewer = request.snapshot, request.session.reviewer
    if "id" in request.path:
        line = next((each for each in snapshot.lines if each.id == request.path["id"]), None)
        if line is None:
            raise HTTPException(404, f"no judgement {request.path['id'][:80]!r}")
        if line.reviewer != reviewer:
            raise HTTPException(403, f"this is {line.reviewer}'s judgement; judge the citation yourself instead")
    else:
        line = latest_of(snapshot.lines, reviewer)
        if line is None:
            raise HTTPException(409, f"{reviewer} has decided nothing that could be undone")
    if line.id not in snapshot.undone:
        _take_back(request, line)
    now = snapshot.anchors.moved.get(line.citation_id, line.citation_id)
    href = citation_href(now, request.filter) if now in snapshot.run else "/history"
    return Answer({"undone": line.id, "next": href}, href)


def list_filter(form: Mapping[str, str]) -> dict[str, str]:
    """The filter that a form carries along."""
    return dict(parse_qsl(form.get("filter", "")[:2000]))


def _make_judgement(
    request: PageRequest, citation: Citation, decision: str, target: str | None, form: Mapping[str, str], batch: str
) -> Judgement:
    shown_target = citation.target_id or request.snapshot.run[citation.id].target_id
    status = Status(decision) if decision in ("existing", "planned") else citation.status
    verdict = Verdict(decision) if decision in ("reject", "unsure") else Verdict.CORRECT
    if verdict is Verdict.CORRECT and (target, status) == (shown_target, citation.status):
        verdict = Verdict.ACCEPT
    decides = verdict in (Verdict.ACCEPT, Verdict.CORRECT)
    judgement = Judgement(
        id="",
        citation_id=citation.id,
        verdict=verdict,
        target_id=target if decides else None,
        status=status if decides else None,
        reviewer=request.session.reviewer,
        decided_at=_now(),
        note=form.get("note", "").strip()[:MOST_NOTE],
        shown=_shown(request, citation, shown_target, batch),
        settles=_settled(request, citation, verdict),
    )
    return _as_line(request.snapshot, judgement)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _record(store: SnapshotStore, judgements: Sequence[Judgement]) -> None:
    """On the disk when this returns, or refused in words: a full disk, a read-only folder, a lock that stays taken."""
    try:
        store.record(judgements)
    except OSError as error:
        raise HTTPException(507, f"Nothing was saved: {error}") from None


def _as_line(snapshot: Snapshot, judgement: Judgement) -> Judgement:
    """The line under its id. A form sent twice is one line, unless the reviewer has decided otherwise in between."""
    judgement = with_id(judgement)
    known = next((each for each in snapshot.lines if each.id == judgement.id), None)
    if known is None:
        return judgement
    in_force = snapshot.in_force.get(judgement.citation_id, ())
    if known in in_force or known.id in {identity for each in in_force for identity in each.settles}:
        return known
    return with_id(replace(judgement, shown=replace(judgement.shown, form=secrets.token_hex(8))))


def _shown(request: PageRequest, citation: Citation, target: str | None, batch: str) -> Shown:
    """What the reviewer saw."""
    source, is_blind = request.snapshot.published.sources.get(citation.mention.source_id), request.session.blind
    return show_citation(
        citation,
        lead=citation.mention.lead,
        target_id="" if is_blind else target or "",
        status="" if is_blind else citation.status.value,
        file=file_name(source.path) if source else "",
        sha256=source.sha256 if source else "",
        blind="yes" if is_blind else "",
        form=batch,
    )


def _settled(request: PageRequest, citation: Citation, verdict: Verdict) -> tuple[str, ...]:
    """Who sees that reviewers disagree, and decides, decides between them; a blind or unsure one does not."""
    said = request.snapshot.in_force.get(citation.id, ())
    is_disputed = len({outcome_of(each, request.snapshot.run[citation.id]) for each in said}) > 1
    if request.session.blind or verdict is Verdict.UNSURE or not is_disputed:
        return ()
    return tuple(each.id for each in said if each.reviewer != request.session.reviewer)


def _read_target(snapshot: Snapshot, citation: Citation, form: Mapping[str, str]) -> str | None:
    """The chosen document: an entry, an unlisted document, or (nothing chosen) what is shown."""
    target = form.get("target", "")
    if not target:
        return citation.target_id or snapshot.run[citation.id].target_id
    if target not in snapshot.gazetteer.entries and not target.startswith(UNLISTED):
        raise HTTPException(400, f"{target[:80]!r} is not in the gazetteer")
    return target[:200]


def _take_back(request: PageRequest, line: Judgement) -> None:
    """One undo line for the judgement and for all that were made with it."""
    batch = line.shown.form
    together = [line]
    if batch and not line.undoes:
        together += [
            each
            for each in request.snapshot.lines
            if (each.reviewer, each.shown.form) == (line.reviewer, batch)
            and each.id not in request.snapshot.undone | {line.id}
            and not each.undoes
        ]
        place = {each.id: number for number, each in enumerate(request.snapshot.lines)}
        together.sort(key=lambda each: place[each.id])
    now = _now()
    undone = (replace(each, shown=replace(each.shown, form=""), undoes=each.id, settles=()) for each in together)
    _record(request.store, [with_id(replace(each, decided_at=now, note="")) for each in undone])
