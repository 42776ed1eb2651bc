"""The flow on a real, private Prefect server: deployed, run by a worker, with the bytes of a local run."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
import yaml

from pipeline.settings import read_flows
from tests.run_factory import ROOT, make_folder, make_settings, published_bytes

BIN = Path(sys.executable).parent

# What docs/operations.md says to type, in its order; test_operations.py holds the page to it.
SERVER, POOL, DEPLOY, WORKER, RUN, RUN_WITH = COMMANDS = (
    "prefect server start --host 127.0.0.1 --port PORT",
    "prefect work-pool create topology --type process",
    "prefect --no-prompt deploy --prefect-file flows.yaml --all",
    "prefect worker start --pool topology --type process",
    "prefect deployment run topology/on-demand",
    "prefect deployment run topology/on-demand --param full=true --param batch=20",
)
# A server on a busy machine of two cores took 21 s to start.
PATIENCE = 180.0


class Server:
    """A Prefect server of this test alone, and the commands of its user."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")},
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, typed: str) -> None:
        words = typed.split()
        with (self.folder / f"{words[1]}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(words, cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT)
            )

    def call(self, typed: str) -> str:
        done = subprocess.run(
            typed.split(), cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{typed}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.api}/{path}", data, {"content-type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def is_up(self) -> bool:
        try:
            return bool(self.ask("health"))
        except (URLError, ConnectionError):
            return False


def wait_for(what: Callable[[], Any], describe: Callable[[], str]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.5)
    raise AssertionError(f"waited {PATIENCE} s in vain: {describe()}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder somewhere else: PDFs, gazetteer, flows.yaml, no program."""
    folder = tmp_path_factory.mktemp("project")
    make_folder(folder / "raw_pdfs")
    shutil.copytree(ROOT / "gazetteer", folder / "gazetteer", ignore=shutil.ignore_patterns(".*"))
    text = (ROOT / "flows.yaml").read_text(encoding="utf-8")
    (folder / "flows.yaml").write_text(text.replace("workers: 0", "workers: 2"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(project, tmp_path_factory.mktemp("prefect"))
    try:
        server.start(SERVER.replace("PORT", str(server.port)))
        wait_for(server.is_up, lambda: (project / "server.log").read_text())
        yield server
    finally:
        server.stop()


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

    tasks = server.ask("task_runs/filter", {"task_runs": {"flow_run_id": {"any_": [run["id"]]}}})
    names = sorted(task["name"].rsplit("-", 1)[0] for task in tasks)
    assert names == ["cite", "edges", "make_artifacts", "map"]
    artifacts = server.ask("artifacts/filter", {})
    kinds = {each["key"]: each["type"] for each in artifacts}
    assert kinds == {
        "topology-report": "markdown",
        "topology-changes": "markdown",
        "topology-edges": "table",
        "topology-issues": "table",
        "topology-map": "image",
    }

    again = finish(server, RUN_WITH)
    assert again["state"]["type"] == "COMPLETED", worker_log(server)
    assert (again["parameters"]["full"], again["parameters"]["batch"]) == (True, 20)
    own = ("run.json", "changes.csv", "changes.md", "report.html")
    assert published_bytes(project / "extracted", own) == published_bytes(local / "out", own)
    assert json.loads((project / "extracted" / "run.json").read_text())["documents"]["read"] == 3


@pytest.mark.slow
def test_the_flow_in_this_process(server: Server, tmp_path: Path) -> None:
    """`topology run --prefect`, in batches of one."""
    make_folder(tmp_path / "raw_pdfs")
    (tmp_path / "flows.yaml").write_text("definitions: {settings: {workers: 1}}\n")
    main = [sys.executable, "-c", "from pipeline.cli import main; main()", "run", "--prefect"]
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
