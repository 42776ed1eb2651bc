"""The server killed in the middle of the work: what was acknowledged is there, in order, once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from pipeline.review.judgements import read_judgements
from pipeline.settings import Settings
from tests.browser import free_port
from tests.review.web_factory import make_citations, make_project

pytestmark = pytest.mark.slow

WRITERS = 4
DECISIONS = 1000
KILLS_AFTER = (150, 400, 700)  # acknowledged decisions


class Server:
    """`topology review` as a process that can be killed and started again on the same port."""

    def __init__(self, settings: Settings) -> None:
        self.port = free_port()
        folders = ["--input", settings.input, "--output", settings.output, "--gazetteer", settings.gazetteer]
        self.command = [
            sys.executable,
            "-m",
            "pipeline.cli",
            "review",
            "--port",
            str(self.port),
            *map(str, folders),
        ]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"Review page: http://127.0.0.1:"), "the server did not start"
        return process

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def write(server: Server, writer: int, acknowledged: dict[int, list[str]]) -> None:
    """One reviewer's decisions, each sent until it is acknowledged, as a browser or a patient person does it."""
    ids = [citation.id for citation in make_citations()]
    with httpx.Client(base_url=server.address, timeout=10, headers={"Accept": "application/json"}) as client:
        client.cookies.set(f"topology_review_{server.port}_name", f"writer {writer}")
        token = ""
        for number in range(DECISIONS // WRITERS):
            form = {
                "verdict": ("reject", "unsure")[number % 2],
                "note": f"{writer}-{number}",
                "form": f"{writer}-{number}",
            }
            address = f"/citations/{ids[number % len(ids)]}/judge"
            while True:
                try:
                    answer = client.post(address, data={**form, "csrf": token})
                    if answer.status_code == 200:
                        break
                    assert answer.status_code == 403, answer.text  # the server is a new one: its page is loaded again
                    token = client.get("/session.json").json()["csrf"]
                except httpx.TransportError:
                    time.sleep(0.05)
            acknowledged[writer] += answer.json()["judgements"]


def test_every_acknowledged_decision_is_there_in_order_once(tmp_path: Path) -> None:
    settings = make_project(tmp_path, with_pdf=False)
    server = Server(settings)
    acknowledged: dict[int, list[str]] = {writer: [] for writer in range(WRITERS)}
    threads = [threading.Thread(target=write, args=(server, writer, acknowledged)) for writer in range(WRITERS)]
    kept_at_kill = []
    try:
        for thread in threads:
            thread.start()
        for kill_after in KILLS_AFTER:
            while sum(map(len, acknowledged.values())) < kill_after:
                assert any(thread.is_alive() for thread in threads)
                time.sleep(0.005)
            server.kill()
            seen = {identity for ids in acknowledged.values() for identity in list(ids)}
            on_disk = {line.id for line in read_judgements(settings.gazetteer / "judgements.jsonl").lines}
            kept_at_kill.append(seen <= on_disk)
            server.process = server.start()
        for thread in threads:
            thread.join(120)
    finally:
        server.kill()
    read = read_judgements(settings.gazetteer / "judgements.jsonl")
    lines = [line.id for line in read.lines]
    assert kept_at_kill == [True] * len(KILLS_AFTER)
    assert len(lines) == len(set(lines)) == DECISIONS
    assert sorted(lines) == sorted(identity for ids in acknowledged.values() for identity in ids)
    for writer, ids in acknowledged.items():
        mine = [line for line in read.lines if line.reviewer == f"writer {writer}"]
        assert [line.id for line in mine] == ids
        assert [line.note for line in mine] == [f"{writer}-{number}" for number in range(DECISIONS // WRITERS)]


def test_writers_of_several_processes_lose_nothing(tmp_path: Path) -> None:
    """Four processes append to one file; each line is whole, there once, and in its writer's order."""
    script = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from pipeline.review.judgements import JudgementLog, parse_judgement\n"
        "log = JudgementLog(Path(sys.argv[1]))\n"
        "for number in range(100):\n"
        "    row = {'id': f'j-{sys.argv[2]}-{number}', 'citation_id': 'c', 'verdict': 'accept', 'target_id': None,\n"
        "           'status': None, 'reviewer': sys.argv[2], 'decided_at': '2026-11-24', 'note': 'x' * 3000}\n"
        "    log.append([parse_judgement(json.dumps(row))])\n"
    )
    path = tmp_path / "judgements.jsonl"
    started = [subprocess.Popen([sys.executable, "-c", script, str(path), str(writer)]) for writer in range(WRITERS)]
    assert [process.wait(120) for process in started] == [0] * WRITERS
    read = read_judgements(path)
    assert (len(read.lines), read.issues) == (WRITERS * 100, ())
    assert len(path.read_text().splitlines()) == WRITERS * 100
    for writer in range(WRITERS):
        mine = [line.id for line in read.lines if line.reviewer == str(writer)]
        assert mine == [f"j-{writer}-{number}" for number in range(100)]


def test_the_port_in_use_is_one_line(tmp_path: Path) -> None:
    server = Server(make_project(tmp_path, with_pdf=False))
    try:
        second = subprocess.run(server.command, capture_output=True, text=True, timeout=60, check=False)
    finally:
        server.kill()
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.splitlines() == [
        f"127.0.0.1:{server.port}: cannot listen there (Address already in use); choose another --port"
    ]


def test_without_a_run_there_is_one_line_too(tmp_path: Path) -> None:
    settings = make_project(tmp_path, with_pdf=False)
    (settings.output / "citations.csv").unlink()
    command = [sys.executable, "-m", "pipeline.cli", "review", "--output", str(settings.output)]
    done = subprocess.run(
        [*command, "--gazetteer", str(settings.gazetteer)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (
        2,
        f"{settings.output / 'citations.csv'}: not there; `topology run` writes it\n",
    )


def test_another_address_prints_its_token(tmp_path: Path) -> None:
    settings = make_project(tmp_path, with_pdf=False)
    server = Server.__new__(Server)
    server.port = free_port()
    folders = ["--input", settings.input, "--output", settings.output, "--gazetteer", settings.gazetteer]
    command = ["review", "--host", "0.0.0.0", "--port", str(server.port), *map(str, folders)]
    process = subprocess.Popen([sys.executable, "-m", "pipeline.cli", *command], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = line.split()[2].replace("0.0.0.0", "127.0.0.1")
        assert "/queue?token=" in address
        assert httpx.get(address.partition("?")[0]).status_code == 403
        assert json.loads(httpx.get(address.replace("/queue", "/session.json")).text)["reviewer"]
    finally:
        process.kill()
        process.communicate()
