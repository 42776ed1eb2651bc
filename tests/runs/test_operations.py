"""docs/operations.md keeps its word: its commands run, its exit codes and files are those of the program."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.cli.app import run_app
from pipeline.settings import RunOptions, read_flows
from tests.run_factory import ROOT, make_folder
from tests.runs.test_flow import COMMANDS

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TYPED = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.strip().split("\n")]

# By root, on an empty machine; the wheel test installs the program, and nothing here may make users.
INSTALLING = (
    "python3 -m venv /opt/topology/.venv",
    "/opt/topology/.venv/bin/pip install -c constraints.txt .",
    "useradd --system --home-dir /srv/topology --shell /usr/sbin/nologin topology",
    "install -d -o topology -g topology /srv/topology",
)


def test_every_prefect_command_is_run_by_the_flow_test() -> None:
    """With another port: the test's server is its own."""
    typed = [line for line in TYPED if line.startswith("prefect ") or line in COMMANDS]
    assert [line.replace("--port 4200", "--port PORT") for line in typed] == list(COMMANDS)


def test_every_other_line_is_a_topology_command_or_a_variable() -> None:
    known = ("prefect ", "topology ", "export PREFECT_")
    assert [line for line in TYPED if not line.startswith(known)] == list(INSTALLING)


def test_the_topology_commands_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order of the page, in a project made by its first command, with PDFs and without a network."""
    monkeypatch.chdir(tmp_path)
    for line in (line for line in TYPED if line.startswith("topology ")):
        if "--prefect" in line or line in COMMANDS:
            continue  # run by tests/runs/test_flow.py
        typed = line.partition(" && ")[0]  # what follows would ask somebody else's server
        words = [word.replace("/srv/topology", "project") for word in shlex.split(typed)[1:]]
        code = run_app(words)
        assert code == 0, (line, capsys.readouterr().err)
        if words[0] == "init":
            monkeypatch.chdir(tmp_path / "project")
            make_folder(Path("raw_pdfs"))


def test_the_units_call_commands_that_exist() -> None:
    unit = configparser.RawConfigParser()
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read(ROOT / "docs" / "systemd" / "topology.service")
    words = shlex.split(unit["Service"]["ExecStart"])
    assert words[0].endswith("/bin/topology")
    assert words[1:] == ["run", "--fetch", "--wait", "3600"]
    assert unit["Service"]["SuccessExitStatus"] == "1"
    timer = configparser.RawConfigParser()
    timer.read(ROOT / "docs" / "systemd" / "topology.timer")
    assert timer["Timer"]["OnCalendar"].endswith("Asia/Jakarta")


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    for path in sorted((ROOT / "docs" / "systemd").iterdir()):
        text = (
            path.read_text().replace("/opt/topology/.venv/bin/topology", "/bin/true").replace("=topology\n", "=root\n")
        )
        (tmp_path / path.name).write_text(text)
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    told = subprocess.run([verify, "verify", *units], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def test_every_parameter_of_the_page_exists() -> None:
    names = set(RunOptions.__dataclass_fields__)
    assert set(re.findall(r"--param (\w+)=", PAGE)) <= names
    assert {"webhook", "wait"} <= names
    read_flows(ROOT / "flows.yaml")
