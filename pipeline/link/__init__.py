"""Which document a mention means: `linker.py` from top to bottom, hard guards first, then weighed features."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LinkLimits:
    """Scores are 0-100; below `min_score` no candidate counts, within `min_margin` two are too close to call."""

    min_score: float = 88.0
    min_margin: float = 3.0
