"""The door to the JavaScript implementations: one job per process, everything handed over."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.encoding.dates import format_datetime
from tests.world import LATER, Party

_SCRIPT = Path(__file__).parents[1] / "node" / "oracle.mjs"


class OracleError(Exception):
    """The other implementation refused."""


def ask(action: str, *, now: datetime = LATER, **job: Any) -> Any:
    """The answer of the other implementation; raises `OracleError` with its words.

    Skips the test where there is no node or its packages are not installed; with CI=true it fails.
    """
    node = shutil.which("node")
    if node is None or not (_SCRIPT.parent / "node_modules").is_dir():
        reason = "no node, or its packages are missing: npm ci --prefix tests/node"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [node, str(_SCRIPT)],
        input=json.dumps({"action": action, "now": format_datetime(now), **job}),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise OracleError(answer["error"])
    return answer["answer"]


def by_identifier(*parties: Party) -> Mapping[str, Any]:
    """The documents of parties by their DIDs, as a JSON-LD document loader wants them."""
    return {document["id"]: document for party in parties for document in party.documents.values()}
