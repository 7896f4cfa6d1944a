"""`signet context`: what is added stays as it is, and nothing dangerous slips in."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.jsonld.contexts import load_contexts
from app.settings import Settings
from tests.cli.conftest import Signet

URL = "https://example.edu/terms/v1"
TERMS = {"@context": {"@version": 1.1, "ward": "https://example.edu/terms#ward"}}


@pytest.fixture(autouse=True)
def contexts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of contexts of our own, so that the project's stays as it is."""
    shutil.copytree(Settings().contexts, folder / "contexts")
    monkeypatch.setenv("SIGNET_CONTEXTS", str(folder / "contexts"))
    return folder / "contexts"


def given(folder: Path, document: Any) -> str:
    (folder / "terms.json").write_text(json.dumps(document))
    return "terms.json"


def test_an_added_context_is_known_with_its_digest(
    signet: Signet, folder: Path, contexts: Path
) -> None:
    file = given(folder, TERMS)

    added = signet("context", "add", URL, file, "--json").json

    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    assert (added["url"], added["sha256"]) == (URL, digest)
    assert load_contexts(contexts).documents[URL] == TERMS
    assert added in signet("context", "list", "--json").json
    assert sorted(path.suffix for path in contexts.iterdir() if ".new" in path.name) == []


def test_a_person_reads_lines(signet: Signet, folder: Path) -> None:
    added = signet("context", "add", URL, given(folder, TERMS))

    assert added.out.startswith("Context  https://example.edu/terms/v1\n")
    assert "Start the service again" in added.err
    assert URL in signet("context", "list").out


def test_a_context_is_never_changed(signet: Signet, folder: Path) -> None:
    signet("context", "add", URL, given(folder, TERMS))

    again = signet("context", "add", URL, given(folder, {"@context": {}}))

    assert again.status == 1
    assert "contexts never change" in again.err


@pytest.mark.parametrize(
    "document",
    [
        {"@context": {"@vocab": "https://example.edu/anything#"}},
        {"@context": [{"ward": {"@id": "https://e.example/w", "@context": {"@vocab": "x:"}}}]},
    ],
)
def test_a_context_that_knows_every_word_takes_a_yes(
    signet: Signet, folder: Path, document: Any
) -> None:
    file = given(folder, document)

    warned = signet("context", "add", URL, file)

    assert warned.status == 2
    assert "typing errors included" in warned.err
    assert URL not in signet("context", "list").out


def test_with_a_yes_it_is_added(signet: Signet, folder: Path) -> None:
    file = given(folder, {"@context": {"@vocab": "https://example.edu/anything#"}})

    assert signet("context", "add", URL, file, "--yes").status == 0


def test_a_context_that_the_library_stumbles_over_is_refused(signet: Signet, folder: Path) -> None:
    file = given(folder, {"@context": {"@vocab": None}})

    refused = signet("context", "add", URL, file, "--yes")

    assert (refused.status, refused.err) == (1, "The context cannot be used: no JSON-LD.\n")


@pytest.mark.parametrize(
    ("url", "content", "complaint"),
    [
        (URL, b"<html>", "The file is not JSON."),
        (URL, b"[]", "not a JSON-LD context"),
        (URL, b'{"@context": "https://example.edu/other"}', "not a JSON-LD context"),
        (URL, b'{"@context": ["https://example.edu/other"]}', "The context cannot be used"),
        (URL, b'{"@context": {"ward": {"@id": 7}}}', "The context cannot be used"),
        ("terms/v1", json.dumps(TERMS).encode(), "not the web address"),
        ("https://example.edu/terms#v1", json.dumps(TERMS).encode(), "not the web address"),
    ],
)
def test_what_is_no_context_is_refused(
    signet: Signet, folder: Path, url: str, content: bytes, complaint: str
) -> None:
    (folder / "terms.json").write_bytes(content)
    before = signet("context", "list", "--json").json

    refused = signet("context", "add", url, "terms.json")

    assert (refused.status, refused.out) == (1, "")
    assert complaint in refused.err
    assert signet("context", "list", "--json").json == before


def test_a_file_that_is_not_there_or_too_large_is_wrong_usage(signet: Signet, folder: Path) -> None:
    (folder / "large.json").write_bytes(b" " * (1024 * 1024 + 1))

    assert "cannot be read" in signet("context", "add", URL, "missing.json").err
    assert "larger than a context may be" in signet("context", "add", URL, "large.json").err
    assert signet("context", "add", URL, "large.json").status == 2


def test_a_folder_that_cannot_be_written_is_left_whole(
    signet: Signet, folder: Path, contexts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    given(folder, TERMS)
    monkeypatch.setattr(Path, "write_bytes", full)
    refused = signet("context", "add", URL, "terms.json")

    assert refused.status == 1
    assert "No space left on device" in refused.err
    assert URL not in load_contexts(contexts)
