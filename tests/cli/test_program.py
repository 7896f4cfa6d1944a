"""The program as a whole: help for everybody, and no traceback wherever its output goes."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from app.cli import app
from app.settings import PROJECT
from tests.cli.conftest import Signet
from tests.cli.programs import PROGRAM


def commands(group: Any, *words: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *words, name)
        else:
            yield (*words, name)


@pytest.mark.parametrize("words", list(commands(get_command(app))), ids=" ".join)
def test_every_command_explains_itself_with_an_example(
    signet: Signet, words: tuple[str, ...]
) -> None:
    helped = signet(*words, "--help")

    assert helped.status == 0
    assert f"  Example: signet {' '.join(words)}" in helped.out


def test_the_program_says_where_to_begin(signet: Signet) -> None:
    assert "signet demo" in signet("--help").out
    assert signet("nonsense").status == 2


def test_what_was_found_in_a_document_is_a_line_each(signet: Signet) -> None:
    signet("issuer", "create", "--id", "law", "--name", "Law")

    refused = signet(
        "issue", "--issuer", "law", "--achievement", "", "--email", "nobody", "--valid-until", "x"
    )

    assert refused.status == 1
    assert len(refused.err.splitlines()) == 3


def test_a_reader_that_goes_away_is_no_disaster(folder: Path) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "context", "list", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()

    assert process.wait(timeout=60) == 1
    assert said == b""


def test_a_terminal_without_the_characters_gets_question_marks(folder: Path) -> None:
    (folder / "note.txt").write_text("not a credential")

    done = subprocess.run(
        [*PROGRAM, "verify", "note.txt"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (4, b"")
    assert b"  ? Failed" in done.stdout


def test_the_installed_program_is_this_one(folder: Path) -> None:
    program = PROJECT / ".venv" / "bin" / "signet"
    if not program.exists():
        pytest.skip("signet is not installed in .venv: run make install")

    done = subprocess.run([program, "migrate", "--json"], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b'{\n  "state": "current"\n}\n'
