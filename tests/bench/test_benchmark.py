"""`make bench` in its smallest form: every part works, and every figure that is promised is there.

No verdict on speed. That peers and Signet understand each other is checked by the run itself.
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import PROJECT
from bench.libraries import NotInstalled, has_didkit, node
from tests.postgres import find_programs

RATIOS = {
    "issue_vs_digitalbazaar",
    "issue_cold_vs_digitalbazaar",
    "verify_vs_digitalbazaar",
    "issue_vs_pyld",
    "issue_share_of_limit",
    "verify_share_of_limit",
    "http_issue_vs_js_signing_service",
    "read_vs_empty_route",
    "two_processes_vs_one",
}


def _reason_to_skip() -> str | None:
    try:
        node()
    except NotInstalled as reason:
        return str(reason)
    return None if find_programs() else "no initdb and pg_ctl of PostgreSQL"


def _not_covered() -> dict[str, str]:
    """The environment without what would have coverage measured, in a dozen processes."""
    return {n: value for n, value in os.environ.items() if not n.startswith("COVERAGE_")}


def test_every_figure_is_measured(tmp_path: Path) -> None:
    if reason := _reason_to_skip():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    path = tmp_path / "results.json"

    run = subprocess.run(
        [sys.executable, "-m", "bench", "--least", "--results", str(path)],
        cwd=PROJECT, env=_not_covered(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert path.exists(), run.stderr
    results = json.loads(path.read_text())

    # didkit has no wheel for every platform; all else is there or named.
    without = set() if has_didkit() else {"didkit"}
    assert set(results["failed"]) == without, f"{results['failed']}\n{run.stderr}"
    assert set(results["ratios"]) == RATIOS
    figures = [
        *results["ratios"].values(),
        results["batch_per_second"],
        results["poison_worst_seconds"],
        *results["rates"].values(),
        *results["seconds_to_ready"].values(),
        *results["peak_memory_bytes"].values(),
    ]
    assert [figure for figure in figures if not 0 < figure < math.inf] == []
    assert {"Signet", "digitalbazaar", "batch worker"} <= set(results["peak_memory_bytes"])
    assert results["machine"]
    assert results["versions"]
    assert results["date"]
    assert "| issue, every achievement new / `@digitalbazaar/vc` |" in run.stdout
