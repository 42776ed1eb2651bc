"""The flow on a real, private Prefect server: deployed, run by a worker, with the bytes of a local run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.runs.scan import InputError
from pipeline.settings import read_flows
from tests.prefect_server import SERVER, Server, start_server, wait_for
from tests.run_factory import FOREIGN, ROOT, make_folder, make_settings, published_bytes, put_foreign_program

# What docs/operations.md says to type, in its order; test_operations.py holds the page to it.
_, POOL, DEPLOY, WORKER, RUN, RUN_WITH = COMMANDS = (
    SERVER,
    "prefect work-pool create topology --type process",
    "topology deploy",
    "prefect worker start --pool topology --type process",
    "prefect deployment run topology/on-demand",
    "prefect deployment run topology/on-demand --param full=true --param batch=20",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder somewhere else: PDFs, gazetteer, flows.yaml, and a program that is none of ours."""
    folder = tmp_path_factory.mktemp("project")
    make_folder(folder / "raw_pdfs")
    put_foreign_program(folder)
    shutil.copytree(ROOT / "gazetteer", folder / "gazetteer", ignore=shutil.ignore_patterns(".*"))
    text = (ROOT / "flows.yaml").read_text(encoding="utf-8")
    (folder / "flows.yaml").write_text(text.replace("workers: 0", "workers: 2"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with start_server(project, tmp_path_factory.mktemp("prefect")) as server:
        yield server


def scheduled_runs(server: Server, **more: Any) -> dict[str, list[Any]]:
    """The runs that the server's scheduler has made, by the name of their deployment."""
    deployments = {each["id"]: each["name"] for each in server.ask("deployments/filter", {})}
    chosen = {"flow_runs": {"tags": {"all_": ["auto-scheduled"]}, **more}}
    found: dict[str, list[Any]] = {}
    for run in server.ask("flow_runs/filter", chosen):
        found.setdefault(deployments[run["deployment_id"]], []).append(run)
    return found


def worker_log(server: Server) -> str:
    return (server.folder / "worker.log").read_text()


def finish(server: Server, typed: str) -> Any:
    """Type the command that starts a run, and wait until the run has ended."""
    told = server.call(typed)
    name = re.search(r"Created flow run '([\w-]+)'", told)
    assert name, told
    chosen = {"flow_runs": {"name": {"any_": [name.group(1)]}}}

    def ended() -> Any:
        (found,) = server.ask("flow_runs/filter", chosen)
        return found if found["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    return wait_for(ended, lambda: worker_log(server))


@pytest.mark.slow
def test_deployed_flow_writes_the_bytes_of_a_local_run(project: Path, server: Server, tmp_path: Path) -> None:
    server.call(POOL)
    server.call(DEPLOY)
    planned = {"nightly", "weekly-full"}
    coming = {"state": {"type": {"any_": ["SCHEDULED"]}}}
    wait_for(lambda: scheduled_runs(server, **coming).keys() == planned, server.log)
    server.start(WORKER)
    run = finish(server, RUN)
    assert (run["state"]["type"], run["parameters"].get("full", False)) == ("COMPLETED", False), worker_log(server)

    local = tmp_path / "local"
    shutil.copytree(project / "raw_pdfs", local / "pdfs")
    from pipeline.core import run as run_local

    run_local(make_settings(local))
    there, here = published_bytes(project / "extracted"), published_bytes(local / "out")
    assert list(there) == list(here)
    assert [name for name in here if there[name] != here[name]] == []

    told = r"3 read; 3 documents, \d+ citations; 0 issues, 0 new"
    assert re.fullmatch(told, run["state"]["message"]), worker_log(server)

    tasks = server.ask("task_runs/filter", {"task_runs": {"flow_run_id": {"any_": [run["id"]]}}})
    names = sorted(task["name"].rsplit("-", 1)[0] for task in tasks)
    assert names == ["cite 1 of 1", "edges", "identify 1 of 1", "make_artifacts", "map"]
    artifacts = server.ask("artifacts/filter", {})
    kinds = {each["key"]: each["type"] for each in artifacts}
    assert kinds == {
        "topology-report": "markdown",
        "topology-changes": "markdown",
        "topology-edges": "table",
        "topology-issues": "table",
        "topology-map": "image",
        "topology-identify": "progress",
        "topology-cite": "progress",
    }

    again = finish(server, RUN_WITH)
    assert again["state"]["type"] == "COMPLETED", worker_log(server)
    assert (again["parameters"]["full"], again["parameters"]["batch"]) == (True, 20)
    own = ("run.json", "changes.csv", "changes.md", "report.html")
    assert published_bytes(project / "extracted", own) == published_bytes(local / "out", own)
    assert json.loads((project / "extracted" / "run.json").read_text())["documents"]["read"] == 3

    flows = project / "flows.yaml"
    flows.write_text(flows.read_text(encoding="utf-8").replace("30 2 * * *", "* * * * *"), encoding="utf-8")
    server.call(DEPLOY)
    ended = {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}
    fired = wait_for(lambda: scheduled_runs(server, **ended), server.log)
    assert [each["state"]["type"] for each in fired["nightly"]][:1] == ["COMPLETED"], worker_log(server)
    assert json.loads((project / "extracted" / "run.json").read_text())["documents"]["kept"] == 3
    assert not (project / FOREIGN).exists()
    assert server.errors() == []


@pytest.mark.slow
def test_the_flow_in_this_process(server: Server, tmp_path: Path) -> None:
    """`topology run --prefect`, in batches of one."""
    make_folder(tmp_path / "raw_pdfs")
    (tmp_path / "flows.yaml").write_text("definitions: {settings: {workers: 1}}\n")
    main = [sys.executable, "-c", "from pipeline.cli.app import main; main()", "run", "--prefect"]
    environment = server.environment | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(main, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "extracted" / "run.json").read_text())["documents"]["read"] == 3


@pytest.mark.slow
def test_a_failed_run_is_told(project: Path, server: Server, tmp_path: Path) -> None:
    """No PDF in the folder: the run fails, Prefect knows why, and the webhook hears of it."""
    heard: list[bytes] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None: ...

    (tmp_path / "empty").mkdir()
    with HTTPServer(("127.0.0.1", 0), Ear) as ear:
        threading.Thread(target=ear.serve_forever, daemon=True).start()
        code = "import sys; from pipeline.flow import topology; topology({'input': 'empty'}, webhook=sys.argv[1])"
        done = subprocess.run(
            [sys.executable, "-c", code, f"http://127.0.0.1:{ear.server_port}/"],
            cwd=tmp_path,
            env=server.environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        ear.shutdown()
    assert done.returncode == 1
    (told,) = (json.loads(each)["text"] for each in heard)
    assert told.startswith("topology ")
    assert "Failed" in told
    assert "gazetteer: no such folder" in told


@pytest.mark.slow
def test_a_server_that_is_dead_is_one_line(tmp_path: Path) -> None:
    make_folder(tmp_path / "raw_pdfs")
    main = [sys.executable, "-c", "from pipeline.cli.app import main; main()", "run", "--prefect"]
    dead = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_HOME": str(tmp_path / "home")}
    environment = {**os.environ, **dead, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(main, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    told = "Failed to reach API at http://127.0.0.1:9/api/; start that server, or unset PREFECT_API_URL\n"
    assert (done.returncode, done.stderr) == (3, told)
    assert not (tmp_path / "extracted").exists()


def test_memory_is_no_store_for_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import flow

    monkeypatch.setattr(flow, "_is_threaded", lambda: False)
    with pytest.raises(InputError, match="memory://x: lies in the memory of one process"):
        flow.topology.fn(remote="memory://x")


def test_the_deployments_of_flows_yaml() -> None:
    read_flows(ROOT / "flows.yaml")
    deployments = yaml.safe_load((ROOT / "flows.yaml").read_text(encoding="utf-8"))["deployments"]
    told = [
        (each["name"], [plan["cron"] for plan in each["schedules"]], {plan["timezone"] for plan in each["schedules"]})
        for each in deployments
    ]
    assert told == [
        ("nightly", ["30 2 * * *"], {"Asia/Jakarta"}),
        ("weekly-full", ["0 4 * * 0"], {"Asia/Jakarta"}),
        ("on-demand", [], set()),
    ]
    assert {each["entrypoint"] for each in deployments} == {"pipeline.flow.topology"}
    assert {each["concurrency_limit"]["limit"] for each in deployments} == {1}
