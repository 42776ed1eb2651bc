"""The server: which address shows which page, and what a form does.

Each page is one function (`PageRequest` -> content) at two addresses: with a template as HTML, with `.json` as its
twin. Pages are made in threads; whatever they share is an immutable `Snapshot`, taken once at the start of a request.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.knowledge import GazetteerError
from pipeline.read.viewer import PictureError, render_page
from pipeline.review import decisions, gazetteer_pages, list_pages
from pipeline.review.citation_page import citation_page, queue_page
from pipeline.review.labels import FORMATS, export_labels
from pipeline.review.page_request import Answer, Content, PageRequest
from pipeline.review.pictures import SCALES, find_pdf
from pipeline.review.security import (
    MONTHS,
    Access,
    ImpatientProtocol,
    Session,
    clean_name,
    make_middleware,
    read_form,
    read_session,
)
from pipeline.review.snapshot import PublishedError, SnapshotStore, TryChange
from pipeline.settings import Settings

Page = Callable[[PageRequest], Content]
Form = Mapping[str, str]

# Address, template, page. With `.json` behind the address: the same content as JSON.
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("/queue", "queue.html", queue_page),
    ("/citations/{id}", "citation.html", citation_page),
    ("/documents", "documents.html", list_pages.documents_page),
    ("/documents/{id}", "document.html", list_pages.document_page),
    ("/edges", "edges.html", list_pages.edges_page),
    ("/edges/{source}/{target}", "edge.html", list_pages.edge_page),
    ("/entries", "entries.html", list_pages.entries_page),
    ("/entries/{id}", "entry.html", list_pages.entry_page),
    ("/entries/{id}/alias", "alias.html", gazetteer_pages.alias_page),
    ("/unlisted", "unlisted.html", list_pages.unlisted_page),
    ("/unlisted/{id}/entry", "new_entry.html", gazetteer_pages.new_entry_page),
    ("/inbox", "inbox.html", list_pages.inbox_page),
    ("/inbox/{id}", "proposal.html", gazetteer_pages.proposal_page),
    ("/promises", "promises.html", list_pages.promises_page),
    ("/progress", "progress.html", list_pages.progress_page),
    ("/history", "history.html", list_pages.history_page),
)
# What a reviewer who gives a second, blind opinion may see; everything else shows what others decided.
BLIND_PAGES = frozenset((queue_page, citation_page, list_pages.entries_page, list_pages.history_page))
# What forms do; the template is shown again where a form does not lead to another page.
FORMS: tuple[tuple[str, str, Callable[[PageRequest, Form], Answer]], ...] = (
    ("/citations/{id}/judge", "", decisions.judge),
    ("/undo", "", decisions.undo),
    ("/judgements/{id}/undo", "", decisions.undo),
    ("/entries/{id}/alias", "alias.html", gazetteer_pages.add_alias),
    ("/unlisted/{id}/entry", "new_entry.html", gazetteer_pages.add_entry),
    ("/inbox/{id}", "proposal.html", gazetteer_pages.decide_proposal),
)
STATIC = Path(__file__).parent / "static"


def make_app(settings: Settings, access: Access, try_change: TryChange | None = None) -> Starlette:
    """The application over one project; raises PublishedError or GazetteerError where there is nothing to show."""
    site = Site(SnapshotStore(settings, try_change))
    routes: list[BaseRoute] = [Route("/", lambda _: RedirectResponse("/queue", 303))]
    for address, template, page in PAGES:
        # The twin first: `{id}` would take `.json` for a part of the id.
        routes.append(Route(f"{address}.json", site.show(page, "")))
        routes.append(Route(address, site.show(page, template)))
    for address, template, action in FORMS:
        routes.append(Route(address, site.form_of(action, template), methods=["POST"]))
    routes += [
        Route("/session", site.change_session, methods=["POST"]),
        Route("/session.json", site.show_session),
        Route("/labels/{form}", site.labels),
        Route("/pages/{source}/{number:int}/{zoom}.png", site.picture),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    handlers: Any = {HTTPException: site.show_refusal, PublishedError: site.show_fault, GazetteerError: site.show_fault}
    app = Starlette(routes=routes, exception_handlers=handlers, middleware=make_middleware(access))
    app.router.redirect_slashes = False
    app.state.access = access
    return app


def serve(settings: Settings, access: Access, try_change: TryChange) -> None:
    """Answer until Ctrl-C; says on stderr where. Raises ReviewError where the port cannot be had."""
    import uvicorn

    app = make_app(settings, access, try_change)
    listening = _listen(access)
    host = f"[{access.host}]" if ":" in access.host else access.host
    token = f"?token={access.token}" if access.token else ""
    print(f"Review page: http://{host}:{access.port}/queue{token} (Ctrl-C ends it)", file=sys.stderr, flush=True)
    if access.token:
        print(
            "Others can reach this address; only who has the token gets in. Traffic is not encrypted.", file=sys.stderr
        )
    # No access log: it would write the token down.
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, http=ImpatientProtocol)
    uvicorn.Server(config).run(sockets=[listening])


class ReviewError(ValueError):
    """The server cannot start; the message says why and what to do."""


class Site:
    """The handlers, over one store."""

    def __init__(self, store: SnapshotStore) -> None:
        self.store = store
        loader = PackageLoader("pipeline.review")
        self.templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self.templates.lstrip_blocks = True
        # Changes with the script and the style sheet, so that browsers load them anew.
        files = b"".join((STATIC / name).read_bytes() for name in ("review.js", "review.css"))
        self.version = hashlib.sha256(files).hexdigest()[:12]

    def show(self, page: Page, template: str) -> Callable[[Request], Response]:
        """The handler that shows the page; without a template as JSON."""

        def handle(request: Request) -> Response:
            asked = self.page_request(request, request.query_params)
            if not asked.session.blind or page in BLIND_PAGES:
                content = page(asked)
                return self.render(template, asked.session, content) if template else JSONResponse(content)
            if template:
                return self.render("hidden.html", asked.session, {"title": "Hidden in blind mode"})
            raise HTTPException(403, "hidden in blind mode")

        return handle

    def form_of(self, action: Callable[[PageRequest, Form], Answer], template: str) -> Callable[[Request], Any]:
        """The handler of a form, in a thread: the answer waits for the disk."""

        def act(request: Request, form: Form) -> Response:
            asked = self.page_request(request, decisions.list_filter(form))
            answer = action(asked, form)
            if _wants_json(request):
                return JSONResponse(answer.content, answer.status)
            if answer.href:
                return RedirectResponse(answer.href, 303)
            return self.render(template, asked.session, answer.content, answer.status)

        async def receive(request: Request) -> Response:
            return await run_in_threadpool(act, request, await read_form(request))

        return receive

    def page_request(self, request: Request, params: Mapping[str, str]) -> PageRequest:
        """What is asked for, over the state of the files at this moment."""
        return PageRequest(self.store, self.store.snapshot(), read_session(request), params, request.path_params)

    def render(self, template: str, session: Session, content: Content, status: int = 200) -> Response:
        """One template with its content."""
        html = self.templates.get_template(template).render(**content, session=session, version=self.version)
        return HTMLResponse(html, status)

    async def change_session(self, request: Request) -> Response:
        """Another name, or blind mode on or off."""
        form = await read_form(request)
        response = RedirectResponse("/queue", 303)
        chosen = {"name": clean_name(form.get("reviewer", ""))}
        if "blind" in form:
            chosen["blind"] = "yes" if form["blind"] == "yes" else "no"
        for name, value in chosen.items():
            if value:
                cookie = f"{request.app.state.access.cookie}_{name}"
                response.set_cookie(cookie, quote(value), max_age=MONTHS, httponly=True, samesite="strict")
        return response

    def show_session(self, request: Request) -> Response:
        """For programs: who they are, and the token that their POSTs must carry."""
        return JSONResponse(asdict(read_session(request)))

    def labels(self, request: Request) -> Response:
        """What is judged, as a file of labels."""
        asked = self.page_request(request, request.query_params)
        form = asked.path["form"]
        if form not in FORMATS:
            raise HTTPException(404, f"no format {form[:40]!r}; there are {', '.join(FORMATS)}")
        if asked.session.blind:
            raise HTTPException(403, "hidden in blind mode")
        judged = [each for each in asked.snapshot.judged.values() if each.review_state]
        dates = {each.id: str(each.issued or "") for each in asked.snapshot.gazetteer.entries.values()}
        name = f"labels-{datetime.now(UTC):%Y-%m-%d}.{'json' if form == 'label-studio' else 'jsonl'}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return PlainTextResponse(export_labels(judged, form, dates), headers=headers, media_type="application/json")

    def picture(self, request: Request) -> Response:
        """One page of a source of the last run."""
        asked = self.page_request(request, request.query_params)
        zoom = asked.path["zoom"]
        if zoom not in SCALES:
            raise HTTPException(404, f"no zoom {zoom[:40]!r}")
        try:
            path = find_pdf(asked.settings, asked.snapshot.published.sources.get(asked.path["source"]))
            picture = render_page(path, request.path_params["number"], SCALES[zoom])
        except PictureError as error:
            raise HTTPException(404, str(error)) from None
        headers = {"Cache-Control": "private, max-age=86400"}
        return Response(picture.png, media_type="image/png", headers=headers)

    def show_refusal(self, request: Request, error: HTTPException) -> Response:
        """What cannot be shown, in one line."""
        if request.url.path.endswith(".json") or _wants_json(request):
            return JSONResponse({"error": error.detail}, error.status_code)
        content = {"title": "Not possible", "message": error.detail}
        return self.render("message.html", read_session(request), content, error.status_code)

    def show_fault(self, request: Request, error: Exception) -> Response:
        """The project's files changed so that they cannot be shown; nothing was lost."""
        return self.show_refusal(request, HTTPException(503, str(error)))


def _listen(access: Access) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in access.host else socket.AF_INET
        return socket.create_server((access.host, access.port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ReviewError(
            f"{access.host}:{access.port}: cannot listen there ({reason}); choose another --port"
        ) from None


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
