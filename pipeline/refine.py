"""From names to mentions: what belongs to a name, what is no document, and what else the text calls by a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.records import Source
from pipeline.running import RunningText
from pipeline.spots import Spot

if TYPE_CHECKING:
    from pipeline.gazetteer import Gazetteer


def refine_spots(source: Source, running: RunningText, spots: Sequence[Spot], gazetteer: Gazetteer) -> list[Spot]:
    """The spots that may be mentions, with their final extent."""
    return [spot for spot in spots if not spot.is_body]
