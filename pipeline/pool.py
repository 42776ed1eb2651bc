"""One function over many jobs, in this process or in several; a process that dies costs its job, not the run.

In: a picklable function and jobs. Out: pairs of job and result, as they are finished. The trap: when a process of a
pool is killed from outside, every unfinished job of the pool fails with it, the innocent ones too; those are tried
again, at last each by itself, so that only the job that kills its process is given up.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class JobLostError(Exception):
    """The process that worked on this job was killed, twice."""


def count_workers(wanted: int) -> int:
    """As many processes as wanted; 0 means one for each core that this process may use."""
    return wanted or len(os.sched_getaffinity(0))


def work_through(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int, warm_up: Callable[[], None]
) -> Iterator[tuple[Job, Result | JobLostError]]:
    """Each job with its result, or with JobLostError, in the order in which they are finished.

    `warm_up` loads in this process what every worker needs; forked workers then have it at once.
    """
    if workers == 1 or len(jobs) == 1:
        for job in jobs:
            yield job, function(job)
        return
    warm_up()
    lost = yield from _work_in_pool(function, jobs, min(workers, len(jobs)))
    for job in lost:
        unfinished = yield from _work_in_pool(function, [job], 1)
        for broken in unfinished:
            yield broken, JobLostError("the process that worked on it was killed, twice")


def _work_in_pool(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int
) -> Generator[tuple[Job, Result | JobLostError], None, list[Job]]:
    """Results as they come; returns the jobs of a pool that broke."""
    lost: list[Job] = []
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(_start_method())) as pool:
        futures = {pool.submit(function, job): job for job in jobs}
        for future in as_completed(futures):
            try:
                result = future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
            else:
                yield futures[future], result
    return lost


def _start_method() -> str:
    """Forking is quick and shares what is loaded; beside other threads (Prefect's) it could copy a held lock."""
    return "fork" if threading.active_count() == 1 else "forkserver"
