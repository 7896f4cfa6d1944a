"""The outbox as periodic work, and workers that stand in each other's way."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.fetch import make_post
from app.jobs.attempts import MOST_ATTEMPTS, Attempt, retry_at
from app.jobs.desk import JobDesk
from app.jobs.outbox import PATIENCE, Couriers, deliver_due
from app.jobs.periodic import PERIODIC, Rounds
from app.registry.outbox import Event, note_events
from app.settings import Settings
from app.storage.database import Database, make_engine
from app.storage.tables import OutboxItem
from tests.conftest import NOW
from tests.notifications import SLUG, WEBHOOKS, Telling, telling
from tests.races.conftest import all_at_once
from tests.webhook_receiver import platform

DELIVERING = [task for task in PERIODIC if task.name == "deliver_outbox"]


@pytest.fixture
def small_settings(sqlite_url: str, tmp_path: Path) -> Settings:
    keys = f"file:{tmp_path / 'keys'}"
    return Settings(database_url=sqlite_url, keys=keys, webhook_loopback=True)


def fill(service: Telling, count: int) -> None:
    with service.desk.database.write() as session:
        events = [
            Event("credential.issued", {"credential": str(number)}) for number in range(count)
        ]
        note_events(session, SLUG, events, now=service.now)


def test_the_worker_delivers_what_is_due_and_logs_numbers_alone(
    small_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with platform() as listening, telling(small_settings) as service:
        service.listen(listening.url)
        fill(service, 2)
        capsys.readouterr()
        desk = JobDesk(service.desk.database, service.desk.issuing, service.desk.log)
        rounds = Rounds(DELIVERING)
        rounds.walk(desk, NOW)
        rounds.walk(desk, NOW + timedelta(seconds=6))

        assert len(listening.told) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert '"attempted": 2, "event": "outbox_delivered"' in line
        assert listening.url not in line


def test_workers_side_by_side_send_each_event_once(postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(
        database_url=postgres_url, keys=f"file:{tmp_path / 'keys'}", webhook_loopback=True
    )
    with platform() as listening, telling(settings) as service:
        service.listen(listening.url)
        fill(service, 160)
        databases = [Database(make_engine(settings)) for _ in range(4)]
        couriers = Couriers(make_post(timeout_seconds=30.0, loopback=True), None)

        def work(database: Database) -> Callable[[], int]:
            return lambda: deliver_due(database, service.desk.issuing, couriers, now=NOW)

        attempted = all_at_once([work(database) for database in databases])

        for database in databases:
            database.close()
        assert sum(attempted) == 160
        assert set(Counter(each.id for each in listening.told).values()) == {1}
        assert len(listening.told) == 160


def test_a_webhook_that_is_removed_while_it_is_told_is_gone(small_settings: Settings) -> None:
    with telling(small_settings) as service:
        webhook = service.listen("https://hooks.example/")
        fill(service, 3)

        def post(url: str, body: bytes, headers: Any) -> int:
            service.send("DELETE", f"{WEBHOOKS}/{webhook['id']}")
            return 200

        assert service.deliver(Couriers(post, None)) == 3
        with service.desk.database.read() as session:
            assert session.scalars(select(OutboxItem)).all() == []


def test_a_worker_that_was_overtaken_records_nothing(small_settings: Settings) -> None:
    """Its lease ran out and somebody else has claimed the event since."""
    with telling(small_settings) as service:
        webhook = service.listen("https://hooks.example/")
        fill(service, 1)

        def post(url: str, body: bytes, headers: Any) -> int:
            with service.desk.database.write() as session:
                session.execute(update(OutboxItem).values(attempts=OutboxItem.attempts + 1))
            return 500

        service.deliver(Couriers(post, None))

        [delivery] = service.deliveries(webhook)
        assert (delivery["attempts"], delivery["problem"]) == (2, None)


def test_what_takes_too_long_is_left_for_the_next_round(small_settings: Settings) -> None:
    with telling(small_settings) as service:
        webhook = service.listen("https://hooks.example/")
        fill(service, 3)
        late = iter(range(0, 10_000, 15))

        assert service.deliver(Couriers(lambda *_: 204, None), lambda: float(next(late))) == 1

        states = Counter((each["state"], each["attempts"]) for each in service.deliveries(webhook))
        assert states == {("delivered", 1): 1, ("pending", 0): 2}
        assert service.deliver(Couriers(lambda *_: 204, None)) == 2


def test_attempts_grow_apart_and_do_not_come_back_together() -> None:
    def waits(item_id: str) -> list[float]:
        attempts = [
            Attempt(item_id, "e", "i", "credential.issued", {}, NOW, None, None, number)
            for number in range(1, MOST_ATTEMPTS + 1)
        ]
        return [(retry_at(each, NOW) - NOW).total_seconds() for each in attempts]

    first = waits("one")
    assert first[:8] == sorted(first[:8])
    assert first == waits("one")
    assert 24 <= first[0] <= 36
    assert first[-1] <= 1.2 * 24 * 3600
    assert len({waits(f"item {number}")[0] for number in range(20)}) > 10
    # All attempts take place before an address that fails is given up on.
    for number in range(20):
        assert sum(waits(f"item {number}")[:-1]) < PATIENCE.total_seconds()
