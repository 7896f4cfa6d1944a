"""`signet worker`: batches and the periodic work."""

import asyncio
import gc
import logging
import signal
import threading
from typing import Annotated

import typer

from app.cli.desk import AsJson, Desk, current_time, open_desk
from app.cli.output import WrongUsage, complain, note, say, say_json
from app.cli.serve import JsonLines
from app.jobs.desk import JobDesk
from app.jobs.outbox import deliver_outbox
from app.jobs.queue import Heartbeat, work_queue
from app.jobs.status_lists import refresh_status_lists
from app.jobs.worker import keep_processes, until_stopped, work_embedded
from app.settings import Settings
from app.storage.schema import is_sqlite
from app.web.request_log import make_log

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now and stop; for cron.")
    ] = False,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes share the work (PostgreSQL).")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Issue batches, deliver webhooks and mail, and sign lists of revocations again in time.

    \b
    Example: signet worker --processes 4

    Verifiers do not rely on a list for ever. When nobody signs it again in time, the credentials
    in it "could not be checked" until somebody does.
    """
    if as_json and not once:
        raise WrongUsage("--json is for --once; a worker that stays writes a log.")
    if once and processes > 1:
        raise WrongUsage("--processes is for a worker that stays, not for --once.")
    with open_desk() as desk:
        if once:
            _once(desk, as_json)
        else:
            _stay(desk, processes)


def _once(desk: Desk, as_json: bool) -> None:
    report = refresh_status_lists(desk.database, desk.issuing, now=current_time())
    deliver_outbox(job_desk(desk), current_time())
    if as_json:
        failed = [{"id": list_id, "reason": reason} for list_id, reason in report.failed]
        say_json({"refreshed": list(report.refreshed), "failed": failed})
    else:
        say(f"Signed again: {len(report.refreshed)} status lists.")
    for list_id, reason in report.failed:
        complain(f"The list {list_id} was not signed: {reason}.")
    if report.failed:
        raise typer.Exit(1)


def _stay(desk: Desk, processes: int) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if is_sqlite(desk.settings):
        if processes > 1:
            raise WrongUsage(
                "The embedded database has one writer at a time: leave --processes out."
            )
        note("Working until stopped (Ctrl-C).")
        work_embedded(desk.settings, job_desk(desk), clock=current_time, stop=stop)
        return
    desk.database.close()  # each process has connections of its own
    note(f"Working in {processes} processes until stopped (Ctrl-C).")
    keep_processes(work_in_process, (desk.settings, Heartbeat()), processes, stop)


def work_in_process(settings: Settings, heartbeat: Heartbeat) -> None:
    """What each of the processes does, from its first line on."""
    log_libraries()
    with open_desk(settings=settings) as desk:
        # A chunk's objects go by themselves. To look for circles among them, and among all that was
        # loaded by now, after every 700 new ones took a fifteenth of a batch's time.
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
        work = work_queue(settings, job_desk(desk), clock=current_time, heartbeat=heartbeat)
        asyncio.run(until_stopped(work))


def log_libraries() -> None:
    """Have what the queue and the driver say in our log's form: a JSON object on a line each."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def job_desk(desk: Desk) -> JobDesk:
    """The desk of jobs that this command does itself."""
    return JobDesk(desk.database, desk.issuing, make_log(desk.settings.log_level))
