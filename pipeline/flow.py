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
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

# Read when Prefect is imported: no telemetry, and patience with a private server that starts on a busy machine.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
# Processes that the run starts look for modules where this one found its own, not in the current folder.
os.environ.setdefault("PYTHONSAFEPATH", "1")

import httpx
from prefect import Flow, State, flow, task
from prefect.artifacts import create_image_artifact, create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.logging.loggers import flow_run_logger
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote
from pydantic import Field

from pipeline import core
from pipeline.runs.alarms import ACCEPT, AlarmError
from pipeline.runs.citing import cite_jobs
from pipeline.runs.history import Trace
from pipeline.runs.plan import Job
from pipeline.runs.pool import Failure
from pipeline.runs.progress import Silence
from pipeline.runs.remote import (
    Remote,
    cite_remotely,
    collect_documents,
    mirror_inputs,
    publish_remotely,
    share_gazetteer,
)
from pipeline.runs.run_record import RunResult
from pipeline.runs.scan import InputError
from pipeline.runs.workspace import find_run
from pipeline.settings import RunOptions, Settings, make_settings, plain_settings
from pipeline.store import read_csv

Value = TypeVar("Value")

# What an artifact shows of a table; the whole of it lies in the output folder.
_MOST_ROWS = 1000
_MOST_CHARACTERS = 100_000
_WEBHOOK_SECONDS = 10.0


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
) -> RunResult:
    """Read a folder of PDFs and publish who cites whom; parameters as in flows.yaml."""
    chosen = make_settings(settings or {}, "flow parameters")
    options = RunOptions(fetch, full, accept_drop, webhook, wait, batch, remote, exit_on)
    if options.remote and options.fetch:
        raise InputError("fetch: has no use with `remote`; let `topology fetch` fill the store's raw_pdfs/ by itself")
    try:
        with core.record_run(chosen, options) as trace:
            result = trace.result = _run(chosen, options, trace)
    except AlarmError as error:
        remedy = error.remedy.replace(ACCEPT, "run the deployment once with the parameter accept_drop=true")
        raise AlarmError(error.alarms, remedy) from None
    make_artifacts(_unseen(result))
    return result


def run_flow(settings: Settings, options: RunOptions) -> RunResult:
    """The flow in this process, with a private server if none is configured."""
    return cast(RunResult, topology(plain_settings(settings), **asdict(options)))


class Log(Silence):
    """What a person should know goes to the run's log."""

    def say(self, line: str) -> None:
        """A line of the log."""
        get_run_logger().info("%s", line)


@task(name="fetch", cache_policy=NO_CACHE, persist_result=False)
def download(settings: Settings) -> Mapping[str, int]:
    """Download what is new; returns how many addresses gave something new, nothing new, or nothing."""
    return core.fetch_inputs(settings, Log())


@task(task_run_name="cite", retries=1, cache_policy=NO_CACHE, persist_result=False)
def cite_batch(batch: Sequence[Job], settings: Settings, state: Path) -> dict[str, str | Failure]:
    """Read and cite some PDFs; what is found lies in `state`, so that a second try writes the same files again."""
    return {job.input.file: action for job, action in cite_jobs(batch, settings, state)}


@task(task_run_name="cite", retries=1, cache_policy=NO_CACHE, persist_result=False)
def cite_remote_batch(
    batch: Sequence[Job], names: dict[str, str], url: str, gazetteer: str, settings: Settings, full: bool
) -> dict[str, str | Failure]:
    """The same where the PDFs lie on an object store, and what is found goes there."""
    return cite_remotely(batch, names, url, gazetteer, settings, full)


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
    changes = (result.output / "changes.md").read_text(encoding="utf-8")[:_MOST_CHARACTERS]
    create_markdown_artifact(changes, key="topology-changes", description="What differs from the run before, and why")
    for name in ("edges", "issues"):
        rows = list(read_csv(result.output / f"{name}.csv"))[:_MOST_ROWS]
        create_table_artifact(rows, key=f"topology-{name}", description=f"{result.output / name}.csv")
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
    actions = _cite_from_store(this, options) if options.remote else _cite_in_batches(this, options)
    this.clock.mark("cite")
    found = core.gather(this, actions)
    summary = edges(_unseen(this), _unseen(found))
    core.check_drop(this, summary, options)
    draw(_unseen(this))
    return core.publish(this, summary)


def _cite_in_batches(this: core.Run, options: RunOptions) -> core.Actions:
    # Not quoted: a batch is small, and the annotation does not survive the way to a Dask worker.
    where = _settings_of_batch(this), this.workspace.state.absolute()
    futures = [cite_batch.submit(batch, *where) for batch in _batches(this, options.batch)]
    return {file: action for future in futures for file, action in future.result().items()}


def _cite_from_store(this: core.Run, options: RunOptions) -> core.Actions:
    """Batches share nothing with this process but the store; what they found is brought here to be gathered."""
    remote, folder = Remote(options.remote), this.settings.input.absolute()
    gazetteer = share_gazetteer(remote, this.settings.gazetteer)
    names = {job.input.file: job.input.path.relative_to(folder).as_posix() for job in this.plan.open_jobs}
    futures = []
    for batch in _batches(this, options.batch):
        named = {job.input.file: names[job.input.file] for job in batch}
        what = (options.remote, gazetteer, _settings_of_batch(this), options.full)
        futures.append(cite_remote_batch.submit(batch, named, *what))
    actions = {file: action for future in futures for file, action in future.result().items()}
    collect_documents(remote, this.plan.open_jobs, this.workspace.state)
    return actions


def _batches(this: core.Run, size: int) -> list[tuple[Job, ...]]:
    jobs = this.plan.open_jobs
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def _settings_of_batch(this: core.Run) -> Settings:
    """Where batches run side by side (Dask), each keeps to its own process, and paths must not hang on a folder."""
    settings = this.settings
    context = FlowRunContext.get()
    alone = context is None or isinstance(context.task_runner, ThreadPoolTaskRunner)
    return replace(
        settings,
        input=settings.input.absolute(),
        gazetteer=settings.gazetteer.absolute(),
        workers=settings.workers if alone else 1,
    )


def _unseen(value: Value) -> Value:
    """The value for a task, which gets it as it is; Prefect does not look into it."""
    return cast(Value, quote(value))


def _report(result: RunResult) -> str:
    counts = "\n".join(f"| {name} | {count} |" for name, count in result.counts.items())
    done = ", ".join(f"{count} {action}" for action, count in result.documents.items())
    issues = "\n".join(f"- {line}" for line in result.issues[:_MOST_ROWS]) or "none"
    return f"# Run {result.number}\n\nPDFs: {done}.\n\n| | number |\n|---|---:|\n{counts}\n\n## Issues\n\n{issues}\n"
