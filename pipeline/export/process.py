"""All exports in a process of their own, while the run draws its map.

The formats of other tools hold every citation as an object, several times what the rest of a run holds; a process that
ends gives its memory back, and uses another core meanwhile. It is started afresh, not forked, for by now the run has
loaded libraries with threads of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.children import python_command

_DISK_FAILED = 3

Positions = Mapping[str, tuple[float, float]]


class ExportProcessError(RuntimeError):
    """The process failed by a fault of the program; the message holds its traceback."""


@contextmanager
def write_exports_meanwhile(folder: Path, positions: Positions) -> Iterator[None]:
    """Write `folder/exports` while the body of the `with` works; raises OSError (the disk) or ExportProcessError."""
    with subprocess.Popen(
        python_command("pipeline.export.process", str(folder)), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            with process.stdin as given:
                json.dump(dict(positions), given)
            yield
            told = process.stderr.read()
            process.wait()
        except BaseException:
            process.kill()
            raise
    if process.returncode == _DISK_FAILED:
        raise OSError(told.strip())
    if process.returncode != 0:
        raise ExportProcessError(f"the exports could not be written: {told.strip()}")


def main(folder: str) -> int:
    """Write the exports of the run in `folder`; the places of the boxes come as JSON on stdin."""
    from pipeline.export import write_exports
    from pipeline.export.network import read_network

    positions = {name: (float(x), float(y)) for name, (x, y) in json.load(sys.stdin).items()}
    try:
        write_exports(read_network(Path(folder), positions), Path(folder) / "exports", ("all",))
    except OSError as error:
        print(error, file=sys.stderr)
        return _DISK_FAILED
    return 0
