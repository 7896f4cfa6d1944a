"""What is done again and again: the list of it, and who does it when there is no job queue.

On SQLite `Rounds` walks the list; on PostgreSQL the job queue does (`app.jobs.queue`), so that of
any number of workers one at a time does each task. A task is a plain function of the desk and the
time; it may be cut off at any point and begun again, so each of its steps is a transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.jobs.desk import JobDesk
from app.jobs.federation import renew_trust_chains
from app.jobs.outbox import deliver_outbox
from app.jobs.retention import empty_old_batches, forget_old_records
from app.jobs.status_lists import resign_status_lists


@dataclass(frozen=True)
class PeriodicTask:
    """Something to be done every so many seconds: up to 60 a part of a minute, then of an hour."""

    name: str
    seconds: int
    run: Callable[[JobDesk, datetime], None]


PERIODIC: tuple[PeriodicTask, ...] = (
    PeriodicTask("deliver_outbox", 5, deliver_outbox),
    PeriodicTask("resign_status_lists", 60, resign_status_lists),
    PeriodicTask("renew_trust_chains", 3600, renew_trust_chains),
    PeriodicTask("empty_old_batches", 3600, empty_old_batches),
    PeriodicTask("forget_old_records", 3600, forget_old_records),
)
"""Everything that this service does by itself."""


def run_task(task: PeriodicTask, desk: JobDesk, now: datetime) -> None:
    """Do it once; what goes wrong is logged, never with its data, and tried again next time."""
    try:
        task.run(desk, now)
    except Exception as error:  # noqa: BLE001 - a worker that gave up would let lists expire
        desk.log.error("periodic_work_failed", task=task.name, error=type(error).__name__)


class Rounds:
    """Does each task when its time has come; the first time at once."""

    def __init__(self, tasks: Sequence[PeriodicTask] = PERIODIC) -> None:
        self._due: dict[PeriodicTask, datetime | None] = dict.fromkeys(tasks)

    def walk(self, desk: JobDesk, now: datetime) -> None:
        """Do what is due by now."""
        for task, due in self._due.items():
            if due is None or now >= due:
                run_task(task, desk, now)
                self._due[task] = now + timedelta(seconds=task.seconds)
