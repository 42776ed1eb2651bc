"""`topology fetch`: what SOURCES.csv names and the watched pages link to, newest versions beside the old.

In: the input folder with SOURCES.csv and WATCH.csv. Out: PDFs and web pages in it, their hash and day in SOURCES.csv,
and issues. A web page is kept as .html, its bytes as they came; its pictures are not. A new version never overwrites:
it is put beside the old file, whose row then says `superseded_by`, and runs read the new one. What cannot be
downloaded is told by every later run too (`.fetch.json`), until a fetch succeeds; a host that cannot be reached is one
issue, not one for each of its addresses.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout

from pipeline.fetch.download import Download, Downloader, RefusedError, UnreachedError, Validators, make_client
from pipeline.fetch.pages import find_links, page_words
from pipeline.runs.pool import Progress
from pipeline.runs.scan import FETCH_STATE, SOURCES, InputError, opens, read_list, read_sources
from pipeline.store import sync_folder, write_csv, write_json

if TYPE_CHECKING:
    from pipeline.settings import Settings

WATCH = "WATCH.csv"
COLUMNS = ("file", "document_id", "url", "retrieved", "sha256", "licence", "verified", "note", "superseded_by")

# A plain name in the input folder itself; no path, nothing hidden.
_FILE_NAME = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,200}\.(?:pdf|html?)", re.IGNORECASE)

NEW, UNCHANGED, REFUSED = "new", "unchanged", "refused"

Row = dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of one address."""

    url: str
    file: str
    outcome: str  # new, unchanged, refused
    reason: str = ""
    remedy: str = ""
    unreached: str | None = None  # the host, where there is no connection to it; empty: none was tried


@dataclass
class _State:
    """What earlier fetches left: validators by address, issues by address. Kept in `.fetch.json`."""

    validators: dict[str, Validators]
    issues: dict[str, Row]


def fetch(settings: Settings, today: date, progress: Progress) -> tuple[Outcome, ...]:
    """Download what is new into the input folder; raises InputError for a list that is none, OSError."""
    folder = settings.input
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one with a {SOURCES}: --input FOLDER")
    with _locked(folder), make_client(settings.fetch) as client:
        rows, watched = read_rows(folder), _read_watched(folder / WATCH)
        hosts = {_host_of(row["url"]) for row in (*rows, *watched)} | set(settings.fetch.hosts)
        downloader = Downloader(client, frozenset(hosts - {""}), settings.fetch)
        visit = _Visit(folder, rows, _read_state(folder), downloader, today)
        progress.start("fetching", len(rows) + len(watched))
        outcomes = [*visit.watch(watched, progress), *visit.download_all(progress)]
        visit.save()
    return tuple(outcomes)


def read_rows(folder: Path) -> list[Row]:
    """The rows of SOURCES.csv with all columns; raises InputError for a file name that leads out of the folder."""
    rows = [_make_row("", "", "") | dict(row) for row in read_sources(folder / SOURCES).values()]
    for row in rows:
        if row["url"] and not _FILE_NAME.fullmatch(row["file"]):
            raise InputError(
                f"{folder / SOURCES}: {row['file']}: is no name for a PDF or a page; write one like plan-2025.pdf"
            )
    return rows


class _Visit:
    """One fetch: the rows of SOURCES.csv, which it changes, and what it remembers for the next."""

    def __init__(self, folder: Path, rows: list[Row], state: _State, downloader: Downloader, today: date) -> None:
        self.folder, self.rows, self.state, self.downloader, self.today = folder, rows, state, downloader, today
        self.written = [dict(row) for row in rows]
        self.unreached: Counter[tuple[str, str, str]] = Counter()  # host, reason, remedy

    def watch(self, watched: Sequence[Row], progress: Progress) -> Iterator[Outcome]:
        """Add a row for each PDF that a watched page links to and that no row names yet."""
        for row in watched:
            progress.step()
            try:
                page = self.downloader.load_page(row["url"])
            except RefusedError as error:
                yield self._refuse(row["url"], "", error)
                continue
            self.state.issues.pop(row["url"], None)
            named = {each["url"] for each in self.rows}
            found, bad = find_links(page.url, page.text, row.get("links", ""))
            if bad:
                reason = f"has links that are no addresses: {', '.join(bad[:3])}"
                yield self._refuse(row["url"], "", RefusedError(reason, "look at the page; its other links are taken"))
            for url in found:
                if url not in named:
                    self.rows.append(_make_row(self._free_name(url), url, row.get("document_id", "")))

    def download_all(self, progress: Progress) -> Iterator[Outcome]:
        """Ask for each address once."""
        for row in [each for each in self.rows if each["url"] and not each["superseded_by"]]:
            yield self._download(row)
            self.save()
            progress.step()

    def save(self) -> None:
        """Write SOURCES.csv, if a row changed (a column that only we would add is no change), and the state."""
        columns = (*COLUMNS, *(name for name in (self.rows[0] if self.rows else {}) if name not in COLUMNS))
        if self.rows != self.written:
            write_csv(
                self.folder / SOURCES, columns, [[row.get(column, "") for column in columns] for row in self.rows]
            )
            self.written = [dict(row) for row in self.rows]
        validators = {url: asdict(each) for url, each in self.state.validators.items()}
        issues = self.state.issues | {key[0]: _host_issue(*key, count) for key, count in self.unreached.items()}
        write_json(self.folder / FETCH_STATE, {"validators": validators, "issues": issues})

    def _download(self, row: Row) -> Outcome:
        path, draft = self.folder / row["file"], self.folder / f".{row['file']}.part"
        url, before = row["url"], row["sha256"]
        known = self.state.validators.get(url, Validators()) if path.exists() else Validators()
        try:
            found = self.downloader.download(url, known, draft)
            self.state.issues.pop(url, None)
            self.state.validators[url] = found.validators
            is_known = path.exists() and (found.sha256 == before or _is_same_page(draft, path, found.suffix))
            if not found.is_new or is_known:
                return Outcome(url, row["file"], UNCHANGED)
            return Outcome(url, self._keep(row, draft, found), NEW)
        except RefusedError as error:
            return self._refuse(url, row["file"], error)
        finally:
            draft.unlink(missing_ok=True)

    def _keep(self, row: Row, draft: Path, found: Download) -> str:
        """Put the draft under the row's name if that is free, else beside it in a row of its own; as what it is."""
        told = {"retrieved": self.today.isoformat(), "sha256": found.sha256}
        old = self.folder / row["file"]
        if old.exists():
            remedy = "look the address up in a browser and correct it"
            if found.suffix == ".pdf" and not opens(draft) and opens(old):
                raise RefusedError("cannot be opened, and does not take the place of the file that can", remedy)
            if found.suffix != ".pdf" and row["retrieved"] and old.suffix.lower() == ".pdf":
                raise RefusedError("is a page now, where it was a PDF", remedy)
            name = self._version_name(row["file"], found.suffix)
            row["superseded_by"] = name
            row = _make_row(name, row["url"], row["document_id"]) | {"verified": row["verified"], "note": row["note"]}
            self.rows.append(row)
        elif not old.name.lower().endswith(found.suffix):
            row["file"] = self._free(old.stem, found.suffix)
            for each in self.rows:
                if each["superseded_by"] == old.name:
                    each["superseded_by"] = row["file"]
        row.update(told)
        draft.replace(self.folder / row["file"])
        sync_folder(self.folder)
        return row["file"]

    def _version_name(self, file: str, suffix: str) -> str:
        """`name.2026-11-24.pdf`, with a number where there are several of one day."""
        stem = re.sub(r"\.\d{4}-\d{2}-\d{2}(?:-\d+)?$", "", Path(file).stem)
        return self._free(f"{stem}.{self.today}", suffix)

    def _free_name(self, url: str) -> str:
        """A file name from an address: its last part, of harmless characters only."""
        last = re.sub(r"\.pdf$", "", unquote(urlsplit(url).path).rsplit("/", 1)[-1], flags=re.IGNORECASE)
        return self._free(re.sub(r"[^\w.-]+", "-", last).strip(".-")[:100] or "document", ".pdf")

    def _free(self, stem: str, suffix: str) -> str:
        """A name that neither a row nor a file has."""
        taken, name, number = {row["file"] for row in self.rows}, f"{stem}{suffix}", 1
        while name in taken or (self.folder / name).exists():
            number += 1
            name = f"{stem}-{number}{suffix}"
        return name

    def _refuse(self, url: str, file: str, error: RefusedError) -> Outcome:
        if isinstance(error, UnreachedError):
            self.unreached[error.host, error.reason, error.remedy] += 1
            return Outcome(url, file, REFUSED, error.reason, error.remedy, error.host)
        self.state.issues[url] = {"file": file, "message": f"{url} {error.reason}", "remedy": error.remedy}
        return Outcome(url, file, REFUSED, error.reason, error.remedy)


def _is_same_page(draft: Path, path: Path, suffix: str) -> bool:
    """Two pages of the same words, though their bytes may change with each visit."""
    if suffix == ".pdf" or path.suffix.lower() == ".pdf":
        return False
    new, old = (page_words(each.read_text("utf-8", "replace")) for each in (draft, path))
    return new == old


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # told when it is asked for
        return ""


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / ".fetch.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(f"{folder}: another fetch is at work here; wait for it") from None
    try:
        yield
    finally:
        lock.release()


def _make_row(file: str, url: str, document_id: str) -> Row:
    return dict.fromkeys(COLUMNS, "") | {"file": file, "document_id": document_id, "url": url}


def _read_watched(path: Path) -> list[Row]:
    """The pages of WATCH.csv; raises InputError for a file that is no such list."""
    if not path.exists():
        return []
    rows = []
    for number, row in read_list(path):
        rows.append(row)
        if not row.get("url"):
            raise InputError(f"{path}: row {number}: has no url; the columns are url, links (a pattern), document_id")
        try:
            re.compile(row.get("links", ""))
        except re.error as error:
            raise InputError(f"{path}: row {number}: links: {row['links']!r} is no pattern ({error})") from None
    return rows


def _read_state(folder: Path) -> _State:
    """What is kept of earlier fetches; unreadable, it only costs asking again."""
    try:
        found = json.loads((folder / FETCH_STATE).read_text(encoding="utf-8"))
        validators = {url: Validators(**each) for url, each in found["validators"].items()}
        return _State(validators, {key: each for key, each in found["issues"].items() if "://" in key})
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return _State({}, {})


def _host_issue(host: str, reason: str, remedy: str, count: int) -> Row:
    """One issue for all addresses of a host, kept under the host's name."""
    return {
        "file": host or "fetch",
        "message": f"{reason}; {count} address{'es' if count > 1 else ''} without answer",
        "remedy": remedy,
    }


def tell_outcomes(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What is new and what could not be had, a line each; one line for all addresses of a host that is not there."""
    unreached = Counter((each.unreached, each.reason, each.remedy) for each in outcomes if each.unreached is not None)
    for (host, reason, remedy), count in unreached.items():
        yield f"{host or 'other hosts'}: {reason}; {count} address{'es' if count > 1 else ''} without answer; {remedy}"
    for each in outcomes:
        if each.outcome == REFUSED and each.unreached is None:
            yield f"{each.file or 'watched page'}: {each.url} {each.reason}; {each.remedy}"
        elif each.outcome == NEW:
            yield f"{each.file}: new, from {each.url}"


def count_outcomes(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """How many addresses gave something new, nothing new, or nothing."""
    counts = dict.fromkeys((NEW, UNCHANGED, REFUSED), 0)
    for each in outcomes:
        counts[each.outcome] += 1
    return counts
