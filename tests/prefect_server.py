"""A real Prefect server for the tests that need one, and what its user types."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

BIN = Path(sys.executable).parent
SERVER = "prefect server start --host 127.0.0.1 --port PORT"
# On a busy machine of two cores a server took 21 s to start, and a run of three PDFs three minutes.
PATIENCE = 600.0


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

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def errors(self) -> list[str]:
        """What the server logged as an error, but for a moment's wait for SQLite on a busy machine."""
        entries = re.split(r"^(?=\d\d:\d\d:\d\d)", self.log(), flags=re.MULTILINE)
        bad = [each for each in entries if "| ERROR" in each or "| CRITICAL" in each or "Traceback" in each]
        return [each for each in bad if "database is locked" not in each]

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


@contextmanager
def start_server(folder: Path, home: Path) -> Iterator[Server]:
    """A server with its log in `folder`, up and running; it and what was started beside it end with the test."""
    server = Server(folder, home)
    try:
        server.start(SERVER.replace("PORT", str(server.port)))
        wait_for(server.is_up, server.log)
        yield server
    finally:
        server.stop()
