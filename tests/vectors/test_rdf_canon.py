"""The W3C test suite of RDFC-1.0, every evaluation test of its manifest.

The map tests look at the names given to the input's blank nodes, which nothing here needs.
"""

import time
from typing import Any

import pytest

from app.errors import MalformedInput
from app.jsonld.rdfc10 import canonicalize_quads
from tests.nquads import read_nquads
from tests.vectors.published import document, needs_vectors, text

pytestmark = needs_vectors

ENTRIES: list[dict[str, Any]] = document("rdf-canon", "manifest.jsonld").get("entries", [])
POSITIVE = [entry for entry in ENTRIES if entry["type"] == "rdfc:RDFC10EvalTest"]
NEGATIVE = [entry for entry in ENTRIES if entry["type"] == "rdfc:RDFC10NegativeEvalTest"]


def _label(entry: dict[str, Any]) -> str:
    return f"{entry['id'].lstrip('#')} {entry['name']}"


def test_the_manifest_is_the_whole_suite() -> None:
    assert (len(POSITIVE), len(NEGATIVE)) == (64, 1)


@pytest.mark.parametrize("entry", POSITIVE, ids=_label)
def test_a_dataset_gets_its_canonical_form(entry: dict[str, Any]) -> None:
    quads = read_nquads(text("rdf-canon", entry["action"]))
    algorithm = {"SHA384": "sha384"}.get(entry.get("hashAlgorithm", ""), "sha256")

    canonical = canonicalize_quads(quads, algorithm=algorithm)

    assert canonical == text("rdf-canon", entry["result"])


@pytest.mark.parametrize("entry", NEGATIVE, ids=_label)
def test_a_poisoned_dataset_is_refused_at_once(entry: dict[str, Any]) -> None:
    quads = read_nquads(text("rdf-canon", entry["action"]))
    started = time.process_time()

    with pytest.raises(MalformedInput) as refusal:
        canonicalize_quads(quads)

    assert refusal.value.code == "canonicalization_too_costly"
    assert time.process_time() - started < 5
