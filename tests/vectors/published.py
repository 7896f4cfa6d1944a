"""Where the published test vectors lie; they are not part of the project."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("SIGNET_VECTORS") or Path(__file__).parents[3] / "shared" / "vectors")
REASON = f"no test vectors in {FOLDER}; SIGNET_VECTORS names another folder"

needs_vectors = pytest.mark.skipif(not FOLDER.is_dir(), reason=REASON)
"""Skips a test where the vectors are absent."""


def text(*path: str) -> str:
    """A file of the vectors, its line ends as they are."""
    return FOLDER.joinpath(*path).read_bytes().decode("utf-8")


def document(*path: str) -> Any:
    """A JSON file of the vectors; an empty one where they are absent, for collecting tests."""
    return json.loads(text(*path)) if FOLDER.is_dir() else {}
