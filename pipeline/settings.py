"""Parameters of a run, from flows.yaml and the command line; an unknown key is an error."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class ReadLimits:
    """What one PDF may cost before it becomes an issue; a 700-page treaty passes easily."""

    seconds: float = 300.0
    page_seconds: float = 60.0  # without a sign of life
    memory_mb: int = 1000
    file_mb: int = 500
    pages: int = 2000
    objects: int = 400_000  # drawn on one page
    image_pixels: int = 50_000_000  # of a page's picture for OCR or for a person


@dataclass(frozen=True)
class LinkLimits:
    """Scores are 0-100; below `min_score` no candidate counts, within `min_margin` two are too close to call."""

    min_score: float = 88.0
    min_margin: float = 3.0


@dataclass(frozen=True)
class MapRules:
    """Drawing rules of the map; measures always count everything."""

    hide_dialogue_partners: bool = True
    hide_declaration_links: bool = True
    min_weight: int = 1


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides its input files."""

    input: Path = Path("raw_pdfs")
    output: Path = Path("extracted")
    gazetteer: Path = Path("gazetteer")
    workers: int = 0  # 0: as many as there are cores
    ocr: str = "auto"
    read: ReadLimits = field(default_factory=ReadLimits)
    link: LinkLimits = field(default_factory=LinkLimits)
    map: MapRules = field(default_factory=MapRules)
