"""The run, top to bottom, free of Prefect: a folder of PDFs goes in, the output folder of the contract comes out.

`run` is all of it; `flow.py` calls the same steps as tasks. The trap: a run that finds nothing new must not import
spaCy or pandas, so the stages are imported in the functions that call them.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date

from pipeline.changes import Change, compare_runs, tells_changes, write_changes
from pipeline.gazetteer.load import load_gazetteer
from pipeline.records import Document
from pipeline.runs.alarms import ACCEPT, AlarmError, find_alarms
from pipeline.runs.citing import (
    Action,
    Actions,
    Found,
    cite_jobs,
    cite_text,
    gather_heads,
    identify_jobs,
    plan_citing,
    text_offsets,
)
from pipeline.runs.history import (
    ISSUES_FILE,
    Clock,
    RunResult,
    Trace,
    load_result,
    read_issue_lines,
    traced,
    write_record,
)
from pipeline.runs.kept import InputRow, Kept, RunRow
from pipeline.runs.plan import FAILED, KEPT, Plan, make_plan, read_passwords
from pipeline.runs.pool import Failure, Progress
from pipeline.runs.run_folder import OldRunError, keep_gazetteer
from pipeline.runs.scan import Scan, known_documents, scan_folder
from pipeline.runs.versions import describe_versions, knowledge_files
from pipeline.runs.workspace import Workspace, hash_files
from pipeline.settings import RunOptions, Settings

__all__ = ["Actions", "Found", "Run", "Summary", "begin", "cite_text", "run", "text_offsets"]


@dataclass(frozen=True)
class Summary:
    """What run.json tells of a run: each PDF with what was done, and what was found in all."""

    inputs: tuple[InputRow, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Run:
    """A run that has begun: the output folder is locked, what is to be done is known."""

    settings: Settings
    plan: Plan
    workspace: Workspace
    kept: Kept
    clock: Clock


def run(settings: Settings, options: RunOptions | None = None, progress: Progress | None = None) -> RunResult:
    """Read every PDF of the input folder, find what it cites, and publish the outputs, all at once.

    Raises InputError, GazetteerError or SettingsError for what a user must mend, BusyError beside another run, OSError
    where the output folder cannot be written; nothing is published then.
    """
    options = options or RunOptions()
    progress = progress or Progress()
    with record_run(settings, options) as trace:
        if options.fetch:
            trace.fetched = fetch_inputs(settings, progress)
        with begin(settings, options, trace) as this:
            trace.result = publish_again(this) if is_unchanged(this) else make_outputs(this, options, progress)
        return trace.result


def make_outputs(this: Run, options: RunOptions, progress: Progress) -> RunResult:
    """All the work of a run that has something new."""
    known = identify_all(this, progress)
    this = know_sources(this, known)
    found = gather(this, failures(known) | cite_all(this, progress))
    summary = write_tables(this, found)
    check_drop(this, summary, options)
    write_pictures(this)
    return publish(this, summary)


def record_run(settings: Settings, options: RunOptions) -> AbstractContextManager[Trace]:
    """Whatever happens within leaves a line for `topology status`."""
    return traced(Workspace(settings.output).state, options.exit_on)


def fetch_inputs(settings: Settings, progress: Progress) -> Mapping[str, int]:
    """Download what is new, and say so; an address that gives nothing is an issue of the run, no reason not to run."""
    from pipeline.fetch.fetch import count_outcomes, fetch, tell_outcomes

    try:
        outcomes = fetch(settings, date.today(), progress)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        progress.say(
            f"{error.filename or settings.input}: {error.strerror}; nothing was fetched, what is there is read"
        )
        return {}
    counts = count_outcomes(outcomes)
    for line in (*tell_outcomes(outcomes), ", ".join(f"{count} {name}" for name, count in counts.items())):
        progress.say(line)
    return counts


@contextmanager
def begin(settings: Settings, options: RunOptions, trace: Trace | None = None) -> Iterator[Run]:
    """Check what was given, lock the output folder, and decide what is to be done."""
    clock = Clock()
    scan = check_input(settings)
    workspace = Workspace(settings.output)
    kept = Kept(workspace.state)
    trace = trace or Trace(workspace.state, options.exit_on)
    with workspace.locked(options.wait), trace.at_work():
        plan = make_plan(scan, settings, kept, options.full)
        clock.mark("scan")
        yield Run(settings, plan, workspace, kept, clock)


def check_input(settings: Settings) -> Scan:
    """The PDFs of the input folder; raises InputError or GazetteerError before anything is written."""
    known_documents(settings.gazetteer)
    read_passwords(settings.password_file)
    return scan_folder(settings.input, settings.read)


def is_unchanged(this: Run) -> bool:
    """Nothing that the published outputs depend on is new, and they are as the last run left them."""
    last, folder = _last_run(this), this.workspace.published()
    if last is None or folder is None or last.key != this.plan.key or this.plan.open_jobs:
        return False
    if not all(this.kept.has(Document, row.causes) for row in last.inputs if row.causes):
        return False
    return hash_files(folder) == last.outputs


def identify_all(this: Run, progress: Progress) -> dict[str, Action]:
    """Read every new PDF, and say which document it is; returns what was done with each file that needed it."""
    jobs = this.plan.open_jobs
    progress.start("reading", len(jobs))
    actions: dict[str, Action] = {}
    for job, action in identify_jobs(jobs, this.settings, this.kept):
        actions[job.input.file] = action
        progress.step()
    this.clock.mark("read")
    return actions


def know_sources(this: Run, identified: Mapping[str, Action]) -> Run:
    """The barrier: all files are known, the register is built, and with it what must be cited."""
    plan = plan_citing(this.plan, identified, this.settings, this.kept)
    this.clock.mark("register")
    return replace(this, plan=plan)


def failures(actions: Mapping[str, Action]) -> dict[str, Action]:
    """The files that failed."""
    return {file: action for file, action in actions.items() if isinstance(action, Failure)}


def cite_all(this: Run, progress: Progress) -> dict[str, Action]:
    """Find what each document cites that is new, or that a new row concerns; returns what was done with each file."""
    jobs = this.plan.open_jobs
    progress.start("citing", len(jobs))
    actions: dict[str, Action] = {}
    for job, action in cite_jobs(jobs, this.plan.register, this.settings, this.kept):
        actions[job.input.file] = action
        progress.step()
    this.clock.mark("cite")
    return actions


def gather(this: Run, actions: Actions) -> Found:
    """Every PDF's head in the order of the scan, and what was done to get it; citations stay in what is kept.

    `actions` are those of citing, and the failures of identifying.
    """
    return gather_heads(this.plan, actions, this.settings, this.kept)


def write_tables(this: Run, found: Found) -> Summary:
    """Begin the draft: citations, edges and nodes, lists, run.json, and what differs from the run before."""
    from pipeline.runs.corpus import make_corpus
    from pipeline.runs.outputs import write_tables as write

    settings, gazetteer = this.settings, load_gazetteer(this.settings.gazetteer)
    corpus = make_corpus(found, this.kept, this.plan.issues, gazetteer, settings)
    draft = this.workspace.begin_draft()
    counts = write(draft, corpus, gazetteer, settings)
    keep_gazetteer(draft, knowledge_files(this.settings.gazetteer))
    summary = Summary(tuple(row for row, _ in found), counts)
    _write_record(this, summary)
    _write_changes(this)
    this.clock.mark("tables")
    return summary


def check_drop(this: Run, summary: Summary, options: RunOptions) -> None:
    """Raise AlarmError, and set the draft aside, where it holds nothing, or much less than the published run."""
    failed = [row.file for row in summary.inputs if row.action == FAILED]
    if len(failed) == len(summary.inputs):
        alarm = f"none of the {len(failed)} PDFs could be read"
        refused = this.workspace.refuse_draft()
        raise AlarmError((alarm, *read_issue_lines(refused)), f"look at {refused / ISSUES_FILE}")
    published = this.workspace.published()
    try:
        alarms = find_alarms(published, this.workspace.draft) if published else ()
    except OldRunError:
        return  # changes.md says so
    if alarms and not options.accept_drop:
        refused = this.workspace.refuse_draft()
        raise AlarmError(alarms, f"look at {refused / 'changes.md'}, and if it is right: {ACCEPT}")
    if alarms:
        this.workspace.clear_refused()


def write_pictures(this: Run) -> None:
    """Go on with the draft: the map, the report, the files for other tools."""
    from pipeline.runs.outputs import write_pictures as write

    write(this.workspace.draft, load_gazetteer(this.settings.gazetteer), this.settings)
    this.clock.mark("pictures")


def publish(this: Run, summary: Summary, is_unchanged: bool = False) -> RunResult:
    """Show all files of the draft at once."""
    _write_record(this, summary)
    before = this.workspace.published()
    known = read_issue_lines(before) if before else ()
    outputs = hash_files(this.workspace.draft)
    this.kept.save_run(RunRow(this.workspace.next_number(), this.plan.key, outputs, summary.inputs))
    folder = this.workspace.publish(this.settings.keep)
    this.kept.clear(this.workspace.run_numbers())
    result = load_result(this.settings.output, folder)
    new = tuple(line for line in result.issues if line not in set(known))
    return replace(result, new_issues=new, is_unchanged=is_unchanged)


def publish_again(this: Run) -> RunResult:
    """Nothing is new: the same outputs, a run.json that says so, and no changes, on the report neither."""
    last, folder = _last_run(this), this.workspace.published()
    assert last is not None
    assert folder is not None
    this.workspace.begin_draft(folder)
    rows = tuple(row if row.action == FAILED else replace(row, action=KEPT) for row in last.inputs)
    had_changes = tells_changes(this.workspace.draft)
    write_changes(this.workspace.draft, (), f"Changes since run {last.number}")
    if had_changes:  # the report tells them too
        from pipeline.report import write_report

        write_report(this.workspace.draft, load_gazetteer(this.settings.gazetteer))
    return publish(this, Summary(rows, load_result(this.settings.output, folder).counts), is_unchanged=True)


def _write_record(this: Run, summary: Summary) -> None:
    facts = {"versions": describe_versions(this.settings.gazetteer), "counts": dict(summary.counts)}
    write_record(this.workspace.draft, this.workspace.next_number(), summary.inputs, facts, this.clock)


def _write_changes(this: Run) -> None:
    published = this.workspace.published()
    changes: tuple[Change, ...] = ()
    heading = (
        f"Changes since run {this.workspace.published_number()}" if published else "First run: nothing to compare with"
    )
    try:
        changes = compare_runs(published, this.workspace.draft) if published else ()
    except OldRunError as error:
        heading = f"Nothing to compare with: {error}"
    write_changes(this.workspace.draft, changes, heading)


def _last_run(this: Run) -> RunRow | None:
    """What the published run was made of."""
    return this.kept.load_run(this.workspace.published_number())
