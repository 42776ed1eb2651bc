"""What the columns of a band are: prose to be read one after the other, or a table without rules, read by rows.

The test is the line break. In prose the next word had no room at the end of the line before; between two rows of a
table it would have had. But cells wrap too, so that a table with long cells looks like prose; then only
white that goes through all columns at the same height tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.read.gutters import split_row
from pipeline.read.rows import Row, Run, is_label, is_number
from pipeline.read.sheet import LINE_HYPHENS, Box

# White above a row that parts it from the row before, in heights, beyond the band's usual distance of lines.
_GAP = 0.3
# Rows that overlap by more than this stand beside each other; lines set tight overlap by 0.1.
_OVERLAP = 0.25
_ACROSS = 0.6  # of the band's width
# The first column numbers the rows if most of its lines are numbers, and if often enough the line before a number
# had room: in cells set in the middle of their row, the number stands beside the middle of a text.
_NUMBERED = 0.7
_ENOUGH_LONGER = 3
_ROOM = 0.35
_FEW = 12
# Prose: so many of its line breaks had to be (the others end paragraphs), over so many words a line.
_FORCED = 0.55
_WORDS = 2.5
_LEAST_LINES = 4
_MOST_COLUMNS = 4
# So many of the columns' gaps at the same height make rows of a table ...
_ALIGNED = 0.6
# ... if above this share of them one column ended earlier than another, as cells of a row do. Paragraphs of two
# columns begin at one height by chance only, or where the page has a grid of lines; above them both columns are full.
_UNEVEN = 0.3
# Even cells are prose all the same if they are this long (lines): a row has that many in one of its columns only.
_LONG = 3.0


class Columns:
    """The lines of a band by row and column, and what they say about its kind."""

    def __init__(self, rows: Sequence[Row], columns: Sequence[tuple[float, float]], separators: Sequence[Box]) -> None:
        self.count = len(columns)
        left, right = columns[0][0], columns[-1][1]
        # A line in one column only, above a footnote or under a heading, parts no rows.
        self.separators = [line for line in separators if line.right - line.left > _ACROSS * (right - left)]
        self.rows = [split_row(row, columns) for row in rows]
        self.tops = [min(run.top for run in row) for row in rows]
        self.bottoms = [max(run.bottom for run in row) for row in rows]
        self.rights = [
            max((row[column].right for row in self.rows if column in row), default=0.0) for column in range(self.count)
        ]
        heights = sorted(line.height for row in self.rows for line in row.values())
        self.height = heights[len(heights) // 2]
        gaps = sorted(gap for column in range(self.count) for gap in self._line_gaps(column))
        # The least distance of lines that occurs more than once: in a list of entries hardly one may wrap.
        self.usual_gap = gaps[min(len(gaps) - 1, max(1, len(gaps) // _FEW))] if gaps else 0.0
        self.has_numbered_rows = self._has_numbered_rows()

    def is_prose(self) -> bool:
        """Whether each column is running text that pays no heed to its neighbours."""
        if self.count > _MOST_COLUMNS or any(self._is_separated(row) for row in range(1, len(self.rows))):
            return False
        last = self.count - 1 if self._ends_early(self.count - 1) else self.count
        return all(self._is_prose(column) for column in range(last)) and not self._has_aligned_gaps()

    def is_list(self) -> bool:
        """Whether the first of two columns has nothing but the labels of list items."""
        labels = [row[0] for row in self.rows if 0 in row]
        return self.count == 2 and all(len(label.words) == 1 and is_label(label.words[0].text) for label in labels)

    def table_rows(self) -> list[tuple[int, int]]:
        """The table's rows: first and last (exclusive) of the lines that make up each."""
        starts = [0]
        for row in range(1, len(self.rows)):
            if self._starts_row(row, starts[-1]):
                starts.append(row)
        return list(pairwise([*starts, len(self.rows)]))

    def _is_prose(self, column: int) -> bool:
        lines = [row[column] for row in self.rows if column in row]
        if len(lines) < _LEAST_LINES:
            return False
        words = sum(len(line.words) for line in lines)
        limit = self.usual_gap + _GAP * self.height
        pairs = [(one, other) for one, other in pairwise(lines) if other.top - one.bottom <= limit]
        forced = sum(not self._had_room(one, other, column) for one, other in pairs)
        return words >= _WORDS * len(lines) and forced >= _FORCED * max(1, len(pairs))

    def _ends_early(self, column: int) -> bool:
        """Whether the column is the last few lines of a text: one paragraph beside the top of much longer columns."""
        lines = [number for number, row in enumerate(self.rows) if column in row]
        return len(lines) < _LEAST_LINES and lines[-1] < min(_LEAST_LINES, len(self.rows) - 2 * _LEAST_LINES)

    def _has_aligned_gaps(self) -> bool:
        aligned = [row for row in range(1, len(self.rows)) if self._is_gap(row) and len(self.rows[row]) > 1]
        limit = self.usual_gap + _GAP * self.height
        gaps = sum(gap > limit for column in range(self.count) for gap in self._line_gaps(column))
        if len(aligned) < 2 or len(aligned) * self.count < _ALIGNED * gaps:
            return False
        uneven = sum(len(self.rows[row - 1]) < self.count for row in aligned)
        return uneven > _UNEVEN * len(aligned) or len(self.rows) < _LONG * (len(aligned) + 1)

    def _line_gaps(self, column: int) -> list[float]:
        """White above each line of a column but the first."""
        lines = [row[column] for row in self.rows if column in row]
        return [line.top - above.bottom for above, line in pairwise(lines)]

    def _starts_row(self, row: int, start: int) -> bool:
        if self._overlap(row, start):
            return False
        if self._is_gap(row) or self._is_separated(row):
            return True
        above, line = self.rows[row - 1], self.rows[row]
        if self.has_numbered_rows and 0 in line:
            return True
        telling = self._telling(row)
        had_room = all(self._had_room(above[column], line[column], column) for column in telling)
        if 0 in line:
            return had_room and any(0 in self.rows[number] for number in range(start, row))
        return had_room and len(telling) > 1

    def _telling(self, row: int) -> list[int]:
        """Columns with text in this line and the one above; a single word there may just fill its column."""
        above = self.rows[row - 1]
        return [column for column in self.rows[row] if column in above and len(above[column].words) > 1]

    def _has_numbered_rows(self) -> bool:
        """Whether the first column numbers the rows, each number beside the first or only line of its row."""
        numbered = [number for number, row in enumerate(self.rows) if 0 in row]
        labels = sum(is_number(self.rows[number][0].words[0].text) for number in numbered)
        if labels < max(2, _NUMBERED * len(numbered)):
            return False
        if self._is_top_aligned(numbered) or len(numbered) == numbered[-1] - numbered[0] + 1:
            return True
        breaks = [
            self._had_room(self.rows[row - 1][column], self.rows[row][column], column)
            for row in numbered
            if row
            for column in self._telling(row)
        ]
        return sum(breaks) >= _ROOM * len(breaks)

    def _is_top_aligned(self, numbered: Sequence[int]) -> bool:
        """Whether numbers stand beside first lines: in the middle of rows, some would stand between two lines."""
        longer = [row for row in numbered if row + 1 < len(self.rows) and 0 not in self.rows[row + 1]]
        if any(self._overlap(row, row - 1) for row in range(1, len(self.rows))):
            return False
        opens_table = numbered[0] == 0 and numbered[1] - numbered[0] > 1
        return opens_table or len(longer) >= _ENOUGH_LONGER

    def _overlap(self, row: int, start: int) -> bool:
        """Whether the row stands beside one of those before: cells in the middle of their row do."""
        return self.tops[row] < max(self.bottoms[start:row]) - _OVERLAP * self.height

    def _had_room(self, above: Run, line: Run, column: int) -> bool:
        """Whether the first word of `line` would have gone into the line above it."""
        if above.words[-1].text[-1] in LINE_HYPHENS:
            return False
        word = line.words[0]
        return above.right + 0.25 * self.height + word.right - word.left < self.rights[column] - 0.05 * self.height

    def _is_gap(self, row: int) -> bool:
        above = max(self.bottoms[max(0, row - 2) : row], default=self.tops[row])
        return self.tops[row] - above > self.usual_gap + _GAP * self.height

    def _is_separated(self, row: int) -> bool:
        """Whether a ruling line parts the row from the one before."""
        low, high = self.bottoms[row - 1] - 0.3 * self.height, self.tops[row] + 0.3 * self.height
        return any(low < (line.top + line.bottom) / 2 < high for line in self.separators)
