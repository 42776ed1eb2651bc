"""Who is let in, and what every answer carries: the security middleware of the review page.

Loopback needs no secret; any other address needs the token printed at the start, once, then a signed cookie (that of
Starlette's SessionMiddleware). A POST must come from our own page (Host, Origin, Sec-Fetch-Site, CSRF token), be small,
and be a plain form. A page of another site can make a browser send requests to 127.0.0.1, and a foreign name can be
pointed there (DNS rebinding): that is why Host is checked on loopback too, with its port and with addresses of all
kinds, which Starlette's TrustedHostMiddleware does not know.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

# A decision is under 1 kB, a new gazetteer row under 8 kB.
MOST_BODY = 64 * 1024
MOST_FIELDS = 60
MOST_URL = 4096
MOST_NAME = 60
WORKING_DAY = 12 * 3600  # seconds for which the browser keeps the session
MONTHS = 180 * 24 * 3600
# Seconds in which the head of a request, and its form, must be here: the slowest line needs one.
PATIENCE = 10.0

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Session:
    """Who is at the other end: a name that the reviewer chose, and the token that our own forms carry."""

    csrf: str
    reviewer: str
    blind: bool = False


@dataclass(frozen=True)
class Access:
    """Where the server listens, and who may come in; `token` is empty on loopback."""

    host: str
    port: int
    reviewer: str  # where the browser gives no name
    token: str = ""

    @property
    def cookie(self) -> str:
        """Browsers keep cookies by host, not by port; two servers must not take each other's."""
        return f"topology_review_{self.port}"


def make_access(host: str, port: int, reviewer: str) -> Access:
    """A token for every address that others can reach."""
    return Access(host, port, reviewer, "" if is_loopback(host) else secrets.token_urlsafe(24))


def make_middleware(access: Access) -> list[Middleware]:
    """The layers around the pages, the outermost first; the session's secret dies with the server."""
    secret = secrets.token_hex(32)
    return [
        Middleware(SessionMiddleware, secret, access.cookie, max_age=WORKING_DAY, same_site="strict"),
        Middleware(SecurityMiddleware, access=access),
        Middleware(GZipMiddleware),
    ]


class SecurityMiddleware:
    """Refuses in one line what must not reach a page; begins the session of who may come in."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here. Web sockets go on to the router, which knows none and refuses."""
        refusal = self._refuse(Request(scope)) if scope["type"] == "http" else None
        answer = PlainTextResponse(f"{refusal[1]}\n", refusal[0]) if refusal else self.app

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                written = MutableHeaders(scope=message)
                written.update(HEADERS)
                written.setdefault("Cache-Control", "no-store")
            await send(message)

        await answer(scope, receive, send_with_headers)

    def _refuse(self, request: Request) -> tuple[int, str] | None:
        if not is_our_host(request.headers.get("host", ""), self.access):
            return 403, "This name is not ours: open the address that was printed at the start."
        if len(request.scope["path"]) + len(request.scope["query_string"]) > MOST_URL:
            return 414, "The address is too long."
        if not request.session.get("csrf"):
            given = request.query_params.get("token", "") if self.access.token else ""
            if not hmac.compare_digest(given.encode("utf-8", "replace"), self.access.token.encode()):
                return 403, "A token is needed: open the address that was printed at the start."
            request.session["csrf"] = secrets.token_urlsafe(24)
        if request.method not in ("GET", "HEAD", "POST"):
            return 405, "Only GET, HEAD and POST."
        if request.method == "POST" and not is_own_origin(request.headers):
            return 403, "This form was not sent from our own page."
        if "upgrade" in request.headers:
            return 426, "There are plain pages here, no web sockets."
        return None


def read_session(request: Request) -> Session:
    """Who asks. The name and the blind mode lie in cookies of their own, which outlive the server."""
    access: Access = request.app.state.access
    name = clean_name(unquote(request.cookies.get(f"{access.cookie}_name", ""))) or access.reviewer
    blind = request.cookies.get(f"{access.cookie}_blind") == "yes"
    return Session(request.session["csrf"], name, blind)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form that our own page sent; raises HTTPException for any other."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Only plain forms (application/x-www-form-urlencoded).")
    body = b""
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BODY:
                    raise HTTPException(413, f"More than {MOST_BODY // 1024} kB.")
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408, "The form did not come to its end.") from None
    except ValueError:
        raise HTTPException(400, "This is no form in UTF-8, or it has too many fields.") from None
    form = {name: values[-1] for name, values in fields.items()}
    given = form.pop("csrf", "") or request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), request.session["csrf"].encode()):
        message = "The page is older than the server or the session: load it again. Nothing was saved."
        raise HTTPException(403, message)
    return form


class ImpatientProtocol(H11Protocol):
    """Cuts a connection that does not finish the head of a request; uvicorn itself waits for each byte for ever."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection has to say what it wants."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A head that is complete stops the clock; bytes of one that is not do not."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        super().connection_lost(exc)
        self._stop()

    def _watch(self) -> None:
        if self.conn.their_state.__name__ != "IDLE":
            self._stop()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(PATIENCE, self.transport.close)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def is_loopback(host: str) -> bool:
    """`localhost`, `127.0.0.0/8` or `::1`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_our_host(header: str, access: Access) -> bool:
    """The Host header names this server: loopback names for a loopback server, else the address or name it has."""
    try:
        parts = urlsplit(f"//{header}")
        name, port = (parts.hostname or "").rstrip("."), parts.port or 80
    except ValueError:
        return False
    if port != access.port or not name or parts.username is not None or parts.path:
        return False
    if is_loopback(access.host):
        return is_loopback(name)
    if access.host not in ("0.0.0.0", "::"):
        return name == access.host.casefold()
    return _is_address(name) or name in {"localhost", socket.gethostname().casefold(), socket.getfqdn().casefold()}


def is_own_origin(headers: Headers) -> bool:
    """Sent by our own page, or by a program, which no foreign page can use (it does not know the CSRF token)."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin") or headers.get("referer")
    return origin is None or urlsplit(origin).netloc.casefold() == headers.get("host", "").casefold()


def clean_name(text: str) -> str:
    """A reviewer's name as it goes into the log: printable, one line, bounded."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MOST_NAME].strip()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
