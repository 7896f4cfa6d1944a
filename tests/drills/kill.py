"""Kill drill: workers are killed, and PostgreSQL is stopped, in the middle of batches.

    python -m tests.drills.kill --database sqlite --kills 100
    python -m tests.drills.kill --database postgresql --kills 100 --stops 10

Nothing that was seen as issued may be lost, nothing may be issued twice, no place in a status list
may be used twice. At the end everything is read again by plain SQL, and by `signet fsck`.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from multiprocessing.context import ForkProcess
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.cli.worker import work_in_process
from app.issuing import batch_intake
from app.issuing.batches import (
    DONE,
    BatchOptions,
    close_upload,
    find_batch,
    open_batch,
    results_of,
)
from app.issuing.desk import open_issuing
from app.jobs.desk import JobDesk
from app.jobs.fsck import check_everything
from app.jobs.queue import Heartbeat, make_enqueue
from app.jobs.worker import work_embedded
from app.registry.achievements import create_achievement
from app.settings import Settings
from app.storage.database import Database, make_engine, upgrade
from app.storage.schema import is_sqlite
from app.web.request_log import make_log
from tests.builders import an_achievement_definition
from tests.issuers import make_issuer

WORKERS = 2
ROWS = 200
CHUNK_ROWS = 8  # small, so that many of them are cut off in every place
SLUG = "inverbrae"
PATIENCE_SECONDS = 300


@dataclass
class Report:
    """What was done, and what was found at the end; the last four have to be 0."""

    database: str
    kills: int = 0
    stops: int = 0
    batches: int = 0
    issued: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicates: int = 0
    indexes_twice: int = 0
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, or damaged."""
        return not (self.lost or self.duplicates or self.indexes_twice or self.findings)


class Drill:
    """Batches, workers that die, and a witness who writes down what was issued."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.settings = settings
        self.random = random.Random(seed)  # noqa: S311 - a drill shall be repeatable
        self.report = Report("sqlite" if is_sqlite(settings) else "postgresql")
        self.acknowledged: set[str] = set()
        self.achievement = ""
        self.files: dict[str, bytes] = {}  # batch: what was sent in
        self._workers: list[ForkProcess] = []

    def prepare(self) -> None:
        """An issuer with an achievement."""
        upgrade(self.settings)
        desk = open_issuing(self.settings)
        with self._database() as database, database.write() as session:
            now = datetime.now(UTC)
            issuer = make_issuer(session, desk, SLUG, now=now, actor="cli:drill")
            made = create_achievement(
                session,
                self.settings,
                issuer,
                an_achievement_definition(),
                now=now,
                actor="cli:drill",
            )
            self.achievement = made.id

    def run(self, kills: int, stops: int, restart: Callable[[], None] | None = None) -> Report:
        """Kill and stop so many times, finish, and look at what is there."""
        began = time.monotonic()
        deeds = [self._kill_one] * kills + ([restart] if restart else []) * stops
        self.random.shuffle(deeds)
        batch = self._send_in()
        try:
            for deed in deeds:
                self._keep_workers()
                time.sleep(self.random.uniform(0.1, 2.5))  # some before they begin, some at work
                deed()
                if self._look(batch):
                    batch = self._send_in()
            self.report.kills, self.report.stops = kills, stops
            self._finish()
        finally:
            self._end_workers()
        self._examine()
        self.report.seconds = round(time.monotonic() - began, 1)
        return self.report

    def _send_in(self) -> str:
        """A batch of new learners; its rows stand in small chunks."""
        number = len(self.files)
        lines = (f"learner{n}@b{number}.example,b{number}-{n}\n" for n in range(ROWS))
        content = ("email,key\n" + "".join(lines)).encode()
        batch_id = self._receive(content)
        self.files[batch_id] = content
        return batch_id

    def _receive(self, content: bytes) -> str:
        desk = open_issuing(self.settings)
        options = BatchOptions("csv", achievement=self.achievement)
        now = datetime.now(UTC)
        small = patch.object(batch_intake, "CHUNK_ROWS", CHUNK_ROWS)
        with self._database() as database, small:
            with database.write() as session:
                batch_id = open_batch(
                    session, SLUG, options, at_most=1000, now=now, actor="cli:drill"
                ).id
            received = batch_intake.receive_rows(database, desk, batch_id, options, [content])
            with database.write() as session:
                close_upload(
                    session,
                    batch_id,
                    total=received.rows,
                    chunks=received.chunks,
                    enqueue=make_enqueue(self.settings),
                    now=now,
                    actor="cli:drill",
                )
        return batch_id

    def _keep_workers(self) -> None:
        self._workers = [worker for worker in self._workers if worker.is_alive()]
        context = multiprocessing.get_context("fork")
        while len(self._workers) < WORKERS:
            worker = context.Process(target=_work, args=(self.settings,))
            worker.start()
            self._workers.append(worker)

    def _kill_one(self) -> None:
        worker = self.random.choice(self._workers)
        if worker.pid is not None:
            os.kill(worker.pid, signal.SIGKILL)
        worker.join()

    def _end_workers(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.join()

    def _look(self, batch_id: str) -> bool:
        """Write down what is issued by now, as anybody may see it; whether that is all of it."""
        try:
            with self._database() as database, database.read() as session:
                batch = find_batch(session, batch_id)
                number = 0
                while (results := results_of(session, batch_id, number)) is not None:
                    self.acknowledged |= {
                        each.credential_id for each in results if each.credential_id
                    }
                    number += 1
                return batch is not None and batch.state == DONE
        except DBAPIError:  # it is being stopped, or comes back just now
            return False

    def _finish(self) -> None:
        """Let the workers alone until every batch is done."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = set(self.files)
        while waiting:
            if time.monotonic() > deadline:
                raise AssertionError(f"batches do not come to their end: {waiting}")
            self._keep_workers()
            time.sleep(0.5)
            waiting = {batch for batch in waiting if not self._look(batch)}

    def _examine(self) -> None:
        """By plain SQL, past everything that wrote it; then by fsck; then the same file again."""
        desk = open_issuing(self.settings)
        report = self.report
        report.batches = len(self.files)
        report.acknowledged = len(self.acknowledged)
        with self._database() as database, database.read() as session:
            ids = set(session.scalars(text("SELECT id FROM credentials")))
            report.issued = len(ids)
            report.lost = len(self.acknowledged - ids) + ROWS * len(self.files) - len(ids)
            report.duplicates = _count(session, _DOUBLED) + _count(session, _WITHOUT_KEY)
            report.indexes_twice = _count(session, _INDEXES_TWICE)
            if _count(session, _NOT_SIGNED_ONCE):
                report.findings.append("credentials without exactly one audit line")
            now = datetime.now(UTC)
            found = check_everything(session, desk, now=now, progress=lambda _: None)
            report.findings += [f"{each.table} {each.id}: {each.code}" for each in found]
        _, content = self.random.choice(sorted(self.files.items()))
        again = self._receive(content)
        self.files = {again: content}
        try:
            self._finish()
        finally:
            self._end_workers()
        with self._database() as database, database.read() as session:
            batch = find_batch(session, again)
            if batch is None or (batch.issued, batch.repeated) != (0, ROWS):
                report.findings.append("the same file issued something new")

    @contextlib.contextmanager
    def _database(self) -> Iterator[Database]:
        database = Database(make_engine(self.settings))
        try:
            yield database
        finally:
            database.close()


_DOUBLED = """SELECT count(*) FROM (SELECT credential_id FROM issued_rows
    GROUP BY credential_id HAVING count(*) > 1) AS doubled"""
_WITHOUT_KEY = """SELECT count(*) FROM credentials
    WHERE id NOT IN (SELECT credential_id FROM issued_rows)"""
_INDEXES_TWICE = """SELECT count(*) FROM (SELECT status_list_id, status_list_index FROM credentials
    GROUP BY status_list_id, status_list_index HAVING count(*) > 1) AS doubled"""
_NOT_SIGNED_ONCE = """SELECT count(*) FROM credentials WHERE (SELECT count(*) FROM audit_events
    WHERE subject = credentials.id AND action = 'credential.signed') <> 1"""


def _count(session: Session, statement: str) -> int:
    number: int = session.scalars(text(statement)).one()
    return number


def _work(settings: Settings) -> None:
    """What a worker does until it is killed; what it says goes nowhere."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
        if not is_sqlite(settings):
            work_in_process(settings, Heartbeat(seconds=0.5, missing_seconds=2.0))
            return
        desk = JobDesk(
            Database(make_engine(settings)), open_issuing(settings), make_log("ERROR", nowhere)
        )
        stop = threading.Event()
        work_embedded(settings, desk, clock=lambda: datetime.now(UTC), stop=stop)


# --- PostgreSQL ---------------------------------------------------------------------------------


@contextlib.contextmanager
def a_cluster() -> Iterator[tuple[str, Callable[[], None]]]:
    """A PostgreSQL of our own: its URL, and how to stop it at once and start it again."""
    programs = max(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    folder = Path(tempfile.mkdtemp(prefix="signet-drill-", dir="/tmp"))
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", str(folder / "data"), *arguments],
            check=True,
            cwd=folder,
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    def start() -> None:
        options = f"-k {folder} -c listen_addresses=''"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")

    def stop() -> None:
        run("pg_ctl", "-w", "-m", "immediate", "stop")

    def restart() -> None:
        stop()
        start()

    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8")
        start()
        try:
            yield f"postgresql://postgres@/postgres?host={folder}", restart
        finally:
            stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """The drill as a command; prints its report as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--database", choices=("sqlite", "postgresql"), required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--stops", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        restart = None
        url = f"sqlite:///{folder / 'signet.db'}"
        if chosen.database == "postgresql":
            url, restart = stack.enter_context(a_cluster())
        settings = Settings(database_url=url, keys=f"file:{folder / 'keys'}")
        drill = Drill(settings, chosen.seed)
        drill.prepare()
        report = drill.run(chosen.kills, chosen.stops, restart)
    sys.stdout.write(json.dumps(asdict(report)) + "\n")
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
