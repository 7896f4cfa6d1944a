"""A sample of forgeries and genuine inputs through the command, with a file for a network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.program import app
from tests.forgeries.all_lies import FORGERIES
from tests.forgeries.catalogue import EXIT_STATUS
from tests.forgeries.examine import as_bytes
from tests.forgeries.genuine import CONTROLS
from tests.forgeries.scene import Scene
from tests.forgeries.signing import Json

FORGED = [
    "term_dropped_by_context",
    "key_read_out_of_the_fragment",
    "issuer_is_not_the_controller",
    "revoked",
    "revoked_status_under_its_iri",
    "public_key_as_a_secret",
    "did_document_never_comes",
    "list_that_never_comes",
    "list_that_is_a_bomb",
    "issuer_written_twice",
    "png_with_two_badges",
    "svg_with_a_doctype",
]
GENUINE = ["data_integrity_rdfc", "jwt_es256_with_the_address_of_its_key", "png_with_json"]


def verify(folder: Path, data: bytes, scene: Scene) -> list[str]:
    source, documents = folder / "submitted", folder / "documents.json"
    source.write_bytes(data)
    documents.write_text(json.dumps(scene.documents))
    moment = "2026-03-01T12:00:00Z"
    return ["verify", str(source), "--documents", str(documents), "--at", moment, "--json"]


def answer_to(arguments: list[str]) -> tuple[int, Json]:
    result = CliRunner().invoke(app, arguments)
    answer: Json = json.loads(result.stdout)
    return result.exit_code, answer


@pytest.mark.parametrize("name", FORGED)
def test_command_sees_through(name: str, tmp_path: Path) -> None:
    forged, scene = FORGERIES[name], Scene()
    status, answer = answer_to(verify(tmp_path, as_bytes(forged.forge(scene)), scene))

    codes = [check["problem"]["code"] for check in answer["checks"] if "problem" in check]
    assert (status, answer["verdict"]) == (EXIT_STATUS[forged.verdict], forged.verdict)
    assert forged.code in codes


@pytest.mark.parametrize("name", GENUINE)
def test_command_verifies(name: str, tmp_path: Path) -> None:
    scene = Scene()
    status, answer = answer_to(verify(tmp_path, as_bytes(CONTROLS[name].make(scene)), scene))

    assert (status, answer["verdict"]) == (0, "verified")
    assert answer["issuer"]["name"] == "University of Inverbrae"


def test_command_ends_with_the_verdict_as_its_exit_status(tmp_path: Path) -> None:
    scene = Scene()
    scene.revoke()
    data = as_bytes(CONTROLS["data_integrity_rdfc"].make(scene))
    program = [sys.executable, "-c", "from app.cli import main; main()"]
    ended = subprocess.run(
        [*program, *verify(tmp_path, data, scene)], capture_output=True, check=False, timeout=60
    )

    assert ended.returncode == 1
    assert json.loads(ended.stdout)["verdict"] == "not_valid"
