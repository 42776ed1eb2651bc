"""Sources of the specimens -> blocks of words that know which citation they belong to.

A source is `key: value` lines, a line `---`, then text; README.md describes the markup. The trap: a citation
is marked where it stands, `[[surface @ entry-id status kind]]`, so a name that is not marked is claimed to be none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

LINE_BREAK = "\n"
NO_CITATION = -1  # marked {{...}}: a name that is no citation here
STATUSES = ("existing", "planned")
KINDS = ("name", "term", "anaphora")
KEYS = {
    "document": "",
    "date": "",
    "producer": "reportlab",
    "paper": "a4",
    "font": "times",
    "size": "11",
    "leading": "1.25",
    "margin": "72",
    "columns": "1",
    "order": "columns",
    "emit": "words",
    "align": "justify",
    "hyphens": "no",
    "tables": "ruled",
    "cells": "cells",
    "header": "",
    "header-at": "left",
    "footer": "{n}",
    "footer-at": "center",
    "furniture": "first",
    "mark": "bottom",
    "cover": "no",
    "title": "plain",
    "metadata": "",
}

_INLINE = re.compile(
    r"\[\[(?P<surface>.+?) @ (?P<target>[^\]]+)\]\]|\{\{(?P<bare>.+?)\}\}|\[\^(?P<note>\d+)\]"
    r"|(?P<bold>\*\*)|(?P<italic>\*)|(?P<br><br>)|(?P<space>\s+)|(?P<text>[^\s\[{*<]+|.)"
)
_TARGET = re.compile(r"(?P<id>null|[a-z0-9-]+)(?P<words>(?: [a-z]+)*)(?:: (?P<title>.+))?")


class MarkupError(ValueError):
    """A line of a source that says nothing the builder understands."""


@dataclass(frozen=True)
class Mark:
    """One citation as the source marks it; `zone` is the part of the document in which it stands."""

    surface: str
    target_id: str | None
    target_title: str
    status: str
    kind: str
    sentence: str
    zone: str
    unreadable: bool


@dataclass(frozen=True)
class Piece:
    """A stretch of text in one style ("", "b", "i", "bi", "sup"); `cite` is its citation's index, or NO_CITATION."""

    text: str
    style: str = ""
    cite: int | None = None


Word = tuple[Piece, ...]


@dataclass(frozen=True)
class Block:
    """A title line, heading, paragraph, item, table or directive; a table has rows of cells, the others words."""

    kind: str
    words: tuple[Word, ...] = ()
    label: str = ""
    rows: tuple[tuple[tuple[Word, ...], ...], ...] = ()


@dataclass(frozen=True)
class Specimen:
    """A parsed source: layout keys, blocks in reading order, footnotes by number, and the citations marked in it."""

    keys: dict[str, str]
    blocks: tuple[Block, ...]
    notes: dict[str, tuple[Word, ...]]
    marks: tuple[Mark, ...]

    @property
    def id(self) -> str:
        return self.keys["document"]


def read_specimen(path: Path) -> Specimen:
    """Parse one source; raises MarkupError with file and line."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    keys = {**KEYS, **_read_keys(path, head)}
    if keys["document"] != path.stem:
        raise MarkupError(f"{path.name}: document is {keys['document']!r}, the file's name says {path.stem!r}")
    parser = _Parser(path.name, head.count("\n") + 2)
    parser.read(body)
    return Specimen(keys, tuple(parser.blocks), parser.notes, tuple(parser.marks))


def plain_text(words: tuple[Word, ...]) -> str:
    """Words as running text, footnote markers and forced breaks left out."""
    shown = ["".join(piece.text for piece in word if piece.style != "sup") for word in words]
    return " ".join(text for text in shown if text.strip())


def _read_keys(path: Path, head: str) -> dict[str, str]:
    keys = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if not colon or key not in KEYS:
            raise MarkupError(f"{path.name}: {line!r} is none of the keys {', '.join(KEYS)}")
        keys[key] = value.strip()
    return keys


@dataclass
class _Parser:
    name: str
    offset: int
    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, tuple[Word, ...]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    zone: str = "body"
    unreadable: bool = False

    def read(self, body: str) -> None:
        paragraph: list[str] = []
        rows: list[str] = []
        for number, line in enumerate([*body.splitlines(), ""], start=self.offset + 1):
            if rows and line.startswith("  "):
                rows[-1] += " " + line.strip()
            elif line.startswith("| ") or line.startswith("|: "):
                rows.append(line)
            elif line.strip() and not _starts_block(line):
                paragraph.append(line.strip())
            else:
                self._close(paragraph, rows)
                if line.strip():
                    self._single(line.rstrip(), number)
        self._close(paragraph, rows)

    def _close(self, paragraph: list[str], rows: list[str]) -> None:
        if paragraph:
            self.blocks.append(Block("paragraph", self._words(" ".join(paragraph), self.zone)))
            paragraph.clear()
        if rows:
            self._table(rows)
            rows.clear()

    def _single(self, line: str, number: int) -> None:
        sign, _, text = line.partition(" ")
        if sign.startswith("@"):
            self._directive(sign[1:], text, number)
        elif sign.startswith("[^"):
            self.notes[sign[2:-2]] = self._words(text, "footnote")
        elif sign == "+":
            label, _, rest = text.partition(" ")
            self.blocks.append(Block("item", self._words(rest, self.zone), label))
        elif sign == "-":
            self.blocks.append(Block("item", self._words(text, self.zone), "•"))
        else:
            kind = {"=": "title", "==": "subtitle", "#": "heading", "##": "subheading"}[sign]
            zone = "heading" if sign in ("#", "##", "=") else self.zone
            self.blocks.append(Block(kind, self._words(text, zone)))

    def _directive(self, name: str, value: str, number: int) -> None:
        if name in ("annex", "body", "contents", "bibliography"):
            self.zone = name
        elif name in ("page", "landscape", "portrait", "rotated", "scan", "endscan", "columns"):
            self.unreadable = {"scan": True, "endscan": False}.get(name, self.unreadable)
            self.blocks.append(Block("@" + name, label=value))
        else:
            raise MarkupError(f"{self.name}:{number}: no directive @{name}")

    def _table(self, lines: list[str]) -> None:
        zone = "table" if self.zone == "body" else self.zone
        if not lines[0].startswith("|: "):
            raise MarkupError(f"{self.name}: table without widths: {lines[0]!r}")
        rows = []
        for line in lines[1:]:
            cells = line.strip().removeprefix("|").removesuffix("|").split("|")
            rows.append(tuple(self._words(cell.strip(), zone) for cell in cells))
        widths = lines[0].removeprefix("|: ")
        if any(len(row) != len(widths.split()) for row in rows):
            raise MarkupError(f"{self.name}: {len(widths.split())} widths, but {[len(row) for row in rows]} cells")
        self.blocks.append(Block("table", label=widths, rows=tuple(rows)))

    def _words(self, text: str, zone: str) -> tuple[Word, ...]:
        first = len(self.marks)
        inline = _Inline(self, zone)
        inline.add(text, None)
        words = inline.words()
        whole = plain_text(words)
        found = 0
        for index in range(first, len(self.marks)):
            mark = self.marks[index]
            found = whole.index(mark.surface, found)
            sentence = _sentence(whole, found, found + len(mark.surface))
            self.marks[index] = Mark(**{**mark.__dict__, "sentence": sentence})
            found += 1
        return words


class _Inline:
    """Splits one run of text into words, and registers its citations with the parser."""

    def __init__(self, parser: _Parser, zone: str) -> None:
        self.parser = parser
        self.zone = zone
        self.bold = self.italic = False
        self.done: list[list[Piece]] = [[]]

    def add(self, text: str, cite: int | None) -> None:
        for found in _INLINE.finditer(text):
            kind = found.lastgroup if not found["surface"] else "surface"
            if kind == "surface":
                self.add(found["surface"], self._mark(found["surface"], found["target"]))
            elif kind == "bare":
                self.add(found["bare"], NO_CITATION)
            elif kind == "note":
                self.done[-1].append(Piece(found["note"], "sup"))
            elif kind == "bold":
                self.bold = not self.bold
            elif kind == "italic":
                self.italic = not self.italic
            elif kind == "br":
                self.done += [[Piece(LINE_BREAK)], []]
            elif kind == "space":
                self.done.append([])
            else:
                self.done[-1].append(Piece(found[0], "b" * self.bold + "i" * self.italic, cite))

    def words(self) -> tuple[Word, ...]:
        return tuple(tuple(word) for word in self.done if word)

    def _mark(self, surface: str, target: str) -> int:
        found = _TARGET.fullmatch(target)
        words = found["words"].split() if found else ["?"]
        if found is None or any(word not in STATUSES + KINDS for word in words):
            raise MarkupError(f"{self.parser.name}: {surface!r} @ {target!r} is not 'entry-id status kind: title'")
        status = next((word for word in words if word in STATUSES), STATUSES[0])
        kind = next((word for word in words if word in KINDS), KINDS[0])
        shown = " ".join(re.sub(r"<br>|\*", " ", surface).split())
        listed = None if found["id"] == "null" else found["id"]
        title = "" if listed else (found["title"] or shown)
        self.parser.marks.append(Mark(shown, listed, title, status, kind, "", self.zone, self.parser.unreadable))
        return len(self.parser.marks) - 1


def _starts_block(line: str) -> bool:
    return re.match(r"(=|==|#|##|\+|-|\[\^\d+\]:|@[a-z]+)( |$)", line) is not None


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence of `text` around a span; a full stop or semicolon before a capital ends one."""
    edges = [found.end() for found in re.finditer(r"(?<![A-Z])[.;:]”?\s+(?=[A-Z(“\d])", text)]
    left = max((edge for edge in edges if edge <= start), default=0)
    right = min((edge for edge in edges if edge >= end), default=len(text))
    return text[left:right].strip()
