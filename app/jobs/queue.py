"""The job queue of PostgreSQL: Procrastinate, on the same database (decision 19).

Jobs are put in by the transaction that makes them needed, so that both are there or neither is.
Any number of workers on any number of machines take them out; the jobs of a worker that was killed
are given to another one as soon as its heartbeat has been missing for a while.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.types import JSONDict
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.issuing.batches import Enqueue
from app.jobs.batches import PASSING, work_on_chunk
from app.jobs.desk import JobDesk
from app.jobs.periodic import PERIODIC, PeriodicTask, run_task
from app.settings import Settings
from app.storage.database import connection_arguments
from app.storage.schema import is_sqlite

BATCHES = "batches"
ROUNDS = "rounds"
CHUNK_TASK = "work_on_chunk"

_JOBS_AT_ONCE = 500
_MINUTE = 60
_HOUR = 3600
_SECONDS_TO_RECOVER = 2.0


@dataclass(frozen=True)
class Heartbeat:
    """How often a worker says that it lives, and after how long a silence it counts as dead."""

    seconds: float = 10.0
    missing_seconds: float = 30.0


def make_enqueue(settings: Settings) -> Enqueue:
    """How chunks come into the queue; on SQLite a worker sees by itself what there is to do."""
    if is_sqlite(settings):
        return _leave_to_be_seen
    app = App(connector=PsycopgConnector())  # never opened: it uses the sessions' connections

    def enqueue(session: Session, batch_id: str, numbers: Sequence[int]) -> None:
        connection = session.connection().connection.driver_connection
        task = app.configure_task(CHUNK_TASK, queue=BATCHES, connection=connection)
        for first in range(0, len(numbers), _JOBS_AT_ONCE):
            part = numbers[first : first + _JOBS_AT_ONCE]
            jobs: list[JSONDict] = [{"batch_id": batch_id, "number": number} for number in part]
            try:
                task.batch_defer(*jobs)
            except ConnectorException as error:  # the session's connection: let it be said as such
                raise OperationalError("enqueue", None, error) from error

    return enqueue


def _leave_to_be_seen(session: Session, batch_id: str, numbers: Sequence[int]) -> None:
    pass


async def work_queue(
    settings: Settings,
    desk: JobDesk,
    *,
    clock: Callable[[], datetime],
    heartbeat: Heartbeat,
    until_empty: bool = False,
) -> None:
    """Take jobs out of the queue until cancelled, or with `until_empty` until no chunk is left.

    A database that goes away is waited for.
    """
    while True:
        app = _make_app(settings, desk, clock, heartbeat)
        queues = (BATCHES,) if until_empty else (BATCHES, ROUNDS)
        try:
            async with app.open_async():
                await asyncio.gather(
                    *(_work(app, queue, heartbeat, wait=not until_empty) for queue in queues)
                )
            if until_empty:
                return
        except (ConnectorException, *PASSING) as error:
            desk.log.error("queue_unavailable", error=type(error).__name__)
        await asyncio.sleep(_SECONDS_TO_RECOVER)


async def _work(app: App, queue: str, heartbeat: Heartbeat, *, wait: bool) -> None:
    # One job at a time: what runs here computes, and a second one would only take its core.
    await app.run_worker_async(
        queues=[queue],
        concurrency=1,
        wait=wait,
        delete_jobs="successful",
        install_signal_handlers=False,
        update_heartbeat_interval=heartbeat.seconds,
        stalled_worker_timeout=heartbeat.missing_seconds,
    )


def _make_app(
    settings: Settings, desk: JobDesk, clock: Callable[[], datetime], heartbeat: Heartbeat
) -> App:
    connector = PsycopgConnector(kwargs=connection_arguments(settings), min_size=1, max_size=4)
    app = App(connector=connector)
    enqueue = make_enqueue(settings)

    @app.task(
        name=CHUNK_TASK,
        queue=BATCHES,
        retry=RetryStrategy(wait=int(_SECONDS_TO_RECOVER), retry_exceptions=PASSING),
    )
    def chunk(batch_id: str, number: int) -> None:
        work_on_chunk(desk, batch_id, number, enqueue=enqueue, clock=clock)

    @app.periodic(cron="* * * * * */10", queueing_lock="take_up_stalled_jobs")
    @app.task(name="take_up_stalled_jobs", queue=ROUNDS, pass_context=True)
    async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:
        manager = context.app.job_manager
        await manager.prune_stalled_workers(heartbeat.missing_seconds)
        stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=heartbeat.missing_seconds)
        for job in stalled:
            with suppress(ConnectorException):  # another worker was faster
                await manager.retry_job(job)

    for task in PERIODIC:
        _register(app, task, desk, clock)
    return app


def _register(app: App, task: PeriodicTask, desk: JobDesk, clock: Callable[[], datetime]) -> None:
    def run(timestamp: int) -> None:
        run_task(task, desk, clock())

    registered: Any = app.task(name=task.name, queue=ROUNDS, lock=task.name)(run)
    app.periodic(cron=cron_of(task.seconds), queueing_lock=task.name)(registered)


def cron_of(seconds: int) -> str:
    """When a task with this interval is due, with the second as sixth field (croniter)."""
    if seconds < _MINUTE:
        return f"* * * * * */{seconds}"
    if seconds < _HOUR:
        return f"*/{seconds // _MINUTE} * * * *"
    return f"0 */{seconds // _HOUR} * * *"
