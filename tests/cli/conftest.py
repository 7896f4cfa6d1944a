"""The program as a person runs it: arguments in; exit status, output and complaints out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.cli.desk import Desk, actor, current_time, open_desk
from app.registry.achievements import create_achievement
from app.registry.issuers import load_issuer
from app.settings import Settings
from tests.builders import an_achievement_definition


@dataclass(frozen=True)
class Ran:
    """What became of one run."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The standard output, which has to be JSON and nothing else."""
        return json.loads(self.out)


Signet = Callable[..., Ran]


def run(*arguments: str, stdin: bytes | None = None) -> Ran:
    result = CliRunner().invoke(app, arguments, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return Ran(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands run, with a key store of its own and no database yet."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "PORT", "SIGNET_PUBLIC_URL", "SIGNET_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGNET_KEYS", f"file:{tmp_path / 'keys'}")
    return tmp_path


@pytest.fixture
def signet(folder: Path) -> Signet:
    """The program in an empty folder."""
    return run


@pytest.fixture
def signet_on_both(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Signet:
    """The program with a migrated, empty database of each kind."""
    monkeypatch.setenv("SIGNET_DATABASE_URL", settings.database_url)
    return run


def an_issuer(signet: Signet, *options: str) -> dict[str, Any]:
    """An issuer of the short name `law`, made by the program itself."""
    made = signet("issuer", "create", "--id", "law", "--name", "Faculty of Law", "--json", *options)
    assert made.status == 0, made.err
    document: dict[str, Any] = made.json
    return document


def an_achievement(slug: str = "law") -> str:
    """The id of a new achievement; achievements are made over HTTP, so not by the program."""
    with open_desk() as desk, desk.database.write() as session:
        row = create_achievement(
            session,
            desk.settings,
            load_issuer(session, slug),
            an_achievement_definition(),
            now=current_time(),
            actor=actor(),
        )
        return row.id


def a_badge(signet: Signet) -> dict[str, Any]:
    """A credential by the issuer `law`, made by the program itself."""
    issued = signet(
        "issue", "--issuer", "law", "--achievement", an_achievement(),
        "--email", "learner@example.org", "--json",
    )  # fmt: skip
    assert issued.status == 0, issued.err
    document: dict[str, Any] = issued.json
    return document


def edit(change: Callable[[Any], None]) -> None:
    """Change the database behind the program's back; `change` is given a session."""
    with open_desk() as desk, desk.database.write() as session:
        change(session)


__all__ = ["Desk", "Ran", "Signet", "a_badge", "an_achievement", "an_issuer", "edit", "run"]
