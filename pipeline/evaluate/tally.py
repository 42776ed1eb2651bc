"""Counts of right and wrong answers, and the rates that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Status


@dataclass(frozen=True)
class Counts:
    """Answers that were right, that were missing, that were wrong."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.missed + other.missed, self.wrong + other.wrong)

    @property
    def precision(self) -> float:
        """Right ones among the given; 1 where nothing was given."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Right ones among the wanted; 1 where nothing was wanted."""
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return share(2 * self.right, 2 * self.right + self.wrong + self.missed)

    def to_json(self) -> dict[str, float]:
        """Counts and rates."""
        return {
            "right": self.right,
            "missed": self.missed,
            "wrong": self.wrong,
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
        }


@dataclass(frozen=True)
class StatusCounts:
    """How often the status was right, over all and for `planned` by itself."""

    right: int = 0
    total: int = 0
    unclear: int = 0
    planned: Counts = Counts()

    @classmethod
    def of(cls, expected: Status, got: Status) -> StatusCounts:
        """One citation's status."""
        wanted, given = expected is Status.PLANNED, got is Status.PLANNED
        planned = Counts(int(wanted and given), int(wanted and not given), int(given and not wanted))
        return cls(int(expected is got), 1, int(got is Status.UNCLEAR), planned)

    def __add__(self, other: StatusCounts) -> StatusCounts:
        return StatusCounts(
            self.right + other.right,
            self.total + other.total,
            self.unclear + other.unclear,
            self.planned + other.planned,
        )

    @property
    def accuracy(self) -> float:
        """Right ones among all."""
        return share(self.right, self.total)

    def to_json(self) -> dict[str, object]:
        """Counts and rates."""
        return {
            "right": self.right,
            "total": self.total,
            "accuracy": round(self.accuracy, 4),
            "unclear": self.unclear,
            "planned": self.planned.to_json(),
        }


def share(part: float, whole: float) -> float:
    """part / whole; 1 where there is nothing to divide by, since nothing went wrong."""
    return part / whole if whole else 1.0
