"""`topology gazetteer check`: every fault of the gazetteer's files, claims that do not hold, and advice on names.

In: a folder, and whether to mend what can be mended. Out: findings, the gravest first. Advice is no fault: a name may
well be the beginning of another document's name; it is listed because such names go wrong first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.evaluate.promises import find_broken_promises
from pipeline.gazetteer.edit import format_files, lock_gazetteer, write_files
from pipeline.gazetteer.lint import Advice, lint_names
from pipeline.gazetteer.load import Gazetteer, fold_name, read_files, read_gazetteer
from pipeline.gazetteer.rows import ALIAS_COLUMNS, ALIASES, DOCUMENT_COLUMNS, DOCUMENTS, read_rows
from pipeline.knowledge import Fault, GazetteerError
from pipeline.names.spelling import load_spelling
from pipeline.names.symbols import load_symbols
from pipeline.records import Severity

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True)
class Finding:
    """An error keeps the gazetteer from being used, a warning is mended by `--fix`, information is advice."""

    severity: Severity
    fault: Fault

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.fault}"


def check_gazetteer(folder: Path, fix: bool = False) -> list[Finding]:
    """All findings, errors first; with `fix` the files are rewritten, sorted and normalised, before they are judged."""
    try:
        if fix:
            with lock_gazetteer(folder):
                if (formatted := format_files(*read_files(folder)[:2])) is not None:
                    write_files(folder, *formatted)
        documents, aliases, lanes = read_files(folder)
    except GazetteerError as error:
        return [Finding(Severity.ERROR, fault) for fault in error.faults]
    gazetteer, faults = read_gazetteer(folder, documents, aliases, lanes)
    findings = [Finding(Severity.ERROR, fault) for fault in faults]
    findings += _find_unformatted(documents, aliases)
    if not faults:
        broken = [*_check_rules(gazetteer)] or [*find_broken_promises(gazetteer)]
        rules = [Finding(Severity.ERROR, fault) for fault in broken]
        findings += rules or _locate(lint_names(gazetteer), documents, aliases)
    return sorted(findings, key=lambda finding: (_RANK[finding.severity], finding.fault))


def exit_code(findings: Iterable[Finding]) -> int:
    """2 with errors, 1 where files wait to be formatted, 0 with advice alone or nothing."""
    found = {finding.severity for finding in findings}
    return 2 if Severity.ERROR in found else 1 if Severity.WARNING in found else 0


def _check_rules(gazetteer: Gazetteer) -> Iterator[Fault]:
    """What is wrong with the other files of knowledge: patterns, spellings, words, cues, symbols."""
    from pipeline.detect.patterns import PatternError, load_patterns
    from pipeline.gazetteer.surroundings import load_issuers
    from pipeline.status.cuebook import CueError, load_cues

    for load in (
        lambda: load_spelling(gazetteer.folder),
        lambda: load_issuers(gazetteer.folder),
        lambda: load_symbols(gazetteer.folder),
        lambda: load_patterns(gazetteer),
        lambda: load_cues(gazetteer.folder) if (gazetteer.folder / "cues.yaml").exists() else None,
    ):
        try:
            load()
        except GazetteerError as error:
            yield from error.faults
        except (CueError, PatternError) as error:
            yield from map(_read_message, str(error).splitlines())


def _read_message(line: str) -> Fault:
    """`patterns.jsonl:12: what is wrong`, taken apart again."""
    place, _, message = line.partition(": ")
    file, _, number = place.partition(":")
    return Fault(Path(file).name, int(number) if number.isdigit() else 0, "", "", message or line)


def _find_unformatted(documents: bytes, aliases: bytes) -> list[Finding]:
    formatted = format_files(documents, aliases)
    if formatted is None:
        return []
    return [
        Finding(Severity.WARNING, _first_difference(file, is_now, should_be))
        for file, is_now, should_be in zip((DOCUMENTS, ALIASES), (documents, aliases), formatted, strict=True)
        if is_now != should_be
    ]


def _first_difference(file: str, is_now: bytes, should_be: bytes) -> Fault:
    lines = list(zip(is_now.split(b"\n"), should_be.split(b"\n"), strict=False))
    number = next((place for place, (left, right) in enumerate(lines, 1) if left != right), len(lines))
    line = is_now.split(b"\n")[number - 1].decode("utf-8", "replace")
    return Fault(file, number, "", line[:60], "not sorted and formatted from here on; `topology gazetteer check --fix`")


def _locate(advice: Iterable[Advice], documents: bytes, aliases: bytes) -> list[Finding]:
    places: dict[tuple[str, str], tuple[str, int, str]] = {}
    for row in read_rows(DOCUMENTS, documents, DOCUMENT_COLUMNS, []):
        for column in ("title", "short_title", "acronym"):
            places.setdefault((row.cells["id"], fold_name(row.cells[column])), (DOCUMENTS, row.line, column))
    for row in read_rows(ALIASES, aliases, ALIAS_COLUMNS, []):
        places[row.cells["entry_id"], fold_name(row.cells["alias"])] = (ALIASES, row.line, "alias")
    findings = []
    for item in advice:
        file, line, column = places[item.alias.entry_id, fold_name(item.alias.text)]
        findings.append(Finding(Severity.INFO, Fault(file, line, column, item.alias.text, item.remedy)))
    return findings
