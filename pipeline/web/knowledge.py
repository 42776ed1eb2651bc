"""From review to knowledge: a corrected name becomes an alias, an unlisted name a row of the gazetteer.

Each is a form whose first answer is the dry run (what the validator says, which citations of the last run would change)
and whose second writes, through the validator. The trap: the files may have changed in between, so the writing checks
everything again; what is written takes effect at the next run.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.gazetteer.edit import add_aliases, add_document
from pipeline.gazetteer.load import Gazetteer, GazetteerError
from pipeline.gazetteer.new_rows import guess_kind
from pipeline.gazetteer.rows import ALIASES, CONFIDENCES, DIGITAL, DOCUMENTS, LANES, STANDINGS
from pipeline.gazetteer.try_alias import try_alias
from pipeline.records import UNLISTED, Alias, AliasKind
from pipeline.web.ask import Ask, Content, entry_href, list_item, not_found

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


def alias_page(ask: Ask) -> Content:
    """The dry run of another name for an entry."""
    return _alias_content(ask, ask.params)


def add_alias(ask: Ask, form: Mapping[str, str]) -> Content:
    """Write the alias if the form says so and the validator agrees."""
    content = _alias_content(ask, form)
    if form.get("save") != "yes" or content["faults"]:
        return content
    faults = _faults_of(lambda: add_aliases(ask.settings.gazetteer, [_alias_of(content)]))
    return content | {"faults": faults, "is_saved": not faults}


def new_entry_page(ask: Ask) -> Content:
    """The form of a new row, filled in from what the run knows of the unlisted name."""
    row = _unlisted_row(ask)
    identity = ask.path["id"].removeprefix(UNLISTED)
    title = row.get("name") or identity.replace("-", " ")
    lanes = ask.snapshot.gazetteer.lanes.values()
    values = dict.fromkeys(FIELDS, "") | {
        "id": identity,
        "title": title,
        "short_title": title,
        "kind": guess_kind(ask.snapshot.gazetteer, title),
        "lane": next((lane.id for lane in lanes if not lane.drawn), ""),
        "confidence": "low",
        "digital": "no",
        "source": f"found by a run as {ask.path['id']}, added in review by {ask.session.reviewer}",
    }
    return _entry_content(ask, values, [])


def add_entry(ask: Ask, form: Mapping[str, str]) -> Content:
    """Check the row, and write it if the form says so and the validator agrees."""
    _unlisted_row(ask)
    values = {name: " ".join(form.get(name, "").split())[:MOST_TEXT] for name in FIELDS}
    document = {**values, "in_chapter": "false", "official_url_verified": "false" if values["official_url"] else ""}
    faults = _dry_run(ask.settings.gazetteer, lambda folder: add_document(folder, document))
    content = _entry_content(ask, values, faults) | {"is_checked": True}
    if form.get("save") != "yes" or faults:
        return content
    faults = _faults_of(lambda: add_document(ask.settings.gazetteer, document))
    return content | {"faults": faults, "is_saved": not faults, "entry_href": entry_href(values["id"])}


def _alias_content(ask: Ask, form: Mapping[str, str]) -> Content:
    target = ask.snapshot.gazetteer.entries.get(ask.path["id"])
    if target is None:
        raise not_found("entry", ask.path["id"])
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
    }
    alias = _alias_of(content)
    trial = try_alias(alias.text, target.id, ask.settings.output, ask.snapshot.gazetteer)
    changed = [
        ask.snapshot.judged[each.citation_id] for each in trial.changes if each.citation_id in ask.snapshot.judged
    ]
    return content | {
        "faults": _dry_run(ask.settings.gazetteer, lambda folder: add_aliases(folder, [alias])),
        "changes": [list_item(ask, each) for each in changed[:MOST_CHANGES]],
        "changed": len(changed),
        "kept": trial.kept,
        "owners": [{"label": ask.snapshot.label(each), "href": entry_href(each)} for each in trial.owners],
    }


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


def _entry_content(ask: Ask, values: Mapping[str, str], faults: list[str]) -> Content:
    gazetteer = ask.snapshot.gazetteer
    return {
        "title": "New entry",
        "id": ask.path["id"],
        "values": dict(values),
        "choices": {
            "kind": ["", *gazetteer.kinds],
            "lane": ["", *gazetteer.lanes],
            "standing": ["", *STANDINGS],
            "digital": list(DIGITAL),
            "confidence": list(CONFIDENCES),
        },
        "faults": faults,
        "is_checked": False,
        "is_saved": False,
        "entry_href": "",
    }


def _unlisted_row(ask: Ask) -> Mapping[str, str]:
    """The row of unlisted.csv for the id in the address."""
    for row in ask.snapshot.published.unlisted:
        if row.get("id") == ask.path["id"]:
            return row
    if any(each.target_id == ask.path["id"] for each in ask.snapshot.judged.values()):
        return {}
    raise not_found("unlisted name", ask.path["id"])
