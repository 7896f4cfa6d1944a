"""Signing status lists again before they expire: the one periodic work there is.

A list is also refreshed when somebody asks for it; this is for the lists that nobody asks for until
the day they are needed, and it keeps the signing out of a reader's way.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from app.errors import SignetError
from app.issuing.desk import IssuingDesk
from app.issuing.status_lists import expiring_lists, refresh_list
from app.storage.database import Database

ACTOR = "service"
INTERVAL_SECONDS = 60.0


@dataclass(frozen=True)
class RefreshReport:
    """The lists that were signed again, and those that could not be, with the reason."""

    refreshed: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def refresh_status_lists(database: Database, desk: IssuingDesk, *, now: datetime) -> RefreshReport:
    """Sign every list again that has less than a third of its validity left.

    Each list has a transaction of its own: one issuer's missing key must not let the lists of the
    others expire.
    """
    with database.read() as session:
        list_ids = expiring_lists(session, desk, now=now)
    refreshed: list[str] = []
    failed: list[tuple[str, str]] = []
    for list_id in list_ids:
        try:
            with database.write() as session:
                refresh_list(session, desk, list_id, now=now, actor=ACTOR)
        except SignetError as error:
            failed.append((list_id, str(error)))
        else:
            refreshed.append(list_id)
    return RefreshReport(tuple(refreshed), tuple(failed))


def work(
    database: Database,
    desk: IssuingDesk,
    *,
    clock: Callable[[], datetime],
    stop: threading.Event,
    log: FilteringBoundLogger,
    interval_seconds: float = INTERVAL_SECONDS,
) -> None:
    """Do the periodic work until `stop` is set; what goes wrong is logged and tried again."""
    while True:
        try:
            report = refresh_status_lists(database, desk, now=clock())
        except Exception as error:  # noqa: BLE001 - a worker that gave up would let lists expire
            log.error("periodic_work_failed", error=type(error).__name__)
        else:
            if report.refreshed:
                log.info("status_lists_refreshed", count=len(report.refreshed))
            for list_id, reason in report.failed:
                log.error("status_list_not_refreshed", status_list=list_id, reason=reason)
        if stop.wait(interval_seconds):
            return
