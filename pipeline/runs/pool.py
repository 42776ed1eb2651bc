"""One function over many jobs, in this process or in several; a process that dies costs its job, not the run.

In: a picklable function and jobs. Out: pairs of job and result, or `Failure`, as they are finished. When a
process of a pool is killed from outside, every unfinished job of the pool fails with it, the innocent ones too; those
are tried again, each by itself, so that only the job that kills its process is given up.
How far it is is told by a bar on a terminal, and by lines elsewhere: what goes into a log is the same at every run.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipeline.children import die_with_parent

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Failure:
    """A job that gave no result: why, and what to do about it."""

    reason: str
    remedy: str


_KILLED = Failure(
    "the process that worked on it was killed, twice", "give the run more memory or fewer workers: --workers 1"
)


def count_workers(wanted: int) -> int:
    """As many processes as wanted; 0 means one for each core that this process may use."""
    return wanted or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1))


def work_through(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    warm_up: Callable[[], None],
    wind_up: Callable[[], None],
) -> Iterator[tuple[Job, Result | Failure]]:
    """Each job with its result, in the order in which they are finished; raises OSError where the disk fails.

    `warm_up` loads in this process what every job needs; forked workers then have it at once. `wind_up` ends what
    the jobs have started, in each process that did some.
    """
    safely = partial(attempt, function)
    if not jobs:
        return
    warm_up()
    if workers == 1 or len(jobs) == 1:
        for job in jobs:
            yield job, safely(job)
        wind_up()
        return
    lost = yield from _work_in_pool(safely, jobs, min(workers, len(jobs)), wind_up)
    for job in lost:
        for broken in (yield from _work_in_pool(safely, [job], 1, wind_up)):
            yield broken, _KILLED


def attempt(function: Callable[[Job], Result], job: Job) -> Result | Failure:
    """A fault of this program costs the job on which it shows, and is told; a disk that fails ends the run."""
    try:
        return function(job)
    except OSError:
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
        return Failure(f"the program fails on it: {reason}", "report this with the PDF; the other documents are done")


def _work_in_pool(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int, wind_up: Callable[[], None]
) -> Generator[tuple[Job, Result], None, list[Job]]:
    """Results as they come; returns the jobs of a pool that broke."""
    lost: list[Job] = []
    context = multiprocessing.get_context(_start_method())
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker, initargs=(wind_up,)) as pool:
        futures = {pool.submit(function, job): job for job in jobs}
        for future in as_completed(futures):
            try:
                result = future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
            else:
                yield futures[future], result
    return lost


def _begin_worker(wind_up: Callable[[], None]) -> None:
    """A worker of a killed run would wait for jobs for ever, and hold the lock that it has inherited."""
    Finalize(None, wind_up, exitpriority=1)  # not atexit: a worker of a pool ends without it
    die_with_parent()


def _start_method() -> str:
    """Forking is quick and shares what is loaded; beside other threads (Prefect's) it could copy a held lock."""
    methods = multiprocessing.get_all_start_methods()
    if (
        "fork" in methods and threading.active_count() == 1 and sys.platform != "darwin"
    ):  # Apple's libraries do not bear it
        return "fork"
    return "forkserver" if "forkserver" in methods else "spawn"


class Progress:
    """What a long stage reports to; this one says nothing."""

    def start(self, stage: str, total: int) -> None:
        """A stage of `total` steps begins; the one before is over."""

    def step(self) -> None:
        """One step of the stage is done."""

    def say(self, line: str) -> None:
        """Something that a person should know now."""


class Lines(Progress):
    """No bars, but what a person should know, on the standard error stream."""

    def say(self, line: str) -> None:
        """A line of its own."""
        sys.stderr.write(line + "\n")


class Bars(Progress):
    """One bar a stage, on the standard error stream."""

    def __init__(self, bars: RichProgress) -> None:
        self.bars = bars

    def start(self, stage: str, total: int) -> None:
        """Begin a bar."""
        self.task = self.bars.add_task(stage, total=total)

    def step(self) -> None:
        """Move the bar on."""
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
