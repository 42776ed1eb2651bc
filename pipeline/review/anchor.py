"""Re-anchoring: find again the citation of a judgement when the PDF was replaced, or its source got another id.

In: judgements whose citation the run no longer has, and the run's citations; out: for each old citation id the new
one, or the reason why there is none (with the nearest place, for a person to look at).
A changed sentence is another statement: a judgement follows its sentence through other page breaks, hyphens and
white space, never through other words. The quote with its context decides, as in the selectors of the
W3C Web Annotation model (TextQuoteSelector: exact, prefix, suffix).
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.records import Citation, Judgement, Mention, Shown, Source, Verdict

# Letters and digits that quote and context must share when a page break cut the sentence elsewhere. Shorter ones
# repeat: "in line with the AEC Blueprint" (19 beside the name) stands several times in one document.
MIN_CONTEXT = 30
SENTENCE_ENDS = tuple(".!?;:")


@dataclass(frozen=True)
class Anchors:
    """`moved`: old citation id -> new one; `lost`: old citation id -> why, with the nearest citation's id or ""."""

    moved: Mapping[str, str]
    lost: Mapping[str, tuple[str, str]]


def anchor_judgements(
    judgements: Iterable[Judgement], citations: Sequence[Citation], sources: Sequence[Source] = ()
) -> Anchors:
    """Where the judgements of citations that are gone belong now; each citation takes at most one old one."""
    present = {citation.id for citation in citations}
    judged = {each.citation_id: each for each in judgements}
    gone = {old: each for old, each in judged.items() if old not in present}
    if not gone:
        return Anchors({}, {})
    by_source: dict[str, list[Citation]] = defaultdict(list)
    for citation in citations:
        by_source[citation.mention.source_id].append(citation)
    source_now = {old: _source_now(judgement, by_source, sources) for old, judgement in gone.items()}
    moved: dict[str, str] = {}
    taken: set[str] = set()
    lost: dict[str, tuple[str, str]] = {}
    for old in sorted(gone, key=lambda old: _reading_order(gone[old])):
        there = by_source.get(source_now[old], ())
        free = [each for each in there if each.id not in taken and _is_free(each, gone[old], judged)]
        found, why = _find(gone[old], free)
        if found is not None and not why:
            moved[old] = found.id
            taken.add(found.id)
        else:
            lost[old] = (why, found.id if found else "")
    return Anchors(moved, lost)


def _is_free(citation: Citation, judgement: Judgement, judged: Mapping[str, Judgement]) -> bool:
    """A citation that is judged under its own id is not also another place where the same sentence stood."""
    return citation.id not in judged or str(citation.mention.occurrence) == judgement.shown.occurrence


def _source_now(judgement: Judgement, by_source: Mapping[str, object], sources: Sequence[Source]) -> str:
    """The id that the judged source has now: an unlisted source becomes an entry when the gazetteer learns of it."""
    shown = judgement.shown
    source_id = shown.source_id
    if source_id in by_source or any(source.id == source_id for source in sources):
        return source_id
    same_bytes = [each.id for each in sources if each.sha256 and each.sha256 == shown.sha256]
    same_file = [each.id for each in sources if each.path and file_name(each.path) == shown.file]
    return next(iter(same_bytes + same_file), source_id)


def _find(judgement: Judgement, citations: Sequence[Citation]) -> tuple[Citation | None, str]:
    """The citation that stands for the judged one and "", or the nearest one (or None) and why it does not."""
    shown = judgement.shown
    old = _quote(shown.sentence, _within(shown))
    if not letters(old.name):
        return None, "the judgement does not hold the sentence that was judged"
    named = [each for each in citations if letters(name_of(each.mention)) == letters(old.name)]
    quotes = {each.id: _quote_of(each) for each in named}
    for group in (
        [each for each in named if quotes[each.id].letters == old.letters],
        [each for each in named if _same_context(old, quotes[each.id])],
    ):
        if len(group) == 1 or (group and shown.occurrence):
            return _same_occurrence(group, shown)
        if group:
            return group[0], "its sentence stands in several places"
    renamed = [each for each in citations if _is_renamed(judgement, old, each)]
    if len(renamed) == 1:
        return renamed[0], ""
    if named:
        return named[0], "the sentence has changed or is gone"
    return None, "the name is not found in this source any more" if citations else "the source is not in this run"


def _same_occurrence(group: Sequence[Citation], shown: Shown) -> tuple[Citation, str]:
    """Of the same sentence in several places, the one that comes as often before; a lone one is it in any case."""
    if len(group) == 1:
        return group[0], ""
    ordered = sorted(group, key=lambda each: (each.mention.page, each.mention.start))
    same = [each for each in ordered if str(each.mention.occurrence) == shown.occurrence]
    return (same[0], "") if len(same) == 1 else (ordered[0], "its sentence stands in several places")


def _same_context(old: Quote, new: Quote) -> bool:
    """A page break cut the sentence elsewhere: no word differs, enough is shared, the rest is a sentence of its own.

    Words of the same sentence may turn it round ("it was decided not to ..."), so none may come or go.
    """
    before = _shared(old.front, new.front, is_front=True)
    after = _shared(old.back, new.back, is_front=False)
    return before is not None and after is not None and before + after >= MIN_CONTEXT


def _shared(one: str, other: str, *, is_front: bool) -> int | None:
    """Letters that both sides of a name share; None where they differ by more than whole sentences."""
    short, long = sorted((one, other), key=lambda text: len(letters(text)))
    some, more = letters(short), letters(long)
    if some == more:
        return len(some)
    fits = more.endswith(some) if is_front else more.startswith(some)
    head = _head(long, len(more) - len(some) if is_front else len(some))
    return len(some) if fits and head.rstrip("\"'”’) ")[-1:] in SENTENCE_ENDS else None


def _head(text: str, count: int) -> str:
    """The beginning of the text with so many letters, and the signs that follow the last of them."""
    seen = 0
    for place, char in enumerate(text):
        seen += len(letters(char))
        if seen > count:
            return text[:place]
    return text


def _is_renamed(judgement: Judgement, old: Quote, citation: Citation) -> bool:
    """The same place with a longer or shorter name, linked to what was judged: the verdict still says it."""
    if judgement.verdict not in (Verdict.ACCEPT, Verdict.CORRECT) or judgement.target_id is None:
        return False
    new = _quote_of(citation)
    if citation.target_id != judgement.target_id or new.letters != old.letters:
        return False
    place, at = len(letters(old.front)), len(letters(new.front))
    one, other = letters(old.name), letters(new.name)
    return (one in other or other in one) and at < place + len(one) and place < at + len(other)


@dataclass(frozen=True)
class Quote:
    """A name with the rest of its sentence on both sides."""

    front: str
    name: str
    back: str

    @property
    def letters(self) -> str:
        """Of the whole sentence."""
        return letters(self.front + self.name + self.back)


def _quote(sentence: str, within: tuple[int, int]) -> Quote:
    start, end = within
    return Quote(sentence[:start], sentence[start:end], sentence[end:])


def _quote_of(citation: Citation) -> Quote:
    mention = citation.mention
    start, end = mention.within
    return _quote(mention.sentence, (start, end)) if end > start else Quote("", name_of(mention), mention.sentence)


def _within(shown: Shown) -> tuple[int, int]:
    """Where the name stands in the sentence that was shown; searched for where the judgement does not say."""
    start, _, end = shown.within.partition(",")
    if start.isdigit() and end.isdigit():
        return int(start), int(end)
    place = max(shown.sentence.find(shown.surface), 0)
    return place, place + len(shown.surface)


def name_of(mention: Mention) -> str:
    """The name as the clean sentence has it; the surface itself may hold line ends and a running header."""
    start, end = mention.within
    return mention.sentence[start:end] or " ".join(mention.surface.split())


@lru_cache(maxsize=65536)
def letters(text: str) -> str:
    """Letters and digits only, compatibility forms and case folded: what hyphens, spaces and typography leave alone."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _reading_order(judgement: Judgement) -> tuple[str, int, int, str]:
    shown = judgement.shown
    page, occurrence = shown.page, shown.occurrence
    return (
        shown.source_id,
        int(page) if page.isdigit() else 0,
        int(occurrence) if occurrence.isdigit() else 0,
        judgement.citation_id,
    )


def file_name(path: str) -> str:
    """The last part of a path of any system."""
    return path.replace("\\", "/").rpartition("/")[2]
