"""Decisions: a form of the citation page in, lines on the disk out, then on to the next citation.

The answer is sent after the fsync, so that what a reviewer saw acknowledged is there for ever. The trap: a browser or
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

from pipeline.judging.anchor import name_of
from pipeline.judging.judgements import with_id
from pipeline.judging.queue import like_this
from pipeline.judging.verdicts import latest_of, outcome_of
from pipeline.records import UNLISTED, Citation, Judgement, Status, Verdict
from pipeline.web.ask import Ask
from pipeline.web.desk import Desk, Snapshot

MOST_NOTE = 2000
# What the buttons say; a status button decides for the chosen document with that status.
DECISIONS = ("accept", "existing", "planned", "reject", "unsure")


def decide(desk: Desk, ask: Ask, form: Mapping[str, str]) -> tuple[Judgement, ...]:
    """Record one decision, also for all like it if the form says so; returns what is on the disk now."""
    snapshot, citation = ask.snapshot, ask.citation()
    decision = form.get("verdict", "")
    if decision not in DECISIONS:
        raise HTTPException(400, f"verdict must be one of {', '.join(DECISIONS)}")
    if ask.session.blind and (decision == "accept" or (decision in ("existing", "planned") and not form.get("target"))):
        raise HTTPException(400, "in blind mode, choose a document and say whether it existed or was planned")
    target = _read_target(snapshot, citation, form)
    each_like = [citation]
    if form.get("like"):
        each_like = list(like_this(citation, snapshot.of_source(citation.mention.source_id)))
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    batch = form.get("form", "")[:40] or secrets.token_hex(8)
    made = [_make_judgement(ask, each, decision, target, form, now, batch) for each in each_like]
    _record(desk, made)
    return tuple(made)


def undo_last(desk: Desk, ask: Ask) -> Judgement:
    """Take back the reviewer's last decision, with all that was decided by the same key; returns what was undone."""
    last = latest_of(ask.snapshot.lines, ask.session.reviewer)
    if last is None:
        raise HTTPException(409, f"{ask.session.reviewer} has decided nothing that could be undone")
    _take_back(desk, ask, last)
    return last


def undo_one(desk: Desk, ask: Ask) -> Judgement:
    """Take back one line of the reviewer's own (an undo too: then the decision counts again)."""
    line = next((each for each in ask.snapshot.lines if each.id == ask.path["id"]), None)
    if line is None:
        raise HTTPException(404, f"no judgement {ask.path['id'][:80]!r}")
    if line.reviewer != ask.session.reviewer:
        raise HTTPException(403, f"this is {line.reviewer}'s judgement; judge the citation yourself instead")
    if line.id not in ask.snapshot.undone:
        _take_back(desk, ask, line)
    return line


def list_filter(form: Mapping[str, str]) -> dict[str, str]:
    """The filter that a form carries along."""
    return dict(parse_qsl(form.get("filter", "")[:2000]))


def _make_judgement(
    ask: Ask, citation: Citation, decision: str, target: str | None, form: Mapping[str, str], now: str, batch: str
) -> Judgement:
    run = ask.snapshot.run[citation.id]
    shown_target = citation.target_id or run.target_id
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
        reviewer=ask.session.reviewer,
        decided_at=now,
        note=form.get("note", "").strip()[:MOST_NOTE],
        shown=_shown(ask, citation, shown_target, batch),
        settles=_settled(ask, citation, verdict),
    )
    return _as_line(ask.snapshot, judgement)


def _record(desk: Desk, judgements: Sequence[Judgement]) -> None:
    """On the disk when this returns, or refused in words: a full disk, a read-only folder, a lock that stays taken."""
    try:
        desk.record(judgements)
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
    shown = dict(judgement.shown) | {"form": secrets.token_hex(8)}
    return with_id(replace(judgement, shown=tuple(shown.items())))


def _shown(ask: Ask, citation: Citation, target: str | None, batch: str) -> tuple[tuple[str, str], ...]:
    """What the reviewer saw, and what finds the citation again in a re-issued PDF."""
    mention = citation.mention
    source = ask.snapshot.published.sources.get(mention.source_id)
    shown = {
        "source_id": mention.source_id,
        "surface": name_of(mention),
        "sentence": mention.sentence,
        "within": f"{mention.within[0]},{mention.within[1]}",
        "lead": mention.lead,
        "page": str(mention.page),
        "occurrence": str(mention.occurrence),
        "target_id": "" if ask.session.blind else target or "",
        "status": "" if ask.session.blind else citation.status.value,
        "file": source.path.replace("\\", "/").rpartition("/")[2] if source else "",
        "sha256": source.sha256 if source else "",
        "blind": "yes" if ask.session.blind else "",
        "form": batch,
    }
    return tuple((name, value) for name, value in shown.items() if value)


def _settled(ask: Ask, citation: Citation, verdict: Verdict) -> tuple[str, ...]:
    """Who sees that reviewers disagree, and decides, decides between them; a blind or unsure one does not."""
    others = [each for each in ask.snapshot.in_force.get(citation.id, ()) if each.reviewer != ask.session.reviewer]
    run = ask.snapshot.run[citation.id]
    is_disputed = len({outcome_of(each, run) for each in ask.snapshot.in_force.get(citation.id, ())}) > 1
    if ask.session.blind or verdict is Verdict.UNSURE or not is_disputed:
        return ()
    return tuple(each.id for each in others)


def _read_target(snapshot: Snapshot, citation: Citation, form: Mapping[str, str]) -> str | None:
    """The chosen document: an entry, an unlisted document, or (nothing chosen) what is shown."""
    target = form.get("target", "")
    if not target:
        return citation.target_id or snapshot.run[citation.id].target_id
    if target not in snapshot.gazetteer.entries and not target.startswith(UNLISTED):
        raise HTTPException(400, f"{target[:80]!r} is not in the gazetteer")
    return target[:200]


def _take_back(desk: Desk, ask: Ask, line: Judgement) -> None:
    """One undo line for the judgement and for all that were made with it."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    batch = dict(line.shown).get("form")
    together = [
        each
        for each in ask.snapshot.lines
        if each.id == line.id
        or (
            batch
            and each.reviewer == line.reviewer
            and dict(each.shown).get("form") == batch
            and each.id not in ask.snapshot.undone
            and not each.undoes
            and not line.undoes
        )
    ]
    _record(desk, [_undo_line(each, now) for each in together])


def _undo_line(line: Judgement, now: str) -> Judgement:
    shown = tuple((name, value) for name, value in line.shown if name != "form")
    return with_id(replace(line, decided_at=now, note="", shown=shown, undoes=line.id, settles=()))
