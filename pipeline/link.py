"""Link mentions to entries of the gazetteer, or to none: mentions in, one link each out. RapidFuzz lives here.

The trap: a name may belong to several documents and a document to several names; where date and words leave two
candidates, nobody is chosen and both are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.editions import Editions, in_force, read_marks
from pipeline.records import Link, Mention, Source
from pipeline.settings import LinkLimits

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer


def link_mentions(
    source: Source, mentions: tuple[Mention, ...], gazetteer: Gazetteer, limits: LinkLimits
) -> tuple[Link, ...]:
    """One link per mention, in order; mentions of the source itself are left out."""
    linker = _Linker(source, gazetteer, Editions(gazetteer), limits)
    links = (linker.link(mention) for mention in mentions)
    return tuple(link for link in links if link is not None)


@dataclass(frozen=True)
class _Linker:
    source: Source
    gazetteer: Gazetteer
    editions: Editions
    limits: LinkLimits

    def link(self, mention: Mention) -> Link | None:
        marks = read_marks(mention.name)
        fitting = [entry_id for entry_id in mention.entry_ids if self.editions.fit(entry_id, marks) is not None]
        entries = [self.gazetteer.entries[entry_id] for entry_id in fitting]
        if self.source.id in fitting:
            return None
        chosen = in_force(self.editions.chain(fitting), self.source.issued) if entries else None
        if chosen is None or chosen.id not in fitting:
            chosen = entries[0] if len(entries) == 1 else None
        if chosen is None:
            return Link(mention, None, mention.surface, "undecided", "two documents have this name", 0.3)
        return Link(mention, chosen.id, chosen.title, "exact", "the name is in the gazetteer", 0.95)
