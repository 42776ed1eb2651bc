"""Small folders of PDFs and gazetteers for the tests of runs."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.settings import Settings
from pipeline.store import read_csv

ROOT = Path(__file__).parent.parent

# Two invented documents, so that no test hangs on the facts of the real gazetteer.
CITING = ("ASEAN Digital Masterplan 2025", "Adopted on 22 January 2021")
SENTENCES = (
    "This Masterplan builds on the ASEAN ICT Masterplan 2020 and on the AEC Blueprint 2025.",
    "ASEAN will develop an ASEAN Digital Economy Framework Agreement by 2025.",
    "It takes note of the Master Plan on ASEAN Connectivity 2025.",
)


def make_pdf(path: Path, *pages: Sequence[str]) -> Path:
    """A PDF with these lines on its pages; the same lines give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.setFont("Helvetica-Bold" if number == 0 else "Helvetica", 16 if number == 0 else 10)
            canvas.drawString(72, 760 - 24 * number, line)
        canvas.showPage()
    canvas.save()
    return path


def make_folder(folder: Path) -> Path:
    """Three PDFs: a masterplan, a statement, an agreement; each cites documents of the gazetteer."""
    make_pdf(folder / "adm2025.pdf", [*CITING, *SENTENCES])
    make_pdf(
        folder / "statement.pdf",
        ["Joint Media Statement of the Ministers", "Adopted on 2 December 2021"],
        ["The Ministers welcomed the ASEAN Digital Masterplan 2025 and the AEC Blueprint 2025.", SENTENCES[1]],
    )
    make_pdf(folder / "rivers.pdf", ["ASEAN Agreement on Rivers", "Adopted on 3 May 2022", SENTENCES[0], SENTENCES[2]])
    return folder


# What a foreign `pipeline/` writes when it is imported.
FOREIGN = "foreign-was-imported"


def put_foreign_program(folder: Path) -> None:
    """A folder `pipeline/` that is none of ours, as an old checkout or a stranger may leave it beside the PDFs."""
    for name in ("__init__.py", "read/__init__.py", "runs/__init__.py"):
        path = folder / "pipeline" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"open({str(folder / FOREIGN)!r}, 'w').close()\n")


def make_corpus(folder: Path, count: int, pages: int = 8, first: int = 0) -> Path:
    """Many invented digests of some pages, each citing some thirty documents of the gazetteer."""
    titles = [row["title"] for row in read_rows(ROOT / "gazetteer" / "documents.csv")]
    for number in range(first, first + count):
        dice = random.Random(number)
        sheets = [_make_sheet(dice, titles) for _ in range(pages)]
        sheets[0][:0] = [f"ASEAN Declaration on Matter {number:05d}", f"Adopted on {dice.randint(1, 28)} May 2022"]
        make_pdf(folder / f"matter{number:05d}.pdf", *sheets)
    return folder


def _make_sheet(dice: random.Random, titles: Sequence[str]) -> list[str]:
    """Thirty lines of running text, four of which name a document."""
    lines = ["The Ministers took note of the progress made by the sectoral bodies and asked them to go on."] * 24
    for _ in range(4):
        verb = dice.choice(("welcomed", "will develop", "shall implement", "recalled"))
        lines.insert(dice.randrange(len(lines)), f"The Ministers {verb} the {dice.choice(titles)[:70]}.")
    return lines


def copy_gazetteer(folder: Path) -> Path:
    """The project's gazetteer, to be changed by a test."""
    return Path(shutil.copytree(ROOT / "gazetteer", folder, ignore=shutil.ignore_patterns(".*")))


def make_settings(folder: Path, **changes: object) -> Settings:
    """Settings for `folder/pdfs` and `folder/out`, one worker."""
    chosen = {"input": folder / "pdfs", "output": folder / "out", "gazetteer": ROOT / "gazetteer", "workers": 1}
    return Settings(**{**chosen, **changes})  # type: ignore[arg-type]


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a published table."""
    return list(read_csv(path))


def published_bytes(output: Path, without: Sequence[str] = ("run.json",)) -> dict[str, bytes]:
    """Every published file with its bytes, but for the files that tell of the run itself."""
    files: dict[str, bytes] = {}
    for top in sorted(output.iterdir()):
        if top.name.startswith(".") or top.name in without:
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file():
                files[path.relative_to(output).as_posix()] = path.read_bytes()
    return files
