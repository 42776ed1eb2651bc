"""The wheel carries the gazetteer, the specimens and the deployment file, which lie beside the package, not in it."""

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
        for name in ("gazetteer", "raw_pdfs"):
            shutil.copytree(root / name, shipped / name, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
        shutil.copy(root / "flows.yaml", shipped / "flows.yaml")


setup(cmdclass={"build_py": BuildWithKnowledge})
