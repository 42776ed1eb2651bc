"""Editions that a text plans by a bare name: "hope for an ASEAN Customs Agreement" while an older one is in force.

In: a link and the cue that decides about it. Out: the link, to the edition that follows where the text makes one. The
trap: the article. "Negotiate the ASEAN Customs Agreement" may be work on the old one, "an" never is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.link import confidence
from pipeline.names.dates import PartialDate
from pipeline.names.editions import read_marks
from pipeline.records import Candidate, Link

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.status.cues import Hit

_INDEFINITE = re.compile(r"\b(?:an?|another)\s(?:(?:new|separate|further|fresh|single)\s)?[\"']?$", re.I)
# As a cue must be to contradict a registry date.
_MIN_STRENGTH = 3


def renew_link(link: Link, hit: Hit | None, at: PartialDate | None, gazetteer: Gazetteer) -> Link:
    """The link to the next edition, where one that is in force is planned with an indefinite article."""
    entry = gazetteer.entries.get(link.target_id or "")
    mention = link.mention
    planned = hit is not None and hit.cue.status == "planned" and hit.cue.making and hit.cue.strength >= _MIN_STRENGTH
    if entry is None or at is None or not planned or mention.turn or read_marks(mention.name):
        return link
    there = entry.issued is not None and at.compare(entry.issued) == 1
    if not there or not _INDEFINITE.search(mention.sentence[: mention.within[0]]):
        return link
    to_come = [
        other
        for other in (gazetteer.entries[entry_id] for entry_id in gazetteer.successors_of.get(entry.id, ()))
        if other.issued is None or at.compare(other.issued) == -1
    ]
    if len(to_come) != 1:
        return link
    reason = f"planned as {to_come[0].title}: the older one, of {entry.issued}, is in force already"
    chosen = Candidate(to_come[0].id, mention.name, 100.0, reason)
    return replace(
        link,
        target_id=to_come[0].id,
        target_title=to_come[0].title,
        method="edition",
        reason=reason,
        confidence=confidence.TURN,
        candidates=(chosen, *(candidate for candidate in link.candidates if candidate.entry_id != chosen.entry_id)),
    )
