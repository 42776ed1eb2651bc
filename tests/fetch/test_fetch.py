"""Downloads from a real server on this machine, with the faults that real servers have."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from pipeline.core import run
from pipeline.fetch.download import is_allowed
from pipeline.fetch.fetch import Outcome, fetch
from pipeline.fetch.pages import find_links
from pipeline.runs.pool import Lines, Progress
from pipeline.runs.scan import InputError, scan_folder
from pipeline.settings import FetchLimits, ReadLimits, RunOptions
from pipeline.store import write_csv
from tests.run_factory import ROOT, SENTENCES, make_pdf, make_settings, read_rows

DAY, NEXT_DAY = date(2026, 11, 24), date(2026, 11, 25)
LIMITS = FetchLimits(tries=3, pause=0.01, answer_seconds=0.5, seconds=1.0, file_mb=1)


class Server(ThreadingHTTPServer):
    """Answers each path by the function that a test gives it, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answers.get(self.path, lambda handler: handler.send_error(404))(self)

    def log_message(self, *arguments: object) -> None: ...

    def give(self, body: bytes, status: int = 200, kind: str = "application/pdf", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    lines = ["ASEAN Digital Masterplan 2025", "Adopted on 22 January 2021", *SENTENCES]
    return make_pdf(tmp_path_factory.mktemp("pdf") / "a.pdf", lines).read_bytes()


def list_sources(folder: Path, *rows: tuple[str, str, str]) -> Path:
    """An input folder with these rows of file, document and address."""
    write_csv(folder / "pdfs" / "SOURCES.csv", ("file", "document_id", "url", "note"), [(*row, "kept") for row in rows])
    return folder


def fetch_all(folder: Path, day: date = DAY) -> tuple[Outcome, ...]:
    return fetch(make_settings(folder, fetch=LIMITS), day, Progress())


def fetch_one(folder: Path, server: Server, path: str = "/a.pdf") -> Outcome:
    (outcome,) = fetch_all(list_sources(folder, ("a.pdf", "adm2025", server.url(path))))
    return outcome


def sources(folder: Path) -> list[dict[str, str]]:
    return read_rows(folder / "pdfs" / "SOURCES.csv")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "pdfs").iterdir() if not path.name.startswith("."))


def test_a_download(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    outcome = fetch_one(tmp_path, server)
    assert outcome == Outcome(server.url("/a.pdf"), "a.pdf", "new")
    assert (tmp_path / "pdfs" / "a.pdf").read_bytes() == pdf
    (row,) = sources(tmp_path)
    assert (row["sha256"], row["retrieved"], row["note"]) == (hashlib.sha256(pdf).hexdigest(), "2026-11-24", "kept")
    assert files(tmp_path) == ["SOURCES.csv", "a.pdf"]


def test_the_second_time_it_asks_only_for_what_changed(tmp_path: Path, server: Server, pdf: bytes) -> None:
    def answer(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == '"v1"':
            handler.send_response(304)
            handler.end_headers()
        else:
            handler.give(pdf, ETag='"v1"', Last_Modified="Tue, 24 Nov 2026 10:00:00 GMT")

    server.answers["/a.pdf"] = answer
    fetch_one(tmp_path, server)
    before = (tmp_path / "pdfs" / "SOURCES.csv").read_bytes()
    (outcome,) = fetch_all(tmp_path, NEXT_DAY)
    assert outcome.outcome == "unchanged"
    asked = server.asked[-1][1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"v1"', "Tue, 24 Nov 2026 10:00:00 GMT")
    assert (tmp_path / "pdfs" / "SOURCES.csv").read_bytes() == before


def test_a_file_that_was_deleted_is_asked_for_again(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf, ETag='"v1"')
    fetch_one(tmp_path, server)
    (tmp_path / "pdfs" / "a.pdf").unlink()
    assert fetch_all(tmp_path)[0].outcome == "new"
    assert "If-None-Match" not in server.asked[-1][1]


def test_the_same_bytes_are_nothing_new(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    fetch_one(tmp_path, server)
    assert fetch_all(tmp_path, NEXT_DAY)[0].outcome == "unchanged"
    assert sources(tmp_path)[0]["retrieved"] == "2026-11-24"


def test_a_new_version_lies_beside_the_old_one_and_is_read(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    fetch_one(tmp_path, server)
    run(make_settings(tmp_path))
    changed = make_pdf(
        tmp_path / "b.pdf", ["ASEAN Digital Masterplan 2025", "Adopted on 22 January 2021", SENTENCES[2]]
    )
    server.answers["/a.pdf"] = lambda handler: handler.give(changed.read_bytes())
    for day in (NEXT_DAY, date(2026, 11, 26)):
        fetch_all(tmp_path, day)
    assert files(tmp_path) == ["SOURCES.csv", "a.2026-11-25.pdf", "a.pdf"]
    assert (tmp_path / "pdfs" / "a.pdf").read_bytes() == pdf
    assert [(row["file"], row["document_id"], row["superseded_by"]) for row in sources(tmp_path)] == [
        ("a.pdf", "adm2025", "a.2026-11-25.pdf"),
        ("a.2026-11-25.pdf", "adm2025", ""),
    ]
    result = run(make_settings(tmp_path))
    assert result.documents == {"total": 1, "read": 1, "relinked": 0, "kept": 0, "failed": 0}
    told = read_rows(tmp_path / "out" / "changes.csv")
    assert {(each["cause"], each["detail"]) for each in told} == {("replaced document", "a.2026-11-25.pdf")}


# What the server does, and what is said of it.


def to_no_address(handler: Handler) -> None:
    handler.give(b"", 302, Location="http://[bad]/x.pdf")


def not_packed(handler: Handler) -> None:
    handler.give(b"%PDF-1.7 plain bytes %%EOF", Content_Encoding="gzip")


def a_part(handler: Handler) -> None:
    handler.give(b"%PDF-1.7 the first bytes %%EOF", 206, Content_Range="bytes 0-29/5000")


def without_its_end(handler: Handler) -> None:
    """And without a length that would tell."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")


def page(handler: Handler) -> None:
    handler.give(
        b"<!DOCTYPE html><html><nav><a href='real.html'>the plan</a></nav>see there</html>",
        kind="text/html; charset=utf-8",
    )


def page_called_pdf(handler: Handler) -> None:
    handler.give(b"\n<HTML><body>not found</body></HTML>")


def image(handler: Handler) -> None:
    handler.give(b"\x89PNG....", kind="image/png")


def nothing(handler: Handler) -> None:
    handler.give(b"")


def gone(handler: Handler) -> None:
    handler.send_error(410)


def forbidden(handler: Handler) -> None:
    handler.send_error(403)


def always_busy(handler: Handler) -> None:
    handler.send_error(503)


def declared_too_large(handler: Handler) -> None:
    handler.give(b"%PDF-1.7 ", length=str(5 << 20))


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(64):
            handler.wfile.write(b"%PDF-1.7 " + bytes(1 << 16))
    except OSError:
        pass


def cut_off(handler: Handler) -> None:
    handler.give(b"%PDF-1.7 and then nothing", length="5000")
    handler.connection.close()


def silent(handler: Handler) -> None:
    time.sleep(0.8)


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(40):
            handler.wfile.write(b"%PDF-1.7 " * 200)
            time.sleep(0.2)
    except OSError:
        pass


def elsewhere(handler: Handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://169.254.169.254/latest/meta-data.pdf")
    handler.end_headers()


def to_a_file(handler: Handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "file:///etc/passwd")
    handler.end_headers()


def in_circles(handler: Handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "/a.pdf")
    handler.end_headers()


FAULTS = [
    (page, "is a page of "),
    (page_called_pdf, "is a page of "),
    (image, "is neither a PDF nor a page (image/png)"),
    (nothing, "is empty"),
    (gone, "the server answers 410"),
    (forbidden, "the server answers 403"),
    (always_busy, "the server answers 503 (tried 3 times)"),
    (declared_too_large, "is larger than 1 MB"),
    (endless, "is larger than 1 MB"),
    (cut_off, "the connection failed (RemoteProtocolError: "),
    (silent, "the connection failed (ReadTimeout: "),
    (drip, "takes longer than 1 seconds"),
    (elsewhere, "leads to 169.254.169.254, which is no allowed host"),
    (to_a_file, "file:///etc/passwd is no http address"),
    (in_circles, "more than 5 redirects"),
    (to_no_address, "the connection failed (RemoteProtocolError: Invalid URL"),
    (not_packed, "is not packed as its server says"),
    (a_part, "is only a part of a file (206)"),
    (without_its_end, "is cut off: it lacks the end of a PDF"),
]


@pytest.mark.parametrize(("answer", "reason"), FAULTS, ids=[each[0].__name__ for each in FAULTS])
def test_a_fault_is_an_issue_and_leaves_nothing(
    tmp_path: Path, server: Server, answer: Callable[[Handler], None], reason: str
) -> None:
    server.answers["/a.pdf"] = answer
    outcome = fetch_one(tmp_path, server)
    assert (outcome.outcome, outcome.reason[: len(reason)]) == ("refused", reason)
    assert outcome.remedy != ""
    assert files(tmp_path) == ["SOURCES.csv"]
    assert [path.name for path in (tmp_path / "pdfs").glob(".*.part")] == []


def test_nobody_there(tmp_path: Path, server: Server) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a.pdf"
        (outcome,) = fetch_all(list_sources(tmp_path, ("a.pdf", "adm2025", url)))
    assert outcome.reason.startswith("the connection failed (ConnectError: ")


def without_network(asked: list[str], pauses: list[float]) -> Any:
    """A downloader on a machine that finds no host."""
    import httpx

    from pipeline.fetch.download import Downloader

    def fail(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        raise httpx.ConnectError("[Errno -3] Temporary failure in name resolution") from socket.gaierror(-3)

    hosts = frozenset(f"{letter}.org" for letter in "abcde")
    return Downloader(httpx.Client(transport=httpx.MockTransport(fail)), hosts, FetchLimits(), pauses.append)


def test_a_network_that_is_off_is_given_up_at_once() -> None:
    """Each host is asked once, without a pause; after three the others are not asked at all."""
    from pipeline.fetch.download import UnreachedError, Validators

    asked: list[str] = []
    pauses: list[float] = []
    downloader = without_network(asked, pauses)
    told = []
    for letter in "aaabbcccddee":
        with pytest.raises(UnreachedError) as failure:
            downloader.download(f"https://{letter}.org/x.pdf", Validators(), Path("unused"))
        told.append((failure.value.host, failure.value.reason[:21]))
    assert (asked, pauses) == (["a.org", "b.org", "c.org"], [])
    assert (
        told
        == [(f"{letter}.org", "the connection failed") for letter in "aaabbccc"] + [("", "not asked: none of th")] * 4
    )


def test_a_host_that_is_not_there_is_one_line_and_one_issue(
    tmp_path: Path, server: Server, pdf: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the list is not touched where nothing was downloaded; a column that only we know is no reason."""
    from pipeline.cli.app import run_app

    names = [f"{letter}.pdf" for letter in "abc"]
    list_sources(tmp_path, *((name, "", f"http://nowhere.invalid/{name}") for name in names))
    before = (tmp_path / "pdfs" / "SOURCES.csv").read_bytes()
    assert run_app(["fetch", "--input", str(tmp_path / "pdfs")]) == 3
    (line, count) = capsys.readouterr().err.strip().split("\n")
    assert line.startswith("nowhere.invalid: the connection failed (ConnectError: ")
    assert line.endswith("; 3 addresses without answer; fetch again when the network is on, or correct the address")
    assert count == "0 new, 0 unchanged, 3 refused"
    assert (tmp_path / "pdfs" / "SOURCES.csv").read_bytes() == before
    make_pdf(tmp_path / "pdfs" / "mine.pdf", ["ASEAN Digital Masterplan 2025", "Adopted on 22 January 2021"])
    (told,) = run(make_settings(tmp_path)).issues
    assert told.startswith("nowhere.invalid: the connection failed")
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    list_sources(tmp_path, ("a.pdf", "", server.url("/a.pdf")))
    fetch_all(tmp_path)
    assert json.loads((tmp_path / "pdfs" / ".fetch.json").read_text())["issues"] == {}


def test_a_fault_leaves_the_old_file(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    fetch_one(tmp_path, server)
    server.answers["/a.pdf"] = cut_off
    assert fetch_all(tmp_path)[0].outcome == "refused"
    assert (tmp_path / "pdfs" / "a.pdf").read_bytes() == pdf


def test_what_cannot_be_opened_never_replaces_a_good_copy(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    fetch_one(tmp_path, server)
    server.answers["/a.pdf"] = lambda handler: handler.give(b"%PDF-1.7\nnothing of the kind\n%%EOF\n")
    (outcome,) = fetch_all(tmp_path, NEXT_DAY)
    assert outcome.reason == "cannot be opened, and does not take the place of the file that can"
    assert files(tmp_path) == ["SOURCES.csv", "a.pdf"]
    assert sources(tmp_path)[0]["superseded_by"] == ""


def test_one_bad_address_costs_itself_alone(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    list_sources(tmp_path, ("bad.pdf", "", "http://[bad/x.pdf"), ("a.pdf", "", server.url("/a.pdf")))
    bad, good = fetch_all(tmp_path)
    assert (bad.outcome, good.outcome) == ("refused", "new")
    assert bad.reason.startswith("http://[bad/x.pdf is no address")


def test_a_watched_page_with_a_base_a_bad_link_and_an_odd_encoding(tmp_path: Path, server: Server, pdf: bytes) -> None:
    text = (
        b"<base href='/docs/'><a href='based.pdf'>x</a><a href='javascript:void(0)'>y</a><a href='http://[bad/x.pdf'>z"
    )
    server.answers["/list.html"] = lambda handler: handler.give(text, kind="text/html; charset=bogus-8")
    server.answers["/docs/based.pdf"] = lambda handler: handler.give(pdf)
    write_csv(tmp_path / "pdfs" / "WATCH.csv", ("url", "links"), [(server.url("/list.html"), "")])
    refused, new = fetch_all(tmp_path)
    assert (refused.reason, new.outcome) == ("has links that are no addresses: http://[bad/x.pdf", "new")
    assert new.url == server.url("/docs/based.pdf")


def test_a_server_that_is_busy_for_a_while(tmp_path: Path, server: Server, pdf: bytes) -> None:
    def answer(handler: Handler) -> None:
        if len(server.asked) < 3:
            handler.send_response(429)
            handler.send_header("Retry-After", "0")
            handler.end_headers()
        else:
            handler.give(pdf)

    server.answers["/a.pdf"] = answer
    assert fetch_one(tmp_path, server).outcome == "new"
    assert len(server.asked) == 3


def test_pauses_double_and_what_the_server_asks_for_counts() -> None:
    import httpx

    from pipeline.fetch.download import Downloader, RefusedError, Validators

    answers = iter([{"retry-after": "7"}, {}, {}, {}])
    pauses: list[float] = []
    transport = httpx.MockTransport(lambda request: httpx.Response(503, headers=next(answers)))
    limits = FetchLimits(tries=4, pause=1.0)
    with httpx.Client(transport=transport) as client:
        downloader = Downloader(client, frozenset({"a.org"}), limits, pauses.append)
        with pytest.raises(RefusedError):
            downloader.download("https://a.org/a.pdf", Validators(), Path("unused"))
    assert pauses == [7.0, 2.0, 4.0]


def test_a_redirect_on_the_same_host_is_followed(tmp_path: Path, server: Server, pdf: bytes) -> None:
    def answer(handler: Handler) -> None:
        handler.send_response(301)
        handler.send_header("Location", "/b/real.pdf")
        handler.end_headers()

    server.answers |= {"/a.pdf": answer, "/b/real.pdf": lambda handler: handler.give(pdf)}
    assert fetch_one(tmp_path, server).outcome == "new"
    assert files(tmp_path) == ["SOURCES.csv", "a.pdf"]


def test_issues_are_told_by_runs_until_a_fetch_succeeds(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers |= {"/a.pdf": lambda handler: handler.give(pdf), "/b.pdf": page}
    list_sources(tmp_path, ("a.pdf", "adm2025", server.url("/a.pdf")), ("b.pdf", "mpac-2025", server.url("/b.pdf")))
    fetch_all(tmp_path)
    result = run(make_settings(tmp_path))
    remedy = "open it in a browser, and put the address of the document itself into SOURCES.csv"
    assert result.issues == (f"b.pdf: {server.url('/b.pdf')} is a page of 2 words, and no PDF; {remedy}",)
    assert result.exit_code == 1
    server.answers["/b.pdf"] = lambda handler: handler.give(pdf.replace(b"a", b"a"))
    fetch_all(tmp_path)
    assert not any("is a page" in line for line in run(make_settings(tmp_path)).issues)


WORDS = "The Ministers welcomed the ASEAN Digital Masterplan 2025 and asked their officials to go on. "
LINKS = "<a href='/real.pdf'>the plan</a> <a href='/real.pdf#page=2'>page 2</a>"

# The title and body of a page, and what becomes of it: the file that is kept, or why none is.
PAGES = [
    ("Joint statement", WORDS * 30, "a.html"),
    ("Joint statement", f"<nav>{LINKS}</nav>{WORDS * 30}", "a.html"),
    ("Press release", WORDS * 9, "a.html"),
    ("The plan is out", f"<p>Read it here.</p>{LINKS}", "a.pdf"),
    ("The plans are out", f"{LINKS} <a href='/other.pdf'>the other plan</a>", "is a page that links to 2 PDFs"),
    ("Members", "<form><input type='password'></form> Your name and password, please.", "asks for a password"),
    ("Log in", WORDS * 30, "is a page that says 'Log in'"),
    ("Page not found", f"{WORDS * 30}{LINKS}", "is a page that says 'not found'"),
    ("Welcome", "We use cookies. Accept all cookies or reject cookies. " * 4, "is a notice of cookies"),
    ("Home", f"<nav>{WORDS * 30}</nav><footer>{WORDS * 30}</footer>Welcome.", "is a page of 1 words, and no PDF"),
]


@pytest.mark.parametrize(("title", "body", "becomes"), PAGES, ids=[f"{each[0]}: {each[2]}" for each in PAGES])
def test_a_page_is_kept_followed_or_refused(
    tmp_path: Path, server: Server, pdf: bytes, title: str, body: str, becomes: str
) -> None:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()
    server.answers |= {
        "/a": lambda handler: handler.give(html, kind="text/html"),
        "/real.pdf": lambda handler: handler.give(pdf),
    }
    outcome = fetch_one(tmp_path, server, "/a")
    if not becomes.startswith("a."):
        assert (outcome.reason, files(tmp_path)) == (becomes, ["SOURCES.csv"])
        return
    assert outcome.outcome == "new"
    assert files(tmp_path) == ["SOURCES.csv", becomes]
    content = html if becomes == "a.html" else pdf
    assert (tmp_path / "pdfs" / becomes).read_bytes() == content
    (row,) = sources(tmp_path)
    assert (row["file"], row["sha256"]) == (becomes, hashlib.sha256(content).hexdigest())


def test_a_page_is_new_only_if_its_words_are(tmp_path: Path, server: Server) -> None:
    """A number against forgery changes with each visit; the run reads the newest page."""
    text, visits = WORDS * 30, iter(range(9))

    def answer(handler: Handler) -> None:
        handler.give(
            f"<html><meta name='token' content='{next(visits)}'><p>{text}</p></html>".encode(), kind="text/html"
        )

    server.answers["/a"] = answer
    assert fetch_one(tmp_path, server, "/a").outcome == "new"
    assert fetch_all(tmp_path, NEXT_DAY)[0].outcome == "unchanged"
    text += "They adopted the ASEAN Charter."
    assert fetch_all(tmp_path, NEXT_DAY)[0].file == "a.2026-11-25.html"
    assert [each.file for each in scan_folder(tmp_path / "pdfs", ReadLimits()).inputs] == ["a.2026-11-25.html"]


def test_a_page_never_takes_the_place_of_a_pdf_that_came_from_there(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a"] = lambda handler: handler.give(pdf)
    fetch_one(tmp_path, server, "/a")
    server.answers["/a"] = lambda handler: handler.give(f"<html>{WORDS * 30}</html>".encode(), kind="text/html")
    assert fetch_all(tmp_path, NEXT_DAY)[0].reason == "is a page now, where it was a PDF"
    assert files(tmp_path) == ["SOURCES.csv", "a.pdf"]


def test_what_is_in_a_folder_that_cannot_be_written_is_read(
    tmp_path: Path, pdf: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root may write everywhere, so the lock plays the folder."""

    class Refused(FileLock):
        def acquire(self, *args: Any, **kwargs: Any) -> Any:
            raise PermissionError(13, "Permission denied", self.lock_file)

    list_sources(tmp_path, ("a.pdf", "adm2025", "http://127.0.0.1:9/a.pdf"))
    (tmp_path / "pdfs" / "a.pdf").write_bytes(pdf)
    monkeypatch.setattr("pipeline.fetch.fetch.FileLock", Refused)
    result = run(make_settings(tmp_path), RunOptions(fetch=True), Lines())
    assert (result.documents["total"], result.issues) == (1, ())
    assert "nothing was fetched, what is there is read" in capsys.readouterr().err


def test_a_watched_page_adds_what_it_links_to(tmp_path: Path, server: Server, pdf: bytes) -> None:
    html = b"""<html><body><a href="docs/Plan%20of%20Action.pdf">plan</a> <a href="/docs/old.pdf#page=2">old</a>
    <a href="http://elsewhere.example/x.pdf">x</a> <a href="minutes.PDF">m</a> <a href="index.html">i</a></body>"""
    server.answers |= {
        "/list/": lambda handler: handler.give(html, kind="text/html"),
        "/list/docs/Plan%20of%20Action.pdf": lambda handler: handler.give(pdf),
    }
    list_sources(tmp_path, ("old.pdf", "", server.url("/docs/old.pdf")))
    write_csv(tmp_path / "pdfs" / "WATCH.csv", ("url", "links"), [(server.url("/list/"), "(?i)docs/|elsewhere")])
    told = {each.file: (each.outcome, each.reason) for each in fetch_all(tmp_path)}
    assert told == {
        "old.pdf": ("refused", "the server answers 404"),
        "Plan-of-Action.pdf": ("new", ""),
        "x.pdf": ("refused", "leads to elsewhere.example, which is no allowed host"),
    }
    assert files(tmp_path) == ["Plan-of-Action.pdf", "SOURCES.csv", "WATCH.csv"]


def test_links_of_a_page() -> None:
    hrefs = ' href=" a.pdf "| href="A.PDF?v=2"| href="/b/c.pdf#p"| name="n.pdf"| href="a.pdf"| HREF="//h/d.pdf"'
    text = "".join(f"<a{each}>link</a>" for each in hrefs.split("|"))
    assert find_links("https://asean.org/x/y.html", text)[0] == (
        "https://asean.org/x/a.pdf",
        "https://asean.org/x/A.PDF?v=2",
        "https://asean.org/b/c.pdf",
        "https://h/d.pdf",
    )


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("asean.org", True),
        ("www.asean.org", True),
        ("ASEAN.org", True),
        ("evil-asean.org", False),
        ("asean.org.evil.example", False),
        ("agreement.asean.org", False),
        ("127.0.0.1", False),
        ("", False),
    ],
)
def test_allowed_hosts(host: str, allowed: bool) -> None:
    assert is_allowed(host, frozenset({"asean.org"})) is allowed


@pytest.mark.parametrize("name", ["../../outside.pdf", "/etc/outside.pdf", "a/b.pdf", ".hidden.pdf", "a.exe"])
def test_a_row_cannot_write_outside_the_folder(tmp_path: Path, server: Server, name: str) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(b"%PDF-1.7")
    with pytest.raises(InputError, match=r"SOURCES\.csv"):
        fetch_all(list_sources(tmp_path / "in", (name, "adm2025", server.url("/a.pdf"))))
    assert server.asked == []


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([("", "")], "WATCH.csv: row 2: has no url; the columns are url, links (a pattern), document_id"),
        ([("http://a.org", "(")], "WATCH.csv: row 2: links: '(' is no pattern"),
    ],
)
def test_a_watch_list_that_is_none(tmp_path: Path, rows: list[tuple[str, str]], line: str) -> None:
    list_sources(tmp_path)
    write_csv(tmp_path / "pdfs" / "WATCH.csv", ("url", "links"), rows)
    with pytest.raises(InputError, match=line.replace("(", r"\(").replace(")", r"\)")):
        fetch_all(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        fetch_all(tmp_path)


def test_what_was_remembered_may_be_spoilt(tmp_path: Path, server: Server, pdf: bytes) -> None:
    server.answers["/a.pdf"] = lambda handler: handler.give(pdf, ETag='"v1"')
    fetch_one(tmp_path, server)
    (tmp_path / "pdfs" / ".fetch.json").write_text("{")
    assert fetch_all(tmp_path)[0].outcome == "unchanged"
    assert json.loads((tmp_path / "pdfs" / ".fetch.json").read_text())["issues"] == {}


def test_the_command(tmp_path: Path, server: Server, pdf: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.cli.app import run_app

    server.answers["/a.pdf"] = lambda handler: handler.give(pdf)
    rows = [("a.pdf", "adm2025", server.url("/a.pdf")), ("b.pdf", "mpac-2025", server.url("/b.pdf"))]
    list_sources(tmp_path, *rows)
    code = run_app(["fetch", "--input", str(tmp_path / "pdfs"), "--json"])
    told = capsys.readouterr()
    found: list[dict[str, Any]] = json.loads(told.out)
    assert (code, [each["outcome"] for each in found]) == (1, ["new", "refused"])
    assert told.err.split("\n")[-2] == "1 new, 0 unchanged, 1 refused"
    assert f"b.pdf: {server.url('/b.pdf')} the server answers 404; " in told.err


def test_every_address_of_the_project_can_be_asked() -> None:
    """Nothing is downloaded here: each row has a file name that may be written, and an http address."""
    from urllib.parse import urlsplit

    from pipeline.fetch.fetch import read_rows as read_lists

    rows = [row for row in read_lists(ROOT / "raw_pdfs") if row["url"]]
    assert rows
    assert [row["url"] for row in rows if urlsplit(row["url"]).scheme not in ("http", "https")] == []
