"""The periodic work: lists signed again in time, one issuer's trouble kept from the others."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.issuing.desk import IssuingDesk, open_issuing
from app.issuing.status_lists import reserve_entry
from app.jobs.desk import JobDesk
from app.jobs.periodic import PERIODIC, PeriodicTask, Rounds
from app.jobs.status_lists import RefreshReport, refresh_status_lists
from app.registry.keys import active_key
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import StatusList
from app.web.request_log import make_log
from tests.issuers import make_issuer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=5)


@pytest.fixture
def desk(settings: Settings) -> IssuingDesk:
    return open_issuing(settings)


@pytest.fixture
def lists(database: Database, desk: IssuingDesk) -> dict[str, str]:
    """Two issuers' lists by issuer, signed at NOW."""
    made = {}
    with database.write() as session:
        for slug in ("inverbrae", "elsewhere"):
            issuer = make_issuer(session, desk, slug)
            entry = reserve_entry(session, desk, issuer, now=NOW, actor="cli:test")
            made[slug] = entry.list_id
    return made


def lose_status_key(database: Database, tmp_path: Path, slug: str) -> None:
    with database.read() as session:
        key = active_key(session, slug, "status", "Ed25519")
        name = key.signer_uri.removeprefix("file:")
    (tmp_path / "keys" / f"{name}.pem").unlink()


def valid_from(database: Database, list_id: str) -> datetime:
    with database.read() as session:
        return session.scalars(select(StatusList.valid_from).where(StatusList.id == list_id)).one()


def test_lists_are_signed_again_when_they_are_due_and_not_before(
    database: Database, desk: IssuingDesk, lists: dict[str, str]
) -> None:
    early = refresh_status_lists(database, desk, now=NOW + timedelta(days=4))
    due = refresh_status_lists(database, desk, now=DUE)
    again = refresh_status_lists(database, desk, now=DUE)

    assert early == again == RefreshReport((), ())
    assert set(due.refreshed) == set(lists.values())
    assert {valid_from(database, list_id) for list_id in lists.values()} == {DUE}


def test_a_list_that_cannot_be_signed_does_not_hold_up_the_others(
    database: Database, desk: IssuingDesk, lists: dict[str, str], tmp_path: Path
) -> None:
    lose_status_key(database, tmp_path, "inverbrae")
    report = refresh_status_lists(database, desk, now=DUE)

    assert report.refreshed == (lists["elsewhere"],)
    ((failed, reason),) = report.failed
    assert failed == lists["inverbrae"]
    assert "missing" in reason


def logged(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def job_desk(database: Database, desk: IssuingDesk, stream: io.StringIO) -> JobDesk:
    return JobDesk(database, desk, make_log("INFO", stream))


RESIGNING = [task for task in PERIODIC if task.name == "resign_status_lists"]


def test_lists_are_signed_again_in_the_rounds_of_a_worker(
    job_desk: JobDesk, lists: dict[str, str], stream: io.StringIO
) -> None:
    rounds = Rounds(RESIGNING)
    for now in (NOW, DUE, DUE + timedelta(minutes=2)):
        rounds.walk(job_desk, now)

    (line,) = logged(stream)
    assert (line["event"], line["count"]) == ("status_lists_refreshed", len(lists))


def test_the_worker_reports_what_it_could_not_sign(
    database: Database,
    job_desk: JobDesk,
    lists: dict[str, str],
    tmp_path: Path,
    stream: io.StringIO,
) -> None:
    for slug in lists:
        lose_status_key(database, tmp_path, slug)
    Rounds(RESIGNING).walk(job_desk, DUE)

    assert {line["event"] for line in logged(stream)} == {"status_list_not_refreshed"}
    assert {line["status_list"] for line in logged(stream)} == set(lists.values())


def test_a_task_comes_round_when_its_time_has_come_whatever_befell_it_before(
    job_desk: JobDesk, stream: io.StringIO
) -> None:
    seen: list[datetime] = []

    def fail(desk: JobDesk, now: datetime) -> None:
        seen.append(now)
        raise OperationalError("SELECT 1", {}, Exception("learner@university.example"))

    rounds = Rounds([PeriodicTask("failing", 60, fail)])
    times = [NOW + timedelta(seconds=seconds) for seconds in (0, 59, 60, 61, 200)]
    for now in times:
        rounds.walk(job_desk, now)

    assert seen == [times[0], times[2], times[4]]
    assert {(line["event"], line["task"]) for line in logged(stream)} == {
        ("periodic_work_failed", "failing")
    }
    assert "@" not in stream.getvalue()
