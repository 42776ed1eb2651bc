"""What a decision changes on the map: lines drawn, removed, or in another colour, in one sentence.

A line stands for a source, a target and a status; it is there as long as one citation supports it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.records import Citation, Status

Line = tuple[str, Status]  # target and status; the source is that of the citation
COLOURS = {Status.EXISTING: "blue", Status.PLANNED: "orange", Status.UNCLEAR: "grey"}


@dataclass(frozen=True)
class Effect:
    """One decision and what it does."""

    decision: str
    text: str


def list_effects(
    citation: Citation, of_source: Iterable[Citation], label: Callable[[str | None], str]
) -> tuple[Effect, ...]:
    """The effects of rejecting the citation and of each status that it does not have."""
    lines = Counter(line for each in of_source if (line := line_of(each)) is not None)
    now = line_of(citation)
    effects = [Effect("reject", describe(lines, now, None, citation.mention.source_id, label))]
    for status in (Status.EXISTING, Status.PLANNED):
        if citation.target_id is not None and status is not citation.status:
            after = (citation.target_id, status)
            effects.append(Effect(status.value, describe(lines, now, after, citation.mention.source_id, label)))
    return tuple(effects)


def describe(
    lines: Counter[Line], now: Line | None, after: Line | None, source: str, label: Callable[[str | None], str]
) -> str:
    """What becomes of the lines of `source` when a citation supports `after` and no longer `now`."""
    is_lost = now is not None and lines[now] == 1
    is_drawn = after is not None and lines[after] == 0
    if now is None and after is None:
        return "changes nothing on the map"
    if now and after and is_lost and is_drawn and now[0] == after[0]:
        return f"turns the {COLOURS[now[1]]} line {_ends(source, now, label)} {COLOURS[after[1]]}"
    parts = []
    if now:
        kept = lines[now] - 1
        rest = f"keeps the {COLOURS[now[1]]} line {_ends(source, now, label)}, {_citations(kept)} left"
        parts.append(f"removes the {COLOURS[now[1]]} line {_ends(source, now, label)}" if is_lost else rest)
    if after:
        parts.append(
            f"{'draws' if is_drawn else 'supports'} the {COLOURS[after[1]]} line {_ends(source, after, label)}"
        )
    return "; ".join(parts)


def line_of(citation: Citation) -> Line | None:
    """The line that the citation supports; None for one that is rejected or undecided."""
    return (citation.target_id, citation.status) if citation.target_id is not None else None


def _ends(source: str, line: Line, label: Callable[[str | None], str]) -> str:
    return f"{label(source)} → {label(line[0])}"


def _citations(count: int) -> str:
    return f"{count} citation{'' if count == 1 else 's'}"
