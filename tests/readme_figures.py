"""The figures and the output that README.md shows, made by running the program: `python -m tests.readme_figures`.

README.md holds each block between `<!-- name -->` and `<!-- end -->`; a test compares them with what is made here.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.evaluate.cases import load_cases
from pipeline.evaluate.run import score_run
from pipeline.evaluate.score import Scores, evaluate_pipeline, score_cases
from pipeline.gazetteer.load import load_gazetteer
from pipeline.settings import Settings
from tests.benchmarks.baseline import GAZETTEER, make_baseline

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
_BLOCK = re.compile(r"(<!-- (run output|figures) -->\n)(.*?)(<!-- end -->\n)", re.S)
_COLUMNS = (
    "labelled cases",
    "program",
    "precision",
    "recall",
    "planned: P",
    "planned: R",
    "planned by words alone: F1",
    "twins confused",
)
_HEAD = f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}\n"


def make_blocks() -> dict[str, str]:
    """Both blocks, from one run over the specimens and the labelled cases."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "extracted"
        said = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "run", "--output", str(output)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode in (0, 1), said.stderr
        shown = said.stderr.replace(str(output), "extracted")
        return {
            "run output": f"```\n{shown.rstrip()}\n```\n",
            "figures": make_figures() + make_specimen_figures(output),
        }


def make_figures() -> str:
    """The table of scores on every file of labelled cases, beside the program one would write in an afternoon."""
    gazetteer, settings = load_gazetteer(GAZETTEER), Settings(gazetteer=GAZETTEER)
    rows = []
    for path in sorted((ROOT / "tests" / "gold").glob("*.jsonl")):
        cases = load_cases(path)
        name = f"{len(cases)} in `tests/gold/{path.name}`"
        rows.append(
            _row(name, "exact names, WRatio, a few cues", score_cases(cases, make_baseline(gazetteer), gazetteer))
        )
        rows.append(_row(name, "**this one**", evaluate_pipeline(cases, gazetteer, settings)))
    return _HEAD + "".join(rows)


def make_specimen_figures(output: Path) -> str:
    """One sentence on the specimens, whose gold file holds every citation."""
    scores = score_run(ROOT / "tests" / "specimens" / "gold.csv", output, complete=True)
    assert scores.citations is not None
    told = [
        f"{counts.right + counts.missed} {name}, precision {counts.precision:.3f}, recall {counts.recall:.3f}"
        for name, counts in (("citations", scores.citations), ("lines", scores.lines))
    ]
    return f"\nOn the specimens, whose gold file holds every citation in them: {'; '.join(told)}.\n"


def write_readme() -> None:
    """Put the blocks into README.md."""
    blocks = make_blocks()
    text = README.read_text(encoding="utf-8")
    README.write_text(_BLOCK.sub(lambda found: found[1] + blocks[found[2]] + found[4], text), encoding="utf-8")


def read_blocks() -> dict[str, str]:
    """The blocks as README.md has them."""
    return {found[2]: found[3] for found in _BLOCK.finditer(README.read_text(encoding="utf-8"))}


def _row(name: str, program: str, scores: Scores) -> str:
    planned = scores.status["with dates"].planned
    words = scores.status.get("words, cited dates hidden")
    confused = sum(miss.what == "confused" for miss in scores.misses)
    rates = [scores.links.precision, scores.links.recall, planned.precision, planned.recall]
    cells = [
        name,
        program,
        *(f"{rate:.3f}" for rate in rates),
        f"{words.planned.f1:.3f}" if words else "",
        str(confused),
    ]
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    write_readme()
