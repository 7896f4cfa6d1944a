"""On SQLite the service does the work itself, beside answering."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.jobs.batches import PASSING
from app.jobs.queue import cron_of, make_enqueue
from app.jobs.worker import only_worker
from app.main import create_service
from app.settings import Settings
from app.storage.database import make_engine
from tests.batches import BATCHES, Send, many
from tests.publishing import Publisher


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}")


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    app = create_service(settings)
    yield app
    app.state.desk.database.close()


def test_a_batch_is_issued_by_the_service_itself_while_somebody_listens(
    settings: Settings, client: TestClient, publisher: Publisher, send: Send
) -> None:
    batch = send(many(2)).json()["id"]
    told = client.get(f"{BATCHES}/{batch}/events", headers=publisher.headers).text
    with only_worker(settings) as ours:
        pass

    last = json.loads(told.strip().rpartition("data: ")[2])
    assert (last["state"], last["issued"]) == ("done", 2)
    assert not ours  # the service's thread has the lock, so nobody else works on this database


def test_on_postgresql_the_service_leaves_the_work_to_workers(
    postgres_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=postgres_url, keys=f"file:{tmp_path / 'keys'}")
    with TestClient(create_service(settings)) as client:
        assert client.get("/healthz").status_code == 200


def test_a_database_that_goes_away_while_jobs_are_put_in_is_waited_for(
    postgres_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=postgres_url, keys=f"file:{tmp_path / 'keys'}")
    engine = make_engine(settings)
    with Session(engine) as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        connection.close()
        with pytest.raises(PASSING):
            make_enqueue(settings)(session, "0" * 22, [0])
        session.invalidate()
    engine.dispose()


@pytest.mark.parametrize(
    ("seconds", "cron"),
    [(5, "* * * * * */5"), (60, "*/1 * * * *"), (3600, "0 */1 * * *"), (7200, "0 */2 * * *")],
)
def test_an_interval_is_written_as_the_queue_reads_it(seconds: int, cron: str) -> None:
    assert cron_of(seconds) == cron
