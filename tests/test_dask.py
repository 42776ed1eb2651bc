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
from pathlib import Path

import pytest

from pipeline.core import run as run_local
from tests.run_factory import ROOT, make_corpus, make_settings, published_bytes

pytest.importorskip("prefect_dask", reason="the extra `dask` is not installed")

# Files that tell of the run itself, or of the one before.
OWN = ("run.json", "changes.csv", "changes.md", "report.html")
DOCUMENTS = 12

MAIN = """
import sys
from pipeline.dask_flow import topology_on_dask
if __name__ == "__main__":
    topology_on_dask({"input": "pdfs", "output": "out", "gazetteer": sys.argv[1]}, batch=2)
"""


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus and what one process makes of it."""
    folder = tmp_path_factory.mktemp("local")
    make_corpus(folder / "pdfs", DOCUMENTS, pages=2)
    run_local(make_settings(folder))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kill", [False, True], ids=["undisturbed", "a worker is killed"])
def test_two_worker_processes(local: Path, tmp_path: Path, kill: bool) -> None:
    from dask.distributed import LocalCluster

    shutil.copytree(local / "pdfs", tmp_path / "pdfs")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")},
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PYTHONPATH": str(ROOT),
    }
    (tmp_path / "main.py").write_text(MAIN)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        environment["TOPOLOGY_DASK"] = cluster.scheduler_address
        documents = tmp_path / "out" / ".topology" / "documents"
        pids = [worker.process.pid for worker in cluster.workers.values()]
        if kill:
            threading.Thread(target=kill_when_busy, args=(documents, pids[0]), daemon=True).start()
        command = [sys.executable, "main.py", str(ROOT / "gazetteer")]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        left = [worker.process.pid for worker in cluster.workers.values()]
    assert (pids[0] in left) is not kill
    there, here = published_bytes(tmp_path / "out", OWN), published_bytes(local / "out", OWN)
    assert [name for name in here if there.get(name) != here[name]] == []
    found = json.loads((tmp_path / "out" / "run.json").read_text())["documents"]
    assert (found["total"], found["failed"]) == (DOCUMENTS, 0)


def kill_when_busy(documents: Path, pid: int) -> None:
    """Kill the worker when the first results are there."""
    while len(list(documents.glob("??/*"))) < 2:
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
