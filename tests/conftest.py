"""What every test may ask for: a fresh database of both kinds, the application, a client, NOW.

PostgreSQL is the server named by SIGNET_TEST_POSTGRES_URL, or a throw-away cluster started with
the machine's own initdb and pg_ctl. Without either its tests are skipped, and with CI=true they
fail. Nothing in a test talks to anything but loopback.
"""

import ipaddress
import os
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import URL, create_engine, make_url, text

from app.keys.signer import KeyStore
from app.main import create_app
from app.registry.api_keys import create_api_key
from app.settings import Settings
from app.storage.database import Database, make_engine, upgrade
from app.web.dependencies import current_time
from tests.postgres import FAST, find_programs, running_cluster

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""The time in every test that does not say otherwise."""

# --- no network ---------------------------------------------------------------------------------


def _is_loopback(host: object) -> bool:
    if not isinstance(host, str | bytes) or not host:
        return host in (None, "", b"")
    name = host.decode() if isinstance(host, bytes) else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and name look-up beyond this machine."""
    lookup = socket.getaddrinfo

    def refuse(target: object) -> None:
        raise AssertionError(f"a test tried to reach {target!r}: tests have no network")

    def guard(method: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(self: socket.socket, address: Any, *rest: Any) -> Any:
            if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
                refuse(address)
            return method(self, address, *rest)

        return guarded

    def getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        if not _is_loopback(host):
            refuse(host)
        return lookup(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", guard(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guard(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


# --- databases ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _postgres_server() -> Iterator[URL]:
    """A running server: its URL ends in a database that always exists."""
    named = os.environ.get("SIGNET_TEST_POSTGRES_URL")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
        return
    programs = find_programs()
    if programs is None:
        reason = "no PostgreSQL: install it, or name a server in SIGNET_TEST_POSTGRES_URL"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_cluster(programs, *FAST) as cluster:
        yield cluster.url


@pytest.fixture(scope="session")
def _on_server(_postgres_server: URL) -> Iterator[Callable[[str], None]]:
    """Runs statements on the server; one connection for all, which makes databases faster."""
    engine = create_engine(_postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement)).close()
    engine.dispose()


def _url(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def _postgres_template(_postgres_server: URL, _on_server: Callable[[str], None]) -> Iterator[str]:
    """A migrated database to copy, since copying is faster than migrating."""
    name = f"signet_template_{uuid.uuid4().hex}"
    _on_server(f"CREATE DATABASE {name}")
    upgrade(Settings(database_url=_url(_postgres_server, name)))
    yield name
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(Settings(database_url=f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    path = tmp_path / "signet.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(
    _postgres_server: URL, _postgres_template: str, _on_server: Callable[[str], None]
) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    name = f"signet_{uuid.uuid4().hex}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {_postgres_template}")
    yield _url(_postgres_server, name)
    _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def drop_database(_on_server: Callable[[str], None]) -> Callable[[str], None]:
    """Takes a PostgreSQL database away, connections and all."""

    def drop(url: str) -> None:
        _on_server(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    return drop


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database; a test that asks for it runs on both kinds."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for a service of its own, with its own database and key store."""
    return Settings(database_url=database_url, keys=f"file:{tmp_path / 'keys'}")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Transactions on the test's own database."""
    database = Database(make_engine(settings))
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """Transactions on SQLite, for what does not depend on the kind of database."""
    database = Database(make_engine(Settings(database_url=sqlite_url)))
    yield database
    database.close()


# --- the application ----------------------------------------------------------------------------


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    """The application on the test's own database, at NOW.

    Its clock is a dependency: `app.dependency_overrides[current_time] = lambda: later`.
    """
    app = create_app(settings)
    app.dependency_overrides[current_time] = lambda: NOW
    yield app
    app.state.desk.database.close()


@pytest.fixture
def key_store(app: FastAPI) -> KeyStore:
    """The application's own key store."""
    store: KeyStore = app.state.desk.key_store
    return store


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client without a key. What nobody foresaw is a 500 to it, as to everybody; the log that
    pytest shows with a failing test says where it came from."""
    with TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False) as client:
        yield client


MakeKey = Callable[..., dict[str, str]]


@pytest.fixture
def make_key(app: FastAPI) -> MakeKey:
    """`make_key(issuer_id, *scopes)`: the headers of a new API key; None for an administrator."""
    database: Database = app.state.desk.database

    def make(issuer_id: str | None, *scopes: str) -> dict[str, str]:
        with database.write() as session:
            _, key = create_api_key(
                session, issuer_id=issuer_id, scopes=scopes, label=None, now=NOW, actor="cli:test"
            )
        return {"Authorization": f"Bearer {key}"}

    return make


@pytest.fixture
def admin_headers(make_key: MakeKey) -> dict[str, str]:
    """The headers of an administrator's API key."""
    return make_key(None)
