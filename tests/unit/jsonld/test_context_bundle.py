"""The contexts folder: held to its manifest, and asked what its contexts speak of."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.jsonld.contexts import ContextFolderError, load_contexts
from tests.world import CONTEXTS

URL = "https://terms.example/v1"
CONTEXT: dict[str, Any] = {
    "@context": [
        {
            "@protected": True,
            "ex": "https://terms.example/#",
            "name": "https://schema.example/name",
            "odd": 5,
            "Kind": {"@id": "ex:Kind", "@context": {"inside": {"@id": "ex:inside"}}},
            "relative": "word",
        },
        "https://elsewhere.example/v1",
    ]
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = json.dumps(CONTEXT).encode()
    (tmp_path / "v1.json").write_bytes(content)
    entry = {"url": URL, "file": "v1.json", "sha256": hashlib.sha256(content).hexdigest()}
    (tmp_path / "manifest.json").write_text(json.dumps({"contexts": [entry]}))
    return tmp_path


def test_a_folder_is_read_by_its_manifest(folder: Path) -> None:
    bundle = load_contexts(folder)

    assert URL in bundle
    assert "https://terms.example/v2" not in bundle
    assert None not in bundle
    assert bundle.documents[URL] == CONTEXT
    assert bundle.digests[URL] == hashlib.sha256((folder / "v1.json").read_bytes()).hexdigest()


def test_a_context_is_asked_for_terms_and_iris_at_any_depth(folder: Path) -> None:
    names = load_contexts(folder).names(URL)

    assert names == {
        *("ex", "name", "odd", "Kind", "inside", "relative"),
        "https://terms.example/#",
        "https://schema.example/name",
        "https://terms.example/#Kind",
        "https://terms.example/#inside",
    }


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContextFolderError, match="SIGNET_CONTEXTS"):
        load_contexts(tmp_path)


def test_a_missing_file_is_refused(folder: Path) -> None:
    (folder / "v1.json").unlink()

    with pytest.raises(ContextFolderError, match=r"v1\.json is missing"):
        load_contexts(folder)


def test_a_changed_file_is_refused(folder: Path) -> None:
    (folder / "v1.json").write_text("{}")

    with pytest.raises(ContextFolderError, match="not the file that the manifest names"):
        load_contexts(folder)


def test_a_verification_meters_its_work_once() -> None:
    metered = CONTEXTS.metered()

    assert CONTEXTS.work is None
    assert metered.metered() is metered
    assert metered.tables is CONTEXTS.tables
    assert metered.metered().work is not CONTEXTS.metered().work


def test_other_documents_have_other_tables() -> None:
    changed = replace(CONTEXTS, documents={**CONTEXTS.documents})

    assert changed.tables is not CONTEXTS.tables
    assert replace(CONTEXTS, resolved={}).tables is CONTEXTS.tables
    assert replace(CONTEXTS, aliases={"https://a.example/": "b"}).tables is CONTEXTS.tables
