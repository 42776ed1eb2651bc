"""The same flow on a Dask cluster, for more PDFs than one machine reads in a night; needs the extra `dask`.

`TOPOLOGY_DASK` is the scheduler's address (tcp://host:8786); without it the flow starts a cluster of its own on this
machine, one process a core. Workers write what they find into `.topology/` beside the output folder, so input,
gazetteer and output must lie at the same paths on every machine of the cluster.
"""

from __future__ import annotations

import os
from typing import Any

from prefect_dask.task_runners import DaskTaskRunner

from pipeline.flow import topology

ADDRESS = "TOPOLOGY_DASK"


def make_runner(address: str = "") -> Any:
    """Batches go to the cluster at `address`, else to a new one on this machine."""
    if address:
        return DaskTaskRunner(address=address)
    # One thread a process: spaCy and Python take turns within a process anyway.
    return DaskTaskRunner(cluster_kwargs={"threads_per_worker": 1, "dashboard_address": None})


topology_on_dask = topology.with_options(name="topology-on-dask", task_runner=make_runner(os.environ.get(ADDRESS, "")))
