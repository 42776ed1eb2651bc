"""The gate: what a request must be before any page sees it, and what every answer carries.

Loopback needs no secret; any other address needs the token printed at the start, once, then a signed cookie. A POST
must come from our own page (Host, Origin, Sec-Fetch-Site, CSRF token), be small, and be a plain form. The trap: a page
of another site can make a browser send requests to 127.0.0.1, and a foreign name can be pointed there (DNS
rebinding); that is why Host is checked although the server listens on loopback only.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A decision is under 1 kB, a new gazetteer row under 8 kB.
MOST_BODY = 64 * 1024
MOST_FIELDS = 60
MOST_URL = 4096
MOST_NAME = 60
WORKING_DAY = 12 * 3600  # seconds for which the browser keeps the session
MONTHS = 180 * 24 * 3600

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
class Door:
    """Where the server listens, and who may come in; `token` is empty on loopback."""

    host: str
    port: int
    reviewer: str  # where the browser gives no name
    token: str = ""

    @property
    def cookie(self) -> str:
        """Browsers keep cookies by host, not by port; two servers must not take each other's."""
        return f"topology_review_{self.port}"


def make_door(host: str, port: int, reviewer: str) -> Door:
    """A token for every address that others can reach."""
    return Door(host, port, reviewer, "" if is_loopback(host) else secrets.token_urlsafe(24))


def is_loopback(host: str) -> bool:
    """`localhost`, `127.0.0.0/8` or `::1`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Gate:
    """ASGI middleware; puts a `Session` and, for a POST, the form's fields into `scope`."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door
        self._secret = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here with one line that says why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        cookies = cookie_parser(headers.get("cookie", "")[:MOST_URL])
        key, is_new = self._session_key(scope, cookies)
        refusal = self._refuse(scope, headers, key)
        if refusal is None and scope["method"] == "POST":
            scope["form"], refusal = await self._read_form(headers, receive, key)
        answer = self.app if refusal is None else PlainTextResponse(f"{refusal[1]}\n", refusal[0])
        scope["session"] = self._session(key, cookies)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                written = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    written[name] = value
                written.setdefault("Cache-Control", "no-store")
                if is_new and refusal is None:
                    written.append("Set-Cookie", cookie_line(self.door.cookie, self._signed(key), WORKING_DAY))
            await send(message)

        await answer(scope, receive, send_with_headers)

    def _session_key(self, scope: Scope, cookies: Mapping[str, str]) -> tuple[str, bool]:
        """The key of a session that this server began; a new one where anybody, or the token's owner, may begin one."""
        key = cookies.get(self.door.cookie, "").partition(".")[0]
        if key and hmac.compare_digest(self._signed(key).encode(), cookies[self.door.cookie].encode()):
            return key, False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if hmac.compare_digest(given.encode(), self.door.token.encode()) or not self.door.token:
            return secrets.token_hex(16), True
        return "", False

    def _refuse(self, scope: Scope, headers: Headers, key: str) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not is_our_host(host, self.door):
            return 403, "This name is not ours: open the address that was printed at the start."
        if len(scope["path"]) + len(scope["query_string"]) > MOST_URL:
            return 414, "The address is too long."
        if not key:
            return 403, "A token is needed: open the address that was printed at the start."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "Only GET, HEAD and POST."
        if scope["method"] == "POST" and not is_own_origin(headers):
            return 403, "This form was not sent from our own page."
        return None

    async def _read_form(
        self, headers: Headers, receive: Receive, key: str
    ) -> tuple[dict[str, str], tuple[int, str] | None]:
        if headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            return {}, (415, "Only plain forms (application/x-www-form-urlencoded).")
        body = await _read_body(receive)
        if body is None:
            return {}, (413, f"More than {MOST_BODY // 1024} kB.")
        try:
            fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            return {}, (400, "This is no form in UTF-8, or it has too many fields.")
        form = {name: values[-1] for name, values in fields.items()}
        given = form.pop("csrf", "") or headers.get("x-csrf-token", "")
        if not hmac.compare_digest(given.encode(), self._csrf(key).encode()):
            return {}, (403, "The page is older than the server or the session: load it again. Nothing was saved.")
        return form, None

    def _session(self, key: str, cookies: Mapping[str, str]) -> Session:
        name = clean_name(unquote(cookies.get(f"{self.door.cookie}_name", ""))) or self.door.reviewer
        return Session(self._csrf(key), name, cookies.get(f"{self.door.cookie}_blind") == "yes")

    def _signed(self, key: str) -> str:
        return f"{key}.{self._sign('session', key)}"

    def _csrf(self, key: str) -> str:
        return self._sign("form", key)

    def _sign(self, purpose: str, key: str) -> str:
        return hmac.new(self._secret, f"{purpose} {key}".encode(), hashlib.sha256).hexdigest()


def is_our_host(header: str, door: Door) -> bool:
    """The Host header names this server: loopback names for a loopback server, else the address or name it has."""
    try:
        parts = urlsplit(f"//{header}")
        name, port = (parts.hostname or "").rstrip("."), parts.port or 80
    except ValueError:
        return False
    if port != door.port or not name or parts.username is not None or parts.path:
        return False
    if is_loopback(door.host):
        return is_loopback(name)
    if door.host not in ("0.0.0.0", "::"):
        return name == door.host.casefold()
    return _is_address(name) or name in {"localhost", socket.gethostname().casefold(), socket.getfqdn().casefold()}


def is_own_origin(headers: Headers) -> bool:
    """Sent by our own page, or by a program, which no foreign page can use (it does not know the CSRF token)."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin") or headers.get("referer")
    return origin is None or urlsplit(origin).netloc.casefold() == headers.get("host", "").casefold()


def cookie_line(name: str, value: str, seconds: int) -> str:
    """A Set-Cookie header: for our own pages only, out of reach of scripts."""
    return f"{name}={quote(value, safe='.')}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Strict"


def clean_name(text: str) -> str:
    """A reviewer's name as it goes into the log: printable, one line, bounded."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MOST_NAME].strip()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is too long (or the client has gone)."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BODY:
            return None
        if not message.get("more_body"):
            return body
