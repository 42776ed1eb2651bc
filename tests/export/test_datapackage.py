"""The tables of a run are what datapackage.json says: types, keys, closed lists, references."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from frictionless import Package, Resource

from pipeline.contract import TABLES, describe_package
from pipeline.core import run
from tests.run_factory import make_folder, make_settings

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    make_folder(folder / "pdfs")
    return run(make_settings(folder)).output.resolve()


def test_the_package_is_valid_and_complete(published: Path) -> None:
    package = Package(str(published / "datapackage.json"))
    assert package.resource_names == [table.name for table in TABLES]
    report = package.validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:5]


def test_a_wrong_cell_is_found(published: Path, tmp_path: Path) -> None:
    text = (published / "edges.csv").read_text(encoding="utf-8").replace(",existing,", ",maybe,", 1)
    (tmp_path / "edges.csv").write_text(text, encoding="utf-8")
    (described,) = (each for each in describe_package("")["resources"] if each["name"] == "edges")
    del described["schema"]["foreignKeys"]
    report = Resource.from_descriptor(described, basepath=str(tmp_path)).validate()
    assert [each[0] for each in report.flatten(["fieldName"])] == ["status"]


def test_the_citation_file_is_yaml_with_what_the_format_needs(published: Path) -> None:
    cited = yaml.safe_load((published / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert (cited["type"], cited["title"]) == ("dataset", "Topology map of ASEAN digital documents")
