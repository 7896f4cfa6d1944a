"""A batch on PostgreSQL: rows in, signed and committed credentials out, by `signet worker`."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.encoding.strict_json import dump_json
from bench.over_http import service_with_issuer
from bench.servers import memory_of


@dataclass(frozen=True)
class BatchRun:
    """What a batch took. Seconds are on the clock, from the upload's end to the last commit."""

    rows: int
    check_seconds: float
    issue_seconds: float
    peak_memory: int  # bytes, of the largest worker process

    @property
    def per_second(self) -> float:
        """Credentials issued per second, once every row has been checked."""
        return self.rows / self.issue_seconds

    @property
    def per_second_with_check(self) -> float:
        """Credentials issued per second of the whole, the check of all rows included."""
        return self.rows / (self.check_seconds + self.issue_seconds)


def run_batch(folder: Path, database_url: str, *, rows: int, processes: int) -> BatchRun:
    """Send in a file of so many rows, and let so many processes work it off."""
    with service_with_issuer(folder, database_url, processes=1) as service:
        answer = urllib.request.Request(
            f"{service.api}/issuers/inverbrae/batches?achievement={service.achievement}",
            b"".join(_rows(rows)),
            {"Content-Type": "application/x-ndjson", **service.bearer},
        )
        with urllib.request.urlopen(answer, timeout=600) as sent:
            batch = json.load(sent)
        began = time.monotonic()
        worker = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("signet")),
                "worker", "--processes", str(processes),
            ],
            env=service.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return _watch(f"{service.api}/issuers/inverbrae/batches/{batch['id']}",
                          service.bearer, worker, began)  # fmt: skip
        finally:
            worker.terminate()
            worker.wait(timeout=60)


def _watch(
    url: str, bearer: dict[str, str], worker: "subprocess.Popen[bytes]", began: float
) -> BatchRun:
    checked: float | None = None
    peak = 0
    while True:
        batch = _get(url, bearer)
        now = time.monotonic()
        peak = max(peak, memory_of(worker.pid))
        if checked is None and (batch["issued"] > 0 or batch["state"] == "done"):
            checked = now
        if batch["state"] in ("done", "failed", "cancelled"):
            if batch["state"] != "done" or batch["issued"] != batch["total"] or checked is None:
                raise RuntimeError(f"the batch ended as {batch}")
            return BatchRun(batch["total"], checked - began, now - checked, peak)
        time.sleep(0.2)


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
