"""Signet over HTTP on PostgreSQL, beside a signing service that stores nothing."""

import json
import os
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from bench.example import ACHIEVEMENT, ISSUER, REQUEST, Example
from bench.libraries import NotInstalled
from bench.load import Load, ask, request
from bench.servers import (
    PROGRAM,
    Server,
    empty_route,
    environment_of,
    signet,
    signing_service,
)
from tests.cli.programs import free_port
from tests.postgres import find_programs, running_cluster

COMMIT_TIMES = "track_commit_timestamp=on"
"""What PostgreSQL has to be told at its start, so that it remembers when each row was committed."""

JSON = {"Content_Type": "application/json"}


@dataclass(frozen=True)
class Asked:
    """One measured load, with its name."""

    name: str
    clients: int
    load: Load


@dataclass(frozen=True)
class Served:
    """A server's start and size, and every load it was given."""

    name: str
    ready_after: float  # seconds on the clock
    peak_memory: int  # bytes, of its largest process, after all of it
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Service:
    """Signet with an issuer and an achievement, and whoever may issue."""

    server: Server
    api: str
    bearer: dict[str, str]
    achievement: str  # its address
    environment: dict[str, str]


@contextmanager
def service_with_issuer(folder: Path, database_url: str, *, processes: int) -> Iterator[Service]:
    """`signet serve` on a new database, ready to issue."""
    port = free_port()
    environment = environment_of(folder, database_url, port)
    with signet(environment, port, processes) as server:
        bearer = {"Authorization": f"Bearer {_admin_key(environment)}"}
        api = f"http://127.0.0.1:{port}/api/v1"
        _post(f"{api}/issuers", {**ISSUER, "id": "inverbrae"}, bearer)
        made = _post(f"{api}/issuers/inverbrae/achievements", ACHIEVEMENT, bearer)
        yield Service(server, api, bearer, made["id"], environment)


@contextmanager
def service_on_postgresql() -> Iterator[tuple[Service, str]]:
    """`signet serve` over a database server of its own, as safe against crashes as a real one.

    The service, and the address of its database. Raises NotInstalled.
    """
    programs = find_programs()
    if programs is None:
        raise NotInstalled("no PostgreSQL: `make bench` installs it on Debian")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cluster(programs, COMMIT_TIMES) as cluster,
    ):
        url = cluster.url.render_as_string(hide_password=False)
        with service_with_issuer(Path(folder), url, processes=1) as service:
            yield service, url


def measure_signet(service: Service, *, seconds: float, tell: Callable[[str], None]) -> Served:
    """Issue, verify and read, at 1 and 16 clients."""
    wish = {**REQUEST, "achievement": service.achievement}
    issued = _post(f"{service.api}/issuers/inverbrae/credentials", wish, service.bearer)
    body, check = dump_json(wish), dump_json({"verifiableCredential": issued["credential"]})
    path = f"/credentials/{issued['id']}"

    def issue(_: int) -> bytes:
        key = os.urandom(12).hex()
        return request(
            "POST", "/api/v1/issuers/inverbrae/credentials", body,
            **JSON, **service.bearer, Idempotency_Key=key,
        )  # fmt: skip

    works: dict[str, Callable[[int], bytes]] = {
        "issue": issue,
        "verify": lambda _: request("POST", "/credentials/verify", check, **JSON),
        "read": lambda _: request("GET", path, Accept="application/vc"),
    }
    return _loads(service.server, works, "Signet", seconds, tell)


def measure_signing_service(
    example: Example, library: str, *, seconds: float, tell: Callable[[str], None]
) -> Served:
    """The same requests to the library behind Express."""
    credential = parse_object(example.unsecured)
    with signing_service(example, library) as server:
        signed = _post(
            f"http://127.0.0.1:{server.port}/credentials/issue", {"credential": credential}, {}
        )
        issue = request("POST", "/credentials/issue", dump_json({"credential": credential}), **JSON)
        check = request(
            "POST", "/credentials/verify", dump_json({"verifiableCredential": signed}), **JSON
        )
        works = {"issue": lambda _: issue, "verify": lambda _: check}
        return _loads(server, works, library, seconds, tell)


def measure_empty_route(*, seconds: float, tell: Callable[[str], None]) -> Served:
    """What the framework costs."""
    with empty_route() as server:
        nothing = request("GET", "/")
        return _loads(server, {"empty route": lambda _: nothing}, "FastAPI", seconds, tell)


def _loads(
    server: Server,
    works: dict[str, Callable[[int], bytes]],
    whose: str,
    seconds: float,
    tell: Callable[[str], None],
) -> Served:
    asked = []
    for name, make in works.items():
        ask(server, make, clients=1, seconds=seconds / 4)  # warm
        for clients in (1, 16):
            tell(f"{whose}: {name}, {clients} clients")
            load = ask(server, make, clients=clients, seconds=seconds)
            asked.append(Asked(f"{whose} {name}", clients, load))
    return Served(whose, server.ready_after, server.peak_memory(), tuple(asked))


def _admin_key(environment: dict[str, str]) -> str:
    made = subprocess.run(
        [PROGRAM, "api-key", "create", "--admin", "--json"],
        env=environment,
        check=True,
        capture_output=True,
    )
    return str(json.loads(made.stdout)["key"])


def _post(url: str, body: JsonObject, headers: dict[str, str]) -> Any:
    asked = urllib.request.Request(
        url, dump_json(body), {"Content-Type": "application/json", **headers}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)
