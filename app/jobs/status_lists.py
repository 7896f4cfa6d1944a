"""Signing status lists again before they expire.

A list is also refreshed when somebody asks for it; this is for the lists that nobody asks for until
the day they are needed, and it keeps the signing out of a reader's way.
"""

from dataclasses import dataclass
from datetime import datetime

from app.errors import SignetError
from app.issuing.desk import IssuingDesk
from app.issuing.status_lists import expiring_lists, refresh_list
from app.jobs.desk import JobDesk
from app.storage.database import Database

ACTOR = "service"


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


def resign_status_lists(desk: JobDesk, now: datetime) -> None:
    """The same as periodic work: what became of it stands in the log."""
    report = refresh_status_lists(desk.database, desk.issuing, now=now)
    if report.refreshed:
        desk.log.info("status_lists_refreshed", count=len(report.refreshed))
    for list_id, reason in report.failed:
        desk.log.error("status_list_not_refreshed", status_list=list_id, reason=reason)
