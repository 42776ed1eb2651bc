"""Mentions of the citing document itself, which are no citations.

In: a source, and what a name means. Out: whether it means the source: its title, acronym or running title, its working
title of before, a document named after the adoption of itself. The trap: a predecessor has the same name. It is meant
where a year says so, or where the text says that the source replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.names.editions import Editions
from pipeline.names.spelling import Spelling
from pipeline.records import Entry, Mention, Source

# "This Agreement replaces the ASEAN Agreement on Customs": what the source does to an older text of its name.
_REPLACES = re.compile(
    r"\b(?:replac\w+|supersed\w+|succeed\w*|success\w* (?:to|of)|follow\w* (?:on )?(?:from|up on|to)?|"
    r"buil\w+ (?:up)?on|terminat\w+|repeal\w*|amend\w*|continu\w+|takes? over from|"
    r"lessons (?:learn\w+ )?(?:from|of)|achievements of|experience (?:of|with|from|gained from)|review of|"
    r"predecessor|carr\w+ forward|expir\w+)"
    r"\s+(?:\w+\s+){0,4}(?:the\s+)?[\"']?$",
    re.I,
)

_THIS = re.compile(r"\b(?:this|the (?P<present>present))\s(?:(?:new|historic|landmark|joint)\s)?[\"']?$", re.I)


@dataclass(frozen=True)
class SelfReference:
    """Knows one source by its names."""

    source: Source
    spelling: Spelling
    editions: Editions

    def is_self(self, mention: Mention, entry: Entry | None) -> bool:
        """Whether the mention means the source, chosen as `entry` or named without an entry."""
        if entry is not None:
            return entry.id == self.source.id or entry.renamed_to == self.source.id
        key = self.spelling.key(mention.name)
        return bool(self.source.title) and key == self.spelling.key(self.source.title)

    def is_this(self, mention: Mention) -> bool:
        """Whether `this` stands before a name that the source bears: "By this Ha Noi Declaration".

        Of a source without a title nobody knows; "the present APAEC" is then rather the one in force.
        """
        found = _THIS.search(mention.sentence[: mention.within[0]])
        if found is None or not mention.surface[:1].isupper():
            return False
        if self.source.id in mention.entry_ids:
            return True
        if not self.source.title:
            return found["present"] is None
        key = self.spelling.key(mention.name)
        return bool(key) and key in self.spelling.key(self.source.title)

    def predecessor(self, mention: Mention, entries: Sequence[Entry]) -> Entry | None:
        """The older edition, where a name that is also the source's stands for what the source replaces."""
        family = self.editions.chain(entry.id for entry in entries)
        place = next((number for number, entry in enumerate(family) if entry.id == self.source.id), None)
        if not place or not _REPLACES.search(mention.sentence[: mention.within[0]]):
            return None
        older = family[place - 1]
        return older if older.id in {entry.id for entry in entries} else None
