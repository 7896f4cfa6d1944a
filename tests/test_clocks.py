"""Tests share a process with servers and browsers that read its clock: it is never replaced."""

import re
from pathlib import Path

TESTS = Path(__file__).parent

_REPLACES_A_CLOCK = re.compile(r"""setattr\(\s*(?:"time\.|'time\.|time\s*,)""")


def test_no_test_replaces_the_clock_of_the_process() -> None:
    """A browser's server that once read 45 s slept for eight hours, and the suite with it."""
    found = [
        path.relative_to(TESTS)
        for path in TESTS.rglob("*.py")
        if "node_modules" not in path.parts and _REPLACES_A_CLOCK.search(path.read_text())
    ]
    assert found == []
