"""A project on an object store, here fsspec's in memory: inputs copied, workers that share nothing, runs that count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import core
from pipeline.core import run
from pipeline.runs.citing import Action
from pipeline.runs.plan import Job
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
from pipeline.settings import RunOptions, Settings
from tests.run_factory import make_folder, make_pdf, make_settings, published_bytes

fsspec = pytest.importorskip("fsspec", reason="the extra `dask` is not installed")

URL = "memory://bucket/project"
OWN = ("run.json", "changes.csv", "changes.md", "report.html")


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Remote]:
    """A store with three PDFs."""
    store = Remote(URL)
    make_folder(tmp_path / "origin")
    for path in (tmp_path / "origin").iterdir():
        store.save(path, f"raw_pdfs/{path.name}")
    yield store
    store.files.store.clear()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def work(remote: Remote, settings: Settings, options: RunOptions) -> core.Actions:
    """A run as the flow makes it with `remote`, every batch of one job in a process that knows nothing."""
    mirror_inputs(remote, settings.input)
    with core.begin(settings, options) as this:
        gazetteer = share_gazetteer(remote, settings.gazetteer)
        store = Store(URL, gazetteer, {job.input.file: job.input.file for job in this.plan.jobs}, options.full)
        known: dict[str, Action] = {}
        for job in this.plan.open_jobs:
            known |= identify_remotely((hidden(job),), store, settings)
        this = core.know_sources(replace(this, kept=SharedKept(this.workspace.state, remote)), known)
        share_register(remote, this.workspace.state, this.plan.register)
        actions = core.failures(known)
        for job in this.plan.open_jobs:
            actions |= cite_remotely((hidden(job),), this.plan.register, store, settings)
        found = core.gather(this, actions)
        summary = core.write_tables(this, found)
        core.write_pictures(this)
        result = core.publish(this, summary)
    publish_remotely(remote, settings.output, settings.keep)
    assert result.documents["failed"] == 0
    return actions


def hidden(job: Job) -> Job:
    """The job as a worker gets it: the path leads nowhere on its machine."""
    return replace(job, input=replace(job.input, path=Path("/nowhere", job.input.file)))


def test_a_run_from_a_store_is_that_of_a_folder(remote: Remote, tmp_path: Path) -> None:
    local = tmp_path / "local"
    make_folder(local / "pdfs")
    run(make_settings(local))
    settings = make_settings(tmp_path / "there")
    assert set(work(remote, settings, RunOptions()).values()) == {"read"}
    assert published_bytes(settings.output, OWN) == published_bytes(local / "out", OWN)
    assert json.loads(remote.files.cat(f"{remote.root}/current.json")) == {"run": 1}
    published = remote.files.cat(f"{remote.root}/runs/1/edges.csv")
    assert published == (local / "out" / "edges.csv").read_bytes()


def test_another_machine_uses_the_readings_of_the_store(remote: Remote, tmp_path: Path) -> None:
    """A new gathering machine, with nothing kept: readings are there, unless everything is to be read again."""
    work(remote, make_settings(tmp_path / "one"), RunOptions())
    assert set(work(remote, make_settings(tmp_path / "two", keep=1), RunOptions()).values()) == {"relinked"}
    assert published_bytes(tmp_path / "one" / "out", OWN) == published_bytes(tmp_path / "two" / "out", OWN)
    assert set(work(remote, make_settings(tmp_path / "three"), RunOptions(full=True)).values()) == {"read"}
    # The second run kept no other; the third was told to keep ten.
    assert sorted({name.split("/")[0] for name in remote.list_files("runs")}) == ["2", "3"]


def test_only_what_changed_is_copied(remote: Remote, tmp_path: Path) -> None:
    here = tmp_path / "pdfs"
    assert mirror_inputs(remote, here) == 3
    assert mirror_inputs(remote, here) == 0
    make_pdf(tmp_path / "new.pdf", ["ASEAN Agreement on Rivers", "Adopted on 3 May 2022", "It is new now."])
    remote.save(tmp_path / "new.pdf", "raw_pdfs/rivers.pdf")
    remote.save(tmp_path / "new.pdf", "raw_pdfs/2022/new.pdf")
    remote.save(tmp_path / "new.pdf", "raw_pdfs/notes.txt")
    remote.files.rm(f"{remote.root}/raw_pdfs/statement.pdf")
    assert mirror_inputs(remote, here) == 2
    assert names(here) == [".mirror.json", "2022", "adm2025.pdf", "rivers.pdf"]
    assert (here / "rivers.pdf").read_bytes() == (tmp_path / "new.pdf").read_bytes()


def test_a_folder_of_your_own_is_left_alone(remote: Remote, tmp_path: Path) -> None:
    make_folder(tmp_path / "mine")
    with pytest.raises(InputError, match="is no copy of memory://bucket/project; name a new folder as input"):
        mirror_inputs(remote, tmp_path / "mine")
    assert names(tmp_path / "mine") == ["adm2025.pdf", "rivers.pdf", "statement.pdf"]


def test_a_pdf_that_is_taken_away_costs_itself(remote: Remote, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    mirror_inputs(remote, settings.input)
    remote.files.rm(f"{remote.root}/raw_pdfs/rivers.pdf")
    with core.begin(settings, RunOptions()) as this:
        gazetteer = share_gazetteer(remote, settings.gazetteer)
        jobs = this.plan.open_jobs
        done = identify_remotely(
            jobs, Store(URL, gazetteer, {job.input.file: job.input.file for job in jobs}), settings
        )
    assert done["adm2025.pdf"] == done["statement.pdf"] == "read"
    assert str(done["rivers.pdf"]).startswith("Failure(reason='was taken away")


@pytest.mark.parametrize("url", ["nosuchstore://bucket/x"])
def test_a_url_that_no_driver_knows(url: str) -> None:
    with pytest.raises(InputError, match="install the store's fsspec driver"):
        Remote(url)
