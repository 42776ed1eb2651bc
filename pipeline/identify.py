"""Which document a PDF is: SOURCES.csv's word, else its title page, else its metadata; and when it was adopted.

In: a `Reading`, the gazetteer, the file's row of SOURCES.csv if there is one. Out: a `Source` and issues. The trap:
metadata ("Microsoft Word - Document1", or the title of the document it was copied from) and running headers are often
wrong; they count only where the first pages name no document themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.identity.adoption import find_adoption_date
from pipeline.identity.titlepage import (
    Opening,
    Word,
    begins_title,
    contract,
    ends_title,
    find_openings,
    fold_words,
    make_title,
    noun_pattern,
    spelled_out,
    year_after,
)
from pipeline.records import UNLISTED, Alias, AliasKind, Entry, Issue, Legibility, Reading, Severity, Source

if TYPE_CHECKING:
    from pipeline.gazetteer.load import Gazetteer
    from pipeline.names.dates import PartialDate

# Title page and gazetteer may differ by this many years (adopted in December, signed in January) and no more.
_YEARS_APART = 1
_SLUG = 80  # characters
_TITLE_WORDS = 60
_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
# What office programs write into the title field by themselves.
_NO_TITLE = re.compile(r"microsoft word|untitled|document\s*\d*$|\.(?:docx?|pdf|indd|pptx?|rtf)\b", re.IGNORECASE)


def identify_source(
    reading: Reading, gazetteer: Gazetteer, listed: Mapping[str, str] | None = None
) -> tuple[Source, tuple[Issue, ...]]:
    """Say which document the PDF is, when it was adopted and how we know; `listed` is its row of SOURCES.csv."""
    dated = find_adoption_date(reading.pages)
    issues = list(_hash_issues(reading, listed))
    claimed = (listed or {}).get("document_id", "").strip()
    if claimed in gazetteer.entries:
        return _known(reading, gazetteer.entries[claimed], dated, "SOURCES.csv"), tuple(issues)
    if claimed and not claimed.startswith(UNLISTED):
        issues.append(_warning(f"SOURCES.csv: document_id {claimed!r} is not in the gazetteer", "mend or add it"))
    openings = tuple(find_openings(reading.pages))
    nouns = noun_pattern(noun for kind in gazetteer.kinds.values() for noun in kind)
    entries, basis = _named_entries(reading, openings, gazetteer, nouns)
    fitting = [entry for entry in entries if _dates_agree(entry, dated)]
    if len(fitting) == 1:
        return _known(reading, fitting[0], dated, basis), tuple(issues)
    if entries:
        issues.append(_doubt(entries, dated, basis))
    title = _own_title(reading, openings, nouns)
    known_id = claimed if claimed.startswith(UNLISTED) else UNLISTED + _slug(title, dated)
    return Source(known_id, reading.path, reading.sha256, title, dated, "unlisted"), tuple(issues)


class Copy(NamedTuple):
    """One file that holds a document, and how well: pages that could not be read, characters that could."""

    source: Source
    unread_pages: int
    characters: int


def measure_copy(source: Source, reading: Reading) -> Copy:
    """What `choose_copies` needs to know of a reading, so that the reading itself need not be kept."""
    legible = (Legibility.OK, Legibility.OCR, Legibility.BLANK)
    unread = sum(page.quality.legibility not in legible for page in reading.pages)
    return Copy(source, unread + (not reading.pages), sum(len(page.text) for page in reading.pages))


def choose_copies(copies: Iterable[Copy]) -> tuple[tuple[Source, ...], tuple[Issue, ...]]:
    """The sources to use, one for each document, by id, and an issue for each file left out."""
    by_id: dict[str, list[Copy]] = {}
    for copy in copies:
        by_id.setdefault(copy.source.id, []).append(copy)
    chosen: list[Source] = []
    issues: list[Issue] = []
    for source_id in sorted(by_id):
        best, *others = sorted(
            by_id[source_id], key=lambda copy: (copy.unread_pages, -copy.characters, copy.source.path)
        )
        chosen.append(best.source)
        for other in others:
            same = (
                "the same file as" if other.source.sha256 == best.source.sha256 else "another file of the document in"
            )
            message = f"{Path(other.source.path).name} is {same} {Path(best.source.path).name}, and is left out"
            issues.append(Issue(source_id, "identify", Severity.WARNING, message, "take one of them out of the folder"))
    return tuple(chosen), tuple(issues)


def _named_entries(
    reading: Reading, openings: Sequence[Opening], gazetteer: Gazetteer, nouns: re.Pattern[str]
) -> tuple[tuple[Entry, ...], str]:
    """The entries that the first pages give as the document's name, else the metadata; and where it stands."""
    on_page = [opening for opening in openings if not opening.running]
    names = _load_names(gazetteer, nouns)
    if entries := names.find(on_page):
        return entries, "title page"
    title = make_title(on_page, nouns)
    has_title = nouns.search(title) is not None
    running = [opening for opening in openings if opening.running and (not has_title or _fills_out(opening, title))]
    if entries := names.find(running):
        return entries, "running header"
    if has_title:
        return (), ""
    return names.find([Opening(_claimed_title(reading), running=True)]), "metadata"


def _fills_out(opening: Opening, title: str) -> bool:
    """Whether a header has words that the title lacks: "Protocol 9 Dangerous Goods" over "PROTOCOL DANGEROUS GOODS"."""
    words, fuller = [word.key for word in fold_words(title)], iter(word.key for word in fold_words(opening.text))
    return len(words) > 1 and all(word in fuller for word in words)


@lru_cache(maxsize=4)
def _load_names(gazetteer: Gazetteer, nouns: re.Pattern[str]) -> _Names:
    return _Names(gazetteer, nouns)


class _Names:
    """The gazetteer's names in the form in which they are compared with a title page."""

    def __init__(self, gazetteer: Gazetteer, nouns: re.Pattern[str]) -> None:
        self.entries = gazetteer.entries
        self.nouns = nouns
        self.aliases: dict[str, list[Alias]] = {}
        for alias in gazetteer.aliases:
            self.aliases.setdefault("".join(word.key for word in fold_words(alias.text)), []).append(alias)
        acronyms = {found.casefold() for alias in gazetteer.aliases for found in _ACRONYM.findall(alias.text)}
        self.acronyms = sorted(acronyms)

    def find(self, openings: Iterable[Opening]) -> tuple[Entry, ...]:
        """The entries one of whose names is the whole title at an opening; of several names the longest."""
        best: dict[str, int] = {}
        for opening in openings:
            if begins_title(opening, self.nouns):
                for name, alias in self._whole_names(opening):
                    best[alias.entry_id] = max(len(name), best.get(alias.entry_id, 0))
        longest = max(best.values(), default=0)
        return tuple(self.entries[entry_id] for entry_id in sorted(best) if best[entry_id] == longest)

    def _whole_names(self, opening: Opening) -> Iterator[tuple[str, Alias]]:
        plain = fold_words(opening.text)[:_TITLE_WORDS]
        for words in (plain, *(contract(plain, acronym) for acronym in spelled_out(self.acronyms, plain))):
            name = ""
            for word in words:
                name += word.key
                for alias in self.aliases.get(name, ()):
                    if self._is_whole(alias, opening, word, words):
                        yield name, alias

    def _is_whole(self, alias: Alias, opening: Opening, last: Word, words: Sequence[Word]) -> bool:
        if opening.running or alias.kind is AliasKind.ACRONYM or alias.needs_support:
            return last is words[-1]
        year = year_after(opening.text, last.end)
        if year is not None:
            return _year_fits(self.entries[alias.entry_id], int(year))
        return ends_title(opening.text, last.end, self.nouns)


def _year_fits(entry: Entry, year: int) -> bool:
    return year in (entry.issued.year if entry.issued else None, *entry.period)


def _dates_agree(entry: Entry, dated: PartialDate | None) -> bool:
    return dated is None or entry.issued is None or abs(dated.year - entry.issued.year) <= _YEARS_APART


def _known(reading: Reading, entry: Entry, dated: PartialDate | None, basis: str) -> Source:
    return Source(entry.id, reading.path, reading.sha256, entry.title, entry.issued or dated, basis)


def _own_title(reading: Reading, openings: Sequence[Opening], nouns: re.Pattern[str]) -> str:
    return make_title(openings, nouns) or _claimed_title(reading) or Path(reading.path).stem


def _claimed_title(reading: Reading) -> str:
    claimed = dict(reading.metadata).get("title", "")
    return "" if _NO_TITLE.search(claimed) else claimed


def _slug(title: str, dated: PartialDate | None) -> str:
    """The title in small letters and hyphens, cut at a word's end; with the year of adoption if it has none."""
    words = [word.key for word in fold_words(title)]
    if dated is not None and str(dated.year) not in words:
        words.append(str(dated.year))
    slug = "-".join(words)
    return slug if len(slug) <= _SLUG else slug[:_SLUG].rsplit("-", 1)[0]


def _hash_issues(reading: Reading, listed: Mapping[str, str] | None) -> Iterator[Issue]:
    expected = (listed or {}).get("sha256", "").strip().lower()
    if expected and expected != reading.sha256:
        message = f"SOURCES.csv: sha256 of {Path(reading.path).name} is {reading.sha256}, not {expected}"
        yield _warning(message, "the file has been replaced: check it, then correct the row")


def _doubt(entries: Sequence[Entry], dated: PartialDate | None, basis: str) -> Issue:
    ids = ", ".join(entry.id for entry in entries)
    day = f"the text is dated {dated}" if dated else "the text gives no date"
    return _warning(f"{basis} names {ids}, but {day}: left unlisted", "name the document in SOURCES.csv")


def _warning(message: str, remedy: str) -> Issue:
    return Issue("", "identify", Severity.WARNING, message, remedy)
