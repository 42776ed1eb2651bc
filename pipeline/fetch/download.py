"""One PDF or page from one address: asked for only if it changed, tried again when the network fails, or refused.

In: an address and what is known of the last download. Out: a `Download` (a draft file, or "unchanged"), or
`RefusedError` with the reason and the remedy. The trap: a redirect may lead anywhere, to a machine of the own network
for one; every hop is checked against the allowed hosts before it is asked. A host that cannot be reached is given up
for the rest of a fetch, so that a network that is off costs seconds, not minutes.
"""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from pipeline.fetch.pages import PageError, judge_page
from pipeline.settings import FetchLimits

AGENT = "asean-topology (reads public documents, once a day)"
# A PDF may have some bytes of other things before its head; readers look at the first 1024.
_HEAD = b"%PDF-"
_HEAD_WITHIN = 1024
# The last thing in a PDF, with some rubbish behind it perhaps.
_TAIL = b"%%EOF"
_TAIL_WITHIN = 4096
_MOST_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
# Answers after which the same question may be answered otherwise a little later.
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_LONGEST_PAUSE = 60.0  # seconds, whatever the server asks for
_NO_CONNECTION = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
# Before the first answer of a fetch nothing says that there is a network: so many tries, so many hosts, and it is off.
_TRIES_UNPROVEN = 2
_HOSTS_UNPROVEN = 3

Result = TypeVar("Result")


class RefusedError(ValueError):
    """The address gave nothing that we take: what happened, and the remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason, self.remedy = reason, remedy


class UnreachedError(RefusedError):
    """There is no connection to the host; none of its addresses is asked again in the same fetch."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(reason, "fetch again when the network is on, or correct the address")
        self.host = host


@dataclass(frozen=True)
class Validators:
    """What a server gave to ask again with: "only if it is not this one any more"."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Download:
    """What came: the hash of what lies in the draft file; `is_new` is False where the server says nothing changed."""

    is_new: bool
    sha256: str
    validators: Validators
    suffix: str = ".pdf"  # or .html
    link: str = ""  # the PDF that a page announces, which lies in no draft yet


@dataclass(frozen=True)
class WebPage:
    """An HTML page, and the address at which it was found in the end."""

    url: str
    text: str


class _TryAgainError(Exception):
    """The server or the network failed in a way that may pass; `pause` is what the server asked for, in seconds."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = pause


class _NoConnectionError(_TryAgainError):
    """The host was not reached: it has no address (then another try at once is no use), or does not listen."""

    def __init__(self, host: str, error: httpx.TransportError) -> None:
        super().__init__(f"the connection failed ({type(error).__name__}: {error})")
        self.host = host
        self.is_lookup = _is_lookup(error)


class Downloader:
    """Asks servers politely, one question at a time; `hosts` are those that may be asked."""

    def __init__(
        self,
        client: httpx.Client,
        hosts: frozenset[str],
        limits: FetchLimits,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.hosts = hosts
        self.limits = limits
        self.sleep = sleep
        self.lost: dict[str, str] = {}  # hosts that could not be reached, and why
        self.has_answer = False

    def download(self, url: str, validators: Validators, draft: Path) -> Download:
        """Download the PDF or page at `url` into `draft`, or the PDF that the page announces.

        Raises RefusedError, and OSError where the disk fails.
        """
        headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.modified}
        given = {name: value for name, value in headers.items() if value}
        found = self._insist(lambda: self._take(url, given, validators, draft))
        if not found.link:
            return found
        linked = self._insist(lambda: self._take(found.link, {}, Validators(), draft))
        if linked.link or linked.suffix != ".pdf":
            raise RefusedError(
                f"announces {found.link}, which is no PDF", "put the address of the PDF into SOURCES.csv"
            )
        return replace(linked, validators=Validators())  # both are asked for again the next time

    def load_page(self, url: str) -> WebPage:
        """The HTML page at `url`; raises RefusedError."""
        return self._insist(lambda: self._take_page(url))

    def _insist(self, ask: Callable[[], Result]) -> Result:
        """Ask up to `tries` times, with pauses that double."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return ask()
            except _TryAgainError as failure:
                if attempt >= self._tries(failure):
                    raise self._give_up(failure, attempt) from None
                self.sleep(min(_LONGEST_PAUSE, max(failure.pause, self.limits.pause * 2 ** (attempt - 1))))

    def _tries(self, failure: _TryAgainError) -> int:
        if not isinstance(failure, _NoConnectionError) or self.has_answer:
            return self.limits.tries
        return 1 if failure.is_lookup else min(_TRIES_UNPROVEN, self.limits.tries)

    def _give_up(self, failure: _TryAgainError, attempt: int) -> RefusedError:
        reason = f"{failure} (tried {attempt} times)" if attempt > 1 else str(failure)
        if isinstance(failure, _NoConnectionError):
            self.lost[failure.host] = reason
            return UnreachedError(failure.host, reason)
        return RefusedError(reason, "try again later, or correct the address")

    def _take(self, url: str, headers: Mapping[str, str], validators: Validators, draft: Path) -> Download:
        with self._ask(url, headers) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return Download(False, "", validators)
            pieces = self._pieces(answer)
            head = _read_head(pieces)
            if _HEAD not in head:
                return self._take_text(answer, chain((head,), pieces), _check_page(answer, head), draft)
            digest = hashlib.sha256()
            with draft.open("wb") as stream:
                tail = b""
                for piece in chain((head,), pieces):
                    digest.update(piece)
                    stream.write(piece)
                    tail = (tail + piece)[-_TAIL_WITHIN:]
                stream.flush()
                os.fsync(stream.fileno())
            if _TAIL not in tail:
                raise RefusedError("is cut off: it lacks the end of a PDF", "fetch again later, or correct the address")
            return Download(True, digest.hexdigest(), _validators(answer))

    def _take_text(self, answer: httpx.Response, pieces: Iterator[bytes], url: str, draft: Path) -> Download:
        """A page of text, its bytes as they came; or the address of the PDF that it announces."""
        content = b"".join(pieces)
        try:
            link = judge_page(url, _decode(content, answer.encoding))
        except PageError as error:
            raise RefusedError(error.reason, error.remedy) from None
        draft.write_bytes(b"" if link else content)
        return Download(True, hashlib.sha256(content).hexdigest(), _validators(answer), ".html", link)

    def _take_page(self, url: str) -> WebPage:
        with self._ask(url, {}) as answer:
            content = b"".join(self._pieces(answer))
            return WebPage(str(answer.url), _decode(content, answer.encoding))

    @contextmanager
    def _ask(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """The answer at the end of all redirects, its body not yet read."""
        for _ in range(_MOST_HOPS):
            self._check_address(url)
            try:
                with self.client.stream("GET", url, headers=dict(headers)) as answer:
                    self.has_answer = True
                    if answer.status_code in _REDIRECTS and "location" in answer.headers:
                        url = _next_address(url, answer.headers["location"])
                        continue
                    _check_status(answer)
                    yield answer
                    return
            except httpx.InvalidURL as error:
                raise RefusedError(f"{url} is no address ({error})", "correct it in SOURCES.csv") from None
            except _NO_CONNECTION as error:
                raise _NoConnectionError(_host_of(url), error) from None
            except httpx.TransportError as error:
                raise _TryAgainError(f"the connection failed ({type(error).__name__}: {error})") from None
            except httpx.DecodingError as error:
                raise RefusedError(f"is not packed as its server says ({error})", "try a browser") from None
        raise RefusedError(f"more than {_MOST_HOPS} redirects", "look the address up in a browser and correct it")

    def _check_address(self, url: str) -> None:
        parts = _split(url)
        if parts.scheme not in ("http", "https"):
            raise RefusedError(f"{url} is no http address", "correct it in SOURCES.csv")
        if not is_allowed(parts.hostname or "", self.hosts):
            remedy = "add the host under `fetch: hosts` in flows.yaml if it may be asked"
            raise RefusedError(f"leads to {parts.hostname}, which is no allowed host", remedy)
        host = _host_of(url)
        if host in self.lost:
            raise UnreachedError(host, self.lost[host])
        if len(self.lost) >= _HOSTS_UNPROVEN and not self.has_answer:
            raise UnreachedError("", f"not asked: none of the first {len(self.lost)} hosts could be reached")

    def _pieces(self, answer: httpx.Response) -> Iterator[bytes]:
        """The body, within the limits of size and time."""
        most = self.limits.file_mb << 20
        remedy = "raise `file_mb` or `seconds` under `fetch` if it is right"
        length = answer.headers.get("content-length", "").partition(",")[0].strip()  # some servers say it twice
        if length.isdigit() and int(length) > most:
            raise RefusedError(f"is larger than {self.limits.file_mb} MB", remedy)
        end, size = time.monotonic() + self.limits.seconds, 0
        for piece in answer.iter_bytes():
            size += len(piece)
            if size > most:
                raise RefusedError(f"is larger than {self.limits.file_mb} MB", remedy)
            if time.monotonic() > end:
                raise _TryAgainError(f"takes longer than {self.limits.seconds:g} seconds")
            yield piece


def make_client(limits: FetchLimits) -> httpx.Client:
    """A client that follows no redirect by itself, and takes no compressed answers, which could be bombs."""
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    return httpx.Client(headers=headers, timeout=limits.answer_seconds, follow_redirects=False)


def is_allowed(host: str, hosts: frozenset[str]) -> bool:
    """The host itself, or with or without `www.` in front."""
    bare = host.lower().removeprefix("www.")
    return bool(bare) and bare in {each.lower().removeprefix("www.") for each in hosts}


def _host_of(url: str) -> str:
    """The host and its port, as the address has them."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _is_lookup(error: BaseException) -> bool:
    """Whether the host's name has no address, somewhere down the chain of causes."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, socket.gaierror):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def _read_head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD_WITHIN:
            break
    return head


def _split(url: str) -> SplitResult:
    """The parts of an address; raises RefusedError where it has none, as `http://[bad/x.pdf`."""
    try:
        return urlsplit(url)
    except ValueError as error:
        raise RefusedError(f"{url} is no address ({error})", "correct it in SOURCES.csv") from None


def _decode(content: bytes, encoding: str | None) -> str:
    """A page's text; an encoding that nobody knows is taken for UTF-8."""
    try:
        return content.decode(encoding or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _next_address(url: str, location: str) -> str:
    found = urljoin(url, location)
    if urlsplit(url).scheme == "https" and urlsplit(found).scheme == "http":
        raise RefusedError(f"is redirected from https to {found}", "look the address up in a browser and correct it")
    return found


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in _AGAIN:
        raise _TryAgainError(f"the server answers {status}", _asked_pause(answer))
    if status == httpx.codes.PARTIAL_CONTENT:
        raise RefusedError("is only a part of a file (206), which nobody asked for", "try again later")
    if status != httpx.codes.NOT_MODIFIED and not answer.is_success:
        raise RefusedError(f"the server answers {status}", "look the address up in a browser and correct it")


def _asked_pause(answer: httpx.Response) -> float:
    """Seconds of Retry-After; a date there is not worth a parser, the doubling pauses do."""
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else 0.0


def _validators(answer: httpx.Response) -> Validators:
    return Validators(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))


def _check_page(answer: httpx.Response, head: bytes) -> str:
    """The address of a web page; raises RefusedError for what is neither a page nor a PDF."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    remedy = "look the address up in a browser and correct it"
    if not head:
        raise RefusedError("is empty", remedy)
    if "html" not in kind and b"<html" not in head.lower() and b"<!doctype html" not in head.lower():
        raise RefusedError(f"is neither a PDF nor a page ({kind or 'of unknown type'})", remedy)
    return str(answer.url)
