"""What a change of the gazetteer would change in the last run, before it is saved.

In: the settings, and a change that is made to a copy of the gazetteer. Out: a `Trial`: every citation of the last run's
texts that would be gained, lost, or linked or dated otherwise. Texts that hold half of the words of a new name are
linked twice, as the gazetteer is and as it would be, so that what else a row attracts (another document's description)
shows as well. The texts are those that the last run kept: nothing is read anew.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.gazetteer.load import Gazetteer, fold_name, load_gazetteer
from pipeline.knowledge import GazetteerError
from pipeline.records import Citation, Document, Reading, Source
from pipeline.register import build_register
from pipeline.runs.citing import cite_pages
from pipeline.runs.kept import Causes, Kept
from pipeline.runs.workspace import Workspace, find_run
from pipeline.settings import Settings

# Shorter words (of, the, on) stand in every text.
_SHORT = 4


@dataclass(frozen=True)
class Change:
    """One name of the last run's texts, as it is linked now and as it would be; None where it is no citation."""

    before: Citation | None
    after: Citation | None

    @property
    def citation(self) -> Citation:
        """The one that there is, rather as it would be."""
        found = self.after or self.before
        assert found is not None  # one of them is what makes the change
        return found

    def __str__(self) -> str:
        mention = self.citation.mention
        surface = " ".join(mention.surface.split())
        before, after = _describe(self.before), _describe(self.after)
        if self.before and self.after and self.before.target_id != self.after.target_id:
            before, after = _target(self.before), _target(self.after)
        return f"{mention.source_id}, page {mention.page}: {surface}: {before} -> {after}"


@dataclass(frozen=True)
class Trial:
    """`names` are the new ones, `kept` the citations by one of them that stay as they are, `texts` those linked."""

    names: tuple[str, ...]
    changes: tuple[Change, ...]
    kept: int
    texts: int


def try_change(settings: Settings, change: Callable[[Path], object]) -> Trial:
    """Make the change on a copy and link again what it may touch.

    Raises GazetteerError where the change is refused, NoRunError where no run has kept its texts.
    """
    kept, texts = _kept_texts(settings)
    with tempfile.TemporaryDirectory(prefix="topology-") as folder:
        copy = Path(shutil.copytree(settings.gazetteer, Path(folder) / "gazetteer"))
        try:
            change(copy)
            now, then = load_gazetteer(settings.gazetteer), load_gazetteer(copy)
        except GazetteerError as error:
            raise GazetteerError(settings.gazetteer, error.faults) from None
        known = {(alias.entry_id, fold_name(alias.text)) for alias in now.aliases}
        names = tuple(each.text for each in then.aliases if (each.entry_id, fold_name(each.text)) not in known)
        sources = [source for source, _ in texts]
        registers = build_register(now, sources), build_register(then, sources)
        return _compare(kept, texts, names, registers, settings)


def _compare(
    kept: Kept,
    texts: Sequence[tuple[Source, Causes]],
    names: tuple[str, ...],
    registers: tuple[Gazetteer, Gazetteer],
    settings: Settings,
) -> Trial:
    wanted = {_squeeze(name) for name in names}
    changes: list[Change] = []
    linked = same = 0
    for source, causes in texts:
        reading = kept.load(Reading, causes)
        if reading is None:
            continue
        text = _squeeze(" ".join(page.text for page in reading.pages))
        if not any(_may_hold(text, name) for name in names):
            continue
        linked += 1
        pages = tuple(replace(page, source_id=source.id) for page in reading.pages)
        before, after = (
            {each.id: each for each in cite_pages(source, pages, gazetteer, settings)[0]} for gazetteer in registers
        )
        for identity in before.keys() | after.keys():
            pair = Change(before.get(identity), after.get(identity))
            if _describe(pair.before) != _describe(pair.after):
                changes.append(pair)
            elif _squeeze(pair.citation.mention.surface) in wanted:
                same += 1
    changes.sort(key=lambda each: (each.citation.mention.source_id, _place(each.citation)))
    return Trial(names, tuple(changes), same, linked)


def _kept_texts(settings: Settings) -> tuple[Kept, list[tuple[Source, Causes]]]:
    """What the texts of the last run are, each with its causes; raises NoRunError without a run."""
    find_run(settings.output, None)
    workspace = Workspace(settings.output)
    kept = Kept(workspace.state)
    last = kept.load_run(workspace.published_number())
    found = [(kept.load(Document, row.causes), row.causes) for row in last.inputs if row.causes] if last else []
    return kept, [(document.source, causes) for document, causes in found if document]


def _may_hold(text: str, name: str) -> bool:
    """Half of the name's words or more stand in the text; lost spaces make no difference."""
    words = {_squeeze(word) for word in name.split()}
    telling = {word for word in words if len(word) >= _SHORT} or words
    return 2 * sum(word in text for word in telling) >= len(telling)


def _squeeze(text: str) -> str:
    return "".join(fold_name(text).split())


def _place(citation: Citation) -> tuple[int, int, str]:
    return citation.mention.page, citation.mention.start, citation.id


def _describe(citation: Citation | None) -> str:
    return f"{_target(citation)}, {citation.status.value}" if citation else "nothing"


def _target(citation: Citation) -> str:
    return citation.target_id or "undecided"
