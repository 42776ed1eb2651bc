"""Child processes that run this very program, whatever lies in the folder where it was started, and end with it.

`python -c` looks for modules in the current folder first, where a folder `pipeline/` may lie beside the PDFs: an old
checkout, or something that somebody sent. A child gets the search path of its parent instead.
"""

from __future__ import annotations

import ctypes
import json
import signal
import sys
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ModuleNotFoundError:  # Windows
    resource = None  # type: ignore[assignment]

_ROOT = str(Path(__file__).parents[1])
_START = """
import json, sys
sys.path[:] = json.loads(sys.argv.pop(1))
from importlib import import_module
sys.exit(import_module(sys.argv.pop(1)).main(*sys.argv[1:]))
"""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl


def python_command(module: str, *arguments: str) -> list[str]:
    """The command that calls `main(*arguments)` of one of our modules in a new Python, and exits with what it returns.

    Not by `-m`: pickle would look for the module's records in one called __main__.
    """
    path = [entry for entry in sys.path if Path(entry).is_absolute()]
    if _ROOT not in path:
        path.insert(0, _ROOT)
    return [sys.executable, "-P", "-c", _START, json.dumps(path), module, *arguments]


def die_with_parent() -> None:
    """End this process when the one that started it is killed; where the system cannot do that, nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def limit_self(memory_mb: int, seconds: float | None = None) -> None:
    """Hold this process to so much memory, and to so many more seconds of processor time; no core file is written.

    Windows has no such limits, and macOS refuses that of memory: there only the parent's clock guards.
    """
    if resource is None:
        return
    wanted = {resource.RLIMIT_CORE: 0, resource.RLIMIT_AS: memory_mb << 20}
    if seconds is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        wanted[resource.RLIMIT_CPU] = int(usage.ru_utime + usage.ru_stime + seconds) + 2
    for kind, limit in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))


def peak_memory_mb() -> int:
    """The most memory that this process ever held, 0 where nobody says; `ru_maxrss` counts its parent's as well."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10 if resource else 0
