"""`signet issue --csv`: many credentials from a file, with a progress bar.

The command does the work itself, beside whoever else works on this database.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import typer

from app.cli.desk import Desk, actor, current_time
from app.cli.output import complain, note, plain, progress, say_fields, say_json
from app.cli.worker import job_desk
from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest
from app.issuing.batch_intake import receive_rows
from app.issuing.batch_results import REFUSED
from app.issuing.batches import (
    CHECK,
    DONE,
    BatchOptions,
    close_upload,
    discard_batch,
    load_batch,
    open_batch,
    progress_of,
    results_of,
)
from app.jobs.queue import Heartbeat, make_enqueue, work_queue
from app.jobs.worker import only_worker, work_on_chunks
from app.registry.issuers import load_issuer
from app.storage.schema import is_sqlite
from app.storage.tables import Batch

_PIECE = 64 * 1024
_SECONDS_BETWEEN = 0.5
_MOST_TOLD = 20


def issue_file(desk: Desk, issuer: str, file: Path, options: BatchOptions, as_json: bool) -> None:
    """Send the file in, work until it is done, and tell what became of it.

    Raises what `receive_rows` raises; the exit status is 1 unless the batch is done.
    """
    batch_id = _send_in(desk, issuer, file, options)
    stop = threading.Event()
    helper = threading.Thread(target=_help, args=(desk, stop), daemon=True)
    helper.start()
    batch = _watch(desk, issuer, batch_id)
    stop.set()
    helper.join()
    answer: JsonObject = {
        "id": batch.id,
        "state": batch.state,
        "total": batch.total,
        "issued": batch.issued,
        "repeated": batch.repeated,
        "refused": batch.refused,
    }
    if as_json:
        say_json(answer)
    else:
        say_fields(*((name.capitalize(), value) for name, value in answer.items()))
        _tell_refused(desk, batch)
    if batch.state != DONE:
        complain((batch.problem or {}).get("detail", f"The batch was {batch.state}."))
        raise typer.Exit(1)


def _send_in(desk: Desk, issuer: str, file: Path, options: BatchOptions) -> str:
    now, who = current_time(), actor()
    with desk.database.write() as session:
        load_issuer(session, issuer)
        at_most = desk.settings.open_batches
        batch_id = open_batch(session, issuer, options, at_most=at_most, now=now, actor=who).id
    try:
        received = receive_rows(desk.database, desk.issuing, batch_id, options, _pieces(file))
    except BaseException:
        with desk.database.write() as session:
            discard_batch(session, batch_id)
        raise
    with desk.database.write() as session:
        close_upload(
            session,
            batch_id,
            total=received.rows,
            chunks=received.chunks,
            enqueue=make_enqueue(desk.settings),
            now=now,
            actor=who,
        )
    return batch_id


def _pieces(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            while piece := stream.read(_PIECE):
                yield piece
    except OSError as error:
        raise InvalidRequest("bad_value", f"{file} cannot be read: {error.strerror}.") from None


def _help(desk: Desk, stop: threading.Event) -> None:
    """Work on what there is to work on, until this command's batch is through."""
    jobs = job_desk(desk)
    for library in ("procrastinate", "psycopg"):
        # What they say would stand in the bar, and what matters is in our own log.
        logging.getLogger(library).setLevel(logging.CRITICAL)
    while not stop.is_set():
        if is_sqlite(desk.settings):
            with only_worker(desk.settings) as ours:
                if ours:
                    work_on_chunks(desk.settings, jobs, clock=current_time, stop=stop)
        else:
            work = work_queue(
                desk.settings, jobs, clock=current_time, heartbeat=Heartbeat(), until_empty=True
            )
            asyncio.run(work)
        stop.wait(_SECONDS_BETWEEN)


def _watch(desk: Desk, issuer: str, batch_id: str) -> Batch:
    """The batch at its end; until then a bar for each of its phases."""
    batch = _look(desk, issuer, batch_id)
    while batch.finished_at is None:
        phase = batch.phase
        with progress("Checking" if phase == CHECK else "Issuing", batch.total) as advance_to:
            while (batch.phase, batch.finished_at) == (phase, None):
                advance_to(progress_of(batch, current_time()).rows_done)
                time.sleep(_SECONDS_BETWEEN)
                batch = _look(desk, issuer, batch_id)
            advance_to(batch.total)
    return batch


def _look(desk: Desk, issuer: str, batch_id: str) -> Batch:
    with desk.database.read() as session:
        return load_batch(session, issuer, batch_id)


def _tell_refused(desk: Desk, batch: Batch) -> None:
    """The first rows that have to be mended, with what to mend."""
    told = number = 0
    while batch.refused and told < _MOST_TOLD:
        with desk.database.read() as session:
            results = results_of(session, batch.id, number)
        if results is None:
            return
        for result in results:
            if result.outcome == REFUSED and told < _MOST_TOLD:
                told += 1
                for finding in result.findings:
                    note(plain(f"Row {result.row}, {finding.field}: {finding.detail}"))
        number += 1
