"""What holds for all tests: property tests try the same texts each time, and no clock decides.

To look for new counterexamples: `python -m pytest --hypothesis-profile=default`.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
