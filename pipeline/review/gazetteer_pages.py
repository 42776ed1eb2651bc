"""The gazetteer in review: searching entries, and the forms that add to it.

A corrected name becomes an alias, an unlisted name a row, a proposal of the inbox a row with its names. The first
answer to the former two is the dry run (what the validator says, what the last run would change); the second writes.
Whatever is written goes through the validator, which checks everything again, and takes effect at the next run.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from pipeline.detect.names import load_names
from pipeline.gazetteer.edit import add_aliases, add_document
from pipeline.gazetteer.load import fold_name
from pipeline.gazetteer.new_rows import guess_kind
from pipeline.gazetteer.rows import ALIASES, CONFIDENCES, DIGITAL, DOCUMENTS, LANES, STANDINGS
from pipeline.knowledge import GazetteerError
from pipeline.link.guards import Guards, make_slug
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import UNLISTED, Alias, AliasKind, Entry
from pipeline.review.inbox import Proposal, accept, correct, reject, undecided
from pipeline.review.page_request import Answer, Content, PageRequest, href, not_found
from pipeline.review.pictures import picture_of
from pipeline.review.snapshot import Snapshot

# The columns that a reviewer is asked for; the others stay empty and can be filled in by hand.
FIELDS = (
    *("id", "title", "short_title", "acronym", "kind", "lane", "issued"),
    *("standing", "digital", "confidence", "official_url", "source"),
)
# What a person may correct of a proposal, in the order of the form.
PROPOSAL_FIELDS = ("row_id", "title", "symbol", "issuer", "date", "kind", "lane", "aliases", "confidence")
ALIAS_KINDS = ("variant", "short", "acronym", "former")
MOST_TEXT = 500
MOST_CHANGES = 50  # shown; all are counted
MOST_FOUND = 12
_UNTRIED: Content = {"faults": [], "changes": [], "changed": 0, "is_tried": False, "is_saved": False}

Form = Mapping[str, str]
Change = Callable[[Path], object]


def search_entries(snapshot: Snapshot, text: str) -> tuple[Entry, ...]:
    """Entries that have all the words in one of their names or their id; whole words and short names first."""
    words = fold_name(text[:80]).split()
    ranked = []
    for entry in snapshot.gazetteer.entries.values() if words else ():
        names = [fold_name(alias.text) for alias in snapshot.gazetteer.aliases_of[entry.id]]
        fitting = [name for name in (*names, entry.id) if all(word in name for word in words)]
        if fitting:
            name = min(fitting, key=len)
            ranked.append((-len(set(words) & set(name.split())), len(name), entry.id, entry))
    return tuple(entry for *_, entry in sorted(ranked)[:MOST_FOUND])


def unlisted_id(snapshot: Snapshot, name: str) -> str:
    """The id under which the run itself would list this name."""
    gazetteer = snapshot.gazetteer
    return UNLISTED + make_slug(name, Guards(load_names(gazetteer).spelling, load_vocabulary(gazetteer)))


def alias_page(request: PageRequest, form: Form | None = None) -> Content:
    """The form of another name for an entry."""
    form, target = request.params if form is None else form, request.entry()
    return {
        "title": "New alias",
        "id": target.id,
        "text": _one_line(form.get("text", "")),
        "kind": form.get("kind", "") if form.get("kind", "") in ALIAS_KINDS else ALIAS_KINDS[0],
        "kinds": list(ALIAS_KINDS),
        "needs_support": form.get("needs_support") == "yes",
        "target": target.short_title,
        "target_href": href("entries", target.id),
        **_UNTRIED,
    }


def add_alias(request: PageRequest, form: Form) -> Answer:
    """Write the alias if the form says so and the validator agrees; else say what it would change."""
    content = alias_page(request, form)
    alias = Alias(content["text"], content["id"], AliasKind(content["kind"]), content["needs_support"])
    return _change(request, content, form, lambda folder: add_aliases(folder, [alias]))


def new_entry_page(request: PageRequest, values: Form | None = None) -> Content:
    """The form of a new row, filled in from what the run knows of the unlisted name."""
    identity, gazetteer = request.path["id"], request.snapshot.gazetteer
    row = next((each for each in request.snapshot.published.unlisted if each["id"] == identity), None)
    if row is None and all(each.target_id != identity for each in request.snapshot.judged.values()):
        raise not_found("unlisted name", identity)
    title = row["name"] if row and row["name"] else identity.removeprefix(UNLISTED).replace("-", " ")
    proposed = dict.fromkeys(FIELDS, "") | {
        "id": identity.removeprefix(UNLISTED),
        "title": title,
        "short_title": title,
        "kind": guess_kind(gazetteer, title),
        "lane": next((lane.id for lane in gazetteer.lanes.values() if not lane.drawn), ""),
        "confidence": "low",
        "digital": "no",
        "source": f"found by a run as {identity}, added in review by {request.session.reviewer}",
    }
    return {
        "title": "New entry",
        "id": identity,
        "values": dict(values or proposed),
        "choices": {
            "kind": ["", *gazetteer.kinds],
            "lane": ["", *gazetteer.lanes],
            "standing": ["", *STANDINGS],
            "digital": list(DIGITAL),
            "confidence": list(CONFIDENCES),
        },
        **_UNTRIED,
        "is_checked": values is not None,
        "entry_href": href("entries", values["id"]) if values else "",
    }


def add_entry(request: PageRequest, form: Form) -> Answer:
    """Write the row if the form says so and the validator agrees; else say what it would change."""
    values = {name: _one_line(form.get(name, "")) for name in FIELDS}
    document = {**values, "in_chapter": "false", "official_url_verified": "false" if values["official_url"] else ""}
    return _change(request, new_entry_page(request, values), form, lambda folder: add_document(folder, document))


def _change(request: PageRequest, content: Content, form: Form, change: Change) -> Answer:
    """What the validator and the last run say of the change, tried on a copy; or the change itself."""
    folder, try_change = request.settings.gazetteer, request.store.try_change
    with tempfile.TemporaryDirectory(prefix="topology-") as copy:
        for name in (DOCUMENTS, ALIASES, LANES):
            shutil.copy2(folder / name, copy)
        faults = _faults_of(lambda: change(Path(copy)))
    is_wanted = form.get("save") == "yes"
    if is_wanted and not faults:
        faults = _faults_of(lambda: change(folder))
    if faults or is_wanted:
        return Answer(content | {"faults": faults, "is_saved": not faults}, status=422 if faults else 200)
    lines = try_change(change) if try_change else ()
    return Answer(content | {"changes": list(lines[:MOST_CHANGES]), "changed": len(lines), "is_tried": True})


def _faults_of(change: Callable[[], object]) -> list[str]:
    try:
        change()
    except GazetteerError as error:
        return [str(fault) for fault in error.faults]
    except OSError as error:
        return [f"cannot be written: {error}"]
    return []


def _one_line(text: str) -> str:
    return " ".join(text.split())[:MOST_TEXT]


def waiting(request: PageRequest) -> tuple[Proposal, ...]:
    """The proposals of the inbox that nobody has decided by now."""
    return undecided(request.snapshot.inbox, request.snapshot.gazetteer)


def proposal_page(request: PageRequest, proposal: Proposal | None = None) -> Content:
    """One proposed row with the picture of its file's first page, to be decided."""
    proposal = proposal or _proposal(request)
    source, gazetteer = request.snapshot.published.sources.get(proposal.id), request.snapshot.gazetteer
    picture = picture_of(request.settings, source, proposal.id, 1, None, "page") if proposal.file else None
    row = asdict(proposal) | {"aliases": "; ".join(proposal.aliases)}
    return {
        **{name: row[name] for name in ("title", "id", "origin", "file", "documents", "evidence")},
        "values": {name: row[name] for name in PROPOSAL_FIELDS},
        "choices": {"kind": ["", *gazetteer.kinds], "lane": [*gazetteer.lanes], "confidence": list(CONFIDENCES)},
        "faults": [],
        "picture": picture or {"problem": "its file is not in the corpus, only its name is known"},
        "next": _next_href(request, proposal),
        "left": len(waiting(request)),
    }


def decide_proposal(request: PageRequest, form: Form) -> Answer:
    """Write the row as the form has it, or note that nobody wants it; then on to the next."""
    proposal, folder = _proposal(request), request.settings.gazetteer
    next_href = _next_href(request, proposal)
    if form.get("verdict") == "reject":
        now = datetime.now(UTC).isoformat(timespec="seconds")
        reject(folder, proposal, request.session.reviewer, now)
        return Answer({"rejected": proposal.row_id, "next": next_href}, next_href)
    proposal = correct(proposal, {name: form[name][:MOST_TEXT] for name in PROPOSAL_FIELDS if name in form})
    if faults := _faults_of(lambda: accept(folder, proposal)):
        return Answer(proposal_page(request, proposal) | {"faults": faults}, status=422)
    return Answer({"accepted": proposal.row_id, "next": next_href}, next_href)


def _proposal(request: PageRequest) -> Proposal:
    for each in request.snapshot.inbox:
        if each.id == request.path["id"]:
            return each
    raise not_found("proposal", request.path["id"])


def _next_href(request: PageRequest, proposal: Proposal) -> str:
    """The next one that waits behind this one in the run's order; the list after the last."""
    waits = {each.id for each in waiting(request)}
    ids = [each.id for each in request.snapshot.inbox]
    later = [each for each in ids[ids.index(proposal.id) + 1 :] if each in waits]
    return href("inbox", later[0]) if later else "/inbox"
