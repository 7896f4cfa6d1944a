"""Batches in tests: what is sent in, and a worker that does all there is to do and no more."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.issuing.batches import next_chunk
from app.jobs.batches import work_on_chunk
from app.jobs.desk import JobDesk
from app.storage.database import Database
from app.storage.tables import Credential
from app.web.dependencies import Desk
from tests.conftest import NOW
from tests.publishing import SLUG, Publisher

BATCHES = f"/api/v1/issuers/{SLUG}/batches"
CSV = {"Content-Type": "text/csv"}
NDJSON = {"Content-Type": "application/x-ndjson"}
Send = Callable[..., httpx2.Response]


def job_desk(app: FastAPI) -> JobDesk:
    """The desk of a worker beside this application."""
    desk: Desk = app.state.desk
    return JobDesk(desk.database, desk.issuing, desk.log)


def work_off(app: FastAPI, *, clock: Callable[[], datetime] = lambda: NOW, chunks: int = 99) -> int:
    """Do every chunk there is to do, or so many of them; how many were done."""
    desk: Desk = app.state.desk
    for done in range(chunks):
        with desk.database.read() as session:
            chunk = next_chunk(session)
        if chunk is None:
            return done
        work_on_chunk(job_desk(app), *chunk, enqueue=desk.enqueue, clock=clock)
    return chunks


def ndjson(*rows: Any) -> bytes:
    """Rows as NDJSON."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def rows_of(client: TestClient, publisher: Publisher, batch: str, **query: str) -> list[Any]:
    answer = client.get(
        f"{BATCHES}/{batch}/results.ndjson", headers=publisher.headers, params=query
    )
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.content.splitlines()]


def now_of(client: TestClient, publisher: Publisher, batch: str) -> dict[str, Any]:
    answer = client.get(f"{BATCHES}/{batch}", headers=publisher.headers)
    assert answer.status_code == 200
    record: dict[str, Any] = answer.json()
    return record


def credentials_in(app: FastAPI) -> int:
    database: Database = app.state.desk.database
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(Credential)).one()


def many(count: int) -> bytes:
    rows = (f"learner{n}@university.example,Learner {n},enrolment-{n}\r\n" for n in range(count))
    return ("email,name,key\r\n" + "".join(rows)).encode()
