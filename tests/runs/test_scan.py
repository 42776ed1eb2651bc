"""Lists that somebody keeps by hand, half done; versions of a file of which the newest cannot be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.fetch.fetch import fetch
from pipeline.runs.pool import Progress
from pipeline.runs.scan import InputError, read_sources, scan_folder
from pipeline.settings import ReadLimits
from tests.run_factory import SENTENCES, make_pdf, make_settings

HEAD = "file,document_id,url,sha256\n"
GOOD = "a.pdf,x,,\n"

HALF_DONE = [
    (GOOD + "b.pdf,y", "row 3: has 2 cells where the first line names 4 columns; complete the row"),
    (GOOD + "b.pdf,y,,,,\n", "row 3: has 6 cells where the first line names 4 columns; complete the row"),
    (GOOD + '"b.pdf,y,,\n', "row 3: unexpected end of data; close the quote, or take it out"),
    (GOOD + "b.pdf,y,,abc\n", "row 3: sha256: 'abc' is no hash; write 64 digits from 0 to f, or nothing"),
]


@pytest.mark.parametrize(("rows", "told"), HALF_DONE, ids=["cut", "too long", "open quote", "no hash"])
def test_a_list_of_sources_that_is_half_done(tmp_path: Path, rows: str, told: str) -> None:
    path = tmp_path / "SOURCES.csv"
    path.write_text(HEAD + rows)
    with pytest.raises(InputError) as caught:
        read_sources(path)
    assert str(caught.value) == f"{path}: {told}"


def test_a_watch_list_that_is_half_done(tmp_path: Path) -> None:
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "pdfs" / "WATCH.csv").write_text('url,links,document_id\n"https://a.example/x,,')
    with pytest.raises(InputError, match=r"WATCH.csv: row 2: unexpected end of data"):
        fetch(make_settings(tmp_path), date(2026, 11, 30), Progress())


@pytest.mark.parametrize(
    ("broken", "files", "told"),
    [
        ((), ["a3.pdf"], []),
        (("a3.pdf",), ["a2.pdf"], ["a3.pdf cannot be opened; the version before it is read, a2.pdf"]),
        (("a.pdf", "a2.pdf", "a3.pdf"), ["a.pdf", "a2.pdf", "a3.pdf"], []),
    ],
)
def test_the_newest_version_that_can_be_opened(
    tmp_path: Path, broken: tuple[str, ...], files: list[str], told: list[str]
) -> None:
    for name in ("a.pdf", "a2.pdf", "a3.pdf"):
        make_pdf(tmp_path / name, ["ASEAN Agreement on Rivers", name, *SENTENCES])
        if name in broken:
            (tmp_path / name).write_bytes(b"%PDF-1.7\nnothing of the kind\n%%EOF\n")
    (tmp_path / "SOURCES.csv").write_text("file,document_id,superseded_by\na.pdf,,a2.pdf\na2.pdf,,a3.pdf\na3.pdf,,\n")
    scan = scan_folder(tmp_path, ReadLimits())
    assert [each.file for each in scan.inputs] == files
    assert [issue.message for issue in scan.issues] == told
