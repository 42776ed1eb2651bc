"""The flow on a real Dask cluster of two processes: the bytes of a local run, also when a worker is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core import run as run_local
from tests.prefect_server import Server, start_server
from tests.run_factory import ROOT, make_corpus, make_settings, published_bytes

pytest.importorskip("prefect_dask", reason="the extra `dask` is not installed")

# Files that tell of the run itself, or of the one before.
OWN = ("run.json", "changes.csv", "changes.md", "report.html")
DOCUMENTS = 12

MAIN = """
import sys
from pipeline.dask_flow import topology_on_dask
if __name__ == "__main__":
    topology_on_dask({"input": "pdfs", "output": "out", "gazetteer": sys.argv[1]}, batch=2, remote=sys.argv[2])
"""


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus and what one process makes of it."""
    folder = tmp_path_factory.mktemp("local")
    make_corpus(folder / "pdfs", DOCUMENTS, pages=2)
    run_local(make_settings(folder))
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all: without it each worker would start a private one, and a killed worker would leave its own."""
    with start_server(tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("prefect")) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize("remote", [False, True], ids=["a shared folder", "a store"])
def test_two_worker_processes_one_of_which_is_killed(local: Path, server: Server, tmp_path: Path, remote: bool) -> None:
    """What a store holds is at paths that the workers are not told; the killed one had finished some of its batch."""
    from dask.distributed import LocalCluster

    store = tmp_path / "elsewhere" / "store"
    shutil.copytree(local / "pdfs", store / "raw_pdfs" if remote else tmp_path / "pdfs")
    environment = server.environment | {"PYTHONPATH": str(ROOT)}
    (tmp_path / "main.py").write_text(MAIN)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        environment["TOPOLOGY_DASK"] = cluster.scheduler_address
        documents = (store / "work" if remote else tmp_path / ".topology" / "out") / "documents"
        pids = [worker.process.pid for worker in cluster.workers.values()]
        threading.Thread(target=kill_when_busy, args=(documents, pids[0]), daemon=True).start()
        command = [sys.executable, "main.py", str(ROOT / "gazetteer"), f"file://{store}" if remote else ""]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        left = [worker.process.pid for worker in cluster.workers.values()]
    assert pids[0] not in left
    there, here = published_bytes(tmp_path / "out", OWN), published_bytes(local / "out", OWN)
    assert [name for name in here if there.get(name) != here[name]] == []
    found = json.loads((tmp_path / "out" / "run.json").read_text())["documents"]
    assert (found["total"], found["failed"]) == (DOCUMENTS, 0)
    if remote:
        assert json.loads((store / "current.json").read_text()) == {"run": 1}
        assert [name for name in here if (store / "runs" / "1" / name).read_bytes() != here[name]] == []


def kill_when_busy(documents: Path, pid: int) -> None:
    """Kill the worker when the first results are there."""
    while len(list(documents.glob("??/*"))) < 2:
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
