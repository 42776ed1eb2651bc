"""What a run has to do: for each PDF whether it is read, identified anew, or kept as it was.

In: the scanned folder, the settings, and what is kept from earlier runs. Out: a `Plan`. The trap: `Plan.key` stands
for everything that any output depends on; forget a cause there, and a change of it is published only when something
else changes as well.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pipeline.records import Issue, Reading
from pipeline.runs.kept import Causes, Identified, Kept, hash_values
from pipeline.runs.scan import Input, InputError, Scan
from pipeline.runs.versions import code_version, gazetteer_version, knowledge_files, reader_version, rules_version
from pipeline.settings import Settings

READ, RELINKED, KEPT, FAILED = "read", "relinked", "kept", "failed"
JUDGEMENTS = "judgements.jsonl"
REJECTED = "rejected.csv"


@dataclass(frozen=True)
class Job:
    """One PDF and what is to be done with it; without `causes` it cannot even be opened."""

    input: Input
    action: str
    causes: Causes | None


@dataclass(frozen=True)
class Plan:
    """All jobs by file name; `key` stands for all that the outputs depend on.

    `register` names the sources from which workers build the register; it is empty where that is the gazetteer.
    """

    jobs: tuple[Job, ...]
    issues: tuple[Issue, ...]
    key: str
    register: str = ""

    @property
    def open_jobs(self) -> tuple[Job, ...]:
        """The jobs that need work."""
        return tuple(job for job in self.jobs if job.action != KEPT)


def make_plan(scan: Scan, settings: Settings, kept: Kept, full: bool = False) -> Plan:
    """Decide for each PDF what it takes to know which document it is; with `full` nothing is kept.

    What must be cited anew is known when that is known of all: `citing.plan_citing`.
    """
    reading = hash_values(settings.ocr, settings.read, read_passwords(settings.password_file))
    gazetteer, (reader, rules) = gazetteer_version(settings.gazetteer), stage_versions(settings)
    jobs = []
    for each in scan.inputs:
        listed = each.listed or {}
        file = hash_values(each.file, listed.get("document_id"), listed.get("sha256"))
        causes = Causes(each.sha256, reader, reading, file, gazetteer, rules) if each.sha256 else None
        jobs.append(Job(each, READ if full else _choose_action(causes, kept), causes))
    return Plan(tuple(jobs), scan.issues, _make_key(jobs, scan.issues, settings))


def stage_versions(settings: Settings) -> tuple[str, str]:
    """The versions of reading and of citing in this process, under which their results are kept."""
    return reader_version(), hash_values(rules_version(), settings.link)


def read_passwords(path: Path | None) -> tuple[str, ...]:
    """One password a line; raises InputError where the file cannot be read."""
    if path is None:
        return ()
    try:
        return tuple(line for line in path.read_text(encoding="utf-8-sig").split("\n") if line)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); --password-file takes one password a line") from None


def _choose_action(causes: Causes | None, kept: Kept) -> str:
    """What must be done to know which document the file is."""
    if causes is None:
        return READ
    if kept.has(Identified, causes):
        return KEPT
    return RELINKED if kept.has(Reading, causes) else READ


def _make_key(jobs: list[Job], issues: tuple[Issue, ...], settings: Settings) -> str:
    """Every PDF's causes, the whole gazetteer with its judgements, the whole program, the looks of the outputs."""
    documents = [(job.input.file, job.causes.key(Identified) if job.causes else "") for job in jobs]
    files = [*knowledge_files(settings.gazetteer), *(settings.gazetteer / name for name in (JUDGEMENTS, REJECTED))]
    contents = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files if path.exists()]
    return hash_values(documents, issues, contents, code_version(), settings.as_of, settings.map)
