"""The run as a Prefect flow of a few coarse tasks, with its report, edges and map as artifacts.

The same functions as in `core.run`, in the same order, so the same bytes come out. The traps: importing Prefect takes
more than a second and starts threads, so nothing else imports this module before it is needed; and Prefect must not
look into what tasks hand over (a plan has thousands of values), so all of it is quoted, and nothing is cached.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from html import escape
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

# Read when Prefect is imported: no telemetry, and patience with a private server that starts on a busy machine.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
# Processes that the run starts look for modules where this one found its own, not in the current folder.
os.environ.setdefault("PYTHONSAFEPATH", "1")

import httpx
from prefect import Flow, State, Task, flow, task
from prefect.artifacts import (
    create_image_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.logging.loggers import flow_run_logger
from prefect.states import Completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote
from pydantic import Field

from pipeline import core
from pipeline.runs.alarms import ACCEPT, AlarmError
from pipeline.runs.citing import Action, cite_jobs, identify_jobs
from pipeline.runs.history import RunResult, Trace
from pipeline.runs.kept import Kept
from pipeline.runs.plan import Job
from pipeline.runs.pool import Progress
from pipeline.runs.remote import (
    Remote,
    SharedKept,
    Store,
    cite_remotely,
    identify_remotely,
    mirror_inputs,
    publish_remotely,
    share_gazetteer,
    share_register,
)
from pipeline.runs.scan import InputError
from pipeline.runs.workspace import find_run
from pipeline.settings import RunOptions, Settings, make_settings, plain_settings
from pipeline.store import read_csv

Value = TypeVar("Value")

# What an artifact shows of a table; the whole of it lies in the output folder.
_MOST_ROWS = 1000
_MOST_CHARACTERS = 100_000
_WEBHOOK_SECONDS = 10.0
_PAUSE = 10.0  # seconds before a batch is tried again
_NO_SERVER = "Failed to reach API"  # Prefect's words, in a RuntimeError


# One batch at a time; within a batch there are as many processes as the settings want.
_ONE_BATCH: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=1)


def tell_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Post to the run's webhook that it failed, and why: a JSON object with one `text`, as chat programs take it."""
    address = flow_run.parameters.get("webhook", "")
    if not address:
        return
    text = f"{flow.name} {flow_run.name}: {state.name}: {state.message or 'no message'}"
    try:
        httpx.post(address, json={"text": text}, timeout=_WEBHOOK_SECONDS).raise_for_status()
    except httpx.HTTPError as error:
        flow_run_logger(flow_run).warning("the webhook could not be told: %s", error)


@flow(name="topology", task_runner=_ONE_BATCH, on_failure=[tell_failure], on_crashed=[tell_failure])
def topology(
    settings: dict[str, Any] | None = None,
    fetch: bool = False,
    full: bool = False,
    accept_drop: bool = False,
    webhook: str = "",
    wait: Annotated[float, Field(ge=0)] = 0.0,
    batch: Annotated[int, Field(ge=1)] = 50,
    remote: str = "",
    exit_on: str = "any",
) -> State[RunResult]:
    """Read a folder of PDFs and publish who cites whom; parameters as in flows.yaml."""
    chosen = make_settings(settings or {}, "flow parameters")
    options = RunOptions(fetch, full, accept_drop, webhook, wait, batch, remote, exit_on)
    if options.remote.startswith("memory:") and not _is_threaded():
        raise InputError(f"{options.remote}: lies in the memory of one process; name a store that all workers reach")
    if options.remote and options.fetch:
        raise InputError("fetch: has no use with `remote`; let `topology fetch` fill the store's raw_pdfs/ by itself")
    try:
        with core.record_run(chosen, options) as trace:
            result = trace.result = _run(chosen, options, trace)
    except AlarmError as error:
        remedy = error.remedy.replace(ACCEPT, "run the deployment once with the parameter accept_drop=true")
        raise AlarmError(error.alarms, remedy) from None
    make_artifacts(_unseen(result))
    found = f"{result.counts['documents']} documents, {result.counts['citations']} citations"
    issues = f"{len(result.issues)} issues, {len(result.new_issues)} new"
    return Completed(message=f"{result.describe_actions()}; {found}; {issues}", data=result)


class ServerError(RuntimeError):
    """The Prefect server that is configured does not answer."""


def run_flow(settings: Settings, options: RunOptions) -> RunResult:
    """The flow in this process, with a private server if none is configured; raises ServerError where that is dead."""
    try:
        return cast(RunResult, topology(plain_settings(settings), **asdict(options)))
    except RuntimeError as error:
        if not str(error).startswith(_NO_SERVER):
            raise
        with core.record_run(settings, options):
            raise ServerError(f"{error}; start that server, or unset PREFECT_API_URL") from None


class Log(Progress):
    """What a person should know goes to the run's log."""

    def say(self, line: str) -> None:
        """A line of the log."""
        get_run_logger().info("%s", line)


@task(name="fetch", cache_policy=NO_CACHE, persist_result=False)
def download(settings: Settings) -> Mapping[str, int]:
    """Download what is new; returns how many addresses gave something new, nothing new, or nothing."""
    return core.fetch_inputs(settings, Log())


# A batch that failed is tried again: what was kept of it is written again, the same bytes.
@task(retries=1, retry_delay_seconds=_PAUSE, cache_policy=NO_CACHE, persist_result=False)
def identify_batch(batch: Sequence[Job], settings: Settings, state: Path, store: Store | None) -> dict[str, Action]:
    """Read some PDFs and say which documents they are."""
    if store:
        return identify_remotely(batch, store, settings)
    return {job.input.file: action for job, action in identify_jobs(batch, settings, Kept(state))}


@task(retries=1, retry_delay_seconds=_PAUSE, cache_policy=NO_CACHE, persist_result=False)
def cite_batch(
    batch: Sequence[Job], settings: Settings, state: Path, store: Store | None, register: str
) -> dict[str, Action]:
    """Find what some PDFs cite, all of which are identified."""
    if store:
        return cite_remotely(batch, register, store, settings)
    return {job.input.file: action for job, action in cite_jobs(batch, register, settings, Kept(state))}


@task(cache_policy=NO_CACHE, persist_result=False)
def edges(this: core.Run, found: core.Found) -> core.Summary:
    """Citations become lines between documents: all tables of the draft."""
    return core.write_tables(this, found)


@task(name="map", cache_policy=NO_CACHE, persist_result=False)
def draw(this: core.Run) -> None:
    """The map and the report of the draft."""
    core.write_pictures(this)


@task(cache_policy=NO_CACHE, persist_result=False)
def make_artifacts(result: RunResult) -> None:
    """What Prefect's page shows of the run: report, edge table, issues, map."""
    create_markdown_artifact(_report(result), key="topology-report", description="What the run found")
    changes = result.output / "changes.md"
    text = changes.read_text(encoding="utf-8")
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}\n\n... the rest is in {changes}"
    told = "What differs from the run before, and why"
    create_markdown_artifact(_harmless(text), key="topology-changes", description=told)
    for name in ("edges", "issues"):
        path = result.output / f"{name}.csv"
        rows = list(read_csv(path))
        shown = [{column: _harmless(cell) for column, cell in row.items()} for row in rows[:_MOST_ROWS]]
        left = f"{path}: the first {len(shown)} of {len(rows)} rows" if len(rows) > len(shown) else str(path)
        create_table_artifact(shown, key=f"topology-{name}", description=left)
    picture = result.output / "topology_map.svg"
    address = "data:image/svg+xml;base64," + base64.b64encode(picture.read_bytes()).decode()
    create_image_artifact(address, key="topology-map", description=str(picture))


def _run(settings: Settings, options: RunOptions, trace: Trace) -> RunResult:
    if options.remote:
        mirror_inputs(Remote(options.remote), settings.input)
    if options.fetch:
        trace.fetched = download(_unseen(settings))
    with core.begin(settings, options, trace) as this:
        result = core.publish_again(this) if core.is_unchanged(this) else _work(this, options)
    if options.remote:
        publish_remotely(Remote(options.remote), find_run(settings.output, None), settings.keep)
    return result


def _work(this: core.Run, options: RunOptions) -> RunResult:
    get_run_logger().info("%d of %d PDFs need work", len(this.plan.open_jobs), len(this.plan.jobs))
    store = _share(this, options) if options.remote else None
    state = this.workspace.state.absolute()
    known = _in_batches(identify_batch, "identify", this, options, _settings_of_batch(this), state, store)
    if store:
        this = replace(this, kept=SharedKept(state, Remote(store.url)))
    this = core.know_sources(this, known)
    if store:
        share_register(Remote(store.url), state, this.plan.register)
    what = (_settings_of_batch(this), state, store, this.plan.register)
    actions = core.failures(known) | _in_batches(cite_batch, "cite", this, options, *what)
    this.clock.mark("cite")
    found = core.gather(this, actions)
    summary = edges(_unseen(this), _unseen(found))
    core.check_drop(this, summary, options)
    draw(_unseen(this))
    return core.publish(this, summary)


def _share(this: core.Run, options: RunOptions) -> Store:
    """What workers that share nothing with this process but a store must know of it."""
    folder = this.settings.input.absolute()
    gazetteer = share_gazetteer(Remote(options.remote), this.settings.gazetteer)
    names = {job.input.file: job.input.path.relative_to(folder).as_posix() for job in this.plan.open_jobs}
    return Store(options.remote, gazetteer, names, options.full)


def _in_batches(
    do: Task[..., dict[str, Action]], verb: str, this: core.Run, options: RunOptions, *what: object
) -> dict[str, Action]:
    """The open jobs, batch after batch or side by side, with a bar on Prefect's page."""
    jobs = this.plan.open_jobs
    batches = [jobs[start : start + options.batch] for start in range(0, len(jobs), options.batch)]
    if not batches:
        return {}
    bar = cast(UUID, create_progress_artifact(0.0, key=f"topology-{verb}", description=f"{verb}: {len(jobs)} PDFs"))
    # Not quoted: a batch is small, and the annotation does not survive the way to a Dask worker.
    futures = [
        do.with_options(task_run_name=f"{verb} {number} of {len(batches)}").submit(batch, *what)
        for number, batch in enumerate(batches, 1)
    ]
    actions: dict[str, Action] = {}
    for future in futures:
        actions |= future.result()
        get_run_logger().info("%s: %d of %d PDFs", verb, len(actions), len(jobs))
        update_progress_artifact(bar, progress=100.0 * len(actions) / len(jobs))
    return actions


def _settings_of_batch(this: core.Run) -> Settings:
    """Where batches run side by side (Dask), each keeps to its own process, and paths must not hang on a folder."""
    settings = this.settings
    return replace(
        settings,
        input=settings.input.absolute(),
        gazetteer=settings.gazetteer.absolute(),
        workers=settings.workers if _is_threaded() else 1,
    )


def _is_threaded() -> bool:
    """Batches are threads of this process, one after the other."""
    context = FlowRunContext.get()
    return context is None or isinstance(context.task_runner, ThreadPoolTaskRunner)


def _unseen(value: Value) -> Value:
    """The value for a task, which gets it as it is; Prefect does not look into it."""
    return cast(Value, quote(value))


def _report(result: RunResult) -> str:
    counts = "\n".join(f"| {name} | {count} |" for name, count in result.counts.items())
    lines = [f"- {_harmless(line)}" for line in result.issues[:_MOST_ROWS]] or ["none"]
    if len(result.issues) > _MOST_ROWS:
        lines.append(f"- ... and {len(result.issues) - _MOST_ROWS} more in issues.csv")
    issues = "\n".join(lines)
    done = result.describe_actions()
    return f"# Run {result.number}\n\nPDFs: {done}.\n\n| | number |\n|---|---:|\n{counts}\n\n## Issues\n\n{issues}\n"


def _harmless(text: str) -> str:
    """Text of a PDF as text: Prefect's page would take tags in it for HTML, and load their pictures."""
    return escape(text, quote=False)
