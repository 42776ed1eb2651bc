"""Gazetteer entries for the review page: searching them, and the page of one of them."""

from __future__ import annotations

from collections import Counter

from pipeline.detect.names import load_names
from pipeline.gazetteer.load import fold_name
from pipeline.link.guards import Guards, make_slug
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import UNLISTED, Entry
from pipeline.web.ask import Ask, Content, edge_href, entry_href, list_item, not_found, paginate
from pipeline.web.desk import Snapshot

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


def entries_page(ask: Ask) -> Content:
    """The search over the gazetteer."""
    text = ask.params.get("q", "")[:80]
    found = search_entries(ask.snapshot, text)
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
        "total": len(ask.snapshot.gazetteer.entries),
    }


def entry_page(ask: Ask) -> Content:
    """One entry: its facts and names, which documents cite it, and every citation of it."""
    entry = ask.snapshot.gazetteer.entries.get(ask.path["id"])
    if entry is None:
        raise not_found("entry", ask.path["id"])
    citations = [each for each in ask.snapshot.judged.values() if each.target_id == entry.id]
    counts = Counter((each.mention.source_id, each.status.value) for each in citations)
    shown, turn = paginate(ask, citations)
    return {
        "title": entry.short_title,
        "id": entry.id,
        "facts": _facts(entry),
        "names": [
            {"text": alias.text, "kind": alias.kind.value, "needs_support": alias.needs_support}
            for alias in ask.snapshot.gazetteer.aliases_of[entry.id]
        ],
        "cited_by": [
            {
                "source_id": source,
                "source": ask.snapshot.label(source),
                "status": status,
                "weight": count,
                "href": edge_href(source, entry.id),
            }
            for (source, status), count in sorted(counts.items())
        ],
        "items": [list_item(ask, each) for each in shown],
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
