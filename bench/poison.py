"""The search for the worst that may be sent: each family at the largest size that is let in.

Sent to the routes that anybody may call, in this process, so that the processor time of everything
counts: reading, checking, and writing the answer or the page. Whatever needs a signature to get
further has one: everybody may make a did:key.
"""

import gc
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from fastapi.testclient import TestClient

from app.errors import CheckUndecided
from app.fetch import Fetched
from app.main import create_app
from app.settings import Settings
from app.storage.database import upgrade
from app.web.dependencies import current_time
from bench.example import NOW, Example
from bench.hostile import Hostile, hostile_documents, hostile_lists
from bench.parts import Parts


@dataclass(frozen=True)
class Costs:
    """What a document cost, and what was answered."""

    name: str
    door: str
    size: int  # bytes of the request's body
    worst: float  # seconds of processor time
    status: int
    said: str  # the codes of the problems that were found


def measure(example: Example, *, every: bool, parts: Parts) -> Sequence[Costs]:
    """Send all of them, or without `every` the first of each family; the slowest first."""
    found = []
    with _service(example) as client:
        client.get("/verify")  # the first request makes what all others find made
        for family, documents in hostile_documents(example).items():
            parts.tell(f"worst input: {family}")
            for hostile in documents if every else islice(documents, 1):
                costs = parts.attempt(hostile.name, partial(_costs, client, hostile))
                found += [costs] if costs is not None else []
    return sorted(found, key=lambda costs: -costs.worst)


def _costs(client: TestClient, hostile: Hostile) -> Costs:
    gc.collect()
    began = time.process_time()
    answer = client.post(
        hostile.door,
        content=hostile.body,
        headers={"Content-Type": hostile.media_type, "Accept": hostile.accept},
    )
    used = time.process_time() - began
    if answer.status_code >= 500:
        raise RuntimeError(f"{hostile.name} was answered with {answer.status_code}")
    said = ""
    if answer.headers["content-type"].startswith("application/json"):
        checks = answer.json().get("checks", [])
        codes = [check["problem"]["code"] for check in checks if check.get("problem")]
        said = ", ".join(dict.fromkeys(code for code in codes if code != "earlier_check_failed"))
    door = f"{hostile.door} as a page" if hostile.accept == "text/html" else hostile.door
    return Costs(hostile.name, door, len(hostile.body), used, answer.status_code, said)


@contextmanager
def _service(example: Example) -> Iterator[TestClient]:
    """The whole application; what it would fetch is as hostile as what it is sent."""
    lists = hostile_lists(example)

    def fetch(url: str) -> Fetched:
        if url not in lists:
            raise CheckUndecided("not_found", url)
        return Fetched(url, lists[url], "application/vc")

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{Path(folder) / 'poison.db'}",
            keys=f"file:{Path(folder) / 'keys'}",
            public_url="http://127.0.0.1:8000",
        )
        upgrade(settings)
        app = create_app(settings)
        app.dependency_overrides[current_time] = lambda: NOW
        app.state.desk = replace(app.state.desk, fetch=fetch)
        with TestClient(app, base_url="http://127.0.0.1:8000") as client:
            yield client
