"""The server: which address shows which page, and what a form does.

Each page is one function (`Ask` -> content) at two addresses: with a template as HTML, with `.json` as its twin. The
trap: pages are made in threads; whatever they share is an immutable `Snapshot`, taken once at the start of a request.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.gazetteer.load import GazetteerError
from pipeline.judging.label_files import FORMATS
from pipeline.judging.labels import export_labels
from pipeline.read.viewer import PictureError, render_page
from pipeline.settings import Settings
from pipeline.web import decisions, knowledge, list_pages
from pipeline.web.ask import Ask, Content, citation_href
from pipeline.web.citation_page import citation_page, next_href, queue_page
from pipeline.web.desk import Desk
from pipeline.web.entries import entries_page, entry_page
from pipeline.web.gate import MONTHS, Door, Gate, Session, clean_name, cookie_line
from pipeline.web.list_pages import blind_history_page
from pipeline.web.pictures import SCALES, find_pdf
from pipeline.web.published import PublishedError

Page = Callable[[Ask], Content]

# Address, template, page. With `.json` behind the address: the same content as JSON.
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("/queue", "queue.html", queue_page),
    ("/citations/{id}", "citation.html", citation_page),
    ("/documents", "documents.html", list_pages.documents_page),
    ("/documents/{id}", "document.html", list_pages.document_page),
    ("/edges", "edges.html", list_pages.edges_page),
    ("/edges/{source}/{target}", "edge.html", list_pages.edge_page),
    ("/entries", "entries.html", entries_page),
    ("/entries/{id}", "entry.html", entry_page),
    ("/entries/{id}/alias", "alias.html", knowledge.alias_page),
    ("/unlisted", "unlisted.html", list_pages.unlisted_page),
    ("/unlisted/{id}/entry", "new_entry.html", knowledge.new_entry_page),
    ("/promises", "promises.html", list_pages.promises_page),
    ("/progress", "progress.html", list_pages.progress_page),
    ("/history", "history.html", list_pages.history_page),
)
# What a reviewer who gives a second, blind opinion may see; everything else shows what others decided.
BLIND_PAGES: Mapping[Page, Page] = {
    queue_page: queue_page,
    citation_page: citation_page,
    entries_page: entries_page,
    list_pages.history_page: blind_history_page,
}
HERE = Path(__file__).parent


def make_app(settings: Settings, door: Door) -> Starlette:
    """The application over one project; raises PublishedError or GazetteerError where there is nothing to show."""
    desk = Desk(settings)
    site = Site(desk)
    routes: list[BaseRoute] = [Route("/", lambda _: RedirectResponse("/queue", 303))]
    for address, template, page in PAGES:
        # The twin first: `{id}` would take `.json` for a part of the id.
        routes.append(Route(f"{address}.json", site.json_of(page)))
        routes.append(Route(address, site.html_of(page, template)))
    routes += [
        Route("/citations/{id}/judge", site.judge, methods=["POST"]),
        Route("/entries/{id}/alias", site.add_alias, methods=["POST"]),
        Route("/unlisted/{id}/entry", site.add_entry, methods=["POST"]),
        Route("/judgements/{id}/undo", site.undo_one, methods=["POST"]),
        Route("/undo", site.undo, methods=["POST"]),
        Route("/session", site.change_session, methods=["POST"]),
        Route("/session.json", site.show_session),
        Route("/labels/{form}", site.labels),
        Route("/pages/{source}/{number:int}/{zoom}.png", site.picture),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    handlers: Any = {HTTPException: site.show_refusal, PublishedError: site.show_fault, GazetteerError: site.show_fault}
    app = Starlette(routes=routes, exception_handlers=handlers, middleware=[Middleware(Gate, door=door)])
    app.router.redirect_slashes = False
    app.state.door = door
    return app


def serve(settings: Settings, door: Door) -> None:
    """Answer until Ctrl-C; says on stderr where. Raises ReviewError where the port cannot be had."""
    import uvicorn

    app = make_app(settings, door)
    listening = _listen(door)
    host = f"[{door.host}]" if ":" in door.host else door.host
    token = f"?token={door.token}" if door.token else ""
    print(f"Review page: http://{host}:{door.port}/queue{token} (Ctrl-C ends it)", file=sys.stderr, flush=True)
    if door.token:
        print(
            "Others can reach this address; only who has the token gets in. Traffic is not encrypted.", file=sys.stderr
        )
    # No access log: it would write the token down.
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


class ReviewError(ValueError):
    """The server cannot start; the message says why and what to do."""


class Site:
    """The handlers, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        loader = PackageLoader("pipeline.web")
        self.templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self.templates.lstrip_blocks = True
        self.version = _static_version()

    def html_of(self, page: Page, template: str) -> Callable[[Request], Response]:
        """The handler that shows the page."""

        def show(request: Request) -> Response:
            ask = self.ask(request)
            chosen = _page_for(page, ask.session)
            return self.render(template, ask.session, chosen(ask) if chosen else _hidden(), hidden=chosen is None)

        return show

    def json_of(self, page: Page) -> Callable[[Request], Response]:
        """The handler of its JSON twin."""

        def show(request: Request) -> Response:
            ask = self.ask(request)
            chosen = _page_for(page, ask.session)
            if chosen is None:
                raise HTTPException(403, "hidden in blind mode")
            return JSONResponse(chosen(ask))

        return show

    def ask(self, request: Request, params: Mapping[str, str] | None = None) -> Ask:
        """What is asked for, over the state of the files at this moment."""
        return Ask(
            snapshot=self.desk.snapshot(),
            settings=self.desk.settings,
            session=request.scope["session"],
            params=request.query_params if params is None else params,
            path=request.path_params,
        )

    def render(
        self, template: str, session: Session, content: Content, status: int = 200, *, hidden: bool = False
    ) -> Response:
        """One template with its content."""
        name = "hidden.html" if hidden else template
        html = self.templates.get_template(name).render(**content, session=session, version=self.version)
        return HTMLResponse(html, status)

    def judge(self, request: Request) -> Response:
        """Decide and go on to the next citation."""
        form: dict[str, str] = request.scope["form"]
        ask = self.ask(request, decisions.list_filter(form))
        made = decisions.decide(self.desk, ask, form)
        after = self.ask(request, decisions.list_filter(form))
        href = next_href(after, ask.path["id"], after.chosen())
        if _wants_json(request):
            return JSONResponse({"judgements": [each.id for each in made], "next": href})
        return RedirectResponse(href, 303)

    def undo(self, request: Request) -> Response:
        """Take back the last decision and show its citation."""
        form: dict[str, str] = request.scope["form"]
        ask = self.ask(request, decisions.list_filter(form))
        undone = decisions.undo_last(self.desk, ask)
        return self._after_undo(request, ask, undone.citation_id, undone.id)

    def undo_one(self, request: Request) -> Response:
        """Take back one line of the history."""
        ask = self.ask(request)
        undone = decisions.undo_one(self.desk, ask)
        return self._after_undo(request, ask, undone.citation_id, undone.id)

    def _after_undo(self, request: Request, ask: Ask, citation_id: str, judgement_id: str) -> Response:
        now = ask.snapshot.anchors.moved.get(citation_id, citation_id)
        href = citation_href(now, ask.filter) if now in ask.snapshot.run else "/history"
        if _wants_json(request):
            return JSONResponse({"undone": judgement_id, "next": href})
        return RedirectResponse(href, 303)

    def add_alias(self, request: Request) -> Response:
        """A name that a person linked becomes an alias, after the dry run was shown."""
        ask = self.ask(request)
        content = knowledge.add_alias(ask, request.scope["form"])
        return self._after_adding(request, ask, "alias.html", content)

    def add_entry(self, request: Request) -> Response:
        """An unlisted name becomes a row of the gazetteer, after the dry run was shown."""
        ask = self.ask(request)
        content = knowledge.add_entry(ask, request.scope["form"])
        return self._after_adding(request, ask, "new_entry.html", content)

    def _after_adding(self, request: Request, ask: Ask, template: str, content: Content) -> Response:
        status = 422 if content["faults"] else 200
        return (
            JSONResponse(content, status)
            if _wants_json(request)
            else self.render(template, ask.session, content, status)
        )

    def change_session(self, request: Request) -> Response:
        """Another name, or blind mode on or off."""
        form: dict[str, str] = request.scope["form"]
        cookie = request.app.state.door.cookie
        response = RedirectResponse("/queue", 303)
        name = clean_name(form.get("reviewer", ""))
        if name:
            response.headers.append("Set-Cookie", cookie_line(f"{cookie}_name", name, MONTHS))
        if "blind" in form:
            value = "yes" if form["blind"] == "yes" else "no"
            response.headers.append("Set-Cookie", cookie_line(f"{cookie}_blind", value, MONTHS))
        return response

    def show_session(self, request: Request) -> Response:
        """For programs: who they are, and the token that their POSTs must carry."""
        session: Session = request.scope["session"]
        return JSONResponse({"reviewer": session.reviewer, "blind": session.blind, "csrf": session.csrf})

    def labels(self, request: Request) -> Response:
        """What is judged, as a file of labels."""
        ask = self.ask(request)
        form = ask.path["form"]
        if form not in FORMATS:
            raise HTTPException(404, f"no format {form[:40]!r}; there are {', '.join(FORMATS)}")
        if ask.session.blind:
            raise HTTPException(403, "hidden in blind mode")
        judged = [each for each in ask.snapshot.judged.values() if each.review_state]
        dates = {each.id: str(each.issued or "") for each in ask.snapshot.gazetteer.entries.values()}
        name = f"labels-{datetime.now(UTC):%Y-%m-%d}.{'json' if form == 'label-studio' else 'jsonl'}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return PlainTextResponse(export_labels(judged, form, dates), headers=headers, media_type="application/json")

    def picture(self, request: Request) -> Response:
        """One page of a source of the last run."""
        ask = self.ask(request)
        zoom = ask.path["zoom"]
        if zoom not in SCALES:
            raise HTTPException(404, f"no zoom {zoom[:40]!r}")
        try:
            path = find_pdf(ask.settings, ask.snapshot.published.sources.get(ask.path["source"]))
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
        return self.render("message.html", request.scope["session"], content, error.status_code)

    def show_fault(self, request: Request, error: Exception) -> Response:
        """The project's files changed so that they cannot be shown; nothing was lost."""
        return self.show_refusal(request, HTTPException(503, str(error)))


def _listen(door: Door) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
        return socket.create_server((door.host, door.port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ReviewError(f"{door.host}:{door.port}: cannot listen there ({reason}); choose another --port") from None


def _page_for(page: Page, session: Session) -> Page | None:
    return BLIND_PAGES.get(page) if session.blind else page


def _hidden() -> Content:
    return {"title": "Hidden in blind mode"}


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _static_version() -> str:
    """Changes with the script and the style sheet, so that browsers load them anew."""
    digest = hashlib.sha256()
    for name in ("review.js", "review.css"):
        digest.update((HERE / "static" / name).read_bytes())
    return digest.hexdigest()[:12]
