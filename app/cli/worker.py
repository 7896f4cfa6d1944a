"""`signet worker`: the periodic work."""

import signal
import threading
from typing import Annotated

import typer

from app.cli.desk import AsJson, Desk, current_time, open_desk
from app.cli.output import WrongUsage, complain, note, say, say_json
from app.jobs.desk import JobDesk
from app.jobs.periodic import Rounds
from app.jobs.status_lists import refresh_status_lists
from app.web.request_log import make_log

_SECONDS_BETWEEN = 1.0


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now and stop; for cron.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign lists of revocations again before they run out. Run one beside the service.

    \b
    Example: signet worker --once

    Verifiers do not rely on a list for ever. When nobody signs it again in time, the credentials
    in it "could not be checked" until somebody does.
    """
    if as_json and not once:
        raise WrongUsage("--json is for --once; a worker that stays writes a log.")
    with open_desk() as desk:
        if once:
            _once(desk, as_json)
        else:
            _until_stopped(desk)


def _once(desk: Desk, as_json: bool) -> None:
    report = refresh_status_lists(desk.database, desk.issuing, now=current_time())
    if as_json:
        failed = [{"id": list_id, "reason": reason} for list_id, reason in report.failed]
        say_json({"refreshed": list(report.refreshed), "failed": failed})
    else:
        say(f"Signed again: {len(report.refreshed)} status lists.")
    for list_id, reason in report.failed:
        complain(f"The list {list_id} was not signed: {reason}.")
    if report.failed:
        raise typer.Exit(1)


def _until_stopped(desk: Desk) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    note("Working until stopped (Ctrl-C).")
    job_desk = JobDesk(desk.database, desk.issuing, make_log(desk.settings.log_level))
    rounds = Rounds()
    while not stop.is_set():
        rounds.walk(job_desk, current_time())
        stop.wait(_SECONDS_BETWEEN)
