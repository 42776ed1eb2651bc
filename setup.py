"""The wheel carries the gazetteer and the deployment file, which lie beside the package and not in it."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithKnowledge(build_py):
    """Copies gazetteer/ and flows.yaml to pipeline/shipped/ of what is built; an editable install needs no copy."""

    def run(self) -> None:
        """Build as always, then copy."""
        super().run()
        if self.editable_mode:
            return
        root, shipped = Path(__file__).parent, Path(self.build_lib, "pipeline", "shipped")
        shutil.copytree(
            root / "gazetteer", shipped / "gazetteer", ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True
        )
        shutil.copy(root / "flows.yaml", shipped / "flows.yaml")


setup(cmdclass={"build_py": BuildWithKnowledge})
