"""A batch on PostgreSQL: rows in, signed and committed credentials out, by `signet worker`."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import create_engine, text

from app.encoding.strict_json import dump_json
from bench.over_http import Service
from bench.servers import PROGRAM, peak_memory_of, stop

_COMMITS = text(
    "SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin)) AS at, count(*) AS stored"
    " FROM credentials WHERE pg_xact_commit_timestamp(xmin) > to_timestamp(:since)"
    " GROUP BY 1 ORDER BY 1"
)
_SIGNED_ON = text("SELECT count(*) FROM procrastinate_workers")


@dataclass(frozen=True)
class Commit:
    """A transaction of the batch, by the database's own clock."""

    at: float  # seconds since the epoch
    rows: int


@dataclass(frozen=True)
class BatchRun:
    """What a batch took, by the commits that it made. Seconds are on the clock."""

    rows: int
    start: float  # until every worker process took jobs
    before: float  # from the end of the upload to the first commit: every row is checked in it
    commits: tuple[Commit, ...]
    peak_memory: int  # bytes, of the largest worker process

    @property
    def issue_seconds(self) -> float:
        """From the first commit to the last."""
        return self.commits[-1].at - self.commits[0].at

    @property
    def per_second(self) -> float:
        """Credentials per second from the first commit to the last; what the first held is not
        counted, because nobody saw it begin.
        """
        return (self.rows - self.commits[0].rows) / self.issue_seconds

    @property
    def per_second_with_check(self) -> float:
        """Credentials per second of the whole, the check of every row included."""
        return self.rows / (self.before + self.issue_seconds)

    def by_rows(self, points: int = 10) -> list[tuple[float, float]]:
        """How it grows: (rows stored so far, credentials a second in that tenth)."""
        stored, since, share, curve = 0, self.commits[0], 0, []
        for commit in self.commits[1:]:
            stored, share = stored + commit.rows, share + commit.rows
            if share >= self.rows / points and commit.at > since.at:
                curve.append((float(stored), share / (commit.at - since.at)))
                since, share = commit, 0
        return curve


def run_batch(service: Service, database_url: str, *, rows: int, processes: int) -> BatchRun:
    """Send a file of so many rows to so many processes that wait for it."""
    sent = urllib.request.Request(
        f"{service.api}/issuers/inverbrae/batches?achievement={service.achievement}",
        b"".join(_rows(rows)),
        {"Content-Type": "application/x-ndjson", **service.bearer},
    )
    started = time.monotonic()
    worker = subprocess.Popen(
        [PROGRAM, "worker", "--processes", str(processes)],
        env=service.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_workers(database_url, processes, worker)
        start = time.monotonic() - started
        with urllib.request.urlopen(sent, timeout=600) as answer:
            url = f"{service.api}/issuers/inverbrae/batches/{json.load(answer)['id']}"
        began = time.time()
        peak = _wait(url, service.bearer, worker)
    finally:
        stop(worker)
    commits = _commits(database_url, began)
    if sum(commit.rows for commit in commits) != rows or len(commits) < 2:
        raise RuntimeError(f"{rows} rows were sent in, and these stored: {commits}")
    return BatchRun(rows, start, commits[0].at - began, commits, peak)


def _wait_for_workers(database_url: str, processes: int, worker: "subprocess.Popen[bytes]") -> None:
    """Until each process has signed on for the queue of chunks and for the rounds."""
    engine = create_engine(database_url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while (connection.scalar(_SIGNED_ON) or 0) < 2 * processes:
                if worker.poll() is not None:
                    raise RuntimeError("the workers ended before they began")
                time.sleep(0.1)
    finally:
        engine.dispose()


def _wait(url: str, bearer: dict[str, str], worker: "subprocess.Popen[bytes]") -> int:
    """Until the batch is done; the peak of memory meanwhile."""
    peak = 0
    while True:
        batch = _get(url, bearer)
        peak = max(peak, peak_memory_of(worker.pid))
        if batch["state"] == "done" and batch["issued"] == batch["total"]:
            return peak
        if batch["state"] in ("done", "failed", "cancelled") or worker.poll() is not None:
            raise RuntimeError(f"the batch ended as {batch}")
        # Seldom enough to leave the processors to the workers.
        time.sleep(0.5)


def _commits(database_url: str, since: float) -> tuple[Commit, ...]:
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            found = connection.execute(_COMMITS, {"since": since})
            return tuple(Commit(float(row.at), row.stored) for row in found)
    finally:
        engine.dispose()


def _rows(count: int) -> Iterator[bytes]:
    for number in range(count):
        row = {
            "key": f"enrolment-{number}",
            "recipient": {"email": f"learner{number}@students.example"},
            "narrative": "Took part in all seminars and led one of them.",
        }
        yield dump_json(row) + b"\n"


def _get(url: str, bearer: dict[str, str]) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, headers=bearer), timeout=60) as answer:
        return json.load(answer)
