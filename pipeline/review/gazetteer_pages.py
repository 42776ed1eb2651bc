"""The gazetteer in review: searching entries, the page of one, and new knowledge from what reviewers found.

A corrected name becomes an alias, an unlisted name a row. Each is a form whose first answer is the dry run (what the
validator says, what the last run would change) and whose second writes, through the validator. The files may have
changed in between, so the writing checks everything again; what is written takes effect at the next run.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.detect.names import load_names
from pipeline.gazetteer.edit import add_aliases, add_document
from pipeline.gazetteer.load import Gazetteer, fold_name
from pipeline.gazetteer.new_rows import guess_kind
from pipeline.gazetteer.rows import ALIASES, CONFIDENCES, DIGITAL, DOCUMENTS, LANES, STANDINGS
from pipeline.knowledge import GazetteerError
from pipeline.link.guards import Guards, make_slug
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import UNLISTED, Alias, AliasKind, Entry
from pipeline.review.page_request import (
    Answer,
    Content,
    PageRequest,
    edge_href,
    entry_href,
    list_item,
    not_found,
    paginate,
)
from pipeline.review.snapshot import Snapshot

# The columns that a reviewer is asked for; the others stay empty and can be filled in by hand.
FIELDS = (
    "id",
    "title",
    "short_title",
    "acronym",
    "kind",
    "lane",
    "issued",
    "standing",
    "digital",
    "confidence",
    "official_url",
    "source",
)
ALIAS_KINDS = (AliasKind.VARIANT, AliasKind.SHORT, AliasKind.ACRONYM, AliasKind.FORMER)
MOST_TEXT = 500
MOST_CHANGES = 50  # shown; all are counted
_UNTRIED: Content = {"faults": [], "changes": [], "changed": 0, "is_tried": False}


def alias_page(request: PageRequest) -> Content:
    """The dry run of another name for an entry."""
    return _alias_content(request, request.params)


def add_alias(request: PageRequest, form: Mapping[str, str]) -> Answer:
    """Write the alias if the form says so and the validator agrees; else say what it would change."""
    content = _alias_content(request, form)
    return _change(request, content, form, lambda folder: add_aliases(folder, [_alias_of(content)]))


def new_entry_page(request: PageRequest) -> Content:
    """The form of a new row, filled in from what the run knows of the unlisted name."""
    row = _unlisted_row(request)
    identity = request.path["id"].removeprefix(UNLISTED)
    title = row.get("name") or identity.replace("-", " ")
    lanes = request.snapshot.gazetteer.lanes.values()
    values = dict.fromkeys(FIELDS, "") | {
        "id": identity,
        "title": title,
        "short_title": title,
        "kind": guess_kind(request.snapshot.gazetteer, title),
        "lane": next((lane.id for lane in lanes if not lane.drawn), ""),
        "confidence": "low",
        "digital": "no",
        "source": f"found by a run as {request.path['id']}, added in review by {request.session.reviewer}",
    }
    return _entry_content(request, values)


def add_entry(request: PageRequest, form: Mapping[str, str]) -> Answer:
    """Write the row if the form says so and the validator agrees; else say what it would change."""
    _unlisted_row(request)
    values = {name: " ".join(form.get(name, "").split())[:MOST_TEXT] for name in FIELDS}
    document = {**values, "in_chapter": "false", "official_url_verified": "false" if values["official_url"] else ""}
    content = _entry_content(request, values) | {"is_checked": True, "entry_href": entry_href(values["id"])}
    return _change(request, content, form, lambda folder: add_document(folder, document))


def _change(
    request: PageRequest, content: Content, form: Mapping[str, str], change: Callable[[Path], Gazetteer]
) -> Answer:
    """What the validator and the last run say of the change, tried on a copy; or the change itself."""
    folder, try_change = request.settings.gazetteer, request.store.try_change
    faults = _dry_run(folder, change)
    if faults:
        return Answer(content | {"faults": faults}, status=422)
    if form.get("save") == "yes":
        faults = _faults_of(lambda: change(folder))
        return Answer(content | {"faults": faults, "is_saved": not faults}, status=422 if faults else 200)
    lines = try_change(change) if try_change else ()
    return Answer(content | {"changes": list(lines[:MOST_CHANGES]), "changed": len(lines), "is_tried": True})


def _alias_content(request: PageRequest, form: Mapping[str, str]) -> Content:
    target = request.snapshot.gazetteer.entries.get(request.path["id"])
    if target is None:
        raise not_found("entry", request.path["id"])
    content: Content = {
        "title": "New alias",
        "id": target.id,
        "text": " ".join(form.get("text", "").split())[:MOST_TEXT],
        "kind": form.get("kind", "") if form.get("kind", "") in ALIAS_KINDS else AliasKind.VARIANT.value,
        "kinds": [each.value for each in ALIAS_KINDS],
        "needs_support": form.get("needs_support") == "yes",
        "target": target.short_title,
        "target_href": entry_href(target.id),
        "is_saved": False,
        **_UNTRIED,
    }
    return content


def _alias_of(content: Content) -> Alias:
    return Alias(content["text"], content["id"], AliasKind(content["kind"]), content["needs_support"])


def _dry_run(folder: Path, change: Callable[[Path], Gazetteer]) -> list[str]:
    """What the validator says of the change, tried on a copy."""
    with tempfile.TemporaryDirectory(prefix="topology-") as copy:
        for name in (DOCUMENTS, ALIASES, LANES):
            shutil.copy2(folder / name, copy)
        return _faults_of(lambda: change(Path(copy)))


def _faults_of(change: Callable[[], Gazetteer]) -> list[str]:
    try:
        change()
    except GazetteerError as error:
        return [str(fault) for fault in error.faults]
    except OSError as error:
        return [f"cannot be written: {error}"]
    return []


def _entry_content(request: PageRequest, values: Mapping[str, str]) -> Content:
    gazetteer = request.snapshot.gazetteer
    return {
        "title": "New entry",
        "id": request.path["id"],
        "values": dict(values),
        "choices": {
            "kind": ["", *gazetteer.kinds],
            "lane": ["", *gazetteer.lanes],
            "standing": ["", *STANDINGS],
            "digital": list(DIGITAL),
            "confidence": list(CONFIDENCES),
        },
        **_UNTRIED,
        "is_checked": False,
        "is_saved": False,
        "entry_href": "",
    }


def _unlisted_row(request: PageRequest) -> Mapping[str, str]:
    """The row of unlisted.csv for the id in the address."""
    for row in request.snapshot.published.unlisted:
        if row.get("id") == request.path["id"]:
            return row
    if any(each.target_id == request.path["id"] for each in request.snapshot.judged.values()):
        return {}
    raise not_found("unlisted name", request.path["id"])


MOST_FOUND = 12


def search_entries(snapshot: Snapshot, text: str) -> tuple[Entry, ...]:
    """Entries that have all the words in one of their names or their id; whole words and short names first."""
    words = fold_name(text[:80]).split()
    if not words:
        return ()
    ranked = []
    for entry in snapshot.gazetteer.entries.values():
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


def entries_page(request: PageRequest) -> Content:
    """The search over the gazetteer."""
    text = request.params.get("q", "")[:80]
    found = search_entries(request.snapshot, text)
    return {
        "title": "Gazetteer",
        "q": text,
        "items": [
            {
                "id": each.id,
                "href": entry_href(each.id),
                "label": each.short_title,
                "title": each.title,
                "issued": str(each.issued or ""),
                "kind": each.kind,
            }
            for each in found
        ],
        "total": len(request.snapshot.gazetteer.entries),
    }


def entry_page(request: PageRequest) -> Content:
    """One entry: its facts and names, which documents cite it, and every citation of it."""
    entry = request.snapshot.gazetteer.entries.get(request.path["id"])
    if entry is None:
        raise not_found("entry", request.path["id"])
    citations = [each for each in request.snapshot.judged.values() if each.target_id == entry.id]
    counts = Counter((each.mention.source_id, each.status.value) for each in citations)
    shown, turn = paginate(request, citations)
    return {
        "title": entry.short_title,
        "id": entry.id,
        "facts": _facts(entry),
        "names": [
            {"text": alias.text, "kind": alias.kind.value, "needs_support": alias.needs_support}
            for alias in request.snapshot.gazetteer.aliases_of[entry.id]
        ],
        "cited_by": [
            {
                "source_id": source,
                "source": request.label(source),
                "status": status,
                "weight": count,
                "href": edge_href(source, entry.id),
            }
            for (source, status), count in sorted(counts.items())
        ],
        "items": [list_item(request, each) for each in shown],
        **turn,
    }


def _facts(entry: Entry) -> Content:
    facts = {
        "title": entry.title,
        "acronym": entry.acronym or "",
        "kind": entry.kind,
        "lane": entry.lane,
        "issued": str(entry.issued or ""),
        "standing": entry.standing,
        "adopted by": entry.adopted_by,
        "supersedes": ", ".join(entry.supersedes),
        "renamed to": entry.renamed_to or "",
        "part of": entry.part_of or "",
        "ambiguous with": ", ".join(entry.ambiguous_with),
        "basis": entry.basis,
    }
    return {name: value for name, value in facts.items() if value}
