"""When a run finds so much less than the one before that something must be broken: it is not published then.

In: the folders of the published run and of the draft. Out: alarms, one line each. The trap: a PDF that was taken away
or replaced loses its lines rightly, and one bad PDF must never stop a run; so the losses of documents that are still
there are measured, over the whole corpus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pipeline.records import UNLISTED
from pipeline.runs.run_folder import Input, RunFolder

# Shares that ordinary work does not lose: a gazetteer edit moves a few citations in a hundred, a reader that breaks
# loses nearly all.
LINKS_LOST = 0.25
TEXTS_LOST = 0.25
HUB_LOST = 0.5
FILES_LOST = 0.5
# A text is lost when a page of it has less than this share of the characters that it had.
TEXT_LEFT = 0.5
# Below these numbers a share says nothing: with three citations, one is a third.
FEWEST_LINKS = 10
FEWEST_TEXTS = 2
FEWEST_HUB_LINES = 6
FEWEST_FILES = 10
_MOST_LINES = 5

ACCEPT = "topology run --accept-drop"


class AlarmError(RuntimeError):
    """The run found nothing, or much less than the last one, and is not published: a line an alarm, and the remedy."""

    def __init__(self, alarms: tuple[str, ...], remedy: str) -> None:
        lines = [f"alarm: {alarm}" for alarm in alarms[:_MOST_LINES]]
        if len(alarms) > _MOST_LINES:
            lines.append(f"... and {len(alarms) - _MOST_LINES} more alarms")
        super().__init__("\n".join((*lines, f"not published; {remedy}")))
        self.alarms, self.remedy = alarms, remedy


def find_alarms(old: Path, new: Path) -> tuple[str, ...]:
    """What fell too far from the run in `old` to that in `new`."""
    before, after = RunFolder(old), RunFolder(new)
    return (*_files(before, after), *_texts(before, after), *_links(before, after), *_hubs(before, after))


def _files(before: RunFolder, after: RunFolder) -> Iterator[str]:
    gone = [file for file, each in before.files.items() if not _is_present(each, after)]
    if len(before.files) >= FEWEST_FILES and len(gone) > FILES_LOST * len(before.files):
        yield f"{len(gone)} of {len(before.files)} PDFs are gone: is the input folder whole?"


def _texts(before: RunFolder, after: RunFolder) -> Iterator[str]:
    """Files of both runs that now give no text, or much less a page; one of several is an issue, not an alarm."""
    shared = [file for file, each in before.files.items() if file in after.files and each["characters"]]
    lost = [file for file in shared if _density(after.files[file]) < TEXT_LEFT * _density(before.files[file])]
    if len(lost) > TEXTS_LOST * len(shared) and (len(lost) >= FEWEST_TEXTS or lost == shared):
        unread = [file for file in lost if after.files[file]["action"] == "failed"]
        if unread:
            named = ", ".join(sorted(unread)[:3]) + (" ..." if len(unread) > 3 else "")
            yield f"{len(unread)} of {len(shared)} PDFs could not be read: {named}"
        if len(unread) < len(lost):
            yield f"{len(lost) - len(unread)} of {len(shared)} PDFs give less than half the characters a page"


def _density(each: Input) -> float:
    characters, pages = int(each["characters"]), int(each["pages"])
    return characters / max(1, pages)


def _links(before: RunFolder, after: RunFolder) -> Iterator[str]:
    """Linked citations of the documents whose PDF is the same as before."""
    same = _unchanged(before, after)
    counts = [
        sum(bool(row["target_id"]) for source, rows in run.citations() if source in same for row in rows.values())
        for run in (before, after)
    ]
    lost = counts[0] - counts[1]
    if lost >= FEWEST_LINKS and lost > LINKS_LOST * counts[0]:
        yield f"{counts[1]} links from PDFs that did not change, before {counts[0]}: look at changes.md for the cause"


def _hubs(before: RunFolder, after: RunFolder) -> Iterator[str]:
    """Documents of the gazetteer that lose half of the lines that they had from documents still there.

    An unlisted name that loses all of them has got its entry, or is spelt out otherwise by the rules.
    """
    present = {each["file"] for each in before.sources.values() if _is_present(each, after)}
    citing = [_citing(run, present) for run in (before, after)]
    for target, sources in sorted(citing[0].items()):
        left = citing[1].get(target, set())
        if len(sources) >= FEWEST_HUB_LINES and len(left) <= (1 - HUB_LOST) * len(sources):
            yield f"{target} is cited by {len(left)} documents, before by {len(sources)}: was its name taken away?"


def _citing(run: RunFolder, files: set[str]) -> dict[str, set[str]]:
    """The files that cite each document: an id may change from run to run, when a row is accepted."""
    found: dict[str, set[str]] = defaultdict(set)
    for source, lines in run.edges_by_source.items():
        file = run.sources[source]["file"] if source in run.sources else ""
        for target in lines if file in files else ():
            if not target.startswith(UNLISTED):
                found[target].add(file)
    return found


def _is_present(each: Input, after: RunFolder) -> bool:
    """Under its name, or the same bytes under another."""
    return each["file"] in after.files or each["sha256"] in after.by_hash


def _unchanged(before: RunFolder, after: RunFolder) -> set[str]:
    """Ids, of either run, of the sources whose PDF both runs have read."""
    shared = before.by_hash.keys() & after.by_hash.keys()
    return {source for run in (before, after) for source, each in run.sources.items() if each["sha256"] in shared}
