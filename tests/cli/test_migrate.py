"""`signet migrate`, and what the other commands say about a database that is not up to date."""

from pathlib import Path

import pytest

from app.settings import Settings
from tests.cli.conftest import Signet, an_issuer
from tests.cli.programs import statement


def test_an_empty_database_is_migrated_once(signet: Signet, folder: Path) -> None:
    before = signet("migrate", "--check")
    migrated = signet("migrate")
    again = signet("migrate", "--json")

    assert (before.status, before.out) == (
        1,
        "The database has no tables yet. Run `signet migrate`.\n",
    )
    assert (migrated.status, migrated.out) == (0, "The database is up to date.\n")
    assert (again.status, again.json) == (0, {"state": "current"})
    assert signet("migrate", "--check").status == 0


def test_checking_creates_nothing(signet: Signet, folder: Path) -> None:
    signet("migrate", "--check")

    assert list(folder.iterdir()) == []


def test_a_database_of_a_newer_version_is_left_alone(
    signet_on_both: Signet, settings: Settings
) -> None:
    statement(settings, "UPDATE alembic_version SET version_num = 'from-the-future'")

    assert signet_on_both("migrate", "--check").out.startswith("The database belongs to a newer")
    for arguments in (["migrate"], ["issuer", "list"]):
        refused = signet_on_both(*arguments)
        assert refused.status == 1
        assert "newer Signet" in refused.err


def test_an_older_embedded_database_is_brought_up_to_date(
    signet: Signet, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_issuer(signet)
    upgraded: list[Settings] = []
    monkeypatch.setattr("app.cli.desk.upgrade", upgraded.append)
    statement(Settings(), "UPDATE alembic_version SET version_num = '0001'")

    listed = signet("issuer", "list")

    assert (listed.status, len(upgraded)) == (0, 1)
    assert listed.err == "The database was brought up to date.\n"
    assert signet("migrate", "--check", "--json").json == {"state": "behind"}


def test_postgresql_waits_for_its_migration(
    signet: Signet, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNET_DATABASE_URL", postgres_url)
    statement(Settings(), "DROP TABLE alembic_version")

    refused = signet("issuer", "create", "--id", "law", "--name", "Law")

    assert refused.status == 1
    assert "Run `signet migrate` first." in refused.err


@pytest.mark.parametrize("url", ["rubbish", "oracle://x/y", "sqlite+nothing:///x", "://"])
def test_an_address_of_no_database_is_said_to_be_one(
    signet: Signet, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNET_DATABASE_URL", url)

    refused = signet("migrate")

    assert (refused.status, refused.out) == (1, "")
    assert "SIGNET_DATABASE_URL must look like" in refused.err


def test_a_password_is_not_repeated(signet: Signet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNET_DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/signet")

    refused = signet("migrate")

    assert refused.status == 1
    assert "cannot be used" in refused.err
    assert "s3cret" not in refused.err


def test_a_file_that_is_no_database_is_a_sentence(signet: Signet, folder: Path) -> None:
    (folder / "signet.db").write_text("something else altogether, and long enough to be looked at")

    refused = signet("issuer", "list")

    assert refused.status == 1
    assert "file is not a database" in refused.err


def test_what_the_database_refuses_midway_is_a_sentence(
    signet: Signet, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNET_DATABASE_URL", settings.database_url)
    statement(settings, "ALTER TABLE api_keys RENAME TO lost")

    refused = signet("api-key", "list")

    assert refused.status == 1
    assert refused.err.startswith("The database did not do it: ")
    assert "api_keys" in refused.err


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PUBLIC_URL", "badges.example.edu", "must look like https://badges.example.edu."),
        ("PUBLIC_URL", "https://example.edu/badges", "must be scheme, host and port only"),
        ("LOG_LEVEL", "chatty", "must be DEBUG, INFO, WARNING or ERROR."),
        ("STATUS_LIST_VALIDITY_HOURS", "1", "Input should be greater than or equal to 2."),
    ],
)
def test_a_setting_that_makes_no_sense_is_a_sentence(
    signet: Signet, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"SIGNET_{name}", value)

    refused = signet("issuer", "list")

    assert refused.status == 1
    assert refused.err.startswith(f"SIGNET_{name}")
    assert sentence in refused.err
    assert refused.err.count("SIGNET_") == 1
