"""Second signs: whether a name with other meanings ("TAC", "ASEAN-China Free Trade Area") means a document here.

In: the spots of a document that need support. Out: the same spots, those without a second sign turned into bodies,
which are no citations but still keep their words from being taken for something else. The trap: the sign must not be
the name itself, nor another unsupported name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.issuers import Surroundings
from pipeline.records import Entry
from pipeline.spots import Spot
from pipeline.vocabulary import Vocabulary

# Words before and behind a name among which a sign counts: "Parties to the said TAC", "TAC provisions".
_BEFORE, _BEHIND = 4, 2
# Characters around a name in which words of its title count.
_AROUND = 250


@dataclass(frozen=True)
class Supporter:
    """Looks for second signs in one document's text."""

    text: str
    vocabulary: Vocabulary
    surroundings: Surroundings
    entries: Sequence[Entry]

    def require_support(self, spots: Sequence[Spot]) -> list[Spot]:
        """The spots, without support as bodies."""
        named = {entry_id for spot in spots if not spot.unsupported for entry_id in spot.entry_ids}
        return [replace(spot, is_body=True) if self._lacks_support(spot, named) else spot for spot in spots]

    def _lacks_support(self, spot: Spot, named: set[str]) -> bool:
        if not spot.unsupported or spot.is_body or spot.how == "grown":
            return False
        surface = self.text[spot.start : spot.end]
        if self._has_sign(spot):
            return False
        if re.findall(r"[^\W_]+", spot.name.lower())[-1:] and self._names_area(spot):
            return True
        if not named.isdisjoint(spot.entry_ids):
            return False
        if " " in surface and self._is_capital(surface) and self._is_owned(spot):
            return False
        return not any(self._speaks_for(spot, entry) for entry in self.entries if entry.id in spot.entry_ids)

    def _names_area(self, spot: Spot) -> bool:
        """Areas and partnerships: that their agreement is named elsewhere does not make the area a document."""
        return re.findall(r"[^\W_]+", spot.name.lower())[-1] in self.vocabulary["areas"]

    def _has_sign(self, spot: Spot) -> bool:
        before = re.findall(r"[^\W_]+", self.text[max(0, spot.start - 60) : spot.start].lower())[-_BEFORE:]
        behind = re.findall(r"[^\W_]+", self.text[spot.end : spot.end + 40].lower())[:_BEHIND]
        signs = self.vocabulary["signs_before"]
        if spot.name.lower().endswith(tuple(self.vocabulary["made"])):
            signs = signs | self.vocabulary["signs_making"]
        return bool(signs.intersection(before)) or bool(self.vocabulary["signs_after"].intersection(behind))

    def _is_capital(self, surface: str) -> bool:
        words = [word for word in re.findall(r"[^\W\d_]+", surface) if len(word) > 3]
        return all(word[0].isupper() for word in words)

    def _is_owned(self, spot: Spot) -> bool:
        """Whether the institution stands beside the name: "the Data Management Framework of ASEAN"."""
        around = self.text[max(0, spot.start - _AROUND) : spot.end + _AROUND].lower()
        return any(re.search(rf"\b{re.escape(owner)}\b", around) for owner in self.vocabulary["owners"])

    def _speaks_for(self, spot: Spot, entry: Entry) -> bool:
        around = self.text[max(0, spot.start - _AROUND) : spot.start] + " " + self.text[spot.end : spot.end + _AROUND]
        return self.surroundings.supports(around, entry, spot.name)
