"""How far a long piece of work is: a bar on a terminal, nothing elsewhere.

In: a stage's name and size, then one call a step. The trap: a log file or a pipe is no terminal; what goes there must
be the same at every run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress(Protocol):
    """What a long stage reports to."""

    def start(self, stage: str, total: int) -> None:
        """A stage of `total` steps begins; the one before is over."""

    def step(self) -> None:
        """One step of the stage is done."""

    def say(self, line: str) -> None:
        """Something that a person should know now."""


class Silence:
    """Reports to nobody."""

    def start(self, stage: str, total: int) -> None:
        """Say nothing."""

    def step(self) -> None:
        """Say nothing."""

    def say(self, line: str) -> None:
        """Say nothing."""


class Lines(Silence):
    """No bars, but what a person should know, on the standard error stream."""

    def say(self, line: str) -> None:
        """A line of its own."""
        sys.stderr.write(line + "\n")


class Bars:
    """One bar a stage, on the standard error stream."""

    def __init__(self, bars: RichProgress) -> None:
        self.bars = bars
        self.task: TaskID | None = None

    def start(self, stage: str, total: int) -> None:
        """Begin a bar."""
        self.task = self.bars.add_task(stage, total=total)

    def step(self) -> None:
        """Move the bar on."""
        assert self.task is not None
        self.bars.advance(self.task)
        self.bars.refresh()

    def say(self, line: str) -> None:
        """A line above the bars."""
        self.bars.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Bars where the standard error stream is a terminal, lines alone elsewhere."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import Progress as RichProgress

    # Without a thread of its own that refreshes: the pool may only fork while there is one thread.
    with RichProgress(console=Console(stderr=True), transient=True, auto_refresh=False) as bars:
        yield Bars(bars)
