"""Counts of right and wrong answers, and the rates that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pipeline.records import Status

Sum = TypeVar("Sum", bound="_Summed")


class _Summed:
    """Counts that are added field by field."""

    def __add__(self: Sum, other: Sum) -> Sum:
        names = [each.name for each in fields(self)]  # type: ignore[arg-type]
        return type(self)(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True)
class Counts(_Summed):
    """Answers that were right, that were missing, that were wrong."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

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

    @property
    def rates(self) -> tuple[float, float, float]:
        """Precision, recall and F1."""
        return self.precision, self.recall, self.f1

    def to_json(self) -> dict[str, Any]:
        """Counts, and rates to four digits."""
        rates = zip(("precision", "recall", "f1"), self.rates, strict=True)
        return {**vars(self), **{name: round(rate, 4) for name, rate in rates}}


@dataclass(frozen=True)
class StatusCounts(_Summed):
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

    @property
    def accuracy(self) -> float:
        """Right ones among all."""
        return share(self.right, self.total)

    def to_json(self) -> dict[str, Any]:
        """Counts, and rates to four digits."""
        return {**vars(self), "accuracy": round(self.accuracy, 4), "planned": self.planned.to_json()}


def share(part: float, whole: float) -> float:
    """part / whole; 1 where there is nothing to divide by, since nothing went wrong."""
    return part / whole if whole else 1.0
