"""PDFs from the addresses that SOURCES.csv and WATCH.csv name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FetchLimits:
    """How `topology fetch` asks servers; hosts of SOURCES.csv and WATCH.csv may be asked, and these besides."""

    hosts: tuple[str, ...] = ()
    tries: int = 4
    pause: float = 2.0  # seconds before the second try; doubled before each further one
    answer_seconds: float = 30.0  # of silence
    seconds: float = 600.0  # for one file
    file_mb: int = 200
