"""Words of titles that a text writes as initials: "LCT Framework" for "ASEAN Local Currency Transaction Framework".

In: the titles of a gazetteer, and a name from a text. Out: the name with each run of words that its acronym may stand
for. The trap: three letters fit many runs, so an expansion is only a proposal for the guards, which refuse every name
that then differs in a telling word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pipeline.names.folding import fold_text

# Two letters fit too much; no acronym of a part of a title is longer than six.
_MIN, _MAX = 3, 6
_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{3,6}s?(?![\w-])")


class Initials:
    """The runs of words in titles, by their initials."""

    def __init__(self, titles: Iterable[str], small: frozenset[str]) -> None:
        runs: dict[str, set[str]] = defaultdict(set)
        for title in titles:
            words = [word for word in re.findall(r"[^\W_]+", fold_text(title)) if word.lower() not in small]
            for first in range(len(words)):
                for last in range(first + _MIN, min(first + _MAX, len(words)) + 1):
                    run = words[first:last]
                    if all(word[0].isupper() for word in run):
                        runs["".join(word[0] for word in run)].add(" ".join(run))
        self._runs: Mapping[str, tuple[str, ...]] = {letters: tuple(sorted(found)) for letters, found in runs.items()}

    def expand(self, name: str) -> Iterator[str]:
        """The name with its acronyms written out, one at a time; nothing if it is an acronym and nothing else."""
        for found in _ACRONYM.finditer(name):
            rest = name[: found.start()] + name[found.end() :]
            for run in self._runs.get(found.group().rstrip("s"), ()) if re.search(r"[a-z]", rest) else ():
                yield f"{name[: found.start()]}{run}{name[found.end() :]}"
