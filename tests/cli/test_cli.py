"""The command line: data on stdout, talk on stderr, one line for each mistake, the exit code that was promised."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.app import make_app, run_app
from tests.run_factory import ROOT, copy_gazetteer, make_folder

# What takes long to import; how long `--help` takes without it, tests/benchmarks/bench_cli.py measures.
HEAVY = ("spacy", "pandas", "prefect", "pyarrow", "networkx", "pypdfium2", "numpy", "rapidfuzz", "httpx", "rich.table")


def commands() -> list[list[str]]:
    """Every command and group, as one types it."""
    app = make_app()
    found = [[command.name or command.callback.__name__] for command in app.registered_commands if command.callback]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        assert group.name is not None
        found.append([group.name])
        for command in group.typer_instance.registered_commands:
            assert command.callback is not None
            found.append([group.name, (command.name or command.callback.__name__).replace("_", "-")])
    return [[], *found]


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = run_app([str(each) for each in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def give(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test stands in a folder of its own, with the gazetteer in its usual place."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gazetteer").symlink_to(ROOT / "gazetteer")


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_help_ends_with_an_example(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    code, out, err = call(capsys, *command, "--help")
    assert (code, err) == (0, "")
    last = " ".join(out.rpartition("Example:")[2].split())
    assert "\n\n" not in out.rpartition("Example:")[2].strip()
    assert f"topology {' '.join(command)}".strip() in last


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from pipeline.cli.app import run_app; run_app(['--help']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in HEAVY if f" {name} " in loaded.replace("\n", " ")] == []


# What is prepared, the command, the exit code, and the one line on stderr.


def nothing(folder: Path) -> None: ...


def empty_folder(folder: Path) -> None:
    (folder / "pdfs").mkdir()


def no_pdfs(folder: Path) -> None:
    empty_folder(folder)
    (folder / "pdfs" / "notes.txt").write_text("notes")


def broken_gazetteer(folder: Path) -> None:
    make_folder(folder / "pdfs")
    gazetteer = copy_gazetteer(folder / "broken")
    path = gazetteer / "documents.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",2005-07-26,", ",2005-77-26,", 1), encoding="utf-8")


def unknown_key(folder: Path) -> None:
    make_folder(folder / "pdfs")
    (folder / "flows.yaml").write_text("deployments: []\nspeed: high\n")


def bad_sources(folder: Path) -> None:
    make_folder(folder / "pdfs")
    (folder / "pdfs" / "SOURCES.csv").write_text("name,id\na,b\n")


def twice_in_sources(folder: Path) -> None:
    make_folder(folder / "pdfs")
    (folder / "pdfs" / "SOURCES.csv").write_text("file,document_id\na.pdf,x\na.pdf,y\n")


def file_as_output(folder: Path) -> None:
    make_folder(folder / "pdfs")
    (folder / "out").write_text("I am a file")


RUN = "run --input pdfs --output out"
MISTAKES: list[tuple[str, Callable[[Path], None], str, int, str]] = [
    ("no folder", nothing, RUN, 2, "pdfs: no such folder; name one with PDFs in it: --input FOLDER"),
    (
        "empty folder",
        empty_folder,
        RUN,
        2,
        "pdfs: is empty; put PDF, HTML or DOCX files there, or name another folder: --input FOLDER",
    ),
    (
        "no PDFs",
        no_pdfs,
        RUN,
        2,
        "pdfs: holds no document that can be read; put PDF, HTML or DOCX files there, or name another folder: "
        "--input FOLDER",
    ),
    (
        "broken gazetteer",
        broken_gazetteer,
        f"{RUN} --gazetteer broken",
        2,
        "broken/documents.csv:2: issued: '2005-77-26': write a date as 2007, 2007-11 or 2007-11-20, as precise as it is"
        " known",
    ),
    (
        "no gazetteer",
        no_pdfs,
        f"{RUN} --gazetteer none",
        2,
        "none: no such folder; name the gazetteer's: --gazetteer FOLDER",
    ),
    (
        "unknown key",
        unknown_key,
        RUN,
        2,
        "flows.yaml: speed: unknown key; known are name, prefect-version, build, push, pull, definitions, deployments",
    ),
    (
        "no such columns",
        bad_sources,
        RUN,
        2,
        "pdfs/SOURCES.csv: has no columns `file` and `document_id`; its first line must name the columns",
    ),
    ("two rows", twice_in_sources, RUN, 2, "pdfs/SOURCES.csv: row 3: a.pdf has a row already; keep one of them"),
    (
        "output is a file",
        file_as_output,
        RUN,
        3,
        "out: Not a directory; mend that and run again, what was published before is as it was",
    ),
    ("bad OCR mode", nothing, f"{RUN} --ocr maybe", 2, "command line: ocr: 'maybe' is none of off, auto, force"),
    (
        "bad day",
        nothing,
        f"{RUN} --as-of 2019-13",
        2,
        "command line: as_of: '2019-13' is not a date: month must be in 1..12",
    ),
    (
        "unknown option",
        nothing,
        "run --outptu x",
        2,
        "topology run: No such option: --outptu (Possible options: --output) See `topology run --help`",
    ),
    (
        "unknown command",
        nothing,
        "rnu",
        2,
        "topology: No such command 'rnu'. Did you mean 'run'? See `topology --help`",
    ),
    ("no such PDF", nothing, "read none.pdf", 2, "none.pdf: no such file; name a PDF"),
    (
        "no passwords",
        no_pdfs,
        f"{RUN} --password-file none",
        2,
        "none: cannot be read ([Errno 2] No such file or directory: 'none'); --password-file takes one password a line",
    ),
    ("no run", nothing, "map --output out", 2, "out: holds no run; make one: topology run --output out"),
    ("no run to tell of", nothing, "ledger --output out", 2, "out: holds no run; make one: topology run --output out"),
    ("no changes", nothing, "changes --output out", 2, "out: holds no run; make one: topology run --output out"),
]


@pytest.mark.parametrize(
    ("prepare", "typed", "code", "line"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    prepare: Callable[[Path], None],
    typed: str,
    code: int,
    line: str,
) -> None:
    prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert call(capsys, *typed.split()) == (code, "", f"{line}\n")
    after = sorted(tmp_path.rglob("*"))
    assert [path for path in after if ".topology" not in path.parts] == before, "but for the history of runs"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """A folder with a finished run, its exit code, and what it said."""
    folder = tmp_path_factory.mktemp("cli")
    make_folder(folder / "pdfs")
    code = "import sys; from pipeline.cli.app import main; main()"
    places = ["--input", "pdfs", "--output", "out", "--gazetteer", str(ROOT / "gazetteer"), "--workers", "1"]
    run = subprocess.run(
        [sys.executable, "-c", code, "run", *places], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.stdout == ""
    return folder, run.returncode, run.stderr


def test_a_run_says_what_it_found_and_where_the_map_lies(done: tuple[Path, int, str]) -> None:
    folder, code, told = done
    assert code == 0, told
    assert "What was found" in told
    assert told.rstrip().endswith("Map: out/topology_map.html")
    assert (folder / "out" / "topology_map.html").is_file()
    rows = dict(line.rsplit(None, 1) for line in told.split("\n") if line.strip() and line[-1].isdigit())
    assert (rows["documents"], rows["issues"]) == ("3", "0")


def test_an_unreadable_pdf_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    make_folder(tmp_path / "pdfs")
    (tmp_path / "pdfs" / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    code, out, err = call(capsys, *RUN.split(), "--workers", "1")
    assert (code, out) == (1, "")
    assert [line for line in err.split("\n") if "broken.pdf" in line] == [err.split("\n")[0]]


def test_only_unreadable_pdfs_is_exit_code_3(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    empty_folder(tmp_path)
    (tmp_path / "pdfs" / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    assert call(capsys, *RUN.split())[0] == 3


def test_nothing_new_imports_nothing_heavy(done: tuple[Path, int, str]) -> None:
    folder = done[0]
    code = "import sys; from pipeline.cli.app import run_app; run_app(sys.argv[1:]); print(*sys.modules)"
    typed = ["run", "--input", "pdfs", "--output", "out", "--gazetteer", str(ROOT / "gazetteer"), "--workers", "1"]
    told = subprocess.run([sys.executable, "-c", code, *typed], cwd=folder, capture_output=True, text=True, check=True)
    record = json.loads((folder / "out" / "run.json").read_text())
    assert record["documents"] == {"total": 3, "read": 0, "relinked": 0, "kept": 3, "failed": 0}
    assert [name for name in ("spacy", "pandas", "prefect") if f" {name} " in told.stdout.replace("\n", " ")] == []


def test_nobody_reads_on() -> None:
    line = json.dumps({"id": "a", "text": "The AEC Blueprint 2025 rules. " * 20})
    code = "import sys; from pipeline.cli.app import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "cite", "--jsonl"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, told = process.communicate(f"{line}\n".encode() * 300)
    assert told == b""
    assert process.returncode in (0, 1)


# `topology cite`.

TEXT = "Ministers adopted the\nASEAN Digital Masterplan\n2025 and will develop an\fASEAN AI Roadmap."


def cite(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str, *options: str) -> Any:
    give(monkeypatch, text)
    code, out, err = call(capsys, "cite", *options)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_offsets_index_the_given_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = cite(capsys, monkeypatch, TEXT, "--source-date", "2021-12")
    spans = [TEXT[each["start"] : each["end"]] for each in found]
    assert spans == ["ASEAN Digital Masterplan\n2025", "ASEAN AI Roadmap"]
    assert [each["status"] for each in found] == ["existing", "planned"]
    assert found[0]["target_id"] == "adm2025"
    assert found[1]["target_title"] == "ASEAN AI Roadmap"
    assert set(found[0]) == {
        *("surface", "start", "end", "kind", "target_id", "target_title"),
        *("status", "status_basis", "cue", "confidence", "candidates"),
    }


def test_the_citing_document_does_not_cite_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The ASEAN Digital Masterplan 2025 builds on the ASEAN ICT Masterplan 2020."
    found = cite(capsys, monkeypatch, text, "--source-id", "adm2025")
    assert [each["target_id"] for each in found] == ["aim2020"]


def test_lines_in_lines_out(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"id": "a", "text": "It recalls the AEC Blueprint 2025.", "source_id": None, "source_date": "2019"},
        {"id": 7, "text": "Nothing here.\n"},
    ]
    give(monkeypatch, "".join(json.dumps(row) + "\n" for row in rows) + "\n")
    code, out, err = call(capsys, "cite", "--jsonl")
    assert (code, err) == (0, "")
    found = [json.loads(line) for line in out.split("\n") if line]
    assert [(each["id"], [one["target_id"] for one in each["citations"]]) for each in found] == [
        ("a", ["aec-blueprint-2025"]),
        (7, []),
    ]


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        ('{"id": 1}\n', ["--jsonl"], 'stdin: line 1: has no "text"; a line is {"id": ..., "text": ...}'),
        ("[]\n", ["--jsonl"], 'stdin: line 1: has no "text"; a line is {"id": ..., "text": ...}'),
        ("x", ["--source-date", "May"], "stdin: source_date: 'May' is not a date like 2007, 2007-11 or 2007-11-20"),
        (
            '{"id": 1, "text": "x"}\n\n{"text": "y", "source_date": "x"}',
            ["--jsonl"],
            "stdin: line 3: source_date: 'x' is not a date like 2007, 2007-11 or 2007-11-20",
        ),
    ],
)
def test_bad_text_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str, options: list[str], line: str
) -> None:
    give(monkeypatch, text)
    code, _, err = call(capsys, "cite", *options)
    assert (code, err) == (2, f"{line}\n")


def test_a_line_that_is_no_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, '{"text": "a"}\n{"text": \n')
    code, _, err = call(capsys, "cite", "--jsonl")
    assert code == 2
    assert err.startswith("stdin: line 2: is not JSON (")


# `topology read`, `map`, `ledger`, `changes`.


def test_read_prints_the_contract(capsys: pytest.CaptureFixture[str], done: tuple[Path, int, str]) -> None:
    code, out, err = call(capsys, "read", done[0] / "pdfs" / "adm2025.pdf")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert set(found) == {"pages", "issues"}
    page = found["pages"][0]
    assert {"number", "text", "blocks", "quality"} <= set(page)
    block = page["blocks"][0]
    assert {"zone", "start", "end", "bbox"} <= set(block)
    assert page["text"][block["start"] : block["end"]].startswith("ASEAN Digital Masterplan 2025")


def test_read_of_a_broken_pdf(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing")
    code, out, err = call(capsys, "read", path)
    assert code == 3
    assert json.loads(out)["pages"] == []
    assert err.startswith(f"{path}: ")


def test_the_map_is_drawn_again_elsewhere(
    capsys: pytest.CaptureFixture[str], done: tuple[Path, int, str], tmp_path: Path
) -> None:
    code, out, err = call(capsys, "map", "--output", done[0] / "out", "--format", "svg", "--to", tmp_path / "figures")
    assert (code, out, err) == (0, f"{tmp_path / 'figures' / 'topology_map.svg'}\n", "")
    again = (tmp_path / "figures" / "topology_map.svg").read_bytes()
    assert again == (done[0] / "out" / "topology_map.svg").read_bytes()


def test_the_map_of_a_day(capsys: pytest.CaptureFixture[str], done: tuple[Path, int, str], tmp_path: Path) -> None:
    options = ["--as-of", "2010", "--format", "svg", "--to", tmp_path]
    assert call(capsys, "map", "--output", done[0] / "out", *options)[0] == 0
    assert 'data-doc-id="adm2025"' not in (tmp_path / "topology_map.svg").read_text()


@pytest.mark.parametrize(
    "options", [["--include", "all"], ["--years", "then"], ["--focus", "none"], ["--format", "gif"]]
)
def test_a_map_that_cannot_be_drawn(
    capsys: pytest.CaptureFixture[str], done: tuple[Path, int, str], tmp_path: Path, options: list[str]
) -> None:
    code, out, err = call(capsys, "map", "--output", done[0] / "out", "--to", tmp_path, *options)
    assert (code, out, err.count("\n")) == (2, "", 1), err


def test_the_ledger(capsys: pytest.CaptureFixture[str], done: tuple[Path, int, str]) -> None:
    code, out, err = call(capsys, "ledger", "--output", done[0] / "out", "--format", "csv")
    assert (code, err) == (0, "")
    assert out == (done[0] / "out" / "promises.csv").read_text(encoding="utf-8")


def test_changes_against_an_earlier_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    make_folder(tmp_path / "pdfs")
    for name in ("rivers.pdf", "statement.pdf"):
        assert call(capsys, *RUN.split(), "--workers", "1")[0] == 0
        (tmp_path / "pdfs" / name).unlink()
    assert call(capsys, *RUN.split(), "--workers", "1")[0] == 0
    last = call(capsys, "changes", "--output", "out")[1]
    assert "statement.pdf" in last
    assert "rivers.pdf" not in last
    since = call(capsys, "changes", "--output", "out", "--against", "1")[1]
    assert "statement.pdf" in since
    assert "rivers.pdf" in since
    assert call(capsys, "changes", "--output", "out", "--against", "out", "--format", "csv")[1].count("\n") == 1
    code, _, err = call(capsys, "changes", "--output", "out", "--against", "9")
    assert (code, err) == (2, "out: run 9 is not kept (kept are: 1, 2, 3); name one of these, or raise --keep\n")


def test_a_read_only_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    if os.geteuid() == 0 or shutil.which("chattr") is None:
        pytest.skip("root may write anywhere")
    make_folder(tmp_path / "pdfs")
    (tmp_path / "out").mkdir(mode=0o500)
    code, _, err = call(capsys, *RUN.split())
    assert (code, err.count("\n")) == (3, 1)
